"""Editing a text that is open: wordings, paragraphs, their order, its title; each on what the editor saw.

Every edit holds the text's row, so that two of them come one after the other, and says what it was made from: the
loser of a race is shown both.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Literal

from sqlalchemy import select

from app import words
from app.db import GuardedSession, digest_of
from app.domain import agenda as order_rules
from app.domain import brackets
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.markdown import cleaned_wording
from app.domain.visibility import Action, can
from app.models import AgreedText, ParagraphWording, TextLanguage, TextParagraph
from app.services.agreement_post import tell_of_text
from app.services.text_agreement import text_changed
from app.services.text_languages import wording_written
from app.services.text_making import PARAGRAPHS_LIMIT, Heading, add_row, add_wording, checked_title
from app.services.texts import WholeText, facts_of_text, find_text, whole_text

WORDING_LIMIT = 20_000


def open_text(session: GuardedSession, reference: str, action: Action = Action.EDIT_TEXT) -> AgreedText:
    """Return a text that is held for an edit.

    Raises `NotFound`; `Refusal` `forbidden`, `text_under_silence`, `text_adopted`, `text_withdrawn`.
    """
    text = find_text(session, reference, lock=True)
    if not can(session.bound_viewer, action, facts_of_text(session, text)):
        raise Refusal("forbidden")
    refuse_unless_open(text)
    return text


def open_text_in(session: GuardedSession, reference: str, language: str) -> AgreedText:
    """Return a text that is held for an edit in one language.

    What was adopted subject to translation is translated still, until that language is cleared. Raises what
    `open_text` raises.
    """
    text = find_text(session, reference, lock=True)
    check_open_in(session, text, language)
    return text


def check_open_in(session: GuardedSession, text: AgreedText, language: str) -> None:
    """Raise what `open_text_in` raises where the viewer cannot edit a text in a language as it stands."""
    is_original = language == text.original_language
    action = Action.EDIT_TEXT if is_original else Action.TRANSLATE_TEXT
    if not can(session.bound_viewer, action, facts_of_text(session, text)):
        raise Refusal("forbidden")
    if is_original or not _is_translated_still(session, text, language):
        refuse_unless_open(text)


def _is_translated_still(session: GuardedSession, text: AgreedText, language: str) -> bool:
    """Say whether an adopted text lacks this language."""
    if text.state != "adopted":
        return False
    query = select(TextLanguage.state).where(TextLanguage.text_id == text.id, TextLanguage.language == language)
    return session.execute(query).scalar_one_or_none() not in {"cleared", "authentic", "not_needed"}


def refuse_unless_open(text: AgreedText) -> None:
    """Refuse to change what is under silence, adopted or withdrawn."""
    if text.state != "draft":
        raise Refusal(f"text_{text.state}")


def order_of(whole: WholeText) -> str:
    """Return the digest of the order of a text's paragraphs, by which a move says what it saw."""
    return digest_of(",".join(str(each.id) for each in whole.paragraphs))


def withdraw_text(session: GuardedSession, reference: str) -> AgreedText:
    """Put a draft aside, for who speaks for a party to it or serves it; it is kept and can be taken up again.

    Raises what `open_text` raises.
    """
    text = open_text(session, reference, Action.ADOPT_TEXT)
    text.state, text.changed_at = "withdrawn", session.now
    session.record("text_withdrawn", "text", text.id, text.audience_id, reference=text.reference)
    tell_of_text(session, "text_withdrawn", text)
    return text


def take_up_text(session: GuardedSession, reference: str) -> AgreedText:
    """Make a draft again of a text that was put aside; what was signed of it stands as it stood.

    Raises `NotFound`, `Refusal` `forbidden`, `not_in_state`.
    """
    text = find_text(session, reference, lock=True)
    if not can(session.bound_viewer, Action.ADOPT_TEXT, facts_of_text(session, text)):
        raise Refusal("forbidden")
    if text.state != "withdrawn":
        raise Refusal("not_in_state", state=text.state, verb="take_up")
    text.state, text.changed_at = "draft", session.now
    session.record("text_taken_up", "text", text.id, text.audience_id, reference=text.reference)
    tell_of_text(session, "text_taken_up", text)
    return text


# Wordings -----------------------------------------------------------------------------------------


