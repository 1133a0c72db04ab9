"""Which actions serve a commitment: shown on both, to those who see both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import case, select
from sqlalchemy.orm import load_only

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import REGISTER, can, sees
from app.domain.visibility import Action as Permission
from app.models import Action, Commitment, CommitmentAction
from app.services.action_lines import ActionLine, lines_of
from app.services.action_whole import in_lists
from app.services.actions import action_line
from app.services.commitments import find_commitment, is_practice
from app.services.meeting_audience import keys_of
from app.services.practice import is_real_action

MOST_OFFERED: Final = 200


@dataclass(frozen=True, slots=True)
class ServedCommitments:
    """The commitments that an action serves, those that it could serve besides, and whether the viewer may say so."""

    serves: tuple[Commitment, ...]
    others: tuple[Commitment, ...]
    may_link: bool


def link_action(session: GuardedSession, ref: str, action_reference: str) -> CommitmentAction:
    """Say that an action serves a commitment; saying it again changes nothing.

    It is read by those who see both. Raises `NotFound`; `Refusal` `forbidden`, `example_is_fixed`, `unknown_action`
    (`action`), where there is none that the viewer sees.
    """
    commitment = find_commitment(session, ref)
    line = _action_to_link(session, action_reference)
    existing = _link_between(session, commitment, line.action)
    if existing is not None and existing.ended_at is None:
        return existing
    if existing is None:
        return serve(session, line.action, commitment)
    existing.ended_at, existing.made_at, existing.made_by = None, session.now, session.bound_viewer.person_id
    _record(session, "commitment_linked", commitment, line.action, existing)
    return existing


def serve(session: GuardedSession, action: Action, commitment: Commitment) -> CommitmentAction:
    """Write that an action serves a commitment, both of which the viewer sees; it is read by those who see both.

    Raises `Refusal("forbidden")` where the viewer is not among these.
    """
    link = CommitmentAction(
        commitment_id=commitment.id, action_id=action.id, made_by=session.bound_viewer.person_id,
        made_at=session.now, audience_id=_audience(session, commitment, action),
    )  # fmt: skip
    session.add(link)
    session.flush()  # the same, said at once by two, is found here
    _record(session, "commitment_linked", commitment, action, link)
    return link


def unlink_action(session: GuardedSession, ref: str, action_reference: str) -> None:
    """Take back that an action serves a commitment. Raises `NotFound`, `Refusal` `forbidden`."""
    commitment = find_commitment(session, ref)
    line = action_line(session, action_reference)
    _check_may_link(session, line)
    link = _link_between(session, commitment, line.action)
    if link is None or link.ended_at is not None:
        raise NotFound
    link.ended_at = session.now
    _record(session, "commitment_unlinked", commitment, line.action, link)


def actions_serving(session: GuardedSession, commitment: Commitment, limit: int) -> tuple[ActionLine, ...]:
    """Return so many of the actions that serve a commitment, what is due first before the rest; three statements."""
    served = select(CommitmentAction.action_id).where(
        CommitmentAction.commitment_id == commitment.id, CommitmentAction.ended_at.is_(None)
    )
    query = select(Action).where(Action.id.in_(served), in_lists(), is_real_action())
    return lines_of(session, query.order_by(Action.due_on.is_(None), Action.due_on, Action.reference).limit(limit))


def served_by(session: GuardedSession, line: ActionLine) -> ServedCommitments:
    """Return the commitments that an action serves and could serve, those of its mechanism first; one statement.

    Of those that it could serve the first `MOST_OFFERED`, by what a choice shows of them; the page of any other
    offers to name the action there.
    """
    may_link = _may_link(session, line) and not is_practice(line.mechanism)
    link = CommitmentAction
    on_action = (link.commitment_id == Commitment.id) & (link.action_id == line.action.id) & link.ended_at.is_(None)
    query = select(Commitment, link.id).outerjoin(link, on_action).where(Commitment.kind != "repeat")
    if not may_link:
        query = query.where(link.id.is_not(None))
    is_own = case((Commitment.mechanism_id == line.action.mechanism_id, 0), else_=1)
    shown = query.options(load_only(Commitment.ref, Commitment.title))
    order = (link.id.is_(None), is_own, Commitment.origin, Commitment.ref)
    rows = session.execute(shown.order_by(*order).limit(MOST_OFFERED)).all()
    return ServedCommitments(
        tuple(row for row, linked in rows if linked is not None),
        tuple(row for row, linked in rows if linked is None),
        may_link,
    )


def may_link(session: GuardedSession, line: ActionLine) -> bool:
    """Say whether the viewer can say of an action what it serves: whoever may mend it."""
    return _may_link(session, line)


def _may_link(session: GuardedSession, line: ActionLine) -> bool:
    return can(session.bound_viewer, Permission.EDIT_ACTION, line.facts)


def _check_may_link(session: GuardedSession, line: ActionLine) -> None:
    if not _may_link(session, line):
        raise Refusal("forbidden")


def _action_to_link(session: GuardedSession, reference: str) -> ActionLine:
    try:
        line = action_line(session, reference)
    except NotFound:
        raise Refusal("unknown_action", field="action") from None
    _check_may_link(session, line)
    practised = session.execute(select(Action.id).where(Action.id == line.action.id, is_real_action()))
    if practised.scalar_one_or_none() is None:
        raise Refusal("example_is_fixed", field="action")
    return line


def _link_between(session: GuardedSession, commitment: Commitment, action: Action) -> CommitmentAction | None:
    return session.execute(
        select(CommitmentAction).where(
            CommitmentAction.commitment_id == commitment.id, CommitmentAction.action_id == action.id
        )
    ).scalar_one_or_none()


def _audience(session: GuardedSession, commitment: Commitment, action: Action) -> object:
    """Return the audience of those who see both: nobody learns of the one by the other."""
    of_action, of_commitment = keys_of(session, action.audience_id), keys_of(session, commitment.audience_id)
    if REGISTER in of_commitment or of_action <= of_commitment:
        return action.audience_id
    both = of_action & of_commitment
    if not sees(session.bound_viewer, both):
        raise Refusal("forbidden")
    return session.audience(both)


def _record(session: GuardedSession, act: str, commitment: Commitment, action: Action, link: CommitmentAction) -> None:
    facts = {"ref": commitment.ref, "served_by": action.reference}
    session.record(act, "commitment", commitment.id, link.audience_id, **facts)
    session.record(act, "action", action.id, link.audience_id, **facts)
