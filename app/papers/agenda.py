"""The agenda of a meeting as a paper: what stands on it, and its PDF."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.papers.rendering import date_parts, render_pdf, shown

# The fixed words of the paper, in its language. `page` has the places {page} and {pages}.
LABELS: Final = frozenset(
    {
        "actions",  # Open actions
        "agenda",  # Agenda
        "city",  # City
        "date",  # Date
        "end",  # End
        "format",  # Form
        "hours",  # Time
        "item",  # Item
        "lead",  # By
        "meeting_zone",  # time of the meeting
        "minutes",  # Min.
        "no_items",  # No items yet.
        "number",  # No.
        "offset",  # Offset
        "page",  # Page {page} of {pages}
        "parties",  # Parties
        "place",  # Place
        "type",  # For
    }
)


@dataclass(frozen=True)
class Worded:
    """A text and the language that it is in (ISO 639)."""

    text: str
    language: str


@dataclass(frozen=True)
class WhenLine:
    """The meeting's time in one city; `hours` is empty for a meeting of days without hours."""

    city: str
    date: str
    hours: str = ""
    offset: str = ""
    is_meeting_zone: bool = False


@dataclass(frozen=True)
class ActionRow:
    """An open action, shown under the item on progress since the last meeting; `owed` says by whom and by when."""

    reference: str
    title: Worded
    owed: str


@dataclass(frozen=True)
class AgendaRow:
    """One item. `clock_times` has one text per city of the paper; `day` opens a new sitting."""

    number: str
    title: Worded
    type: str
    minutes: str
    clock_times: tuple[str, ...] = ()
    lead: str = ""
    note: Worded | None = None
    day: str = ""
    open_actions: tuple[ActionRow, ...] = ()


@dataclass(frozen=True)
class AgendaPaper:
    """All that an agenda shows, put into words by the caller in `language`, save `labels`' fixed words.

    `clock_cities` head the clock columns, the meeting's own first, and are empty for a meeting without
    hours; `end_times` are the clock times at which it ends. `dated` (aware) goes into the PDF, so that
    the same paper is the same bytes. `markings`, national ones word for word in their own language and
    then the handling step, stand under the reference and at the foot of every page.
    """

    language: str
    title: Worded
    reference: str
    when: tuple[WhenLine, ...]
    parties: tuple[str, ...]
    rows: tuple[AgendaRow, ...]
    labels: Mapping[str, str]
    printed: str
    dated: datetime
    mechanism: Worded | None = None
    status: str = ""
    place: str = ""
    format: str = ""
    markings: tuple[Worded, ...] = ()
    clock_cities: tuple[str, ...] = ()
    end_times: tuple[str, ...] = ()
    total_minutes: str = ""


def agenda_pdf(paper: AgendaPaper) -> bytes:
    """Return the agenda as a tagged PDF (PDF/UA-1, Letter), the same bytes for the same paper.

    Raises `ValueError` when a label is missing or a row has not one time per city, and
    `Refusal("paper_too_long")`.
    """
    missing = LABELS - paper.labels.keys()
    if missing:
        raise ValueError(f"labels missing: {sorted(missing)}")
    columns = len(paper.clock_cities)
    if any(len(row.clock_times) != columns for row in paper.rows) or len(paper.end_times) not in {0, columns}:
        raise ValueError("each row has one clock time per city")
    facts = dataclasses.asdict(dataclasses.replace(paper, labels=dict(paper.labels)))
    data = {name: shown(value, paper.language) for name, value in facts.items() if name != "dated"}
    data["document"] = {"title": f"{paper.title.text} ({paper.reference})", **date_parts(paper.dated)}
    return render_pdf("agenda.typ", data, paper.dated)
