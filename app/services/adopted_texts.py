"""What comes after an adoption: corrigenda and revisions as texts of their own, and what the next meeting is told."""

from __future__ import annotations

from typing import Final, Literal

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from app import words
from app.db import GuardedSession
from app.domain.errors import Refusal
from app.domain.visibility import Action, can
from app.models import AgreedText, Mechanism, Meeting, RegisteredDocument
from app.services.text_agreement import text_changed
from app.services.text_making import Heading, TextOrder, add_wording, make_text
from app.services.texts import WholeText, facts_of_text, find_text, whole_text

Amendment = Literal["corrects", "replaces"]
AMENDMENTS: Final[tuple[Amendment, ...]] = ("corrects", "replaces")


def begin_amendment(session: GuardedSession, reference: str, how: str) -> AgreedText:
    """Begin a corrigendum (`corrects`) or a revision (`replaces`) of an adopted text, with its words in all languages.

    It is a text of its own, agreed like any other; the adopted one stays what it is. Raises `NotFound`; `Refusal`
    `forbidden`, `not_adopted_yet`, `required` on `how`, and what making a text raises.
    """
    text = find_text(session, reference, lock=True)
    if not can(session.bound_viewer, Action.EDIT_TEXT, facts_of_text(session, text)):
        raise Refusal("forbidden")
    if text.state != "adopted":
        raise Refusal("not_adopted_yet")
    if how not in AMENDMENTS:
        raise Refusal("required", field="how")
    whole = whole_text(session, text)
    made = make_text(session, _order(session, whole))
    made.needs_all_languages, made.name_order = True, text.name_order
    if how == "corrects":
        made.corrects_id = text.id
    else:
        made.replaces_id = text.id
    _copy_translations(session, whole, made)
    text_changed(session, made)
    session.record(
        "text_amended", "text", text.id, text.audience_id, reference=text.reference, by=made.reference, how=how
    )
    return made


def _order(session: GuardedSession, whole: WholeText) -> TextOrder:
    text = whole.text
    said = (
        Heading(each.markdown(text.original_language), each.item_id)
        if each.kind == "heading"
        else each.markdown(text.original_language)
        for each in whole.paragraphs
    )
    return TextOrder(
        kind=text.kind,
        title=text.title,
        original_language=text.original_language,
        parties=frozenset(text.parties),
        meeting=session.get(Meeting, text.meeting_id) if text.meeting_id else None,
        mechanism=session.get(Mechanism, text.mechanism_id) if text.mechanism_id and not text.meeting_id else None,
        paragraphs=tuple(said),
        chair_party=text.chair_party,
    )


def _copy_translations(session: GuardedSession, whole: WholeText, made: AgreedText) -> None:
    """Copy what the paragraphs say in the other languages; each is of the original that was copied with it."""
    copies = whole_text(session, made).paragraphs
    for paragraph, copy in zip(whole.paragraphs, copies, strict=True):
        for language in words.LANGUAGES:
            if language != made.original_language and paragraph.markdown(language):
                add_wording(session, made, copy.row, language, paragraph.markdown(language)).of_version = 1
    session.flush()


def adopted_since(session: GuardedSession, meeting: Meeting) -> tuple[tuple[AgreedText, str | None], ...]:
    """Return the texts of a meeting's mechanism that were adopted since the one before it, with their symbols.

    The meeting before is one that the viewer may see. One statement; none for a meeting of no mechanism.
    """
    if meeting.mechanism_id is None:
        return ()
    before = aliased(Meeting)
    last = (
        select(func.max(before.starts_at))
        .where(
            before.mechanism_id == meeting.mechanism_id,
            before.starts_at < meeting.starts_at,
            before.id != meeting.id,
            before.state.in_(("confirmed", "held", "closed")),
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(AgreedText, RegisteredDocument.symbol)
        .outerjoin(RegisteredDocument, RegisteredDocument.id == AgreedText.document_id)
        .where(
            AgreedText.state == "adopted",
            AgreedText.mechanism_id == meeting.mechanism_id,
            and_(
                AgreedText.adopted_at <= meeting.starts_at,
                or_(last.is_(None), AgreedText.adopted_at > last),
            ),
            or_(AgreedText.meeting_id.is_(None), AgreedText.meeting_id != meeting.id),
        )
        .order_by(AgreedText.adopted_at, AgreedText.id)
    )
    return tuple((text, symbol) for text, symbol in rows)
