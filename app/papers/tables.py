"""A table as a file for other programs: a workbook (XLSX), or lines of values between commas (CSV)."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Value = str | int | float | dt.date | None

# A value that a spreadsheet would take for a formula, also in the wide letters of East Asian keyboards.
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BOM: Final = "\ufeff"
# What no XML can carry, and so no workbook (XML 1.0, 2.2).
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_SHEET_NAMES: Final = re.compile(r"[\[\]:*?/\\]")
_LONGEST_CELL: Final = 32_767
_LONGEST_SHEET_NAME: Final = 31
_LONGEST_FOOTER: Final = 250
_FIRST_DAY_OF_EXCEL: Final = dt.date(1900, 3, 1)  # before it, its calendar has a day that never was
_LETTER: Final = 1
_WIDTHS: Final = (6, 48)


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its heading; `width` is in characters, as wide as its values need (in bounds) where it is None."""

    heading: str
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table in words: a cell of each row for each column; None is an empty one.

    `notes` say what it is, as of when and for whom: a sheet of their own, and the first of them the foot of each
    printed page. `dated` (aware) goes into a workbook, so that the same table is the same bytes.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    dated: dt.datetime
    notes: tuple[str, ...] = ()
    notes_title: str = "Notes"

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("each row has one value for each column")


def table_csv(table: Table) -> bytes:
    """Return the headings and rows as CSV (RFC 4180): UTF-8 with the mark by which Excel knows it, dates by ISO 8601.

    A text that a spreadsheet would run as a formula begins with an apostrophe. Title and notes are left out:
    a program that reads it takes every line for a row.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([_harmless(column.heading) for column in table.columns])
    writer.writerows([_as_text(value) for value in row] for row in table.rows)
    return (_BOM + written.getvalue()).encode("utf-8", "replace")


def table_xlsx(table: Table) -> bytes:
    """Return the table as a workbook, the same bytes for the same table.

    Text is always text, never a formula, a number or a link; days are days where Excel's calendar has them. The
    headings stay in sight and are repeated on every printed page.
    """
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        created = table.dated.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None)
        book.set_properties({"title": _clean(table.title), "author": "Entente", "created": created})
        sheet = book.add_worksheet(_sheet_name(table.title))
        _write_rows(sheet, table, book.add_format({"text_wrap": True, "valign": "top"}), _heads(book), _days(book))
        _print_well(sheet, table)
        if table.notes:
            _write_notes(book.add_worksheet(_sheet_name(table.notes_title, not_=table.title)), table, book)
    return written.getvalue()


def _heads(book: Any) -> Format:
    return book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})


def _days(book: Any) -> Format:
    return book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})


def _write_rows(sheet: Worksheet, table: Table, plain: Format, heads: Format, days: Format) -> None:
    for number, column in enumerate(table.columns):
        values = [_as_text(row[number]) for row in table.rows]
        sheet.set_column(number, number, column.width or _width([column.heading, *values]))
        sheet.write_string(0, number, _clean(column.heading), heads)
    for line, row in enumerate(table.rows, start=1):
        for number, value in enumerate(row):
            _write(sheet, line, number, value, plain, days)
    if table.rows and table.columns:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)


def _write(sheet: Worksheet, line: int, number: int, value: Value, plain: Format, days: Format) -> None:
    """Write one cell as what it is: `write` of the library would look for formulas and links."""
    match value:
        case None | "":
            sheet.write_blank(line, number, None, plain)
        case dt.date() if value >= _FIRST_DAY_OF_EXCEL:
            sheet.write_datetime(line, number, dt.datetime.combine(value, dt.time()), days)
        case int() | float():
            sheet.write_number(line, number, value, plain)
        case _:
            sheet.write_string(line, number, _clean(str(value)), plain)


def _write_notes(sheet: Worksheet, table: Table, book: Any) -> None:
    sheet.set_column(0, 0, 100)
    for line, note in enumerate((table.title, *table.notes)):
        style = {"bold": True} if line == 0 else {"text_wrap": True, "valign": "top"}
        sheet.write_string(line, 0, _clean(note), book.add_format(style))


def _print_well(sheet: Worksheet, table: Table) -> None:
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(_LETTER)
    sheet.fit_to_pages(1, 0)
    told = "".join(table.notes[:1]).replace("&", "&&")
    sheet.set_footer(f"&L&8{_clean(told)[: _LONGEST_FOOTER - 20]}&R&8&P / &N")


def _width(values: Sequence[str]) -> int:
    least, most = _WIDTHS
    return min(most, max([least, *(len(line) + 2 for value in values for line in value.splitlines())]))


def _as_text(value: Value) -> str:
    """Return a value as CSV has it: only a text can be taken for a formula, a number below zero is one."""
    match value:
        case None:
            return ""
        case dt.date():
            return value.isoformat()
        case int() | float():
            return str(value)
        case _:
            return _harmless(value)


def _harmless(text: str) -> str:
    clean = _clean(text)
    # One that begins so already gets another, so that reading it takes one away and gives the same text back.
    return f"'{clean}" if clean.lstrip("'").startswith(_FORMULA_SIGNS) else clean


def _clean(text: str) -> str:
    """Return the text as a cell can hold it: what XML cannot carry shows as `\ufffd`, what is too long is cut."""
    clean = _NOT_XML.sub("\ufffd", text)
    return clean if len(clean) <= _LONGEST_CELL else clean[: _LONGEST_CELL - 1] + "…"


def _sheet_name(title: str, not_: str = "") -> str:
    """Return the title as the name of a sheet can be, another than that of the sheet before it."""
    name = _NOT_IN_SHEET_NAMES.sub(" ", _clean(title))[:_LONGEST_SHEET_NAME].strip(" '") or "Entente"
    return f"{name[: _LONGEST_SHEET_NAME - 4]} (2)" if not_ and name == _sheet_name(not_) else name
