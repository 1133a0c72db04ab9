"""Documents, meetings, drafts and agendas."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("owner_party", sa.String(length=16), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_documents_size")),
        sa.ForeignKeyConstraint(
            ["added_by"], ["people.id"], name=op.f("fk_documents_added_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_documents_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_party"], ["parties.code"], name=op.f("fk_documents_owner_party_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_audience_id"), "documents", ["audience_id"], unique=False)
    op.create_table(
        "meetings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("mechanism_id", sa.Uuid(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("title", JSON, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("conference_url", sa.String(length=2000), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("starts_time", sa.Time(), nullable=True),
        sa.Column("ends_time", sa.Time(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tzdata_version", sa.String(length=16), nullable=False),
        sa.Column("first_starts_on", sa.Date(), nullable=True),
        sa.Column("first_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("date_is_open", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.String(length=16), nullable=True),
        sa.Column("proposed_by_appointment", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("uid", sa.String(length=255), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("format IN ('in_person', 'hybrid', 'virtual', 'unknown')", name=op.f("ck_meetings_format")),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'held', 'closed', 'postponed', 'cancelled')",
            name=op.f("ck_meetings_state"),
        ),
        sa.CheckConstraint("(starts_time IS NULL) = (ends_time IS NULL)", name=op.f("ck_meetings_both_times_or_none")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meetings_instants_in_order")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_meetings_days_in_order")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_meetings_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"], ["mechanisms.id"], name=op.f("fk_meetings_mechanism_id_mechanisms"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["parties.code"], name=op.f("fk_meetings_proposed_by_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_appointment"],
            ["appointments.id"],
            name=op.f("fk_meetings_proposed_by_appointment_appointments"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("reference", name=op.f("uq_meetings_reference")),
        sa.UniqueConstraint("uid", name=op.f("uq_meetings_uid")),
    )
    op.create_index(op.f("ix_meetings_audience_id"), "meetings", ["audience_id"], unique=False)
    op.create_index(op.f("ix_meetings_mechanism_id"), "meetings", ["mechanism_id"], unique=False)
    op.create_index("ix_meetings_starts_at_state", "meetings", ["starts_at", "state"], unique=False)
    op.create_table(
        "agenda_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("lead_party", sa.String(length=16), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('opening', 'adoption_of_agenda', 'progress_since_last', 'substance', "
            "'other_business', 'adoption_of_outcome', 'closing')",
            name=op.f("ck_agenda_items_kind"),
        ),
        sa.CheckConstraint("type IN ('information', 'discussion', 'decision')", name=op.f("ck_agenda_items_type")),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_agenda_items_minutes")),
        sa.CheckConstraint("removed OR position >= 1", name=op.f("ck_agenda_items_position")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_agenda_items_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["lead_party"], ["parties.code"], name=op.f("fk_agenda_items_lead_party_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_agenda_items_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_items")),
    )
    op.create_index(op.f("ix_agenda_items_audience_id"), "agenda_items", ["audience_id"], unique=False)
    op.create_index(op.f("ix_agenda_items_meeting_id"), "agenda_items", ["meeting_id"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("owner_party", sa.String(length=16), nullable=True),
        sa.Column("owner_appointment", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_version", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('meeting', 'changes')", name=op.f("ck_drafts_kind")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_drafts_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_drafts_created_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_drafts_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_appointment"],
            ["appointments.id"],
            name=op.f("fk_drafts_owner_appointment_appointments"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["owner_party"], ["parties.code"], name=op.f("fk_drafts_owner_party_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_audience_id"), "drafts", ["audience_id"], unique=False)
    op.create_index(op.f("ix_drafts_meeting_id"), "drafts", ["meeting_id"], unique=False)
    op.create_table(
        "meeting_parties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("hosting", sa.String(length=8), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("is_reported", sa.Boolean(), nullable=False),
        sa.Column("report_note", sa.Text(), nullable=True),
        sa.Column("report_document_id", sa.Uuid(), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("answer IS NULL OR answer IN ('yes', 'no')", name=op.f("ck_meeting_parties_answer")),
        sa.CheckConstraint("hosting IN ('none', 'host', 'co_host')", name=op.f("ck_meeting_parties_hosting")),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_meeting_parties_answered_at_with_answer")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["people.id"], name=op.f("fk_meeting_parties_answered_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_meeting_parties_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_parties_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_meeting_parties_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["report_document_id"],
            ["documents.id"],
            name=op.f("fk_meeting_parties_report_document_id_documents"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_parties")),
        sa.UniqueConstraint("meeting_id", "party_code", name=op.f("uq_meeting_parties_meeting_id_party_code")),
    )
    op.create_index(op.f("ix_meeting_parties_audience_id"), "meeting_parties", ["audience_id"], unique=False)
    op.create_index(op.f("ix_meeting_parties_meeting_id"), "meeting_parties", ["meeting_id"], unique=False)
    op.create_table(
        "sittings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_sittings_order")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_sittings_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_sittings_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sittings")),
        sa.UniqueConstraint("meeting_id", "position", name=op.f("uq_sittings_meeting_id_position")),
    )
    op.create_index(op.f("ix_sittings_audience_id"), "sittings", ["audience_id"], unique=False)
    op.create_index(op.f("ix_sittings_meeting_id"), "sittings", ["meeting_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(op.f("ix_sittings_meeting_id"), table_name="sittings")
    op.drop_index(op.f("ix_sittings_audience_id"), table_name="sittings")
    op.drop_table("sittings")
    op.drop_index(op.f("ix_meeting_parties_meeting_id"), table_name="meeting_parties")
    op.drop_index(op.f("ix_meeting_parties_audience_id"), table_name="meeting_parties")
    op.drop_table("meeting_parties")
    op.drop_index(op.f("ix_drafts_meeting_id"), table_name="drafts")
    op.drop_index(op.f("ix_drafts_audience_id"), table_name="drafts")
    op.drop_table("drafts")
    op.drop_index(op.f("ix_agenda_items_meeting_id"), table_name="agenda_items")
    op.drop_index(op.f("ix_agenda_items_audience_id"), table_name="agenda_items")
    op.drop_table("agenda_items")
    op.drop_index("ix_meetings_starts_at_state", table_name="meetings")
    op.drop_index(op.f("ix_meetings_mechanism_id"), table_name="meetings")
    op.drop_index(op.f("ix_meetings_audience_id"), table_name="meetings")
    op.drop_table("meetings")
    op.drop_index(op.f("ix_documents_audience_id"), table_name="documents")
    op.drop_table("documents")
