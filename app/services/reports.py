"""The accountability report: what was promised in a period and what came of it, of what the viewer may see.

Every figure of legs is the count of the rows that the same condition finds, so that a figure and its rows are one.
States are read as they are recorded today: a leg that was taken up again after the period is owed at its end.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVarTuple
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, case, false, func, literal, or_, select, union_all

from app.db import GuardedSession
from app.domain.actions import OWED_STATES
from app.domain.report import ReportDays
from app.domain.walltime import day_starts_at
from app.models import Action, DueMove, Leg, Mechanism
from app.services.action_lines import todays_of
from app.services.action_whole import in_lists
from app.services.practice import is_real_action
from app.services.register import today_for

Condition = ColumnElement[bool]
Row = TypeVarTuple("Row")
_OWED: Final = sorted(OWED_STATES)
_DONE: Final = ("done", "verified")


@dataclass(frozen=True, slots=True)
class ReportScope:
    """What a report is of: its days, a mechanism by its code, parties; None and no parties are no filter."""

    days: ReportDays
    mechanism: str | None = None
    parties: tuple[str, ...] = ()

    def of(self, party: str) -> ReportScope:
        """Return the same of one party."""
        return ReportScope(self.days, self.mechanism, (party,))

    @property
    def query(self) -> str:
        """Return what stands in the address of the report."""
        asked = [("from", self.days.first.isoformat()), ("to", self.days.last.isoformat())]
        asked += [("mechanism", self.mechanism)] if self.mechanism else []
        return urlencode([*asked, *(("party", code) for code in self.parties)])


def rows_address(figure: str, scope: ReportScope) -> str:
    """Return the path of the rows of a figure."""
    return f"/reports/accountability/rows/{figure}?{scope.query}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A count of legs by the party that owes them; the whole is their sum."""

    key: str
    by_party: Mapping[str, int]

    @property
    def value(self) -> int:
        """Return how many there are."""
        return sum(self.by_party.values())


# What each figure counts --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moment:
    """A report's instants: its begin and end where the viewer is; by party the day that lateness is held against."""

    begins_at: dt.datetime
    ends_at: dt.datetime
    late_before: Mapping[str, dt.date]


def moment_of(session: GuardedSession, scope: ReportScope) -> Moment:
    """Return the instants of a report: at its last day, or today in each party's capital where that is earlier."""
    zone = session.bound_viewer.time_zone
    last = scope.days.last
    return Moment(
        day_starts_at(scope.days.first, zone),
        day_starts_at(last + dt.timedelta(days=1), zone),
        {code: min(last, today) for code, today in todays_of(session).items()},
    )


def _within(column: Any, at: Moment) -> Condition:
    return and_(column >= at.begins_at, column < at.ends_at)


def _owed(at: Moment) -> Condition:
    """Return the condition that a leg was owed when the period ended."""
    return and_(
        Action.created_at < at.ends_at,
        or_(Action.ended_at.is_(None), Action.ended_at >= at.ends_at),
        or_(
            Leg.state.in_(_OWED),
            and_(Leg.state.in_(_DONE), Leg.done_at >= at.ends_at),
            and_(Leg.state == "dropped", Leg.changed_at >= at.ends_at),
        ),
    )


def _accepted(at: Moment) -> Condition:
    return and_(Leg.is_accepted.is_(True), or_(Leg.accepted_at.is_(None), Leg.accepted_at < at.ends_at))


def _overdue(at: Moment) -> Condition:
    by_day: dict[dt.date, list[str]] = {}
    for code, day in at.late_before.items():
        by_day.setdefault(day, []).append(code)
    late = [and_(Leg.party_code.in_(codes), Leg.due_on < day) for day, codes in by_day.items()]
    return and_(_owed(at), _accepted(at), or_(false(), *late))


def _unaccepted(at: Moment) -> Condition:
    return and_(_owed(at), or_(Leg.is_accepted.is_(False), Leg.accepted_at >= at.ends_at))


def _promised(at: Moment) -> Condition:
    return _within(Action.created_at, at)


def _done(at: Moment) -> Condition:
    return and_(Leg.state.in_(_DONE), _within(Leg.done_at, at))


