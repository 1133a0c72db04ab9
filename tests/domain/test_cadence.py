from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from app.catalogue import load_shipped
from app.domain.cadence import add_months, days_left, periods, standing, to_agree_by, window_of
from app.domain.catalogue import Cadence
from app.domain.mechanisms import channels_of, page_of
from app.domain.partial_dates import PartialDate
from tests.domain.cadence_cases import ALL, OTTAWA_2016, TODAY, TWICE_A_YEAR, YEARLY, entry, meeting


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


@pytest.mark.parametrize(
    ("meetings", "counted_in"),
    [
        # several in one period: what is over does not help the next
        (["2024-03-01", "2024-05-01", "2024-07-01"], {2024: ["2024-03-01", "2024-05-01", "2024-07-01"]}),
        # over the end of the year it counts in the year of its first day, once
        (["2024-12-31"], {2024: ["2024-12-31"]}),
        (["2025-01-01"], {2025: ["2025-01-01"]}),
        # unless the parties recorded another day that it serves, before or after
        ([("2025-01-14", "2024-12-31")], {2024: ["2025-01-14"]}),
        ([("2024-12-31", "2025-01-01")], {2025: ["2024-12-31"]}),
        ([("2024-12-31", "2024-06-01")], {2024: ["2024-12-31"]}),
        # a day before the mandate or after today is in no period yet
        ([("2024-12-31", "2023-12-31")], {}),
        ([("2026-03-01", "2027-03-01")], {}),
    ],
)
def test_a_meeting_counts_once_in_the_period_it_serves(meetings, counted_in):
    kept = [
        meeting(date.fromisoformat(one)) if isinstance(one, str)
        else meeting(date.fromisoformat(one[0]), serves_on=date.fromisoformat(one[1]))
        for one in meetings
    ]  # fmt: skip
    found = periods(YEARLY, date(2024, 1, 1), [], kept, TODAY, parties=ALL)
    assert {p.first_day.year: [str(one.on) for one in p.held] for p in found if p.held} == counted_in
    words = {2024: "no_record", 2025: "no_record", 2026: "open"} | dict.fromkeys(counted_in, "met")
    assert {period.first_day.year: period.word for period in found} == words


def test_surplus_leaves_the_next_period_as_short_as_it_was():
    kept = [meeting(date(2024, month, 1)) for month in (2, 4, 6, 8)]
    found = periods(TWICE_A_YEAR, date(2024, 1, 1), [], kept, TODAY, parties=ALL)
    assert [(len(period.held), period.missing_count, period.word) for period in found] == [
        (4, 0, "met"),
        (0, 2, "no_record"),
        (0, 2, "open"),
    ]


def test_an_entry_on_record_and_the_meeting_kept_here_count_together_in_the_period_served():
    kept = meeting(date(2025, 1, 14), serves_on=date(2024, 12, 31))
    found = periods(YEARLY, date(2024, 1, 1), [entry("2025-01-14")], [kept], TODAY, parties=ALL)
    assert [period.word for period in found] == ["met", "no_record", "open"]


@pytest.mark.parametrize(
    ("meetings", "words"),
    [
        # postponed from 2024 without a date: nowhere, and 2024 is not said to be not held
        ([meeting(date(2024, 5, 1), state="postponed")], ["no_record", "no_record", "open"]),
        # held in the end, where it was held
        ([meeting(date(2025, 2, 1))], ["no_record", "met", "open"]),
        # postponed for good: cancelled, which the parties recorded
        ([meeting(date(2024, 5, 1), state="cancelled")], ["not_held", "no_record", "open"]),
        ([meeting(date(2024, 5, 1), state="cancelled", serves_on=date(2025, 1, 1))], ["no_record", "not_held", "open"]),
        ([meeting(date(2026, 5, 1), state="cancelled")], ["no_record", "no_record", "open"]),
        ([meeting(date(2024, 5, 1), state="cancelled"), meeting(date(2024, 9, 1))], ["met", "no_record", "open"]),
        # what stands beside the meetings of the mechanism neither counts nor says that one fell out
        ([meeting(date(2024, 5, 1), counts=False)], ["no_record", "no_record", "open"]),
        ([meeting(date(2024, 5, 1), state="cancelled", counts=False)], ["no_record", "no_record", "open"]),
    ],
)
def test_postponed_cancelled_and_preparatory_meetings(meetings, words):
    found = periods(YEARLY, date(2024, 1, 1), [], meetings, TODAY, parties=ALL)
    assert [period.word for period in found] == words


