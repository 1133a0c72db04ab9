"""From a person to the viewer on whose behalf a session reads and writes."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import or_, select

from app.db import Database, GuardedSession, live_sign_in
from app.domain.visibility import Hat, Role, Viewer
from app.models import Appointment, AppointmentMember, Mechanism, Meeting, Person
from app.services.in_force import in_force_on


def viewer_of_token(database: Database, token_digest: str, now: dt.datetime) -> Viewer | None:
    """Return the viewer whose browser holds the token of this digest, or None when it is signed in no more."""
    with database.system_session("identify the viewer of a request") as session:
        found = live_sign_in(session, token_digest, now)
        return viewer_of(session, found.person, now.date()).wearing(found.worn_appointment_id) if found else None


def viewer_of_person(database: Database, person_id: uuid.UUID, now: dt.datetime) -> Viewer | None:
    """Return the viewer that a person is today, for jobs and feeds; None when disabled or unknown.

    A delegation's person has no hat on: what is sent to them is sent to their party's own.
    """
    with database.system_session("bind a job or a feed to its recipient") as session:
        person = session.get(Person, person_id)
        return viewer_of(session, person, now.date()) if person and person.active else None


def viewer_of(session: GuardedSession, person: Person, today: dt.date) -> Viewer:
    """Return the viewer that this person is on that day (UTC); a delegation's person has no hat on."""
    return Viewer(
        person_id=person.id,
        role=Role(person.role),
        party=person.delegation,
        hats=_hats(session, person.id, today),
        name=person.name,
        language=person.language,
        time_zone=person.time_zone,
        theme=person.theme,
    ).wearing(None)


def _hats(session: GuardedSession, person_id: uuid.UUID, today: dt.date) -> tuple[Hat, ...]:
    rows = session.execute(
        select(Appointment, Mechanism.name, Meeting.reference)
        .join(AppointmentMember)
        .outerjoin(Mechanism, Mechanism.id == Appointment.mechanism_id)
        .outerjoin(Meeting, Meeting.id == Appointment.meeting_id)
        .where(
            AppointmentMember.person_id == person_id,
            in_force_on(today),
            AppointmentMember.starts_on <= today,
            or_(AppointmentMember.ends_on.is_(None), AppointmentMember.ends_on >= today),
        )
        .order_by(Appointment.starts_on, Appointment.id)
    )
    return tuple(
        Hat(
            row.id,
            row.mechanism_id if reference is None else None,
            frozenset(row.parties),
            row.name,
            mechanism_name or {},
            reference,
        )
        for row, mechanism_name, reference in rows
    )
