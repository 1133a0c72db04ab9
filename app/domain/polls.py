"""How the answers of a poll are counted, by delegation.

A delegation's answer to a slot is that of its required seats, which the poll's makers name. What other people of a
delegation say is its own and never counted. What a poll is made from: `app.domain.poll_orders`.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

AnswerValue = Literal["yes", "if_need_be", "no"]
DelegationState = Literal["yes", "if_need_be", "no", "waiting"]

POLL_ANSWERS: Final[tuple[AnswerValue, ...]] = ("yes", "if_need_be", "no")
# The states in which something can come of a poll yet, answers that are late among it; and those in which it is over.
LIVE: Final = ("open", "closed")
OVER: Final = ("chosen", "withdrawn")


@dataclass(frozen=True)
class SeatFacts:
    """What the count needs to know of a seat; `counts_late` where the makers let its late answer count."""

    id: uuid.UUID
    party: str
    is_required: bool = True
    is_inner: bool = False
    counts_late: bool = False


@dataclass(frozen=True)
class ResponseFacts:
    """What one seat answered, by the slot's id; a slot that it says nothing of is not in it."""

    seat_id: uuid.UUID
    values: Mapping[uuid.UUID, AnswerValue]
    is_late: bool = False
    is_reported: bool = False


@dataclass(frozen=True)
class DelegationAnswer:
    """What a delegation says of one slot.

    `lacking` are its required seats that say no, `awaited` those that have yet to answer, each in the order of the
    seats; `is_reported` where a word that was entered for it counts.
    """

    state: DelegationState
    lacking: tuple[uuid.UUID, ...] = ()
    awaited: tuple[uuid.UUID, ...] = ()
    is_reported: bool = False


@dataclass(frozen=True)
class SlotTally:
    """The answers of the delegations to one slot; it works when each required one says yes or if need be."""

    slot_id: uuid.UUID
    answers: Mapping[str, DelegationAnswer]
    works: bool


@dataclass(frozen=True)
class Tally:
    """What a poll comes to. `has_answered` says of each party whether all of its required seats said something.

    `late` are the seats of which a late answer came that is not counted. Where `is_veiled`, the answers of the
    viewer's own party alone are in it.
    """

    slots: Mapping[uuid.UUID, SlotTally]
    has_answered: Mapping[str, bool]
    late: frozenset[uuid.UUID] = field(default_factory=frozenset)
    is_veiled: bool = False


def tally(
    slot_ids: Iterable[uuid.UUID],
    seats: Iterable[SeatFacts],
    responses: Iterable[ResponseFacts],
    parties: Collection[str],
    required_parties: Collection[str],
) -> Tally:
    """Count the answers by delegation.

    A required seat's own word goes before what was reported of it, and a late answer that the makers let count
    before the one in time. One no of a required seat is the delegation's no; one that has not answered keeps it
    waiting; one if need be makes it that.
    """
    counted = [seat for seat in seats if seat.is_required and not seat.is_inner]
    by_kind = {(each.seat_id, each.is_late, each.is_reported): each for each in responses}
    words = {seat.id: _words(seat, by_kind) for seat in counted}
    slots = {}
    for slot_id in slot_ids:
        answers = {
            party: _delegation([seat.id for seat in counted if seat.party == party], words, slot_id)
            for party in parties
        }
        works = all(party in answers and answers[party].state in {"yes", "if_need_be"} for party in required_parties)
        slots[slot_id] = SlotTally(slot_id, answers, works)
    return Tally(
        slots=slots,
        has_answered={
            party: all(any(word.values for word in words[seat.id]) for seat in counted if seat.party == party)
            for party in parties
        },
        late=frozenset(
            seat.id
            for seat in counted
            if not seat.counts_late and ((seat.id, True, False) in by_kind or (seat.id, True, True) in by_kind)
        ),
    )


def veiled(found: Tally, own_party: str | None) -> Tally:
    """Return what may be said of a hidden poll that is open: who has answered, and what one's own party did."""
    slots = {
        slot_id: SlotTally(
            slot_id, {code: said for code, said in each.answers.items() if code == own_party}, works=False
        )
        for slot_id, each in found.slots.items()
    }
    return dataclasses.replace(found, slots=slots, is_veiled=True)


def best_first(found: Tally, order: Iterable[uuid.UUID]) -> tuple[uuid.UUID, ...]:
    """Return the slots as they are listed: those that work first, then those with fewer noes, as `order` has them.

    Among those that work, a yes goes before an if need be. A veiled tally orders nothing.
    """
    listed = tuple(slot_id for slot_id in order if slot_id in found.slots)
    if found.is_veiled:
        return listed

    def badness(slot_id: uuid.UUID) -> tuple[bool, int, int, int]:
        each = found.slots[slot_id]
        states = [said.state for said in each.answers.values()]
        return not each.works, states.count("no"), states.count("waiting"), states.count("if_need_be")

    return tuple(sorted(listed, key=badness))


def _words(seat: SeatFacts, by_kind: Mapping[tuple[uuid.UUID, bool, bool], ResponseFacts]) -> tuple[ResponseFacts, ...]:
    """Return what counts of a seat: its own word, then what was reported of it."""
    found = []
    for is_reported in (False, True):
        late = by_kind.get((seat.id, True, is_reported)) if seat.counts_late else None
        word = late or by_kind.get((seat.id, False, is_reported))
        if word is not None:
            found.append(word)
    return tuple(found)


def _delegation(
    seat_ids: list[uuid.UUID], words: Mapping[uuid.UUID, tuple[ResponseFacts, ...]], slot_id: uuid.UUID
) -> DelegationAnswer:
    said = {seat_id: _said(words[seat_id], slot_id) for seat_id in seat_ids}
    values = {each[0] for each in said.values() if each}
    lacking = tuple(seat_id for seat_id in seat_ids if (each := said[seat_id]) and each[0] == "no")
    awaited = tuple(seat_id for seat_id in seat_ids if said[seat_id] is None)
    state: DelegationState = "yes"
    if lacking:
        state = "no"
    elif awaited or not seat_ids:
        state = "waiting"
    elif "if_need_be" in values:
        state = "if_need_be"
    return DelegationAnswer(state, lacking, awaited, any(each[1] for each in said.values() if each))


def _said(words: tuple[ResponseFacts, ...], slot_id: uuid.UUID) -> tuple[AnswerValue, bool] | None:
    """Return the first of a seat's words on a slot, and whether it was reported."""
    return next(((word.values[slot_id], word.is_reported) for word in words if slot_id in word.values), None)
