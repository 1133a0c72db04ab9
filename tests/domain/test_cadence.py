from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue import load_shipped
from app.domain.cadence import MeetingFacts, add_months, days_left, periods, standing, to_agree_by
from app.domain.catalogue import Cadence, RecordEntry
from app.domain.partial_dates import PartialDate

TODAY = date(2026, 11, 22)
ALL = frozenset({"CA", "MX", "US"})
YEARLY = Cadence(1, 12, "calendar_year")
TWICE_A_YEAR = Cadence(2, 12, "calendar_year")
OTTAWA_2016 = date(2016, 6, 29)


def entry(known_on, *, outcome="held", attested=True, by_parties=False, ordinal=None):
    return RecordEntry(
        ordinal=ordinal,
        label=f"entry {known_on}",
        known_on=PartialDate(known_on) if known_on else None,
        starts_on=None,
        ends_on=None,
        place=None,
        country=None,
        host=None,
        co_hosts=(),
        guests=(),
        margins_of=None,
        outcome=outcome,
        format="unknown",
        attested=attested,
        source=None,
        note=None,
        by_parties=by_parties,
    )


def meeting(starts_on, *, state="held", parties=ALL, ordinal=None):
    return MeetingFacts(f"UNC-{starts_on.isoformat()}", state, frozenset(parties), starts_on, ordinal=ordinal)


def lines(found):
    return [
        (f"{period.first_day} to {period.last_day}", period.word, [counted.label for counted in period.held])
        for period in found
    ]


def shipped(ref, meetings=()):
    mechanism = load_shipped().mechanism(ref)
    found = periods(
        mechanism.cadence, mechanism.mandate.since, mechanism.record, meetings, TODAY, parties=mechanism.parties
    )
    return found, to_agree_by(mechanism.cadence, mechanism.mandate.since, TODAY)


def test_m01_has_no_record_in_any_period_and_an_open_one():
    found, by = shipped("M01")
    assert lines(found) == [
        ("2016-06-29 to 2016-12-31", "no_record", []),
        ("2017-01-01 to 2017-12-31", "no_record", []),
        ("2018-01-01 to 2018-12-31", "no_record", []),
        ("2019-01-01 to 2019-12-31", "no_record", []),
        ("2020-01-01 to 2020-12-31", "no_record", []),
        ("2021-01-01 to 2021-12-31", "no_record", []),
        ("2022-01-01 to 2022-12-31", "no_record", []),
        ("2023-01-01 to 2023-12-31", "no_record", []),
        ("2024-01-01 to 2024-12-31", "no_record", []),
        ("2025-01-01 to 2025-12-31", "no_record", []),
        ("2026-01-01 to 2026-12-31", "open", []),
    ]
    assert by == date(2026, 12, 31)
    assert days_left(by, TODAY) == 39
    assert found[-1].missing_count == 2


def test_m02_is_met_by_what_is_attested_and_by_numbering_where_it_is_not():
    found, by = shipped("M02")
    assert lines(found) == [
        ("2016-06-29 to 2016-12-31", "met", ["NADD 1"]),
        ("2017-01-01 to 2017-12-31", "by_numbering", ["NADD 2"]),
        ("2018-01-01 to 2018-12-31", "by_numbering", ["NADD 3"]),
        ("2019-01-01 to 2019-12-31", "met", ["NADD 4"]),
        ("2020-01-01 to 2020-12-31", "no_record", []),
        ("2021-01-01 to 2021-12-31", "no_record", []),
        ("2022-01-01 to 2022-12-31", "met", ["NADD 5", "NADD 6"]),
        ("2023-01-01 to 2023-12-31", "met", ["NADD 7"]),
        ("2024-01-01 to 2024-12-31", "met", ["NADD 8"]),
        ("2025-01-01 to 2025-12-31", "no_record", []),
        ("2026-01-01 to 2026-12-31", "open", []),
    ]
    assert [period.state for period in found[1:3]] == ["met", "met"]
    assert by == date(2026, 12, 31)


