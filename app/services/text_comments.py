"""Comments on a text that all of its parties read; what is for one delegation alone is an inner note."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app import words
from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal
from app.domain.plaintext import paragraphs
from app.domain.visibility import Action, can
from app.models import AgreedText, Person, TextComment, TextParagraph
from app.services.texts import facts_of_text, find_text

WORDS_LIMIT = 4_000


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A comment with its author's name (to those who may know it), and whether the viewer may take it back."""

    comment: TextComment
    author: str | None
    may_remove: bool


def comments_on(session: GuardedSession, text: AgreedText) -> tuple[CommentLine, ...]:
    """Return the comments on a text that were not taken back, the oldest first; one statement."""
    rows = session.execute(
        select(TextComment, Person.name)
        .outerjoin(Person, Person.id == TextComment.person_id)
        .where(TextComment.text_id == text.id, TextComment.removed.is_(False))
        .order_by(TextComment.written_at, TextComment.id)
    ).all()
    return tuple(CommentLine(row, name, row.person_id == session.bound_viewer.person_id) for row, name in rows)


def write_comment(
    session: GuardedSession, reference: str, said: str, language: str, paragraph_id: uuid.UUID | None = None
) -> TextComment:
    """Comment on a text, or on a paragraph of it that stands, for all of its parties.

    Raises `NotFound`; `Refusal` `forbidden`, `unknown_language`, and what texts raise.
    """
    text = _commented(session, reference)
    if language not in words.LANGUAGES:
        raise Refusal("unknown_language", field="language")
    if paragraph_id is not None:
        check_paragraph(session, text, paragraph_id)
    row = TextComment(
        id=uuid.uuid4(), text_id=text.id, paragraph_id=paragraph_id, party_code=session.bound_viewer.party,
        words=paragraphs(said, "words", WORDS_LIMIT, required=True), language=language,
        person_id=session.bound_viewer.person_id, written_at=session.now, audience_id=text.audience_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.record("text_commented", "text", text.id, text.audience_id, reference=text.reference)
    return row


def settle_comment(
    session: GuardedSession, reference: str, comment_id: uuid.UUID, *, is_settled: bool = True
) -> TextComment:
    """Say that a comment is dealt with, or that it is open again; of two who say the same, the second changes nothing.

    Raises `NotFound`, `Refusal("forbidden")`.
    """
    text = _commented(session, reference)
    row = _comment(session, text, comment_id)
    if is_settled == (row.settled_at is not None):
        return row
    row.settled_at = session.now if is_settled else None
    session.record(
        "text_comment_settled", "text", text.id, text.audience_id, reference=text.reference, is_settled=is_settled
    )
    return row


def remove_comment(session: GuardedSession, reference: str, comment_id: uuid.UUID) -> TextComment:
    """Take back a comment of one's own; it is kept. Raises `NotFound`, `Refusal("forbidden")`."""
    text = _commented(session, reference)
    row = _comment(session, text, comment_id)
    if row.person_id != session.bound_viewer.person_id:
        raise Refusal("forbidden")
    row.removed = True
    session.record("text_comment_removed", "text", text.id, text.audience_id, reference=text.reference)
    return row


def check_paragraph(session: GuardedSession, text: AgreedText, paragraph_id: uuid.UUID) -> None:
    """Raise `NotFound` for what is no paragraph of a text that stands."""
    query = select(TextParagraph.id).where(
        TextParagraph.id == paragraph_id, TextParagraph.text_id == text.id, TextParagraph.removed.is_(False)
    )
    if session.execute(query).scalar_one_or_none() is None:
        raise NotFound


def _commented(session: GuardedSession, reference: str) -> AgreedText:
    """Return a text that the viewer may comment on, whatever its state."""
    text = find_text(session, reference)
    if not can(session.bound_viewer, Action.EDIT_TEXT, facts_of_text(session, text)):
        raise Refusal("forbidden")
    return text


def _comment(session: GuardedSession, text: AgreedText, comment_id: uuid.UUID) -> TextComment:
    found = session.execute(
        select(TextComment)
        .where(TextComment.id == comment_id, TextComment.text_id == text.id, TextComment.removed.is_(False))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found
