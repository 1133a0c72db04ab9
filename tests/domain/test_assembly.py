from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue import load_shipped
from app.domain.assembly import (
    AssemblyDate,
    assemblies,
    assembly_of,
    general_debate_by_rule,
    is_high_level,
    opening_by_old_rule,
    opening_by_rule,
    un_closures,
)
from app.domain.catalogue_calendar import AssemblyOpening, AssemblySession, GeneralDebate

FACTS = load_shipped().calendar
SESSIONS = FACTS.un_general_assembly
YEARS = st.integers(2003, 2060)


@pytest.mark.parametrize(
    ("year", "tuesday"),
    [
        # the dates published under resolution 57/301
        (2003, "2003-09-16"),
        (2007, "2007-09-18"),
        (2014, "2014-09-16"),
        (2017, "2017-09-12"),
        (2018, "2018-09-18"),
        (2019, "2019-09-17"),
        (2020, "2020-09-15"),
        (2021, "2021-09-14"),
        (2022, "2022-09-13"),
        (2023, "2023-09-12"),
        (2024, "2024-09-17"),
        (2025, "2025-09-16"),
        (2026, "2026-09-15"),
    ],
)
def test_the_third_week_counts_from_the_first_with_a_working_day(year, tuesday):
    assert str(opening_by_old_rule(year)) == tuesday


@pytest.mark.parametrize(
    ("year", "session", "opening", "debate_from", "debate_until", "high_level_from"),
    [
        (2022, 77, ("2022-09-13", False), ("2022-09-20", False), ("2022-09-26", False), "2022-09-19"),
        (2024, 79, ("2024-09-10", True), ("2024-09-24", True), ("2024-09-30", False), "2024-09-23"),
        (2025, 80, ("2025-09-09", True), ("2025-09-23", True), ("2025-09-29", True), "2025-09-22"),
        (2026, 81, ("2026-09-08", True), ("2026-09-22", True), ("2026-09-28", True), "2026-09-21"),
        (2027, 82, ("2027-09-07", False), ("2027-09-21", False), ("2027-09-27", False), "2027-09-20"),
        (2028, 83, ("2028-09-05", False), ("2028-09-19", False), ("2028-09-25", False), "2028-09-18"),
        (2029, 84, ("2029-09-11", False), ("2029-09-25", False), ("2029-10-01", False), "2029-09-24"),
        # where the Assembly went another way
        (2014, 69, ("2014-09-16", False), ("2014-09-24", True), ("2014-10-01", True), "2014-09-22"),
        (2015, 70, ("2015-09-15", False), ("2015-09-28", True), ("2015-10-03", True), "2015-09-28"),
        (2023, 78, ("2023-09-05", True), ("2023-09-19", True), ("2023-09-26", True), "2023-09-18"),
    ],
)
def test_the_sessions(year, session, opening, debate_from, debate_until, high_level_from):
    found = assembly_of(year, SESSIONS)
    assert found is not None
    said = [(str(one.on), one.is_attested) for one in (found.opening, found.debate_from, found.debate_until)]
    assert (found.session, *said) == (session, opening, debate_from, debate_until)
    assert str(found.high_level_from) == high_level_from
    assert found.is_attested == (opening[1] and debate_from[1] and debate_until[1])


def test_the_rule_agrees_with_every_fact_of_the_catalogue():
    assert [one.year for one in SESSIONS] == [2024, 2025, 2026, 2027, 2028]
    for one in SESSIONS:
        found = assembly_of(one.year)
        assert found is not None
        assert (found.session, found.opening.on, found.debate_from.on) == (
            one.session,
            one.opening.date,
            one.general_debate.date,
        )
        assert opening_by_old_rule(one.year) == one.opening_by_old_rule
        assert one.general_debate.ends_on in {None, found.debate_until.on}


def test_what_is_attested_goes_before_the_rule_and_before_what_is_known_here():
    moved = AssemblySession(
        session=69,
        year=2014,
        opening=AssemblyOpening(date(2014, 9, 17), attested=True),
        opening_by_old_rule=date(2014, 9, 16),
        general_debate=GeneralDebate(date(2014, 9, 25), None, attested=True),
        source=None,
        note=None,
    )
    found = assembly_of(2014, [moved])
    assert found is not None
    assert found.opening == AssemblyDate(date(2014, 9, 17), is_attested=True)
    assert found.debate_from == AssemblyDate(date(2014, 9, 25), is_attested=True)


