"""All that a ranking of slots is made from, of what the planner may see: calendars, clocks, people, other meetings."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import select

from app.catalogue import load_shipped
from app.db import GuardedSession
from app.domain.actions import today_in
from app.domain.around import counts
from app.domain.assembly import assemblies, un_closures
from app.domain.cadence import TOOK_PLACE, window_of
from app.domain.catalogue import Mechanism as MechanismFacts
from app.domain.cities import city_named
from app.domain.closures import ClosedDay, closures, closures_of
from app.domain.date_plans import PlanContent, PlannedSeat
from app.domain.errors import Refusal
from app.domain.lifecycle import When
from app.domain.mechanisms import compliance
from app.domain.meeting_advice import HEADQUARTERS, hosts_of_place, plain
from app.domain.slots import Attendee, Clock, Closed, Days, PlanFacts
from app.domain.walltime import days_bounds, in_zone
from app.domain.zones import known_zone
from app.models import Mechanism, Meeting, Office, Person, RosterEntry
from app.services.around import named_parent
from app.services.busy_times import busy_of
from app.services.date_plans import OpenPlan
from app.services.mechanism_record import counts_meetings_here, meeting_facts, meetings_of
from app.services.mechanism_whole import whole_facts
from app.services.meeting_warnings import Planned, capital_names
from app.services.other_meetings import engagements_during
from app.services.parents import Parent, load_parent

LAST_MEETINGS: Final = 6
WEEK: Final = dt.timedelta(days=7)
DAY: Final = dt.timedelta(days=1)
LATEST: Final = dt.time(23, 45)
OPENS, CLOSES = 9 * 60, 17 * 60


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody whom the planner may know by name: with an account of their own side, or on a roster ahead."""

    party: str
    name: str
    person_id: uuid.UUID | None
    meeting_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts of a plan, and what its page needs beside them: the offices and people that can be named."""

    facts: PlanFacts
    people: tuple[KnownPerson, ...]
    parent: Parent | None


@dataclass(frozen=True, slots=True)
class _Record:
    """What is known of a mechanism: its facts, and its meetings, the earliest first."""

    facts: MechanismFacts | None
    meetings: tuple[Meeting, ...]

    @property
    def last_held(self) -> tuple[Meeting, ...]:
        """Return the last meetings that took place at certain hours."""
        held = [each for each in self.meetings if each.state in TOOK_PLACE and each.starts_time is not None]
        return tuple(held[-LAST_MEETINGS:])


def gather(session: GuardedSession, found: OpenPlan, offices: Mapping[str, Office]) -> Gathered:
    """Return the facts of a plan that can be ranked; its range begins today where it began before.

    What it reads takes the same number of statements whatever is there.
    """
    content = found.content
    zone, today = known_zone(content.zone), today_in(session.now, known_zone(content.zone))
    first_day = max(content.first_day or today, today)
    last_day = max(content.last_day or today, first_day)
    people = known_people(session, content.parties)
    parent = _parent(session, found)
    record = _record(session, found)
    event = _event(parent, found)
    high_level = high_level_weeks(first_day, last_day)
    facts = PlanFacts(
        first_day=first_day,
        last_day=last_day,
        zone=zone,
        now=session.now,
        minutes=content.minutes,
        days_count=content.days_count or 1,
        earliest=content.starts or dt.time(),
        latest=min(content.ends or LATEST, LATEST),
        with_weekends=content.with_weekends,
        clocks=_clocks(found, offices, record.last_held),
        attendees=_attendees(session, content, offices, people, (first_day, last_day)),
        closures=closures_around(content, first_day, last_day),
        high_level=high_level,
        is_at_high_level=event is not None
        and any(week.first_day <= event.last_day and event.first_day <= week.last_day for week in high_level),
        event=event,
        engagements=engagements_during(session, _planned(found, first_day, last_day), _seated(content, people)),
        agenda_days=content.agenda_days or 0,
        papers_days=content.papers_days or 0,
        travel_days=0 if content.format == "virtual" else 1,
        period_ends_on=_period_ends_on(session, found, record, today),
    )
    return Gathered(facts, people, parent)


# People -------------------------------------------------------------------------------------------


def known_people(session: GuardedSession, parties: Collection[str]) -> tuple[KnownPerson, ...]:
    """Return whom of these parties the viewer may know by name, in two statements."""
    own = session.execute(
        select(Person.delegation, Person.name, Person.id)
        .where(Person.delegation.in_(sorted(parties)), Person.disabled_at.is_(None), Person.role != "administrator")
        .order_by(Person.name)
    )
    listed = session.execute(
        select(RosterEntry.party_code, RosterEntry.name, RosterEntry.person_id, RosterEntry.meeting_id)
        .join(Meeting, Meeting.id == RosterEntry.meeting_id)
        .where(
            RosterEntry.party_code.in_(sorted(parties)),
            RosterEntry.state.in_(("proposed", "approved")),
            Meeting.ends_at > session.now,
        )
        .order_by(RosterEntry.name)
    )
    accounts = (KnownPerson(row.delegation or "", row.name, row.id) for row in own)
    return (*accounts, *(KnownPerson(row.party_code, row.name, row.person_id, row.meeting_id) for row in listed))


def with_accounts(content: PlanContent, people: Iterable[KnownPerson]) -> PlanContent:
    """Return the content with the account of each principal whose name is that of exactly one known person."""
    ids = _ids(people)
    seats = []
    for seat in content.seats:
        found = ids.get((seat.party, plain(seat.name or "")), frozenset()) if seat.kind == "person" else frozenset()
        seats.append(replace(seat, person_id=str(next(iter(found))) if len(found) == 1 else None))
    return replace(content, seats=tuple(seats))


def _ids(people: Iterable[KnownPerson]) -> dict[tuple[str, str], frozenset[uuid.UUID]]:
    found: dict[tuple[str, str], frozenset[uuid.UUID]] = {}
    for each in people:
        if each.person_id is not None:
            key = (each.party, plain(each.name))
            found[key] = found.get(key, frozenset()) | {each.person_id}
    return found


def _attendees(
    session: GuardedSession,
    content: PlanContent,
    offices: Mapping[str, Office],
    people: Iterable[KnownPerson],
    range_days: tuple[dt.date, dt.date],
) -> tuple[Attendee, ...]:
    """Return who must or should attend, with the busy time that the planner may see; one statement or none."""
    ids = _ids(people)
    whose: dict[str, list[uuid.UUID | str]] = {
        seat.key: [seat.office_code or ""]
        if seat.kind == "office"
        else sorted(ids.get((seat.party, plain(seat.name or "")), ()))
        for seat in content.seats
    }
    wanted = [each for one in whose.values() for each in one]
    busy = busy_of(
        session,
        [each for each in wanted if isinstance(each, uuid.UUID)],
        [each for each in wanted if isinstance(each, str)],
        *_bounds(*range_days, content.zone),
    )
    return tuple(
        Attendee(
            key=seat.key,
            party=seat.party,
            name=_name(seat, offices),
            is_required=seat.is_required and seat.party in content.required_parties,
            busy=sorted(span for each in whose[seat.key] for span in busy.get(each, ())),
        )
        for seat in content.seats
        if seat.kind != "delegation"
    )


def _name(seat: PlannedSeat, offices: Mapping[str, Office]) -> str | None:
    """Return what a seat is called: a principal's name, or an office's code, which pages put into words."""
    if seat.kind == "office":
        return seat.office_code if seat.office_code in offices else None
    return seat.name


def _seated(content: PlanContent, people: Iterable[KnownPerson]) -> dict[uuid.UUID, dict[str, str]]:
    """Return, by the meetings on whose rosters they are, the principals of a plan."""
    wanted = {(seat.party, plain(seat.name)) for seat in content.seats if seat.kind == "person" and seat.name}
    found: dict[uuid.UUID, dict[str, str]] = {}
    for each in people:
        key = (each.party, plain(each.name))
        if each.meeting_id is not None and key in wanted:
            found.setdefault(each.meeting_id, {})[f"seat {each.party} {key[1]}"] = each.name
    return found


def _bounds(first_day: dt.date, last_day: dt.date, zone: str) -> tuple[dt.datetime, dt.datetime]:
    name = known_zone(zone)
    return days_bounds(first_day, first_day, name)[0], days_bounds(last_day, last_day, name)[1]


# Clocks -------------------------------------------------------------------------------------------


def _clocks(found: OpenPlan, offices: Mapping[str, Office], meetings: Sequence[Meeting]) -> tuple[Clock, ...]:
    """Return the places whose working day counts: capitals, offices in other zones, and the place of the meeting."""
    content = found.content
    zones: dict[str, tuple[str, str]] = {}
    for code in content.parties:
        party = found.parties.get(code)
        if party is not None and party.time_zone:
            zones[code] = (code, known_zone(party.time_zone))
    for seat in content.seats:
        office = offices.get(seat.office_code or "")
        if office is not None and office.time_zone and (seat.party, office.time_zone) not in zones.values():
            zones[office.code] = (seat.party, known_zone(office.time_zone))
    if content.format != "virtual" and known_zone(content.zone) not in {zone for _, zone in zones.values()}:
        zones["place"] = ("", known_zone(content.zone))
    return tuple(
        Clock(key, party, zone, burden_minutes=_burden(meetings, party, zone)) for key, (party, zone) in zones.items()
    )


def _burden(meetings: Iterable[Meeting], party: str, zone: str) -> int:
    """Return the minutes outside the working day of a place over these meetings, of those that its party was at."""
    return sum(
        _outside(in_zone(meeting.starts_at, zone), _length_a_day(meeting)) * _days_count(meeting)
        for meeting in meetings
        if party in {row.party_code for row in meeting.parties}
    )


def _outside(starts: dt.datetime, minutes: int) -> int:
    begins = starts.hour * 60 + starts.minute
    return minutes - max(0, min(begins + minutes, CLOSES) - max(begins, OPENS))


def _length_a_day(meeting: Meeting) -> int:
    minutes = int((meeting.ends_at - meeting.starts_at).total_seconds()) // 60
    return minutes - (_days_count(meeting) - 1) * 24 * 60


def _days_count(meeting: Meeting) -> int:
    return (meeting.ends_on - meeting.starts_on).days + 1


# The mechanism ------------------------------------------------------------------------------------


def _record(session: GuardedSession, found: OpenPlan) -> _Record:
    """Return the mechanism's facts with what was merged into it, and its meetings that the viewer may see."""
    mechanism = found.mechanism
    if mechanism is None:
        return _Record(None, ())
    merged = session.execute(select(Mechanism).where(Mechanism.merged_into_id == mechanism.id)).scalars().all()
    meetings = meetings_of(session, mechanism.id, *(each.id for each in merged))
    return _Record(whole_facts(mechanism, merged), tuple(meetings))


