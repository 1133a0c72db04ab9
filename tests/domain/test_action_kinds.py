"""What each kind of action asks for, when data are expected next, and the whole read from its legs by an oracle."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.action_kinds import (
    FIELDS,
    KINDS,
    checked_facts,
    days_without_data,
    foreign_versions_changed,
    next_expected_on,
)
from app.domain.actions import LEG_STATES, OWED_STATES, LegState, whole_due_on, whole_state, why_whole
from app.domain.errors import Refusal
from app.models.actions import ACTION_KINDS

PARTIES = ("CA", "MX", "US")


def test_the_kinds_are_those_that_are_kept() -> None:
    assert KINDS == ACTION_KINDS == tuple(FIELDS)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("task", {"question": "Was it worth it?"}, {}),
        (
            "evaluation",
            {"question": " Did seizures fall? ", "period_from": "2026-01-01", "period_until": "2026-06-30"},
            {"question": "Did seizures fall?", "period_from": "2026-01-01", "period_until": "2026-06-30"},
        ),
        (
            "data_exchange",
            {"what": "Seizures by port", "from_whom": "CBP  and SAT", "every_months": " 3 ", "last_received_on": ""},
            {"what": "Seizures by port", "from_whom": "CBP and SAT", "every_months": 3},
        ),
        ("data_exchange", {"what": "Lists", "every_months": 12}, {"what": "Lists", "every_months": 12}),
        (
            "protocol",
            {"gap": "Two radio bands", "target": "", "national": {"MX": "NOM 12", "US": " "}},
            {"gap": "Two radio bands", "national": {"MX": "NOM 12"}},
        ),
        ("exercise", {"place": "Nogales", "starts_on": "2027-02-28"}, {"place": "Nogales", "starts_on": "2027-02-28"}),
        (
            "candidature",
            {"candidate": "J. Ortiz", "body": "ECOSOC", "election_on": "2028-02-29"},
            {"candidate": "J. Ortiz", "body": "ECOSOC", "election_on": "2028-02-29"},
        ),
    ],
)
def test_a_kind_keeps_its_own_fields_that_have_a_value(kind: str, typed: dict[str, Any], kept: dict[str, Any]) -> None:
    assert checked_facts(kind, typed, PARTIES) == kept
    assert checked_facts(kind, kept, PARTIES) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "key", "field"),
    [
        ("party", {}, "unknown_action_kind", "kind"),
        ("evaluation", {}, "required", "kind_question"),
        ("evaluation", {"question": "a", "period_from": "12/10/2026"}, "not_a_date", "kind_period_from"),
        ("evaluation", {"question": "a", "period_from": "2026-W10-1"}, "not_a_date", "kind_period_from"),
        ("evaluation", {"question": "a", "period_until": "0026-01-01"}, "year_out_of_range", "kind_period_until"),
        (
            "evaluation",
            {"question": "a", "period_from": "2026-02-01", "period_until": "2026-01-31"},
            "ends_before_start",
            "kind_period_until",
        ),
        ("data_exchange", {"what": "a", "every_months": "quarterly"}, "not_a_number", "kind_every_months"),
        ("data_exchange", {"what": "a", "every_months": "0"}, "months_out_of_range", "kind_every_months"),
        ("data_exchange", {"what": "a", "every_months": "121"}, "months_out_of_range", "kind_every_months"),
        ("protocol", {"national": {"XX": "a"}}, "unknown_party", "national_XX"),
        ("protocol", {"gap": "a" * 4001}, "too_long", "kind_gap"),
        ("exercise", {"starts_on": "2027-03-02", "ends_on": "2027-03-01"}, "ends_before_start", "kind_ends_on"),
        ("candidature", {"candidate": "J. Ortiz"}, "required", "kind_body"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(kind: str, typed: dict[str, Any], key: str, field: str) -> None:
    with pytest.raises(Refusal) as raised:
        checked_facts(kind, typed, PARTIES)
    assert (raised.value.key, raised.value.field) == (key, field)


@pytest.mark.parametrize(
    ("last", "months", "expected"),
    [
        ("2026-08-15", 3, date(2026, 11, 15)),
        ("2026-11-30", 3, date(2027, 2, 28)),
        ("2027-11-30", 3, date(2028, 2, 29)),
        ("2026-12-31", 12, date(2027, 12, 31)),
        (None, 3, None),
        ("2026-08-15", None, None),
    ],
)
def test_data_are_expected_as_long_after_as_was_agreed(
    last: str | None, months: int | None, expected: date | None
) -> None:
    assert next_expected_on({"last_received_on": last, "every_months": months}) == expected


@pytest.mark.parametrize(
    ("today", "is_owed", "days"),
    [
        (date(2026, 11, 15), True, 0),
        (date(2026, 11, 16), True, 1),
        (date(2026, 12, 15), True, 30),
        (date(2026, 12, 15), False, 0),
        (date(2026, 1, 1), True, 0),
    ],
)
def test_data_are_late_after_their_day_where_they_are_owed(today: date, is_owed: bool, days: int) -> None:
    facts = {"last_received_on": "2026-08-15", "every_months": 3}
    assert days_without_data(facts, today, is_owed=is_owed) == days


@pytest.mark.parametrize(
    ("was", "now", "own", "foreign"),
    [
        ({}, {"MX": "NOM 12"}, "US", ()),
        ({"MX": "NOM 12"}, {"MX": "NOM 13"}, "MX", ()),
        ({"MX": "NOM 12"}, {"MX": "NOM 13"}, "US", ("MX",)),
        ({"MX": "NOM 12"}, {}, None, ("MX",)),
        ({"MX": "NOM 12"}, {"MX": "NOM 12", "US": "ANSI"}, "CA", ()),
    ],
)
def test_a_partys_version_is_its_own_to_change(
    was: dict[str, str], now: dict[str, str], own: str | None, foreign: tuple[str, ...]
) -> None:
    assert foreign_versions_changed({"national": was}, {"national": now}, own) == foreign


# The whole, against an oracle ---------------------------------------------------------------------

LEGS = st.dictionaries(st.sampled_from(("CA", "MX", "US", "EU", "UN")), st.sampled_from(LEG_STATES))


def oracle(states: list[LegState]) -> str:
    """Say where the whole stands in another way than the rule does: by counting, from the table of the design."""
    count = {state: states.count(state) for state in LEG_STATES}
    if not states:
        return "open"
    counting = len(states) - count["dropped"]
    if counting == 0:
        return "dropped"
    if count["blocked"] > 0:
        return "blocked"
    if count["verified"] == counting:
        return "verified"
    if count["verified"] + count["done"] == counting:
        return "done"
    return "open" if count["open"] == counting else "under_way"


@given(LEGS)
def test_the_whole_is_what_an_independent_count_says(legs: dict[str, LegState]) -> None:
    assert whole_state(legs.values()) == oracle(list(legs.values()))


@given(LEGS)
def test_the_reason_that_is_shown_is_true_of_the_legs(legs: dict[str, LegState]) -> None:
    reason, parties = why_whole(legs)
    expected = {
        "no_leg": "open", "all_dropped": "dropped", "all_verified": "verified", "to_verify": "done",
        "blocked": "blocked", "none_begun": "open", "some_begun": "under_way",
    }  # fmt: skip
    assert expected[reason] == oracle(list(legs.values()))
    assert list(parties) == sorted(parties)
    told = {"to_verify": {"done"}, "blocked": {"blocked"}, "some_begun": {"under_way", "done", "verified"}}
    assert set(parties) == {code for code, state in legs.items() if state in told.get(reason, set())}
    if reason in told:
        assert parties


@given(st.lists(st.tuples(st.sampled_from(LEG_STATES), st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)))))
def test_no_day_of_the_whole_hides_an_earlier_one_that_is_owed(legs: list[tuple[LegState, date | None]]) -> None:
    due_on = whole_due_on(legs)
    owed = sorted(day for state, day in legs if state in OWED_STATES and day)
    known = sorted(day for _, day in legs if day)
    assert due_on == (owed[0] if owed else known[-1] if known else None)
