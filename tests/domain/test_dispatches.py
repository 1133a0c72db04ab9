"""Mails on their way: how long one is tried, which of several still says something, and when a digest comes."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import dispatches as rules
from app.domain.dispatches import Waiting
from app.domain.walltime import in_zone

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
KINDS = sorted(rules._CHOSEN_FOR | {"poll_opened", "poll_reminder"})


@pytest.mark.parametrize(
    ("failing_for", "wait"),
    [(0 * MINUTE, MINUTE), (MINUTE, MINUTE), (2 * MINUTE, 2 * MINUTE), (59 * MINUTE, 59 * MINUTE), (5 * HOUR, HOUR)],
)
def test_a_mail_is_tried_less_and_less_often_but_every_hour(failing_for, wait):
    assert rules.wait_after(failing_for) == wait


@pytest.mark.parametrize(("days", "given_up"), [(1, False), (3, False), (4.9, False), (5, True), (9, True)])
def test_a_mail_is_given_up_by_its_age(days, given_up):
    assert rules.is_given_up(dt.timedelta(days=days)) is given_up


@pytest.mark.parametrize(
    ("kind", "state", "word"),
    [
        ("meeting_proposed", "proposed", "meeting_proposed"),
        ("meeting_proposed", "confirmed", "meeting_confirmed"),
        ("meeting_confirmed", "held", "meeting_confirmed"),
        ("meeting_confirmed", "cancelled", "meeting_cancelled"),
        ("meeting_confirmed", "proposed", "meeting_changed"),
        ("meeting_postponed", "proposed", "meeting_postponed"),
        ("meeting_reinstated", "postponed", "meeting_postponed"),
        ("meeting_changed", "cancelled", "meeting_changed"),
        ("answer_reported", "cancelled", "answer_reported"),
        ("roster_joined", "cancelled", "roster_joined"),
    ],
)
def test_a_mail_speaks_in_words_that_are_true_now(kind, state, word):
    assert rules.word_now(kind, state) == word


def stays(state: str | None, *told: str) -> list[str]:
    """Return which of the mails stay; each is `kind` of one meeting, or `kind@subject`."""
    waiting = [
        Waiting(str(place), kind, subject or "meeting")
        for place, (kind, _, subject) in enumerate(each.partition("@") for each in told)
    ]
    over = rules.superseded(waiting, {"meeting": state} if state else {})
    return [each for place, each in enumerate(told) if str(place) not in over]


@pytest.mark.parametrize(
    ("state", "told", "left"),
    [
        ("confirmed", ["meeting_proposed", "meeting_confirmed"], ["meeting_confirmed"]),
        ("confirmed", ["meeting_confirmed", "meeting_changed"], ["meeting_confirmed"]),
        ("proposed", ["meeting_confirmed", "meeting_changed"], ["meeting_changed"]),
        ("proposed", ["meeting_proposed", "meeting_changed", "meeting_changed"], ["meeting_proposed"]),
        ("cancelled", ["meeting_confirmed", "meeting_postponed", "meeting_cancelled"], ["meeting_cancelled"]),
        ("proposed", ["meeting_cancelled", "meeting_reinstated"], ["meeting_reinstated"]),
        ("proposed", ["meeting_changed", "meeting_left"], ["meeting_left"]),
        ("proposed", ["meeting_left", "meeting_proposed"], ["meeting_proposed"]),
        ("proposed", ["answer_reported", "meeting_changed"], ["meeting_changed"]),
        ("proposed", ["meeting_proposed", "answer_reported"], ["meeting_proposed", "answer_reported"]),
        ("confirmed", ["roster_joined", "meeting_confirmed"], ["roster_joined", "meeting_confirmed"]),
        ("confirmed", ["roster_joined", "roster_left"], ["roster_left"]),
        (None, ["poll_opened@p", "poll_reminder@p", "poll_reminder@p"], ["poll_opened@p", "poll_reminder@p"]),
        ("confirmed", ["meeting_changed", "meeting_changed@other"], ["meeting_changed", "meeting_changed@other"]),
    ],
)
def test_of_several_mails_one_says_where_a_meeting_stands(state, told, left):
    got = stays(state, *told)
    assert [each for each in got if each] == left


@given(
    st.lists(st.sampled_from(KINDS), max_size=8), st.sampled_from(["proposed", "confirmed", "postponed", "cancelled"])
)
def test_something_of_every_meeting_is_always_said(kinds, state):
    """Whatever waits, one mail stays that tells what stands, and never two."""
    left = stays(state, *kinds)
    telling = [kind for kind in kinds if rules.tells_state(kind)]
    assert len([kind for kind in left if rules.tells_state(kind)]) == min(1, len(telling))
    assert bool(left) is bool(kinds)
    assert stays(state, *left) == left


MEXICO = "America/Mexico_City"


@pytest.mark.parametrize(
    ("happened", "comes"),
    [
        ("2026-12-10T07:59", "2026-12-10T08:00"),
        ("2026-12-10T08:00", "2026-12-11T08:00"),
        ("2026-12-10T17:30", "2026-12-11T08:00"),
        ("2026-12-11T12:00", "2026-12-14T08:00"),  # a Friday
        ("2026-12-12T12:00", "2026-12-14T08:00"),
        ("2026-12-24T12:00", "2026-12-28T08:00"),  # Christmas is a Friday
    ],
)
def test_a_digest_comes_in_the_next_morning_of_a_working_day(happened, comes):
    zone = in_zone(dt.datetime(2026, 12, 10, tzinfo=dt.UTC), MEXICO).tzinfo
    wall, wanted = (dt.datetime.fromisoformat(each).replace(tzinfo=zone) for each in (happened, comes))
    assert rules.digest_at(wall, lambda day: day == dt.date(2026, 12, 25)) == wanted


@pytest.mark.parametrize(
    ("choice", "is_urgent", "at_once"),
    [("at_once", False, True), ("digest", False, False), ("digest", True, True), ("never", False, False)],
)
def test_urgent_meetings_wait_for_no_digest(choice, is_urgent, at_once):
    assert rules.comes_at_once(choice, is_urgent=is_urgent) is at_once


@pytest.mark.parametrize(
    ("kind", "chosen"),
    [("meeting_proposed", True), ("poll_reminder", True), ("roster_joined", True), ("answer_reported", True),
     ("invitation", False), ("decision_asked", False), ("reminder", False), ("meeting_digest", False)],
)  # fmt: skip
def test_what_people_choose_is_about_meetings_and_polls(kind, chosen):
    assert rules.is_chosen_for(kind) is chosen


def test_five_mails_are_no_flood():
    assert [rules.is_flood(count) for count in (0, 5, 6)] == [False, False, True]
