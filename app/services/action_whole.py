"""What is kept of the whole of an action for its lists, and which actions lists leave out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import cast

from sqlalchemy import BindParameter, ColumnElement, bindparam, or_

from app.domain import actions as rules
from app.domain.actions import LegState
from app.domain.errors import Refusal
from app.models import Action, Leg


def settle(action: Action, legs: Iterable[Leg]) -> None:
    """Keep on an action what its legs say of the whole; every service that writes a leg calls it before it ends.

    The day is the first by which something is still owed, else the last that was.
    """
    read = [(cast("LegState", leg.state), leg.due_on) for leg in legs]
    action.state = rules.whole_state(state for state, _ in read)
    action.due_on = rules.whole_due_on(read)


def heard(action: Action, at: dt.datetime) -> None:
    """Keep that there was news of an action at an instant: a note, or a leg whose state or day changed."""
    action.news_at = action.changed_at = at


def check_goes_on(action: Action) -> None:
    """Refuse with `action_ended` to write the legs of an action that has ended; notes may still be added to it."""
    if action.ended_as is not None:
        raise Refusal("action_ended")


def in_lists() -> ColumnElement[bool]:
    """Return the condition that an action was not withdrawn with the import that brought it."""
    return or_(Action.ended_as.is_(None), Action.ended_as != "withdrawn")


def not_ended() -> ColumnElement[bool]:
    """Return the condition that an action has not ended at a meeting, nor with its import."""
    return Action.ended_as.is_(None)


def owed_as_a_whole() -> ColumnElement[bool]:
    """Return the condition that something of an action is still to be done, by which the indexes of such are found."""
    owed: BindParameter[list[LegState]] = bindparam(
        "owed_states", sorted(rules.OWED_STATES), expanding=True, literal_execute=True
    )
    return Action.state.in_(owed)
