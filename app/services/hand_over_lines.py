"""The checklist of a hand-over: each line can be added, rewritten, moved, ticked, taken off and put back."""

from __future__ import annotations

import uuid

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import one_line
from app.models import HandOver, HandOverItem
from app.services.hand_overs import LINES_LIMIT, Way, kept


def add_line(session: GuardedSession, hand_over_id: uuid.UUID, text: str) -> HandOverItem:
    """Add a line at the end. Raises as `kept` does, and `Refusal` `required`, `too_many_lines`."""
    row = kept(session, hand_over_id)
    said = one_line(text, "text", required=True)
    if len(row.items) >= LINES_LIMIT:
        raise Refusal("too_many_lines", field="text", limit=LINES_LIMIT)
    last = max((item.position for item in row.items), default=0)
    line = HandOverItem(id=uuid.uuid4(), hand_over_id=row.id, position=last + 1, text=said, audience_id=row.audience_id)
    session.add(line)
    _record(session, "hand_over_line_added", row, line)
    return line


def save_line(
    session: GuardedSession, hand_over_id: uuid.UUID, item_id: uuid.UUID, text: str, *, version: int
) -> HandOverItem:
    """Rewrite a line. Raises as `kept` does, `StaleVersion` with both texts, and `Refusal` `required`."""
    row, line = _held(session, hand_over_id, item_id)
    said = one_line(text, "text", required=True)
    _check_version(line, version, said)
    if said != line.text:
        line.text = said
        _record(session, "hand_over_line_changed", row, line)
    return line


def tick_line(
    session: GuardedSession, hand_over_id: uuid.UUID, item_id: uuid.UUID, *, is_done: bool, version: int
) -> HandOverItem:
    """Tick a line as done, or take the tick back. Raises as `kept` does, and `StaleVersion`."""
    row, line = _held(session, hand_over_id, item_id)
    _check_version(line, version, line.text)
    if is_done == (line.done_at is not None):
        return line
    viewer = session.bound_viewer
    line.done_at = session.now if is_done else None
    line.done_by = viewer.person_id if is_done else None
    line.done_by_party = viewer.party if is_done else None
    _record(session, "hand_over_line_ticked" if is_done else "hand_over_line_opened", row, line)
    return line


def remove_line(
    session: GuardedSession, hand_over_id: uuid.UUID, item_id: uuid.UUID, *, is_removed: bool, version: int
) -> HandOverItem:
    """Take a line off the list, where it is kept, or put it back. Raises as `kept` does, and `StaleVersion`."""
    row, line = _held(session, hand_over_id, item_id)
    _check_version(line, version, line.text)
    if line.removed != is_removed:
        line.removed = is_removed
        _record(session, "hand_over_line_removed" if is_removed else "hand_over_line_restored", row, line)
    return line


def move_line(
    session: GuardedSession, hand_over_id: uuid.UUID, item_id: uuid.UUID, way: Way, *, version: int
) -> HandOverItem:
    """Move a line one place; at the end of the list it stays. Raises as `kept` does, and `StaleVersion`."""
    row, line = _held(session, hand_over_id, item_id)
    _check_version(line, version, line.text)
    lines = [item for item in row.items if not item.removed]
    if line not in lines:
        raise Refusal("not_in_state")
    place = lines.index(line) + (-1 if way == "up" else 1)
    if not 0 <= place < len(lines):
        return line
    other = lines[place]
    here, there = line.position, other.position
    line.position = -here
    session.flush()  # one place is never held by two lines, not even for a moment
    other.position = here
    session.flush()
    line.position = there
    _record(session, "hand_over_line_moved", row, line)
    return line


def _held(session: GuardedSession, hand_over_id: uuid.UUID, item_id: uuid.UUID) -> tuple[HandOver, HandOverItem]:
    row = kept(session, hand_over_id)
    line = next((item for item in row.items if item.id == item_id), None)
    if line is None:
        raise NotFound
    return row, line


def _check_version(line: HandOverItem, version: int, said: str) -> None:
    if line.version != version:
        raise StaleVersion({"text": said}, {"text": line.text})


def _record(session: GuardedSession, act: str, row: HandOver, line: HandOverItem) -> None:
    session.record(act, "hand_over", row.id, row.audience_id, position=line.position)
