"""A change that was made to many actions at once, read back and put back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.bulk import OPERATIONS, STAYS, KeptRow, row_of
from app.domain.errors import NotFound, Refusal
from app.domain.plaintext import paragraphs
from app.domain.visibility import Action as Permission
from app.domain.visibility import Facts, can
from app.models import Action, ActionBatch, Leg
from app.services.action_acts import refuse_to_verify
from app.services.action_lines import ActionLine, lines_of
from app.services.action_whole import heard, settle
from app.services.bulk import leg_reads
from app.services.due_moves import keep_move
from app.services.people_names import names_of


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One row of a batch whose action the viewer still sees, and whether it can be put back."""

    row: KeptRow
    line: ActionLine
    can_be_undone: bool


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch as its makers read it: who made it, its rows, and whether there is anything to put back."""

    batch: ActionBatch
    author: str | None
    rows: tuple[BatchRow, ...]

    @property
    def operation(self) -> str:
        """Return what was changed."""
        return str(self.batch.content.get("operation", ""))

    @property
    def stays(self) -> bool:
        """Say whether it is of a kind that is never taken back."""
        return self.operation in STAYS

    @property
    def may_undo(self) -> bool:
        """Say whether it can be undone now."""
        return self.batch.undone_at is None and not self.stays and any(row.can_be_undone for row in self.rows)


def bulk_batches(session: GuardedSession, limit: int = 50) -> tuple[ActionBatch, ...]:
    """Return the latest changes that the viewer's side made to many at once, the newest first."""
    query = select(ActionBatch).where(ActionBatch.kind == "bulk").order_by(ActionBatch.made_at.desc(), ActionBatch.id)
    return tuple(batch for batch in session.execute(query.limit(limit)).scalars() if _is_ours(batch))


def batch_view(session: GuardedSession, batch_id: uuid.UUID, *, lock: bool = False) -> BatchView:
    """Return a change of many with its rows; raises `NotFound`."""
    query = select(ActionBatch).where(ActionBatch.id == batch_id, ActionBatch.kind == "bulk")
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    batch = session.execute(query).scalar_one_or_none()
    if batch is None or not _is_ours(batch):
        raise NotFound
    kept = [row_of(each) for each in batch.content["rows"]]
    ids = [uuid.UUID(row.action_id) for row in kept]
    lines = {line.action.id: line for line in lines_of(session, select(Action).where(Action.id.in_(ids)))}
    rows = [_row(batch, row, lines[uuid.UUID(row.action_id)]) for row in kept if uuid.UUID(row.action_id) in lines]
    author = names_of(session, [batch.person_id]).get(batch.person_id)
    return BatchView(batch, author, tuple(sorted(rows, key=lambda row: row.line.action.reference)))


def undo_bulk_change(session: GuardedSession, batch_id: uuid.UUID, reason: str) -> int:
    """Put back what a batch changed where it still stands, and return how many rows were left as they are by now.

    A day that moves back keeps the one that it moves from, with the reason. Raises `NotFound`; `Refusal`
    `forbidden`, `already_undone`, `cannot_be_undone`, `verified_by_those_who_speak`, and what the reason raises.
    """
    view, why = batch_view(session, batch_id, lock=True), paragraphs(reason, "reason", required=True, limit=2000)
    if not can(session.bound_viewer, Permission.CHANGE_ACTIONS):
        raise Refusal("forbidden")
    if view.batch.undone_at is not None:
        raise Refusal("already_undone")
    if not view.may_undo:
        raise Refusal("cannot_be_undone")
    for each in view.rows:
        if each.can_be_undone:
            _put_back(session, each, why)
    left = view.batch.row_count - sum(each.can_be_undone for each in view.rows)
    view.batch.undone_at, view.batch.undone_by = session.now, session.bound_viewer.person_id
    facts = {"operation": view.operation, "left": left}
    session.record("actions_put_back", "batch", view.batch.id, view.batch.audience_id, **facts)
    return left


def _is_ours(batch: ActionBatch) -> bool:
    """Say whether a batch is such a change; the items of a leaver are handed on in batches of their own."""
    return batch.content.get("operation") in OPERATIONS


def _row(batch: ActionBatch, kept: KeptRow, line: ActionLine) -> BatchRow:
    goes_on = line.action.ended_as is None and not _is_relied_on(batch, kept, line)
    return BatchRow(kept, line, goes_on and kept.was != kept.now and kept.still_stands(_reads(kept, line)))


def _is_relied_on(batch: ActionBatch, kept: KeptRow, line: ActionLine) -> bool:
    """Say whether putting a row back would take back a promise on which more was built since, or that is late by now.

    A leg that nobody accepted is never late: else the way out of a late one would be to have never taken it on.
    """
    if kept.party is None or kept.was_accepted or kept.party not in line.legs:
        return False
    own = line.legs[kept.party]
    return own.is_overdue or own.leg.changed_at > batch.made_at


def _reads(kept: KeptRow, line: ActionLine) -> dict[str, str | None]:
    """Return what the row's columns read now."""
    if kept.party is None:
        return {name: getattr(line.action, name) for name in kept.now if name != "note"}
    found = line.legs.get(kept.party)
    return leg_reads(found.leg, list(kept.now)) if found else {}


def _put_back(session: GuardedSession, each: BatchRow, why: str) -> None:
    action, kept = each.line.action, each.row
    if kept.party is None:
        if not can(session.bound_viewer, Permission.EDIT_ACTION, each.line.facts):
            raise Refusal("forbidden")
        for name, value in kept.was.items():
            setattr(action, name, value)
        action.changed_at = session.now
        session.record("action_edited", "action", action.id, action.audience_id, was=dict(kept.now), now=dict(kept.was))
        return
    leg = each.line.legs[kept.party].leg
    own = Facts(owner=leg.party_code)
    if not can(session.bound_viewer, Permission.UPDATE_LEG, own):
        raise Refusal("forbidden")
    if kept.was.get("state") == "verified":
        refuse_to_verify(session, own)
    _put_leg_back(session, action, leg, kept, why)
    legs: Sequence[Leg] = [line.leg for line in each.line.legs.values()]
    settle(action, legs)
    heard(action, session.now)
    was, now = _told(kept.now), _told(kept.was)
    session.record("leg_put_back", "action", action.id, action.audience_id, party=kept.party, was=was, now=now)


def _put_leg_back(session: GuardedSession, action: Action, leg: Leg, kept: KeptRow, why: str) -> None:
    if "due_on" in kept.was:
        keep_move(session, action, leg, _day(kept.was["due_on"]), why)
    for name, value in kept.was.items():
        if name not in {"due_on", "is_accepted"}:
            setattr(leg, name, uuid.UUID(value) if name == "person_id" and value else value)
    if "state" in kept.was:
        leg.done_at = (leg.done_at or session.now) if leg.state in {"done", "verified"} else None
    if not kept.was_accepted:
        leg.is_accepted, leg.accepted_at = False, None
    leg.changed_at = session.now


def _day(written: str | None) -> dt.date | None:
    return dt.date.fromisoformat(written) if written else None


def _told(values: dict[str, str | None]) -> dict[str, Any]:
    """Return what the record keeps of a leg's columns: an account is told by the name alone."""
    return {name: value for name, value in values.items() if name != "person_id"}
