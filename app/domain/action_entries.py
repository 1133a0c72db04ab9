"""What a feed shows of an action item: a to-do, and for programs that know none a whole day that keeps nobody busy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from app.domain.actions import OWED_STATES, LegState
from app.domain.entries import Language

ActionsAs = Literal["none", "todos", "days", "both"]
Shape = Literal["todo", "day"]
Status = Literal["NEEDS-ACTION", "IN-PROCESS", "COMPLETED", "CANCELLED"]

ACTIONS_AS: Final[tuple[ActionsAs, ...]] = ("none", "todos", "days", "both")
# One that is done or has ended has told its story after a quarter of a year, as a meeting that was called off has.
DONE_STAYS: Final = dt.timedelta(days=90)

_STATUSES: Final[Mapping[LegState, Status]] = MappingProxyType(
    {
        "open": "NEEDS-ACTION",
        "under_way": "IN-PROCESS",
        "blocked": "IN-PROCESS",
        "done": "COMPLETED",
        "verified": "COMPLETED",
        "dropped": "CANCELLED",
    }
)
# RFC 5545, 3.8.1.9: 1 is the highest, 5 medium, 9 the lowest.
PRIORITIES: Final[Mapping[str, int]] = MappingProxyType({"high": 1, "normal": 5, "low": 9})


@dataclass(frozen=True, slots=True)
class ActionEntry:
    """An action as one subscriber is shown it, in the language.

    A delegation's `state` and `due_on` are those of its own leg, a secretariat's those of the whole. `parts` are
    each party's name and the word for its state. `due_on` is a day in the capital of who owes; `done_at` is the
    instant at which it was done, `ended_at` that at which a meeting, or the undoing of an import, ended it.
    """

    uid: str
    sequence: int
    language: Language
    reference: str
    title: str
    state: LegState
    due_on: dt.date | None
    done_at: dt.datetime | None
    ended_at: dt.datetime | None
    is_accepted: bool
    priority: int
    percent: int | None
    parts: tuple[tuple[str, str], ...]
    mechanism: str | None
    parent_uid: str | None
    url: str
    created_at: dt.datetime
    changed_at: dt.datetime

    @property
    def status(self) -> Status:
        """Return what a calendar program is told: one that ended while it was owed is cancelled."""
        if self.ended_at is not None and self.state in OWED_STATES:
            return "CANCELLED"
        return _STATUSES[self.state]

    @property
    def leaves_at(self) -> dt.datetime | None:
        """Return when it leaves the feed, None as long as it is to be done."""
        over_at = self.ended_at or (None if self.state in OWED_STATES else self.done_at or self.changed_at)
        return over_at + DONE_STAYS if over_at else None


def shapes(actions_as: str, entry: ActionEntry) -> tuple[Shape, ...]:
    """Return as what an action is shown to a subscriber who chose so; one without a day, or cancelled, has no day."""
    has_day = entry.due_on is not None and entry.status != "CANCELLED"
    wanted: tuple[tuple[Shape, bool], ...] = (
        ("todo", actions_as in {"todos", "both"}),
        ("day", actions_as in {"days", "both"} and has_day),
    )
    return tuple(shape for shape, is_wanted in wanted if is_wanted)


def percent_done(states: tuple[LegState, ...]) -> int | None:
    """Return how much of a whole its parties have done, in percent, of the legs that were not dropped."""
    counted = [state for state in states if state != "dropped"]
    done = sum(state in {"done", "verified"} for state in counted)
    return round(100 * done / len(counted)) if counted else None