def save_wording(
    session: GuardedSession, text: AgreedText, paragraph_id: uuid.UUID, language: str, markdown: str, *, version: int
) -> ParagraphWording:
    """Keep what a paragraph says in a language; `version` is that of the wording that was edited, 0 where none was.

    A translation is of the original as it stands. The text is one of `open_text`. Raises `NotFound`; `Refusal`
    `unknown_language` and what wordings raise; `StaleVersion` with the `markdown` of both.
    """
    if language not in words.LANGUAGES:
        raise Refusal("unknown_language", field="language")
    paragraph = _paragraph(session, text, paragraph_id)
    rows = _wordings(session, paragraph)
    row, was = rows.get(language), 0
    if row is not None:
        was = row.version
    if version != was:
        raise StaleVersion({"markdown": markdown}, {"markdown": row.markdown if row else ""})
    said = cleaned_wording(markdown, "markdown", text.parties, WORDING_LIMIT, required=True)
    original = rows.get(text.original_language)
    is_same = row is not None and row.markdown == said
    before = row.markdown if row else ""
    if row is None:
        row = add_wording(session, text, paragraph, language, said)
    row.of_version = original.version if original is not None and language != text.original_language else None
    if is_same:
        return row
    if language == text.original_language:
        _count_opened(paragraph, before, said)
    row.markdown, row.changed_by, row.changed_at = said, session.bound_viewer.person_id, session.now
    row.changed_party = session.bound_viewer.party
    wording_written(session, text, language, has_words=True)
    _changed(session, text, "text_wording_changed", paragraph=paragraph.position, language=language)
    return row


def settle_bracket(
    session: GuardedSession,
    text: AgreedText,
    paragraph_id: uuid.UUID,
    language: str,
    number: int,
    choice: int | None,
    *,
    version: int,
) -> ParagraphWording:
    """Put an alternative (from 0; None: no words) in the place of a bracket (from 1).

    Raises what `save_wording` raises; `Refusal` `bracket_gone`, `empty_paragraph` where nothing would be left.
    """
    row = _seen_wording(session, text, paragraph_id, language, version)
    settled = brackets.printed(brackets.resolve(brackets.parse(row.markdown, "bracket"), number, choice))
    if not settled.strip():
        raise Refusal("empty_paragraph", field="bracket")
    return save_wording(session, text, paragraph_id, language, settled, version=version)


def support_alternative(
    session: GuardedSession,
    text: AgreedText,
    paragraph_id: uuid.UUID,
    language: str,
    number: int,
    choice: int,
    *,
    version: int,
) -> ParagraphWording:
    """Put the viewer's party behind an alternative (from 0) of a bracket (from 1), and behind no other of it.

    Raises what `settle_bracket` raises, `Refusal("forbidden")` for who is of no party to the text.
    """
    party = session.bound_viewer.party
    if party is None or party not in text.parties:
        raise Refusal("forbidden")
    row = _seen_wording(session, text, paragraph_id, language, version)
    parts = brackets.parse(row.markdown, "bracket")
    found = brackets.brackets_of(parts)
    if not 1 <= number <= len(found):
        raise Refusal("bracket_gone", field="bracket")
    new = brackets.supported(found[number - 1], party, choice)
    said = brackets.printed(brackets.replaced(parts, number, new, "bracket"))
    return save_wording(session, text, paragraph_id, language, said, version=version)


def _seen_wording(
    session: GuardedSession, text: AgreedText, paragraph_id: uuid.UUID, language: str, version: int
) -> ParagraphWording:
    """Return a wording as its editor saw it; raises `NotFound`, `StaleVersion`."""
    row = _wordings(session, _paragraph(session, text, paragraph_id)).get(language)
    if row is None:
        raise NotFound
    if row.version != version:
        raise StaleVersion({"markdown": ""}, {"markdown": row.markdown})
    return row


def _count_opened(paragraph: TextParagraph, before: str, said: str) -> None:
    """Count the brackets that were opened by a change of the original."""
    known = brackets.brackets_of(brackets.parse(before, "markdown"))
    now = brackets.brackets_of(brackets.parse(said, "markdown"))
    paragraph.opened_brackets += max(0, len(now) - len(known))


# Paragraphs ---------------------------------------------------------------------------------------


def add_paragraph(
    session: GuardedSession, text: AgreedText, said: str | Heading, *, after: uuid.UUID | None
) -> TextParagraph:
    """Put a paragraph or a heading behind another, or at the beginning; raises `NotFound`, `Refusal`."""
    standing = _standing(session, text)
    if len(standing) >= PARAGRAPHS_LIMIT:
        raise Refusal("too_many_paragraphs", field="markdown", limit=PARAGRAPHS_LIMIT)
    before = None if after is None else _paragraph(session, text, after)
    place = 0 if before is None else standing.index(before) + 1
    item_id = said.item_id if isinstance(said, Heading) else (before.item_id if before else None)
    row = add_row(session, text, place + 1, said, item_id)
    standing.insert(place, row)
    _number(standing)
    _changed(session, text, "text_paragraph_added", paragraph=row.position)
    return row


