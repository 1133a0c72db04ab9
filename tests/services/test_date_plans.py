"""Plans are their makers' alone; what is gathered for them is what they may see; a slot becomes the date."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select, text

from app.db import Database, GuardedSession
from app.domain.date_plans import PlannedSeat
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.meeting_content import Refused
from app.domain.slots import PlanFacts
from app.domain.visibility import party_key
from app.models import AuditRecord, BusyCalendar, BusyInterval, DatePlan, Event, Meeting, OutboxMessage
from app.services import date_plans as service
from app.services.date_plans import OpenPlan
from app.services.drafts import find_draft, save_draft
from app.services.meetings import find_meeting
from app.services.slot_facts import gather, known_people, with_accounts
from app.services.staged_changes import stage_changes
from tests import world
from tests.services.test_drafts import DRAFTED, drafted

REFERENCE = "UNC-2027-1"
SLOT = "2027-01-26T10:00"


def meeting(
    database: Database, reference: str = REFERENCE, parties: tuple[str, ...] = world.THREE, **changed: Any
) -> None:
    settings: dict[str, Any] = {"mechanism": "M01", "starts_on": dt.date(2027, 1, 20), "place": "Mexico City"} | changed
    with database.system_session("prepare a test", "write") as session:
        world.add_meeting(session, reference, parties, **settings)
        session.commit()


@contextmanager
def plan_of(
    database: Database, by: str = "ana", reference: str = REFERENCE
) -> Iterator[tuple[GuardedSession, OpenPlan]]:
    """Open a writing session of a member with their plan of a meeting, and commit at the end."""
    with database.write_session(world.viewer(by)) as session:
        plan = service.plan_of_meeting(session, reference)
        session.flush()
        yield session, service.find_plan(session, plan.id)
        session.commit()


def facts_for(database: Database, by: str, **changed: object) -> PlanFacts:
    """Return what a member's ranking is made from, with changes to their plan."""
    with plan_of(database, by) as (session, found):
        offices = {row.code: row for row in service.office_rows(session, found.content.parties)}
        content = dataclasses.replace(found.content, **changed)  # type: ignore[arg-type]
        content = with_accounts(content, known_people(session, content.parties))
        return gather(session, dataclasses.replace(found, content=content), offices).facts


def add_busy(database: Database, begins: dt.datetime, ends: dt.datetime, **whose: Any) -> None:
    """Keep a person or an office of Mexico busy, as their own side sees it."""
    with database.write_session(world.viewer("ana")) as session:
        audience_id = session.audience({party_key("MX")})
        calendar = BusyCalendar(
            id=uuid.uuid4(), kind="blackout", party_code="MX", time_zone="America/Mexico_City", interval_count=1,
            first_day=begins.date(), last_day=ends.date(), seen_by=["party:MX"], created_by=world.CAST["ana"].id,
            created_at=session.now, audience_id=audience_id, **whose,
        )  # fmt: skip
        session.add(calendar)
        session.flush()
        session.add(
            BusyInterval(calendar_id=calendar.id, starts_at=begins, ends_at=ends, audience_id=audience_id, **whose)
        )
        session.commit()


# Whose it is --------------------------------------------------------------------------------------


def test_a_plan_begins_with_what_there_is_and_is_its_makers_alone(database: Database) -> None:
    meeting(database)
    with plan_of(database) as (_, found):
        content = found.content
        assert (content.first_day, content.last_day) == (dt.date(2026, 12, 23), dt.date(2027, 3, 16))
        assert (content.minutes, content.days_count, content.place) == (180, 1, "Mexico City")
        assert content.required_parties == content.parties == ("CA", "MX", "US")
        plan_id = found.plan.id
    with plan_of(database, "diego") as (_, again):
        assert again.plan.id == plan_id  # the delegation looks for one date
    with plan_of(database, "benoit") as (session, other):
        assert other.plan.id != plan_id
        for act in (service.find_plan, service.plan_of_draft):
            with pytest.raises(NotFound):
                act(session, plan_id)
    with plan_of(database, "sam") as (_, of_secretariat):
        assert of_secretariat.plan.owner_party is None


@pytest.mark.parametrize(
    ("by", "state", "expected"),
    [("marta", "proposed", "forbidden"), ("carol", "held", "not_in_state"), ("carol", "closed", "not_in_state")],
)
def test_who_plans_what(sqlite_database: Database, by: str, state: str, expected: str) -> None:
    meeting(sqlite_database, state=state)
    with sqlite_database.write_session(world.viewer(by)) as session, pytest.raises((NotFound, Refusal)) as caught:
        service.plan_of_meeting(session, REFERENCE)
    assert caught.value.key in {expected, "not_found"}


