"""What is written about a meeting never takes the audience of the meeting's own row: a guest may be in that one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVICES = Path(__file__).resolve().parents[2] / "app" / "services"
# Where it is right: a meeting that is new has no guest yet, and its sittings are seen by whoever sees it.
ALLOWED = {
    ("meeting_times.py", "Sitting"),
    ("past_meetings.py", "record"),
    ("proposing.py", "record"),
}


def uses(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the callee of each call that is given a meeting's own audience to write to."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            given = [*node.args, *(word.value for word in node.keywords)]
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            is_read = name in {"keys_of", "keys_behind", "_keys_of", "get"}
            if not is_read and any(_is_own_audience(each) for each in given):
                yield node.lineno, name


def _is_own_audience(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "audience_id"
        and isinstance(node.value, ast.Name)
        and "meeting" in node.value.id
    )


@pytest.mark.parametrize("path", sorted(SERVICES.glob("*.py")), ids=lambda path: path.name)
def test_the_rows_of_a_meeting_take_their_audience_from_where_guests_are_left_out(path: Path) -> None:
    """Use `rows_audience` or `agenda_audience` of `app.services.meeting_audience`."""
    found = [(line, name) for line, name in uses(path.read_text("utf-8")) if (path.name, name) not in ALLOWED]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'session.record("meeting_held", "meeting", meeting.id, meeting.audience_id)',
        "AgendaItem(meeting_id=meeting.id, audience_id=meeting.audience_id)",
        "keep_paper(session, content=content, audience_id=the_meeting.audience_id)",
    ],
)
def test_the_ban_bites(source: str) -> None:
    assert list(uses(source)) != []
