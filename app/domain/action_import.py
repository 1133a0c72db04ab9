"""A table of actions that is brought: its cells, where each column goes, and what is chosen about all of it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, cast

from app.domain.action_import_dates import Order, guessed_order, numbers_in
from app.domain.action_import_words import COLUMNS, HEADING_OF, NOTHING, WORDS_OF, plain

HEAD_ROWS: Final = 15
DATE_COLUMNS: Final = ("due_on", "done_on", "meeting_on")
TITLE_COLUMNS: Final = ("title", "title_en", "title_es", "title_fr")
_SAMPLE: Final = 200
_LEFT_OUT: Final = ""


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """A cell whose value cannot be told; `key` names the message."""

    key: str


Cell = str | int | float | dt.date | BrokenCell | None
Rows = tuple[tuple[int, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class TableSheet:
    """One sheet: its name, and the rows that have something in them, each with its number (from 1)."""

    name: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class Choices:
    """What is chosen about a table; `columns` says where each of the sheet's columns goes (empty: left out).

    `header` is the number of the row that names the columns, 0 for none. `order` reads days in numbers, and
    `is_decided` says that a person chose it. `seen_by` are the parties that see every row beside its owners,
    `mechanism` the code of the one that rows without their own are of. `plain_party` is the party of persons whose
    party is not written. `joins` lets rows change actions that are there; `leaves_out` imports without refused rows.
    """

    sheet: int = 0
    header: int = 1
    columns: tuple[str, ...] = ()
    order: Order | None = None
    is_decided: bool = False
    language: str = "en"
    seen_by: tuple[str, ...] = ()
    mechanism: str | None = None
    plain_party: str | None = None
    joins: bool = False
    leaves_out: bool = False

    def place_of(self, name: str) -> int | None:
        """Return where a column stands, from 0."""
        return self.columns.index(name) if name in self.columns else None


@dataclass(frozen=True, slots=True)
class BroughtTable:
    """A table as it is kept: the name of its file, its sheets, and what is chosen."""

    file_name: str
    sheets: tuple[TableSheet, ...]
    choices: Choices = field(default_factory=Choices)

    @property
    def sheet(self) -> TableSheet:
        """Return the sheet that is chosen."""
        return self.sheets[self.choices.sheet]

    @property
    def head(self) -> tuple[Cell, ...]:
        """Return the row that names the columns, empty where none does."""
        return next((cells for number, cells in self.sheet.rows if number == self.choices.header), ())

    @property
    def body(self) -> Rows:
        """Return the rows below the heading."""
        return tuple(row for row in self.sheet.rows if row[0] > self.choices.header)

    def to_json(self) -> str:
        """Return the table as JSON, from which `from_json` makes the same again."""
        sheets = [
            [sheet.name, [[number, [_plain(cell) for cell in row]] for number, row in sheet.rows]]
            for sheet in self.sheets
        ]
        written = {"file_name": self.file_name, "sheets": sheets, "choices": asdict(self.choices)}
        return json.dumps(written, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> BroughtTable:
        """Return what `to_json` wrote."""
        read: dict[str, Any] = json.loads(text)
        sheets = tuple(
            TableSheet(name, tuple((number, tuple(_cell(cell) for cell in row)) for number, row in rows))
            for name, rows in read.get("sheets", [])
        )
        given = read.get("choices", {})
        known = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
        return cls(read.get("file_name", ""), sheets, Choices(**cast("Any", known)))


def _plain(cell: Cell) -> object:
    match cell:
        case dt.date():
            return {"d": cell.isoformat()}
        case BrokenCell():
            return {"b": cell.key}
    return cell


def _cell(written: Any) -> Cell:
    if not isinstance(written, dict):
        return cast("Cell", written)
    return BrokenCell(written["b"]) if "b" in written else dt.date.fromisoformat(written["d"])


def column_letters(number: int) -> str:
    """Return the letters of a column (from 1) as spreadsheets write them: `A`, `AB`."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# Guessing -----------------------------------------------------------------------------------------


def guessed(table: BroughtTable, sheet: int | None = None, header: int | None = None) -> BroughtTable:
    """Return the table with its sheet, heading and columns chosen as they look; the rest of the choices stays.

    A `sheet` (from 0) or `header` that is given is kept. A guess is shown before anything is done with it.
    """
    number = _best_sheet(table.sheets) if sheet is None else sheet
    rows = table.sheets[number].rows
    heading = _heading_row(rows) if header is None else header
    chosen = replace(table.choices, sheet=number, header=heading, order=None, is_decided=False)
    found = replace(table, choices=chosen)
    columns = _columns(found.head, found.body)
    found = replace(found, choices=replace(chosen, columns=columns))
    return replace(found, choices=replace(found.choices, order=guessed_order(written_days(found))))


