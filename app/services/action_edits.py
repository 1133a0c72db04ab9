"""What is mended of an action after it was recorded: its title, and a leg of a party that was found to owe too."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.db import GuardedSession, digest_of
from app.domain.errors import Refusal, StaleVersion
from app.domain.plaintext import one_line
from app.domain.visibility import Action as Permission
from app.domain.visibility import can
from app.domain.walltime import check_year
from app.models import Action, Leg
from app.services.action_acts import titles
from app.services.action_lines import ActionLine
from app.services.action_whole import settle
from app.services.actions import action_line, find_action


@dataclass(frozen=True, slots=True)
class NewLeg:
    """A leg as it is added: who owes, and as far as it is known who does it there and by when."""

    party: str
    person_name: str | None = None
    due_on: dt.date | None = None


def line_to_edit(session: GuardedSession, reference: str) -> ActionLine:
    """Return an action that the viewer may mend, with its legs; raises `NotFound`, `Refusal("forbidden")`."""
    line = action_line(session, reference)
    if not can(session.bound_viewer, Permission.EDIT_ACTION, line.facts):
        raise Refusal("forbidden")
    return line


def title_version(action: Action) -> str:
    """Return a short digest of a title; a correction carries that of the title it was made from.

    The row's own version rises with every note and leg, which change nothing of what was read here.
    """
    return digest_of(json.dumps(dict(action.title), sort_keys=True, ensure_ascii=False))[:32]


def correct_title(session: GuardedSession, reference: str, title: Mapping[str, str], *, version: str) -> Action:
    """Write the title anew; what it was is kept in the record. `version` is `title_version` of what was read.

    Raises `NotFound`; `Refusal` `forbidden`, `needs_title`, and what lines of text raise; `StaleVersion`.
    """
    find_action(session, reference, lock=True)
    action = line_to_edit(session, reference).action
    if version != title_version(action):
        raise StaleVersion({"title": dict(title)}, {"title": dict(action.title)})
    new, was = titles(title, action.title.get("original")), dict(action.title)
    if new != was:
        action.title, action.changed_at = new, session.now
        session.record("action_title_corrected", "action", action.id, action.audience_id, was=was, now=new)
    return action


def add_leg(session: GuardedSession, reference: str, new: NewLeg) -> Leg:
    """Add a leg for a party that sees the action and owes nothing yet; one of the viewer's own party is accepted.

    Another party would have to be let in first, which is no correction. Raises `NotFound`; `Refusal`
    `forbidden`, `unknown_party`, and what lines of text and years raise.
    """
    find_action(session, reference, lock=True)
    line = line_to_edit(session, reference)
    if new.party not in line.without_leg:
        raise Refusal("unknown_party", field="party")
    if new.due_on is not None:
        check_year(new.due_on, field="due_on")
    viewer, action = session.bound_viewer, line.action
    is_own = viewer.sits_at_a_table and viewer.party == new.party
    leg = Leg(
        action_id=action.id, party_code=new.party, person_name=one_line(new.person_name, "person_name") or None,
        due_on=new.due_on, first_due_on=new.due_on, state="open", is_accepted=is_own,
        accepted_at=session.now if is_own else None, changed_at=session.now, audience_id=action.audience_id,
    )  # fmt: skip
    session.add(leg)
    settle(action, [*action.legs, leg])
    action.changed_at = session.now
    session.flush()  # a second leg of the same party, added at once, is found here
    due_on = new.due_on.isoformat() if new.due_on else None
    session.record("leg_added", "action", action.id, action.audience_id, party=new.party, due_on=due_on)
    return leg
