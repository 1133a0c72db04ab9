"""How far an agenda is, and by when: lead times, and what becomes of an item that comes today.

The provisional agenda is issued a fixed time before the meeting; what comes after it stands on the supplementary list
until a second day, and is late from then on. Adoption freezes it. The United Nations issues its provisional agenda 60
days before a session opens and takes supplementary items until 30 days before it (Rules of Procedure of the General
Assembly, rules 12 and 14); a meeting of a few governments has half of that unless it says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

from app.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection

AgendaState = Literal["draft", "provisional", "adopted"]
# Where an item goes that comes today: among the others; on the supplementary list; nowhere until whoever steers lets
# it on; nowhere until every party consents.
Intake = Literal["listed", "supplementary", "late", "needs_consent"]

PROVISIONAL_DAYS: Final = 30
SUPPLEMENTARY_DAYS: Final = 14
MAX_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class LeadTimes:
    """The two days of an agenda, at the place of the meeting; None where its date is open."""

    provisional_due_on: date | None
    supplementary_until: date | None


def lead_times(first_day: date | None, provisional_days: int, supplementary_days: int) -> LeadTimes:
    """Return by which day the provisional agenda is due, and the last day of the supplementary list."""
    if first_day is None:
        return LeadTimes(None, None)
    return LeadTimes(_before(first_day, provisional_days), _before(first_day, supplementary_days))


def check_lead_times(provisional_days: int, supplementary_days: int) -> None:
    """Refuse lead times outside 0 to 365 days, or a supplementary list that closes before the agenda is due.

    Keys: `days_out_of_range` (`limit`), `supplementary_before_provisional`.
    """
    for name, days in (("provisional_days", provisional_days), ("supplementary_days", supplementary_days)):
        if not 0 <= days <= MAX_DAYS:
            raise Refusal("days_out_of_range", field=name, limit=MAX_DAYS)
    if supplementary_days > provisional_days:
        raise Refusal("supplementary_before_provisional", field="supplementary_days")


def intake(state: AgendaState, today: date, supplementary_until: date | None) -> Intake:
    """Return where an item of all parties goes that comes today; the last day of the list still counts.

    As long as nothing was issued, nothing is late.
    """
    if state == "adopted":
        return "needs_consent"
    if state == "draft":
        return "listed"
    return "late" if supplementary_until is not None and today > supplementary_until else "supplementary"


def check_other_business(kind: str, state: AgendaState) -> None:
    """Refuse other business that was not announced before the agenda was adopted: `other_business_too_late`."""
    if kind == "other_business" and state == "adopted":
        raise Refusal("other_business_too_late", field="kind")


def checked_parties(chosen: Collection[str], at_table: Collection[str]) -> tuple[str, ...]:
    """Return the parties of an item in the order of their codes; none where it is of all who are at the table.

    Keys: `unknown_party` for one that is not at the table, `needs_two_parties` for an item of a single one.
    """
    wanted = frozenset(chosen)
    if not wanted <= frozenset(at_table):
        raise Refusal("unknown_party", field="parties")
    if not wanted or wanted == frozenset(at_table):
        return ()
    if len(wanted) == 1:  # what one party has to say to itself is a position
        raise Refusal("needs_two_parties", field="parties")
    return tuple(sorted(wanted))


def _before(day: date, days: int) -> date | None:
    try:
        return day - timedelta(days=days)
    except OverflowError:
        return None
