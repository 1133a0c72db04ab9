"""The figures of the charts, each from one grouped statement over what the viewer may see, however much that is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, extract, func, null, select

from app import words
from app.db import GuardedSession
from app.domain.actions import OWED_STATES
from app.domain.catalogue import Mechanism as Facts
from app.domain.charts import (
    BANDS,
    Durations,
    MonthCount,
    OpenByAge,
    by_month,
    durations,
    first_days,
    last_months,
    open_by_age,
)
from app.domain.mechanisms import collation_key
from app.domain.zones import zone
from app.models import Action, Leg, Mechanism
from app.services.action_lines import todays_of
from app.services.action_whole import in_lists, not_ended
from app.services.practice import is_real_action
from app.services.register import today_for
from app.services.register_rows import RegisterRow, register_rows

SECONDS_A_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Scope:
    """What charts are narrowed to: a mechanism by its code, a party; None is no filter."""

    mechanism: str | None = None
    party: str | None = None


@dataclass(frozen=True, slots=True)
class KeptPeriods:
    """How the periods of a mechanism went that are over, by the word of each; those of all its pairs together."""

    facts: Facts
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """Return how many periods are over."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Choices:
    """What charts can be narrowed to: mechanisms by name, parties by name."""

    mechanisms: tuple[Facts, ...]
    parties: tuple[str, ...]


# Periods kept -------------------------------------------------------------------------------------


def rows_by_name(session: GuardedSession, language: str) -> tuple[RegisterRow, ...]:
    """Return the mechanisms of the register by name; a proposal in the literature owes nothing and is none of them."""
    rows = [row for row in register_rows(session, today_for(session)) if not row.page.is_proposal]
    return tuple(sorted(rows, key=lambda row: (collation_key(row.facts.name.in_language(language)), row.facts.code)))


def kept_periods(rows: Sequence[RegisterRow], scope: Scope) -> tuple[KeptPeriods, ...]:
    """Return how the periods of each mechanism went, in the order given; those without a period over are left out."""
    found = []
    for row in rows:
        if scope.mechanism not in {None, row.facts.code}:
            continue
        over = [
            period
            for channel in row.channels
            if scope.party is None or scope.party in channel.parties
            for period in channel.periods
            if period.last_day < row.today
        ]
        if over:
            found.append(KeptPeriods(row.facts, dict(Counter(period.word for period in over))))
    return tuple(found)


def choices_of(rows: Sequence[RegisterRow], language: str) -> Choices:
    """Return what charts can be narrowed to."""
    codes = {code for row in rows for code in row.facts.parties}
    return Choices(tuple(row.facts for row in rows), tuple(words.party_order(codes, language)))


# Legs ---------------------------------------------------------------------------------------------


def ages(session: GuardedSession, scope: Scope) -> OpenByAge:
    """Return what is open by the days since it was recorded, what of it is late by the days since it was due."""
    age, late = _age(session), _lateness(session)
    query = (
        _legs(scope, age, late, Leg.is_accepted)
        .where(not_ended(), Leg.state.in_(sorted(OWED_STATES)))
        .group_by(age, late, Leg.is_accepted)
    )
    return open_by_age((row[0], row[1], row[2], row[3]) for row in session.execute(query))


def months(session: GuardedSession, scope: Scope) -> tuple[MonthCount, ...]:
    """Return what was promised and what was done in each of the last months, by UTC."""
    made, done = (_month(session, column) for column in (Action.created_at, Leg.done_at))
    promised: Counter[tuple[int, int]] = Counter()
    finished: Counter[tuple[int, int]] = Counter()
    for made_in, done_in, count in session.execute(_legs(scope, made, done).group_by(made, done)):
        promised[_named(made_in)] += count
        if done_in is not None:
            finished[_named(done_in)] += count
    return by_month(last_months(session.now.date()), promised, finished)


def durations_of(session: GuardedSession, scope: Scope) -> Durations:
    """Return how many days passed from the recording of what is done to its end."""
    days = (_seconds(Leg.done_at) - _seconds(Action.created_at)) // SECONDS_A_DAY
    query = _legs(scope, days).where(Leg.done_at.is_not(None)).group_by(days)
    return durations((row[0], row[1]) for row in session.execute(query))


def _legs(scope: Scope, *columns: ColumnElement[Any] | Any) -> Select[Any]:
    """Return the query that counts legs, of the scope and not only practised, by those columns."""
    query = select(*columns, func.count()).select_from(Leg).join(Action, Action.id == Leg.action_id)
    query = query.where(in_lists(), is_real_action())
    if scope.party is not None:
        query = query.where(Leg.party_code == scope.party)
    if scope.mechanism is not None:
        named = select(Mechanism.id).where(Mechanism.code == scope.mechanism)
        query = query.where(Action.mechanism_id.in_(named))
    return query


def _age(session: GuardedSession) -> ColumnElement[int]:
    """Return the band of days since an action was recorded, by the viewer's own midnights."""
    own = zone(session.bound_viewer.time_zone)
    since = [dt.datetime.combine(day, dt.time(), own) for day in first_days(today_for(session))]
    return case(
        *((Action.created_at >= at, place) for place, at in enumerate(since)), else_=len(BANDS) - 1
    )  # fmt: skip


def _lateness(session: GuardedSession) -> ColumnElement[int | None]:
    """Return the band of days since a leg was due by the day in its own capital; null while it is not late."""
    by_day: dict[dt.date, list[str]] = {}
    for code, today in todays_of(session).items():
        by_day.setdefault(today, []).append(code)
    return case(*((Leg.party_code.in_(codes), _late_by(today)) for today, codes in by_day.items()), else_=null())


def _late_by(today: dt.date) -> ColumnElement[int | None]:
    since = enumerate(first_days(today))
    return case(
        (Leg.due_on.is_(None), null()),
        (Leg.due_on >= today, null()),
        *((Leg.due_on >= day, place) for place, day in since),
        else_=len(BANDS) - 1,
    )


def _month(session: GuardedSession, column: Any) -> ColumnElement[str]:
    """Return the month of an instant as `2026-11`, by UTC: each engine in its own words, which cost it the least."""
    if session.get_bind().dialect.name == "sqlite":
        return func.substr(column, 1, 7)
    return func.to_char(func.timezone("UTC", column), "YYYY-MM")


def _seconds(column: Any) -> ColumnElement[int]:
    return cast(extract("epoch", column), BigInteger)


def _named(month: str) -> tuple[int, int]:
    year, _, number = month.partition("-")
    return int(year), int(number)
