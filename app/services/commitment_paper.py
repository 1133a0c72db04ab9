"""The follow-up matrix taken away: a workbook, values or a paper, of what its reader may see, narrowed as asked."""

from __future__ import annotations

import datetime as dt

from app import labels, words
from app.db import GuardedSession
from app.domain.commitments import Cell
from app.models import Mechanism
from app.papers.commitments import MatrixCell, MatrixPaper, MatrixRow, matrix_pdf
from app.papers.tables import Column, Table, Value, table_csv, table_xlsx
from app.services.commitment_words import (
    basis_words,
    contest_words,
    described_words,
    due_of,
    made_words,
    state_words,
)
from app.services.commitments import (
    CommitmentFilters,
    CommitmentLine,
    CommitmentPage,
    commitment_lines,
    mechanisms_with_commitments,
)
from app.services.register import today_for
from app.services.register_paper import FORMS, sources_named, standing_words

__all__ = ["FORMS", "matrix_file"]
TEXT_IN_CELL = 240


def matrix_file(session: GuardedSession, form: str, asked: CommitmentFilters, language: str) -> tuple[str, bytes]:
    """Return the file name and the bytes of the whole matrix in a form of `FORMS`.

    Raises `Refusal("paper_too_long")` for a PDF without measure.
    """
    found = commitment_lines(session, asked)
    today = today_for(session)
    name = f"commitments-{today.isoformat()}-{language}.{form}"
    if form == "pdf":
        return name, matrix_pdf(_paper(session, found, asked, today, language))
    table = _table(session, found, asked, today, language)
    return name, table_xlsx(table) if form == "xlsx" else table_csv(table)


def narrowed_words(session: GuardedSession, asked: CommitmentFilters, language: str) -> str:
    """Say what the rows were narrowed to; nothing where they were not."""
    if not asked.are_set:
        return ""
    gettext = words.translations(language).gettext
    said = []
    if asked.mechanism is not None:
        named: Mechanism | None = next(
            (row for row in mechanisms_with_commitments(session) if row.code == asked.mechanism), None
        )
        said.append(words.pick(named.name, language)[0] if named else asked.mechanism)
    if asked.party is not None:
        said.append(words.party_name(asked.party, language))
    if asked.state is not None:
        said.append(labels.labels("leg_state", language).get(asked.state, asked.state))
    return str(gettext("Narrowed to: %(what)s.") % {"what": ", ".join(said)})


def _notes(language: str) -> tuple[str, ...]:
    gettext = words.translations(language).gettext
    return (
        str(gettext("Pledges alone. Practices, and what only repeats another commitment, are not counted.")),
        str(gettext(
            "Each party speaks for its own part. Where it has said nothing, its part is read from the actions that"
            " serve the commitment, and says so."
        )),
    )  # fmt: skip


# As a table ---------------------------------------------------------------------------------------


def _table(
    session: GuardedSession, found: CommitmentPage, asked: CommitmentFilters, today: dt.date, language: str
) -> Table:
    gettext = words.translations(language).gettext
    codes = words.party_order(found.parties, language)
    heads = [
        gettext("Reference"), gettext("Commitment"), gettext("Mechanism"), gettext("Made at"),
        gettext("Date of the commitment"), gettext("Source"), gettext("Due"), gettext("Remark"),
        gettext("As described"), gettext("Contested"),
    ]  # fmt: skip
    for code in codes:
        name = words.party_name(code, language)
        heads += [
            gettext("%(party)s: state") % {"party": name}, gettext("%(party)s: basis") % {"party": name},
            gettext("%(party)s: last update") % {"party": name}, gettext("%(party)s: as of") % {"party": name},
        ]  # fmt: skip
    notes = [standing_words(session, language), narrowed_words(session, asked, language), *_notes(language)]
    return Table(
        title=gettext("Follow-up matrix"),
        columns=tuple(Column(head) for head in heads),
        rows=tuple(_values(line, codes, today, language) for line in found.lines),
        dated=session.now,
        notes=tuple(note for note in notes if note),
        notes_title=gettext("Notes"),
    )


def _values(line: CommitmentLine, codes: list[str], today: dt.date, language: str) -> tuple[Value, ...]:
    row, due = line.commitment, due_of(line, today, language)
    first: tuple[Value, ...] = (
        row.ref, words.pick(row.title, language)[0],
        words.pick(line.mechanism.name, language)[0] if line.mechanism else None, row.facts.get("made_at"),
        made_words(row.facts, language), source_words(line), due.on or due.floor or None, due.remark,
        described_words(row, language), "\n".join(contest_words(line, language)),
    )  # fmt: skip
    cells: list[Value] = []
    for cell in map(line.cell, codes):
        cells += [state_words(cell, language), basis_words(cell, language), cell.text, cell.on]
    return (*first, *cells)


def source_words(line: CommitmentLine) -> str:
    """Return where it is told, a paper by its title with the lines, or the paragraph of what it was made in."""
    facts = line.commitment.facts
    return sources_named(facts.get("pointer") or "") or facts.get("paragraph") or ""


# As a paper ---------------------------------------------------------------------------------------


def _paper(
    session: GuardedSession, found: CommitmentPage, asked: CommitmentFilters, today: dt.date, language: str
) -> MatrixPaper:
    catalogue = words.translations(language)
    codes = words.party_order(found.parties, language)
    lede = catalogue.ngettext("%(num)s pledge.", "%(num)s pledges.", found.total) % {"num": found.total}
    return MatrixPaper(
        language=language,
        title=catalogue.gettext("Follow-up matrix"),
        standing=standing_words(session, language),
        lede=lede,
        narrowed=narrowed_words(session, asked, language),
        columns=(catalogue.gettext("Commitment"), *(words.party_name(code, language) for code in codes)),
        rows=tuple(_paper_row(line, codes, today, language) for line in found.lines),
        nothing=catalogue.gettext("No commitment answers to this."),
        notes=_notes(language),
        page=labels.label("agenda_paper", "page", language),
        dated=session.now,
    )


def _paper_row(line: CommitmentLine, codes: list[str], today: dt.date, language: str) -> MatrixRow:
    row, due = line.commitment, due_of(line, today, language)
    made = ", ".join(part for part in (row.ref, row.facts.get("made_at"), made_words(row.facts, language)) if part)
    when = ": ".join(part for part in (words.date_plain(due.on, language) if due.on else due.floor, due.remark) if part)
    small = tuple(part for part in (made, when, described_words(row, language)) if part)
    return MatrixRow(
        title=words.pick(row.title, language)[0],
        small=small,
        contested=contest_words(line, language),
        cells=tuple(_paper_cell(line.cell(code), language) for code in codes),
    )


def _paper_cell(cell: Cell, language: str) -> MatrixCell:
    small = (basis_words(cell, language), short(cell.text), words.date_short(cell.on, language) if cell.on else "")
    return MatrixCell(cell.state, state_words(cell, language), tuple(part for part in small if part))


def short(text: str) -> str:
    """Return a text as a cell of the matrix has it: its beginning, with a mark where there is more."""
    return text if len(text) <= TEXT_IN_CELL else f"{text[: TEXT_IN_CELL - 1].rstrip()}…"
