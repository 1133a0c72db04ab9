"""Reading the register of mechanisms and its shelf of proposals in the literature: narrowed, and in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from sqlalchemy import select
from sqlalchemy.orm import load_only

from app.db import GuardedSession
from app.domain.actions import today_in
from app.domain.cadence import MeetingFacts, Period
from app.domain.catalogue import Mechanism as Facts
from app.domain.catalogue import Paper, from_facts
from app.domain.catalogue_types import Level
from app.domain.mechanisms import STATUS_ORDER, MechanismPage, collation_key, page_of, register_order
from app.domain.visibility import Viewer
from app.models import Mechanism
from app.services.mechanism_record import counted_meetings, counts_meetings_here
from app.services.mechanism_sources import paper_named

OTHERS: Final = "others"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the register is narrowed to; None, or no words, is no filter.

    `words` must all be found in a mechanism's names, acronym, references, scope or mandate. `parties` is a set
    of codes (`CA-MX`), meant exactly, or `others`: open to guests and others beside its parties.
    """

    words: str = ""
    parties: str | None = None
    level: str | None = None
    status: str | None = None

    @property
    def are_set(self) -> bool:
        """Say whether anything is filtered at all."""
        return bool(self.words.strip() or self.parties or self.level or self.status)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A mechanism as the register shows it."""

    facts: Facts
    page: MechanismPage

    @property
    def periods(self) -> tuple[Period, ...]:
        """Return the periods of its cadence for all of its parties; none where it runs by pairs."""
        return self.page.channels[0].periods if len(self.page.channels) == 1 else ()

    @property
    def current(self) -> Period | None:
        """Return the period that holds today, where it has any."""
        return self.periods[-1] if self.periods else None

    @property
    def paper(self) -> Paper | None:
        """Return the paper that tells the status, None where no paper does."""
        return paper_named(self.facts.status_source)

    @property
    def group(self) -> str:
        """Return the group of the register that it stands in: `owing`, or its status."""
        return "owing" if self.page.owed else self.facts.status

    @property
    def has_date_to_agree(self) -> bool:
        """Say whether a meeting is still to be agreed for the current period."""
        return self.page.owed is not None and (self.current is None or self.current.missing_count > 0)


@dataclass(frozen=True, slots=True)
class Register:
    """The register, or its shelf of proposals, narrowed; what can be chosen from; and the years that it spans.

    `total` counts the register whole, `to_agree` those of it with a date to agree, `shelved` the proposals.
    """

    rows: tuple[RegisterRow, ...]
    total: int
    to_agree: int
    shelved: int
    party_sets: tuple[tuple[str, ...], ...]
    levels: tuple[str, ...]
    statuses: tuple[str, ...]
    first_year: int
    last_year: int


def today_for(session: GuardedSession) -> dt.date:
    """Return the day that it is where the viewer is."""
    return today_in(session.now, session.bound_viewer.time_zone)


def register(session: GuardedSession, filters: Filters, language: str, *, shelf: bool = False) -> Register:
    """Return the mechanisms in the register's order for that language, or (`shelf`) the proposals in the literature.

    A filter that nothing answers to gives no rows.
    """
    today = today_for(session)
    rows = register_rows(session, today)
    listed = [row for row in rows if not row.page.is_proposal]
    shelved = [row for row in rows if row.page.is_proposal]
    shown = shelved if shelf else listed
    by_ref = {row.facts.ref: row for row in shown if _answers(row.facts, filters)}
    ordered = register_order([row.facts for row in by_ref.values()], language)
    return Register(
        rows=tuple(by_ref[facts.ref] for facts in ordered),
        total=len(listed),
        to_agree=sum(row.has_date_to_agree for row in listed),
        shelved=len(shelved),
        party_sets=_party_sets(row.facts for row in shown),
        levels=_in_order((row.facts.level for row in shown), get_args(Level)),
        statuses=_in_order((row.facts.status for row in shown), STATUS_ORDER),
        first_year=min(_years(listed), default=today.year),
        last_year=today.year,
    )


def register_rows(session: GuardedSession, today: dt.date) -> list[RegisterRow]:
    """Return every mechanism as the register shows it on that day, in no order."""
    found = session.execute(select(Mechanism).options(load_only(Mechanism.id, Mechanism.parties, Mechanism.facts)))
    kept = counted_meetings(session)
    viewer = session.bound_viewer
    return [register_row(mechanism, kept.get(mechanism.id, ()), viewer, today) for mechanism in found.scalars()]


def register_row(mechanism: Mechanism, meetings: Sequence[MeetingFacts], viewer: Viewer, today: dt.date) -> RegisterRow:
    """Return a mechanism as the register shows it to that viewer, from the meetings of it that they may see."""
    facts = from_facts(Facts, mechanism.facts)
    counted = meetings if counts_meetings_here(viewer, mechanism) else ()
    return RegisterRow(facts, page_of(facts, counted, today))


def _answers(facts: Facts, filters: Filters) -> bool:
    if filters.level is not None and filters.level not in (facts.level, *facts.other_levels):
        return False
    if filters.status is not None and filters.status != facts.status:
        return False
    if filters.parties == OTHERS and not (facts.guests or facts.open_to or facts.forums):
        return False
    if filters.parties not in {None, OTHERS} and filters.parties != "-".join(sorted(facts.parties)):
        return False
    text = collation_key(_searched(facts))
    return all(collation_key(word) in text for word in filters.words.split())


def _searched(facts: Facts) -> str:
    return " ".join(
        (
            facts.ref, facts.prefix, facts.acronym or "", facts.name.en, facts.name.es, facts.name.fr,
            *facts.also_known_as, *facts.scope_in, *facts.scope_out, facts.mandate.instrument or "",
        )
    )  # fmt: skip


def _party_sets(found: Iterable[Facts]) -> tuple[tuple[str, ...], ...]:
    """Return the sets of parties that there are, the largest first."""
    sets = {tuple(sorted(facts.parties)) for facts in found}
    return tuple(sorted(sets, key=lambda codes: (-len(codes), codes)))


def _in_order(found: Iterable[str], order: Iterable[str]) -> tuple[str, ...]:
    there = set(found)
    return tuple(key for key in dict.fromkeys(order) if key in there)


def _years(rows: Iterable[RegisterRow]) -> list[int]:
    """Return the years of which there is a meeting on record."""
    return [entry.known_on.first_day.year for row in rows for entry in row.facts.record if entry.known_on]
