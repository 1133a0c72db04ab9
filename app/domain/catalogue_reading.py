"""Located values into the catalogue's dataclasses, whose annotations are the schema.

Reading goes on after a problem, so that one look shows all of them.
"""

from __future__ import annotations

import functools
import types
import typing
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin

from app.domain.catalogue_checks import checked
from app.domain.catalogue_schema import CitesSources, Defines, IsZone, Matches, Refers, Within, fact_names
from app.domain.catalogue_yaml import Located, Problem
from app.domain.partial_dates import PartialDate
from app.domain.zones import zone_names

T = TypeVar("T")
_ABSENT = object()
# Letters that turn the reading direction of what stands around them.
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that a file uses, and where."""

    kind: str
    name: str
    file: str
    line: int


@dataclass
class Findings:
    """What reading brought to light: problems, names defined, names referred to, sources cited."""

    problems: list[Problem] = field(default_factory=list)
    defined: dict[tuple[str, str], Mention] = field(default_factory=dict)
    referred: list[Mention] = field(default_factory=list)
    cited: list[Mention] = field(default_factory=list)

    def report(self, file: str, line: int, reason: str) -> None:
        """Keep a problem."""
        self.problems.append(Problem(file, line, reason))

    def define(self, mention: Mention) -> None:
        """Keep a name as defined; a second one of the same kind is a problem."""
        first = self.defined.setdefault((mention.kind, mention.name), mention)
        if first is not mention:
            reason = f"the {mention.kind} {mention.name} is already there ({first.file}, line {first.line})"
            self.report(mention.file, mention.line, reason)


class _Unreadable(Exception):
    """The value cannot be made; the reason is among the findings already."""


def read_as(kind: type[T], at: Located, file: str, findings: Findings) -> T | None:
    """Return the value as that dataclass, or None when findings tell why not."""
    try:
        return cast("T", _Reader(file, findings).read(kind, at))
    except _Unreadable:
        return None


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind, include_extras=True)


class _Reader:
    """Reads one file; every method returns a value or raises `_Unreadable` after reporting."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings

    def read(self, hint: Any, at: Located) -> Any:
        """Return the value as the annotation asks."""
        origin = get_origin(hint)
        if origin is Annotated:
            return self._marked(hint, at)
        if origin in (Union, types.UnionType):
            (inner,) = (option for option in get_args(hint) if option is not types.NoneType)
            return None if at.value is None else self.read(inner, at)
        if origin is Literal:
            return self._choice(get_args(hint), at)
        if origin is tuple:
            return self._sequence(get_args(hint), at)
        return self._whole(hint, at)

    def _whole(self, hint: Any, at: Located) -> Any:
        if get_origin(hint) is Mapping:
            key_hint, value_hint = get_args(hint)
            return self._mapping(key_hint, value_hint, at)
        if is_dataclass(hint) and hint is not PartialDate:
            return self._record(cast("type", hint), at)
        return self._scalar(hint, at)

    def refuse(self, at: Located, reason: str) -> typing.NoReturn:
        """Report a problem at that place and give up on its value."""
        self.findings.report(self.file, at.line, reason)
        raise _Unreadable

    def _marked(self, hint: Any, at: Located) -> Any:
        base, *marks = get_args(hint)
        value = self.read(base, at)
        for mark in marks:
            self._apply(mark, value, at)
        return value

    def _apply(self, mark: object, value: Any, at: Located) -> None:
        match mark:
            case Defines(kind):
                self.findings.define(Mention(kind, value, self.file, at.line))
            case Refers(kind):
                self.findings.referred.append(Mention(kind, value, self.file, at.line))
            case Matches() if not mark.accepts(value):
                self.refuse(at, f"{value!r} is not {mark.form}")
            case Within(lowest, highest) if not lowest <= value <= highest:
                self.refuse(at, f"{value} is not between {lowest} and {highest}")
            case IsZone() if value not in zone_names():
                self.refuse(at, f"{value!r} is not a time zone")
            case CitesSources():
                cited = (Mention("source", name, self.file, at.line) for name in value.split("; "))
                self.findings.cited.extend(cited)

    def _choice(self, options: tuple[str, ...], at: Located) -> str:
        if not isinstance(at.value, str) or at.value not in options:
            self.refuse(at, f"{_shown(at)} is not one of {', '.join(options)}")
        return at.value

    def _sequence(self, arguments: tuple[Any, ...], at: Located) -> tuple[Any, ...]:
        if not isinstance(at.value, list):
            self.refuse(at, f"a list is expected, not {_shown(at)}")
        if arguments[-1] is not Ellipsis and len(at.value) != len(arguments):
            self.refuse(at, f"a list of {len(arguments)} is expected, not of {len(at.value)}")
        hint = arguments[0]
        values = self._all((hint, item) for item in at.value)
        seen: list[Any] = []
        for item, value in zip(at.value, values, strict=True):
            if isinstance(item.value, str) and value in seen:
                self.refuse(item, f"{_shown(item)} is already in this list")
            seen.append(value)
        return tuple(values)

    def _mapping(self, key_hint: Any, hint: Any, at: Located) -> dict[str, Any]:
        entries = self._entries(at)
        keys = self._all((key_hint, Located(key, item.line)) for key, item in entries.items())
        values = self._all((hint, item) for item in entries.values())
        return dict(zip(keys, values, strict=True))

    def _record(self, kind: type, at: Located) -> Any:
        entries = self._entries(at)
        names = fact_names(kind)
        for key in entries.keys() - set(names):
            self.findings.report(self.file, entries[key].line, f"unknown key {key}")
        optional = {item.name for item in fields(kind) if item.default is not MISSING}
        missing = [name for name in names if name not in entries and name not in optional]
        for name in missing:
            self.findings.report(self.file, at.line, f"the key {name} is missing")
        present = [name for name in names if name in entries]
        hints = _hints(kind)
        values = self._all((hints[name], entries[name]) for name in present)
        if missing:
            raise _Unreadable
        made = kind(**dict(zip(present, values, strict=True)))
        return self._checked(made, entries, at)

    def _checked(self, made: Any, entries: Mapping[str, Located], at: Located) -> Any:
        refused = False
        for name, reason in checked(made):
            self.findings.report(self.file, entries.get(name, at).line, reason)
            refused = True
        if refused:
            raise _Unreadable
        return made

    def _entries(self, at: Located) -> dict[str, Located]:
        if not isinstance(at.value, dict):
            self.refuse(at, f"keys and values are expected, not {_shown(at)}")
        return at.value

    def _all(self, asked: Iterable[tuple[Any, Located]]) -> list[Any]:
        """Read each value as its annotation asks; give up only after all have been tried."""
        values: list[Any] = []
        refused = False
        for hint, at in asked:
            try:
                values.append(self.read(hint, at))
            except _Unreadable:
                refused = True
        if refused:
            raise _Unreadable
        return values

    def _scalar(self, hint: Any, at: Located) -> Any:
        if hint is bool or hint is int:
            if type(at.value) is not hint:
                expected = "true or false" if hint is bool else "a whole number"
                self.refuse(at, f"{expected} is expected, not {_shown(at)}")
            return at.value
        if not isinstance(at.value, str):
            self.refuse(at, f"text is expected, not {_shown(at)}")
        if hint is str:
            return self._text(at.value, at)
        try:
            return PartialDate(at.value) if hint is PartialDate else _full_date(at.value)
        except ValueError:
            form = "YYYY, YYYY-MM or YYYY-MM-DD" if hint is PartialDate else "YYYY-MM-DD"
            self.refuse(at, f"{at.value!r} is not a date written {form}")

    def _text(self, text: str, at: Located) -> str:
        if not text.strip():
            self.refuse(at, "the text is empty; write null where nothing is known")
        if text != text.strip():
            self.refuse(at, f"{text!r} begins or ends with a space")
        if any(unicodedata.category(letter) == "Cc" or letter in _DIRECTION_MARKS for letter in text):
            self.refuse(at, "the text holds a control character")
        return text


def _full_date(text: str) -> date:
    day = PartialDate(text).day
    if day is None:
        raise ValueError(text)
    return day


def _shown(at: Located) -> str:
    match at.value:
        case None:
            return "null"
        case bool():
            return str(at.value).lower()
        case list():
            return "a list"
        case dict():
            return "keys and values"
        case str():
            return repr(at.value if len(at.value) <= 60 else at.value[:57] + "...")
    return str(at.value)
