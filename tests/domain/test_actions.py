from datetime import UTC, date, datetime

import pytest

from app.domain.actions import (
    LEG_STATES,
    TRANSITIONS,
    check_transition,
    is_overdue,
    needs_reason,
    owed_order,
    today_in,
    whole_state,
)
from app.domain.errors import Refusal


@pytest.mark.parametrize(
    ("legs", "whole"),
    [
        ([], "open"),
        (["open", "open"], "open"),
        (["open", "under_way"], "under_way"),
        (["open", "done"], "under_way"),
        (["open", "verified"], "under_way"),
        (["done", "done"], "done"),
        (["done", "verified"], "done"),
        (["verified", "verified", "verified"], "verified"),
        (["done", "blocked"], "blocked"),
        (["open", "blocked", "under_way"], "blocked"),
        (["dropped", "dropped"], "dropped"),
        (["dropped", "done"], "done"),
        (["dropped", "verified"], "verified"),
        (["dropped", "open"], "open"),
        (["dropped", "blocked"], "blocked"),
    ],
)
def test_the_whole_is_read_from_its_legs(legs, whole):
    assert whole_state(legs) == whole
    assert whole_state(reversed(legs)) == whole


@pytest.mark.parametrize(
    ("state", "due_on", "today", "overdue"),
    [
        ("open", date(2026, 12, 10), date(2026, 12, 10), False),
        ("open", date(2026, 12, 10), date(2026, 12, 11), True),
        ("under_way", date(2026, 12, 10), date(2026, 12, 11), True),
        ("blocked", date(2026, 12, 10), date(2026, 12, 11), True),
        ("done", date(2026, 12, 10), date(2027, 12, 11), False),
        ("verified", date(2026, 12, 10), date(2027, 12, 11), False),
        ("dropped", date(2026, 12, 10), date(2027, 12, 11), False),
        ("open", None, date(2027, 12, 11), False),
    ],
)
def test_overdue_is_owed_after_the_due_day(state, due_on, today, overdue):
    assert is_overdue(state, due_on, today) is overdue


def test_the_day_is_the_owing_partys_own():
    now = datetime(2026, 12, 11, 5, 30, tzinfo=UTC)
    assert today_in(now, "America/Toronto") == date(2026, 12, 11)
    assert today_in(now, "America/Mexico_City") == date(2026, 12, 10)


def test_what_is_owed_is_read_by_due_date_and_no_date_comes_last():
    owed = [
        (None, "ACT-2026-MX-A01"),
        (date(2027, 1, 5), "UNC-2026-2-A01"),
        (date(2026, 12, 10), "UNC-2026-2-A09"),
        (date(2026, 12, 10), "NADD-2026-1-A03"),
    ]
    assert [reference for _, reference in sorted(owed, key=lambda row: owed_order(*row))] == [
        "NADD-2026-1-A03",
        "UNC-2026-2-A09",
        "UNC-2026-2-A01",
        "ACT-2026-MX-A01",
    ]


ALLOWED = {
    ("open", "under_way"),
    ("open", "blocked"),
    ("open", "done"),
    ("open", "dropped"),
    ("under_way", "open"),
    ("under_way", "blocked"),
    ("under_way", "done"),
    ("under_way", "dropped"),
    ("blocked", "open"),
    ("blocked", "under_way"),
    ("blocked", "done"),
    ("blocked", "dropped"),
    ("done", "verified"),
    ("done", "under_way"),
    ("verified", "under_way"),
    ("dropped", "open"),
}


@pytest.mark.parametrize("old", LEG_STATES)
@pytest.mark.parametrize("new", LEG_STATES)
def test_only_the_changes_of_the_table_are_allowed(old, new):
    if (old, new) in ALLOWED or old == new:
        assert check_transition(old, new, " because \n") == "because"
    else:
        with pytest.raises(Refusal) as refused:
            check_transition(old, new, "because")
        assert refused.value.key == "transition_not_allowed"
        assert refused.value.values == {"old": old, "new": new}


def test_the_table_knows_every_state():
    assert set(TRANSITIONS) == set(LEG_STATES)


@pytest.mark.parametrize(
    ("old", "new", "needed"),
    [
        ("open", "under_way", False),
        ("under_way", "done", False),
        ("done", "verified", False),
        ("open", "blocked", True),
        ("under_way", "dropped", True),
        ("blocked", "under_way", False),
        ("done", "under_way", True),
        ("verified", "under_way", True),
        ("dropped", "open", True),
    ],
)
def test_a_reason_is_owed_for_bad_news_and_for_going_back(old, new, needed):
    assert needs_reason(old, new) is needed
    if needed:
        with pytest.raises(Refusal) as refused:
            check_transition(old, new, "  ")
        assert (refused.value.key, refused.value.field) == ("reason_required", "reason")
    else:
        assert check_transition(old, new, None) is None
