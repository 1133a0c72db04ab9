"""The recommendations of the papers: what an author calls for, by author and date, never owed and never counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app import words
from app.catalogue import load_shipped
from app.db import GuardedSession
from app.domain.catalogue import Paper, Recommendation
from app.services.decision_lists import mechanism_names
from app.services.mechanism_sources import Citation, citations, paper_named


@dataclass(frozen=True, slots=True)
class RecommendationFilters:
    """What the shelf is narrowed to: words of the text, a party it is addressed to, a mechanism's ref, a paper's id."""

    words: str = ""
    addressee: str | None = None
    mechanism: str | None = None
    paper: str | None = None
    headline: bool = False

    @property
    def are_set(self) -> bool:
        """Say whether anything is left out by them."""
        return bool(self.words or self.addressee or self.mechanism or self.paper or self.headline)


@dataclass(frozen=True, slots=True)
class RecommendationShelf:
    """A paper, and what its author calls for, each with where it is told."""

    paper: Paper
    rows: tuple[tuple[Recommendation, tuple[Citation, ...]], ...]


@dataclass(frozen=True, slots=True)
class Recommendations:
    """The shelves, the oldest paper first; the choices of the filters; names of mechanisms by their refs."""

    shelves: tuple[RecommendationShelf, ...]
    addressees: frozenset[str]
    papers: tuple[Paper, ...]
    names: Mapping[str, Mapping[str, str]]
    mechanisms: tuple[str, ...]

    @property
    def count(self) -> int:
        """Return how many answer to the filters."""
        return sum(len(shelf.rows) for shelf in self.shelves)


def recommendations(session: GuardedSession, asked: RecommendationFilters) -> Recommendations:
    """Return what the papers recommend, narrowed as asked; what nothing answers to gives no rows."""
    every = load_shipped().recommendations
    shelves: dict[str, list[Recommendation]] = {}
    for each in every:
        if _answers(each, asked):
            shelves.setdefault(each.source, []).append(each)
    found = [
        RecommendationShelf(paper, tuple((each, citations(each.pointer)) for each in rows))
        for source, rows in shelves.items()
        if (paper := paper_named(source))
    ]
    papers = [paper for source in {each.source for each in every} if (paper := paper_named(source))]
    names = mechanism_names(session)
    return Recommendations(
        shelves=tuple(sorted(found, key=lambda shelf: shelf.paper.date.first_day)),
        addressees=frozenset(code for each in every for code in each.addressed_to),
        papers=tuple(sorted(papers, key=lambda paper: paper.date.first_day)),
        names=names,
        mechanisms=tuple(sorted({ref for each in every for ref in each.mechanisms if ref in names})),
    )


def _answers(each: Recommendation, asked: RecommendationFilters) -> bool:
    texts = (each.title.en, each.title.es, each.title.fr, each.addressed_note or "", each.ref)
    sought = words.collation_key(asked.words).split()
    return (
        (asked.addressee is None or asked.addressee in each.addressed_to)
        and (asked.mechanism is None or asked.mechanism in each.mechanisms)
        and (asked.paper is None or asked.paper == each.source)
        and (not asked.headline or each.headline)
        and all(any(word in words.collation_key(text) for text in texts) for word in sought)
    )
