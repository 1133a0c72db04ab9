"""Keep when a meeting's date was confirmed, so that calendars know what their owners were told to count on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

READ_AND_WRITTEN = ("meetings", "meeting_parties")


def upgrade() -> None:
    """Add the instant; where it was not noted, the last change of a meeting to which every party said yes."""
    op.add_column("meetings", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    _hold_owner_to_policies(held=False)
    op.execute("UPDATE meetings SET confirmed_at = changed_at WHERE state IN ('confirmed', 'held', 'closed')")
    op.execute(
        "UPDATE meetings SET confirmed_at = changed_at WHERE state IN ('postponed', 'cancelled') AND NOT EXISTS ("
        "SELECT 1 FROM meeting_parties p WHERE p.meeting_id = meetings.id AND p.removed = false "
        "AND (p.answer IS NULL OR p.answer <> 'yes' OR p.is_reported = true))"
    )
    _hold_owner_to_policies(held=True)


def downgrade() -> None:
    """Take the instant away."""
    op.drop_column("meetings", "confirmed_at")


def _hold_owner_to_policies(*, held: bool) -> None:
    """On PostgreSQL, let the owner of the tables see their rows for the length of the change, or no more."""
    if op.get_bind().dialect.name == "postgresql":
        for table in READ_AND_WRITTEN:
            op.execute(f"ALTER TABLE {table} {'FORCE' if held else 'NO FORCE'} ROW LEVEL SECURITY")
