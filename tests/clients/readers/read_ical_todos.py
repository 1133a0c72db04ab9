"""Read the to-dos of a calendar from standard input as the ical package (Home Assistant) does."""

from __future__ import annotations

import json
import sys

from ical.calendar_stream import IcsCalendarStream  # type: ignore[import-not-found]

calendar = IcsCalendarStream.calendar_from_ics(sys.stdin.buffer.read().decode())
print(
    json.dumps(
        [
            {
                "summary": todo.summary,
                "due": todo.due.isoformat() if todo.due else None,
                "status": todo.status.value,
                "is_completed": todo.completed is not None,
                "priority": todo.priority,
            }
            for todo in calendar.todos
        ]
    )
)
