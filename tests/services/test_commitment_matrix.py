"""The follow-up matrix taken away: the same rows as on the page, nothing that runs, nothing of others."""

from __future__ import annotations

import csv
import datetime as dt
import io

import openpyxl

from app.db import Database
from app.services.commitment_acts import NewCommitment, record_commitment
from app.services.commitment_links import link_action
from app.services.commitment_paper import matrix_file
from app.services.commitment_statements import NewStatement, contest_commitment, state_commitment
from app.services.commitments import ALL, CommitmentFilters, commitment_lines
from tests import world
from tests.subscribing import counted_statements

FORMULA = '=HYPERLINK("https://evil.example","x")'


def fill(database: Database) -> None:
    """Let Mexico say something that a spreadsheet would run, Canada contest, and two record what Canada may not see."""
    with database.write_session(world.viewer("ana")) as session:
        said = NewStatement("done", FORMULA, "en", as_of_on=dt.date(2026, 11, 20))
        state_commitment(session, "C01", "MX", said)
        parts = {"MX": "owes", "US": "owes", "CA": "none"}
        record_commitment(session, NewCommitment({"en": "Hidden promise", "original": "en"}, parts, "A text"))
        session.commit()
    with database.write_session(world.viewer("isabelle")) as session:
        contest_commitment(session, "C03", "Opened in part.", "en")
        session.commit()


def values(database: Database, key: str, asked: CommitmentFilters = ALL) -> list[dict[str, str]]:
    """Return the rows of the CSV."""
    with database.read_session(world.viewer(key)) as session:
        name, content = matrix_file(session, "csv", asked, "en")
    assert name.startswith("commitments-2026-11-22-en.")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_values_and_workbook_have_the_rows_of_the_page_and_run_nothing(sqlite_database: Database) -> None:
    fill(sqlite_database)
    rows = values(sqlite_database, "ana")
    with sqlite_database.read_session(world.viewer("ana")) as session:
        on_page = [line.commitment.ref for line in commitment_lines(session).lines]
        book = openpyxl.load_workbook(io.BytesIO(matrix_file(session, "xlsx", ALL, "en")[1]))
    assert [row["Reference"] for row in rows] == on_page
    first = rows[0]
    assert (first["Mexico: state"], first["Mexico: as of"]) == ("done", "2026-11-20")
    assert first["Mexico: last update"] == f"'{FORMULA}"
    assert (first["Canada: state"], first["Canada: basis"]) == ("no word yet", "")
    assert "Contested by Canada" in next(row for row in rows if row["Reference"] == "C03")["Contested"]
    cells = [cell for line in book.worksheets[0].iter_rows(min_row=2) for cell in line]
    assert len(list(book.worksheets[0].iter_rows(min_row=2))) == len(rows)
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert FORMULA in {cell.value for cell in cells}


def test_nobody_takes_away_what_they_may_not_see(sqlite_database: Database) -> None:
    fill(sqlite_database)
    assert "COM-2026-MXUS-1" in {row["Reference"] for row in values(sqlite_database, "carol")}
    for key in ("benoit", "sam"):
        rows = values(sqlite_database, key)
        assert "COM-2026-MXUS-1" not in {row["Reference"] for row in rows}
        assert len(rows) == 14
    assert [
        row["Reference"] for row in values(sqlite_database, "carol", CommitmentFilters(party="CA", state="done"))
    ] == []


def test_the_paper_is_a_tagged_pdf_the_same_each_time(sqlite_database: Database) -> None:
    fill(sqlite_database)
    with sqlite_database.read_session(world.viewer("ana")) as session:
        papers = [matrix_file(session, "pdf", ALL, "es")[1] for _ in range(2)]
    assert papers[0] == papers[1]
    assert papers[0].startswith(b"%PDF-")
    assert b"/StructTreeRoot" in papers[0]
    assert b"/Lang" in papers[0]


def test_the_matrix_takes_as_many_statements_for_many_actions_as_for_none(sqlite_database: Database) -> None:
    counts = []
    for first in (0, 20):
        with sqlite_database.system_session("give the parties actions", "write") as session:
            references = [f"ACT-2026-CAMXUS-A{number:02}" for number in range(first + 1, first * 2 + 3)]
            for reference in references:
                world.add_action(session, reference)
            session.commit()
        with sqlite_database.write_session(world.viewer("ana")) as session:
            for reference in references:
                link_action(session, "C02", reference)
            session.commit()
        with (
            sqlite_database.read_session(world.viewer("benoit")) as session,
            counted_statements(sqlite_database) as found,
        ):
            lines = commitment_lines(session, page=1).lines
        counts.append(len(found))
        cell = next(line for line in lines if line.commitment.ref == "C02").cell("US")
        assert (cell.state, cell.basis) == ("open", "derived")
    assert counts[0] == counts[1] <= 5
