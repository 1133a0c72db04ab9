"""The agenda of a meeting as the table of a paper: hours in each capital, number, item, what for, by whom, minutes."""

from __future__ import annotations

from collections.abc import Callable

from app import labels, words
from app.papers.report import Cell, Grid
from app.services.agenda import AgendaView, ClockTime, ItemLine

Said = Callable[[ItemLine], tuple[str, ...]]


def agenda_grid(view: AgendaView, language: str, said: Said | None = None) -> Grid:
    """Return the timed agenda as a table, the meeting's own time first; `said` gives smaller lines under an item."""
    fixed = labels.labels("agenda_paper", language)
    cities = [", ".join(words.pick(city, language)[0] for city in column.cities) for column in view.columns]
    columns = (*cities, fixed["number"], fixed["item"], fixed["type"], fixed["lead"], fixed["minutes"])
    rows = [_row(line, language, len(cities), said) for line in view.items]
    if view.items:
        rows.append(_end(view, language, len(cities), fixed["end"]))
    return Grid("", columns, tuple(rows), (len(columns) - 1,))


def _row(line: ItemLine, language: str, clocks: int, said: Said | None) -> tuple[Cell, ...]:
    item = line.item
    title, spoken = words.pick(item.title, language)
    times = [Cell(clock_words(time, language), is_strong=place == 0) for place, time in enumerate(line.times)]
    lead = words.party_name(item.lead_party, language) if item.lead_party else ""
    day = (words.date_long(line.opens_day, language),) if line.opens_day else ()
    return (
        *(times or [Cell()] * clocks),
        Cell(str(line.number)),
        Cell(title, (*day, *(said(line) if said else ())), is_strong=True, language=spoken or language),
        Cell(labels.label("item_type", item.type, language)),
        Cell(lead),
        Cell(words.number(item.minutes, language)),
    )


def _end(view: AgendaView, language: str, clocks: int, end: str) -> tuple[Cell, ...]:
    times = [Cell(clock_words(time, language), is_strong=place == 0) for place, time in enumerate(view.ends)]
    total = Cell(words.number(view.timetable.total_minutes, language), is_strong=True)
    return (*(times or [Cell()] * clocks), Cell(), Cell(end), Cell(), Cell(), total)


def clock_words(time: ClockTime, language: str) -> str:
    """Return a clock time, with its day where that is another than at the meeting."""
    shown = words.time_of_day(time.at, language)
    return f"{shown} ({words.date_short(time.other_day, language)})" if time.other_day else shown
