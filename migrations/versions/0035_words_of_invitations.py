"""The words of invitations and rosters held to their sets: how a reply came, what became of a mail, at what level."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None
LEVELS: Final = (
    "'leader', 'minister', 'deputy_minister', 'assistant_secretary', 'director_general', 'director', 'expert'"
)
WORDS: Final = (
    ("meeting_invitations", "reply_way", "'page', 'link', 'calendar'"),
    ("invitation_replies", "reply", "'accepted', 'tentative', 'declined'"),
    ("received_mails", "way", "'mailbox', 'pipe'"),
    ("received_mails", "outcome", "'taken', 'refused', 'ignored'"),
    ("roster_entries", "expected_level", LEVELS),
    ("roster_entries", "actual_level", LEVELS),
    ("meeting_protocols", "expected_level", LEVELS),
)


def upgrade() -> None:
    """Add a CHECK for each."""
    for table, column, words in WORDS:
        with op.batch_alter_table(table) as batch:
            batch.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({words})")


def downgrade() -> None:
    """Drop them."""
    for table, column, _words in reversed(WORDS):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
