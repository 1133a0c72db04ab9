"""The second lock on PostgreSQL for agendas, documents, texts, positions and rooms."""

from __future__ import annotations

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

GUARDED = (
    "silence_opt_ins",
    "paper_templates",
    "agenda_revisions",
    "agendas",
    "notes_verbales",
    "readout_drafts",
    "readouts",
    "registered_documents",
    "best_practices",
    "item_papers",
    "item_proposals",
    "items_taken",
    "language_versions",
    "positions",
    "rooms",
    "texts",
    "minute_entries",
    "position_shares",
    "position_versions",
    "silences",
    "text_languages",
    "text_paragraphs",
    "text_revisions",
    "text_signatures",
    "inner_notes",
    "paragraph_wordings",
    "reservations",
    "share_copies",
    "share_recipients",
    "silence_answers",
    "silence_receipts",
    "text_comments",
    "share_readings",
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
        op.execute(f"DROP POLICY IF EXISTS app_sees ON {table}")
        op.execute(f"DROP POLICY system_sees ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute(f"REVOKE ALL ON {', '.join(GUARDED)} FROM entente_app, entente_system")
