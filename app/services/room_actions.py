"""Action items out of what was captured in the room, recorded by the service that records any other."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import Refusal
from app.domain.visibility import parties_in
from app.models import Action, Meeting, MinuteEntry
from app.services.action_acts import NewAction, PartyPart, record_action
from app.services.agenda import item_behind
from app.services.meeting_audience import keys_of
from app.services.room_notes import entry_of
from app.services.rooms import facts_of_item, find_room, raise_beat


def parties_of_entry(session: GuardedSession, meeting: Meeting, entry: MinuteEntry) -> frozenset[str]:
    """Return the parties that an action captured there can be of: of the item's, or the meeting's, who see it."""
    parties = facts_of_item(session, meeting, item_behind(session, entry.item_id)).parties
    return parties & parties_in(keys_of(session, entry.audience_id))


def record_entry_action(
    session: GuardedSession,
    reference: str,
    entry_id: uuid.UUID,
    *,
    title: str,
    owed_by: Collection[str],
    due_on: dt.date | None,
) -> Action:
    """Record a captured action item as an action; one that was recorded already is returned.

    The parties that had the item see it. Raises `NotFound`, `Refusal` `forbidden`, `no_room`, `no_action_captured`,
    and what `record_action` raises.
    """
    meeting, entry = entry_of(session, reference, entry_id, lock=True)
    if entry.kind != "action" or entry.removed:
        raise Refusal("no_action_captured")
    if entry.action_id is not None:
        return session.execute(select(Action).where(Action.id == entry.action_id)).scalar_one()
    parties = sorted(parties_of_entry(session, meeting, entry))
    parts = tuple(
        PartyPart(code, "owes", due_on=due_on) if code in owed_by else PartyPart(code, "sees") for code in parties
    )
    item = item_behind(session, entry.item_id)
    on_agenda = item is not None and not item.removed
    new = NewAction({entry.language: title}, parts, entry.language, agenda_item_id=entry.item_id if on_agenda else None)
    action = record_action(session, new, meeting.reference)
    entry.action_id, entry.changed_at = action.id, session.now
    session.flush()
    room = find_room(session, meeting.id)
    if room is not None and room.audience_id == entry.audience_id:
        raise_beat(session, room)
    return action
