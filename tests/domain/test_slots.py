"""Ranking slots: what works, what is gained and lost, and when the clocks change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import zones
from app.domain.closures import closures_of
from app.domain.slots import (
    POINTS,
    Attendee,
    Clock,
    Closed,
    Days,
    Engagement,
    PlanFacts,
    RankedSlot,
    Reason,
    Span,
    rank,
)

NOW = dt.datetime(2026, 11, 22, 15, tzinfo=dt.UTC)
NEW_YORK, MEXICO_CITY = "America/New_York", "America/Mexico_City"
WASHINGTON = Clock("US", "US", NEW_YORK)
OTTAWA = Clock("CA", "CA", "America/Toronto")
MEXICO = Clock("MX", "MX", MEXICO_CITY)
CITIES = (
    WASHINGTON, OTTAWA, MEXICO, Clock("juarez", "MX", "America/Ciudad_Juarez"),
    Clock("tijuana", "MX", "America/Tijuana"), Clock("vancouver", "CA", "America/Vancouver"),
)  # fmt: skip


def plan(**changed: Any) -> PlanFacts:
    """Return a plan of one hour in the week of 11 January 2027, on New York's clock, for the three capitals."""
    made: dict[str, Any] = {
        "first_day": dt.date(2027, 1, 11), "last_day": dt.date(2027, 1, 15), "zone": NEW_YORK, "now": NOW,
        "clocks": (WASHINGTON, OTTAWA, MEXICO),
    }  # fmt: skip
    return PlanFacts(**made | changed)


def at(day: int, hour: int, minute: int = 0, *, month: int = 1, year: int = 2027) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC)


def said(slot: RankedSlot) -> dict[str, Reason]:
    return {reason.key: reason for reason in slot.reasons}


def on(facts: PlanFacts, day: dt.date) -> RankedSlot:
    return next(slot for slot in rank(facts, 1000).slots if slot.first_day == day)


def closed_days(first: dt.date, last: dt.date) -> tuple[Closed, ...]:
    return tuple(
        Closed(day.on, day.party, {"en": day.name.en}, day.is_attested)
        for day in closures_of(("CA", "MX", "US"), first, last)
    )


# The hours ----------------------------------------------------------------------------------------


def test_the_first_hour_that_all_three_are_at_work_comes_first() -> None:
    """In winter Mexico City is one hour behind, so all three are at work from 10:00 to 17:00 in New York."""
    best = rank(plan()).slots[0]
    assert (best.first_day, best.starts, best.ends) == (dt.date(2027, 1, 11), dt.time(10), dt.time(11))
    assert best.sittings == ((at(11, 15), at(11, 16)),)
    assert [reason.key for reason in best.reasons] == ["in_hours", "no_closure"]
    assert best.score == POINTS["in_hours"] + POINTS["no_closure"]


@pytest.mark.parametrize(
    ("week", "expected"),
    [
        # From 8 March to 31 October New York is two hours ahead of Mexico City, else one.
        (dt.date(2027, 3, 8), dt.time(10)),
        (dt.date(2027, 3, 15), dt.time(11)),
        (dt.date(2027, 11, 1), dt.time(11)),
        (dt.date(2027, 11, 8), dt.time(10)),
    ],
)
def test_the_weeks_in_which_the_clocks_change(week: dt.date, expected: dt.time) -> None:
    found = rank(plan(first_day=week, last_day=week)).slots[0]
    assert found.starts == expected
    assert "in_hours" in said(found)


def test_every_clock_is_right_on_every_day_of_the_weeks_in_which_clocks_change() -> None:
    """What a reason says of a place is what its clock shows, with weekends and nights, in six cities."""
    for first in (dt.date(2027, 3, 11), dt.date(2027, 11, 4)):
        facts = plan(
            first_day=first, last_day=first + dt.timedelta(days=6), clocks=CITIES, with_weekends=True,
            earliest=dt.time(0), latest=dt.time(23, 59), minutes=60,
        )  # fmt: skip
        named = {clock.key: clock for clock in CITIES}
        for start in range(23):
            narrow = plan(
                first_day=first, last_day=first + dt.timedelta(days=6), clocks=CITIES, with_weekends=True,
                earliest=dt.time(start), latest=dt.time(23, 59) if start == 23 else dt.time(start + 1),
            )  # fmt: skip
            for slot in rank(narrow).slots:
                for reason in slot.reasons:
                    if reason.clock is None or reason.starts is None:
                        continue
                    local = slot.sittings[0][0].astimezone(zones.zone(named[reason.clock].zone))
                    assert reason.starts == local.time(), (slot.first_day, start, reason.clock)
        # On the day that has 23 hours one start is skipped, on the day that has 25 those of the double hour.
        assert rank(facts).start_count < 7 * 93


