"""Read a calendar from standard input as the ical package (Home Assistant) does."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime

from ical.calendar_stream import IcsCalendarStream  # type: ignore[import-not-found]


def told(value: date) -> str:
    """Return an instant in UTC, or a day."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ") if isinstance(value, datetime) else value.isoformat()


calendar = IcsCalendarStream.calendar_from_ics(sys.stdin.buffer.read().decode())
print(
    json.dumps(
        [
            {
                "summary": event.summary,
                "start": told(event.dtstart),
                "end": told(event.dtend),
                "status": event.status.value if event.status else None,
            }
            for event in calendar.events
        ]
    )
)
