"""Changing several actions on pages: choose, look, change, take back; and what is with an office or a person."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import Database
from app.models import Action, Leg
from config import Settings
from tests import story, world
from tests.conftest import CheckingClient, make_app

SHARED = f"{story.SHARED}-A01"
OTHER = "ACT-2026-CAMXUS-A01"
HIDDEN = f"{story.HIDDEN}-A01"


@pytest.fixture
def app(settings: Settings, told: Database) -> Flask:
    """Return the app on a database in which the story has been told."""
    return make_app(settings, told)


@pytest.fixture
def ana(told: Database, client_for: Callable[[str], CheckingClient]) -> CheckingClient:
    """Return Mexico's coordinator, with one more action of the three."""
    with told.system_session("prepare a test", "write") as session:
        world.add_action(session, OTHER)
        session.commit()
    return client_for("ana")


def posted(page: str) -> dict[str, list[str]]:
    """Return the hidden fields of a preview's form."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.split("<main", 1)[1]):
        found.setdefault(name, []).append(value)
    return found


def states(database: Database) -> dict[str, str]:
    with database.system_session("look at a test") as session:
        rows = session.execute(select(Action.reference, Leg.state).join(Leg).where(Leg.party_code == "MX"))
        return {row.reference: row.state for row in rows}


def test_choose_look_change_and_take_back(ana: CheckingClient, told: Database) -> None:
    chosen = f"/actions/bulk?lang=en&ref={SHARED}&ref={OTHER}&ref={HIDDEN}"
    assert "Set the state of your legs" in ana.get(chosen).text
    form = ana.get(f"{chosen}&operation=state").text
    assert "Show what would come of it" in form
    asked = {"operation": "state", "ref": [SHARED, OTHER, HIDDEN], "state": "under_way"}
    look = ana.post("/actions/bulk?lang=en", data=asked)
    assert look.status_code == 200
    assert "3 actions would change." in look.text
    assert set(states(told).values()) == {"open"}
    made = ana.post("/actions/bulk", data=posted(look.text))
    assert made.status_code == 303
    assert [states(told)[each] for each in (SHARED, OTHER, HIDDEN)] == ["under_way"] * 3
    page = ana.get(f"{made.location}?lang=en")
    assert "3 actions were changed in one step." in page.text
    refused = ana.post(made.location, data={"reason": ""})
    assert refused.status_code == 422
    assert ana.post(made.location, data={"reason": "A slip"}).status_code == 303
    assert [states(told)[each] for each in (SHARED, OTHER, HIDDEN)] == ["open"] * 3
    assert "taken back" in ana.get("/changes?lang=en").text


def test_a_preview_sent_twice_changes_once(ana: CheckingClient, told: Database) -> None:
    look = ana.post("/actions/bulk", data={"operation": "priority", "ref": [OTHER], "priority": "high"})
    data = posted(look.text)
    first, again = ana.post("/actions/bulk", data=data), ana.post("/actions/bulk", data=data)
    assert (first.status_code, first.location) == (again.status_code, again.location)


def test_what_changed_meanwhile_is_looked_at_again(ana: CheckingClient) -> None:
    asked = {"operation": "state", "ref": [OTHER], "state": "under_way"}
    look = ana.post("/actions/bulk", data=asked)
    other = posted(ana.post("/actions/bulk", data=asked | {"state": "done"}).text)
    assert ana.post("/actions/bulk", data=other).status_code == 303
    late = ana.post("/actions/bulk?lang=en", data=posted(look.text))
    assert late.status_code == 409
    assert "changed in the meantime" in late.text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"operation": "state", "state": "blocked"}, "Give a reason."),
        ({"operation": "due_on", "due_on": "2027-01-01"}, "reason"),
        ({"operation": "office_code", "office_code": "US-STATE"}, "office"),
        ({"operation": "state", "state": "x"}, "would change"),
    ],
)
def test_what_is_refused_says_why_in_its_row(ana: CheckingClient, data: dict[str, str], says: str) -> None:
    look = ana.post("/actions/bulk?lang=en", data=data | {"ref": [OTHER]})
    assert look.status_code == 200
    assert "Left as it is:" in look.text
    assert says in look.text
    assert "nobody with an account" not in look.text


def test_going_back_from_what_would_come_of_it_keeps_what_was_typed(ana: CheckingClient) -> None:
    typed = {"operation": "due_on", "ref": [OTHER], "due_on": "2027-01-01"}
    look = ana.post("/actions/bulk?lang=en", data=typed)
    assert "Nothing would change." in look.text
    back = ana.post("/actions/bulk?lang=en", data=posted(look.text))
    assert back.status_code == 200
    assert 'value="2027-01-01"' in back.text
    assert "Show what would come of it" in back.text


def test_bad_input_keeps_what_was_typed(ana: CheckingClient) -> None:
    wrong = ana.post(
        "/actions/bulk?lang=en", data={"operation": "due_on", "ref": [OTHER], "due_on": "soon", "reason": "X9"}
    )
    assert wrong.status_code == 422
    assert "X9" in wrong.text
    assert ana.post("/actions/bulk", data={"operation": "state"}).status_code == 303
    assert ana.get(f"/actions/bulk?ref={HIDDEN}X").status_code == 404


def test_one_of_another_delegation_is_not_there(client_for: Callable[[str], CheckingClient]) -> None:
    benoit = client_for("benoit")
    assert benoit.get(f"/actions/bulk?ref={HIDDEN}").status_code == 404
    assert benoit.post("/actions/bulk", data={"operation": "note", "ref": [HIDDEN], "note": "x"}).status_code == 404


def test_a_secretariat_changes_the_whole_alone(client_for: Callable[[str], CheckingClient]) -> None:
    page = client_for("sam").get(f"/actions/bulk?lang=en&ref={SHARED}").text
    assert "Set the priority" in page
    assert "Set the state of your legs" not in page


def test_what_is_with_an_office_and_with_a_person(told: Database, client_for: Callable[[str], CheckingClient]) -> None:
    ana, benoit = client_for("ana"), client_for("benoit")
    assert HIDDEN in ana.get("/offices/MX-SRE?lang=en").text
    theirs = benoit.get("/offices/MX-SRE?lang=en").text
    assert SHARED in theirs
    assert HIDDEN not in theirs

    with told.system_session("prepare a test", "write") as session:
        world.add_action(session, OTHER, legs={"MX": {"person_name": "Rosa Luna"}})
        world.add_action(session, "ACT-2026-MXUS-A07", ("MX", "US"), legs={"MX": {"person_name": "Juan/Paz"}})
        session.commit()
    assert OTHER in benoit.get("/actions/people/MX/Rosa Luna?lang=en").text
    assert "ACT-2026-MXUS-A07" in ana.get("/actions/people/MX/Juan/Paz?lang=en").text
    for missing in ("/actions/people/MX/Juan/Paz", "/actions/people/CA/Rosa Luna", "/offices/XX"):
        assert benoit.get(missing).status_code == 404
