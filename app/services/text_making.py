"""Beginning a text: of a meeting or of a mechanism, among some parties, with its first paragraphs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from app import words
from app.db import GuardedSession
from app.domain.brackets import open_count, parse
from app.domain.errors import Refusal
from app.domain.markdown import cleaned_wording
from app.domain.markings import check_heading
from app.domain.plaintext import one_line
from app.domain.references import action_scope, meeting_scope, text_counter, text_reference_in
from app.domain.visibility import Action, Facts, appointments_in, can
from app.models import AgreedText, Mechanism, Meeting, ParagraphWording, TextLanguage, TextParagraph
from app.models.texts import OUTCOME_KINDS
from app.services.meeting_audience import audience_of, rows_audience, without_persons
from app.services.meeting_state import chosen_rows
from app.services.references import next_number
from app.services.text_agreement import text_changed

PARAGRAPHS_LIMIT = 400
TITLE_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading among the first paragraphs; `item_id` is the item of the agenda that begins here."""

    words: str
    item_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class TextOrder:
    """A text that is to be made; `title` by language, `parties` None for all of the meeting's (the mechanism's).

    `paragraphs` are Markdown in the original language; those after a heading of an item are of that item.
    """

    kind: str
    title: Mapping[str, str]
    original_language: str
    parties: frozenset[str] | None = None
    meeting: Meeting | None = None
    mechanism: Mechanism | None = None
    paragraphs: tuple[str | Heading, ...] = ()
    chair_party: str | None = None


def make_text(session: GuardedSession, order: TextOrder) -> AgreedText:
    """Begin a text, seen by its parties and the secretariats that exactly they made; it has no revision yet.

    Raises `Refusal`: `forbidden`, `text_of_nothing`, `unknown_kind`, `unknown_language`, `unknown_party`,
    `needs_title`, `too_many_paragraphs` (`limit`), and what texts and wordings raise.
    """
    text = _new(session, order)
    session.add(text)
    session.flush()
    item_id: uuid.UUID | None = None
    for position, said in enumerate(order.paragraphs, start=1):
        item_id = said.item_id if isinstance(said, Heading) else item_id
        add_row(session, text, position, said, item_id)
    for language in words.LANGUAGES:
        state = "draft" if language == order.original_language else "requested"
        session.add(
            TextLanguage(
                id=uuid.uuid4(), text_id=text.id, language=language, state=state, audience_id=text.audience_id,
                changed_by=session.bound_viewer.person_id, changed_at=session.now,
            )
        )  # fmt: skip
    session.flush()
    text_changed(session, text)
    session.record("text_begun", "text", text.id, text.audience_id, reference=text.reference, kind=text.kind)
    return text