def test_no_session_is_computed_from_before_the_rule():
    assert assembly_of(2002, SESSIONS) is None
    assert assemblies(date(1999, 1, 1), date(2003, 12, 31)) == (assembly_of(2003),)


@pytest.mark.parametrize(
    ("first_day", "last_day", "years"),
    [
        (date(2026, 9, 8), date(2026, 9, 8), [2026]),
        (date(2026, 9, 9), date(2026, 9, 20), []),
        (date(2026, 9, 21), date(2026, 9, 21), [2026]),
        (date(2026, 9, 28), date(2026, 12, 31), [2026]),
        (date(2026, 9, 29), date(2026, 12, 31), []),
        (date(2026, 9, 1), date(2026, 9, 30), [2026]),
        (date(2026, 1, 1), date(2028, 9, 5), [2026, 2027, 2028]),
        (date(2026, 12, 31), date(2026, 1, 1), []),
    ],
)
def test_the_sessions_of_a_range(first_day, last_day, years):
    assert [one.year for one in assemblies(first_day, last_day, SESSIONS)] == years


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 9, 20), False),
        (date(2026, 9, 21), True),
        (date(2026, 9, 27), True),
        (date(2026, 9, 28), True),
        (date(2026, 9, 29), False),
        (date(1999, 9, 21), False),
    ],
)
def test_high_level_week(day, expected):
    assert is_high_level(day, SESSIONS) is expected


@given(YEARS)
def test_the_rule_gives_tuesdays_of_september_a_fortnight_apart(year):
    opening, old, debate = opening_by_rule(year), opening_by_old_rule(year), general_debate_by_rule(year)
    assert [day.weekday() for day in (opening, old, debate)] == [1, 1, 1]
    assert debate - old == timedelta(days=7)
    assert debate - opening == timedelta(days=14 if year >= 2024 else 7)
    assert date(year, 9, 19) <= debate <= date(year, 9, 25)


@given(YEARS)
def test_the_dates_of_a_session_come_in_order(year):
    found = assembly_of(year)
    assert found is not None
    assert found.opening.on < found.high_level_from <= found.debate_from.on < found.high_level_until
    assert found.high_level_from.weekday() == 0


# Headquarters -----------------------------------------------------------------------------------


def test_headquarters_is_closed_on_the_days_told():
    found = un_closures(date(2024, 1, 1), date(2024, 12, 31), FACTS.un_headquarters_closures)
    assert [(str(day.on), day.name.en) for day in found] == [
        ("2024-01-01", "New Year's Day"),
        ("2024-03-29", "Good Friday"),
        ("2024-04-10", "United Nations Headquarters closed"),
        ("2024-05-27", "Memorial Day"),
        ("2024-06-17", "United Nations Headquarters closed"),
        ("2024-07-04", "Independence Day"),
        ("2024-09-02", "Labor Day"),
        ("2024-11-28", "Thanksgiving Day"),
        ("2024-12-25", "Christmas Day"),
    ]
    assert {(day.party, day.is_observed, day.is_attested) for day in found} == {("UN", False, True)}


def test_any_other_year_is_computed_and_says_so():
    found = un_closures(date(2026, 1, 1), date(2026, 12, 31), FACTS.un_headquarters_closures)
    assert [(str(day.on), day.is_observed) for day in found] == [
        ("2026-01-01", False),
        ("2026-04-03", False),
        ("2026-05-25", False),
        ("2026-07-03", True),
        ("2026-09-07", False),
        ("2026-11-26", False),
        ("2026-12-25", False),
    ]
    assert not any(day.is_attested for day in found)


def test_the_days_told_are_cut_to_the_range():
    found = un_closures(date(2024, 4, 10), date(2024, 6, 17), FACTS.un_headquarters_closures)
    assert [str(day.on) for day in found] == ["2024-04-10", "2024-05-27", "2024-06-17"]
