"""Find the meetings of a state by their time, and the few that serve another period than that of their day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OF_STATE = "ix_meetings_state_starts_at"
SERVING = "ix_meetings_serves_on"


def upgrade() -> None:
    """Add both indexes."""
    has_one = sa.text("serves_on IS NOT NULL")
    op.create_index(op.f(OF_STATE), "meetings", ["state", "starts_at"])
    op.create_index(op.f(SERVING), "meetings", ["serves_on"], sqlite_where=has_one, postgresql_where=has_one)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f(SERVING), "meetings")
    op.drop_index(op.f(OF_STATE), "meetings")