def test_m03_has_a_cadence_and_no_mandate_date_so_it_owes_nothing():
    assert shipped("M03") == ((), None)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 1, 31), 3, date(2024, 4, 30)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2016, 12, 15), 1, date(2017, 1, 15)),
        (date(2016, 6, 29), 0, date(2016, 6, 29)),
    ],
)
def test_months_are_added_to_the_day_or_the_end_of_the_month(start, months, end):
    assert add_months(start, months) == end


@pytest.mark.parametrize(
    ("cadence", "mandate_on", "today", "expected"),
    [
        # rolling from a month's end: never drifts to the 28th
        (
            Cadence(1, 1, "rolling"),
            date(2024, 1, 31),
            date(2024, 5, 1),
            [
                "2024-01-31 to 2024-02-28",
                "2024-02-29 to 2024-03-30",
                "2024-03-31 to 2024-04-29",
                "2024-04-30 to 2024-05-30",
            ],
        ),
        # rolling from a leap day
        (
            Cadence(1, 12, "rolling"),
            date(2024, 2, 29),
            date(2028, 3, 1),
            [
                "2024-02-29 to 2025-02-27",
                "2025-02-28 to 2026-02-27",
                "2026-02-28 to 2027-02-27",
                "2027-02-28 to 2028-02-28",
                "2028-02-29 to 2029-02-27",
            ],
        ),
        (Cadence(1, 24, "rolling"), date(2012, 3, 27), date(2014, 3, 26), ["2012-03-27 to 2014-03-26"]),
        (
            Cadence(1, 24, "rolling"),
            date(2012, 3, 27),
            date(2014, 3, 27),
            ["2012-03-27 to 2014-03-26", "2014-03-27 to 2016-03-26"],
        ),
        # half years and pairs of years stand on the calendar; the first begins with the mandate
        (
            Cadence(1, 6, "calendar_year"),
            date(2016, 8, 3),
            date(2017, 7, 1),
            ["2016-08-03 to 2016-12-31", "2017-01-01 to 2017-06-30", "2017-07-01 to 2017-12-31"],
        ),
        (
            Cadence(1, 24, "calendar_year"),
            OTTAWA_2016,
            date(2018, 1, 1),
            ["2016-06-29 to 2017-12-31", "2018-01-01 to 2019-12-31"],
        ),
        # a mandate on the first and on the last day of a year, and on this very day
        (YEARLY, date(2025, 1, 1), date(2026, 1, 1), ["2025-01-01 to 2025-12-31", "2026-01-01 to 2026-12-31"]),
        (YEARLY, date(2025, 12, 31), date(2025, 12, 31), ["2025-12-31 to 2025-12-31"]),
        # nothing before the mandate, nothing without one, nothing without a cadence
        (YEARLY, date(2026, 11, 23), TODAY, []),
        (YEARLY, None, TODAY, []),
        (None, OTTAWA_2016, TODAY, []),
    ],
)
def test_periods_follow_the_anchor(cadence, mandate_on, today, expected):
    found = periods(cadence, mandate_on, [], [], today, parties=ALL)
    assert [days for days, _, _ in lines(found)] == expected
    by = to_agree_by(cadence, mandate_on, today)
    assert by == (found[-1].last_day if found else None)