def _dropped(at: Moment) -> Condition:
    return and_(Leg.state == "dropped", _within(Leg.changed_at, at))


CONDITIONS: Final[Mapping[str, Callable[[Moment], Condition]]] = {
    "promised": _promised, "done": _done, "owed": _owed, "overdue": _overdue, "unaccepted": _unaccepted,
    "dropped": _dropped,
}  # fmt: skip
MOVED: Final = "moved"
LEG_FIGURES: Final = (*CONDITIONS, MOVED)


def leg_figures(session: GuardedSession, scope: ReportScope) -> tuple[Figure, ...]:
    """Return the figures of legs in the order of `LEG_FIGURES`, in two statements."""
    at = moment_of(session, scope)
    counts = [func.coalesce(func.sum(case((made(at), 1), else_=0)), 0) for made in CONDITIONS.values()]
    of_legs = narrowed(select(Leg.party_code, *counts, literal(0)), scope).where(Action.created_at < at.ends_at)
    of_moves = narrowed(select(Leg.party_code, *(literal(0) for _ in counts), func.count(DueMove.id)), scope)
    of_moves = of_moves.join(DueMove, DueMove.leg_id == Leg.id).where(_within(DueMove.moved_at, at))
    found: dict[str, Counter[str]] = {key: Counter() for key in LEG_FIGURES}
    parties: set[str] = set()
    both: CompoundSelect[Any] = union_all(of_legs.group_by(Leg.party_code), of_moves.group_by(Leg.party_code))
    for row in session.execute(both).all():
        parties.add(row[0])
        for key, value in zip(LEG_FIGURES, row[1:], strict=True):
            found[key][row[0]] += int(value)
    return tuple(Figure(key, {code: found[key][code] for code in sorted(parties)}) for key in LEG_FIGURES)


def legs_of(session: GuardedSession, scope: ReportScope, figure: str) -> Select[Leg, Action, Mechanism]:
    """Return the query for the legs that a figure of `CONDITIONS` counts, with their actions and mechanisms."""
    at = moment_of(session, scope)
    query = narrowed(select(Leg, Action, Mechanism), scope)
    return (
        query.outerjoin(Mechanism, Mechanism.id == Action.mechanism_id)
        .where(Action.created_at < at.ends_at, CONDITIONS[figure](at))
        .order_by(Action.reference, Leg.party_code)
    )


def moves_of(session: GuardedSession, scope: ReportScope) -> Select[Leg, Action, Mechanism, DueMove]:
    """Return the query for the moves of due days in a period, with their legs, actions and mechanisms."""
    at = moment_of(session, scope)
    query = narrowed(select(Leg, Action, Mechanism, DueMove), scope).join(DueMove, DueMove.leg_id == Leg.id)
    return (
        query.outerjoin(Mechanism, Mechanism.id == Action.mechanism_id)
        .where(_within(DueMove.moved_at, at))
        .order_by(Action.reference, Leg.party_code, DueMove.moved_at, DueMove.id)
    )


def narrowed(query: Select[*Row], scope: ReportScope) -> Select[*Row]:
    """Return a query on legs with their actions, of a report's mechanism and parties."""
    query = query.select_from(Leg).join(Action, Action.id == Leg.action_id).where(in_lists(), is_real_action())
    if scope.parties:
        query = query.where(Leg.party_code.in_(scope.parties))
    if scope.mechanism is not None:
        query = query.where(Action.mechanism_id.in_(mechanism_ids(scope.mechanism)))
    return query


def mechanism_ids(code: str) -> Select[uuid.UUID]:
    """Return the query for the id of the mechanism of a code."""
    return select(Mechanism.id).where(Mechanism.code == code)


def day_of_periods(session: GuardedSession, scope: ReportScope) -> dt.date:
    """Return the day on which periods are looked at: that after the report's last, so that it is over, or today."""
    return min(scope.days.last + dt.timedelta(days=1), today_for(session))


def is_of_parties(codes: Sequence[str] | frozenset[str], scope: ReportScope) -> bool:
    """Say whether a thing of these parties is among what the report is of."""
    return not scope.parties or bool(set(codes) & set(scope.parties))
