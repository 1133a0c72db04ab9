"""A meeting as a VEVENT: the bytes of one entry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Event, vCategory, vText, vUri

from app.calendars import wording
from app.calendars.text import Text, lines, one_line, web_address
from app.calendars.words import WORDS
from app.domain import zones
from app.domain.entries import Details, Entry

# Bytes of entries made by other code are other bytes: to be raised whenever the rendering changes.
RENDERING = 2


def render_entry(entry: Entry) -> bytes:
    """Return the VEVENT of an entry: CRLF, lines of 75 octets at most, the same bytes for equal entries."""
    content: bytes = meeting_event(entry).to_ical()
    return content


def meeting_event(entry: Entry) -> Event:
    """Return the VEVENT of an entry; a busy one has a UID, times and one word."""
    event = Event()
    event["UID"] = one_line(entry.uid)
    event.add("DTSTAMP", entry.stamped_at.astimezone(UTC))
    event.add("SEQUENCE", entry.sequence)
    event["SUMMARY"] = one_line(wording.summary(entry))
    event["TRANSP"] = Text("TRANSPARENT" if entry.is_transparent else "OPAQUE")
    _add_times(event, entry)
    if entry.status is not None:
        event["STATUS"] = Text(entry.status)
    if entry.details is not None:
        _add_details(event, entry, entry.details)
    return event


def needs_zone(entry: Entry) -> bool:
    """Whether the entry's times are written with its zone, so that its calendar must bring a VTIMEZONE.

    While new zone data puts a meeting's wall time elsewhere and nobody has decided, they are in UTC: many
    programs read a TZID by data of their own, new or old, and only UTC is the promised moment to all of them.
    """
    if entry.starts_at is None or entry.is_moment_only or entry.zone == "UTC":
        return False
    return not _is_doubled(entry)


def _add_times(event: Event, entry: Entry) -> None:
    """Write start and end: local time with TZID, or days with an exclusive end."""
    if entry.starts_at is None:
        if entry.starts_on is None or entry.ends_on is None:
            raise ValueError(f"the entry {entry.uid} has no date")
        event.add("DTSTART", entry.starts_on)
        event.add("DTEND", entry.ends_on + timedelta(days=1))
        return
    zone = zones.zone(entry.zone) if needs_zone(entry) else UTC
    event.add("DTSTART", entry.starts_at.astimezone(zone))
    if entry.ends_at is not None:
        event.add("DTEND", entry.ends_at.astimezone(zone))


def _is_doubled(entry: Entry) -> bool:
    """Whether start or end is in the second of the two hours that clocks show twice.

    RFC 5545 (3.3.5) reads such a local time as the first of the two, so only UTC can say it.
    """
    zone = zones.zone(entry.zone)
    return any(_fold(instant, zone) for instant in (entry.starts_at, entry.ends_at))


def _fold(instant: datetime | None, zone: ZoneInfo) -> bool:
    """Whether the instant is the second one with its wall time in the zone."""
    return instant is not None and instant.astimezone(zone).fold == 1


def _add_details(event: Event, entry: Entry, details: Details) -> None:
    """Write what only a full entry says."""
    event.add("CREATED", details.created_at.astimezone(UTC))
    event.add("LAST-MODIFIED", details.changed_at.astimezone(UTC))
    # Advice to programs that share calendars: this one is its subscriber's.
    event["CLASS"] = Text("PRIVATE")
    event["DESCRIPTION"] = lines(wording.description(entry) or "")
    if place := one_line(details.place or ""):
        event["LOCATION"] = place
    if categories := [name for name in map(one_line, details.categories) if name]:
        event["CATEGORIES"] = _categories(categories)
    if page := web_address(details.url):
        event["URL"] = vUri(page)
    if video := web_address(details.conference_url):
        label = WORDS[entry.language].video_label
        event["CONFERENCE"] = vUri(video, params={"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": label})
    if details.parent_uid:
        event["RELATED-TO"] = one_line(details.parent_uid)


def _categories(names: list[Text]) -> vCategory:
    """Return one CATEGORIES value of all names, each with its own escapes."""
    value = vCategory([])
    kept: list[vText | str] = [*names]
    value.cats = kept
    return value