def test_a_start_that_the_clocks_skip_or_show_twice_is_none() -> None:
    night = {"earliest": dt.time(0), "latest": dt.time(4), "with_weekends": True, "minutes": 30, "clocks": ()}
    spring = rank(plan(first_day=dt.date(2027, 3, 14), last_day=dt.date(2027, 3, 14), **night))
    autumn = rank(plan(first_day=dt.date(2027, 11, 7), last_day=dt.date(2027, 11, 7), **night))
    usual = rank(plan(first_day=dt.date(2027, 2, 14), last_day=dt.date(2027, 2, 14), **night))
    # Of 15 starts those that begin or end at 2:00 to 2:45, and those that begin or end at 1:00 to 1:45.
    assert (usual.start_count, spring.start_count, autumn.start_count) == (15, 9, 9)


def test_an_hour_outside_the_working_day_is_lost_where_it_is_outside_and_a_night_is_grave() -> None:
    early = on(plan(earliest=dt.time(8), latest=dt.time(9)), dt.date(2027, 1, 12))
    assert [(each.key, each.clock, each.starts, each.minutes) for each in early.reasons if each.clock] == [
        ("outside_hours", "US", dt.time(8), 60),
        ("outside_hours", "CA", dt.time(8), 60),
        ("outside_hours", "MX", dt.time(7), 60),
    ]
    dawn = said(on(plan(earliest=dt.time(7), latest=dt.time(8)), dt.date(2027, 1, 12)))["night"]
    assert (dawn.party, dawn.starts, dawn.ends, dawn.is_grave) == ("MX", dt.time(6), dt.time(7), True)


def test_who_bore_early_and_late_hours_before_is_spared() -> None:
    """The burden falls on who had least of it, and the reason says so."""
    tired = (Clock("MX", "MX", MEXICO_CITY, burden_minutes=240), WASHINGTON)
    fresh = (Clock("MX", "MX", MEXICO_CITY), Clock("US", "US", NEW_YORK, burden_minutes=240))
    early = {"earliest": dt.time(9), "latest": dt.time(10)}
    assert said(on(plan(clocks=tired, **early), dt.date(2027, 1, 12)))["unfair"].party == "MX"
    assert said(on(plan(clocks=fresh, **early), dt.date(2027, 1, 12)))["fair"].party == "MX"


# The days -----------------------------------------------------------------------------------------


def test_closures_of_the_day_and_of_its_week() -> None:
    """18 January 2027 is closed in Washington, 1 February in Mexico City."""
    facts = plan(
        first_day=dt.date(2027, 1, 18), last_day=dt.date(2027, 2, 5),
        closures=closed_days(dt.date(2026, 12, 1), dt.date(2027, 3, 1)),
    )  # fmt: skip
    assert said(on(facts, dt.date(2027, 1, 18)))["closure"].party == "US"
    assert said(on(facts, dt.date(2027, 1, 21)))["closure_near"].day == dt.date(2027, 1, 18)
    assert said(on(facts, dt.date(2027, 2, 4)))["closure_near"].party == "MX"
    assert "no_closure" in said(on(facts, dt.date(2027, 1, 26)))
    assert rank(facts).slots[0].first_day == dt.date(2027, 1, 25)
    assert rank(facts).slots[-1].first_day in {dt.date(2027, 1, 18), dt.date(2027, 2, 1)}


