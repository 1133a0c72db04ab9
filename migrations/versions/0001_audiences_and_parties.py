"""Audiences, parties and offices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "audiences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audiences")),
    )
    op.create_table(
        "instance_facts",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_instance_facts")),
    )
    op.create_table(
        "parties",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("is_core", sa.Boolean(), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("capital", JSON, nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("loaded_facts", JSON, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_parties")),
    )
    op.create_table(
        "reference_counters",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_reference_counters")),
    )
    op.create_table(
        "audience_members",
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_audience_members_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("audience_id", "key", name=op.f("pk_audience_members")),
    )
    op.create_index(op.f("ix_audience_members_key"), "audience_members", ["key"], unique=False)
    op.create_table(
        "offices",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("city", sa.String(length=64), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("part_of", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["part_of"], ["offices.code"], name=op.f("fk_offices_part_of_offices"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_offices_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_offices")),
    )
    op.create_index(op.f("ix_offices_party_code"), "offices", ["party_code"], unique=False)


def downgrade() -> None:
    """Drop the tables; SQLite deletes rows one by one, so those that point at each other are parted first."""
    op.execute("UPDATE offices SET part_of = NULL")
    op.drop_index(op.f("ix_offices_party_code"), table_name="offices")
    op.drop_table("offices")
    op.drop_index(op.f("ix_audience_members_key"), table_name="audience_members")
    op.drop_table("audience_members")
    op.drop_table("reference_counters")
    op.drop_table("parties")
    op.drop_table("instance_facts")
    op.drop_table("audiences")
