"""Subscriptions and when they were fetched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("mechanism_id", sa.Uuid(), nullable=True),
        sa.Column("includes_tentative", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("detail IN ('full', 'busy')", name=op.f("ck_subscriptions_detail")),
        sa.CheckConstraint("language IN ('en', 'es', 'fr')", name=op.f("ck_subscriptions_language")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_subscriptions_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"],
            ["mechanisms.id"],
            name=op.f("fk_subscriptions_mechanism_id_mechanisms"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_subscriptions_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_subscriptions_token_digest")),
    )
    op.create_index(op.f("ix_subscriptions_audience_id"), "subscriptions", ["audience_id"], unique=False)
    op.create_index(op.f("ix_subscriptions_person_id"), "subscriptions", ["person_id"], unique=False)
    op.create_table(
        "subscription_fetches",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("last_fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_agent", sa.String(length=300), nullable=False),
        sa.Column("fetch_count", sa.Integer(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_subscription_fetches_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name=op.f("fk_subscription_fetches_subscription_id_subscriptions"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("subscription_id", name=op.f("pk_subscription_fetches")),
    )
    op.create_index(op.f("ix_subscription_fetches_audience_id"), "subscription_fetches", ["audience_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(op.f("ix_subscription_fetches_audience_id"), table_name="subscription_fetches")
    op.drop_table("subscription_fetches")
    op.drop_index(op.f("ix_subscriptions_person_id"), table_name="subscriptions")
    op.drop_index(op.f("ix_subscriptions_audience_id"), table_name="subscriptions")
    op.drop_table("subscriptions")
