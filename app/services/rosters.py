"""Who goes to a meeting for each delegation, as the viewer may see it, and what those who go replied."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.db import GuardedSession
from app.models import RosterEntry


def approved_entries(session: GuardedSession, meeting_id: uuid.UUID) -> tuple[RosterEntry, ...]:
    """Return those who go to a meeting, by party and by their order in it."""
    rows = session.execute(
        select(RosterEntry)
        .where(RosterEntry.meeting_id == meeting_id, RosterEntry.state == "approved")
        .order_by(RosterEntry.party_code, RosterEntry.position, RosterEntry.name, RosterEntry.id)
    ).scalars()
    return tuple(rows)


def note_reply(session: GuardedSession, entry: RosterEntry, reply: str | None) -> None:
    """Write what somebody on a roster replied to their invitation: accepted, tentative, declined, or None anew.

    Whoever wrote the reply is checked by the caller; the entry was read on this session.
    """
    if entry.reply == reply:
        return
    entry.reply = reply
    entry.replied_at = session.now if reply else None
