"""The register of actions as a paper: a matrix of actions and parties, and its PDF."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime

from app.papers.rendering import date_parts, render_pdf, shown


@dataclass(frozen=True)
class PaperPart:
    """How a party stands in an action, and smaller words under it; what is late is marked."""

    text: str
    small: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class PaperAction:
    """An action: its title in a language, words under it, its day, a part for each party's column, and a note."""

    title: str
    language: str
    under: str
    due: str
    parts: tuple[PaperPart, ...]
    note: str = ""


@dataclass(frozen=True)
class ActionsPaper:
    """All that the matrix of actions shows on paper, in words of `language`.

    `standing` says as of when and as whom it may be read, at the foot of every page. `columns` are the headings:
    the action, its day, each party, the note. `page` has the places {page} and {pages}. `dated` (aware) goes into
    the PDF, so that the same paper is the same bytes.
    """

    language: str
    title: str
    standing: str
    lede: str
    columns: tuple[str, ...]
    rows: tuple[PaperAction, ...]
    nothing: str
    notes: tuple[str, ...]
    page: str
    dated: datetime


def actions_pdf(paper: ActionsPaper) -> bytes:
    """Return the matrix as a tagged PDF (PDF/UA-1, Letter across), the same bytes for the same paper.

    Raises `ValueError` when a row has not one part for each party, and `Refusal("paper_too_long")`.
    """
    if any(len(row.parts) + 3 != len(paper.columns) for row in paper.rows):
        raise ValueError("each row has one part for each party")
    facts = dataclasses.asdict(paper)
    data = {name: shown(value, paper.language) for name, value in facts.items() if name != "dated"}
    data["document"] = {"title": f"{paper.title}. {paper.standing}", **date_parts(paper.dated)}
    return render_pdf("actions.typ", data, paper.dated)
