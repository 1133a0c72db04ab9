"""Read calendars from standard input with one library, as a calendar that takes them in turn; JSON: lists of texts.

The first argument names the library. By RFC 5546 an event is known by its UID; of two the higher SEQUENCE counts, then
the later DTSTAMP; what comes by METHOD:CANCEL goes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

Seen = tuple[str, int, datetime, str | None, dict[str, str | None]]


def told(value: date) -> str:
    """Return an instant in UTC, or a day."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ") if isinstance(value, datetime) else value.isoformat()


def of_vobject(text: str) -> Iterator[Seen]:
    """Read with vobject, whose zones are the calendar's own."""
    import vobject  # type: ignore[import-untyped]

    calendar = vobject.readOne(text)
    method = calendar.method.value if hasattr(calendar, "method") else None
    for event in getattr(calendar, "vevent_list", []):
        shown = {
            "summary": event.summary.value,
            "start": told(event.dtstart.value),
            "end": told(event.dtend.value),
            "status": event.status.value if hasattr(event, "status") else None,
        }
        yield event.uid.value, int(event.sequence.value), event.dtstamp.value, method, shown


def of_icalendar(text: str) -> Iterator[Seen]:
    """Read with the icalendar package."""
    import icalendar

    calendar: Any = icalendar.Calendar.from_ical(text)
    for event in calendar.walk("VEVENT"):
        shown = {
            "summary": str(event["SUMMARY"]),
            "start": told(event["DTSTART"].dt),
            "end": told(event["DTEND"].dt),
            "status": str(event["STATUS"]) if "STATUS" in event else None,
        }
        yield str(event["UID"]), int(event["SEQUENCE"]), event["DTSTAMP"].dt, calendar.get("METHOD"), shown


def of_ical(text: str) -> Iterator[Seen]:
    """Read with the ical package (Home Assistant)."""
    from ical.calendar_stream import IcsCalendarStream  # type: ignore[import-not-found]

    calendar = IcsCalendarStream.calendar_from_ics(text)
    method = calendar.method
    for event in calendar.events:
        shown = {
            "summary": event.summary,
            "start": told(event.dtstart),
            "end": told(event.dtend),
            "status": event.status.value if event.status else None,
        }
        yield event.uid, event.sequence, event.dtstamp, method, shown


READERS: dict[str, Callable[[str], Iterator[Seen]]] = {
    "vobject": of_vobject,
    "icalendar": of_icalendar,
    "ical": of_ical,
}


def left_of(texts: list[str]) -> list[dict[str, str | None]]:
    """Return the events that are left when every calendar was taken."""
    turns: dict[str, tuple[int, datetime]] = {}
    held: dict[str, dict[str, str | None]] = {}
    for text in texts:
        for uid, sequence, stamp, method, shown in READERS[sys.argv[1]](text):
            turn = (sequence, stamp)
            if uid in turns and turn <= turns[uid]:
                continue
            turns[uid] = turn
            held[uid] = shown
            if method == "CANCEL":
                del held[uid]
    return list(held.values())


print(json.dumps([left_of(texts) for texts in json.load(sys.stdin)]))
