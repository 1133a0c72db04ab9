"""What of the calendar a subscription shows: kept as ids and codes, never as the things that they name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

# How many of one kind a filter may name; more is a form that no person filled in.
CHOICES_LIMIT: Final = 80
ADDRESS_END: Final = "address_end"
ADDRESS_END_LETTERS: Final = 4


@dataclass(frozen=True, slots=True)
class FeedFilter:
    """What meetings a feed is narrowed to; of one kind any is enough, of several kinds all must hold.

    `mechanisms` are ids; `parties` sit at the table; `levels` are those of the mechanism, `kinds` those of the
    meeting; `office` leads the mechanism, itself or by one of its parts. What is empty narrows nothing.
    """

    mechanisms: tuple[uuid.UUID, ...] = ()
    parties: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    office: str | None = None

    @property
    def is_set(self) -> bool:
        """Say whether it narrows anything."""
        return bool(self.mechanisms or self.parties or self.levels or self.kinds or self.office)

    @property
    def mechanism_id(self) -> uuid.UUID | None:
        """Return the one mechanism that it names, None where it names none or several."""
        return self.mechanisms[0] if len(self.mechanisms) == 1 else None

    @property
    def choices(self) -> dict[str, list[str]]:
        """Return it as a subscription keeps it beside its one mechanism: lists of ids and codes, or nothing."""
        several = [str(each) for each in self.mechanisms] if len(self.mechanisms) > 1 else []
        kept = {
            "mechanisms": several, "parties": list(self.parties), "levels": list(self.levels),
            "kinds": list(self.kinds), "office": [self.office] if self.office else [],
        }  # fmt: skip
        return {name: values for name, values in kept.items() if values}


ALL_MEETINGS: Final = FeedFilter()


def kept_filter(mechanism_id: uuid.UUID | None, choices: Mapping[str, Any]) -> FeedFilter:
    """Return the filter that a subscription keeps in its mechanism and its choices."""
    mechanisms = (mechanism_id,) if mechanism_id is not None else tuple(map(uuid.UUID, choices.get("mechanisms", ())))
    return FeedFilter(
        mechanisms=mechanisms,
        parties=tuple(choices.get("parties", ())),
        levels=tuple(choices.get("levels", ())),
        kinds=tuple(choices.get("kinds", ())),
        office=next(iter(choices.get("office", ())), None),
    )


def parts_of(office: str, part_of: Mapping[str, str | None]) -> frozenset[str]:
    """Return an office with all of its parts, and theirs; `part_of` says of each office what it is a part of.

    Offices that were made parts of one another in a circle are each taken once.
    """
    found, waiting = {office}, [office]
    while waiting:
        whole = waiting.pop()
        parts = {code for code, above in part_of.items() if above == whole} - found
        found |= parts
        waiting += sorted(parts)
    return frozenset(found)


def in_order(values: Iterable[str]) -> tuple[str, ...]:
    """Return values each once, in the order in which they came."""
    return tuple(dict.fromkeys(values))
