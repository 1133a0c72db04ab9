"""Writing what a row changes of an action that is there, with what it was, so that it can be put back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from app.db import GuardedSession
from app.models import Action, ActionNote, Leg
from app.services.action_import_joins import LegChanges
from app.services.action_import_plan import RowFate
from app.services.action_whole import heard, settle
from app.services.due_moves import keep_move

LEG_FIELDS = (
    "state",
    "reason",
    "office_code",
    "person_name",
    "person_id",
    "due_on",
    "done_at",
    "is_accepted",
    "accepted_at",
)


def join(session: GuardedSession, fate: RowFate, action: Action, changes: LegChanges, language: str) -> dict[str, Any]:
    """Change an action as its row says, and return what it was, as JSON; the plan has checked that it may be."""
    told: dict[str, Any] = {"action": str(action.id), "added": [], "notes": []}
    if changes.own is not None and (changes.written or changes.moves):
        told |= {"leg": str(changes.own.id), "was": standing(changes.own)}
        _write(session, action, changes.own, changes)
        told["now"] = standing(changes.own)
    for owner in changes.added:
        leg = _add(session, action, fate, owner)
        told["added"].append(str(leg.id))
    if changes.note:
        told["notes"].append(str(_note(session, action, changes.note, language).id))
    session.flush()
    settle(action, action.legs)
    heard(action, session.now)
    session.record(
        "action_joined", "action", action.id, action.audience_id,
        added=[owner.party for owner in changes.added], notes=len(told["notes"]),
        leg={name: value for name, value in told.get("now", {}).items() if name in {"state", "due_on"}},
    )  # fmt: skip
    return told


def standing(leg: Leg) -> dict[str, Any]:
    """Return what an import can change of a leg, as JSON."""
    return {name: _plain(getattr(leg, name)) for name in LEG_FIELDS}


def _plain(value: Any) -> Any:
    match value:
        case dt.date():
            return value.isoformat()
        case uuid.UUID():
            return str(value)
    return value


def _write(session: GuardedSession, action: Action, leg: Leg, changes: LegChanges) -> None:
    if changes.moves:
        keep_move(session, action, leg, changes.due_on, changes.due_reason)
    for name, value in changes.written.items():
        setattr(leg, name, value)
    leg.is_accepted, leg.accepted_at = True, leg.accepted_at or session.now
    leg.done_at = (leg.done_at or session.now) if leg.state in {"done", "verified"} else None
    leg.changed_at = session.now


def _add(session: GuardedSession, action: Action, fate: RowFate, owner: Any) -> Leg:
    viewer, row = session.bound_viewer, fate.row
    is_own = viewer.sits_at_a_table and viewer.party == owner.party
    leg = Leg(
        id=uuid.uuid4(), action=action, party_code=owner.party, office_code=owner.office, person_name=owner.person,
        person_id=owner.person_id if is_own else None, due_on=row.due_on, first_due_on=row.due_on,
        state=row.state or "open", reason=row.reason or None, is_accepted=is_own,
        accepted_at=session.now if is_own else None, changed_at=session.now, audience_id=action.audience_id,
    )  # fmt: skip
    session.add(leg)
    return leg


def _note(session: GuardedSession, action: Action, text: str, language: str) -> ActionNote:
    viewer = session.bound_viewer
    note = ActionNote(
        id=uuid.uuid4(), action=action, text=text, language=language, person_id=viewer.person_id,
        party_code=viewer.party if viewer.sits_at_a_table else None, created_at=session.now,
        audience_id=action.audience_id,
    )  # fmt: skip
    session.add(note)
    return note
