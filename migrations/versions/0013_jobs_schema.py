"""A schema of its own for the queue that wakes the worker."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the schema on PostgreSQL; on SQLite the queue has a file of its own."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("CREATE SCHEMA entente_jobs")
    op.execute("GRANT USAGE, CREATE ON SCHEMA entente_jobs TO entente_system")


def downgrade() -> None:
    """Drop the schema with what waits in it: it holds no work, only wakings."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP SCHEMA entente_jobs CASCADE")
