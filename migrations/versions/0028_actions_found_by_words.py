"""Find actions by words of their titles, by news and changes; and the view that a person's list opens with."""

from __future__ import annotations

import json
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

AT_ONCE = 5_000
INDEXES = {
    "ix_actions_news_at_reference": ["news_at", "reference"],
    "ix_actions_changed_at_reference": ["changed_at", "reference"],
}
OF_OWED = {
    "ix_actions_owed_due_on_reference": ["due_on", "reference"],
    "ix_actions_owed_mechanism_id_due_on": ["mechanism_id", "due_on", "reference"],
    "ix_actions_owed_news_at_reference": ["news_at", "reference"],
}


def upgrade() -> None:
    """Add the columns and indexes, and keep the words of the actions that are there."""
    with op.batch_alter_table("actions") as batch:
        batch.add_column(sa.Column("found_by", sa.Text(), nullable=False, server_default=""))
        for name, columns in INDEXES.items():
            batch.create_index(name, columns)
        owed = sa.text("state IN ('blocked', 'open', 'under_way')")
        for name, columns in OF_OWED.items():
            batch.create_index(name, columns, sqlite_where=owed, postgresql_where=owed)
    with op.batch_alter_table("saved_views") as batch:
        batch.add_column(sa.Column("is_default", sa.Boolean(), nullable=False, server_default=sa.false()))
    _keep_words()


def _keep_words() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.execute("ALTER TABLE actions NO FORCE ROW LEVEL SECURITY")
    rows = bind.execute(sa.text("SELECT id, reference, title FROM actions")).all()
    words = [{"id": row.id, "words": _words(row.reference, row.title)} for row in rows]
    for first in range(0, len(words), AT_ONCE):
        bind.execute(sa.text("UPDATE actions SET found_by = :words WHERE id = :id"), words[first : first + AT_ONCE])
    if bind.dialect.name == "postgresql":
        op.execute("ALTER TABLE actions FORCE ROW LEVEL SECURITY")


def _words(reference: str, title: object) -> str:
    by_language = json.loads(title) if isinstance(title, str) else title
    said = [text for language, text in by_language.items() if language != "original"]
    return " | ".join(_folded(text) for text in [reference, *said])


def _folded(text: str) -> str:
    """Return a text as `app.domain.action_query_words.folded` did when this was written."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in bare if not unicodedata.combining(letter)).split())


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("saved_views") as batch:
        batch.drop_column("is_default")
    with op.batch_alter_table("actions") as batch:
        for name in (*OF_OWED, *INDEXES):
            batch.drop_index(name)
        batch.drop_column("found_by")
