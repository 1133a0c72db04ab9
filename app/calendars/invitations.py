"""An invitation as the calendar part of a mail (RFC 5546, 6047): one event, one method, one person invited."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import quote

from icalendar import vCalAddress

from app.calendars.feed import message_calendar, placed
from app.calendars.meeting import meeting_event
from app.calendars.text import one_line
from app.domain.entries import Entry, Language
from app.domain.invitations import Notice, Participation, PartStat, Told

# Of what may stand in the address of a mailto URI, all that RFC 6068 does not ask to be written otherwise.
_ADDRESS_CHARACTERS: Final = "@!$'*+-._~"
_PARTSTATS: Final[Mapping[PartStat, str]] = {
    "needs_action": "NEEDS-ACTION",
    "accepted": "ACCEPTED",
    "tentative": "TENTATIVE",
    "declined": "DECLINED",
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom and to whom an invitation is; addresses are bare, names as they are shown."""

    organizer: str
    organizer_name: str
    attendee: str
    attendee_name: str
    participation: Participation


def request_bytes(notice: Notice, entry: Entry, envelope: Envelope) -> bytes:
    """Return the calendar of a REQUEST, or of the CANCEL of a meeting that was called off, as its recipient sees it."""
    told = dataclasses.replace(entry, sequence=notice.sequence, stamped_at=notice.stamped_at, status=notice.status)
    return _message(notice, told, envelope, None)


def taken_off_bytes(notice: Notice, envelope: Envelope, language: Language) -> bytes:
    """Return the calendar of a CANCEL that takes its recipient off: the event by its reference, at the time they know.

    It has no STATUS, since the event goes on (RFC 5546, 3.2.5), and nothing of what it has become.
    """
    return _message(notice, _known(notice, language), envelope, notice.told.reference)


def told_of(entry: Entry, reference: str, envelope: Envelope) -> Told:
    """Return what a calendar is told by the entry: its times, and the digest of all else that it shows."""
    timeless = dataclasses.replace(entry, sequence=0, stamped_at=datetime.fromtimestamp(0, UTC))
    if entry.details is not None:
        details = dataclasses.replace(entry.details, changed_at=entry.details.created_at)
        timeless = dataclasses.replace(timeless, details=details)
    shown: bytes = meeting_event(timeless).to_ical()
    shown += "\n".join((mailto(envelope.attendee), one_line(envelope.attendee_name), envelope.participation)).encode()
    starts, ends = entry.starts_at or entry.starts_on, entry.ends_at or entry.ends_on
    if starts is None or ends is None:
        raise ValueError(f"the entry {entry.uid} has no date or no end")
    return Told(entry.uid, reference, starts, ends, entry.zone, hashlib.sha256(shown).hexdigest())


def mailto(address: str) -> str:
    """Return a mail address as a URI: ASCII, no blanks, no controls (RFC 6068)."""
    return "mailto:" + quote(one_line(address).replace(" ", ""), safe=_ADDRESS_CHARACTERS)


def _message(notice: Notice, entry: Entry, envelope: Envelope, summary: str | None) -> bytes:
    event = meeting_event(entry)
    if summary is not None:
        event["SUMMARY"] = one_line(summary)
    event["ORGANIZER"] = _address(envelope.organizer, envelope.organizer_name)
    attendee = _address(envelope.attendee, envelope.attendee_name)
    attendee.params["ROLE"] = envelope.participation
    attendee.params["PARTSTAT"] = _PARTSTATS[notice.reply]
    attendee.params["RSVP"] = "TRUE"
    event["ATTENDEE"] = attendee
    return message_calendar(placed(entry, event.to_ical()), notice.method)


def _address(address: str, name: str) -> vCalAddress:
    found = vCalAddress(mailto(address))
    if shown := str(one_line(name)):
        # RFC 5545 (3.2) knows no escape in a parameter, but programs read a backslash as one.
        found.params["CN"] = shown.replace("\\", "/")
    return found


def _known(notice: Notice, language: Language) -> Entry:
    """Return the event as its recipient last knew it: no more than when it was."""
    told = notice.told
    has_hours = isinstance(told.starts, datetime)
    return Entry(
        uid=told.uid,
        sequence=notice.sequence,
        stamped_at=notice.stamped_at,
        language=language,
        status=notice.status,
        is_transparent=True,
        zone=told.zone,
        starts_at=_instant(told.starts),
        ends_at=_instant(told.ends),
        starts_on=None if has_hours else told.starts,
        ends_on=None if has_hours else told.ends,
        details=None,
    )


def _instant(when: datetime | date) -> datetime | None:
    return when if isinstance(when, datetime) else None
