"""What the charts of action items count: ages in bands, months side by side, how long a promise took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

# How many months a chart of months shows where no days are asked for.
MONTHS_SHOWN: Final = 24
MOST_MONTHS: Final = 36
# A part of what is open: late, accepted and not late, or only recorded by another party.
OPEN_PARTS: Final = ("on_time", "late", "unaccepted")


@dataclass(frozen=True, slots=True)
class Band:
    """So many days, both included; without a last one it is open."""

    first: int
    last: int | None

    def holds(self, days: int) -> bool:
        """Say whether so many days lie in it."""
        return self.first <= days and (self.last is None or days <= self.last)


# A month, a quarter, half a year, a year, more.
BANDS: Final = (Band(0, 30), Band(31, 90), Band(91, 180), Band(181, 365), Band(366, None))


def band_of(days: int) -> int:
    """Return the place among `BANDS` of so many days; what lies before the day itself counts as that day."""
    return next(place for place, band in enumerate(BANDS) if band.holds(max(0, days)))


def first_days(today: date) -> tuple[date, ...]:
    """Return for each band but the last the earliest day that lies in it, counted back from today."""
    return tuple(today - timedelta(days=band.last) for band in BANDS if band.last is not None)


@dataclass(frozen=True, slots=True)
class OpenByAge:
    """Open legs by the band of days since they were recorded, in parts; late ones by the band of days since due."""

    parts: tuple[Mapping[str, int], ...]
    late: tuple[int, ...]

    @property
    def open_count(self) -> int:
        """Return how many are open."""
        return sum(sum(each.values()) for each in self.parts)

    @property
    def late_count(self) -> int:
        """Return how many of them are late."""
        return sum(self.late)


def open_by_age(cells: Iterable[tuple[int, int | None, bool, int]]) -> OpenByAge:
    """Return open legs by age from counts of (band since recorded, band since due or None, accepted or not, count).

    One that its party has not accepted is never late.
    """
    parts = [dict.fromkeys(OPEN_PARTS, 0) for _ in BANDS]
    late = [0] * len(BANDS)
    for age, lateness, is_accepted, count in cells:
        part = "unaccepted" if not is_accepted else "on_time" if lateness is None else "late"
        parts[age][part] += count
        if part == "late" and lateness is not None:
            late[lateness] += count
    return OpenByAge(tuple(MappingProxyType(each) for each in parts), tuple(late))


# Months -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MonthCount:
    """The first day of a month, how much was promised in it, and how much was done in it."""

    month: date
    promised: int
    done: int


def month_start(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def months_between(first: date, last: date) -> tuple[date, ...]:
    """Return the first days of the months from one day to another, those of both among them."""
    start = first.year * 12 + first.month - 1
    end = last.year * 12 + last.month - 1
    return tuple(date(number // 12, number % 12 + 1, 1) for number in range(start, end + 1))


def last_months(today: date, count: int = MONTHS_SHOWN) -> tuple[date, ...]:
    """Return the first days of so many months, that of today the last."""
    number = today.year * 12 + today.month - count
    return months_between(date(number // 12, number % 12 + 1, 1), today)


def by_month(
    months: Iterable[date], promised: Mapping[tuple[int, int], int], done: Mapping[tuple[int, int], int]
) -> tuple[MonthCount, ...]:
    """Return the counts of each month, from those by (year, month); 0 where there is none."""
    return tuple(
        MonthCount(month, promised.get((month.year, month.month), 0), done.get((month.year, month.month), 0))
        for month in months
    )


# How long it took ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Durations:
    """Done legs by the band of days from their recording to their end, and the median in days; None without any."""

    counts: tuple[int, ...]
    median_days: float | None

    @property
    def done_count(self) -> int:
        """Return how many were done."""
        return sum(self.counts)


def durations(by_days: Iterable[tuple[int, int]]) -> Durations:
    """Return the distribution of (days, how many took so long)."""
    counted = [(max(0, days), count) for days, count in by_days if count]
    counts = [0] * len(BANDS)
    for days, count in counted:
        counts[band_of(days)] += count
    return Durations(tuple(counts), median(counted))


def median(by_value: Iterable[tuple[int, int]]) -> float | None:
    """Return the middle of values given as (value, how often), the mean of the two middle ones where they are even."""
    ordered = sorted(by_value)
    total = sum(count for _, count in ordered)
    if not total:
        return None
    return (_nth(ordered, (total - 1) // 2) + _nth(ordered, total // 2)) / 2


def _nth(ordered: Iterable[tuple[int, int]], place: int) -> int:
    """Return the value at a place, from 0, of values in order given as (value, how often)."""
    for value, count in ordered:
        if place < count:
            return value
        place -= count
    raise IndexError(place)
