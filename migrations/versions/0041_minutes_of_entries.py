"""In which paragraph of the minutes a captured entry stands, so that what was captured later can be offered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("minute_entries") as batch:
        batch.add_column(sa.Column("paragraph_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_minute_entries_paragraph_id_text_paragraphs"),
            "text_paragraphs",
            ["paragraph_id"],
            ["id"],
            ondelete="RESTRICT",
        )


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("minute_entries") as batch:
        batch.drop_constraint(op.f("fk_minute_entries_paragraph_id_text_paragraphs"), type_="foreignkey")
        batch.drop_column("paragraph_id")