def test_lead_times_travel_period_event_and_high_level_week() -> None:
    closures = closed_days(dt.date(2026, 12, 1), dt.date(2027, 3, 1))
    tuesday = on(plan(closures=closures, agenda_days=60, papers_days=20, travel_days=1), dt.date(2027, 1, 14))
    assert said(tuesday)["due_past"].name == {"due": "agenda_due"}
    assert (said(tuesday)["due_closed"].day, said(tuesday)["due_closed"].party) == (dt.date(2026, 12, 25), "CA")
    assert "travel" not in said(tuesday)
    monday = on(plan(closures=closures, papers_days=21, travel_days=1), dt.date(2027, 1, 11))
    assert (said(monday)["papers_due"].day, said(monday)["travel"].day) == (dt.date(2026, 12, 21), dt.date(2027, 1, 10))
    ends = plan(period_ends_on=dt.date(2027, 1, 12))
    assert said(on(ends, dt.date(2027, 1, 12)))["in_period"].days == 0
    assert (said(on(ends, dt.date(2027, 1, 14)))["after_period"].days, rank(ends).slots[0].first_day.day) == (2, 11)
    week = (Days(dt.date(2027, 1, 12), dt.date(2027, 1, 13)),)
    assert [slot.first_day.day for slot in rank(plan(high_level=week)).slots] == [11, 14, 15, 12, 13]
    assert "high_level" not in said(on(plan(high_level=week, is_at_high_level=True), dt.date(2027, 1, 12)))
    event = Days(dt.date(2027, 1, 13), dt.date(2027, 1, 13), {"en": "Assembly"})
    assert [slot.first_day.day for slot in rank(plan(event=event)).slots] == [12, 13, 14, 11, 15]


# People -------------------------------------------------------------------------------------------


def test_who_must_attend_excludes_and_who_should_costs() -> None:
    """Monday the minister is away, on Tuesday the adviser; what ends when a slot begins takes nothing."""
    minister = Attendee("m", "MX", "Minister", True, [(at(11, 0), at(12, 15))])
    adviser = Attendee("a", "US", None, False, [(at(12, 13), at(12, 23))])
    facts = plan(attendees=(minister, adviser), latest=dt.time(17), earliest=dt.time(10))
    found = rank(facts)
    assert [(slot.first_day.day, slot.works) for slot in found.slots] == [
        (13, True), (14, True), (15, True), (12, True), (11, False),
    ]  # fmt: skip
    assert said(found.slots[3])["busy"].people == (None,)
    assert (said(found.slots[4])["lacks"].people, said(found.slots[4])["lacks"].party) == (("Minister",), "MX")
    assert (found.hindrances, found.start_count, found.working_count) == ({"m": 25}, 125, 100)


def test_another_meeting_that_the_planner_may_see_is_a_clash() -> None:
    other = Engagement("NADD-2027-1", [(at(11, 14), at(11, 23))], frozenset({"MX"}), ("Ana",))
    clash = said(on(plan(engagements=(other,), earliest=dt.time(10), latest=dt.time(17)), dt.date(2027, 1, 11)))[
        "clash"
    ]
    assert (clash.reference, clash.people, clash.is_grave) == ("NADD-2027-1", ("Ana",), True)
    # Nine in the morning in New York ends before it begins: lost for its hour in Mexico City, better than the clash.
    assert on(plan(engagements=(other,)), dt.date(2027, 1, 11)).starts == dt.time(8)


def test_several_days_in_a_row_and_whole_days() -> None:
    busy = Attendee("m", "MX", "Minister", True, [(at(13, 12), at(14, 2))])
    two = rank(plan(days_count=2, minutes=240, attendees=(busy,)))
    assert [(slot.first_day.day, slot.last_day.day, slot.works) for slot in two.slots] == [
        (11, 12, True), (14, 15, True), (12, 13, False), (13, 14, False),
    ]  # fmt: skip
    whole = rank(plan(days_count=3, minutes=None, attendees=(busy,)))
    assert [(slot.first_day.day, slot.starts, slot.works) for slot in whole.slots] == [
        (11, None, False), (12, None, False), (13, None, False),
    ]  # fmt: skip
    assert (
        rank(
            plan(days_count=5, with_weekends=False, first_day=dt.date(2027, 1, 13), last_day=dt.date(2027, 1, 19))
        ).slots
        == ()
    )


def test_nothing_that_is_past_and_nothing_beyond_the_range() -> None:
    today = rank(plan(first_day=dt.date(2026, 11, 20), last_day=dt.date(2026, 11, 23), with_weekends=True, now=NOW))
    assert {slot.first_day.day for slot in today.slots} == {22, 23}
    first = min(slot.sittings[0][0] for slot in today.slots)
    assert first > NOW


# Properties ---------------------------------------------------------------------------------------


