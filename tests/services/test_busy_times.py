"""Busy time: whose it is, who sees it and what, replaced and undone, swept when it is over; nothing half-written."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from app.calendars.busy import BusyReading
from app.domain.busy import Blackout
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import appointment_key
from app.jobs.tasks import sweep
from app.models import AuditRecord, BusyCalendar, BusyInterval
from app.services import busy_acts as acts
from app.services import busy_times as service
from app.services.busy_acts import BusyFields
from tests import world
from tests.world import canary

MEXICO = "America/Mexico_City"
DAYS = Blackout(dt.date(2027, 3, 1), dt.date(2027, 3, 2))
SPAN = dt.datetime(2027, 1, 1, tzinfo=dt.UTC), dt.datetime(2027, 12, 31, tzinfo=dt.UTC)
APPOINTMENT = appointment_key(world.appointment_id("M01"))


def at(day, hour):
    return dt.datetime(2027, 3, day, hour, tzinfo=dt.UTC)


READING = BusyReading(((at(1, 15), at(1, 16)), (at(2, 15), at(2, 17))))


def act(database, key, do):
    """Do one thing as a member of the cast, commit it, and return the id of the row."""
    with database.write_session(world.viewer(key)) as session:
        row = do(session)
        session.commit()
        return row.id


def fields(**changed):
    return BusyFields(**({"time_zone": MEXICO} | changed))


def give(database, key="ana", **changed):
    return act(database, key, lambda session: acts.add_calendar(session, fields(**changed), READING, "d" * 64))


def busy(database, key, people=("ana",), offices=()):
    with database.read_session(world.viewer(key)) as session:
        return service.busy_of(session, [world.CAST[each].id for each in people], offices, *SPAN)


def who_sees(database, people=("ana",), offices=()):
    return [key for key in world.CAST if busy(database, key, people, offices)]


def row_of(database, calendar_id):
    with database.system_session("look at busy time") as session:
        return session.get(BusyCalendar, calendar_id)


MX, CA, US = ["ana", "diego", "lucia"], ["benoit", "isabelle", "adaeze"], ["carol", "daniel", "erin"]


@pytest.mark.parametrize(
    ("seen_by", "expected"),
    [
        ((), MX),
        (("party:US",), [*MX, *US]),
        (("party:CA", "party:US"), [*MX, *CA, *US]),
        ((APPOINTMENT,), [*MX, "sam"]),
    ],
)
def test_busy_time_is_seen_by_ones_own_and_by_whom_one_chose(database, seen_by, expected):
    give(database, seen_by=seen_by, label=canary("MX", "reason"))
    assert who_sees(database) == expected
    (found,) = busy(database, "ana").values()
    assert found == list(READING.intervals)  # instants, and no more
    with database.read_session(world.viewer("carol")) as session:
        assert session.execute(select(BusyCalendar)).scalars().all() == []


def test_several_calendars_are_one_line_of_intervals_in_one_statement(sqlite_database):
    give(sqlite_database)
    later = BusyReading(((at(1, 14), at(1, 15)), (at(2, 16), at(2, 20))))
    act(sqlite_database, "ana", lambda session: acts.add_calendar(session, fields(), later, "e" * 64))
    act(sqlite_database, "ana", lambda s: acts.add_blackout(s, fields(whose="MX-SRE"), DAYS))
    assert busy(sqlite_database, "diego", ("ana", "benoit"), ("MX-SRE",)) == {
        world.CAST["ana"].id: [(at(1, 14), at(1, 16)), (at(2, 15), at(2, 20))],
        "MX-SRE": [(at(1, 6), at(3, 6))],
    }
    assert busy(sqlite_database, "diego", (), ()) == {}


@pytest.mark.parametrize(
    ("key", "whose", "expected"),
    [
        ("ana", "MX-SEGOB", None),  # who speaks for the party: every office of it
        ("lucia", "MX-SRE", None),
        ("ana", "US-DOS", "unknown_subject"),
        ("diego", "MX-SRE", "unknown_subject"),  # an official: the one that he works in
        ("sam", "MX-SRE", "unknown_subject"),
        ("sam", "", None),
        ("olga", "", "forbidden"),
        ("marta", "", "forbidden"),
    ],
)
def test_whose_busy_time_one_keeps(sqlite_database, key, whose, expected):
    if expected is None:
        act(sqlite_database, key, lambda session: acts.add_blackout(session, fields(whose=whose), DAYS))
        return
    with sqlite_database.write_session(world.viewer(key)) as session, pytest.raises(Refusal) as refused:
        acts.add_blackout(session, fields(whose=whose), DAYS)
    assert refused.value.key == expected


def test_a_secretariats_member_keeps_their_own(sqlite_database):
    give(sqlite_database, "sam", seen_by=("party:MX",), label="mine")
    assert who_sees(sqlite_database, ("sam",)) == [*MX, "sam"]
    with sqlite_database.read_session(world.viewer("sam")) as session:
        (line,) = service.kept_lines(session, ())[0]
        assert line.calendar.label.text == "mine"


def test_changing_who_sees_it_holds_from_that_instant(database):
    calendar_id = give(database, seen_by=("party:US",))
    act(database, "ana", lambda session: acts.save_sharing(session, calendar_id, "visita", ["party:CA"], 1))
    assert who_sees(database) == [*MX, *CA]
    row = row_of(database, calendar_id)
    assert (row.seen_by, row.label.text) == (["party:CA", "party:MX"], "visita")
    with database.write_session(world.viewer("ana")) as session:
        with pytest.raises(StaleVersion) as lost:
            acts.save_sharing(session, calendar_id, "otra", ["party:US"], 1)
        assert lost.value.theirs == {"label": "visita", "seen_by": ["party:CA", "party:MX"]}
        with pytest.raises(Refusal, match="unknown_seen_by"):
            acts.save_sharing(session, calendar_id, "", ["administration:US"], row.version)


def test_replacing_and_bringing_back(sqlite_database, clock):
    calendar_id = give(sqlite_database, seen_by=("party:US",))
    clock.forward(hours=1)
    newer = BusyReading(((at(5, 10), at(5, 11)),))
    new_id = act(
        sqlite_database, "ana", lambda session: acts.replace_calendar(session, calendar_id, MEXICO, newer, "e" * 64, 1)
    )
    assert busy(sqlite_database, "carol") == {world.CAST["ana"].id: [(at(5, 10), at(5, 11))]}
    old = row_of(sqlite_database, calendar_id)
    clock.forward(hours=1)
    act(sqlite_database, "ana", lambda session: acts.restore_busy(session, calendar_id, old.version))
    assert busy(sqlite_database, "carol") == {world.CAST["ana"].id: list(READING.intervals)}
    assert row_of(sqlite_database, new_id).removed_at is not None
    with sqlite_database.read_session(world.viewer("ana")) as session:
        standing, lately = service.kept_lines(session, ())
        assert [line.calendar.id for line in standing] == [calendar_id]
        assert [(line.calendar.id, line.replaced_by) for line in lately] == [(new_id, None)]


def test_what_was_removed_comes_back_for_a_month_and_no_longer(sqlite_database, clock):
    calendar_id = give(sqlite_database)
    act(sqlite_database, "ana", lambda session: acts.remove_busy(session, calendar_id, 1))
    assert who_sees(sqlite_database) == []
    clock.forward(days=29)
    act(sqlite_database, "ana", lambda session: acts.restore_busy(session, calendar_id, 2))
    assert who_sees(sqlite_database) == MX
    act(sqlite_database, "ana", lambda session: acts.remove_busy(session, calendar_id, 3))
    clock.forward(days=30)
    with sqlite_database.write_session(world.viewer("ana")) as session, pytest.raises(Refusal, match="not_in_state"):
        acts.restore_busy(session, calendar_id, 4)


def test_what_is_over_for_a_month_is_swept(database, clock):
    calendar_id = give(database)
    act(database, "ana", lambda session: acts.add_blackout(session, fields(), DAYS))
    clock.now = at(2, 16) + dt.timedelta(days=30)
    sweep(database)
    assert busy(database, "ana") == {world.CAST["ana"].id: [(at(1, 6), at(3, 6))]}  # the blocked days end later
    with database.system_session("look at busy time") as session:
        swept = session.execute(select(BusyInterval.ends_at).where(BusyInterval.removed_at.is_not(None))).scalars()
        assert list(swept) == [at(1, 16)]
    assert row_of(database, calendar_id).removed_at is None  # its 19 months are not over


def test_what_fails_leaves_nothing(database):
    bad = BusyReading(((at(1, 15), at(1, 16)), (at(2, 17), at(2, 15))))  # the table refuses the second
    with database.write_session(world.viewer("ana")) as session:
        with pytest.raises(Exception, match="order"):
            acts.add_calendar(session, fields(), bad, "d" * 64)
        session.rollback()
    with database.system_session("look at busy time") as session:
        assert session.execute(select(BusyCalendar)).scalars().all() == []
        assert session.execute(select(BusyInterval)).scalars().all() == []


def test_the_record_says_what_was_done_and_nothing_private(sqlite_database):
    calendar_id = give(sqlite_database, label=canary("MX", "reason"))
    act(sqlite_database, "ana", lambda session: acts.remove_busy(session, calendar_id, 1))
    with sqlite_database.read_session(world.viewer("diego")) as session:
        rows = session.execute(select(AuditRecord).where(AuditRecord.subject_kind == "busy_calendar")).scalars().all()
    assert [row.action for row in rows] == ["busy_added", "busy_removed"]
    assert not any(canary("MX", "reason") in str(row.facts) for row in rows)
    with sqlite_database.read_session(world.viewer("carol")) as session, pytest.raises(NotFound):
        service.find_kept(session, calendar_id)


def test_no_more_than_forty_are_kept(sqlite_database):
    def fill(session):
        for _ in range(acts.KEPT_LIMIT):
            row = acts.add_blackout(session, fields(), DAYS)
        with pytest.raises(Refusal, match="busy_limit"):
            acts.add_blackout(session, fields(), DAYS)
        return row

    act(sqlite_database, "ana", fill)
