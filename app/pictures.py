"""The geometry of the product's small pictures: clock rings and strips of periods. Numbers in, coordinates out."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app import labels, words

MINUTES_A_DAY: Final = 24 * 60
WORKING_DAY: Final = (9 * 60, 17 * 60)

_CENTRE: Final = 36.0
_RADIUS: Final = 29.0
_COLUMN: Final = 72
_STRIP_HEIGHT: Final = 62
_MARK_STEP: Final = 22


def ring_arc(start_minute: int, minutes: int) -> str:
    """Return the SVG path of a stretch of the day on a 24-hour ring, midnight at the top, clockwise.

    A stretch of a whole day or longer is the whole ring; an empty one is an empty path.
    """
    if minutes <= 0:
        return ""
    if minutes >= MINUTES_A_DAY:
        half = MINUTES_A_DAY // 2
        return f"{ring_arc(0, half)}{ring_arc(half, half)}"
    x1, y1 = _on_ring(start_minute)
    x2, y2 = _on_ring(start_minute + minutes)
    large = int(minutes > MINUTES_A_DAY // 2)
    return f"M{x1:.1f} {y1:.1f}A{_RADIUS:.0f} {_RADIUS:.0f} 0 {large} 1 {x2:.1f} {y2:.1f}"


def _on_ring(minute: int) -> tuple[float, float]:
    angle = 2 * math.pi * (minute % MINUTES_A_DAY) / MINUTES_A_DAY
    return _CENTRE + _RADIUS * math.sin(angle), _CENTRE - _RADIUS * math.cos(angle)


@dataclass(frozen=True, slots=True)
class Place:
    """A city whose clock is shown, and whose time it is."""

    city: str
    zone: str
    is_meeting: bool = False
    is_reader: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """One city's clock for a stretch of time: the words are the information, the arcs repeat them."""

    city: str
    times: str
    offset: str
    day: str
    work_arc: str
    meeting_arc: str
    is_meeting: bool
    is_reader: bool


def clock(start: dt.datetime, end: dt.datetime, place: Place, shown_on: dt.date, language: str) -> Clock:
    """Return the clock of a place from one instant to another.

    `day` is written only where the day there is not the one that the page shows (`shown_on`).
    """
    first, last = words.local(start, place.zone), words.local(end, place.zone)
    work_start, work_end = WORKING_DAY
    minutes = int((end - start).total_seconds()) // 60
    return Clock(
        city=place.city,
        times=words.time_range(first, last, language),
        offset=words.offset_words(start, place.zone, language),
        day="" if first.date() == shown_on else words.date_short(first.date(), language),
        work_arc=ring_arc(work_start, work_end - work_start),
        meeting_arc=ring_arc(first.hour * 60 + first.minute, minutes),
        is_meeting=place.is_meeting,
        is_reader=place.is_reader,
    )


def clocks(start: dt.datetime, end: dt.datetime, places: Sequence[Place], language: str) -> list[Clock]:
    """Return the clocks of several places; the day shown is that of the meeting's own place, else of the first."""
    own = next((place for place in places if place.is_meeting), places[0])
    shown_on = words.local(start, own.zone).date()
    return [clock(start, end, place, shown_on, language) for place in places]


@dataclass(frozen=True, slots=True)
class PeriodMark:
    """What a strip shows of one period: its name, its state, and what was held in it, as words."""

    label: str
    state: str
    note: str = ""
    held_count: int = 1


@dataclass(frozen=True, slots=True)
class StripCell:
    """A period's place on a strip: the middle of its column and the middles of its marks."""

    mark: PeriodMark
    x: float
    marks_at: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """A strip of periods, oldest first, with the sentence that says what it shows."""

    width: int
    height: int
    middle: float
    cells: tuple[StripCell, ...]
    summary: str


def period_strip(marks: Sequence[PeriodMark], language: str) -> Strip:
    """Return the strip of a mechanism's periods; one mark a period, or one for each meeting that met it."""
    cells = []
    for index, mark in enumerate(marks):
        x = index * _COLUMN + _COLUMN / 2
        count = max(1, mark.held_count) if mark.state in {"met", "partly_met", "by_numbering"} else 1
        first = x - (count - 1) * _MARK_STEP / 2
        cells.append(StripCell(mark, x, tuple(first + number * _MARK_STEP for number in range(count))))
    said = [f"{mark.label} {labels.label('period_state', mark.state, language)}" for mark in marks]
    return Strip(
        width=len(marks) * _COLUMN,
        height=_STRIP_HEIGHT,
        middle=_STRIP_HEIGHT / 2,
        cells=tuple(cells),
        summary=", ".join(said),
    )
