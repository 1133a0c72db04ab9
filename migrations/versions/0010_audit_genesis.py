"""Begin the chain of the audit record (data)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

HEAD = sa.table("audit_head", sa.column("id"), sa.column("count"), sa.column("digest"))


def upgrade() -> None:
    """Insert the head of an empty chain."""
    op.bulk_insert(HEAD, [{"id": 1, "count": 0, "digest": "0" * 64}])


def downgrade() -> None:
    """Remove the head; the records go with their table."""
    op.execute(HEAD.delete())
