"""What a delegation prepares in private and shares on purpose: positions, shares, non-papers, inner notes.

All of it is sealed under a delegation's key. What is shared is a copy of its own for each recipient, sealed under
the recipient's key, in an audience of that party alone.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Guarded, OptionalPartyCode, PartyCode, UuidKey, Versioned, one_of
from app.models.sealed import Private, Sealed

SHARE_KINDS = ("position", "non_paper")


class Position(Guarded, Versioned, Base):
    """A delegation's private preparation on one item, or a non-paper that it prepares; `content` is JSON.

    Whoever clears it did not write it. A change after that makes it a draft again; what was cleared stays as a
    version. `revision` is the number of the last version.
    """

    raises_revision: ClassVar[bool] = False

    __tablename__ = "positions"
    __table_args__ = (
        one_of("kind", *SHARE_KINDS, name="kind"),
        one_of("state", "draft", "cleared", name="state"),
        CheckConstraint("kind = 'non_paper' OR item_id IS NOT NULL", name="item_with_kind"),
        CheckConstraint("(state = 'cleared') = (cleared_by IS NOT NULL)", name="cleared_by_with_state"),
        CheckConstraint("(cleared_by IS NULL) = (cleared_at IS NULL)", name="cleared_at_with_by"),
        CheckConstraint("cleared_by IS NULL OR cleared_by != written_by", name="two_people"),
    )

    id: Mapped[UuidKey]
    kind: Mapped[str] = mapped_column(String(16), default="position")
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    item_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("agenda_items.id", ondelete="RESTRICT"), index=True
    )
    owner_party: Mapped[PartyCode]
    state: Mapped[str] = mapped_column(String(16), default="draft")
    content: Mapped[Private] = mapped_column(Sealed("positions.content"))
    revision: Mapped[int] = mapped_column(default=0)
    written_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    changed_at: Mapped[dt.datetime]
    cleared_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    cleared_at: Mapped[dt.datetime | None]


# A delegation has one position on an item, and as many non-papers as it likes.
_IS_POSITION = Position.kind == "position"
Index(
    "uq_positions_item_id_owner_party",
    Position.item_id,
    Position.owner_party,
    unique=True,
    sqlite_where=_IS_POSITION,
    postgresql_where=_IS_POSITION,
)


class PositionVersion(Guarded, Base):
    """A position as it stood when somebody saved or cleared it; never changed."""

    raises_revision: ClassVar[bool] = False

    __tablename__ = "position_versions"
    __table_args__ = (UniqueConstraint("position_id", "number"),)

    id: Mapped[UuidKey]
    position_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("positions.id", ondelete="RESTRICT"), index=True)
    number: Mapped[int]
    content: Mapped[Private] = mapped_column(Sealed("position_versions.content"))
    written_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    written_at: Mapped[dt.datetime]
    cleared_by: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))


class PositionShare(Guarded, Base):
    """A cleared position, or a non-paper, as it was handed over; the giving delegation's own record of it.

    It is never changed nor taken back; a later one `supersedes` it. Author and releaser are two people.
    """

    raises_revision: ClassVar[bool] = False

    __tablename__ = "position_shares"
    __table_args__ = (
        one_of("kind", *SHARE_KINDS, name="kind"),
        CheckConstraint("written_by != released_by", name="two_people"),
    )

    id: Mapped[UuidKey]
    kind: Mapped[str] = mapped_column(String(16))
    position_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("positions.id", ondelete="RESTRICT"), index=True)
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    item_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("agenda_items.id", ondelete="RESTRICT"))
    owner_party: Mapped[PartyCode]
    content: Mapped[Private] = mapped_column(Sealed("position_shares.content"))
    written_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    released_by: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    released_at: Mapped[dt.datetime]
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("position_shares.id", ondelete="RESTRICT"))


class ShareRecipient(Guarded, Versioned, Base):
    """To whom a share was handed, and when that party first opened it; the giving delegation's own to know."""

    raises_revision: ClassVar[bool] = False

    __tablename__ = "share_recipients"
    __table_args__ = (UniqueConstraint("share_id", "party_code"),)

    id: Mapped[UuidKey]
    share_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("position_shares.id", ondelete="RESTRICT"), index=True)
    party_code: Mapped[PartyCode]
    opened_at: Mapped[dt.datetime | None]


class ShareCopy(Guarded, Versioned, Base):
    """One recipient's own copy of a share, sealed under its key; it knows nothing of other recipients.

    A non-paper has no `from_party`: it has no author and no standing, and is in no export and no feed.
    """

    raises_revision: ClassVar[bool] = False

    __tablename__ = "share_copies"
    __table_args__ = (
        UniqueConstraint("share_id", "party_code"),
        one_of("kind", *SHARE_KINDS, name="kind"),
        CheckConstraint("(kind = 'position') = (from_party IS NOT NULL)", name="author_with_kind"),
    )

    id: Mapped[UuidKey]
    share_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("position_shares.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    party_code: Mapped[PartyCode]
    from_party: Mapped[OptionalPartyCode]
    meeting_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True)
    item_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("agenda_items.id", ondelete="RESTRICT"))
    content: Mapped[Private] = mapped_column(Sealed("share_copies.content"))
    received_at: Mapped[dt.datetime]
    superseded_at: Mapped[dt.datetime | None]
    expires_on: Mapped[dt.date | None]


class ShareReading(Guarded, Base):
    """That a person of the receiving delegation opened its copy: that delegation's own to know."""

    raises_revision: ClassVar[bool] = False

    __tablename__ = "share_readings"
    __table_args__ = (UniqueConstraint("copy_id", "person_id"),)

    id: Mapped[UuidKey]
    copy_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("share_copies.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    read_at: Mapped[dt.datetime]


class InnerNote(Guarded, Versioned, Base):
    """A delegation's note to itself on a meeting, an item, or a text or paragraph of one."""

    raises_revision: ClassVar[bool] = False

    __tablename__ = "inner_notes"

    id: Mapped[UuidKey]
    owner_party: Mapped[PartyCode]
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("meetings.id", ondelete="RESTRICT"), index=True
    )
    item_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("agenda_items.id", ondelete="RESTRICT"))
    text_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("texts.id", ondelete="RESTRICT"), index=True)
    paragraph_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("text_paragraphs.id", ondelete="RESTRICT"))
    text: Mapped[Private] = mapped_column(Sealed("inner_notes.text"))
    person_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("people.id", ondelete="RESTRICT"))
    written_at: Mapped[dt.datetime]
    removed: Mapped[bool] = mapped_column(default=False)
