"""Tables as files: text stays text in both forms, whatever a spreadsheet would like to make of it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import xml.etree.ElementTree as ET
import zipfile

import pytest

from app.papers.tables import Column, Table, Value, table_csv, table_xlsx

DATED = dt.datetime(2026, 11, 22, 15, 0, 30, 999, tzinfo=dt.UTC)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("https://example.org","x")',
    "=cmd|' /C calc'!A0", "＝1+1", "＠x",
)  # fmt: skip


def table(*rows: tuple[Value, ...], **changed: object) -> Table:
    """Return a table of these rows."""
    columns = tuple(Column(f"Column {number}") for number in range(1, len(rows[0]) + 1)) if rows else (Column("A"),)
    values: dict[str, object] = {"title": "Mechanisms", "columns": columns, "rows": rows, "dated": DATED}
    return Table(**(values | changed))  # type: ignore[arg-type]


def lines_of(content: bytes) -> list[list[str]]:
    """Return the lines of a CSV file."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def part(content: bytes, name: str) -> ET.Element:
    """Return one part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return ET.fromstring(book.read(name))


def cells_of(content: bytes, sheet: int = 1) -> list[list[tuple[str | None, str]]]:
    """Return type and value of every cell of a sheet that has one: `s` is text, None a number."""
    shared = [
        "".join(text.text or "" for text in item.iter(f"{MAIN}t")) for item in part(content, "xl/sharedStrings.xml")
    ]
    found = []
    for row in part(content, f"xl/worksheets/sheet{sheet}.xml").iter(f"{MAIN}row"):
        cells = []
        for cell in row:
            value = cell.find(f"{MAIN}v")
            if value is not None and value.text is not None:
                kind = cell.get("t")
                cells.append((kind, shared[int(value.text)] if kind == "s" else value.text))
        found.append(cells)
    return found


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula_in_csv(text: str) -> None:
    assert lines_of(table_csv(table((text, "plain")))) == [["Column 1", "Column 2"], [f"'{text}", "plain"]]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula_a_number_or_a_link_in_a_workbook(text: str) -> None:
    content = table_xlsx(table((text, "12", "https://example.org", "mailto:x@example.org")))
    [_, row] = cells_of(content)
    assert [kind for kind, _ in row] == ["s"] * 4
    assert re.sub("_x000[9AD]_", "", row[0][1]).strip() == text.strip()
    sheet = part(content, "xl/worksheets/sheet1.xml")
    assert not list(sheet.iter(f"{MAIN}f"))
    assert not list(sheet.iter(f"{MAIN}hyperlink"))


def test_values_are_what_they_are_in_csv() -> None:
    content = table_csv(table(('a, "b"\nc', -326, 0.5, dt.date(2026, 12, 31), None, "")))
    assert content.startswith(b"\xef\xbb\xbfColumn 1,")
    assert content.endswith(b'"a, ""b""\nc",-326,0.5,2026-12-31,,\r\n')
    assert lines_of(content)[1] == ['a, "b"\nc', "-326", "0.5", "2026-12-31", "", ""]


def test_values_are_what_they_are_in_a_workbook() -> None:
    content = table_xlsx(table(("Año", -326, 0.5, dt.date(2026, 12, 31), None, "", dt.date(1867, 7, 1))))
    assert cells_of(content)[1] == [("s", "Año"), (None, "-326"), (None, "0.5"), (None, "46387"), ("s", "1867-07-01")]
    styles = part(content, "xl/styles.xml")
    assert [each.get("formatCode") for each in styles.iter(f"{MAIN}numFmt")] == ["yyyy-mm-dd"]


def test_letters_of_every_language_and_what_no_file_can_carry() -> None:
    text = "Ñandú, œuvre, 合意\x00\x1b\ufffe\ud800"
    shown = "Ñandú, œuvre, 合意\ufffd\ufffd\ufffd\ufffd"
    assert lines_of(table_csv(table((text,))))[1] == [shown]
    assert cells_of(table_xlsx(table((text,))))[1] == [("s", shown)]


def test_what_is_longer_than_a_cell_is_cut_and_says_so() -> None:
    [_, [[kind, text]]] = cells_of(table_xlsx(table(("x" * 40_000,))))
    assert (kind, len(text), text[-1]) == ("s", 32_767, "…")


def test_notes_have_a_sheet_and_stand_at_the_foot_of_each_page() -> None:
    content = table_xlsx(table(("a",), notes=("Made for R&D, of what they may read.", "=2+2"), notes_title="Notes"))
    assert cells_of(content, 2) == [
        [("s", "Mechanisms")], [("s", "Made for R&D, of what they may read.")], [("s", "=2+2")],
    ]  # fmt: skip
    foot = part(content, "xl/worksheets/sheet1.xml").find(f"{MAIN}headerFooter/{MAIN}oddFooter")
    assert foot is not None
    assert foot.text == "&L&8Made for R&&D, of what they may read.&R&8&P / &N"
    names = [sheet.get("name") for sheet in part(content, "xl/workbook.xml").iter(f"{MAIN}sheet")]
    assert names == ["Mechanisms", "Notes"]


@pytest.mark.parametrize(
    ("title", "notes_title", "names"),
    [
        ("Actions: 2026/27 [all]", "Notes", ["Actions  2026 27  all", "Notes"]),
        ("Notes", "Notes", ["Notes", "Notes (2)"]),
        ("'", "'", ["Entente", "Entente (2)"]),
        ("w" * 40, "w" * 40, ["w" * 31, "w" * 27 + " (2)"]),
    ],
)
def test_a_sheet_has_a_name_that_a_workbook_takes(title: str, notes_title: str, names: list[str]) -> None:
    content = table_xlsx(table(("a",), title=title, notes=("n",), notes_title=notes_title))
    assert [sheet.get("name") for sheet in part(content, "xl/workbook.xml").iter(f"{MAIN}sheet")] == names


def test_a_table_without_rows_has_its_heads() -> None:
    empty = table(columns=(Column("A"), Column("B")))
    assert lines_of(table_csv(empty)) == [["A", "B"]]
    assert cells_of(table_xlsx(empty)) == [[("s", "A"), ("s", "B")]]


def test_the_same_table_is_the_same_bytes() -> None:
    made = [table_xlsx(table(("a", 1, dt.date(2026, 1, 2)), notes=("n",))) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0] != table_xlsx(table(("b", 1, dt.date(2026, 1, 2)), notes=("n",)))


def test_a_row_without_its_cells_is_told() -> None:
    with pytest.raises(ValueError, match="one value for each column"):
        Table("x", (Column("A"), Column("B")), (("a",),), DATED)
