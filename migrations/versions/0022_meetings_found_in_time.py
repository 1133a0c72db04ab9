"""Find the meetings of a mechanism by their time, and what is around a meeting among the few that are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

IN_TIME = "ix_meetings_mechanism_id_starts_at"
OF_MECHANISM = "ix_meetings_mechanism_id"
AROUND = ("parent_id", "event_id")


def upgrade() -> None:
    """Let the index of mechanisms go on with the time, and those of parents and events leave out who has none."""
    op.create_index(op.f(IN_TIME), "meetings", ["mechanism_id", "starts_at"])
    op.drop_index(op.f(OF_MECHANISM), "meetings")
    for column in AROUND:
        op.drop_index(op.f(f"ix_meetings_{column}"), "meetings")
        has_one = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            op.f(f"ix_meetings_{column}"), "meetings", [column], sqlite_where=has_one, postgresql_where=has_one
        )


def downgrade() -> None:
    """Index each column whole and alone, as before."""
    for column in AROUND:
        op.drop_index(op.f(f"ix_meetings_{column}"), "meetings")
        op.create_index(op.f(f"ix_meetings_{column}"), "meetings", [column])
    op.create_index(op.f(OF_MECHANISM), "meetings", ["mechanism_id"])
    op.drop_index(op.f(IN_TIME), "meetings")
