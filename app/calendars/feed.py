"""Whole calendars: a subscription's feed, and one meeting to download."""

from __future__ import annotations

import functools
import gzip
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, vDuration, vUri

from app.calendars.meeting import needs_zone, render_entry
from app.calendars.text import Text, one_line, web_address
from app.calendars.vtimezones import vtimezone
from app.domain.entries import Entry

CONTENT_TYPE = "text/calendar; charset=utf-8"

_PRODUCT = "-//Entente//Entente//EN"
_COLOR = "steelblue"
_REFRESH = timedelta(hours=1)
_END = b"END:VCALENDAR\r\n"
# The RFC wants at least one component in a calendar. A zone is one that shows as nothing.
_EMPTY_ZONE = "America/Mexico_City"
_EMPTY_SINCE = datetime(2023, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FeedBody:
    """A feed as it goes over HTTP: its bytes, the same gzipped, and the strong ETag of each, quoted."""

    body: bytes
    gzip_body: bytes
    etag: str
    gzip_etag: str


def feed_bytes(name: str, source_url: str, entries: Iterable[Entry]) -> bytes:
    """Return a feed as bytes: calendar properties, the zones it uses, its entries in order of time.

    `name` is shown by programs as the calendar's (ours or the catalogue's words, never a user's text),
    `source_url` the subscription's own address. The same entries in any order give the same bytes, in
    any process. A feed without entries is a valid calendar too: it brings one VTIMEZONE, which RFC 5545
    (3.6) counts as the component it demands.
    """
    ordered = sorted(entries, key=_order)
    parts = [_head(name, source_url), *_zones(ordered), *map(render_entry, ordered), _END]
    if not ordered:
        parts.insert(1, vtimezone(_EMPTY_ZONE, _EMPTY_SINCE))
    return b"".join(parts)


def assemble(name: str, source_url: str, entries: Iterable[Entry]) -> FeedBody:
    """Return the feed of `feed_bytes` as it is to be kept and sent: both encodings and their ETags.

    The two encodings have tags of their own, as RFC 9110 (8.8.3.3) asks.
    """
    body = feed_bytes(name, source_url, entries)
    digest = hashlib.sha256(body).hexdigest()[:32]
    # Without mtime=0 the time of day would be part of the bytes.
    return FeedBody(body, gzip.compress(body, compresslevel=6, mtime=0), f'"{digest}"', f'"{digest}-gzip"')


def meeting_calendar(entry: Entry) -> bytes:
    """Return one meeting as a calendar to download: no name, no refresh, no METHOD, so that opening it adds it."""
    return b"".join([_bare_head(), *_zones([entry]), render_entry(entry), _END])


def _zones(entries: Sequence[Entry]) -> list[bytes]:
    """Return the VTIMEZONEs that the entries name, sorted, each true from the first timed entry on."""
    timed = [entry for entry in entries if needs_zone(entry)]
    since = min((entry.starts_at for entry in timed if entry.starts_at is not None), default=_EMPTY_SINCE)
    return [vtimezone(name, since) for name in sorted({entry.zone for entry in timed})]


def _order(entry: Entry) -> tuple[datetime, str]:
    """Sort by start, a day without hours at its beginning in UTC, then by UID."""
    if entry.starts_at is not None:
        return entry.starts_at.astimezone(UTC), entry.uid
    return datetime.combine(entry.starts_on or date.min, time(), tzinfo=UTC), entry.uid


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
def _bare_head() -> bytes:
    """Return the properties that every calendar must have, up to its first component."""
    return _opened(_calendar())


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
