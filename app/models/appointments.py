"""Appointments: an office or joint team that serves as secretariat, from a date to a date."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Guarded, UuidKey


class Appointment(Guarded, Base):
    """A secretariat that the named parties have appointed for one mechanism (or, with none, ad hoc)."""

    __tablename__ = "appointments"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="order"),)

    id: Mapped[UuidKey]
    name: Mapped[dict[str, str]]
    mechanism_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"))
    parties: Mapped[list[str]]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]

    members: Mapped[list[AppointmentMember]] = relationship(back_populates="appointment")


class AppointmentMember(Guarded, Base):
    """A person who serves in an appointment, from a date to a date."""

    __tablename__ = "appointment_members"

    id: Mapped[UuidKey]
    appointment_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("appointments.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]

    appointment: Mapped[Appointment] = relationship(back_populates="members")
