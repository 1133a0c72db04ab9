"""Clocks against an oracle that walks the calendar one day at a time and knows nothing of how they count."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.actions import is_overdue, today_in
from app.domain.clocks import Clock, clock_of, phase, reckon, written
from app.domain.closures import FIRST_YEAR, LAST_YEAR, closures

CAPITALS = {"CA": "America/Toronto", "MX": "America/Mexico_City", "US": "America/New_York"}
CLOSED = {
    code: {day.on for day in closures(code, dt.date(FIRST_YEAR, 1, 1), dt.date(LAST_YEAR, 12, 31))} for code in CAPITALS
}
PARTIES = st.sampled_from(sorted(CAPITALS))
# Days around month ends, leap days and changes of the clocks, beside any other.
ODD_DAYS = st.sampled_from(
    [dt.date(2028, 2, 29), dt.date(2027, 2, 28), dt.date(2026, 3, 8), dt.date(2026, 11, 1), dt.date(2026, 12, 31)]
)
DAYS = st.one_of(ODD_DAYS, st.dates(dt.date(2001, 1, 1), dt.date(2050, 12, 31)))
COUNTS = st.integers(1, 400)
KINDS = st.sampled_from(["calendar", "working"])


def walked(party: str, start: dt.date, count: int, kind: str) -> dt.date:
    """Walk from the day after, striking off each day that counts."""
    ordinal = start.toordinal()
    while count:
        ordinal += 1
        day = dt.date.fromordinal(ordinal)
        counts = kind == "calendar" or (day.isoweekday() < 6 and day not in CLOSED[party])
        count -= counts
    return dt.date.fromordinal(ordinal)


@given(PARTIES, DAYS, COUNTS, st.none() | COUNTS, KINDS)
def test_a_clock_ends_where_a_walk_ends(party: str, start: dt.date, first: int, second: int | None, kind: str) -> None:
    clock = clock_of({"days": first, "kind": kind, "starts_on": start.isoformat(), "second_days": second})
    assert clock is not None
    assert clock_of(written(clock)) == clock
    found = reckon(clock, party)
    assert found is not None
    assert found.first_end == walked(party, start, first, kind)
    assert found.end == (walked(party, found.first_end, second, kind) if second else found.first_end)
    for step in found.steps:
        passed = (step.ends_on - step.from_on).days
        # Each day that passed was counted, a weekend's, or a closure that is told.
        assert passed == step.days + step.weekend_days + len(step.skipped)
        assert {day.on for day in step.skipped} <= CLOSED[party]
    assert found.ends_closed == (found.end.isoweekday() > 5 or found.end in CLOSED[party])
    assert kind == "calendar" or not found.ends_closed


@given(PARTIES, DAYS, COUNTS, st.integers(-3, 3), st.times())
def test_an_hour_moves_no_day_and_late_begins_at_the_capital_s_midnight(
    party: str, start: dt.date, count: int, offset: int, hour: dt.time
) -> None:
    """Whatever the clocks on the wall do: on the last day in the capital it runs, on the next it has ended."""
    clock = Clock(count, starts_on=start)
    found = reckon(clock, party)
    assert found is not None
    local = dt.datetime.combine(found.end + dt.timedelta(days=offset), hour, ZoneInfo(CAPITALS[party]))
    today = today_in(local.astimezone(dt.UTC), CAPITALS[party])
    # An hour that the clocks skip is shown as the next one, which is on the same day.
    assert today == local.date()
    assert (phase(clock, found, today) == "ended") == (offset > 0) == is_overdue("open", found.end, today)


@pytest.mark.parametrize("party", sorted(CAPITALS))
def test_every_closure_of_ten_years_is_skipped_by_its_own_party(party: str) -> None:
    for day in sorted(each for each in CLOSED[party] if each.year in range(2024, 2034)):
        found = reckon(Clock(1, "working", starts_on=day - dt.timedelta(days=1)), party)
        assert found is not None
        assert day in {closed.on for closed in found.steps[0].skipped}
        assert found.end > day
