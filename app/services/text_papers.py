"""An agreed text as a paper: in one language, or several side by side, with all that travels with it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app import labels, words
from app.db import GuardedSession
from app.domain import markdown
from app.domain.agreement import CHAIRS, Endorsement, endorsement
from app.domain.documents import DOCX
from app.domain.errors import NotFound
from app.domain.markdown_writing import to_plain
from app.domain.name_orders import Names, filled
from app.domain.text_languages import Standing, subject_to
from app.models import AgreedText, Meeting, RegisteredDocument, Reservation
from app.papers.agenda import Worded
from app.papers.prose import Column, Head, Note, Piece, ProsePaper, Wording, prose_pdf
from app.papers.prose_docx import prose_docx
from app.papers.prose_markdown import prose_markdown
from app.services.agenda_paper import printed_on
from app.services.paper_forms import form_for
from app.services.signature_rows import signed_facts
from app.services.text_languages import names_for, standings_of
from app.services.texts import WholeParagraph, WholeText, find_text, whole_text

FORMS: Final = {"pdf": "application/pdf", "docx": DOCX, "md": "text/markdown; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class TextPaperOrder:
    """Which paper of a text is wanted: its languages, the first on the left; whose original it is, for the alternat."""

    languages: tuple[str, ...]
    original_of: str | None = None


@dataclass(frozen=True, slots=True)
class _Writing:
    """A text as it is being written out: the reader's language, each version's names, and the marks of statements."""

    whole: WholeText
    order: TextPaperOrder
    names: Mapping[str, Names]
    marks: Mapping[uuid.UUID, int]
    endorsed: Endorsement

    @property
    def language(self) -> str:
        """Return the language of the paper's own words."""
        return self.order.languages[0]


def text_paper(session: GuardedSession, reference: str, order: TextPaperOrder) -> ProsePaper:
    """Return a text as a paper, the same for everybody who may see it; raises `NotFound` for what cannot be asked for.

    Reservations and statements stand in it in every language; one that was never translated stands in its own.
    """
    text = find_text(session, reference)
    _check(order, text)
    whole = whole_text(session, text)
    names = {
        language: names_for(session, text, language, original_of=order.original_of) for language in order.languages
    }
    signed = signed_facts(session, text.id)
    endorsed = endorsement(text.parties, signed, text.content_hash, session.now)
    writing = _Writing(whole, order, names, _marks(whole), endorsed)
    document = _document_of(session, text)
    language, viewer = writing.language, session.bound_viewer
    return ProsePaper(
        language=language,
        title=_titled(text, language),
        over=_over(text, document, language),
        pieces=(*_paragraphs(writing), *_statements(writing)),
        page=labels.labels("agenda_paper", language)["page"],
        dated=session.now,
        markings=_markings(document, language),
        standing=tuple(_standing(session, writing)),
        column_heads=_column_heads(writing),
        closing=printed_on(session.now, viewer.time_zone, viewer.party, language),
        titles_beside=tuple(_titled(text, each) for each in order.languages[1:]),
    )


def text_taken(session: GuardedSession, reference: str, form: str, order: TextPaperOrder) -> tuple[str, bytes]:
    """Return the file name and the bytes of a text in a form of `FORMS`; raises `NotFound`, `Refusal`."""
    paper = text_paper(session, reference, order)
    name = f"{paper.reference.replace('/', '-')}-{'-'.join(order.languages)}.{form}"
    if form == "pdf":
        return name, prose_pdf(paper)
    if form == "docx":
        text = find_text(session, reference)
        kind = "minutes" if text.kind == "minutes" else "outcome"
        return name, prose_docx(paper, form_for(session, kind, text.audience_id))
    return name, prose_markdown(paper)


def _check(order: TextPaperOrder, text: AgreedText) -> None:
    known = set(order.languages) <= set(words.LANGUAGES) and len(set(order.languages)) == len(order.languages)
    if not order.languages or not known or order.original_of not in {None, *text.parties}:
        raise NotFound


def _document_of(session: GuardedSession, text: AgreedText) -> RegisteredDocument | None:
    query = select(RegisteredDocument).where(RegisteredDocument.id == text.document_id)
    return session.execute(query).scalar_one_or_none() if text.document_id else None


