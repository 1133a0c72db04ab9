"""The brief for a new government: what one party owes and is owed, and what comes next; its own delegation's alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased, load_only

from app.db import GuardedSession
from app.domain.actions import OWED_STATES, is_overdue
from app.domain.errors import NotFound
from app.domain.mechanisms import collation_key
from app.domain.report import AHEAD_YEARS, ReviewPoint
from app.domain.walltime import check_year, day_starts_at
from app.models import Action, Leg, Mechanism, Meeting, MeetingParty, Office
from app.services.action_whole import not_ended
from app.services.commitments import CommitmentFilters, CommitmentLine, commitment_lines
from app.services.contacts import ContactLine, contacts
from app.services.decision_lists import DecisionLine, open_lines_of, waits_for_viewer
from app.services.practice import is_real, is_real_action
from app.services.register import today_for
from app.services.register_rows import RegisterRow, register_rows
from app.services.reports_accountability import known_points

# Of each kind, what is due first; a longer list is worked with in the register of actions.
MOST_OWES: Final = 500
MOST_OWED_TO: Final = 100
MOST_MEETINGS: Final = 50
TO_COME: Final = ("proposed", "confirmed", "postponed")


@dataclass(frozen=True, slots=True)
class BriefLeg:
    """A leg that is still owed, with its action, mechanism and office, and whether it is overdue on the brief's day."""

    leg: Leg
    action: Action
    mechanism: Mechanism | None
    office: Office | None
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class OwedCounts:
    """How many legs a party has accepted and owes, how many of these are overdue, and how many it has not accepted."""

    accepted: int
    overdue: int
    unaccepted: int

    @property
    def total(self) -> int:
        """Return how many legs it owes, accepted or not."""
        return self.accepted + self.unaccepted


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a party's brief tells on a day."""

    party: str
    on: dt.date
    commitments: tuple[CommitmentLine, ...]
    owes: tuple[BriefLeg, ...]
    counts: OwedCounts
    is_owed: tuple[BriefLeg, ...]
    decisions: tuple[DecisionLine, ...]
    meetings: tuple[tuple[Meeting, Mechanism | None], ...]
    mechanisms: tuple[RegisterRow, ...]
    contacts: tuple[ContactLine, ...]
    points: tuple[ReviewPoint, ...]

    @property
    def by_office(self) -> tuple[tuple[Office | None, tuple[BriefLeg, ...]], ...]:
        """Return what the party owes by office, by code, what has none last."""
        found: dict[str, list[BriefLeg]] = {}
        for each in self.owes:
            found.setdefault(each.leg.office_code or "", []).append(each)
        ordered = sorted(found.items(), key=lambda pair: (not pair[0], pair[0]))
        return tuple((legs[0].office, tuple(legs)) for _, legs in ordered)

    @property
    def hosting(self) -> tuple[RegisterRow, ...]:
        """Return the mechanisms of which the party hosts the next meeting."""
        return tuple(row for row in self.mechanisms if row.page.next_host and row.page.next_host.party == self.party)


def brief_of(session: GuardedSession, on: dt.date | None, language: str) -> Brief:
    """Return the brief of the viewer's own party for a day, today where none is named.

    What is owed is as it is recorded now; what is overdue and what comes next is held against the day. Raises
    `NotFound` for who sits at no table, `Refusal("year_out_of_range")`.
    """
    viewer = session.bound_viewer
    if not viewer.sits_at_a_table or viewer.party is None:
        raise NotFound
    if on is not None:
        check_year(on, field="on")
    party, day = viewer.party, on or today_for(session)
    rows = (row for row in register_rows(session, day) if party in row.facts.parties and not row.page.is_proposal)
    ordered = sorted(rows, key=lambda row: (collation_key(row.facts.name.in_language(language)), row.facts.code))
    return Brief(
        party=party,
        on=day,
        commitments=commitment_lines(session, CommitmentFilters(party=party)).lines,
        owes=_owes(session, party, day),
        counts=_counts(session, party, day),
        is_owed=_is_owed(session, party, day),
        decisions=tuple(line for line in open_lines_of(session) if waits_for_viewer(session, line)),
        meetings=_meetings(session, party, day),
        mechanisms=tuple(row for row in ordered if row.facts.status != "concluded"),
        contacts=_shown_contacts(contacts(session), party),
        points=_points(party, day),
    )


