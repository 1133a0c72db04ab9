"""Which seats of a poll have yet to answer, and who answers for them.

Both are read on whatever session is given: on one that sees everything, or on that of one of a delegation's people,
who sees its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from app.db import GuardedSession
from app.domain.visibility import DELEGATION_ROLES, SPEAKING_ROLES
from app.models import Person, Poll, PollAnswer, PollProxy, PollResponse, PollSeat, PollSlot


def awaited_seats(session: GuardedSession, poll_id: uuid.UUID, parties: Collection[str]) -> tuple[PollSeat, ...]:
    """Return the seats of these parties without a word, in time, on some slot that stands.

    A word that was reported of a seat is one.
    """
    asked = select(func.count(PollSlot.id)).where(PollSlot.poll_id == poll_id, PollSlot.withdrawn_at.is_(None))
    said = (
        select(PollResponse.seat_id, func.count(PollAnswer.slot_id.distinct()).label("count"))
        .join(PollAnswer, PollAnswer.response_id == PollResponse.id)
        .join(PollSlot, PollSlot.id == PollAnswer.slot_id)
        .where(PollResponse.poll_id == poll_id, PollResponse.is_late.is_(False), PollSlot.withdrawn_at.is_(None))
        .group_by(PollResponse.seat_id)
        .subquery()
    )
    found = session.execute(
        select(PollSeat)
        .outerjoin(said, said.c.seat_id == PollSeat.id)
        .where(
            PollSeat.poll_id == poll_id,
            PollSeat.party_code.in_(sorted(parties)),
            func.coalesce(said.c.count, 0) < asked.scalar_subquery(),
        )
        .order_by(PollSeat.party_code, PollSeat.position, PollSeat.id)
    )
    return tuple(found.scalars())


def who_answers(session: GuardedSession, seats: Collection[PollSeat]) -> Mapping[uuid.UUID, frozenset[uuid.UUID]]:
    """Return who answers for each seat, by its id: those whom its delegation named, else the principal's own account.

    Where neither is there, the coordinators and heads.
    """
    ids = [seat.id for seat in seats]
    named: dict[uuid.UUID, set[uuid.UUID]] = {seat_id: set() for seat_id in ids}
    for seat_id, person_id in session.execute(
        select(PollProxy.seat_id, PollProxy.person_id).where(PollProxy.seat_id.in_(ids), PollProxy.ended_at.is_(None))
    ):
        named[seat_id].add(person_id)
    people = {
        person_id: (party, role)
        for person_id, party, role in session.execute(
            select(Person.id, Person.delegation, Person.role).where(
                Person.delegation.in_(sorted({seat.party_code for seat in seats})),
                Person.role.in_(sorted(DELEGATION_ROLES)),
                Person.active.is_(True),
            )
        )
    }
    found = {}
    for seat in seats:
        theirs = {person_id for person_id, (party, _role) in people.items() if party == seat.party_code}
        speaking = {person_id for person_id in theirs if people[person_id][1] in SPEAKING_ROLES}
        found[seat.id] = frozenset(named[seat.id] & theirs or theirs & {seat.person_id} or speaking)
    return found


def people_awaited(session: GuardedSession, poll: Poll, parties: Collection[str]) -> frozenset[uuid.UUID]:
    """Return everybody of these parties who answers for a seat that has yet to."""
    seats = awaited_seats(session, poll.id, parties)
    return frozenset[uuid.UUID]().union(*who_answers(session, seats).values()) if seats else frozenset()


def people_who_answered(session: GuardedSession, poll: Poll) -> frozenset[uuid.UUID]:
    """Return everybody who answered a poll themselves, whatever they said, and still belongs to its delegations."""
    found = select(PollResponse.person_id).where(PollResponse.poll_id == poll.id, PollResponse.is_reported.is_(False))
    rows = session.execute(
        select(Person.id).where(
            Person.id.in_(found), Person.active.is_(True), Person.delegation.in_(sorted(poll.parties))
        )
    )
    return frozenset(rows.scalars())
