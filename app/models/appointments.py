"""Appointments: an office or joint team that serves as secretariat, from a date to a date."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Guarded, UuidKey, one_of


class Appointment(Guarded, Base):
    """A secretariat that the named parties appoint for one mechanism (or, with none, ad hoc), or for one meeting.

    It is held by an office of a host, or by a joint team. Nobody serves in it before `in_force_at`, when the last
    of the parties said yes, nor after `ended_at`.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="order"),
        CheckConstraint("(kind = 'office') = (office_code IS NOT NULL)", name="office_with_kind"),
        one_of("kind", "office", "joint", name="kind"),
    )

    id: Mapped[UuidKey]
    name: Mapped[dict[str, str]]
    mechanism_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"))
    parties: Mapped[list[str]]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]
    kind: Mapped[str] = mapped_column(String(8), default="joint")
    office_code: Mapped[str | None] = mapped_column(String(32), ForeignKey("offices.code", ondelete="RESTRICT"))
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(
        # Meetings name the appointment that proposed them: this key is the later of the two.
        Uuid, ForeignKey("meetings.id", ondelete="RESTRICT", use_alter=True), index=True
    )  # fmt: skip
    in_force_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]

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
