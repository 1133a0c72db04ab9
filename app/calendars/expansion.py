"""The occurrences of a calendar between two instants, worked out in a process of its own that is held to limits.

Run by path, it reads one JSON object (`Order`) and writes one (`Outcome`): nothing of Entente is imported here, no
key or database is within its reach, and what it is given has no titles. Zone data is the pinned package's, as the
caller sets `PYTHONTZPATH` to nothing.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple, TypedDict
from zoneinfo import ZoneInfo

OCCURRENCE_LIMIT: Final = 60_000
_NOON: Final = 12


class Order(TypedDict):
    """What is asked: content lines of each series, the file's own zones, and the window as ISO instants.

    `rules` are VTIMEZONEs, of which `compared` names those whose own zone data is another's: (TZID, IANA name).
    """

    series: list[str]
    rules: list[str]
    compared: list[tuple[str, str]]
    starts_at: str
    ends_at: str


class Outcome(TypedDict):
    """What was found: busy from and until as ISO texts (days for whole days, the second not included).

    `unreadable_count` are series that could not be read, `differing` IANA names that the file describes otherwise;
    `refused` says why nothing is told.
    """

    busy: list[tuple[str, str]]
    unreadable_count: int
    differing: list[str]
    refused: str | None


class _Span(NamedTuple):
    """One occurrence, as the expansion hands it over instead of a copy of the whole entry."""

    starts: date
    ends: date
    is_busy: bool


def expand(order: Order) -> Outcome:
    """Return when an order's series are busy within its window; a series that cannot be read is counted."""
    described = _described(order["rules"])
    selection = [_selection()]
    window = datetime.fromisoformat(order["starts_at"]), datetime.fromisoformat(order["ends_at"])
    busy: list[tuple[str, str]] = []
    unreadable_count = seen_count = 0
    for lines in order["series"]:
        try:
            spans = _spans(lines, selection, window)
            found = [(span.starts.isoformat(), span.ends.isoformat()) for span in map(_aware, spans) if span.is_busy]
        except _MALFORMED:
            unreadable_count += 1
            continue
        seen_count += len(spans)
        if seen_count > OCCURRENCE_LIMIT:
            return _refused("busy_too_many")
        busy += found
    differing = _differing(described, order["compared"], window)
    return Outcome(busy=busy, unreadable_count=unreadable_count, differing=differing, refused=None)


# What the packages raise on entries that make no sense; memory and time are not among them.
_MALFORMED: Final = (
    ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, ZeroDivisionError, StopIteration,
)  # fmt: skip


def _parsed(lines: str) -> Any:
    from icalendar import Calendar  # noqa: PLC0415 - only after the limits are set

    return Calendar.from_ical(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Entente//EN\r\n{lines}END:VCALENDAR\r\n")


def _described(rules: Iterable[str]) -> dict[str, Any]:
    """Return the file's own zones by their TZID; the series parsed afterwards are read with them.

    One that makes no sense is left out, and its times with it.
    """
    found = {}
    for lines in rules:
        try:
            (zone,) = _parsed(lines).walk("VTIMEZONE")
            found[str(zone["TZID"])] = zone
        except _MALFORMED:
            continue
    return found


def _selection() -> Any:
    """Return what picks the entries of a series, and hands each occurrence over as its span."""
    from recurring_ical_events import ComponentsWithName, Occurrence  # noqa: PLC0415

    class Light(Occurrence):  # type: ignore[misc]
        def as_component(self, keep_recurrence_attributes: bool) -> _Span:  # noqa: FBT001, ARG002
            entry = self._adapter._component  # noqa: SLF001 - its states alone are asked for
            is_free = str(entry.get("TRANSP", "")) == "TRANSPARENT"
            return _Span(self.start, self.end, not is_free and str(entry.get("STATUS", "")) != "CANCELLED")

    return ComponentsWithName("VEVENT", occurrence=Light)


def _spans(lines: str, selection: list[Any], window: tuple[datetime, datetime]) -> list[_Span]:
    """Return the occurrences of one series; raises one of `_MALFORMED` where a value of it could not be read."""
    from recurring_ical_events import CalendarQuery  # noqa: PLC0415

    calendar = _parsed(lines)
    if any(event.errors for event in calendar.subcomponents):
        raise ValueError("a value could not be read")
    return list(CalendarQuery(calendar, components=selection).between(*window))


def _aware(span: _Span) -> _Span:
    """Return an occurrence whose instants are UTC; one with a time that has no zone makes no sense here."""
    starts, ends = span.starts, span.ends
    if not isinstance(starts, datetime) or not isinstance(ends, datetime):
        return _Span(_day(starts), _day(ends), span.is_busy)
    if starts.tzinfo is None or ends.tzinfo is None:
        midnights = starts.time() == ends.time() == datetime.min.time()
        if not midnights:
            raise ValueError("a time without a zone")
        return _Span(starts.date(), ends.date(), span.is_busy)
    utc = ZoneInfo("UTC")
    return _Span(starts.astimezone(utc), ends.astimezone(utc), span.is_busy)


def _day(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def _differing(
    described: dict[str, Any], compared: Iterable[tuple[str, str]], window: tuple[datetime, datetime]
) -> list[str]:
    """Return the zones that the file describes otherwise than their own data does, at some noon of the window."""
    noons = [
        window[0].replace(tzinfo=None, hour=_NOON) + timedelta(days=number)
        for number in range((window[1] - window[0]).days)
    ]
    found = []
    for tzid, name in compared:
        zone = ZoneInfo(name)
        try:
            own = described[tzid].to_tz(lookup_tzid=False)
            is_other = any(own.utcoffset(noon) != zone.utcoffset(noon) for noon in noons)
        except _MALFORMED:
            is_other = True
        if is_other:
            found.append(name)
    return found


def _refused(reason: str) -> Outcome:
    return Outcome(busy=[], unreadable_count=0, differing=[], refused=reason)


def main() -> int:
    """Hold this process to the limits given as arguments (CPU and wall seconds, bytes), then do what is asked."""
    cpu_seconds, wall_seconds, memory_bytes = (int(written) for written in sys.argv[1:4])
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.alarm(wall_seconds)  # also where nobody waits any more
    try:
        outcome = expand(json.load(sys.stdin))
    except (MemoryError, RecursionError):
        outcome = _refused("busy_too_many")
    json.dump(outcome, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
