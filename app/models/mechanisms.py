"""Mechanisms: the standing arrangements of the register."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Guarded, OptionalPartyCode, UuidKey, Versioned, one_of

ORIGINS = ("catalogue", "forum", "here", "example")


class Mechanism(Guarded, Versioned, Base):
    """A standing arrangement; its published facts are one document, as the catalogue writes them.

    `facts` is what is shown. `loaded_facts` is what the catalogue said when it was last loaded:
    a field that differs between the two was edited here, and a newer catalogue leaves it alone.

    One that was entered here has no `ref` (its facts have the prefix in its place), is its parties' alone, and
    `is_settled` once each of them has said yes. `record_here` are entries of the record that the parties
    themselves made. One that was merged stays, with its meetings, and says into which.
    """

    __tablename__ = "mechanisms"
    __table_args__ = (one_of("origin", *ORIGINS, name="origin"),)

    id: Mapped[UuidKey]
    ref: Mapped[str | None] = mapped_column(String(8), unique=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    status: Mapped[str] = mapped_column(String(16), index=True)
    name: Mapped[dict[str, str]]
    parties: Mapped[list[str]]
    facts: Mapped[dict[str, Any]]
    loaded_facts: Mapped[dict[str, Any]]
    origin: Mapped[str] = mapped_column(String(16), default="catalogue")
    is_settled: Mapped[bool] = mapped_column(default=True)
    entered_by: Mapped[OptionalPartyCode]
    entered_at: Mapped[dt.datetime | None]
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"))
    record_here: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