def move_paragraph(
    session: GuardedSession, text: AgreedText, paragraph_id: uuid.UUID, direction: Literal["up", "down"], *, order: str
) -> TextParagraph:
    """Move a paragraph a place up or down; `order` is the digest of the order that its mover saw.

    Raises `NotFound`, and `StaleVersion` where the order is another by now.
    """
    row, standing = _paragraph(session, text, paragraph_id), _standing(session, text)
    if order != digest_of(",".join(str(each.id) for each in standing)):
        raise StaleVersion({"direction": direction}, {"order": [str(each.position) for each in standing]})
    was, by_id = row.position, {each.id: each for each in standing}
    _number([by_id[each] for each in order_rules.move([each.id for each in standing], row.id, direction)])
    if row.position != was:
        _changed(session, text, "text_paragraph_moved", paragraph=row.position, was=was)
    return row


def remove_paragraph(
    session: GuardedSession, text: AgreedText, paragraph_id: uuid.UUID, *, version: int
) -> TextParagraph:
    """Take a paragraph away; it is kept and can be put back. `version` is that of its wording in the original.

    Raises `NotFound`, `StaleVersion`, `Refusal("paragraph_reserved_on")` while a reservation stands on it.
    """
    row = _paragraph(session, text, paragraph_id)
    wording = _wordings(session, row).get(text.original_language)
    if wording is not None and wording.version != version:
        raise StaleVersion({"markdown": ""}, {"markdown": wording.markdown})
    if any(each.paragraph_id == row.id for each in whole_text(session, text).reservations):
        raise Refusal("paragraph_reserved_on")
    was, row.removed = row.position, True
    _number(_standing(session, text))
    _changed(session, text, "text_paragraph_removed", paragraph=was)
    return row


def restore_paragraph(session: GuardedSession, text: AgreedText, paragraph_id: uuid.UUID) -> TextParagraph:
    """Put a paragraph back about where it stood; raises `NotFound`, `Refusal("too_many_paragraphs")`."""
    row = _paragraph(session, text, paragraph_id, is_removed=True)
    standing = _standing(session, text)
    if len(standing) >= PARAGRAPHS_LIMIT:
        raise Refusal("too_many_paragraphs", field="markdown", limit=PARAGRAPHS_LIMIT)
    row.removed = False
    standing.insert(min(max(row.position, 1) - 1, len(standing)), row)
    _number(standing)
    _changed(session, text, "text_paragraph_restored", paragraph=row.position)
    return row


def retitle_text(session: GuardedSession, text: AgreedText, title: Mapping[str, str], *, version: int) -> AgreedText:
    """Give a text another title; a language that was cleared under the old one is in revision again.

    Raises `StaleVersion`, `Refusal` `needs_title` and what lines raise.
    """
    if text.version != version:
        raise StaleVersion({"title": dict(title)}, {"title": dict(text.title)})
    cleaned = checked_title(title)
    if text.original_language not in cleaned:
        raise Refusal("needs_title", field=f"title_{text.original_language}")
    if cleaned != text.title:
        changed = [language for language in words.LANGUAGES if cleaned.get(language) != text.title.get(language)]
        text.title = cleaned
        for language in changed:  # a title is a part of its version, which is not cleared with another
            wording_written(session, text, language, has_words=False)
        _changed(session, text, "text_retitled")
    return text


def _changed(session: GuardedSession, text: AgreedText, act: str, **facts: object) -> None:
    """Take note of an edit: in the record, and for what was signed."""
    text_changed(session, text)
    session.record(act, "text", text.id, text.audience_id, reference=text.reference, **facts)


def _standing(session: GuardedSession, text: AgreedText) -> list[TextParagraph]:
    """Return the paragraphs that stand, in their order."""
    query = select(TextParagraph).where(TextParagraph.text_id == text.id, TextParagraph.removed.is_(False))
    return list(session.execute(query.order_by(TextParagraph.position, TextParagraph.id)).scalars())


def _number(standing: Sequence[TextParagraph]) -> None:
    for position, row in enumerate(standing, start=1):
        row.position = position


def _paragraph(
    session: GuardedSession, text: AgreedText, paragraph_id: uuid.UUID, *, is_removed: bool = False
) -> TextParagraph:
    """Return a paragraph of a text that stands (or was removed), read anew; raises `NotFound`."""
    found = session.execute(
        select(TextParagraph)
        .where(TextParagraph.id == paragraph_id, TextParagraph.text_id == text.id)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None or found.removed is not is_removed:
        raise NotFound
    return found


def _wordings(session: GuardedSession, paragraph: TextParagraph) -> dict[str, ParagraphWording]:
    """Return the wordings of a paragraph by language, read anew."""
    found = session.execute(
        select(ParagraphWording)
        .where(ParagraphWording.paragraph_id == paragraph.id)
        .execution_options(populate_existing=True)
    ).scalars()
    return {row.language: row for row in found}
