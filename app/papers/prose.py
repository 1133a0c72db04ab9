"""A paper that is read through: headings, wordings in one language or side by side, notes under them, tables.

Agendas with annotations, minutes, agreed texts and briefing books are all made of this, and written as a tagged PDF
here, as a text document in `prose_docx` and as Markdown in `prose_markdown`: whatever stands in one stands in each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.markdown_tree import (
    Block,
    Disputed,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    List,
    Paragraph,
    Table,
    Text,
    Tree,
)
from app.papers.agenda import Worded
from app.papers.rendering import date_parts, render_pdf, shown
from app.papers.report import Cell, Grid

# Beyond this a book is two books: its pages cannot be found in any more.
MAX_BOOK_CHARACTERS = 4_000_000
# What of national markings has room at the foot of a page.
FOOT_CHARACTERS = 320


@dataclass(frozen=True)
class Head:
    """A heading of level 1 (a part), 2 or 3; `step` says who may read what follows, where that is not all of them.

    `beside` is the same heading in the other languages of a paper side by side, in their order.
    """

    text: str
    level: int = 1
    language: str = ""
    step: str = ""
    opens_page: bool = False
    beside: tuple[Worded, ...] = ()


@dataclass(frozen=True)
class Column:
    """A wording in one language, and the marks of the notes that stand on it.

    `small` is said under it: that it is not in the language of its column.
    """

    tree: Tree
    language: str
    marks: tuple[str, ...] = ()
    small: str = ""


@dataclass(frozen=True)
class Wording:
    """A paragraph: its number, one wording or several side by side, and small lines of what is said about it.

    `lead` stands over it and says what it is.
    """

    columns: tuple[Column, ...]
    number: str = ""
    small: tuple[str, ...] = ()
    lead: str = ""


@dataclass(frozen=True)
class Note:
    """A line of its own in small letters; with a mark and a party, a reservation or footnote of the text above."""

    words: Worded
    mark: str = ""
    lead: str = ""


Piece = Head | Wording | Note | Grid


@dataclass(frozen=True)
class ProsePaper:
    """A paper in its reader's language, put into words by the caller.

    `over` says where it sits and how far it is, `markings` are national ones word for word and then the handling
    step: both stand at its head, the markings at the foot of every page too. `column_heads` name the languages where
    wordings stand side by side. `page` is like `Page {page} of {pages}`, `contents` the heading of a list of its parts
    (none: no list), `base_url` stands before the paths of cells. `called` is what stands at the foot of its pages and
    in what the file says of itself, where that is more than its reference. `scale` makes its letters smaller, never
    below 7 points; `is_dense` takes away margins and the room between lines, `is_wide` lays its pages on their side.
    `titles_beside` are the title in the other languages.
    """

    language: str
    title: Worded
    over: tuple[str, ...]
    pieces: tuple[Piece, ...]
    page: str
    dated: datetime
    markings: tuple[Worded, ...] = ()
    standing: tuple[str, ...] = ()
    column_heads: tuple[Worded, ...] = ()
    contents: str = ""
    closing: str = ""
    base_url: str = ""
    called: str = ""
    scale: float = 1.0
    is_dense: bool = False
    is_wide: bool = False
    titles_beside: tuple[Worded, ...] = ()

    @property
    def reference(self) -> str:
        """Return by what reference the paper is known."""
        return self.over[0] if self.over else self.title.text

    @property
    def colon(self) -> str:
        """Return a colon as the paper's language sets it."""
        return "\u00a0:" if self.language == "fr" else ":"

    @property
    def foot(self) -> tuple[Worded, ...]:
        """Return the markings that stand at the foot of each page: the handling step always, and what has room.

        A foot of many lines would leave no page: where national markings are many, it says how many more there are.
        """
        step, national = self.markings[-1:], self.markings[:-1]
        room, shown_here = FOOT_CHARACTERS, []
        for each in national:
            room -= len(each.text)
            if room < 0:
                break
            shown_here.append(each)
        more = len(national) - len(shown_here)
        return (*shown_here, *((Worded(f"+ {more}", self.language),) if more else ()), *step)


def prose_pdf(paper: ProsePaper) -> bytes:
    """Return the paper as a tagged PDF (PDF/UA-1, Letter), the same bytes for the same paper.

    Raises `Refusal("paper_too_long")` (`limit`, in characters).
    """
    return render_pdf("prose.typ", prose_data(paper), paper.dated, limit=MAX_BOOK_CHARACTERS)


