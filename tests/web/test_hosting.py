"""The pages of hosts, hand-overs and planning records: what they say to whom, and what is sent from them."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import Database
from app.models import HostingChange
from app.services import hand_overs
from config import Settings
from tests import story, world
from tests.conftest import CheckingClient, client_of, make_app
from tests.services.hosting_world import DIALOGUE, agree, ask, held, make_four, viewer, wanted
from tests.services.test_hand_overs import begin
from tests.services.test_planning import note
from tests.subscribing import counted_statements
from tests.web.test_decisions import database_of, plain, words_of

ClientFor = Callable[[str | None], CheckingClient]
PAGE = f"/mechanisms/{DIALOGUE}"
CHANGE = {
    "kind": "skip", "party": "US", "with_party": "", "counts_from": "2026-11-22", "reason": "elections",
}  # fmt: skip


@pytest.fixture
def rotating(app: Flask) -> Database:
    """Return the app's database with turns taken in M02: Canada hosted last, the United States are next."""
    database = database_of(app)
    held(database, "CA", "US", "MX", "CA", parties=world.THREE)
    return database


# Hosts --------------------------------------------------------------------------------------------


def test_a_change_is_asked_answered_and_shown_with_its_reason(rotating: Database, client_for: ClientFor) -> None:
    ana = client_for("ana")
    sent = ana.post(f"{PAGE}/hosting/ask?lang=en", data=CHANGE)
    assert (sent.status_code, sent.location[:11]) == (303, "/decisions/")
    said = words_of(ana, sent.location)
    assert "The next turn of United States is skipped" in said
    assert "It bears on the first such turn after 22 November 2026. Reason: elections" in said
    before = words_of(ana, f"{PAGE}/hosting")
    assert "Asked, not agreed yet What stands holds until every party has said yes." in before
    assert "Next US United States by the order" in before
    agree(rotating, uuid.UUID(sent.location[11:47]), "isabelle", "erin")
    after = words_of(client_for("benoit"), f"{PAGE}/hosting?lang=en")
    assert "The order is read from practice, not stated as a rule." in after
    assert "Next MX Mexico The next turn of United States is skipped elections" in after
    assert "counts from 22 November 2026 elections CA MX US Sun 22 Nov 2026, 10:00 Ottawa" in after
    assert "Take it back" not in after
    assert "Take it back" in words_of(client_for("erin"), f"{PAGE}/hosting?lang=en")
    assert "MX next as the parties agreed" in words_of(client_for("benoit"), f"{PAGE}?lang=en")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "swap", "with_party": "US"}, "A party cannot exchange turns with itself."),
        ({"kind": "co_host"}, "Fill this in."),
        ({"party": "GT"}, "has no turn in this order. Add it to the order first."),
        ({"reason": " "}, "Give a reason. It stays in the record."),
        ({"counts_from": "soon"}, "This is not a date."),
        ({"counts_from": "2027-01-01"}, "This day is yet to come."),
        ({"counts_from": "2020-01-01"}, "A turn was taken on 5 May 2026. Give that day, or a later one."),
        ({"kind": ""}, "Choose one from the list."),
    ],
)
def test_what_cannot_be_keeps_what_was_typed(sqlite_app: Flask, changed: dict[str, str], said: str) -> None:
    held(database_of(sqlite_app), "CA", "US", "MX", "CA", parties=world.THREE)
    response = client_of(sqlite_app, "ana").post(f"{PAGE}/hosting/ask?lang=en", data=CHANGE | changed)
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert said in plain(page)
    assert ("elections" in page) == ("reason" not in changed)


def test_a_change_is_taken_back_by_asking_again(rotating: Database, client_for: ClientFor) -> None:
    agree(rotating, ask(rotating, "ana", wanted("skip", "US")), "isabelle", "erin")
    with rotating.system_session("look") as session:
        change_id = session.execute(select(HostingChange.id)).scalar_one()
    path = f"/hosting-changes/{change_id}/take-back"
    erin = client_for("erin")
    assert "The turns to come then follow the order as if it had not been made." in words_of(erin, f"{path}?lang=en")
    assert erin.post(path, data={"reason": " "}).status_code == 422
    sent = erin.post(path, data={"reason": "it hosts after all"})
    assert sent.status_code == 303
    assert "Take back: The next turn of United States is skipped" in words_of(erin, sent.location)
    agree(rotating, uuid.UUID(sent.location[11:47]), "isabelle", "ana")
    said = words_of(erin, f"{PAGE}/hosting?lang=en")
    assert "taken back by a decision of 22 November 2026" in said
    assert "Next US United States by the order" in said


def test_others_read_what_is_published(rotating: Database, client_for: ClientFor) -> None:
    """M11 is of Mexico and the United States; Canada reads its page without buttons, changes or meetings."""
    said = words_of(client_for("isabelle"), "/mechanisms/migrant-surge-us-mx/hosting?lang=en")
    assert "No order of hosts is known." in said
    assert "Told from what is published." in said
    for word in ("Ask for a change", "Hand-over", "Planning record", "Correct the order", "Set the order"):
        assert word not in said