def written_days(table: BroughtTable) -> list[str]:
    """Return every day of the table that is written in numbers, as it is written."""
    places = [place for name in DATE_COLUMNS if (place := table.choices.place_of(name)) is not None]
    cells = (row[place] for _, row in table.body for place in places if place < len(row))
    return [cell for cell in cells if isinstance(cell, str) and numbers_in(cell)]


def _best_sheet(sheets: Sequence[TableSheet]) -> int:
    known = [max((_known_in(row) for _, row in sheet.rows[:HEAD_ROWS]), default=0) for sheet in sheets]
    return max(range(len(sheets)), key=lambda place: (min(known[place], 2), len(sheets[place].rows) > 1, -place))


def _heading_row(rows: Rows) -> int:
    """Return the number of the first row that names two columns or more; else of the first, of words alone; else 0."""
    for number, cells in rows[:HEAD_ROWS]:
        if _known_in(cells) > 1:
            return number
    number, cells = rows[0]
    words = [cell for cell in cells if cell is not None]
    return number if _known_in(cells) or all(_is_word(cell) for cell in words) else 0


def _is_word(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) < 60 and not re.search(r"\d", cell)


def _known_in(cells: Iterable[Cell]) -> int:
    return len({_by_heading(cell) for cell in cells if isinstance(cell, str)} - {_LEFT_OUT})


def _by_heading(written: str) -> str:
    """Return which column a heading names; one that stands in brackets or before a mark is looked at alone too."""
    if len(written) > 80:
        return _LEFT_OUT
    for said in (written, re.sub(r"[(\[].*", "", written), *re.split(r"[/|\n–—:]| - ", written)):
        if (found := HEADING_OF.get(plain(said))) is not None:
            return found
    return _LEFT_OUT


def _columns(head: Sequence[Cell], body: Rows) -> tuple[str, ...]:
    """Return where each column goes: by its heading, and where no heading says it, by what stands in it."""
    width = max([len(head), *(len(row) for _, row in body)], default=0)
    found = [_by_heading(cell) if isinstance(cell, str) else _LEFT_OUT for cell in head]
    found += [_LEFT_OUT] * (width - len(found))
    taken: set[str] = set()
    for place, name in enumerate(found):
        found[place] = _LEFT_OUT if name in taken else name
        taken.add(found[place])
    for place, name in enumerate(found):
        if not name:
            guess = _by_content([row[place] for _, row in body[:_SAMPLE] if place < len(row)])
            if guess and guess not in taken:
                found[place] = guess
                taken.add(guess)
    return tuple(_with_title(found, body))


def _by_content(cells: Sequence[Cell]) -> str:
    filled = [cell for cell in cells if cell is not None and not (isinstance(cell, str) and plain(cell) in NOTHING)]
    if not filled:
        return _LEFT_OUT
    kinds = Counter(_looks_like(cell) for cell in filled)
    name, count = kinds.most_common(1)[0]
    return name if count * 10 >= len(filled) * 8 else _LEFT_OUT


def _looks_like(cell: Cell) -> str:
    if isinstance(cell, dt.date):
        return "due_on"
    if not isinstance(cell, str):
        return _LEFT_OUT
    if numbers_in(cell):
        return "due_on"
    if re.fullmatch(r"[A-Z]{2}(?:\s*[/,;+]\s*[A-Z]{2})*", cell.strip()):
        return "owners"
    word = plain(cell)
    return next((name for name, words in WORDS_OF.items() if word in words and not word.isdigit()), _LEFT_OUT)


def _with_title(found: list[str], body: Rows) -> list[str]:
    """Return the columns with a title among them: the longest of those that nothing is known of."""
    if not set(TITLE_COLUMNS) & set(found):
        lengths: dict[int, list[int]] = {}
        for _, row in body[:_SAMPLE]:
            for place, cell in enumerate(row):
                if not found[place] and isinstance(cell, str):
                    lengths.setdefault(place, []).append(min(len(cell), 300))
        likely = {place: sum(each) for place, each in lengths.items() if sum(each) > 8 * len(each)}
        if likely:
            found[max(likely, key=lambda place: (likely[place], -place))] = "title"
    return found


def checked_columns(given: Sequence[str], width: int) -> tuple[str, ...]:
    """Return where columns go as a person chose it: unknown names are left out, the first of two keeps the name."""
    kept: list[str] = []
    for name in [*given[:width], *([_LEFT_OUT] * (width - len(given)))]:
        kept.append(name if name in COLUMNS and name not in kept else _LEFT_OUT)
    return tuple(kept)


def width_of(table: BroughtTable) -> int:
    """Return how many columns the chosen sheet has."""
    return max((len(row) for _, row in table.sheet.rows), default=0)


def named_twice(given: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that were chosen for more than one place."""
    return tuple(name for name, count in Counter(given).items() if name and count > 1)


def as_mapping(table: BroughtTable) -> Mapping[str, int]:
    """Return where each known column stands, from 0."""
    return {name: place for place, name in enumerate(table.choices.columns) if name}
