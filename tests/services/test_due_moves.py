"""How an action is due, who writes which day, and what stays of a day that moved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.bulk import BulkChange
from app.domain.clocks import Clock
from app.domain.errors import Refusal, StaleVersion
from app.models import Action, Leg, Meeting
from app.services.action_acts import LegChange, accept_leg, update_leg
from app.services.action_edits import NewLeg, add_leg
from app.services.actions import action_line, action_view
from app.services.bulk import chosen_lines, fates
from app.services.clocks import DueView, NewDue, due_version, due_view, follow_due, set_due, start_clock
from app.services.meeting_actions import actions_around
from app.services.meetings import find_meeting
from app.services.updates import add_note
from tests import world
from tests.conftest import Clock as StillClock

ACTION, NARROW = "UNC-2026-1-A01", "UNC-2026-1-MXUS-A01"
FIRST = dt.date(2026, 12, 15)
DONE = BulkChange("state", "done")


@pytest.fixture
def kept(database: Database) -> Database:
    """Return an action that Mexico and Canada accepted and the United States did not, and one of two of them."""
    with database.system_session("prepare what is due", "write") as session:
        at = world.add_meeting(session, "UNC-2026-1", mechanism="M01", starts_on=dt.date(2026, 6, 5), state="held")
        world.add_action(session, ACTION, meeting=at, legs={"US": {"is_accepted": False}})
        narrow = world.add_action(session, NARROW, ("MX", "US"))
        narrow.meeting_id, narrow.mechanism_id = at.id, at.mechanism_id
        session.commit()
    return database


def view(database: Database, key: str, reference: str = ACTION) -> DueView:
    with database.read_session(world.viewer(key)) as session:
        return due_view(session, action_line(session, reference))


def days(database: Database, reference: str = ACTION) -> dict[str, str | None]:
    told = view(database, "carol", reference)
    return {each.leg.party_code: each.leg.due_on.isoformat() if each.leg.due_on else None for each in told.legs}


def put(database: Database, key: str, new: NewDue, reference: str = ACTION, version: str | None = None) -> None:
    with database.write_session(world.viewer(key)) as session:
        seen = version or due_version(action_line(session, reference).action)
        set_due(session, reference, new, version=seen)
        session.commit()


def follow(database: Database, key: str, reason: str | None, reference: str = ACTION) -> None:
    with database.write_session(world.viewer(key)) as session:
        follow_due(session, reference, reason)
        session.commit()


def refused(call: Any, *args: Any, **named: Any) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    return caught.value.key, caught.value.field


def test_a_party_moves_its_own_day_with_a_reason_and_the_first_one_stays(kept: Database, clock: StillClock) -> None:
    change = LegChange(state="open", due_on=dt.date(2027, 1, 15))
    with kept.write_session(world.viewer("ana")) as session:
        assert refused(update_leg, session, ACTION, "MX", change, version=1) == ("due_reason_required", "due_reason")
    for number, (day, reason) in enumerate(((dt.date(2027, 1, 15), "No funds"), (dt.date(2027, 3, 1), "Elections"))):
        clock.forward(hours=1)
        with kept.write_session(world.viewer("ana")) as session:
            moved = LegChange(state="open", due_on=day, due_reason=reason)
            update_leg(session, ACTION, "MX", moved, version=1 + number)
            session.commit()
    told = view(kept, "benoit")
    assert [(each.party, each.first_on, each.due_on, each.count) for each in told.moved] == [
        ("MX", FIRST, dt.date(2027, 3, 1), 2)
    ]
    assert [line.move.reason for line in told.moved[0].moves] == ["Elections", "No funds"]
    assert [line.author for line in told.moved[0].moves] == [None, None]  # Canada does not know Ana


def test_a_clock_waits_for_its_event_and_each_party_follows_for_itself(kept: Database) -> None:
    clock = Clock(45, "calendar", "the declaration", second_days=45, determines="US", consulted=("MX",))
    put(kept, "sam", NewDue("clock", clock=clock, reason="Now by a clock"))
    # The secretariat writes what nobody accepted, and no more: the others are asked to follow.
    assert days(kept) == {"CA": "2026-12-15", "MX": "2026-12-15", "US": None}
    told = view(kept, "ana")
    assert told.clock is not None
    assert (told.clock.phase, [each.leg.party_code for each in told.behind]) == ("waiting", ["CA", "MX"])
    assert [each.may_set for each in told.behind] == [False, True]
    with kept.write_session(world.viewer("ana")) as session:
        version = due_version(action_line(session, ACTION).action)
        late = dt.date(2026, 11, 23)
        assert refused(start_clock, session, ACTION, late, None, version=version)[0] == "clock_event_to_come"
        happened = dt.date(2026, 11, 2)
        assert refused(start_clock, session, ACTION, happened, " ", version=version)[0] == "due_reason_required"
        start_clock(session, ACTION, happened, "Signed", version=version)
        session.commit()
    assert days(kept) == {"CA": "2026-12-15", "MX": "2027-01-31", "US": None}
    follow(kept, "sam", "The event happened")
    follow(kept, "benoit", "The event happened")
    assert days(kept) == dict.fromkeys(world.THREE, "2027-01-31")
    assert view(kept, "carol").behind == ()


def test_working_days_end_where_each_party_works(kept: Database) -> None:
    clock = Clock(10, "working", "the note", dt.date(2026, 11, 13))
    for key in ("ana", "benoit", "carol"):
        put(kept, key, NewDue("clock", clock=clock, reason="By working days"))
    assert days(kept) == {"CA": "2026-11-27", "MX": "2026-11-30", "US": "2026-11-30"}


def test_the_next_meeting_is_followed_and_nothing_moves_by_itself(kept: Database) -> None:
    put(kept, "ana", NewDue("next_meeting", reason="By the next one"), NARROW)
    assert days(kept, NARROW) == {"MX": None, "US": "2026-12-15"}
    with kept.system_session("a meeting that not all are at, and one that they are", "write") as session:
        world.add_meeting(session, "UNC-2027-CAMX-1", ("CA", "MX"), mechanism="M01", starts_on=dt.date(2027, 1, 5))
        world.add_meeting(session, "UNC-2027-1", mechanism="M01", starts_on=dt.date(2027, 2, 5))
        session.commit()
    told = view(kept, "ana", NARROW)
    assert told.meeting is not None
    assert (told.meeting.reference, told.is_settled, told.may_follow) == ("UNC-2027-1", False, True)
    follow(kept, "ana", "It is known", NARROW)
    follow(kept, "carol", "It is known", NARROW)
    assert days(kept, NARROW) == dict.fromkeys(("MX", "US"), "2027-02-05")
    with kept.system_session("the meeting moves", "write") as session:
        moved = session.get_one(Meeting, world.identity("meeting", "UNC-2027-1"))
        moved.starts_on = moved.ends_on = dt.date(2027, 3, 5)
        moved.starts_at += dt.timedelta(days=28)
        moved.ends_at += dt.timedelta(days=28)
        session.commit()
    assert days(kept, NARROW) == dict.fromkeys(("MX", "US"), "2027-02-05")
    for key, expected in (("ana", ["MX", "US"]), ("benoit", [])):
        with kept.read_session(world.viewer(key)) as session:
            around = actions_around(session, find_meeting(session, "UNC-2027-1"))
            assert [leg.leg.party_code for each in around.behind for leg in each.legs] == expected
    assert refused(follow, kept, "ana", None, NARROW) == ("due_reason_required", "due_reason")


def test_how_the_event_is_known_is_kept_as_a_note_where_no_day_moves(kept: Database) -> None:
    """By the word of the party that determines it, or by one's own; where a day moves it stands beside that."""
    waiting = Clock(45, event="the declaration", determines="US")

    def begun(key: str, said: str) -> None:
        with kept.write_session(world.viewer(key)) as session:
            version = due_version(action_line(session, ACTION).action)
            start_clock(session, ACTION, dt.date(2026, 11, 2), said, version=version)
            session.commit()

    put(kept, "ana", NewDue("clock", clock=waiting, reason="By a clock now"))
    for key, said in (("ana", "It moves Mexico's day"), ("carol", "It moves that of the United States")):
        begun(key, said)
    for key, said in (("ana", "Their embassy called"), ("ana", "  "), ("carol", "We signed it")):
        begun(key, said)
    with kept.read_session(world.viewer("isabelle")) as session:
        found = action_view(session, ACTION).notes
    assert {(line.note.text, line.note.kind, line.note.for_party, line.note.party_code) for line in found} == {
        ("Their embassy called", "reported", "US", "MX"), ("We signed it", "note", None, "US"),
    }  # fmt: skip


