"""What charts count: bands of days, months, and how long a promise took."""

from __future__ import annotations

import datetime as dt
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.charts import (
    BANDS,
    Durations,
    MonthCount,
    band_of,
    by_month,
    durations,
    first_days,
    last_months,
    median,
    months_between,
    open_by_age,
)

D = dt.date


@pytest.mark.parametrize(
    ("days", "band"),
    [(-3, 0), (0, 0), (30, 0), (31, 1), (90, 1), (91, 2), (180, 2), (181, 3), (365, 3), (366, 4), (9000, 4)],
)
def test_days_stand_in_one_band(days, band):
    assert band_of(days) == band
    assert [each.holds(max(0, days)) for each in BANDS].count(True) == 1


def test_the_first_days_of_bands_are_counted_back_from_today():
    assert first_days(D(2026, 11, 22)) == (D(2026, 10, 23), D(2026, 8, 24), D(2026, 5, 26), D(2025, 11, 22))


def test_what_is_not_accepted_is_open_and_never_late():
    found = open_by_age([(0, None, True, 5), (1, 0, True, 2), (4, 3, True, 1), (4, 4, False, 7), (4, None, False, 1)])
    assert [dict(each) for each in found.parts] == [
        {"on_time": 5, "late": 0, "unaccepted": 0},
        {"on_time": 0, "late": 2, "unaccepted": 0},
        {"on_time": 0, "late": 0, "unaccepted": 0},
        {"on_time": 0, "late": 0, "unaccepted": 0},
        {"on_time": 0, "late": 1, "unaccepted": 8},
    ]
    assert (found.late, found.open_count, found.late_count) == ((2, 0, 0, 1, 0), 16, 3)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (D(2026, 11, 30), D(2026, 11, 1), [D(2026, 11, 1)]),
        (D(2025, 11, 3), D(2026, 2, 1), [D(2025, 11, 1), D(2025, 12, 1), D(2026, 1, 1), D(2026, 2, 1)]),
        (D(2026, 3, 1), D(2026, 2, 1), []),
    ],
)
def test_months_from_one_day_to_another(first, last, months):
    assert list(months_between(first, last)) == months


def test_the_last_months_end_with_that_of_today():
    assert last_months(D(2026, 1, 31), 3) == (D(2025, 11, 1), D(2025, 12, 1), D(2026, 1, 1))
    assert len(last_months(D(2026, 11, 22))) == 24
    assert last_months(D(2026, 11, 22))[0] == D(2024, 12, 1)


def test_a_month_without_anything_is_told_as_nothing():
    assert by_month([D(2026, 1, 1), D(2026, 2, 1)], {(2026, 1): 4}, {(2025, 1): 9, (2026, 1): 1}) == (
        MonthCount(D(2026, 1, 1), 4, 1),
        MonthCount(D(2026, 2, 1), 0, 0),
    )


@pytest.mark.parametrize(
    ("by_days", "told"),
    [
        ([], Durations((0, 0, 0, 0, 0), None)),
        ([(12, 1)], Durations((1, 0, 0, 0, 0), 12)),
        ([(400, 1), (-1, 2), (31, 1)], Durations((2, 1, 0, 0, 1), 15.5)),
        ([(90, 3), (91, 3)], Durations((0, 3, 3, 0, 0), 90.5)),
    ],
)
def test_how_long_promises_took(by_days, told):
    assert durations(by_days) == told


@given(st.dictionaries(st.integers(0, 2000), st.integers(1, 5), min_size=1))
def test_the_median_is_that_of_the_values_one_by_one(by_value):
    values = [value for value, count in by_value.items() for _ in range(count)]
    assert median(by_value.items()) == statistics.median(values)
