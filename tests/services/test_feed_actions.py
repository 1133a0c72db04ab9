"""Action items in a feed: whose, in which shape, for how long, and nothing of others'."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select, update

from app.db import Database
from app.domain.errors import Refusal
from app.models import Action, Leg
from app.services.action_acts import LegChange, update_leg
from app.services.kept_feeds import KeptFeeds
from tests import story, world
from tests.subscribing import counted_statements, feed_of, subscribe

OWN = f"{story.HIDDEN}-A01"
SHARED = f"{story.SHARED}-A01"


def read(body: bytes, shape: str = "VTODO") -> dict[str, Any]:
    """Return the actions in a feed by the reference that begins their description."""
    found = (each for each in Calendar.from_ical(body).walk(shape) if "action-" in str(each["UID"]))
    return {str(each["DESCRIPTION"]).split("\n", maxsplit=1)[0]: each for each in found}


def todos(database: Database, key: str, **wanted: Any) -> dict[str, Any]:
    return read(feed_of(database, subscribe(database, key, actions_as="todos", **wanted)).body.body)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("ana", {OWN, SHARED, f"{story.HIDDEN}-A02"}),
        ("benoit", {SHARED, f"{story.SHARED}-A02"}),
        ("carol", {OWN, SHARED}),
        ("sam", {SHARED, f"{story.SHARED}-A02"}),
        ("olga", set()),
    ],
)
def test_a_delegation_has_what_it_owes_and_a_secretariat_all_that_it_sees(told, key, expected) -> None:
    made = subscribe(told, key, actions_as="both")
    body = feed_of(told, made).body.body
    assert set(read(body)) == set(read(body, "VEVENT")) == expected
    assert not world.foreign_canaries(body.replace(b"\r\n ", b"").decode(), world.CAST[key])


def test_the_own_leg_speaks_for_a_delegation_and_the_whole_for_a_secretariat(told: Database) -> None:
    change(told, "ana", SHARED, state="done")
    mine, theirs, whole = (todos(told, key)[SHARED] for key in ("ana", "carol", "sam"))
    assert [str(each["STATUS"]) for each in (mine, theirs, whole)] == ["COMPLETED", "NEEDS-ACTION", "IN-PROCESS"]
    assert [each.get("PERCENT-COMPLETE") for each in (mine, theirs, whole)] == [100, None, 33]
    assert len({str(each["UID"]) for each in (mine, theirs, whole)}) == 3
    assert "Mexico: done" in str(theirs["DESCRIPTION"])


def test_a_change_raises_the_sequence_and_keeps_the_uid(told: Database) -> None:
    kept, made = KeptFeeds(), subscribe(told, "ana", actions_as="todos")
    before = read(feed_of(told, made, kept).body.body)[SHARED]
    change(told, "ana", SHARED, state="under_way")
    after = read(feed_of(told, made, kept).body.body)[SHARED]
    assert str(after["UID"]) == str(before["UID"])
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_what_is_done_leaves_after_90_days_by_itself(told: Database, clock) -> None:
    kept, made = KeptFeeds(), subscribe(told, "ana", actions_as="todos")
    change(told, "ana", SHARED, state="done")
    clock.forward(days=89, hours=23)
    assert SHARED in read(feed_of(told, made, kept).body.body)
    clock.forward(hours=2)
    assert SHARED not in read(feed_of(told, made, kept).body.body)


def test_what_ended_at_a_meeting_is_cancelled_to_task_lists(told: Database) -> None:
    with told.system_session("prepare a test", "write") as session:
        session.execute(update(Action).where(Action.reference == SHARED).values(ended_as="closed", ended_at=world.NOW))
        session.commit()
    assert str(todos(told, "ana")[SHARED]["STATUS"]) == "CANCELLED"


def test_a_leg_that_others_wrote_says_so(told: Database) -> None:
    with told.system_session("prepare a test", "write") as session:
        action_id = session.execute(select(Action.id).where(Action.reference == SHARED)).scalar_one()
        session.execute(update(Leg).where(Leg.action_id == action_id, Leg.party_code == "CA").values(is_accepted=False))
        session.commit()
    assert "not accepted yet" in str(todos(told, "benoit")[SHARED]["DESCRIPTION"])
    assert "not accepted yet" not in str(todos(told, "ana")[SHARED]["DESCRIPTION"])


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"mechanism": "un-coordination"}, 3),
        ({"mechanism": "drug-dialogue"}, 0),
        ({"parties": ("CA",)}, 1),
        ({"kinds": ("training",)}, 3),
        ({"detail": "busy"}, 0),
        ({"actions_as": "none"}, 0),
    ],
)
def test_it_follows_the_filter(told: Database, wanted: dict[str, Any], count: int) -> None:
    wanted = {"actions_as": "todos", **wanted}
    assert len(read(feed_of(told, subscribe(told, "ana", **wanted)).body.body)) == count


def test_a_choice_that_there_is_not_is_refused(sqlite_database: Database) -> None:
    with pytest.raises(Refusal, match="unknown_choice"):
        subscribe(sqlite_database, "ana", actions_as="sometimes")


def test_the_statements_do_not_grow_with_the_actions(database: Database) -> None:
    counts = []
    for total in (3, 40):
        with database.system_session("prepare a test", "write") as session:
            for number in range(total):
                world.add_action(session, f"ACT-2026-CAMXUS-A{total}{number:02}", due_on=dt.date(2026, 12, 1))
            session.commit()
        made = subscribe(database, "ana", actions_as="both")
        with counted_statements(database) as found:
            feed_of(database, made)
        counts.append(len(found))
    assert counts[0] == counts[1]


def change(database: Database, key: str, reference: str, *, state: str) -> None:
    """Let a party say how its leg of an action stands."""
    party = world.CAST[key].party or ""
    with database.write_session(world.viewer(key)) as session:
        action_id = session.execute(select(Action.id).where(Action.reference == reference)).scalar_one()
        leg = session.execute(select(Leg).where(Leg.action_id == action_id, Leg.party_code == party)).scalar_one()
        asked = LegChange(state, leg.reason, leg.office_code, leg.person_name, leg.due_on)
        update_leg(session, reference, party, asked, version=leg.version)
        session.commit()
