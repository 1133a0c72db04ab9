"""A calendar file read as busy time: when, and nothing of what; held to limits, whatever the file has in it.

What is parsed has been cut down to the lines that say when (`busy_lines`), and is worked out in a process of its own
with a limit on time and memory (`expansion`): a rule that repeats each second cannot be known for one beforehand.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from app.calendars.busy_lines import BYTE_LIMIT, FIELD, lines_of, text_of
from app.calendars.busy_series import series_of
from app.calendars.busy_zones import FileZones
from app.calendars.expansion import Order, Outcome
from app.domain.busy import Interval, merged
from app.domain.cadence import add_months
from app.domain.errors import Refusal
from app.domain.walltime import day_starts_at

FILE_LIMIT: Final = BYTE_LIMIT
MONTHS: Final = 19
INTERVAL_LIMIT: Final = 6_000
_EXPANSION: Final = Path(__file__).with_name("expansion.py")
# Whole days of other zones, and entries that began before, may reach into the window.
_MARGIN: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the process that expands a calendar may use."""

    cpu_seconds: int = 8
    wall_seconds: int = 20
    memory_bytes: int = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BusyReading:
    """What was read: busy intervals (UTC, in order, apart), and what the person should know of the file.

    `unreadable_count` entries are left out; those of `unknown_zones` (`unknown_count` entries) were read in the zone
    that was given; `differing_zones` are described otherwise in the file than by the zone data in force, which holds.
    """

    intervals: tuple[Interval, ...]
    unreadable_count: int = 0
    unknown_count: int = 0
    unknown_zones: tuple[str, ...] = ()
    differing_zones: tuple[str, ...] = ()


_AT_ONCE: Final = threading.BoundedSemaphore(2)
_USUAL: Final = Limits()


def window_of(now: datetime) -> Interval:
    """Return from when to when a calendar is read: from yesterday to 19 months on, in UTC."""
    today = now.astimezone(UTC).date()
    days = today - timedelta(days=1), add_months(today, MONTHS)
    return datetime.combine(days[0], time(), UTC), datetime.combine(days[1], time(), UTC)


def read_busy(content: bytes, zone_name: str, now: datetime, limits: Limits = _USUAL) -> BusyReading:
    """Return the busy time in an .ics file; whole days and times without a zone are those of `zone_name`.

    Raises `Refusal` on `file`: what `text_of` and `lines_of` raise, `busy_repeats` and `busy_too_many` for what
    would take too long, `busy_waiting` while others are read.
    """
    window = window_of(now)
    found = lines_of(text_of(content))
    zones = FileZones(found.zones, zone_name)
    series = series_of(found.entries, zones, window)
    order = Order(
        series=series.texts, rules=zones.rules(), compared=zones.to_compare(),
        starts_at=(window[0] - _MARGIN).isoformat(), ends_at=(window[1] + _MARGIN).isoformat(),
    )  # fmt: skip
    outcome = _expanded(order, limits)
    return BusyReading(
        intervals=_intervals(outcome["busy"], zone_name, window),
        unreadable_count=series.unreadable_count + outcome["unreadable_count"],
        unknown_count=series.unknown_count,
        unknown_zones=tuple(zones.unknown),
        differing_zones=tuple(dict.fromkeys(outcome["differing"])),
    )


def _expanded(order: Order, limits: Limits) -> Outcome:
    """Return what the process of its own finds; raises `Refusal` where it was stopped, `RuntimeError` where it failed.

    It has neither our environment nor our working directory, and ends by itself when nobody waits for it.
    """
    if not order["series"]:
        return Outcome(busy=[], unreadable_count=0, differing=[], refused=None)
    if not _AT_ONCE.acquire(timeout=limits.wall_seconds):
        raise Refusal("busy_waiting", field=FIELD)
    allowed = [str(each) for each in (limits.cpu_seconds, limits.wall_seconds, limits.memory_bytes)]
    try:
        done = subprocess.run(  # noqa: S603 - our own file, and numbers
            [sys.executable, "-I", str(_EXPANSION), *allowed], input=json.dumps(order), capture_output=True,
            text=True, check=False, timeout=limits.wall_seconds + 1, env={"PYTHONTZPATH": ""}, cwd="/",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Refusal("busy_too_many", field=FIELD) from None
    finally:
        _AT_ONCE.release()
    if done.returncode < 0:
        raise Refusal("busy_too_many", field=FIELD)
    if done.returncode:
        raise RuntimeError(f"the expansion of a calendar failed: {done.stderr[-500:]}")
    outcome: Outcome = json.loads(done.stdout)
    if outcome["refused"]:
        raise Refusal(outcome["refused"], field=FIELD)
    return outcome


def _intervals(busy: Iterable[Sequence[str]], zone_name: str, window: Interval) -> tuple[Interval, ...]:
    found = merged(_within(_instants(starts, ends, zone_name, window), window) for starts, ends in busy)
    if len(found) > INTERVAL_LIMIT:
        raise Refusal("busy_too_many", field=FIELD)
    return found


def _within(interval: Interval, window: Interval) -> Interval:
    return max(interval[0], window[0]), min(interval[1], window[1])


def _instants(starts: str, ends: str, zone_name: str, window: Interval) -> Interval:
    """Return the instants that bound an occurrence; days are those of the zone, and one that ends as it begins is one.

    Days far off are brought to the window first: zone data does not go on for ever.
    """
    if "T" in starts:
        return datetime.fromisoformat(starts), datetime.fromisoformat(ends)
    first, last = date.fromisoformat(starts), date.fromisoformat(ends)
    last = max(last, first + timedelta(days=1)) if first < date.max else first
    nearest, farthest = window[0].date() - _MARGIN, window[1].date() + _MARGIN
    first, last = (min(max(day, nearest), farthest) for day in (first, last))
    return day_starts_at(first, zone_name), day_starts_at(last, zone_name)
