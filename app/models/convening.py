"""Inviting to a meeting: what was mailed to whom, held or sent, and what they replied."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Digest, Guarded, OptionalPartyCode, SystemOnly, UuidKey, Versioned, one_of

PARTSTATS = ("needs_action", "accepted", "tentative", "declined")
REPLY_WAYS = ("page", "link", "calendar")
MAIL_WAYS = ("mailbox", "pipe")
MAIL_OUTCOMES = ("taken", "refused", "ignored")


class Dispatch(Guarded, Versioned, Base):
    """The mails of one act on a meeting, sent at once or held by who acted; its makers' own to see.

    Held mails wait (`held_at` of their outbox rows) until somebody of the makers sends or drops them.
    """

    raises_revision: ClassVar[bool] = False

    __tablename__ = "dispatches"

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(64))
    is_held: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    made_at: Mapped[dt.datetime]
    released_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    released_at: Mapped[dt.datetime | None]
    dropped_at: Mapped[dt.datetime | None]


class MeetingInvitation(Guarded, Versioned, Base):
    """One person's invitation to a meeting by calendar mail: what was last sent to them, and what they replied.

    The person has an account or an entry on the roster. It is their own delegation's and their own, who know the
    `address` that it goes to. `method`, `sequence` and `stamped_at` (the DTSTAMP) are those of the last mail,
    `told` what it said: the event's `uid`, its times as text and a digest of the rest; `sent_at` is None until it was
    handed over. `reply_sequence` is of the date that was answered, `reply_stamped_at` of the last reply from a calendar
    that counted.
    """

    raises_revision: ClassVar[bool] = False

    __tablename__ = "meeting_invitations"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id"),
        UniqueConstraint("meeting_id", "entry_id"),
        CheckConstraint("(person_id IS NULL) != (entry_id IS NULL)", name="of_one"),
        one_of("reply", *PARTSTATS, name="reply"),
        CheckConstraint("method IS NULL OR method IN ('REQUEST', 'CANCEL')", name="method"),
        one_of("reply_way", *REPLY_WAYS, name="reply_way"),  # or NULL, which no CHECK refuses
    )

    id: Mapped[UuidKey]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    entry_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("roster_entries.id", ondelete="RESTRICT"))
    party_code: Mapped[OptionalPartyCode]
    address: Mapped[str] = mapped_column(String(254))
    method: Mapped[str | None] = mapped_column(String(8))
    sequence: Mapped[int | None]
    stamped_at: Mapped[dt.datetime | None]
    sent_at: Mapped[dt.datetime | None]
    told: Mapped[dict[str, str] | None]
    reply: Mapped[str] = mapped_column(String(16), default="needs_action")
    reply_way: Mapped[str | None] = mapped_column(String(16))
    reply_sequence: Mapped[int | None]
    reply_stamped_at: Mapped[dt.datetime | None]
    replied_at: Mapped[dt.datetime | None]


class InvitationReply(Guarded, Base):
    """A reply from a calendar that could be matched to an invitation: taken, or refused with the reason."""

    raises_revision: ClassVar[bool] = False

    __tablename__ = "invitation_replies"
    __table_args__ = (
        one_of("outcome", "taken", "refused", name="outcome"),
        one_of("reply", *PARTSTATS[1:], name="reply"),
    )

    id: Mapped[UuidKey]
    invitation_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("meeting_invitations.id", ondelete="RESTRICT"), index=True
    )
    received_at: Mapped[dt.datetime]
    outcome: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))
    reply: Mapped[str | None] = mapped_column(String(16))
    sequence: Mapped[int | None]


class ReceivedMail(SystemOnly, Base):
    """A mail that came to Entente's own address, by the digest of its bytes so that none is read twice."""

    __tablename__ = "received_mails"
    __table_args__ = (
        one_of("way", *MAIL_WAYS, name="way"),
        one_of("outcome", *MAIL_OUTCOMES, name="outcome"),
    )

    id: Mapped[UuidKey]
    digest: Mapped[Digest] = mapped_column(unique=True)
    received_at: Mapped[dt.datetime]
    way: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))
    sender: Mapped[str | None] = mapped_column(String(254))
    invitation_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
