"""When an appointment is in force."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, and_, or_

from app.models import Appointment


def in_force_on(day: dt.date) -> ColumnElement[bool]:
    """Return the condition that an appointment is in force on a day (UTC): every party said yes, and it is not over."""
    return and_(
        Appointment.in_force_at.is_not(None),
        Appointment.ended_at.is_(None),
        Appointment.starts_on <= day,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
    )


def agreed_on(day: dt.date) -> ColumnElement[bool]:
    """Return the condition that an appointment is in force on a day (UTC), or will be: agreed, and not over.

    Meetings have its key from then on; the key opens nothing before its first day, since nobody wears the hat.
    """
    return and_(
        Appointment.in_force_at.is_not(None),
        Appointment.ended_at.is_(None),
        or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
    )
