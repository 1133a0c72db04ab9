from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue import load_shipped
from app.domain.closures import (
    FIRST_YEAR,
    LAST_YEAR,
    closure_on,
    closures,
    closures_of,
    is_closed,
    shared_closures,
    weeks_without_closure,
)

CAPITALS = ("CA", "MX", "US")
FACTS = load_shipped().calendar
CHECKED = [date(2024, 1, 1) + timedelta(days=number) for number in range(366 + 365 * 3 + 366)]
YEARS = st.integers(FIRST_YEAR, LAST_YEAR)
PARTIES = st.sampled_from(CAPITALS)


def year_of(party, year):
    return closures(party, date(year, 1, 1), date(year, 12, 31))


@pytest.mark.parametrize("party", CAPITALS)
def test_every_day_of_the_checked_years_is_as_the_catalogue_says(party):
    told = {day.date: day for day in FACTS.closures if day.party == party}
    assert CHECKED[-1] == date(2028, 12, 31)
    for day in CHECKED:
        found = closure_on(party, day)
        assert is_closed(party, day) == (found is not None)
        if day not in told:
            assert found is None, day
        else:
            assert found is not None, day
            assert (found.name, found.is_observed) == (told[day].name, told[day].observed)
            assert found.is_attested
            assert f"{day:%a}" == told[day].weekday


@pytest.mark.parametrize("counts", FACTS.counts, ids=lambda counts: str(counts.year))
def test_the_counts_of_the_checked_years(counts):
    found = closures_of(CAPITALS, date(counts.year, 1, 1), date(counts.year, 12, 31))
    assert len({day.on for day in found}) == counts.weekdays_with_a_closure
    assert Counter(day.party for day in found) == counts.per_party
    assert len(weeks_without_closure(CAPITALS, counts.year)) == counts.weeks_without_closure


@pytest.mark.parametrize(
    ("party", "day", "name", "is_observed"),
    [
        # Washington: Saturday to Friday, Sunday to Monday, over the end of a year too
        ("US", "2010-12-31", "New Year's Day", True),
        ("US", "2011-01-01", None, None),
        ("US", "2023-01-02", "New Year's Day", True),
        ("US", "2020-06-19", None, None),
        ("US", "2021-06-18", "Juneteenth National Independence Day", True),
        # Inauguration Day is never given back for a Saturday; on a Monday it is Martin Luther King Jr. Day too
        ("US", "2021-01-20", "Inauguration Day", False),
        ("US", "2029-01-19", None, None),
        ("US", "2029-01-20", None, None),
        ("US", "2033-01-20", "Inauguration Day", False),
        ("US", "2013-01-21", "Martin Luther King Jr. Day", False),
        ("US", "2026-01-20", None, None),
        # Ottawa: to the next weekday that is free
        ("CA", "2022-12-26", "Boxing Day", False),
        ("CA", "2022-12-27", "Christmas Day", True),
        ("CA", "2021-12-27", "Christmas Day", True),
        ("CA", "2021-12-28", "Boxing Day", True),
        ("CA", "2032-12-27", "Christmas Day", True),
        ("CA", "2023-01-02", "New Year's Day", True),
        ("CA", "2023-10-02", "National Day for Truth and Reconciliation", True),
        ("CA", "2020-09-30", None, None),
        ("CA", "2030-04-22", "Easter Monday", False),
        ("CA", "2030-08-05", "Civic Holiday", False),
        ("CA", "2030-02-18", None, None),  # Family Day is Ontario's
        # Mexico City: never moved
        ("MX", "2030-10-01", "Transfer of the federal executive", False),
        ("MX", "2036-10-01", "Transfer of the federal executive", False),
        ("MX", "2031-10-01", None, None),
        ("MX", "2029-05-07", None, None),
        ("MX", "2029-05-04", None, None),
        ("MX", "2031-05-05", "Battle of Puebla", False),
        ("MX", "2026-04-03", None, None),
        # none is computed for another party
        ("NL", "2026-12-25", None, None),
    ],
)
def test_closures_of_other_years(party, day, name, is_observed):
    found = closure_on(party, date.fromisoformat(day))
    assert (found and found.name.en, found and found.is_observed) == (name, is_observed)


def test_what_is_computed_and_not_checked_says_so():
    found = closures_of(CAPITALS, date(2023, 12, 1), date(2029, 1, 31))
    assert {day.on.year for day in found if day.is_attested} == {2024, 2025, 2026, 2027, 2028}
    assert {day.on.year for day in found if not day.is_attested} == {2023, 2029}


def test_closures_that_are_shared():
    found = shared_closures(CAPITALS, date(2026, 1, 1), date(2026, 12, 31))
    assert [(str(day.on), sorted(day.parties)) for day in found] == [
        ("2026-01-01", ["CA", "MX", "US"]),
        ("2026-09-07", ["CA", "US"]),
        ("2026-10-12", ["CA", "US"]),
        ("2026-11-11", ["CA", "US"]),
        ("2026-12-25", ["CA", "MX", "US"]),
    ]
    assert [day.on for day in shared_closures(("MX", "US"), date(2026, 1, 1), date(2026, 12, 31))] == [
        date(2026, 1, 1),
        date(2026, 12, 25),
    ]
    assert shared_closures(("MX",), date(2026, 1, 1), date(2026, 12, 31)) == ()


