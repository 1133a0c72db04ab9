# ruff: noqa: DTZ001 - a wall time has no zone of its own; that is what is tested here
from datetime import UTC, date, datetime, time

import pytest

from app.domain.errors import Refusal
from app.domain.walltime import (
    TimeInFold,
    TimeInGap,
    day_starts_at,
    days,
    days_bounds,
    in_zone,
    offset_minutes,
    resolve,
    sittings,
)
from app.domain.zones import tzdata_version


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("wall", "zone_name", "instant", "offset"),
    [
        (datetime(2026, 12, 10, 10, 0), "America/New_York", utc(2026, 12, 10, 15, 0), -300),
        (datetime(2026, 7, 1, 10, 0), "America/New_York", utc(2026, 7, 1, 14, 0), -240),
        (datetime(2026, 7, 1, 10, 0), "America/Mexico_City", utc(2026, 7, 1, 16, 0), -360),
        # The night on which New York jumps is a night like any other in Mexico City.
        (datetime(2027, 3, 14, 2, 30), "America/Mexico_City", utc(2027, 3, 14, 8, 30), -360),
        (datetime(2026, 11, 1, 1, 30), "America/Mexico_City", utc(2026, 11, 1, 7, 30), -360),
        # British Columbia keeps UTC-7 since November 2026, which a stale machine does not know.
        (datetime(2027, 1, 15, 9, 0), "America/Vancouver", utc(2027, 1, 15, 16, 0), -420),
        (datetime(2026, 11, 1, 1, 30), "America/Vancouver", utc(2026, 11, 1, 8, 30), -420),
        (datetime(2027, 3, 14, 2, 30), "America/Vancouver", utc(2027, 3, 14, 9, 30), -420),
        # The minutes around the changes of New York.
        (datetime(2027, 3, 14, 1, 59), "America/New_York", utc(2027, 3, 14, 6, 59), -300),
        (datetime(2027, 3, 14, 3, 0), "America/New_York", utc(2027, 3, 14, 7, 0), -240),
        (datetime(2026, 11, 1, 0, 59), "America/New_York", utc(2026, 11, 1, 4, 59), -240),
        (datetime(2026, 11, 1, 2, 0), "America/New_York", utc(2026, 11, 1, 7, 0), -300),
    ],
)
def test_a_wall_time_is_one_instant(wall, zone_name, instant, offset):
    resolved = resolve(wall, zone_name)
    assert resolved.instant == instant
    assert resolved.offset_minutes == offset
    assert (resolved.wall, resolved.zone_name, resolved.fold) == (wall, zone_name, 0)
    assert resolved.tzdata == tzdata_version()
    assert in_zone(resolved.instant, zone_name).replace(tzinfo=None) == wall


@pytest.mark.parametrize(
    ("wall", "zone_name", "earlier", "later"),
    [
        (datetime(2027, 3, 14, 2, 30), "America/New_York", datetime(2027, 3, 14, 1, 30), datetime(2027, 3, 14, 3, 30)),
        (datetime(2027, 3, 14, 2, 0), "America/Toronto", datetime(2027, 3, 14, 1, 0), datetime(2027, 3, 14, 3, 0)),
        (datetime(2022, 4, 3, 2, 15), "America/Mexico_City", datetime(2022, 4, 3, 1, 15), datetime(2022, 4, 3, 3, 15)),
        (
            datetime(2026, 10, 4, 2, 15),
            "Australia/Lord_Howe",
            datetime(2026, 10, 4, 1, 45),
            datetime(2026, 10, 4, 2, 45),
        ),
    ],
)
def test_a_time_that_the_clocks_skip_is_asked_about(wall, zone_name, earlier, later):
    for choice in (None, "earlier", "later"):
        with pytest.raises(TimeInGap) as refused:
            resolve(wall, zone_name, choice, field="starts")
        assert (refused.value.key, refused.value.field) == ("time_in_gap", "starts")
        assert (refused.value.earlier, refused.value.later) == (earlier, later)
        assert refused.value.values == {"wall": wall, "zone": zone_name, "earlier": earlier, "later": later}
    resolve(earlier, zone_name)
    resolve(later, zone_name)


