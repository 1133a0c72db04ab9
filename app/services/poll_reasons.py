"""Why each slot of a poll is better or worse, of what the viewer may see: the clocks, the closures, other meetings.

The reasons are those by which plans rank; of people and busy time a poll says nothing, since it asks them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.catalogue import load_shipped
from app.db import GuardedSession
from app.domain.date_plans import PlanContent, window_minutes
from app.domain.lifecycle import When
from app.domain.slots import Clock, Engagement, PlanFacts, RankedSlot, Span, rank
from app.domain.zones import known_zone
from app.models import Poll, PollSlot
from app.services.meeting_warnings import Planned, meetings_during
from app.services.slot_facts import closures_around, high_level_weeks

ROWS_LIMIT: Final = 4000
_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reasons:
    """What is to be said of each slot, by its id, and the facts that it was worked out from."""

    slots: Mapping[uuid.UUID, RankedSlot]
    facts: PlanFacts


def reasons_of(session: GuardedSession, poll: Poll) -> Reasons | None:
    """Return why each slot that stands is better or worse; None where there is none. One statement."""
    standing = [slot for slot in poll.slots if slot.withdrawn_at is None]
    if not standing:
        return None
    facts = _facts(session, poll, standing)
    said = {slot.id: why(facts, slot.starts_on, slot.ends_on, slot.starts_time, slot.ends_time) for slot in standing}
    return Reasons({slot_id: each for slot_id, each in said.items() if each is not None}, facts)


def why(
    facts: PlanFacts, first_day: dt.date, last_day: dt.date, starts: dt.time | None, ends: dt.time | None
) -> RankedSlot | None:
    """Return why one slot is better or worse, as the only start of a plan of its length; None for one that is past."""
    one = dataclasses.replace(
        _near(facts, first_day, last_day),
        first_day=first_day,
        last_day=last_day,
        days_count=(last_day - first_day).days + 1,
        minutes=window_minutes(starts, ends) if starts and ends else None,
        earliest=starts or facts.earliest,
        latest=ends or facts.latest,
        with_weekends=True,
    )
    return next(iter(rank(one, limit=1).slots), None)


def _near(facts: PlanFacts, first_day: dt.date, last_day: dt.date) -> PlanFacts:
    """Return the facts with what people and other meetings do around these days alone, in any zone."""
    since = dt.datetime.combine(first_day, dt.time(), dt.UTC) - _DAY
    until = dt.datetime.combine(last_day, dt.time(), dt.UTC) + 2 * _DAY

    def around(spans: Sequence[Span]) -> list[Span]:
        return [span for span in spans if span[1] > since and span[0] < until]

    attendees = tuple(dataclasses.replace(each, busy=around(each.busy)) for each in facts.attendees)
    others = tuple(each for each in facts.engagements if around(each.sittings))
    return dataclasses.replace(facts, attendees=attendees, engagements=others)


def _facts(session: GuardedSession, poll: Poll, standing: Sequence[PollSlot]) -> PlanFacts:
    first_day, last_day = min(slot.starts_on for slot in standing), max(slot.ends_on for slot in standing)
    zone = known_zone(poll.time_zone)
    content = PlanContent(
        parties=tuple(poll.parties), format=poll.format, place=poll.place or "", zone=zone, agenda_days=0
    )
    return PlanFacts(
        first_day=first_day,
        last_day=last_day,
        zone=zone,
        now=session.now,
        clocks=_clocks(poll),
        closures=closures_around(content, first_day, last_day),
        high_level=high_level_weeks(first_day, last_day),
        engagements=_engagements(session, poll, standing),
        papers_days=content.papers_days or 0,
        travel_days=0 if poll.format == "virtual" else 1,
    )


def _clocks(poll: Poll) -> tuple[Clock, ...]:
    """Return the capitals of the poll's parties, and the place of the meeting where it keeps another time."""
    capitals = {party.code: party.time_zone for party in load_shipped().parties if party.code in poll.parties}
    found = [Clock(code, code, known_zone(zone)) for code in poll.parties if (zone := capitals.get(code))]
    zone = known_zone(poll.time_zone)
    if poll.format != "virtual" and zone not in {clock.zone for clock in found}:
        found.append(Clock("place", "", zone))
    return tuple(found)


def _engagements(session: GuardedSession, poll: Poll, standing: Sequence[PollSlot]) -> tuple[Engagement, ...]:
    """Return the meetings of the poll's parties that the viewer sees and that sit then, but the poll's own."""
    first, last = min(standing, key=lambda slot: slot.starts_at), max(standing, key=lambda slot: slot.ends_at)
    when = When(poll.time_zone, first.starts_on, last.ends_on, first.starts_at, last.ends_at)
    planned = Planned(when, tuple(poll.parties), poll.place, poll.mechanism_id, poll.meeting_id)
    others = meetings_during(session, planned, ROWS_LIMIT).values()
    return tuple(
        Engagement(other.reference, other.occupied.sittings, other.occupied.parties)
        for other in others
        if not set(poll.parties).isdisjoint(other.parties)
        and (not poll.meeting_id or other.parent_id != poll.meeting_id)
    )
