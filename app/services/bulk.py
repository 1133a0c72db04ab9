"""One change made to many actions at once: what it would do to each, then all of it in one step, and its undoing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.bulk import MOST_AT_ONCE, OF_LEG, OPERATIONS, BulkChange, KeptRow
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import paragraphs
from app.domain.visibility import Action as Permission
from app.domain.visibility import appointment_key, can, party_key, person_key
from app.models import Action, ActionBatch, Leg
from app.services.action_acts import LegChange, accept_leg, standing, update_leg
from app.services.action_content import content_of
from app.services.action_edits import content_version, edit_action
from app.services.action_lines import ActionLine, lines_of
from app.services.action_whole import in_lists
from app.services.updates import add_note


@dataclass(frozen=True, slots=True)
class Fate:
    """What a change does to one action: from what to what, nothing, or why it is refused.

    `version` is that of what it was made from.
    """

    line: ActionLine
    was: dict[str, str | None]
    now: dict[str, str | None]
    version: str
    refusal: Refusal | None = None

    @property
    def changes(self) -> bool:
        """Say whether it would change anything."""
        return self.refusal is None and self.was != self.now


# Seeing what would come of it ---------------------------------------------------------------------


def chosen_lines(session: GuardedSession, references: Sequence[str]) -> tuple[ActionLine, ...]:
    """Return the actions that were chosen, in the order of their references.

    Raises `Refusal` `forbidden`, `nothing_chosen`, `too_many_chosen`; `NotFound` where one is not seen.
    """
    if not can(session.bound_viewer, Permission.CHANGE_ACTIONS):
        raise Refusal("forbidden")
    wanted = {reference.strip().upper() for reference in references}
    if not wanted:
        raise Refusal("nothing_chosen", field="ref")
    if len(wanted) > MOST_AT_ONCE:
        raise Refusal("too_many_chosen", field="ref", limit=MOST_AT_ONCE)
    lines = lines_of(session, select(Action).where(Action.reference.in_(sorted(wanted)), in_lists()))
    if len(lines) != len(wanted):
        raise NotFound
    return tuple(sorted(lines, key=lambda line: line.action.reference))


def fates(session: GuardedSession, lines: Sequence[ActionLine], change: BulkChange) -> tuple[Fate, ...]:
    """Return what the change would do to each, by doing it and taking it back; nothing of it stays.

    Raises `Refusal` `unknown_operation` and, for a note, what texts raise.
    """
    _check(change)
    return tuple(_rehearsed(session, line, change) for line in lines)


def _check(change: BulkChange) -> None:
    if change.operation not in OPERATIONS:
        raise Refusal("unknown_operation", field="operation")
    if change.operation == "note":
        paragraphs(change.value, "value", required=True)


def _rehearsed(session: GuardedSession, line: ActionLine, change: BulkChange) -> Fate:
    was, version = _reads(session, line.action, change), _version(session, line, change)
    try:
        with session.rehearsal():
            _make(session, line, change)
            now = _reads(session, line.action, change, is_made=True)
    except Refusal as refusal:
        return Fate(line, was, was, version, refusal)
    return Fate(line, was, now, version)


# Making it ----------------------------------------------------------------------------------------


def make_bulk_change(session: GuardedSession, change: BulkChange, versions: dict[str, str]) -> ActionBatch:
    """Make the change to the actions of these references, all of them or none; what was is kept, to be put back.

    `versions` are those of the fates that were looked at. Raises what `chosen_lines` and the change of each raises,
    and `StaleVersion` where one reads otherwise by now.
    """
    _check(change)
    lines, rows = chosen_lines(session, list(versions)), []
    for line in lines:
        if versions.get(line.action.reference) != _version(session, line, change):
            raise StaleVersion({}, {})
        was, was_accepted = _reads(session, line.action, change), _is_accepted(session, line)
        _make(session, line, change)
        now = _reads(session, line.action, change, is_made=True)
        party = _own(session) if change.operation in OF_LEG else None
        rows.append(KeptRow(str(line.action.id), party, was, now, was_accepted))
    batch = ActionBatch(
        id=uuid.uuid4(), kind="bulk", row_count=len(rows), person_id=session.bound_viewer.person_id,
        content={"operation": change.operation, "rows": [row.kept for row in rows]}, made_at=session.now,
        audience_id=session.audience(_makers(session, lines)),
    )  # fmt: skip
    session.add(batch)
    session.flush()
    facts = {"operation": change.operation, "rows": len(rows)}
    session.record("actions_changed", "batch", batch.id, batch.audience_id, **facts)
    return batch


def _make(session: GuardedSession, line: ActionLine, change: BulkChange) -> None:
    """Make the change to one action, by the service that makes it to any."""
    reference = line.action.reference
    if change.operation == "note":
        add_note(session, reference, change.value, change.language)
    elif change.operation in OF_LEG:
        _change_leg(session, line, change)
    else:
        stands = content_of(line.action)
        if change.operation == "priority":
            wanted = replace(stands, priority=change.value)
        else:
            wanted = replace(stands, horizon=change.value or None)
        edit_action(session, reference, wanted, version=content_version(line.action))


def _change_leg(session: GuardedSession, line: ActionLine, change: BulkChange) -> None:
    leg = _own_leg(session, line)
    if leg is None:
        raise Refusal("owes_nothing_here")
    reference, party = line.action.reference, leg.party_code
    if change.operation == "accept":
        accept_leg(session, reference, party, version=leg.version)
        return
    wanted = _wanted(LegChange(**standing(leg)), change)  # type: ignore[arg-type]
    update_leg(session, reference, party, wanted, version=leg.version)


def _wanted(stands: LegChange, change: BulkChange) -> LegChange:
    """Return a leg with the change in it."""
    match change.operation:
        case "state":
            return replace(stands, state=change.value, reason=change.reason)
        case "due_on":
            return replace(stands, due_on=_day(change.value), due_reason=change.reason)
        case "office_code":
            return replace(stands, office_code=change.value or None)
        case _:
            account = _identity(change.person_id)
            return replace(stands, person_id=account, person_name=change.value or None)


def _day(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written) if written else None
    except ValueError:
        raise Refusal("not_a_date", field="value") from None


def _identity(written: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(written) if written else None
    except ValueError:
        raise Refusal("unknown_person", field="person_id") from None


# What it reads ------------------------------------------------------------------------------------


def _own(session: GuardedSession) -> str | None:
    viewer = session.bound_viewer
    return viewer.party if viewer.sits_at_a_table else None


def _own_leg(session: GuardedSession, line: ActionLine) -> Leg | None:
    found = line.legs.get(_own(session) or "")
    return found.leg if found else None


def _is_accepted(session: GuardedSession, line: ActionLine) -> bool:
    leg = _own_leg(session, line)
    return leg is None or leg.is_accepted


def _version(session: GuardedSession, line: ActionLine, change: BulkChange) -> str:
    """Return the version of what the change is made from: the own leg's, or that of what the action says."""
    leg = _own_leg(session, line)
    if change.operation in OF_LEG:
        return str(leg.version) if leg else "0"
    return content_version(line.action)


