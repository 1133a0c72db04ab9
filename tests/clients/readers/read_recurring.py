"""Read a calendar from standard input as recurring-ical-events does: everything between 2026 and 2029."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from typing import Any

import icalendar
import recurring_ical_events


def told(value: date) -> str:
    """Return an instant in UTC, or a day."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ") if isinstance(value, datetime) else value.isoformat()


calendar: Any = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
print(
    json.dumps(
        [
            {
                "summary": str(event["SUMMARY"]),
                "start": told(event["DTSTART"].dt),
                "end": told(event["DTEND"].dt),
                "status": str(event["STATUS"]) if "STATUS" in event else None,
            }
            for event in recurring_ical_events.of(calendar).between((2026, 1, 1), (2029, 1, 1))
        ]
    )
)
