"""When a slot of a poll is, and when the poll closes, in words: each time with the city whose time it is."""

from __future__ import annotations

import datetime as dt

from app import words
from app.domain.zones import known_zone
from app.models import Poll, PollSlot


def slot_words(poll: Poll, slot: PollSlot, language: str) -> str:
    """Return when a slot is, on the clock of the poll's own place."""
    zone = known_zone(poll.time_zone)
    city = words.city_at(zone, poll.place, language)
    days = _days(slot.starts_on, slot.ends_on, language)
    if slot.starts_time is None or slot.ends_time is None:
        return f"{days} ({city})"
    return f"{days}, {words.time_range(slot.starts_time, slot.ends_time, language)} {city}"


def slot_words_in(slot: PollSlot, zone_name: str, city: str, language: str) -> str | None:
    """Return when a slot is in another zone; None for one of days without hours, which are the same anywhere."""
    if slot.starts_time is None:
        return None
    start, end = words.local(slot.starts_at, zone_name), words.local(slot.ends_at, zone_name)
    days = _days(start.date(), end.date(), language)
    return f"{days}, {words.time_range(start.time(), end.time(), language)} {city}"


def closes_words(closes_at: dt.datetime, zone_name: str, language: str, party: str | None = None) -> str:
    """Return a deadline in a zone, with its city."""
    zone = known_zone(zone_name)
    return f"{words.day_and_time(closes_at, zone, language)} {words.city_of(zone, language, party)}"


def _days(first: dt.date, last: dt.date, language: str) -> str:
    return words.date_long(first, language) if first == last else words.date_range(first, last, language)
