"""What stands in the calendar beside meetings: closures, the Assembly's September, dates of others, dates to agree."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.catalogue import load_shipped
from app.db import GuardedSession
from app.domain.actions import OWED_STATES
from app.domain.assembly import Assembly, assemblies, un_closures
from app.domain.cadence import TOOK_PLACE, window_of
from app.domain.catalogue import Mechanism as Facts
from app.domain.catalogue import from_facts
from app.domain.catalogue_calendar import DatedEvent
from app.domain.closures import ClosedDay, closures_of
from app.domain.mechanisms import compliance, owes
from app.models import Action, Event, Leg, Mechanism, Meeting
from app.services.mechanism_record import counts_meetings_here, meeting_facts

EntryKind = Literal[
    "closure", "un_closure", "assembly", "high_level", "event", "date", "to_agree", "due", "meeting"
]  # fmt: skip
# What owes nothing: what an author only calls for, and what is over.
OWES_NOTHING = ("proposed", "concluded")
AGREED = (*sorted(TOOK_PLACE), "confirmed")


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """Something that stands in the calendar from a day to a day, both included; what it is of is in its fields.

    `is_attested` is false for a date that is computed or planned, and not confirmed. `held_count` and
    `minimum_count` tell of a date to agree how many meetings of how many there are.
    """

    kind: EntryKind
    first_day: dt.date
    last_day: dt.date
    is_attested: bool = True
    closure: ClosedDay | None = None
    assembly: Assembly | None = None
    name: Mapping[str, str] | None = None
    place: str | None = None
    party: str | None = None
    mechanism: Mechanism | None = None
    held_count: int = 0
    minimum_count: int = 0
    action: Action | None = None
    leg: Leg | None = None
    meeting: Meeting | None = None


def closures_shown(capitals: Iterable[str], first_day: dt.date, last_day: dt.date) -> Iterator[DiaryEntry]:
    """Yield the closures of these capitals within the days."""
    for day in closures_of(capitals, first_day, last_day):
        yield DiaryEntry("closure", day.on, day.on, day.is_attested, closure=day, party=day.party)


def un_dates(first_day: dt.date, last_day: dt.date) -> Iterator[DiaryEntry]:
    """Yield the Assembly's opening, its high-level week as one entry, and the closures of Headquarters."""
    facts = load_shipped().calendar
    for one in assemblies(first_day, last_day, facts.un_general_assembly):
        opening = one.opening
        if first_day <= opening.on <= last_day:
            yield DiaryEntry("assembly", opening.on, opening.on, opening.is_attested, assembly=one)
        if one.high_level_from <= last_day and one.high_level_until >= first_day:
            is_attested = one.debate_from.is_attested and one.debate_until.is_attested
            yield DiaryEntry("high_level", one.high_level_from, one.high_level_until, is_attested, assembly=one)
    for day in un_closures(first_day, last_day, facts.un_headquarters_closures):
        yield DiaryEntry("un_closure", day.on, day.on, day.is_attested, closure=day)


def other_dates(session: GuardedSession, first_day: dt.date, last_day: dt.date) -> Iterator[DiaryEntry]:
    """Yield the events kept here, and the political and fixed dates and meetings of others that the catalogue tells.

    What was made an event here is not told twice.
    """
    rows = list(
        session.execute(
            select(Event)
            .where(Event.starts_on <= last_day, Event.ends_on >= first_day, Event.cancelled_at.is_(None))
            .order_by(Event.starts_on, Event.code)
        ).scalars()
    )
    for row in rows:
        yield DiaryEntry("event", row.starts_on, row.ends_on, row.is_attested, name=row.name, place=row.place)
    kept = {row.code for row in rows}
    facts = load_shipped().calendar
    for told in (*facts.political_dates, *facts.fixed_dates, *facts.external_meetings):
        days = _days_told(told)
        if days and days[0] <= last_day and days[1] >= first_day and told.key not in kept:
            name = {"en": told.name.en, "es": told.name.es, "fr": told.name.fr}
            yield DiaryEntry("date", *days, told.attested, name=name, place=told.place, party=told.party)


def _days_told(told: DatedEvent) -> tuple[dt.date, dt.date] | None:
    """Return the days of a date as far as they are known: of some only the last is, of some only the first."""
    first = told.date or told.ends_on
    return None if first is None else (first, told.ends_on or first)