def _titled(text: AgreedText, language: str) -> Worded:
    found, spoken = words.pick(text.title, language)
    return Worded(found, spoken or language)


def _over(text: AgreedText, document: RegisteredDocument | None, language: str) -> tuple[str, ...]:
    """Return what stands over the title: its number or reference, its kind, how far it is, whose it is."""
    gettext = words.translations(language).gettext
    is_numbered = document is not None and document.symbol is not None
    return tuple(
        each
        for each in (
            document.symbol if document is not None and document.symbol else text.reference,
            text.reference if is_numbered else "",
            labels.label("text_kind", text.kind, language),
            gettext("rev. %(number)s") % {"number": text.revision} if text.revision else "",
            labels.label("text_state", text.state, language),
            words.list_of(
                [words.party_name(code, language) for code in words.party_order(text.parties, language)], language
            ),
        )
        if each
    )


def _markings(document: RegisteredDocument | None, language: str) -> tuple[Worded, ...]:
    step = document.handling_step if document is not None else "parties"
    marking = (Worded(document.marking, language),) if document is not None and document.marking else ()
    return (*marking, Worded(labels.label("handling_step", step, language), language))


def _column_heads(writing: _Writing) -> tuple[Worded, ...]:
    if len(writing.order.languages) < 2:
        return ()
    standings = {each.language: each for each in standings_of(writing.whole)}
    return tuple(
        Worded(f"{labels.label('language', each, writing.language)}, {_said(standings[each], writing.language)}", "")
        for each in writing.order.languages
    )


def _said(standing: Standing, language: str) -> str:
    state = labels.label("language_state", standing.state, language)
    original = words.translations(language).gettext("original")
    return f"{original}, {state}" if standing.is_original else state


# What it says of itself ---------------------------------------------------------------------------


def _standing(session: GuardedSession, writing: _Writing) -> list[str]:
    """Return, in so many words, how far the text is, who endorses it, and what is still open in it."""
    text, language = writing.whole.text, writing.language
    gettext = words.translations(language).gettext
    said = []
    if text.state == "adopted" and text.adopted_at is not None:
        said.append(_adopted(session, text, text.adopted_at, language))
    else:
        said.append(gettext("Interim text with a provisional title: it has no number until it is adopted."))
    if text.kind == CHAIRS:
        said.append(gettext("Issued by the chair, on the chair’s own responsibility."))
    if writing.endorsed.how != "none":
        said.append(endorsement_said(writing.endorsed, language))
    if writing.whole.open_count:
        said.append(
            words.translations(language).ngettext(
                "%(num)s bracket is open.", "%(num)s brackets are open.", writing.whole.open_count
            )
            % {"num": writing.whole.open_count}
        )
    missing = subject_to(standings_of(writing.whole))
    if missing and not text.needs_all_languages:
        named = words.list_of([labels.label("language", each, language) for each in missing], language)
        said.append(gettext("Subject to translation into: %(languages)s.") % {"languages": named})
    return said


def _adopted(session: GuardedSession, text: AgreedText, at: dt.datetime, language: str) -> str:
    """Say when the text was adopted, on the clock of its meeting, and how."""
    gettext = words.translations(language).gettext
    query = select(Meeting.time_zone).where(Meeting.id == text.meeting_id)
    zone = session.execute(query).scalar_one_or_none() if text.meeting_id else None
    moment = words.day_and_time(at, zone or "UTC", language)
    city = words.city_of(zone, language) if zone else "UTC"
    sentence = {
        "signatures": gettext("Adopted on %(moment)s, %(city)s time, by the signatures of its parties."),
        "silence": gettext("Adopted on %(moment)s, %(city)s time, by silence that no party broke."),
        "chair": gettext("Issued on %(moment)s, %(city)s time."),
    }[text.adopted_way or "signatures"]
    return sentence % {"moment": moment, "city": city}


def endorsement_said(endorsed: Endorsement, language: str) -> str:
    """Say plainly who endorses a text, and who has not: "Endorsed by 2 of 3: Canada and Mexico."."""
    gettext = words.translations(language).gettext
    sentence = gettext("Endorsed by %(count)s of %(all)s: %(parties)s.")
    return sentence % {
        "count": endorsed.count,
        "all": endorsed.of,
        "parties": _named(endorsed.endorsed_by, language),
    }


