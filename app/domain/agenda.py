"""The agenda: what an item is, in what order, and at what hour in each capital.

The order of kinds is that of conference practice (opening, adoption of the agenda, substance, other
business, adoption of the outcome, closing); it is a suggestion of the template, not enforced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from app.domain.errors import Refusal
from app.domain.walltime import in_zone

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

ItemKind = Literal[
    "opening",
    "adoption_of_agenda",
    "progress_since_last",
    "substance",
    "other_business",
    "adoption_of_outcome",
    "closing",
]
ItemType = Literal["information", "discussion", "decision"]
Direction = Literal["up", "down"]
Span = tuple[datetime, datetime]
Key = TypeVar("Key")

ITEM_TYPES: Final[tuple[ItemType, ...]] = ("information", "discussion", "decision")

# What an item of a kind is for, unless somebody says otherwise; also the list of the kinds.
USUAL_TYPE: Final[Mapping[ItemKind, ItemType]] = MappingProxyType(
    {
        "opening": "information",
        "adoption_of_agenda": "decision",
        "progress_since_last": "information",
        "substance": "discussion",
        "other_business": "information",
        "adoption_of_outcome": "decision",
        "closing": "information",
    }
)
ITEM_KINDS: Final[tuple[ItemKind, ...]] = tuple(USUAL_TYPE)

MAX_MINUTES: Final = 24 * 60
MAX_ITEMS: Final = 200


@dataclass(frozen=True)
class TemplateItem:
    """An item as a template suggests it; `title` is `{en, es, fr}`."""

    kind: ItemKind
    type: ItemType
    title: Mapping[str, str]
    minutes: int


@dataclass(frozen=True)
class ItemTime:
    """When an item is taken: UTC instants, the aware local start in each zone asked for, its sitting from 0.

    `is_over` where it runs past the end of its sitting.
    """

    starts_at: datetime
    ends_at: datetime
    starts_in: Mapping[str, datetime]
    sitting: int
    is_over: bool


@dataclass(frozen=True)
class SittingUse:
    """How a sitting is filled, in minutes: one of `left_minutes` and `over_minutes` is 0.

    `ends_at` is when the last item taken in it ends (its start, when it has none).
    """

    ends_at: datetime
    left_minutes: int
    over_minutes: int


@dataclass(frozen=True)
class Timetable:
    """The clock times of an agenda; `items` is empty for a meeting of days without hours."""

    items: tuple[ItemTime, ...]
    sittings: tuple[SittingUse, ...]
    total_minutes: int
    available_minutes: int

    @property
    def over_minutes(self) -> int:
        """Minutes by which sittings are overrun, all together."""
        return sum(sitting.over_minutes for sitting in self.sittings)

    @property
    def is_over(self) -> bool:
        """Say whether any sitting is overrun."""
        return self.over_minutes > 0


def check_item(kind: str, item_type: str, minutes: int) -> None:
    """Refuse an item that cannot be: a kind or type that is none, minutes outside 0 to 1440, AOB that decides.

    Other business decides nothing that delegations would have to clear beforehand. Keys: `unknown_kind`,
    `unknown_type`, `minutes_out_of_range` (`limit`), `no_decision_under_other_business`.
    """
    if kind not in ITEM_KINDS:
        raise Refusal("unknown_kind", field="kind", kind=kind)
    if item_type not in ITEM_TYPES:
        raise Refusal("unknown_type", field="type", type=item_type)
    if not 0 <= minutes <= MAX_MINUTES:
        raise Refusal("minutes_out_of_range", field="minutes", limit=MAX_MINUTES)
    if kind == "other_business" and item_type == "decision":
        raise Refusal("no_decision_under_other_business", field="type")


def from_template(template: Sequence[Mapping[str, object]]) -> tuple[TemplateItem, ...]:
    """Return the items that a catalogue's `agenda_template` suggests, in its order, each with its kind's usual type.

    Raises `ValueError` for what is no template: the catalogue is checked when it is loaded.
    """
    return tuple(_template_item(row) for row in template)


def move(order: Sequence[Key], item: Key, direction: Direction) -> tuple[Key, ...]:
    """Return the order with one item a place up or down; at the end of the list nothing moves.

    Positions are the places in the result, dense from 1. Raises `ValueError` when the item is not there.
    """
    moved = list(order)
    here = moved.index(item)
    there = here + (-1 if direction == "up" else 1)
    if 0 <= there < len(moved):
        moved[here], moved[there] = moved[there], moved[here]
    return tuple(moved)


def placed(order: Sequence[Key], item: Key, place: int) -> tuple[Key, ...]:
    """Return the order with one item at a place, from 1; before the first it is the first, beyond the end the last.

    Raises `ValueError` when the item is not there.
    """
    moved = list(order)
    moved.remove(item)
    moved.insert(min(max(place, 1), len(order)) - 1, item)
    return tuple(moved)


def positions(order: Sequence[Key]) -> dict[Key, int]:
    """Return the position of each item of an order, dense from 1."""
    return {item: position for position, item in enumerate(order, start=1)}


def total_minutes(minutes: Sequence[int]) -> int:
    """Return the sum of the items' minutes."""
    return sum(minutes)


