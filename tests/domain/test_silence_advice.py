"""What is worth a second look about the end of a silence, and the next instant at which nothing is."""

from __future__ import annotations

import datetime as dt

import pytest

from app.domain.silence_advice import advice_on, next_good_instant

CAPITALS = {"CA": "America/Toronto", "MX": "America/Mexico_City", "US": "America/New_York"}
NOW = dt.datetime(2026, 11, 10, 15, 0, tzinfo=dt.UTC)
NEW_YORK = "America/New_York"


def utc(month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("ends_at", "found"),
    [
        (utc(11, 24, 22), []),  # Tuesday, 17:00 in the east, 16:00 in Mexico City
        (utc(11, 11, 14), [("short", None), ("closure", "CA"), ("closure", "US")]),  # 11 November
        (utc(11, 16, 18), [("closure", "MX")]),  # the third Monday of November
        (utc(11, 21, 18), [("weekend", "CA"), ("weekend", "MX"), ("weekend", "US")]),
        (utc(11, 24, 12), [("night", "MX")]),  # 7:00 in the east is day, 6:00 in Mexico City is not
        (utc(11, 25, 2), []),  # 21:00 in the east is day still
        (utc(11, 25, 3), [("night", "CA"), ("night", "US")]),
        (utc(11, 26, 18), [("closure", "US")]),  # Thanksgiving
        (utc(12, 25, 6), [("closure", "CA"), ("night", "CA"), ("closure", "MX"), ("night", "MX"), ("closure", "US"),
                          ("night", "US")]),
    ],
)  # fmt: skip
def test_what_is_worth_a_second_look(ends_at: dt.datetime, found: list[tuple[str, str | None]]) -> None:
    assert [(each.key, each.party) for each in advice_on(ends_at, NOW, CAPITALS)] == found


def test_only_those_who_are_asked_have_capitals() -> None:
    assert advice_on(utc(11, 26, 18), NOW, {"CA": "America/Toronto", "MX": "America/Mexico_City"}) == ()


@pytest.mark.parametrize(
    ("wished", "good"),
    [
        (utc(11, 24, 22), utc(11, 24, 22)),
        (utc(11, 24, 21, 30), utc(11, 24, 22)),
        (utc(11, 24, 22, 1), utc(11, 25, 15)),  # 9:00 in Mexico City is the first hour that all work
        (utc(11, 20, 23), utc(11, 23, 15)),  # over a weekend
        (utc(11, 13, 23), utc(11, 17, 15)),  # and over a Mexican Monday
        (utc(12, 24, 23), utc(12, 29, 15)),  # Christmas, a weekend, and Boxing Day moved to a Monday
    ],
)
def test_the_next_good_instant(wished: dt.datetime, good: dt.datetime) -> None:
    assert next_good_instant(wished, NEW_YORK, CAPITALS) == good
    assert advice_on(good, NOW, CAPITALS) == ()


def test_half_the_world_apart_there_is_none() -> None:
    assert next_good_instant(utc(11, 24, 22), NEW_YORK, {"US": NEW_YORK, "XX": "Asia/Shanghai"}) is None
