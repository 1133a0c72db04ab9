"""Subscriptions: a person's tokened feeds."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Digest, Guarded, Line, UuidKey, Versioned, one_of


class Subscription(Guarded, Versioned, Base):
    """One secret, revocable address; only the digest of its token is kept.

    `choices` narrow it further than its mechanism does: `mechanisms` (ids), `parties`, `levels`, `kinds` and
    `office`, each a list or absent. With a principal it shows what that person may see, as long as they let it.
    `actions_as` says how action items are in it: not, as to-dos, as whole days for programs without to-dos, or both.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        one_of("detail", "full", "busy", name="detail"),
        one_of("language", "en", "es", "fr", name="language"),
        one_of("actions_as", "none", "todos", "days", "both", name="actions_as"),
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
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    keeps_cancelled: Mapped[bool] = mapped_column(default=True)
    shows_to_agree: Mapped[bool] = mapped_column(default=False)
    closures_of: Mapped[list[str]] = mapped_column(default=list)
    uses_gzip: Mapped[bool] = mapped_column(default=True)
    principal_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("people.id", ondelete="RESTRICT"), index=True
    )
    renewed_at: Mapped[dt.datetime | None]
    actions_as: Mapped[str] = mapped_column(String(8), default="none")


class Authorisation(Guarded, Base):
    """A principal's leave that an assistant subscribes for them, until either ends it."""

    __tablename__ = "authorisations"
    __table_args__ = (CheckConstraint("principal_id <> assistant_id", name="two_people"),)

    id: Mapped[UuidKey]
    principal_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    assistant_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    granted_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


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