@pytest.mark.parametrize(
    ("wall", "zone_name", "earlier", "later", "offsets"),
    [
        (
            datetime(2026, 11, 1, 1, 30),
            "America/New_York",
            utc(2026, 11, 1, 5, 30),
            utc(2026, 11, 1, 6, 30),
            (-240, -300),
        ),
        (
            datetime(2022, 10, 30, 1, 0),
            "America/Mexico_City",
            utc(2022, 10, 30, 6, 0),
            utc(2022, 10, 30, 7, 0),
            (-300, -360),
        ),
    ],
)
def test_a_time_that_the_clocks_show_twice_needs_a_choice(wall, zone_name, earlier, later, offsets):
    with pytest.raises(TimeInFold) as refused:
        resolve(wall, zone_name)
    assert refused.value.key == "time_in_fold"
    assert (refused.value.earlier.instant, refused.value.later.instant) == (earlier, later)
    assert (refused.value.earlier.offset_minutes, refused.value.later.offset_minutes) == offsets
    assert refused.value.values["earlier_offset_minutes"] == offsets[0]
    assert refused.value.values["later_offset_minutes"] == offsets[1]
    assert (resolve(wall, zone_name, "earlier").instant, resolve(wall, zone_name, "earlier").fold) == (earlier, 0)
    assert (resolve(wall, zone_name, "later").instant, resolve(wall, zone_name, "later").fold) == (later, 1)


def test_a_fold_that_was_set_on_the_way_in_decides_nothing():
    with pytest.raises(TimeInFold):
        resolve(datetime(2026, 11, 1, 1, 30, fold=1), "America/New_York")


@pytest.mark.parametrize("zone_name", ["America/Nowhere", "", "EST", "../../etc/passwd", "UTC+3", "america/new_york"])
def test_an_unknown_zone_is_refused(zone_name):
    with pytest.raises(Refusal) as refused:
        resolve(datetime(2026, 12, 10, 10, 0), zone_name)
    assert (refused.value.key, refused.value.field) == ("unknown_zone", "zone")


@pytest.mark.parametrize("year", [1, 1899, 2200, 9999])
def test_a_year_out_of_reach_is_refused(year):
    with pytest.raises(Refusal) as refused:
        resolve(datetime(year, 1, 1, 0, 0), "America/New_York")
    assert refused.value.key == "year_out_of_range"
    assert refused.value.values == {"first": 1900, "last": 2199}


def test_only_naive_wall_times_and_aware_instants_are_taken():
    with pytest.raises(ValueError, match="no zone of its own"):
        resolve(utc(2026, 1, 1), "America/New_York")
    with pytest.raises(ValueError, match="aware"):
        in_zone(datetime(2026, 1, 1), "America/New_York")


def test_offset_of_ottawa_over_mexico_city_changes_in_march():
    def difference(instant):
        return offset_minutes(instant, "America/Toronto") - offset_minutes(instant, "America/Mexico_City")

    assert difference(utc(2027, 3, 14, 6, 59)) == 60
    assert difference(utc(2027, 3, 14, 7, 0)) == 120


def test_sittings_keep_the_wall_hours_over_a_clock_change():
    days_of_march = sittings(date(2027, 3, 13), date(2027, 3, 15), time(10), time(13), "America/New_York")
    assert [(sitting.day, sitting.starts.instant, sitting.ends.instant) for sitting in days_of_march] == [
        (date(2027, 3, 13), utc(2027, 3, 13, 15), utc(2027, 3, 13, 18)),
        (date(2027, 3, 14), utc(2027, 3, 14, 14), utc(2027, 3, 14, 17)),
        (date(2027, 3, 15), utc(2027, 3, 15, 14), utc(2027, 3, 15, 17)),
    ]
    assert [sitting.minutes for sitting in days_of_march] == [180, 180, 180]


