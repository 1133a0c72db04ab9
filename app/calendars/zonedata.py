"""The changes of a zone's clocks, read from the pinned `tzdata` package's TZif files (RFC 9636).

`zoneinfo` answers what the offset is at an instant, but not when it changes, which is what a
VTIMEZONE has to say.
"""

from __future__ import annotations

import calendar
import functools
import itertools
import re
import struct
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources

from app.domain import zones

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall times are naive by nature
# Before this no zone had a standard time that yearly rules could apply to.
_FIRST = datetime(1800, 1, 1, tzinfo=UTC)
_HEADER = struct.Struct(">4s1s15x6I")
_KIND = struct.Struct(">iBB")
_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")

_NAME = r"(?:<[^>]+>|[A-Za-z]+)"
_HOURS = r"[+-]?\d+(?::\d+){0,2}"
_DAY = rf"M\d+\.\d+\.\d+(?:/{_HOURS})?"
_FOOTER = re.compile(rf"({_NAME})({_HOURS})(?:({_NAME})({_HOURS})?,({_DAY}),({_DAY}))?")


@dataclass(frozen=True)
class DayRule:
    """The day of a yearly change: `M3.2.0/2` is the second Sunday of March at 2:00.

    `week` 5 is the last one, `weekday` 0 is Sunday, and `seconds` of wall time count from the
    midnight that begins the day; they may be negative or run into the days after.
    """

    month: int
    week: int
    weekday: int
    seconds: int

    def wall_time(self, year: int) -> datetime:
        """Return the wall time (naive) of the change in a year, by the clock as it was before."""
        length = calendar.monthrange(year, self.month)[1]
        first = date(year, self.month, 1).isoweekday() % 7
        day = 1 + (self.weekday - first) % 7 + 7 * (self.week - 1)
        day = day - 7 if day > length else day
        return datetime.combine(date(year, self.month, day), time()) + timedelta(seconds=self.seconds)

    def recurrence(self) -> dict[str, object] | None:
        """Return the parts of a yearly RRULE with BYMONTH and one BYDAY, or None where none says it.

        A change at 24:00 falls on the next day, which is then not always the same one of its month;
        BYMONTHDAY narrows such a day to the week in which it falls.
        """
        shift = self.seconds // 86_400
        length = calendar.monthrange(2001, self.month)[1]
        first = length - 6 if self.week == 5 else 7 * self.week - 6
        days = range(first + shift, first + shift + 7)
        crosses = days[0] < 1 or days[-1] > (28 if self.month == 2 else length)
        weekday = _WEEKDAYS[(self.weekday + shift) % 7]
        parts: dict[str, object] = {"FREQ": "YEARLY", "BYMONTH": self.month}
        if self.week == 5 and not shift:
            return parts | {"BYDAY": f"-1{weekday}"}
        if crosses or (self.month == 2 and self.week == 5):
            return None
        if days[0] % 7 == 1:
            return parts | {"BYDAY": f"{days[0] // 7 + 1}{weekday}"}
        return parts | {"BYDAY": weekday, "BYMONTHDAY": list(days)}


@dataclass(frozen=True)
class Change:
    """One change of a zone's clocks: the instant, and the offsets in seconds east of UTC around it.

    `name` is the abbreviation in force afterwards; `rule` is set where the change comes again each
    year by that rule, and so will every later one of its kind.
    """

    at: datetime
    before: int
    after: int
    is_daylight: bool
    name: str
    rule: DayRule | None = None

    @property
    def wall_time(self) -> datetime:
        """The wall time (naive) of the change, by the clock as it was before."""
        return (self.at + timedelta(seconds=self.before)).replace(tzinfo=None)


@dataclass(frozen=True)
class ZoneData:
    """A zone as its file has it: the offset before all changes, the changes, and the yearly pair after them.

    The yearly pair is in force after `written_through`, which may be later than the last change: a
    file can say that for a while there was none.
    """

    first_offset: int
    first_name: str
    changes: tuple[Change, ...]
    yearly: tuple[Change, ...]
    written_through: datetime

    def changes_through(self, year: int) -> tuple[Change, ...]:
        """Return all changes through the end of a year, those of the yearly rules written out, each with its rule."""
        later = _ruled(self.yearly, range(self.written_through.year - 1, year + 2))
        return (*self.changes, *(each for each in later if self.written_through < each.at and each.at.year <= year))


@functools.cache
def zone_data(name: str) -> ZoneData:
    """Return the data of an IANA zone; raises `KeyError` for a name that `zones.zone` does not know."""
    zones.zone(name)
    return _parse(resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes())


