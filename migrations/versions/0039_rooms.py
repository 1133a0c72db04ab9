"""Holding a meeting: the room, what is captured, and what the meeting found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "best_practices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("mechanism_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("title", JSON, nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("found_in", JSON, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_best_practices_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_items.id"], name=op.f("fk_best_practices_item_id_agenda_items"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"],
            ["mechanisms.id"],
            name=op.f("fk_best_practices_mechanism_id_mechanisms"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_best_practices_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["people.id"], name=op.f("fk_best_practices_recorded_by_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_best_practices")),
    )
    op.create_index(op.f("ix_best_practices_audience_id"), "best_practices", ["audience_id"], unique=False)
    op.create_index(op.f("ix_best_practices_mechanism_id"), "best_practices", ["mechanism_id"], unique=False)
    op.create_index(op.f("ix_best_practices_meeting_id"), "best_practices", ["meeting_id"], unique=False)
    op.create_table(
        "items_taken",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name=op.f("ck_items_taken_order")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_items_taken_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_items.id"], name=op.f("fk_items_taken_item_id_agenda_items"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_items_taken_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items_taken")),
    )
    op.create_index(op.f("ix_items_taken_audience_id"), "items_taken", ["audience_id"], unique=False)
    op.create_index(op.f("ix_items_taken_meeting_id"), "items_taken", ["meeting_id"], unique=False)
    op.create_table(
        "rooms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("chair_party", sa.String(length=16), nullable=True),
        sa.Column("is_attributed", sa.Boolean(), nullable=False),
        sa.Column("current_item_id", sa.Uuid(), nullable=True),
        sa.Column("item_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_rooms_closed_at_with_state")),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_rooms_state")),
        sa.CheckConstraint(
            "(current_item_id IS NULL) = (item_started_at IS NULL)", name=op.f("ck_rooms_started_at_with_item")
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_rooms_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["chair_party"], ["parties.code"], name=op.f("fk_rooms_chair_party_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["current_item_id"],
            ["agenda_items.id"],
            name=op.f("fk_rooms_current_item_id_agenda_items"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_rooms_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_rooms_meeting_id")),
    )
    op.create_index(op.f("ix_rooms_audience_id"), "rooms", ["audience_id"], unique=False)
    op.create_table(
        "minute_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("speaker_party", sa.String(length=16), nullable=True),
        sa.Column("speaker", sa.String(length=300), nullable=True),
        sa.Column("owed_by", JSON, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("action_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('conclusion', 'decision', 'action', 'point')", name=op.f("ck_minute_entries_kind")
        ),
        sa.CheckConstraint("position >= 1", name=op.f("ck_minute_entries_position")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_minute_entries_action_id_actions"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_minute_entries_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_items.id"], name=op.f("fk_minute_entries_item_id_agenda_items"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_minute_entries_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_minute_entries_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["speaker_party"],
            ["parties.code"],
            name=op.f("fk_minute_entries_speaker_party_parties"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minute_entries")),
    )
    op.create_index(op.f("ix_minute_entries_audience_id"), "minute_entries", ["audience_id"], unique=False)
    op.create_index(op.f("ix_minute_entries_meeting_id"), "minute_entries", ["meeting_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_minute_entries_meeting_id"), table_name="minute_entries")
    op.drop_index(op.f("ix_minute_entries_audience_id"), table_name="minute_entries")
    op.drop_table("minute_entries")
    op.drop_index(op.f("ix_rooms_audience_id"), table_name="rooms")
    op.drop_table("rooms")
    op.drop_index(op.f("ix_items_taken_meeting_id"), table_name="items_taken")
    op.drop_index(op.f("ix_items_taken_audience_id"), table_name="items_taken")
    op.drop_table("items_taken")
    op.drop_index(op.f("ix_best_practices_meeting_id"), table_name="best_practices")
    op.drop_index(op.f("ix_best_practices_mechanism_id"), table_name="best_practices")
    op.drop_index(op.f("ix_best_practices_audience_id"), table_name="best_practices")
    op.drop_table("best_practices")
