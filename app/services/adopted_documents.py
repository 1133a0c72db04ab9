"""The number of an adopted text: a document of its own in the register, or one that amends that of another text."""

from __future__ import annotations

import uuid

from app.db import GuardedSession
from app.models import AgreedText, Mechanism, Meeting, RegisteredDocument
from app.services.registered_documents import DocumentOrder, register_document
from app.services.text_languages import standings_of
from app.services.texts import whole_text


def register_adopted(session: GuardedSession, text: AgreedText, by: uuid.UUID) -> RegisteredDocument:
    """Register an adopted text, which gives it its symbol: of its own, or `/Corr.n`, `/Rev.n` of another's.

    Its symbol is counted among the documents that exactly its parties see. `by` stands in the register.
    """
    meeting = session.get(Meeting, text.meeting_id) if text.meeting_id else None
    mechanism = session.get(Mechanism, text.mechanism_id) if text.mechanism_id else None
    languages = {each.language: each.state for each in standings_of(whole_text(session, text))}
    amends, amendment = _amended(session, text)
    return register_document(
        session,
        DocumentOrder(
            title=text.title,
            original_language=text.original_language,
            meeting=meeting,
            mechanism=mechanism,
            parties=text.parties,
            kind="text",
            languages=languages,
            amends=amends,
            amendment=amendment,
            is_received=True,
            by=by,
        ),
    )


def _amended(session: GuardedSession, text: AgreedText) -> tuple[RegisteredDocument | None, str]:
    other_id = text.corrects_id or text.replaces_id
    other = session.get(AgreedText, other_id) if other_id else None
    document = session.get(RegisteredDocument, other.document_id) if other and other.document_id else None
    return document, "Corr" if text.corrects_id else "Rev"