def _period_ends_on(session: GuardedSession, found: OpenPlan, record: _Record, today: dt.date) -> dt.date | None:
    """Return the last day by which a meeting is to have been, of a meeting that counts; None where nothing is owed.

    It is the end of the period that holds today, or of the next one where this one is met already.
    """
    mechanism, facts = found.mechanism, record.facts
    if mechanism is None or facts is None or facts.cadence is None or facts.mandate.since is None:
        return None
    if not counts(found.source.kind) or not set(mechanism.parties) <= set(found.content.parties):
        return None
    kept = record.meetings if counts_meetings_here(session.bound_viewer, mechanism) else ()
    periods = compliance(facts, [meeting_facts(each) for each in kept], today)
    if not periods:
        return None
    last = periods[-1]
    if last.missing_count:
        return last.last_day
    following = window_of(facts.cadence, facts.mandate.since, last.last_day + DAY)
    return following[1] if following else None


# Days ---------------------------------------------------------------------------------------------


def closures_around(content: PlanContent, first_day: dt.date, last_day: dt.date) -> tuple[Closed, ...]:
    """Return the closures of the capitals and of the place, from when the papers are due to a week after the range."""
    since = first_day - max(content.papers_days or 0, content.agenda_days or 0) * DAY - WEEK
    until = last_day + 2 * WEEK
    at_table = closures_of(content.parties, since, until)
    found = [_closed(day) for day in at_table]
    if content.format != "virtual":
        city = city_named(content.place)
        hosts = set(hosts_of_place(content.place, capital_names())) | ({city.party} if city and city.party else set())
        for host in sorted(hosts - set(content.parties)):
            found += [_closed(day, at_place=True) for day in _closed_at(host, since, until)]
    return tuple(found)


