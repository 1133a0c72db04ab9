"""What stands in the calendar beside meetings: closures, the Assembly's September, dates of others, dates to agree."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from app.catalogue import load_shipped
from app.db import GuardedSession
from app.domain.actions import OWED_STATES
from app.domain.assembly import Assembly, assemblies, un_closures
from app.domain.cadence import window_of
from app.domain.catalogue_calendar import DatedEvent
from app.domain.closures import ClosedDay, closures_of
from app.domain.mechanisms import channels_of, compliance, owes
from app.domain.visibility import Viewer
from app.models import Action, Event, Leg, Mechanism, Meeting
from app.services.feed_days import Owing, agreed_meetings, concerns, missing_of
from app.services.kept_facts import facts_of
from app.services.mechanism_record import counts_meetings_here
from app.services.practice import ORIGIN, is_real_action

EntryKind = Literal[
    "closure", "un_closure", "assembly", "high_level", "event", "date", "to_agree", "due", "meeting"
]  # fmt: skip
# What owes nothing: what an author only calls for, and what is over.
OWES_NOTHING = ("proposed", "concluded")


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """Something that stands in the calendar from a day to a day, both included; what it is of is in its fields.

    `is_attested` is false for a date that is computed or planned, and not confirmed. `agreed_count`
    and `minimum_count` tell of a date to agree how many meetings of how many there are, between those `parties`
    where it is not all of the mechanism's.
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
    agreed_count: int = 0
    minimum_count: int = 0
    action: Action | None = None
    leg: Leg | None = None
    parties: tuple[str, ...] = ()
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
    query = query.where(is_real_action() if mechanisms is None else Action.mechanism_id.in_(mechanisms))
    for leg, action in session.execute(query):
        if leg.due_on is not None:
            yield DiaryEntry("due", leg.due_on, leg.due_on, action=action, leg=leg, party=leg.party_code)


def dates_to_agree(
    session: GuardedSession, mechanisms: Iterable[Mechanism], days: tuple[dt.date, dt.date], today: dt.date
) -> Iterator[DiaryEntry]:
    """Yield the last days of the periods, from today's on, for which meetings are still to be agreed.

    A meeting that is confirmed is agreed. Only mechanisms whose meetings the viewer sees are looked at, and of one
    that runs by pairs only the pairs of their party: of others nobody could say what is agreed.
    """
    owing = [
        (mechanism, each) for mechanism in mechanisms for each in _owing(session.bound_viewer, mechanism, days, today)
    ]
    agreed = agreed_meetings(session, [each for _, each in owing], days[1]) if owing else {}
    for mechanism, each in owing:
        for missing in missing_of(each, agreed.get(each.id, ()), max(today, each.period.first_day)):
            whole = frozenset(missing.parties) == frozenset(each.facts.parties)
            yield DiaryEntry(
                "to_agree", each.period.last_day, each.period.last_day, mechanism=mechanism,
                agreed_count=missing.minimum - missing.count, minimum_count=missing.minimum,
                parties=() if whole else missing.parties,
            )  # fmt: skip


def _owing(viewer: Viewer, mechanism: Mechanism, days: tuple[dt.date, dt.date], today: dt.date) -> Iterator[Owing]:
    """Yield a mechanism of the viewer's side with each period, from today's on, that ends within the days."""
    if mechanism.status in OWES_NOTHING or mechanism.origin == ORIGIN or mechanism.merged_into_id is not None:
        return
    if mechanism.facts.get("cadence") is None or not counts_meetings_here(viewer, mechanism):
        return
    facts = facts_of(mechanism)
    since = facts.mandate.since
    if facts.cadence is None or since is None or owes(facts, today) is None:
        return
    channels = tuple(each for each in channels_of(facts) if concerns(viewer, each, facts))
    window = window_of(facts.cadence, since, today)
    while channels and window is not None and window[1] <= days[1]:
        if window[1] >= days[0]:
            period = compliance(facts, (), max(today, window[0]))[-1]
            yield Owing(mechanism.id, facts, channels, period)
        window = window_of(facts.cadence, since, window[1] + dt.timedelta(days=1))
