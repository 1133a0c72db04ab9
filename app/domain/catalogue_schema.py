"""What a value in the catalogue may be, beyond its type: the marks that the dataclasses carry in `Annotated`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Annotated, TypeAlias

from app.domain.partial_dates import PartialDate

JSON: TypeAlias = "bool | int | str | list[JSON] | dict[str, JSON] | None"


@dataclass(frozen=True, slots=True)
class Defines:
    """The text is the name of a new thing of this kind, met once in the whole catalogue."""

    kind: str


@dataclass(frozen=True, slots=True)
class Refers:
    """The text names a thing of this kind, defined anywhere in the catalogue."""

    kind: str


@dataclass(frozen=True, slots=True)
class Matches:
    """The whole text has this form; `form` says it in words."""

    pattern: str
    form: str

    def accepts(self, text: str) -> bool:
        """Tell whether the whole text has the form."""
        return re.fullmatch(self.pattern, text, re.ASCII) is not None


@dataclass(frozen=True, slots=True)
class Within:
    """The number is between the two, both included."""

    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class CitesSources:
    """The text is a list, parted by `; `, of ids in the sources or lines of a paper (`S0:58`, `S0:58-60`)."""


@dataclass(frozen=True, slots=True)
class IsZone:
    """The text is the name of a zone of the pinned time zone data."""


PartyCode: TypeAlias = Annotated[str, Refers("party")]
OfficeCode: TypeAlias = Annotated[str, Refers("office")]
MechanismRef: TypeAlias = Annotated[str, Refers("mechanism")]
CommitmentRef: TypeAlias = Annotated[str, Refers("commitment")]
SourceList: TypeAlias = Annotated[str, CitesSources()]
ZoneName: TypeAlias = Annotated[str, IsZone()]
Slug: TypeAlias = Annotated[str, Matches(r"[a-z0-9]+(-[a-z0-9]+)*", "lower-case words joined by hyphens")]
LanguageCode: TypeAlias = Annotated[str, Matches(r"[a-z]{2}", "a language code of two letters (ISO 639-1)")]
Version: TypeAlias = Annotated[int, Within(1, 1)]
Year: TypeAlias = Annotated[int, Within(1900, 2200)]


class Factual:
    """A part of the catalogue that can be told as plain JSON: the same keys and values as in its file."""

    __slots__ = ()

    def as_facts(self) -> dict[str, JSON]:
        """Return all facts, keyed by field name, as values that survive JSON unchanged."""
        facts = facts_of(self)
        if not isinstance(facts, dict):
            raise TypeError(type(self))
        return facts


def fact_names(kind: type) -> tuple[str, ...]:
    """Return the names of the fields that the catalogue's files carry, in order."""
    return tuple(item.name for item in fields(kind) if item.metadata.get("fact", True))


def facts_of(value: object) -> JSON:
    """Return the value as JSON: dates as ISO text, tuples as lists, dataclasses as dictionaries."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, PartialDate):
        return value.text
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [facts_of(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): facts_of(item) for key, item in value.items()}
    if is_dataclass(value):
        return {name: facts_of(getattr(value, name)) for name in fact_names(type(value))}
    raise TypeError(type(value))
