"""Around a meeting: what kind of meeting one is, what it prepares or stands beside, and what follows when that moves.

A meeting is around at most one other thing: a meeting, or an event of others. Nothing moves by itself: what moves
or is called off is shown to those who may change what stands around it, and they decide.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, TypeVar

from app.domain.cadence import window_of
from app.domain.catalogue_types import Cadence
from app.domain.errors import Refusal

KINDS: Final = (
    "session", "urgent", "preparatory", "panel", "side_session", "training", "exercise", "study_visit",
)  # fmt: skip
URGENT: Final = "urgent"
# What a cadence counts: the meetings of a mechanism itself.
COUNTED_KINDS: Final = frozenset({"session", URGENT})
# What goes on between meetings (practice, B41).
INTERSESSIONAL: Final = ("training", "exercise", "study_visit")
# What there is only within, or beside, a meeting of the parties (practice, B42).
PARTS: Final = frozenset({"panel", "side_session"})
EVENT: Final = "event:"

Standing = Literal["as_set", "moved", "called_off"]
_Node = TypeVar("_Node")


@dataclass(frozen=True, slots=True)
class ParentFacts:
    """What a meeting is around: its first day, whether it takes place, and who meets there (None: an event's all)."""

    starts_on: date
    is_called_off: bool
    parties: frozenset[str] | None = None


def counts(kind: str) -> bool:
    """Say whether a meeting of that kind is one of the mechanism's own, for its cadence, hosting and numbers."""
    return kind in COUNTED_KINDS


def check_parent(kind: str, parties: Collection[str], parent: ParentFacts | None) -> None:
    """Refuse what cannot stand around a thing: parties whom the meeting there does not have, a part of an event.

    A meeting's parties are all at the meeting that it is around, since those who are not would learn of it.
    Raises `Refusal` `parent_has_other_parties` (`party`, the first of them), `part_of_an_event`.
    """
    if parent is None:
        return
    if parent.parties is None:
        if kind in PARTS:
            raise Refusal("part_of_an_event", field="around")
        return
    strangers = sorted(set(parties) - parent.parties)
    if strangers:
        raise Refusal("parent_has_other_parties", field="around", party=strangers[0])


def check_has_parent(kind: str, parent: ParentFacts | None) -> None:
    """Refuse a panel or a side session of nothing; raises `Refusal("part_needs_parent")`."""
    if kind in PARTS and parent is None:
        raise Refusal("part_needs_parent", field="around")


def is_circular(start: _Node, parents: Mapping[_Node, _Node | None], first_parent: _Node) -> bool:
    """Say whether `start` would stand around itself with that parent; `parents` maps a meeting to what it is around."""
    seen: set[_Node] = set()
    node: _Node | None = first_parent
    while node is not None and node not in seen:
        if node == start:
            return True
        seen.add(node)
        node = parents.get(node)
    return False


def standing(parent: ParentFacts, parent_starts_on: date | None) -> Standing:
    """Say what has become of what a meeting is around since its time was last set by it.

    `parent_starts_on` is that one's first day then; None where somebody decided that it follows no more.
    """
    if parent.is_called_off:
        return "called_off"
    return "as_set" if parent_starts_on in (None, parent.starts_on) else "moved"


def days_moved(parent: ParentFacts, parent_starts_on: date | None) -> int:
    """Return by how many days it has moved since, back below 0; 0 where nothing follows it."""
    return (parent.starts_on - parent_starts_on).days if parent_starts_on else 0


def moved(day: date | None, by: int) -> date | None:
    """Return a day so many days later; raises `Refusal("year_out_of_range")` beyond the calendar."""
    try:
        return None if day is None else day + timedelta(days=by)
    except OverflowError:
        raise Refusal("year_out_of_range", field="first_day", first=date.min.year, last=date.max.year) from None


# What a form says ---------------------------------------------------------------------------------


def event_key(code: str) -> str:
    """Return how a draft says that it is on the margins of the event of that code."""
    return f"{EVENT}{code}"


def event_code(around: str) -> str | None:
    """Return the code of the event that a draft says it is on the margins of, None where it says a meeting."""
    return around.removeprefix(EVENT) if around.startswith(EVENT) else None


# The periods that a meeting can serve -------------------------------------------------------------


def periods_near(cadence: Cadence | None, mandate_on: date | None, day: date) -> tuple[tuple[date, date], ...]:
    """Return the period of a cadence that holds a day, with the one before and the one after it, first and last days.

    None without a cadence or a mandate; of a day before the mandate the first period alone.
    """
    if cadence is None or mandate_on is None:
        return ()
    own = window_of(cadence, mandate_on, day)
    if own is None:
        first = window_of(cadence, mandate_on, mandate_on)
        return (first,) if first else ()
    before = window_of(cadence, mandate_on, own[0] - timedelta(days=1))
    after = window_of(cadence, mandate_on, own[1] + timedelta(days=1))
    return tuple(window for window in (before, own, after) if window is not None)
