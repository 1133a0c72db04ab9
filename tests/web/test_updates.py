"""The pages of updates: evidence, nothing new, reports, contests, the history, leavers, and what is quiet."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import html5lib
import pytest
from flask import Flask
from sqlalchemy import select

from app.db import Database
from app.models import Action, ActionNote, Document, Leg, Person
from config import Settings
from tests import world
from tests.conftest import Clock, client_of, make_app
from tests.subscribing import counted_statements

REF = "UNC-2026-1-A01"
NARROW = "UNC-2026-1-MXUS-A01"
DIEGO = world.CAST["diego"]
LONG_AGO = world.NOW.replace(month=10, day=1)
Client = Callable[[str | None], Any]


@pytest.fixture
def app(settings: Settings, sqlite_database: Database) -> Flask:
    """Return the app with an action of all three, and one that Canada does not know of."""
    with sqlite_database.system_session("prepare actions", "write") as session:
        meeting = world.add_meeting(session, "UNC-2026-1", mechanism="M01", state="held")
        by_diego = {"person_id": DIEGO.id, "person_name": DIEGO.name}
        world.add_action(session, REF, meeting=meeting, title={"en": "Send the list", "original": "en"},
                         legs={"MX": by_diego, "US": {"is_accepted": False}})  # fmt: skip
        world.add_action(session, NARROW, ("MX", "US"), title={"en": world.canary("MXUS", "title"), "original": "en"},
                         legs={"MX": by_diego})  # fmt: skip
        session.commit()
    return make_app(settings, sqlite_database)


@pytest.fixture
def database(app: Flask) -> Database:
    """Return the database of the app."""
    found = app.extensions["entente.database"]
    assert isinstance(found, Database)
    return found


@pytest.fixture
def client_for(app: Flask) -> Client:
    """Return a function that gives a client signed in as a member of the cast."""
    return lambda key: client_of(app, key)


def text_of(response: Any) -> str:
    page = html5lib.parse(response.get_data(as_text=True), namespaceHTMLElements=False)
    return " ".join(" ".join(page.find(".//main").itertext()).split())


def first_note(database: Database) -> ActionNote:
    with database.read_session(world.viewer("ana")) as session:
        return session.scalars(select(ActionNote)).one()


def report(client: Any, **more: str) -> Any:
    form = {"party": "US", "told_on": "2026-11-20", "state": "done", "text": "By note 114.", "language": "en"}
    return client.post(f"/actions/{REF}/reported", data=form | more)


def test_a_note_with_its_paper_and_its_link(client_for: Client, database: Database) -> None:
    form = {
        "text": "Sent.", "language": "en", "evidence_url": "https://example.org/list?a=1",
        "paper": (io.BytesIO(b"The list"), "list.txt"), "submission_id": str(uuid.uuid4()),
    }  # fmt: skip
    assert client_for("ana").post(f"/actions/{REF}/notes", data=form).status_code == 303
    body = client_for("benoit").get(f"/actions/{REF}?lang=en").get_data(as_text=True)
    assert re.search(r'href="https://example\.org/list\?a=1" rel="noopener[^"]*"[^>]*>a page at example\.org<', body)
    with database.read_session(world.viewer("benoit")) as session:
        paper = session.scalars(select(Document)).one()
    assert f"/documents/{paper.id}" in body
    assert client_for("benoit").get(f"/documents/{paper.id}").data == b"The list"
    bad = client_for("ana").post(
        f"/actions/{REF}/notes", data={"text": "Kept words", "language": "en", "evidence_url": "javascript:alert(1)"}
    )
    assert bad.status_code == 422
    assert "Kept words" in bad.get_data(as_text=True)
    assert 'href="javascript' not in bad.get_data(as_text=True)


def test_nothing_new_is_said_in_one_press(client_for: Client) -> None:
    ana = client_for("ana")
    assert "No change since 22 November 2026" in text_of(ana.get(f"/actions/{REF}?lang=en"))
    assert ana.post(f"/actions/{REF}/no-change").status_code == 303
    assert "No change since 22 November 2026." in text_of(client_for("carol").get(f"/actions/{REF}"))
    for key in ("carol", "sam"):
        assert "/no-change" not in client_for(key).get(f"/actions/{REF}").get_data(as_text=True), key
    assert client_for("carol").post(f"/actions/{REF}/no-change").status_code == 422


def test_what_was_told_stands_beside_the_leg_until_its_party_takes_it_over(
    client_for: Client, database: Database
) -> None:
    assert report(client_for("ana"), state="verified").status_code == 422
    assert report(client_for("ana")).status_code == 303
    note = first_note(database)
    for key in ("benoit", "carol", "sam"):
        shown = text_of(client_for(key).get(f"/actions/{REF}?lang=en"))
        assert "reported: done , 20 November 2026" in shown, key
        assert ("Take it over as our own word" in shown) is (key == "carol")
    assert client_for("ana").post(f"/actions/{REF}/notes/{note.id}/take-over", data={"version": 1}).status_code == 403
    carol = client_for("carol")
    assert carol.post(f"/actions/{REF}/notes/{note.id}/take-over", data={"version": 9}).status_code == 409
    assert carol.post(f"/actions/{REF}/notes/{note.id}/take-over", data={"version": 1}).status_code == 303
    shown = text_of(carol.get(f"/actions/{REF}"))
    assert "reported: done" not in shown
    assert "took over as its own word what was reported" in shown


def test_what_was_told_is_contested_beside_itself(client_for: Client, database: Database) -> None:
    report(client_for("sam"))
    path = f"/actions/{REF}/notes/{first_note(database).id}/contest"
    carol = client_for("carol")
    assert "By note 114." in text_of(carol.get(path))
    assert carol.post(path, data={"text": " ", "language": "en"}).status_code == 422
    assert carol.post(path, data={"text": "We never said so.", "language": "en"}).status_code == 303
    assert carol.post(path, data={"text": "Again", "language": "en"}).status_code == 409
    shown = text_of(client_for("benoit").get(f"/actions/{REF}?lang=en"))
    assert shown.index("We never said so.") < shown.index("This contests what was reported:") < shown.index("By note 1")
    assert client_for("ana").get(path).status_code == 403


def test_the_whole_history_narrows_and_is_nobody_elses(client_for: Client, database: Database) -> None:
    report(client_for("ana"))
    client_for("ana").post(
        f"/actions/{REF}/legs/MX",
        data={"state": "under_way", "due_on": "2026-12-20", "due_reason": "The printer broke.", "version": 1},
    )
    whole = text_of(client_for("carol").get(f"/actions/{REF}/history"))
    for told in ("By note 114.", "The printer broke.", "from “open” to “under way”", "Newest first"):
        assert told in whole, told
    days = text_of(client_for("carol").get(f"/actions/{REF}/history?kind=days"))
    assert ("The printer broke." in days, "By note 114." in days) == (True, False)
    assert client_for("carol").get(f"/actions/{REF}/history?kind=nonsense").status_code == 200
    there, missing = (client_for("benoit").get(f"/actions/{ref}/history") for ref in (NARROW, f"{NARROW[:-2]}99"))
    assert (there.status_code, text_of(there)) == (missing.status_code, text_of(missing)) == (404, text_of(missing))


def test_pages_take_as_many_statements_for_many_updates_as_for_few(client_for: Client, database: Database) -> None:
    ana = client_for("ana")
    ana.post(f"/actions/{REF}/notes", data={"text": "One", "language": "en", "paper": (io.BytesIO(b"a"), "a.txt")})
    counted: list[list[int]] = []
    for _ in range(2):
        counted.append([])
        for path in (f"/actions/{REF}", f"/actions/{REF}/history", "/"):
            with counted_statements(database) as statements:
                assert ana.get(path).status_code == 200
            counted[-1].append(len(statements))
        for n in range(8):
            data = {"text": f"More {n}", "language": "en", "paper": (io.BytesIO(b"b"), "b.txt")}
            ana.post(f"/actions/{REF}/notes", data=data)
    assert counted[0] == counted[1]
    assert counted[0][1] <= 12


def test_home_tells_what_had_no_news_and_what_waits_for_another(
    client_for: Client, database: Database, clock: Clock
) -> None:
    assert "No news for 30 days" not in text_of(client_for("ana").get("/?lang=en"))
    with database.system_session("let Diego go, long ago", "write") as session:
        session.get_one(Person, DIEGO.id).active = False
        session.scalars(select(Action).where(Action.reference == REF)).one().news_at = world.NOW.replace(
            month=10, day=1
        )
        session.commit()
    for key in ("ana", "lucia"):
        shown = text_of(client_for(key).get("/?lang=en"))
        assert "No news for 30 days Send the list UNC-2026-1-A01 · last news 52 days ago" in shown, key
        assert "Diego Salas 2 actions are with this person, who left." in shown, key
    assert "Actions that wait for a new owner" not in text_of(client_for("isabelle").get("/?lang=en"))


def test_a_leavers_actions_are_looked_at_handed_on_and_taken_back(client_for: Client, database: Database) -> None:
    marta = client_for("marta")
    asked = text_of(marta.get(f"/people/{DIEGO.id}/disable?lang=en"))
    assert "2 actions of your government are with them." in asked
    assert "Send the list" not in asked
    marta.post(f"/people/{DIEGO.id}/disable", data={"version": 1})
    assert "2 actions are still with this person." in text_of(marta.get(f"/people/{DIEGO.id}?lang=en"))
    path = f"/actions/leavers/{DIEGO.id}"
    assert marta.get(path).status_code == 404
    ana = client_for("ana")
    assert "Diego Salas" in text_of(ana.get("/actions/leavers?lang=en"))
    legs = re.findall(r'name="legs" value="([^"]+)"', ana.get(path).get_data(as_text=True))
    assert len(legs) == 2
    assert ana.post(path, data={"legs": legs}).status_code == 422
    assert ana.post(path, data={"person_id": str(world.CAST["lucia"].id)}).status_code == 422
    form = {"legs": legs, "person_id": str(world.CAST["lucia"].id)}
    preview = ana.post(f"{path}?lang=en", data=form)
    assert (preview.status_code, "Nothing is changed yet." in text_of(preview)) == (200, True)
    chosen = ana.post(f"{path}?lang=en", data=form | {"office_code": "MX-SRE"})
    assert ("Ministry of Foreign Affairs" in text_of(chosen), "MX-SRE" in text_of(chosen)) == (True, False)
    assert ana.post(path, data=form | {"confirmed": "y"}).status_code == 303
    with database.read_session(world.viewer("ana")) as session:
        assert {leg.person_name for leg in session.scalars(select(Leg).where(Leg.party_code == "MX"))} == {"Lucía Mena"}
    done = ana.get(f"{path}?lang=en").get_data(as_text=True)
    undo = re.search(r'action="([^"]+/undo/[^"]+)"', done)
    assert undo
    assert client_for("isabelle").post(undo[1]).status_code == 404
    assert ana.post(undo[1]).status_code == 303
    with database.read_session(world.viewer("ana")) as session:
        assert {leg.person_id for leg in session.scalars(select(Leg).where(Leg.party_code == "MX"))} == {DIEGO.id}
    assert "handed the leg of Mexico from Diego Salas to Lucía Mena" in text_of(ana.get(f"/actions/{REF}?lang=en"))
    assert client_for("diego").get("/").status_code == 303  # signed out


def test_officials_and_secretariats_hand_nothing_on(client_for: Client) -> None:
    for key in ("diego", "sam", "daniel"):
        assert client_for(key).get("/actions/leavers").status_code == 200, key
        assert client_for(key).get(f"/actions/leavers/{DIEGO.id}").status_code == 403, key
        assert "Diego" not in text_of(client_for(key).get("/actions/leavers"))
    assert client_for("carol").get(f"/actions/leavers/{DIEGO.id}").status_code == 404