def _named(codes: Iterable[str], language: str) -> str:
    """Return the names of parties in a row, in the order of the language."""
    return words.list_of([words.party_name(code, language) for code in words.party_order(codes, language)], language)


# The text and its statements ----------------------------------------------------------------------


def _marks(whole: WholeText) -> dict[uuid.UUID, int]:
    """Return the number of each statement, in the order of the paragraphs, those on the whole text last."""
    places = {each.id: each.position for each in whole.paragraphs}
    last = len(whole.paragraphs) + 1
    ordered = sorted(
        whole.reservations, key=lambda row: places.get(row.paragraph_id, last) if row.paragraph_id else last
    )
    return {row.id: number for number, row in enumerate(ordered, start=1)}


def _paragraphs(writing: _Writing) -> list[Piece]:
    pieces: list[Piece] = []
    numbers = writing.whole.numbers
    for paragraph in writing.whole.paragraphs:
        if paragraph.kind == "heading":
            pieces.append(_heading(paragraph, writing))
            continue
        columns = tuple(_column(paragraph, language, writing) for language in writing.order.languages)
        pieces.append(Wording(columns, str(numbers[paragraph.id]), _left_out(paragraph, writing)))
    return pieces


def _heading(paragraph: WholeParagraph, writing: _Writing) -> Head:
    said = [_words(paragraph, language, writing) for language in writing.order.languages]
    first, *others = (Worded(" ".join(wording.split()), spoken) for wording, spoken in said)
    return Head(first.text, 1, first.language, beside=tuple(others))


def _column(paragraph: WholeParagraph, language: str, writing: _Writing) -> Column:
    wording, spoken = _words(paragraph, language, writing)
    rows = [row for row in writing.whole.reservations if row.paragraph_id == paragraph.id]
    marks = tuple(str(writing.marks[row.id]) for row in sorted(rows, key=lambda row: writing.marks[row.id]))
    lacks = words.translations(writing.language).gettext("not yet translated") if spoken != language else ""
    return Column(markdown.parse(wording, has_brackets=True), spoken, marks, lacks)


def _words(paragraph: WholeParagraph, language: str, writing: _Writing) -> tuple[str, str]:
    """Return what a paragraph says in a language and the language that it is in: the original where it lacks one."""
    own = paragraph.markdown(language)
    spoken = language if own.strip() else writing.whole.text.original_language
    names = writing.names.get(spoken) or writing.names[writing.language]
    return filled(own if own.strip() else paragraph.markdown(spoken), names), spoken


def _left_out(paragraph: WholeParagraph, writing: _Writing) -> tuple[str, ...]:
    """Return a line for the parties that do not endorse this paragraph."""
    parties = [party for party, ids in writing.endorsed.excepted if str(paragraph.id) in ids]
    if not parties:
        return ()
    sentence = words.translations(writing.language).gettext("Not endorsed by %(parties)s.")
    return (sentence % {"parties": _named(parties, writing.language)},)


def _statements(writing: _Writing) -> list[Piece]:
    """Return every reservation and statement, in each language of the paper."""
    rows = sorted(writing.whole.reservations, key=lambda row: writing.marks[row.id])
    if not rows:
        return []
    heading = words.translations(writing.language).gettext("Reservations and statements")
    return [
        Head(heading, 1),
        *(_statement(row, language, writing) for row in rows for language in writing.order.languages),
    ]


def _statement(row: Reservation, language: str, writing: _Writing) -> Note:
    said, spoken = words.pick(row.wording, language)
    kind = labels.label("reservation_kind", row.kind, language)
    party = words.party_name(row.party_code, language)
    plain = to_plain(markdown.parse(said))
    return Note(Worded(plain, spoken or language), str(writing.marks[row.id]), f"{party}, {kind}")


def languages_asked(asked: Sequence[str], fallback: str) -> tuple[str, ...]:
    """Return the languages that a reader asked for, each once and in order, or the one they read in.

    Raises `NotFound` for one that there is none of.
    """
    found = tuple(dict.fromkeys(each for each in asked if each)) or (fallback,)
    if not set(found) <= set(words.LANGUAGES):
        raise NotFound
    return found
