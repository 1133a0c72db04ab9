"""Texts that are agreed word by word, signatures, the silence procedure, readouts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "silence_opt_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mechanism_id", sa.Uuid(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("opted_in_by", sa.Uuid(), nullable=False),
        sa.Column("opted_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_silence_opt_ins_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["people.id"], name=op.f("fk_silence_opt_ins_ended_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"],
            ["mechanisms.id"],
            name=op.f("fk_silence_opt_ins_mechanism_id_mechanisms"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["opted_in_by"], ["people.id"], name=op.f("fk_silence_opt_ins_opted_in_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_silence_opt_ins_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence_opt_ins")),
    )
    op.create_index(op.f("ix_silence_opt_ins_audience_id"), "silence_opt_ins", ["audience_id"], unique=False)
    op.create_index(op.f("ix_silence_opt_ins_mechanism_id"), "silence_opt_ins", ["mechanism_id"], unique=False)
    op.create_table(
        "readout_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("owner_party", sa.String(length=16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_readout_drafts_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_readout_drafts_changed_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_readout_drafts_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_party"], ["parties.code"], name=op.f("fk_readout_drafts_owner_party_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readout_drafts")),
        sa.UniqueConstraint("meeting_id", "owner_party", name=op.f("uq_readout_drafts_meeting_id_owner_party")),
    )
    op.create_index(op.f("ix_readout_drafts_audience_id"), "readout_drafts", ["audience_id"], unique=False)
    op.create_index(op.f("ix_readout_drafts_meeting_id"), "readout_drafts", ["meeting_id"], unique=False)
    op.create_table(
        "readouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("wording", JSON, nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_readouts_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_readouts_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_readouts_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["people.id"], name=op.f("fk_readouts_published_by_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readouts")),
        sa.UniqueConstraint(
            "meeting_id", "party_code", "number", name=op.f("uq_readouts_meeting_id_party_code_number")
        ),
    )
    op.create_index(op.f("ix_readouts_audience_id"), "readouts", ["audience_id"], unique=False)
    op.create_index(op.f("ix_readouts_meeting_id"), "readouts", ["meeting_id"], unique=False)
    op.create_table(
        "texts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("mechanism_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("original_language", sa.String(length=8), nullable=False),
        sa.Column("parties", JSON, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("needs_all_languages", sa.Boolean(), nullable=False),
        sa.Column("brackets_noted", sa.Boolean(), nullable=False),
        sa.Column("name_order", sa.String(length=16), nullable=False),
        sa.Column("chair_party", sa.String(length=16), nullable=True),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("adopted_way", sa.String(length=16), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_by", sa.String(length=16), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'adopted') = (adopted_at IS NOT NULL)", name=op.f("ck_texts_adopted_at_with_state")
        ),
        sa.CheckConstraint(
            "adopted_way IS NULL OR adopted_way IN ('signatures', 'silence', 'chair')",
            name=op.f("ck_texts_adopted_way"),
        ),
        sa.CheckConstraint(
            "kind IN ('joint_statement', 'summary_of_conclusions', 'minutes', 'chairs_summary', "
            "'terms_of_reference', 'agenda')",
            name=op.f("ck_texts_kind"),
        ),
        sa.CheckConstraint(
            "name_order IN ('host_first', 'alternat', 'alphabetical')", name=op.f("ck_texts_name_order")
        ),
        sa.CheckConstraint("state IN ('draft', 'under_silence', 'adopted', 'withdrawn')", name=op.f("ck_texts_state")),
        sa.CheckConstraint("(adopted_at IS NULL) = (adopted_way IS NULL)", name=op.f("ck_texts_adopted_way_with_at")),
        sa.CheckConstraint("meeting_id IS NOT NULL OR mechanism_id IS NOT NULL", name=op.f("ck_texts_of_something")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_texts_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["chair_party"], ["parties.code"], name=op.f("fk_texts_chair_party_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["texts.id"], name=op.f("fk_texts_corrects_id_texts"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_texts_created_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["registered_documents.id"],
            name=op.f("fk_texts_document_id_registered_documents"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"], ["mechanisms.id"], name=op.f("fk_texts_mechanism_id_mechanisms"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_texts_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["parties.code"], name=op.f("fk_texts_proposed_by_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["texts.id"], name=op.f("fk_texts_replaces_id_texts"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_texts")),
        sa.UniqueConstraint("reference", name=op.f("uq_texts_reference")),
    )
    op.create_index(op.f("ix_texts_audience_id"), "texts", ["audience_id"], unique=False)
    op.create_index(op.f("ix_texts_mechanism_id"), "texts", ["mechanism_id"], unique=False)
    op.create_index(op.f("ix_texts_meeting_id"), "texts", ["meeting_id"], unique=False)
    op.create_table(
        "silences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("parties", JSON, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("tzdata_version", sa.String(length=16), nullable=False),
        sa.Column("circulated_by", sa.Uuid(), nullable=False),
        sa.Column("circulated_party", sa.String(length=16), nullable=True),
        sa.Column("circulated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_count", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settle_note", sa.Text(), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('circulated', 'running', 'held', 'broken', 'adopted', 'withdrawn', 'lapsed')",
            name=op.f("ck_silences_state"),
        ),
        sa.CheckConstraint("(opened_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_silences_ends_at_with_opened")),
        sa.CheckConstraint("hours >= 1", name=op.f("ck_silences_hours")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_silences_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["circulated_by"], ["people.id"], name=op.f("fk_silences_circulated_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["circulated_party"],
            ["parties.code"],
            name=op.f("fk_silences_circulated_party_parties"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["text_id"], ["texts.id"], name=op.f("fk_silences_text_id_texts"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
    )
    op.create_index(op.f("ix_silences_audience_id"), "silences", ["audience_id"], unique=False)
    op.create_index("ix_silences_state_ends_at", "silences", ["state", "ends_at"], unique=False)
    op.create_index(op.f("ix_silences_text_id"), "silences", ["text_id"], unique=False)
    op.create_index(
        "uq_silences_standing",
        "silences",
        ["text_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('circulated', 'running', 'held')"),
        postgresql_where=sa.text("state IN ('circulated', 'running', 'held')"),
    )
    op.create_table(
        "text_languages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('not_needed', 'requested', 'draft', 'in_revision', 'cleared', 'authentic')",
            name=op.f("ck_text_languages_state"),
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_text_languages_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_text_languages_changed_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["texts.id"], name=op.f("fk_text_languages_text_id_texts"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_languages")),
        sa.UniqueConstraint("text_id", "language", name=op.f("uq_text_languages_text_id_language")),
    )
    op.create_index(op.f("ix_text_languages_audience_id"), "text_languages", ["audience_id"], unique=False)
    op.create_index(op.f("ix_text_languages_text_id"), "text_languages", ["text_id"], unique=False)
    op.create_table(
        "text_paragraphs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("opened_brackets", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('paragraph', 'heading')", name=op.f("ck_text_paragraphs_kind")),
        sa.CheckConstraint("removed OR position >= 1", name=op.f("ck_text_paragraphs_position")),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_text_paragraphs_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_items.id"], name=op.f("fk_text_paragraphs_item_id_agenda_items"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["texts.id"], name=op.f("fk_text_paragraphs_text_id_texts"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_paragraphs")),
    )
    op.create_index(op.f("ix_text_paragraphs_audience_id"), "text_paragraphs", ["audience_id"], unique=False)
    op.create_index(op.f("ix_text_paragraphs_text_id"), "text_paragraphs", ["text_id"], unique=False)
    op.create_table(
        "text_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("hashes", JSON, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_party", sa.String(length=16), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_text_revisions_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["people.id"], name=op.f("fk_text_revisions_issued_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["issued_party"], ["parties.code"], name=op.f("fk_text_revisions_issued_party_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["texts.id"], name=op.f("fk_text_revisions_text_id_texts"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_revisions")),
        sa.UniqueConstraint("text_id", "number", name=op.f("uq_text_revisions_text_id_number")),
    )
    op.create_index(op.f("ix_text_revisions_audience_id"), "text_revisions", ["audience_id"], unique=False)
    op.create_index(op.f("ix_text_revisions_text_id"), "text_revisions", ["text_id"], unique=False)
    op.create_table(
        "text_signatures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("excepted", JSON, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirm_by_on", sa.Date(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=64), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(way = 'ad_referendum') = (confirm_by_on IS NOT NULL)", name=op.f("ck_text_signatures_confirm_by_with_way")
        ),
        sa.CheckConstraint("way IN ('signed', 'ad_referendum')", name=op.f("ck_text_signatures_way")),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_text_signatures_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["people.id"], name=op.f("fk_text_signatures_confirmed_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_text_signatures_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_text_signatures_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["texts.id"], name=op.f("fk_text_signatures_text_id_texts"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_signatures")),
    )
    op.create_index(op.f("ix_text_signatures_audience_id"), "text_signatures", ["audience_id"], unique=False)
    op.create_index(op.f("ix_text_signatures_text_id"), "text_signatures", ["text_id"], unique=False)
    op.create_index(
        "uq_text_signatures_standing",
        "text_signatures",
        ["text_id", "party_code"],
        unique=True,
        sqlite_where=sa.text("voided_at IS NULL"),
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.create_table(
        "paragraph_wordings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("paragraph_id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("of_version", sa.Integer(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_party", sa.String(length=16), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_paragraph_wordings_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_paragraph_wordings_changed_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["changed_party"],
            ["parties.code"],
            name=op.f("fk_paragraph_wordings_changed_party_parties"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["paragraph_id"],
            ["text_paragraphs.id"],
            name=op.f("fk_paragraph_wordings_paragraph_id_text_paragraphs"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["texts.id"], name=op.f("fk_paragraph_wordings_text_id_texts"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paragraph_wordings")),
        sa.UniqueConstraint("paragraph_id", "language", name=op.f("uq_paragraph_wordings_paragraph_id_language")),
    )
    op.create_index(op.f("ix_paragraph_wordings_audience_id"), "paragraph_wordings", ["audience_id"], unique=False)
    op.create_index(op.f("ix_paragraph_wordings_paragraph_id"), "paragraph_wordings", ["paragraph_id"], unique=False)
    op.create_index(op.f("ix_paragraph_wordings_text_id"), "paragraph_wordings", ["text_id"], unique=False)
    op.create_table(
        "reservations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("paragraph_id", sa.Uuid(), nullable=True),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("wording", JSON, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('reservation', 'footnote', 'interpretative_statement', 'explanation_of_position')",
            name=op.f("ck_reservations_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_reservations_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_reservations_made_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["paragraph_id"],
            ["text_paragraphs.id"],
            name=op.f("fk_reservations_paragraph_id_text_paragraphs"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_reservations_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["texts.id"], name=op.f("fk_reservations_text_id_texts"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
    )
    op.create_index(op.f("ix_reservations_audience_id"), "reservations", ["audience_id"], unique=False)
    op.create_index(op.f("ix_reservations_text_id"), "reservations", ["text_id"], unique=False)
    op.create_table(
        "silence_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("silence_id", sa.Uuid(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("is_reported", sa.Boolean(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind != 'objection' OR words IS NOT NULL", name=op.f("ck_silence_answers_objection_in_writing")
        ),
        sa.CheckConstraint("kind IN ('objection', 'agreement')", name=op.f("ck_silence_answers_kind")),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_silence_answers_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_silence_answers_document_id_documents"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_silence_answers_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_silence_answers_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["people.id"], name=op.f("fk_silence_answers_settled_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["silence_id"], ["silences.id"], name=op.f("fk_silence_answers_silence_id_silences"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence_answers")),
    )
    op.create_index(op.f("ix_silence_answers_audience_id"), "silence_answers", ["audience_id"], unique=False)
    op.create_index(op.f("ix_silence_answers_silence_id"), "silence_answers", ["silence_id"], unique=False)
    op.create_table(
        "silence_receipts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("silence_id", sa.Uuid(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("is_reported", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_silence_receipts_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_silence_receipts_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_silence_receipts_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["silence_id"], ["silences.id"], name=op.f("fk_silence_receipts_silence_id_silences"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence_receipts")),
        sa.UniqueConstraint("silence_id", "party_code", name=op.f("uq_silence_receipts_silence_id_party_code")),
    )
    op.create_index(op.f("ix_silence_receipts_audience_id"), "silence_receipts", ["audience_id"], unique=False)
    op.create_index(op.f("ix_silence_receipts_silence_id"), "silence_receipts", ["silence_id"], unique=False)
    op.create_table(
        "text_comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("paragraph_id", sa.Uuid(), nullable=True),
        sa.Column("party_code", sa.String(length=16), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_text_comments_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["paragraph_id"],
            ["text_paragraphs.id"],
            name=op.f("fk_text_comments_paragraph_id_text_paragraphs"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_text_comments_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_text_comments_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["texts.id"], name=op.f("fk_text_comments_text_id_texts"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_comments")),
    )
    op.create_index(op.f("ix_text_comments_audience_id"), "text_comments", ["audience_id"], unique=False)
    op.create_index(op.f("ix_text_comments_text_id"), "text_comments", ["text_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_text_comments_text_id"), table_name="text_comments")
    op.drop_index(op.f("ix_text_comments_audience_id"), table_name="text_comments")
    op.drop_table("text_comments")
    op.drop_index(op.f("ix_silence_receipts_silence_id"), table_name="silence_receipts")
    op.drop_index(op.f("ix_silence_receipts_audience_id"), table_name="silence_receipts")
    op.drop_table("silence_receipts")
    op.drop_index(op.f("ix_silence_answers_silence_id"), table_name="silence_answers")
    op.drop_index(op.f("ix_silence_answers_audience_id"), table_name="silence_answers")
    op.drop_table("silence_answers")
    op.drop_index(op.f("ix_reservations_text_id"), table_name="reservations")
    op.drop_index(op.f("ix_reservations_audience_id"), table_name="reservations")
    op.drop_table("reservations")
    op.drop_index(op.f("ix_paragraph_wordings_text_id"), table_name="paragraph_wordings")
    op.drop_index(op.f("ix_paragraph_wordings_paragraph_id"), table_name="paragraph_wordings")
    op.drop_index(op.f("ix_paragraph_wordings_audience_id"), table_name="paragraph_wordings")
    op.drop_table("paragraph_wordings")
    op.drop_index("uq_text_signatures_standing", table_name="text_signatures")
    op.drop_index(op.f("ix_text_signatures_text_id"), table_name="text_signatures")
    op.drop_index(op.f("ix_text_signatures_audience_id"), table_name="text_signatures")
    op.drop_table("text_signatures")
    op.drop_index(op.f("ix_text_revisions_text_id"), table_name="text_revisions")
    op.drop_index(op.f("ix_text_revisions_audience_id"), table_name="text_revisions")
    op.drop_table("text_revisions")
    op.drop_index(op.f("ix_text_paragraphs_text_id"), table_name="text_paragraphs")
    op.drop_index(op.f("ix_text_paragraphs_audience_id"), table_name="text_paragraphs")
    op.drop_table("text_paragraphs")
    op.drop_index(op.f("ix_text_languages_text_id"), table_name="text_languages")
    op.drop_index(op.f("ix_text_languages_audience_id"), table_name="text_languages")
    op.drop_table("text_languages")
    op.drop_index("uq_silences_standing", table_name="silences")
    op.drop_index(op.f("ix_silences_text_id"), table_name="silences")
    op.drop_index("ix_silences_state_ends_at", table_name="silences")
    op.drop_index(op.f("ix_silences_audience_id"), table_name="silences")
    op.drop_table("silences")
    op.drop_index(op.f("ix_texts_meeting_id"), table_name="texts")
    op.drop_index(op.f("ix_texts_mechanism_id"), table_name="texts")
    op.drop_index(op.f("ix_texts_audience_id"), table_name="texts")
    op.drop_table("texts")
    op.drop_index(op.f("ix_readouts_meeting_id"), table_name="readouts")
    op.drop_index(op.f("ix_readouts_audience_id"), table_name="readouts")
    op.drop_table("readouts")
    op.drop_index(op.f("ix_readout_drafts_meeting_id"), table_name="readout_drafts")
    op.drop_index(op.f("ix_readout_drafts_audience_id"), table_name="readout_drafts")
    op.drop_table("readout_drafts")
    op.drop_index(op.f("ix_silence_opt_ins_mechanism_id"), table_name="silence_opt_ins")
    op.drop_index(op.f("ix_silence_opt_ins_audience_id"), table_name="silence_opt_ins")
    op.drop_table("silence_opt_ins")