def _parse(content: bytes) -> ZoneData:
    """Read a TZif file of version 2 or later: the block of 64-bit times and the rule in its footer."""
    start = _block_size(content, 0, 4)
    magic, version, _utc, _standard, _leaps, time_count, kind_count, name_size = _HEADER.unpack_from(content, start)
    if magic != b"TZif" or version < b"2":
        raise ValueError("not a TZif file of version 2 or later")
    position = start + _HEADER.size
    times = struct.unpack_from(f">{time_count}q", content, position)
    indexes = content[position + 8 * time_count : position + 9 * time_count]
    position += 9 * time_count
    names = content[position + 6 * kind_count : position + 6 * kind_count + name_size]
    kinds = [
        (offset, bool(is_daylight), names[at : names.index(b"\0", at)].decode())
        for offset, is_daylight, at in _KIND.iter_unpack(content[position : position + 6 * kind_count])
    ]
    footer = content[start + _block_size(content, start, 8) :].decode().strip("\n")
    yearly = _yearly(footer)
    through = (_EPOCH + timedelta(seconds=times[-1])).replace(tzinfo=UTC) if times else _FIRST
    changes = _with_rules(_changes(times, indexes, kinds), yearly, through)
    return ZoneData(kinds[0][0], kinds[0][2], changes, yearly, through)


def _block_size(content: bytes, start: int, time_size: int) -> int:
    """Return the size in bytes of a header and its data block."""
    _magic, _version, utc, standard, leaps, times, kinds, names = _HEADER.unpack_from(content, start)
    data_size: int = times * (time_size + 1) + kinds * 6 + names + leaps * (time_size + 4) + standard + utc
    return _HEADER.size + data_size


def _changes(times: tuple[int, ...], indexes: bytes, kinds: list[tuple[int, bool, str]]) -> list[Change]:
    """Return the changes of a block, without those that only rename the offset."""
    found = []
    before, was_daylight, _name = kinds[0]
    for seconds, index in zip(times, indexes, strict=True):
        after, is_flagged, name = kinds[index]
        # Ireland's and Morocco's data call the winter the exception; calendars mean the advanced clock.
        is_daylight = after >= before if is_flagged else was_daylight and after > before
        if (after, is_flagged) != (before, was_daylight):
            at = (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=UTC)
            found.append(Change(at, before, after, is_daylight, name))
        before, was_daylight = after, is_flagged
    return found


def _yearly(footer: str) -> tuple[Change, ...]:
    """Return the two yearly changes of a POSIX rule, dated in no year in particular; () where the clock stands.

    Raises `ValueError` for a rule in a form that no zone of IANA uses (day of the year).
    """
    match = _FOOTER.fullmatch(footer)
    if match is None:
        raise ValueError(f"the zone rule {footer!r} cannot be read")
    standard, offset, daylight, daylight_offset, begins, ends = match.groups()
    if daylight is None:
        return ()
    before = -_seconds(offset)
    after = -_seconds(daylight_offset) if daylight_offset else before + 3600
    some_time = datetime.min.replace(tzinfo=UTC)
    return (
        Change(some_time, before, after, after > before, daylight.strip("<>"), _day_rule(begins)),
        Change(some_time, after, before, before > after, standard.strip("<>"), _day_rule(ends)),
    )


def _day_rule(text: str) -> DayRule:
    """Read `M3.2.0` or `M3.2.0/2:30`; the hour is 2:00 where none is given."""
    day, _slash, at = text.partition("/")
    month, week, weekday = (int(part) for part in day[1:].split("."))
    return DayRule(month, week, weekday, _seconds(at or "2"))


def _seconds(text: str) -> int:
    """Read `5`, `-3:30` or `+1:02:03` as seconds."""
    parts = [int(part) for part in text.lstrip("+-").split(":")]
    total = sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))
    return -total if text.startswith("-") else total


def _in_year(change: Change, year: int) -> Change:
    """Return the yearly change as it happens in a year."""
    if change.rule is None:
        raise ValueError("a change without a rule does not come again")
    wall = change.rule.wall_time(year)
    at = (wall - timedelta(seconds=change.before)).replace(tzinfo=UTC)
    return Change(at, change.before, change.after, change.is_daylight, change.name, change.rule)


def _ruled(yearly: tuple[Change, ...], years: range) -> list[Change]:
    """Return the yearly changes of those years, in order."""
    return sorted((_in_year(each, year) for year in years for each in yearly), key=lambda change: change.at)


def _with_rules(changes: list[Change], yearly: tuple[Change, ...], through: datetime) -> tuple[Change, ...]:
    """Mark the last changes that already follow the yearly rules, back to the first that does not.

    A change that the rules ask for and the data leaves out ends the run too: Havana skips the winter
    of 2026, and what came before that cannot be said by the same rules.
    """
    if not changes:
        return ()
    ruled = _ruled(yearly, range(changes[0].at.year - 1, through.year + 2))
    pairs = zip(reversed(changes), reversed([change for change in ruled if change.at <= through]), strict=False)
    run = [after for _before, after in itertools.takewhile(lambda pair: _is_same(*pair), pairs)]
    return (*changes[: len(changes) - len(run)], *reversed(run))


def _is_same(one: Change, other: Change) -> bool:
    """Whether two changes do the same to the clock at the same instant."""
    return (one.at, one.before, one.after) == (other.at, other.before, other.after)
