"""The rota of hosts: who hosted last, whose turn comes next, and who follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from app.domain.cadence import TOOK_PLACE
from app.services.mechanism_record import meeting_facts
from app.services.mechanisms import MechanismView


@dataclass(frozen=True, slots=True)
class RotaStop:
    """A party's turn: `past` with the place and the year, `next`, or `later`."""

    party: str
    turn: Literal["past", "next", "later"]
    place: str = ""
    year: int | None = None


def rota_of(found: MechanismView) -> tuple[RotaStop, ...]:
    """Return the last turns, the next and those after it, one round each way; none where no order is known."""
    following = found.page.next_host
    if following is None:
        return ()
    order = following.order
    past = list(_turns(found))[: len(order)]
    start = order.index(following.party)
    later = [order[(start + step) % len(order)] for step in range(1, len(order))]
    return (
        *reversed(past),
        RotaStop(following.party, "next"),
        *(RotaStop(party, "later") for party in later),
    )


def _turns(found: MechanismView) -> Iterable[RotaStop]:
    """Yield the turns taken, the latest first; a meeting of some of the parties takes none."""
    for line in found.record:
        if line.entry is None and line.meeting is not None:
            is_of_all = meeting_facts(line.meeting).brings_together(found.facts.parties)
            if not (found.counts_meetings_here and is_of_all):
                continue
        if line.outcome in TOOK_PLACE and line.hosts and line.known_on is not None:
            yield RotaStop(line.hosts[0], "past", line.place or "", line.known_on.first_day.year)
