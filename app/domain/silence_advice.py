"""What is worth a second look about the instant at which a silence ends: advice, never a prohibition.

A silence never ends well on a closure or a weekend, or in the night of somebody who could still object (practice.md,
B23). What is known of closures is public, so that everybody is told the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from app.domain.catalogue_types import Trilingual
from app.domain.closures import SATURDAY, closure_on
from app.domain.walltime import in_zone

WORK_BEGINS: Final = dt.time(9)
WORK_ENDS: Final = dt.time(17)
DAY_BEGINS: Final = dt.time(7)
DAY_ENDS: Final = dt.time(21)
SHORT: Final = dt.timedelta(hours=24)
_SEARCHED: Final = dt.timedelta(days=31)
_HOUR: Final = dt.timedelta(hours=1)

AdviceKey = Literal["short", "closure", "weekend", "night"]


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to think over: in the capital of `party`, whose clock shows `local` then; `name` is the closure's."""

    key: AdviceKey
    party: str | None = None
    local: dt.datetime | None = None
    name: Trilingual | None = None
    is_attested: bool = True


def advice_on(ends_at: dt.datetime, now: dt.datetime, capitals: Mapping[str, str]) -> tuple[Advice, ...]:
    """Return what is worth a second look about an end; `capitals` are the zones of the parties' capitals by code."""
    found = [Advice("short")] if ends_at - now < SHORT else []
    for party, zone in sorted(capitals.items()):
        local = in_zone(ends_at, zone)
        closed = closure_on(party, local.date())
        if closed is not None:
            found.append(Advice("closure", party, local, closed.name, closed.is_attested))
        elif local.weekday() >= SATURDAY:
            found.append(Advice("weekend", party, local))
        if not DAY_BEGINS <= local.time() <= DAY_ENDS:
            found.append(Advice("night", party, local))
    return tuple(found)


def next_good_instant(wished: dt.datetime, zone: str, capitals: Mapping[str, str]) -> dt.datetime | None:
    """Return the first full hour of `zone`, not before the one wished, that is a working hour in every capital.

    None where there is none within a month: capitals half the world apart have no common one.
    """
    local = in_zone(wished, zone)
    into = dt.timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    at = wished - into + (_HOUR if into else dt.timedelta(0))
    last = wished + _SEARCHED
    while at <= last:
        if all(_is_working_hour(in_zone(at, each), party) for party, each in capitals.items()):
            return at
        at += _HOUR
    return None


def _is_working_hour(local: dt.datetime, party: str) -> bool:
    is_hour = WORK_BEGINS <= local.time() <= WORK_ENDS
    return is_hour and local.weekday() < SATURDAY and closure_on(party, local.date()) is None