def prose_data(paper: ProsePaper) -> dict[str, object]:
    """Return what the template is given."""
    language = paper.language
    return {
        "language": language,
        "title": _worded(paper.title, language),
        "over": [shown(each, language) for each in paper.over],
        "standing": [shown(each, language) for each in paper.standing],
        "markings": [_worded(each, language) for each in paper.markings],
        "foot": [_worded(each, language) for each in paper.foot],
        "column_heads": [_worded(each, language) for each in paper.column_heads],
        "pieces": [_piece(piece, paper) for piece in paper.pieces],
        "page": paper.page,
        "colon": paper.colon,
        "scale": paper.scale,
        "is_dense": paper.is_dense,
        "is_wide": paper.is_wide,
        "titles_beside": [_worded(each, language) for each in paper.titles_beside],
        "contents": paper.contents,
        "closing": shown(paper.closing, language),
        "reference": shown(paper.called or paper.reference, language),
        "document": {**date_parts(paper.dated), "title": f"{paper.title.text} ({paper.called or paper.reference})"},
    }


def _worded(said: Worded, language: str) -> object:
    return shown({"text": said.text, "language": said.language or language}, language)


def _piece(piece: Piece, paper: ProsePaper) -> dict[str, object]:
    match piece:
        case Head():
            return {
                "is": "head",
                "level": piece.level,
                "words": _worded(Worded(piece.text, piece.language), paper.language),
                "beside": [_worded(each, paper.language) for each in piece.beside],
                "step": piece.step,
                "opens_page": piece.opens_page,
            }
        case Wording():
            columns = [_column(each, paper) for each in piece.columns]
            small = [shown(each, paper.language) for each in piece.small]
            told = {"number": piece.number, "lead": shown(piece.lead, paper.language)}
            return {"is": "wording", "columns": columns, "small": small, **told}
        case Note():
            return {
                "is": "note",
                "mark": piece.mark,
                "lead": piece.lead,
                "words": _worded(piece.words, paper.language),
            }
        case Grid():
            rows = [[_cell(cell, paper) for cell in row] for row in piece.rows]
            heads = [shown(each, paper.language) for each in piece.columns]
            return {
                "is": "grid",
                "caption": piece.caption,
                "columns": heads,
                "figures": list(piece.figures),
                "shares": list(piece.shares),
                "rows": rows,
            }


def _column(column: Column, paper: ProsePaper) -> dict[str, object]:
    return {
        "blocks": _blocks(column.tree),
        "language": _spoken(column.language, paper),
        "marks": list(column.marks),
        "small": shown(column.small, paper.language),
    }


def _spoken(language: str, paper: ProsePaper) -> str:
    found = shown({"language": language or paper.language}, paper.language)
    return str(found["language"]) if isinstance(found, Mapping) else paper.language


def _cell(cell: Cell, paper: ProsePaper) -> dict[str, object]:
    return {
        "text": shown(cell.text, paper.language),
        "small": [shown(each, paper.language) for each in cell.small],
        "target": f"{paper.base_url}{cell.target}" if cell.target and paper.base_url else "",
        "is_strong": cell.is_strong,
        "language": _spoken(cell.language, paper),
    }


def _blocks(blocks: Iterable[Block]) -> list[dict[str, object]]:
    return [_block(block) for block in blocks]


def _block(block: Block) -> dict[str, object]:
    match block:
        case Paragraph(children):
            return {"is": "paragraph", "inlines": _inlines(children)}
        case Heading(level, children):
            return {"is": "heading", "level": level, "inlines": _inlines(children)}
        case List(items, is_ordered, start):
            return {
                "is": "list",
                "is_ordered": is_ordered,
                "start": start,
                "items": [_blocks(item) for item in items],
            }
        case Table(head, rows):
            return {
                "is": "table",
                "head": [_inlines(cell) for cell in head],
                "rows": [[_inlines(cell) for cell in row] for row in rows],
            }


def _inlines(inlines: Iterable[Inline]) -> list[dict[str, object]]:
    return [_inline(inline) for inline in inlines]


def _inline(inline: Inline) -> dict[str, object]:
    match inline:
        case Text(text):
            return {"is": "text", "text": shown(text, "en")}
        case Emphasis(children, is_strong):
            return {"is": "strong" if is_strong else "emphasis", "inlines": _inlines(children)}
        case Link(href, children):
            return {"is": "link", "target": href, "inlines": _inlines(children)}
        case LineBreak():
            return {"is": "break"}
        case Disputed(alternatives):
            said = [{"parties": list(each.parties), "inlines": _inlines(each.children)} for each in alternatives]
            return {"is": "disputed", "alternatives": said}
