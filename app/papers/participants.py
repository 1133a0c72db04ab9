"""The list of participants of a meeting as a paper: who goes for each party, in the order of precedence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.papers.report import Cell, Grid, Part, ReportPaper, report_pdf
from app.papers.report_docx import report_docx

# The fixed words of the paper, in its language. `page` has the places {page} and {pages}.
LABELS: Final = frozenset(
    {
        "attendance",  # Attendance
        "date",  # Date
        "list",  # List of participants
        "mode",  # Takes part
        "name",  # Name
        "nobody",  # Nobody is named yet.
        "page",  # Page {page} of {pages}
        "place",  # Place
        "precedence",  # Order
        "role",  # Role
        "title",  # Title and office
    }
)


@dataclass(frozen=True)
class Participant:
    """Somebody on the list, in words; `notes` are whom they speak for and at what level."""

    name: str
    title: str
    office: str
    role: str
    mode: str
    notes: str = ""
    attendance: str = ""


@dataclass(frozen=True)
class PartyList:
    """Those who go for one party, or the guests, under their heading."""

    heading: str
    people: tuple[Participant, ...]


@dataclass(frozen=True)
class ParticipantsPaper:
    """All that a list of participants shows, put into words by the caller in `language`, save `labels`' fixed words.

    It has no address and no telephone number. `marking` is the highest handling step of what stands on it; `quorums`
    say, for each day that was recorded, whether the sitting had its quorum.
    """

    language: str
    title: str
    reference: str
    marking: str
    when: str
    place: str
    precedence: str
    parties: tuple[PartyList, ...]
    quorums: tuple[str, ...]
    labels: Mapping[str, str]
    printed: str
    dated: datetime


def participants_file(paper: ParticipantsPaper, form: str) -> bytes:
    """Return the list as a tagged PDF (PDF/UA-1; `form` is `pdf`) or as a text document (`docx`).

    The same paper is the same bytes. Raises `ValueError` where a label is missing, `Refusal("paper_too_long")`.
    """
    report = participants_report(paper)
    return report_pdf(report) if form == "pdf" else report_docx(report)


def participants_report(paper: ParticipantsPaper) -> ReportPaper:
    """Return the list with its sections and tables; raises `ValueError` where a label is missing."""
    missing = LABELS - paper.labels.keys()
    if missing:
        raise ValueError(f"labels missing: {sorted(missing)}")
    said = paper.labels
    colon = "\u00a0: " if paper.language == "fr" else ": "
    facts = [("date", paper.when), ("place", paper.place), ("precedence", paper.precedence)]
    days = (Part("attendance", said["attendance"], notes=paper.quorums),) if paper.quorums else ()
    return ReportPaper(
        language=paper.language,
        title=f"{said['list']}{colon}{paper.title}",
        standing=f"{paper.reference} · {paper.marking} · {paper.printed}",
        lede=" · ".join(f"{said[key]}{colon}{value}" for key, value in facts if value),
        parts=(*days, *(_part(each, paper) for each in paper.parties)),
        page=said["page"],
        dated=paper.dated,
    )


def _part(party: PartyList, paper: ParticipantsPaper) -> Part:
    said = paper.labels
    columns = (said["name"], said["title"], said["role"], said["mode"])
    rows = tuple(_row(each) for each in party.people)
    return Part(
        key=party.heading, heading=party.heading, grids=(Grid(party.heading, columns, rows),), nothing=said["nobody"]
    )


def _row(each: Participant) -> tuple[Cell, ...]:
    return (
        Cell(each.name, is_strong=True),
        Cell(each.title or each.office, small=(each.office,) if each.title and each.office else ()),
        Cell(each.role, small=(each.notes,) if each.notes else ()),
        Cell(each.mode, small=(each.attendance,) if each.attendance else ()),
    )
