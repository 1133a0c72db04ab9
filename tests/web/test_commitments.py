"""Commitments by page: as described and never in our voice, each party's own word, and nobody else's secret."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.db import Database
from config import Settings
from tests import story
from tests.conftest import CheckingClient, client_of, make_app
from tests.subscribing import counted_statements

HIDDEN, SHARED = f"{story.HIDDEN}-C01", f"{story.SHARED}-C01"
PAGES = (
    "/commitments", "/commitments?state=no_word", "/commitments?party=MX&mechanism=un-coordination",
    "/commitments?state=lively&mechanism=none-such", "/commitments/matrix", "/commitments/matrix?state=under_way",
    "/commitments/C01", "/commitments/c12", "/commitments/C14", "/commitments/C11", "/commitments/C07",
    f"/commitments/{SHARED}",
)  # fmt: skip


@pytest.fixture
def app(settings: Settings, make_database: Callable[..., Database]) -> Flask:
    """Return the app on SQLite, with the story told."""
    return make_app(settings, make_database("sqlite", "story"))


@pytest.fixture
def client_for(app: Flask) -> Callable[[str], CheckingClient]:
    return lambda key: client_of(app, key)


def text_of(client: CheckingClient, path: str) -> str:
    """Return a page in English, whatever the reader's own language is."""
    response = client.get(path, query_string={"lang": "en"} if "?" not in path else None)
    assert response.status_code == 200, path
    return " ".join(response.get_data(as_text=True).split())


@pytest.mark.parametrize("key", ["carol", "ana", "benoit", "sam"])
def test_every_page_answers_in_few_statements(
    app: Flask, client_for: Callable[[str], CheckingClient], key: str
) -> None:
    client = client_for(key)
    for path in PAGES:
        with counted_statements(app.extensions["entente.database"]) as statements:
            assert client.get(path).status_code == 200, path
        assert len(statements) <= 12, (path, len(statements), statements)


def test_what_a_paper_told_is_never_said_in_our_own_voice(client_for: Callable[[str], CheckingClient]) -> None:
    page = text_of(client_for("carol"), "/commitments")
    told = "As described in January 2017 (Earl Anthony Wayne and Arturo Sarukhan): "
    assert f"{told}not done as of January 2017; completion not recorded here." in page
    assert page.count("Clock ended on this date; outcome not recorded here") == 2
    assert "14 pledges." not in page  # the story adds two of its own
    assert "16 pledges." in page
    assert "overdue" not in page.lower()
    assert page.index("Practices and repeats") < page.index("Hold the defense ministerial every two years")
    assert "15 pledges." in text_of(client_for("benoit"), "/commitments")


def test_the_clock_of_history_shows_its_sums_and_no_more(client_for: Callable[[str], CheckingClient]) -> None:
    page = text_of(client_for("ana"), "/commitments/C14?lang=en")
    for said in ("22 July 2019", "5 September 2019", "7 June 2019", "Clock ended on this date"):
        assert said in page, said
    assert "lines 28" not in page
    assert "line 28" in page


def test_a_party_says_where_it_stands_contests_and_withdraws(client_for: Callable[[str], CheckingClient]) -> None:
    carol, benoit = client_for("carol"), client_for("benoit")
    typed = {
        "party": "US", "state": "blocked", "text": "Waits for a date.", "language": "en", "limits_met": "Rooms",
        "as_of_on": "2026-11-20", "evidence_url": "https://www.state.gov/note",
    }  # fmt: skip
    wrong = carol.post("/commitments/C02/say", data=typed | {"state": "lively"})
    assert wrong.status_code == 422
    assert "Waits for a date." in wrong.get_data(as_text=True)
    assert carol.post("/commitments/C02/say", data=typed).status_code == 303
    file = (io.BytesIO(b"%PDF-1.7 told by note"), "note.pdf")
    reported = typed | {"party": "CA", "state": "done", "text": "Told by telephone.", "evidence": file}
    assert carol.post("/commitments/C02/say", data=reported).status_code == 303
    assert (
        benoit.post("/commitments/C02/contest", data={"text": "It was held twice.", "language": "en"}).status_code
        == 303
    )
    page = text_of(client_for("ana"), "/commitments/C02")
    for said in (
        "Waits for a date.",
        "Limits met: Rooms",
        "https://www.state.gov/note",
        "note.pdf",
        "It was held twice.",
    ):
        assert said in page, said
    for path in ("/commitments", "/commitments/matrix", "/commitments/matrix.csv"):
        assert "It was held twice." in text_of(client_for("sam"), path), path
    own = text_of(carol, "/commitments/C02")
    address = own[own.index("/commitments/C02/statements/") :].split('"')[0]
    assert client_for("ana").post(address).status_code == 403
    # What another told of Canada is Canada's to take back, as its own words are.
    for address in re.findall(r"/commitments/C02/statements/[^\"]+", text_of(benoit, "/commitments/C02")):
        assert benoit.post(address).status_code == 303
    assert "It was held twice." not in text_of(client_for("ana"), "/commitments/matrix")
    assert "withdrawn on" in text_of(client_for("ana"), "/commitments/C02?lang=en")


