"""The pages of a room without a script, and what they answer to one."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import Database
from app.domain.visibility import party_key
from app.models import AgendaItem, Meeting, MinuteEntry, RegisteredDocument
from config import Settings
from tests import story, world
from tests.conftest import CheckingClient, client_of, make_app
from tests.holding import REF, item_id, tell
from tests.subscribing import counted_statements

JSON = {"Accept": "application/json"}
At = Callable[[str], CheckingClient]


@pytest.fixture
def held(sqlite_database: Database) -> Database:
    """Return a database with a confirmed meeting today."""
    tell(sqlite_database)
    return sqlite_database


@pytest.fixture
def app(settings: Settings, held: Database) -> Flask:
    """Return the app on it."""
    return make_app(settings, held)


@pytest.fixture
def at(app: Flask) -> At:
    """Return a function that gives the client of a member of the cast."""
    return lambda key: client_of(app, key)


def address(page: str) -> str:
    return f"/meetings/{REF}/{page}"


def page(client: CheckingClient, name: str) -> str:
    return client.get(address(name) + "?lang=en").get_data(as_text=True)


def act(client: CheckingClient, act: str, item: int | None = None) -> int:
    """Press a button of the chair's page."""
    version = re.search(r'name="version" value="(\d+)"', page(client, "chair"))
    assert version
    data = {"act": act, "version": version[1], "item_id": str(item_id(item)) if item else ""}
    return client.post(address("chair"), data=data).status_code


def note(client: CheckingClient, item: int, words: str, **changed: str) -> dict[str, str]:
    return {"sent_id": str(uuid.uuid4()), "item_id": str(item_id(item)), "kind": "conclusion", "words": words} | changed


def opened(at: At, **changed: str) -> CheckingClient:
    carol = at("carol")
    assert carol.post(address("room/open"), data=changed).status_code == 303
    return carol


def test_a_meeting_is_chaired_by_buttons_alone(at: At) -> None:
    carol = at("carol")
    assert "Open the room" in page(carol, "chair")
    assert "not open yet" in page(at("benoit"), "room")
    opened(at, chair_party="US")
    assert act(carol, "next") == 303
    said = page(carol, "chair")
    assert "Item 1 of 3" in said
    assert "0 min used of 10" in said
    assert "New York, Ottawa and Washington" in said
    assert "Mexico City" in said
    assert act(carol, "start", 3) == 303
    assert "Take up again" in page(carol, "chair")
    assert act(carol, "back") == 303
    assert "Item 2 of 3" in page(at("benoit"), "room")
    assert act(carol, "end") == 303
    assert "Record as held" in page(carol, "room")
    assert f"/meetings/{REF}/hold" in page(carol, "room")


def test_the_slower_of_two_chairs_is_told(at: At) -> None:
    carol = opened(at)
    first = {"act": "next", "version": "1"}
    assert carol.post(address("chair"), data=first).status_code == 303
    answer = at("isabelle").post(address("chair"), data=first)
    assert answer.status_code == 409
    assert act(carol, "start", 2) == 303
    assert carol.post(address("chair"), data={"act": "next", "version": "9"}).status_code == 409


def test_notes_are_taken_with_plain_forms(at: At, held: Database) -> None:
    opened(at)
    benoit = at("benoit")
    data = note(benoit, 1, "Agreed: <b>May</b>.")
    answer = benoit.post(address("notes"), data=data)
    assert (answer.status_code, answer.location.split("#")[1]) == (303, f"item-{item_id(1)}")
    benoit.post(address("notes"), data=data)
    said = page(at("sam"), "notes")
    assert said.count("Agreed: &lt;b&gt;May&lt;/b&gt;.</span>") == 1
    entry = re.search(r'action="(/meetings/[^"]+/notes/([0-9a-f-]{36}))"', said)
    assert entry
    changed = {"kind": "decision", "words": "June.", "language": "en", "version": "1"}
    assert at("erin").post(entry[1], data=changed).status_code == 303
    raced = benoit.post(entry[1] + "?lang=en", data=changed | {"words": "July."})
    assert raced.status_code == 409
    shown = raced.get_data(as_text=True)
    assert "July." in shown
    assert "June." in shown
    version = re.search(r'name="version" value="(\d+)"', shown)
    assert version
    assert benoit.post(entry[1], data=changed | {"words": "July.", "version": version[1]}).status_code == 303
    assert benoit.post(entry[1] + "/remove").status_code == 303
    assert "Put back" in page(benoit, "notes")
    assert benoit.post(entry[1] + "/restore").status_code == 303
    with held.system_session("count the notes in a test") as session:
        assert [row.words for row in session.execute(select(MinuteEntry)).scalars()] == ["July."]