def _reads(
    session: GuardedSession, action: Action, change: BulkChange, *, is_made: bool = False
) -> dict[str, str | None]:
    """Return what the change is about, as it reads now; of a note, that it was added once the change `is_made`."""
    if change.operation == "note":
        return {"note": change.value if is_made else None}
    if change.operation not in OF_LEG:
        return {change.operation: getattr(action, change.operation)}
    leg = next((leg for leg in action.legs if leg.party_code == _own(session)), None)
    return leg_reads(leg, _columns(change)) if leg else {}


def _columns(change: BulkChange) -> tuple[str, ...]:
    match change.operation:
        case "accept":
            return ("is_accepted",)
        case "state":
            return ("state", "reason")
        case "person":
            return ("person_name", "person_id")
        case operation:
            return (operation,)


def leg_reads(leg: Leg, columns: Sequence[str]) -> dict[str, str | None]:
    """Return columns of a leg as plain values: days by ISO, accounts by id, whether it is accepted as yes or none."""
    return {name: _plain(getattr(leg, name)) for name in columns}


def _plain(value: Any) -> str | None:
    if value is None or value is False:
        return None
    if value is True:
        return "yes"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _makers(session: GuardedSession, lines: Iterable[ActionLine]) -> frozenset[str]:
    """Return the keys of those who see a batch and may undo it: the delegation, or the secretariats of all its actions.

    Where none is of all of them it is its maker's alone, since even how many there are tells of them.
    """
    viewer = session.bound_viewer
    if viewer.sits_at_a_table and viewer.party is not None:
        return frozenset({party_key(viewer.party)})
    serving = frozenset(hat.appointment_id for hat in viewer.hats).intersection(*(line.appointments for line in lines))
    return frozenset(map(appointment_key, serving)) or frozenset({person_key(viewer.person_id)})
