"""Reading agreed texts: one by its reference, the whole of it, and those of a meeting."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select

from app.db import GuardedSession
from app.domain.brackets import open_count, parse
from app.domain.errors import NotFound
from app.domain.references import known_text_reference
from app.domain.text_hash import Said, content_hash
from app.domain.visibility import Facts, appointment_key
from app.models import (
    AgreedText,
    AudienceMember,
    Mechanism,
    Meeting,
    ParagraphWording,
    Reservation,
    TextLanguage,
    TextParagraph,
)
from app.services.paging import PAGE_SIZE, pages_of

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class WholeParagraph:
    """A paragraph that stands, with its wording in each language that has one.

    `number` is what people call it by: headings are not counted, and have none.
    """

    id: uuid.UUID
    position: int
    number: int | None
    kind: str
    item_id: uuid.UUID | None
    opened_brackets: int
    wordings: Mapping[str, ParagraphWording]
    row: TextParagraph

    def markdown(self, language: str) -> str:
        """Return what it says in a language; nothing where it has no wording in it."""
        wording = self.wordings.get(language)
        return wording.markdown if wording else ""


@dataclass(frozen=True, slots=True)
class WholeText:
    """A text with its paragraphs in their order, its reservations that stand, and how far it is in each language.

    `removed` are the paragraphs that were taken away, the last of them first; `opened_count` counts every bracket that
    was ever opened.
    """

    text: AgreedText
    paragraphs: tuple[WholeParagraph, ...]
    reservations: tuple[Reservation, ...]
    languages: Mapping[str, TextLanguage]
    removed: tuple[WholeParagraph, ...] = ()

    @property
    def numbers(self) -> dict[uuid.UUID, int]:
        """Return the number of each paragraph that has one."""
        return {each.id: each.number for each in self.paragraphs if each.number is not None}

    @property
    def opened_count(self) -> int:
        """Return how many brackets were ever opened."""
        return sum(each.opened_brackets for each in (*self.paragraphs, *self.removed))

    @property
    def open_count(self) -> int:
        """Return how many brackets are open in the original language."""
        original = self.text.original_language
        return sum(open_count(parse(each.markdown(original), "text")) for each in self.paragraphs)

    def hash_in(self, language: str) -> str:
        """Return the content hash of the text as it stands in a language."""
        title = self.text.title.get(language, "")
        said = (Said(each.id, each.kind, each.markdown(language)) for each in self.paragraphs)
        return content_hash(self.text.kind, language, title, said)


@dataclass(frozen=True, slots=True)
class TextLine:
    """A text as a list shows it; those of one meeting come without its mechanism."""

    text: AgreedText
    meeting_reference: str | None
    mechanism: Mechanism | None


@dataclass(frozen=True, slots=True)
class TextFilters:
    """What texts are narrowed to; None is no filter. `mechanism` is a code, `meeting` a reference."""

    mechanism: str | None = None
    meeting: str | None = None
    kind: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class TextPage:
    """A page (from 1) of texts, those that changed last first."""

    lines: tuple[TextLine, ...]
    total: int
    page: int
    page_count: int


def find_text(session: GuardedSession, reference: str, *, lock: bool = False) -> AgreedText:
    """Return the text of that reference; small letters are allowed. `lock` holds its row and reads it anew.

    Raises `NotFound`, the same whether there is none or the viewer may not see it.
    """
    known = known_text_reference(reference)
    if known is None:
        raise NotFound
    query = select(AgreedText).where(AgreedText.reference == known)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def facts_of_text(session: GuardedSession, text: AgreedText) -> Facts:
    """Return what the table of permissions needs to know of a text.

    Its appointments are those of the viewer's that see it: others decide nothing here.
    """
    seeing = _appointments_seeing(session, text.audience_id)
    return Facts(parties=frozenset(text.parties), owner=text.proposed_by, appointments=seeing)


def _appointments_seeing(session: GuardedSession, audience_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return the appointments of the viewer that are in an audience; audiences never change, so it is asked once."""
    keys = {appointment_key(hat.appointment_id): hat.appointment_id for hat in session.bound_viewer.hats}
    if not keys:
        return frozenset()
    known: dict[uuid.UUID, frozenset[uuid.UUID]] = session.info.setdefault("appointments seeing", {})
    if audience_id not in known:
        found = session.execute(
            select(AudienceMember.key).where(
                AudienceMember.audience_id == audience_id, AudienceMember.key.in_(sorted(keys))
            )
        ).scalars()
        known[audience_id] = frozenset(keys[key] for key in found)
    return known[audience_id]


