"""People, how they sign in, and the sessions that keep them signed in."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from flask_security.core import UserMixin
from sqlalchemy import ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.visibility import Role
from app.models.base import (
    Base,
    Code,
    Digest,
    Guarded,
    Line,
    OptionalPartyCode,
    SystemOnly,
    UuidKey,
    Versioned,
    one_of,
)


class Person(Guarded, Versioned, Base, UserMixin):
    """Somebody with an account: of one delegation, of a secretariat, or a guest."""

    __tablename__ = "people"
    __table_args__ = (
        one_of("role", *Role, name="role"),
        one_of("language", "en", "es", "fr", name="language"),
        one_of("theme", "auto", "light", "dark", name="theme"),
        one_of("reminder_mails", "at_once", "digest", "never", name="reminder_mails"),
        one_of("meeting_mails", "at_once", "digest", "never", name="meeting_mails"),
    )
    roles: ClassVar[list[object]] = []  # type: ignore[assignment, misc]  # one role each, a column of ours

    id: Mapped[UuidKey]  # type: ignore[assignment]  # the mixin expects a number
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[Line]
    delegation: Mapped[OptionalPartyCode] = mapped_column(index=True)
    role: Mapped[str] = mapped_column(String(16))
    office_code: Mapped[str | None] = mapped_column(String(32), ForeignKey("offices.code", ondelete="RESTRICT"))
    language: Mapped[str] = mapped_column(String(2), default="en")
    time_zone: Mapped[Code] = mapped_column(default="America/New_York")
    theme: Mapped[str] = mapped_column(String(8), default="auto")
    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: uuid.uuid4().hex)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime]
    disabled_at: Mapped[dt.datetime | None]
    password_changed_at: Mapped[dt.datetime | None]
    reminder_mails: Mapped[str] = mapped_column(String(8), default="digest")
    meeting_mails: Mapped[str] = mapped_column(String(8), default="at_once")


class SignInSession(SystemOnly, Base):
    """One browser that is signed in: the cookie holds a token, the row its digest, and ending the row ends it.

    `worn_appointment_id` is the hat that somebody of a delegation has on in it.
    """

    __tablename__ = "sign_in_sessions"

    id: Mapped[UuidKey]
    token_digest: Mapped[Digest] = mapped_column(unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    agent: Mapped[Line]
    worn_appointment_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("appointments.id", ondelete="RESTRICT")
    )


class SignInAttempt(SystemOnly, Base):
    """An attempt to sign in, counted by the digest of the address that was typed."""

    __tablename__ = "sign_in_attempts"

    id: Mapped[UuidKey]
    email_digest: Mapped[Digest] = mapped_column(index=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    succeeded: Mapped[bool]


class Invitation(SystemOnly, Base):
    """A one-time link to set a password."""

    __tablename__ = "invitations"

    id: Mapped[UuidKey]
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    token_digest: Mapped[Digest] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
