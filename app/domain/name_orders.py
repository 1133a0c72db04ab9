"""In what order a text names its parties, and how each writes the name of what they share.

A joint text says `{parties}`, `{of parties}` and `{treaty}` where it means these names. They are filled in when it
is read: so one wording, and one content hash, serves every language and each party's own original (the alternat).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

NameOrder = Literal["host_first", "alternat", "alphabetical"]
NAME_ORDERS: Final[tuple[NameOrder, ...]] = ("host_first", "alternat", "alphabetical")
PLACES: Final = ("{parties}", "{of parties}", "{treaty}")

# With its article, and after "of": languages melt the two together. Other names stand as they are.
_NAMES: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = MappingProxyType(
    {
        "en": {
            "CA": ("Canada", "Canada"),
            "MX": ("Mexico", "Mexico"),
            "US": ("the United States", "the United States"),
        },
        "es": {
            "CA": ("Canadá", "de Canadá"),
            "MX": ("México", "de México"),
            "US": ("los Estados Unidos", "de los Estados Unidos"),
        },
        "fr": {
            "CA": ("le Canada", "du Canada"),
            "MX": ("le Mexique", "du Mexique"),
            "US": ("les États-Unis", "des États-Unis"),
        },
    }
)
_AND: Final = MappingProxyType({"en": "and", "es": "y", "fr": "et"})
_OF: Final = MappingProxyType({"en": "", "es": "de ", "fr": "de "})

# The agreement of 2018 as each government writes it (practice.md B20); a language's usual form for anybody else.
_TREATY: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("US", "en"): "USMCA",
        ("CA", "en"): "CUSMA",
        ("CA", "fr"): "ACEUM",
        ("MX", "es"): "T-MEC",
    }
)
_USUAL_TREATY: Final = MappingProxyType({"en": "USMCA", "es": "T-MEC", "fr": "ACEUM"})

_PLACE: Final = re.compile("|".join(re.escape(place) for place in PLACES))
# Spanish writes "e" for "y" before the sound i, not before that of a consonant (Italia, Hidalgo; hielo, Iowa).
_SOUNDS_I: Final = re.compile(r"(?:hi(?![ea])|[ií](?![aeo]))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a text's parties as one reader's version has them; `names` are the plain ones by code."""

    order: tuple[str, ...]
    language: str
    names: Mapping[str, str]

    @property
    def first(self) -> str | None:
        """Return the party that is named first."""
        return self.order[0] if self.order else None


def ordered(
    alphabetical: Sequence[str], order: NameOrder, *, host: str | None = None, original_of: str | None = None
) -> tuple[str, ...]:
    """Return the parties in the order in which a version names them; `alphabetical` are they in its language's.

    Host first is usual (B20); in the alternat each party's own original names it first (B19), and what is nobody's
    original is alphabetical. A host, or a party, that is none of them changes nothing.
    """
    first = {"host_first": host, "alternat": original_of, "alphabetical": None}[order]
    rest = tuple(code for code in alphabetical if code != first)
    return rest if first not in alphabetical or first is None else (first, *rest)


def listed(names: Names, *, of: bool = False) -> str:
    """Return the names in a row with their articles: "Canada, Mexico and the United States".

    With `of` they follow that word: "du Canada, du Mexique et des États-Unis".
    """
    said = [_name(names, code, of=of) for code in names.order]
    whole = joined(said, names.language)
    return f"of {whole}" if of and names.language == "en" else whole


def joined(names: Sequence[str], language: str) -> str:
    """Return names joined as the language joins them: `Canada, Mexico and the United States`."""
    if len(names) < 2:
        return "".join(names)
    joint = "e" if language == "es" and _SOUNDS_I.match(names[-1]) else _AND[language]
    return f"{', '.join(names[:-1])} {joint} {names[-1]}"


def treaty_name(language: str, party: str | None = None) -> str:
    """Return how a party writes the name of the agreement of 2018 in a language, or how the language usually does."""
    return _TREATY.get((party or "", language), _USUAL_TREATY[language])


def filled(wording: str, names: Names) -> str:
    """Return a wording with the names in their places; the treaty as the party that is named first writes it."""
    said = {
        "{parties}": listed(names),
        "{of parties}": listed(names, of=True),
        "{treaty}": treaty_name(names.language, names.first),
    }
    return _PLACE.sub(lambda place: said[place[0]], wording)


def places_in(wording: str) -> tuple[str, ...]:
    """Return the places for names that a wording has, in alphabetical order, each as often as it has it."""
    return tuple(sorted(_PLACE.findall(wording)))


def _name(names: Names, code: str, *, of: bool) -> str:
    known = _NAMES[names.language].get(code)
    if known is not None:
        return known[1] if of else known[0]
    plain = names.names.get(code, code)
    return f"{_OF[names.language]}{plain}" if of else plain
