"""A report or brief: sections of tables whose figures lead somewhere, and its PDF."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.papers.rendering import date_parts, render_pdf, shown


@dataclass(frozen=True)
class Cell:
    """A cell: its words, smaller words in lines under them, and the address (a path) that they lead to.

    `language` is that of the words where it is not the paper's.
    """

    text: str = ""
    small: tuple[str, ...] = ()
    target: str = ""
    is_strong: bool = False
    language: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: what it shows, its columns, its rows with the head of each first; `figures` are columns of numbers.

    `shares`, where there are any, say how wide each column is beside the others; 0 is as wide as its words.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    figures: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("each row has one cell for each column")


@dataclass(frozen=True)
class Part:
    """A section: its heading, what is to be known of it, its tables, and what it says where none has a row."""

    key: str
    heading: str
    notes: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    nothing: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether no table has a row."""
        return not any(grid.rows for grid in self.grids)


@dataclass(frozen=True)
class ReportPaper:
    """A report as its reader sees it on one day; `page` is like `Page {page} of {pages}`, `base_url` before paths."""

    language: str
    title: str
    standing: str
    lede: str
    parts: tuple[Part, ...]
    page: str
    dated: datetime
    base_url: str = ""

    def cells(self) -> Iterator[Cell]:
        """Yield every cell, in the order of reading."""
        for part in self.parts:
            for grid in part.grids:
                for row in grid.rows:
                    yield from row


def report_pdf(paper: ReportPaper) -> bytes:
    """Return the paper as a tagged PDF, the same bytes for the same paper.

    Raises `Refusal("paper_too_long")` for one beyond measure.
    """
    data = {
        **{name: shown(getattr(paper, name), paper.language) for name in ("title", "standing", "lede")},
        "language": paper.language,
        "page": paper.page,
        "parts": [_part(part, paper) for part in paper.parts],
        "document": {**date_parts(paper.dated), "title": f"{paper.title}. {paper.standing}"},
    }
    return render_pdf("report.typ", data, paper.dated)


def _part(part: Part, paper: ReportPaper) -> dict[str, object]:
    grids = [
        {
            "caption": shown(grid.caption, paper.language),
            "columns": list(grid.columns),
            "figures": list(grid.figures),
            "rows": [[_cell(cell, paper) for cell in row] for row in grid.rows],
        }
        for grid in part.grids
        if grid.rows
    ]
    return {
        "heading": shown(part.heading, paper.language),
        "notes": [shown(note, paper.language) for note in part.notes],
        "grids": grids,
        "nothing": shown(part.nothing, paper.language) if part.is_empty else "",
    }


def _cell(cell: Cell, paper: ReportPaper) -> object:
    """Return a cell as the template takes it: addresses whole, and not broken as words are."""
    plain = dataclasses.asdict(cell)
    plain["language"] = cell.language or paper.language
    found = shown(plain, paper.language)
    if isinstance(found, dict):
        found["target"] = f"{paper.base_url}{cell.target}" if cell.target and paper.base_url else ""
    return found
