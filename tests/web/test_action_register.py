"""The page of the register of actions: one filter in two views, kept in the address; views that are kept; exports."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import html5lib
import pytest
from flask import Flask
from sqlalchemy import select

from app.db import Database
from app.models import Action, CarryOver, Meeting, SavedView
from config import Settings
from tests import world
from tests.conftest import CheckingClient, make_app, readable
from tests.subscribing import counted_statements

ClientFor = Callable[[str | None], CheckingClient]
MEETING = "UNC-2026-1"
NARROW = "UNC-2026-1-MXUS-A01"


def record(database: Database) -> None:
    late = dt.date(2026, 11, 13)
    with database.system_session("prepare actions", "write") as session:
        meeting = world.add_meeting(session, MEETING, mechanism="M01", starts_on=dt.date(2026, 6, 5), state="held")
        world.add_meeting(session, "NADD-2026-1", mechanism="M02")
        world.add_action(
            session, "UNC-2026-1-A01", meeting=meeting, title={"en": "Send the list", "original": "en"},
            legs={
                "CA": {"state": "done"}, "MX": {"due_on": late, "reason": "=1+1"},
                "US": {"due_on": late, "is_accepted": False},
            },
        )  # fmt: skip
        narrow = world.add_action(
            session, NARROW, ("MX", "US"), title={"en": world.canary("MXUS", "action"), "original": "en"},
            legs={"MX": {"person_name": world.canary("MXUS", "person")}},
        )  # fmt: skip
        narrow.mechanism_id = meeting.mechanism_id
        world.add_action(session, "ADH-2026-1-A01", legs={code: {"state": "done"} for code in world.THREE})
        session.commit()


@pytest.fixture
def app(settings: Settings, sqlite_database: Database) -> Flask:
    return make_app(settings, sqlite_database)


@pytest.fixture
def kept(sqlite_database: Database) -> Database:
    record(sqlite_database)
    return sqlite_database


def references(response: Any) -> list[str]:
    page = html5lib.parse(response.get_data(as_text=True), namespaceHTMLElements=False)
    return [link.get("href").rpartition("/")[2] for link in page.findall(".//tbody/tr/th/a")]


def filter_of(address: str | None) -> str:
    return parse_qs(urlsplit(address or "").query).get("q", [""])[0]


def test_the_list_opens_with_what_is_still_to_be_done(kept: Database, client_for: ClientFor) -> None:
    response = client_for("carol").get("/actions")
    assert references(response) == ["UNC-2026-1-A01", NARROW]
    assert 'value="is:owed"' in response.get_data(as_text=True)
    assert len(references(client_for("carol").get("/actions?q="))) == 3
    assert 'value="estado:por_cumplir"' in client_for("ana").get("/actions").get_data(as_text=True)


def test_the_page_takes_ten_statements_at_most(kept: Database, client_for: ClientFor) -> None:
    for key in ("carol", "sam"):
        client = client_for(key)
        with counted_statements(kept) as counted:
            assert references(client.get("/actions?q=party:MX is:overdue mechanism:M01&sort=-news"))
        assert len(counted) <= 10, counted


def test_a_row_says_how_often_it_was_carried_over_and_what_its_day_waits_for(
    kept: Database, client_for: ClientFor
) -> None:
    none = {code: {"due_on": None} for code in world.THREE}
    with kept.system_session("carry one over twice, and leave others without a day", "write") as session:
        first = session.execute(select(Action).where(Action.reference == "UNC-2026-1-A01")).scalar_one()
        meeting = session.execute(select(Meeting).where(Meeting.reference == MEETING)).scalar_one()
        for undone_at in (None, None, world.NOW):
            session.add(
                CarryOver(
                    action_id=first.id, meeting_id=meeting.id, outcome="carried", person_id=world.CAST["ana"].id,
                    made_at=world.NOW, undone_at=undone_at, audience_id=first.audience_id,
                )
            )  # fmt: skip
        world.add_action(session, "ACT-2026-A08", legs=none, due_basis="next_meeting")
        world.add_action(session, "ACT-2026-A09", legs=none, due_basis="clock", clock={"days": 45, "starts_on": None})
        session.commit()
    page = client_for("carol").get("/actions").get_data(as_text=True)
    said = ("carried over for the second time", "by the next meeting, no date yet", "waits for its event")
    assert [page.count(words) for words in said] == [1, 1, 1]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("mechanism=un-coordination", "mechanism:un-coordination"),
        ("party=US&state=overdue", "party:US is:overdue"),
        ("mechanism=&party=&state=", ""),
        ("q=border is:done&was=border is:done&party=MX&state=done&due=0d..7d", "border is:done party:MX due:0d..7d"),
        ("q=border is:done&was=border is:done&party=&state=", "border"),
        # The text was changed, the controls were not: the text stands.
        ("q=party:CA&was=party:MX&party=MX&state=", "party:CA"),
        # A control that cannot show all that the text says leaves it alone.
        ("q=is:open,done&was=is:open,done&state=~&kind=task", "is:open,done kind:task"),
        ("q=colour:red&was=&party=MX", "colour:red"),
        ("state=nonsense", 'is:"nonsense"'),
    ],
)
def test_a_choice_is_written_into_the_text_and_the_address_keeps_it(
    kept: Database, client_for: ClientFor, asked: str, expected: str
) -> None:
    response = client_for("carol").get(f"/actions?{asked}&sort=news&columns=due,kind")
    assert response.status_code == 302
    assert filter_of(response.location) == expected
    assert "sort=news" in response.location
    assert "columns=due%2Ckind" in response.location


def test_controls_show_what_the_text_says(kept: Database, client_for: ClientFor) -> None:
    page = (
        client_for("carol").get("/actions?q=mechanism:M01 is:overdue,done office:SRE party:MX").get_data(as_text=True)
    )
    chosen = dict(re.findall(r'<select[^>]*name="(\w+)"[^>]*>.*?<option value="([^"]*)" selected>', page, re.DOTALL))
    assert chosen["mechanism"] == "un-coordination"
    assert (chosen["party"], chosen["state"], chosen["office"]) == ("MX", "~", "~")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("colour:red", "“colour” is nothing to filter by. These are: party, is, office"),
        ("is:nonsense", "“nonsense” is nothing that “is” knows. Write one of: open, under_way"),
        ("party:XX", "There is no party “XX”. Write one of: "),
        ('the "border', "is not closed"),
    ],
)
def test_what_cannot_be_read_is_told_kept_and_lists_nothing(
    kept: Database, client_for: ClientFor, query: str, told: str
) -> None:
    for path in ("/actions", "/actions.csv", "/actions.xlsx", "/actions.pdf"):
        response = client_for("carol").get(path, query_string={"q": query})
        page = html5lib.parse(response.get_data(as_text=True), namespaceHTMLElements=False)
        field = next(each for each in page.iter("input") if each.get("id") == "q")
        assert response.status_code == 422
        assert told in " ".join("".join(page.find(".//main").itertext()).split())
        assert (field.get("value"), field.get("aria-invalid")) == (query, "true")
        assert references(response) == []


def test_columns_and_order_are_chosen_and_what_does_not_exist_is_left_out(
    kept: Database, client_for: ClientFor
) -> None:
    client = client_for("carol")
    page = client.get("/actions?q=&columns=kind&columns=people,nothing&sort=-reference").get_data(as_text=True)
    heads = re.findall(r'role="columnheader"[^>]*>(?:<a[^>]*>)?([^<]*)', page)
    assert [head.strip() for head in heads if head.strip()] == ["Action", "Kind", "Offices and people"]
    assert references(client.get("/actions?q=&sort=-reference")) == [NARROW, "UNC-2026-1-A01", "ADH-2026-1-A01"]
    everything = "due,parties,note,state,lead,kind,priority,horizon,mechanism,news"
    assert client.get(f"/actions?q=&columns={everything}").status_code == 200


@pytest.mark.parametrize("page", ["0", "2", "x", "-1"])
def test_a_page_beyond_the_list_is_not_there(kept: Database, client_for: ClientFor, page: str) -> None:
    assert client_for("carol").get(f"/actions?page={page}").status_code == 404


def test_the_views_that_everybody_has(kept: Database, client_for: ClientFor) -> None:
    page = client_for("carol").get("/actions").get_data(as_text=True)
    for title in ("What United States owes", "Overdue", "Not accepted", "No news for 30 days", "Next meeting"):
        assert f">{title}</a>" in page
    assert " owes<" not in client_for("sam").get("/actions").get_data(as_text=True)
    assert references(client_for("carol").get("/actions?q=is:unaccepted")) == ["UNC-2026-1-A01"]
    led = client_for("carol").get("/actions/next-meeting")
    assert (led.status_code, filter_of(led.location)) == (302, "mechanism:drug-dialogue is:owed")


def test_a_view_is_kept_used_renamed_and_taken_back(kept: Database, client_for: ClientFor) -> None:
    client = client_for("carol")
    typed = {"name": "Late here", "q": "is:overdue", "sort": "-news", "columns": "due,kind",
             "shared_with": "delegation", "is_default": "y"}  # fmt: skip
    made = client.post("/actions/views", data=typed)
    assert made.status_code == 303
    assert filter_of(made.location) == "is:overdue"
    assert client.get("/actions").location == made.location  # her list opens with it
    assert client_for("daniel").get("/actions").status_code == 200
    assert "Late here" in client_for("daniel").get("/actions/views").get_data(as_text=True)
    assert "Late here" not in client_for("ana").get("/actions/views").get_data(as_text=True)
    with kept.system_session("find the view") as session:
        view = session.execute(select(SavedView)).scalar_one()
    path = f"/actions/views/{view.id}"
    assert client.post(path, data={"name": "Later", "version": view.version}).status_code == 303
    assert client.post(path, data={"name": "Never", "version": view.version - 1}).status_code == 409
    assert client.post(path, data={"name": "", "version": view.version + 1}).status_code == 422
    assert client.post(f"{path}/default", data={"chosen": "no"}).status_code == 303
    assert client.get("/actions").status_code == 200
    assert client.post(f"{path}/remove").status_code == 303
    assert "Put back" in client.get("/actions/views").get_data(as_text=True)
    assert client.post(f"{path}/restore").status_code == 303
    assert "Later" in client.get("/actions").get_data(as_text=True)


def test_a_view_that_is_refused_comes_back_as_it_was_typed(kept: Database, client_for: ClientFor) -> None:
    response = client_for("carol").post("/actions/views", data={"name": "", "q": "colour:red", "sort": "-news"})
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert 'value="colour:red"' in page
    assert 'value="-news"' in page


def test_what_is_filtered_is_taken_away_in_three_forms(kept: Database, client_for: ClientFor) -> None:
    for form, kind in (("xlsx", "spreadsheetml"), ("csv", "text/csv"), ("pdf", "application/pdf")):
        for key, refs in (("carol", {"UNC-2026-1-A01", NARROW}), ("benoit", {"UNC-2026-1-A01"})):
            response = client_for(key).get(f"/actions.{form}?q=is:owed")
            assert response.status_code == 200
            assert kind in response.headers["Content-Type"]
            said = readable(response.mimetype or "", response.data)
            assert {ref for ref in ("UNC-2026-1-A01", NARROW, "ADH-2026-1-A01") if ref in said} == refs, (form, key)


@pytest.mark.parametrize("key", ["marta", "olga", None])
def test_others_have_neither_the_list_nor_its_files(kept: Database, client_for: ClientFor, key: str | None) -> None:
    client = client_for(key)
    for path in (
        "/actions",
        "/actions.xlsx",
        "/actions.csv",
        "/actions.pdf",
        "/actions/views",
        "/actions/next-meeting",
    ):
        assert client.get(path).status_code == (404 if key else 303), path
