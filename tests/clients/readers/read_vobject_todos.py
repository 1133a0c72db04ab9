"""Read the to-dos of a calendar from standard input as vobject does."""

from __future__ import annotations

import json
import sys

import vobject  # type: ignore[import-untyped]

calendar = vobject.readOne(sys.stdin.buffer.read().decode())
print(
    json.dumps(
        [
            {
                "summary": todo.summary.value,
                "due": todo.due.value.isoformat() if hasattr(todo, "due") else None,
                "status": todo.status.value,
                "is_completed": hasattr(todo, "completed"),
                "priority": int(todo.priority.value),
            }
            for todo in getattr(calendar, "vtodo_list", [])
        ]
    )
)
