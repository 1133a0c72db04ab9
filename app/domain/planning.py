"""The cycle that a planning record is of, by the years of what is being prepared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from app.domain.cadence import MeetingFacts, Period

_IN_PREPARATION: Final = frozenset({"proposed", "confirmed", "postponed"})


def cycle_of(
    meetings: Sequence[MeetingFacts], periods: Sequence[Period], today: date, *, parties: Iterable[str]
) -> str:
    """Return the name of the cycle in preparation: `2027`, or `2026–2027` for a period over two years.

    It is the year of the first meeting of all the parties that is being prepared and not over; without one, the years
    of the period that holds today; without a cadence, this year.
    """
    all_parties = frozenset(parties)
    days = [
        meeting.starts_on
        for meeting in meetings
        if meeting.state in _IN_PREPARATION and meeting.brings_together(all_parties) and meeting.starts_on >= today
    ]
    if days:
        return str(min(days).year)
    current = next((period for period in periods if period.first_day <= today <= period.last_day), None)
    first, last = (current.first_day.year, current.last_day.year) if current else (today.year, today.year)
    return str(first) if first == last else f"{first}–{last}"
