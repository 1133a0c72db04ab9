"""Hosting: changes of the order, hand-overs with their checklists, and the planning record of a cycle."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "hosting_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mechanism_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("with_party", sa.String(length=16), nullable=True),
        sa.Column("counts_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('skip', 'swap', 'co_host', 'cancelled')", name=op.f("ck_hosting_changes_kind")),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_hosting_changes_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decisions.id"],
            name=op.f("fk_hosting_changes_decision_id_decisions"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"],
            ["mechanisms.id"],
            name=op.f("fk_hosting_changes_mechanism_id_mechanisms"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_hosting_changes_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["with_party"], ["parties.code"], name=op.f("fk_hosting_changes_with_party_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosting_changes")),
    )
    op.create_index(op.f("ix_hosting_changes_audience_id"), "hosting_changes", ["audience_id"], unique=False)
    op.create_index(op.f("ix_hosting_changes_mechanism_id"), "hosting_changes", ["mechanism_id"], unique=False)
    op.create_table(
        "hand_overs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mechanism_id", sa.Uuid(), nullable=False),
        sa.Column("from_party", sa.String(length=16), nullable=False),
        sa.Column("to_party", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_hand_overs_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_hand_overs_created_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["from_party"], ["parties.code"], name=op.f("fk_hand_overs_from_party_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"], ["mechanisms.id"], name=op.f("fk_hand_overs_mechanism_id_mechanisms"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["to_party"], ["parties.code"], name=op.f("fk_hand_overs_to_party_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
    )
    op.create_index(op.f("ix_hand_overs_audience_id"), "hand_overs", ["audience_id"], unique=False)
    op.create_index(op.f("ix_hand_overs_mechanism_id"), "hand_overs", ["mechanism_id"], unique=False)
    op.create_table(
        "hand_over_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hand_over_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_hand_over_items_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["done_by"], ["people.id"], name=op.f("fk_hand_over_items_done_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["hand_over_id"],
            ["hand_overs.id"],
            name=op.f("fk_hand_over_items_hand_over_id_hand_overs"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over_items")),
        sa.UniqueConstraint("hand_over_id", "position", name=op.f("uq_hand_over_items_hand_over_id_position")),
    )
    op.create_index(op.f("ix_hand_over_items_audience_id"), "hand_over_items", ["audience_id"], unique=False)
    op.create_index(op.f("ix_hand_over_items_hand_over_id"), "hand_over_items", ["hand_over_id"], unique=False)
    op.create_table(
        "planning_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mechanism_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_planning_notes_appointment_id_appointments"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_planning_notes_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"],
            ["mechanisms.id"],
            name=op.f("fk_planning_notes_mechanism_id_mechanisms"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_planning_notes_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_planning_notes_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id"],
            ["planning_notes.id"],
            name=op.f("fk_planning_notes_supersedes_id_planning_notes"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_notes")),
    )
    op.create_index(op.f("ix_planning_notes_audience_id"), "planning_notes", ["audience_id"], unique=False)
    op.create_index(op.f("ix_planning_notes_mechanism_id"), "planning_notes", ["mechanism_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(op.f("ix_planning_notes_mechanism_id"), table_name="planning_notes")
    op.drop_index(op.f("ix_planning_notes_audience_id"), table_name="planning_notes")
    op.drop_table("planning_notes")
    op.drop_index(op.f("ix_hand_over_items_hand_over_id"), table_name="hand_over_items")
    op.drop_index(op.f("ix_hand_over_items_audience_id"), table_name="hand_over_items")
    op.drop_table("hand_over_items")
    op.drop_index(op.f("ix_hand_overs_mechanism_id"), table_name="hand_overs")
    op.drop_index(op.f("ix_hand_overs_audience_id"), table_name="hand_overs")
    op.drop_table("hand_overs")
    op.drop_index(op.f("ix_hosting_changes_mechanism_id"), table_name="hosting_changes")
    op.drop_index(op.f("ix_hosting_changes_audience_id"), table_name="hosting_changes")
    op.drop_table("hosting_changes")
