"""What actions are to one another: linked, shown to those who see both, and taken back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, or_, select

from app.db import GuardedSession
from app.domain import action_links as rules
from app.domain.errors import NotFound, Refusal
from app.domain.references import parse_action_reference
from app.domain.visibility import Action as Permission
from app.domain.visibility import can
from app.models import Action, ActionLink
from app.services.action_lines import ActionLine
from app.services.action_whole import in_lists
from app.services.actions import action_line, find_action
from app.services.meeting_audience import keys_of

# What one action may be said to be to another, and which of the two the link then starts from.
SAID: Final = {
    "blocks": ("blocks", True), "blocked_by": ("blocks", False), "follows": ("follows", True),
    "followed_by": ("follows", False), "same_as": ("same_as", True),
}  # fmt: skip
OTHER_SIDE: Final = {
    "blocks": "blocked_by", "follows": "followed_by", "same_as": "same_as", "merged_into": "took_in",
    "split_from": "split_into",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link as the page of one of its actions shows it: what that is to the other one.

    `can_end`: what was merged or split at a meeting is taken back there.
    """

    link: ActionLink
    said: str
    other: Action

    @property
    def can_end(self) -> bool:
        """Say whether the link is taken back by itself."""
        return self.link.kind in rules.LINKED_BY_HAND


def links_of(session: GuardedSession, action: Action) -> tuple[LinkLine, ...]:
    """Return the links of an action to those that the viewer sees too, by kind and reference; one statement."""
    outward = and_(ActionLink.from_id == action.id, Action.id == ActionLink.to_id)
    inward = and_(ActionLink.to_id == action.id, Action.id == ActionLink.from_id)
    rows = session.execute(
        select(ActionLink, Action).join(Action, or_(outward, inward)).where(ActionLink.ended_at.is_(None), in_lists())
    )
    lines = [
        LinkLine(link, link.kind if link.from_id == action.id else OTHER_SIDE[link.kind], other) for link, other in rows
    ]
    kinds = [*SAID, "merged_into", "took_in", "split_from", "split_into"]
    return tuple(sorted(lines, key=lambda line: (kinds.index(line.said), line.other.reference)))


def add_link(session: GuardedSession, reference: str, said: str, other_reference: str) -> ActionLink:
    """Say what an action is to another one (`SAID`); seen by those who see both.

    One that the viewer may not see is unknown, as one that is not there. Circles are looked for among what the
    viewer sees: a refusal over a link that they do not see would tell of it. Raises `NotFound`; `Refusal`
    `forbidden`, `unknown_link`, `unknown_action`, `link_to_itself`, `linked_already`, `link_in_circle`, and
    `nobody_sees_both`.
    """
    kind, starts_here = _known(said)
    own = _own(session, reference)
    other = _other(session, other_reference, own)
    first, second = (own, other) if starts_here else (other, own)
    _take_turns(session, own, other)
    _refuse_repeats(session, kind, first, second)
    if kind in rules.WITHOUT_CIRCLES:
        _refuse_circle(session, kind, first, second)
    shared = keys_of(session, own.audience_id) & keys_of(session, other.audience_id)
    if not shared:
        raise Refusal("nobody_sees_both", field="other")
    link = ActionLink(
        id=uuid.uuid4(), from_id=first.id, to_id=second.id, kind=kind, made_by=session.bound_viewer.person_id,
        made_at=session.now, audience_id=session.audience(shared),
    )  # fmt: skip
    session.add(link)
    _record(session, "action_linked", link, (first, second))
    return link


def end_link(session: GuardedSession, reference: str, link_id: uuid.UUID) -> ActionLink:
    """Take a link back that was made by hand; one that was taken back already stays so.

    Raises `NotFound`, `Refusal("forbidden")`.
    """
    own = _own(session, reference)
    line = next((line for line in links_of(session, own) if line.link.id == link_id and line.can_end), None)
    if line is None:
        raise NotFound
    line.link.ended_at = session.now
    both = (own, line.other) if line.link.from_id == own.id else (line.other, own)
    _record(session, "action_unlinked", line.link, both)
    return line.link


def may_link(session: GuardedSession, line: ActionLine) -> bool:
    """Say whether the viewer may link an action to others that they see."""
    return can(session.bound_viewer, Permission.EDIT_ACTION, line.facts)


def _own(session: GuardedSession, reference: str) -> Action:
    line = action_line(session, reference)
    if not may_link(session, line):
        raise Refusal("forbidden")
    return line.action


def _known(said: str) -> tuple[str, bool]:
    if said not in SAID:
        raise Refusal("unknown_link", field="said")
    return SAID[said]


def _other(session: GuardedSession, reference: str, own: Action) -> Action:
    if parse_action_reference(reference) is None:
        raise Refusal("unknown_action", field="other")
    try:
        other = find_action(session, reference)
    except NotFound:
        raise Refusal("unknown_action", field="other") from None
    if other.ended_as == "withdrawn":
        raise Refusal("unknown_action", field="other")
    if other.id == own.id:
        raise Refusal("link_to_itself", field="other")
    return other


def _take_turns(session: GuardedSession, *both: Action) -> None:
    """Lock both actions, always in the same order, so that two who link them at once see one another's links."""
    for reference in sorted(action.reference for action in both):
        find_action(session, reference, lock=True)


def _refuse_repeats(session: GuardedSession, kind: str, first: Action, second: Action) -> None:
    pairs = [(first.id, second.id), (second.id, first.id)] if kind == "same_as" else [(first.id, second.id)]
    standing = select(ActionLink.id).where(
        ActionLink.kind == kind, ActionLink.ended_at.is_(None),
        or_(*(and_(ActionLink.from_id == one, ActionLink.to_id == two) for one, two in pairs)),
    )  # fmt: skip
    if session.execute(standing.limit(1)).first() is not None:
        raise Refusal("linked_already", field="other")


def _refuse_circle(session: GuardedSession, kind: str, first: Action, second: Action) -> None:
    """Refuse a link that would lead back to where it starts, over actions that the viewer sees."""
    names = {first.id: first.reference, second.id: second.reference}
    edges: dict[uuid.UUID, list[uuid.UUID]] = {}
    ahead = {second.id}
    while ahead:
        found = _leading_on(session, kind, ahead)
        for from_id, to_id, reference in found:
            edges.setdefault(from_id, []).append(to_id)
            names.setdefault(to_id, reference)
        ahead = {to_id for _, to_id, _ in found} - set(edges) - {first.id}
    path = rules.path_between(edges, second.id, first.id)
    if path:
        circle = " → ".join(names[each] for each in [first.id, *path])
        raise Refusal("link_in_circle", field="other", circle=circle)


def _leading_on(session: GuardedSession, kind: str, ids: Iterable[uuid.UUID]) -> list[tuple[uuid.UUID, uuid.UUID, str]]:
    """Return where links of a kind lead from these actions: from, to, and the reference of that one."""
    rows = session.execute(
        select(ActionLink.from_id, ActionLink.to_id, Action.reference)
        .join(Action, Action.id == ActionLink.to_id)
        .where(ActionLink.kind == kind, ActionLink.from_id.in_(sorted(ids)), ActionLink.ended_at.is_(None), in_lists())
    )
    return [(row.from_id, row.to_id, row.reference) for row in rows]


def _record(session: GuardedSession, act: str, link: ActionLink, both: tuple[Action, Action]) -> None:
    """Record it of both actions, for those who see both."""
    first, second = both
    for own, said, other in ((first, link.kind, second), (second, OTHER_SIDE[link.kind], first)):
        session.record(act, "action", own.id, link.audience_id, said=said, other=other.reference)
