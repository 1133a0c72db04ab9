"""Hosting: changes of the order that the parties agreed, hand-overs, and the planning record of a cycle."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import Date, ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Guarded, OptionalPartyCode, PartyCode, UuidKey, Versioned, one_of

HOSTING_CHANGES = ("skip", "swap", "co_host", "cancelled")


class HostingChange(Guarded, Base):
    """A turn that was skipped, swapped, shared or cancelled, with the reason; the next after `counts_from`.

    The decision `revoked_by_id` took it back: it is kept, and bears on no turn any more.
    """

    __tablename__ = "hosting_changes"
    __table_args__ = (one_of("kind", *HOSTING_CHANGES, name="kind"),)

    id: Mapped[UuidKey]
    mechanism_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    party_code: Mapped[PartyCode]
    with_party: Mapped[OptionalPartyCode]
    counts_from: Mapped[dt.date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    decision_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("decisions.id", ondelete="RESTRICT"))
    made_at: Mapped[dt.datetime]
    revoked_by_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("decisions.id", ondelete="RESTRICT"))


class HandOver(Guarded, Versioned, Base):
    """The hand-over of a mechanism from one host to the next: due on a day, handed over, then received."""

    __tablename__ = "hand_overs"

    id: Mapped[UuidKey]
    mechanism_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"), index=True)
    from_party: Mapped[PartyCode]
    to_party: Mapped[PartyCode]
    due_on: Mapped[dt.date] = mapped_column(Date)
    note: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    created_at: Mapped[dt.datetime]
    handed_over_at: Mapped[dt.datetime | None]
    handed_over_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    received_at: Mapped[dt.datetime | None]
    received_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))

    items: Mapped[list[HandOverItem]] = relationship(back_populates="hand_over", order_by="HandOverItem.position")


class HandOverItem(Guarded, Versioned, Base):
    """One line of a hand-over's checklist, ticked with its date; `done_by_party` is None where a secretariat did."""

    __tablename__ = "hand_over_items"
    __table_args__ = (UniqueConstraint("hand_over_id", "position"),)

    id: Mapped[UuidKey]
    hand_over_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("hand_overs.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    done_at: Mapped[dt.datetime | None]
    done_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    done_by_party: Mapped[OptionalPartyCode]
    removed: Mapped[bool] = mapped_column(default=False)

    hand_over: Mapped[HandOver] = relationship(back_populates="items")


class PlanningNote(Guarded, Base):
    """An entry of the planning record of a cycle, read by its troika; never altered, a later one may supersede it."""

    __tablename__ = "planning_notes"

    id: Mapped[UuidKey]
    mechanism_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"), index=True)
    cycle: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    party_code: Mapped[OptionalPartyCode]
    appointment_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("appointments.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("planning_notes.id", ondelete="RESTRICT"))
    written_at: Mapped[dt.datetime]
