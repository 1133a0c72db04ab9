"""Subscriptions: a person's tokened feeds."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from sqlalchemy import ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Digest, Guarded, Line, UuidKey, Versioned, one_of


class Subscription(Guarded, Versioned, Base):
    """One secret, revocable address; only the digest of its token is kept."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        one_of("detail", "full", "busy", name="detail"),
        one_of("language", "en", "es", "fr", name="language"),
    )

    id: Mapped[UuidKey]
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    name: Mapped[Line]
    token_digest: Mapped[Digest] = mapped_column(unique=True)
    mechanism_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("mechanisms.id", ondelete="RESTRICT"))
    includes_tentative: Mapped[bool] = mapped_column(default=True)
    detail: Mapped[str] = mapped_column(String(8), default="full")
    language: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]


class SubscriptionFetch(Guarded, Base):
    """When a subscription was last fetched, and by which program; flushed by a write of its own.

    It is in no feed, so a fetch does not make the next one build anything anew.
    """

    raises_revision: ClassVar[bool] = False

    __tablename__ = "subscription_fetches"

    subscription_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("subscriptions.id", ondelete="RESTRICT"), primary_key=True
    )
    last_fetched_at: Mapped[dt.datetime]
    last_agent: Mapped[Line]
    fetch_count: Mapped[int] = mapped_column(default=1)
