"""What the register and a mechanism's page say: computed from its facts, its meetings and the day."""

from __future__ import annotations

import itertools
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from app.domain.cadence import TOOK_PLACE, MeetingFacts, Period, days_left, periods, to_agree_by
from app.domain.catalogue_types import Mechanism, Paper, RecordEntry, Status
from app.domain.rotation import HostingChange, NextHost, next_host

# The order of the register: what runs, what is promised, what rests, what is over, what is only asked for.
STATUS_ORDER: tuple[Status, ...] = ("active", "agreed", "stalled", "dormant", "concluded", "proposed")

# A number is taken from the moment when all parties see it, and is free again when the meeting is cancelled.
_NUMBERED_STATES = TOOK_PLACE | {"proposed", "confirmed", "postponed"}


@dataclass(frozen=True, slots=True)
class Owed:
    """By when meetings of the current period are to be agreed, and how many the cadence asks for at least."""

    by: date
    days_left: int
    minimum_meetings: int
    period_months: int


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """How many meetings the record tells of.

    `by_number` is the highest number among those held, None where they are not numbered; `attested` were held
    and are attested, `from_numbering` only follow from the numbers of others, `without_date` have none known.
    """

    by_number: int | None
    attested: int
    from_numbering: int
    without_date: int
    planned_not_held: int
    postponed: int
    cancelled: int


@dataclass(frozen=True, slots=True)
class LeadOffice:
    """An office that leads for a party; not attested = the catalogue's own reading, not told by the papers."""

    party: str
    office: str
    is_attested: bool


@dataclass(frozen=True, slots=True)
class Channel:
    """Parties between whom a mechanism meets, with the periods of its cadence for them."""

    parties: frozenset[str]
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class MechanismPage:
    """Everything on a mechanism's page that is computed and not told by its facts.

    `prepare` says which button stands there: the first meeting when none is on record, the next one after
    that; none for a proposal in the literature.
    """

    is_proposal: bool
    owed: Owed | None
    channels: tuple[Channel, ...]
    counts: RecordCounts
    next_host: NextHost | None
    next_ordinal: int | None
    lead_offices: tuple[LeadOffice, ...]
    prepare: Literal["first", "next"] | None


def is_proposal_in_literature(mechanism: Mechanism) -> bool:
    """Tell whether only an author calls for the mechanism: it stands on a shelf of its own and owes nothing."""
    return mechanism.status == "proposed"


def paper_of(mechanism: Mechanism, papers: Iterable[Paper]) -> Paper:
    """Return the paper that makes a proposal, for its author and date; raises `KeyError` when it is not there."""
    by_id: dict[str, Paper] = {paper.id: paper for paper in papers}
    return by_id[mechanism.status_source]


def owes(mechanism: Mechanism, today: date) -> Owed | None:
    """Return what the mechanism owes: by the last day of the current period, so many meetings at least.

    None for a proposal, for what is concluded, and without a cadence or the day of a mandate.
    """
    if is_proposal_in_literature(mechanism) or mechanism.status == "concluded":
        return None
    by = to_agree_by(mechanism.cadence, mechanism.mandate.since, today)
    if by is None or mechanism.cadence is None:
        return None
    return Owed(by, days_left(by, today), mechanism.cadence.minimum_meetings, mechanism.cadence.period_months)


def channels_of(mechanism: Mechanism) -> tuple[frozenset[str], ...]:
    """Return the sets of parties that must meet for the mechanism to have met.

    A bilateral mechanism of three parties or more runs by its pairs, by every pair where none are named; every
    other by all of its parties.
    """
    if mechanism.geometry.startswith("bilateral") and len(mechanism.parties) > 2:
        return tuple(frozenset(pair) for pair in mechanism.pairs or itertools.combinations(mechanism.parties, 2))
    return (frozenset(mechanism.parties),)


def compliance(
    mechanism: Mechanism, meetings: Sequence[MeetingFacts], today: date, *, parties: Iterable[str] | None = None
) -> tuple[Period, ...]:
    """Return the periods of the mechanism's cadence, for all its parties or for the pair given.

    Its record counts where the mechanism runs by all of its parties: an entry does not tell which pair met. A
    proposal has no periods, since nobody promised it. Give only meetings that the viewer may see.
    """
    if is_proposal_in_literature(mechanism):
        return ()
    asked = frozenset(mechanism.parties if parties is None else parties)
    record = mechanism.record if asked == frozenset(mechanism.parties) else ()
    return periods(mechanism.cadence, mechanism.mandate.since, record, meetings, today, parties=asked)


