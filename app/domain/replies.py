"""Whether a reply from a calendar counts: who sent it, for which invitation, and when it was given."""

from __future__ import annotations

import datetime as dt
import string
from dataclasses import dataclass
from typing import Final, Literal

Reply = Literal["accepted", "tentative", "declined"]

REPLIES: Final[tuple[Reply, ...]] = ("accepted", "tentative", "declined")
# Of a mail that no reply could be read in, and of a reply that does not count.
UNREAD: Final = (
    "too_large", "malformed", "no_calendar", "several_calendars", "no_sender", "several_senders", "not_a_reply",
    "counter", "delegated", "on_behalf", "several_events", "several_attendees", "no_answer",
)  # fmt: skip
UNCOUNTED: Final = (
    "no_secret", "wrong_secret", "another_meeting", "another_sender", "another_attendee", "not_invited",
    "meeting_cancelled", "meeting_over", "no_date", "earlier_date", "unknown_sequence", "ahead_of_time", "older",
    "repeated", "too_many",
)  # fmt: skip
CLOCKS_DIFFER: Final = dt.timedelta(days=1)
CALLED_OFF: Final = "cancelled"
_SMALL: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """A reply as it stood in a mail; `addresses` are those that it was sent to, the ORGANIZER's among them.

    `sender`, `attendee` and `addresses` are bare addresses; `stamped_at` is its DTSTAMP.
    """

    sender: str
    attendee: str
    addresses: tuple[str, ...]
    uid: str
    sequence: int
    stamped_at: dt.datetime
    reply: Reply


@dataclass(frozen=True, slots=True)
class Invited:
    """What is known of the invitation that a reply names; `sequence` is that of the date to be answered now.

    `answered_at` is when the answer that stands was given, by the clock of who gave it.
    """

    address: str
    uid: str
    sequence: int
    is_invited: bool
    state: str
    date_is_open: bool
    ends_at: dt.datetime
    answer: str
    answered_at: dt.datetime | None


def reason_not_to_count(reply: CalendarReply, invited: Invited, now: dt.datetime) -> str | None:
    """Return why a reply changes nothing, a word of `UNCOUNTED`; None for one that counts."""
    if reply.uid != invited.uid:
        return "another_meeting"
    if not same_address(reply.sender, invited.address):
        return "another_sender"
    if not same_address(reply.attendee, invited.address):
        return "another_attendee"
    return closed_to_answers(invited, now) or _out_of_turn(reply, invited, now)


def closed_to_answers(invited: Invited, now: dt.datetime) -> str | None:
    """Return why nobody can answer an invitation now, in whatever way; None while it can be answered."""
    if invited.state == CALLED_OFF:
        return "meeting_cancelled"
    if not invited.is_invited:
        return "not_invited"
    if invited.date_is_open:
        return "no_date"
    return "meeting_over" if invited.state in {"held", "closed"} or invited.ends_at <= now else None


def _out_of_turn(reply: CalendarReply, invited: Invited, now: dt.datetime) -> str | None:
    """Return why a reply comes too late or too early: a yes to one date says nothing of another."""
    if reply.sequence < invited.sequence:
        return "earlier_date"
    if reply.sequence > invited.sequence:
        return "unknown_sequence"
    # Else it would be the newest word for ever, and could be sent again against each that comes after.
    if reply.stamped_at > now + CLOCKS_DIFFER:
        return "ahead_of_time"
    if invited.answered_at is None:
        return None
    # Calendars stamp whole seconds.
    answered_at = invited.answered_at.replace(microsecond=0)
    if reply.stamped_at < answered_at:
        return "older"
    return "repeated" if reply.stamped_at == answered_at and reply.reply == invited.answer else None


def same_address(one: str, other: str) -> bool:
    """Say whether two mail addresses are the same; no server in use tells their capitals from small letters.

    Only those of ASCII: to fold others would make one of two that are not.
    """
    return one.strip().translate(_SMALL) == other.strip().translate(_SMALL)
