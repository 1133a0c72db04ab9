"""What needs whom: by deadline, whatever the kind, and only what the viewer may see."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from app.db import Database
from app.domain.visibility import Viewer, person_key
from app.models import Agenda
from app.services.draft_suggestions import suggested
from app.services.drafts import start_draft
from app.services.home import Home, first_page
from app.services.identity import viewer_of_person
from app.services.staged_changes import stage_changes
from tests import world
from tests.conftest import Clock


def viewer_of(database: Database, key: str) -> Viewer:
    """Return the viewer that a member of the cast is, with the hats of their appointments."""
    found = viewer_of_person(database, world.CAST[key].id, database.clock())
    assert found is not None
    return found


def home_for(database: Database, key: str) -> Home:
    """Return the first page of a member of the cast."""
    with database.read_session(viewer_of(database, key)) as session:
        return first_page(session)


def needs(found: Home) -> list[tuple[str, str]]:
    """Return the kind of each need, and the reference of what it is about (of a draft, none)."""
    return [
        (need.kind, need.action.reference if need.action else need.meeting.reference if need.meeting else "")
        for need in found.needs
    ]


@pytest.fixture
def busy(database: Database) -> Database:
    """Return a database with something of every kind, for two parties and for three."""
    with database.system_session("what waits for somebody", "write") as session:
        world.add_meeting(session, "UNC-2026-1", mechanism="M01", answers={"MX": "yes"})
        world.add_meeting(session, "PPT-2026-1", ("MX", "US"), mechanism="M05", starts_on=dt.date(2026, 12, 1))
        world.add_meeting(
            session, "NADD-2026-1", mechanism="M02", state="confirmed", starts_on=dt.date(2026, 12, 20),
            answers=dict.fromkeys(world.THREE, "yes"),
        )  # fmt: skip
        world.add_meeting(session, "UNC-2026-2", mechanism="M01", state="confirmed", starts_on=dt.date(2026, 11, 10))
        late = {"MX": {"due_on": dt.date(2026, 11, 13)}, "US": {"state": "done"}, "CA": {"due_on": None}}
        world.add_action(session, "UNC-2026-2-A01", legs=late)
        world.add_action(session, "PPT-2026-1-A01", ("MX", "US"))
        session.commit()
    with database.write_session(viewer_of(database, "diego")) as session:
        start_draft(session, suggested(session, "defence-ministerial"))
        stage_changes(session, "NADD-2026-1")
        session.commit()
    return database


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (
            "ana",
            [
                ("record", "UNC-2026-2"),
                ("leg", "UNC-2026-2-A01"),
                ("answer", "PPT-2026-1"),
                ("leg", "PPT-2026-1-A01"),
                ("changes", "NADD-2026-1"),
                ("draft", ""),
            ],
        ),
        (
            "diego",
            [
                ("leg", "UNC-2026-2-A01"), ("await_own", "PPT-2026-1"), ("leg", "PPT-2026-1-A01"),
                ("changes", "NADD-2026-1"), ("draft", ""),
            ],
        ),
        ("isabelle", [("record", "UNC-2026-2"), ("answer", "UNC-2026-1"), ("leg", "UNC-2026-2-A01")]),
        ("benoit", [("await_own", "UNC-2026-1"), ("leg", "UNC-2026-2-A01")]),
        (
            "carol",
            [("record", "UNC-2026-2"), ("answer", "PPT-2026-1"), ("answer", "UNC-2026-1"), ("leg", "PPT-2026-1-A01")],
        ),
        (
            "sam",
            [
                ("record", "UNC-2026-2"),
                ("agenda", "UNC-2026-1"),
                ("agenda", "NADD-2026-1"),
                ("await_others", "UNC-2026-1"),
            ],
        ),
        ("olga", []),
        ("marta", []),
    ],
)  # fmt: skip
def test_what_needs_each_by_deadline(busy: Database, key: str, expected: list[tuple[str, str]]) -> None:
    assert needs(home_for(busy, key)) == expected


@pytest.mark.parametrize(
    ("key", "starts_on", "state", "expected"),
    [
        ("ana", dt.date(2026, 12, 10), None, [dt.date(2026, 11, 10)]),  # of the host, since twelve days ago
        ("ana", dt.date(2026, 12, 29), None, [dt.date(2026, 11, 29)]),  # in a week
        ("ana", dt.date(2026, 12, 30), None, []),
        ("ana", dt.date(2026, 12, 10), "draft", [dt.date(2026, 11, 20)]),  # with a lead time of its own
        ("ana", dt.date(2026, 12, 10), "provisional", []),
        ("diego", dt.date(2026, 12, 10), None, []),  # an official issues none
        ("carol", dt.date(2026, 12, 10), None, []),  # of another party than the host
        ("sam", dt.date(2026, 12, 10), None, [dt.date(2026, 11, 10)]),
        ("olga", dt.date(2026, 12, 10), None, []),
    ],
)
def test_an_agenda_that_is_to_be_issued_waits_for_its_host_and_its_secretariat(
    sqlite_database: Database, key: str, starts_on: dt.date, state: str | None, expected: list[dt.date]
) -> None:
    with sqlite_database.system_session("a meeting in Mexico", "write") as session:
        meeting = world.add_meeting(session, "UNC-2026-1", mechanism="M01", state="confirmed", starts_on=starts_on)
        next(row for row in meeting.parties if row.party_code == "MX").hosting = "host"
        if state:
            session.add(
                Agenda(
                    meeting_id=meeting.id, state=state, provisional_days=20, supplementary_days=10,
                    changed_at=world.NOW, audience_id=meeting.audience_id,
                )
            )  # fmt: skip
        session.commit()
    assert [need.due_on for need in home_for(sqlite_database, key).needs if need.kind == "agenda"] == expected


def test_an_answer_that_was_only_reported_is_still_waited_for(sqlite_database: Database) -> None:
    with sqlite_database.system_session("a reported answer", "write") as session:
        meeting = world.add_meeting(
            session, "UNC-2026-1", mechanism="M01", answers={"CA": "yes", "MX": "yes", "US": "no"}
        )
        for row in meeting.parties:
            row.is_reported = row.party_code == "CA"
        session.commit()
    [need] = home_for(sqlite_database, "isabelle").needs
    assert (need.kind, need.waits_for) == ("answer", ("CA",))
    assert home_for(sqlite_database, "ana").needs == ()


def test_a_proposal_whose_hour_is_past_asks_nobody(sqlite_database: Database, clock: Clock) -> None:
    with sqlite_database.system_session("a proposal", "write") as session:
        world.add_meeting(session, "UNC-2026-1", mechanism="M01")
        session.commit()
    assert needs(home_for(sqlite_database, "ana")) == [("answer", "UNC-2026-1")]
    clock.now = dt.datetime(2026, 12, 10, 18, 0, tzinfo=dt.UTC)
    assert needs(home_for(sqlite_database, "ana")) == []


# Dates to agree -----------------------------------------------------------------------------------


def agreed(found: Home) -> list[tuple[str | None, int, int, int]]:
    """Return of each date to agree its mechanism, the meetings held and confirmed, and those asked for."""
    return [
        (each.mechanism.ref, each.held_count, each.confirmed_count, each.owed.minimum_meetings)
        for each in found.dates_to_agree
    ]


@pytest.mark.parametrize("key", ["ana", "benoit", "carol", "sam"])
def test_the_same_dates_for_all_parties(database: Database, key: str) -> None:
    found = home_for(database, key)
    assert agreed(found) == [("M01", 0, 0, 2), ("M02", 0, 0, 1)]
    assert {each.owed.by for each in found.dates_to_agree} == {dt.date(2026, 12, 31)}


@pytest.mark.parametrize(
    ("meetings", "expected"),
    [
        ([("M02", "held", world.THREE, dt.date(2026, 3, 4))], [("M01", 0, 0, 2)]),
        ([("M02", "confirmed", world.THREE, dt.date(2026, 12, 4))], [("M01", 0, 0, 2)]),
        ([("M02", "confirmed", world.THREE, dt.date(2027, 1, 4))], [("M01", 0, 0, 2), ("M02", 0, 0, 1)]),
        ([("M02", "proposed", world.THREE, dt.date(2026, 12, 4))], [("M01", 0, 0, 2), ("M02", 0, 0, 1)]),
        ([("M02", "held", ("MX", "US"), dt.date(2026, 3, 4))], [("M01", 0, 0, 2), ("M02", 0, 0, 1)]),
        ([("M01", "closed", world.THREE, dt.date(2026, 3, 4))], [("M01", 1, 0, 2), ("M02", 0, 0, 1)]),
        (
            [
                ("M01", "held", world.THREE, dt.date(2026, 3, 4)),
                ("M01", "confirmed", world.THREE, dt.date(2026, 12, 4)),
            ],
            [("M02", 0, 0, 1)],
        ),
        ([("M01", "held", world.THREE, dt.date(2025, 12, 31))], [("M01", 0, 0, 2), ("M02", 0, 0, 1)]),
    ],
)
def test_what_is_held_or_confirmed_is_agreed(
    sqlite_database: Database,
    meetings: list[tuple[str, str, tuple[str, ...], dt.date]],
    expected: list[tuple[str | None, int, int, int]],
) -> None:
    with sqlite_database.system_session("meetings of this year", "write") as session:
        for number, (mechanism, state, parties, day) in enumerate(meetings):
            world.add_meeting(
                session, f"ADH-2026-{number + 1}", parties, mechanism=mechanism, state=state, starts_on=day
            )
        session.commit()
    for key in ("ana", "carol"):
        assert agreed(home_for(sqlite_database, key)) == expected


# The rest of the page -----------------------------------------------------------------------------


def test_next_meetings_are_those_to_come_and_an_open_date_last(database: Database) -> None:
    with database.system_session("meetings to come", "write") as session:
        days: dict[str, Any] = {"starts_on": dt.date(2026, 11, 30), "ends_on": dt.date(2026, 11, 30)}
        world.add_meeting(session, "UNC-2026-1", mechanism="M01", state="postponed", date_is_open=True, **days)
        world.add_meeting(session, "UNC-2026-2", mechanism="M01", state="cancelled")
        world.add_meeting(session, "UNC-2026-3", mechanism="M01", state="held", starts_on=dt.date(2026, 11, 1))
        for number in range(1, 13):
            world.add_meeting(session, f"NADD-2026-{number}", mechanism="M02", starts_on=dt.date(2026, 12, number))
        session.commit()
    found = home_for(database, "benoit")
    assert [line.meeting.reference for line in found.next_meetings] == [
        f"NADD-2026-{number}" for number in range(1, 11)
    ]
    assert found.more_meetings == 3


def test_a_guest_has_what_was_released_to_them_and_nothing_else(database: Database) -> None:
    with database.system_session("a meeting with an observer", "write") as session:
        world.add_meeting(session, "UNC-2026-1", mechanism="M01", extra_keys={person_key(world.CAST["olga"].id)})
        world.add_meeting(session, "UNC-2026-2", mechanism="M01")
        session.commit()
    found = home_for(database, "olga")
    assert [(line.meeting.reference, line.mechanism) for line in found.next_meetings] == [("UNC-2026-1", None)]
    assert (found.needs, found.dates_to_agree, found.served, found.capitals) == ((), (), (), ())


def test_an_administrator_has_no_meetings(database: Database) -> None:
    with database.system_session("a meeting", "write") as session:
        world.add_meeting(session, "UNC-2026-1", mechanism="M01")
        session.commit()
    found = home_for(database, "marta")
    assert (found.needs, found.next_meetings, found.dates_to_agree, found.capitals) == ((), (), (), ())


def test_a_secretariat_has_the_mechanisms_that_it_serves(database: Database) -> None:
    assert [row.ref for row in home_for(database, "sam").served] == ["M01", "M02", "M03"]
    assert home_for(database, "ana").served == ()


def test_the_time_in_the_capitals(sqlite_database: Database) -> None:
    found = {each.party.code: each.at.isoformat() for each in home_for(sqlite_database, "ana").capitals}
    assert found == {
        "CA": "2026-11-22T10:00:00-05:00",
        "MX": "2026-11-22T09:00:00-06:00",
        "US": "2026-11-22T10:00:00-05:00",
    }


def test_a_leg_is_late_by_the_day_of_its_own_capital(sqlite_database: Database, clock: Clock) -> None:
    with sqlite_database.system_session("an action", "write") as session:
        world.add_action(session, "UNC-2026-2-A01")
        session.commit()
    # The 16th in UTC, and still the 15th in Mexico City; half past midnight in Ottawa.
    clock.now = dt.datetime(2026, 12, 16, 5, 30, tzinfo=dt.UTC)
    late = {
        key: [need.leg.is_overdue for need in home_for(sqlite_database, key).needs if need.leg]
        for key in ("ana", "benoit")
    }
    assert late == {"ana": [False], "benoit": [True]}
