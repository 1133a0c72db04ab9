"""Decisions that need the yes of every party, their answers, and what one party says of a fact."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("mechanism_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("content", JSON, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("parties", JSON, nullable=False),
        sa.Column("asked_by_party", sa.String(length=16), nullable=True),
        sa.Column("asked_by_appointment", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_decisions_decided_at_with_state")),
        sa.CheckConstraint(
            "kind IN ('entry', 'facts', 'not_held', 'merge', 'hosting', 'appointment', 'release')",
            name=op.f("ck_decisions_kind"),
        ),
        sa.CheckConstraint("state IN ('open', 'taken', 'withdrawn')", name=op.f("ck_decisions_state")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["people.id"], name=op.f("fk_decisions_asked_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_appointment"],
            ["appointments.id"],
            name=op.f("fk_decisions_asked_by_appointment_appointments"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_party"], ["parties.code"], name=op.f("fk_decisions_asked_by_party_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_decisions_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"], ["mechanisms.id"], name=op.f("fk_decisions_mechanism_id_mechanisms"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_decisions_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_audience_id"), "decisions", ["audience_id"], unique=False)
    op.create_index(op.f("ix_decisions_mechanism_id"), "decisions", ["mechanism_id"], unique=False)
    op.create_index(op.f("ix_decisions_meeting_id"), "decisions", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_decisions_state"), "decisions", ["state"], unique=False)
    op.create_index(op.f("ix_decisions_subject_id"), "decisions", ["subject_id"], unique=False)
    op.create_table(
        "decision_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("answer IN ('yes', 'no')", name=op.f("ck_decision_answers_answer")),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_decision_answers_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decisions.id"],
            name=op.f("fk_decision_answers_decision_id_decisions"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_decision_answers_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_decision_answers_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_answers")),
        sa.UniqueConstraint("decision_id", "party_code", name=op.f("uq_decision_answers_decision_id_party_code")),
    )
    op.create_index(op.f("ix_decision_answers_audience_id"), "decision_answers", ["audience_id"], unique=False)
    op.create_index(op.f("ix_decision_answers_decision_id"), "decision_answers", ["decision_id"], unique=False)
    op.create_table(
        "fact_statements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mechanism_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value_digest", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('confirm', 'contest')", name=op.f("ck_fact_statements_kind")),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_fact_statements_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"],
            ["mechanisms.id"],
            name=op.f("fk_fact_statements_mechanism_id_mechanisms"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_fact_statements_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_fact_statements_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_statements")),
    )
    op.create_index(op.f("ix_fact_statements_audience_id"), "fact_statements", ["audience_id"], unique=False)
    op.create_index(op.f("ix_fact_statements_mechanism_id"), "fact_statements", ["mechanism_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(op.f("ix_fact_statements_mechanism_id"), table_name="fact_statements")
    op.drop_index(op.f("ix_fact_statements_audience_id"), table_name="fact_statements")
    op.drop_table("fact_statements")
    op.drop_index(op.f("ix_decision_answers_decision_id"), table_name="decision_answers")
    op.drop_index(op.f("ix_decision_answers_audience_id"), table_name="decision_answers")
    op.drop_table("decision_answers")
    op.drop_index(op.f("ix_decisions_subject_id"), table_name="decisions")
    op.drop_index(op.f("ix_decisions_state"), table_name="decisions")
    op.drop_index(op.f("ix_decisions_meeting_id"), table_name="decisions")
    op.drop_index(op.f("ix_decisions_mechanism_id"), table_name="decisions")
    op.drop_index(op.f("ix_decisions_audience_id"), table_name="decisions")
    op.drop_table("decisions")
