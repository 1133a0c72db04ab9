"""What a poll comes to, counted in the database on the whole truth: of other delegations the outcome alone comes back.

The rule is that of `app.domain.polls.tally`, to which the tests hold these counts.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.db import GuardedSession
from app.domain.polls import DelegationAnswer, DelegationState, SlotTally, Tally
from app.models import Poll, PollAnswer, PollResponse, PollSeat, PollSlot
from app.services.polls import is_veiled


@dataclass(frozen=True, slots=True)
class _Counts:
    """What a party's required seats said of one slot, in numbers."""

    no: int = 0
    if_need_be: int = 0
    said: int = 0
    reported: int = 0


@dataclass(frozen=True, slots=True)
class _Seat:
    """How often a required seat said something, how often of slots that stand, and whether it came late for nothing."""

    party: str
    said: int
    said_now: int
    came_late: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """What the database counted; `pairs` has the noes, and all that the seats said which left slots out."""

    counts: Mapping[tuple[uuid.UUID, str], _Counts]
    seats: Mapping[uuid.UUID, _Seat]
    pairs: Mapping[tuple[uuid.UUID, uuid.UUID], str]

    def answer(self, slot_id: uuid.UUID, party: str, slots_count: int) -> DelegationAnswer:
        """Return what a delegation says of a slot."""
        counts = self.counts.get((slot_id, party), _Counts())
        seats = {seat_id: seat for seat_id, seat in self.seats.items() if seat.party == party}
        lacking = (seat_id for seat_id in seats if counts.no and self.pairs.get((slot_id, seat_id)) == "no")
        awaited = (
            seat_id
            for seat_id, seat in seats.items()
            if counts.said < len(seats) and seat.said_now < slots_count and (slot_id, seat_id) not in self.pairs
        )
        return DelegationAnswer(_state(counts, len(seats)), tuple(lacking), tuple(awaited), counts.reported > 0)


def tally_of(session: GuardedSession, poll: Poll) -> Tally:
    """Return what the delegations say of each slot that stands, and which required seats lack, in three statements.

    While a hidden poll runs, of other delegations only whether they have answered. The poll's slots are loaded.
    """
    own = session.bound_viewer.party
    veil = is_veiled(poll, session.now)
    slot_ids = [slot.id for slot in poll.slots if slot.withdrawn_at is None]
    shown = [party for party in poll.parties if not veil or party == own]
    with session.whole_truth("count a poll by delegation") as truth:
        found = _counted(truth, poll.id, shown, len(slot_ids))
    slots = {}
    for slot_id in slot_ids:
        answers = {party: found.answer(slot_id, party, len(slot_ids)) for party in shown}
        works = not veil and all(
            party in answers and answers[party].state in {"yes", "if_need_be"} for party in poll.required_parties
        )
        slots[slot_id] = SlotTally(slot_id, answers, works)
    seats = found.seats.values()
    return Tally(
        slots=slots,
        has_answered={party: all(seat.said for seat in seats if seat.party == party) for party in poll.parties},
        late=frozenset(seat_id for seat_id, seat in found.seats.items() if seat.came_late),
        is_veiled=veil,
    )


def _state(counts: _Counts, seats_count: int) -> DelegationState:
    if counts.no:
        return "no"
    if counts.said < seats_count or not seats_count:
        return "waiting"
    return "if_need_be" if counts.if_need_be else "yes"


def _counted(truth: GuardedSession, poll_id: uuid.UUID, parties: Collection[str], slots_count: int) -> _Found:
    said = words_of(poll_id)
    seats = _seats(truth, poll_id, said)
    shown = {seat_id for seat_id, seat in seats.items() if seat.party in parties}
    return _Found(
        counts=_counts(truth, said, parties),
        seats=seats,
        pairs=_pairs(truth, said, parties, [each for each in shown if 0 < seats[each].said_now < slots_count]),
    )


