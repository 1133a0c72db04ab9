"""Ranking slots over eighteen months for thirty people in five zones, each with hundreds of busy intervals."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from sqlalchemy import insert, select

from app.db import GuardedSession
from app.domain.date_plans import PlanContent, PlannedSeat
from app.domain.slots import Attendee, PlanFacts, Ranking, rank
from app.domain.visibility import party_key
from app.keys import KeyRing
from app.models import BusyCalendar, BusyInterval, Meeting, Office, Person, RosterEntry
from app.models.sealed import use_keys
from app.services.date_plans import find_plan, start_plan
from app.services.slot_facts import gather
from benchmarks.figures import Figure, quickest
from benchmarks.worlds import Bench, count_rows
from tests import world

PEOPLE: Final = 30
INTERVALS: Final = 400
GROWTH: Final = (1, 4, 16)
TIMES: Final = 20
REFERENCE: Final = "BEN-2027-1"
_DAYS: Final = 547
_KEY: Final = "ana"


def figures_of(bench: Bench) -> Iterator[Figure]:
    """Yield the figures of ranking slots, on a world that gets people with ever more busy time."""
    use_keys(KeyRing(bench.folder / "keys"))  # a plan is sealed
    people, plan_id = _prepare(bench)
    took: dict[int, float] = {}
    for factor in GROWTH:
        _add_intervals(bench, people, INTERVALS * (factor - (GROWTH[GROWTH.index(factor) - 1] if factor > 1 else 0)))
        took[factor] = quickest(partial(_ranked, bench, plan_id), rounds=5)
        if factor == 1:
            floor = quickest(partial(_read_and_sorted, bench, people), rounds=5)
            name = f"slots of 18 months for {PEOPLE} people with {INTERVALS} intervals each, against reading these"
            yield Figure(name, bench.engine, took[1], floor, TIMES, unit=" s", at_most=True)
        else:
            name = f"slots with {factor} times the intervals, against once"
            yield Figure(name, bench.engine, took[factor], took[1], factor, unit=" s", at_most=True)
    once = quickest(partial(rank, _facts(bench, plan_id, people=1)), rounds=5)
    for factor in GROWTH[1:]:
        more = quickest(partial(rank, _facts(bench, plan_id, people=factor)), rounds=5)
        name = f"ranking for {factor} times the people, against once"
        yield Figure(name, bench.engine, more, once, factor, unit=" s", at_most=True)


def _prepare(bench: Bench) -> tuple[list[uuid.UUID], uuid.UUID]:
    """Add a meeting with people of three governments on its roster, and a plan for it of Mexico's; return their ids."""
    now = bench.database.clock()
    day = now.date() + dt.timedelta(days=200)
    people = [world.identity("person", f"busy-{number}") for number in range(PEOPLE)]
    with bench.database.system_session("add people to measure", "write") as session:
        start = dt.datetime.combine(day, dt.time(16), dt.UTC)
        meeting = world.add_meeting(
            session, REFERENCE, world.THREE, mechanism="M01", starts_on=day, ends_on=day, starts_at=start,
            ends_at=start + dt.timedelta(hours=3),
        )  # fmt: skip
        session.add(
            Office(code="MX-TIJ", party_code="MX", name={"en": "Tijuana"}, city="Tijuana", time_zone="America/Tijuana")
        )
        for number, identity in enumerate(people):
            party = world.THREE[number % 3]
            session.add(
                Person(
                    id=identity, email=f"busy-{number}@example.org", name=f"Busy {number}", delegation=party,
                    role="official", created_at=now, audience_id=session.audience({party_key(party)}),
                )
            )  # fmt: skip
        session.flush()
        for number, identity in enumerate(people):
            session.add(
                RosterEntry(
                    meeting_id=meeting.id, party_code=world.THREE[number % 3], role="adviser", name=f"Busy {number}",
                    person_id=identity, state="approved", proposed_by=identity, proposed_at=now,
                    audience_id=meeting.audience_id,
                )
            )  # fmt: skip
        session.commit()
    with bench.database.write_session(world.viewer(_KEY)) as session:
        meeting = session.execute(select(Meeting).where(Meeting.reference == REFERENCE)).scalar_one()
        plan = start_plan(session, _content(now.date()), meeting=meeting)
        session.commit()
        return people, plan.id


