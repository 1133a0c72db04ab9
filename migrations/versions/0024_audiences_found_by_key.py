"""Find the audiences of a key without reading their rows: each feed that is asked for looks up all of its person's."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

WHOLE = "ix_audience_members_key_audience_id"
BARE = "ix_audience_members_key"


def upgrade() -> None:
    """Let the index of keys hold the audience, too."""
    op.create_index(op.f(WHOLE), "audience_members", ["key", "audience_id"])
    op.drop_index(op.f(BARE), "audience_members")


def downgrade() -> None:
    """Index the key alone, as before."""
    op.create_index(op.f(BARE), "audience_members", ["key"])
    op.drop_index(op.f(WHOLE), "audience_members")
