"""Symbols of documents, `UNC/2026/4/Rev.1`, with dashes in addresses (`UNC-2026-4-Rev.1`).

A count belongs to those who may see what is counted: `UNC/2026/MXUS/1` is of Mexico and the United States alone, and
takes no number of the plenary's. Whole symbols are never given out twice, nor changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

AMENDMENTS: Final = ("Rev", "Corr", "Add")
# What stands with the codes where a secretariat of other parties sees what is counted: their number has no gap.
WITH_SECRETARIAT: Final = "SEC"

_PREFIX: Final = r"[A-Z][A-Z0-9]{1,9}"
_CODES: Final = r"[A-Z][A-Z0-9]*(?:\.[A-Z][A-Z0-9]*)*"
_NUMBER: Final = r"[1-9][0-9]{0,5}"
_CHANGE: Final = rf"(?:[Rr][Ee][Vv]|[Cc][Oo][Rr][Rr]|[Aa][Dd][Dd])\.{_NUMBER}"
# For URL converters: unanchored, without groups.
SYMBOL_PATTERN: Final = rf"[A-Za-z][A-Za-z0-9]{{1,9}}-[0-9]{{4}}-(?:[A-Za-z][A-Za-z0-9.]*-)?{_NUMBER}(?:-{_CHANGE})*"
_SYMBOL: Final = re.compile(
    rf"(?P<prefix>{_PREFIX})/(?P<year>[0-9]{{4}})(?:/(?P<codes>{_CODES}))?/(?P<n>{_NUMBER})"
    rf"(?P<changes>(?:/(?:Rev|Corr|Add)\.{_NUMBER})*)"
)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol taken apart; `codes` is empty where exactly the mechanism's parties see what is counted."""

    prefix: str
    year: int
    codes: str
    number: int
    changes: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        """Return it as it is written."""
        changed = tuple(f"{kind}.{number}" for kind, number in self.changes)
        return "/".join((scope(self.prefix, self.year, self.codes), str(self.number), *changed))

    @property
    def base(self) -> str:
        """Return the symbol of the document that this one revises, corrects or adds to, at the first; itself."""
        return str(Symbol(self.prefix, self.year, self.codes, self.number))


def scope(prefix: str, year: int, codes: str = "") -> str:
    """Return what documents are counted in: `UNC/2026`, of some of the parties `UNC/2026/MXUS`."""
    if re.fullmatch(_PREFIX, prefix) is None or (codes and re.fullmatch(_CODES, codes) is None):
        raise ValueError(f"not a scope of symbols: {prefix!r}, {codes!r}")
    return "/".join((prefix, f"{year:04d}", codes) if codes else (prefix, f"{year:04d}"))


def counter(scope_of_symbol: str) -> str:
    """Return the name of the count of documents of a scope, which its meetings and texts do not share."""
    return f"{scope_of_symbol.replace('/', '-')}-D"


def symbol(prefix: str, year: int, number: int, codes: str = "") -> str:
    """Return the symbol of the document with that number (from 1): `UNC/2026/4`, `UNC/2026/MXUS/1`."""
    return f"{scope(prefix, year, codes)}/{_positive(number)}"


def amended(of_symbol: str, kind: str, number: int) -> str:
    """Return the symbol of a revision, a correction or an addition: `UNC/2026/4/Rev.1`, `UNC/2026/4/Rev.1/Corr.1`.

    Another revision takes the place of the last one (`Rev.2`), and what was corrected on it is left behind. Raises
    `ValueError` for what is no symbol or no such kind.
    """
    known = parse_symbol(of_symbol)
    if known is None or kind not in AMENDMENTS:
        raise ValueError(f"not to be amended: {of_symbol!r}, {kind!r}")
    kept = known.changes[: _same_kind(known, kind)]
    return str(Symbol(known.prefix, known.year, known.codes, known.number, (*kept, (kind, _positive(number)))))


def family_of(of_symbol: str, kind: str) -> str:
    """Return how every symbol of that kind of change begins: `UNC/2026/4/Rev.` of `UNC/2026/4` and its `Rev.2`."""
    return amended(of_symbol, kind, 1)[:-1]


def parse_symbol(text: str) -> Symbol | None:
    """Return a symbol taken apart, written with strokes or dashes, small letters allowed; None when it is not one."""
    given = text.strip().replace("-", "/").upper()
    for kind in AMENDMENTS:
        given = given.replace(f"/{kind.upper()}.", f"/{kind}.")
    found = _SYMBOL.fullmatch(given)
    if found is None:
        return None
    changes = tuple(
        (each.partition(".")[0], int(each.partition(".")[2])) for each in found["changes"].split("/") if each
    )
    return Symbol(found["prefix"], int(found["year"]), found["codes"] or "", int(found["n"]), changes)


def in_address(of_symbol: str) -> str:
    """Return a symbol as it stands in an address: `UNC-2026-4-Rev.1`."""
    return of_symbol.replace("/", "-")


def from_address(text: str) -> str | None:
    """Return the symbol that an address names, as it is written; None when it names none."""
    known = parse_symbol(text)
    return str(known) if known is not None else None


def place_in_lists(of_symbol: str | None) -> tuple[object, ...]:
    """Return by what documents are put in order: series and number, then what changed them; without a symbol last."""
    known = parse_symbol(of_symbol or "")
    if known is None:
        return (1, of_symbol or "")
    return (0, known.prefix, known.year, known.codes, known.number, known.changes)


def _same_kind(known: Symbol, kind: str) -> int:
    """Return how many changes are kept: those before the first of this kind."""
    return next((place for place, (each, _) in enumerate(known.changes) if each == kind), len(known.changes))


def _positive(number: int) -> int:
    """Return a count that begins at 1."""
    if number < 1:
        raise ValueError(f"a count begins at 1, not {number}")
    return number