def test_a_party_named_twice_is_closed_once():
    days = (date(2026, 1, 1), date(2026, 12, 31))
    assert closures_of(("US", "US"), *days) == closures("US", *days)
    assert shared_closures(("US", "US"), *days) == ()


@pytest.mark.parametrize(
    ("first_day", "last_day", "count"),
    [
        (date(2026, 7, 1), date(2026, 7, 3), 2),
        (date(2026, 7, 2), date(2026, 7, 2), 0),
        (date(2027, 12, 31), date(2028, 1, 3), 2),
        (date(2026, 7, 3), date(2026, 7, 1), 0),
        (date(1999, 1, 1), date(1999, 12, 31), 0),
        (date(2061, 1, 1), date(2061, 12, 31), 0),
    ],
)
def test_a_range_has_both_its_ends_and_ends_with_the_years_computed(first_day, last_day, count):
    assert len(closures_of(CAPITALS, first_day, last_day)) == count


def test_the_last_year_has_its_last_days():
    # New Year's Day of 2061 is a Saturday, which Washington takes on the Friday before.
    assert is_closed("US", date(2060, 12, 31))


@given(PARTIES, YEARS)
def test_closures_are_weekdays_in_order_and_no_day_comes_twice(party, year):
    days = [day.on for day in year_of(party, year)]
    assert all(day.weekday() < 5 and day.year == year for day in days)
    assert days == sorted(set(days))


@given(YEARS)
def test_each_year_has_the_same_number_of_rules(year):
    # Juneteenth and the day for truth and reconciliation begin in 2021.
    begun = year >= 2021
    assert len(year_of("CA", year)) == 11 + begun
    # Of the year's own: without a New Year's Day that came on the last day of the year before, with the next one's.
    on_last_day = is_closed("US", date(year, 12, 31))
    lost = date(year, 1, 1).weekday() == 5
    # Inauguration Day on a Sunday is kept on the Monday, which is Martin Luther King Jr. Day; on a Saturday, never.
    apart = year % 4 == 1 and date(year, 1, 20).weekday() in {1, 2, 3, 4}
    assert len(year_of("US", year)) == 10 + begun + on_last_day - lost + apart
    fixed = [date(year, 1, 1), date(year, 5, 1), date(year, 5, 5), date(year, 9, 16), date(year, 12, 25)]
    if year < 2006:
        fixed += [date(year, 2, 5), date(year, 3, 21), date(year, 11, 20)]
    if year % 6 == 2:
        fixed.append(date(year, 10 if year >= 2024 else 12, 1))
    assert len(year_of("MX", year)) == sum(day.weekday() < 5 for day in fixed) + 3 * (year >= 2006)


@given(PARTIES, YEARS)
def test_what_was_moved_is_on_no_other_day_and_stands_near_a_weekend(party, year):
    moved = [day for day in year_of(party, year) if day.is_observed]
    if party == "MX":
        assert moved == []
    weekdays = {"CA": {0, 1}, "US": {0, 4}, "MX": set()}[party]
    assert {day.on.weekday() for day in moved} <= weekdays


@given(PARTIES, YEARS, st.integers(0, 400), st.integers(0, 120))
def test_a_range_is_its_days(party, year, start, length):
    first_day = date(year, 1, 1) + timedelta(days=start)
    last_day = first_day + timedelta(days=length)
    by_day = [closure_on(party, first_day + timedelta(days=number)) for number in range(length + 1)]
    assert list(closures(party, first_day, last_day)) == [day for day in by_day if day is not None]


@given(YEARS)
def test_names_stand_in_three_languages_and_are_not_those_of_the_package(year):
    for day in closures_of(CAPITALS, date(year, 1, 1), date(year, 12, 31)):
        assert len({day.name.en, day.name.es, day.name.fr}) == 3
        assert "observed" not in day.name.en


@given(YEARS)
def test_weeks_without_closure_are_whole_and_free(year):
    mondays = weeks_without_closure(CAPITALS, year)
    assert len(mondays) in range(29, 37)
    for monday in mondays:
        week = [monday + timedelta(days=number) for number in range(5)]
        assert monday.weekday() == 0
        assert {day.year for day in week} == {year}
        assert not any(is_closed(party, day) for party in CAPITALS for day in week)


def test_the_package_still_lacks_what_is_added_here():
    ottawa = holidays.country_holidays("CA", years=2026, categories=("government",), observed=False)
    mexico = holidays.country_holidays("MX", years=2026, observed=False)
    assert date(2026, 4, 6) not in ottawa
    assert date(2026, 8, 3) not in ottawa
    assert date(2026, 5, 5) not in mexico
