"""One row of a table of actions, read into what it says and what stands against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.domain.action_import import BrokenCell, BroughtTable, Cell, as_mapping
from app.domain.action_import_dates import day_of
from app.domain.action_import_owners import Directory, Owner, owners_of, parties_of
from app.domain.action_import_words import NOTHING, WORDS_OF, plain
from app.domain.actions import LegState
from app.domain.errors import Refusal
from app.domain.plaintext import one_line, paragraphs

REASON_LIMIT: Final = 2_000
OWN_NUMBER_LIMIT: Final = 80
_LANGUAGES: Final = ("en", "es", "fr")


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands against a row: the message's key and values, and the column (from 0) where it has one."""

    key: str
    column: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class RowRead:
    """What a row says, by the names of the columns; `problems` is what cannot be read of it."""

    line: int
    reference: str = ""
    title: dict[str, str] = field(default_factory=dict)
    text: str = ""
    owners: tuple[Owner, ...] = ()
    lead: str | None = None
    due_on: dt.date | None = None
    state: LegState | None = None
    reason: str = ""
    done_on: dt.date | None = None
    kind: str | None = None
    priority: str | None = None
    horizon: str | None = None
    meeting: str = ""
    meeting_on: dt.date | None = None
    mechanism: str = ""
    commitment: str = ""
    note: str = ""
    seen_by: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)


def rows_of(table: BroughtTable, directory: Directory, everybody: tuple[str, ...]) -> list[RowRead]:
    """Return every row below the heading as it reads; `everybody` are the parties that `all` means."""
    reader = _Reader(table, directory, everybody)
    return [reader.read(number, cells) for number, cells in table.body]


class _Reader:
    """Reads rows one after the other; what was read of a cell once is not worked out again."""

    def __init__(self, table: BroughtTable, directory: Directory, everybody: tuple[str, ...]) -> None:
        self.choices = table.choices
        self.places = as_mapping(table)
        self.directory = directory
        self.everybody = everybody
        self.known: dict[tuple[str, Cell], tuple[Any, Refusal | None]] = {}

    def read(self, number: int, cells: tuple[Cell, ...]) -> RowRead:
        """Return what a row says."""
        row = RowRead(number)
        for name, place in self.places.items():
            cell = cells[place] if place < len(cells) else None
            if cell is None:
                continue
            if isinstance(cell, BrokenCell):
                row.problems.append(Problem(cell.key, place))
                continue
            value, refusal = self._value(name, cell)
            if refusal is not None:
                row.problems.append(Problem(refusal.key, place, refusal.values))
            elif name[:5] == "title":
                language = name[6:] or self.choices.language
                if value:
                    row.title[language] = value
            else:
                setattr(row, name, value)
        _complete(row, self)
        return row

    def _value(self, name: str, cell: Cell) -> tuple[Any, Refusal | None]:
        """Return what a cell says, or why it cannot be read; the same cell is read once where it is short."""
        key = (name, cell)
        is_kept = not isinstance(cell, str) or len(cell) < 120
        if is_kept and (found := self.known.get(key)) is not None:
            return found
        try:
            answer: tuple[Any, Refusal | None] = (_READERS[name](self, cell), None)
        except Refusal as refusal:
            answer = (None, refusal)
        if is_kept and name not in _OWN_TO_ROW:
            self.known[key] = answer
        return answer

    def day(self, cell: Cell, name: str) -> dt.date | None:
        """Return a day in the order that was chosen, or that is the only one possible."""
        return day_of(cell, self.choices.order if self.choices.is_decided else None, name)

    def owners(self, cell: Cell) -> tuple[Owner, ...]:
        """Return who owes."""
        return owners_of(text_of(cell), self.directory, "owners", self.choices.plain_party, self.everybody)

    def parties(self, cell: Cell) -> tuple[str, ...]:
        """Return the parties that a cell names."""
        return parties_of(text_of(cell), self.directory, "seen_by", self.everybody)

    def lead(self, cell: Cell) -> str | None:
        """Return the one party that a cell names."""
        found = self.parties(cell)
        if len(found) > 1:
            raise Refusal("one_lead", field="lead")
        return found[0] if found else None


def _complete(row: RowRead, reader: _Reader) -> None:
    places = reader.places
    if not row.title and not any(each.column in _title_places(places) for each in row.problems):
        row.problems.append(Problem("needs_title", min(_title_places(places), default=None)))
    if row.state in {"blocked", "dropped"} and not row.reason:
        row.problems.append(Problem("reason_required", places.get("reason", places.get("state"))))
    if row.done_on is not None and row.state not in {"done", "verified"}:
        row.problems.append(Problem("done_on_without_done", places.get("done_on")))


def _title_places(places: Mapping[str, int]) -> list[int]:
    return [place for name, place in places.items() if name[:5] == "title"]


def text_of(cell: Cell) -> str:
    """Return a cell as text: a whole number without its decimals, a day as ISO 8601 writes it."""
    match cell:
        case None | BrokenCell():
            return ""
        case dt.date():
            return cell.isoformat()
        case float():
            return str(int(cell)) if cell.is_integer() else str(cell)
    return str(cell)


_UNKNOWN: Final = {
    "state": "unknown_state_word",
    "kind": "unknown_kind_word",
    "priority": "unknown_priority_word",
    "horizon": "unknown_horizon_word",
}


def _word(name: str) -> Callable[[_Reader, Cell], str | None]:
    words = WORDS_OF[name]

    def read(_: _Reader, cell: Cell) -> str | None:
        written = text_of(cell)
        said = plain(written)
        if said in NOTHING:
            return None
        if said not in words:
            raise Refusal(_UNKNOWN[name], field=name, written=written[:60])
        return words[said]

    return read


def _line(name: str, limit: int = 300) -> Callable[[_Reader, Cell], str]:
    return lambda _, cell: one_line(text_of(cell), name, limit)


def _text(name: str, limit: int = 20_000) -> Callable[[_Reader, Cell], str]:
    return lambda _, cell: paragraphs(text_of(cell), name, limit)


def _day(name: str) -> Callable[[_Reader, Cell], dt.date | None]:
    return lambda reader, cell: reader.day(cell, name)


_OWN_TO_ROW: Final = frozenset({"reference", "title", "title_en", "title_es", "title_fr", "text", "note"})
_READERS: Final[Mapping[str, Callable[[_Reader, Cell], Any]]] = {
    "reference": _line("reference", OWN_NUMBER_LIMIT),
    "title": _line("title"),
    **{f"title_{code}": _line(f"title_{code}") for code in _LANGUAGES},
    "text": _text("text"),
    "owners": lambda reader, cell: reader.owners(cell),
    "lead": lambda reader, cell: reader.lead(cell),
    "due_on": _day("due_on"),
    "state": _word("state"),
    "reason": _text("reason", REASON_LIMIT),
    "done_on": _day("done_on"),
    "kind": _word("kind"),
    "priority": _word("priority"),
    "horizon": _word("horizon"),
    "meeting": _line("meeting"),
    "meeting_on": _day("meeting_on"),
    "mechanism": _line("mechanism"),
    "commitment": _line("commitment", 80),
    "note": _text("note"),
    "seen_by": lambda reader, cell: reader.parties(cell),
}