# Hand-overs ---------------------------------------------------------------------------------------


def test_a_hand_over_from_its_beginning_to_its_end(rotating: Database, client_for: ClientFor) -> None:
    isabelle, carol = client_for("isabelle"), client_for("carol")
    assert "No hand-over is under way." in words_of(isabelle, f"{PAGE}/hand-over?lang=en")
    data = {"from_party": "CA", "to_party": "US", "due_on": "2026-11-10", "note": "in Ottawa"}
    sent = isabelle.post(f"{PAGE}/hand-over/new", data=data)
    path = sent.location
    assert (sent.status_code, path[:12]) == (303, "/hand-overs/")
    said = words_of(isabelle, path)
    assert "Hand-over from Canada to United States Due 10 November 2026, 12 days past." in said
    assert "Handed over not yet; Canada says so Received not yet; United States says so" in said
    assert "0 of 7 done" in said
    home = words_of(isabelle, "/?lang=en")
    assert "Tue 10 Nov 2026 the day of the hand-over 12 days past A hand-over from your party to the next host" in home
    item = re.findall(rf"{path}/lines/([0-9a-f-]{{36}})/done", isabelle.get(path).get_data(as_text=True))[0]
    assert carol.post(f"{path}/lines/{item}/done", data={"version": "1"}).status_code == 303
    assert "1 of 7 done" in words_of(isabelle, path)
    late = isabelle.post(f"{path}/lines/{item}/off", data={"version": "1"})
    assert late.status_code == 409
    assert "Somebody changed this after you opened it." in plain(late.get_data(as_text=True))
    assert carol.post(f"{path}/received", data={"version": "1"}).status_code == 422
    assert isabelle.post(f"{path}/handed-over", data={"version": "1"}).status_code == 303
    assert "Handed over to your party: say that it was received" in words_of(carol, "/?lang=en")
    assert carol.post(f"{path}/received", data={"version": "2"}).status_code == 303
    over = words_of(client_for("ana"), f"{path}?lang=en")
    assert "Handed over and received." in over
    assert "Handed over CA Sun 22 Nov 2026, 9:00 Mexico City" in over
    assert "Add the line" not in over


def test_lines_are_kept_by_forms(rotating: Database, client_for: ClientFor) -> None:
    hand_over_id = begin(rotating)
    path, benoit = f"/hand-overs/{hand_over_id}", client_for("benoit")
    assert benoit.post(f"{path}/lines", data={"text": "The flags"}).status_code == 303
    assert benoit.post(f"{path}/lines", data={"text": " "}).status_code == 422
    with rotating.read_session(viewer(rotating, "benoit")) as session:
        line = hand_overs.hand_over_view(session, hand_over_id).lines[-1]
    edit = f"{path}/lines/{line.id}"
    assert "The flags" in benoit.get(edit).get_data(as_text=True)
    assert benoit.post(edit, data={"text": "Flags and anthems", "version": "1"}).status_code == 303
    lost = client_for("erin").post(f"{edit}?lang=en", data={"text": "Flags only", "version": "1"})
    assert lost.status_code == 409
    both = plain(lost.get_data(as_text=True))
    assert "Flags only" in both
    assert "Flags and anthems" in both
    day = {"due_on": "2027-01-08", "note": "", "version": "1"}
    assert benoit.post(f"{path}/edit", data=day).status_code == 303
    lost = client_for("erin").post(f"{path}/edit?lang=en", data=day | {"due_on": "2027-01-09"})
    assert lost.status_code == 409
    assert benoit.post(f"{path}/edit", data={"due_on": "x", "version": "2"}).status_code == 422


def test_others_of_the_mechanism_read_and_change_nothing(rotating: Database, client_for: ClientFor) -> None:
    path, ana = f"/hand-overs/{begin(rotating)}", client_for("ana")
    said = words_of(ana, f"{path}?lang=en")
    for word in ("Add the line", "Take off", "Say that it is handed over", "Change the day"):
        assert word not in said
    assert ana.get(f"{path}/edit").status_code == 403
    assert ana.post(f"{path}/lines", data={"text": "x"}).status_code == 422


# The planning record ------------------------------------------------------------------------------