def clock_times(minutes: Sequence[int], sittings: Sequence[Span], zone_names: Collection[str]) -> Timetable:
    """Return when each item is taken, given its minutes and the sittings' UTC instants in order.

    Items follow one another without a pause and are never split: one that does not fit into what is
    left of a sitting opens the next one, and what is left is shown. An item longer than the sitting
    that it opens, and whatever no longer fits into the last, runs over. Without sittings there are
    no clock times. Raises `Refusal("unknown_zone")`.
    """
    times: list[ItemTime] = []
    if sittings:
        sitting, clock = 0, sittings[0][0]
        for length in minutes:
            sitting, clock = _place(sitting, clock, timedelta(minutes=length), sittings)
            ends_at = clock + timedelta(minutes=length)
            starts_in = {name: in_zone(clock, name) for name in zone_names}
            times.append(ItemTime(clock, ends_at, starts_in, sitting, ends_at > sittings[sitting][1]))
            clock = ends_at
    available = sum(_minutes(starts_at, ends_at) for starts_at, ends_at in sittings)
    uses = tuple(_use(number, span, times) for number, span in enumerate(sittings))
    return Timetable(tuple(times), uses, total_minutes(minutes), available)


def _place(sitting: int, clock: datetime, length: timedelta, sittings: Sequence[Span]) -> tuple[int, datetime]:
    """Return the sitting in which an item is taken and when it starts, the clock standing where the last one ended."""
    while clock + length > sittings[sitting][1] and sitting + 1 < len(sittings):
        if clock <= sittings[sitting][0]:
            break  # it opens this sitting and is longer than it: the next one might be no better
        sitting += 1
        # An overrun can reach into the next sitting, which then opens late.
        clock = max(clock, sittings[sitting][0])
    return sitting, clock


def _use(number: int, span: Span, times: Sequence[ItemTime]) -> SittingUse:
    """Return how one sitting is filled."""
    starts_at, ends_at = span
    last = max((time.ends_at for time in times if time.sitting == number), default=starts_at)
    return SittingUse(last, max(0, _minutes(last, ends_at)), max(0, _minutes(ends_at, last)))


def _minutes(starts_at: datetime, ends_at: datetime) -> int:
    """Return the whole minutes from one instant to another."""
    return int((ends_at - starts_at).total_seconds() // 60)


def _template_item(row: Mapping[str, object]) -> TemplateItem:
    """Return one row of a template, checked."""
    kind, title, minutes = row.get("kind"), row.get("title"), row.get("minutes")
    known = next((known for known in ITEM_KINDS if known == kind), None)
    if known is None or not isinstance(title, Mapping) or not isinstance(minutes, int):
        raise ValueError(f"not an item of a template: {row!r}")
    if not 0 <= minutes <= MAX_MINUTES:
        raise ValueError(f"minutes out of range: {row!r}")
    return TemplateItem(known, USUAL_TYPE[known], {str(key): str(value) for key, value in title.items()}, minutes)
