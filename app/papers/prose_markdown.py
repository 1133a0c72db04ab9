"""A paper that is read through, as Markdown: what it says, and nothing that its reader may not see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.domain.markdown_tree import Paragraph
from app.domain.markdown_writing import to_markdown
from app.papers.agenda import Worded
from app.papers.prose import Head, Note, Piece, ProsePaper, Wording
from app.papers.report import Cell, Grid

# What would be read as markup where words are meant (CommonMark 0.31, 2.4).
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>#|~])")
_BLANKS: Final = re.compile(r"\s+")


def prose_markdown(paper: ProsePaper) -> bytes:
    """Return the paper as Markdown in UTF-8, the same bytes for the same paper."""
    return ("\n\n".join(_lines(paper)) + "\n").encode()


def _lines(paper: ProsePaper) -> Iterator[str]:
    yield f"# {_plain(paper.title.text)}"
    for said in paper.titles_beside:
        yield f"**{_plain(said.text)}**"
    if paper.over:
        yield _plain(" · ".join(paper.over))
    if paper.markings:
        yield f"**{_plain(' · '.join(each.text for each in paper.markings))}**"
    for line in paper.standing:
        yield f"*{_plain(line)}*"
    for piece in paper.pieces:
        yield from _piece(piece, paper)
    if paper.closing:
        yield _plain(paper.closing)


def _piece(piece: Piece, paper: ProsePaper) -> Iterator[str]:
    match piece:
        case Head():
            yield f"{'#' * (piece.level + 1)} {_plain(' / '.join([piece.text, *(each.text for each in piece.beside)]))}"
            if piece.step:
                yield f"*{_plain(piece.step)}*"
        case Wording():
            yield from _wording(piece, paper.column_heads)
        case Note():
            mark = f"[{_plain(piece.mark)}] " if piece.mark else ""
            lead = f"**{_plain(piece.lead)}{paper.colon}** " if piece.lead else ""
            yield f"{mark}{lead}{_plain(piece.words.text)}"
        case Grid():
            if piece.rows:
                yield _grid(piece)


def _wording(piece: Wording, heads: tuple[Worded, ...]) -> Iterator[str]:
    """Yield the wordings of a paragraph one under the other, each under its language where there are several."""
    several = len(piece.columns) > 1
    if piece.lead:
        yield f"**{_plain(piece.lead)}**"
    for place, column in enumerate(piece.columns):
        name = f"**{_plain(heads[place].text)}.** " if several and place < len(heads) else ""
        number = f"{_plain(piece.number)}\\. " if piece.number and place == 0 else ""
        if column.tree and not isinstance(column.tree[0], Paragraph):
            number = f"{number}{name}".strip() + "\n\n" if number or name else ""
            name = ""
        marks = "".join(f" [{_plain(mark)}]" for mark in column.marks)
        yield f"{number}{name}{to_markdown(column.tree, heading_shift=2).strip()}{marks}"
        if column.small:
            yield f"*{_plain(column.small)}*"
    for line in piece.small:
        yield f"*{_plain(line)}*"


def _grid(grid: Grid) -> str:
    head = "| " + " | ".join(_plain(each) or " " for each in grid.columns) + " |"
    rule = "|" + "|".join(" ---: " if place in grid.figures else " --- " for place in range(len(grid.columns))) + "|"
    rows = ("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in grid.rows)
    caption = [f"**{_plain(grid.caption)}**\n"] if grid.caption else []
    return "\n".join([*caption, head, rule, *rows])


def _cell(cell: Cell) -> str:
    words = _plain(cell.text)
    return "<br>".join(each for each in (words, *(_plain(line) for line in cell.small)) if each) or " "


def _plain(text: str) -> str:
    """Return words on one line, none of them read as markup."""
    return _SPECIAL.sub(r"\\\1", _BLANKS.sub(" ", text).strip())
