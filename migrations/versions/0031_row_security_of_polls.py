"""The second lock on PostgreSQL for polls, busy time, rosters and invitations."""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

GUARDED = (
    "busy_calendars",
    "busy_intervals",
    "date_plans",
    "polls",
    "poll_seats",
    "poll_slots",
    "poll_inner_notes",
    "poll_notes",
    "poll_proxies",
    "poll_responses",
    "poll_answers",
    "dispatches",
    "meeting_protocols",
    "roster_entries",
    "meeting_invitations",
    "roster_addresses",
    "roster_attendances",
    "invitation_replies",
)
SYSTEM_ONLY = ("received_mails",)
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
    for table in SYSTEM_ONLY:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY system_sees ON {table} TO entente_system USING (true) WITH CHECK (true)")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO entente_system")


def downgrade() -> None:
    """Drop the policies and the privileges."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in (*GUARDED, *SYSTEM_ONLY):
        op.execute(f"DROP POLICY IF EXISTS app_sees ON {table}")
        op.execute(f"DROP POLICY system_sees ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute(f"REVOKE ALL ON {', '.join((*GUARDED, *SYSTEM_ONLY))} FROM entente_app, entente_system")
