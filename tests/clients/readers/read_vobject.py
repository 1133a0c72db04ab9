"""Read a calendar from standard input as vobject does, its own VTIMEZONEs included."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime

import vobject  # type: ignore[import-untyped]


def told(value: date) -> str:
    """Return an instant in UTC, or a day."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ") if isinstance(value, datetime) else value.isoformat()


calendar = vobject.readOne(sys.stdin.buffer.read().decode())
print(
    json.dumps(
        [
            {
                "summary": event.summary.value,
                "start": told(event.dtstart.value),
                "end": told(event.dtend.value),
                "status": event.status.value if hasattr(event, "status") else None,
            }
            for event in getattr(calendar, "vevent_list", [])
        ]
    )
)
