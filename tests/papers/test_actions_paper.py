"""The register of actions taken away: the same rows as the page, in every form, for who asks and nobody else."""

from __future__ import annotations

import csv
import datetime as dt
import io

import openpyxl
import pytest
from pypdf import PdfReader

from app.db import Database
from app.domain.action_query import parse
from app.domain.errors import Refusal
from app.models import Action
from app.papers.actions import ActionsPaper, PaperAction, PaperPart, actions_pdf
from app.services import action_exports
from app.services.action_exports import actions_file
from app.services.action_register import Sort, choices_of, register_page
from tests import world

LATE = dt.date(2026, 11, 13)
FORMULA = '=HYPERLINK("http://x.example")'


@pytest.fixture
def kept(sqlite_database: Database) -> Database:
    with sqlite_database.system_session("actions to take away", "write") as session:
        meeting = world.add_meeting(session, "UNC-2026-1", mechanism="M01", state="held")
        world.add_action(
            session, "UNC-2026-1-A01", meeting=meeting, title={"en": FORMULA, "original": "en"}, priority="high",
            legs={
                "CA": {"state": "done"},
                "MX": {"due_on": LATE, "reason": "+1, waits", "office_code": "MX-SRE", "person_name": "@Diego"},
                "US": {"due_on": LATE, "is_accepted": False},
            },
        )  # fmt: skip
        world.add_action(session, "ADH-2026-1-A01", ("CA", "US"), title={"en": "Two alone", "original": "en"})
        world.add_action(session, "ADH-2026-1-A02", ("MX", "US"), title={"en": "Border", "original": "en"})
        session.commit()
    return sqlite_database


def taken(database: Database, key: str, form: str, text: str = "", language: str = "en") -> bytes:
    with database.read_session(world.viewer(key)) as session:
        return actions_file(session, form, parse(text), Sort("reference"), language)[1]


def lines_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_every_fact_stands_in_a_column_of_its_own(kept: Database) -> None:
    [line] = lines_of(taken(kept, "ana", "csv", "ref:UNC-2026-1"))
    assert line == {
        "Reference": "UNC-2026-1-A01", "Action": f"'{FORMULA}", "Meeting": "UNC-2026-1", "Kind": "Task",
        "Mechanism": line["Mechanism"], "Priority": "high", "Horizon": "", "Lead": "", "State": "under way",
        "Due": "2026-11-13", "State (CA)": "done", "Due (CA)": "2026-12-15", "Office (CA)": "", "Person (CA)": "",
        "State (MX)": "overdue", "Due (MX)": "2026-11-13", "Office (MX)": "MX-SRE", "Person (MX)": "'@Diego",
        "State (US)": "open", "Due (US)": "2026-11-13", "Office (US)": "", "Person (US)": "",
        "Recorded, not accepted": "US", "Reasons": "MX: +1, waits", "Last news": "2026-11-22",
    }  # fmt: skip


def test_the_day_of_the_last_news_is_that_of_the_reader(kept: Database) -> None:
    with kept.system_session("news in the evening of Mexico City", "write") as session:
        action = session.get_one(Action, world.identity("action", "UNC-2026-1-A01"))
        action.news_at = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)
        session.commit()
    [line] = lines_of(taken(kept, "ana", "csv", "ref:UNC-2026-1"))
    assert line["Last news"] == "2026-11-21"


def test_owing_nothing_and_not_being_at_the_table_are_two_words(kept: Database) -> None:
    for line in lines_of(taken(kept, "carol", "csv", "-ref:UNC")):
        absent = "MX" if line["Action"] == "Two alone" else "CA"
        assert line[f"State ({absent})"] == "not at the table"


@pytest.mark.parametrize("key", ["ana", "benoit", "carol", "sam"])
@pytest.mark.parametrize("text", ["", "is:overdue", "party:US due:>2026-12-01"])
def test_what_is_taken_away_is_what_the_page_finds(kept: Database, key: str, text: str) -> None:
    with kept.read_session(world.viewer(key)) as session:
        shown = register_page(session, parse(text), choices_of(session).ground, Sort("reference"), 1)
        expected = [line.action.reference for line in shown.lines]
    assert [line["Reference"] for line in lines_of(taken(kept, key, "csv", text))] == expected
    sheet = openpyxl.load_workbook(io.BytesIO(taken(kept, key, "xlsx", text))).worksheets[0]
    assert [row[0].value for row in sheet.iter_rows(min_row=2) if row[0].value] == expected
    said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(taken(kept, key, "pdf", text))).pages)
    assert all(reference in said for reference in expected)


def test_a_workbook_holds_text_days_and_no_formula_and_says_whose_it_is(kept: Database) -> None:
    book = openpyxl.load_workbook(io.BytesIO(taken(kept, "ana", "xlsx", "is:overdue")))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert FORMULA in [cell.value for cell in cells]
    assert dt.datetime(2026, 11, 13) in [cell.value for cell in cells]  # noqa: DTZ001 - a day as Excel has it
    notes = "\n".join(str(cell.value) for row in book.worksheets[1].iter_rows() for cell in row)
    assert "Ana Robles (Mexico)" in notes
    assert "22 November 2026" in notes
    assert "Taken at Sun 22 Nov 2026, 9:00 (Mexico City)." in " ".join(notes.split())
    assert "Handling: named delegations" in notes
    assert "Filter: is:overdue" in notes


def test_a_paper_is_tagged_and_in_the_readers_words(kept: Database) -> None:
    content = taken(kept, "ana", "pdf", "is:overdue", "es")
    paper = PdfReader(io.BytesIO(content))
    root = paper.root_object
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]) == "es"
    said = "".join(page.extract_text() for page in paper.pages)
    assert "vencid" in said
    assert "UNC-2026-1-A01" in said
    assert taken(kept, "ana", "pdf", "is:overdue", "es") == content


def test_more_than_can_be_taken_is_refused(kept: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action_exports, "MOST_ROWS", 1)
    with pytest.raises(Refusal, match="too_many_actions"):
        taken(kept, "carol", "csv")
    assert len(lines_of(taken(kept, "carol", "csv", "ref:UNC"))) == 1


def test_a_row_of_a_paper_has_a_part_for_each_party() -> None:
    row = PaperAction("Title", "en", "A01", "", (PaperPart("open"),))
    paper = ActionsPaper(
        "en", "Actions", "Now.", "", ("Action", "Due", "CA", "MX", "Note"), (row,), "", (), "", world.NOW
    )
    with pytest.raises(ValueError, match="one part for each party"):
        actions_pdf(paper)
