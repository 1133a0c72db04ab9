"""Wall times: what a clock on the wall says in a zone, and the instant that it promises.

A time that the clocks skip or show twice is a question to the person, never a guess. Zone data is
the pinned `tzdata` package's, and its release is kept beside every instant that it resolved.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from app.domain import zones
from app.domain.errors import Refusal

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Choice = Literal["earlier", "later"]

MAX_DAYS = 31
FIRST_YEAR = 1900
LAST_YEAR = 2199


@dataclass(frozen=True)
class Resolved:
    """A wall time (naive) in a zone, the UTC instant it stands for, and the zone data that says so."""

    wall: datetime
    zone_name: str
    instant: datetime
    tzdata: str
    fold: Literal[0, 1]

    @property
    def offset_minutes(self) -> int:
        """The zone's offset from UTC at this instant, in minutes, east positive."""
        return offset_minutes(self.instant, self.zone_name)


@dataclass(frozen=True)
class Sitting:
    """One day's session of a meeting; it begins and ends on `day`, in the meeting's zone."""

    day: date
    starts: Resolved
    ends: Resolved

    @property
    def minutes(self) -> int:
        """Minutes that really pass between start and end, clock changes included."""
        return int((self.ends.instant - self.starts.instant).total_seconds()) // 60


class TimeInGap(Refusal):
    """The clocks skip this wall time; `earlier` and `later` are the nearest real ones at the same minute.

    They are what the clock says when the time is counted with the offset after, and before, the change:
    for 02:30 in a gap from 02:00 to 03:00, 01:30 and 03:30. Both are naive, in the same zone.
    """

    def __init__(
        self, wall: datetime, zone_name: str, earlier: datetime, later: datetime, *, field: str | None = None
    ) -> None:
        super().__init__("time_in_gap", field=field, wall=wall, zone=zone_name, earlier=earlier, later=later)
        self.wall = wall
        self.zone_name = zone_name
        self.earlier = earlier
        self.later = later


class TimeInFold(Refusal):
    """The clocks show this wall time twice; the person chooses `earlier` or `later`, each with its offset."""

    def __init__(self, earlier: Resolved, later: Resolved, *, field: str | None = None) -> None:
        super().__init__(
            "time_in_fold",
            field=field,
            wall=earlier.wall,
            zone=earlier.zone_name,
            earlier=earlier.instant,
            later=later.instant,
            earlier_offset_minutes=earlier.offset_minutes,
            later_offset_minutes=later.offset_minutes,
        )
        self.earlier = earlier
        self.later = later


def resolve(wall: datetime, zone_name: str, choice: Choice | None = None, *, field: str | None = None) -> Resolved:
    """Return the instant of a naive wall time in an IANA zone.

    `choice` is looked at only where the clocks show the time twice. Raises `TimeInGap`, `TimeInFold`,
    `Refusal("unknown_zone")`, `Refusal("year_out_of_range")`; all of them bear `field`.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time has no zone of its own")
    zone = _known_zone(zone_name)
    check_year(wall.date(), field=field)
    wall = wall.replace(fold=0)
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return Resolved(wall, zone_name, first, zones.tzdata_version(), 0)
    if first > second:
        # In a gap, fold=0 counts with the offset before the change, which lands after it.
        raise TimeInGap(wall, zone_name, _wall_of(second, zone), _wall_of(first, zone), field=field)
    earlier = Resolved(wall, zone_name, first, zones.tzdata_version(), 0)
    later = Resolved(wall, zone_name, second, zones.tzdata_version(), 1)
    if choice is None:
        raise TimeInFold(earlier, later, field=field)
    return earlier if choice == "earlier" else later


def in_zone(instant: datetime, zone_name: str) -> datetime:
    """Return an aware instant as the aware local time of a zone; raises `Refusal("unknown_zone")`."""
    if instant.tzinfo is None:
        raise ValueError("an instant is aware")
    return instant.astimezone(_known_zone(zone_name))


def offset_minutes(instant: datetime, zone_name: str) -> int:
    """Return the zone's offset from UTC at an instant, in whole minutes, east positive."""
    offset = in_zone(instant, zone_name).utcoffset() or timedelta()
    return int(offset.total_seconds()) // 60


