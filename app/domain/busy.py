"""Busy time as intervals of instants: merged, and made of the days that somebody blocks by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

Interval = tuple[datetime, datetime]


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
