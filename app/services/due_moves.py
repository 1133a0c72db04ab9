"""Days that were promised and moved: written with their reason, and read back with all that stood before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.db import GuardedSession
from app.domain import dues as rules
from app.models import Action, DueMove, Leg, Person


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One move of a leg's day, and who made it, by name to those who may know them."""

    move: DueMove
    author: str | None


@dataclass(frozen=True, slots=True)
class MovedLeg:
    """What became of the day of one party's leg: what was promised first, and each move since, the latest first."""

    party: str
    first_on: dt.date | None
    due_on: dt.date | None
    moves: tuple[MoveLine, ...]

    @property
    def count(self) -> int:
        """Return how often the day moved."""
        return len(self.moves)


def check_move(leg: Leg, day: dt.date | None, reason: str | None) -> str | None:
    """Return why the day of a leg moves to another, None where it needs no reason; raises as the rule does."""
    return rules.check_move(leg.first_due_on, leg.due_on, day, reason)


def keep_move(session: GuardedSession, action: Action, leg: Leg, day: dt.date | None, reason: str | None) -> None:
    """Write another day to a leg, keeping the one before with a reason that `check_move` gave.

    The caller has decided that the viewer may, settles the action, and records the act.
    """
    viewer = session.bound_viewer
    if reason is not None:
        session.add(
            DueMove(
                action_id=action.id, leg_id=leg.id, was_on=leg.due_on, now_on=day, reason=reason,
                party_code=viewer.party if viewer.sits_at_a_table else None, person_id=viewer.person_id,
                moved_at=session.now, audience_id=leg.audience_id,
            )
        )  # fmt: skip
    leg.first_due_on = leg.first_due_on or leg.due_on or day
    leg.due_on = day


def moves_of(session: GuardedSession, action: Action, legs: Sequence[Leg]) -> tuple[MovedLeg, ...]:
    """Return the legs of an action whose day has moved, in the order given; one statement."""
    rows = session.execute(
        select(DueMove, Person.name)
        .outerjoin(Person, Person.id == DueMove.person_id)
        .where(DueMove.action_id == action.id)
        .order_by(DueMove.moved_at.desc(), DueMove.id)
    )
    moves = [MoveLine(move, name) for move, name in rows]
    told = []
    for leg in legs:
        own = tuple(line for line in moves if line.move.leg_id == leg.id)
        if own:
            told.append(MovedLeg(leg.party_code, leg.first_due_on or own[-1].move.was_on, leg.due_on, own))
    return tuple(told)
