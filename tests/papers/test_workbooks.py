"""Reading what people bring: what is no table is refused in words, within bounds, and formulas never live on."""

from __future__ import annotations

import datetime as dt
import io
import time
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.action_import import BrokenCell
from app.domain.errors import Refusal
from app.papers import workbooks
from app.papers.tables import Column, Table, table_csv, table_xlsx
from app.papers.value_lines import rows_of
from app.papers.workbooks import read_book

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
LOCKED = "EncryptedPackage".encode("utf-16-le")
SHEET = "xl/worksheets/sheet1.xml"


def book(*rows: tuple[object, ...]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(list(row))
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def altered(content: bytes, part: str, old: bytes, new: bytes, **extra: bytes) -> bytes:
    """Return a workbook with a part of it written otherwise, and further parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            text = source.read(name)
            if name == part:
                assert old in text
                text = text.replace(old, new)
            target.writestr(name, text)
        for name, text in extra.items():
            target.writestr(name.replace("__", "/"), text)
    return written.getvalue()


PLAIN = book(("Title", "Due"), ("Share the list", dt.date(2027, 3, 4)), ("=1+1", 46000))

WITH_MACROS = altered(PLAIN, SHEET, b"<row", b"<row", xl__vbaProject__bin=b"x").replace(
    b"vbaProject/bin", b"vbaProject.bin"
)


def refused(content: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_book(content)
    assert caught.value.field == "file"
    return caught.value


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf \r\n", "empty_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90) + LOCKED, "encrypted_workbook"),
        (WITH_MACROS, "macro_workbook"),
        (altered(PLAIN, "[Content_Types].xml", b"sheet.main+xml", b"sheet.macroEnabled.main+xml"), "macro_workbook"),
        (altered(PLAIN, SHEET, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'), "damaged_workbook"),
        (PLAIN[:-200], "damaged_workbook"),
        (altered(PLAIN, SHEET, b"</row>", b"<row>"), "damaged_workbook"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n....", "not_a_table"),
        (b"<!DOCTYPE html><html></html>", "not_a_table"),
        (bytes(range(1, 32)) * 30, "not_a_table"),
        (b"PK\x03\x04 broken", "damaged_workbook"),
        (b"Title;Due\nCaf\xc3\xa9\nCaf\x81\n", "wrong_encoding"),
        (b"Title;Due\nA\x00B;\n", "nul_in_text"),
        (b'Title;Due\n"open;\n', "unreadable_table"),
        (";".join(["x"] * 201).encode(), "too_many_columns"),
        (book(tuple(["x"] * 201)), "too_many_columns"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_its_reason(content: bytes, key: str) -> None:
    assert refused(content).key == key


def test_an_archive_that_is_no_workbook_is_no_table() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refused(written.getvalue()).key == "not_a_table"


def test_lines_are_named_where_letters_or_marks_are_wrong() -> None:
    assert refused(b"Title\nA\nCaf\xc3\xa9\nCaf\x81\n").values["line"] == 4
    assert refused(b"Title\nA\nB\x00\n").values["line"] == 3


def test_a_bomb_is_refused_by_what_its_directory_says_and_fast() -> None:
    bomb = altered(PLAIN, SHEET, b"<sheetData>", b"<sheetData>" + b" " * (200 * 1024 * 1024))
    assert len(bomb) < 1024 * 1024
    began = time.perf_counter()
    assert refused(bomb).key == "unpacks_too_large"
    assert time.perf_counter() - began < 1


def test_a_file_over_the_limit_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "FILE_LIMIT", 100)
    assert refused(PLAIN).key == "file_too_large"


def test_too_many_rows_are_refused_where_they_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "ROW_LIMIT", 3)
    assert refused(book(*[("x",)] * 5)).key == "too_many_table_rows"
    assert refused(b"x\n" * 5).key == "too_many_table_rows"
    assert len(read_book(b"x\n" * 4)[0].rows) == 4  # the heading and three


@pytest.mark.parametrize("said", [b"A1:A1", b"A1:XFD1048576"])
def test_what_a_sheet_says_of_its_size_is_not_believed(said: bytes) -> None:
    lying = altered(PLAIN, SHEET, b'ref="A1:B3"', b'ref="' + said + b'"')
    assert read_book(lying)[0].rows == read_book(PLAIN)[0].rows


def test_a_row_far_below_costs_no_more_than_it_holds() -> None:
    far = altered(PLAIN, SHEET, b'<row r="3"', b'<row r="99999999999"')
    for column in (b"A", b"B"):
        far = altered(far, SHEET, column + b'3"', column + b'99999999999"')
    assert [number for number, _ in read_book(far)[0].rows] == [1, 2]


def test_formulas_are_their_shown_value_or_refused() -> None:
    """`PLAIN` was written by a program that works nothing out; a value beside the formula is what it showed."""
    assert read_book(PLAIN)[0].rows[2][1] == (BrokenCell("formula_without_value"), 46000)
    shown = altered(PLAIN, SHEET, b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
    assert read_book(shown)[0].rows[2][1] == (2, 46000)
    link = b'<f>HYPERLINK("https://x.example","Click")</f>'
    linked = altered(
        altered(PLAIN, SHEET, b"<f>1+1</f><v></v>", link + b"<v>Click</v>"), SHEET, b'r="A3"', b'r="A3" t="str"'
    )
    assert read_book(linked)[0].rows[2][1] == ("Click", 46000)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('=HYPERLINK("https://x.example";"Click, here")', "Click, here"),
        ('="00123"', "00123"),
        ("'=SUM(A1)", "=SUM(A1)"),
        ("'+1", "+1"),
        ("it's", "it's"),
        ("'quoted'", "'quoted'"),
        ("=cmd|'/c calc'!A1", BrokenCell("formula_in_text")),
        ("=SUM(A1:A2)", BrokenCell("formula_in_text")),
        ("- begin", "- begin"),
    ],
)
def test_a_formula_in_lines_is_what_it_showed_or_broken(cell: str, shown: object) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    assert read_book(f"Title\n{quoted}\n".encode())[0].rows[1][1] == (shown,)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_letters_and_separators_are_found(encoding: str, separator: str) -> None:
    text = f"Título{separator}Échéance\r\nAño de la señal{separator}4 août\r\n"
    assert read_book(text.encode(encoding))[0].rows == (
        (1, ("Título", "Échéance")), (2, ("Año de la señal", "4 août")),
    )  # fmt: skip


def test_rows_keep_the_line_that_they_begin_on() -> None:
    read = rows_of('sep=;\nA;B\n"one\ntwo";2\n\nlast;3\n', row_limit=9, column_limit=9)
    assert read == ((2, ("A", "B")), (3, ("one\ntwo", "2")), (6, ("last", "3")))


CELLS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30),
    st.sampled_from(["=SUM(A1)", "+1", "-x", "@me", "'=x", "''=x", '="a"', "=HYPERLINK(1)"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6))
def test_what_goes_out_comes_back(rows: list[tuple[str | None, ...]]) -> None:
    """The same rows come back from both forms; a text that looks like a formula is text again, never run."""
    table = Table(
        "Actions", (Column("Title"), Column("Owners"), Column("End")), tuple((*r[:2], r[2] or "x") for r in rows), NOW
    )
    said = [tuple(None if cell is None or not cell.strip() else cell for cell in row) for row in table.rows]
    for content in (table_csv(table), table_xlsx(table)):
        back = [
            tuple(cell if not isinstance(cell, str) or cell.strip() else None for cell in (*cells, *[None] * 3)[:3])
            for _, cells in read_book(content)[0].rows[1:]
        ]
        assert back == [row for row in said if any(row)]


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_it(content: bytes) -> None:
    for each in (content, b"PK\x03\x04" + content, b"Title;Owners\n" + content):
        try:
            read_book(each)
        except Refusal as refusal:
            assert refusal.field == "file"  # noqa: PT017 - either is right
