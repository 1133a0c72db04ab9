"""Tell which legs of actions their own party has accepted: nobody is late with what others wrote down for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

READ_AND_WRITTEN = ("legs", "actions")


def upgrade() -> None:
    """Add the mark; of the legs that are there, those of the party that recorded the action are its own word."""
    op.add_column("legs", sa.Column("is_accepted", sa.Boolean(), nullable=False, server_default=sa.false()))
    _hold_owner_to_policies(held=False)
    op.execute(
        "UPDATE legs SET is_accepted = true WHERE EXISTS (SELECT 1 FROM actions "
        "WHERE actions.id = legs.action_id AND actions.created_by_party = legs.party_code)"
    )
    _hold_owner_to_policies(held=True)


def downgrade() -> None:
    """Take the mark away."""
    op.drop_column("legs", "is_accepted")


def _hold_owner_to_policies(*, held: bool) -> None:
    """On PostgreSQL, let the owner of the tables see their rows for the length of the change, or no more."""
    if op.get_bind().dialect.name == "postgresql":
        for table in READ_AND_WRITTEN:
            op.execute(f"ALTER TABLE {table} {'FORCE' if held else 'NO FORCE'} ROW LEVEL SECURITY")
