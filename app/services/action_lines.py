"""Action items as lists show them: each with its legs, who sees it, and where it comes from."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar, cast

from sqlalchemy import ColumnElement, ScalarSelect, Select, select
from sqlalchemy.orm import aliased, load_only
from sqlalchemy.orm.attributes import set_committed_value

from app.db import GuardedSession
from app.domain import actions as rules
from app.domain.actions import LegState
from app.domain.visibility import Facts, appointments_in, parties_in
from app.models import Action, Leg, Mechanism, Meeting, Office, Party
from app.services.meeting_audience import keys_of_each

OVERDUE: Final = "overdue"
_Mark = TypeVar("_Mark")
_origin = aliased(Meeting)  # so that a query may ask about meetings itself


@dataclass(frozen=True, slots=True)
class LegLine:
    """What one party owes, its office, and how it stands today in that party's own capital.

    `has_ended`: its action was closed, merged or split at a meeting, or withdrawn, so that nothing of it is owed here.
    """

    leg: Leg
    office: Office | None
    today: dt.date
    has_ended: bool = False

    @property
    def is_overdue(self) -> bool:
        """Say whether the leg is late; one that its party has not accepted never is, nor one that has ended."""
        return self.leg.is_accepted and not self.has_ended and rules.is_overdue(self.state, self.leg.due_on, self.today)

    @property
    def is_owed(self) -> bool:
        """Say whether the leg is still to be done."""
        return self.state in rules.OWED_STATES and not self.has_ended

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
    """An action in a list, with its legs by party, and who sees it: parties, and appointments as secretariat."""

    action: Action
    legs: Mapping[str, LegLine]
    parties: tuple[str, ...]
    appointments: frozenset[uuid.UUID]
    mechanism: Mechanism | None
    meeting_reference: str | None

    @property
    def state(self) -> LegState:
        """Return the state of the whole, read from its legs."""
        return rules.whole_state(line.state for line in self.legs.values())

    @property
    def has_secretariat(self) -> bool:
        """Say whether a secretariat sees the action."""
        return bool(self.appointments)

    @property
    def facts(self) -> Facts:
        """Return what the table of permissions needs to know of the action."""
        return Facts(parties=frozenset(self.parties), appointments=self.appointments)

    @property
    def without_leg(self) -> tuple[str, ...]:
        """Return the parties that see the action and owe nothing of it."""
        return tuple(code for code in self.parties if code not in self.legs)

    @property
    def due_on(self) -> dt.date | None:
        """Return the first day by which something is still owed, else the last that was."""
        return rules.whole_due_on((line.state, line.leg.due_on) for line in self.legs.values())

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
    session: GuardedSession, query: Select[Action], todays: Mapping[str, dt.date] | None = None
) -> tuple[ActionLine, ...]:
    """Return the actions that a query finds as lines, in its order; three statements, however many they are.

    `todays` are days to hold against those due, by party, in place of the day that it is in a party's capital.
    """
    return _lines(session, session.execute(_with_origins(query)).all(), todays or {})


def marked_lines_of(
    session: GuardedSession, query: Select[Action], mark: ColumnElement[_Mark] | ScalarSelect[_Mark]
) -> tuple[tuple[ActionLine, _Mark], ...]:
    """Return the actions that a query finds as `lines_of` does, each with what a condition or a count says of it."""
    rows = session.execute(_with_origins(query).add_columns(mark)).all()
    lines = _lines(session, [row[:3] for row in rows], {})
    return tuple((line, row[3]) for line, row in zip(lines, rows, strict=True))


def _lines(session: GuardedSession, rows: Sequence[Any], todays: Mapping[str, dt.date]) -> tuple[ActionLine, ...]:
    if not rows:
        return ()
    legs = _legs(session, [row[0].id for row in rows], todays)
    members = keys_of_each(session, {row[0].audience_id for row in rows})
    lines = []
    for action, mechanism, meeting_reference in rows:
        own = legs.get(action.id, {})
        if action.ended_as is not None:
            own = {code: replace(line, has_ended=True) for code, line in own.items()}
        set_committed_value(action, "legs", [line.leg for line in own.values()])
        keys = members[action.audience_id]
        parties, appointments = tuple(sorted(parties_in(keys))), appointments_in(keys)
        lines.append(ActionLine(action, own, parties, appointments, mechanism, meeting_reference))
    return tuple(lines)


def todays_of(session: GuardedSession) -> dict[str, dt.date]:
    """Return the day that it is in each party's capital."""
    rows = session.execute(select(Party.code, Party.time_zone).order_by(Party.code))
    return {row.code: _today(session, row.time_zone) for row in rows}


def today_of(session: GuardedSession, party: str) -> dt.date:
    """Return the day that it is in a party's capital (UTC where it has none)."""
    return _today(session, session.execute(select(Party.time_zone).where(Party.code == party)).scalar_one_or_none())


def _today(session: GuardedSession, zone_name: str | None) -> dt.date:
    return rules.today_in(session.now, zone_name or "UTC")


def _with_origins(query: Select[Action]) -> Select[Action, Mechanism, str]:
    """Return the query with the mechanism and the meeting that each action comes from, where the viewer sees them."""
    return (
        query.add_columns(Mechanism, _origin.reference)
        .outerjoin(Mechanism, Mechanism.id == Action.mechanism_id)
        .outerjoin(_origin, _origin.id == Action.meeting_id)
        .options(load_only(Mechanism.code, Mechanism.name, Mechanism.ref, Mechanism.origin))
    )


def _legs(
    session: GuardedSession, action_ids: Sequence[uuid.UUID], todays: Mapping[str, dt.date]
) -> dict[uuid.UUID, dict[str, LegLine]]:
    """Return the legs of actions by party."""
    rows = session.execute(
        select(Leg, Office, Party.time_zone)
        .join(Party, Party.code == Leg.party_code)
        .outerjoin(Office, Office.code == Leg.office_code)
        .where(Leg.action_id.in_(action_ids))
        .order_by(Leg.party_code)
    )
    found: dict[uuid.UUID, dict[str, LegLine]] = {}
    for leg, office, zone_name in rows:
        today = todays.get(leg.party_code) or _today(session, zone_name)
        found.setdefault(leg.action_id, {})[leg.party_code] = LegLine(leg, office, today)
    return found
