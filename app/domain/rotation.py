"""Whose turn it is to host: attested as a rule, or read from practice and labelled so; else nobody's.

The turns to come are the order repeated, from whoever follows the last host, with the changes that the parties
recorded. A change bears on turns after its day, and is spent once these are taken.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, assert_never

from app.domain.cadence import TOOK_PLACE, MeetingFacts
from app.domain.catalogue_types import Hosting, RecordEntry
from app.domain.errors import Refusal

Basis = Literal["attested", "read_from_practice"]
ChangeKind = Literal["skip", "swap", "co_host", "cancelled"]

# A meeting whose host is at work on it; a postponed one still is.
_IN_PREPARATION = frozenset({"proposed", "confirmed", "postponed"})


@dataclass(frozen=True, slots=True)
class HostingChange:
    """What the parties changed about the next turn of `party` after the day `on`, and why.

    * `skip`: the turn passes to whoever follows; the party waits for its place in the next round.
    * `swap`: the next turns of the party and of `with_party` exchange places; the same swap again, while both
      turns are still to come, puts them back.
    * `co_host`: `with_party` hosts beside the party; the turn stays the party's, and the other keeps its own.
    * `cancelled`: the turn fell out, because the meeting was not held. A cancelled turn is not a turn taken: the
      party keeps the next one, and the change is told beside it until it is taken.
    """

    kind: ChangeKind
    party: str
    on: date
    reason: str
    with_party: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A meeting that a party hosted; `on` is its first day, or the first day that it can have been."""

    on: date
    host: str


@dataclass(frozen=True, slots=True)
class PlannedTurn:
    """A turn to come: its party, who hosts beside it, on what basis, and the changes that made it so."""

    party: str
    co_hosts: tuple[str, ...]
    basis: Basis
    changes: tuple[HostingChange, ...]


@dataclass(frozen=True, slots=True)
class NextHost:
    """The party whose turn comes next, by which order, on what basis, and after which turn.

    `co_hosts` and `changes` are those of the turn, as in `PlannedTurn`.
    """

    party: str
    basis: Basis
    order: tuple[str, ...]
    last_turn: Turn | None
    co_hosts: tuple[str, ...] = ()
    changes: tuple[HostingChange, ...] = ()


@dataclass(frozen=True, slots=True)
class TroikaRoles:
    """The host of the last meeting, the one whose cycle runs now, and the one after it; None where not known."""

    past: str | None
    present: str | None
    next: str | None

    @property
    def parties(self) -> frozenset[str]:
        """Return the codes of those who read the planning record of the cycle."""
        return frozenset(party for party in (self.past, self.present, self.next) if party is not None)


def next_host(
    hosting: Hosting,
    record: Sequence[RecordEntry],
    meetings: Sequence[MeetingFacts],
    *,
    parties: Iterable[str],
    changes: Sequence[HostingChange] = (),
) -> NextHost | None:
    """Return the next host, or None where the order is neither given nor to be read from what was held.

    `parties` are all of the mechanism's: a meeting of some of them takes no turn, so that the answer is the same
    for everyone who may ask. Nor does a meeting without a host (a virtual one), one that was not held, or one
    that does not count. The turn goes to whoever follows the last host in the order, so a swap that nobody
    recorded is followed from where it led.

    Without a given order, one is read only where it was gone through and begun again: every party hosted once
    in the last turns, and the turn before those was the last host's too.
    """
    rota = _rota(hosting, record, meetings, frozenset(parties), changes)
    if rota is None:
        return None
    place = rota.line.place(0)
    return NextHost(place.host, rota.basis, rota.order, rota.last_turn, place.co_hosts, place.changes)


def turns_ahead(
    hosting: Hosting,
    record: Sequence[RecordEntry],
    meetings: Sequence[MeetingFacts],
    *,
    parties: Iterable[str],
    changes: Sequence[HostingChange] = (),
    count: int = 6,
) -> tuple[PlannedTurn, ...]:
    """Return the turns to come, the next one first; none where no order is known, as in `next_host`.

    Changes of one day apply in the order given. One that no longer fits the order (its party left the rotation)
    is passed over.
    """
    rota = _rota(hosting, record, meetings, frozenset(parties), changes)
    if rota is None:
        return ()
    places = (rota.line.place(number) for number in range(count))
    return tuple(PlannedTurn(place.host, place.co_hosts, rota.basis, place.changes) for place in places)


