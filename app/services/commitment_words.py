"""A commitment in words: where it was made, how it was described there, when it is due, and how a party stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app import labels, words
from app.domain.clocks import clock_of
from app.domain.commitments import Cell
from app.models import Commitment
from app.services.commitments import CommitmentLine
from app.services.mechanism_sources import Citation, citations, paper_named

# What is told of by others is never said in the product's own voice.
_OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Due:
    """When a commitment is due: its day, its floor of meetings, and what is known of the end."""

    on: dt.date | None
    floor: str
    remark: str


def is_told_by_catalogue(commitment: Commitment) -> bool:
    """Say whether its texts are of the catalogue, which has them in English only."""
    return commitment.origin == "catalogue"


def sources_of(commitment: Commitment) -> tuple[Citation, ...]:
    """Return where the catalogue read it, with the lines; nothing for one that was recorded here."""
    return citations(commitment.facts.get("pointer"))


def made_words(facts: Mapping[str, Any], language: str) -> str:
    """Return when it was made, as far as that is known."""
    made_on = facts.get("made_on")
    return words.partial_date(made_on, language) if made_on else ""


def described_words(commitment: Commitment, language: str) -> str:
    """Say how it was described, by whom and when; nothing for one that was recorded here."""
    status = commitment.facts.get("status")
    paper = paper_named(commitment.facts.get("source") or "")
    if status is None or paper is None:
        return ""
    gettext = words.translations(language).gettext
    date = words.partial_date(paper.date, language)
    said = labels.label("commitment_status", status, language)
    if status == _OVERDUE:
        said = gettext("not done as of %(date)s; completion not recorded here") % {"date": date}
    authors = words.list_of(list(paper.authors), language) if paper.authors else gettext("Author not named")
    sentence = gettext("As described in %(date)s (%(authors)s): %(status)s.")
    return str(sentence % {"date": date, "authors": authors, "status": said})


def due_of(line: CommitmentLine, today: dt.date, language: str) -> Due:
    """Return when it is due; of what ran out before anybody here had a word on it, only that is said."""
    facts, gettext = line.commitment.facts, words.translations(language).gettext
    clock = clock_of(facts) if facts.get("clock") else None
    has_word = all(line.cell(code).basis in {"stated", "reported"} for code in line.commitment.owners)
    remark = ""
    due_on = line.commitment.due_on
    is_over = due_on is not None and due_on < today and not has_word
    if clock is not None and clock.starts_on is None:
        remark = gettext("The clock waits for its event")
    elif is_over and clock is not None:
        remark = gettext("Clock ended on this date; outcome not recorded here")
    elif is_over:
        remark = gettext("past; what came of it is not recorded here")
    return Due(due_on, floor_words(facts.get("cadence"), language), str(remark))


def floor_words(cadence: Mapping[str, Any] | None, language: str) -> str:
    """Return the floor of meetings that was promised, nothing where none was."""
    if not cadence:
        return ""
    catalogue = words.translations(language)
    minimum, months = cadence["minimum_meetings"], cadence["period_months"]
    meetings = catalogue.ngettext("At least %(num)s meeting", "At least %(num)s meetings", minimum) % {"num": minimum}
    period = catalogue.ngettext("in %(num)s month", "in %(num)s months", months) % {"num": months}
    return f"{meetings} {period}"


def basis_words(cell: Cell, language: str) -> str:
    """Say on what a cell rests, where that is not the party's own word."""
    catalogue = words.translations(language)
    if cell.basis == "reported":
        return str(catalogue.gettext("reported"))
    if cell.basis == "derived":
        said = catalogue.ngettext(
            "read from %(num)s action, %(done)s done", "read from %(num)s actions, %(done)s done", cell.action_count
        )
        return str(said % {
            "num": words.number(cell.action_count, language), "done": words.number(cell.done_count, language),
        })  # fmt: skip
    return ""


def state_words(cell: Cell, language: str) -> str:
    """Return how a party stands, in a word."""
    return labels.label("leg_state", cell.state, language)


def contest_words(line: CommitmentLine, language: str) -> tuple[str, ...]:
    """Return what each party contests of what is shown, with its name and the day."""
    gettext = words.translations(language).gettext
    sentence = gettext("Contested by %(party)s, %(date)s: %(text)s")
    return tuple(
        str(sentence % {
            "party": words.party_name(each.party_code, language),
            "date": words.date_short(each.as_of_on, language), "text": each.text,
        })
        for each in line.contests
    )  # fmt: skip
