"""How people type a time of day, in the languages that they type in."""

from __future__ import annotations

import datetime as dt

import pytest

from app.web.forms import hour_of_day


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("14:30", dt.time(14, 30)),
        ("9:05", dt.time(9, 5)),
        ("09:05:00", dt.time(9, 5)),
        ("14 h 30", dt.time(14, 30)),
        ("14h30", dt.time(14, 30)),
        ("14\u00a0h\u00a030", dt.time(14, 30)),
        ("9 h", dt.time(9)),
        ("0h05", dt.time(0, 5)),
        ("14H30", dt.time(14, 30)),
    ],
)
def test_an_hour_is_read_as_it_is_typed(written: str, meant: dt.time) -> None:
    assert hour_of_day(written) == meant


@pytest.mark.parametrize(
    "written", ["24:00", "14:60", "14", "2:30 PM", "14.30", "14:3", "14 h 3", "h30", "١٤:٣٠", "14:30:15"]
)
def test_what_is_no_hour_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        hour_of_day(written)
