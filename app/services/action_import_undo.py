"""Undoing an import in one step: nothing is deleted, what it brought is withdrawn, what it changed goes back.

What another party has accepted stays: the promise is theirs as well by then, and one delegation's import cannot take
it away. What others have written on a row (a note, another leg's state) is named first, and asks for a second word.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import labels
from app.db import GuardedSession
from app.domain.actions import OWED_STATES
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action as Permission
from app.domain.visibility import Facts, can
from app.models import Action, ActionBatch, ActionNote, CarryOver, CommitmentAction, Leg
from app.services.action_acts import refuse_to_verify
from app.services.action_import_joined import LEG_FIELDS, standing
from app.services.action_whole import heard, settle
from app.services.due_moves import keep_move

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What undoing an import would do.

    `kept` are the actions that stay, each with the parties that accepted a leg; `written_on` those that are withdrawn
    although others have written on them; `changed` those that were joined and whose leg has changed again since.
    """

    batch: ActionBatch
    actions: tuple[Action, ...]
    kept: Mapping[uuid.UUID, tuple[str, ...]]
    written_on: tuple[Action, ...]
    joined: tuple[Action, ...]
    changed: tuple[Action, ...]

    @property
    def withdrawn(self) -> tuple[Action, ...]:
        """Return the actions that undoing withdraws."""
        return tuple(action for action in self.actions if action.id not in self.kept)

    @property
    def kept_actions(self) -> tuple[Action, ...]:
        """Return the actions that stay."""
        return tuple(action for action in self.actions if action.id in self.kept)


def find_import_batch(session: GuardedSession, batch_id: uuid.UUID, *, lock: bool = False) -> ActionBatch:
    """Return a batch of an import that the viewer's own people made; raises `NotFound`."""
    query = select(ActionBatch).where(ActionBatch.id == batch_id, ActionBatch.kind == "import")
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None or not can(session.bound_viewer, Permission.CHANGE_ACTIONS):
        raise NotFound
    return found


def plan_undo(session: GuardedSession, batch: ActionBatch, *, lock: bool = False) -> UndoPlan:
    """Return what undoing an import would do; nothing is written."""
    query = select(Action).where(Action.batch_id == batch.id, Action.ended_as.is_distinct_from("withdrawn"))
    query = query.order_by(Action.reference).options(selectinload(Action.legs), selectinload(Action.notes))
    if lock:
        query = query.with_for_update(of=Action).execution_options(populate_existing=True)
    actions = tuple(session.execute(query).scalars())
    carried = set(
        session.execute(
            select(CarryOver.action_id)
            .join(Action, Action.id == CarryOver.action_id)
            .where(Action.batch_id == batch.id)
        ).scalars()
    )
    own = session.bound_viewer.party if session.bound_viewer.sits_at_a_table else None
    kept = {action.id: parties for action in actions if (parties := _accepted_by(action, own))}
    written = tuple(
        action
        for action in actions
        if action.id not in kept and (action.id in carried or _was_written_on(action, batch))
    )
    joined = _joined(session, batch, lock=lock)
    changed = tuple(
        joined[told["action"]] for told in batch.content.get("joined", ()) if _moved_on(session, joined, told)
    )
    return UndoPlan(batch, actions, kept, written, tuple(joined.values()), changed)


def undo_import(session: GuardedSession, batch_id: uuid.UUID, *, also_written_on: bool) -> UndoPlan:
    """Withdraw what an import brought and put back what it changed; done once, for all of it that may go.

    Meetings that were recorded on the way stay: they took place. Raises `NotFound`; `Refusal` `not_in_state` for one
    that is undone already, `written_on_since` (`count`) where others wrote on rows and that was not confirmed,
    `verified_by_those_who_speak` where a leg would be verified again.
    """
    batch = find_import_batch(session, batch_id, lock=True)
    if batch.undone_at is not None:
        raise Refusal("not_in_state")
    plan = plan_undo(session, batch, lock=True)
    if (plan.written_on or plan.changed) and not also_written_on:
        raise Refusal("written_on_since", count=len(plan.written_on) + len(plan.changed))
    for action in plan.withdrawn:
        action.ended_as, action.ended_at = "withdrawn", session.now
        heard(action, session.now)
        session.record("action_withdrawn", "action", action.id, action.audience_id)
    gone = {action.id for action in plan.withdrawn}
    _end_served(session, batch, gone)
    changed = {action.id for action in plan.changed}
    joined = {str(action.id): action for action in plan.joined}
    for told in batch.content.get("joined", ()):
        if (found := joined.get(told["action"])) is not None:
            _put_back(session, found, told, leaves_leg=found.id in changed)
    batch.undone_at, batch.undone_by = session.now, session.bound_viewer.person_id
    session.record(
        "actions_import_undone", "action_batch", batch.id, batch.audience_id,
        withdrawn=len(gone), kept=len(plan.kept), put_back=len(plan.joined) - len(changed),
    )  # fmt: skip
    return plan


