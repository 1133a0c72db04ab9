"""A calendar's bytes read back, as a program reads them: its entries, and what a program could stumble over."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from icalendar import Calendar

from app.domain.zones import zone

Problem = Literal["unreadable", "line_ends", "long_lines", "no_end", "no_zone", "same_uid", "no_start", "wrong_end"]

_MOST_OCTETS = 75
_LONELY = re.compile(rb"(?<!\r)\n|\r(?!\n)")


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """A VEVENT as it was read: aware instants, or the first and last day (both included) of whole days."""

    uid: str
    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    first_day: date | None
    last_day: date | None
    status: str | None
    is_transparent: bool

    @property
    def ends_after(self) -> datetime:
        """Return when it is over; of whole days their last midnight in UTC."""
        if self.last_day is not None:
            return datetime.combine(self.last_day + timedelta(days=1), time(), UTC)
        return self.ends_at or self.starts_at or datetime.min.replace(tzinfo=UTC)

    @property
    def order(self) -> tuple[datetime, str]:
        """Return what it is sorted by: its start, and its title."""
        if self.first_day is not None:
            return datetime.combine(self.first_day, time(), UTC), self.title
        return self.starts_at or datetime.min.replace(tzinfo=UTC), self.title


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a feed: its name, its entries in order of time, and the problems found."""

    name: str
    entries: tuple[ReadEntry, ...]
    problems: tuple[Problem, ...]


def read_feed(body: bytes) -> Reading:
    """Return what a program reads in a feed; what cannot be read at all is one problem, and no entries."""
    problems = list(_of_bytes(body))
    try:
        calendar: Any = Calendar.from_ical(body)
        events = list(calendar.walk("VEVENT"))
        entries = tuple(sorted((_entry(event) for event in events), key=lambda each: each.order))
    except (ValueError, KeyError, AttributeError, TypeError):
        return Reading("", (), (*problems, "unreadable"))
    problems += _of_calendar(calendar, events, entries)
    return Reading(str(calendar.get("X-WR-CALNAME", "")), entries, tuple(problems))


def _of_bytes(body: bytes) -> Iterable[Problem]:
    if _LONELY.search(body):
        yield "line_ends"
    if any(len(line) > _MOST_OCTETS for line in body.split(b"\r\n")):
        yield "long_lines"
    if not body.endswith(b"END:VCALENDAR\r\n"):
        yield "no_end"


def _of_calendar(calendar: Any, events: Iterable[Any], entries: tuple[ReadEntry, ...]) -> Iterable[Problem]:
    brought = {str(each.get("TZID", "")) for each in calendar.walk("VTIMEZONE")}
    named = {event[name].params["TZID"] for event in events for name in ("DTSTART", "DTEND")
             if name in event and "TZID" in event[name].params}  # fmt: skip
    if not named <= brought:
        yield "no_zone"
    if len({entry.uid for entry in entries}) < len(entries):
        yield "same_uid"
    if any(entry.starts_at is None and entry.first_day is None for entry in entries):
        yield "no_start"
    if any(entry.starts_at and entry.ends_at and entry.ends_at <= entry.starts_at for entry in entries):
        yield "wrong_end"


def _entry(event: Any) -> ReadEntry:
    starts, ends = (event[name].dt if name in event else None for name in ("DTSTART", "DTEND"))
    is_timed = isinstance(starts, datetime)
    return ReadEntry(
        uid=str(event.get("UID", "")),
        title=str(event.get("SUMMARY", "")),
        starts_at=_instant(starts) if isinstance(starts, datetime) else None,
        ends_at=_instant(ends) if isinstance(ends, datetime) else None,
        first_day=starts if not is_timed else None,
        last_day=None if is_timed or starts is None else (ends - timedelta(days=1) if ends else starts),
        status=str(event["STATUS"]) if "STATUS" in event else None,
        is_transparent=str(event.get("TRANSP", "OPAQUE")) == "TRANSPARENT",
    )


def _instant(at: datetime) -> datetime:
    """Return a time as an instant; its zone is read from the pinned data, as everywhere here."""
    name = getattr(at.tzinfo, "key", None)
    return at.replace(tzinfo=zone(name)).astimezone(UTC) if name else at.astimezone(UTC)
