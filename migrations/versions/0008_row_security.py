"""The second lock on PostgreSQL: roles, privileges and row policies on the one read rule."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

GUARDED = (
    "people",
    "submissions",
    "mechanisms",
    "appointments",
    "appointment_members",
    "documents",
    "meetings",
    "meeting_parties",
    "sittings",
    "drafts",
    "agenda_items",
    "actions",
    "legs",
    "action_notes",
    "subscriptions",
    "subscription_fetches",
)
SYSTEM_ONLY = ("sign_in_sessions", "sign_in_attempts", "invitations", "heartbeats")
REFERENCE = ("parties", "offices", "instance_facts")
SEEN = (
    "audience_id IN (SELECT m.audience_id FROM audience_members m "
    "WHERE m.key = ANY (string_to_array(current_setting('entente.keys', true), ',')))"
)


def upgrade() -> None:
    """Take everything from everybody, then give each role what it needs and no more."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("GRANT USAGE ON SCHEMA public TO entente_app, entente_system")
    op.execute("GRANT SELECT ON alembic_version TO entente_app, entente_system")
    for table in GUARDED:
        _guard(table)
        op.execute(f"CREATE POLICY app_sees ON {table} TO entente_app USING ({SEEN}) WITH CHECK ({SEEN})")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO entente_app, entente_system")
    _guard("audit_records")
    op.execute(f"CREATE POLICY app_sees ON audit_records FOR SELECT TO entente_app USING ({SEEN})")
    op.execute("CREATE POLICY app_adds ON audit_records FOR INSERT TO entente_app WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT ON audit_records TO entente_app, entente_system")
    _guard("outbox_messages")
    op.execute("CREATE POLICY app_adds ON outbox_messages FOR INSERT TO entente_app WITH CHECK (true)")
    op.execute("GRANT INSERT ON outbox_messages TO entente_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON outbox_messages TO entente_system")
    for table in SYSTEM_ONLY:
        _guard(table)
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO entente_system")
    op.execute("GRANT DELETE ON sign_in_attempts TO entente_system")
    for table in REFERENCE:
        op.execute(f"GRANT SELECT ON {table} TO entente_app")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO entente_system")
    op.execute("GRANT SELECT, INSERT, UPDATE ON audiences, reference_counters TO entente_app, entente_system")
    op.execute("GRANT SELECT, INSERT ON audience_members TO entente_app, entente_system")
    op.execute("GRANT SELECT, UPDATE ON audit_head TO entente_app, entente_system")


def downgrade() -> None:
    """Drop the policies and the privileges."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in (*GUARDED, "audit_records", "outbox_messages", *SYSTEM_ONLY):
        for policy in ("app_sees", "app_adds", "system_sees"):
            op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM entente_app, entente_system")


def _guard(table: str) -> None:
    """Hold even the owner to the policies, and let the system's role see every row."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY system_sees ON {table} TO entente_system USING (true) WITH CHECK (true)")
