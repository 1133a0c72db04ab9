"""The time zones that a form offers."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _

from app import words
from app.domain import zones

CAPITALS: Final[tuple[str, ...]] = ("America/Toronto", "America/Mexico_City", "America/New_York")


def zone_choices(language: str) -> dict[str, list[tuple[str, str]]]:
    """Return the zones that a person may choose by region, the capitals' first, each by its city in the language."""
    regions = {
        "America": _("The Americas"),
        "Africa": _("Africa"),
        "Antarctica": _("Antarctica"),
        "Asia": _("Asia"),
        "Atlantic": _("Atlantic Ocean"),
        "Australia": _("Australia"),
        "Europe": _("Europe"),
        "Indian": _("Indian Ocean"),
        "Pacific": _("Pacific Ocean"),
    }
    washington = words.city_of("America/New_York", language, "US")
    choices = {
        _("The capitals"): [
            (zone, words.list_of([washington, words.city_of(zone, language)], language))
            if zone == "America/New_York"
            else (zone, words.city_of(zone, language))
            for zone in CAPITALS
        ]
    }
    current = zones.current_names()
    for region, name in regions.items():
        inside = [zone for zone in zones.zone_names() if zone.startswith(f"{region}/") and zone not in CAPITALS]
        # A city that two names share, an old one and one in force, is offered once.
        cities: dict[str, str] = {}
        for zone in sorted(inside, key=lambda zone: (zone not in current, zone)):
            cities.setdefault(words.city_of(zone, language), zone)
        choices[name] = [(cities[city], city) for city in sorted(cities, key=words.collation_key)]
    return choices