def whole_text(session: GuardedSession, text: AgreedText) -> WholeText:
    """Return all of a text as it stands, in four statements."""
    fresh = {"populate_existing": True}
    rows = session.execute(
        select(TextParagraph)
        .where(TextParagraph.text_id == text.id)
        .order_by(TextParagraph.position, TextParagraph.id)
        .execution_options(**fresh)
    ).scalars()
    found = session.execute(
        select(ParagraphWording).where(ParagraphWording.text_id == text.id).execution_options(**fresh)
    ).scalars()
    wordings: dict[uuid.UUID, dict[str, ParagraphWording]] = defaultdict(dict)
    for wording in found:
        wordings[wording.paragraph_id][wording.language] = wording
    reservations = session.execute(
        select(Reservation)
        .where(Reservation.text_id == text.id, Reservation.withdrawn_at.is_(None))
        .order_by(Reservation.made_at, Reservation.id)
        .execution_options(**fresh)
    ).scalars()
    languages = session.execute(
        select(TextLanguage).where(TextLanguage.text_id == text.id).execution_options(**fresh)
    ).scalars()
    kept = list(rows)
    counted = numbers_of((row.id, row.kind) for row in kept if not row.removed)
    paragraphs = [_whole_paragraph(row, counted.get(row.id), wordings[row.id]) for row in kept]
    return WholeText(
        text,
        tuple(each for each in paragraphs if not each.row.removed),
        tuple(reservations),
        {each.language: each for each in languages},
        tuple(each for each in reversed(paragraphs) if each.row.removed),
    )


def numbers_of(kinds: Iterable[tuple[Key, str]]) -> dict[Key, int]:
    """Return the numbers of a text's paragraphs, from their ids and kinds in their order."""
    counted = (key for key, kind in kinds if kind != "heading")
    return {key: number for number, key in enumerate(counted, start=1)}


def _whole_paragraph(
    row: TextParagraph, number: int | None, wordings: Mapping[str, ParagraphWording]
) -> WholeParagraph:
    return WholeParagraph(row.id, row.position, number, row.kind, row.item_id, row.opened_brackets, wordings, row)


def texts_of(session: GuardedSession, meeting: Meeting) -> tuple[TextLine, ...]:
    """Return the texts of a meeting that the viewer may see, in the order in which they were begun; one statement."""
    found = session.execute(
        select(AgreedText).where(AgreedText.meeting_id == meeting.id).order_by(AgreedText.created_at, AgreedText.id)
    ).scalars()
    return tuple(TextLine(text, meeting.reference, None) for text in found)


def text_lines(session: GuardedSession, asked: TextFilters, page: int = 1) -> TextPage:
    """Return a page of the texts that the viewer may see; raises `NotFound` beyond the last."""
    query = (
        select(AgreedText, Meeting.reference, Mechanism)
        .outerjoin(Meeting, Meeting.id == AgreedText.meeting_id)
        .outerjoin(Mechanism, Mechanism.id == AgreedText.mechanism_id)
    )
    for column, value in (
        (Mechanism.code, asked.mechanism),
        (Meeting.reference, asked.meeting),
        (AgreedText.kind, asked.kind),
        (AgreedText.state, asked.state),
    ):
        query = query.where(column == value) if value else query
    total = session.execute(query.with_only_columns(func.count(AgreedText.id))).scalar_one()
    rows = session.execute(
        query.order_by(AgreedText.changed_at.desc(), AgreedText.reference)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    lines = tuple(TextLine(text, reference, mechanism) for text, reference, mechanism in rows)
    return TextPage(lines, total, page, pages_of(total, page))


def place_of_text(session: GuardedSession, text: AgreedText) -> TextLine:
    """Return a text with the meeting and the mechanism that it is of; one statement."""
    row = session.execute(
        select(Meeting.reference, Mechanism)
        .select_from(AgreedText)
        .outerjoin(Meeting, Meeting.id == AgreedText.meeting_id)
        .outerjoin(Mechanism, Mechanism.id == AgreedText.mechanism_id)
        .where(AgreedText.id == text.id)
    ).one()
    return TextLine(text, row[0], row[1])
