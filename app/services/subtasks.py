"""The steps of one delegation towards what it owes: sealed under its key, and seen by its own people alone.

Nothing of them touches the action, its legs or its news: nobody else can tell that there are any.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import one_line
from app.domain.visibility import Action as Permission
from app.domain.visibility import Facts, can, party_key
from app.domain.walltime import check_year
from app.models import Action, Person, Subtask
from app.models.sealed import Private
from app.services.actions import find_action
from app.services.leg_people import own_person

TEXT_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Step:
    """A step as its delegation wants it to read: what is done, by whom of their own, by when."""

    text: str
    person_id: uuid.UUID | None = None
    due_on: dt.date | None = None


def may_keep(session: GuardedSession) -> bool:
    """Say whether the viewer keeps steps: for a delegation, of which they are."""
    viewer = session.bound_viewer
    return can(viewer, Permission.KEEP_SUBTASKS, Facts(owner=viewer.party))


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step, and the name of who does it."""

    row: Subtask
    person: str | None


def subtasks_of(session: GuardedSession, action: Action) -> tuple[StepLine, ...]:
    """Return the steps of the viewer's own delegation, in the order written, those removed too; one statement."""
    if not may_keep(session):
        return ()
    query = (
        select(Subtask, Person.name)
        .outerjoin(Person, Person.id == Subtask.person_id)
        .where(Subtask.action_id == action.id, Subtask.owner_party == session.bound_viewer.party)
    )
    rows = session.execute(query.order_by(Subtask.created_at, Subtask.id))
    return tuple(StepLine(row, name) for row, name in rows)


def find_subtask(
    session: GuardedSession, reference: str, subtask_id: uuid.UUID, *, lock: bool = False
) -> tuple[Action, Subtask]:
    """Return an action and a step of the viewer's own delegation on it; `lock` holds the step and reads it anew.

    Raises `NotFound`, `Refusal("forbidden")`.
    """
    action = find_action(session, reference)
    owner = _refuse_others(session)
    query = select(Subtask).where(
        Subtask.id == subtask_id, Subtask.action_id == action.id, Subtask.owner_party == owner
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return action, found


def add_subtask(session: GuardedSession, reference: str, step: Step) -> Subtask:
    """Write down a step of the viewer's delegation.

    Raises `NotFound`; `Refusal` `forbidden`, `unknown_person`, and what lines of text and years raise.
    """
    action = find_action(session, reference)
    owner = _refuse_others(session)
    row = Subtask(
        id=uuid.uuid4(), action_id=action.id, owner_party=owner, created_by=session.bound_viewer.person_id,
        created_at=session.now, audience_id=session.audience({party_key(owner)}), **_columns(session, owner, step),
    )  # fmt: skip
    session.add(row)
    session.flush()
    _record(session, "subtask_added", row)
    return row


def change_subtask(
    session: GuardedSession, reference: str, subtask_id: uuid.UUID, step: Step, *, version: int
) -> Subtask:
    """Write a step anew; raises as `add_subtask` does, and `StaleVersion`."""
    row = _to_change(session, reference, subtask_id)
    if row.version != version:
        raise StaleVersion(_read(step), _read(Step(row.text.text, row.person_id, row.due_on)))
    for name, value in _columns(session, row.owner_party, step).items():
        setattr(row, name, value)
    _record(session, "subtask_changed", row)
    return row


def tick_subtask(session: GuardedSession, reference: str, subtask_id: uuid.UUID, *, is_done: bool) -> Subtask:
    """Say that a step is done, or that it is not; what is so already stays so. Raises `NotFound`, `Refusal`."""
    row = _to_change(session, reference, subtask_id)
    if is_done != (row.done_at is not None):
        row.done_at = session.now if is_done else None
        _record(session, "subtask_done" if is_done else "subtask_reopened", row)
    return row


def remove_subtask(session: GuardedSession, reference: str, subtask_id: uuid.UUID, *, is_removed: bool) -> Subtask:
    """Take a step away, or put it back; what is so already stays so. Raises `NotFound`, `Refusal`."""
    row = _to_change(session, reference, subtask_id)
    if is_removed != (row.removed_at is not None):
        row.removed_at = session.now if is_removed else None
        _record(session, "subtask_removed" if is_removed else "subtask_put_back", row)
    return row


def _refuse_others(session: GuardedSession) -> str:
    """Return the party whose steps the viewer keeps; raises `Refusal("forbidden")` for those who keep none."""
    party = session.bound_viewer.party
    if party is None or not may_keep(session):
        raise Refusal("forbidden")
    return party


def _to_change(session: GuardedSession, reference: str, subtask_id: uuid.UUID) -> Subtask:
    return find_subtask(session, reference, subtask_id, lock=True)[1]


def _columns(session: GuardedSession, owner: str, step: Step) -> dict[str, object]:
    text = one_line(step.text, "step", TEXT_LIMIT, required=True)
    if step.due_on is not None:
        check_year(step.due_on, field="step_due_on")
    person = own_person(session, step.person_id, "step_person")
    return {"text": Private(owner, text), "person_id": person.id if person else None, "due_on": step.due_on}


def _read(step: Step) -> dict[str, object]:
    return {"step": step.text, "step_person": step.person_id, "step_due_on": step.due_on}


def _record(session: GuardedSession, act: str, row: Subtask) -> None:
    """Record it for the delegation itself, without a word of the text."""
    session.record(act, "subtask", row.id, row.audience_id)
