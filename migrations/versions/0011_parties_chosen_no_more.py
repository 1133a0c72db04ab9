"""Keep the rows of parties that are chosen no more; let sittings be rebuilt when a meeting gets shorter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark of a party chosen no more, and the right to delete sittings, which only follow from the times."""
    op.add_column("meeting_parties", sa.Column("removed", sa.Boolean(), nullable=False, server_default=sa.false()))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("GRANT DELETE ON sittings TO entente_app, entente_system")


def downgrade() -> None:
    """Take both away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("REVOKE DELETE ON sittings FROM entente_app, entente_system")
    op.drop_column("meeting_parties", "removed")
