"""When papers are due: 10-4-6 weeks counted back from the meeting, moved with it, at once where it is sooner."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.paper_dates import LEADS, PaperDates, lead_of, paper_dates, worked_on_weeks


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


MEETING = (day("2026-12-10"), day("2026-12-11"))


@pytest.mark.parametrize(
    ("kind", "changed", "due_on", "out_on"),
    [
        ("paper", {}, "2026-10-01", "2026-10-29"),  # 10 weeks before, and 6
        ("agenda", {}, "2026-10-01", "2026-10-29"),
        ("text", {}, "2026-11-19", "2026-11-26"),  # 3 weeks before, and 2
        ("report", {}, "2026-12-25", "2026-12-25"),  # 2 weeks after its last day
        ("paper", {"lead_weeks": 5}, "2026-11-05", "2026-11-19"),
        ("paper", {"lead_weeks": 0}, "2026-12-10", "2026-12-10"),
        ("paper", {"set_on": day("2026-11-30")}, "2026-11-30", "2026-11-30"),
        ("paper", {"set_on": day("2026-09-01")}, "2026-09-01", "2026-10-29"),
    ],
)
def test_a_paper_is_due_so_many_weeks_before(kind: str, changed: dict[str, Any], due_on: str, out_on: str) -> None:
    found = paper_dates(kind, MEETING, asked_on=day("2026-08-01"), **changed)
    assert (found.due_on, found.out_on) == (day(due_on), day(out_on))
    assert (found.is_by_hand, found.is_at_once) == ("set_on" in changed, False)


def test_it_moves_with_its_meeting_unless_it_was_set_by_hand() -> None:
    later = (day("2027-01-14"), day("2027-01-14"))
    asked = day("2026-08-01")
    assert paper_dates("paper", later, asked_on=asked).due_on == day("2026-11-05")
    assert paper_dates("paper", later, asked_on=asked, set_on=day("2026-11-30")).due_on == day("2026-11-30")
    assert paper_dates("paper", None, asked_on=asked) == PaperDates(None, None)
    assert paper_dates("paper", None, asked_on=asked, set_on=day("2026-11-30")).out_on is None


def test_a_meeting_that_is_sooner_asks_for_its_papers_at_once() -> None:
    """Nobody is late with a paper that was asked for after its day."""
    found = paper_dates("paper", MEETING, asked_on=day("2026-11-22"))
    assert found == PaperDates(day("2026-11-22"), day("2026-11-22"), is_at_once=True)
    assert [found.standing(day(on), "expected") for on in ("2026-11-22", "2026-12-05")] == ["at_once", "at_once"]
    begun = paper_dates("paper", MEETING, asked_on=day("2026-10-08"))
    assert begun == PaperDates(day("2026-10-08"), day("2026-10-29"), is_at_once=True)


@pytest.mark.parametrize(
    ("today", "state", "expected"),
    [
        ("2026-10-01", "expected", "on_time"),
        ("2026-10-02", "expected", "overdue"),
        ("2026-10-02", "received", "received"),
        ("2026-10-02", "withdrawn", "received"),
    ],
)
def test_how_a_paper_stands(today: str, state: str, expected: str) -> None:
    assert paper_dates("paper", MEETING, asked_on=day("2026-08-01")).standing(day(today), state) == expected


def test_without_a_day_nothing_is_due() -> None:
    assert PaperDates(None, None).standing(day("2026-10-01"), "expected") == "none"


@given(weeks=st.integers(-12, 52))
def test_work_on_a_paper_takes_less_than_its_lead(weeks: int) -> None:
    assert 0 <= worked_on_weeks(weeks) <= max(weeks, 0)
    assert lead_of("paper", weeks) == weeks


@given(kind=st.sampled_from(sorted(LEADS)), asked=st.dates(day("2026-01-01"), day("2027-12-31")))
def test_nothing_is_due_before_it_was_asked_for_nor_out_before_it_is_due(kind: str, asked: dt.date) -> None:
    found = paper_dates(kind, MEETING, asked_on=asked)
    assert found.due_on is not None
    assert found.out_on is not None
    assert found.out_on >= found.due_on >= min(asked, day("2026-12-25"))
