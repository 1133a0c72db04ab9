"""The catalogue: texts of its files in, frozen values out, or every problem with file, line and reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from app.domain.catalogue_calendar import CalendarFacts
from app.domain.catalogue_merge import Conflict, MergeResult, merge
from app.domain.catalogue_reading import Findings, read_as
from app.domain.catalogue_schema import JSON, Factual
from app.domain.catalogue_types import (
    ENGLISH_ONLY,
    AgendaTemplateItem,
    Cadence,
    Commitment,
    CommitmentClock,
    CommitmentsFile,
    Hosting,
    Mandate,
    Mechanism,
    MechanismsFile,
    Office,
    Paper,
    PartiesFile,
    Party,
    PublicSource,
    Recommendation,
    RecommendationsFile,
    RecordEntry,
    RelatedForum,
    SourcesFile,
    Trilingual,
)
from app.domain.catalogue_yaml import Located, Problem, UnreadableText, located, read_yaml
from app.domain.errors import Refusal
from app.domain.partial_dates import PartialDate

__all__ = [
    "ENGLISH_ONLY", "FILES", "JSON", "AgendaTemplateItem", "Cadence", "Catalogue", "CatalogueError", "Commitment",
    "CommitmentClock", "Conflict", "Hosting", "Mandate", "Mechanism", "MergeResult", "Office", "Paper", "PartialDate",
    "Party", "Problem", "PublicSource", "Recommendation", "RecordEntry", "RelatedForum", "Trilingual", "from_facts",
    "merge", "read_catalogue",
]  # fmt: skip

T = TypeVar("T", bound=Factual)

_PAPER_LINES = re.compile(r"(?P<paper>S[0-9]):(?P<first>[0-9]+)(-(?P<last>[0-9]+))?", re.ASCII)


# Sources first: what is wrong with them explains what is wrong with those that cite them.
FILES: Mapping[str, type[Factual]] = {
    "sources.yaml": SourcesFile,
    "parties.yaml": PartiesFile,
    "mechanisms.yaml": MechanismsFile,
    "commitments.yaml": CommitmentsFile,
    "recommendations.yaml": RecommendationsFile,
    "calendar.yaml": CalendarFacts,
}


class CatalogueError(Refusal):
    """The catalogue is refused whole; `problems` has all that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.reason)))
        super().__init__("catalogue_refused", problems=self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that was read, in the order of the files."""

    parties: tuple[Party, ...]
    mechanisms: tuple[Mechanism, ...]
    related_forums: tuple[RelatedForum, ...]
    default_agenda_template: tuple[AgendaTemplateItem, ...]
    commitments: tuple[Commitment, ...]
    recommendations: tuple[Recommendation, ...]
    papers: tuple[Paper, ...]
    public_sources: tuple[PublicSource, ...]
    calendar: CalendarFacts

    @property
    def offices(self) -> tuple[Office, ...]:
        """Return the offices of all parties."""
        return tuple(office for party in self.parties for office in party.offices)

    def party(self, code: str) -> Party:
        """Return the party of that code; raises `KeyError` when there is none."""
        return {party.code: party for party in self.parties}[code]

    def mechanism(self, ref: str) -> Mechanism:
        """Return the mechanism of that ref or code; raises `KeyError` when there is none."""
        by_code = {mechanism.code: mechanism for mechanism in self.mechanisms}
        return (by_code | {mechanism.ref: mechanism for mechanism in self.mechanisms})[ref]

    def paper(self, identifier: str) -> Paper:
        """Return the paper of that id; raises `KeyError` when there is none."""
        by_id: dict[str, Paper] = {paper.id: paper for paper in self.papers}
        return by_id[identifier]

    def agenda_template_of(self, mechanism: Mechanism) -> tuple[AgendaTemplateItem, ...]:
        """Return the mechanism's own template, or the default where it has none."""
        return mechanism.agenda_template or self.default_agenda_template


def read_catalogue(texts: Mapping[str, str]) -> Catalogue:
    """Return the catalogue that the texts, by file name (`mechanisms.yaml`), hold.

    Raises `CatalogueError` with all problems found when any of them is not as `app/catalogue/README.md` says.
    """
    findings = Findings()
    roots = _roots(texts, findings)
    read = {name: read_as(FILES[name], root, name, findings) for name, root in roots.items()}
    if len(roots) == len(FILES):  # a file that could not be looked through would make each name it defines unknown
        _check_references(findings)
        _check_citations(findings, read["sources.yaml"])
    if findings.problems:
        raise CatalogueError(findings.problems)
    return _assembled(read)


def from_facts(kind: type[T], facts: Mapping[str, JSON]) -> T:
    """Return the value whose `as_facts()` these are; names of other things in it are not followed.

    Raises `CatalogueError` when they are the facts of no such value.
    """
    findings = Findings()
    value = read_as(kind, located(dict(facts)), kind.__name__, findings)
    if value is None or findings.problems:
        raise CatalogueError(findings.problems)
    return value


def _roots(texts: Mapping[str, str], findings: Findings) -> dict[str, Located]:
    """Return the values of the files that are YAML; the others are reported."""
    roots: dict[str, Located] = {}
    for name in sorted(texts.keys() - FILES.keys()):
        findings.report(name, 0, "not a file of the catalogue")
    for name in FILES:
        if name not in texts:
            findings.report(name, 0, "the file is missing")
            continue
        try:
            roots[name] = read_yaml(name, texts[name])
        except UnreadableText as error:
            findings.problems.extend(error.problems)
    return roots


def _check_references(findings: Findings) -> None:
    for mention in findings.referred:
        if (mention.kind, mention.name) not in findings.defined:
            findings.report(mention.file, mention.line, f"there is no {mention.kind} {mention.name!r}")


def _check_citations(findings: Findings, sources: Factual | None) -> None:
    papers: dict[str, int] = {}
    if isinstance(sources, SourcesFile):
        papers = {paper.id: paper.lines for paper in sources.papers}
    for mention in findings.cited:
        lines = _PAPER_LINES.fullmatch(mention.name)
        if lines is None:
            if ("source", mention.name) not in findings.defined:
                findings.report(mention.file, mention.line, f"there is no source {mention.name!r}")
        elif isinstance(sources, SourcesFile):
            first, last = int(lines["first"]), int(lines["last"] or lines["first"])
            if not 1 <= first <= last <= papers.get(lines["paper"], 0):
                findings.report(mention.file, mention.line, f"{mention.name} points to no lines of a paper")


def _assembled(read: Mapping[str, Factual | None]) -> Catalogue:
    match tuple(read[name] for name in FILES):
        case (
            SourcesFile() as sources,
            PartiesFile() as parties,
            MechanismsFile() as mechanisms,
            CommitmentsFile() as commitments,
            RecommendationsFile() as recommendations,
            CalendarFacts() as calendar,
        ):
            return Catalogue(
                parties=parties.parties,
                mechanisms=mechanisms.mechanisms,
                related_forums=mechanisms.related_forums,
                default_agenda_template=mechanisms.default_agenda_template,
                commitments=commitments.commitments,
                recommendations=recommendations.recommendations,
                papers=sources.papers,
                public_sources=sources.public,
                calendar=calendar,
            )
    raise TypeError(read)