def add_row(
    session: GuardedSession, text: AgreedText, position: int, said: str | Heading, item_id: uuid.UUID | None = None
) -> TextParagraph:
    """Put a paragraph or a heading into a text at a position, in its original language; raises what wordings raise."""
    is_heading = isinstance(said, Heading)
    written = said.words if isinstance(said, Heading) else said
    row = TextParagraph(
        id=uuid.uuid4(), text_id=text.id, position=position, kind="heading" if is_heading else "paragraph",
        item_id=item_id, audience_id=text.audience_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    markdown = cleaned_wording(written, "markdown", text.parties, required=True)
    row.opened_brackets = open_count(parse(markdown, "markdown"))
    add_wording(session, text, row, text.original_language, markdown)
    return row


def add_wording(
    session: GuardedSession, text: AgreedText, paragraph: TextParagraph, language: str, markdown: str
) -> ParagraphWording:
    """Put the first wording of a paragraph in a language into a text; `markdown` is cleaned."""
    wording = ParagraphWording(
        id=uuid.uuid4(), paragraph_id=paragraph.id, text_id=text.id, language=language, markdown=markdown,
        changed_by=session.bound_viewer.person_id, changed_party=session.bound_viewer.party, changed_at=session.now,
        audience_id=text.audience_id,
    )  # fmt: skip
    session.add(wording)
    return wording


def may_begin_text(session: GuardedSession, parties: frozenset[str], keys: frozenset[str]) -> bool:
    """Say whether the viewer may begin a text of these parties, whose audience has these keys."""
    facts = Facts(parties=parties, appointments=appointments_in(keys))
    return can(session.bound_viewer, Action.EDIT_TEXT, facts)


def _new(session: GuardedSession, order: TextOrder) -> AgreedText:
    """Return the row of a text that is to be made, checked."""
    mechanism = order.mechanism
    if order.meeting is not None:
        mechanism = session.get(Mechanism, order.meeting.mechanism_id) if order.meeting.mechanism_id else None
    chosen = _parties(order, mechanism)
    meeting_id = order.meeting.id if order.meeting is not None else None
    keys = without_persons(audience_of(session, mechanism.id if mechanism else None, chosen, meeting_id).keys)
    if not may_begin_text(session, chosen, keys):
        raise Refusal("forbidden")
    _check(order)
    is_all = order.meeting is not None and chosen == _parties_of(order.meeting)
    audience = rows_audience(session, order.meeting) if is_all and order.meeting else session.audience(keys)
    return AgreedText(
        id=uuid.uuid4(), reference=_reference(session, order, mechanism, chosen), meeting_id=meeting_id,
        mechanism_id=mechanism.id if mechanism else None, kind=order.kind, title=checked_title(order.title),
        original_language=order.original_language, parties=sorted(chosen), state="draft", revision=0, content_hash="",
        chair_party=order.chair_party, proposed_by=session.bound_viewer.party,
        created_by=session.bound_viewer.person_id, created_at=session.now, changed_at=session.now,
        audience_id=audience,
    )  # fmt: skip


def _check(order: TextOrder) -> None:
    """Refuse what no text can be."""
    if order.kind not in OUTCOME_KINDS:
        raise Refusal("unknown_kind", field="kind", kind=order.kind)
    if order.original_language not in words.LANGUAGES:
        raise Refusal("unknown_language", field="original_language")
    if len(order.paragraphs) > PARAGRAPHS_LIMIT:
        raise Refusal("too_many_paragraphs", field="markdown", limit=PARAGRAPHS_LIMIT)


def checked_title(title: Mapping[str, str]) -> dict[str, str]:
    """Return a title by language, cleaned; raises `Refusal` `needs_title`, what lines raise, and a classified mark.

    It is the title of the document that the text becomes once it is adopted, so it is held to the same from the start.
    """
    cleaned = {code: one_line(title.get(code), f"title_{code}", TITLE_LIMIT) for code in words.LANGUAGES}
    kept = {code: said for code, said in cleaned.items() if said}
    if not kept:
        raise Refusal("needs_title", field="title_en")
    for code, said in kept.items():
        check_heading(said, field=f"title_{code}")
    return kept


def _parties_of(meeting: Meeting) -> frozenset[str]:
    return frozenset(row.party_code for row in chosen_rows(meeting))


def _parties(order: TextOrder, mechanism: Mechanism | None) -> frozenset[str]:
    """Return the parties whose text it will be."""
    if order.meeting is not None:
        table = _parties_of(order.meeting)
    elif mechanism is not None:
        table = frozenset(mechanism.parties)
    else:
        raise Refusal("text_of_nothing", field="meeting")
    chosen = table if order.parties is None else order.parties
    if not chosen or not chosen <= table:
        raise Refusal("unknown_party", field="parties")
    return chosen


def _reference(session: GuardedSession, order: TextOrder, mechanism: Mechanism | None, chosen: frozenset[str]) -> str:
    """Return a reference that is now this text's for ever."""
    table = mechanism.parties if mechanism is not None else chosen
    if order.meeting is not None:
        scope = action_scope(order.meeting.reference, table, chosen)
    else:
        scope = meeting_scope(mechanism.prefix if mechanism is not None else None, table, chosen, session.now.year)
    return text_reference_in(scope, next_number(session, text_counter(scope)))
