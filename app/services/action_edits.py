"""What is mended of an action after it was recorded: what it says, and a leg of a party that was found to owe too."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass

from app.db import GuardedSession, digest_of
from app.domain.action_kinds import foreign_versions_changed
from app.domain.errors import Refusal, StaleVersion
from app.domain.plaintext import one_line
from app.domain.visibility import Action as Permission
from app.domain.visibility import can
from app.domain.walltime import check_year
from app.models import Action, Leg
from app.services.action_content import ActionContent, columns_of, content_of
from app.services.action_lines import ActionLine
from app.services.action_whole import check_goes_on, heard, settle
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


def content_version(action: Action) -> str:
    """Return a short digest of what an action says; an edit carries that of what it was made from.

    The row's own version rises with every note and leg, which change nothing of what was read here.
    """
    return digest_of(json.dumps(_read(content_of(action)), sort_keys=True, ensure_ascii=False))[:32]


def edit_action(session: GuardedSession, reference: str, content: ActionContent, *, version: str) -> Action:
    """Write what an action says anew; what it said is kept in the record. `version` is `content_version` of that.

    A party's own version of a protocol is its own to change. Raises `NotFound`; `Refusal` `forbidden`,
    `version_of_another_party`, and what `columns_of` raises; `StaleVersion`.
    """
    find_action(session, reference, lock=True)
    line = line_to_edit(session, reference)
    action, was = line.action, content_of(line.action)
    if version != content_version(action):
        raise StaleVersion(_read(content), _read(was))
    columns = columns_of(content, line.parties)
    viewer = session.bound_viewer
    own = viewer.party if viewer.sits_at_a_table else None
    foreign = foreign_versions_changed(was.kind_facts, columns["kind_facts"], own)
    if foreign:  # also where it becomes another kind, which has none: they would be gone
        raise Refusal("version_of_another_party", field=f"national_{foreign[0]}")
    before = {name: getattr(action, name) for name in columns}
    changed = {name: value for name, value in columns.items() if value != before[name]}
    if not changed:
        return action
    for name, value in changed.items():
        setattr(action, name, value)
    action.changed_at = session.now
    if "kind_facts" in changed:  # a finding, data that came, a version: that is news, as another word is not
        heard(action, session.now)
    if "title" in changed:
        facts = {"was": before["title"], "now": changed.pop("title")}
        session.record("action_title_corrected", "action", action.id, action.audience_id, **facts)
    if changed:
        was_so = {name: before[name] for name in changed}
        session.record("action_edited", "action", action.id, action.audience_id, was=was_so, now=changed)
    return action


def _read(content: ActionContent) -> dict[str, object]:
    """Return what an action says, as both sides of a lost race are read; texts that are not there are left out."""
    said = asdict(content)
    for name in ("title", "body", "conclusion"):
        said[name] = {code: text for code, text in said[name].items() if text and code != "original"}
    return {**said, "original": content.original or ""}


def add_leg(session: GuardedSession, reference: str, new: NewLeg) -> Leg:
    """Add a leg for a party that sees the action and owes nothing yet; one of the viewer's own party is accepted.

    Another party would have to be let in first, which is no correction. Raises `NotFound`; `Refusal`
    `forbidden`, `action_ended`, `unknown_party`, and what lines of text and years raise.
    """
    check_goes_on(find_action(session, reference, lock=True))
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
