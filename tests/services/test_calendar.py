"""The calendar of each viewer: what stands on which of their days, and what they are warned of."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import event, select

from app.db import Database, GuardedSession
from app.domain.visibility import REGISTER, Viewer, person_key
from app.models import Contact, Event, Mechanism, Person
from app.services.calendar import MEETINGS_LIMIT, Diary, DiaryFilter, diary_of
from app.services.identity import viewer_of_person
from tests import world

DAY = dt.timedelta(days=1)
SEPTEMBER = dt.date(2027, 9, 1), dt.date(2027, 9, 30)
DECEMBER = dt.date(2026, 12, 1), dt.date(2026, 12, 31)
MEETINGS_ALONE = DiaryFilter(shows=frozenset({"meetings"}), closures=())


def day(written: str) -> dt.date:
    return dt.date.fromisoformat(written)


def viewer_of(database: Database, key: str) -> Viewer:
    """Return the viewer that a member of the cast is, with the hats of their appointments."""
    found = viewer_of_person(database, world.CAST[key].id, database.clock())
    assert found is not None
    return found


def diary(
    database: Database, key: str, days: tuple[dt.date, dt.date] = DECEMBER, asked: DiaryFilter | None = None
) -> Diary:
    """Return what a member of the cast sees of the days."""
    with database.read_session(viewer_of(database, key)) as session:
        found = diary_of(session, *days, asked or DiaryFilter())
        for entry in found.entries:
            assert entry.meeting is None or [row.party_code for row in entry.meeting.parties]
        return found


def told(found: Diary, kind: str) -> list[tuple[str, str, str]]:
    """Return the entries of a kind: first day, last day, and what they are of."""
    return [
        (entry.first_day.isoformat(), entry.last_day.isoformat(), _of(entry))
        for entry in found.entries
        if entry.kind == kind
    ]


def _of(entry: Any) -> str:
    if entry.meeting:
        return str(entry.meeting.reference)
    if entry.action:
        return str(entry.action.reference)
    if entry.mechanism:
        return f"{entry.mechanism.ref} {entry.agreed_count}/{entry.minimum_count}"
    if entry.closure:
        return f"{entry.closure.party} {entry.closure.name.en}"
    return str(entry.name["en"]) if entry.name else ""


@pytest.fixture
def december(database: Database) -> Database:
    """Return a database with meetings of December 2026 in each state, for two parties and for three."""
    with database.system_session("meetings of December", "write") as session:
        world.add_meeting(session, "UNC-2026-1", mechanism="M01")
        world.add_meeting(session, "UNC-2026-2", mechanism="M01", state="confirmed", starts_on=day("2026-12-11"))
        world.add_meeting(session, "UNC-2026-3", mechanism="M01", state="cancelled", starts_on=day("2026-12-14"))
        world.add_meeting(
            session, "UNC-2026-4", mechanism="M01", state="postponed", date_is_open=True, starts_on=day("2026-12-15")
        )
        world.add_meeting(
            session, "NADD-2026-1", mechanism="M02", state="held", starts_on=day("2026-12-01"),
            ends_on=day("2026-12-03"), kind="session",
        )  # fmt: skip
        world.add_meeting(
            session, "ADH-2026-MXUS-1", ("MX", "US"), state="confirmed", kind="urgent",
            extra_keys={person_key(world.CAST["olga"].id)},
        )  # fmt: skip
        world.add_meeting(session, "UNC-2027-1", mechanism="M01", starts_on=day("2027-01-01"))
        session.commit()
    return database


# Who sees what ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("ana", ["NADD-2026-1", "ADH-2026-MXUS-1", "UNC-2026-1", "UNC-2026-2", "UNC-2026-4"]),
        ("carol", ["NADD-2026-1", "ADH-2026-MXUS-1", "UNC-2026-1", "UNC-2026-2", "UNC-2026-4"]),
        ("benoit", ["NADD-2026-1", "UNC-2026-1", "UNC-2026-2", "UNC-2026-4"]),
        ("sam", ["NADD-2026-1", "UNC-2026-1", "UNC-2026-2", "UNC-2026-4"]),
        ("olga", ["ADH-2026-MXUS-1"]),
        ("marta", []),
    ],
)
def test_each_sees_the_meetings_that_are_theirs(december: Database, key: str, expected: list[str]) -> None:
    found = diary(december, key)
    assert [reference for _, _, reference in told(found, "meeting")] == expected


def test_a_guest_has_closures_and_the_united_nations_beside_and_nothing_of_the_register(december: Database) -> None:
    with december.system_session("an event and an action", "write") as session:
        world.add_action(session, "UNC-2026-1-A01")
        _add_event(session)
        session.commit()
    found = diary(december, "olga")
    assert {entry.kind for entry in found.entries} == {"meeting", "closure", "un_closure"}
    assert found.mechanisms == ()
    assert found.warnings == ()
    asked = DiaryFilter(shows=frozenset({"to_agree", "due", "dates"}), mechanism="un-coordination", level="ministers")
    narrowed = diary(december, "olga", asked=asked)
    assert {entry.kind for entry in narrowed.entries} == {"closure"}
    assert narrowed.unknown == {"mechanism", "level"}


def test_cancelled_meetings_are_there_where_they_are_asked_for(december: Database) -> None:
    found = diary(december, "ana", asked=DiaryFilter(cancelled=True))
    assert ("2026-12-14", "2026-12-14", "UNC-2026-3") in told(found, "meeting")


# Days ---------------------------------------------------------------------------------------------


def test_a_meeting_of_several_days_is_one_entry(december: Database) -> None:
    assert told(diary(december, "ana"), "meeting")[0] == ("2026-12-01", "2026-12-03", "NADD-2026-1")


def test_days_are_those_of_the_viewers_zone(sqlite_database: Database) -> None:
    with sqlite_database.system_session("late in New York", "write") as session:
        late: dict[str, Any] = {"starts_time": dt.time(23), "ends_time": dt.time(23, 30)}
        world.add_meeting(session, "UNC-2026-1", mechanism="M01", starts_on=day("2026-11-30"), **late)
        person = session.get_one(Person, world.CAST["benoit"].id)
        person.time_zone = "Asia/Tokyo"
        session.commit()
    assert told(diary(sqlite_database, "benoit"), "meeting") == [("2026-12-01", "2026-12-01", "UNC-2026-1")]
    assert told(diary(sqlite_database, "ana"), "meeting") == []


def test_what_reaches_into_the_days_is_there_and_what_only_touches_them_is_not(sqlite_database: Database) -> None:
    with sqlite_database.system_session("around September", "write") as session:
        for number, (first, last) in enumerate(
            [("2027-08-02", "2027-09-01"), ("2027-08-30", "2027-08-31"), ("2027-09-30", "2027-10-08")], start=1
        ):
            world.add_meeting(session, f"UNC-2027-{number}", mechanism="M01", starts_on=day(first), ends_on=day(last))
        session.commit()
    assert told(diary(sqlite_database, "ana", SEPTEMBER, MEETINGS_ALONE), "meeting") == [
        ("2027-08-02", "2027-09-01", "UNC-2027-1"),
        ("2027-09-30", "2027-10-08", "UNC-2027-3"),
    ]


def test_days_without_hours_are_the_same_everywhere(sqlite_database: Database) -> None:
    with sqlite_database.system_session("days without hours", "write") as session:
        midnights: dict[str, Any] = {
            "starts_at": dt.datetime(2026, 12, 31, 5, tzinfo=dt.UTC),
            "ends_at": dt.datetime(2027, 1, 1, 5, tzinfo=dt.UTC),
        }
        meeting = world.add_meeting(session, "UNC-2026-1", mechanism="M01", starts_on=day("2026-12-31"), **midnights)
        meeting.starts_time = meeting.ends_time = None
        session.get_one(Person, world.CAST["benoit"].id).time_zone = "Asia/Tokyo"
        session.commit()
    for key in ("ana", "benoit"):
        assert told(diary(sqlite_database, key), "meeting") == [("2026-12-31", "2026-12-31", "UNC-2026-1")]
    january = day("2027-01-01"), day("2027-01-31")
    assert told(diary(sqlite_database, "benoit", january), "meeting") == []


# Beside meetings ----------------------------------------------------------------------------------


def _add_event(session: GuardedSession, code: str = "g20", **changed: Any) -> None:
    values: dict[str, Any] = {
        "name": {"en": "A summit of others"}, "starts_on": day("2026-12-14"), "ends_on": day("2026-12-16"),
        "created_at": world.NOW, "audience_id": session.audience({REGISTER}),
    }  # fmt: skip
    session.add(Event(code=code, **(values | changed)))


def test_september_of_the_united_nations(sqlite_database: Database) -> None:
    found = diary(sqlite_database, "ana", SEPTEMBER)
    assert told(found, "assembly") == [("2027-09-07", "2027-09-07", "")]
    assert told(found, "high_level") == [("2027-09-20", "2027-09-27", "")]
    assert told(found, "un_closure") == [("2027-09-06", "2027-09-06", "UN Labor Day")]
    assert told(found, "closure") == [
        ("2027-09-06", "2027-09-06", "CA Labour Day"),
        ("2027-09-06", "2027-09-06", "US Labor Day"),
        ("2027-09-16", "2027-09-16", "MX Independence Day"),
        ("2027-09-30", "2027-09-30", "CA National Day for Truth and Reconciliation"),
    ]
    assert found.computed_sessions == (82,)
    assert not any(entry.is_attested for entry in found.entries if entry.kind in ("assembly", "high_level"))


def test_only_the_capitals_that_are_asked_for(sqlite_database: Database) -> None:
    asked = DiaryFilter(shows=frozenset(), closures=("MX",))
    assert [(entry.kind, entry.party) for entry in diary(sqlite_database, "ana", SEPTEMBER, asked).entries] == [
        ("closure", "MX")
    ]


def test_dates_of_others_and_events_kept_here_each_once(database: Database) -> None:
    with database.system_session("events", "write") as session:
        _add_event(session)
        _add_event(session, "off", cancelled_at=world.NOW)
        _add_event(
            session, "usmca-joint-review", starts_on=day("2026-07-01"), ends_on=day("2026-07-01"),
            name={"en": "The review, as we call it"},
        )  # fmt: skip
        session.commit()
    assert told(diary(database, "ana"), "event") == [("2026-12-14", "2026-12-16", "A summit of others")]
    june_and_july = diary(database, "ana", (day("2026-06-01"), day("2026-07-31")))
    assert told(june_and_july, "event") == [("2026-07-01", "2026-07-01", "The review, as we call it")]
    assert told(june_and_july, "date") == [
        ("2026-06-01", "2026-06-01", "Recommendations for the USMCA joint review due"),
        ("2026-06-21", "2026-06-21", "OAS General Assembly, 56th session"),
    ]


def test_dates_to_agree_are_those_of_the_periods_that_end_within_the_days(december: Database) -> None:
    assert told(diary(december, "ana"), "to_agree") == [("2026-12-31", "2026-12-31", "M01 1/2")]
    next_year = diary(december, "ana", (day("2027-12-01"), day("2027-12-31")))
    assert told(next_year, "to_agree") == [
        ("2027-12-31", "2027-12-31", "M01 0/2"),
        ("2027-12-31", "2027-12-31", "M02 0/1"),
    ]
    past = diary(december, "ana", (day("2025-12-01"), day("2025-12-31")))
    assert told(past, "to_agree") == []


def test_only_what_the_viewers_own_party_accepted_is_due(database: Database) -> None:
    with database.system_session("actions", "write") as session:
        world.add_action(session, "UNC-2026-1-A01", legs={"MX": {"due_on": day("2026-12-20")}})
        world.add_action(session, "UNC-2026-1-A02", legs={"MX": {"is_accepted": False}})
        world.add_action(session, "UNC-2026-1-A03", legs={"MX": {"state": "done"}})
        world.add_action(session, "UNC-2026-1-A04", legs={"MX": {"due_on": day("2027-01-01")}})
        world.add_action(session, "UNC-2026-1-A05", ("CA", "US"))
        session.commit()
    assert told(diary(database, "ana"), "due") == [("2026-12-20", "2026-12-20", "UNC-2026-1-A01")]
    assert told(diary(database, "sam"), "due") == []
    asked = DiaryFilter(mechanism="un-coordination")
    assert told(diary(database, "ana", asked=asked), "due") == []


# Narrowing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"mechanism": "drug-dialogue"}, ["NADD-2026-1"]),
        ({"party": "CA"}, ["NADD-2026-1", "UNC-2026-1", "UNC-2026-2", "UNC-2026-4"]),
        ({"kind": "urgent"}, ["ADH-2026-MXUS-1"]),
        ({"mechanism": "un-coordination", "kind": "urgent"}, []),
        ({"shows": frozenset({"un"})}, []),
    ],
)
def test_meetings_are_narrowed(december: Database, asked: dict[str, Any], expected: list[str]) -> None:
    found = diary(december, "ana", asked=DiaryFilter(**asked))
    assert [reference for _, _, reference in told(found, "meeting")] == expected
    assert found.unknown == frozenset()


def test_a_level_is_one_of_the_mechanisms(december: Database) -> None:
    with december.system_session("levels", "read") as session:
        levels = {
            row.ref: {row.facts["level"], *row.facts["other_levels"]}
            for row in session.execute(select(Mechanism).where(Mechanism.ref.in_(("M01", "M02")))).scalars()
        }
    for level in ("ministers", "senior_officials"):
        found = diary(december, "benoit", asked=DiaryFilter(level=level))
        refs = {entry.mechanism.ref for entry in found.entries if entry.kind == "meeting" and entry.mechanism}
        assert refs == {ref for ref, own in levels.items() if level in own}


def test_what_is_not_there_narrows_nothing_and_is_told(december: Database) -> None:
    asked = DiaryFilter(mechanism="no-such", party="QQ", level="gods", closures=("ZZ", "MX"))
    found = diary(december, "benoit", asked=asked)
    assert found.unknown == {"mechanism", "party", "level", "closures"}
    assert found.closed == ("MX",)
    assert len(told(found, "meeting")) == 4
    nothing_left = diary(december, "benoit", asked=DiaryFilter(shows=frozenset(), closures=("ZZ",)))
    assert nothing_left.closed == ("CA", "MX", "US")
    assert len(told(nothing_left, "meeting")) == 4


# Warnings -----------------------------------------------------------------------------------------


def warned(found: Diary) -> list[tuple[str, str, str | None]]:
    """Return of each warning the meeting, what it is, and the other meeting."""
    return [(each.meeting.reference, each.advice.key, each.advice.reference) for each in found.warnings]


def test_a_clash_is_told_to_those_who_see_both_meetings(december: Database) -> None:
    clash = ("ADH-2026-MXUS-1", "clash_parties", "UNC-2026-1")
    assert clash in warned(diary(december, "ana"))
    assert clash in warned(diary(december, "carol"))
    for key in ("benoit", "sam"):
        assert not any("clash" in kind for _, kind, _ in warned(diary(december, key)))
    olga = diary(december, "olga")
    assert olga.warnings == ()


def test_a_contact_who_is_needed_at_two_meetings_is_told_by_name(sqlite_database: Database) -> None:
    with sqlite_database.system_session("one contact for two mechanisms", "write") as session:
        audience = session.audience({"party:MX", "party:US"})
        for ref in ("M01", "M02"):
            session.add(
                Contact(
                    party_code="US", mechanism_id=world.mechanism_of(session, ref).id, kind="duty", name="Pat Doe",
                    is_urgent=True, is_shared=True, added_by=world.CAST["carol"].id, created_at=world.NOW,
                    changed_at=world.NOW, audience_id=audience,
                )
            )  # fmt: skip
        world.add_meeting(session, "UNC-2026-1", mechanism="M01", place="Ottawa")
        world.add_meeting(session, "NADD-2026-1", mechanism="M02", place="ottawa ")
        session.commit()
    found = diary(sqlite_database, "ana")
    assert [(each.advice.key, each.advice.people) for each in found.warnings] == [
        ("clash_parties", ()),
        ("clash_place", ()),
        ("clash_people", ("Pat Doe",)),
    ]
    # Canada does not know of Pat Doe: the same member of the secretariat is all that it is told of.
    canadas = [each.advice for each in diary(sqlite_database, "benoit").warnings if each.advice.key == "clash_people"]
    assert [each.people for each in canadas] == [()]


def test_what_is_past_or_called_off_is_not_warned_of(sqlite_database: Database) -> None:
    with sqlite_database.system_session("at night on a weekend", "write") as session:
        night: dict[str, Any] = {"starts_time": dt.time(2), "ends_time": dt.time(4)}
        for number, state in enumerate(("held", "postponed", "cancelled", "confirmed"), start=1):
            world.add_meeting(
                session, f"UNC-2026-{number}", mechanism="M01", state=state, starts_on=day("2026-12-12"),
                date_is_open=state == "postponed", **night,
            )  # fmt: skip
        world.add_meeting(session, "UNC-2026-9", mechanism="M01", starts_on=day("2026-11-21"), **night)
        session.commit()
    found = diary(sqlite_database, "ana", (day("2026-11-01"), day("2026-12-31")), DiaryFilter(cancelled=True))
    assert {reference for reference, _, _ in warned(found)} == {"UNC-2026-4"}


def test_a_dozen_warnings_are_told_and_that_there_are_more(sqlite_database: Database) -> None:
    with sqlite_database.system_session("many at night", "write") as session:
        for number in range(1, 8):
            world.add_meeting(
                session, f"UNC-2026-{number}", mechanism="M01", starts_on=day("2026-12-07") + number * DAY,
                starts_time=dt.time(2), ends_time=dt.time(3),
            )  # fmt: skip
        session.commit()
    found = diary(sqlite_database, "ana")
    assert (len(found.warnings), found.more_warnings) == (12, True)


# How much is read ---------------------------------------------------------------------------------


def statements(database: Database, key: str, days: tuple[dt.date, dt.date]) -> int:
    """Return how many SELECT statements a calendar takes, what binds the session to its viewer among them."""
    counted: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")) and "set_config" not in statement:
            counted.append(statement)

    viewer = viewer_of(database, key)
    event.listen(database.engine, "before_cursor_execute", count)
    try:
        with database.read_session(viewer) as session:
            diary_of(session, *days, DiaryFilter())
    finally:
        event.remove(database.engine, "before_cursor_execute", count)
    return len(counted)


def _add_many(database: Database, first: int, last: int) -> None:
    with database.system_session("many meetings", "write") as session:
        for number in range(first, last + 1):
            world.add_meeting(
                session, f"UNC-2026-{number}", mechanism="M01",
                starts_on=day("2026-06-01") + (number % 300) * DAY, ends_on=day("2026-06-02") + (number % 300) * DAY,
            )  # fmt: skip
        session.commit()


def test_as_many_statements_for_ten_meetings_as_for_a_thousand(sqlite_database: Database) -> None:
    with sqlite_database.system_session("two at a time", "write") as session:
        world.add_meeting(session, "NADD-2026-1", mechanism="M02")
        world.add_meeting(session, "NADD-2026-2", mechanism="M02")
        world.add_action(session, "UNC-2026-1-A01")
        session.commit()
    _add_many(sqlite_database, 1, 10)
    few = statements(sqlite_database, "ana", DECEMBER)
    _add_many(sqlite_database, 11, 1000)
    assert statements(sqlite_database, "ana", DECEMBER) == few
    assert few <= 12


def test_a_calendar_of_too_many_meetings_says_so(sqlite_database: Database) -> None:
    with sqlite_database.system_session("too many", "write") as session:
        for number in range(1, MEETINGS_LIMIT + 2):
            world.add_meeting(session, f"UNC-2026-{number}", mechanism="M01")
        session.commit()
    found = diary(sqlite_database, "ana", asked=MEETINGS_ALONE)
    assert (len(found.entries), found.is_cut) == (MEETINGS_LIMIT, True)
    assert not diary(sqlite_database, "ana", SEPTEMBER, MEETINGS_ALONE).is_cut
