"""Agendas with revisions and proposals, and the register of documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
DECISIONS = "'entry', 'facts', 'not_held', 'merge', 'hosting', 'appointment', 'release', 'commitment'"


def upgrade() -> None:
    """Create the tables, and let an item say whose it is and what it is for."""
    op.create_table(
        "paper_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("owner_party", sa.String(length=16), nullable=True),
        sa.Column("owner_appointment", sa.Uuid(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('agenda', 'annotated_agenda', 'minutes', 'outcome')", name=op.f("ck_paper_templates_kind")
        ),
        sa.ForeignKeyConstraint(
            ["added_by"], ["people.id"], name=op.f("fk_paper_templates_added_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_paper_templates_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["documents.id"], name=op.f("fk_paper_templates_file_id_documents"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_appointment"],
            ["appointments.id"],
            name=op.f("fk_paper_templates_owner_appointment_appointments"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["owner_party"], ["parties.code"], name=op.f("fk_paper_templates_owner_party_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_templates")),
    )
    op.create_index(op.f("ix_paper_templates_audience_id"), "paper_templates", ["audience_id"], unique=False)
    op.create_table(
        "agenda_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('provisional', 'adopted')", name=op.f("ck_agenda_revisions_state")),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_agenda_revisions_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["people.id"], name=op.f("fk_agenda_revisions_issued_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_agenda_revisions_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_revisions")),
        sa.UniqueConstraint("meeting_id", "number", name=op.f("uq_agenda_revisions_meeting_id_number")),
    )
    op.create_index(op.f("ix_agenda_revisions_audience_id"), "agenda_revisions", ["audience_id"], unique=False)
    op.create_index(op.f("ix_agenda_revisions_meeting_id"), "agenda_revisions", ["meeting_id"], unique=False)
    op.create_table(
        "agendas",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("provisional_days", sa.Integer(), nullable=False),
        sa.Column("supplementary_days", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'adopted') = (adopted_at IS NOT NULL)", name=op.f("ck_agendas_adopted_at_with_state")
        ),
        sa.CheckConstraint("state IN ('draft', 'provisional', 'adopted')", name=op.f("ck_agendas_state")),
        sa.CheckConstraint(
            "provisional_days >= supplementary_days AND supplementary_days >= 0", name=op.f("ck_agendas_lead_times")
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_agendas_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_agendas_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agendas")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_agendas_meeting_id")),
    )
    op.create_index(op.f("ix_agendas_audience_id"), "agendas", ["audience_id"], unique=False)
    op.create_table(
        "notes_verbales",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_party", sa.String(length=16), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("other_party", sa.String(length=16), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("answers_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("direction IN ('out', 'in')", name=op.f("ck_notes_verbales_direction")),
        sa.ForeignKeyConstraint(
            ["answers_id"],
            ["notes_verbales.id"],
            name=op.f("fk_notes_verbales_answers_id_notes_verbales"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_notes_verbales_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_notes_verbales_created_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["documents.id"], name=op.f("fk_notes_verbales_file_id_documents"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_notes_verbales_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["other_party"], ["parties.code"], name=op.f("fk_notes_verbales_other_party_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_party"], ["parties.code"], name=op.f("fk_notes_verbales_owner_party_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes_verbales")),
        sa.UniqueConstraint(
            "owner_party",
            "direction",
            "year",
            "number",
            name=op.f("uq_notes_verbales_owner_party_direction_year_number"),
        ),
    )
    op.create_index(op.f("ix_notes_verbales_audience_id"), "notes_verbales", ["audience_id"], unique=False)
    op.create_index(op.f("ix_notes_verbales_meeting_id"), "notes_verbales", ["meeting_id"], unique=False)
    op.create_table(
        "registered_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=True),
        sa.Column("amends_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("mechanism_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("original_language", sa.String(length=8), nullable=False),
        sa.Column("owner_party", sa.String(length=16), nullable=True),
        sa.Column("marking", sa.String(length=300), nullable=True),
        sa.Column("marking_party", sa.String(length=16), nullable=True),
        sa.Column("handling_step", sa.String(length=16), nullable=False),
        sa.Column("named", JSON, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("release_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_zone", sa.String(length=64), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "handling_step IN ('public', 'parties', 'delegations', 'persons')",
            name=op.f("ck_registered_documents_handling_step"),
        ),
        sa.CheckConstraint("kind IN ('paper', 'agenda', 'text', 'report')", name=op.f("ck_registered_documents_kind")),
        sa.CheckConstraint(
            "state IN ('expected', 'received', 'withdrawn')", name=op.f("ck_registered_documents_state")
        ),
        sa.CheckConstraint(
            "(marking IS NULL) = (marking_party IS NULL)", name=op.f("ck_registered_documents_marking_with_party")
        ),
        sa.CheckConstraint(
            "(release_at IS NULL) = (release_zone IS NULL)", name=op.f("ck_registered_documents_release_with_zone")
        ),
        sa.ForeignKeyConstraint(
            ["amends_id"],
            ["registered_documents.id"],
            name=op.f("fk_registered_documents_amends_id_registered_documents"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_registered_documents_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_registered_documents_created_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["marking_party"],
            ["parties.code"],
            name=op.f("fk_registered_documents_marking_party_parties"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"],
            ["mechanisms.id"],
            name=op.f("fk_registered_documents_mechanism_id_mechanisms"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_registered_documents_meeting_id_meetings"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["owner_party"],
            ["parties.code"],
            name=op.f("fk_registered_documents_owner_party_parties"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registered_documents")),
        sa.UniqueConstraint("symbol", name=op.f("uq_registered_documents_symbol")),
    )
    op.create_index(op.f("ix_registered_documents_amends_id"), "registered_documents", ["amends_id"], unique=False)
    op.create_index(op.f("ix_registered_documents_audience_id"), "registered_documents", ["audience_id"], unique=False)
    op.create_index(
        op.f("ix_registered_documents_mechanism_id"), "registered_documents", ["mechanism_id"], unique=False
    )
    op.create_index(op.f("ix_registered_documents_meeting_id"), "registered_documents", ["meeting_id"], unique=False)
    op.create_table(
        "item_papers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_item_papers_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["registered_documents.id"],
            name=op.f("fk_item_papers_document_id_registered_documents"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_items.id"], name=op.f("fk_item_papers_item_id_agenda_items"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_papers")),
        sa.UniqueConstraint("item_id", "document_id", name=op.f("uq_item_papers_item_id_document_id")),
    )
    op.create_index(op.f("ix_item_papers_audience_id"), "item_papers", ["audience_id"], unique=False)
    op.create_index(op.f("ix_item_papers_document_id"), "item_papers", ["document_id"], unique=False)
    op.create_index(op.f("ix_item_papers_item_id"), "item_papers", ["item_id"], unique=False)
    op.create_table(
        "item_proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("mechanism_id", sa.Uuid(), nullable=True),
        sa.Column("party_code", sa.String(length=16), nullable=True),
        sa.Column("title", JSON, nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("parties", JSON, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'taken', 'merged', 'declined', 'withdrawn')", name=op.f("ck_item_proposals_state")
        ),
        sa.CheckConstraint("type IN ('information', 'discussion', 'decision')", name=op.f("ck_item_proposals_type")),
        sa.CheckConstraint(
            "meeting_id IS NOT NULL OR mechanism_id IS NOT NULL", name=op.f("ck_item_proposals_of_something")
        ),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_item_proposals_minutes")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_item_proposals_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_items.id"], name=op.f("fk_item_proposals_item_id_agenda_items"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"],
            ["mechanisms.id"],
            name=op.f("fk_item_proposals_mechanism_id_mechanisms"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_item_proposals_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_item_proposals_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_item_proposals_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_proposals")),
    )
    op.create_index(op.f("ix_item_proposals_audience_id"), "item_proposals", ["audience_id"], unique=False)
    op.create_index(op.f("ix_item_proposals_mechanism_id"), "item_proposals", ["mechanism_id"], unique=False)
    op.create_index(op.f("ix_item_proposals_meeting_id"), "item_proposals", ["meeting_id"], unique=False)
    op.create_table(
        "language_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("translated_from", sa.String(length=8), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('not_needed', 'requested', 'draft', 'in_revision', 'cleared', 'authentic')",
            name=op.f("ck_language_versions_state"),
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_language_versions_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_language_versions_changed_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["registered_documents.id"],
            name=op.f("fk_language_versions_document_id_registered_documents"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["documents.id"], name=op.f("fk_language_versions_file_id_documents"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language_versions")),
        sa.UniqueConstraint("document_id", "language", name=op.f("uq_language_versions_document_id_language")),
    )
    op.create_index(op.f("ix_language_versions_audience_id"), "language_versions", ["audience_id"], unique=False)
    op.create_index(op.f("ix_language_versions_document_id"), "language_versions", ["document_id"], unique=False)
    op.create_index(op.f("ix_language_versions_file_id"), "language_versions", ["file_id"], unique=False)
    with op.batch_alter_table("agenda_items") as batch:
        batch.add_column(sa.Column("parties", JSON, nullable=False, server_default="[]"))
        batch.add_column(sa.Column("proposed_by", sa.String(length=16), nullable=True))
        batch.add_column(sa.Column("presenters", sa.String(length=300), nullable=True))
        batch.add_column(sa.Column("annotation", JSON, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("expected_result", JSON, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("is_supplementary", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(
            op.f("fk_agenda_items_proposed_by_parties"), "parties", ["proposed_by"], ["code"], ondelete="RESTRICT"
        )
    with op.batch_alter_table("agenda_items") as batch:
        for column in ("parties", "annotation", "expected_result", "is_supplementary"):
            batch.alter_column(column, server_default=None)
    _decisions_of(f"{DECISIONS}, 'agenda', 'topic'")


def _decisions_of(kinds: str) -> None:
    with op.batch_alter_table("decisions") as batch:
        batch.drop_constraint(op.f("ck_decisions_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_decisions_kind"), f"kind IN ({kinds})")


def _hold_owner_to_policies(*, held: bool) -> None:
    """Let the owner, who runs this, see rows of the tables that are held to policies, or see none again."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("decisions", "decision_answers"):
            op.execute(f"ALTER TABLE {table} {'FORCE' if held else 'NO FORCE'} ROW LEVEL SECURITY")