def test_an_action_that_ended_keeps_its_days_and_its_legs_and_takes_notes(kept: Database) -> None:
    with kept.system_session("a meeting closes it", "write") as session:
        row = session.execute(select(Action).where(Action.reference == ACTION)).scalar_one()
        row.ended_as, row.ended_at = "closed", world.NOW
        session.commit()
    with kept.write_session(world.viewer("ana")) as session:
        version = due_version(action_line(session, ACTION).action)
        change = LegChange(state="done", due_on=FIRST)
        assert refused(update_leg, session, ACTION, "MX", change, version=1) == ("action_ended", None)
        assert refused(set_due, session, ACTION, NewDue("none"), version=version) == ("action_ended", None)
        assert refused(start_clock, session, ACTION, FIRST, "", version=version) == ("action_ended", None)
        assert refused(add_leg, session, ACTION, NewLeg("US")) == ("action_ended", None)
        assert refused(follow_due, session, ACTION, "x") == ("forbidden", None)
        assert [each.refusal.key for each in fates(session, chosen_lines(session, [ACTION]), DONE) if each.refusal] == [
            "action_ended"
        ]
        add_note(session, ACTION, "For the record.", "en")
        session.commit()
    with kept.write_session(world.viewer("carol")) as session:
        assert refused(accept_leg, session, ACTION, "US", version=1) == ("action_ended", None)
        found = action_view(session, ACTION)
        assert ([line.note.text for line in found.notes], found.may_update) == (["For the record."], frozenset())
    assert not view(kept, "ana").may_edit


