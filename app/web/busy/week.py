"""A week of busy time as others see it: a line for each day, by the clock of the viewer's city."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import request

from app import words
from app.domain.busy import Interval
from app.domain.errors import NotFound
from app.domain.walltime import day_starts_at
from app.domain.zones import zone
from app.i18n import reader_language
from app.web.forms import iso_day

_DAY_MINUTES: Final = 24 * 60
_FARTHEST: Final = dt.timedelta(days=600)


@dataclass(frozen=True, slots=True)
class WeekDay:
    """A day: its busy spans in minutes of the wall clock, each with its words; one that is busy throughout says so."""

    day: dt.date
    spans: tuple[tuple[int, int], ...]
    said: tuple[str, ...]
    is_whole: bool


def week_asked(today: dt.date) -> dt.date:
    """Return the Monday of the week that was asked for, else of today's, on a weekend of the next one.

    Raises `NotFound` for what is no day, or one too far away.
    """
    written = request.args.get("week", "")
    try:
        day = iso_day(written) if written else today + dt.timedelta(days=2)
    except ValueError:
        raise NotFound from None
    if abs(day - today) > _FARTHEST:
        raise NotFound
    return day - dt.timedelta(days=day.weekday())


def bounds_of(monday: dt.date, zone_name: str) -> Interval:
    """Return the instants at which a week begins and ends in a zone."""
    return day_starts_at(monday, zone_name), day_starts_at(monday + dt.timedelta(days=7), zone_name)


def days_of(monday: dt.date, intervals: Sequence[Interval], zone_name: str) -> list[WeekDay]:
    """Return the seven days of a week with what is busy in each."""
    return [_day(monday + dt.timedelta(days=number), intervals, zone_name) for number in range(7)]


def _day(day: dt.date, intervals: Sequence[Interval], zone_name: str) -> WeekDay:
    begins, ends = day_starts_at(day, zone_name), day_starts_at(day + dt.timedelta(days=1), zone_name)
    inside = [(max(one, begins), min(other, ends)) for one, other in intervals if one < ends and other > begins]
    language, place = reader_language(), zone(zone_name)
    spans, said = [], []
    for one, other in inside:
        starts, stops = one.astimezone(place), other.astimezone(place)
        last = _DAY_MINUTES if other == ends else stops.hour * 60 + stops.minute
        spans.append((starts.hour * 60 + starts.minute, last))
        said.append(words.time_range(starts, stops, language))
    return WeekDay(day, tuple(spans), tuple(said), inside == [(begins, ends)])
