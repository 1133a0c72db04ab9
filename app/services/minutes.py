"""The draft minutes: what was captured in the room, item by item, as a text that the parties then agree."""

from __future__ import annotations

from app.db import GuardedSession
from app.models import AgreedText, Meeting


def draft_minutes(session: GuardedSession, meeting: Meeting) -> AgreedText:
    """Make the draft minutes of what was captured of the items of all the meeting's parties."""
    raise NotImplementedError
