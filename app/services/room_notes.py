"""Capturing what a meeting concluded and decided, item by item, live or afterwards.

What is typed reaches the server late, twice, or from two people at once: an entry has the id that its page gave it,
what is sent again changes nothing, and who loses a race is shown both texts.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from sqlalchemy import func, select

from app.db import GuardedSession, digest_of
from app.domain import room as rules
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.room import EntryWords
from app.domain.visibility import Action, can
from app.models import AgendaItem, Meeting, MinuteEntry, Room
from app.services.agenda import item_behind
from app.services.meetings import find_meeting
from app.services.rooms import audience_of_item, facts_of_item, find_room, raise_beat

FIELDS: Final = ("kind", "words", "language", "speaker_party", "speaker", "owed_by", "due_on")
MAX_ENTRIES: Final = 2000


def stored_id(session: GuardedSession, meeting: Meeting, sent_id: uuid.UUID) -> uuid.UUID:
    """Return the id under which an entry is kept that a page of the viewer's sent under one of its own.

    It is made of both and of the meeting, so that what others once sent under the same id says nothing.
    """
    return uuid.uuid5(session.bound_viewer.person_id, f"{meeting.id.hex}{sent_id.hex}")


def capture(
    session: GuardedSession, reference: str, sent_id: uuid.UUID, item_id: uuid.UUID | None, said: EntryWords
) -> MinuteEntry:
    """Write down something that was said or decided on an item, or on none; sent again it is there once.

    One that its writer sent again in other words, before anybody else changed it, reads as it was sent last. Raises
    `NotFound`, `StaleVersion`, `Refusal` `forbidden`, `no_room`, `too_many_notes`, and what `checked_entry` raises.
    """
    meeting, item, room = _to_note(session, reference, item_id)
    entry_id = stored_id(session, meeting, sent_id)
    found = session.execute(select(MinuteEntry).where(MinuteEntry.id == entry_id)).scalar_one_or_none()
    checked = _checked(session, meeting, item, room, said)
    if found is not None:
        return _written_over(session, meeting, room, found, checked, is_current=found.version == 1)
    entry = MinuteEntry(
        id=entry_id, meeting_id=meeting.id, item_id=item.id if item else None, removed=False,
        position=_next_place(session, meeting, item), person_id=session.bound_viewer.person_id,
        written_at=session.now, changed_at=session.now, audience_id=audience_of_item(session, meeting, item),
        **_columns(checked),
    )  # fmt: skip
    session.add(entry)
    _tell(session, meeting, room, entry, "entry_captured")
    return entry


def change_entry(
    session: GuardedSession, reference: str, entry_id: uuid.UUID, said: EntryWords, *, version: int
) -> MinuteEntry:
    """Change what was captured; `version` is that of the entry that was edited. One that was removed is back.

    Raises what `capture` raises.
    """
    meeting, item, room, entry = _found(session, reference, entry_id)
    checked = _checked(session, meeting, item, room, said)
    return _written_over(session, meeting, room, entry, checked, is_current=entry.version == version)


def remove_entry(session: GuardedSession, reference: str, entry_id: uuid.UUID) -> MinuteEntry:
    """Take something off the notes; it is kept, and can be put back. Raises as `change_entry` does."""
    return _set_removed(session, reference, entry_id, removed=True)


def restore_entry(session: GuardedSession, reference: str, entry_id: uuid.UUID) -> MinuteEntry:
    """Put back what was taken off the notes. Raises as `change_entry` does."""
    return _set_removed(session, reference, entry_id, removed=False)


def entry_of(
    session: GuardedSession, reference: str, entry_id: uuid.UUID, *, lock: bool = False
) -> tuple[Meeting, MinuteEntry]:
    """Return a captured entry of a meeting, for who may take its notes; `lock` holds it and its room for a change.

    Raises `NotFound`, `Refusal("forbidden")`.
    """
    meeting, _, _, entry = _found(session, reference, entry_id, lock=lock)
    return meeting, entry


def words_of(entry: MinuteEntry) -> EntryWords:
    """Return what an entry says."""
    return EntryWords(
        entry.kind, entry.words, entry.language, entry.speaker_party, entry.speaker, tuple(entry.owed_by), entry.due_on
    )


def _side(said: EntryWords, entry: MinuteEntry | None = None) -> dict[str, object]:
    """Return what an entry says by the names of its fields; of the one that stands also what a next edit sends."""
    side: dict[str, object] = {name: getattr(said, name) for name in FIELDS}
    return side | ({"id": str(entry.id), "version": entry.version, "removed": entry.removed} if entry else {})


def _to_note(
    session: GuardedSession, reference: str, item_id: uuid.UUID | None, *, lock: bool = True
) -> tuple[Meeting, AgendaItem | None, Room]:
    meeting = find_meeting(session, reference)
    item = item_behind(session, item_id)
    if item_id is not None and (item is None or item.meeting_id != meeting.id):
        raise NotFound
    if not can(session.bound_viewer, Action.TAKE_NOTES, facts_of_item(session, meeting, item)):
        raise Refusal("forbidden")
    room = find_room(session, meeting.id, lock=lock)  # so that nothing is captured beside a change of attribution
    if room is None:
        raise Refusal("no_room")
    return meeting, item, room


def _found(
    session: GuardedSession, reference: str, entry_id: uuid.UUID, *, lock: bool = True
) -> tuple[Meeting, AgendaItem | None, Room, MinuteEntry]:
    query = select(MinuteEntry).where(MinuteEntry.id == entry_id)
    first = session.execute(query).scalar_one_or_none()
    if first is None:
        raise NotFound
    meeting, item, room = _to_note(session, reference, first.item_id, lock=lock)
    if first.meeting_id != meeting.id:
        raise NotFound
    if lock:
        first = session.execute(query.with_for_update().execution_options(populate_existing=True)).scalar_one()
    return meeting, item, room, first


def _checked(
    session: GuardedSession, meeting: Meeting, item: AgendaItem | None, room: Room, said: EntryWords
) -> EntryWords:
    parties = facts_of_item(session, meeting, item).parties
    return rules.checked_entry(said, parties, is_attributed=room.is_attributed)


def _columns(said: EntryWords) -> dict[str, Any]:
    return {name: list(said.owed_by) if name == "owed_by" else getattr(said, name) for name in FIELDS}


def _written_over(
    session: GuardedSession, meeting: Meeting, room: Room, entry: MinuteEntry, said: EntryWords, *, is_current: bool
) -> MinuteEntry:
    """Write an entry anew, unless it says this already; who edited another version of it is shown both."""
    if words_of(entry) == said and not entry.removed:
        return entry
    if not is_current:
        raise StaleVersion(_side(said), _side(words_of(entry), entry))
    for name, value in _columns(said).items():
        setattr(entry, name, value)
    entry.removed, entry.changed_at = False, session.now
    _tell(session, meeting, room, entry, "entry_changed")
    return entry


def _set_removed(session: GuardedSession, reference: str, entry_id: uuid.UUID, *, removed: bool) -> MinuteEntry:
    meeting, _, room, entry = _found(session, reference, entry_id)
    if entry.removed != removed:
        entry.removed, entry.changed_at = removed, session.now
        _tell(session, meeting, room, entry, "entry_removed" if removed else "entry_restored")
    return entry


def _next_place(session: GuardedSession, meeting: Meeting, item: AgendaItem | None) -> int:
    of_item = MinuteEntry.item_id == item.id if item else MinuteEntry.item_id.is_(None)
    last = session.execute(
        select(func.max(MinuteEntry.position)).where(MinuteEntry.meeting_id == meeting.id, of_item)
    ).scalar_one()
    if (last or 0) >= MAX_ENTRIES:
        raise Refusal("too_many_notes", limit=MAX_ENTRIES)
    return (last or 0) + 1


def _tell(session: GuardedSession, meeting: Meeting, room: Room, entry: MinuteEntry, act: str) -> None:
    """Write the change, tell those who follow the room where all of them see it, and record it without its words."""
    session.flush()
    if entry.audience_id == room.audience_id:
        raise_beat(session, room)
    session.record(
        act, "room", meeting.id, entry.audience_id, entry=str(entry.id), kind=entry.kind, digest=digest_of(entry.words)
    )
