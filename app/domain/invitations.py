"""Which message about a meeting somebody's calendar needs next: a REQUEST, a CANCEL or none (RFC 5546).

Decided from the meeting as they may see it and from what their calendar was last told. Nothing goes out before a
meeting is first confirmed. From then on each change is told, until it is called off or they are invited no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal

from app.domain.entries import Status

Method = Literal["REQUEST", "CANCEL"]
PartStat = Literal["needs_action", "accepted", "tentative", "declined"]
Participation = Literal["REQ-PARTICIPANT", "OPT-PARTICIPANT", "NON-PARTICIPANT"]

# Somebody who is told of a meeting because of their role may come, but nobody has said that they go.
TOLD_BY_ROLE: Final[Participation] = "OPT-PARTICIPANT"
_PARTICIPATIONS: Final[Mapping[str, Participation]] = {
    "head": "REQ-PARTICIPANT",
    "alternate": "REQ-PARTICIPANT",
    "adviser": "REQ-PARTICIPANT",
    "interpreter": "REQ-PARTICIPANT",
    "liaison": "OPT-PARTICIPANT",
    "support": "NON-PARTICIPANT",
}
_STEP: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What a calendar was told: the event, its times in its zone, and a digest of all else that it shows.

    The times are aware instants, or the first and the last day of an event without hours. A meeting that is postponed
    or cancelled is told with the times that it had.
    """

    uid: str
    reference: str
    starts: datetime | date
    ends: datetime | date
    zone: str
    digest: str

    def is_at_once_with(self, other: Told) -> bool:
        """Say whether both are at the same time, so that who said yes to one said yes to the other."""
        return (self.starts, self.ends) == (other.starts, other.ends)


@dataclass(frozen=True, slots=True)
class Last:
    """The last message to a calendar, and what the person has replied since.

    `is_sure` says that it was handed over; else it is on its way, or whoever sent it ended before noting that it was.
    """

    method: Method
    sequence: int
    stamped_at: datetime
    told: Told | None
    reply: PartStat = "needs_action"
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a meeting stands as its recipient may see it now; `stamped_at` is the last change of its record."""

    status: Status
    sequence: int
    stamped_at: datetime
    is_over: bool
    told: Told


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to be: its method, SEQUENCE and DTSTAMP (UTC, whole seconds).

    `status` is None in a CANCEL that takes one person off, as RFC 5546 (3.2.5) asks: the event goes on without them.
    `told` is all that such a message may say. `reply` is the PARTSTAT that it gives back.
    """

    method: Method
    status: Status | None
    sequence: int
    stamped_at: datetime
    told: Told
    reply: PartStat = "needs_action"


def participation(roster_role: str | None) -> Participation:
    """Return the ROLE of somebody on a roster, or of somebody told because of their role (None)."""
    return _PARTICIPATIONS[roster_role] if roster_role else TOLD_BY_ROLE


def notice(standing: Standing | None, last: Last | None, asked_at: datetime) -> Notice | None:
    """Return the message that is due to a calendar, None where it knows all or was never told anything.

    `standing` is None for who sees the meeting no more or goes no more; `asked_at` is when that was decided. SEQUENCE
    is the meeting's own, so that the feed's event and the mail's are one; who is taken off is told with the one they
    know, since the later ones are of what was decided without them. DTSTAMP rises with every message, so that of two
    with one SEQUENCE the later counts (RFC 5546, 2.1.5); one that may not have gone out is said again as it was.
    """
    if standing is None:
        return _taken_off(last, asked_at)
    if standing.status == "CANCELLED":
        return _called_off(standing, last)
    if last is None and standing.status != "CONFIRMED":
        return None
    if standing.is_over and (last is None or last.method == "CANCEL"):
        return None
    return _unless_known(_asked(standing, last), last)


def _asked(standing: Standing, last: Last | None) -> Notice:
    stamped_at, reply = _after(last, standing.stamped_at), standing_reply(last, standing.told)
    return Notice("REQUEST", standing.status, standing.sequence, stamped_at, standing.told, reply)


def standing_reply(last: Last | None, told: Told) -> PartStat:
    """Return the reply that still stands: one to the same time of a meeting that was not called off meanwhile."""
    if last is None or last.method == "CANCEL" or last.told is None:
        return "needs_action"
    return last.reply if last.told.is_at_once_with(told) else "needs_action"


def _taken_off(last: Last | None, asked_at: datetime) -> Notice | None:
    if last is None or last.told is None or (last.method == "CANCEL" and last.is_sure):
        return None
    return _unless_known(Notice("CANCEL", None, last.sequence, _after(last, asked_at), last.told), last)


def _called_off(standing: Standing, last: Last | None) -> Notice | None:
    if last is None or (last.method == "CANCEL" and last.is_sure):
        return None
    stamped_at = _after(last, standing.stamped_at)
    return _unless_known(Notice("CANCEL", "CANCELLED", standing.sequence, stamped_at, standing.told), last)


def _unless_known(due: Notice, last: Last | None) -> Notice | None:
    """Return a message, None where the last one said the same; with its DTSTAMP where that may have gone out."""
    if last is None or (last.method, last.sequence, last.told) != (due.method, due.sequence, due.told):
        return due
    return None if last.is_sure else replace(due, stamped_at=last.stamped_at)


def _after(last: Last | None, instant: datetime) -> datetime:
    """Return the DTSTAMP of what changed at an instant: in whole seconds, and later than the last one."""
    whole = instant.replace(microsecond=0)
    return whole if last is None else max(whole, last.stamped_at + _STEP)
