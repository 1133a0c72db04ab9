"""Action items as lists show them: each with its legs, who sees it, and where it comes from."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import load_only, selectinload

from app.db import GuardedSession
from app.domain import actions as rules
from app.domain.actions import LegState
from app.models import Action, AudienceMember, Leg, Mechanism, Meeting, Office, Party

OVERDUE: Final = "overdue"


@dataclass(frozen=True, slots=True)
class LegLine:
    """What one party owes, its office, and how it stands today in that party's own capital."""

    leg: Leg
    office: Office | None
    today: dt.date

    @property
    def is_overdue(self) -> bool:
        """Say whether the leg is late; one that its party has not accepted never is."""
        return self.leg.is_accepted and rules.is_overdue(self.state, self.leg.due_on, self.today)

    @property
    def is_owed(self) -> bool:
        """Say whether the leg is still to be done."""
        return self.state in rules.OWED_STATES

    @property
    def state(self) -> LegState:
        """Return the state as it is kept."""
        return cast("LegState", self.leg.state)

    @property
    def shown(self) -> str:
        """Return the key of the word that is shown: an overdue leg says so."""
        return OVERDUE if self.is_overdue else self.state


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action in a list, with its legs by party, and who sees it: parties, and whether a secretariat does."""

    action: Action
    legs: Mapping[str, LegLine]
    parties: tuple[str, ...]
    has_secretariat: bool
    mechanism: Mechanism | None
    meeting_reference: str | None

    @property
    def state(self) -> LegState:
        """Return the state of the whole, read from its legs."""
        return rules.whole_state(line.state for line in self.legs.values())

    @property
    def due_on(self) -> dt.date | None:
        """Return the first day by which something is still owed, else the last that was."""
        owed = [line.leg.due_on for line in self.legs.values() if line.leg.due_on and line.is_owed]
        known = [line.leg.due_on for line in self.legs.values() if line.leg.due_on]
        return min(owed) if owed else max(known, default=None)

    @property
    def is_open(self) -> bool:
        """Say whether any leg is still to be done."""
        return any(line.is_owed for line in self.legs.values())

    def cell(self, party: str) -> str:
        """Return the key of the word for a party: its leg's, or that it owes nothing, or does not see the action."""
        if party in self.legs:
            return self.legs[party].shown
        return "owes_nothing" if party in self.parties else "not_at_the_table"


def lines_of(
    session: GuardedSession, actions: Sequence[Action], todays: Mapping[str, dt.date] | None = None
) -> tuple[ActionLine, ...]:
    """Return actions, their legs loaded, with what stands beside them, in as many statements however many there are."""
    if not actions:
        return ()
    days = {**todays_of(session), **(todays or {})}
    offices = _named_offices(session, [leg.office_code for action in actions for leg in action.legs])
    members = _members(session, {action.audience_id for action in actions})
    meetings, mechanisms = _origins(session, actions)
    lines = []
    for action in actions:
        keys = members.get(action.audience_id, frozenset())
        legs = {
            leg.party_code: LegLine(leg, offices.get(leg.office_code or ""), days[leg.party_code])
            for leg in action.legs
        }
        parties = tuple(sorted(key.partition(":")[2] for key in keys if key.startswith("party:")))
        has_secretariat = any(key.startswith("appointment:") for key in keys)
        mechanism = mechanisms.get(action.mechanism_id) if action.mechanism_id else None
        meeting = meetings.get(action.meeting_id) if action.meeting_id else None
        lines.append(ActionLine(action, legs, parties, has_secretariat, mechanism, meeting))
    return tuple(lines)


def lines_from(
    session: GuardedSession, query: Select[Action], todays: Mapping[str, dt.date] | None = None
) -> tuple[ActionLine, ...]:
    """Return the actions that a query finds as lines, in its order."""
    found = session.execute(query.options(selectinload(Action.legs))).scalars().all()
    return lines_of(session, found, todays)


def todays_of(session: GuardedSession) -> dict[str, dt.date]:
    """Return the day that it is in each party's capital."""
    rows = session.execute(select(Party.code, Party.time_zone).order_by(Party.code))
    return {row.code: rules.today_in(session.now, row.time_zone or "UTC") for row in rows}


def _named_offices(session: GuardedSession, codes: Iterable[str | None]) -> dict[str, Office]:
    named = sorted({code for code in codes if code})
    return {row.code: row for row in session.execute(select(Office).where(Office.code.in_(named))).scalars()}


def _members(session: GuardedSession, audiences: Iterable[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """Return the keys of each audience."""
    found: dict[uuid.UUID, set[str]] = {}
    query = select(AudienceMember.audience_id, AudienceMember.key).where(AudienceMember.audience_id.in_(set(audiences)))
    for row in session.execute(query):
        found.setdefault(row.audience_id, set()).add(row.key)
    return {identity: frozenset(keys) for identity, keys in found.items()}


def _origins(
    session: GuardedSession, actions: Sequence[Action]
) -> tuple[dict[uuid.UUID, str], dict[uuid.UUID, Mechanism]]:
    """Return the meetings' references and the mechanisms that actions come from, where the viewer may see them."""
    meeting_ids = {action.meeting_id for action in actions if action.meeting_id}
    mechanism_ids = {action.mechanism_id for action in actions if action.mechanism_id}
    meetings = session.execute(select(Meeting.id, Meeting.reference).where(Meeting.id.in_(meeting_ids)))
    mechanisms = session.execute(
        select(Mechanism)
        .where(Mechanism.id.in_(mechanism_ids))
        .options(load_only(Mechanism.code, Mechanism.name, Mechanism.ref))
    ).scalars()
    return {row.id: row.reference for row in meetings}, {row.id: row for row in mechanisms}
