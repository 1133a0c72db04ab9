"""What an entry says: its summary line and its description, in the subscription's language."""

from __future__ import annotations

from datetime import datetime

from app.calendars import words
from app.domain import zones
from app.domain.entries import Details, Entry


def summary(entry: Entry) -> str:
    """Return the one line that every calendar shows: title and reference, or no more than that one is busy.

    One that was called off says so first, since some programs show it as if it stood.
    """
    if entry.details is None:
        return words.WORDS[entry.language].busy
    details = entry.details
    line = details.title if details.title == details.reference else f"{details.title} ({details.reference})"
    return words.WORDS[entry.language].called_off[entry.called_off].format(line) if entry.called_off else line


def description(entry: Entry) -> str | None:
    """Return the description as lines: mechanism, state, parties, form; the hours in each capital; the links.

    Every hour stands beside the city whose it is. None for a busy entry.
    """
    if entry.details is None:
        return None
    blocks = [_about(entry, entry.details), *_times(entry, entry.details), _links(entry, entry.details)]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _about(entry: Entry, details: Details) -> list[str]:
    """Return the lines on what the meeting is."""
    language = entry.language
    the = words.WORDS[language]
    about = [details.mechanism] if details.mechanism and details.mechanism != details.title else []
    about.append(the.states[details.state])
    if details.parties:
        about.append(the.parties.format(", ".join(words.party_in_words(code, language) for code in details.parties)))
    if details.format is not None:
        about.append(the.formats[details.format])
    return about


def _times(entry: Entry, details: Details) -> list[list[str]]:
    """Return a block for the meeting's hours, or one for each of its sittings."""
    if entry.starts_at is None:
        return []
    whole = (entry.starts_at, entry.ends_at)
    if not details.sittings or details.sittings == (whole,):
        return [_clocks(entry, details, *whole)]
    label = words.WORDS[entry.language].sitting
    return [
        _clocks(entry, details, *sitting, heading=label.format(number))
        for number, sitting in enumerate(details.sittings, start=1)
    ]


def _clocks(
    entry: Entry, details: Details, starts_at: datetime, ends_at: datetime | None, heading: str | None = None
) -> list[str]:
    """Return the day in the meeting's zone, then a line for each city: the meeting's own, then the capitals."""
    language = entry.language
    day = starts_at.astimezone(zones.zone(entry.zone)).date()
    title = words.day_in_words(day, language)
    own_city = words.city_of_zone(entry.zone, language)
    cities = [(words.WORDS[language].meeting_time.format(own_city), entry.zone)]
    cities += [(city, zone) for city, zone in details.capitals if city != own_city]
    colon = " : " if language == "fr" else ": "
    return [
        f"{heading}{colon}{title}" if heading else title[:1].upper() + title[1:],
        *(f"{city}{colon}{_hours(entry, zone, starts_at, ends_at)}" for city, zone in cities),
    ]


def _hours(entry: Entry, zone_name: str, starts_at: datetime, ends_at: datetime | None) -> str:
    """Return the hours on one city's clock; its day is named where it is not the meeting's."""
    zone = zones.zone(zone_name)
    day = starts_at.astimezone(zones.zone(entry.zone)).date()
    ends = None if ends_at is None else ends_at.astimezone(zone)
    return words.hours_in_words(starts_at.astimezone(zone), ends, day, entry.language)


def _links(entry: Entry, details: Details) -> list[str]:
    """Return the lines with the video link and the meeting's page, for programs that hide both properties."""
    the = words.WORDS[entry.language]
    links = [the.video.format(details.conference_url)] if details.conference_url else []
    return [*links, the.page.format(details.url)] if details.url else links