def words_of(poll_id: uuid.UUID) -> Subquery:
    """Return the words that count, one for each slot and required seat: a seat's own goes before what was reported.

    Of both, a late one that the makers let count goes before the one in time.
    """
    twin = aliased(PollResponse)
    has_late = exists().where(
        twin.seat_id == PollResponse.seat_id, twin.is_late.is_(True), twin.is_reported == PollResponse.is_reported
    )
    lets_late = PollSeat.late_counted_at.is_not(None)
    own = func.max(case((PollResponse.is_reported.is_(False), PollAnswer.value)))
    reported = func.max(case((PollResponse.is_reported.is_(True), PollAnswer.value)))
    return (
        select(
            PollAnswer.slot_id,
            PollSeat.id.label("seat_id"),
            PollSeat.party_code,
            func.coalesce(own, reported).label("value"),
            case((own.is_(None), 1), else_=0).label("is_reported"),
        )
        .join(PollResponse, PollResponse.id == PollAnswer.response_id)
        .join(PollSeat, PollSeat.id == PollResponse.seat_id)
        .where(
            PollResponse.poll_id == poll_id,
            _is_counted(),
            or_(
                and_(PollResponse.is_late.is_(True), lets_late),
                and_(PollResponse.is_late.is_(False), or_(~lets_late, ~has_late)),
            ),
        )
        .group_by(PollAnswer.slot_id, PollSeat.id, PollSeat.party_code)
        .subquery()
    )


def _is_counted() -> ColumnElement[bool]:
    return and_(PollSeat.is_required.is_(True), PollSeat.is_inner.is_(False))


def _counts(truth: GuardedSession, said: Subquery, parties: Collection[str]) -> dict[tuple[uuid.UUID, str], _Counts]:
    rows = truth.execute(
        select(
            said.c.slot_id,
            said.c.party_code,
            func.sum(case((said.c.value == "no", 1), else_=0)),
            func.sum(case((said.c.value == "if_need_be", 1), else_=0)),
            func.count(),
            func.sum(said.c.is_reported),
        )
        .where(said.c.party_code.in_(parties))
        .group_by(said.c.slot_id, said.c.party_code)
    )
    return {(slot_id, party): _Counts(*map(int, numbers)) for slot_id, party, *numbers in rows}


def _seats(truth: GuardedSession, poll_id: uuid.UUID, said: Subquery) -> dict[uuid.UUID, _Seat]:
    """Return the required seats in their order, those of every party."""
    came_late = exists().where(PollResponse.seat_id == PollSeat.id, PollResponse.is_late.is_(True))
    rows = truth.execute(
        select(
            PollSeat.id,
            PollSeat.party_code,
            func.count(said.c.value),
            func.count(case((PollSlot.withdrawn_at.is_(None), PollSlot.id))),
            case((and_(PollSeat.late_counted_at.is_(None), came_late), 1), else_=0),
        )
        .outerjoin(said, said.c.seat_id == PollSeat.id)
        .outerjoin(PollSlot, PollSlot.id == said.c.slot_id)
        .where(PollSeat.poll_id == poll_id, _is_counted())
        .group_by(PollSeat.id, PollSeat.party_code, PollSeat.position, PollSeat.late_counted_at)
        .order_by(PollSeat.party_code, PollSeat.position, PollSeat.id)
    )
    return {seat_id: _Seat(party, said_count, now, bool(late)) for seat_id, party, said_count, now, late in rows}


def _pairs(
    truth: GuardedSession, said: Subquery, parties: Collection[str], partial: Collection[uuid.UUID]
) -> dict[tuple[uuid.UUID, uuid.UUID], str]:
    wanted = or_(said.c.value == "no", said.c.seat_id.in_(partial))
    rows = truth.execute(
        select(said.c.slot_id, said.c.seat_id, said.c.value).where(said.c.party_code.in_(parties), wanted)
    )
    return {(slot_id, seat_id): value for slot_id, seat_id, value in rows}