def downgrade() -> None:
    """Drop them; what was decided on agendas goes with them."""
    _hold_owner_to_policies(held=False)
    op.execute(
        "DELETE FROM decision_answers WHERE decision_id IN (SELECT id FROM decisions WHERE kind IN ('agenda', 'topic'))"
    )
    op.execute("DELETE FROM decisions WHERE kind IN ('agenda', 'topic')")
    _hold_owner_to_policies(held=True)
    _decisions_of(DECISIONS)
    op.drop_index(op.f("ix_language_versions_file_id"), table_name="language_versions")
    op.drop_index(op.f("ix_language_versions_document_id"), table_name="language_versions")
    op.drop_index(op.f("ix_language_versions_audience_id"), table_name="language_versions")
    op.drop_table("language_versions")
    op.drop_index(op.f("ix_item_proposals_meeting_id"), table_name="item_proposals")
    op.drop_index(op.f("ix_item_proposals_mechanism_id"), table_name="item_proposals")
    op.drop_index(op.f("ix_item_proposals_audience_id"), table_name="item_proposals")
    op.drop_table("item_proposals")
    op.drop_index(op.f("ix_item_papers_item_id"), table_name="item_papers")
    op.drop_index(op.f("ix_item_papers_document_id"), table_name="item_papers")
    op.drop_index(op.f("ix_item_papers_audience_id"), table_name="item_papers")
    op.drop_table("item_papers")
    op.drop_index(op.f("ix_registered_documents_meeting_id"), table_name="registered_documents")
    op.drop_index(op.f("ix_registered_documents_mechanism_id"), table_name="registered_documents")
    op.drop_index(op.f("ix_registered_documents_audience_id"), table_name="registered_documents")
    op.drop_index(op.f("ix_registered_documents_amends_id"), table_name="registered_documents")
    op.drop_table("registered_documents")
    op.drop_index(op.f("ix_notes_verbales_meeting_id"), table_name="notes_verbales")
    op.drop_index(op.f("ix_notes_verbales_audience_id"), table_name="notes_verbales")
    op.drop_table("notes_verbales")
    op.drop_index(op.f("ix_agendas_audience_id"), table_name="agendas")
    op.drop_table("agendas")
    op.drop_index(op.f("ix_agenda_revisions_meeting_id"), table_name="agenda_revisions")
    op.drop_index(op.f("ix_agenda_revisions_audience_id"), table_name="agenda_revisions")
    op.drop_table("agenda_revisions")
    op.drop_index(op.f("ix_paper_templates_audience_id"), table_name="paper_templates")
    op.drop_table("paper_templates")
    with op.batch_alter_table("agenda_items") as batch:
        batch.drop_constraint(op.f("fk_agenda_items_proposed_by_parties"), type_="foreignkey")
        for column in (
            "announced_at",
            "is_supplementary",
            "expected_result",
            "annotation",
            "presenters",
            "proposed_by",
            "parties",
        ):
            batch.drop_column(column)