# What the viewer's own side owes ------------------------------------------------------------------


def legs_due(
    session: GuardedSession, first_day: dt.date, last_day: dt.date, mechanisms: Collection[uuid.UUID] | None
) -> Iterator[DiaryEntry]:
    """Yield the days by which the viewer's party owes what it accepted, of these mechanisms where any are named."""
    viewer = session.bound_viewer
    if not viewer.sits_at_a_table:
        return
    query = (
        select(Leg, Action)
        .join(Action, Action.id == Leg.action_id)
        .where(
            Leg.party_code == viewer.party,
            Leg.is_accepted.is_(True),
            Leg.state.in_(sorted(OWED_STATES)),
            Leg.due_on >= first_day,
            Leg.due_on <= last_day,
        )
        .order_by(Leg.due_on, Action.reference)
    )
    if mechanisms is not None:
        query = query.where(Action.mechanism_id.in_(mechanisms))
    for leg, action in session.execute(query):
        if leg.due_on is not None:
            yield DiaryEntry("due", leg.due_on, leg.due_on, action=action, leg=leg, party=leg.party_code)


def dates_to_agree(
    session: GuardedSession, mechanisms: Iterable[Mechanism], days: tuple[dt.date, dt.date], today: dt.date
) -> Iterator[DiaryEntry]:
    """Yield the last days of the periods, from today's on, for which meetings are still to be agreed.

    A meeting that is confirmed is agreed. Only mechanisms whose meetings the viewer sees are looked at: of others
    nobody could say what is agreed.
    """
    first_day, last_day = days
    ending = [
        (mechanism, from_facts(Facts, mechanism.facts))
        for mechanism in mechanisms
        if mechanism.status not in OWES_NOTHING
        and mechanism.facts.get("cadence") is not None
        and counts_meetings_here(session.bound_viewer, mechanism)
    ]
    windows = [
        (mechanism, facts, window)
        for mechanism, facts in ending
        for window in _windows(facts, today, last_day)
        if window[1] >= first_day
    ]
    if not windows:
        return
    kept = _agreed_meetings(session, windows)
    for mechanism, facts, window in windows:
        minimum = facts.cadence.minimum_meetings if facts.cadence else 0
        agreed = _agreed_count(facts, [row for row in kept if row.mechanism_id == mechanism.id], window, today)
        if agreed < minimum:
            yield DiaryEntry(
                "to_agree", window[1], window[1], mechanism=mechanism, held_count=agreed, minimum_count=minimum
            )


_Window = tuple[dt.date, dt.date]


def _windows(facts: Facts, today: dt.date, last_day: dt.date) -> Iterator[_Window]:
    """Yield the first and last day of each period from today's until the last one that ends by that day."""
    since = facts.mandate.since
    if facts.cadence is None or since is None or owes(facts, today) is None:
        return
    window = window_of(facts.cadence, since, today)
    while window is not None and window[1] <= last_day:
        yield window
        window = window_of(facts.cadence, since, window[1] + dt.timedelta(days=1))


def _agreed_meetings(session: GuardedSession, windows: Sequence[tuple[Mechanism, Facts, _Window]]) -> Sequence[Meeting]:
    first = min(window[0] for _, _, window in windows)
    last = max(window[1] for _, _, window in windows)
    return (
        session.execute(
            select(Meeting)
            .where(
                Meeting.mechanism_id.in_({mechanism.id for mechanism, _, _ in windows}),
                Meeting.state.in_(AGREED),
                Meeting.starts_on >= first,
                Meeting.starts_on <= last,
            )
            .options(selectinload(Meeting.parties))
        )
        .scalars()
        .all()
    )


def _agreed_count(facts: Facts, kept: Sequence[Meeting], window: _Window, today: dt.date) -> int:
    """Return how many meetings of a period were held or are confirmed, the record's among them."""
    known = [meeting_facts(row) for row in kept]
    periods = compliance(facts, known, min(max(today, window[0]), window[1]))
    held = len(periods[-1].held) if periods and periods[-1].last_day == window[1] else 0
    confirmed = sum(
        each.state == "confirmed"
        and each.counts
        and window[0] <= (each.serves_on or each.starts_on) <= window[1]
        and each.brings_together(facts.parties)
        for each in known
    )
    return held + confirmed
