"""The agenda of a meeting as the table of a paper: hours in each capital, number, item, what for, by whom, minutes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from app import labels, words
from app.papers.report import Cell, Grid
from app.services.agenda import AgendaView, ClockTime, ItemLine

Said = Callable[[ItemLine], tuple[str, ...]]


def agenda_grid(
    view: AgendaView,
    language: str,
    said: Said | None = None,
    *,
    beside: Sequence[str] = (),
    is_dense: bool = False,
) -> Grid:
    """Return the timed agenda as a table, the meeting's own time first.

    `said` gives smaller lines under an item; its title has a column of its own in each language `beside`. A dense one
    leaves its room to the titles: parties by their codes, and no bold letters.
    """
    fixed = labels.labels("agenda_paper", language)
    cities = [",\n".join(words.pick(city, language)[0] for city in column.cities) for column in view.columns]
    lead = _code if is_dense else words.party_name
    rows = [_row(line, (language, *beside), len(cities), said, lead) for line in view.items]
    if view.items:
        rows.append(_end(view, language, len(cities), len(beside), fixed["end"]))
    made = _grid(fixed, cities, rows, language, beside)
    return _dense(made) if is_dense else made


def _dense(grid: Grid) -> Grid:
    rows = tuple(tuple(dataclasses.replace(cell, is_strong=False) for cell in row) for row in grid.rows)
    return dataclasses.replace(grid, rows=rows)


def apart_grid(
    lines: Sequence[ItemLine], language: str, said: Said | None = None, *, beside: Sequence[str] = ()
) -> Grid:
    """Return items of some of the parties as a table: in their own series, without hours and without a total."""
    fixed = labels.labels("agenda_paper", language)
    return _grid(fixed, [], [_row(line, (language, *beside), 0, said) for line in lines], language, beside)


def _grid(
    fixed: Mapping[str, str], cities: Sequence[str], rows: list[tuple[Cell, ...]], language: str, beside: Sequence[str]
) -> Grid:
    names = [
        f"{fixed['item']} ({labels.label('language', each, language)})" if beside else fixed["item"]
        for each in (language, *beside)
    ]
    columns = (*cities, fixed["number"], *names, fixed["type"], fixed["lead"], fixed["minutes"])
    shares = (*(0 for _ in cities), 0, *(1 for _ in names), 0, 0, 0)
    return Grid("", columns, tuple(rows), (len(columns) - 1,), shares)


def _code(party: str, language: str) -> str:  # noqa: ARG001  where a name is in a language, a code is in none
    return party


def _row(
    line: ItemLine,
    languages: Sequence[str],
    clocks: int,
    said: Said | None,
    named: Callable[[str, str], str] = words.party_name,
) -> tuple[Cell, ...]:
    language, item = languages[0], line.item
    times = [Cell(clock_words(time, language), is_strong=place == 0) for place, time in enumerate(line.times)]
    lead = named(item.lead_party, language) if item.lead_party else ""
    return (
        *(times or [Cell()] * clocks),
        Cell(str(line.number)),
        *_titles(line, languages, said),
        Cell(labels.label("item_type", item.type, language)),
        Cell(lead),
        Cell(words.number(item.minutes, language)),
    )


def _titles(line: ItemLine, languages: Sequence[str], said: Said | None) -> list[Cell]:
    """Return the title in each language, what is said of the item under the first."""
    day = (words.date_long(line.opens_day, languages[0]),) if line.opens_day else ()
    cells = []
    for place, language in enumerate(languages):
        title, spoken = words.pick(line.item.title, language)
        small = (*day, *(said(line) if said else ())) if place == 0 else ()
        cells.append(Cell(title, small, is_strong=True, language=spoken or language))
    return cells


def _end(view: AgendaView, language: str, clocks: int, beside: int, end: str) -> tuple[Cell, ...]:
    times = [Cell(clock_words(time, language), is_strong=place == 0) for place, time in enumerate(view.ends)]
    total = Cell(words.number(view.timetable.total_minutes, language), is_strong=True)
    return (*(times or [Cell()] * clocks), Cell(), Cell(end), *[Cell()] * beside, Cell(), Cell(), total)


def clock_words(time: ClockTime, language: str) -> str:
    """Return a clock time, with its day where that is another than at the meeting."""
    shown = words.time_of_day(time.at, language)
    return f"{shown} ({words.date_short(time.other_day, language)})" if time.other_day else shown
