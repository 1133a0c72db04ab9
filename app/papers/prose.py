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


@dataclass(frozen=True)
class Head:
    """A heading of level 1 (a part), 2 or 3; `step` says who may read what follows, where that is not all of them."""

    text: str
    level: int = 1
    language: str = ""
    step: str = ""
    opens_page: bool = False


@dataclass(frozen=True)
class Column:
    """A wording in one language, and the marks of the notes that stand on it."""

    tree: Tree
    language: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wording:
    """A paragraph: its number, one wording or several side by side, and small lines of what is said about it."""

    columns: tuple[Column, ...]
    number: str = ""
    small: tuple[str, ...] = ()


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
    (none: no list), `base_url` stands before the paths of cells, `scale` makes the letters of a
    page smaller.
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
    scale: float = 1.0

    @property
    def reference(self) -> str:
        """Return what the paper is called at the foot of its pages."""
        return self.over[0] if self.over else self.title.text


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
        "column_heads": [_worded(each, language) for each in paper.column_heads],
        "pieces": [_piece(piece, paper) for piece in paper.pieces],
        "page": paper.page,
        "scale": paper.scale,
        "contents": paper.contents,
        "closing": shown(paper.closing, language),
        "reference": paper.reference,
        "document": {**date_parts(paper.dated), "title": f"{paper.title.text} ({paper.reference})"},
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
                "step": piece.step,
                "opens_page": piece.opens_page,
            }
        case Wording():
            columns = [
                {"blocks": _blocks(each.tree), "language": _spoken(each.language, paper), "marks": list(each.marks)}
                for each in piece.columns
            ]
            small = [shown(each, paper.language) for each in piece.small]
            return {"is": "wording", "number": piece.number, "columns": columns, "small": small}
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
                "rows": rows,
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
