"""Reading action items: what a party owes, the register, and one action."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.db import GuardedSession
from app.domain import actions as rules
from app.domain.errors import NotFound
from app.domain.references import action_reference_in, parse_action_reference
from app.domain.visibility import Action as Permission
from app.domain.visibility import Facts, can
from app.models import (
    Action,
    Leg,
    Office,
)
from app.services.action_lines import ActionLine, LegLine, lines_of
from app.services.action_whole import not_ended
from app.services.history import HistoryEntry, history_of
from app.services.note_lines import NoteLine, note_lines
from app.services.practice import is_real_action


@dataclass(frozen=True, slots=True)
class OwedLeg:
    """A leg that a party owes, with the action it is of."""

    line: ActionLine
    own: LegLine

    @property
    def action(self) -> Action:
        """Return the action."""
        return self.line.action

    @property
    def leg(self) -> Leg:
        """Return the party's leg."""
        return self.own.leg

    @property
    def is_overdue(self) -> bool:
        """Say whether the leg is late today."""
        return self.own.is_overdue


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action with all that its page shows; `may_update` are the parties whose leg the viewer may change.

    `may_edit` says whether they may correct its title, and add a leg for a party that sees it.
    """

    line: ActionLine
    notes: tuple[NoteLine, ...]
    history: tuple[HistoryEntry, ...]
    may_update: frozenset[str]
    may_edit: bool

    @property
    def action(self) -> Action:
        """Return the action itself."""
        return self.line.action


# One action ---------------------------------------------------------------------------------------


def find_action(session: GuardedSession, reference: str, *, lock: bool = False) -> Action:
    """Return the action of that reference with its legs and notes; small letters are allowed.

    `lock` holds its row to the end of the transaction and reads it anew. Raises `NotFound`, the same
    whether there is none or the viewer may not see it.
    """
    query = _named(reference).options(selectinload(Action.legs), selectinload(Action.notes))
    if lock:
        query = query.with_for_update(of=Action).execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def action_view(session: GuardedSession, reference: str) -> ActionView:
    """Return one action with all that its page shows; raises `NotFound`."""
    line = action_line(session, reference)
    action = line.action
    standing = line.legs if action.ended_as is None else ()  # what has ended stays as it was
    own = frozenset(code for code in standing if can(session.bound_viewer, Permission.UPDATE_LEG, Facts(owner=code)))
    may_edit = can(session.bound_viewer, Permission.EDIT_ACTION, line.facts)
    return ActionView(line, note_lines(session, action), history_of(session, "action", action.id), own, may_edit)


def action_line(session: GuardedSession, reference: str) -> ActionLine:
    """Return one action with its legs, its notes and who sees it; raises `NotFound`."""
    found = lines_of(session, _named(reference).options(selectinload(Action.notes)))
    if not found:
        raise NotFound
    return found[0]


def _named(reference: str) -> Select[Action]:
    """Return the query for the action of that reference; raises `NotFound` for what is no reference."""
    parsed = parse_action_reference(reference)
    if parsed is None:
        raise NotFound
    return select(Action).where(Action.reference == action_reference_in(parsed.scope, parsed.number))


# Lists --------------------------------------------------------------------------------------------


def owed_by(session: GuardedSession, party: str, today: dt.date) -> list[OwedLeg]:
    """Return what a party still owes, of what the viewer may see, by due day; `today` is the day in its capital."""
    mine = select(Leg.action_id).where(Leg.party_code == party, Leg.state.in_(rules.OWED_STATES))
    lines = lines_of(
        session, select(Action).where(Action.id.in_(mine), not_ended(), is_real_action()), todays={party: today}
    )
    owed = [OwedLeg(line, line.legs[party]) for line in lines]
    return sorted(owed, key=lambda each: rules.owed_order(each.leg.due_on, each.action.reference))


def open_actions_of_mechanism(session: GuardedSession, mechanism_id: uuid.UUID) -> list[ActionLine]:
    """Return the actions of a mechanism that are still to be done, of what the viewer may see, by due day."""
    return _open(session, select(Action).where(Action.mechanism_id == mechanism_id))


def offices_of(session: GuardedSession, parties: Iterable[str]) -> dict[str, list[Office]]:
    """Return the offices of each of the parties, by code."""
    found: dict[str, list[Office]] = {code: [] for code in parties}
    rows = session.execute(select(Office).where(Office.party_code.in_(list(found))).order_by(Office.code)).scalars()
    for office in rows:
        found[office.party_code].append(office)
    return found


# What the lists share -----------------------------------------------------------------------------


def _open(session: GuardedSession, query: Select[Action]) -> list[ActionLine]:
    """Return those of the actions that have an open leg, by due day."""
    return _by_due_day(lines_of(session, query.where(Action.id.in_(_owing()), not_ended())))


def _owing() -> Select[uuid.UUID]:
    """Return the query for the ids of the actions of which something is still to be done."""
    return select(Leg.action_id).where(Leg.state.in_(rules.OWED_STATES))


def _by_due_day(lines: Iterable[ActionLine]) -> list[ActionLine]:
    return sorted(lines, key=lambda line: rules.owed_order(line.due_on, line.action.reference))