def test_what_is_refused_is_shown_again_with_what_was_typed(at: At) -> None:
    opened(at)
    answer = at("benoit").post(address("notes") + "?lang=en", data=note(at("benoit"), 1, "Kept words", kind="vote"))
    assert answer.status_code == 422
    assert "Kept words" in answer.get_data(as_text=True)


def test_a_script_is_answered_in_json(at: At) -> None:
    opened(at)
    benoit = at("benoit")
    data = note(benoit, 1, "One")
    first = benoit.post(address("notes"), data=data, headers=JSON)
    assert first.status_code == 200
    receipt = first.get_json()
    assert (receipt["version"], receipt["url"]) == (1, address(f"notes/{receipt['id']}"))
    assert benoit.post(address("notes"), data=data, headers=JSON).get_json() == receipt
    change = {"kind": "conclusion", "words": "Two", "language": "en", "version": "1"}
    assert at("erin").post(receipt["url"], data=change, headers=JSON).get_json()["version"] == 2
    raced = benoit.post(receipt["url"], data=change | {"words": "Three"}, headers=JSON)
    assert raced.status_code == 409
    sides = raced.get_json()
    assert (sides["yours"]["words"], sides["theirs"]["words"], sides["theirs"]["version"]) == ("Three", "Two", 2)
    refused = benoit.post(address("notes"), data=note(benoit, 1, " "), headers=JSON)
    assert (refused.status_code, refused.get_json()) == (422, {"error": "Remplissez ce champ."})
    other = benoit.post(address("notes"), data=note(benoit, 1, "x", person="somebody else"), headers=JSON)
    assert (other.status_code, other.get_json()) == (403, {"other_person": True})
    assert client_status(at, receipt["url"]) == 404


def client_status(at: At, url: str) -> int:
    return at("olga").post(url, data={"words": "x"}, headers=JSON).status_code