def _owes(session: GuardedSession, party: str, day: dt.date) -> tuple[BriefLeg, ...]:
    query = (
        select(Leg, Action, Mechanism, Office)
        .join(Action, Action.id == Leg.action_id)
        .outerjoin(Mechanism, Mechanism.id == Action.mechanism_id)
        .outerjoin(Office, Office.code == Leg.office_code)
        .where(Leg.party_code == party, Leg.state.in_(sorted(OWED_STATES)), not_ended(), is_real_action())
        .options(load_only(Action.reference, Action.title), load_only(Mechanism.code, Mechanism.name))
        .order_by(Leg.due_on.is_(None), Leg.due_on, Action.reference)
        .limit(MOST_OWES)
    )
    return tuple(_line(*row, day=day) for row in session.execute(query))


def _counts(session: GuardedSession, party: str, day: dt.date) -> OwedCounts:
    late = and_(Leg.is_accepted.is_(True), Leg.due_on < day)
    accepted, overdue = (
        func.coalesce(func.sum(case((each, 1), else_=0)), 0) for each in (Leg.is_accepted.is_(True), late)
    )
    query = (
        select(func.count(), accepted, overdue)
        .select_from(Leg)
        .join(Action, Action.id == Leg.action_id)
        .where(Leg.party_code == party, Leg.state.in_(sorted(OWED_STATES)), not_ended(), is_real_action())
    )
    total, own, overdue_count = session.execute(query).one()
    return OwedCounts(int(own), int(overdue_count), total - int(own))


def _is_owed(session: GuardedSession, party: str, day: dt.date) -> tuple[BriefLeg, ...]:
    """Return what others owe of actions of which the party has a leg as well, what is due first before the rest."""
    own = aliased(Leg)
    query = (
        select(Leg, Action, Mechanism, Office)
        .join(Action, Action.id == Leg.action_id)
        .outerjoin(Mechanism, Mechanism.id == Action.mechanism_id)
        .outerjoin(Office, Office.code == Leg.office_code)
        .where(
            Leg.party_code != party, Leg.state.in_(sorted(OWED_STATES)), not_ended(), is_real_action(),
            select(own.id).where(own.action_id == Action.id, own.party_code == party).exists(),
        )
        .options(load_only(Action.reference, Action.title), load_only(Mechanism.code, Mechanism.name))
        .order_by(Leg.due_on.is_(None), Leg.due_on, Action.reference, Leg.party_code)
        .limit(MOST_OWED_TO)
    )  # fmt: skip
    return tuple(_line(*row, day=day) for row in session.execute(query))


def _line(leg: Leg, action: Action, mechanism: Mechanism | None, office: Office | None, *, day: dt.date) -> BriefLeg:
    late = leg.is_accepted and leg.due_on is not None and is_overdue("open", leg.due_on, day)
    return BriefLeg(leg, action, mechanism, office, late)


def _meetings(session: GuardedSession, party: str, day: dt.date) -> tuple[tuple[Meeting, Mechanism | None], ...]:
    since = day_starts_at(day, session.bound_viewer.time_zone)
    chosen = select(MeetingParty.meeting_id).where(MeetingParty.party_code == party, MeetingParty.removed.is_(False))
    query = (
        select(Meeting, Mechanism)
        .outerjoin(Mechanism, Mechanism.id == Meeting.mechanism_id)
        .where(
            Meeting.state.in_(TO_COME), or_(Meeting.ends_at > since, Meeting.date_is_open.is_(True)), is_real(),
            Meeting.id.in_(chosen),
        )
        .options(load_only(Mechanism.code, Mechanism.name))
        .order_by(Meeting.date_is_open, Meeting.starts_at, Meeting.reference)
        .limit(MOST_MEETINGS)
    )  # fmt: skip
    return tuple((meeting, mechanism) for meeting, mechanism in session.execute(query))


def _shown_contacts(found: Iterable[ContactLine], party: str) -> tuple[ContactLine, ...]:
    """Return the party's own contacts first, then those that others share with it."""
    return tuple(sorted(found, key=lambda line: line.contact.party_code != party))


def _points(party: str, day: dt.date) -> tuple[ReviewPoint, ...]:
    until = day.replace(year=day.year + AHEAD_YEARS, day=1)
    return tuple(point for point in known_points(until) if point.on >= day and point.party in {None, party})
