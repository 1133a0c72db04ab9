"""When a silence ends, in words: each time with the city whose time it is, the clock's own city first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from app import words
from app.domain.zones import known_zone


def instant_words(at: dt.datetime, zone_name: str, language: str, party: str | None = None) -> str:
    """Return an instant as the clock of a zone shows it, with its city."""
    zone = known_zone(zone_name)
    local = words.local(at, zone)
    day, time = words.date_long(local.date(), language), words.time_of_day(local, language)
    return f"{day}, {time} {words.city_of(zone, language, party)}"


def times_elsewhere(at: dt.datetime, zone_name: str, capitals: Mapping[str, str], language: str) -> list[str]:
    """Return what the clocks of the capitals show then, those that show the same in one line, the clock's own left out.

    `capitals` are their zones by the codes of their parties; where it is another day there the day is said.
    """
    own = words.local(at, known_zone(zone_name))
    by_time: dict[dt.datetime, list[str]] = {}
    for party, zone in capitals.items():
        local = words.local(at, zone).replace(tzinfo=None)
        city = words.city_of(zone, language, party)
        cities = by_time.setdefault(local, [])
        if city not in cities:
            cities.append(city)
    lines = []
    for local, cities in by_time.items():
        time = words.time_of_day(local.time(), language)
        said = time if local.date() == own.date() else f"{words.date_short(local.date(), language)}, {time}"
        lines.append(f"{said} {words.list_of(cities, language)}")
    return lines
