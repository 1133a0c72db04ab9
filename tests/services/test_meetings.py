"""Reading meetings: what is to come and what is past, each to those who may see it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import event

from app.db import Database, GuardedSession
from app.domain.errors import NotFound
from app.domain.visibility import person_key
from app.services import meetings as service
from tests import world

DAY = dt.timedelta(days=1)


@pytest.fixture
def several(database: Database) -> Database:
    """Return a database with meetings of two and of three parties, past and to come."""
    with database.system_session("meetings to read", "write") as session:
        world.add_meeting(session, "UNC-2026-1", mechanism="M01", state="confirmed")
        world.add_meeting(session, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01", starts_on=dt.date(2026, 12, 1))
        past: dict[str, Any] = {"starts_on": dt.date(2026, 3, 4), "ends_on": dt.date(2026, 3, 4)}
        world.add_meeting(session, "NADD-2026-1", mechanism="M02", state="closed", **past)
        open_date: dict[str, Any] = {"starts_on": dt.date(2026, 10, 1), "ends_on": dt.date(2026, 10, 1)}
        world.add_meeting(
            session, "NADD-2026-2", mechanism="M02", state="postponed", date_is_open=True, reason="Flood", **open_date
        )
        guest = {person_key(world.CAST["olga"].id)}
        world.add_meeting(session, "ADH-2026-CAMX-1", ("CA", "MX"), extra_keys=guest, starts_on=dt.date(2027, 1, 8),
                          ends_on=dt.date(2027, 1, 8))  # fmt: skip
        session.commit()
    return database


def listed(database: Database, key: str, **chosen: Any) -> tuple[list[str], list[str], int]:
    """Return the references of the meetings to come, of those past, and the count of all."""
    with database.read_session(world.viewer(key)) as session:
        page = service.meetings(session, world.NOW, **chosen)
    coming = [line.meeting.reference for line in page.coming]
    return coming, [line.meeting.reference for line in page.past], page.total


@pytest.mark.parametrize(
    ("key", "coming", "past"),
    [
        ("ana", ["UNC-2026-MXUS-1", "UNC-2026-1", "ADH-2026-CAMX-1", "NADD-2026-2"], ["NADD-2026-1"]),
        ("benoit", ["UNC-2026-1", "ADH-2026-CAMX-1", "NADD-2026-2"], ["NADD-2026-1"]),
        ("carol", ["UNC-2026-MXUS-1", "UNC-2026-1", "NADD-2026-2"], ["NADD-2026-1"]),
        ("sam", ["UNC-2026-1", "NADD-2026-2"], ["NADD-2026-1"]),
        ("olga", ["ADH-2026-CAMX-1"], []),
        ("marta", [], []),
    ],
)
def test_each_sees_their_own_meetings(several: Database, key: str, coming: list[str], past: list[str]) -> None:
    assert listed(several, key) == (coming, past, len(coming) + len(past))


@pytest.mark.parametrize(
    ("chosen", "coming", "past"),
    [
        ({"state": "closed"}, [], ["NADD-2026-1"]),
        ({"state": "confirmed"}, ["UNC-2026-1"], []),
        ({"state": "tentative"}, [], []),
        ({"mechanism": "no-such-mechanism"}, [], []),
        ({"mechanism": ""}, [], []),
    ],
)
def test_a_filter_that_nothing_answers_to_gives_no_rows(
    several: Database, chosen: dict[str, str], coming: list[str], past: list[str]
) -> None:
    assert listed(several, "benoit", **chosen) == (coming, past, len(coming) + len(past))


def test_the_list_is_filtered_by_mechanism(several: Database) -> None:
    with several.read_session(world.viewer("ana")) as session:
        offered = service.mechanisms_with_meetings(session)
        assert [each.ref for each in offered] == ["M01", "M02"]
        code = offered[1].code
    assert listed(several, "ana", mechanism=code) == (["NADD-2026-2"], ["NADD-2026-1"], 2)


def test_a_mechanism_of_meetings_that_one_does_not_see_is_not_offered(database: Database) -> None:
    with database.system_session("one meeting of two parties", "write") as session:
        world.add_meeting(session, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01")
        session.commit()
    for key, count in (("ana", 1), ("benoit", 0), ("sam", 0)):
        with database.read_session(world.viewer(key)) as session:
            assert len(service.mechanisms_with_meetings(session)) == count


def test_a_guest_is_shown_no_mechanism(database: Database) -> None:
    with database.system_session("a meeting that a guest is let into", "write") as session:
        world.add_meeting(session, "UNC-2026-1", mechanism="M01", extra_keys={person_key(world.CAST["olga"].id)})
        session.commit()
    with database.read_session(world.viewer("olga")) as session:
        page = service.meetings(session, world.NOW)
        assert [(line.meeting.reference, line.mechanism) for line in page.coming] == [("UNC-2026-1", None)]
        assert service.meeting_view(session, "UNC-2026-1").mechanism is None
        assert service.mechanisms_with_meetings(session) == ()


def test_fifty_to_a_page(database: Database) -> None:
    with database.system_session("many meetings", "write") as session:
        for number in range(1, 31):
            day = dt.date(2026, 12, number)
            world.add_meeting(session, f"UNC-2026-{number}", mechanism="M01", starts_on=day, ends_on=day)
        for number in range(31, 61):
            day = dt.date(2026, 3, number - 30)
            world.add_meeting(session, f"UNC-2026-{number}", mechanism="M01", starts_on=day, ends_on=day)
        session.commit()
    with database.read_session(world.viewer("benoit")) as session:
        first = service.meetings(session, world.NOW)
        assert (len(first.coming), len(first.past), first.total, first.page_count) == (30, 20, 60, 2)
        assert [line.meeting.reference for line in (*first.coming[:2], *first.past[:2])] == [
            "UNC-2026-1", "UNC-2026-2", "UNC-2026-60", "UNC-2026-59"
        ]  # fmt: skip
        second = service.meetings(session, world.NOW, page=2)
        expected = [f"UNC-2026-{number}" for number in range(40, 30, -1)]
        assert [line.meeting.reference for line in second.past] == expected
        assert second.coming == ()
        for page in (0, 3):
            with pytest.raises(NotFound):
                service.meetings(session, world.NOW, page=page)


@pytest.mark.parametrize(
    "reference", ["UNC-2026-MXUS-1", "UNC-2026-9", "unc", "", "../etc", "ACT-2026-CAMX-A01", "UNC-2026-1' OR 1"]
)
def test_what_may_not_be_seen_is_what_does_not_exist(several: Database, reference: str) -> None:
    with several.read_session(world.viewer("benoit")) as session:
        with pytest.raises(NotFound):
            service.meeting_view(session, reference)
        with pytest.raises(NotFound):
            service.find_meeting(session, reference)


def test_small_letters_find_a_meeting(several: Database) -> None:
    with several.read_session(world.viewer("carol")) as session:
        view = service.meeting_view(session, "unc-2026-mxus-1")
        assert view.meeting.reference == "UNC-2026-MXUS-1"
        assert [line.party.code for line in view.parties] == ["MX", "US"]
        assert [row.party_code for row in view.meeting.parties] == ["MX", "US"]
        assert view.facts.parties == {"MX", "US"}
        assert view.facts.appointments == frozenset()


def test_the_secretariat_of_a_meeting_is_among_its_facts(several: Database) -> None:
    with several.read_session(world.viewer("sam")) as session:
        facts = service.meeting_view(session, "UNC-2026-1").facts
        assert facts.appointments == {world.appointment_id("M01")}


def test_a_party_chosen_no_more_is_not_shown(database: Database) -> None:
    with database.system_session("a party leaves", "write") as session:
        meeting = world.add_meeting(session, "UNC-2026-1", mechanism="M01")
        session.refresh(meeting)
        next(row for row in meeting.parties if row.party_code == "US").removed = True
        session.commit()
    with database.read_session(world.viewer("ana")) as session:
        assert [line.party.code for line in service.meeting_view(session, "UNC-2026-1").parties] == ["CA", "MX"]


def test_the_record_shows_people_only_to_those_who_may_know_them(database: Database) -> None:
    with database.system_session("a meeting", "write") as session:
        world.add_meeting(session, "UNC-2026-1", mechanism="M01")
        session.commit()
    with database.write_session(world.viewer("ana")) as session:
        meeting = service.find_meeting(session, "UNC-2026-1")
        session.record("meeting_answered", "meeting", meeting.id, meeting.audience_id, party="MX", answer="yes")
        session.commit()
    for key, name in (("diego", "Ana Robles"), ("benoit", None)):
        with database.read_session(world.viewer(key)) as session:
            entry = service.meeting_view(session, "UNC-2026-1").history[0]
            assert (entry.act, entry.party_code, entry.person_name) == ("meeting_answered", "MX", name)
            assert entry.at == world.NOW


def statements(session: GuardedSession, reads: str) -> int:
    """Return how many SELECT statements reading a list or a meeting takes."""
    counted: list[str] = []
    connection = session.connection()

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith("SELECT") and "set_config" not in statement:
            counted.append(statement)

    event.listen(connection, "before_cursor_execute", count)
    try:
        if reads == "list":
            service.meetings(session, world.NOW)
        else:
            service.meeting_view(session, reads)
    finally:
        event.remove(connection, "before_cursor_execute", count)
    return len(counted)


def test_reading_takes_as_many_statements_for_few_as_for_many(database: Database) -> None:
    with database.system_session("few, then many", "write") as session:
        world.add_meeting(session, "UNC-2026-1", mechanism="M01")
        day = dt.date(2026, 2, 1)
        world.add_meeting(session, "UNC-2026-2", mechanism="M01", starts_on=day, ends_on=day)
        session.commit()
    with database.read_session(world.viewer("sam")) as session:
        few = statements(session, "list"), statements(session, "UNC-2026-1")
    with database.system_session("many", "write") as session:
        for number in range(3, 43):
            day = dt.date(2026, 1, 1) + number * 15 * DAY
            world.add_meeting(session, f"UNC-2026-{number}", mechanism="M01", starts_on=day, ends_on=day)
        session.commit()
    with database.read_session(world.viewer("sam")) as session:
        assert (statements(session, "list"), statements(session, "UNC-2026-1")) == few == (5, 4)