def spans() -> st.SearchStrategy[list[Span]]:
    quarter = st.integers(0, 14 * 96)
    length = st.integers(1, 40)
    return st.lists(
        st.tuples(quarter, length).map(
            lambda pair: (
                at(1, 0, month=3) + dt.timedelta(minutes=15 * pair[0] + 1),
                at(1, 0, month=3) + dt.timedelta(minutes=15 * (pair[0] + pair[1])),
            )
        ),
        max_size=25,
    )


def all_starts(facts: PlanFacts) -> Iterator[list[Span]]:
    """Yield the sittings of every start, by a plain walk over days and minutes of the plan's own clock."""
    zone = zones.zone(facts.zone)
    minutes = facts.minutes or 480
    first, last = (9 * 60, 9 * 60) if facts.minutes is None else (7 * 60, 21 * 60 - minutes)
    day = facts.first_day
    while day + dt.timedelta(days=facts.days_count - 1) <= facts.last_day:
        every_day = [day + dt.timedelta(days=number) for number in range(facts.days_count)]
        if facts.with_weekends or all(each.weekday() < 5 for each in every_day):
            for wall in range(first, last + 1, facts.grid_minutes):
                bounds = [
                    [dt.datetime.combine(each, dt.time(), zone) + dt.timedelta(minutes=minute) for each in every_day]
                    for minute in (wall, wall + minutes)
                ]
                yield [(a.astimezone(dt.UTC), b.astimezone(dt.UTC)) for a, b in zip(*bounds, strict=True)]
        day += dt.timedelta(days=1)


def works(facts: PlanFacts, sittings: Sequence[Span]) -> bool:
    """Say by a plain look at all intervals whether nobody who must attend is busy, and it is still to come."""
    busy = [span for each in facts.attendees if each.is_required for span in each.busy]
    return all(
        starts_at > facts.now and not any(begins < ends_at and starts_at < ends for begins, ends in busy)
        for starts_at, ends_at in sittings
    )


@settings(max_examples=60, deadline=None)
@given(
    required=st.lists(spans(), max_size=4),
    optional=st.lists(spans(), max_size=3),
    minutes=st.sampled_from([30, 75, 180, 480, None]),
    days_count=st.integers(1, 4),
    zone=st.sampled_from([NEW_YORK, MEXICO_CITY, "America/Tijuana"]),
    with_weekends=st.booleans(),
)
def test_what_the_ranking_says_works_works(
    required: Sequence[list[Span]], optional: Sequence[list[Span]], minutes: int | None, days_count: int, zone: str,
    with_weekends: bool,
) -> None:  # fmt: skip
    """By a plain look at every interval, over a week in which clocks change; each score is the sum of its reasons.

    And what is counted as working is what a walk through all starts finds.
    """
    people = [Attendee(f"r{number}", "MX", None, True, each) for number, each in enumerate(required)]
    people += [Attendee(f"o{number}", "US", None, False, each) for number, each in enumerate(optional)]
    facts = plan(
        first_day=dt.date(2027, 3, 5), last_day=dt.date(2027, 3, 16), minutes=minutes, days_count=days_count, zone=zone,
        with_weekends=with_weekends, attendees=people, closures=closed_days(dt.date(2027, 3, 1), dt.date(2027, 3, 30)),
        clocks=CITIES, papers_days=7, travel_days=1, grid_minutes=30,
    )  # fmt: skip
    found = rank(facts, 1000)
    for slot in found.slots:
        assert slot.works is works(facts, slot.sittings)
        assert slot.score == sum(reason.points for reason in slot.reasons)
        assert len(slot.sittings) == days_count
        for number, (starts_at, ends_at) in enumerate(slot.sittings):
            local = starts_at.astimezone(zones.zone(zone)), ends_at.astimezone(zones.zone(zone))
            assert local[0].date() == slot.first_day + dt.timedelta(days=number)
            assert with_weekends or local[0].weekday() < 5
            if slot.starts is not None:
                assert (local[0].time(), local[1].time()) == (slot.starts, slot.ends)
                assert dt.time(7) <= slot.starts
                assert slot.ends is not None
                assert slot.ends <= dt.time(21)
    assert sorted(found.slots, key=lambda slot: (not slot.works, -slot.score, slot.first_day)) == list(found.slots)
    walked = [works(facts, sittings) for sittings in all_starts(facts)]
    assert (found.start_count, found.working_count) == (len(walked), sum(walked))
