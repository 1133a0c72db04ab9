"""Reminders of what is due: at which stage of its day, to whom, and in which morning.

One before (from seven days ahead), one on the day, one after (from the day after), and one to the coordinator (from
fourteen days after). A day has one stage at most, so that two that fall together are one: what could not go out on a
closure goes out on the next working day, as the stage that this day is. After a month and a half nothing more comes.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.domain.closures import SATURDAY

Stage = Literal["before", "on", "after", "coordinator"]
Choice = Literal["at_once", "digest", "never"]
Told = tuple[Stage, dt.date, uuid.UUID]

STAGES: Final[tuple[Stage, ...]] = ("before", "on", "after", "coordinator")
CHOICES: Final[tuple[Choice, ...]] = ("at_once", "digest", "never")
BEFORE_DAYS: Final = 7
COORDINATOR_DAYS: Final = 14
LAST_DAYS: Final = 44
MORNING: Final = dt.time(8)
_DAY: Final = dt.timedelta(days=1)
_LONGEST_SEARCH: Final = 60  # days: no capital is closed for so long


@dataclass(frozen=True, slots=True)
class Window:
    """The days, both included, by which a leg is due that stands at a stage today."""

    stage: Stage
    first_due: dt.date
    last_due: dt.date


@dataclass(frozen=True, slots=True)
class DueLeg:
    """A leg as reminders need to know it: what it owes, the account that it names, and its party's coordinators."""

    is_accepted: bool
    is_owed: bool
    due_on: dt.date | None
    owner: uuid.UUID | None
    coordinators: tuple[uuid.UUID, ...] = ()


def is_working_day(day: dt.date, is_closed: Callable[[dt.date], bool]) -> bool:
    """Say whether a party works on a day: neither a weekend nor one of its closures."""
    return day.weekday() < SATURDAY and not is_closed(day)


def windows(today: dt.date, *, is_working: bool) -> tuple[Window, ...]:
    """Return by which days a leg is due that somebody is reminded of today; on a closure only what is due that day."""
    on = Window("on", today, today)
    if not is_working:
        return (on,)
    return (
        Window("before", today + _DAY, today + BEFORE_DAYS * _DAY),
        on,
        Window("after", today - (COORDINATOR_DAYS - 1) * _DAY, today - _DAY),
        Window("coordinator", today - LAST_DAYS * _DAY, today - COORDINATOR_DAYS * _DAY),
    )


def stage_on(due_on: dt.date, today: dt.date, *, is_working: bool) -> Stage | None:
    """Return the stage at which a day stands today in its party's capital, or None when nobody is reminded."""
    found = (each for each in windows(today, is_working=is_working) if each.first_due <= due_on <= each.last_due)
    return next((each.stage for each in found), None)


def recipients(stage: Stage, owner: uuid.UUID | None, coordinators: Iterable[uuid.UUID]) -> tuple[uuid.UUID, ...]:
    """Return who is reminded: the account that the leg names, else and in the end its party's coordinators."""
    if owner is not None and stage != "coordinator":
        return (owner,)
    return tuple(dict.fromkeys(coordinators))


def due_reminders(
    leg: DueLeg,
    today: dt.date,
    is_closed: Callable[[dt.date], bool],
    choices: Mapping[uuid.UUID, Choice],
    told: Collection[Told],
) -> tuple[Told, ...]:
    """Return the reminders of a leg that are to be made today and are not among those `told`.

    `today` and the closures are those of the leg's party. None for a leg that is not accepted or is owed no more,
    and none to a person who chose never to be reminded. Another day of the leg begins anew.
    """
    if not leg.is_accepted or not leg.is_owed or leg.due_on is None:
        return ()
    stage = stage_on(leg.due_on, today, is_working=is_working_day(today, is_closed))
    if stage is None:
        return ()
    keys = [(stage, leg.due_on, person) for person in recipients(stage, leg.owner, leg.coordinators)]
    return tuple(key for key in keys if key not in told and choices.get(key[2]) != "never")


# The morning ---------------------------------------------------------------------------------------------


def not_before(
    wall: dt.datetime, due_days: Collection[dt.date], is_closed: Callable[[dt.date], bool]
) -> dt.datetime | None:
    """Return when a mail may go out, on the wall of its recipient; None when it may at once.

    It goes out from eight in the morning of a working day, or of a day on which something in it is due.
    """
    day = wall.date()
    for ahead in range(_LONGEST_SEARCH):
        each = day + ahead * _DAY
        if each in due_days or is_working_day(each, is_closed):
            if ahead == 0 and wall.time() >= MORNING:
                return None
            return dt.datetime.combine(each, MORNING, wall.tzinfo)
    return None


@dataclass(frozen=True, slots=True)
class Post:
    """What goes out to one person now: reminders each in a mail of its own, and those of one digest."""

    alone: tuple[uuid.UUID, ...] = ()
    together: tuple[uuid.UUID, ...] = ()


def post_of(
    choice: Choice, new: Sequence[uuid.UUID], left_over: Sequence[uuid.UUID], *, had_a_digest_today: bool
) -> Post:
    """Return what a person is sent in a moment in which mail may go out to them.

    `left_over` are reminders whose mail could not be delivered: they never come one by one, but once and together.
    """
    if choice == "never" or not (new or left_over):
        return Post()
    together = tuple(left_over) if choice == "at_once" else (*left_over, *new)
    alone = tuple(new) if choice == "at_once" else ()
    return Post(alone, () if had_a_digest_today else together)


def last_stage(stages: Iterable[Stage]) -> Stage:
    """Return the last of the stages, which stands for those before it."""
    return max(stages, key=STAGES.index)