def _content(today: dt.date) -> PlanContent:
    seats = tuple(
        PlannedSeat(world.THREE[number % 3], "person", name=f"Busy {number}", is_required=number % 3 == 0)
        for number in range(PEOPLE)
    )
    office = PlannedSeat("MX", "office", office_code="MX-TIJ", is_required=False)
    return PlanContent(
        first_day=today + dt.timedelta(days=1), last_day=today + dt.timedelta(days=_DAYS), minutes=180,
        place="Vancouver", zone="America/Vancouver", parties=world.THREE, required_parties=world.THREE,
        seats=(*seats, office),
    )  # fmt: skip


def _add_intervals(bench: Bench, people: list[uuid.UUID], each: int) -> None:
    """Give everybody so many more intervals of half an hour to four, spread over the range, seen by all three."""
    now = bench.database.clock().replace(minute=0, second=0, microsecond=0)
    chance = random.Random(each)  # noqa: S311 - the same at each run, and no secret
    with bench.database.system_session("add busy time to measure", "write") as session:
        seen = session.audience({party_key(code) for code in world.THREE})
        for person_id in people:
            calendar = BusyCalendar(
                id=uuid.uuid4(), kind="upload", person_id=person_id, time_zone="UTC", first_day=now.date(),
                last_day=now.date() + dt.timedelta(days=_DAYS), interval_count=each, seen_by=[], created_by=person_id,
                created_at=now, audience_id=seen,
            )  # fmt: skip
            session.add(calendar)
            session.flush()
            rows: list[dict[str, Any]] = []
            for _ in range(each):
                starts_at = now + dt.timedelta(minutes=30 * chance.randrange(_DAYS * 48))
                ends_at = starts_at + dt.timedelta(minutes=30 * chance.randint(1, 8))
                rows.append(
                    {
                        "id": uuid.uuid4(), "calendar_id": calendar.id, "person_id": person_id,
                        "starts_at": starts_at, "ends_at": ends_at, "audience_id": seen,
                    }
                )  # fmt: skip
            session.execute(insert(BusyInterval.__table__), rows)  # type: ignore[arg-type]
        session.commit()
    count_rows(bench.database)


def _ranked(bench: Bench, plan_id: uuid.UUID) -> Ranking:
    """Return the ranked slots as the page of the plan has them: everything read, gathered and weighed."""
    with bench.database.read_session(world.viewer(_KEY)) as session:
        found = rank(_gathered(session, plan_id))
    assert found.slots
    return found


def _gathered(session: GuardedSession, plan_id: uuid.UUID) -> PlanFacts:
    offices = {row.code: row for row in session.execute(select(Office)).scalars()}
    return gather(session, find_plan(session, plan_id), offices).facts


def _facts(bench: Bench, plan_id: uuid.UUID, *, people: int) -> PlanFacts:
    """Return the facts with so many times the people."""
    with bench.database.read_session(world.viewer(_KEY)) as session:
        facts = _gathered(session, plan_id)
    more: list[Attendee] = [
        dataclasses.replace(each, key=f"{each.key} {number}") for number in range(people) for each in facts.attendees
    ]
    return dataclasses.replace(facts, attendees=more)


def _read_and_sorted(bench: Bench, people: list[uuid.UUID]) -> None:
    """Read the same intervals and sort them once: what any ranking has to do first."""
    with bench.database.read_session(world.viewer(_KEY)) as session:
        rows = session.execute(
            select(BusyInterval.person_id, BusyInterval.starts_at, BusyInterval.ends_at).where(
                BusyInterval.person_id.in_(people), BusyInterval.removed_at.is_(None)
            )
        ).all()
        assert len(sorted((row.starts_at, row.ends_at) for row in rows)) == PEOPLE * INTERVALS