def test_what_a_plan_says_is_sealed_and_never_in_the_record(sqlite_database: Database) -> None:
    meeting(sqlite_database)
    secret = "Zebediah Quill"
    with plan_of(sqlite_database) as (session, found):
        seats = (PlannedSeat("MX", "person", name=secret),)
        service.save_plan(session, found, dataclasses.replace(found.content, seats=seats), version=1)
    with sqlite_database.engine.connect() as connection:
        dumped = "".join(
            str(connection.execute(text(f"select * from {name}")).all())
            for name in ("date_plans", "audit_records", "outbox_messages")
        )
    assert "Zebediah" not in dumped
    with plan_of(sqlite_database) as (_, found):
        assert found.content.seats[0].name == secret


def test_a_plan_that_ended_or_whose_draft_did_is_not_there(sqlite_database: Database) -> None:
    draft_id = drafted(sqlite_database)
    with sqlite_database.write_session(world.viewer("ana")) as session:
        plan_id = service.plan_of_draft(session, draft_id).id
        service.discard_plan(session, service.find_plan(session, plan_id))
        with pytest.raises(NotFound):
            service.find_plan(session, plan_id)
        second = service.plan_of_draft(session, draft_id).id
        assert second != plan_id
        found = find_draft(session, draft_id)
        found.draft.ended_at = session.now
        session.flush()
        with pytest.raises(NotFound):
            service.find_plan(session, second)


def test_saving_keeps_the_version_and_refuses_everything_at_once(sqlite_database: Database) -> None:
    meeting(sqlite_database)
    with plan_of(sqlite_database) as (session, found):
        wrong = dataclasses.replace(found.content, minutes=0, required_parties=(), last_day=dt.date(2020, 1, 1))
        with pytest.raises(Refused) as caught:
            service.save_plan(session, found, wrong, version=1)
        assert {each.field for each in caught.value.refusals} == {"minutes", "required_parties", "last_day"}
        with pytest.raises(StaleVersion):
            service.save_plan(session, found, found.content, version=7)
        assert found.plan.version == 1


# What is gathered ---------------------------------------------------------------------------------


def test_calendars_and_lead_times_of_a_plan(sqlite_database: Database) -> None:
    meeting(sqlite_database)
    facts = facts_for(sqlite_database, "ana", place="New York", last_day=dt.date(2027, 10, 1))
    closed = {(each.on.isoformat(), each.party, each.at_place) for each in facts.closures}
    assert {("2027-01-18", "US", False), ("2027-02-01", "MX", False), ("2027-07-01", "CA", False)} <= closed
    assert {each[1] for each in closed if each[2]} == {"UN"}
    assert [(each.first_day.isoformat(), each.is_attested) for each in facts.high_level] == [("2027-09-20", False)]
    assert (facts.agenda_days, facts.papers_days, facts.travel_days) == (60, 42, 1)
    assert facts.period_ends_on == dt.date(2026, 12, 31)  # two a year are owed, and none was in 2026
    assert [(clock.key, clock.zone) for clock in facts.clocks] == [
        ("CA", "America/Toronto"), ("MX", "America/Mexico_City"), ("US", "America/New_York"),
    ]  # fmt: skip
    assert facts_for(sqlite_database, "ana", format="virtual", place="New York").travel_days == 0


def test_places_beyond_the_capitals_have_clocks_and_closures_of_their_own(sqlite_database: Database) -> None:
    meeting(sqlite_database, "UNC-2027-CAUS-1", ("CA", "US"))
    with plan_of(sqlite_database, "benoit", "UNC-2027-CAUS-1") as (session, found):
        offices = {row.code: row for row in service.office_rows(session, found.content.parties)}
        there = next(row for row in offices.values() if row.city == "Colorado Springs")
        seats = (PlannedSeat("US", "office", there.code),)
        content = dataclasses.replace(found.content, place="Tijuana", zone="America/Tijuana", seats=seats)
        facts = gather(session, dataclasses.replace(found, content=content), offices).facts
    assert [(clock.key, clock.party, clock.zone) for clock in facts.clocks[2:]] == [
        (there.code, "US", "America/Denver"), ("place", "", "America/Tijuana"),
    ]  # fmt: skip
    # The host city keeps Mexico's closures, although Mexico is not at the table.
    assert (dt.date(2027, 2, 1), "MX", True) in {(each.on, each.party, each.at_place) for each in facts.closures}


