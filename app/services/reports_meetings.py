"""Meetings against their cadence within the days of a report, and what parties contest of a mechanism's facts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import load_only

from app.db import GuardedSession
from app.domain.cadence import TOOK_PLACE, Period
from app.domain.catalogue import Mechanism as Facts
from app.domain.fact_edits import digest_of_fact
from app.domain.mechanisms import collation_key
from app.domain.walltime import in_zone
from app.models import FactStatement, Mechanism, Meeting, MeetingParty
from app.services.practice import is_real
from app.services.register_rows import RegisterRow, register_rows
from app.services.reports import ReportScope, day_of_periods, is_of_parties, mechanism_ids

# The figures of periods, and the words of a period that each counts.
PERIOD_FIGURES: Final[Mapping[str, frozenset[str]]] = {
    "periods": frozenset({"met", "by_numbering", "partly_met", "not_held", "no_record"}),
    "periods_met": frozenset({"met", "by_numbering"}),
    "periods_partly_met": frozenset({"partly_met"}),
    "periods_not_held": frozenset({"not_held"}),
    "periods_no_record": frozenset({"no_record"}),
}
MEETINGS: Final = "meetings"


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A period that ended within the report's days; `pair` are the parties by whom it is counted, where not by all."""

    facts: Facts
    pair: tuple[str, ...]
    period: Period


@dataclass(frozen=True, slots=True)
class FactContest:
    """What a party contests of a fact of a mechanism that stands, and since which day where the viewer is."""

    statement: FactStatement
    facts: Facts
    made_on: dt.date


@dataclass(frozen=True, slots=True)
class Compliance:
    """The periods that ended within the report's days, and the meetings held in them, by the mechanism's code."""

    mechanisms: tuple[Facts, ...]
    periods: tuple[PeriodRow, ...]
    held: tuple[tuple[Meeting, Mechanism | None], ...]

    def periods_of(self, figure: str, code: str | None = None) -> tuple[PeriodRow, ...]:
        """Return the periods that a figure counts, of one mechanism or of all."""
        counted = PERIOD_FIGURES[figure]
        return tuple(row for row in self.periods if row.period.word in counted and code in {None, row.facts.code})

    @property
    def held_by_code(self) -> Counter[str]:
        """Return how many meetings were held of each mechanism."""
        return Counter(mechanism.code for _, mechanism in self.held if mechanism is not None)

    @property
    def to_tell(self) -> tuple[Facts, ...]:
        """Return the mechanisms of which there is something to tell: a period that ended, or a meeting held."""
        ended, held = {row.facts.code for row in self.periods}, self.held_by_code
        return tuple(facts for facts in self.mechanisms if facts.code in ended or held[facts.code])


def compliance_of(session: GuardedSession, scope: ReportScope, rows: Sequence[RegisterRow]) -> Compliance:
    """Return how cadences were kept in the days of a report; `rows` are those of `rows_for`, and keep their order."""
    meant = [row for row in rows if _is_meant(row, scope)]
    periods = tuple(each for row in meant for each in _periods(row, scope))
    return Compliance(tuple(row.facts for row in meant), periods, meetings_held(session, scope))


def rows_for(session: GuardedSession, scope: ReportScope, language: str) -> tuple[RegisterRow, ...]:
    """Return the mechanisms of the register as they stood at the end of a report's days, by name."""
    rows = [row for row in register_rows(session, day_of_periods(session, scope)) if not row.page.is_proposal]
    rows.sort(key=lambda row: (collation_key(row.facts.name.in_language(language)), row.facts.code))
    return tuple(rows)


def meetings_held(session: GuardedSession, scope: ReportScope) -> tuple[tuple[Meeting, Mechanism | None], ...]:
    """Return the meetings that were held in the days of a report with what they are of, the earliest first."""
    query = (
        select(Meeting, Mechanism)
        .outerjoin(Mechanism, Mechanism.id == Meeting.mechanism_id)
        .where(
            Meeting.state.in_(sorted(TOOK_PLACE)), is_real(), Meeting.starts_on >= scope.days.first,
            Meeting.starts_on <= scope.days.last,
        )
        .order_by(Meeting.starts_on, Meeting.reference)
        .options(
            load_only(Meeting.reference, Meeting.title, Meeting.starts_on, Meeting.ends_on, Meeting.state),
            load_only(Mechanism.code, Mechanism.name, Mechanism.ref),
        )
    )  # fmt: skip
    if scope.mechanism is not None:
        query = query.where(Meeting.mechanism_id.in_(mechanism_ids(scope.mechanism)))
    if scope.parties:
        chosen = select(MeetingParty.meeting_id).where(
            MeetingParty.party_code.in_(scope.parties), MeetingParty.removed.is_(False)
        )
        query = query.where(Meeting.id.in_(chosen))
    return tuple((meeting, mechanism) for meeting, mechanism in session.execute(query))


def _is_meant(row: RegisterRow, scope: ReportScope) -> bool:
    facts = row.facts
    return scope.mechanism in {None, facts.code} and is_of_parties(facts.parties, scope)


def _periods(row: RegisterRow, scope: ReportScope) -> list[PeriodRow]:
    several = len(row.page.channels) > 1
    return [
        PeriodRow(row.facts, tuple(sorted(channel.parties)) if several else (), period)
        for channel in row.channels
        if is_of_parties(channel.parties, scope)
        for period in channel.periods
        if scope.days.first <= period.last_day < row.today and period.last_day <= scope.days.last
    ]


def fact_contests(session: GuardedSession, mechanisms: Sequence[Facts]) -> tuple[FactContest, ...]:
    """Return what parties contest of facts as these stand, of what the viewer may see, the newest first."""
    by_code, zone_name = {facts.code: facts for facts in mechanisms}, session.bound_viewer.time_zone
    rows = session.execute(
        select(FactStatement, Mechanism)
        .join(Mechanism, Mechanism.id == FactStatement.mechanism_id)
        .where(FactStatement.kind == "contest", FactStatement.withdrawn_at.is_(None))
        .options(load_only(Mechanism.code, Mechanism.facts))
        .order_by(FactStatement.made_at.desc(), FactStatement.id)
    )
    return tuple(
        FactContest(statement, by_code[mechanism.code], in_zone(statement.made_at, zone_name).date())
        for statement, mechanism in rows
        if mechanism.code in by_code and statement.value_digest == digest_of_fact(mechanism.facts.get(statement.field))
    )
