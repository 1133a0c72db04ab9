"""The catalogue's parties, mechanisms, commitments, recommendations and sources, as frozen values.

The dataclasses are the schema of the YAML files: a field's name is its key, its annotation is what may
stand there, a default makes the key optional. The meaning of each field is told in `app/catalogue/README.md`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from app.domain.catalogue_schema import (
    CommitmentRef,
    Defines,
    Factual,
    LanguageCode,
    Matches,
    MechanismRef,
    OfficeCode,
    PartyCode,
    Slug,
    SourceList,
    Version,
    Within,
    ZoneName,
)
from app.domain.partial_dates import PartialDate

Language = Literal["en", "es", "fr"]
PartyKind = Literal["state", "organisation"]
OfficeKind = Literal["ministry", "agency", "mission", "armed_force", "executive", "legislature"]
Geometry = Literal["trilateral", "bilateral", "trilateral_plus", "bilateral_plus"]
Level = Literal[
    "leaders",
    "ministers",
    "senior_officials",
    "policy_planning",
    "missions",
    "agencies",
    "military_staff",
    "legislature",
]
MechanismKind = Literal["recurring", "standing", "process", "one_off", "clock"]
Anchor = Literal["calendar_year", "rolling"]
Status = Literal["proposed", "agreed", "active", "stalled", "dormant", "concluded"]
# The catalogue's own files never say `parties`: that is what the parties recorded here.
StatusSource = Literal["S0", "S2", "S3", "public", "inferred", "parties"]
MandateSource = Literal["S0", "S2", "S3", "public", "parties"]
PaperId = Literal["S0", "S2", "S3"]
AgendaItemKind = Literal[
    "opening",
    "adoption_of_agenda",
    "progress_since_last",
    "substance",
    "other_business",
    "adoption_of_outcome",
    "closing",
]
Outcome = Literal["held", "planned_not_held", "postponed", "cancelled"]
Format = Literal["in_person", "virtual", "hybrid", "unknown"]
CommitmentKind = Literal["pledge", "practice", "repeat"]
CommitmentStatus = Literal[
    "not_started", "running", "slow", "overdue", "stalled", "conditional", "recommended", "upcoming", "not_said"
]

# Shown with lang="en": the catalogue has these texts in English alone.
ENGLISH_ONLY = frozenset(
    {
        "open_to", "status_note", "scope_in", "scope_out", "hosting.note", "mandate.instrument", "record.label",
        "record.margins_of", "record.note", "commitment.made_at", "commitment.condition", "commitment.consequence",
        "commitment.status_note", "recommendation.addressed_note", "party.note", "office.note", "related_forum.note",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trilingual(Factual):
    """A text in the three languages of the product."""

    en: str
    es: str
    fr: str

    def in_language(self, language: str) -> str:
        """Return the text in that language, English where it is none of the three."""
        return {"es": self.es, "fr": self.fr}.get(language, self.en)


@dataclass(frozen=True, slots=True)
class Office(Factual):
    """A ministry, agency or mission of a party; `part_of` is the office above it."""

    code: Annotated[str, Defines("office"), Matches(r"[A-Z]{2}-[A-Z0-9]+", "a party's code, a hyphen, capitals")]
    name: Trilingual
    kind: OfficeKind
    named_in_papers: bool
    listed: bool
    part_of: OfficeCode | None
    note: str | None
    city: str | None = None
    time_zone: ZoneName | None = None


@dataclass(frozen=True, slots=True)
class Party(Factual):
    """A state or organisation that can sit at a table; `name_order` is its place in a list, by language."""

    code: Annotated[str, Defines("party"), Matches(r"[A-Z][A-Z0-9]{1,5}", "two to six capitals or digits")]
    kind: PartyKind
    core: bool
    name: Trilingual
    capital: Trilingual | None
    time_zone: ZoneName | None
    languages: tuple[LanguageCode, ...]
    name_order: Trilingual
    note: str | None
    offices: tuple[Office, ...] = ()


@dataclass(frozen=True, slots=True)
class Cadence(Factual):
    """At least `minimum_meetings` in each `period_months` months: a floor, not a rule of repetition.

    Raises `ValueError` when either is not positive.
    """

    minimum_meetings: Annotated[int, Within(1, 366)]
    period_months: Annotated[int, Within(1, 240)]
    anchor: Anchor

    def __post_init__(self) -> None:
        if self.minimum_meetings < 1 or self.period_months < 1:
            raise ValueError(self)


@dataclass(frozen=True, slots=True)
class Mandate(Factual):
    """The text that created a mechanism, and where it is told."""

    instrument: str | None
    date: PartialDate | None
    source: MandateSource
    pointer: SourceList

    @property
    def since(self) -> dt.date | None:
        """Return the day from which the mandate runs, or None when no day is known: none is made up."""
        return self.date.day if self.date else None


@dataclass(frozen=True, slots=True)
class Hosting(Factual):
    """The order in which parties host; not attested = read from the practice, not stated as a rule."""

    rotation: tuple[PartyCode, ...] | None
    rotation_attested: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class AgendaTemplateItem(Factual):
    """An item suggested for an agenda, with the minutes it may take."""

    kind: AgendaItemKind
    title: Trilingual
    minutes: Annotated[int, Within(1, 600)]


@dataclass(frozen=True, slots=True)
class RecordEntry(Factual):
    """A past meeting as it was read; not attested = it only follows from the numbering of others.

    `by_parties` is true of entries that the parties themselves put on record here; the catalogue's never are.
    """

    ordinal: Annotated[int, Within(1, 999)] | None
    label: str
    known_on: PartialDate | None
    starts_on: dt.date | None
    ends_on: dt.date | None
    place: str | None
    country: PartyCode | None
    host: PartyCode | None
    co_hosts: tuple[PartyCode, ...]
    guests: tuple[PartyCode, ...]
    margins_of: str | None
    outcome: Outcome
    format: Format
    attested: bool
    source: SourceList | None
    note: str | None
    by_parties: bool = field(default=False, metadata={"fact": False})


@dataclass(frozen=True, slots=True)
class Mechanism(Factual):
    """A standing arrangement among parties."""

    # M and two digits in the catalogue; what was entered here has its prefix there.
    ref: Annotated[str, Defines("mechanism"), Matches(r"M[0-9]{2}|[A-Z]{2,10}", "M and two digits")]
    code: Annotated[Slug, Defines("code of a mechanism or forum")]
    name: Trilingual
    name_official: tuple[Language, ...]
    also_known_as: tuple[str, ...]
    acronym: str | None
    prefix: Annotated[str, Defines("prefix"), Matches(r"[A-Z]{2,10}", "two to ten capitals")]
    geometry: Geometry
    parties: tuple[PartyCode, ...]
    pairs: tuple[tuple[PartyCode, PartyCode], ...]
    guests: tuple[PartyCode, ...]
    forums: tuple[PartyCode, ...]
    open_to: str | None
    level: Level
    other_levels: tuple[Level, ...]
    level_attested: bool
    kind: MechanismKind
    cadence: Cadence | None
    deadline: dt.date | None
    status: Status
    status_as_of: PartialDate
    status_source: StatusSource
    status_note: str | None
    scope_in: tuple[str, ...]
    scope_out: tuple[str, ...]
    lead_offices: Mapping[PartyCode, tuple[OfficeCode, ...]]
    lead_offices_attested: tuple[OfficeCode, ...]
    parent: MechanismRef | None
    related: tuple[MechanismRef, ...]
    hosting: Hosting
    mandate: Mandate
    agenda_template: tuple[AgendaTemplateItem, ...] | None
    record: tuple[RecordEntry, ...]


@dataclass(frozen=True, slots=True)
class RelatedForum(Factual):
    """A forum told of by public pages, beside the mechanisms and none of them."""

    code: Annotated[Slug, Defines("code of a mechanism or forum")]
    name: Trilingual
    acronym: str | None
    parties: tuple[PartyCode, ...]
    relates_to: tuple[MechanismRef, ...]
    note: str | None
    record: tuple[RecordEntry, ...]


@dataclass(frozen=True, slots=True)
class CommitmentClock(Factual):
    """Days that run from an event, the day after it being the first; `second_days` run after those."""

    days: Annotated[int, Within(1, 3660)]
    kind: Literal["calendar", "working"]
    starts_on: dt.date
    second_days: Annotated[int, Within(1, 3660)] | None


@dataclass(frozen=True, slots=True)
class Commitment(Factual):
    """A promise of record; `determines` is the party that judges whether it is kept.

    Only a `pledge` is counted: a `practice` was never promised, and a `repeat` says again what `repeats` says.
    """

    ref: Annotated[str, Defines("commitment"), Matches(r"C[0-9]{2}", "C and two digits")]
    title: Trilingual
    kind: CommitmentKind
    repeats: CommitmentRef | None
    mechanism: MechanismRef
    made_at: str | None
    made_on: PartialDate | None
    owners: tuple[PartyCode, ...]
    determines: PartyCode | None
    due_on: dt.date | None
    cadence: Cadence | None
    clock: CommitmentClock | None
    condition: str | None
    consequence: str | None
    status: CommitmentStatus
    status_note: str | None
    source: PaperId
    pointer: SourceList


@dataclass(frozen=True, slots=True)
class Recommendation(Factual):
    """What an author asks of parties; never owed."""

    ref: Annotated[str, Defines("recommendation"), Matches(r"R[0-9]{2}", "R and two digits")]
    title: Trilingual
    addressed_to: tuple[PartyCode, ...]
    addressed_note: str | None
    mechanisms: tuple[MechanismRef, ...]
    headline: bool
    source: PaperId
    pointer: SourceList


@dataclass(frozen=True, slots=True)
class Paper(Factual):
    """A policy paper that the catalogue was read from; `lines` counts those of its plain text."""

    id: Annotated[PaperId, Defines("source")]
    title: str
    series: str | None
    authors: tuple[str, ...]
    date: PartialDate
    date_basis: str
    language: LanguageCode
    lines: Annotated[int, Within(1, 100_000)]
    cited_as: str
    note: str | None


@dataclass(frozen=True, slots=True)
class PublicSource(Factual):
    """A public page that the other files cite by its id."""

    id: Annotated[str, Defines("source")]
    domain: str | None
    title: str
    authors: tuple[str, ...]
    date: PartialDate | None
    used_for: str
    cited_as: str


@dataclass(frozen=True, slots=True)
class PartiesFile(Factual):
    """The whole of `parties.yaml`."""

    version: Version
    parties: tuple[Party, ...]


@dataclass(frozen=True, slots=True)
class MechanismsFile(Factual):
    """The whole of `mechanisms.yaml`."""

    version: Version
    default_agenda_template: tuple[AgendaTemplateItem, ...]
    mechanisms: tuple[Mechanism, ...]
    related_forums: tuple[RelatedForum, ...]


@dataclass(frozen=True, slots=True)
class CommitmentsFile(Factual):
    """The whole of `commitments.yaml`."""

    version: Version
    commitments: tuple[Commitment, ...]


@dataclass(frozen=True, slots=True)
class RecommendationsFile(Factual):
    """The whole of `recommendations.yaml`."""

    version: Version
    recommendations: tuple[Recommendation, ...]


@dataclass(frozen=True, slots=True)
class SourcesFile(Factual):
    """The whole of `sources.yaml`."""

    version: Version
    papers: tuple[Paper, ...]
    public: tuple[PublicSource, ...]
