"""Contacts: people of a party who can be reached, with or without an account."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Guarded, Line, PartyCode, UuidKey, Versioned, one_of

CONTACT_KINDS = ("liaison", "duty", "coordination", "protocol", "other")


class Contact(Guarded, Versioned, Base):
    """Whom to reach at a party: its own alone, or shared with the parties of a mechanism.

    `is_urgent` puts one on the roster of meetings at short notice. `removed_at` takes one away.
    """

    __tablename__ = "contacts"
    __table_args__ = (one_of("kind", *CONTACT_KINDS, name="kind"),)

    id: Mapped[UuidKey]
    party_code: Mapped[PartyCode] = mapped_column(index=True)
    office_code: Mapped[str | None] = mapped_column(String(32), ForeignKey("offices.code", ondelete="RESTRICT"))
    mechanism_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"), index=True
    )
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[Line]
    position: Mapped[str | None] = mapped_column(String(300))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str | None] = mapped_column(Text)
    is_urgent: Mapped[bool] = mapped_column(default=False)
    is_shared: Mapped[bool] = mapped_column(default=False)
    added_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    removed_at: Mapped[dt.datetime | None]
