from __future__ import annotations

import itertools
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.cadence import add_months, periods, window_of
from tests.domain.cadence_cases import ALL, CADENCES, DAYS, ENTRIES, MEETINGS, meeting

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
    after = states([*meetings, meeting(day, ordinal=ordinal, state="held")])
    assert all(BETTER[now] >= BETTER[then] for then, now in zip(before, after, strict=True))


@settings(deadline=None)
@given(CADENCES, DAYS, DAYS, ENTRIES, MEETINGS, st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_does_not_matter(cadence, mandate_on, today, record, meetings, chance):
    shuffled_record, shuffled_meetings = record[:], meetings[:]
    chance.shuffle(shuffled_record)
    chance.shuffle(shuffled_meetings)
    assert periods(cadence, mandate_on, record, meetings, today, parties=ALL) == periods(
        cadence, mandate_on, shuffled_record, shuffled_meetings, today, parties=ALL
    )


@settings(deadline=None)
@given(CADENCES, DAYS, DAYS, st.integers(0, 4000), ENTRIES, MEETINGS)
def test_time_only_closes_periods(cadence, mandate_on, today, days, record, meetings):
    before = periods(cadence, mandate_on, record, meetings, today, parties=ALL)
    after = periods(cadence, mandate_on, record, meetings, today + timedelta(days=days), parties=ALL)
    assert len(after) >= len(before)
    for then, now in zip(before, after, strict=False):
        assert (then.first_day, then.last_day, then.held) == (now.first_day, now.last_day, now.held)
        assert then.state in {now.state, "open"}


@settings(deadline=None)
@given(CADENCES, DAYS, DAYS, ENTRIES, MEETINGS)
def test_what_is_missing_is_never_below_nothing_and_fits_the_state(cadence, mandate_on, today, record, meetings):
    for period in periods(cadence, mandate_on, record, meetings, today, parties=ALL):
        assert 0 <= period.missing_count <= cadence.minimum_meetings
        assert (period.missing_count == 0) == (period.state == "met")
        assert period.state != "partly_met" or period.held
        assert period.state not in {"no_record", "not_held"} or not period.held


@settings(deadline=None)
@given(CADENCES, DAYS, DAYS, MEETINGS, st.sampled_from([("CA", "MX"), ("MX", "US"), ("CA", "US"), tuple(ALL)]))
def test_each_meeting_held_within_the_span_counts_once_for_each_of_its_channels(
    cadence, mandate_on, today, meetings, channel
):
    found = periods(cadence, mandate_on, [], meetings, today, parties=channel)
    last_day = found[-1].last_day if found else date.min
    expected = [
        one.starts_on
        for one in meetings
        if one.counts
        and one.state in {"held", "closed"}
        and set(channel) <= one.parties
        and mandate_on <= (one.serves_on or one.starts_on) <= last_day
    ]
    assert sorted(counted.on.first_day for period in found for counted in period.held) == sorted(expected)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(0, 600))
def test_months_are_added_within_the_month_and_never_past_the_day(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@settings(deadline=None)
@given(CADENCES, DAYS, DAYS)
def test_the_period_of_a_day_is_the_one_that_holds_it(cadence, mandate_on, day):
    found = periods(cadence, mandate_on, [], [], day, parties=ALL)
    last = (found[-1].first_day, found[-1].last_day) if found else None
    assert window_of(cadence, mandate_on, day) == last


@settings(deadline=None)
@given(CADENCES, DAYS, DAYS, MEETINGS)
def test_meetings_without_one_of_the_parties_change_nothing(cadence, mandate_on, today, meetings):
    common = [one for one in meetings if one.parties >= ALL and one.counts]
    assert periods(cadence, mandate_on, [], meetings, today, parties=ALL) == periods(
        cadence, mandate_on, [], common, today, parties=ALL
    )