@pytest.mark.parametrize(
    ("year", "record", "meetings", "state"),
    [
        (2025, [], [], "no_record"),
        (2025, [], [meeting(date(2025, 3, 1))], "partly_met"),
        (2025, [], [meeting(date(2025, 3, 1)), meeting(date(2025, 12, 31), state="closed")], "met"),
        (2025, [entry("2025-03-01")], [], "partly_met"),
        # the open period: short of the minimum it is open, at the minimum it is met
        (2026, [], [], "open"),
        (2026, [], [meeting(date(2026, 3, 1))], "open"),
        (2026, [], [meeting(date(2026, 3, 1)), meeting(date(2026, 4, 1))], "met"),
        (2026, [entry("2026", outcome="planned_not_held")], [], "open"),
        # promised is not held
        (2025, [], [meeting(date(2025, 3, 1), state="confirmed")], "no_record"),
        (2025, [], [meeting(date(2025, 3, 1), state="proposed")], "no_record"),
        (2025, [], [meeting(date(2025, 3, 1), state="postponed")], "no_record"),
        # not held, only where the parties say so
        (2025, [], [meeting(date(2025, 3, 1), state="cancelled")], "not_held"),
        (2025, [entry("2025", outcome="planned_not_held")], [], "not_held"),
        (2025, [entry("2025", outcome="cancelled")], [], "no_record"),
        (2025, [entry("2025", outcome="cancelled", by_parties=True)], [], "not_held"),
        (2025, [entry("2025", outcome="postponed", by_parties=True)], [], "no_record"),
        (2025, [entry("2025", outcome="planned_not_held")], [meeting(date(2025, 3, 1))], "partly_met"),
        # a meeting of two does not count for three, nor its cancellation
        (2025, [], [meeting(date(2025, 3, 1), parties={"MX", "US"})], "no_record"),
        (2025, [], [meeting(date(2025, 3, 1), state="cancelled", parties={"MX", "US"})], "no_record"),
        # guests beside the three do no harm
        (2025, [], [meeting(date(2025, 3, 1), parties={"CA", "MX", "US", "NL"})], "partly_met"),
        # a date that can mean two periods counts in none; one without a date neither
        (2025, [entry(None)], [], "no_record"),
        (2016, [entry("2016")], [], "no_record"),
        (2016, [entry("2016-07")], [], "partly_met"),
        (2016, [entry("2016-06-28")], [], "no_record"),
        # numbering
        (2025, [entry("2025", attested=False), entry("2025-05", attested=False)], [], "by_numbering"),
        (2025, [entry("2025", attested=False), entry("2025-05")], [], "by_numbering"),
        # on record and kept here: one meeting
        (2025, [entry("2025-03-01")], [meeting(date(2025, 3, 1))], "partly_met"),
        (2025, [entry("2025", ordinal=9)], [meeting(date(2025, 3, 1), ordinal=9)], "partly_met"),
        (2025, [entry("2025", ordinal=9)], [meeting(date(2025, 3, 1), ordinal=10)], "met"),
        (2025, [entry("2025-03-01"), entry("2025-03-01")], [meeting(date(2025, 3, 1))], "met"),
    ],
)
def test_state_of_a_period_that_asks_for_two(year, record, meetings, state):
    found = periods(TWICE_A_YEAR, OTTAWA_2016, record, meetings, TODAY, parties=ALL)
    (period,) = [period for period in found if period.last_day.year == year]
    assert period.word == state


def test_a_pair_counts_its_own_meetings():
    kept = [
        meeting(date(2025, 2, 1), parties={"MX", "US"}),
        meeting(date(2025, 3, 1), parties={"CA", "US"}),
        meeting(date(2025, 4, 1)),
    ]
    counts = {
        pair: len(periods(YEARLY, date(2025, 1, 1), [], kept, TODAY, parties=pair)[0].held)
        for pair in (("MX", "US"), ("CA", "US"), ("CA", "MX"), ("CA", "MX", "US"))
    }
    assert counts == {("MX", "US"): 2, ("CA", "US"): 2, ("CA", "MX"): 1, ("CA", "MX", "US"): 1}


def test_partly_met_by_numbering_says_so_too():
    (period,) = periods(
        TWICE_A_YEAR, date(2025, 1, 1), [entry("2025", attested=False)], [], date(2025, 12, 31), parties=ALL
    )
    assert (period.state, period.by_numbering) == ("open", False)
    closed = periods(TWICE_A_YEAR, date(2025, 1, 1), [entry("2025", attested=False)], [], TODAY, parties=ALL)[0]
    assert (closed.state, closed.by_numbering, closed.word) == ("partly_met", True, "partly_met")


