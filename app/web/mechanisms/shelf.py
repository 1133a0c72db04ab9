"""The shelf of proposals in the literature: by the paper that makes them, its author and date first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.catalogue import Paper
from app.services.mechanism_sources import paper_named
from app.services.register import RegisterRow


@dataclass(frozen=True, slots=True)
class Shelf:
    """A paper, and the mechanisms that its author calls for."""

    paper: Paper
    rows: tuple[RegisterRow, ...]


def shelves_of(rows: Iterable[RegisterRow]) -> tuple[Shelf, ...]:
    """Return proposals by their papers, the oldest paper first; each keeps the order that it came in."""
    found: dict[str, list[RegisterRow]] = {}
    for row in rows:
        found.setdefault(row.facts.status_source, []).append(row)
    shelves = [Shelf(paper, tuple(kept)) for name, kept in found.items() if (paper := paper_named(name))]
    return tuple(sorted(shelves, key=lambda shelf: shelf.paper.date.first_day))
