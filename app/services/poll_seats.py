"""Who answers for whom in a poll: a delegation's own word on its seats, and further seats that are its own."""

from __future__ import annotations

import uuid
from typing import Final

from sqlalchemy import exists, select

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal
from app.domain.plaintext import one_line
from app.domain.polls import OVER
from app.domain.visibility import DELEGATION_ROLES, Action, can, party_key
from app.models import Person, Poll, PollProxy, PollResponse, PollSeat
from app.services.poll_answers import own_seat
from app.services.polls import facts_of_poll, find_poll

NAME_LIMIT: Final = 120
INNER_LIMIT: Final = 40


def colleagues(session: GuardedSession) -> list[tuple[uuid.UUID, str]]:
    """Return the people of the viewer's delegation who can answer for a seat, by name; one statement."""
    rows = session.execute(
        select(Person.id, Person.name)
        .where(
            Person.delegation == session.bound_viewer.party,
            Person.role.in_(sorted(DELEGATION_ROLES)),
            Person.active.is_(True),
        )
        .order_by(Person.name, Person.id)
    )
    return [(row.id, row.name) for row in rows]


def name_proxy(session: GuardedSession, reference: str, seat_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Say that a person of the viewer's delegation answers for one of its seats, beside those named before.

    Raises `NotFound`; `Refusal` `forbidden`, `poll_is_over`, or `unknown_person` for nobody of theirs.
    """
    poll, seat = _own(session, reference, seat_id)
    if person_id not in {each for each, _ in colleagues(session)}:
        raise Refusal("unknown_person", field="person")
    if _proxy(session, seat, person_id) is not None:
        return
    alone = session.audience({party_key(seat.party_code)})
    session.add(
        PollProxy(
            seat_id=seat.id, person_id=person_id, named_by=session.bound_viewer.person_id, named_at=session.now,
            audience_id=alone,
        )
    )  # fmt: skip
    session.record("poll_proxy_named", "poll", poll.id, alone, reference=poll.reference, person=str(person_id))


def end_proxy(session: GuardedSession, reference: str, seat_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Say that a person answers for a seat no more; what they answered stays. Raises as `name_proxy` does."""
    poll, seat = _own(session, reference, seat_id)
    proxy = _proxy(session, seat, person_id)
    if proxy is None:
        raise NotFound
    proxy.ended_at = session.now
    session.record(
        "poll_proxy_ended", "poll", poll.id, proxy.audience_id, reference=poll.reference, person=str(person_id)
    )


def add_inner_seat(session: GuardedSession, reference: str, name: str) -> PollSeat:
    """Ask somebody more of one's own delegation, whom nobody else is told of and who is never counted.

    Raises `NotFound`; `Refusal` `forbidden`, `poll_is_over`, `double_seat`, `too_many_seats`, and what texts raise.
    """
    poll = _runs_own(session, reference)
    clean = one_line(name, "name", NAME_LIMIT, required=True)
    party = session.bound_viewer.party or ""
    own = [seat for seat in poll.seats if seat.party_code == party]
    if any((seat.name or "").casefold() == clean.casefold() for seat in own):
        raise Refusal("double_seat", field="name", name=clean)
    if sum(seat.is_inner for seat in own) >= INNER_LIMIT:
        raise Refusal("too_many_seats", field="name", limit=INNER_LIMIT)
    alone = session.audience({party_key(party)})
    position = 1 + max((each.position for each in own), default=0)
    seat = PollSeat(
        id=uuid.uuid4(), poll_id=poll.id, party_code=party, position=position,
        kind="person", name=clean, is_required=False, is_inner=True, audience_id=alone,
    )  # fmt: skip
    session.add(seat)
    session.flush()  # the page shows it next
    session.record("poll_seat_added", "poll", poll.id, alone, reference=poll.reference, seat=str(seat.id))
    return seat


def drop_inner_seat(session: GuardedSession, reference: str, seat_id: uuid.UUID) -> None:
    """Ask somebody of one's own delegation no more, of whom nothing was answered.

    Raises as `add_inner_seat` does, `NotFound` for a seat of the makers', and `Refusal("seat_has_answered")`.
    """
    poll, seat = _own(session, reference, seat_id)
    if not seat.is_inner:
        raise NotFound
    has_answered = select(exists().where(PollResponse.seat_id == seat.id))
    if session.execute(has_answered).scalar_one():
        raise Refusal("seat_has_answered")
    for proxy in session.execute(select(PollProxy).where(PollProxy.seat_id == seat.id)).scalars():
        session.delete(proxy)
    session.flush()  # before what they refer to
    session.delete(seat)
    session.record("poll_seat_dropped", "poll", poll.id, seat.audience_id, reference=poll.reference, seat=str(seat.id))


def _runs_own(session: GuardedSession, reference: str) -> Poll:
    """Return a poll in which the viewer decides who answers for their delegation."""
    poll = find_poll(session, reference)
    if not can(session.bound_viewer, Action.NAME_PROXY, facts_of_poll(session, poll)):
        raise Refusal("forbidden")
    if poll.state in OVER:
        raise Refusal("poll_is_over")
    return poll


def _own(session: GuardedSession, reference: str, seat_id: uuid.UUID) -> tuple[Poll, PollSeat]:
    poll = _runs_own(session, reference)
    return poll, own_seat(session, poll, seat_id)


def _proxy(session: GuardedSession, seat: PollSeat, person_id: uuid.UUID) -> PollProxy | None:
    return session.execute(
        select(PollProxy).where(
            PollProxy.seat_id == seat.id, PollProxy.person_id == person_id, PollProxy.ended_at.is_(None)
        )
    ).scalar_one_or_none()
