"""The grid of the calendar: every day once, weeks of seven days, bars over exactly their days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import calendar
from app.domain.errors import Refusal
from app.domain.zones import zone

DAY = dt.timedelta(days=1)
DAYS = st.dates(dt.date(calendar.FIRST_YEAR, 1, 1), dt.date(calendar.LAST_YEAR, 12, 31))
ZONES = ("America/Toronto", "America/Mexico_City", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Asia/Beirut")


@dataclass(frozen=True)
class Bar:
    name: str
    first_day: dt.date
    last_day: dt.date


def day(written: str) -> dt.date:
    return dt.date.fromisoformat(written)


# What an address asks for -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2027-09-14", "2027-09-14"),
        ("2027-09", "2027-09-01"),
        ("2027", "2027-01-01"),
        ("2028-02-29", "2028-02-29"),
        ("1950", "1950-01-01"),
        ("2150-12-31", "2150-12-31"),
    ],
)
def test_a_day_a_month_or_a_year_can_be_asked_for(written, expected):
    assert calendar.day_asked(written) == day(expected)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("garbage", "not_a_date"),
        ("", "not_a_date"),
        ("2027-13", "not_a_date"),
        ("2027-00-01", "not_a_date"),
        ("2027-02-29", "not_a_date"),
        ("2027-9-1", "not_a_date"),
        ("12027-09-01", "not_a_date"),
        ("２０２７-09", "not_a_date"),
        ("2027-09-14\n", "not_a_date"),
        ("-001-01-01", "not_a_date"),
        ("0000", "year_out_of_range"),
        ("0000-00-00", "year_out_of_range"),
        ("0001-01-01", "year_out_of_range"),
        ("1949-12-31", "year_out_of_range"),
        ("2151-01-01", "year_out_of_range"),
        ("9999-12-31", "year_out_of_range"),
    ],
)
def test_anything_else_is_refused_with_a_reason(written, key):
    with pytest.raises(Refusal) as refused:
        calendar.day_asked(written)
    assert (refused.value.key, refused.value.field) == (key, "on")


@pytest.mark.parametrize(
    ("view", "on", "first", "last", "before", "after", "grid"),
    [
        ("month", "2027-09-14", "2027-09-01", "2027-09-30", "2027-08-01", "2027-10-01", ("2027-08-30", "2027-10-03")),
        ("month", "2028-02-29", "2028-02-01", "2028-02-29", "2028-01-01", "2028-03-01", ("2028-01-31", "2028-03-05")),
        ("month", "2026-02-01", "2026-02-01", "2026-02-28", "2026-01-01", "2026-03-01", ("2026-01-26", "2026-03-01")),
        ("week", "2027-01-01", "2026-12-28", "2027-01-03", "2026-12-21", "2027-01-04", ("2026-12-28", "2027-01-03")),
        ("list", "2026-11-22", "2026-11-22", "2026-12-19", "2026-10-25", "2026-12-20", ("2026-11-22", "2026-12-19")),
        ("year", "2028-07-01", "2028-01-01", "2028-12-31", "2027-01-01", "2029-01-01", ("2028-01-01", "2028-12-31")),
        ("year", "1950-07-01", "1950-01-01", "1950-12-31", None, "1951-01-01", ("1950-01-01", "1950-12-31")),
        ("month", "2150-12-31", "2150-12-01", "2150-12-31", "2150-11-01", None, ("2150-11-30", "2151-01-03")),
    ],
)
def test_the_days_that_a_view_is_about(view, on, first, last, before, after, grid):
    found = calendar.shown(view, day(on))
    assert (found.first_day, found.last_day) == (day(first), day(last))
    assert (found.before, found.after) == (before and day(before), after and day(after))
    assert found.grid == (day(grid[0]), day(grid[1]))


@given(DAYS, st.sampled_from(calendar.VIEWS))
def test_a_view_holds_the_day_asked_for_and_its_neighbours_touch_it(on, view):
    found = calendar.shown(view, on)
    assert found.first_day <= on <= found.last_day
    if found.after is not None:
        following = calendar.shown(view, found.after)
        assert following.first_day == found.last_day + DAY
        assert following.before is not None
        assert calendar.shown(view, following.before).first_day == found.first_day


# Weeks --------------------------------------------------------------------------------------------


@given(DAYS)
def test_a_month_has_each_of_its_days_once_in_weeks_of_seven_days(on):
    found = calendar.shown("month", on)
    weeks = calendar.weeks(found.first_day, found.last_day)
    listed = [each for week in weeks for each in week.days]
    assert all(len(week.days) == 7 and week.days[0].weekday() == 0 for week in weeks)
    assert listed == [listed[0] + number * DAY for number in range(len(listed))]
    assert sorted(each for each in listed if (each.year, each.month) == (on.year, on.month)) == [
        found.first_day + number * DAY for number in range((found.last_day - found.first_day).days + 1)
    ]
    assert (listed[0], listed[-1]) == found.grid
    assert 4 <= len(weeks) <= 6


@given(st.integers(calendar.FIRST_YEAR, calendar.LAST_YEAR))
def test_the_months_of_a_year_hold_each_of_its_days_once_in_their_own_month(year):
    months = calendar.months(year)
    own = [
        each
        for number, weeks in enumerate(months, start=1)
        for week in weeks
        for each in week.days
        if (each.year, each.month) == (year, number)
    ]
    assert len(months) == 12
    assert own == [dt.date(year, 1, 1) + number * DAY for number in range(len(own))]
    assert own[-1] == dt.date(year, 12, 31)


@pytest.mark.parametrize(
    ("on", "number"), [("2027-09-06", 36), ("2026-12-31", 53), ("2027-01-03", 53), ("2027-01-04", 1), ("2024-12-30", 1)]
)
def test_weeks_are_numbered_as_iso_8601_numbers_them(on, number):
    [week] = calendar.weeks(day(on), day(on))
    assert week.number == number


@pytest.mark.parametrize(
    ("on", "following"),
    [
        ("2027-09-16", "2027-09-17"), ("2027-09-17", "2027-09-20"), ("2027-09-18", "2027-09-20"),
        ("2027-09-19", "2027-09-20"),
    ],
)  # fmt: skip
def test_the_working_day_after_a_friday_is_a_monday(on, following):
    assert calendar.next_working_day(day(on)) == day(following)


# Bars ---------------------------------------------------------------------------------------------


def drawn(first: str, last: str, *bars: Bar) -> list[list[list[str]]]:
    """Return of each week, day by day, what its lanes show: `<` and `>` are ends, a name stands where it is written."""
    return [
        [[_drawn(piece) for piece in cell.bars] for cell in calendar.cells(week, bars)]
        for week in calendar.weeks(day(first), day(last))
    ]


def _drawn(piece: calendar.Piece[Bar] | None) -> str:
    if piece is None:
        return ""
    name = f"{piece.entry.name}{piece.length}" if piece.is_named else "-"
    return f"{'<' if piece.starts else ''}{name}{'>' if piece.ends else ''}"


def test_a_bar_crosses_the_days_of_one_week():
    assert drawn("2027-09-20", "2027-09-26", Bar("hlw", day("2027-09-20"), day("2027-09-23"))) == [
        [["<hlw4"], ["-"], ["-"], ["->"], [], [], []]
    ]


def test_a_bar_goes_on_over_weeks_and_months_and_is_named_again_each_monday():
    assert drawn("2027-09-20", "2027-10-04", Bar("a", day("2027-09-25"), day("2027-10-05"))) == [
        [[], [], [], [], [], ["<a2"], ["-"]],
        [["a7"], ["-"], ["-"], ["-"], ["-"], ["-"], ["-"]],
        [["a2"], ["->"], [], [], [], [], []],
    ]


def test_a_bar_begins_before_what_is_shown_and_ends_after_it():
    assert drawn("2027-09-13", "2027-09-13", Bar("a", day("2027-08-01"), day("2027-12-01"))) == [
        [["a7"], ["-"], ["-"], ["-"], ["-"], ["-"], ["-"]]
    ]


def test_each_bar_keeps_its_lane_and_a_lane_is_used_again():
    assert drawn(
        "2027-09-13",
        "2027-09-13",
        Bar("b", day("2027-09-14"), day("2027-09-15")),
        Bar("a", day("2027-09-13"), day("2027-09-14")),
        Bar("c", day("2027-09-15"), day("2027-09-19")),
        Bar("one", day("2027-09-16"), day("2027-09-16")),
    ) == [[["<a2"], ["->", "<b2"], ["<c5", "->"], ["-"], ["-"], ["-"], ["->"]]]


def test_the_longer_of_two_that_begin_together_is_the_higher():
    assert drawn(
        "2027-09-13",
        "2027-09-13",
        Bar("a", day("2027-09-13"), day("2027-09-14")),
        Bar("b", day("2027-09-13"), day("2027-09-15")),
    ) == [[["<b3", "<a2"], ["-", "->"], ["->"], [], [], [], []]]


def test_an_empty_lane_above_a_bar_is_kept():
    assert drawn(
        "2027-09-13",
        "2027-09-13",
        Bar("a", day("2027-09-13"), day("2027-09-14")),
        Bar("b", day("2027-09-14"), day("2027-09-16")),
    )[0][2] == ["", "-"]


@given(st.lists(st.tuples(st.integers(-20, 60), st.integers(0, 30)), max_size=12))
def test_bars_cover_exactly_their_days_and_never_share_a_lane(spans):
    first, last = day("2027-03-01"), day("2027-03-31")
    entries = [
        Bar(str(n), first + start * DAY, first + (start + length) * DAY) for n, (start, length) in enumerate(spans)
    ]
    for week in calendar.weeks(first, last):
        found = calendar.cells(week, entries)
        for entry in entries:
            covered = [cell.day for cell in found for piece in cell.bars if piece and piece.entry is entry]
            covered += [cell.day for cell in found for one in cell.entries if one is entry]
            assert covered == [each for each in week.days if entry.first_day <= each <= entry.last_day]
            lanes = {lane for cell in found for lane, piece in enumerate(cell.bars) if piece and piece.entry is entry}
            assert len(lanes) <= 1


# Whose day it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "zone_name", "expected"),
    [
        ("2026-12-10T15:00", "2026-12-10T18:00", "America/New_York", ("2026-12-10", "2026-12-10")),
        ("2026-12-10T15:00", "2026-12-10T18:00", "Asia/Tokyo", ("2026-12-11", "2026-12-11")),
        ("2026-12-11T03:00", "2026-12-11T05:00", "America/New_York", ("2026-12-10", "2026-12-10")),
        ("2026-12-11T03:00", "2026-12-11T05:01", "America/New_York", ("2026-12-10", "2026-12-11")),
        ("2027-11-07T04:00", "2027-11-08T05:00", "America/New_York", ("2027-11-07", "2027-11-07")),
        ("2027-03-14T05:00", "2027-03-15T04:00", "America/New_York", ("2027-03-14", "2027-03-14")),
    ],
)
def test_a_meeting_stands_on_the_days_of_the_readers_zone(starts, ends, zone_name, expected):
    starts_at, ends_at = (dt.datetime.fromisoformat(each).replace(tzinfo=dt.UTC) for each in (starts, ends))
    assert calendar.days_of(starts_at, ends_at, zone_name) == (day(expected[0]), day(expected[1]))


@given(st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31)), st.sampled_from(ZONES), st.integers(1, 60 * 23))
def test_it_stands_on_the_day_that_the_clock_shows_also_when_the_clocks_change(on, zone_name, minutes):
    starts_at = dt.datetime.combine(on, dt.time(12), zone(zone_name)).astimezone(dt.UTC)
    first, last = calendar.days_of(starts_at, starts_at + dt.timedelta(minutes=minutes), zone_name)
    assert first == starts_at.astimezone(zone(zone_name)).date()
    assert last - first in (dt.timedelta(0), DAY)
    assert (last == first) or (starts_at + dt.timedelta(minutes=minutes)).astimezone(zone(zone_name)).date() == last


# How far apart the clocks are ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "other", "first", "last", "expected"),
    [
        (
            "America/Toronto", "America/Mexico_City", "2027-09-01", "2027-09-30",
            [(120, "2027-09-01", "2027-11-07")],
        ),
        (
            "America/Mexico_City", "America/Toronto", "2027-09-01", "2027-09-30",
            [(-120, "2027-09-01", "2027-11-07")],
        ),
        (
            "America/Toronto", "America/Mexico_City", "2027-11-01", "2027-11-30",
            [(120, "2027-11-01", "2027-11-07"), (60, "2027-11-07", "2028-03-12")],
        ),
        (
            "America/Toronto", "America/Mexico_City", "2027-01-01", "2027-12-31",
            [(60, "2027-01-01", "2027-03-14"), (120, "2027-03-14", "2027-11-07"), (60, "2027-11-07", "2028-03-12")],
        ),
        ("America/Toronto", "America/New_York", "2027-09-01", "2027-09-30", [(0, "2027-09-01", None)]),
        ("America/Bogota", "America/Lima", "2027-09-01", "2027-09-30", [(0, "2027-09-01", None)]),
        ("Asia/Tokyo", "America/Mexico_City", "2027-09-01", "2027-09-30", [(900, "2027-09-01", None)]),
    ],
)  # fmt: skip
def test_the_difference_is_told_until_the_day_it_changes(own, other, first, last, expected):
    found = calendar.differences(own, other, day(first), day(last))
    assert [(each.minutes_behind, each.since, each.until) for each in found] == [
        (minutes, day(since), until and day(until)) for minutes, since, until in expected
    ]