def test_fairness_is_of_the_last_meetings_that_were_held(sqlite_database: Database) -> None:
    meeting(sqlite_database)
    for number, (state, hour) in enumerate([("held", 8), ("closed", 8), ("cancelled", 5)], start=1):
        times: dict[str, Any] = {"starts_time": dt.time(hour), "ends_time": dt.time(hour + 2)}
        meeting(sqlite_database, f"UNC-2026-{number}", state=state, starts_on=dt.date(2026, 3, number), **times)
    burdens = {clock.key: clock.burden_minutes for clock in facts_for(sqlite_database, "ana").clocks}
    # Twice 8:00 to 10:00 in New York: an hour before nine there and in Ottawa, two in Mexico City.
    assert burdens == {"CA": 120, "MX": 240, "US": 120}


def test_other_meetings_are_those_that_the_planner_may_see(database: Database) -> None:
    meeting(database)
    times: dict[str, Any] = {"starts_on": dt.date(2027, 1, 26)}
    meeting(database, "UNC-2027-MXUS-1", ("MX", "US"), **times)
    meeting(database, "UNC-2027-2", state="cancelled", **times)
    by_mexico = facts_for(database, "ana").engagements
    assert [(each.reference, each.parties) for each in by_mexico] == [("UNC-2027-MXUS-1", frozenset({"MX", "US"}))]
    assert facts_for(database, "benoit").engagements == ()


def test_busy_time_is_that_of_people_and_offices_by_name(sqlite_database: Database) -> None:
    meeting(sqlite_database)
    begins, diego = dt.datetime(2027, 1, 26, 15, tzinfo=dt.UTC), world.CAST["diego"]
    for whose in ({"person_id": diego.id}, {"office_code": "MX-SRE"}):
        add_busy(sqlite_database, begins, begins + dt.timedelta(hours=2), **whose)
    seats = (
        PlannedSeat("MX", "person", name=diego.name.upper(), is_required=False),
        PlannedSeat("MX", "office", "MX-SRE"),
        PlannedSeat("CA", "person", name=diego.name),  # somebody of that name at another party is not he
    )
    found = {each.key: each for each in facts_for(sqlite_database, "ana", seats=seats).attendees}
    busy = [(begins, begins + dt.timedelta(hours=2))]
    assert [(each.party, each.is_required, list(each.busy)) for each in found.values()] == [
        ("MX", False, busy), ("MX", True, busy), ("CA", True, []),
    ]  # fmt: skip
    seen_by_canada = facts_for(sqlite_database, "benoit", seats=seats).attendees
    assert [list(each.busy) for each in seen_by_canada] == [[], [], []]


def test_the_event_on_whose_margins_it_is_pulls_the_date(sqlite_database: Database) -> None:
    with sqlite_database.system_session("prepare a test", "write") as session:
        event = Event(
            id=uuid.uuid4(), code="summit-2027", name={"en": "Summit", "original": "en"}, time_zone="America/New_York",
            starts_on=dt.date(2027, 2, 8), ends_on=dt.date(2027, 2, 10), created_at=session.now,
            audience_id=session.audience({"register"}),
        )  # fmt: skip
        session.add(event)
        session.flush()
        identity = event.id
        session.commit()
    meeting(sqlite_database, event_id=identity)
    found = facts_for(sqlite_database, "carol").event
    assert found is not None
    assert (found.first_day, found.last_day) == (dt.date(2027, 2, 8), dt.date(2027, 2, 10))


# Using a slot -------------------------------------------------------------------------------------


def used(database: Database, by: str, reason: str = "", slot: str = SLOT, **changed: object) -> Meeting:
    with plan_of(database, by) as (session, found):
        content = dataclasses.replace(found.content, **changed)  # type: ignore[arg-type]
        plan = dataclasses.replace(found, content=content)
        assert found.meeting is not None
        service.use_slot(session, plan, slot, reason, version=found.meeting.version)
        assert found.plan.ended_at is not None
    with database.read_session(world.viewer(by)) as session:
        return find_meeting(session, REFERENCE)


