"""The follow-up matrix of commitments as a paper: what stands on it, and its PDF."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime

from app.papers.rendering import date_parts, render_pdf, shown


@dataclass(frozen=True)
class MatrixCell:
    """How a party stands: the kind of its mark, the word, and smaller lines under it."""

    mark: str
    word: str
    small: tuple[str, ...] = ()


@dataclass(frozen=True)
class MatrixRow:
    """A commitment: its title, smaller lines under it, what is contested, and a cell for each party."""

    title: str
    small: tuple[str, ...]
    contested: tuple[str, ...]
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True)
class MatrixPaper:
    """The matrix in words of `language`; `standing` is at the foot of every page, `page` has {page} and {pages}.

    `columns` are the headings: the commitment's first, then one for each party. `dated` (aware) goes into the PDF.
    """

    language: str
    title: str
    standing: str
    lede: str
    narrowed: str
    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    nothing: str
    notes: tuple[str, ...]
    page: str
    dated: datetime


def matrix_pdf(paper: MatrixPaper) -> bytes:
    """Return the matrix as a tagged PDF (PDF/UA-1, Letter across), the same bytes for the same paper.

    Raises `ValueError` when a row has not one cell for each party, and `Refusal("paper_too_long")`.
    """
    if any(len(row.cells) + 1 != len(paper.columns) for row in paper.rows):
        raise ValueError("each row has one cell for each column")
    facts = dataclasses.asdict(paper)
    data = {name: shown(value, paper.language) for name, value in facts.items() if name != "dated"}
    data["document"] = {"title": f"{paper.title}. {paper.standing}", **date_parts(paper.dated)}
    return render_pdf("commitments.typ", data, paper.dated)
