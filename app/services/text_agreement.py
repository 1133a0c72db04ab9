"""What follows from a change of a text: its content hash is another, and what was signed is signed no more."""

from __future__ import annotations

from app.db import GuardedSession
from app.models import AgreedText
from app.services.texts import whole_text


def text_changed(session: GuardedSession, text: AgreedText) -> None:
    """Take note that a wording, the title or the order of a text has changed."""
    session.flush()
    text.content_hash = whole_text(session, text).hash_in(text.original_language)
    text.changed_at = session.now
