"""A table that was pasted from a spreadsheet or a list: found columns, rows with their line, and what puzzles."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.errors import Refusal

SEPARATORS: Final = ("\t", ";", ",", "|")


@dataclass(frozen=True, slots=True)
class PastedRow:
    """One row, with the line that it was pasted on (from 1) and its cells by the columns' own names."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PastedTable:
    """The rows of a table; `unknown` are headings that name none of the columns, and whose cells were left out."""

    rows: tuple[PastedRow, ...]
    unknown: tuple[str, ...]


def read_table(
    text: str,
    headings: Mapping[str, Sequence[str]],
    required: Sequence[str],
    *,
    field: str,
    row_limit: int,
) -> PastedTable:
    """Return the table in a pasted text, whose first line says what its columns are.

    `headings` gives, for each column, what it may be called in any language; accents, capitals and marks do not
    matter. Cells are parted by tabs, as a spreadsheet copies them, or by semicolons, commas or bars. Empty rows are
    left out. Raises `Refusal` with `field`: `required`, `no_rows`, `missing_column` (`columns`), `column_twice`
    (`column`), `too_many_rows` (`limit`), `cells_without_column` (`line`), `unreadable_table` (`line`).
    """
    lines = _cells(text, field)
    if not lines:
        raise Refusal("required", field=field)
    (_, head), *body = lines
    columns, unknown = _columns(head, headings, field)
    missing = [headings[name][0] for name in required if name not in columns]
    if missing:
        raise Refusal("missing_column", field=field, columns=", ".join(missing))
    if not body:
        raise Refusal("no_rows", field=field)
    if len(body) > row_limit:
        raise Refusal("too_many_rows", field=field, limit=row_limit)
    return PastedTable(tuple(_row(line, cells, columns, field) for line, cells in body), unknown)


def _cells(text: str, field: str) -> list[tuple[int, list[str]]]:
    """Return the lines that have something in them, each with its number and its cells."""
    written = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    head = written.partition("\n")[0]
    separator = max(SEPARATORS, key=lambda each: (head.count(each), -SEPARATORS.index(each)))
    reader = csv.reader(io.StringIO(written), delimiter=separator, strict=True)
    found = []
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                found.append((reader.line_num, stripped))
    except csv.Error:
        raise Refusal("unreadable_table", field=field, line=reader.line_num) from None
    return found


def _columns(
    head: Sequence[str], headings: Mapping[str, Sequence[str]], field: str
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return where each column stands, and the headings that name none."""
    known = {_plain(said): name for name, all_said in headings.items() for said in (name, *all_said)}
    columns: dict[str, int] = {}
    unknown = []
    for position, heading in enumerate(head):
        name = known.get(_plain(heading))
        if name is None:
            unknown += [heading] if heading else []
        elif name in columns:
            raise Refusal("column_twice", field=field, column=heading)
        else:
            columns[name] = position
    return columns, tuple(unknown)


def _row(line: int, cells: Sequence[str], columns: Mapping[str, int], field: str) -> PastedRow:
    if len(cells) < max(columns.values()) and len(cells) == 1:
        raise Refusal("cells_without_column", field=field, line=line)
    found = {name: cells[position] if position < len(cells) else "" for name, position in columns.items()}
    return PastedRow(line, found)


def _plain(heading: str) -> str:
    """Return a heading without accents, capitals and marks."""
    apart = unicodedata.normalize("NFKD", heading.casefold())
    return "".join(letter for letter in apart if letter.isalnum())
