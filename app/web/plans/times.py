"""The hours of a slot in every city that matters, those of cities whose clocks show the same together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from app import words

# From an hour to an hour as a city's clock shows them, without a zone.
Wall = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True)
class Times:
    """The hours of a slot on the clocks of some cities that show the same; `day` where theirs is another."""

    hours: str
    cities: str
    day: str


def by_clock(shown: Iterable[tuple[Wall, str]], first_day: dt.date, language: str) -> tuple[Times, ...]:
    """Return what the clocks of cities show, in the order of the first of each; `first_day` heads the slot."""
    found: dict[Wall, dict[str, None]] = {}
    for wall, city in shown:
        found.setdefault(wall, {})[city] = None
    return tuple(
        Times(
            hours=words.time_range(begins, ends, language),
            cities=words.list_of(list(cities), language),
            day="" if begins.date() == first_day else words.date_short(begins.date(), language),
        )
        for (begins, ends), cities in found.items()
    )
