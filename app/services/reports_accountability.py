"""The accountability report whole, as one reader sees it, and its rows: what stands behind each of its figures."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import case, func, select

from app.catalogue import load_shipped
from app.db import GuardedSession
from app.domain.report import ReviewPoint, review_points
from app.models import Action, CommitmentAction, Leg
from app.services.action_whole import in_lists
from app.services.commitments import CommitmentFilters, CommitmentLine, commitment_lines
from app.services.practice import is_real_action
from app.services.register import today_for
from app.services.register_rows import RegisterRow
from app.services.reports import Figure, ReportScope, is_of_parties, leg_figures
from app.services.reports_meetings import (
    MEETINGS,
    PERIOD_FIGURES,
    Compliance,
    FactContest,
    compliance_of,
    fact_contests,
)

COMMITMENTS: Final = "commitments"
CONTESTED: Final = "contested"


# By commitment and party: how many legs are done of those of the actions that serve it.
Served = Mapping[tuple[uuid.UUID, str], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Accountability:
    """All that the report tells: figures of legs, commitments (pledges, and practices apart), meetings, contests."""

    scope: ReportScope
    legs: tuple[Figure, ...]
    pledges: tuple[CommitmentLine, ...]
    practices: tuple[CommitmentLine, ...]
    meetings: Compliance
    fact_contests: tuple[FactContest, ...]
    points: tuple[ReviewPoint, ...]
    served: Served
    today: dt.date

    @property
    def contested(self) -> tuple[CommitmentLine, ...]:
        """Return the commitments of which some party contests what is shown."""
        return tuple(line for line in (*self.pledges, *self.practices) if line.contests)

    @property
    def totals(self) -> Mapping[str, int]:
        """Return the whole of each figure by its key: what its rows must come to."""
        counts = {figure.key: figure.value for figure in self.legs}
        counts[COMMITMENTS] = len(self.pledges)
        counts[CONTESTED] = sum(len(line.contests) for line in self.contested) + len(self.fact_contests)
        counts[MEETINGS] = len(self.meetings.held)
        return counts | {key: len(self.meetings.periods_of(key)) for key in PERIOD_FIGURES}


def accountability(session: GuardedSession, scope: ReportScope, rows: Sequence[RegisterRow]) -> Accountability:
    """Return the report of a scope, of what the viewer may see; `rows` are those of `rows_for`."""
    commitments = commitments_of(session, scope)
    meetings = compliance_of(session, scope, rows)
    return Accountability(
        scope=scope,
        legs=leg_figures(session, scope),
        pledges=tuple(line for line in commitments if line.commitment.kind == "pledge"),
        practices=tuple(line for line in commitments if line.commitment.kind == "practice"),
        meetings=meetings,
        fact_contests=fact_contests(session, meetings.mechanisms),
        points=points_within(scope),
        served=served_by(session),
        today=min(scope.days.last, today_for(session)),
    )


def commitments_of(session: GuardedSession, scope: ReportScope) -> tuple[CommitmentLine, ...]:
    """Return the pledges and practices of a report, as they stood at its end where that is past."""
    last = scope.days.last
    found = commitment_lines(
        session,
        CommitmentFilters(mechanism=scope.mechanism),
        kinds=("pledge", "practice"),
        on=last if last < today_for(session) else None,
    )
    return tuple(line for line in found.lines if is_of_parties(line.commitment.owners, scope))


def points_within(scope: ReportScope) -> tuple[ReviewPoint, ...]:
    """Return the review points that fall within the report's days, of its parties or of none."""
    return tuple(
        point
        for point in known_points(scope.days.last)
        if scope.days.holds(point.on) and (point.party is None or is_of_parties((point.party,), scope))
    )


def known_points(until: dt.date) -> tuple[ReviewPoint, ...]:
    """Return every review point up to a day, and the fixed dates of the catalogue."""
    facts = load_shipped().calendar
    return review_points(facts.political_dates, facts.fixed_dates, until)


def served_by(session: GuardedSession) -> Served:
    """Return how many legs are done of the actions that serve each commitment, in one statement."""
    done = func.sum(case((Leg.state.in_(("done", "verified")), 1), else_=0))
    query = (
        select(CommitmentAction.commitment_id, Leg.party_code, done, func.count())
        .join(Action, Action.id == CommitmentAction.action_id)
        .join(Leg, Leg.action_id == Action.id)
        .where(CommitmentAction.ended_at.is_(None), in_lists(), is_real_action())
        .group_by(CommitmentAction.commitment_id, Leg.party_code)
    )
    return {(row[0], row[1]): (int(row[2]), row[3]) for row in session.execute(query)}
