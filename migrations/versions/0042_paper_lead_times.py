"""How many weeks before its meeting a paper is due, where that is not the usual lead of its kind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; without a value the lead of the document's kind counts."""
    op.add_column("registered_documents", sa.Column("lead_weeks", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop it; what it said is lost, and the usual leads count again."""
    op.drop_column("registered_documents", "lead_weeks")
