"""The charts in words: what each shows, its legend, its picture and the same as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from app import labels, words
from app.db import GuardedSession
from app.domain.charts import BANDS, Band, Durations, MonthCount, OpenByAge
from app.domain.errors import NotFound
from app.papers.charts import Bar, Bars, Columns, Fill, Part, nice_top
from app.papers.report import Cell, Grid
from app.papers.tables import Column, Table, Value
from app.services import reports_charts as figures
from app.services.register_paper import standing_words
from app.services.register_rows import RegisterRow
from app.services.reports_charts import KeptPeriods, Scope

CHARTS: Final = ("periods", "ages", "months", "durations")
_PERIOD_FILLS: Final[tuple[tuple[str, Fill], ...]] = (
    ("met", "solid"), ("by_numbering", "ring"), ("partly_met", "half"), ("not_held", "cross"), ("no_record", "empty"),
)  # fmt: skip
_OPEN_FILLS: Final[tuple[tuple[str, Fill], ...]] = (("on_time", "solid"), ("late", "late"), ("unaccepted", "empty"))


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its name, how it is read, its picture, and the same as tables; `is_empty` where there is nothing."""

    key: str
    title: str
    notes: tuple[str, ...]
    picture: Bars | Columns
    grids: tuple[Grid, ...]
    is_empty: bool


def chart_of(session: GuardedSession, key: str, scope: Scope, rows: Sequence[RegisterRow], language: str) -> Chart:
    """Return a chart of `CHARTS`, of what the viewer may see; raises `NotFound` for another name."""
    match key:
        case "periods":
            return _periods(figures.kept_periods(rows, scope), language)
        case "ages":
            return _ages(figures.ages(session, scope), language)
        case "months":
            return _months(figures.months(session, scope), language)
        case "durations":
            return _durations(figures.durations_of(session, scope), language)
    raise NotFound


def chart_table(session: GuardedSession, chart: Chart, language: str) -> Table:
    """Return a chart's tables as one for other programs, each row after the name of its table where there are some."""
    catalogue = words.translations(language)
    first, *others = chart.grids
    heads = first.columns if not others else (catalogue.gettext("Table"), *first.columns)
    rows: list[tuple[Value, ...]] = []
    for grid in chart.grids:
        for row in grid.rows:
            own: tuple[Value, ...] = tuple(_value(cell, place in grid.figures) for place, cell in enumerate(row))
            padded = (*own, *(None,) * (len(first.columns) - len(own)))
            rows.append(padded if not others else (grid.caption, *padded))
    notes = (standing_words(session, language), *chart.notes)
    return Table(
        chart.title, tuple(Column(head) for head in heads), tuple(rows), session.now, notes,
        catalogue.gettext("Notes"),
    )  # fmt: skip


def _value(cell: Cell, is_figure: bool) -> Value:  # noqa: FBT001 - of one caller, above
    plain = "".join(sign for sign in cell.text if sign.isdigit())
    return int(plain) if is_figure and plain else cell.text


# The four -----------------------------------------------------------------------------------------


def _periods(kept: Sequence[KeptPeriods], language: str) -> Chart:
    gettext = words.translations(language).gettext
    states = labels.labels("period_state", language)
    of = gettext("%(met)s of %(total)s met")
    bars, rows = [], []
    for each in kept:
        name = each.facts.name.in_language(language)
        met = each.counts.get("met", 0) + each.counts.get("by_numbering", 0)
        said = of % {"met": words.number(met, language), "total": words.number(each.total, language)}
        parts = tuple(Part(fill, each.counts.get(state, 0)) for state, fill in _PERIOD_FILLS)
        bars.append(Bar(name, parts, said))
        counts = [each.counts.get(state, 0) for state, _ in _PERIOD_FILLS]
        rows.append(
            (
                Cell(name, (each.facts.ref,), f"/mechanisms/{each.facts.code}"),
                *_numbers((*counts, each.total), language),
            )
        )
    title = gettext("Periods kept, by mechanism")
    heads = (gettext("Mechanism"), *(states[state] for state, _ in _PERIOD_FILLS), gettext("Periods over"))
    notes = (
        gettext("Periods of a cadence that are over, since the mandate. Mechanisms stand by name."),
        gettext("A period without any record is not counted as not held."),
    )
    legend = tuple((fill, states[state]) for state, fill in _PERIOD_FILLS)
    told = " ".join((notes[0], "; ".join(f"{bar.label}: {bar.said}" for bar in bars)))
    return Chart(
        "periods", title, notes, Bars("periods", title, told, legend, (("", tuple(bars)),)),
        (Grid(title, heads, tuple(rows), tuple(range(1, len(heads)))),), not bars,
    )  # fmt: skip


