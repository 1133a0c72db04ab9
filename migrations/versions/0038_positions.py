"""Positions, shares, non-papers and inner notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "positions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("owner_party", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_by", sa.Uuid(), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'cleared') = (cleared_by IS NOT NULL)", name=op.f("ck_positions_cleared_by_with_state")
        ),
        sa.CheckConstraint("kind = 'non_paper' OR item_id IS NOT NULL", name=op.f("ck_positions_item_with_kind")),
        sa.CheckConstraint("kind IN ('position', 'non_paper')", name=op.f("ck_positions_kind")),
        sa.CheckConstraint("state IN ('draft', 'cleared')", name=op.f("ck_positions_state")),
        sa.CheckConstraint("(cleared_by IS NULL) = (cleared_at IS NULL)", name=op.f("ck_positions_cleared_at_with_by")),
        sa.CheckConstraint("cleared_by IS NULL OR cleared_by != written_by", name=op.f("ck_positions_two_people")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_positions_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["cleared_by"], ["people.id"], name=op.f("fk_positions_cleared_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_items.id"], name=op.f("fk_positions_item_id_agenda_items"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_positions_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_party"], ["parties.code"], name=op.f("fk_positions_owner_party_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["people.id"], name=op.f("fk_positions_written_by_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_positions")),
    )
    op.create_index(op.f("ix_positions_audience_id"), "positions", ["audience_id"], unique=False)
    op.create_index(op.f("ix_positions_item_id"), "positions", ["item_id"], unique=False)
    op.create_index(op.f("ix_positions_meeting_id"), "positions", ["meeting_id"], unique=False)
    op.create_index(
        "uq_positions_item_id_owner_party",
        "positions",
        ["item_id", "owner_party"],
        unique=True,
        sqlite_where=sa.text("kind = 'position'"),
        postgresql_where=sa.text("kind = 'position'"),
    )
    op.create_table(
        "position_shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("owner_party", sa.String(length=16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('position', 'non_paper')", name=op.f("ck_position_shares_kind")),
        sa.CheckConstraint("written_by != released_by", name=op.f("ck_position_shares_two_people")),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_position_shares_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_items.id"], name=op.f("fk_position_shares_item_id_agenda_items"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_position_shares_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_party"], ["parties.code"], name=op.f("fk_position_shares_owner_party_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["position_id"],
            ["positions.id"],
            name=op.f("fk_position_shares_position_id_positions"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["released_by"], ["people.id"], name=op.f("fk_position_shares_released_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["position_shares.id"],
            name=op.f("fk_position_shares_supersedes_id_position_shares"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["people.id"], name=op.f("fk_position_shares_written_by_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position_shares")),
    )
    op.create_index(op.f("ix_position_shares_audience_id"), "position_shares", ["audience_id"], unique=False)
    op.create_index(op.f("ix_position_shares_meeting_id"), "position_shares", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_position_shares_position_id"), "position_shares", ["position_id"], unique=False)
    op.create_table(
        "position_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_by", sa.Uuid(), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_position_versions_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["cleared_by"], ["people.id"], name=op.f("fk_position_versions_cleared_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["position_id"],
            ["positions.id"],
            name=op.f("fk_position_versions_position_id_positions"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["people.id"], name=op.f("fk_position_versions_written_by_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position_versions")),
        sa.UniqueConstraint("position_id", "number", name=op.f("uq_position_versions_position_id_number")),
    )
    op.create_index(op.f("ix_position_versions_audience_id"), "position_versions", ["audience_id"], unique=False)
    op.create_index(op.f("ix_position_versions_position_id"), "position_versions", ["position_id"], unique=False)
    op.create_table(
        "inner_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_party", sa.String(length=16), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("text_id", sa.Uuid(), nullable=True),
        sa.Column("paragraph_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_inner_notes_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_items.id"], name=op.f("fk_inner_notes_item_id_agenda_items"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_inner_notes_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_party"], ["parties.code"], name=op.f("fk_inner_notes_owner_party_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["paragraph_id"],
            ["text_paragraphs.id"],
            name=op.f("fk_inner_notes_paragraph_id_text_paragraphs"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_inner_notes_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["texts.id"], name=op.f("fk_inner_notes_text_id_texts"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inner_notes")),
    )
    op.create_index(op.f("ix_inner_notes_audience_id"), "inner_notes", ["audience_id"], unique=False)
    op.create_index(op.f("ix_inner_notes_meeting_id"), "inner_notes", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_inner_notes_text_id"), "inner_notes", ["text_id"], unique=False)
    op.create_table(
        "share_copies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("share_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("from_party", sa.String(length=16), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'position') = (from_party IS NOT NULL)", name=op.f("ck_share_copies_author_with_kind")
        ),
        sa.CheckConstraint("kind IN ('position', 'non_paper')", name=op.f("ck_share_copies_kind")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_share_copies_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["from_party"], ["parties.code"], name=op.f("fk_share_copies_from_party_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_items.id"], name=op.f("fk_share_copies_item_id_agenda_items"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_share_copies_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_share_copies_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["share_id"],
            ["position_shares.id"],
            name=op.f("fk_share_copies_share_id_position_shares"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_copies")),
        sa.UniqueConstraint("share_id", "party_code", name=op.f("uq_share_copies_share_id_party_code")),
    )
    op.create_index(op.f("ix_share_copies_audience_id"), "share_copies", ["audience_id"], unique=False)
    op.create_index(op.f("ix_share_copies_meeting_id"), "share_copies", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_share_copies_share_id"), "share_copies", ["share_id"], unique=False)
    op.create_table(
        "share_recipients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("share_id", sa.Uuid(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_share_recipients_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_share_recipients_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["share_id"],
            ["position_shares.id"],
            name=op.f("fk_share_recipients_share_id_position_shares"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_recipients")),
        sa.UniqueConstraint("share_id", "party_code", name=op.f("uq_share_recipients_share_id_party_code")),
    )
    op.create_index(op.f("ix_share_recipients_audience_id"), "share_recipients", ["audience_id"], unique=False)
    op.create_index(op.f("ix_share_recipients_share_id"), "share_recipients", ["share_id"], unique=False)
    op.create_table(
        "share_readings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("copy_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_share_readings_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["copy_id"], ["share_copies.id"], name=op.f("fk_share_readings_copy_id_share_copies"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_share_readings_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_readings")),
        sa.UniqueConstraint("copy_id", "person_id", name=op.f("uq_share_readings_copy_id_person_id")),
    )
    op.create_index(op.f("ix_share_readings_audience_id"), "share_readings", ["audience_id"], unique=False)
    op.create_index(op.f("ix_share_readings_copy_id"), "share_readings", ["copy_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_share_readings_copy_id"), table_name="share_readings")
    op.drop_index(op.f("ix_share_readings_audience_id"), table_name="share_readings")
    op.drop_table("share_readings")
    op.drop_index(op.f("ix_share_recipients_share_id"), table_name="share_recipients")
    op.drop_index(op.f("ix_share_recipients_audience_id"), table_name="share_recipients")
    op.drop_table("share_recipients")
    op.drop_index(op.f("ix_share_copies_share_id"), table_name="share_copies")
    op.drop_index(op.f("ix_share_copies_meeting_id"), table_name="share_copies")
    op.drop_index(op.f("ix_share_copies_audience_id"), table_name="share_copies")
    op.drop_table("share_copies")
    op.drop_index(op.f("ix_inner_notes_text_id"), table_name="inner_notes")
    op.drop_index(op.f("ix_inner_notes_meeting_id"), table_name="inner_notes")
    op.drop_index(op.f("ix_inner_notes_audience_id"), table_name="inner_notes")
    op.drop_table("inner_notes")
    op.drop_index(op.f("ix_position_versions_position_id"), table_name="position_versions")
    op.drop_index(op.f("ix_position_versions_audience_id"), table_name="position_versions")
    op.drop_table("position_versions")
    op.drop_index(op.f("ix_position_shares_position_id"), table_name="position_shares")
    op.drop_index(op.f("ix_position_shares_meeting_id"), table_name="position_shares")
    op.drop_index(op.f("ix_position_shares_audience_id"), table_name="position_shares")
    op.drop_table("position_shares")
    op.drop_index("uq_positions_item_id_owner_party", table_name="positions")
    op.drop_index(op.f("ix_positions_meeting_id"), table_name="positions")
    op.drop_index(op.f("ix_positions_item_id"), table_name="positions")
    op.drop_index(op.f("ix_positions_audience_id"), table_name="positions")
    op.drop_table("positions")
