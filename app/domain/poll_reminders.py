"""When a poll reminds by itself, and whom: those whose answer is missing, each once for each of its reasons."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

PollStage = Literal["two_days", "one_day"]

# How long before the deadline, the last first: a stage that was missed is not made up for by a later one.
STAGES: Final[tuple[tuple[PollStage, timedelta], ...]] = (
    ("one_day", timedelta(days=1)),
    ("two_days", timedelta(days=2)),
)
AHEAD: Final = max(ahead for _, ahead in STAGES)
# Nobody is reminded of the same poll twice within this, whatever for.
QUIET: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Reminded:
    """That somebody was reminded of a poll: at which stage (with the deadline that it is of), and when."""

    person_id: uuid.UUID
    stage: str
    at: datetime


def stage_of(now: datetime, closes_at: datetime, asked_at: datetime) -> PollStage | None:
    """Return the stage at which a poll stands, None where nobody is reminded: too early, or over.

    Of a poll that was made when the stage had begun already, its making was the reminder.
    """
    left = closes_at - now
    for stage, ahead in STAGES:
        if timedelta() < left <= ahead:
            return stage if asked_at <= closes_at - ahead else None
    return None


def still_to_remind(
    awaited: Collection[uuid.UUID], before: Iterable[Reminded], stage: str, now: datetime
) -> frozenset[uuid.UUID]:
    """Return who of those awaited was neither reminded at this stage before, nor at any within half a day."""
    told = {each.person_id for each in before if each.stage == stage or now < each.at + QUIET}
    return frozenset(awaited) - told
