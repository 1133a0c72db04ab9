"""Entries that are no meetings: dates to agree and closures of capitals, each a whole day that keeps nobody busy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from app.domain.closures import ClosedDay, closures_of
from app.domain.entries import Language, in_language

DayKind = Literal["to_agree", "closure"]

CLOSURES_SINCE: Final = dt.timedelta(days=90)
CLOSURES_FOR_MONTHS: Final = 18
# A closure follows from rules that say nothing of when they were written; a stamp of today would be new each day.
_CLOSURES_STAMPED_AT: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Missing:
    """How many meetings of how many these parties have still to agree on."""

    parties: tuple[str, ...]
    count: int
    minimum: int


@dataclass(frozen=True, slots=True)
class DayEntry:
    """One VEVENT of a whole day to be, in the language; hashable.

    `name` is that of the mechanism or of the holiday, `city` the capital that is closed. `missing` says what is
    to agree, in all or for each pair. `is_observed` and `is_attested` are those of the closure.
    """

    uid: str
    stamped_at: dt.datetime
    language: Language
    kind: DayKind
    on: dt.date
    name: str
    city: str = ""
    url: str | None = None
    missing: tuple[Missing, ...] = ()
    is_observed: bool = False
    is_attested: bool = True


def closure_entries(
    parties: Iterable[str], cities: Mapping[str, Mapping[str, str]], language: Language, today: dt.date, domain: str
) -> tuple[DayEntry, ...]:
    """Return the closures of the parties' capitals, from 90 days before today to 18 months after it.

    `cities` are the capitals' names by party; `domain` is that of the calendar UIDs, which stay the same for ever.
    """
    days = closures_of(parties, today - CLOSURES_SINCE, months_after(today, CLOSURES_FOR_MONTHS))
    return tuple(_closure_entry(day, cities.get(day.party, {}), language, domain) for day in days)


def months_after(day: dt.date, months: int) -> dt.date:
    """Return the same day of the month so many months later, the last of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))


def to_agree_entry(
    code: str, period: tuple[dt.date, dt.date], name: str, missing: tuple[Missing, ...], language: Language, url: str,
    domain: str,
) -> DayEntry:  # fmt: skip
    """Return the date to agree of the mechanism of that code in a period, on the period's last day."""
    first, last = period
    return DayEntry(
        uid=f"to-agree-{code}-{last.isoformat()}@{domain}",
        stamped_at=dt.datetime.combine(first, dt.time(), dt.UTC),
        language=language, kind="to_agree", on=last, name=name, url=url, missing=missing,
    )  # fmt: skip


def _closure_entry(day: ClosedDay, city: Mapping[str, str], language: Language, domain: str) -> DayEntry:
    return DayEntry(
        uid=f"closure-{day.party.lower()}-{day.on.isoformat()}@{domain}",
        stamped_at=_CLOSURES_STAMPED_AT,
        language=language,
        kind="closure",
        on=day.on,
        name=getattr(day.name, language),
        city=in_language(city, language) or day.party,
        is_observed=day.is_observed,
        is_attested=day.is_attested,
    )
