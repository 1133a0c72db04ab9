"""The audit record: append-only and chained by hashes."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Digest, Guarded, OptionalPartyCode


class AuditRecord(Guarded, Base):
    """What was done, by whom, to what; `facts` holds hashes of private text, never the text."""

    __tablename__ = "audit_records"

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[dt.datetime]
    person_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    party_code: Mapped[OptionalPartyCode]
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(80), index=True)
    facts: Mapped[dict[str, Any]]
    previous_digest: Mapped[Digest]
    digest: Mapped[Digest]


class AuditHead(Base):
    """The count and last digest of the chain, kept apart so that truncation shows."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    digest: Mapped[Digest]
