"""Making reminders of what is due: a row for each person, leg, stage and day, and never two.

The job of the worker makes them for today, each party on its own calendar; whether and when one is mailed is decided
in `app.services.reminder_post`. One that goes to another government than recorded the action waits to be looked at.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from app.db import Database, GuardedSession
from app.domain import reminders as rules
from app.domain.actions import OWED_STATES, today_in
from app.domain.closures import is_closed
from app.domain.reminders import Choice, DueLeg, Told, Window
from app.domain.visibility import DELEGATION_ROLES, Role, appointment_key, appointments_in, audience_id, party_key
from app.domain.visibility import person_key as key_of
from app.models import Action, Leg, Party, Person, Reminder
from app.services.action_whole import not_ended
from app.services.meeting_audience import keys_of_each
from app.services.practice import is_real_action

BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Capital:
    """A party, and the day that it is in its capital."""

    party: str
    today: dt.date

    def is_closed(self, day: dt.date) -> bool:
        """Say whether the party has a closure on a day."""
        return is_closed(self.party, day)

    def windows(self) -> tuple[Window, ...]:
        """Return by which days a leg of the party is due that somebody is reminded of today."""
        return rules.windows(self.today, is_working=rules.is_working_day(self.today, self.is_closed))


@dataclass(frozen=True, slots=True)
class _Owed:
    """A leg of a batch, with who recorded its action and who sees it."""

    leg: Leg
    created_by: str | None
    seen_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class _People:
    """Those of a party who can be reminded: how each chose to be, and who coordinates."""

    choices: Mapping[uuid.UUID, Choice]
    coordinators: tuple[uuid.UUID, ...]


def prepare_reminders(database: Database) -> int:
    """Make the reminders that are to be made today, and return how many; each batch is a transaction of its own."""
    with database.system_session("find the parties that owe something") as session:
        capitals = _capitals(session)
    return sum(_prepare_window(database, each, window) for each in capitals for window in each.windows())


def still_stands() -> ColumnElement[bool]:
    """Return the condition that what a reminder says is still so: accepted, owed, by that day, of an open action.

    The statement joins the reminder's leg and action.
    """
    return and_(
        Leg.is_accepted.is_(True),
        Leg.state.in_(sorted(OWED_STATES)),
        Leg.due_on == Reminder.due_on,
        not_ended(),
        is_real_action(),
    )


def _capitals(session: GuardedSession) -> list[Capital]:
    owing = select(Party.code, Party.time_zone).where(exists().where(Leg.party_code == Party.code))
    rows = session.execute(owing.order_by(Party.code))
    return [Capital(row.code, today_in(session.now, row.time_zone or "UTC")) for row in rows]


def _prepare_window(database: Database, capital: Capital, window: Window) -> int:
    made, after = 0, None
    while True:
        with database.system_session("prepare what people are reminded of", "write") as session:
            rows = session.execute(_batch(capital.party, window, after)).all()
            if rows:
                made += _prepare(session, capital, _with_readers(session, rows))
                session.commit()
        if len(rows) < BATCH:
            return made
        after = (rows[-1].Leg.due_on, rows[-1].Leg.id)


def _batch(party: str, window: Window, after: tuple[dt.date, uuid.UUID] | None) -> Select[Leg, str | None, uuid.UUID]:
    """Return the query for the next legs of a party in a window whose person was not reminded at its stage yet."""
    told = exists().where(
        Reminder.leg_id == Leg.id,
        Reminder.stage == window.stage,
        Reminder.due_on == Leg.due_on,
        *(
            []
            if window.stage == "coordinator"
            else [or_(Leg.person_id.is_(None), Reminder.recipient_id == Leg.person_id)]
        ),
    )
    query = (
        select(Leg, Action.created_by_party, Action.audience_id)
        .join(Action, Action.id == Leg.action_id)
        .where(
            Leg.party_code == party,
            Leg.state.in_(sorted(OWED_STATES)),
            Leg.due_on.between(window.first_due, window.last_due),
            Leg.is_accepted.is_(True),
            not_ended(),
            is_real_action(),
            ~told,
        )
    )
    if after is not None:
        query = query.where(or_(Leg.due_on > after[0], and_(Leg.due_on == after[0], Leg.id > after[1])))
    return query.order_by(Leg.due_on, Leg.id).limit(BATCH)


def _with_readers(session: GuardedSession, rows: Sequence[Any]) -> list[_Owed]:
    members = keys_of_each(session, {row.audience_id for row in rows})
    return [_Owed(row.Leg, row.created_by_party, members[row.audience_id]) for row in rows]


def _prepare(session: GuardedSession, capital: Capital, owed: Sequence[_Owed]) -> int:
    people = _people(session, capital.party, {each.leg.person_id for each in owed if each.leg.person_id})
    told = _told(session, [each.leg.id for each in owed])
    made: list[tuple[_Owed, Told, frozenset[str]]] = []
    for each in owed:
        leg = each.leg
        owner = leg.person_id if leg.person_id in people.choices else None
        due = DueLeg(leg.is_accepted, leg.state in OWED_STATES, leg.due_on, owner, people.coordinators)
        keys = rules.due_reminders(due, capital.today, capital.is_closed, people.choices, told.get(leg.id, set()))
        made += [(each, key, _readers(each, capital.party, key[2])) for key in keys]
    session.make_audiences(readers for _, _, readers in made)
    for each, (stage, due_on, recipient), readers in made:
        session.add(
            Reminder(
                action_id=each.leg.action_id, leg_id=each.leg.id, stage=stage, due_on=due_on, recipient_id=recipient,
                crosses=each.created_by != capital.party, prepared_at=session.now, audience_id=audience_id(readers),
            )
        )  # fmt: skip
    return len(made)


def _readers(owed: _Owed, party: str, recipient: uuid.UUID) -> frozenset[str]:
    """Return who may see a reminder: its recipient; where it crosses, the secretariats of the action and its recorder.

    The recorder's people have it too, since where no secretariat serves nobody else could look at it.
    """
    if owed.created_by == party:
        return frozenset({key_of(recipient)})
    serving = {appointment_key(each) for each in appointments_in(owed.seen_by)}
    recorder = {party_key(owed.created_by)} & owed.seen_by if owed.created_by else set()
    return frozenset({key_of(recipient)} | serving | recorder)


def _people(session: GuardedSession, party: str, owners: set[uuid.UUID]) -> _People:
    """Return those whom a party's legs name and who have an account of it, and its coordinators, or else its heads."""
    speaking = Person.role.in_([Role.COORDINATOR, Role.HEAD])
    rows = session.execute(
        select(Person.id, Person.role, Person.reminder_mails)
        .where(
            Person.delegation == party,
            Person.active.is_(True),
            Person.role.in_(sorted(DELEGATION_ROLES)),
            or_(speaking, Person.id.in_(sorted(owners, key=str))),
        )
        .order_by(Person.id)
    ).all()
    of_role = {role: tuple(row.id for row in rows if row.role == role) for role in (Role.COORDINATOR, Role.HEAD)}
    choices = {row.id: cast("Choice", row.reminder_mails) for row in rows}
    return _People(choices, of_role[Role.COORDINATOR] or of_role[Role.HEAD])


def _told(session: GuardedSession, leg_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, set[Told]]:
    found: dict[uuid.UUID, set[Told]] = {}
    rows = session.execute(
        select(Reminder.leg_id, Reminder.stage, Reminder.due_on, Reminder.recipient_id).where(
            Reminder.leg_id.in_(leg_ids)
        )
    )
    for row in rows:
        found.setdefault(row.leg_id, set()).add((row.stage, row.due_on, row.recipient_id))
    return found
