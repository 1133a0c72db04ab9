"""Reading what a calendar program replies to an invitation (RFC 5546 REPLY in a mail of RFC 6047).

Only what a reply needs is read, in bounded time, and nothing that it says is expanded or built: no zone, no rule of
recurrence, no part of a part. Whether it counts is not asked here.
"""

from __future__ import annotations

import codecs
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import Any, Final

from icalendar.parser import Contentline

from app.domain.replies import CalendarReply, Reply

MAIL_LIMIT: Final = 2 * 1024 * 1024
CALENDAR_LIMIT: Final = 256 * 1024
_HEADER_LIMIT: Final = 20_000
_SENDER_LIMIT: Final = 2_000
_LINE_LIMIT: Final = 4_000
_LINES_LIMIT: Final = 10_000
_UID_LIMIT: Final = 255
_SEQUENCE_DIGITS: Final = 9
# What makes the parser of the standard library slow is counted first: parts in parts, and lines that part them.
_PARTS_IN_PARTS: Final = re.compile(rb"(?i)multipart/|message/")
_NESTING_LIMIT: Final = 20
_PARTING_LIMIT: Final = 500
_NAMES_LIMIT: Final = 2_000

_CHARSETS: Final = {"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252"}
_RECIPIENTS: Final = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
_OF_ADDRESS: Final = r"[^\s\x00-\x20\x7f-\x9f<>()\[\]\\,;:\"@]"
_ADDRESS: Final = re.compile(rf"{_OF_ADDRESS}{{1,128}}@{_OF_ADDRESS}{{1,253}}")
# A display name may look like an address; it is in quotes, in brackets or encoded.
_NOT_ADDRESS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\([^()]*\)|=\?[^?\s]*\?[bBqQ]\?[^?]*\?=')
_STAMP: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_PARTSTATS: Final[dict[str, Reply]] = {"ACCEPTED": "accepted", "TENTATIVE": "tentative", "DECLINED": "declined"}
_READ: Final = frozenset(
    {"METHOD", "UID", "SEQUENCE", "DTSTAMP", "ATTENDEE", "ORGANIZER", "RECURRENCE-ID", "BEGIN", "END"}
)
_OTHER_ENTRIES: Final = frozenset({"VTODO", "VJOURNAL", "VFREEBUSY"})


