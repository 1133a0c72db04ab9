"""Whole calendars: a subscription's feed, and one meeting to download."""

from __future__ import annotations

import functools
import gzip
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, vDuration, vUri

from app.calendars.days import render_day
from app.calendars.meeting import needs_zone, render_entry
from app.calendars.text import Text, one_line, web_address
from app.calendars.todos import render_action_day, render_todo
from app.calendars.vtimezones import vtimezone
from app.domain.action_entries import ActionEntry, Shape
from app.domain.day_entries import DayEntry
from app.domain.entries import Entry

CONTENT_TYPE = "text/calendar; charset=utf-8"

_PRODUCT = "-//Entente//Entente//EN"
_COLOR = "steelblue"
_REFRESH = timedelta(hours=1)
_LAST = datetime(9999, 1, 1, tzinfo=UTC)  # where what has no day stands
_END = b"END:VCALENDAR\r\n"
# The RFC wants at least one component in a calendar. A zone is one that shows as nothing.
_EMPTY_ZONE = "America/Mexico_City"
_EMPTY_SINCE = datetime(2023, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FeedBody:
    """A feed as it goes over HTTP: its bytes, the same gzipped (None where none is wanted), and the tag of each."""

    body: bytes
    gzip_body: bytes | None
    etag: str
    gzip_etag: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of one entry with what a calendar around it needs to know: its place, and its zone if it names one.

    `order` is the start in UTC and the UID; `since` the instant from which the zone must be true.
    """

    order: tuple[datetime, str]
    zone: str | None
    since: datetime | None
    content: bytes


def rendered(entry: Entry | DayEntry) -> Rendered:
    """Return an entry, or a day that is no meeting, as bytes that can be kept and joined."""
    if isinstance(entry, DayEntry):
        return Rendered((_midnight(entry.on), entry.uid), None, None, render_day(entry))
    return placed(entry, render_entry(entry))


def placed(entry: Entry, content: bytes) -> Rendered:
    """Return the bytes of an entry with what a calendar around them needs to know."""
    if entry.starts_at is None:
        return Rendered((_midnight(entry.starts_on or date.min), entry.uid), None, None, content)
    zone = entry.zone if needs_zone(entry) else None
    starts_at = entry.starts_at.astimezone(UTC)
    return Rendered((starts_at, entry.uid), zone, starts_at, content)


def rendered_action(entry: ActionEntry, shape: Shape) -> Rendered:
    """Return an action as bytes that can be joined, as a to-do or as the day by which it is due."""
    order = (_midnight(entry.due_on) if entry.due_on else _LAST, f"{shape}-{entry.uid}")
    return Rendered(order, None, None, render_todo(entry) if shape == "todo" else render_action_day(entry))


def feed_bytes(name: str, source_url: str, entries: Iterable[Entry | DayEntry]) -> bytes:
    """Return a feed as bytes: calendar properties, the zones it uses, its entries in order of time.

    `name` is shown by programs as the calendar's (ours or the catalogue's words, never a user's text),
    `source_url` the subscription's own address. The same entries in any order give the same bytes, in
    any process. A feed without entries is a valid calendar too: it brings one VTIMEZONE, which RFC 5545
    (3.6) counts as the component it demands.
    """
    return joined(name, source_url, map(rendered, entries))


def joined(name: str, source_url: str, entries: Iterable[Rendered]) -> bytes:
    """Return the feed of `feed_bytes` from entries that are bytes already."""
    ordered = sorted(entries, key=lambda each: each.order)
    parts = [_head(name, source_url), *_zones(ordered), *(each.content for each in ordered), _END]
    if not ordered:
        parts.insert(1, vtimezone(_EMPTY_ZONE, _EMPTY_SINCE))
    return b"".join(parts)


def assemble(name: str, source_url: str, entries: Iterable[Entry | DayEntry]) -> FeedBody:
    """Return the feed of `feed_bytes` as it is to be kept and sent: both encodings and their ETags."""
    return body_of(feed_bytes(name, source_url, entries))


def body_of(body: bytes, *, is_gzipped: bool = True) -> FeedBody:
    """Return the bytes of a feed with those of its other encoding, where it is wanted, and the ETag of each.

    The two encodings have tags of their own, as RFC 9110 (8.8.3.3) asks.
    """
    digest = hashlib.sha256(body).hexdigest()[:32]
    # Without mtime=0 the time of day would be part of the bytes.
    gzip_body = gzip.compress(body, compresslevel=6, mtime=0) if is_gzipped else None
    return FeedBody(body, gzip_body, f'"{digest}"', f'"{digest}-gzip"')


def meeting_calendar(entry: Entry) -> bytes:
    """Return one meeting as a calendar to download: no name, no refresh, no METHOD, so that opening it adds it."""
    return _alone(rendered(entry), None)


def message_calendar(one: Rendered, method: str) -> bytes:
    """Return one event as a calendar that is a message (RFC 5546): it says by METHOD what it asks of its reader."""
    return _alone(one, method)


def _alone(one: Rendered, method: str | None) -> bytes:
    return b"".join([_bare_head(method), *_zones([one]), one.content, _END])


def _zones(entries: Sequence[Rendered]) -> list[bytes]:
    """Return the VTIMEZONEs that the entries name, sorted, each true from the first entry on that names any."""
    since = min((each.since for each in entries if each.zone and each.since), default=_EMPTY_SINCE)
    return [vtimezone(name, since) for name in sorted({each.zone for each in entries if each.zone})]


def _midnight(day: date) -> datetime:
    """Return the instant by which a day without hours is sorted: its beginning in UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)


def _head(name: str, source_url: str) -> bytes:
    """Return the calendar's own properties, up to its first component; not kept, since the address is a secret."""
    calendar = _calendar()
    title = one_line(name)
    calendar["NAME"] = title
    calendar["X-WR-CALNAME"] = title
    calendar["COLOR"] = Text(_COLOR)
    # The library writes neither VALUE by itself, and both are required (RFC 7986, 5.7 and 5.8).
    calendar.add("REFRESH-INTERVAL", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar["X-PUBLISHED-TTL"] = vDuration(_REFRESH)
    if source := web_address(source_url):
        calendar["SOURCE"] = vUri(source, params={"VALUE": "URI"})
    return _opened(calendar)


@functools.cache
def _bare_head(method: str | None) -> bytes:
    """Return the properties that every calendar must have, up to its first component; a message has a METHOD too."""
    calendar = _calendar()
    if method is not None:
        calendar["METHOD"] = Text(method)
    return _opened(calendar)


def _calendar() -> Calendar:
    """Return a calendar with the required properties."""
    calendar = Calendar()
    calendar["VERSION"] = Text("2.0")
    calendar["PRODID"] = Text(_PRODUCT)
    calendar["CALSCALE"] = Text("GREGORIAN")
    return calendar


def _opened(calendar: Calendar) -> bytes:
    """Return the calendar's bytes without its last line."""
    content: bytes = calendar.to_ical()
    return content.removesuffix(_END)
