"""The calendar's grid: which days a view shows, week by week, and how what lasts several days runs through them.

Days are the reader's: what has hours is put on the days that the clock of their zone shows. Weeks run from
Monday to Sunday and have the numbers of ISO 8601.
"""

from __future__ import annotations

import calendar
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Generic, Literal, Protocol, TypeVar

from app.domain import zones
from app.domain.errors import Refusal
from app.domain.walltime import in_zone, offset_minutes

View = Literal["month", "week", "list", "year"]

VIEWS: Final[tuple[View, ...]] = ("month", "week", "list", "year")
FIRST_YEAR: Final = 1950
LAST_YEAR: Final = 2150
# Four weeks from the day asked for: what a person looks over before a meeting is set up.
LIST_DAYS: Final = 28
DAYS_IN_A_WEEK: Final = 7
# Differences between zones follow the year: what has not changed after this does not change.
LOOK_AHEAD_DAYS: Final = 366

_DAY: Final = timedelta(days=1)
_NOON: Final = time(12)
_ON: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


class Spanning(Protocol):
    """What stands in the calendar from a day to a day, both included."""

    @property
    def first_day(self) -> date:
        """The first of its days."""

    @property
    def last_day(self) -> date:
        """The last of its days."""


T = TypeVar("T", bound=Spanning)


