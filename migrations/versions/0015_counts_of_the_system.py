"""Let the counts behind references be read by the system alone: their scopes name the parties that met."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the counts from the app's role."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("REVOKE ALL ON reference_counters FROM entente_app")


def downgrade() -> None:
    """Give the app's role what it had."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("GRANT SELECT, INSERT, UPDATE ON reference_counters TO entente_app")
