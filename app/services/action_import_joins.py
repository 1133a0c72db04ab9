"""What a row changes of an action that is there: one's own leg, legs that are new, and a note; never its title."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from app.domain.action_import_owners import Owner
from app.domain.action_import_rows import RowRead
from app.domain.actions import LegState, check_transition
from app.domain.errors import Refusal
from app.domain.visibility import Action as Permission
from app.domain.visibility import Facts, Viewer, can
from app.models import Leg
from app.services.action_import_found import FoundAction
from app.services.due_moves import check_move


@dataclass(frozen=True, slots=True)
class LegChanges:
    """What a row changes: of one's own leg by column, the owners whose leg is added, and the note that is new."""

    own: Leg | None
    written: dict[str, Any]
    due_on: dt.date | None
    due_reason: str | None
    moves: bool
    added: tuple[Owner, ...]
    note: str

    @property
    def has_any(self) -> bool:
        """Say whether the row changes anything."""
        return bool(self.written or self.moves or self.added or self.note)


def changes_of(viewer: Viewer, row: RowRead, found: FoundAction) -> LegChanges:
    """Return what a row changes of an action that the viewer sees.

    Raises `Refusal` at the column: `action_ended`, `not_your_leg` (`party`), `party_does_not_see` (`party`),
    `forbidden`, `verified_by_those_who_speak`, and what `check_transition` and `check_move` raise.
    """
    action = found.action
    if action.ended_as is not None:
        raise Refusal("action_ended", field="reference")
    legs = {leg.party_code: leg for leg in action.legs}
    added = tuple(owner for owner in row.owners if owner.party not in legs)
    facts = Facts(parties=found.parties, appointments=found.appointments)
    if added and not can(viewer, Permission.EDIT_ACTION, facts):
        raise Refusal("forbidden", field="owners")
    for owner in added:
        if owner.party not in found.parties:
            raise Refusal("party_does_not_see", field="owners", party=owner.party)
    own = legs.get(viewer.party or "") if viewer.sits_at_a_table else None
    named = {owner.party for owner in row.owners} or set(legs)
    says_whole = (row.state in {None, action.state}) and (row.due_on in {None, action.due_on})
    for party in sorted(named & legs.keys()):
        if legs[party] is not own and not says_whole and _differs(row, legs[party]):
            raise Refusal("not_your_leg", field="state" if row.state else "due_on", party=party)
    written: dict[str, Any] = {}
    moves, due_reason = False, None
    if own is not None and own.party_code in named:
        written = _written(row, own, says_whole=says_whole)
        verifies = own.state == "verified" and not own.is_accepted  # others recorded it, and it is taken on so
        if (written.get("state") == "verified" or (written and verifies and "state" not in written)) and not can(
            viewer, Permission.VERIFY_LEG, Facts(owner=own.party_code)
        ):
            raise Refusal("verified_by_those_who_speak", field="state")
        moves = row.due_on is not None and row.due_on != own.due_on and not says_whole
        due_reason = check_move(own, row.due_on, row.reason) if moves else None
    told = {note.text for note in action.notes}
    note = row.note if row.note not in told else ""
    return LegChanges(own, written, row.due_on, due_reason, moves, added, note)


def _differs(row: RowRead, leg: Leg) -> bool:
    return (row.state is not None and row.state != leg.state) or (row.due_on is not None and row.due_on != leg.due_on)


def _written(row: RowRead, leg: Leg, *, says_whole: bool) -> dict[str, Any]:
    """Return the columns of one's own leg that a row changes; what it leaves empty stays."""
    owner = next((owner for owner in row.owners if owner.party == leg.party_code), None)
    found: dict[str, Any] = {}
    if owner is not None and owner.office and owner.office != leg.office_code:
        found["office_code"] = owner.office
    if owner is not None and owner.person and owner.person != leg.person_name:
        found.update(person_name=owner.person, person_id=owner.person_id)
    if row.state is not None and row.state != leg.state and not says_whole:
        found["reason"] = check_transition(cast("LegState", leg.state), row.state, row.reason)
        found["state"] = row.state
    return found
