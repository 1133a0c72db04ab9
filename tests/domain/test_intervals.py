from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue import load_shipped
from app.domain.cadence import Span, add_months, intervals, periods, whole_months
from app.domain.partial_dates import PartialDate
from tests.domain.cadence_cases import ALL, DAYS, ENTRIES, MEETINGS, TODAY, entry, meeting


def gaps(found):
    """Return each gap as (from, to, days, months), a count that is known as one number and else as two."""

    def said(span):
        return span.least if span.is_exact else (span.least, span.most)

    return [
        (str(gap.since.on), str(gap.to.on) if gap.to else "today", said(gap.days), said(gap.months))
        for gap in (*found.gaps, *([found.since_last] if found.since_last else []))
    ]


def test_the_defence_ministers_owe_nothing_and_meet_at_these_intervals():
    mechanism = load_shipped().mechanism("M03")
    found = intervals(mechanism.record, [], TODAY, parties=mechanism.parties)
    assert periods(mechanism.cadence, mechanism.mandate.since, mechanism.record, [], TODAY, parties=ALL) == ()
    assert gaps(found) == [
        ("2012-03-27", "2014-04-24", 758, 24),
        ("2014-04-24", "2017-05-22", 1124, 36),
        ("2017-05-22", "2024-02-22", 2467, 81),
        ("2024-02-22", "today", 1004, 33),
    ]
    # the fourth has a number and no date: it may lie within any of the gaps
    assert found.undated_count == 1


@pytest.mark.parametrize(
    ("record", "meetings", "expected"),
    [
        ([], [], []),
        ([entry("2026-11-22")], [], [("2026-11-22", "today", 0, 0)]),
        # a month or a year only: between two bounds
        (
            [entry("2018-05"), entry("2020-05-01")],
            [],
            [("2018-05", "2020-05-01", (701, 731), (23, 24)), ("2020-05-01", "today", 2396, 78)],
        ),
        (
            [entry("2018"), entry("2020")],
            [],
            [("2018", "2020", (366, 1095), (12, 35)), ("2020", "today", (2152, 2517), (70, 82))],
        ),
        # held this year, day unknown: not after today
        ([entry("2026")], [], [("2026", "today", (0, 325), (0, 10))]),
        # on record and kept here: one meeting; what did not take place, or not of all, or beside it: none
        (
            [entry("2024-02-22"), entry("2025", outcome="planned_not_held")],
            [
                meeting(date(2024, 2, 22)),
                meeting(date(2026, 2, 21)),
                meeting(date(2026, 5, 1), state="cancelled"),
                meeting(date(2026, 6, 1), parties={"MX", "US"}),
                meeting(date(2026, 7, 1), counts=False),
                meeting(date(2026, 12, 1), state="confirmed"),
            ],
            [("2024-02-22", "2026-02-21", 730, 23), ("2026-02-21", "today", 274, 9)],
        ),
    ],
)
def test_gaps_of_a_practice(record, meetings, expected):
    found = intervals(record, meetings, TODAY, parties=ALL)
    assert gaps(found) == expected
    assert found.undated_count == 0


def test_where_the_order_is_not_known_the_gap_says_so():
    found = intervals([entry("2018"), entry("2018-05-01"), entry("2020-01-01")], [], TODAY, parties=ALL)
    assert [gap.is_order_known for gap in found.gaps] == [False, True]
    assert [gap.days for gap in found.gaps] == [Span(0, 364), Span(366, 610)]


@pytest.mark.parametrize(
    ("first_day", "last_day", "months"),
    [
        (date(2024, 1, 31), date(2024, 2, 28), 0),
        (date(2024, 1, 31), date(2024, 2, 29), 1),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2024, 2, 29), date(2025, 2, 27), 11),
        (date(2012, 3, 27), date(2014, 3, 26), 23),
        (date(2012, 3, 27), date(2014, 3, 27), 24),
        (date(2014, 3, 27), date(2014, 3, 27), 0),
        (date(2014, 3, 27), date(2012, 3, 27), 0),
    ],
)
def test_whole_months(first_day, last_day, months):
    assert whole_months(first_day, last_day) == months


@given(DAYS, DAYS)
def test_whole_months_are_those_that_fit(first_day, last_day):
    months = whole_months(first_day, last_day)
    if first_day <= last_day:
        assert add_months(first_day, months) <= last_day < add_months(first_day, months + 1)


@settings(deadline=None)
@given(ENTRIES, MEETINGS, st.randoms(use_true_random=False))
def test_intervals_do_not_depend_on_the_order_given(record, meetings, chance):
    shuffled_record, shuffled_meetings = record[:], meetings[:]
    chance.shuffle(shuffled_record)
    chance.shuffle(shuffled_meetings)
    assert intervals(record, meetings, TODAY, parties=ALL) == intervals(
        shuffled_record, shuffled_meetings, TODAY, parties=ALL
    )


@settings(deadline=None)
@given(st.lists(st.tuples(DAYS.filter(lambda day: day <= TODAY), st.sampled_from([4, 7, 10])), min_size=1, max_size=6))
def test_the_bounds_hold_whatever_the_days_were(days):
    found = intervals([entry(str(day)[:length]) for day, length in days], [], TODAY, parties=ALL)
    true_days = [*sorted(day for day, _ in days), TODAY]
    assert found.since_last is not None
    for gap, (one, other) in zip((*found.gaps, found.since_last), itertools.pairwise(true_days), strict=True):
        assert 0 <= gap.days.least <= (other - one).days <= gap.days.most
        assert 0 <= gap.months.least <= whole_months(one, other) <= gap.months.most


@settings(deadline=None)
@given(st.lists(DAYS.filter(lambda day: day <= TODAY), min_size=1, max_size=6))
def test_gaps_between_known_days_add_up_to_the_time_since_the_first(days):
    found = intervals([], [meeting(day) for day in days], TODAY, parties=ALL)
    assert found.since_last is not None
    assert all(gap.days.is_exact and gap.months.is_exact for gap in (*found.gaps, found.since_last))
    total = sum(gap.days.least for gap in (*found.gaps, found.since_last))
    assert min(days) + timedelta(days=total) == TODAY
    assert PartialDate(str(max(days))) == found.since_last.since.on