def _ages(found: OpenByAge, language: str) -> Chart:
    gettext = words.translations(language).gettext
    names = {
        "on_time": gettext("accepted, not overdue"),
        "late": gettext("overdue"),
        "unaccepted": gettext("recorded, not accepted"),
    }
    bands = band_names(language)
    title = gettext("Open and overdue, by age")
    open_title, late_title = (
        gettext("Open, by days since it was recorded"),
        gettext("Overdue, by days since it was due"),
    )
    open_bars, late_bars, open_rows, late_rows = [], [], [], []
    for place, name in enumerate(bands):
        parts = found.parts[place]
        total = sum(parts.values())
        fills = tuple(Part(fill, parts[part]) for part, fill in _OPEN_FILLS)
        open_bars.append(Bar(name, fills, words.number(total, language)))
        open_rows.append((Cell(name), *_numbers((*(parts[part] for part, _ in _OPEN_FILLS), total), language)))
        late_bars.append(Bar(name, (Part("late", found.late[place]),), words.number(found.late[place], language)))
        late_rows.append((Cell(name), *_numbers((found.late[place],), language)))
    told = gettext("%(open)s open, of which %(late)s overdue.") % {
        "open": words.number(found.open_count, language), "late": words.number(found.late_count, language),
    }  # fmt: skip
    notes = (
        gettext(
            "Each party’s leg of an action is counted by itself. One that its party has not accepted is never overdue."
        ),
    )
    legend = tuple((fill, names[part]) for part, fill in _OPEN_FILLS)
    groups = ((open_title, tuple(open_bars)), (late_title, tuple(late_bars)))
    heads = (gettext("Days"), *(names[part] for part, _ in _OPEN_FILLS), gettext("All"))
    grids = (
        Grid(open_title, heads, tuple(open_rows), tuple(range(1, len(heads)))),
        Grid(late_title, (gettext("Days"), names["late"]), tuple(late_rows), (1,)),
    )
    return Chart("ages", title, notes, Bars("ages", title, told, legend, groups), grids, not found.open_count)


def _months(found: Sequence[MonthCount], language: str) -> Chart:
    gettext = words.translations(language).gettext
    title, promised, done = gettext("Promised against done, by month"), gettext("promised"), gettext("done")
    total = sum(each.promised for each in found), sum(each.done for each in found)
    told = gettext("In the last %(months)s months %(promised)s were promised and %(done)s done.") % {
        "months": words.number(len(found), language), "promised": words.number(total[0], language),
        "done": words.number(total[1], language),
    }  # fmt: skip
    top = nice_top(max((max(each.promised, each.done) for each in found), default=0))
    places = tuple(
        (
            str(each.month.month),
            # The first year is left out where that of the next month would run into it.
            str(each.month.year) if each.month.month == 1 or (place == 0 and each.month.month < 12) else "",
            (each.promised, each.done),
        )
        for place, each in enumerate(found)
    )
    ticks = tuple(
        (value, words.number(value, language)) for value in (0, top // 2, top) if value * 2 in {0, top, 2 * top}
    )
    rows = tuple(
        (Cell(words.month_year(each.month, language)), *_numbers((each.promised, each.done), language))
        for each in found
    )
    notes = (
        gettext("A leg is promised in the month in which its action was recorded, done when its party said so."),
        gettext("Months are those of UTC."),
    )
    picture = Columns("months", title, told, (("empty", promised), ("solid", done)), places, ticks)
    return Chart(
        "months",
        title,
        notes,
        picture,
        (Grid(title, (gettext("Month"), promised, done), rows, (1, 2)),),
        not any(total),
    )


def _durations(found: Durations, language: str) -> Chart:
    catalogue = words.translations(language)
    gettext = catalogue.gettext
    title = gettext("Time to completion")
    numbers = [words.number(count, language) for count in found.counts]
    bars = tuple(
        Bar(name, (Part("solid", count),), number)
        for name, count, number in zip(band_names(language), found.counts, numbers, strict=True)
    )
    rows = tuple((Cell(bar.label), Cell(bar.said)) for bar in bars)
    told = gettext("Nothing is done yet.")
    if found.median_days is not None:
        told = catalogue.ngettext(
            "%(num)s was done, in %(days)s days.",
            "%(num)s were done; half of them took %(days)s days or less.",
            found.done_count,
        ) % {"num": words.number(found.done_count, language), "days": words.number(found.median_days, language)}
    notes = (told, gettext("Days from the recording of an action to the word of a party that its leg is done."))
    return Chart(
        "durations", title, notes, Bars("durations", title, told, (), (("", bars),)),
        (Grid(title, (gettext("Days"), gettext("done")), rows, (1,)),), not found.done_count,
    )  # fmt: skip


# What they share ----------------------------------------------------------------------------------


def band_names(language: str) -> tuple[str, ...]:
    """Return the names of the bands of days: `0–30 days`, and the last `more than 365 days`."""
    gettext = words.translations(language).gettext
    return tuple(_band_name(band, gettext, language) for band in BANDS)


def _band_name(band: Band, gettext: Callable[[str], str], language: str) -> str:
    if band.last is None:
        return gettext("more than %(days)s days") % {"days": words.number(band.first - 1, language)}
    return gettext("%(first)s to %(last)s days") % {"first": band.first, "last": band.last}


def _numbers(values: Sequence[int], language: str) -> tuple[Cell, ...]:
    return tuple(Cell(words.number(value, language)) for value in values)
