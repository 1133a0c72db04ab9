"""Embargoes: until the instant of its release guests read nothing of a document; the parties read that it is coming.

It is decided each time that it is read, from the recorded instant: nothing is moved when it comes.
"""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, or_, select, true

from app.db import GuardedSession
from app.domain.visibility import Role
from app.models import LanguageVersion, RegisteredDocument


def out_now(session: GuardedSession) -> ColumnElement[bool]:
    """Return the condition that a document is not held back from the viewer: guests read none before its instant."""
    if session.viewer is None or session.viewer.role is not Role.GUEST:
        return true()
    return or_(RegisteredDocument.release_at.is_(None), RegisteredDocument.release_at <= session.now)


def is_embargoed(session: GuardedSession, document: RegisteredDocument) -> bool:
    """Say whether the instant of a document's release is still to come."""
    return document.release_at is not None and document.release_at > session.now


def held_back_files(session: GuardedSession) -> frozenset[uuid.UUID]:
    """Return the files that a guest may not read yet, whichever of their rows they see; none for anybody else."""
    if session.viewer is None or session.viewer.role is not Role.GUEST:
        return frozenset()
    with session.whole_truth("hold back what is under embargo") as truth:
        found = truth.execute(
            select(LanguageVersion.file_id)
            .join(RegisteredDocument, RegisteredDocument.id == LanguageVersion.document_id)
            .where(LanguageVersion.file_id.is_not(None), RegisteredDocument.release_at > session.now)
        ).scalars()
        return frozenset(each for each in found if each is not None)
