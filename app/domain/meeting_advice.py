"""What is worth a second look before a meeting is proposed: warnings, never prohibitions; and what a change changes.

Whoever asks gives what the viewer may see and nothing else: a clash with a meeting that they do not know of is
no clash for them.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from app.domain.assembly import assemblies, un_closures
from app.domain.catalogue_calendar import AssemblySession, HeadquartersClosures
from app.domain.catalogue_types import Trilingual
from app.domain.closures import ClosedDay, closures
from app.domain.lifecycle import When
from app.domain.meeting_content import MeetingContent
from app.domain.walltime import days, in_zone

DAY_BEGINS: Final = time(7)
DAY_ENDS: Final = time(21)
SATURDAY: Final = 5

# What this is called in the three languages, where a meeting's place says that it is there.
HEADQUARTERS: Final = "UN"
HEADQUARTERS_CITY: Final = ("New York", "Nueva York")

AdviceKey = Literal[
    "weekend", "night", "closure", "host_closure", "high_level", "clash_parties", "clash_place", "clash_people"
]

# In the order of the form; the fields that differ are shown side by side before changes are published.
FIELDS: Final = (
    "kind", "around", "title", "ordinal", "parties", "hosting", "format", "place", "conference_url",
    "zone", "first_day", "last_day", "starts", "ends",
)  # fmt: skip


@dataclass(frozen=True)
class Advice:
    """Something to think over about a day of a meeting.

    `weekend`, and `night` in the capital of `party`, whose local times are `starts` and `ends`; `closure` of that
    capital, or `host_closure` of the city of the meeting, with its `name`; `high_level` week from `day` to
    `last_day`; a clash with the meeting of that `reference`: of the same `parties`, the same `place`, or the
    same `people` (whose names may not be known). `is_attested` is false where a date is only computed.
    """

    key: AdviceKey
    day: date
    zone: str
    party: str | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    last_day: date | None = None
    name: Trilingual | None = None
    is_attested: bool = True
    reference: str | None = None
    parties: tuple[str, ...] = ()
    place: str | None = None
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Occupied:
    """When a meeting sits (from, to, aware), and whom and what it needs then.

    `people` maps who is needed, by whatever tells them apart, to their name, None where the viewer may not know
    it. `reference` is None for a meeting that has none yet; `beside` are the ids of those it stands beside by intent.
    """

    reference: str | None
    sittings: tuple[tuple[datetime, datetime], ...]
    parties: frozenset[str]
    place: str | None = None
    people: Mapping[str, str | None] = field(default_factory=dict)
    id: object = None
    beside: frozenset[object] = frozenset()


@dataclass(frozen=True)
class Change:
    """One field that differs, as it stands and as it would be."""

    field: str
    old: object
    new: object


def advice(when: When, capitals: Mapping[str, str]) -> tuple[Advice, ...]:
    """Return what to think over: weekends in the meeting's zone, and nights in the capitals.

    `capitals` are the zones of the chosen parties' capitals by their codes. It is night before 7:00 and
    after 21:00 there.
    """
    every_day = days(when.first_day, when.last_day)
    found = [Advice("weekend", day, when.zone_name) for day in every_day if day.weekday() >= SATURDAY]
    for party, zone_name in sorted(capitals.items()):
        for starts_at, ends_at in when.sittings:
            starts, ends = in_zone(starts_at, zone_name), in_zone(ends_at, zone_name)
            if _reaches_into_night(starts, ends):
                found.append(Advice("night", starts.date(), zone_name, party, starts, ends))
    return tuple(found)


def _reaches_into_night(starts: datetime, ends: datetime) -> bool:
    last_moment = ends - timedelta(seconds=1)
    return starts.time() < DAY_BEGINS or ends.time() > DAY_ENDS or last_moment.date() > starts.date()


# Days of the calendar ---------------------------------------------------------------------------


def closures_during(
    when: When,
    capitals: Mapping[str, str],
    hosts: Iterable[str] = (),
    headquarters: Iterable[HeadquartersClosures] = (),
) -> tuple[Advice, ...]:
    """Return the closures of the parties' capitals, and of the city of the meeting, on any day that it sits.

    A day is the capital's own. `hosts` are the codes of those whose closures the meeting's city keeps (`UN` for
    Headquarters in New York), as `hosts_of_place` tells them; a host that is at the table is not told twice.
    """
    found = [
        Advice("closure", day.on, zone, party, name=day.name, is_attested=day.is_attested)
        for party, zone in sorted(capitals.items())
        for day in _closed(party, _days_in(when, zone))
    ]
    for host in sorted(set(hosts) - capitals.keys()):
        local = _days_in(when, when.zone_name)
        closed = un_closures(min(local), max(local), headquarters) if host == HEADQUARTERS else _closed(host, local)
        found += [
            Advice("host_closure", day.on, when.zone_name, host, name=day.name, is_attested=day.is_attested)
            for day in closed
        ]
    return tuple(found)


def hosts_of_place(place: str | None, capitals: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Return those whose closures the city in a meeting's place keeps: the party whose capital it names.

    `capitals` are the names of each party's capital. New York keeps the closures of Headquarters, and of Washington.
    """
    said = f" {plain(place or '')} "
    named = {party for party, names in capitals.items() if any(f" {plain(name)} " in said for name in names)}
    if any(f" {plain(name)} " in said for name in HEADQUARTERS_CITY):
        named |= {HEADQUARTERS, "US"}
    return frozenset(named)