def record_counts(record: Sequence[RecordEntry]) -> RecordCounts:
    """Count the record: by number, attested, and what was not held."""
    outcomes = Counter(entry.outcome for entry in record)
    held = [entry for entry in record if entry.outcome == "held"]
    return RecordCounts(
        by_number=max((entry.ordinal for entry in held if entry.ordinal is not None), default=None),
        attested=sum(entry.attested for entry in held),
        from_numbering=sum(not entry.attested for entry in held),
        without_date=sum(entry.known_on is None for entry in held),
        planned_not_held=outcomes["planned_not_held"],
        postponed=outcomes["postponed"],
        cancelled=outcomes["cancelled"],
    )


def next_ordinal(
    record: Sequence[RecordEntry], meetings: Sequence[MeetingFacts], *, parties: Iterable[str]
) -> int | None:
    """Return the number of the next meeting, or None where meetings are not numbered (leaders' summits).

    Only meetings of all the parties are looked at: a gap must not tell anyone of a meeting without them.
    """
    all_parties = frozenset(parties)
    taken = [entry.ordinal for entry in record if entry.outcome == "held"]
    taken += [
        meeting.ordinal
        for meeting in meetings
        if meeting.counts and meeting.state in _NUMBERED_STATES and meeting.brings_together(all_parties)
    ]
    return max((ordinal + 1 for ordinal in taken if ordinal is not None), default=None)


def lead_offices(mechanism: Mechanism) -> tuple[LeadOffice, ...]:
    """Return the lead offices in the order of the parties, each attested or our reading."""
    return tuple(
        LeadOffice(party, office, office in mechanism.lead_offices_attested)
        for party in mechanism.parties
        for office in mechanism.lead_offices.get(party, ())
    )


def page_of(
    mechanism: Mechanism,
    meetings: Sequence[MeetingFacts],
    today: date,
    *,
    changes: Sequence[HostingChange] = (),
) -> MechanismPage:
    """Return what a mechanism's page says on that day, from the meetings that the viewer may see.

    `changes` are those that the parties made to the turns of its hosts.
    """
    is_proposal = is_proposal_in_literature(mechanism)
    has_met = any(entry.outcome == "held" for entry in mechanism.record) or any(
        meeting.counts and meeting.state in TOOK_PLACE for meeting in meetings
    )
    return MechanismPage(
        is_proposal=is_proposal,
        owed=owes(mechanism, today),
        channels=tuple(
            Channel(parties, compliance(mechanism, meetings, today, parties=parties))
            for parties in channels_of(mechanism)
        ),
        counts=record_counts(mechanism.record),
        next_host=next_host(mechanism.hosting, mechanism.record, meetings, parties=mechanism.parties, changes=changes),
        next_ordinal=next_ordinal(mechanism.record, meetings, parties=mechanism.parties),
        lead_offices=lead_offices(mechanism),
        prepare=None if is_proposal else "next" if has_met else "first",
    )


def texts_in_english(mechanism: Mechanism, loaded: Mapping[str, Any]) -> frozenset[str]:
    """Return the texts of its facts, as the catalogue last loaded them, and of its record that are in English only.

    What the parties typed in their place is not among them: nobody asked them in which language it is.
    """
    told = [loaded.get("status_note"), loaded.get("open_to"), *loaded.get("scope_in", ()), *loaded.get("scope_out", ())]
    told += [loaded["mandate"]["instrument"], loaded["hosting"]["note"]] if loaded else []
    told += [text for entry in mechanism.record if not entry.by_parties for text in (entry.note, entry.margins_of)]
    return frozenset(text for text in told if text)


def register_order(mechanisms: Iterable[Mechanism], language: str) -> list[Mechanism]:
    """Return the mechanisms as the register lists them in a language.

    First those with a cadence and the day of a mandate, since only they can owe a date; then by status; then by
    name, without regard to accents and capitals.
    """
    return sorted(
        mechanisms,
        key=lambda mechanism: (
            mechanism.cadence is None or mechanism.mandate.since is None,
            STATUS_ORDER.index(mechanism.status),
            collation_key(mechanism.name.in_language(language)),
            mechanism.ref,
        ),
    )


def collation_key(text: str) -> str:
    """Return the text without accents and capitals, for putting names of the three languages in order."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