@pytest.mark.parametrize(
    ("day", "word", "left"),
    [(date(2026, 11, 21), "past", -1), (TODAY, "to_agree", 0), (date(2026, 12, 31), "to_agree", 39)],
)
def test_a_date_is_to_agree_or_past(day, word, left):
    assert standing(day, TODAY) == word
    assert days_left(day, TODAY) == left


@pytest.mark.parametrize(("minimum", "months"), [(0, 12), (1, 0), (-1, 12)])
def test_a_cadence_of_nothing_is_refused(minimum, months):
    with pytest.raises(ValueError, match="Cadence"):
        Cadence(minimum, months, "rolling")


DAYS = st.dates(date(2010, 1, 1), date(2030, 12, 31))
CADENCES = st.builds(Cadence, st.integers(1, 4), st.integers(1, 40), st.sampled_from(["calendar_year", "rolling"]))
MEETINGS = st.lists(
    st.builds(
        MeetingFacts,
        reference=st.just("UNC-2016-1"),
        state=st.sampled_from(["proposed", "confirmed", "held", "closed", "postponed", "cancelled"]),
        parties=st.sampled_from([ALL, frozenset({"MX", "US"}), ALL | {"NL"}]),
        starts_on=DAYS,
        ordinal=st.one_of(st.none(), st.integers(1, 4)),
    ),
    max_size=6,
)
ENTRIES = st.lists(
    st.builds(
        entry,
        st.one_of(st.none(), DAYS.map(str), DAYS.map(lambda day: str(day)[:7]), DAYS.map(lambda day: str(day)[:4])),
        outcome=st.sampled_from(["held", "planned_not_held", "postponed", "cancelled"]),
        attested=st.booleans(),
        by_parties=st.booleans(),
        ordinal=st.one_of(st.none(), st.integers(1, 4)),
    ),
    max_size=6,
)
BETTER = {"not_held": 0, "no_record": 0, "open": 0, "partly_met": 1, "met": 2}


@settings(deadline=None)
@given(CADENCES, DAYS, DAYS, ENTRIES, MEETINGS)
def test_periods_follow_one_another_from_the_mandate_to_today(cadence, mandate_on, today, record, meetings):
    found = periods(cadence, mandate_on, record, meetings, today, parties=ALL)
    if today < mandate_on:
        assert found == ()
        return
    assert found[0].first_day == mandate_on
    assert found[-1].first_day <= today <= found[-1].last_day
    for before, after in itertools.pairwise(found):
        assert before.last_day + timedelta(days=1) == after.first_day
    assert all(period.first_day <= period.last_day for period in found)
    assert [period.state for period in found[:-1]].count("open") == 0


@settings(deadline=None)
@given(CADENCES, DAYS, ENTRIES, MEETINGS, DAYS, st.one_of(st.none(), st.integers(1, 4)))
def test_one_meeting_more_never_makes_a_period_worse(cadence, mandate_on, record, meetings, day, ordinal):
    def states(kept):
        return [period.state for period in periods(cadence, mandate_on, record, kept, date(2030, 12, 31), parties=ALL)]

    before = states(meetings)
    after = states([*meetings, meeting(day, ordinal=ordinal)])
    assert all(BETTER[now] >= BETTER[then] for then, now in zip(before, after, strict=True))


@settings(deadline=None)
@given(CADENCES, DAYS, DAYS, MEETINGS)
def test_meetings_without_one_of_the_parties_change_nothing(cadence, mandate_on, today, meetings):
    common = [one for one in meetings if one.parties >= ALL]
    assert periods(cadence, mandate_on, [], meetings, today, parties=ALL) == periods(
        cadence, mandate_on, [], common, today, parties=ALL
    )
