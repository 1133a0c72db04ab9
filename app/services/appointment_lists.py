"""Reading appointments: those of a mechanism or a meeting, and all that a viewer may see."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from app.db import GuardedSession
from app.domain.errors import NotFound
from app.models import Appointment, Decision, Mechanism, Meeting, Office
from app.services.appointments import state_of
from app.services.in_force import in_force_on


@dataclass(frozen=True, slots=True)
class AppointmentLine:
    """An appointment with the office that holds it, where it stands, and the decision that asked for it."""

    appointment: Appointment
    office: Office | None
    decision: Decision | None
    state: str


def appointments_of(
    session: GuardedSession, *, mechanism: Mechanism | None = None, meeting: Meeting | None = None
) -> tuple[AppointmentLine, ...]:
    """Return the secretariats of a mechanism, or those for one meeting alone, the latest first.

    What was asked and withdrawn is not among them.
    """
    subject = (
        Appointment.meeting_id == meeting.id
        if meeting is not None
        else and_(Appointment.meeting_id.is_(None), Appointment.mechanism_id == (mechanism.id if mechanism else None))
    )
    return _lines(session, subject)


def serving_names(session: GuardedSession, mechanism_code: str) -> tuple[Mapping[str, str], ...]:
    """Return the names of the secretariats that serve a mechanism today (UTC)."""
    rows = session.execute(
        select(Appointment.name)
        .join(Mechanism, Mechanism.id == Appointment.mechanism_id)
        .where(
            Mechanism.code == mechanism_code,
            Appointment.meeting_id.is_(None),
            in_force_on(session.now.date()),
        )
        .order_by(Appointment.starts_on, Appointment.id)
    ).scalars()
    return tuple(rows)


def own_appointments(session: GuardedSession) -> tuple[AppointmentLine, ...]:
    """Return every secretariat that the viewer may see, the latest first."""
    return _lines(session, Appointment.id.is_not(None))


def line_of(session: GuardedSession, appointment_id: uuid.UUID) -> AppointmentLine:
    """Return one appointment as lists show it; raises `NotFound`."""
    found = _lines(session, Appointment.id == appointment_id)
    if not found:
        raise NotFound
    return found[0]


def _lines(session: GuardedSession, subject: Any) -> tuple[AppointmentLine, ...]:
    asked = and_(Decision.subject_id == Appointment.id, Decision.kind == "appointment")
    rows = session.execute(
        select(Appointment, Office, Decision)
        .outerjoin(Office, Office.code == Appointment.office_code)
        .outerjoin(Decision, asked)
        .where(subject)
        .order_by(Appointment.starts_on.desc(), Appointment.id)
    )
    today = session.now.date()
    return tuple(
        AppointmentLine(made, office, decision, state_of(made, today))
        for made, office, decision in rows
        if made.in_force_at is not None or decision is None or decision.state == "open"
    )