def test_a_preparatory_meeting_of_the_day_is_not_the_meeting_on_record():
    found = periods(
        YEARLY, date(2025, 1, 1), [entry("2025-03-01")], [meeting(date(2025, 3, 1), counts=False)], TODAY, parties=ALL
    )
    assert [counted.is_kept_here for counted in found[0].held] == [False]


def test_the_entry_known_to_the_day_is_the_meeting_of_the_day():
    record = [entry("2024", ordinal=3), entry("2024-12-31", ordinal=2)]
    kept = [meeting(date(2024, 12, 31), ordinal=3)]
    for order in (record, record[::-1]):
        (period, *_) = periods(YEARLY, date(2024, 1, 1), order, kept, TODAY, parties=ALL)
        assert [counted.label for counted in period.held] == ["entry 2024", "UNC-2024-12-31"]


@pytest.mark.parametrize(
    ("cadence", "mandate_on", "day", "window"),
    [
        (YEARLY, OTTAWA_2016, date(2016, 6, 28), None),
        (YEARLY, OTTAWA_2016, OTTAWA_2016, (OTTAWA_2016, date(2016, 12, 31))),
        (YEARLY, OTTAWA_2016, date(2031, 5, 5), (date(2031, 1, 1), date(2031, 12, 31))),
        (Cadence(1, 24, "rolling"), date(2012, 2, 29), date(2014, 2, 27), (date(2012, 2, 29), date(2014, 2, 27))),
        (Cadence(1, 24, "rolling"), date(2012, 2, 29), date(2014, 2, 28), (date(2014, 2, 28), date(2016, 2, 28))),
        (Cadence(1, 18, "calendar_year"), date(2023, 5, 2), date(2025, 1, 1), (date(2024, 7, 1), date(2025, 12, 31))),
    ],
)
def test_the_period_of_a_day(cadence, mandate_on, day, window):
    assert window_of(cadence, mandate_on, day) == window


def test_a_mandate_far_ahead_owes_nothing():
    assert periods(YEARLY, date(9999, 12, 31), [], [meeting(date(2025, 1, 1))], TODAY, parties=ALL) == ()
    assert to_agree_by(YEARLY, date(9999, 12, 31), TODAY) is None


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


def by_pairs(*pairs, **facts):
    return dataclasses.replace(
        load_shipped().mechanism("M17"),
        cadence=YEARLY,
        mandate=dataclasses.replace(load_shipped().mechanism("M17").mandate, date=PartialDate("2025-01-01")),
        pairs=pairs,
        **facts,
    )


def test_a_mechanism_by_pairs_counts_a_meeting_of_three_for_each_of_its_pairs():
    kept = [meeting(date(2025, 2, 1), parties={"MX", "US"}), meeting(date(2025, 4, 1))]
    page = page_of(by_pairs(("CA", "US"), ("MX", "US")), kept, TODAY)
    assert [(sorted(one.parties), [len(period.held) for period in one.periods]) for one in page.channels] == [
        (["CA", "US"], [1, 0]),
        (["MX", "US"], [2, 0]),
    ]


def test_a_mechanism_by_pairs_that_names_none_runs_by_every_pair():
    assert [sorted(pair) for pair in channels_of(by_pairs(parties=("CA", "MX", "US")))] == [
        ["CA", "MX"],
        ["CA", "US"],
        ["MX", "US"],
    ]


def test_what_does_not_count_takes_no_number_and_is_no_first_meeting():
    panel = meeting(date(2026, 2, 1), ordinal=7, counts=False)
    page = page_of(by_pairs(("CA", "US"), record=()), [panel], TODAY)
    assert (page.next_ordinal, page.prepare) == (None, "first")
    assert page_of(by_pairs(("CA", "US"), record=()), [meeting(date(2026, 2, 1), ordinal=7)], TODAY).next_ordinal == 8


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