@pytest.mark.parametrize(
    ("key", "new", "expected"),
    [
        ("ana", NewDue("moon"), ("unknown_due_basis", "basis")),
        ("ana", NewDue("date"), ("required", "on")),
        ("ana", NewDue("date", dt.date(2027, 1, 1)), ("due_reason_required", "due_reason")),
        ("ana", NewDue("date", dt.date(2300, 1, 1), reason="far"), ("year_out_of_range", "due_on")),
        ("ana", NewDue("clock"), ("clock_days", "days")),
        ("ana", NewDue("clock", clock=Clock(4000, event="e")), ("clock_days", "days")),
        ("ana", NewDue("clock", clock=Clock(45)), ("clock_needs_event", "event")),
        ("ana", NewDue("clock", clock=Clock(45, event="e", determines="FR")), ("unknown_party", "determines")),
        ("olga", NewDue("none"), ("not_found", None)),
    ],
)
def test_what_is_refused_changes_nothing(
    kept: Database, key: str, new: NewDue, expected: tuple[str, str | None]
) -> None:
    with kept.write_session(world.viewer(key)) as session:
        version = "x" if key == "olga" else due_version(action_line(session, ACTION).action)
        assert refused(set_due, session, ACTION, new, version=version) == expected
        session.commit()  # as if nobody had rolled back
    assert (view(kept, "ana").basis, days(kept)) == ("date", dict.fromkeys(world.THREE, "2026-12-15"))


def test_who_may_write_which_day_and_a_lost_race(kept: Database) -> None:
    may = {
        key: "".join(each.leg.party_code[0] for each in view(kept, key).legs if each.may_set)
        for key in ("ana", "diego", "benoit", "carol", "sam")
    }
    assert may == {"ana": "M", "diego": "M", "benoit": "C", "carol": "U", "sam": "U"}
    version = due_version(view(kept, "ana").action)
    put(kept, "sam", NewDue("none"))
    put(kept, "sam", NewDue("date", dt.date(2027, 1, 1), reason="Told so"))
    with pytest.raises(StaleVersion):
        put(kept, "ana", NewDue("none"), version="another")
    assert version != due_version(view(kept, "ana").action)
    assert days(kept) == {"CA": "2026-12-15", "MX": "2026-12-15", "US": "2027-01-01"}


def test_history_of_2019_is_never_late_until_somebody_takes_it_on(kept: Database) -> None:
    clock = Clock(45, "calendar", "joint declaration", dt.date(2019, 6, 7), 45)
    put(kept, "sam", NewDue("clock", clock=clock, reason="From the record"))
    told = view(kept, "sam")
    us = next(each for each in told.legs if each.leg.party_code == "US")
    assert (us.leg.due_on, us.line.is_overdue) == (dt.date(2019, 9, 5), False)
    assert told.clock is not None
    assert [leg.party for leg in told.clock.legs if leg.is_history] == ["US"]
    with kept.system_session("they accept it", "write") as session:
        session.get_one(Leg, us.leg.id).is_accepted = True
        session.commit()
    told = view(kept, "sam")
    assert next(each for each in told.legs if each.leg.party_code == "US").line.is_overdue
    assert told.clock is not None
    assert not any(leg.is_history for leg in told.clock.legs)


def test_a_clock_that_begins_on_the_evening_of_its_record_is_no_history(kept: Database) -> None:
    """At two in the morning by UTC it is still the day of the event in New York."""
    with kept.system_session("record it in the evening", "write") as session:
        action = session.get_one(Action, world.identity("action", ACTION))
        action.created_at = dt.datetime(2026, 6, 6, 2, tzinfo=dt.UTC)
        session.commit()
    clock = Clock(10, "calendar", "joint declaration", dt.date(2026, 6, 5))
    put(kept, "sam", NewDue("clock", clock=clock, reason="From the record"))
    told = view(kept, "sam").clock
    assert told is not None
    assert (told.phase, [leg.party for leg in told.legs if leg.is_history]) == ("ended", [])
