"""Cities in which meetings are held, with the zone whose clock each keeps: suggestions, never a limit.

Ciudad Juárez and Tijuana move their clocks with the United States, the rest of Mexico does not move any; so a city is
chosen, and never a country.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.domain.meeting_advice import plain


@dataclass(frozen=True, slots=True)
class City:
    """A city of a party, its name in each language, and its zone."""

    en: str
    es: str
    fr: str
    zone: str
    party: str

    @property
    def names(self) -> tuple[str, str, str]:
        """Return its names in the three languages."""
        return self.en, self.es, self.fr

    def name(self, language: str) -> str:
        """Return its name in a language."""
        found: str = getattr(self, language)
        return found


def _same(name: str, zone: str, party: str) -> City:
    return City(name, name, name, f"America/{zone}", party)


CITIES: Final[tuple[City, ...]] = (
    _same("Ottawa", "Toronto", "CA"),
    City("Mexico City", "Ciudad de México", "Mexico", "America/Mexico_City", "MX"),
    _same("Washington", "New_York", "US"),
    City("New York", "Nueva York", "New York", "America/New_York", "US"),
    _same("Calgary", "Edmonton", "CA"),
    _same("Halifax", "Halifax", "CA"),
    _same("Iqaluit", "Iqaluit", "CA"),
    _same("Montréal", "Toronto", "CA"),
    City("Québec City", "Quebec", "Québec", "America/Toronto", "CA"),
    _same("Regina", "Regina", "CA"),
    _same("St. John’s", "St_Johns", "CA"),
    _same("Toronto", "Toronto", "CA"),
    _same("Vancouver", "Vancouver", "CA"),
    _same("Whitehorse", "Whitehorse", "CA"),
    _same("Windsor", "Toronto", "CA"),
    _same("Winnipeg", "Winnipeg", "CA"),
    _same("Cancún", "Cancun", "MX"),
    _same("Chihuahua", "Chihuahua", "MX"),
    _same("Ciudad Juárez", "Ciudad_Juarez", "MX"),
    _same("Guadalajara", "Mexico_City", "MX"),
    _same("Hermosillo", "Hermosillo", "MX"),
    _same("La Paz", "Mazatlan", "MX"),
    _same("Matamoros", "Matamoros", "MX"),
    _same("Mazatlán", "Mazatlan", "MX"),
    _same("Mérida", "Merida", "MX"),
    _same("Mexicali", "Tijuana", "MX"),
    _same("Monterrey", "Monterrey", "MX"),
    _same("Nogales", "Hermosillo", "MX"),
    _same("Nuevo Laredo", "Matamoros", "MX"),
    _same("Ojinaga", "Ojinaga", "MX"),
    _same("Puebla", "Mexico_City", "MX"),
    _same("Reynosa", "Matamoros", "MX"),
    _same("San Luis Potosí", "Mexico_City", "MX"),
    _same("Tapachula", "Mexico_City", "MX"),
    _same("Tijuana", "Tijuana", "MX"),
    _same("Anchorage", "Anchorage", "US"),
    _same("Atlanta", "New_York", "US"),
    _same("Boston", "New_York", "US"),
    _same("Brownsville", "Chicago", "US"),
    _same("Buffalo", "New_York", "US"),
    _same("Chicago", "Chicago", "US"),
    _same("Colorado Springs", "Denver", "US"),
    _same("Dallas", "Chicago", "US"),
    _same("Denver", "Denver", "US"),
    _same("Detroit", "Detroit", "US"),
    _same("El Paso", "Denver", "US"),
    City("Honolulu", "Honolulú", "Honolulu", "Pacific/Honolulu", "US"),
    _same("Houston", "Chicago", "US"),
    _same("Laredo", "Chicago", "US"),
    City("Los Angeles", "Los Ángeles", "Los Angeles", "America/Los_Angeles", "US"),
    _same("Miami", "New_York", "US"),
    City("New Orleans", "Nueva Orleans", "La Nouvelle-Orléans", "America/Chicago", "US"),
    _same("Phoenix", "Phoenix", "US"),
    _same("San Antonio", "Chicago", "US"),
    _same("San Diego", "Los_Angeles", "US"),
    _same("San Francisco", "Los_Angeles", "US"),
    _same("Seattle", "Los_Angeles", "US"),
    City("Geneva", "Ginebra", "Genève", "Europe/Zurich", ""),
    City("Vienna", "Viena", "Vienne", "Europe/Vienna", ""),
)

_BY_NAME: Final = {plain(name): city for city in reversed(CITIES) for name in city.names}


def city_named(place: str) -> City | None:
    """Return the city that a place begins with (`Tijuana`, `Ciudad Juárez, El Chamizal`) in any of the languages."""
    return _BY_NAME.get(plain(place.split(",", 1)[0]))


def name_of(place: str, language: str) -> str:
    """Return a place as the language calls it where it is a known city, else as it was typed."""
    city = _BY_NAME.get(plain(place))
    return city.name(language) if city else place
