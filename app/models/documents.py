"""Documents: papers kept in the database, so that one backup holds everything."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Digest, Guarded, Line, OptionalPartyCode, UuidKey


class Document(Guarded, Base):
    """A paper as it was received: name, type by its content, and bytes."""

    __tablename__ = "documents"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)

    id: Mapped[UuidKey]
    file_name: Mapped[Line]
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[Digest]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    owner_party: Mapped[OptionalPartyCode]
    added_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    added_at: Mapped[dt.datetime]