def test_a_sitting_over_a_change_lasts_what_it_really_lasts():
    (spring,) = sittings(date(2027, 3, 14), date(2027, 3, 14), time(1), time(4), "America/New_York")
    (autumn,) = sittings(date(2026, 11, 1), date(2026, 11, 1), time(0, 30), time(4), "America/New_York")
    assert (spring.minutes, autumn.minutes) == (120, 270)


def test_one_choice_serves_the_day_that_needs_it():
    with pytest.raises(TimeInFold) as refused:
        sittings(date(2026, 10, 31), date(2026, 11, 2), time(1, 30), time(4), "America/New_York")
    assert refused.value.field == "starts"
    chosen = sittings(date(2026, 10, 31), date(2026, 11, 2), time(1, 30), time(4), "America/New_York", "later")
    assert [sitting.starts.fold for sitting in chosen] == [0, 1, 0]


@pytest.mark.parametrize(
    ("first_day", "last_day", "starts", "ends", "key", "field"),
    [
        (date(2026, 12, 10), date(2026, 12, 10), time(13), time(10), "ends_before_start", "ends"),
        (date(2026, 12, 10), date(2026, 12, 10), time(10), time(10), "ends_before_start", "ends"),
        (date(2026, 12, 10), date(2026, 12, 11), time(22), time(1), "ends_before_start", "ends"),
        (date(2026, 12, 10), date(2026, 12, 9), time(10), time(13), "ends_before_start", "last_day"),
        (date(2026, 12, 1), date(2027, 1, 1), time(10), time(13), "too_many_days", "last_day"),
        (date(2026, 1, 1), date(2027, 2, 4), time(10), time(13), "too_many_days", "last_day"),
        (date(26, 12, 10), date(2026, 12, 10), time(10), time(13), "year_out_of_range", "first_day"),
        (date(2027, 3, 13), date(2027, 3, 15), time(2, 30), time(5), "time_in_gap", "starts"),
        (date(2027, 3, 13), date(2027, 3, 15), time(1, 30), time(2, 30), "time_in_gap", "ends"),
    ],
)
def test_sittings_that_cannot_be_are_refused(first_day, last_day, starts, ends, key, field):
    with pytest.raises(Refusal) as refused:
        sittings(first_day, last_day, starts, ends, "America/New_York")
    assert (refused.value.key, refused.value.field) == (key, field)


def test_thirty_one_days_are_the_most():
    assert len(days(date(2026, 12, 1), date(2026, 12, 31))) == 31
    with pytest.raises(Refusal) as refused:
        days(date(2026, 12, 1), date(2027, 1, 1))
    assert refused.value.values == {"limit": 31, "days": 32}


@pytest.mark.parametrize(
    ("day", "zone_name", "instant"),
    [
        (date(2026, 12, 10), "America/Mexico_City", utc(2026, 12, 10, 6)),
        (date(2018, 11, 4), "America/Sao_Paulo", utc(2018, 11, 4, 3)),  # midnight itself was skipped
        (date(1919, 3, 31), "America/Toronto", utc(1919, 3, 31, 4, 30)),  # skipped from 23:30 to 0:30
        (date(2026, 11, 1), "America/Havana", utc(2026, 11, 1, 4)),  # midnight comes twice
    ],
)
def test_a_day_begins_even_where_the_clocks_skip_midnight(day, zone_name, instant):
    assert day_starts_at(day, zone_name) == instant


def test_days_without_hours_are_bounded_by_midnights():
    assert days_bounds(date(2027, 3, 13), date(2027, 3, 14), "America/New_York") == (
        utc(2027, 3, 13, 5),
        utc(2027, 3, 15, 4),
    )
