"""A text as its page shows it: paragraphs in two languages with their notes, reservations numbered, brackets."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from markupsafe import Markup

from app import words
from app.domain import brackets
from app.domain.name_orders import filled
from app.i18n import reader_language
from app.models import AgreedText, Reservation
from app.services.inner_notes import InnerNoteLine
from app.services.text_comments import CommentLine
from app.services.text_languages import names_for
from app.services.texts import WholeParagraph, WholeText
from app.web.routing import session, viewer
from app.web.wording import marked_html, wording_html


@dataclass(frozen=True, slots=True)
class Footnote:
    """A reservation or a statement under a text: its number, whose it is, and its words in the reader's language.

    `language` is None where they are in the language of the page.
    """

    number: int
    row: Reservation
    words: Markup
    language: str | None
    paragraph: int | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class ParagraphView:
    """A paragraph as it is shown; `second` is what it says in the other language, None where nothing."""

    whole: WholeParagraph
    first: Markup | None
    second: Markup | None
    open_count: int
    footnotes: tuple[Footnote, ...]
    comment_count: int
    note_count: int


@dataclass(frozen=True, slots=True)
class AlternativeLine:
    """An alternative of a bracket: its place from 0, whose it is, and its words."""

    place: int
    parties: tuple[str, ...]
    words: Markup | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class BracketLine:
    """A bracket of a paragraph by its number from 1."""

    number: int
    alternatives: tuple[AlternativeLine, ...]
    is_own: bool


def shown_language(whole: WholeText) -> str:
    """Return the language in which a text is read first: the one asked for, else the original."""
    asked = request.args.get("language", "")
    return asked if asked in words.LANGUAGES else whole.text.original_language


def second_language(whole: WholeText, first: str) -> str | None:
    """Return the language that stands beside it: the one asked for, else the reader's own where it has words in it."""
    asked = request.args.get("second")
    if asked is not None:
        return asked if asked in words.LANGUAGES and asked != first else None
    own = reader_language()
    has_words = any(each.markdown(own) for each in whole.paragraphs)
    return own if own != first and has_words else None


def footnotes_of(whole: WholeText, language: str) -> tuple[Footnote, ...]:
    """Return what parties append, numbered in the order of the paragraphs, that on the whole text last."""
    places = {each.id: each.position for each in whole.paragraphs}
    rows = sorted(whole.reservations, key=lambda row: _place_of(row, places))
    own = viewer().party
    found = []
    for number, row in enumerate(rows, start=1):
        said, written_in = reserved_words(row.wording, language)
        paragraph = whole.numbers.get(row.paragraph_id) if row.paragraph_id else None
        found.append(Footnote(number, row, marked_html(said, 4), written_in, paragraph, row.party_code == own))
    return tuple(found)


def _place_of(row: Reservation, places: Mapping[uuid.UUID, int]) -> tuple[int, str]:
    return (places.get(row.paragraph_id, len(places) + 1) if row.paragraph_id else len(places) + 1, str(row.made_at))


def reserved_words(wording: Mapping[str, str], language: str) -> tuple[str, str | None]:
    """Return what was appended in a language, else in the one it was written in, and which that is."""
    original = wording.get("original", "en")
    written_in = language if wording.get(language) else original
    return wording.get(written_in, ""), written_in if written_in != reader_language() else None


def paragraph_views(
    whole: WholeText,
    first: str,
    second: str | None,
    footnotes: Sequence[Footnote],
    comments: Sequence[CommentLine],
    notes: Sequence[InnerNoteLine],
) -> list[ParagraphView]:
    """Return the paragraphs of a text as they are shown, with what hangs on each."""
    says = {code: names_in(whole.text, code) for code in (first, second) if code is not None}
    commented = [each.comment.paragraph_id for each in comments if each.comment.settled_at is None]
    noted = [each.note.paragraph_id for each in notes]
    return [
        ParagraphView(
            each,
            _shown(each, first, says[first]),
            _shown(each, second, says[second]) if second else None,
            brackets.open_count(brackets.parse(each.markdown(whole.text.original_language), "text")),
            tuple(note for note in footnotes if note.row.paragraph_id == each.id),
            commented.count(each.id),
            noted.count(each.id),
        )
        for each in whole.paragraphs
    ]


def names_in(text: AgreedText, language: str) -> Callable[[str], str]:
    """Return what puts the names of the parties in their places, in the order of this version."""
    names = names_for(session(), text, language)
    return lambda markdown: filled(markdown, names)


def _shown(paragraph: WholeParagraph, language: str, says: Callable[[str], str]) -> Markup | None:
    markdown = paragraph.markdown(language)
    return wording_html(says(markdown), is_inline=paragraph.kind == "heading") if markdown else None


def bracket_lines(markdown: str) -> list[BracketLine]:
    """Return the brackets of a wording, with what the viewer's party wants."""
    own = viewer().party
    return [
        BracketLine(number, tuple(_alternative(place, each, own) for place, each in enumerate(bracket.alternatives)),
                    own in bracket.parties)
        for number, bracket in enumerate(brackets.brackets_of(brackets.parse(markdown, "markdown")), start=1)
    ]  # fmt: skip


def _alternative(place: int, each: brackets.Alternative, own: str | None) -> AlternativeLine:
    said = wording_html(each.words, is_inline=True) if each.words else None
    return AlternativeLine(place, each.parties, said, own in each.parties)


def when(at: dt.datetime) -> str:
    """Return an instant as the viewer's own day and time, with the city whose they are."""
    city = words.city_of(viewer().time_zone, reader_language(), viewer().party)
    return f"{words.day_and_time(at, viewer().time_zone, reader_language())} {city}"
