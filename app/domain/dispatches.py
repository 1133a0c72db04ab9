"""Mails on their way: how long one is tried, which of several still says something, and when a digest comes.

A mail says what stands when it is sent, so of several that wait about one meeting one is enough; a mail server that
was away for a day leaves nobody a pile.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.domain.reminders import MORNING, not_before

Choice = Literal["at_once", "digest", "never"]

TRIED_FOR: Final = dt.timedelta(days=5)
FIRST_WAIT: Final = dt.timedelta(minutes=1)
LONGEST_WAIT: Final = dt.timedelta(hours=1)
MOST_AT_ONCE: Final = 5
REMINDED_AFTER: Final = dt.timedelta(days=1)
DIGEST: Final = "meeting_digest"
LEFT: Final = "meeting_left"

# What a mail of a kind says fits the meeting only in these states; a kind that is not here always fits.
_FITS: Final[Mapping[str, frozenset[str]]] = {
    "meeting_proposed": frozenset({"proposed"}),
    "meeting_confirmed": frozenset({"confirmed", "held", "closed"}),
    "meeting_postponed": frozenset({"postponed", "proposed"}),
    "meeting_cancelled": frozenset({"cancelled"}),
    "meeting_reinstated": frozenset({"proposed"}),
}
_SAYS: Final = {
    "confirmed": "meeting_confirmed",
    "postponed": "meeting_postponed",
    "cancelled": "meeting_cancelled",
}
_TELLS_STATE: Final = frozenset({*_FITS, "meeting_changed", "zone_change_hour_kept", "zone_change_moment_kept", LEFT})
ROSTER_LEFT: Final = "roster_left"
_JOINS: Final = frozenset({"roster_joined", ROSTER_LEFT})
_CHOSEN_FOR: Final = frozenset({*_TELLS_STATE, *_JOINS, "answer_reported"})
_POLL: Final = "poll_"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that waits to be sent: what it is about (`subject`, a meeting or a poll), in the order of its acts."""

    key: str
    kind: str
    subject: str


# Trying ------------------------------------------------------------------------------------------------


def wait_after(failing_for: dt.timedelta) -> dt.timedelta:
    """Return how long to wait before the next try: as long as it has failed already, a minute to an hour."""
    return min(max(failing_for, FIRST_WAIT), LONGEST_WAIT)


def is_given_up(failing_for: dt.timedelta) -> bool:
    """Say whether a mail that has failed for so long is tried no more."""
    return failing_for >= TRIED_FOR


# Saying one thing once ---------------------------------------------------------------------------------


def is_chosen_for(kind: str) -> bool:
    """Say whether a mail of this kind comes as its recipient chose for meetings and polls."""
    return kind in _CHOSEN_FOR or kind.startswith(_POLL)


def tells_state(kind: str) -> bool:
    """Say whether a mail of this kind tells where a meeting stands."""
    return kind in _TELLS_STATE


def word_now(kind: str, state: str) -> str:
    """Return the kind in whose words a mail about a meeting is true now, where what happened first is over."""
    if state in _FITS.get(kind, frozenset({state})):
        return kind
    return _SAYS.get(state, "meeting_changed")


def superseded(waiting: Sequence[Waiting], states: Mapping[str, str]) -> frozenset[str]:
    """Return the keys of the mails to one recipient that say nothing which another of them does not say.

    `waiting` are in the order of their acts; `states` are of the meetings. Of those that tell where a meeting stands
    the last stays whose words are true now, else the last; of a place on its roster the last; of a poll the last of
    each kind. That an answer was reported is told by a later mail on where the meeting stands.
    """
    found: set[str] = set()
    for group in _groups(waiting):
        stays = _staying(group, states.get(group[0].subject))
        found |= {each.key for each in group if each.key != stays.key}
    for each in waiting:
        if each.kind == "answer_reported":
            later = waiting[waiting.index(each) + 1 :]
            if any(other.subject == each.subject and other.kind in _TELLS_STATE for other in later):
                found.add(each.key)
    return frozenset(found)


def _groups(waiting: Sequence[Waiting]) -> list[list[Waiting]]:
    """Return the mails by what they tell, those that tell the same thing together."""
    found: dict[tuple[str, str], list[Waiting]] = {}
    for each in waiting:
        tells = "state" if each.kind in _TELLS_STATE else "roster" if each.kind in _JOINS else each.kind
        found.setdefault((each.subject, tells), []).append(each)
    return list(found.values())


def _staying(group: Sequence[Waiting], state: str | None) -> Waiting:
    last = group[-1]
    if last.kind == LEFT or last.kind not in _TELLS_STATE or state is None:
        return last
    decisive = [each for each in group if each.kind in _FITS and state in _FITS[each.kind]]
    return decisive[-1] if decisive else last


# The digest --------------------------------------------------------------------------------------------


def digest_at(wall: dt.datetime, is_closed: Callable[[dt.date], bool]) -> dt.datetime:
    """Return when what happened at this moment comes in a digest, on the wall of its recipient.

    That is the next morning of a working day.
    """
    day = wall.date() if wall.time() < MORNING else wall.date() + dt.timedelta(days=1)
    midnight = dt.datetime.combine(day, dt.time(), wall.tzinfo)
    return not_before(midnight, (), is_closed) or dt.datetime.combine(day, MORNING, wall.tzinfo)


def comes_at_once(choice: Choice, *, is_urgent: bool) -> bool:
    """Say whether a mail waits for no digest: its recipient chose so, or the meeting is an urgent one."""
    return choice == "at_once" or is_urgent


def is_flood(waiting_count: int) -> bool:
    """Say whether so many mails that wait for one recipient come as one digest."""
    return waiting_count > MOST_AT_ONCE
