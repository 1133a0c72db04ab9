"""A document in each of its languages: asked for, received, worked on, cleared; a file that is replaced is kept."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.models import Document, LanguageVersion, RegisteredDocument
from app.models.documents import LANGUAGE_STATES
from app.services.document_acts import may_change, may_keep, version_in
from app.services.document_audiences import facts_of_document
from app.services.meeting_audience import keys_of, persons_in, without_persons
from app.services.registered_documents import LANGUAGES, SentFile, find_document, keep_file

WITHOUT_FILE: Final = ("not_needed", "requested")
# What is no longer sure of a translation once the text that it was made from is another.
_DONE: Final = ("draft", "cleared", "authentic")


@dataclass(frozen=True, slots=True)
class LanguageWords:
    """What is said of a version: how far it is, from which language it was made, and its file where one is sent."""

    state: str
    translated_from: str | None = None
    file: SentFile | None = None


def receive_language(
    session: GuardedSession, address: str, language: str, said: LanguageWords, *, version: int
) -> LanguageVersion:
    """Say how far a document is in a language, and take its file; `version` is 0 where there was none before.

    Anybody at the table brings a translation; the original is its owner's and the secretariat's. A new original puts
    its translations back into revision. Raises `NotFound`, `Refusal` `forbidden`, `unknown_language_state`,
    `language_has_no_file`, `language_has_file`, `unknown_language`, what a file raises; `StaleVersion`.
    """
    document = find_document(session, address, lock=True)
    if language not in LANGUAGES:
        raise NotFound
    facts = facts_of_document(session, document)
    is_original = language == document.original_language
    if document.kind == "text" or not (may_change if is_original else may_keep)(session, document, facts):
        raise Refusal("forbidden")
    row = version_in(session, document, language)
    if version != (row.version if row is not None else 0):
        raise StaleVersion({"state": said.state}, {"state": row.state if row is not None else ""})
    _check(said, language, has_file=row is not None and row.file_id is not None)
    if row is None:
        row = LanguageVersion(
            document_id=document.id, audience_id=document.audience_id, language=language, state=said.state,
            changed_by=session.bound_viewer.person_id, changed_at=session.now,
        )  # fmt: skip
        session.add(row)
    _write(session, document, row, said)
    return row


def _check(said: LanguageWords, language: str, *, has_file: bool) -> None:
    if said.state not in LANGUAGE_STATES:
        raise Refusal("unknown_language_state", field="state")
    if said.translated_from and (said.translated_from not in LANGUAGES or said.translated_from == language):
        raise Refusal("unknown_language", field="translated_from")
    if said.state in WITHOUT_FILE and (has_file or said.file is not None):
        raise Refusal("language_has_file", field="state")
    if said.state not in WITHOUT_FILE and not has_file and said.file is None:
        raise Refusal("language_has_no_file", field="file")


def _write(session: GuardedSession, document: RegisteredDocument, row: LanguageVersion, said: LanguageWords) -> None:
    was = row.file_id
    kept = (
        keep_file(session, document, said.file) if said.file is not None else None
    )  # its flush comes before the row's
    row.state, row.translated_from = said.state, said.translated_from or None
    row.changed_by, row.changed_at = session.bound_viewer.person_id, session.now
    act, digest = "language_state_changed", None
    if kept is not None:
        row.file_id, digest, act = kept.id, kept.digest, "language_received"
        document.state = "received"
        _put_by(session, was)
        if row.language == document.original_language:
            _revise_translations(session, document, row)
    document.changed_at = session.now
    session.record(
        act, "registered_document", document.id, document.audience_id, language=row.language, state=row.state,
        symbol=document.symbol, digest=digest, replaced=str(was) if was and kept else None,
    )  # fmt: skip


def _put_by(session: GuardedSession, file_id: uuid.UUID | None) -> None:
    """Keep a file that was replaced for those who keep the document; guests are shown the one that counts."""
    if file_id is None:
        return
    file = session.execute(select(Document).where(Document.id == file_id)).scalar_one()
    keys = keys_of(session, file.audience_id)
    if without_persons(keys) and persons_in(keys):
        file.audience_id = session.audience(without_persons(keys))


def _revise_translations(session: GuardedSession, document: RegisteredDocument, original: LanguageVersion) -> None:
    others = session.execute(
        select(LanguageVersion).where(
            LanguageVersion.document_id == document.id,
            LanguageVersion.id != original.id,
            LanguageVersion.file_id.is_not(None),
            LanguageVersion.state.in_(_DONE),
        )
    ).scalars()
    for row in others:
        row.state, row.changed_at = "in_revision", session.now
