"""The days of a report, and the points at which a change of government asks for a review."""

from __future__ import annotations

import datetime as dt

import pytest

from app.catalogue import load_shipped
from app.domain.errors import Refusal
from app.domain.report import ReportDays, asks_for_a_look, last_change, report_days, review_points

D = dt.date
TODAY = D(2026, 11, 22)


def points():
    facts = load_shipped().calendar
    return review_points(facts.political_dates, facts.fixed_dates, D(2033, 1, 1))


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (None, None, ReportDays(D(2026, 1, 1), TODAY)),
        (D(2026, 3, 1), D(2026, 3, 1), ReportDays(D(2026, 3, 1), D(2026, 3, 1))),
        (None, D(2025, 12, 31), ReportDays(D(2025, 1, 1), D(2025, 12, 31))),
        (None, D(2024, 2, 28), ReportDays(D(2023, 2, 28), D(2024, 2, 28))),
        (D(2025, 6, 1), None, ReportDays(D(2025, 6, 1), TODAY)),
    ],
)
def test_the_days_of_a_report(first, last, days):
    assert report_days(first, last, TODAY) == days


@pytest.mark.parametrize(
    ("first", "last", "key"),
    [
        (D(2027, 1, 1), None, "ends_before_start"),
        (D(1990, 1, 1), D(2026, 1, 1), "report_too_long"),
        (None, D(2200, 1, 1), "year_out_of_range"),
    ],
)
def test_days_that_are_none_are_refused(first, last, key):
    with pytest.raises(Refusal) as refused:
        report_days(first, last, TODAY)
    assert refused.value.key == key


def test_points_are_told_or_follow_from_a_rule_and_say_which():
    assert [(each.on.isoformat(), each.kind, each.party, each.is_attested) for each in points()] == [
        ("2020-07-01", "date", None, True),
        ("2024-06-02", "election", "MX", True),
        ("2024-10-01", "inauguration", "MX", True),
        ("2024-11-05", "election", "US", True),
        ("2025-01-20", "inauguration", "US", True),
        ("2026-06-01", "date", None, True),
        ("2026-07-01", "date", None, True),
        ("2028-11-07", "election", "US", False),
        ("2029-01-20", "inauguration", "US", False),
        ("2030-06-02", "election", "MX", False),
        ("2030-10-01", "inauguration", "MX", False),
        ("2032-11-02", "election", "US", False),
        ("2036-07-01", "date", None, True),
    ]


def test_the_rules_give_the_days_that_the_catalogue_attests():
    told = [each for each in points() if each.kind != "date" and each.is_attested]
    earlier = {each.key: each.on for each in told}
    from app.domain.report import _RULES

    for key, day in earlier.items():
        stem, _, year = key.rpartition("-")
        assert _RULES[stem][1](int(year)) == day


def test_what_is_looked_at_with_a_point():
    change = next(each for each in points() if each.key == "us-inauguration-2029")
    assert change.days_around == ReportDays(D(2028, 10, 22), D(2029, 7, 19))


@pytest.mark.parametrize(
    ("party", "day", "key"),
    [
        ("US", TODAY, "us-inauguration-2025"), ("US", D(2025, 1, 19), None), ("MX", TODAY, "mx-inauguration-2024"),
        ("US", D(2029, 1, 20), "us-inauguration-2029"), ("CA", TODAY, None),
    ],
)  # fmt: skip
def test_the_last_change_of_a_government(party, day, key):
    found = last_change(points(), party, day)
    assert (found.key if found else None) == key


@pytest.mark.parametrize(
    ("status", "told_on", "met_on", "asks"),
    [
        ("active", D(2017, 1, 1), None, True), ("active", D(2017, 1, 1), D(2025, 1, 19), True),
        ("active", D(2017, 1, 1), D(2025, 1, 20), False), ("agreed", D(2025, 1, 20), None, False),
        ("dormant", D(2024, 1, 1), None, True), ("proposed", D(2017, 1, 1), None, False),
        ("concluded", D(2017, 1, 1), None, False),
    ],
)  # fmt: skip
def test_which_mandates_ask_for_a_look(status, told_on, met_on, asks):
    assert asks_for_a_look(status, told_on, met_on, D(2025, 1, 20)) is asks