def test_a_commitment_is_recorded_from_a_meeting_and_what_was_typed_stays(
    client_for: Callable[[str], CheckingClient],
) -> None:
    carol = client_for("carol")
    typed = {
        "title_en": "Exchange lists", "part_CA": "none", "part_MX": "owes", "part_US": "owes",
        "instrument": "Summary of conclusions",
        "paragraph": "7", "made_on": "2026-11", "clock_days": "45", "clock_kind": "calendar", "event": "the meeting",
        "starts_on": "2026-11-10", "determines": "US", "consulted": "MX", "condition": "No lists",
    }  # fmt: skip
    address = f"/commitments/new?meeting={story.SHARED}"
    refused = carol.post(address, data=typed | {"clock_days": "many"})
    assert refused.status_code == 422
    assert "Summary of conclusions" in refused.get_data(as_text=True)
    made = carol.post(address, data=typed)
    assert made.location.endswith(f"/commitments/{story.SHARED}-MXUS-C01")
    assert "25 December 2026" in text_of(carol, made.location)
    assert client_for("benoit").get(made.location).status_code == 404


def test_an_action_says_what_it_serves_on_both_pages(client_for: Callable[[str], CheckingClient]) -> None:
    ana, action = client_for("ana"), f"{story.HIDDEN}-A01"
    assert ana.post("/commitments/C05/actions", data={"action": "ACT-2026-MX-A01"}).status_code == 422
    assert ana.post(f"/actions/{action}/commitments", data={"commitment": "C05"}).status_code == 303
    assert action in text_of(ana, "/commitments/C05")
    assert "Serves C05" in text_of(ana, f"/actions/{action}?lang=en")
    for key in ("benoit", "sam"):
        assert action not in text_of(client_for(key), "/commitments/C05")
        assert client_for(key).post(f"/actions/{action}/commitments", data={"commitment": "C05"}).status_code == 404
    assert ana.post("/commitments/C05/actions/end", data={"action": action, "from": "action"}).location.startswith(
        f"/actions/{action}"
    )
    assert action not in text_of(ana, "/commitments/C05")


def test_the_accounting_is_asked_and_answered_on_its_own_page(client_for: Callable[[str], CheckingClient]) -> None:
    ana = client_for("ana")
    form = text_of(ana, "/commitments/C13/accounting")
    version = form[form.index('name="version" value="') :].split('"')[3]
    asked = ana.post("/commitments/C13/accounting", data={"indicator": "Officers sent", "version": version})
    assert asked.status_code == 303
    # Mexico alone owes it: its own coordinator's yes is the last.
    assert "Officers sent" in text_of(ana, asked.location)
    assert "/commitments/C13" in text_of(ana, asked.location)
    assert "Officers sent" in text_of(client_for("daniel"), "/commitments/C13")
    assert ana.post("/commitments/C13/accounting", data={"indicator": "Others", "version": version}).status_code == 409
    assert "/decisions/" in text_of(ana, "/decisions")


def test_the_commitments_of_a_meeting_are_on_its_page_and_recorded_from_it(
    client_for: Callable[[str], CheckingClient],
) -> None:
    """One of two is told to nobody else; who may not record one is offered nothing."""
    shown = {key: text_of(client_for(key), f"/meetings/{story.HIDDEN}?lang=en") for key in ("ana", "daniel")}
    for key, page in shown.items():
        assert f'href="/commitments/{story.HIDDEN}-C01"' in page, key
    new = f'href="/commitments/new?meeting={story.HIDDEN}"'
    assert (new in shown["ana"], new in shown["daniel"]) == (True, False)
    shared = text_of(client_for("isabelle"), f"/meetings/{story.SHARED}?lang=en")
    assert f"{story.SHARED}-C01" in shared
    assert f"{story.HIDDEN}-C01" not in shared
