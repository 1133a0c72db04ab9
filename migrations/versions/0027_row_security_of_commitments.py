"""The second lock on PostgreSQL for commitments, reminders and the work on actions."""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

GUARDED = (
    "action_batches",
    "reminder_consents",
    "saved_views",
    "action_imports",
    "commitments",
    "commitment_statements",
    "action_links",
    "carry_overs",
    "commitment_actions",
    "subtasks",
    "due_moves",
    "reminders",
)
SEEN = (
    "audience_id IN (SELECT m.audience_id FROM audience_members m "
    "WHERE m.key = ANY (string_to_array(current_setting('entente.keys', true), ',')))"
)


def upgrade() -> None:
    """Hold every table to the read rule."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in GUARDED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY system_sees ON {table} TO entente_system USING (true) WITH CHECK (true)")
        op.execute(f"CREATE POLICY app_sees ON {table} TO entente_app USING ({SEEN}) WITH CHECK ({SEEN})")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO entente_app, entente_system")


def downgrade() -> None:
    """Drop the policies and the privileges."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in GUARDED:
        op.execute(f"DROP POLICY app_sees ON {table}")
        op.execute(f"DROP POLICY system_sees ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute(f"REVOKE ALL ON {', '.join(GUARDED)} FROM entente_app, entente_system")
