"""The agenda of a meeting."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Guarded, OptionalPartyCode, UuidKey, Versioned, one_of

ITEM_KINDS = (
    "opening",
    "adoption_of_agenda",
    "progress_since_last",
    "substance",
    "other_business",
    "adoption_of_outcome",
    "closing",
)


class AgendaItem(Guarded, Versioned, Base):
    """One item: what it is for, who leads, how long; `position` is dense from 1 within the meeting."""

    __tablename__ = "agenda_items"
    __table_args__ = (
        one_of("kind", *ITEM_KINDS, name="kind"),
        one_of("type", "information", "discussion", "decision", name="type"),
        CheckConstraint("minutes >= 0", name="minutes"),
        CheckConstraint("removed OR position >= 1", name="position"),
    )

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    type: Mapped[str] = mapped_column(String(16))
    title: Mapped[dict[str, str]]
    lead_party: Mapped[OptionalPartyCode]
    minutes: Mapped[int]
    removed: Mapped[bool] = mapped_column(default=False)