def test_a_slot_goes_into_the_draft_and_nobody_is_told(sqlite_database: Database) -> None:
    draft_id = drafted(sqlite_database, dataclasses.replace(DRAFTED, first_day=None))
    with sqlite_database.write_session(world.viewer("diego")) as session:
        found = service.find_plan(session, service.plan_of_draft(session, draft_id).id)
        place = dataclasses.replace(found.content, place="Tijuana", zone="America/Tijuana", days_count=2)
        with pytest.raises(StaleVersion):
            service.use_slot(session, found, SLOT, "", version=9)
        service.use_slot(session, dataclasses.replace(found, content=place), SLOT, "", version=1)
        session.commit()
        content = find_draft(session, draft_id).content
        assert (content.first_day, content.last_day) == (dt.date(2027, 1, 26), dt.date(2027, 1, 27))
        assert (content.starts, content.ends, content.zone) == (dt.time(10), dt.time(13), "America/Tijuana")
        assert content.place == "Tijuana"
    with sqlite_database.system_session("look", "read") as session:
        assert session.execute(select(OutboxMessage)).all() == []
        assert session.execute(select(DatePlan.ended_at)).scalar_one() is not None


@pytest.mark.parametrize(
    ("state", "by", "reason", "expected"),
    [
        ("proposed", "diego", "", ("proposed", "meeting_changed")),
        ("confirmed", "ana", "The minister travels.", ("proposed", "meeting_postponed")),
        ("postponed", "ana", "", ("proposed", "meeting_reinstated")),
        ("cancelled", "ana", "", ("proposed", "meeting_reinstated")),
    ],
)
def test_a_slot_becomes_the_meetings_date_by_the_way_its_state_asks_for(
    sqlite_database: Database, state: str, by: str, reason: str, expected: tuple[str, str]
) -> None:
    meeting(sqlite_database, state=state, date_is_open=state == "postponed")
    moved = used(sqlite_database, by, reason)
    assert moved.starts_at == dt.datetime(2027, 1, 26, 15, tzinfo=dt.UTC)
    assert (moved.state, moved.sequence > 0, moved.reason or "") == (expected[0], True, reason)
    with sqlite_database.system_session("look", "read") as session:
        assert expected[1] in set(session.execute(select(AuditRecord.action)).scalars())
        assert expected[1] in set(session.execute(select(OutboxMessage.kind)).scalars())


@pytest.mark.parametrize(
    ("state", "by", "reason", "slot", "changed", "expected"),
    [
        ("confirmed", "diego", "Because.", SLOT, {}, "forbidden"),
        ("confirmed", "ana", "", SLOT, {}, "reason_required"),
        ("confirmed", "ana", "Because.", "2027-01-20T10:00", {}, "same_date"),
        ("proposed", "ana", "", "2027-01-20T10:00", {}, "nothing_changed"),
        ("proposed", "ana", "", "2026-11-20T10:00", {}, "start_has_passed"),
        ("proposed", "ana", "", "2027-03-14T02:30", {}, "time_in_gap"),
        ("proposed", "ana", "", "soon", {}, "unknown_slot"),
        ("confirmed", "ana", "Because.", "2027-01-26T20:00", {"zone": "America/Tijuana"}, "slot_in_other_zone"),
    ],
)
def test_what_keeps_a_slot_from_being_used(
    sqlite_database: Database, state: str, by: str, reason: str, slot: str, changed: dict[str, str], expected: str
) -> None:
    meeting(sqlite_database, state=state)
    with pytest.raises(Refusal) as caught:
        used(sqlite_database, by, reason, slot, **changed)
    assert caught.value.key == expected
    with sqlite_database.read_session(world.viewer(by)) as session:
        assert find_meeting(session, REFERENCE).starts_on == dt.date(2027, 1, 20)


def test_changes_that_are_being_prepared_are_not_published_along(sqlite_database: Database) -> None:
    meeting(sqlite_database)
    with sqlite_database.write_session(world.viewer("ana")) as session:
        draft = stage_changes(session, REFERENCE)
        content = find_draft(session, draft.id).content
        save_draft(session, draft.id, dataclasses.replace(content, place="Puebla"), version=1)
        session.commit()
        draft_id = draft.id
    with pytest.raises(Refusal, match="changes_are_open"):
        used(sqlite_database, "ana")
    with sqlite_database.write_session(world.viewer("ana")) as session:
        save_draft(session, draft_id, content, version=2)  # taken back: nothing is prepared any more
        session.commit()
    assert used(sqlite_database, "ana").starts_on == dt.date(2027, 1, 26)
