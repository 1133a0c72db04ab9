"""VTIMEZONE components that say what the pinned zone data says, open-ended, from a given instant on."""

from __future__ import annotations

import bisect
import functools
from datetime import UTC, datetime, timedelta

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from app.calendars.text import Text
from app.calendars.zonedata import Change, zone_data

# Where a yearly change cannot be said by one rule it is written out this far after the window's beginning.
_WRITTEN_OUT_YEARS = 40
# The observance of a zone that has never changed its clocks begins before anything that meets.
_ALWAYS = datetime(1800, 1, 1, tzinfo=UTC)


def vtimezone(name: str, since: datetime) -> bytes:
    """Return the VTIMEZONE of an IANA zone, true for every instant from `since` (aware) on, without end.

    Its first observance is the one in force at `since`. Changes that come again each year by the rule
    in force for good are one observance each with a yearly RRULE (BYMONTH, one BYDAY); any other change
    is an observance of its own. No RDATE: several clients read only the first of a list. Raises
    `KeyError` for a zone nobody may choose.
    """
    changes = zone_data(name).changes_through(since.year + 2)
    position = bisect.bisect_right(changes, since, key=lambda change: change.at) - 1
    return _rendered(name, changes[position].at if position >= 0 else _ALWAYS)


@functools.lru_cache(maxsize=1024)
def _rendered(name: str, window_at: datetime) -> bytes:
    """Return the VTIMEZONE whose first observance begins at the instant `window_at`."""
    component = Timezone()
    component["TZID"] = Text(name)
    for change, recurrence in _observances(name, window_at):
        component.add_component(_observance(change, recurrence))
    content: bytes = component.to_ical()
    return content


def _observances(name: str, window_at: datetime) -> list[tuple[Change, dict[str, object] | None]]:
    """Return the observances of the window in order of time, each with its RRULE where it has one."""
    data = zone_data(name)
    every = data.changes_through(max(window_at, data.written_through).year + _WRITTEN_OUT_YEARS)
    window = [change for change in every if change.at >= window_at]
    if window_at == _ALWAYS:
        always = Change(_ALWAYS, data.first_offset, data.first_offset, is_daylight=False, name=data.first_name)
        window.insert(0, always)
    window[0] = _first(window[0])
    single = [change for change in window if change.rule is None]
    yearly = [change for change in window if change.rule is not None]
    recurrences = [change.rule.recurrence() for change in yearly[:2] if change.rule is not None]
    if None in recurrences:
        return [(change, None) for change in window]
    return [*((change, None) for change in single), *zip(yearly[:2], recurrences, strict=True)]


def _first(change: Change) -> Change:
    """Return the window's first change, its offset before it in whole minutes.

    What the clock said before is of no consequence there, and offsets with seconds (local mean time)
    are more than some clients can read.
    """
    before = change.after if change.before % 60 else change.before
    return Change(change.at, before, change.after, change.is_daylight, change.name, change.rule)


def _observance(change: Change, recurrence: dict[str, object] | None) -> TimezoneStandard | TimezoneDaylight:
    """Return the observance that begins with the change; its DTSTART is the wall time before the change."""
    observance = TimezoneDaylight() if change.is_daylight else TimezoneStandard()
    observance.add("DTSTART", change.wall_time)
    observance.add("TZOFFSETFROM", timedelta(seconds=change.before))
    observance.add("TZOFFSETTO", timedelta(seconds=change.after))
    observance["TZNAME"] = Text(change.name)
    if recurrence is not None:
        observance.add("RRULE", vRecur(recurrence))
    return observance
