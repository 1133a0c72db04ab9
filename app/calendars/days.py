"""Days that are no meetings as VEVENTs: dates to agree and closures, transparent, so that nobody is busy by them."""

from __future__ import annotations

import functools
from datetime import timedelta

from icalendar import Event, vUri

from app.calendars.text import Text, lines, one_line, web_address
from app.calendars.words import WORDS, date_in_words, party_in_words
from app.domain.day_entries import DayEntry, Missing
from app.domain.entries import Language


@functools.lru_cache(maxsize=4_096)
def render_day(day: DayEntry) -> bytes:
    """Return the VEVENT of a day: CRLF, lines of 75 octets at most, the same bytes for equal days.

    Many feeds show the same days, so the last 4,096 are kept.
    """
    event = Event()
    event["UID"] = one_line(day.uid)
    event.add("DTSTAMP", day.stamped_at)
    event.add("SEQUENCE", 0)
    event["SUMMARY"] = one_line(day_summary(day))
    event["TRANSP"] = Text("TRANSPARENT")
    event.add("DTSTART", day.on)
    event.add("DTEND", day.on + timedelta(days=1))
    event["CLASS"] = Text("PRIVATE")
    if description := lines(day_description(day)):
        event["DESCRIPTION"] = description
    if page := web_address(day.url):
        event["URL"] = vUri(page)
    content: bytes = event.to_ical()
    return content


def day_summary(day: DayEntry) -> str:
    """Return the one line that every calendar shows."""
    the = WORDS[day.language]
    if day.kind == "closure":
        return the.closed.format(day.city, day.name)
    return the.to_agree.format(day.name, date_in_words(day.on, day.language))


def day_description(day: DayEntry) -> str:
    """Return what else there is to say, a line for each thing; nothing where there is nothing."""
    the = WORDS[day.language]
    told = [_missing(each, day.language, is_of_pair=len(day.missing) > 1) for each in day.missing]
    told += [the.observed] if day.is_observed else []
    told += [] if day.is_attested else [the.computed]
    return "\n".join([*told, *([the.page.format(day.url)] if day.url else [])])


def _missing(missing: Missing, language: Language, *, is_of_pair: bool) -> str:
    said = WORDS[language].missing.format(missing.count, missing.minimum)
    names = ", ".join(party_in_words(code, language) for code in missing.parties)
    colon = "\u00a0: " if language == "fr" else ": "
    return f"{names}{colon}{said}" if is_of_pair else said
