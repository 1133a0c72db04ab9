"""Reading a table that somebody brings: a workbook (XLSX), lines of values (CSV), or what was pasted from either.

Everything here is bounded: what a file says of itself is not believed before it is checked, and reading stops at the
limits. A cell is a text, a number or a day; one that cannot be told (a formula that was never worked out, an error)
is a `BrokenCell`, which its row is refused for.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import math
import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any, Final
from xml.etree.ElementTree import ParseError, iterparse

import openpyxl

from app.domain.action_import import BrokenCell, Cell, TableSheet
from app.domain.errors import Refusal
from app.papers.value_lines import read_lines

FIELD: Final = "file"
ROW_LIMIT: Final = 20_000
COLUMN_LIMIT: Final = 200
CELL_LIMIT: Final = 1_000_000
SHEET_LIMIT: Final = 50
FILE_LIMIT: Final = 50 * 1024 * 1024
_UNPACKED_LIMIT: Final = 192 * 1024 * 1024
_PART_LIMIT: Final = 2_000
_LAST_ROW: Final = 1_048_576
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # OLE: old workbooks, and the envelope of encrypted ones
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_DECLARATION: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\x00!\x00|\x00<\x00!", re.IGNORECASE)
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
_WIDE_XML: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_NOT_TABLES: Final = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"{\\rtf", b"\x1f\x8b", b"BM", b"\x7fELF", b"MZ",
    b"<!DOCTYPE", b"<!doctype", b"<html", b"<HTML", b"<?xml", b"7z\xbc\xaf", b"Rar!",
)  # fmt: skip


def read_book(content: bytes) -> tuple[TableSheet, ...]:
    """Return the sheets of a workbook or of a CSV file that have something in them.

    Raises `Refusal` with `field` `file`: `empty_file`, `file_too_large`, `encrypted_workbook`, `old_workbook`,
    `macro_workbook`, `not_a_table`, `damaged_workbook`, `unpacks_too_large`, `too_many_table_rows`,
    `too_many_columns` (`sheet`, `row`), `too_many_cells`, and what `read_lines` raises.
    """
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Refusal("empty_file", field=FIELD)
    if len(content) > FILE_LIMIT:
        raise Refusal("file_too_large", field=FIELD, limit=FILE_LIMIT // 1024 // 1024)
    if content.startswith(_COMPOUND):
        raise Refusal("encrypted_workbook" if _ENCRYPTED in content else "old_workbook", field=FIELD)
    if content.startswith(b"PK"):
        found = _workbook(content)
    elif content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_NOT_TABLES):
        raise Refusal("not_a_table", field=FIELD)
    else:
        found = (TableSheet("", read_lines(content, row_limit=ROW_LIMIT, column_limit=COLUMN_LIMIT)),)
    filled = tuple(sheet for sheet in found if sheet.rows)
    if not filled:
        raise Refusal("empty_file", field=FIELD)
    if sum(len(cells) for sheet in filled for _, cells in sheet.rows) > CELL_LIMIT:
        raise Refusal("too_many_cells", field=FIELD, limit=CELL_LIMIT)
    return filled


# Workbooks ----------------------------------------------------------------------------------------


def _workbook(content: bytes) -> tuple[TableSheet, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            formulas = _checked_parts(archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that are not read
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            with contextlib.closing(book):
                sheets = book.worksheets[: SHEET_LIMIT + 1]
                return tuple(_sheet(sheet, formulas) for sheet in sheets if sheet.sheet_state == "visible")
    except Refusal:
        raise
    except (
        zipfile.BadZipFile,
        ParseError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        OverflowError,
        NotImplementedError,
        EOFError,
        RuntimeError,
        SyntaxError,
    ) as error:  # fmt: skip - whatever openpyxl meets in a part that is not what it should be
        raise Refusal("damaged_workbook", field=FIELD) from error


def _checked_parts(archive: zipfile.ZipFile) -> Mapping[str, bytes]:
    """Return the sheets that hold formulas, by their part's name, or refuse the archive before anything is read."""
    parts = archive.infolist()
    names = {part.filename.casefold() for part in parts}
    if any(part.flag_bits & 0x1 for part in parts):
        raise Refusal("encrypted_workbook", field=FIELD)
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise Refusal("macro_workbook", field=FIELD)
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise Refusal("not_a_table", field=FIELD)
    if len(parts) > _PART_LIMIT or sum(part.file_size for part in parts) > _UNPACKED_LIMIT:
        raise Refusal("unpacks_too_large", field=FIELD, limit=_UNPACKED_LIMIT // 1024 // 1024)
    formulas = {}
    for part in parts:
        text = archive.read(part)
        # Whatever it is called: that does not say what it is read as.
        if not text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", *_WIDE_XML)):
            continue
        if part.filename.casefold() == "[content_types].xml" and b"macroEnabled" in text:
            raise Refusal("macro_workbook", field=FIELD)
        if text.startswith(_WIDE_XML) or _DECLARATION.search(text):  # entities that grow when they are read
            raise Refusal("damaged_workbook", field=FIELD)
        if part.filename.startswith("xl/worksheets/") and _FORMULA.search(text):
            formulas[part.filename] = text
    return formulas


def _sheet(sheet: Any, formulas: Mapping[str, bytes]) -> TableSheet:
    """Read one sheet, whatever it says that its size is."""
    if not hasattr(sheet, "reset_dimensions"):
        return TableSheet(str(sheet.title), ())
    sheet.reset_dimensions()
    unsolved = _unsolved(formulas.get(str(getattr(sheet, "_worksheet_path", "")).lstrip("/"), b""))
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    for number, row in enumerate(sheet.iter_rows(values_only=True, max_row=_LAST_ROW), start=1):
        cells = list(row)
        if unsolved:
            for column in unsolved.get(number, ()):
                cells += [None] * (column - len(cells))
                cells[column - 1] = BrokenCell("formula_without_value")
        kept = _stripped(map(_value, cells))
        if not kept:
            continue
        if len(kept) > COLUMN_LIMIT:
            raise Refusal("too_many_columns", field=FIELD, limit=COLUMN_LIMIT, sheet=str(sheet.title), row=number)
        if len(rows) > ROW_LIMIT:
            raise Refusal("too_many_table_rows", field=FIELD, limit=ROW_LIMIT)
        rows.append((number, kept))
    return TableSheet(str(sheet.title), tuple(rows))


def _unsolved(text: bytes) -> Mapping[int, list[int]]:
    """Return, by row, the columns of the formulas that no program has worked out: they have no value."""
    found: dict[int, list[int]] = {}
    # What could grow while it is read was refused before.
    for _, element in iterparse(io.BytesIO(text), ("end",)) if text else ():  # noqa: S314
        if element.tag.rpartition("}")[2] == "c":
            kinds = {child.tag.rpartition("}")[2] for child in element}
            place = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", element.get("r", ""))
            # An empty value is one only where the cell says that it is text.
            is_solved = any(child.text for child in element if child.tag.endswith("v")) or (
                "v" in kinds and element.get("t") == "str"
            )
            if "f" in kinds and not is_solved and place:
                found.setdefault(int(place[2]), []).append(_column_number(place[1]))
        elif element.tag.rpartition("}")[2] == "row":
            element.clear()
    return found


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _value(value: Any) -> Cell:
    """Return a cell's value as one of ours; an hour alone, or a length of time, is the text that it shows."""
    match value:
        case str():
            return BrokenCell("cell_error") if value in _ERRORS else value
        case None | BrokenCell():
            return value
        case bool():
            return str(value).upper()
        case int() | float():
            return value if math.isfinite(value) else BrokenCell("cell_error")
        case dt.date():
            return value.date() if isinstance(value, dt.datetime) else value
    return str(value)


_ERRORS: Final = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"}
)


def _stripped(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Return the cells without the empty ones at the end; none where all are empty."""
    kept = list(cells)
    while kept and (kept[-1] is None or (isinstance(kept[-1], str) and not kept[-1].strip())):
        kept.pop()
    return tuple(kept)
