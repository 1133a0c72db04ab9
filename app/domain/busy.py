"""Busy time as intervals of instants: merged, and made of the days that somebody blocks by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from app.domain.errors import Refusal
from app.domain.walltime import TimeInGap, check_year, day_starts_at, resolve

Interval = tuple[datetime, datetime]
DAY_LIMIT: Final = 400


@dataclass(frozen=True, slots=True)
class Blackout:
    """Days that somebody blocks, both ends included: whole ones, or from an hour to an hour on each."""

    first_day: date | None
    last_day: date | None = None
    starts: time | None = None
    ends: time | None = None


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return intervals (from, until) in order, those that touch or overlap as one; an empty one is none."""
    found: list[Interval] = []
    for starts_at, ends_at in sorted(intervals):
        if ends_at <= starts_at:
            continue
        if found and starts_at <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends_at)
        else:
            found.append((starts_at, ends_at))
    return tuple(found)


def blackout_days(blackout: Blackout, today: date) -> tuple[date, date]:
    """Return the first and the last day of a blackout; without a last one it is a single day.

    Raises `Refusal` with its field: `required`, `ends_before_start`, `blackout_past`, `blackout_too_long`,
    `hours_in_pairs`, `year_out_of_range`.
    """
    first = blackout.first_day
    if first is None:
        raise Refusal("required", field="first_day")
    last = blackout.last_day or first
    check_year(first, field="first_day")
    check_year(last, field="last_day")
    if last < first:
        raise Refusal("ends_before_start", field="last_day")
    if last < today:
        raise Refusal("blackout_past", field="last_day" if blackout.last_day else "first_day")
    if (last - first).days >= DAY_LIMIT:
        raise Refusal("blackout_too_long", field="last_day", limit=DAY_LIMIT)
    if (blackout.starts is None) != (blackout.ends is None):
        raise Refusal("hours_in_pairs", field="ends" if blackout.ends is None else "starts")
    if blackout.starts is not None and blackout.ends is not None and blackout.ends <= blackout.starts:
        raise Refusal("ends_before_start", field="ends")
    return first, last


def blackout_intervals(blackout: Blackout, zone_name: str, today: date) -> tuple[Interval, ...]:
    """Return the intervals (UTC) of a blackout, whose days and hours are those of a zone.

    An hour that the clocks skip or show twice is widened, so that nothing that was blocked is free. Raises what
    `blackout_days` raises, and `Refusal("unknown_zone")`.
    """
    first, last = blackout_days(blackout, today)
    if blackout.starts is None or blackout.ends is None:
        return ((day_starts_at(first, zone_name), day_starts_at(last + timedelta(days=1), zone_name)),)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return merged(
        (
            _instant(datetime.combine(day, blackout.starts), zone_name, "earlier"),
            _instant(datetime.combine(day, blackout.ends), zone_name, "later"),
        )
        for day in days
    )


def _instant(wall: datetime, zone_name: str, side: Literal["earlier", "later"]) -> datetime:
    try:
        return resolve(wall, zone_name, side).instant
    except TimeInGap as gap:
        return resolve(gap.earlier if side == "earlier" else gap.later, zone_name, side).instant