def _closed_at(host: str, since: dt.date, until: dt.date) -> tuple[ClosedDay, ...]:
    if host == HEADQUARTERS:
        return un_closures(since, until, load_shipped().calendar.un_headquarters_closures)
    return closures(host, since, until)


def _closed(day: ClosedDay, *, at_place: bool = False) -> Closed:
    name = {"en": day.name.en, "es": day.name.es, "fr": day.name.fr}
    return Closed(day.on, day.party, name, is_attested=day.is_attested, at_place=at_place)


def high_level_weeks(first_day: dt.date, last_day: dt.date) -> tuple[Days, ...]:
    """Return the high-level weeks of the General Assembly that lie in these days."""
    return tuple(
        Days(one.high_level_from, one.high_level_until, is_attested=one.debate_from.is_attested)
        for one in assemblies(first_day, last_day, load_shipped().calendar.un_general_assembly)
    )


def _event(parent: Parent | None, found: OpenPlan) -> Days | None:
    """Return the days of what the meeting is around; what it prepares comes after it, and is no day of its own."""
    if parent is None or parent.is_called_off or found.source.kind == "preparatory":
        return None
    return Days(parent.starts_on, parent.ends_on, {key: text for key, text in parent.title.items() if text})


def _parent(session: GuardedSession, found: OpenPlan) -> Parent | None:
    """Return what the meeting is around, as far as the viewer sees it."""
    if found.meeting is not None:
        return load_parent(session, found.meeting)
    try:
        return named_parent(session, found.source.around)
    except Refusal:
        return None


def _planned(found: OpenPlan, first_day: dt.date, last_day: dt.date) -> Planned:
    """Return the meeting as one that would sit through the whole range: what sits then may clash with a slot."""
    content, meeting = found.content, found.meeting
    zone = known_zone(content.zone)
    starts_at, ends_at = _bounds(first_day, last_day, zone)
    return Planned(
        When(zone, first_day, last_day, starts_at, ends_at),
        content.parties,
        content.place or None,
        found.mechanism.id if found.mechanism else None,
        meeting.id if meeting else None,
        meeting.parent_id if meeting else None,
    )
