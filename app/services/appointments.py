"""Appointments: who serves as secretariat for which mechanism, from a date to a date."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.visibility import appointment_key, party_key
from app.models import Appointment, AppointmentMember, Mechanism


def appoint(
    session: GuardedSession,
    mechanism: Mechanism | None,
    parties: Collection[str],
    name: Mapping[str, str],
    starts_on: dt.date,
    ends_on: dt.date | None = None,
) -> Appointment:
    """Add a secretariat that these parties appoint for the mechanism (for none: ad hoc), on a system session.

    It is seen by its members and by the parties that made it. Raises `ValueError` without a party.
    """
    if not parties:
        raise ValueError("somebody appoints a secretariat")
    identity = uuid.uuid4()
    audience = session.audience({appointment_key(identity), *(party_key(code) for code in parties)})
    made = Appointment(
        id=identity,
        name=dict(name),
        mechanism_id=mechanism.id if mechanism else None,
        parties=sorted(set(parties)),
        starts_on=starts_on,
        ends_on=ends_on,
        in_force_at=session.now,
        audience_id=audience,
    )
    session.add(made)
    session.flush()  # its members refer to it
    session.record(
        "appointment_made", "appointment", identity, audience, parties=made.parties, starts_on=starts_on.isoformat()
    )
    return made


def add_member(
    session: GuardedSession,
    appointment: Appointment,
    person_id: uuid.UUID,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
) -> AppointmentMember:
    """Let a person serve in an appointment from a date to a date, on a system session; twice the same is once."""
    serving = session.execute(
        select(AppointmentMember).where(
            AppointmentMember.appointment_id == appointment.id,
            AppointmentMember.person_id == person_id,
            AppointmentMember.starts_on == starts_on,
        )
    ).scalar_one_or_none()
    if serving is not None:
        return serving
    member = AppointmentMember(
        appointment_id=appointment.id,
        person_id=person_id,
        starts_on=starts_on,
        ends_on=ends_on,
        audience_id=appointment.audience_id,
    )
    session.add(member)
    session.record(
        "appointment_member_added",
        "appointment",
        appointment.id,
        appointment.audience_id,
        starts_on=starts_on.isoformat(),
    )
    return member