def high_level_during(when: When, attested: Iterable[AssemblySession] = ()) -> tuple[Advice, ...]:
    """Return the high-level week of the General Assembly that a meeting falls into, if it does."""
    return tuple(
        Advice(
            "high_level", one.high_level_from, when.zone_name, last_day=one.high_level_until,
            is_attested=one.debate_from.is_attested,
        )
        for one in assemblies(when.first_day, when.last_day, attested)
        if one.high_level_from <= when.last_day and one.high_level_until >= when.first_day
    )  # fmt: skip


def _closed(party: str, local: frozenset[date]) -> Iterator[ClosedDay]:
    return (day for day in closures(party, min(local), max(local)) if day.on in local)


def _days_in(when: When, zone_name: str) -> frozenset[date]:
    """Return the days of a meeting as a zone's calendar shows them; days without hours are everywhere the same."""
    if not when.sittings:
        return frozenset(days(when.first_day, when.last_day))
    ends = [(starts_at, ends_at - timedelta(microseconds=1)) for starts_at, ends_at in when.sittings]
    return frozenset(in_zone(moment, zone_name).date() for pair in ends for moment in pair)


# Clashes ----------------------------------------------------------------------------------------


def clashes(planned: Occupied, others: Iterable[Occupied], zone_name: str) -> tuple[Advice, ...]:
    """Return the meetings that sit at an overlapping time and need the same parties, place or people.

    Each is told on its first such day in the zone. Meetings that stand beside one another by intent (a panel and
    what it is part of) do not clash; nor does what ends when another begins.
    """
    found: list[Advice] = []
    for other in others:
        overlap = _first_overlap(planned, other)
        if overlap is None or planned.id in other.beside or other.id in planned.beside:
            continue
        day = in_zone(overlap, zone_name).date()
        both = tuple(sorted(planned.parties & other.parties))
        same = sorted(planned.people.keys() & other.people.keys())
        if both:
            found.append(Advice("clash_parties", day, zone_name, reference=other.reference, parties=both))
        if planned.place and other.place and plain(planned.place) == plain(other.place):
            found.append(Advice("clash_place", day, zone_name, reference=other.reference, place=other.place))
        if same:
            names = sorted({name for key in same if (name := planned.people[key] or other.people[key])})
            found.append(Advice("clash_people", day, zone_name, reference=other.reference, people=tuple(names)))
    return tuple(found)


def _first_overlap(one: Occupied, other: Occupied) -> datetime | None:
    """Return the first moment at which both sit; None for a meeting and itself."""
    if one.id is not None and one.id == other.id:
        return None
    moments = [
        max(starts_at, other_starts)
        for starts_at, ends_at in one.sittings
        for other_starts, other_ends in other.sittings
        if starts_at < other_ends and other_starts < ends_at
    ]
    return min(moments, default=None)


@functools.lru_cache(maxsize=2048)
def plain(text: str) -> str:
    """Return a place's name for comparing: small letters without accents, words parted by single spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.split())


# Changes ----------------------------------------------------------------------------------------


def changes(old: MeetingContent, new: MeetingContent) -> tuple[Change, ...]:
    """Return the fields that differ between what stands and what is staged, in the order of the form."""
    return tuple(
        Change(name, getattr(old, name), getattr(new, name))
        for name in FIELDS
        if getattr(old, name) != getattr(new, name)
    )
