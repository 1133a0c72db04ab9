"""Reading lines of values (CSV) and pasted tables: which letters, which separator, which cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from app.domain.action_import import BrokenCell, Cell, Rows
from app.domain.errors import Refusal

FIELD: Final = "file"
SEPARATORS: Final = ("\t", ";", ",", "|")
_LONGEST_CELL: Final = 1_000_000
# A text that a spreadsheet would run as a formula is written with an apostrophe before it, as our exports do.
_SIGNS: Final = "=+-@\t\r\n＝＋－＠"
_LINK: Final = re.compile(r'=\s*HYPERLINK\(\s*"(?:[^"]|"")*"\s*[,;]\s*"((?:[^"]|"")*)"\s*\)', re.IGNORECASE)
_AS_TEXT: Final = re.compile(r'="((?:[^"]|"")*)"')
_SEPARATOR_LINE: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FEW: Final = 20


def read_lines(content: bytes, *, row_limit: int, column_limit: int, field: str = FIELD) -> Rows:
    """Return the rows of a CSV file that have something in them, each with the line that it begins on (from 1).

    UTF-8, UTF-16 and Windows-1252 are told apart. Raises `Refusal` with `field`: `wrong_encoding` (`line`),
    `nul_in_text` (`line`), `not_a_table`, and what `rows_of` raises.
    """
    return rows_of(_decoded(content, field), row_limit=row_limit, column_limit=column_limit, field=field)


def rows_of(text: str, *, row_limit: int, column_limit: int, field: str = FIELD) -> Rows:
    """Return the rows of lines of values that have something in them; cells are parted as the first line is.

    A cell that a spreadsheet wrote as a formula of a text alone, or of a link, is what it showed; any other
    is broken, and its row is refused for it. An apostrophe before such a sign is taken off. Raises `Refusal`:
    `nul_in_text` (`line`), `unreadable_table` (`line`), `too_many_table_rows`, `too_many_columns` (`row`).
    """
    written = text.replace("\ufeff", "")
    if "\x00" in written:
        raise Refusal("nul_in_text", field=field, line=_line_of(written, written.index("\x00")))
    separator, start = _separator(written)
    reader = csv.reader(io.StringIO(written[start:], newline=""), delimiter=separator, strict=True)
    found: list[tuple[int, tuple[Cell, ...]]] = []
    offset = 1 if start else 0
    begins = 0
    csv.field_size_limit(_LONGEST_CELL)
    try:
        for cells in reader:
            line, begins = offset + begins + 1, reader.line_num
            kept = _kept(cells)
            if not kept:
                continue
            if len(kept) > column_limit:
                raise Refusal("too_many_columns", field=field, limit=column_limit, sheet="", row=line)
            if len(found) > row_limit:
                raise Refusal("too_many_table_rows", field=field, limit=row_limit)
            found.append((line, kept))
    except csv.Error:
        raise Refusal("unreadable_table", field=field, line=offset + max(reader.line_num, 1)) from None
    return tuple(found)


def _kept(cells: Iterable[str]) -> tuple[Cell, ...]:
    kept: list[Cell] = [_shown(cell) if cell.strip() else None for cell in cells]
    while kept and kept[-1] is None:
        kept.pop()
    return tuple(kept)


def _shown(cell: str) -> str | BrokenCell:
    """Return what a cell showed in the spreadsheet that wrote it."""
    first = cell[0]
    if first == "'":
        bare = cell.lstrip("'")
        return cell[1:] if bare and bare[0] in _SIGNS else cell
    if first != "=":
        return cell
    said = _LINK.fullmatch(cell) or _AS_TEXT.fullmatch(cell)
    return said[1].replace('""', '"') if said else BrokenCell("formula_in_text")


def _separator(text: str) -> tuple[str, int]:
    """Return what parts the cells, and where the table begins: Excel may name the separator on a line of its own."""
    named = _SEPARATOR_LINE.match(text)
    if named:
        return named[1], named.end()
    head = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").partition("\n")[0])
    return max(SEPARATORS, key=lambda each: (head.count(each), -SEPARATORS.index(each))), 0


# Letters ------------------------------------------------------------------------------------------


def _decoded(content: bytes, field: str) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _in(content[len(mark) :], encoding, field)
    head = content[:2000]
    if b"\x00" in head and (guessed := _wide(head)):
        return _in(content, guessed, field)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        text = _in(content, "cp1252", field, at=error.start)
    strange = sum(unicodedata.category(char) == "Cc" and char not in "\t\r\n" for char in text[:4000])
    if strange > _FEW:
        raise Refusal("not_a_table", field=field)
    return text


def _wide(head: bytes) -> str | None:
    """Return which of the two UTF-16 has its empty bytes where these are."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.1 else None


def _in(content: bytes, encoding: str, field: str, at: int | None = None) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        place = content[: error.start if at is None else at]
        line = place.decode(encoding, "replace").count("\n") + 1
        raise Refusal("wrong_encoding", field=field, line=line) from None


def _line_of(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