@dataclass(frozen=True, slots=True)
class Shown:
    """The days that a view is about, both ends included, and the views of the same kind before and after it.

    `before` and `after` are days to ask for, None at the ends of the calendar.
    """

    view: View
    first_day: date
    last_day: date
    before: date | None
    after: date | None

    @property
    def grid(self) -> tuple[date, date]:
        """The days that its weeks show: those of a month from the Monday before it to the Sunday after."""
        if self.view in ("list", "year"):
            return self.first_day, self.last_day
        return monday_of(self.first_day), monday_of(self.last_day) + (DAYS_IN_A_WEEK - 1) * _DAY


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday."""

    days: tuple[date, ...]

    @property
    def number(self) -> int:
        """Its number in the year by ISO 8601."""
        return self.days[0].isocalendar().week


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """The part of a bar that crosses one day.

    `starts` and `ends` say whether the entry itself does on that day; it `is_named` on its first day and again
    on each Monday, and then runs over `length` days of the week, this one included.
    """

    entry: T
    starts: bool
    ends: bool
    is_named: bool
    length: int


@dataclass(frozen=True, slots=True)
class Cell(Generic[T]):
    """One day: the bars that cross it, each in the lane that it keeps through the week, and its own entries."""

    day: date
    bars: tuple[Piece[T] | None, ...]
    entries: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """By how many minutes a zone is behind another (ahead below zero), from a day until the day it changes."""

    minutes_behind: int
    since: date
    until: date | None


def day_asked(written: str) -> date:
    """Return the day of an address: `2027-09-14`, or the first of `2027-09` or `2027`.

    Raises `Refusal` `not_a_date` or `year_out_of_range`, on the field `on`.
    """
    match = _ON.fullmatch(written)
    if match is None:
        raise Refusal("not_a_date", field="on")
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refusal("year_out_of_range", field="on", first=FIRST_YEAR, last=LAST_YEAR)
    try:
        return date(year, month, day)
    except ValueError:
        raise Refusal("not_a_date", field="on") from None


def shown(view: View, on: date) -> Shown:
    """Return the month, week or year that holds a day, or the four weeks that begin with it."""
    match view:
        case "month":
            first = on.replace(day=1)
            last = on.replace(day=calendar.monthrange(on.year, on.month)[1])
            before = (first - _DAY).replace(day=1)
        case "week":
            first = monday_of(on)
            last = first + (DAYS_IN_A_WEEK - 1) * _DAY
            before = first - DAYS_IN_A_WEEK * _DAY
        case "list":
            first, last, before = on, on + (LIST_DAYS - 1) * _DAY, on - LIST_DAYS * _DAY
        case "year":
            first, last, before = date(on.year, 1, 1), date(on.year, 12, 31), date(on.year - 1, 1, 1)
    return Shown(view, first, last, _within(before), _within(last + _DAY))


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - day.weekday() * _DAY


def next_working_day(day: date) -> date:
    """Return the day after, or the Monday after where that is of a weekend."""
    following = day + _DAY
    return following if following.weekday() < DAYS_IN_A_WEEK - 2 else monday_of(following) + DAYS_IN_A_WEEK * _DAY


def weeks(first_day: date, last_day: date) -> tuple[Week, ...]:
    """Return the whole weeks that hold the days, both included."""
    monday = monday_of(first_day)
    count = (monday_of(last_day) - monday).days // DAYS_IN_A_WEEK + 1
    return tuple(
        Week(tuple(monday + (week * DAYS_IN_A_WEEK + day) * _DAY for day in range(DAYS_IN_A_WEEK)))
        for week in range(count)
    )


def months(year: int) -> tuple[tuple[Week, ...], ...]:
    """Return the weeks of each month of a year."""
    return tuple(
        weeks(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])) for month in range(1, 13)
    )


def days_of(starts_at: datetime, ends_at: datetime, zone_name: str) -> tuple[date, date]:
    """Return the first and the last day that a zone's calendar shows between two aware instants.

    What ends at midnight does not reach into the day that begins then.
    """
    last_moment = max(starts_at, ends_at - timedelta(microseconds=1))
    return in_zone(starts_at, zone_name).date(), in_zone(last_moment, zone_name).date()


def cells(week: Week, entries: Iterable[T]) -> tuple[Cell[T], ...]:
    """Return the days of a week with what stands on them; entries of one day keep the order given.

    An entry of several days is a bar in one lane from its first cell of the week to its last, so that nothing
    breaks it; the bars that begin first, then the longer ones, come highest.
    """
    monday, sunday = week.days[0], week.days[-1]
    inside = [entry for entry in entries if entry.first_day <= sunday and entry.last_day >= monday]
    lanes = _lanes([entry for entry in inside if entry.first_day < entry.last_day], week)
    return tuple(
        Cell(
            day,
            _crossing(lanes, day, week),
            tuple(entry for entry in inside if entry.first_day == entry.last_day == day),
        )
        for day in week.days
    )


def _lanes(bars: Sequence[T], week: Week) -> list[list[T]]:
    """Put each bar into the first lane that is free on all of its days of the week."""
    lanes: list[list[T]] = []
    monday = week.days[0]
    for bar in sorted(bars, key=lambda each: (max(each.first_day, monday), each.first_day - each.last_day)):
        free = next((lane for lane in lanes if lane[-1].last_day < bar.first_day), None)
        if free is None:
            lanes.append([bar])
        else:
            free.append(bar)
    return lanes


def _crossing(lanes: Sequence[Sequence[T]], day: date, week: Week) -> tuple[Piece[T] | None, ...]:
    """Return what each lane has on a day, without the empty lanes beneath the last bar."""
    found = [
        next((_piece(bar, day, week) for bar in lane if bar.first_day <= day <= bar.last_day), None) for lane in lanes
    ]
    while found and found[-1] is None:
        found.pop()
    return tuple(found)


def _piece(bar: T, day: date, week: Week) -> Piece[T]:
    return Piece(
        bar,
        starts=day == bar.first_day,
        ends=day == bar.last_day,
        is_named=day in (bar.first_day, week.days[0]),
        length=(min(bar.last_day, week.days[-1]) - day).days + 1,
    )


@functools.lru_cache(maxsize=512)
def differences(own_zone: str, other_zone: str, first_day: date, last_day: date) -> tuple[Difference, ...]:
    """Return by how much another zone is behind the reader's on the days, change by change, at noon of the reader.

    `until` is the first day of another difference, after the days shown too; None where a year brings none.
    """
    found: list[Difference] = []
    since, day = first_day, first_day
    behind = _minutes_behind(own_zone, other_zone, first_day)
    end = last_day + LOOK_AHEAD_DAYS * _DAY
    while day < end:
        day += _DAY
        now = _minutes_behind(own_zone, other_zone, day)
        if now != behind:
            found.append(Difference(behind, since, day))
            if day > last_day:
                return tuple(found)
            since, behind = day, now
    return (*found, Difference(behind, since, None))


def _minutes_behind(own_zone: str, other_zone: str, day: date) -> int:
    noon = datetime.combine(day, _NOON, zones.zone(own_zone)).astimezone(UTC)
    return offset_minutes(noon, own_zone) - offset_minutes(noon, other_zone)


def _within(day: date) -> date | None:
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
