"""What a poll comes to, counted in the database on the whole truth: of other delegations the outcome alone comes back.

The rule is that of `app.domain.polls.tally`, to which the tests hold these counts.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Uuid,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)  # fmt: skip
from sqlalchemy.orm import aliased

from app.db import GuardedSession
from app.domain.polls import DelegationAnswer, DelegationState, SlotTally, Tally
from app.models import Poll, PollAnswer, PollResponse, PollSeat
from app.services.polls import is_veiled

_NO_ID: Final = cast(null(), Uuid)


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
    position: int
    said: int
    said_now: int
    came_late: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """What the database counted; `pairs` has the noes, and all that the seats said which left slots out."""

    counts: Mapping[tuple[uuid.UUID, str], _Counts]
    by_party: Mapping[str, Sequence[tuple[uuid.UUID, _Seat]]]
    pairs: Mapping[tuple[uuid.UUID, uuid.UUID], str]

    def answer(self, slot_id: uuid.UUID, party: str, slots_count: int) -> DelegationAnswer:
        """Return what a delegation says of a slot."""
        counts = self.counts.get((slot_id, party), _Counts())
        seats = self.by_party.get(party, ())
        lacking: Iterable[uuid.UUID] = ()
        awaited: Iterable[uuid.UUID] = ()
        if counts.no:
            lacking = (seat_id for seat_id, _ in seats if self.pairs.get((slot_id, seat_id)) == "no")
        if counts.said < len(seats):
            awaited = (
                seat_id
                for seat_id, seat in seats
                if seat.said_now < slots_count and (slot_id, seat_id) not in self.pairs
            )
        return DelegationAnswer(_state(counts, len(seats)), tuple(lacking), tuple(awaited), counts.reported > 0)


def tally_of(session: GuardedSession, poll: Poll) -> Tally:
    """Return what the delegations say of each slot that stands, and which required seats lack, in one statement.

    While a hidden poll runs, of other delegations only whether they have answered. The poll's slots are loaded.
    """
    own = session.bound_viewer.party
    veil = is_veiled(poll, session.now)
    slot_ids = [slot.id for slot in poll.slots if slot.withdrawn_at is None]
    shown = [party for party in poll.parties if not veil or party == own]
    with session.whole_truth("count a poll by delegation") as truth:
        found = _counted(truth, poll, shown, len(slot_ids))
    slots = {}
    for slot_id in slot_ids:
        answers = {party: found.answer(slot_id, party, len(slot_ids)) for party in shown}
        works = not veil and all(
            party in answers and answers[party].state in {"yes", "if_need_be"} for party in poll.required_parties
        )
        slots[slot_id] = SlotTally(slot_id, answers, works)
    return Tally(
        slots=slots,
        has_answered={party: all(seat.said for _, seat in found.by_party.get(party, ())) for party in poll.parties},
        late=frozenset(seat_id for seats in found.by_party.values() for seat_id, seat in seats if seat.came_late),
        is_veiled=veil,
    )


def _state(counts: _Counts, seats_count: int) -> DelegationState:
    if counts.no:
        return "no"
    if counts.said < seats_count or not seats_count:
        return "waiting"
    return "if_need_be" if counts.if_need_be else "yes"


def _counted(truth: GuardedSession, poll: Poll, parties: Collection[str], slots_count: int) -> _Found:
    """Return what the database counted, in one statement: of slots by party, of seats, and of single words."""
    said = words_of(poll.id)
    seats = _seats(poll, said)
    counts: dict[tuple[uuid.UUID, str], _Counts] = {}
    of_seats: dict[uuid.UUID, _Seat] = {}
    pairs: dict[tuple[uuid.UUID, uuid.UUID], str] = {}
    asked = union_all(_of_slots(said, parties), _of_seats(seats), _of_pairs(said, seats, parties, slots_count))
    for slot_id, seat_id, word, first, second, third, fourth in truth.execute(asked):
        if seat_id is None:
            counts[slot_id, word] = _Counts(int(first), int(second), int(third), int(fourth))
        elif slot_id is None:
            of_seats[seat_id] = _Seat(word, int(fourth), int(first), int(second), bool(third))
        else:
            pairs[slot_id, seat_id] = word
    by_party: dict[str, list[tuple[uuid.UUID, _Seat]]] = {}
    for seat_id, seat in sorted(of_seats.items(), key=lambda each: (each[1].position, each[0])):
        by_party.setdefault(seat.party, []).append((seat_id, seat))
    return _Found(counts, by_party, pairs)


def words_of(poll_id: uuid.UUID) -> CTE:
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
        .cte("said")
    )


def _is_counted() -> ColumnElement[bool]:
    return and_(PollSeat.is_required.is_(True), PollSeat.is_inner.is_(False))


def _seats(poll: Poll, said: CTE) -> CTE:
    """Return the seats that count, those of every party, with how often each said something."""
    came_late = exists().where(PollResponse.seat_id == PollSeat.id, PollResponse.is_late.is_(True))
    gone = [slot.id for slot in poll.slots if slot.withdrawn_at is not None]
    return (
        select(
            PollSeat.id,
            PollSeat.party_code,
            PollSeat.position,
            func.count(said.c.value).label("said"),
            func.count(case((said.c.slot_id.not_in(gone), said.c.value))).label("said_now"),
            case((and_(PollSeat.late_counted_at.is_(None), came_late), 1), else_=0).label("came_late"),
        )
        .outerjoin(said, said.c.seat_id == PollSeat.id)
        .where(PollSeat.poll_id == poll.id, _is_counted())
        .group_by(PollSeat.id, PollSeat.party_code, PollSeat.position, PollSeat.late_counted_at)
        .cte("seats")
    )


def _of_slots(said: CTE, parties: Collection[str]) -> Select[Any]:
    return (
        select(
            said.c.slot_id,
            _NO_ID.label("seat_id"),
            said.c.party_code.label("word"),
            func.sum(case((said.c.value == "no", 1), else_=0)).label("first"),
            func.sum(case((said.c.value == "if_need_be", 1), else_=0)).label("second"),
            func.count().label("third"),
            func.sum(said.c.is_reported).label("fourth"),
        )
        .where(said.c.party_code.in_(parties))
        .group_by(said.c.slot_id, said.c.party_code)
    )


def _of_seats(seats: CTE) -> Select[Any]:
    return select(
        _NO_ID, seats.c.id, seats.c.party_code, seats.c.said, seats.c.said_now, seats.c.came_late, seats.c.position
    )


def _of_pairs(said: CTE, seats: CTE, parties: Collection[str], slots_count: int) -> Select[Any]:
    """Return the noes, and the words of the seats that left slots out."""
    none = literal(0)
    return (
        select(said.c.slot_id, said.c.seat_id, said.c.value, none, none, none, none)
        .join(seats, seats.c.id == said.c.seat_id)
        .where(said.c.party_code.in_(parties), or_(said.c.value == "no", seats.c.said_now < slots_count))
    )
