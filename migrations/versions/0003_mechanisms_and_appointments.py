"""Mechanisms and the appointments that serve them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "mechanisms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=8), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("parties", JSON, nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("loaded_facts", JSON, nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_mechanisms_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mechanisms")),
        sa.UniqueConstraint("code", name=op.f("uq_mechanisms_code")),
        sa.UniqueConstraint("prefix", name=op.f("uq_mechanisms_prefix")),
        sa.UniqueConstraint("ref", name=op.f("uq_mechanisms_ref")),
    )
    op.create_index(op.f("ix_mechanisms_audience_id"), "mechanisms", ["audience_id"], unique=False)
    op.create_index(op.f("ix_mechanisms_status"), "mechanisms", ["status"], unique=False)
    op.create_table(
        "appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("mechanism_id", sa.Uuid(), nullable=True),
        sa.Column("parties", JSON, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_appointments_order")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_appointments_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"],
            ["mechanisms.id"],
            name=op.f("fk_appointments_mechanism_id_mechanisms"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
    )
    op.create_index(op.f("ix_appointments_audience_id"), "appointments", ["audience_id"], unique=False)
    op.create_table(
        "appointment_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_appointment_members_appointment_id_appointments"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_appointment_members_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_appointment_members_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_members")),
    )
    op.create_index(op.f("ix_appointment_members_audience_id"), "appointment_members", ["audience_id"], unique=False)
    op.create_index(op.f("ix_appointment_members_person_id"), "appointment_members", ["person_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(op.f("ix_appointment_members_person_id"), table_name="appointment_members")
    op.drop_index(op.f("ix_appointment_members_audience_id"), table_name="appointment_members")
    op.drop_table("appointment_members")
    op.drop_index(op.f("ix_appointments_audience_id"), table_name="appointments")
    op.drop_table("appointments")
    op.drop_index(op.f("ix_mechanisms_status"), table_name="mechanisms")
    op.drop_index(op.f("ix_mechanisms_audience_id"), table_name="mechanisms")
    op.drop_table("mechanisms")
