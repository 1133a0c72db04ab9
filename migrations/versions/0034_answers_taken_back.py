"""Let an answer to a slot be taken back, and a seat that a delegation asked for itself be dropped unanswered."""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None
TABLES = ("poll_answers", "poll_proxies", "poll_seats")


def upgrade() -> None:
    """Add the right to delete what nothing was agreed on; a seat that has an answer is kept by its foreign key."""
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"GRANT DELETE ON {table} TO entente_app, entente_system")


def downgrade() -> None:
    """Take it away."""
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"REVOKE DELETE ON {table} FROM entente_app, entente_system")