def test_the_beat_costs_a_304_and_two_statements(at: At, held: Database) -> None:
    carol = opened(at)
    benoit = at("benoit")
    first = benoit.get(address("room/beat"))
    with counted_statements(held) as counted:
        again = benoit.get(address("room/beat"), headers={"If-None-Match": first.headers["ETag"]})
    own = [each for each in counted if "sign_in" not in each and "appointment" not in each.split("FROM")[-1]]
    assert (again.status_code, again.get_data()) == (304, b"")
    assert len(own) == 2, own
    act(carol, "next")
    assert benoit.get(address("room/beat"), headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize("name", ["room", "chair", "notes", "wall", "minutes"])
def test_a_page_of_a_room_takes_as_many_statements_for_many_items_as_for_few(at: At, held: Database, name: str) -> None:
    carol = opened(at)
    with counted_statements(held) as few:
        assert carol.get(address(name)).status_code == 200
    with held.system_session("a long agenda in a test", "write") as session:
        meeting = session.get_one(Meeting, world.identity("meeting", REF))
        for number in range(10, 70):
            world.add_item(session, meeting, number)
        session.commit()
    for number in (1, 2, 3):
        carol.post(address("notes"), data=note(carol, number, "Some words"))
    with counted_statements(held) as many:
        assert carol.get(address(name)).status_code == 200
    assert len(many) == len(few) <= 15


def test_the_wall_shows_what_all_may_see_and_no_overrun(at: At, held: Database, clock: object) -> None:
    carol = opened(at)
    act(carol, "next")
    clock.forward(minutes=25)  # type: ignore[attr-defined]
    said = page(at("ana"), "wall")
    assert "0 min" in said
    assert "over" not in re.sub("<[^>]+>", " ", said).lower().replace("overview", "")
    assert "Apart" not in said
    assert "MXUS" not in said
    assert "Running 15 min behind" in said
    assert "15 min over" in page(carol, "chair")


def test_without_attribution_nobody_can_be_named_and_nobody_is(at: At) -> None:
    carol = opened(at)
    point = note(carol, 1, "Asked.", kind="point", speaker_party="MX", speaker="Zacarias Quill")
    carol.post(address("notes"), data=point)
    assert "Zacarias Quill" in page(at("benoit"), "room")
    assert carol.post(address("room/attribution"), data={"act": "stop"}).status_code == 303
    for name in ("room", "chair", "notes", "wall", "minutes"):
        said = page(carol, name)
        assert "Zacarias" not in said
        assert 'name="speaker"' not in said
    carol.post(address("notes"), data=note(carol, 1, "Again.", kind="point", speaker="Zacarias Quill"))
    assert "Zacarias" not in page(carol, "notes")
    assert carol.post(address("room/attribution"), data={"act": "again"}).status_code == 422


def test_an_item_apart_is_on_no_page_of_the_others(at: At) -> None:
    opened(at)
    ana = at("ana")
    assert ana.post(address("chair/apart"), data={"act": "start", "item_id": str(item_id(9))}).status_code == 303
    ana.post(address("notes"), data=note(ana, 9, "Between two."))
    assert "Between two." in page(at("erin"), "room")
    assert "MXUS-1" in page(at("erin"), "chair")
    for key in ("benoit", "isabelle", "sam"):
        for name in ("room", "notes", "minutes", "wall"):
            said = page(at(key), name)
            assert not re.search("Between two|MXUS|Apart", said), (key, name)


def test_from_notes_to_minutes_action_and_practice(at: At) -> None:
    carol = opened(at, afterwards="yes")
    carol.post(address("notes"), data=note(carol, 1, "Agreed."))
    carol.post(address("notes"), data=note(carol, 1, "Send it.", kind="action", owed_by="MX", due_on="2027-01-15"))
    recording = re.search(r'href="(/meetings/[^"]+/action)"', page(carol, "notes"))
    assert recording
    assert "2027-01-15" in carol.get(recording[1]).get_data(as_text=True)
    assert carol.post(recording[1], data={"title": "Send it.", "owed_by": []}).status_code == 422
    answer = carol.post(recording[1], data={"title": "Send it.", "owed_by": "MX", "due_on": "2027-01-15"})
    assert answer.status_code == 303
    assert "recorded as an action" in page(carol, "notes")
    assert carol.get(f"/actions/{REF}-A01").status_code == 200
    drafted = carol.post(address("minutes"), data={"act": "draft"})
    assert (drafted.status_code, drafted.location) == (303, f"/texts/{REF}-T1")
    assert carol.get(drafted.location).status_code == 200
    assert carol.post(address("minutes"), data={"act": "draft"}).status_code == 422
    form = {"title_en": "Joint lists", "words_en": "One list for all.", "original": "en", "found_in": "MX"}
    kept = carol.post(address("practices/new"), data=form)
    assert kept.status_code == 303
    assert "Joint lists" in at("benoit").get("/practices").get_data(as_text=True)
    assert "Joint lists" in at("benoit").get("/mechanisms/un-coordination").get_data(as_text=True)
    assert carol.post(kept.location + "/removed", data={"removed": "yes"}).status_code == 303
    assert "Joint lists" not in at("benoit").get("/practices").get_data(as_text=True)
    assert carol.post(kept.location, data=form | {"title_en": "", "version": "2"}).status_code == 422
    assert carol.post(address("room/attribution"), data={"act": "stop"}).status_code == 303
    assert f"look through {REF}-T1" in page(carol, "chair")  # what stands in a text is not erased


def test_notes_on_an_item_that_was_taken_off_the_agenda_stay(at: At, held: Database) -> None:
    carol = opened(at)
    carol.post(address("notes"), data=note(carol, 2, "Said before."))
    with held.system_session("take an item off the agenda in a test", "write") as session:
        session.get_one(AgendaItem, item_id(2)).removed = True
        session.commit()
    kept = carol.post(address("notes"), data=note(carol, 2, "Typed meanwhile."), headers=JSON).get_json()
    assert kept["saved"] == "10:00\N{NO-BREAK SPACE}Washington"
    said = page(carol, "notes")
    assert "Taken off the agenda." in said
    assert "Said before." in said
    assert "Typed meanwhile." in page(carol, "minutes")


def test_a_paper_that_one_delegation_alone_sees_is_not_on_its_wall(
    settings: Settings, make_database: Callable[..., Database]
) -> None:
    told = make_database("sqlite", "story")
    ana = client_of(make_app(settings, told), "ana")
    wall = f"/meetings/{story.SHARED}/wall"
    symbol = "UNC/2026/91"
    assert symbol in ana.get(wall).get_data(as_text=True)
    with told.system_session("keep a paper to one delegation in a test", "write") as session:
        paper = session.get_one(RegisteredDocument, world.identity("document", story.SHARED))
        paper.audience_id = session.audience({party_key("MX")})
        session.commit()
    assert symbol not in ana.get(wall).get_data(as_text=True)
    told.engine.dispose()