def troika(
    hosting: Hosting,
    record: Sequence[RecordEntry],
    meetings: Sequence[MeetingFacts],
    *,
    parties: Iterable[str],
    changes: Sequence[HostingChange] = (),
) -> TroikaRoles:
    """Return the past, the present and the next host.

    Past is the host of the last meeting held. Present is the host of the meeting now in preparation, the first
    after that one; or else whose turn comes next. Next is whose turn follows the present one's. Only parties of
    the mechanism are named, and only meetings of all of them are looked at.
    """
    all_parties = frozenset(parties)
    own = _of_all(meetings, all_parties)
    past = next((turn for turn in reversed(_turns(record, own)) if turn.host in all_parties), None)
    rota = _rota(hosting, record, meetings, all_parties, changes)
    in_preparation = min(
        (
            (meeting.starts_on, meeting.host)
            for meeting in own
            if meeting.state in _IN_PREPARATION
            and meeting.host in all_parties
            and (past is None or meeting.starts_on > past.on)
        ),
        default=None,
    )
    present = in_preparation[1] if in_preparation else rota.line.place(0).host if rota else None
    if rota is not None and present in rota.order:
        rota.line.take(present)
    return TroikaRoles(past.host if past else None, present, rota.line.place(0).host if rota else None)


def check_rotation(order: Sequence[str], parties: Iterable[str]) -> None:
    """Refuse an order that cannot rotate.

    Raises `Refusal` with `rotation_of_one`, `twice_in_rotation` or `not_of_mechanism`, of the field `rotation`.
    """
    all_parties = frozenset(parties)
    for number, party in enumerate(order):
        if party not in all_parties:
            raise Refusal("not_of_mechanism", field="rotation", party=party)
        if party in order[:number]:
            raise Refusal("twice_in_rotation", field="rotation", party=party)
    if len(order) < 2:
        raise Refusal("rotation_of_one", field="rotation")


def check_change(order: Sequence[str], change: HostingChange, parties: Iterable[str] | None = None) -> None:
    """Refuse a change that is not possible in that order.

    A co-host is one of `parties`, or of the order where none are given. Raises `Refusal` with
    `rotation_of_one`, `not_in_rotation`, `swap_with_itself`, `co_host_with_itself`, `not_of_mechanism`,
    `required` (a swap or a co-host with nobody) or `reason_required`, each of the field it belongs to.
    """
    if len(set(order)) < 2:
        raise Refusal("rotation_of_one", field="party")
    if change.party not in order:
        raise Refusal("not_in_rotation", field="party", party=change.party)
    if change.kind in {"swap", "co_host"}:
        other = change.with_party
        if not other:
            raise Refusal("required", field="with_party")
        if other == change.party:
            raise Refusal("swap_with_itself" if change.kind == "swap" else "co_host_with_itself", field="with_party")
        if change.kind == "swap" and other not in order:
            raise Refusal("not_in_rotation", field="with_party", party=other)
        if change.kind == "co_host" and other not in frozenset(order if parties is None else parties):
            raise Refusal("not_of_mechanism", field="with_party", party=other)
    if not change.reason.strip():
        raise Refusal("reason_required", field="reason")


# The line of turns to come ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the line: `due` is whose it is by the order, the rest is the turn that stands there."""

    due: str
    host: str
    co_hosts: tuple[str, ...] = ()
    changes: tuple[HostingChange, ...] = ()


