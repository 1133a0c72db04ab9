"""Around a meeting: what may stand around what, what has moved, and which periods a meeting can serve."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.around import (
    KINDS,
    ParentFacts,
    check_has_parent,
    check_parent,
    counts,
    days_moved,
    event_code,
    event_key,
    is_circular,
    moved,
    periods_near,
    standing,
)
from app.domain.catalogue_types import Cadence
from app.domain.errors import Refusal
from app.models import meetings as models

DAY = dt.date(2027, 3, 10)
SUMMIT = ParentFacts(DAY, is_called_off=False, parties=frozenset({"CA", "MX", "US"}))
BILATERAL = ParentFacts(DAY, is_called_off=False, parties=frozenset({"MX", "US"}))
ASSEMBLY = ParentFacts(DAY, is_called_off=False)


def test_the_kinds_are_those_that_the_rows_allow_and_two_of_them_count() -> None:
    assert KINDS == models.KINDS
    assert [kind for kind in KINDS if counts(kind)] == ["session", "urgent"]


@pytest.mark.parametrize(
    ("kind", "parties", "parent", "key"),
    [
        ("panel", ("MX", "US"), SUMMIT, None),
        ("side_session", ("CA", "MX", "US"), SUMMIT, None),
        ("preparatory", ("CA",), SUMMIT, None),
        ("preparatory", ("CA", "MX"), BILATERAL, "parent_has_other_parties"),
        ("panel", ("CA", "MX", "US"), BILATERAL, "parent_has_other_parties"),
        ("session", ("CA", "US"), BILATERAL, "parent_has_other_parties"),
        ("session", ("CA", "US"), ASSEMBLY, None),
        ("preparatory", ("CA", "US"), ASSEMBLY, None),
        ("panel", ("MX", "US"), ASSEMBLY, "part_of_an_event"),
        ("side_session", ("MX", "US"), ASSEMBLY, "part_of_an_event"),
        ("session", ("CA",), None, None),
    ],
)
def test_who_meets_around_a_meeting_is_at_that_meeting_too(kind, parties, parent, key) -> None:
    if key is None:
        check_parent(kind, parties, parent)
        return
    with pytest.raises(Refusal) as caught:
        check_parent(kind, parties, parent)
    assert (caught.value.key, caught.value.field) == (key, "around")


@pytest.mark.parametrize(
    ("kind", "is_refused"), [("panel", True), ("side_session", True), ("preparatory", False), ("session", False)]
)
def test_only_a_part_needs_something_that_it_is_part_of(kind: str, is_refused: bool) -> None:
    if is_refused:
        with pytest.raises(Refusal) as caught:
            check_has_parent(kind, None)
        assert caught.value.key == "part_needs_parent"
    else:
        check_has_parent(kind, None)
    check_has_parent(kind, SUMMIT)


@pytest.mark.parametrize(
    ("parents", "first", "expected"),
    [
        ({}, "B", False),
        ({}, "A", True),
        ({"B": "A"}, "B", True),
        ({"B": "C", "C": "A"}, "B", True),
        ({"B": "C", "C": "D"}, "B", False),
        ({"B": "C", "C": "B"}, "B", False),  # a circle elsewhere is no reason to look for ever
    ],
)
def test_a_meeting_is_not_around_itself(parents, first, expected) -> None:
    assert is_circular("A", parents, first) is expected


@given(st.lists(st.integers(0, 8), min_size=2, max_size=9, unique=True))
def test_a_line_of_any_length_is_a_circle_when_its_end_is_put_around_its_beginning(line: list[int]) -> None:
    parents = dict(itertools.pairwise(line))
    assert is_circular(line[-1], parents, line[0])
    assert not is_circular(99, parents, line[0])


@pytest.mark.parametrize(
    ("starts_on", "called_off", "followed", "said", "days"),
    [
        (DAY, False, DAY, "as_set", 0),
        (dt.date(2027, 3, 12), False, DAY, "moved", 2),
        (dt.date(2027, 2, 28), False, dt.date(2027, 3, 1), "moved", -1),
        (dt.date(2028, 3, 1), False, dt.date(2028, 2, 28), "moved", 2),
        (dt.date(2027, 3, 12), True, DAY, "called_off", 2),
        (DAY, False, None, "as_set", 0),
        (DAY, True, None, "called_off", 0),
    ],
)
def test_what_has_become_of_what_a_meeting_is_around(starts_on, called_off, followed, said, days) -> None:
    parent = ParentFacts(starts_on, is_called_off=called_off)
    assert standing(parent, followed) == said
    assert days_moved(parent, followed) == days


def test_days_move_over_a_leap_day_and_not_beyond_the_calendar() -> None:
    assert moved(dt.date(2028, 2, 28), 2) == dt.date(2028, 3, 1)
    assert moved(None, 2) is None
    with pytest.raises(Refusal) as caught:
        moved(dt.date.max, 1)
    assert caught.value.key == "year_out_of_range"


def test_a_draft_names_an_event_by_its_code() -> None:
    assert event_key("unga-82") == "event:unga-82"
    assert event_code("event:unga-82") == "unga-82"
    assert event_code("UNC-2026-1") is None


def year(number: int) -> tuple[dt.date, dt.date]:
    return dt.date(number, 1, 1), dt.date(number, 12, 31)


FIRST = (dt.date(2026, 6, 29), dt.date(2026, 12, 31))


@pytest.mark.parametrize(
    ("mandate_on", "day", "expected"),
    [
        (dt.date(2016, 1, 1), dt.date(2027, 1, 20), (year(2026), year(2027), year(2028))),
        (dt.date(2027, 1, 1), dt.date(2027, 6, 1), (year(2027), year(2028))),
        (dt.date(2026, 6, 29), dt.date(2027, 1, 20), (FIRST, year(2027), year(2028))),
        (dt.date(2026, 6, 29), dt.date(2026, 1, 20), (FIRST,)),
        (None, dt.date(2027, 1, 20), ()),
    ],
)  # fmt: skip
def test_a_meeting_can_serve_its_own_period_and_the_two_beside_it(mandate_on, day, expected) -> None:
    cadence = Cadence(minimum_meetings=1, period_months=12, anchor="calendar_year")
    assert periods_near(cadence, mandate_on, day) == expected
    assert periods_near(None, mandate_on, day) == ()
