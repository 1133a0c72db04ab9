"""Telling people of a poll: whom, by the parties and the people that it asks."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.visibility import DELEGATION_ROLES, appointments_in
from app.models import Person, Poll
from app.services import outbox
from app.services.practice import is_example
from app.services.recipients import keys_behind, serving, speakers


def tell_those_asked(session: GuardedSession, kind: str, poll: Poll, except_person: uuid.UUID | None) -> None:
    """Tell the coordinators and heads of a poll's parties, the principals who have an account, and its secretariats.

    Nobody is told of what is practised on the example. The poll's seats are loaded.
    """
    if is_example(session, poll):
        return
    with session.whole_truth("find whom to tell of a poll") as truth:
        told = those_asked(truth, poll)
    tell_people(session, kind, poll, told - {except_person})


def those_asked(truth: GuardedSession, poll: Poll) -> set[uuid.UUID]:
    """Return the coordinators and heads of a poll's parties, its principals with an account, and its secretariats."""
    told = speakers(truth, poll.parties) | _named(truth, poll)
    return told | serving(truth, appointments_in(keys_behind(truth, poll.audience_id)))


def tell_people(session: GuardedSession, kind: str, poll: Poll, people: Collection[uuid.UUID], **facts: object) -> None:
    """Write down that these people are to be told of a poll; `facts` are ids and words of ours that the mail needs."""
    for person_id in sorted(people, key=str):
        outbox.enqueue(session, kind, person_id, {"poll_id": str(poll.id), **facts}, subject_id=poll.id)


def _named(truth: GuardedSession, poll: Poll) -> set[uuid.UUID]:
    """Return the principals of the poll who have an account among its delegations' people."""
    named = sorted({seat.person_id for seat in poll.seats if seat.person_id and not seat.is_inner}, key=str)
    if not named:
        return set()
    found = select(Person.id).where(
        Person.id.in_(named),
        Person.delegation.in_(sorted(poll.parties)),
        Person.role.in_(sorted(DELEGATION_ROLES)),
        Person.active.is_(True),
    )
    return set(truth.execute(found).scalars())