def check_year(day: date, *, field: str | None = None) -> None:
    """Refuse a day outside 1900 to 2199: a slip of the finger, and beyond what zone data can say."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refusal("year_out_of_range", field=field, first=FIRST_YEAR, last=LAST_YEAR)


def days(first_day: date, last_day: date) -> tuple[date, ...]:
    """Return every day of a meeting, both ends included; all that a meeting without hours has.

    Raises `Refusal` `ends_before_start`, `too_many_days` (more than 31) or `year_out_of_range`.
    """
    check_year(first_day, field="first_day")
    check_year(last_day, field="last_day")
    if last_day < first_day:
        raise Refusal("ends_before_start", field="last_day", starts=first_day, ends=last_day)
    count = (last_day - first_day).days + 1
    if count > MAX_DAYS:
        raise Refusal("too_many_days", field="last_day", limit=MAX_DAYS, days=count)
    return tuple(first_day + timedelta(days=number) for number in range(count))


def sittings(
    first_day: date, last_day: date, starts: time, ends: time, zone_name: str, choice: Choice | None = None
) -> tuple[Sitting, ...]:
    """Return one sitting per day, at the same wall hours each day whatever the clocks do in between.

    A sitting ends later than it starts, on the same day: none runs past midnight. `choice` serves the
    one day, if any, on which the clocks go back. Raises what `days` and `resolve` raise, and
    `Refusal("ends_before_start")` on the field `ends`.
    """
    every_day = days(first_day, last_day)
    if ends <= starts:
        raise Refusal("ends_before_start", field="ends", starts=starts, ends=ends)
    return tuple(
        Sitting(
            day,
            resolve(datetime.combine(day, starts), zone_name, choice, field="starts"),
            resolve(datetime.combine(day, ends), zone_name, choice, field="ends"),
        )
        for day in every_day
    )


def day_starts_at(day: date, zone_name: str) -> datetime:
    """Return the UTC instant at which a day begins in a zone, where the clocks skip midnight too.

    Raises `Refusal` `unknown_zone` or `year_out_of_range`.
    """
    midnight = datetime.combine(day, time())
    try:
        return resolve(midnight, zone_name, "earlier").instant
    except TimeInGap as gap:
        return _first_instant_of(day, gap)


def days_bounds(first_day: date, last_day: date, zone_name: str) -> tuple[datetime, datetime]:
    """Return the UTC instants that bound a meeting of days without hours; the second is where it has ended.

    Raises what `days` raises, and `Refusal("unknown_zone")`.
    """
    every_day = days(first_day, last_day)
    return day_starts_at(every_day[0], zone_name), day_starts_at(every_day[-1] + timedelta(days=1), zone_name)


def _known_zone(zone_name: str) -> ZoneInfo:
    """Return the zone, or refuse a name that the pinned data does not have."""
    try:
        return zones.zone(zone_name)
    except KeyError:
        raise Refusal("unknown_zone", field="zone", zone=zone_name) from None


def _wall_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the naive local time of an instant."""
    return instant.astimezone(zone).replace(tzinfo=None)


def _first_instant_of(day: date, gap: TimeInGap) -> datetime:
    """Return the instant at which the clocks jump over a day's midnight and the day begins."""
    zone = _known_zone(gap.zone_name)
    before = gap.earlier.replace(tzinfo=zone).astimezone(UTC)
    after = gap.later.replace(tzinfo=zone).astimezone(UTC)
    seconds = range(int((after - before).total_seconds()) + 1)
    # The jump need not be at midnight itself (Toronto 1919 jumped at 23:30), so look for it.
    first = bisect.bisect_left(seconds, day, key=lambda count: _wall_of(before + timedelta(seconds=count), zone).date())
    return before + timedelta(seconds=first)
