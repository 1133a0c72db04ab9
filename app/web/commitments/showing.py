"""What pages of commitments show of one, in the reader's words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app import labels, words
from app.domain.clocks import ToldClock, clock_of, tell
from app.domain.commitments import ASKED_STATES, Cell
from app.i18n import reader_language
from app.models import Commitment, CommitmentStatement
from app.services.action_lines import todays_of
from app.services.commitment_paper import short
from app.services.commitment_words import (
    basis_words,
    described_words,
    due_of,
    is_told_by_catalogue,
    made_words,
    sources_of,
)
from app.services.commitments import (
    CommitmentLine,
    mechanisms_with_commitments,
    owners_of_commitments,
)
from app.web.forms import named_choices
from app.web.routing import session, viewer

FILTERS = ("mechanism", "party", "state")


def row_of(line: CommitmentLine, today: dt.date) -> dict[str, Any]:
    """Return a commitment as lists and its page show it."""
    language, commitment = reader_language(), line.commitment
    return {
        "line": line,
        "commitment": commitment,
        "facts": commitment.facts,
        "language": "en" if is_told_by_catalogue(commitment) else None,
        "made_on": made_words(commitment.facts, language),
        "described": described_words(commitment, language),
        "sources": sources_of(commitment),
        "due": due_of(line, today, language),
        "owners": words.party_order(commitment.owners, language),
    }


def cell_lines(cell: Cell) -> dict[str, str]:
    """Return the smaller lines of a cell: on what it rests, the words, the day."""
    language = reader_language()
    return {
        "basis": basis_words(cell, language),
        "text": short(cell.text),
        "on": words.date_short(cell.on, language) if cell.on else "",
    }


def contest_line(statement: CommitmentStatement) -> str:
    """Say which party contests what is shown, and since when."""
    language = reader_language()
    party = words.party_name(statement.party_code, language)
    return str(_("Contested by %(party)s, %(date)s", party=party, date=words.date_short(statement.as_of_on, language)))


def filter_choices() -> dict[str, list[tuple[str, str]]]:
    """Return what the lists can be narrowed to."""
    language = reader_language()
    parties = words.party_order(owners_of_commitments(session()), language)
    return {
        "mechanism": named_choices(mechanisms_with_commitments(session()), language),
        "party": [(code, words.party_name(code, language)) for code in parties],
        "state": [(state, labels.label("leg_state", state, language)) for state in ASKED_STATES],
    }


def told_clock(line: CommitmentLine) -> ToldClock | None:
    """Return the clock of a commitment as it stands for each owner; None where none counts."""
    commitment = line.commitment
    clock = clock_of(commitment.facts) if commitment.facts.get("clock") else None
    if clock is None:
        return None
    with_word = [code for code in commitment.owners if line.cell(code).basis in {"stated", "reported"}]
    recorded_on = words.local(commitment.created_at, viewer().time_zone).date()
    return tell(clock, commitment.owners, todays_of(session()), recorded_on, with_word)


def address_of(commitment: Commitment, anchor: str | None = None) -> str:
    """Return the address of a commitment's page."""
    return url_for("commitments.commitment", ref=commitment.ref, _anchor=anchor)
