"""Commitments: what each party's part in one is said to be, by itself, by what is reported of it, or by its actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app.domain.actions import LEG_STATES, whole_state

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from app.domain.actions import LegState

Basis = Literal["stated", "reported", "derived", "none"]
CellState = Literal[
    "open", "under_way", "blocked", "done", "verified", "dropped", "no_word", "owes_nothing", "not_at_the_table"
]

# A practice was never promised, and a repeat is counted as what it repeats.
COUNTED: Final = "pledge"
KINDS: Final = ("pledge", "practice", "repeat")
# What a party's part can be asked for in a filter.
ASKED_STATES: Final[tuple[str, ...]] = (*LEG_STATES, "no_word")


@dataclass(frozen=True, slots=True)
class Word:
    """The latest word on a party's part: its state, and the day that it is of."""

    state: LegState
    as_of_on: date
    text: str
    language: str
    is_reported: bool


@dataclass(frozen=True, slots=True)
class Served:
    """What the accepted legs of a party say, of the actions that serve a commitment: how many are in each state."""

    counts: tuple[tuple[LegState, int], ...]
    changed_on: date | None

    @property
    def action_count(self) -> int:
        """Return of how many actions the party has taken a leg on."""
        return sum(count for _, count in self.counts)

    @property
    def done_count(self) -> int:
        """Return how many of these legs are done or verified."""
        return sum(count for state, count in self.counts if state in {"done", "verified"})


@dataclass(frozen=True, slots=True)
class Cell:
    """How a party stands in a commitment, on what that rests, and the day of it.

    `stated` and `reported` have the words of their statement; `derived` is read from actions and has their counts.
    """

    party: str
    state: CellState
    basis: Basis = "none"
    on: date | None = None
    text: str = ""
    language: str = ""
    action_count: int = 0
    done_count: int = 0


def cell_of(
    party: str, owners: Collection[str], table: Collection[str], word: Word | None, served: Served | None
) -> Cell:
    """Return how a party stands in a commitment of these owners; `table` are the parties that it is among.

    Its own word (or what was reported of it) stands before what its actions say; with neither, there is no word yet.
    """
    if party not in owners:
        return Cell(party, "owes_nothing" if party in table else "not_at_the_table")
    if word is not None:
        return Cell(
            party, word.state, "reported" if word.is_reported else "stated", word.as_of_on, word.text, word.language
        )
    if served is not None and served.counts:
        return Cell(
            party, whole_state(state for state, _ in served.counts), "derived", served.changed_on,
            action_count=served.action_count, done_count=served.done_count,
        )  # fmt: skip
    return Cell(party, "no_word")


def answers_to(cells: Iterable[Cell], party: str | None, state: str | None) -> bool:
    """Say whether that party (any, where it is None) owes something here and stands so (anyhow, where it is None)."""
    owing = [cell for cell in cells if cell.state not in {"owes_nothing", "not_at_the_table"}]
    meant = [cell for cell in owing if party is None or cell.party == party]
    return any(state is None or cell.state == state for cell in meant)
