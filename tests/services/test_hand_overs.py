"""Hand-overs: who begins, keeps, gives and receives them, their checklist, and whose first page they wait on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.models import HandOver
from app.services import hand_over_lines as lines
from app.services import hand_overs as service
from app.services.home import home_of
from tests import world
from tests.conftest import Clock
from tests.services.hosting_world import DIALOGUE, held, make_four, viewer

DUE = dt.date(2026, 12, 10)


def begin(database: Database, by: str = "benoit", **changed: Any) -> uuid.UUID:
    """Begin a hand-over of Canada to the United States, due on 10 December 2026."""
    values: dict[str, Any] = {"from_party": "CA", "to_party": "US", "due_on": DUE, "note": "in Ottawa"} | changed
    return acting(database, by, lambda session: service.start_hand_over(session, DIALOGUE, **values).id)


def acting(database: Database, by: str, act: Callable[[GuardedSession], Any]) -> Any:
    """Let somebody do something, and keep it."""
    with database.write_session(viewer(database, by)) as session:
        found = act(session)
        session.commit()
        return found


def seen(database: Database, by: str, hand_over_id: uuid.UUID) -> service.HandOverView:
    """Return a hand-over as somebody reads it."""
    with database.read_session(viewer(database, by)) as session:
        return service.hand_over_view(session, hand_over_id)


def tick(database: Database, by: str, hand_over_id: uuid.UUID, item_id: uuid.UUID) -> None:
    """Let somebody tick a line for the first time."""
    acting(database, by, lambda s: lines.tick_line(s, hand_over_id, item_id, is_done=True, version=1))


def refused(database: Database, by: str, act: Callable[[GuardedSession], Any]) -> str:
    """Return why somebody may not do something."""
    try:
        acting(database, by, act)
    except NotFound:
        return "not_found"
    except StaleVersion:
        return "stale_version"
    except Refusal as refusal:
        return refusal.key
    return ""


def test_it_begins_with_a_suggested_checklist_in_the_language_of_who_begins_it(database: Database) -> None:
    view = seen(database, "erin", begin(database, "erin"))
    assert [line.text for line in view.lines] == [
        "List of documents, with the latest version of each",
        "Open actions: who owes what, and by when",
        "Contacts in every delegation, and of guests",
        "Calendar of the cycle, with dates held in pencil",
        "Draft agenda of the next meeting",
        "Arrangements for rooms and interpretation",
        "Keys, accounts and access to shared folders",
    ]
    assert (view.done_count, view.hand_over.due_on, view.hand_over.note) == (0, DUE, "in Ottawa")


@pytest.mark.parametrize(
    ("by", "changed", "key"),
    [
        ("ana", {}, "needs_own_side"),
        ("benoit", {"to_party": "CA"}, "same_party_twice"),
        ("benoit", {"to_party": "GT"}, "not_of_mechanism"),
        ("benoit", {"to_party": ""}, "required"),
        ("benoit", {"due_on": None}, "required"),
        ("benoit", {"note": "x" * 2_001}, "too_long"),
        ("olga", {}, "not_found"),
        ("marta", {}, "not_found"),
        ("sam", {}, ""),
        ("adaeze", {}, ""),
    ],
)
def test_who_begins_one(sqlite_database: Database, by: str, changed: dict[str, Any], key: str) -> None:
    values: dict[str, Any] = {"from_party": "CA", "to_party": "US", "due_on": DUE, "note": ""} | changed
    assert refused(sqlite_database, by, lambda s: service.start_hand_over(s, DIALOGUE, **values)) == key


def test_one_is_under_way_at_a_time(sqlite_database: Database) -> None:
    begin(sqlite_database)
    values: dict[str, Any] = {"from_party": "CA", "to_party": "US", "due_on": DUE, "note": ""}
    assert (
        refused(sqlite_database, "erin", lambda s: service.start_hand_over(s, DIALOGUE, **values)) == "hand_over_open"
    )


@pytest.mark.parametrize(
    ("by", "keeps", "gives"),
    [
        ("benoit", True, False),
        ("isabelle", True, True),
        ("daniel", True, False),
        ("carol", True, False),
        ("sam", True, True),
        ("ana", False, False),
    ],
)
def test_the_two_parties_and_their_secretariat_keep_it(database: Database, by: str, keeps: bool, gives: bool) -> None:
    hand_over_id = begin(database)
    view = seen(database, by, hand_over_id)
    assert (view.may_keep, view.may_hand_over, view.may_receive) == (keeps, gives, False)
    said = refused(database, by, lambda s: lines.add_line(s, hand_over_id, "The flags"))
    assert said == ("" if keeps else "forbidden")


def test_it_is_handed_over_then_received_then_stays(database: Database, clock: Clock) -> None:
    hand_over_id = begin(database)
    assert refused(database, "erin", lambda s: service.receive(s, hand_over_id, version=1)) == "not_handed_over"
    assert refused(database, "benoit", lambda s: service.hand_over(s, hand_over_id, version=1)) == "forbidden"
    clock.forward(days=1)
    acting(database, "isabelle", lambda s: service.hand_over(s, hand_over_id, version=1))
    assert refused(database, "isabelle", lambda s: service.hand_over(s, hand_over_id, version=2)) == "not_in_state"
    assert refused(database, "isabelle", lambda s: service.receive(s, hand_over_id, version=2)) == "forbidden"
    assert refused(database, "sam", lambda s: service.receive(s, hand_over_id, version=2)) == "forbidden"
    assert refused(database, "carol", lambda s: service.receive(s, hand_over_id, version=1)) == "stale_version"
    clock.forward(days=2)
    acting(database, "carol", lambda s: service.receive(s, hand_over_id, version=2))
    row = seen(database, "ana", hand_over_id).hand_over
    assert (row.handed_over_at, row.handed_over_by) == (world.NOW + dt.timedelta(days=1), world.CAST["isabelle"].id)
    assert (row.received_at, row.received_by) == (world.NOW + dt.timedelta(days=3), world.CAST["carol"].id)
    assert refused(database, "carol", lambda s: lines.add_line(s, hand_over_id, "late")) == "hand_over_is_over"
    begin(database, "erin", from_party="US", to_party="MX")


def test_lines_are_ticked_by_either_side(database: Database, clock: Clock) -> None:
    hand_over_id = begin(database)
    first, second, third, *_ = seen(database, "erin", hand_over_id).lines
    clock.forward(hours=1)
    for by, line in (("benoit", first), ("erin", second), ("sam", third)):
        tick(database, by, hand_over_id, line.id)
    view = seen(database, "ana", hand_over_id)
    assert [(line.done_by_party, line.done_at) for line in view.lines[:4]] == [
        ("CA", world.NOW + dt.timedelta(hours=1)),
        ("US", world.NOW + dt.timedelta(hours=1)),
        (None, world.NOW + dt.timedelta(hours=1)),
        (None, None),
    ]
    assert view.done_count == 3
    again = refused(database, "erin", lambda s: lines.tick_line(s, hand_over_id, first.id, is_done=False, version=1))
    assert again == "stale_version"
    acting(database, "erin", lambda s: lines.tick_line(s, hand_over_id, first.id, is_done=False, version=2))
    assert seen(database, "ana", hand_over_id).lines[0].done_at is None


def test_lines_are_added_rewritten_moved_taken_off_and_put_back(database: Database) -> None:
    hand_over_id = begin(database)
    added = acting(database, "benoit", lambda s: lines.add_line(s, hand_over_id, "  The flags ").id)

    def texts() -> list[str]:
        return [line.text[:8] for line in seen(database, "ana", hand_over_id).lines]

    assert texts()[-1] == "The flag"
    assert refused(database, "benoit", lambda s: lines.add_line(s, hand_over_id, " ")) == "required"
    acting(database, "erin", lambda s: lines.save_line(s, hand_over_id, added, "Flags and anthems", version=1))
    with pytest.raises(StaleVersion) as stale:
        acting(database, "benoit", lambda s: lines.save_line(s, hand_over_id, added, "Flags only", version=1))
    assert (stale.value.yours, stale.value.theirs) == ({"text": "Flags only"}, {"text": "Flags and anthems"})
    before = texts()
    moved = seen(database, "ana", hand_over_id).lines[1]
    acting(database, "erin", lambda s: lines.move_line(s, hand_over_id, moved.id, "up", version=moved.version))
    assert texts() == [before[1], before[0], *before[2:]]
    version = seen(database, "ana", hand_over_id).lines[0].version
    acting(database, "erin", lambda s: lines.move_line(s, hand_over_id, moved.id, "up", version=version))
    assert texts() == [before[1], before[0], *before[2:]]
    acting(database, "erin", lambda s: lines.remove_line(s, hand_over_id, added, is_removed=True, version=2))
    view = seen(database, "ana", hand_over_id)
    assert ([line.text for line in view.removed], len(view.lines)) == (["Flags and anthems"], 7)
    acting(database, "erin", lambda s: lines.remove_line(s, hand_over_id, added, is_removed=False, version=3))
    assert texts()[-1] == "Flags an"
    assert refused(database, "erin", lambda s: lines.save_line(s, hand_over_id, uuid.uuid4(), "x", version=1)) == (
        "not_found"
    )


def test_a_day_that_another_changed_meanwhile_is_compared(database: Database) -> None:
    hand_over_id = begin(database)
    acting(database, "erin", lambda s: service.save_hand_over(s, hand_over_id, dt.date(2027, 1, 8), "", version=1))
    with pytest.raises(StaleVersion) as stale:
        acting(database, "benoit", lambda s: service.save_hand_over(s, hand_over_id, DUE, "by post", version=1))
    assert stale.value.yours == {"due_on": DUE, "note": "by post"}
    assert stale.value.theirs == {"due_on": dt.date(2027, 1, 8), "note": None}


def test_it_is_suggested_from_the_present_host_to_the_next(database: Database) -> None:
    held(database, "CA", "US", "MX", "CA", parties=world.THREE)
    with database.read_session(viewer(database, "ana")) as session:
        assert service.suggested_parties(session, DIALOGUE) == ("US", "MX")
        assert service.suggested_parties(session, "un-coordination") == (None, None)


@pytest.mark.parametrize(
    ("days", "before", "after"),
    [
        (-20, {}, {}),
        (0, {"benoit": "hand_over", "daniel": "take_over"}, {"daniel": "take_over"}),
        (40, {"benoit": "hand_over", "daniel": "take_over"}, {"daniel": "take_over"}),
    ],
)
def test_it_waits_on_the_first_page_of_both(
    database: Database, clock: Clock, days: int, before: dict[str, str], after: dict[str, str]
) -> None:
    """From a month before its day on; of who gave it no more, of who receives it until then."""
    hand_over_id = begin(database, due_on=world.NOW.date() + dt.timedelta(days=30))
    clock.forward(days=days)
    assert needs(database) == before
    acting(database, "isabelle", lambda s: service.hand_over(s, hand_over_id, version=1))
    assert needs(database) == after
    acting(database, "carol", lambda s: service.receive(s, hand_over_id, version=2))
    assert needs(database) == {}


def needs(database: Database) -> dict[str, str]:
    """Return what a hand-over is on the first page of some of the cast."""
    found: dict[str, str] = {}
    for key in ("ana", "benoit", "daniel", "sam"):
        with database.read_session(viewer(database, key)) as session:
            kinds = [need.kind for need in home_of(session).needs if need.hand_over]
        if kinds:
            (found[key],) = kinds
    return found


def test_who_is_not_of_the_mechanism_finds_none(database: Database) -> None:
    """A hand-over of Mexico and the United States alone is not there for Canada, nor is its page."""
    code = "migrant-surge-us-mx"
    values: dict[str, Any] = {"from_party": "MX", "to_party": "US", "due_on": DUE, "note": ""}
    hand_over_id = acting(database, "ana", lambda s: service.start_hand_over(s, code, **values).id)
    assert seen(database, "daniel", hand_over_id).mechanism.code == code
    for key in ("benoit", "sam", "olga", "colin"):
        with database.read_session(viewer(database, key)) as session:
            with pytest.raises(NotFound):
                service.hand_over_view(session, hand_over_id)
            with pytest.raises(NotFound):
                service.hand_overs_of(session, code)
            assert session.get(HandOver, hand_over_id) is None


def test_the_other_parties_of_four_read_it(database: Database) -> None:
    make_four(database)
    hand_over_id = begin(database)
    assert not seen(database, "gabriela", hand_over_id).may_keep
    assert refused(database, "gabriela", lambda s: lines.add_line(s, hand_over_id, "x")) == "forbidden"
