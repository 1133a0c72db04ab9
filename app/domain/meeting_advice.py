"""What is worth a second look before a meeting is proposed: warnings, never prohibitions; and what a change changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from app.domain.lifecycle import When
from app.domain.meeting_content import MeetingContent
from app.domain.walltime import days, in_zone

DAY_BEGINS: Final = time(7)
DAY_ENDS: Final = time(21)
SATURDAY: Final = 5

# In the order of the form; the fields that differ are shown side by side before changes are published.
FIELDS: Final = (
    "title", "ordinal", "parties", "hosting", "format", "place", "conference_url",
    "zone", "first_day", "last_day", "starts", "ends",
)  # fmt: skip


@dataclass(frozen=True)
class Advice:
    """A day of a meeting that falls on a weekend, or reaches into the night of a party's capital.

    `starts` and `ends` are the local times of the capital, for nights alone.
    """

    key: Literal["weekend", "night"]
    day: date
    zone: str
    party: str | None = None
    starts: datetime | None = None
    ends: datetime | None = None


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


def changes(old: MeetingContent, new: MeetingContent) -> tuple[Change, ...]:
    """Return the fields that differ between what stands and what is staged, in the order of the form."""
    return tuple(
        Change(name, getattr(old, name), getattr(new, name))
        for name in FIELDS
        if getattr(old, name) != getattr(new, name)
    )
