"""A change of hosts can be taken back by another decision; a hand-over tells who handed over, received and ticked."""

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
PARTY = "fk_hand_over_items_done_by_party_parties"


def upgrade() -> None:
    """Add the columns, empty: nothing was taken back yet."""
    for table, column, target in ADDED:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(column, sa.Uuid(), nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_{table}_{column}_{target}"), target, [column], ["id"], ondelete="RESTRICT"
            )
    with op.batch_alter_table("hand_over_items") as batch:
        batch.add_column(sa.Column("done_by_party", sa.String(16), nullable=True))
        batch.create_foreign_key(op.f(PARTY), "parties", ["done_by_party"], ["code"], ondelete="RESTRICT")


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("hand_over_items") as batch:
        batch.drop_constraint(op.f(PARTY), type_="foreignkey")
        batch.drop_column("done_by_party")
    for table, column, target in reversed(ADDED):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_{column}_{target}"), type_="foreignkey")
            batch.drop_column(column)