def test_notes_are_written_and_superseded(rotating: Database, client_for: ClientFor) -> None:
    ana = client_for("ana")
    sent = ana.post(f"{PAGE}/planning/notes", data={"text": "Dos salas.", "language": "es"})
    assert sent.status_code == 303
    said = words_of(client_for("erin"), f"{PAGE}/planning?lang=en")
    assert "Past host CA Canada Present host US United States Next host MX Mexico Cycle 2026" in said
    assert "Read by CA MX US and their secretariat, by nobody else." in said
    assert "Dos salas." in said
    assert "Write a note that supersedes this one" not in said
    path = re.findall(rf"{PAGE}/planning/[0-9a-f-]{{36}}", ana.get(f"{PAGE}/planning").get_data(as_text=True))[0]
    assert "Dos salas." in ana.get(path).get_data(as_text=True)
    assert client_for("erin").get(path).status_code == 403
    assert ana.post(path, data={"text": " ", "language": "es"}).status_code == 422
    assert ana.post(path, data={"text": "Tres salas.", "language": "es"}).status_code == 303
    said = words_of(ana, f"{PAGE}/planning?lang=en")
    assert "superseded by a later note" in said
    assert "supersedes an earlier note" in said


def test_of_four_the_one_outside_meets_nothing_of_it(app: Flask, client_for: ClientFor) -> None:
    """To the United States, outside the troika of Canada, Guatemala and Mexico, the record answers as nothing does."""
    database = database_of(app)
    make_four(database)
    held(database, "CA")
    written = note(database, "benoit", "zz-secret-of-the-troika")
    absent = f"/mechanisms/no-such-mechanism/planning/{uuid.UUID(int=1)}"
    for key in ("carol", "erin", "sam", "olga", "frank"):
        client = client_for(key)
        missing = client.get("/mechanisms/no-such-mechanism/planning")
        for path in (f"{PAGE}/planning", f"{PAGE}/planning/{written}"):
            found = client.get(path)
            assert found.status_code == missing.status_code == 404
            assert bare(found.get_data(as_text=True), path) == bare(
                missing.get_data(as_text=True), "/mechanisms/no-such-mechanism/planning"
            )
        sent = client.post(f"{PAGE}/planning/notes", data={"text": "x", "language": "en"})
        assert sent.status_code == 404
        assert client.get(absent).status_code == 404
        for path in (PAGE, f"{PAGE}/hosting", f"{PAGE}/hand-over", "/", "/decisions", "/audit", "/mechanisms"):
            said = client.get(path).get_data(as_text=True)
            assert "/planning" not in said, (key, path)
            assert "planning_noted" not in said
            assert "zz-secret" not in said
    assert "/planning" in client_for("benoit").get(f"{PAGE}/hosting").get_data(as_text=True)


def bare(page: str, path: str) -> str:
    """Return a page without its tokens and its own address."""
    without = re.sub(r'(name="(?:csrf_token|submission_id)"[^>]*value=")[^"]*', r"\1", page)
    return without.replace(path.replace("/", "%2F"), "PATH").replace(path, "PATH")


def test_earlier_readers_are_not_told_of_the_record_that_is_open_now(app: Flask, client_for: ClientFor) -> None:
    database = database_of(app)
    make_four(database)
    held(database, "CA")
    note(database, "benoit", "first")
    held(database, "GT", starts_on=dt.date(2026, 11, 20))
    note(database, "diego", "zz-second")
    said = words_of(client_for("benoit"), f"{PAGE}/planning?lang=en")
    assert "first" in said
    for word in ("zz-second", "Present host", "Write a note", "US"):
        assert word not in said.replace("Read by CA GT MX, by nobody else.", "")


def test_the_story_shows_each_their_own_rows(settings: Settings, told: Database) -> None:
    """M01 has rows of the three, and of Mexico and the United States: the checking client finds no foreign canary."""
    app = make_app(settings, told)
    for key in ("ana", "benoit", "carol", "sam"):
        client = client_of(app, key)
        for path in ("hosting", "hand-over", "planning"):
            page = client.get(f"/mechanisms/un-coordination/{path}")
            assert page.status_code == 200, (key, path)
            body = page.get_data(as_text=True)
            if key in {"ana", "carol"} and path == "planning":
                assert world.canary("MXUS", "planning") in body
        shared = world.identity("hand_over", story.SHARED)
        assert world.canary("CAMXUS", "checklist") in client.get(f"/hand-overs/{shared}").get_data(as_text=True)
        hidden = client.get(f"/hand-overs/{world.identity('hand_over', story.HIDDEN)}")
        assert hidden.status_code == (200 if key in {"ana", "carol"} else 404)


@pytest.mark.parametrize("path", ["hosting", "hosting/ask", "hand-over", "planning"])
def test_statements_of_a_page_do_not_grow(rotating: Database, client_for: ClientFor, path: str) -> None:
    client = client_for("erin")
    begin(rotating)
    counts = []
    for number in range(2):
        for each in range(1 + 5 * number):
            note(rotating, "erin", f"{number} {each}")
            change = wanted("co_host", "MX", with_party="CA", reason=f"{number} {each}")
            agree(rotating, ask(rotating, "ana", change), "isabelle", "erin")
        with counted_statements(rotating) as found:
            assert client.get(f"{PAGE}/{path}").status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 12


@pytest.fixture
def sqlite_app(settings: Settings, sqlite_database: Database) -> Flask:
    """Return the app on SQLite alone, for what does not depend on the engine."""
    return make_app(settings, sqlite_database)
