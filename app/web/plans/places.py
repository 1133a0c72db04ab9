"""What the places of a plan are called: capitals, offices in other cities, and where the meeting is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from app import words
from app.domain.cities import city_named, name_of
from app.domain.meeting_advice import HEADQUARTERS
from app.models import Office, Party
from app.services.date_plans import OpenPlan


@dataclass(frozen=True, slots=True)
class Places:
    """The names of one plan's places and offices in one language; `city` is whose clock its zone is."""

    language: str
    city: str
    parties: Mapping[str, Party]
    offices: Mapping[str, Office]

    def clock(self, key: str) -> str:
        """Return the city of a clock, by the clock's key."""
        if key in self.parties:
            return self.capital(key)
        office = self.offices.get(key)
        if office is None:
            return self.city
        return name_of(office.city, self.language) if office.city else self.office(key)

    def capital(self, code: str) -> str:
        """Return what a party's capital is called; Headquarters' city for the United Nations."""
        if code == HEADQUARTERS:
            return str(_("United Nations Headquarters"))
        party = self.parties.get(code)
        if party is None or not party.capital:
            return words.party_name(code, self.language)
        return words.pick(party.capital, self.language)[0]

    def office(self, code: str) -> str:
        """Return the name of an office."""
        office = self.offices.get(code)
        return words.pick(office.name, self.language)[0] if office else code

    def person(self, name: str | None, party: str | None) -> str:
        """Return whom a reason is about: an office by its name, a person by theirs, or somebody of a party."""
        if name is None:
            return str(_("somebody of %(party)s", party=words.party_name(party or "", self.language)))
        return self.office(name) if name in self.offices else name


def places_of(found: OpenPlan, offices: Mapping[str, Office], language: str) -> Places:
    """Return the names of a plan's places."""
    content = found.content
    held_in = name_of(content.place.split(",", 1)[0], language) if content.place else ""
    city = held_in if _keeps_zone(content.place, content.zone) else words.city_at(content.zone, content.place, language)
    return Places(language, city, found.parties, offices)


def _keeps_zone(place: str, zone: str) -> bool:
    city = city_named(place)
    return city is not None and city.zone == zone
