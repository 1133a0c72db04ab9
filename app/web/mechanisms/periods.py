"""The words and coordinates of a mechanism's periods: as marks of its page, and as a small strip in the register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _

from app import labels, words
from app.domain.cadence import Counted, Period
from app.domain.catalogue import PartialDate
from app.pictures import PeriodMark
from app.services.mechanism_record import RecordLine
from app.services.register import Register, RegisterRow

YEAR_WIDTH: Final = 13
TICK_YEARS: Final = 5
MIDDLE: Final = 9.0

Days = tuple[dt.date, dt.date]


# On the mechanism's page --------------------------------------------------------------------------


def period_marks(
    periods: Sequence[Period], record: Sequence[RecordLine], language: str, *, owes: bool
) -> tuple[PeriodMark, ...]:
    """Return the marks of the periods, oldest first; `owes` says that a meeting of the last is still to be agreed."""
    days = {_name_of(line): line.days for line in record}
    marks = []
    for period in periods:
        note = ", ".join(_day_note(counted, days, language) for counted in period.held)
        if not note and owes and period is periods[-1]:
            note = _("to agree")
        marks.append(PeriodMark(period_label(period, language), period.word, note, len(period.held)))
    return tuple(marks)


def period_label(period: Period, language: str) -> str:
    """Return the name of a period: its year, its years, or its days where it is shorter than a year."""
    first, last = period.first_day, period.last_day
    if first.year != last.year:
        return f"{first.year}{words.EN_DASH}{last.year}"
    if last.month == 12:  # the first period of a yearly cadence begins with the mandate
        return str(first.year)
    return words.date_range(first, last, language)


def _name_of(line: RecordLine) -> str:
    if line.meeting is not None:
        return line.meeting.reference
    return line.entry.label if line.entry else ""


def _day_note(counted: Counted, days: Mapping[str, Days | None], language: str) -> str:
    if not counted.attested:
        return str(_("by number"))
    known = days.get(counted.label)
    if known is None:
        return words.partial_date(counted.on, language)
    # A date ends with its year in each of the three languages; the year stands above the mark already.
    return words.date_range(*known, language).removesuffix(f" {known[1].year}")


# In the register ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Axis:
    """The years that all strips of the register share; `ticks` are (middle of the year, its last two digits)."""

    first_year: int
    last_year: int
    width: int
    ticks: tuple[tuple[float, str], ...]

    def at(self, day: dt.date) -> float:
        """Return where a day stands on the axis, at its near end for a day before it."""
        share = (day.timetuple().tm_yday - 1) / 366
        return max(0.0, round((day.year - self.first_year + share) * YEAR_WIDTH, 1))


@dataclass(frozen=True, slots=True)
class SmallMark:
    """A period's or a meeting's mark: a state of a period, `tick` (held) or `ring` (planned, not held)."""

    kind: str
    x: float


@dataclass(frozen=True, slots=True)
class SmallStrip:
    """A mechanism's strip in the register, with the sentence that says what it shows.

    `born_at` is where the year of the mandate begins, None where it lies before the axis or is not known.
    """

    starts_at: float
    born_at: float | None
    marks: tuple[SmallMark, ...]
    summary: str


def axis_of(register: Register) -> Axis:
    """Return the axis of the register's strips."""
    years = range(register.first_year, register.last_year + 1)
    ticks = tuple(
        (round((year - register.first_year + 0.5) * YEAR_WIDTH, 1), f"{year % 100:02}")
        for year in years
        if year % TICK_YEARS == 0
    )
    return Axis(register.first_year, register.last_year, len(years) * YEAR_WIDTH, ticks)


def small_strip(row: RegisterRow, axis: Axis, language: str) -> SmallStrip | None:
    """Return the strip of a mechanism, None where there is neither a mandate's date nor a meeting to show."""
    mandate = row.facts.mandate.date
    dated = [(entry.known_on, entry.outcome) for entry in row.facts.record if entry.known_on is not None]
    if mandate is None and not dated and not row.periods:
        return None
    begins = [mandate.first_day] if mandate else [on.first_day for on, _outcome in dated]
    starts_at = axis.at(min(begins).replace(month=1, day=1))
    born_at = starts_at if mandate and mandate.first_day.year >= axis.first_year else None
    if row.periods:
        marks = tuple(SmallMark(period.word, _middle(period, axis)) for period in row.periods)
        summary = _said_of_periods(row.periods, language)
    else:
        marks = tuple(SmallMark("tick" if outcome == "held" else "ring", _year_of(on, axis)) for on, outcome in dated)
        summary = _said_of_record(dated, mandate, language)
    return SmallStrip(starts_at, born_at, marks, summary)


def _middle(period: Period, axis: Axis) -> float:
    first, last = period.first_day, period.last_day
    if first.year == last.year and last.month == 12:  # a calendar year stands in its own column
        return _year_of(PartialDate(str(first.year)), axis)
    return round((axis.at(first) + min(axis.at(last), float(axis.width))) / 2, 1)


def _year_of(on: PartialDate, axis: Axis) -> float:
    return (on.first_day.year - axis.first_year + 0.5) * YEAR_WIDTH


def _said_of_periods(periods: Sequence[Period], language: str) -> str:
    said = [f"{period_label(each, language)} {labels.label('period_state', each.word, language)}" for each in periods]
    return str(_("Periods, oldest first: %(summary)s.", summary=", ".join(said)))


def _said_of_record(dated: Sequence[tuple[PartialDate, str]], mandate: PartialDate | None, language: str) -> str:
    held = words.list_of([str(on.first_day.year) for on, outcome in dated if outcome == "held"], language)
    planned = words.list_of([str(on.first_day.year) for on, outcome in dated if outcome != "held"], language)
    if held and planned:
        return str(_("Held in %(held)s; planned and not held in %(planned)s.", held=held, planned=planned))
    if held:
        return str(_("Held in %(held)s.", held=held))
    if planned:
        return str(_("Planned and not held in %(planned)s.", planned=planned))
    return str(_("Mandate of %(year)s, no meeting on record.", year=mandate.first_day.year if mandate else ""))