class _Line:
    """The turns to come, the order repeated without end: what is asked for is made when it is asked for."""

    def __init__(self, order: Sequence[str]) -> None:
        self._order = tuple(order)
        self._places: list[_Place] = []

    def place(self, number: int) -> _Place:
        while len(self._places) <= number:
            self._places += [_Place(party, party) for party in self._order]
        return self._places[number]

    def take(self, host: str) -> None:
        """Let a party of the order host: the line goes on after its turn, and what came before it is gone."""
        first = self.place(0)
        if first.due == host != first.host:
            # It hosts in its own place after all: the swap that moved it was not followed, and is over.
            other = self._first_of(host)
            over = self._swaps_of(0, other)
            self._exchange(0, other)
            for number in (0, other):
                place = self._places[number]
                kept = tuple(change for change in place.changes if change not in over)
                self._places[number] = dataclasses.replace(place, changes=kept)
        del self._places[: self._first_of(host) + 1]

    def change(self, change: HostingChange) -> None:
        """Apply a change; one of parties that are not in the order is passed over."""
        if change.party not in self._order:
            return
        number = self._first_of(change.party)
        match change.kind:
            case "skip":
                del self._places[number]
                self._note(number, change)
            case "swap":
                if change.with_party not in self._order or change.with_party == change.party:
                    return
                for place in self._swap(change.party, change.with_party):
                    self._note(place, change)
            case "co_host" | "cancelled":
                self._note(number, change)
            case _:
                assert_never(change.kind)

    def _first_of(self, host: str) -> int:
        number = 0
        while self.place(number).host != host:
            number += 1
        return number

    def _swap(self, party: str, with_party: str) -> tuple[int, int]:
        """Exchange the next turns of two parties, or exchange back the two that they had exchanged already."""
        mine = [number for number, place in enumerate(self._places) if place.host == party]
        theirs = [number for number, place in enumerate(self._places) if place.host == with_party]
        again = [(one, other) for one in mine for other in theirs if self._swaps_of(one, other)]
        one, other = again[0] if again else (self._first_of(party), self._first_of(with_party))
        self._exchange(one, other)
        return one, other

    def _swaps_of(self, one: int, other: int) -> tuple[HostingChange, ...]:
        """Return the swaps by which the turns of two places came to stand where they are."""
        here, there = self.place(one), self.place(other)
        return tuple(change for change in here.changes if change.kind == "swap" and change in there.changes)

    def _exchange(self, one: int, other: int) -> None:
        here, there = self.place(one), self.place(other)
        self._places[one] = dataclasses.replace(there, due=here.due)
        self._places[other] = dataclasses.replace(here, due=there.due)

    def _note(self, number: int, change: HostingChange) -> None:
        place = self.place(number)
        co_hosts = place.co_hosts
        if change.kind == "co_host" and change.with_party is not None and change.with_party not in co_hosts:
            co_hosts = (*co_hosts, change.with_party)
        self._places[number] = dataclasses.replace(place, co_hosts=co_hosts, changes=(*place.changes, change))


@dataclass(frozen=True, slots=True)
class _Rota:
    order: tuple[str, ...]
    basis: Basis
    last_turn: Turn | None
    line: _Line


def _rota(
    hosting: Hosting,
    record: Sequence[RecordEntry],
    meetings: Sequence[MeetingFacts],
    parties: frozenset[str],
    changes: Sequence[HostingChange],
) -> _Rota | None:
    """Return the turns to come, from those taken and the changes told one after another; None without an order."""
    turns = _turns(record, _of_all(meetings, parties))
    order = hosting.rotation or _order_in_practice([turn.host for turn in turns], parties)
    basis: Basis = "attested" if hosting.rotation and hosting.rotation_attested else "read_from_practice"
    taken = [turn for turn in turns if turn.host in order]
    # An order stated as a rule begins with its first; one read from practice tells nothing before there is any.
    if not order or not (taken or basis == "attested"):
        return None
    line = _Line(order)
    # A change bears on turns after its day: a meeting of the day itself was held before it.
    events: list[Turn | HostingChange] = [*taken, *changes]
    for event in sorted(events, key=lambda event: (event.on, isinstance(event, HostingChange))):
        if isinstance(event, HostingChange):
            line.change(event)
        else:
            line.take(event.host)
    return _Rota(order, basis, taken[-1] if taken else None, line)


def _of_all(meetings: Sequence[MeetingFacts], parties: frozenset[str]) -> list[MeetingFacts]:
    return [meeting for meeting in meetings if meeting.counts and meeting.brings_together(parties)]


def _turns(record: Sequence[RecordEntry], meetings: Sequence[MeetingFacts]) -> list[Turn]:
    """Return the turns taken, in order of time; a meeting both on record and kept here is one turn."""
    turns = {
        Turn(entry.known_on.first_day, entry.host)
        for entry in record
        if entry.outcome == "held" and entry.host is not None and entry.known_on is not None
    }
    turns |= {
        Turn(meeting.starts_on, meeting.host)
        for meeting in meetings
        if meeting.state in TOOK_PLACE and meeting.host is not None
    }
    return sorted(turns, key=lambda turn: (turn.on, turn.host))


def _order_in_practice(hosts: Sequence[str], parties: frozenset[str]) -> tuple[str, ...]:
    count = len(parties)
    cycle = tuple(hosts[-count:])
    is_repeated = len(hosts) > count and hosts[-count - 1] == hosts[-1]
    return cycle if is_repeated and frozenset(cycle) == parties else ()
