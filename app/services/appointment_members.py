"""The people who serve in an appointment: each party names its own, and takes them off again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.accounts import normal_email
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import DELEGATION_ROLES, Action, Facts, Role, can
from app.models import Appointment, AppointmentMember, Office, Person
from app.services.appointments import add_member, find_appointment, holds


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody who is to serve: a person of the viewer's own party, or a secretariat's account by its address."""

    person_id: uuid.UUID | None
    email: str
    starts_on: dt.date | None
    ends_on: dt.date | None


@dataclass(frozen=True, slots=True)
class MemberLine:
    """Somebody who serves or served: whose they are (None: of the secretariats), and their name where it may be told.

    People of another government are told by their government alone.
    """

    row: AppointmentMember
    party: str | None
    name: str | None
    may_remove: bool

    def serves_on(self, day: dt.date) -> bool:
        """Say whether they serve on a day (UTC)."""
        return self.row.starts_on <= day and (self.row.ends_on is None or self.row.ends_on >= day)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told of an account beyond one's own: whose it is, and the name of a secretariat's."""

    party: str | None
    name: str | None


def may_name(session: GuardedSession, made: Appointment, office: Office | None) -> bool:
    """Say whether the viewer names people for it: of an office its government, of a joint team each of its parties.

    `office` is the one that holds it. A government's administrator names for its own office.
    """
    facts = (
        Facts(parties=frozenset({office.party_code}), owner=office.party_code)
        if office is not None
        else Facts(parties=frozenset(made.parties))
    )
    return can(session.bound_viewer, Action.NAME_MEMBERS, facts)


def nameable_people(session: GuardedSession) -> tuple[Person, ...]:
    """Return the people of the viewer's own delegation who could serve, by name."""
    own = session.bound_viewer.party
    rows = session.execute(
        select(Person)
        .where(Person.delegation == own, Person.role.in_(sorted(DELEGATION_ROLES)), Person.active.is_(True))
        .order_by(Person.name, Person.id)
    ).scalars()
    return tuple(rows) if own else ()


def members_of(session: GuardedSession, made: Appointment, office: Office | None) -> tuple[MemberLine, ...]:
    """Return who serves in an appointment, will or did, the first first; without those who never came to serve."""
    rows = session.execute(
        select(AppointmentMember, Person.name)
        .outerjoin(Person, Person.id == AppointmentMember.person_id)
        .where(AppointmentMember.appointment_id == made.id)
        .order_by(AppointmentMember.starts_on, AppointmentMember.id)
    ).all()
    kept = [(row, name) for row, name in rows if row.ends_on is None or row.ends_on >= row.starts_on]
    told = _told_of(session, [row.person_id for row, _ in kept])
    names = may_name(session, made, office)
    own = session.bound_viewer.party
    return tuple(
        MemberLine(
            row, told[row.person_id].party, name or told[row.person_id].name,
            names and told[row.person_id].party in (own, None),
        )
        for row, name in kept
    )  # fmt: skip


def name_member(session: GuardedSession, appointment_id: uuid.UUID, new: NewMember) -> AppointmentMember:
    """Let somebody serve from a date to a date; the hat is theirs to put on from then.

    Raises `NotFound`; `Refusal` `forbidden`, `not_in_state` (over), `unknown_person`, `unknown_secretariat`,
    `required`, `not_within_appointment`, `ends_before_start`, `serves_already`.
    """
    made, office = _to_name(session, appointment_id)
    if made.in_force_at is not None and not holds(made, session.now.date()):
        raise Refusal("not_in_state")
    person_id = _person_of(session, made, new)
    today = session.now.date()
    starts_on = max(new.starts_on or today, today, made.starts_on)
    _check_days(made, new, starts_on)
    for line in members_of(session, made, office):
        is_over = line.row.ends_on is not None and line.row.ends_on < starts_on
        if line.row.person_id == person_id and not is_over:
            raise Refusal("serves_already", field="person")
    return add_member(session, made, person_id, starts_on, new.ends_on)


def remove_member(session: GuardedSession, appointment_id: uuid.UUID, member_id: uuid.UUID) -> AppointmentMember:
    """Take somebody off at once: yesterday (UTC) was their last day, so the hat is gone with this request.

    Raises `NotFound`; `Refusal` `forbidden` for people whom another party named.
    """
    made, office = _to_name(session, appointment_id)
    line = next((each for each in members_of(session, made, office) if each.row.id == member_id), None)
    if line is None:
        raise NotFound
    if not line.may_remove:
        raise Refusal("forbidden")
    yesterday = session.now.date() - dt.timedelta(days=1)
    if line.row.ends_on is None or line.row.ends_on > yesterday:
        line.row.ends_on = yesterday
        session.record("appointment_member_removed", "appointment", made.id, made.audience_id, party=line.party)
    return line.row


def _to_name(session: GuardedSession, appointment_id: uuid.UUID) -> tuple[Appointment, Office | None]:
    made = find_appointment(session, appointment_id, lock=True)
    office = session.get(Office, made.office_code) if made.office_code else None
    if not may_name(session, made, office):
        raise Refusal("forbidden")
    return made, office


def _person_of(session: GuardedSession, made: Appointment, new: NewMember) -> uuid.UUID:
    """Return who is meant: one of the own people, or a secretariat's account where a joint team may have one."""
    if new.person_id is not None:
        if new.person_id not in {person.id for person in nameable_people(session)}:
            raise Refusal("unknown_person", field="person")
        return new.person_id
    if made.kind == "office" or not new.email.strip():
        raise Refusal("required", field="person")
    with session.whole_truth("find a secretariat's account by its address") as truth:
        found = truth.execute(
            select(Person.id).where(
                Person.email == normal_email(new.email), Person.role == Role.SECRETARIAT, Person.active.is_(True)
            )
        ).scalar_one_or_none()
    if found is None:
        raise Refusal("unknown_secretariat", field="email")
    return found


def _check_days(made: Appointment, new: NewMember, starts_on: dt.date) -> None:
    if new.ends_on is not None and new.ends_on < starts_on:
        raise Refusal("ends_before_start", field="ends_on")
    if made.ends_on is not None and starts_on > made.ends_on:
        raise Refusal("not_within_appointment", field="starts_on")


def _told_of(session: GuardedSession, ids: list[uuid.UUID]) -> Mapping[uuid.UUID, _Told]:
    """Return whose these people are; names only of the secretariats' accounts, which the operator made for all."""
    with session.whole_truth("say whose the members of a secretariat are") as truth:
        rows = truth.execute(select(Person.id, Person.delegation, Person.role, Person.name).where(Person.id.in_(ids)))
        return {row.id: _Told(row.delegation, row.name if row.role == Role.SECRETARIAT else None) for row in rows}
