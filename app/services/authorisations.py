"""Leave that a principal gives an assistant to subscribe for them: given by one, ended by either, for both to see."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import load_only

from app.db import GuardedSession
from app.domain.accounts import normal_email
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action, Role, can, person_key
from app.models import Authorisation, Person, Subscription

ASSISTANTS_LIMIT: Final = 20


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """A live leave with the two people, as the viewer, who is one of them, may read them."""

    leave: Authorisation
    principal: Person
    assistant: Person


def authorise(session: GuardedSession, email: str) -> Authorisation:
    """Let the person with that address, of the viewer's own government, subscribe for the viewer.

    Whoever it is elsewhere, or nobody, is refused alike. Raises `Refusal` `forbidden`, `no_government`,
    `unknown_assistant`, `already_authorised`, `too_many_assistants`.
    """
    viewer = session.bound_viewer
    if not can(viewer, Action.SUBSCRIBE):
        raise Refusal("forbidden")
    if viewer.party is None:
        raise Refusal("no_government", field="email")
    _lock_own_account(session)
    assistant = _assistant(session, email)
    standing = own_leaves(session)
    if any(line.assistant.id == assistant.id for line in standing):
        raise Refusal("already_authorised", field="email")
    if len(standing) >= ASSISTANTS_LIMIT:
        raise Refusal("too_many_assistants", field="email", limit=ASSISTANTS_LIMIT)
    audience_id = session.audience({person_key(viewer.person_id), person_key(assistant.id)})
    leave = Authorisation(
        id=uuid.uuid4(), principal_id=viewer.person_id, assistant_id=assistant.id, granted_at=session.now,
        audience_id=audience_id,
    )  # fmt: skip
    session.add(leave)
    session.record("authorisation_granted", "authorisation", leave.id, audience_id)
    return leave


def end_authorisation(session: GuardedSession, leave_id: uuid.UUID) -> None:
    """End a leave that the viewer gave or was given, and every feed that was made by it. Raises `NotFound`."""
    leave = find_leave(session, leave_id).leave
    leave.ended_at = session.now
    session.record("authorisation_ended", "authorisation", leave.id, leave.audience_id)
    for subscription in feeds_by(session, leave):
        subscription.revoked_at = session.now
        session.record("subscription_revoked", "subscription", subscription.id, subscription.audience_id)


def find_leave(session: GuardedSession, leave_id: uuid.UUID) -> LeaveLine:
    """Return a live leave that the viewer gave or was given; raises `NotFound`."""
    found = _lines(session, leave_id)
    if not found:
        raise NotFound
    return found[0]


def own_leaves(session: GuardedSession) -> tuple[LeaveLine, ...]:
    """Return the leaves that the viewer gives, by the assistant's name."""
    lines = [line for line in _lines(session) if line.principal.id == session.bound_viewer.person_id]
    return tuple(sorted(lines, key=lambda line: (line.assistant.name, line.assistant.email)))


def principals(session: GuardedSession) -> tuple[LeaveLine, ...]:
    """Return the leaves by which the viewer may subscribe for somebody now, by the principal's name."""
    viewer = session.bound_viewer
    lines = [
        line for line in _lines(session)
        if line.assistant.id == viewer.person_id and is_in_force(line)
    ]  # fmt: skip
    return tuple(sorted(lines, key=lambda line: (line.principal.name, line.principal.email)))


def all_leaves(session: GuardedSession) -> tuple[LeaveLine, ...]:
    """Return the live leaves that the viewer gives or was given, the oldest first."""
    return _lines(session)


def is_in_force(line: LeaveLine) -> bool:
    """Say whether a live leave lets the assistant subscribe: both active, of one government, neither administers it."""
    people = (line.principal, line.assistant)
    return (
        all(each.active and each.role != Role.ADMINISTRATOR and each.delegation is not None for each in people)
        and line.principal.delegation == line.assistant.delegation
    )


def feeds_by(session: GuardedSession, leave: Authorisation) -> Sequence[Subscription]:
    """Return the live feeds that an assistant has for a principal."""
    return (
        session.execute(
            select(Subscription).where(
                Subscription.principal_id == leave.principal_id,
                Subscription.person_id == leave.assistant_id,
                Subscription.revoked_at.is_(None),
            )
        )
        .scalars()
        .all()
    )


def _assistant(session: GuardedSession, email: str) -> Person:
    viewer = session.bound_viewer
    found = session.execute(
        select(Person).where(
            Person.email == normal_email(email),
            Person.delegation == viewer.party,
            Person.active.is_(True),
            Person.role != Role.ADMINISTRATOR,
        )
    ).scalar_one_or_none()
    if found is None or found.id == viewer.person_id:
        raise Refusal("unknown_assistant", field="email")
    return found


def _lock_own_account(session: GuardedSession) -> None:
    """Hold the viewer's own row to the end, so that the same leave given twice at once is given once."""
    session.execute(select(Person.id).where(Person.id == session.bound_viewer.person_id).with_for_update())


def _lines(session: GuardedSession, leave_id: uuid.UUID | None = None) -> tuple[LeaveLine, ...]:
    own = session.bound_viewer.person_id
    query = select(Authorisation).where(
        or_(Authorisation.principal_id == own, Authorisation.assistant_id == own), Authorisation.ended_at.is_(None)
    )
    if leave_id is not None:
        query = query.where(Authorisation.id == leave_id)
    found = session.execute(query.order_by(Authorisation.granted_at, Authorisation.id)).scalars().all()
    ids = sorted({each for leave in found for each in (leave.principal_id, leave.assistant_id)})
    people = people_named(session, ids)
    return tuple(
        LeaveLine(each, people[each.principal_id], people[each.assistant_id])
        for each in found
        if each.principal_id in people and each.assistant_id in people
    )


def people_named(session: GuardedSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Person]:
    """Return those of the people whom the viewer may know, by id; an empty list asks nothing."""
    if not ids:
        return {}
    rows = session.execute(
        select(Person)
        .where(Person.id.in_(ids))
        .options(load_only(Person.name, Person.email, Person.role, Person.delegation, Person.active))
    ).scalars()
    return {row.id: row for row in rows}