def _accepted_by(action: Action, own: str | None) -> tuple[str, ...]:
    return tuple(leg.party_code for leg in action.legs if leg.is_accepted and leg.party_code != own)


def _was_written_on(action: Action, batch: ActionBatch) -> bool:
    """Say whether anybody has written on an action since the import: a note, a leg, an ending."""
    later = any(leg.changed_at > batch.made_at for leg in action.legs)
    return later or any(note.created_at > batch.made_at for note in action.notes) or action.ended_as is not None


def _end_served(session: GuardedSession, batch: ActionBatch, gone: set[uuid.UUID]) -> None:
    rows = session.execute(
        select(CommitmentAction)
        .join(Action, Action.id == CommitmentAction.action_id)
        .where(Action.batch_id == batch.id, CommitmentAction.ended_at.is_(None))
    ).scalars()
    for row in rows:
        if row.action_id in gone:
            row.ended_at = session.now


# What was joined ----------------------------------------------------------------------------------


def _joined(session: GuardedSession, batch: ActionBatch, *, lock: bool) -> dict[str, Action]:
    ids = [uuid.UUID(told["action"]) for told in batch.content.get("joined", ())]
    found: dict[str, Action] = {}
    for start in range(0, len(ids), _AT_ONCE):
        query = select(Action).where(Action.id.in_(ids[start : start + _AT_ONCE])).order_by(Action.reference)
        query = query.options(selectinload(Action.legs), selectinload(Action.notes))
        if lock:
            query = query.with_for_update(of=Action).execution_options(populate_existing=True)
        found.update({str(action.id): action for action in session.execute(query).scalars()})
    return found


def _moved_on(session: GuardedSession, joined: Mapping[str, Action], told: Mapping[str, Any]) -> bool:
    """Say whether the leg that a row changed has changed again, or was taken on with it and is late by now.

    A leg that nobody accepted is never late: the way out of a late one is not to have never taken it on.
    """
    action = joined.get(told["action"])
    if action is None:
        return False
    leg = _leg_of(action, told.get("leg"))
    if leg is None or standing(leg) != told.get("now"):
        return leg is not None
    is_late = leg.state in OWED_STATES and leg.due_on is not None and leg.due_on < session.now.date()
    return is_late and not told["was"]["is_accepted"]


def _leg_of(action: Action, leg_id: str | None) -> Leg | None:
    return next((leg for leg in action.legs if str(leg.id) == leg_id), None)


def _put_back(session: GuardedSession, action: Action, told: Mapping[str, Any], *, leaves_leg: bool) -> None:
    language = session.bound_viewer.language
    reason = labels.label("import_text", "undone", language)
    leg = _leg_of(action, told.get("leg"))
    if leg is not None and not leaves_leg:
        was = told["was"]
        if was["state"] == "verified" != leg.state:
            refuse_to_verify(session, Facts(owner=leg.party_code))
        day = dt.date.fromisoformat(was["due_on"]) if was["due_on"] else None
        if day != leg.due_on:
            keep_move(session, action, leg, day, reason)
        for name in LEG_FIELDS:
            setattr(leg, name, _read(name, was[name]))
        leg.changed_at = session.now
    for leg_id in told.get("added", ()):
        added = _leg_of(action, leg_id)
        if added is not None and (not added.is_accepted or added.party_code == session.bound_viewer.party):
            added.state, added.reason, added.changed_at = "dropped", reason, session.now
    _supersede(session, action, told.get("notes", ()), reason, language)
    settle(action, action.legs)
    heard(action, session.now)
    session.record("action_put_back", "action", action.id, action.audience_id)


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "due_on":
        return dt.date.fromisoformat(value)
    if name in {"done_at", "accepted_at"}:
        return dt.datetime.fromisoformat(value)
    return uuid.UUID(value) if name == "person_id" else value


def _supersede(session: GuardedSession, action: Action, notes: Sequence[str], reason: str, language: str) -> None:
    """Let a note that says so stand in the place of each that the import added."""
    superseded = {str(note.supersedes_id) for note in action.notes}
    viewer = session.bound_viewer
    for note_id in notes:
        if note_id not in superseded:
            session.add(
                ActionNote(
                    action=action, text=reason, language=language, person_id=viewer.person_id,
                    party_code=viewer.party if viewer.sits_at_a_table else None, supersedes_id=uuid.UUID(note_id),
                    created_at=session.now, audience_id=action.audience_id,
                )
            )  # fmt: skip
