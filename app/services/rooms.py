"""Holding a meeting: its room is opened, its items are taken one after the other, and it is closed."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.db import GuardedSession
from app.models import Room


def is_attributed(session: GuardedSession, meeting_id: uuid.UUID) -> bool:
    """Say whether what comes out of a meeting may name who spoke and who took part; a meeting without a room may.

    It is decided on the whole truth: who does not see the room is shown no name either.
    """
    with session.whole_truth("see whether a meeting's papers may name who took part") as truth:
        found = truth.execute(select(Room.is_attributed).where(Room.meeting_id == meeting_id)).scalar_one_or_none()
    return found is not False
