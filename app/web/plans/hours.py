"""The picture of the clocks side by side: numbers in, coordinates and words out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _

from app import words
from app.domain.slots import Clock, Closed, RankedSlot
from app.web.plans.places import Places

LEFT: Final = 150
RIGHT: Final = 870
TOP: Final = 36
STEP: Final = 46
HOUR: Final = 60
LEAST_HOURS: Final = 12
ROOM: Final = 74  # what the hours of a slot need inside its bar


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of the axis, from `x` for `width`, and where its words stand."""

    x: float
    width: float
    words: str = ""

    @property
    def middle(self) -> float:
        """Return the middle of it."""
        return self.x + self.width / 2

    @property
    def has_room(self) -> bool:
        """Say whether its words fit into it."""
        return self.width >= ROOM


@dataclass(frozen=True, slots=True)
class HoursRow:
    """One city: its working day on its own clock and on the axis, and the slot there."""

    city: str
    y: int
    working_day: str
    on_axis: str
    slot_there: str
    work: Bar
    slot: Bar
    closed: str = ""

    @property
    def until_x(self) -> float | None:
        """Return where it is written until when the place works on after the slot; None where there is no room."""
        begins = self.slot.x + self.slot.width
        has_room = self.work.x <= begins <= self.work.x + self.work.width - ROOM
        return begins + 10 if has_room and self.work.words else None


@dataclass(frozen=True, slots=True)
class Hours:
    """The whole picture, on the time of `axis_city`."""

    axis_city: str
    day: dt.date
    height: int
    ticks: tuple[tuple[float, int], ...]
    rows: tuple[HoursRow, ...]
    overlap: Bar | None
    notes: tuple[str, ...]


def hours_of(
    slot: RankedSlot, clocks: Sequence[Clock], closures: Sequence[Closed], zone: str, places: Places
) -> Hours | None:
    """Return the working hours of every place on the first day of a slot, on the clock of the plan's zone.

    None for a slot of whole days, and where there is no clock.
    """
    if slot.starts is None or not clocks:
        return None
    starts_at, ends_at = slot.sittings[0]
    axis = _Axis(starts_at, zone)
    works = [_working(clock, starts_at) for clock in clocks]
    spans = [(axis.minute(begins), axis.minute(ends)) for begins, ends in works]
    sitting = axis.minute(starts_at), axis.minute(ends_at)
    axis.fit([*spans, sitting])
    rows = tuple(
        _row(clock, number, axis, (starts_at, ends_at), works[number], closures, places)
        for number, clock in enumerate(clocks)
    )
    overlap = max(begins for begins, _end in spans), min(ends for _begin, ends in spans)
    return Hours(
        axis_city=places.city,
        day=slot.first_day,
        height=TOP + STEP * len(rows) + 34,
        ticks=axis.ticks,
        rows=rows,
        overlap=_overlap(overlap, axis, places) if overlap[0] < overlap[1] else None,
        notes=tuple(_differences(clocks, starts_at, zone, places)),
    )


class _Axis:
    """Minutes after midnight of the slot's day in the plan's zone, drawn from a whole hour to a whole hour."""

    def __init__(self, starts_at: dt.datetime, zone: str) -> None:
        local = words.local(starts_at, zone)
        self.zero = starts_at - dt.timedelta(hours=local.hour, minutes=local.minute)
        self.first, self.last = 0, 24

    def minute(self, instant: dt.datetime) -> int:
        return int((instant - self.zero).total_seconds()) // 60

    def fit(self, spans: Sequence[tuple[int, int]]) -> None:
        self.first = min(begins for begins, _ in spans) // HOUR - 1
        self.last = -(-max(ends for _, ends in spans) // HOUR) + 1
        self.last = max(self.last, self.first + LEAST_HOURS)

    def x(self, minute: int) -> float:
        return round(LEFT + (RIGHT - LEFT) * (minute - self.first * HOUR) / ((self.last - self.first) * HOUR), 1)

    def bar(self, begins: int, ends: int, said: str = "") -> Bar:
        return Bar(self.x(begins), round(self.x(ends) - self.x(begins), 1), said)

    @property
    def ticks(self) -> tuple[tuple[float, int], ...]:
        step = 1 if self.last - self.first <= 18 else 2
        return tuple((self.x(hour * HOUR), hour % 24) for hour in range(self.first, self.last + 1, step))


def _working(clock: Clock, starts_at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """Return the working day of a place on the day that it has there when the slot begins."""
    there = words.local(starts_at, clock.zone)
    return tuple(  # type: ignore[return-value]
        dt.datetime.combine(there.date(), hour, there.tzinfo).astimezone(dt.UTC) for hour in (clock.opens, clock.closes)
    )


def _row(
    clock: Clock,
    number: int,
    axis: _Axis,
    sitting: tuple[dt.datetime, dt.datetime],
    work: tuple[dt.datetime, dt.datetime],
    closures: Sequence[Closed],
    places: Places,
) -> HoursRow:
    language = places.language
    begins, ends = (words.local(each, clock.zone) for each in sitting)
    there = words.time_range(begins, ends, language)
    shut = next((each for each in closures if each.on == begins.date() and _is_of(each, clock)), None)
    return HoursRow(
        city=places.clock(clock.key),
        y=TOP + STEP * number,
        working_day=words.time_range(clock.opens, clock.closes, language),
        on_axis=words.time_range(_wall(axis, work[0]), _wall(axis, work[1]), language),
        slot_there=there,
        work=axis.bar(axis.minute(work[0]), axis.minute(work[1]), _until(clock, ends, language)),
        slot=axis.bar(axis.minute(sitting[0]), axis.minute(sitting[1]), there),
        closed=words.pick(shut.name, language)[0] if shut else "",
    )


def _is_of(closed: Closed, clock: Clock) -> bool:
    return (clock.key == "place" and closed.at_place) or (closed.party == clock.party and not closed.at_place)


def _until(clock: Clock, ends: dt.datetime, language: str) -> str:
    return (
        str(_("until %(hour)s", hour=words.time_of_day(clock.closes, language))) if ends.time() < clock.closes else ""
    )


def _wall(axis: _Axis, instant: dt.datetime) -> dt.time:
    minute = axis.minute(instant) % (24 * HOUR)
    return dt.time(minute // HOUR, minute % HOUR)


def _overlap(span: tuple[int, int], axis: _Axis, places: Places) -> Bar:
    begins, ends = (dt.time(minute // HOUR % 24, minute % HOUR) for minute in span)
    times = words.time_range(begins, ends, places.language)
    return axis.bar(*span, str(_("all at work, %(times)s in %(city)s", times=times, city=places.city)))


def _differences(clocks: Sequence[Clock], starts_at: dt.datetime, zone: str, places: Places) -> list[str]:
    """Say by how much each city's clock differs from the plan's; cities of the same difference together."""
    here = words.local(starts_at, zone).utcoffset() or dt.timedelta()
    apart: dict[int, list[str]] = {}
    for clock in clocks:
        there = words.local(starts_at, clock.zone).utcoffset() or dt.timedelta()
        if there != here:
            apart.setdefault(int((there - here).total_seconds()) // 60, []).append(places.clock(clock.key))
    found = []
    for minutes, cities in sorted(apart.items()):
        said = {
            "cities": words.list_of(list(dict.fromkeys(cities)), places.language),
            "length": words.duration_short(abs(minutes)),
            "city": places.city,
        }
        found.append(
            str(_("%(cities)s: %(length)s ahead of %(city)s.", **said))
            if minutes > 0
            else str(_("%(cities)s: %(length)s behind %(city)s.", **said))
        )
    return found
