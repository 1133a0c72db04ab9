"""Another party's update that came by mail, note or telephone: entered for it, then its own word, or contested."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final, cast

from app.db import GuardedSession
from app.domain import actions as leg_rules
from app.domain import updates as rules
from app.domain.actions import LegState, today_in
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action as Permission
from app.domain.visibility import can
from app.domain.walltime import check_year
from app.models import Action, ActionNote, Leg
from app.services.action_acts import LegChange, standing, update_leg
from app.services.action_lines import ActionLine
from app.services.actions import action_line, find_action
from app.services.updates import NO_EVIDENCE, Evidence, check_stands, new_note, note_on

REASON_LIMIT: Final = 2000


@dataclass(frozen=True, slots=True)
class ReportedUpdate:
    """What a party told of its leg, and on which day; `state` None where it said nothing of how far it is."""

    party: str
    text: str
    language: str
    told_on: dt.date | None
    state: str | None = None
    evidence: Evidence = NO_EVIDENCE


def line_to_report(session: GuardedSession, reference: str) -> ActionLine:
    """Return an action of which the viewer may enter what others told; raises `NotFound`, `Refusal("forbidden")`."""
    line = action_line(session, reference)
    if not can(session.bound_viewer, Permission.REPORT_UPDATE, line.facts) or not parties_to_report(session, line):
        raise Refusal("forbidden")
    return line


def parties_to_report(session: GuardedSession, line: ActionLine) -> tuple[str, ...]:
    """Return the parties that owe something and are not the viewer's own: of these one may enter what they told."""
    own = session.bound_viewer.party
    return tuple(code for code in line.legs if code != own)


def report_update(session: GuardedSession, reference: str, told: ReportedUpdate) -> ActionNote:
    """Enter what another party told of its leg, which is changed by it in nothing.

    Raises `NotFound`; `Refusal` `forbidden`, `update_is_own`, `unknown_party`, `unknown_state`, `required`,
    `told_later`, and what notes raise.
    """
    find_action(session, reference, lock=True)
    line = line_to_report(session, reference)
    viewer = session.bound_viewer
    if told.party == viewer.party:
        raise Refusal("update_is_own", field="party")
    if told.party not in line.legs:
        raise Refusal("unknown_party", field="party")
    if told.state is not None and told.state not in rules.REPORTED_STATES:
        raise Refusal("unknown_state", field="state")
    told_on = rules.check_told_on(told.told_on, today_in(session.now, viewer.time_zone))
    check_year(told_on, field="told_on")
    action = line.action
    facts = {"kind": "reported", "for_party": told.party, "reported_state": told.state, "told_on": told_on}
    note = new_note(session, action, told.text, told.language, told.evidence, facts=facts)
    session.record(
        "update_reported", "action", action.id, action.audience_id,
        note=str(note.id), party=told.party, state=told.state, told_on=told_on.isoformat(),
    )  # fmt: skip
    return note


def take_over(session: GuardedSession, reference: str, note_id: uuid.UUID, *, version: int) -> Action:
    """Make what others reported of the viewer's party its own word: its leg is written so; `version` is the leg's.

    Raises `NotFound`; `Refusal` `forbidden`, `not_in_state` where no state was reported or a later note stands;
    what a changed leg raises; `StaleVersion`.
    """
    find_action(session, reference, lock=True)
    action, note, leg = _reported(session, reference, note_id)
    if note.reported_state is None or any(later.supersedes_id == note.id for later in action.notes):
        raise Refusal("not_in_state")
    old, new = cast("LegState", leg.state), cast("LegState", note.reported_state)
    reason = note.text[:REASON_LIMIT].strip() if leg_rules.needs_reason(old, new) else None
    update_leg(session, reference, leg.party_code, changed(leg, note.reported_state, reason), version=version)
    session.record(
        "update_taken_over", "action", action.id, action.audience_id, note=str(note.id), by_party=note.party_code
    )
    return action


def contest(session: GuardedSession, reference: str, note_id: uuid.UUID, text: str, language: str) -> ActionNote:
    """Contest with a note what others reported of the viewer's party; both stay readable, one beside the other.

    Raises `NotFound`; `Refusal` `forbidden` and what notes raise; `StaleVersion` where a later note stands.
    """
    find_action(session, reference, lock=True)
    action, note, _leg = _reported(session, reference, note_id)
    check_stands(action, note, text)
    new = new_note(session, action, text, language, supersedes=note)
    session.record("update_contested", "action", action.id, action.audience_id, note=str(new.id), contests=str(note.id))
    return new


def report_to_answer(session: GuardedSession, reference: str, note_id: uuid.UUID) -> tuple[Action, ActionNote]:
    """Return an action and what others reported on it of the viewer's party.

    Raises `NotFound`; `Refusal("forbidden")` where it was reported of another.
    """
    action, note, _leg = _reported(session, reference, note_id)
    return action, note


def changed(leg: Leg, state: str, reason: str | None) -> LegChange:
    """Return a leg in another state, and otherwise as it reads now."""
    return LegChange(**{**standing(leg), "state": state, "reason": reason})  # type: ignore[arg-type]


def _reported(session: GuardedSession, reference: str, note_id: uuid.UUID) -> tuple[Action, ActionNote, Leg]:
    action, note = note_on(session, reference, note_id)
    if note.kind != "reported":
        raise NotFound
    leg = next((leg for leg in action.legs if leg.party_code == note.for_party), None)
    viewer = session.bound_viewer
    if leg is None or not viewer.sits_at_a_table or viewer.party != leg.party_code:
        raise Refusal("forbidden")
    return action, note, leg
