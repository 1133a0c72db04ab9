"""All starts that a plan allows, and how many people or meetings each of them overlaps.

Instants are whole minutes of UTC since 1970, so that comparing tens of thousands of them is cheap.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

from app.domain import zones
from app.domain.errors import Refusal
from app.domain.slot_facts import PlanFacts, Span
from app.domain.walltime import resolve

SATURDAY: Final = 5
MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Whom a meeting of whole days keeps from other work, on the clock of its place.
DAY_BEGINS: Final = time(9)
DAY_ENDS: Final = time(17)


@dataclass(frozen=True, slots=True)
class Grid:
    """Every start: its first day, its wall time in minutes after midnight, and the minutes of each of its sittings.

    `starts[j][i]` and `ends[j][i]` are those of the j-th day's sitting of the i-th start; each row is in order.
    """

    days: list[date]
    walls: list[int]
    starts: tuple[list[int], ...]
    ends: tuple[list[int], ...]

    def sittings_at(self, index: int) -> tuple[Span, ...]:
        """Return the sittings of one start, in UTC."""
        return tuple(
            (instant_of(starts[index]), instant_of(ends[index]))
            for starts, ends in zip(self.starts, self.ends, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Overlaps:
    """How many of some people (or meetings) each start overlaps, and for each of them the runs of starts that it does.

    A run is from a start to before another; those of one are in order and do not touch.
    """

    counts: list[int]
    runs: list[list[tuple[int, int]]]

    @property
    def hits(self) -> list[int]:
        """Return how many starts each of them overlaps."""
        return [sum(high - low for low, high in runs) for runs in self.runs]

    def at(self, index: int) -> list[int]:
        """Return which of them, by their places, overlap one start."""
        found = []
        for place, runs in enumerate(self.runs):
            before = bisect_right(runs, (index, len(self.counts))) - 1
            if before >= 0 and index < runs[before][1]:
                found.append(place)
        return found


def minute_of(instant: datetime) -> int:
    """Return an aware instant as minutes since 1970, its seconds dropped."""
    return int(instant.timestamp()) // 60


def instant_of(minute: int) -> datetime:
    """Return the instant (UTC) of so many minutes since 1970."""
    return _EPOCH + minute * MINUTE


def candidates_of(facts: PlanFacts) -> Grid:
    """Return the starts of a plan in their order: still to come, all their days in the range, no weekends unless asked.

    A start or end that the clocks skip or show twice is none.
    """
    zone, rows = zones.zone(facts.zone), range(facts.days_count)
    first_minute = minute_of(facts.now) + 1
    walls = _walls(facts)
    grid = Grid([], [], tuple([] for _ in rows), tuple([] for _ in rows))
    day, last_first = facts.first_day, facts.last_day - (facts.days_count - 1) * _DAY
    while day <= last_first:
        every_day = [day + number * _DAY for number in rows]
        if facts.with_weekends or all(each.weekday() < SATURDAY for each in every_day):
            sat = [_sittings_of(each, walls, zone, facts.zone) for each in every_day]
            for number, (wall, _) in enumerate(walls):
                spans = [each[number] for each in sat]
                if spans[0] is not None and spans[0][0] >= first_minute and None not in spans:
                    _add(grid, day, wall, spans)
        day += _DAY
    return grid


def _add(grid: Grid, day: date, wall: int, spans: Sequence[tuple[int, int] | None]) -> None:
    grid.days.append(day)
    grid.walls.append(wall)
    for row, span in enumerate(spans):
        if span is not None:
            grid.starts[row].append(span[0])
            grid.ends[row].append(span[1])


def _walls(facts: PlanFacts) -> list[tuple[int, int]]:
    """Return from when to when on the wall a sitting may be, in minutes after midnight; of whole days just one."""
    if facts.minutes is None:
        return [(_minutes(DAY_BEGINS), _minutes(DAY_ENDS))]
    last = _minutes(facts.latest) - facts.minutes
    return [(wall, wall + facts.minutes) for wall in range(_minutes(facts.earliest), last + 1, facts.grid_minutes)]


def _minutes(wall: time) -> int:
    """Return a time of the day as minutes after midnight; 23:59 stands for the end of the day."""
    return 1440 if wall == time(23, 59) else wall.hour * 60 + wall.minute


def _sittings_of(
    day: date, walls: Sequence[tuple[int, int]], zone: ZoneInfo, name: str
) -> list[tuple[int, int] | None]:
    """Return the minutes of each of the day's sittings; on a day on which the clocks change each is resolved."""
    midnight = datetime.combine(day, time())
    offset = midnight.replace(tzinfo=zone).utcoffset()
    if offset is not None and offset == (midnight + _DAY).replace(tzinfo=zone).utcoffset():
        base = minute_of((midnight - offset).replace(tzinfo=UTC))
        return [(base + starts, base + ends) for starts, ends in walls]
    found: list[tuple[int, int] | None] = []
    for starts, ends in walls:
        try:
            bounds = [resolve(midnight + wall * MINUTE, name).instant for wall in (starts, ends)]
        except Refusal:
            found.append(None)
        else:
            found.append((minute_of(bounds[0]), minute_of(bounds[1])))
    return found


# Overlaps -----------------------------------------------------------------------------------------


def overlap_counts(grid: Grid, busy: Iterable[Sequence[Span]]) -> Overlaps:
    """Return how many of these, each with its intervals, every start overlaps; what only touches does not.

    Each of them counts once for a start, however many of its intervals lie in it.
    """
    changes = [0] * (len(grid.days) + 1)
    every_run = [list(_merged(_ranges(grid, spans))) for spans in busy]
    for runs in every_run:
        for low, high in runs:
            changes[low] += 1
            changes[high] -= 1
    return Overlaps(list(accumulate(changes[:-1])), every_run)


def _ranges(grid: Grid, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Return the runs of starts that one's intervals overlap."""
    found = []
    minutes = [(minute_of(starts_at), -(-int(ends_at.timestamp()) // 60)) for starts_at, ends_at in spans]
    for starts, ends in zip(grid.starts, grid.ends, strict=True):
        for begins, finishes in minutes:
            low, high = bisect_right(ends, begins), bisect_left(starts, finishes)
            if low < high:
                found.append((low, high))
    return found


def _merged(ranges: list[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Yield runs in order, those that meet as one."""
    ranges.sort()
    held: tuple[int, int] | None = None
    for low, high in ranges:
        if held is None or low > held[1]:
            if held is not None:
                yield held
            held = (low, high)
        elif high > held[1]:
            held = (held[0], high)
    if held is not None:
        yield held
