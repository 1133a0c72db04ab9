"""Audiences: immutable sets of keys that may see a row."""

from __future__ import annotations

import uuid
from typing import Annotated

from sqlalchemy import ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Audience(Base):
    """A set of keys, known by an id computed from them; its revision rises with every write to what it sees."""

    __tablename__ = "audiences"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)


class AudienceMember(Base):
    """One key of an audience (`party:MX`, `appointment:…`, `person:…`, `administration:MX`, `register`)."""

    __tablename__ = "audience_members"
    __table_args__ = (Index("ix_audience_members_key_audience_id", "key", "audience_id"),)

    audience_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("audiences.id", ondelete="RESTRICT"), primary_key=True
    )
    key: Mapped[Annotated[str, mapped_column(String(64))]] = mapped_column(primary_key=True)
