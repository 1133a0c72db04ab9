"""The second lock on PostgreSQL for what was added: privileges and row policies on the one read rule."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

GUARDED = (
    "decisions",
    "decision_answers",
    "fact_statements",
    "hosting_changes",
    "hand_overs",
    "hand_over_items",
    "planning_notes",
    "contacts",
    "events",
    "releases",
    "authorisations",
)
SEEN = (
    "audience_id IN (SELECT m.audience_id FROM audience_members m "
    "WHERE m.key = ANY (string_to_array(current_setting('entente.keys', true), ',')))"
)


def upgrade() -> None:
    """Hold every table to the read rule; the names of offices are reference data, written by the system."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in GUARDED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY system_sees ON {table} TO entente_system USING (true) WITH CHECK (true)")
        op.execute(f"CREATE POLICY app_sees ON {table} TO entente_app USING ({SEEN}) WITH CHECK ({SEEN})")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO entente_app, entente_system")
    op.execute("GRANT SELECT ON office_names TO entente_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON office_names TO entente_system")


def downgrade() -> None:
    """Drop the policies and the privileges."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in GUARDED:
        op.execute(f"DROP POLICY app_sees ON {table}")
        op.execute(f"DROP POLICY system_sees ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute(f"REVOKE ALL ON {', '.join(GUARDED)}, office_names FROM entente_app, entente_system")
