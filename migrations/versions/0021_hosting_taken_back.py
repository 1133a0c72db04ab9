"""A change of hosts can be taken back by another decision; a hand-over tells who handed over and who received."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ADDED = (
    ("hosting_changes", "revoked_by_id", "decisions"),
    ("hand_overs", "handed_over_by", "people"),
    ("hand_overs", "received_by", "people"),
)


def upgrade() -> None:
    """Add the columns, empty: nothing was taken back yet."""
    for table, column, target in ADDED:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(column, sa.Uuid(), nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_{table}_{column}_{target}"), target, [column], ["id"], ondelete="RESTRICT"
            )


def downgrade() -> None:
    """Drop them."""
    for table, column, target in reversed(ADDED):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_{column}_{target}"), type_="foreignkey")
            batch.drop_column(column)
