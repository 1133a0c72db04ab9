"""The register of mechanisms as a paper: what stands on it, and its PDF."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime

from app.papers.agenda import Worded
from app.papers.rendering import date_parts, render_pdf, shown


@dataclass(frozen=True)
class PaperStrip:
    """A strip of periods; `marks` are (kind, place on the axis), `said` the same in words, `pair` whose it is."""

    starts_at: float
    born_at: float | None
    marks: tuple[tuple[str, float], ...]
    said: str
    pair: str = ""


@dataclass(frozen=True)
class PaperCell:
    """A cell: its words, and smaller words in lines under them."""

    text: str = ""
    small: tuple[str, ...] = ()
    is_strong: bool = False


@dataclass(frozen=True)
class PaperRow:
    """A mechanism: its cells in the order of the paper's columns, its strips with words under them, its last cells."""

    cells: tuple[PaperCell, ...]
    strips: tuple[PaperStrip, ...] = ()
    under: str = ""
    after: tuple[PaperCell, ...] = ()


@dataclass(frozen=True)
class PaperGroup:
    """Rows under a heading; without one they follow the head of the paper."""

    heading: Worded | None
    rows: tuple[PaperRow, ...]
    note: Worded | None = None


@dataclass(frozen=True)
class PaperAxis:
    """The years that the strips share: their width, and (middle of the year, its last two digits) to write."""

    heading: str
    width: float
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class RegisterPaper:
    """All that the register shows on paper, in words of `language`.

    `standing` says as of when and as whom it may be read; it is at the foot of every page. `columns` are the
    headings of the cells before the strips, `after` of those behind; without an `axis` there are no strips.
    `legend` are (kind of mark, its word). `page` has the places {page} and {pages}. `dated` (aware) goes into
    the PDF, so that the same paper is the same bytes.
    """

    language: str
    title: str
    standing: str
    lede: str
    narrowed: str
    columns: tuple[str, ...]
    axis: PaperAxis | None
    after: tuple[str, ...]
    legend: tuple[tuple[str, str], ...]
    groups: tuple[PaperGroup, ...]
    nothing: str
    notes: tuple[str, ...]
    page: str
    dated: datetime


def register_pdf(paper: RegisterPaper) -> bytes:
    """Return the register as a tagged PDF (PDF/UA-1, Letter across), the same bytes for the same paper.

    Raises `ValueError` when a row has not one cell for each column, and `Refusal("paper_too_long")`.
    """
    for row in (row for group in paper.groups for row in group.rows):
        if (len(row.cells), len(row.after)) != (len(paper.columns), len(paper.after)):
            raise ValueError("each row has one cell for each column")
    facts = dataclasses.asdict(paper)
    data = {name: shown(value, paper.language) for name, value in facts.items() if name != "dated"}
    data["document"] = {"title": f"{paper.title}. {paper.standing}", **date_parts(paper.dated)}
    return render_pdf("register.typ", data, paper.dated)
