"""Who is written to: a meeting's coordinators and heads, its secretariat, and who is on its roster.

Each is read on a session that sees everything, and gives back ids alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select

from app.db import GuardedSession
from app.domain.visibility import SPEAKING_ROLES
from app.models import (
    Appointment,
    AppointmentMember,
    AudienceMember,
    MeetingInvitation,
    Person,
    RosterAddress,
    RosterEntry,
)
from app.services.in_force import in_force_on


@dataclass(frozen=True, slots=True)
class Going:
    """People with an account, and entries of a roster that have none."""

    people: frozenset[uuid.UUID] = frozenset()
    entries: frozenset[uuid.UUID] = frozenset()


def going(truth: GuardedSession, meeting_id: uuid.UUID, parties: Collection[str]) -> Going:
    """Return who is on the roster of these parties, approved, and can be written to."""
    found = (
        select(RosterEntry.id, RosterEntry.person_id, Person.active, RosterAddress.id.label("address"))
        .outerjoin(Person, Person.id == RosterEntry.person_id)
        .outerjoin(RosterAddress, RosterAddress.entry_id == RosterEntry.id)
        .where(
            RosterEntry.meeting_id == meeting_id,
            RosterEntry.state == "approved",
            RosterEntry.party_code.in_(sorted(parties)),
        )
    )
    rows = truth.execute(found).all()
    return Going(
        frozenset(row.person_id for row in rows if row.person_id and row.active),
        frozenset(row.id for row in rows if not row.person_id and row.address),
    )


def invited(truth: GuardedSession, meeting_id: uuid.UUID, parties: Collection[str]) -> Going:
    """Return who of these parties has the meeting in a calendar of their own by a mail of ours."""
    found = select(MeetingInvitation.person_id, MeetingInvitation.entry_id).where(
        MeetingInvitation.meeting_id == meeting_id,
        MeetingInvitation.method == "REQUEST",
        MeetingInvitation.party_code.in_(sorted(parties)),
    )
    rows = truth.execute(found).all()
    return Going(
        frozenset(row.person_id for row in rows if row.person_id),
        frozenset(row.entry_id for row in rows if row.entry_id),
    )


def is_invited(truth: GuardedSession, meeting_id: uuid.UUID, person_id: uuid.UUID | None) -> bool:
    """Say whether a person's calendar holds the meeting by a mail of ours."""
    found = select(MeetingInvitation.id).where(
        MeetingInvitation.meeting_id == meeting_id,
        MeetingInvitation.method == "REQUEST",
        MeetingInvitation.person_id == person_id,
    )
    return person_id is not None and truth.execute(found).first() is not None


def speakers(truth: GuardedSession, parties: Collection[str]) -> set[uuid.UUID]:
    """Return the coordinators and heads of these parties."""
    found = select(Person.id).where(
        Person.delegation.in_(sorted(parties)), Person.role.in_(sorted(SPEAKING_ROLES)), Person.active.is_(True)
    )
    return set(truth.execute(found).scalars())


def keys_behind(truth: GuardedSession, audience_id: uuid.UUID) -> frozenset[str]:
    """Return the keys of an audience."""
    keys = truth.execute(select(AudienceMember.key).where(AudienceMember.audience_id == audience_id))
    return frozenset(keys.scalars())


def serving(truth: GuardedSession, appointments: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return today's members of these appointments."""
    today = truth.now.date()
    found = (
        select(Person.id)
        .join(AppointmentMember, AppointmentMember.person_id == Person.id)
        .join(Appointment, Appointment.id == AppointmentMember.appointment_id)
        .where(
            in_force_on(today),
            AppointmentMember.appointment_id.in_(sorted(appointments, key=str)),
            AppointmentMember.starts_on <= today,
            or_(AppointmentMember.ends_on.is_(None), AppointmentMember.ends_on >= today),
            Person.active.is_(True),
        )
    )
    return set(truth.execute(found).scalars())
