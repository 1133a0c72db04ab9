"""When papers are due: counted back from their meeting, as the United Nations do (10-4-6), and moved with it.

A document is handed in 10 weeks before the meeting, worked on for 4 and given out 6 weeks before it; texts of a
session and reports have leads of their own. Practice: `ungeneva.org` document instructions, 10-4-6 and 3 weeks.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

# Weeks before the first day of the meeting; a report is due after its last one.
LEADS: Final[Mapping[str, int]] = MappingProxyType({"paper": 10, "agenda": 10, "text": 3, "report": -2})
LEAD_RANGE: Final = (-12, 52)
# Of ten weeks four go into editing, translation and copying: so of any other lead, in whole weeks.
_WORKED_ON: Final = (4, 10)
Standing = Literal["none", "on_time", "at_once", "overdue", "received"]


@dataclass(frozen=True, slots=True)
class PaperDates:
    """When a paper is to be handed in and given out, days in the meeting's zone; None without a date.

    `is_by_hand`: the day was set and does not move. `is_at_once`: it had passed when the paper was asked for.
    """

    due_on: dt.date | None
    out_on: dt.date | None
    is_by_hand: bool = False
    is_at_once: bool = False

    def standing(self, today: dt.date, state: str) -> Standing:
        """Say how a paper stands on a day in the meeting's zone."""
        if state != "expected":
            return "received"
        if self.due_on is None:
            return "none"
        if self.is_at_once:
            return "at_once"
        return "overdue" if self.due_on < today else "on_time"


def worked_on_weeks(lead_weeks: int) -> int:
    """Return how many weeks of a lead go into the work on a paper: 4 of 10, 2 of 5, none after the meeting."""
    share, whole = _WORKED_ON
    return (max(lead_weeks, 0) * share + whole // 2) // whole


def lead_of(kind: str, lead_weeks: int | None) -> int:
    """Return how many weeks before the meeting a paper of that kind is due."""
    return LEADS[kind] if lead_weeks is None else lead_weeks


def paper_dates(
    kind: str,
    meeting_days: tuple[dt.date, dt.date] | None,
    *,
    asked_on: dt.date,
    lead_weeks: int | None = None,
    set_on: dt.date | None = None,
) -> PaperDates:
    """Return when a paper is due; `meeting_days` are the first and last day of its meeting, None while it has none.

    `set_on` is a day that was set by hand, `asked_on` the day that the paper was asked for.
    """
    if set_on is not None:
        return PaperDates(set_on, _out(set_on, kind, meeting_days, lead_weeks), is_by_hand=True)
    if meeting_days is None:
        return PaperDates(None, None)
    lead = lead_of(kind, lead_weeks)
    if lead < 0:
        after = meeting_days[1] - dt.timedelta(weeks=lead)
        return PaperDates(after, after)
    due_on = meeting_days[0] - dt.timedelta(weeks=lead)
    if due_on < asked_on:
        return PaperDates(asked_on, max(_weeks_on(due_on, lead), asked_on), is_at_once=True)
    return PaperDates(due_on, _weeks_on(due_on, lead))


def _weeks_on(due_on: dt.date, lead: int) -> dt.date:
    return due_on + dt.timedelta(weeks=worked_on_weeks(lead))


def _out(
    set_on: dt.date, kind: str, meeting_days: tuple[dt.date, dt.date] | None, lead_weeks: int | None
) -> dt.date | None:
    """Return when a paper that is due on a set day is given out: not before it, and not after the meeting begins."""
    if meeting_days is None:
        return None
    lead = lead_of(kind, lead_weeks)
    usual = meeting_days[0] - dt.timedelta(weeks=max(lead - worked_on_weeks(lead), 0))
    return max(set_on, usual)
