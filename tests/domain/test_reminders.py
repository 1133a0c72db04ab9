"""When somebody is reminded: at each stage once, in working days, and never of what is not owed."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import closures
from app.domain import reminders as rules
from app.domain.reminders import DueLeg, Stage, Told
from app.models.reminders import REMINDER_STAGES
from tests import world

OWNER, COORDINATOR, OTHER = (world.CAST[key].id for key in ("diego", "ana", "lucia"))
DUE = dt.date(2026, 12, 15)  # a Tuesday


def leg(due_on: dt.date | None = DUE, **changed: object) -> DueLeg:
    values = {"is_accepted": True, "is_owed": True, "due_on": due_on, "owner": OWNER, "coordinators": (COORDINATOR,)}
    return DueLeg(**(values | changed))  # type: ignore[arg-type]


def open_on_weekdays(_: dt.date) -> bool:
    return False


def closed_in_mexico(day: dt.date) -> bool:
    return closures.is_closed("MX", day)


def test_the_stages_are_those_that_rows_may_have() -> None:
    assert rules.STAGES == REMINDER_STAGES == get_args(Stage)


@pytest.mark.parametrize(
    ("today", "stage"),
    [
        ("2026-12-07", None),  # eight days before
        ("2026-12-08", "before"),
        ("2026-12-12", None),  # a Saturday
        ("2026-12-14", "before"),
        ("2026-12-15", "on"),
        ("2026-12-16", "after"),
        ("2026-12-25", None),  # a closure
        ("2026-12-28", "after"),
        ("2026-12-29", "coordinator"),
        ("2027-01-01", None),
        ("2027-01-28", "coordinator"),
        ("2027-01-29", None),  # a month and a half is enough
    ],
)
def test_the_stage_of_a_day(today: str, stage: str | None) -> None:
    day = dt.date.fromisoformat(today)
    assert rules.stage_on(DUE, day, is_working=rules.is_working_day(day, closed_in_mexico)) == stage


@pytest.mark.parametrize(
    ("due", "today", "stages"),
    [
        ("2026-12-25", "2026-12-25", ["on"]),  # due that very day, though it is a closure
        ("2026-12-26", "2026-12-25", []),  # a closure, and due tomorrow
        ("2026-12-26", "2026-12-26", ["on"]),  # a Saturday, and due that very day
        ("2026-12-24", "2026-12-25", []),
        ("2026-12-24", "2026-12-28", ["after"]),  # moved to the next working day
    ],
)
def test_closures_and_weekends(due: str, today: str, stages: list[str]) -> None:
    found = rules.due_reminders(
        leg(dt.date.fromisoformat(due)), dt.date.fromisoformat(today), closed_in_mexico, {}, set()
    )
    assert [stage for stage, _, _ in found] == stages


@pytest.mark.parametrize(
    ("changed", "today", "told"),
    [
        ({}, "2026-12-15", [OWNER]),
        ({}, "2026-12-29", [COORDINATOR]),
        ({"owner": None, "coordinators": (COORDINATOR, OTHER)}, "2026-12-15", [COORDINATOR, OTHER]),
        ({"owner": COORDINATOR}, "2026-12-29", [COORDINATOR]),
        ({"owner": None, "coordinators": ()}, "2026-12-15", []),
        ({"is_accepted": False}, "2026-12-15", []),
        ({"is_owed": False}, "2026-12-15", []),
        ({"due_on": None}, "2026-12-15", []),
    ],
)
def test_who_is_reminded(changed: dict[str, object], today: str, told: list[uuid.UUID]) -> None:
    found = rules.due_reminders(leg(**changed), dt.date.fromisoformat(today), open_on_weekdays, {}, set())  # type: ignore[arg-type]
    assert [person for _, _, person in found] == told


def test_who_chose_never_is_not_reminded_and_the_coordinator_is() -> None:
    choices: dict[uuid.UUID, rules.Choice] = {OWNER: "never", COORDINATOR: "digest"}
    assert rules.due_reminders(leg(), DUE, open_on_weekdays, choices, set()) == ()
    later = DUE + dt.timedelta(days=14)
    assert rules.due_reminders(leg(), later, open_on_weekdays, choices, set()) == (("coordinator", DUE, COORDINATOR),)


def test_a_day_that_moved_begins_anew() -> None:
    told: set[Told] = {("before", DUE, OWNER), ("on", DUE, OWNER)}
    assert rules.due_reminders(leg(), DUE, open_on_weekdays, {}, told) == ()
    moved = DUE + dt.timedelta(days=3)
    assert rules.due_reminders(leg(moved), DUE, open_on_weekdays, {}, told) == (("before", moved, OWNER),)


# Over any closures, and any order and repetition of runs ------------------------------------------------

DAYS = st.integers(-12, 60).map(lambda ahead: DUE + dt.timedelta(days=ahead))


@given(closed=st.sets(DAYS), runs=st.lists(DAYS), due=st.integers(0, 6).map(lambda n: DUE + dt.timedelta(days=n)))
def test_each_key_once_and_never_on_a_closure(closed: set[dt.date], runs: list[dt.date], due: dt.date) -> None:
    told: list[Told] = []
    for today in runs:
        made = rules.due_reminders(leg(due), today, closed.__contains__, {}, set(told))
        if today.weekday() >= 5 or today in closed:
            assert not made or today == due
        assert len({stage for stage, _, _ in made}) <= 1
        told += made
    assert len(told) == len(set(told))


@given(closed=st.sets(DAYS), due=st.integers(0, 6).map(lambda n: DUE + dt.timedelta(days=n)))
def test_no_leg_goes_without_a_reminder_before_its_day(closed: set[dt.date], due: dt.date) -> None:
    """Run every day: one before its day if any of the seven before was a working day, and always one on it."""
    told: set[Told] = set()
    days = [due + dt.timedelta(days=ahead) for ahead in range(-12, 60)]
    for today in days:
        told |= set(rules.due_reminders(leg(due), today, closed.__contains__, {}, told))
    week = [due - dt.timedelta(days=ahead) for ahead in range(1, 8)]
    could_work = any(day.weekday() < 5 and day not in closed for day in week)
    assert (("before", due, OWNER) in told) == could_work
    assert ("on", due, OWNER) in told


# The morning -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wall", "due", "expected"),
    [
        ("2026-12-14T08:00", None, None),
        ("2026-12-14T23:59", None, None),
        ("2026-12-14T07:59", None, "2026-12-14T08:00"),
        ("2026-12-12T10:00", None, "2026-12-14T08:00"),  # a Saturday
        ("2026-12-12T10:00", "2026-12-12", None),
        ("2026-12-12T10:00", "2026-12-13", "2026-12-13T08:00"),
        ("2026-12-12T06:00", "2026-12-12", "2026-12-12T08:00"),
        ("2026-12-25T09:00", None, "2026-12-28T08:00"),
    ],
)
def test_when_a_mail_may_go_out(wall: str, due: str | None, expected: str | None) -> None:
    days = {dt.date.fromisoformat(due)} if due else set()
    found = rules.not_before(dt.datetime.fromisoformat(wall), days, closed_in_mexico)
    assert found == (dt.datetime.fromisoformat(expected) if expected else None)


A, B, C = (uuid.UUID(int=number) for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("choice", "new", "left_over", "had", "post"),
    [
        ("digest", [A, B], [], False, rules.Post((), (A, B))),
        ("digest", [A], [C], False, rules.Post((), (C, A))),
        ("digest", [A], [C], True, rules.Post()),
        ("digest", [], [], False, rules.Post()),
        ("at_once", [A, B], [], True, rules.Post((A, B), ())),
        ("at_once", [A], [B, C], False, rules.Post((A,), (B, C))),
        ("never", [A], [B], False, rules.Post()),
    ],
)
def test_what_goes_out_together(
    choice: rules.Choice, new: list[uuid.UUID], left_over: list[uuid.UUID], had: bool, post: rules.Post
) -> None:
    assert rules.post_of(choice, new, left_over, had_a_digest_today=had) == post


def test_the_last_stage_stands_for_those_before_it() -> None:
    assert rules.last_stage(["after", "before", "on"]) == "after"