class NoReply(Exception):
    """A mail that is no reply to an invitation; `reason` is a word of `app.domain.replies.UNREAD`.

    `sender` is the address that it names as its own, where it names one. `is_automatic`: a program sent it, such as
    the word that somebody is out of office, and it needs no answer.
    """

    def __init__(self, reason: str, sender: str | None = None, *, is_automatic: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sender = sender
        self.is_automatic = is_automatic


def read_reply(mail: bytes) -> CalendarReply:
    """Return the reply that a mail carries; raises `NoReply` for whatever is none, and nothing else."""
    if len(mail) > MAIL_LIMIT:
        raise NoReply("too_large")
    if _is_bomb(mail):
        raise NoReply("malformed")
    try:
        message = BytesParser(policy=compat32).parsebytes(mail)
        sender = _sender(message)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise NoReply("malformed") from error
    try:
        return _reply_in(message, sender)
    except NoReply as refused:
        raise NoReply(refused.reason, sender, is_automatic=refused.is_automatic) from refused
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise NoReply("malformed", sender) from error


def _is_bomb(mail: bytes) -> bool:
    head = re.split(rb"\r?\n\r?\n", mail, maxsplit=1)[0]
    return (
        len(_PARTS_IN_PARTS.findall(mail)) > _NESTING_LIMIT
        or mail.count(b"\n--") > _PARTING_LIMIT
        or head.count(b"\n") > _NAMES_LIMIT
    )


# The mail ------------------------------------------------------------------------------------------


def _sender(message: Message) -> str:
    """Return the one address that a mail is from."""
    named = message.get_all("From") or []
    if len(named) > 1:
        raise NoReply("several_senders")
    found = _ADDRESS.findall(_NOT_ADDRESS.sub(" ", str(named[0])[:_SENDER_LIMIT])) if named else []
    if len(found) > 1:
        raise NoReply("several_senders")
    if not found or len(found[0]) > 254:
        raise NoReply("no_sender")
    return str(found[0])


def _reply_in(message: Message, sender: str) -> CalendarReply:
    part, raw = _calendar_part(message)
    entry = _entry_of(_lines(raw, part))
    declared = part.get_param("method")
    if isinstance(declared, tuple):
        declared = declared[2]
    if entry.method == "COUNTER":
        raise NoReply("counter")
    if entry.method != "REPLY":
        raise NoReply("not_a_reply")
    if declared is not None and str(declared).strip().upper() != entry.method:
        raise NoReply("malformed")
    return entry.reply(sender, _recipients(message))


def _recipients(message: Message) -> tuple[str, ...]:
    headers = (str(value) for name in _RECIPIENTS for value in message.get_all(name) or [])
    return tuple(_ADDRESS.findall(" ".join(headers)[:_HEADER_LIMIT]))


def _calendar_part(message: Message) -> tuple[Message, bytes]:
    """Return the part with the calendar; a program may attach the same once more as a file."""
    parts = list(_leaves(message))
    of_type = [each for each in parts if each.get_content_type() == "text/calendar"]
    calendars = of_type or [each for each in parts if each.get_content_type() == "application/ics"]
    bodies = {bytes(each.get_payload(decode=True) or b"") for each in calendars}
    if not calendars:
        raise NoReply("no_calendar", is_automatic=_is_automatic(message))
    if len(bodies) > 1:
        raise NoReply("several_calendars")
    (body,) = bodies
    if len(body) > CALENDAR_LIMIT:
        raise NoReply("too_large")
    return calendars[0], body


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that hold something, without those of a mail that is attached: that one is not a reply."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        content = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(content, list):
            waiting.extend(each for each in content if isinstance(each, Message))
        elif part.get_content_maintype() != "message" and isinstance(content, str):
            yield part


def _is_automatic(message: Message) -> bool:
    """Say whether a program answered, or a server reports on a mail."""
    said = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    return (
        said not in {"", "no"}
        or precedence in {"bulk", "junk", "auto_reply", "list"}
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress"))
        or message.get_content_type() == "multipart/report"
        or str(message.get("Return-Path", "")).strip() == "<>"
    )


# The calendar --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Entry:
    """The properties that count, of the calendar and of its one event."""

    method: str = ""
    found: dict[str, list[str]] = field(default_factory=dict)

    def reply(self, sender: str, recipients: tuple[str, ...]) -> CalendarReply:
        """Return the reply that these say; raises `NoReply` or `ValueError`."""
        attendees, organizers = self.found.get("ATTENDEE", []), self.found.get("ORGANIZER", [])
        if len(attendees) != 1:
            raise NoReply("several_attendees" if attendees else "malformed")
        if len(organizers) != 1 or "RECURRENCE-ID" in self.found:
            raise NoReply("malformed")
        said, attendee = _parts(attendees[0])
        partstat = str(said.get("PARTSTAT", "")).upper()
        if partstat == "DELEGATED" or "DELEGATED-TO" in said or "DELEGATED-FROM" in said:
            raise NoReply("delegated")
        if "SENT-BY" in said:
            raise NoReply("on_behalf")
        if partstat not in _PARTSTATS:
            raise NoReply("no_answer")
        return CalendarReply(
            sender=sender,
            attendee=_mailto(attendee),
            addresses=(*recipients, _mailto(_parts(organizers[0])[1])),
            uid=_uid(self._one("UID")),
            sequence=_sequence(self._one("SEQUENCE") if "SEQUENCE" in self.found else "0"),
            stamped_at=_stamp(self._one("DTSTAMP")),
            reply=_PARTSTATS[partstat],
        )

    def _one(self, name: str) -> str:
        lines = self.found.get(name, [])
        if len(lines) != 1:
            raise NoReply("malformed")
        return _parts(lines[0])[1].strip()


def _lines(raw: bytes, part: Message) -> Iterator[str]:
    """Yield the unfolded lines that may count; programs fold within letters, so bytes are joined before they are read.

    A line that is too long to be one of those is a description.
    """
    lines = re.split(rb"\r\n|\n|\r", re.sub(rb"(?:\r\n|\n|\r)[ \t]", b"", raw))
    if len(lines) > _LINES_LIMIT:
        raise NoReply("malformed")
    charset = _charset(part)
    for line in lines:
        name = re.split(rb"[;:]", line[:40], maxsplit=1)[0].strip().upper()
        if name.decode("latin-1") not in _READ:
            continue
        if len(line) > _LINE_LIMIT or b"\0" in line:
            raise NoReply("malformed")
        yield line.decode(charset).strip()


def _charset(part: Message) -> str:
    name = part.get_content_charset() or "utf-8"
    known = codecs.lookup(name).name
    if known not in _CHARSETS:
        raise NoReply("malformed")
    return "utf-8" if known == "ascii" else known


def _entry_of(lines: Iterable[str]) -> _Entry:
    """Return what stands in the one event of one calendar."""
    entry, path, calendars, events = _Entry(), list[str](), 0, 0
    for line in lines:
        name, value = _name_of(line), line.partition(":")[2].strip().upper()
        if name == "BEGIN":
            path.append(value)
            calendars += path == ["VCALENDAR"]
            events += path == ["VCALENDAR", "VEVENT"]
            if path[0] != "VCALENDAR" or value in _OTHER_ENTRIES or len(path) > 8:
                raise NoReply("malformed")
        elif name == "END":
            if not path or path.pop() != value:
                raise NoReply("malformed")
        elif path == ["VCALENDAR"] and name == "METHOD":
            entry.method += value
        elif path == ["VCALENDAR", "VEVENT"]:
            entry.found.setdefault(name, []).append(line)
    if path or calendars != 1 or not events:
        raise NoReply("malformed")
    if events > 1:
        raise NoReply("several_events")
    return entry


def _name_of(line: str) -> str:
    return re.split("[;:]", line, maxsplit=1)[0].strip().upper()


def _parts(line: str) -> tuple[Mapping[str, object], str]:
    """Return the parameters of a line, by their names in capitals, and its value; raises `ValueError`."""
    read: Any = Contentline
    _name, parameters, value = read(line).parts()
    return parameters, str(value)


def _mailto(value: str) -> str:
    scheme, _, address = value.strip().partition(":")
    if scheme.lower() != "mailto" or not _ADDRESS.fullmatch(address.strip()):
        raise NoReply("malformed")
    return address.strip()


def _uid(value: str) -> str:
    if not 0 < len(value) <= _UID_LIMIT:
        raise NoReply("malformed")
    return value


def _sequence(value: str) -> int:
    if not (value.isascii() and value.isdigit()) or len(value) > _SEQUENCE_DIGITS:
        raise NoReply("malformed")
    return int(value)


def _stamp(value: str) -> dt.datetime:
    if not _STAMP.fullmatch(value):
        raise NoReply("malformed")
    return dt.datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
