"""Whose turn it is to host: attested as a rule, or read from practice and labelled so; else nobody's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.domain.cadence import TOOK_PLACE, MeetingFacts
from app.domain.catalogue_types import Hosting, RecordEntry

Basis = Literal["attested", "read_from_practice"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A meeting that a party hosted; `on` is its first day, or the first day that it can have been."""

    on: date
    host: str


@dataclass(frozen=True, slots=True)
class NextHost:
    """The party whose turn comes next, by which order, on what basis, and after which turn."""

    party: str
    basis: Basis
    order: tuple[str, ...]
    last_turn: Turn | None


def next_host(
    hosting: Hosting, record: Sequence[RecordEntry], meetings: Sequence[MeetingFacts], *, parties: Iterable[str]
) -> NextHost | None:
    """Return the next host, or None where the order is neither given nor to be read from what was held.

    `parties` are all of the mechanism's: a meeting of some of them takes no turn, so that the answer is the same
    for everyone who may ask. Nor does a meeting without a host (a virtual one), or one that was not held. The
    turn goes to whoever follows the last host in the order, so a swap is followed from where it led.

    Without a given order, one is read only where it was gone through and begun again: every party hosted once
    in the last turns, and the turn before those was the last host's too.
    """
    all_parties = frozenset(parties)
    turns = _turns(record, [meeting for meeting in meetings if meeting.brings_together(all_parties)])
    order = hosting.rotation or _order_in_practice([turn.host for turn in turns], all_parties)
    if not order:
        return None
    basis: Basis = "attested" if hosting.rotation and hosting.rotation_attested else "read_from_practice"
    last_turn = next((turn for turn in reversed(turns) if turn.host in order), None)
    if last_turn is not None:
        party = order[(order.index(last_turn.host) + 1) % len(order)]
        return NextHost(party, basis, order, last_turn)
    # An order stated as a rule begins with its first; one read from practice tells nothing before there is any.
    return NextHost(order[0], basis, order, None) if basis == "attested" else None


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
