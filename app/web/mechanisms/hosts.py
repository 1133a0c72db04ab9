"""The rota of hosts: who hosted last, whose turn comes next, and who follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.services.hosting import turns_taken
from app.services.mechanisms import MechanismView


@dataclass(frozen=True, slots=True)
class RotaStop:
    """A party's turn: `past` with the place and the year, `next`, or `later`; with who hosts beside it.

    `is_changed` says that the parties agreed to something other than their order.
    """

    party: str
    turn: Literal["past", "next", "later"]
    place: str = ""
    year: int | None = None
    co_hosts: tuple[str, ...] = ()
    is_changed: bool = False


def rota_of(found: MechanismView) -> tuple[RotaStop, ...]:
    """Return the last turns, the next and those after it, one round each way; none where no order is known."""
    following = found.page.next_host
    if following is None:
        return ()
    taken = turns_taken(found.facts, found.record, counts_here=found.counts_meetings_here)
    past = [
        RotaStop(each.party, "past", each.line.place or "", each.line.known_on.first_day.year, each.co_hosts)
        for each in taken[: len(following.order)]
        if each.line.known_on is not None
    ]
    ahead = [
        RotaStop(turn.party, "later" if number else "next", co_hosts=turn.co_hosts, is_changed=bool(turn.changes))
        for number, turn in enumerate(found.turns)
    ]
    return (*reversed(past), *ahead)
