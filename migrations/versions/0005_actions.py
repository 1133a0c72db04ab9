"""Action items, legs and notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "actions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("mechanism_id", sa.Uuid(), nullable=True),
        sa.Column("title", JSON, nullable=False),
        sa.Column("created_by_party", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_actions_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_party"],
            ["parties.code"],
            name=op.f("fk_actions_created_by_party_parties"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"], ["mechanisms.id"], name=op.f("fk_actions_mechanism_id_mechanisms"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_actions_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
        sa.UniqueConstraint("reference", name=op.f("uq_actions_reference")),
    )
    op.create_index(op.f("ix_actions_audience_id"), "actions", ["audience_id"], unique=False)
    op.create_index(op.f("ix_actions_mechanism_id"), "actions", ["mechanism_id"], unique=False)
    op.create_index(op.f("ix_actions_meeting_id"), "actions", ["meeting_id"], unique=False)
    op.create_table(
        "action_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_action_notes_action_id_actions"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_action_notes_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_action_notes_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_action_notes_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["action_notes.id"],
            name=op.f("fk_action_notes_supersedes_id_action_notes"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_notes")),
    )
    op.create_index(op.f("ix_action_notes_action_id"), "action_notes", ["action_id"], unique=False)
    op.create_index(op.f("ix_action_notes_audience_id"), "action_notes", ["audience_id"], unique=False)
    op.create_table(
        "legs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("office_code", sa.String(length=32), nullable=True),
        sa.Column("person_name", sa.String(length=300), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'under_way', 'blocked', 'done', 'verified', 'dropped')", name=op.f("ck_legs_state")
        ),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_legs_action_id_actions"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_legs_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["office_code"], ["offices.code"], name=op.f("fk_legs_office_code_offices"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_legs_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legs")),
        sa.UniqueConstraint("action_id", "party_code", name=op.f("uq_legs_action_id_party_code")),
    )
    op.create_index(op.f("ix_legs_action_id"), "legs", ["action_id"], unique=False)
    op.create_index(op.f("ix_legs_audience_id"), "legs", ["audience_id"], unique=False)
    op.create_index(op.f("ix_legs_due_on"), "legs", ["due_on"], unique=False)
    op.create_index(op.f("ix_legs_party_code"), "legs", ["party_code"], unique=False)


def downgrade() -> None:
    """Drop the tables; SQLite deletes rows one by one, so those that point at each other are parted first."""
    op.execute("UPDATE action_notes SET supersedes_id = NULL")
    op.drop_index(op.f("ix_legs_party_code"), table_name="legs")
    op.drop_index(op.f("ix_legs_due_on"), table_name="legs")
    op.drop_index(op.f("ix_legs_audience_id"), table_name="legs")
    op.drop_index(op.f("ix_legs_action_id"), table_name="legs")
    op.drop_table("legs")
    op.drop_index(op.f("ix_action_notes_audience_id"), table_name="action_notes")
    op.drop_index(op.f("ix_action_notes_action_id"), table_name="action_notes")
    op.drop_table("action_notes")
    op.drop_index(op.f("ix_actions_meeting_id"), table_name="actions")
    op.drop_index(op.f("ix_actions_mechanism_id"), table_name="actions")
    op.drop_index(op.f("ix_actions_audience_id"), table_name="actions")
    op.drop_table("actions")
