"""Work on action items, commitments and what is said of them, and reminders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "action_batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('import', 'bulk')", name=op.f("ck_action_batches_kind")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_action_batches_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_action_batches_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["people.id"], name=op.f("fk_action_batches_undone_by_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_batches")),
    )
    op.create_index(op.f("ix_action_batches_audience_id"), "action_batches", ["audience_id"], unique=False)
    op.create_table(
        "reminder_consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_reminder_consents_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["people.id"], name=op.f("fk_reminder_consents_ended_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["people.id"], name=op.f("fk_reminder_consents_given_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_reminder_consents_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_consents")),
    )
    op.create_index(op.f("ix_reminder_consents_audience_id"), "reminder_consents", ["audience_id"], unique=False)
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("sort", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_saved_views_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_saved_views_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    op.create_index(op.f("ix_saved_views_audience_id"), "saved_views", ["audience_id"], unique=False)
    op.create_index(op.f("ix_saved_views_person_id"), "saved_views", ["person_id"], unique=False)
    op.create_table(
        "action_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_party", sa.String(length=16), nullable=True),
        sa.Column("owner_appointment", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_action_imports_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["action_batches.id"],
            name=op.f("fk_action_imports_batch_id_action_batches"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_action_imports_created_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_appointment"],
            ["appointments.id"],
            name=op.f("fk_action_imports_owner_appointment_appointments"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["owner_party"], ["parties.code"], name=op.f("fk_action_imports_owner_party_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_imports")),
    )
    op.create_index(op.f("ix_action_imports_audience_id"), "action_imports", ["audience_id"], unique=False)
    op.create_table(
        "commitments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("repeats_id", sa.Uuid(), nullable=True),
        sa.Column("mechanism_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("title", JSON, nullable=False),
        sa.Column("owners", JSON, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("loaded_facts", JSON, nullable=False),
        sa.Column("indicator", sa.Text(), nullable=True),
        sa.Column("baseline", sa.Text(), nullable=True),
        sa.Column("data_source", sa.Text(), nullable=True),
        sa.Column("sunset_on", sa.Date(), nullable=True),
        sa.Column("sunset_reason", sa.Text(), nullable=True),
        sa.Column("created_by_party", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(kind = 'repeat') = (repeats_id IS NOT NULL)", name=op.f("ck_commitments_repeat_of")),
        sa.CheckConstraint("kind IN ('pledge', 'practice', 'repeat')", name=op.f("ck_commitments_kind")),
        sa.CheckConstraint("origin IN ('catalogue', 'here')", name=op.f("ck_commitments_origin")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_commitments_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_party"],
            ["parties.code"],
            name=op.f("fk_commitments_created_by_party_parties"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"],
            ["mechanisms.id"],
            name=op.f("fk_commitments_mechanism_id_mechanisms"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_commitments_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["repeats_id"], ["commitments.id"], name=op.f("fk_commitments_repeats_id_commitments"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
        sa.UniqueConstraint("ref", name=op.f("uq_commitments_ref")),
    )
    op.create_index(op.f("ix_commitments_audience_id"), "commitments", ["audience_id"], unique=False)
    op.create_index(op.f("ix_commitments_mechanism_id"), "commitments", ["mechanism_id"], unique=False)
    op.create_index(op.f("ix_commitments_meeting_id"), "commitments", ["meeting_id"], unique=False)
    op.create_table(
        "commitment_statements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commitment_id", sa.Uuid(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("limits_met", sa.Text(), nullable=True),
        sa.Column("as_of_on", sa.Date(), nullable=False),
        sa.Column("evidence_url", sa.String(length=2000), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("is_reported", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'status') = (state IS NOT NULL)", name=op.f("ck_commitment_statements_state_with_status")
        ),
        sa.CheckConstraint("kind IN ('status', 'contest')", name=op.f("ck_commitment_statements_kind")),
        sa.CheckConstraint(
            "state IS NULL OR state IN ('open', 'under_way', 'blocked', 'done', 'verified', 'dropped')",
            name=op.f("ck_commitment_statements_state"),
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_commitment_statements_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["commitments.id"],
            name=op.f("fk_commitment_statements_commitment_id_commitments"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_commitment_statements_document_id_documents"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["party_code"],
            ["parties.code"],
            name=op.f("fk_commitment_statements_party_code_parties"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_commitment_statements_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_statements")),
    )
    op.create_index(
        op.f("ix_commitment_statements_audience_id"), "commitment_statements", ["audience_id"], unique=False
    )
    op.create_index(
        op.f("ix_commitment_statements_commitment_id"), "commitment_statements", ["commitment_id"], unique=False
    )
    op.create_table(
        "action_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('blocks', 'follows', 'same_as', 'merged_into', 'split_from')", name=op.f("ck_action_links_kind")
        ),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_action_links_two_actions")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_action_links_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["actions.id"], name=op.f("fk_action_links_from_id_actions"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_action_links_made_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["actions.id"], name=op.f("fk_action_links_to_id_actions"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_links")),
    )
    op.create_index(op.f("ix_action_links_audience_id"), "action_links", ["audience_id"], unique=False)
    op.create_index(op.f("ix_action_links_from_id"), "action_links", ["from_id"], unique=False)
    op.create_index(op.f("ix_action_links_to_id"), "action_links", ["to_id"], unique=False)
    op.create_table(
        "carry_overs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("party_code", sa.String(length=16), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("outcome IN ('closed', 'carried', 'merged', 'split')", name=op.f("ck_carry_overs_outcome")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_carry_overs_action_id_actions"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_carry_overs_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_carry_overs_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_carry_overs_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_carry_overs_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carry_overs")),
    )
    op.create_index(op.f("ix_carry_overs_action_id"), "carry_overs", ["action_id"], unique=False)
    op.create_index(op.f("ix_carry_overs_audience_id"), "carry_overs", ["audience_id"], unique=False)
    op.create_index(op.f("ix_carry_overs_meeting_id"), "carry_overs", ["meeting_id"], unique=False)
    op.create_table(
        "commitment_actions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commitment_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_commitment_actions_action_id_actions"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_commitment_actions_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["commitments.id"],
            name=op.f("fk_commitment_actions_commitment_id_commitments"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_commitment_actions_made_by_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_actions")),
        sa.UniqueConstraint("commitment_id", "action_id", name=op.f("uq_commitment_actions_commitment_id_action_id")),
    )
    op.create_index(op.f("ix_commitment_actions_action_id"), "commitment_actions", ["action_id"], unique=False)
    op.create_index(op.f("ix_commitment_actions_audience_id"), "commitment_actions", ["audience_id"], unique=False)
    op.create_index(op.f("ix_commitment_actions_commitment_id"), "commitment_actions", ["commitment_id"], unique=False)
    op.create_table(
        "subtasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("owner_party", sa.String(length=16), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_subtasks_action_id_actions"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_subtasks_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_subtasks_created_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_party"], ["parties.code"], name=op.f("fk_subtasks_owner_party_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_subtasks_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subtasks")),
    )
    op.create_index(op.f("ix_subtasks_action_id"), "subtasks", ["action_id"], unique=False)
    op.create_index(op.f("ix_subtasks_audience_id"), "subtasks", ["audience_id"], unique=False)
    op.create_table(
        "due_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("leg_id", sa.Uuid(), nullable=False),
        sa.Column("was_on", sa.Date(), nullable=True),
        sa.Column("now_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_due_moves_action_id_actions"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_due_moves_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["leg_id"], ["legs.id"], name=op.f("fk_due_moves_leg_id_legs"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_due_moves_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_due_moves_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_moves")),
    )
    op.create_index(op.f("ix_due_moves_action_id"), "due_moves", ["action_id"], unique=False)
    op.create_index(op.f("ix_due_moves_audience_id"), "due_moves", ["audience_id"], unique=False)
    op.create_index(op.f("ix_due_moves_leg_id"), "due_moves", ["leg_id"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("leg_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("crosses", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_reminders_sent_at_with_state")),
        sa.CheckConstraint("stage IN ('before', 'on', 'after', 'coordinator')", name=op.f("ck_reminders_stage")),
        sa.CheckConstraint("state IN ('prepared', 'queued', 'sent', 'withheld')", name=op.f("ck_reminders_state")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_reminders_action_id_actions"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_reminders_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_reminders_decided_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["leg_id"], ["legs.id"], name=op.f("fk_reminders_leg_id_legs"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["people.id"], name=op.f("fk_reminders_recipient_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint(
            "leg_id", "stage", "due_on", "recipient_id", name=op.f("uq_reminders_leg_id_stage_due_on_recipient_id")
        ),
    )
    op.create_index(op.f("ix_reminders_action_id"), "reminders", ["action_id"], unique=False)
    op.create_index(op.f("ix_reminders_audience_id"), "reminders", ["audience_id"], unique=False)
    op.create_index(op.f("ix_reminders_recipient_id"), "reminders", ["recipient_id"], unique=False)
    op.create_index(op.f("ix_reminders_state"), "reminders", ["state"], unique=False)


def downgrade() -> None:
    """Drop the tables; SQLite deletes rows one by one, so those that point at each other are parted first."""
    op.execute("UPDATE commitments SET kind = 'pledge', repeats_id = NULL")
    for table in (
        "reminders",
        "due_moves",
        "subtasks",
        "commitment_actions",
        "carry_overs",
        "action_links",
        "commitment_statements",
        "commitments",
        "action_imports",
        "saved_views",
        "reminder_consents",
        "action_batches",
    ):
        op.drop_table(table)
