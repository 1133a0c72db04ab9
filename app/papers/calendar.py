"""The next days of the calendar as a paper: what stands on them, and its PDF."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.papers.agenda import Worded
from app.papers.rendering import date_parts, render_pdf, shown

# The fixed words of the paper, in its language. `page` has the places {page} and {pages}.
LABELS: Final = frozenset({"time", "entry", "parties", "state", "page", "nothing"})


@dataclass(frozen=True)
class CalendarRow:
    """One entry of a day; `time` is the reader's and empty where there is none, `mark` says what it is."""

    time: str
    name: Worded
    small: str
    parties: str
    mark: str
    is_struck: bool = False


@dataclass(frozen=True)
class CalendarDay:
    """A day in words, with its entries."""

    day: str
    rows: tuple[CalendarRow, ...]


@dataclass(frozen=True)
class CalendarPaper:
    """All that the list shows, put into words by the caller in `language`; `hours` says whose time it is in.

    `dated` (aware) goes into the PDF, so that the same paper is the same bytes.
    """

    language: str
    title: str
    range: str
    hours: str
    notes: tuple[str, ...]
    days: tuple[CalendarDay, ...]
    labels: Mapping[str, str]
    printed: str
    dated: datetime


def calendar_pdf(paper: CalendarPaper) -> bytes:
    """Return the list as a tagged PDF (PDF/UA-1, Letter), the same bytes for the same paper.

    Raises `ValueError` when a label is missing, and `Refusal("paper_too_long")`.
    """
    missing = LABELS - paper.labels.keys()
    if missing:
        raise ValueError(f"labels missing: {sorted(missing)}")
    facts = dataclasses.asdict(dataclasses.replace(paper, labels=dict(paper.labels)))
    data = {name: shown(value, paper.language) for name, value in facts.items() if name != "dated"}
    data["document"] = {"title": f"{paper.title}, {paper.range}", **date_parts(paper.dated)}
    return render_pdf("calendar.typ", data, paper.dated)
