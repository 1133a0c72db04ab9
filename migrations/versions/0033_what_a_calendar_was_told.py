"""What the calendar of an invited person was last told of a meeting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Let an invitation hold the times that were mailed, by which a later one is seen to move or to repeat them."""
    op.add_column("meeting_invitations", sa.Column("told", JSON, nullable=True))


def downgrade() -> None:
    """Forget what was mailed."""
    op.drop_column("meeting_invitations", "told")
