"""The strip of days around a slot: who is closed when, and where the ranked slots are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app import words
from app.domain.slots import Closed, RankedSlot
from app.web.plans.places import Places

WEEKS_BEFORE: Final = 2
WEEKS: Final = 6
SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class StripDay:
    """A day of the strip; `begins_week` on the first that is shown of each week."""

    on: dt.date
    weekday: str
    begins_week: bool


@dataclass(frozen=True, slots=True)
class StripRow:
    """One calendar: of a party's capital (`party`), or of the place; the names of its closures, day by day."""

    name: str
    party: str | None
    closed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """Six weeks around a slot; `ranks` by day are where slots of the table begin, `chosen` the days of the slot."""

    days: tuple[StripDay, ...]
    weeks: tuple[tuple[str, int], ...]
    rows: tuple[StripRow, ...]
    ranks: Mapping[dt.date, int]
    chosen: frozenset[dt.date]
    named: tuple[tuple[str, str | None, str], ...]


def strip_of(
    slot: RankedSlot, ranked: Sequence[RankedSlot], closures: Iterable[Closed], parties: Iterable[str], places: Places
) -> Strip:
    """Return the strip around a slot; weekends are shown where a slot is on one."""
    monday = slot.first_day - dt.timedelta(days=slot.first_day.weekday(), weeks=WEEKS_BEFORE)
    chosen = frozenset(_days_of(slot))
    with_weekends = any(day.weekday() >= SATURDAY for each in (slot, *ranked) for day in _days_of(each))
    length = 7 if with_weekends else 5
    days = [monday + dt.timedelta(weeks=week, days=number) for week in range(WEEKS) for number in range(length)]
    shown = [each for each in closures if days[0] <= each.on <= days[-1] and each.on in set(days)]
    names = words.weekday_names(places.language)
    order = words.party_order(parties, places.language)
    rows = [StripRow(places.capital(code), code, _closed(days, shown, code, places)) for code in order]
    if any(each.at_place for each in shown):
        rows.append(StripRow(places.city, None, _closed(days, shown, None, places)))
    return Strip(
        days=tuple(StripDay(day, names[day.weekday()], day.weekday() == 0) for day in days),
        weeks=tuple(
            (words.day_short_month(monday + dt.timedelta(weeks=week), places.language), length) for week in range(WEEKS)
        ),
        rows=tuple(rows),
        ranks={each.first_day: rank for rank, each in reversed(list(enumerate(ranked, start=1)))},
        chosen=chosen,
        named=tuple(
            (
                words.day_short_month(each.on, places.language),
                None if each.at_place else each.party,
                words.pick(each.name, places.language)[0],
            )
            for each in sorted(shown, key=lambda each: (each.on, each.party))
        ),
    )


def _days_of(slot: RankedSlot) -> list[dt.date]:
    return [slot.first_day + dt.timedelta(days=number) for number in range((slot.last_day - slot.first_day).days + 1)]


def _closed(days: Sequence[dt.date], shown: Iterable[Closed], party: str | None, places: Places) -> tuple[str, ...]:
    """Return the name of the closure of each day, empty where there is none; of the place where `party` is None."""
    names = {
        each.on: words.pick(each.name, places.language)[0]
        for each in shown
        if (each.at_place if party is None else each.party == party and not each.at_place)
    }
    return tuple(names.get(day, "") for day in days)
