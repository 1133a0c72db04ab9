"""Plans for a date, polls, and busy time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "busy_calendars",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("office_code", sa.String(length=32), nullable=True),
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("interval_count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("seen_by", JSON, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('upload', 'blackout')", name=op.f("ck_busy_calendars_kind")),
        sa.CheckConstraint("(person_id IS NULL) != (office_code IS NULL)", name=op.f("ck_busy_calendars_of_one")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_busy_calendars_days_in_order")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_busy_calendars_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_busy_calendars_created_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["office_code"], ["offices.code"], name=op.f("fk_busy_calendars_office_code_offices"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_busy_calendars_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_busy_calendars_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_calendars")),
    )
    op.create_index(op.f("ix_busy_calendars_audience_id"), "busy_calendars", ["audience_id"], unique=False)
    op.create_index(op.f("ix_busy_calendars_office_code"), "busy_calendars", ["office_code"], unique=False)
    op.create_index(op.f("ix_busy_calendars_person_id"), "busy_calendars", ["person_id"], unique=False)
    op.create_table(
        "busy_intervals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("office_code", sa.String(length=32), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) != (office_code IS NULL)", name=op.f("ck_busy_intervals_of_one")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_busy_intervals_order")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_busy_intervals_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["busy_calendars.id"],
            name=op.f("fk_busy_intervals_calendar_id_busy_calendars"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["office_code"], ["offices.code"], name=op.f("fk_busy_intervals_office_code_offices"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_busy_intervals_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_intervals")),
    )
    op.create_index(op.f("ix_busy_intervals_audience_id"), "busy_intervals", ["audience_id"], unique=False)
    op.create_index(op.f("ix_busy_intervals_calendar_id"), "busy_intervals", ["calendar_id"], unique=False)
    op.create_index(
        "ix_busy_intervals_office_code_starts_at", "busy_intervals", ["office_code", "starts_at"], unique=False
    )
    op.create_index("ix_busy_intervals_person_id_starts_at", "busy_intervals", ["person_id", "starts_at"], unique=False)
    op.create_table(
        "date_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_party", sa.String(length=16), nullable=True),
        sa.Column("owner_appointment", sa.Uuid(), nullable=True),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(draft_id IS NULL) != (meeting_id IS NULL)", name=op.f("ck_date_plans_of_one")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_date_plans_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_date_plans_created_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_date_plans_draft_id_drafts"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_date_plans_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_appointment"],
            ["appointments.id"],
            name=op.f("fk_date_plans_owner_appointment_appointments"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["owner_party"], ["parties.code"], name=op.f("fk_date_plans_owner_party_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_plans")),
    )
    op.create_index(op.f("ix_date_plans_audience_id"), "date_plans", ["audience_id"], unique=False)
    op.create_index(op.f("ix_date_plans_draft_id"), "date_plans", ["draft_id"], unique=False)
    op.create_index(op.f("ix_date_plans_meeting_id"), "date_plans", ["meeting_id"], unique=False)
    op.create_table(
        "polls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("mechanism_id", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("owner_party", sa.String(length=16), nullable=True),
        sa.Column("owner_appointment", sa.Uuid(), nullable=True),
        sa.Column("title", JSON, nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("days_count", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("parties", JSON, nullable=False),
        sa.Column("required_parties", JSON, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_zone", sa.String(length=64), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("chosen_slot_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("format IN ('in_person', 'hybrid', 'virtual', 'unknown')", name=op.f("ck_polls_format")),
        sa.CheckConstraint("state IN ('open', 'closed', 'chosen', 'withdrawn')", name=op.f("ck_polls_state")),
        sa.CheckConstraint("(owner_party IS NULL) != (owner_appointment IS NULL)", name=op.f("ck_polls_one_owner")),
        sa.CheckConstraint("days_count BETWEEN 1 AND 5", name=op.f("ck_polls_days_count")),
        sa.CheckConstraint("minutes IS NULL OR minutes BETWEEN 30 AND 1440", name=op.f("ck_polls_minutes")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_polls_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_polls_created_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_polls_draft_id_drafts"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"], ["mechanisms.id"], name=op.f("fk_polls_mechanism_id_mechanisms"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_polls_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_appointment"],
            ["appointments.id"],
            name=op.f("fk_polls_owner_appointment_appointments"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["owner_party"], ["parties.code"], name=op.f("fk_polls_owner_party_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
        sa.UniqueConstraint("reference", name=op.f("uq_polls_reference")),
    )
    op.create_index(op.f("ix_polls_audience_id"), "polls", ["audience_id"], unique=False)
    op.create_index(op.f("ix_polls_closes_at"), "polls", ["closes_at"], unique=False)
    op.create_index(op.f("ix_polls_draft_id"), "polls", ["draft_id"], unique=False)
    op.create_index(op.f("ix_polls_meeting_id"), "polls", ["meeting_id"], unique=False)
    op.create_table(
        "poll_seats",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("office_code", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("is_inner", sa.Boolean(), nullable=False),
        sa.Column("late_counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_counted_by", sa.Uuid(), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'office') = (office_code IS NOT NULL)", name=op.f("ck_poll_seats_office_with_kind")
        ),
        sa.CheckConstraint("kind != 'person' OR name IS NOT NULL", name=op.f("ck_poll_seats_name_with_kind")),
        sa.CheckConstraint("kind IN ('delegation', 'office', 'person')", name=op.f("ck_poll_seats_kind")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_poll_seats_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["late_counted_by"], ["people.id"], name=op.f("fk_poll_seats_late_counted_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["office_code"], ["offices.code"], name=op.f("fk_poll_seats_office_code_offices"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_poll_seats_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_poll_seats_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_poll_seats_poll_id_polls"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_seats")),
    )
    op.create_index(op.f("ix_poll_seats_audience_id"), "poll_seats", ["audience_id"], unique=False)
    op.create_index(op.f("ix_poll_seats_poll_id"), "poll_seats", ["poll_id"], unique=False)
    op.create_table(
        "poll_slots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("starts_time", sa.Time(), nullable=True),
        sa.Column("ends_time", sa.Time(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(starts_time IS NULL) = (ends_time IS NULL)", name=op.f("ck_poll_slots_both_times_or_none")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_poll_slots_instants_in_order")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_poll_slots_days_in_order")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_poll_slots_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_poll_slots_poll_id_polls"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_slots")),
    )
    op.create_index(op.f("ix_poll_slots_audience_id"), "poll_slots", ["audience_id"], unique=False)
    op.create_index(op.f("ix_poll_slots_poll_id"), "poll_slots", ["poll_id"], unique=False)
    op.create_table(
        "poll_inner_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=True),
        sa.Column("owner_party", sa.String(length=16), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_poll_inner_notes_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["owner_party"], ["parties.code"], name=op.f("fk_poll_inner_notes_owner_party_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_poll_inner_notes_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_poll_inner_notes_poll_id_polls"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["poll_slots.id"], name=op.f("fk_poll_inner_notes_slot_id_poll_slots"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_inner_notes")),
    )
    op.create_index(op.f("ix_poll_inner_notes_audience_id"), "poll_inner_notes", ["audience_id"], unique=False)
    op.create_index(op.f("ix_poll_inner_notes_poll_id"), "poll_inner_notes", ["poll_id"], unique=False)
    op.create_table(
        "poll_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=True),
        sa.Column("party_code", sa.String(length=16), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_poll_notes_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_poll_notes_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_poll_notes_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_poll_notes_poll_id_polls"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["poll_slots.id"], name=op.f("fk_poll_notes_slot_id_poll_slots"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_notes")),
    )
    op.create_index(op.f("ix_poll_notes_audience_id"), "poll_notes", ["audience_id"], unique=False)
    op.create_index(op.f("ix_poll_notes_poll_id"), "poll_notes", ["poll_id"], unique=False)
    op.create_table(
        "poll_proxies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_poll_proxies_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["named_by"], ["people.id"], name=op.f("fk_poll_proxies_named_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_poll_proxies_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["poll_seats.id"], name=op.f("fk_poll_proxies_seat_id_poll_seats"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_proxies")),
    )
    op.create_index(op.f("ix_poll_proxies_audience_id"), "poll_proxies", ["audience_id"], unique=False)
    op.create_index(op.f("ix_poll_proxies_seat_id"), "poll_proxies", ["seat_id"], unique=False)
    op.create_table(
        "poll_responses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("is_reported", sa.Boolean(), nullable=False),
        sa.Column("speaks", sa.Boolean(), nullable=False),
        sa.Column("report_note", sa.Text(), nullable=True),
        sa.Column("report_document_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("is_reported OR report_note IS NULL", name=op.f("ck_poll_responses_note_of_report")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_poll_responses_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_poll_responses_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_poll_responses_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_poll_responses_poll_id_polls"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["report_document_id"],
            ["documents.id"],
            name=op.f("fk_poll_responses_report_document_id_documents"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["poll_seats.id"], name=op.f("fk_poll_responses_seat_id_poll_seats"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_responses")),
        sa.UniqueConstraint(
            "seat_id", "is_late", "is_reported", name=op.f("uq_poll_responses_seat_id_is_late_is_reported")
        ),
    )
    op.create_index(op.f("ix_poll_responses_audience_id"), "poll_responses", ["audience_id"], unique=False)
    op.create_index(op.f("ix_poll_responses_poll_id"), "poll_responses", ["poll_id"], unique=False)
    op.create_table(
        "poll_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.String(length=16), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("value IN ('yes', 'if_need_be', 'no')", name=op.f("ck_poll_answers_value")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_poll_answers_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["poll_responses.id"],
            name=op.f("fk_poll_answers_response_id_poll_responses"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["poll_slots.id"], name=op.f("fk_poll_answers_slot_id_poll_slots"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_answers")),
        sa.UniqueConstraint("response_id", "slot_id", name=op.f("uq_poll_answers_response_id_slot_id")),
    )
    op.create_index(op.f("ix_poll_answers_audience_id"), "poll_answers", ["audience_id"], unique=False)
    op.create_index(op.f("ix_poll_answers_slot_id"), "poll_answers", ["slot_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_poll_answers_slot_id"), table_name="poll_answers")
    op.drop_index(op.f("ix_poll_answers_audience_id"), table_name="poll_answers")
    op.drop_table("poll_answers")
    op.drop_index(op.f("ix_poll_responses_poll_id"), table_name="poll_responses")
    op.drop_index(op.f("ix_poll_responses_audience_id"), table_name="poll_responses")
    op.drop_table("poll_responses")
    op.drop_index(op.f("ix_poll_proxies_seat_id"), table_name="poll_proxies")
    op.drop_index(op.f("ix_poll_proxies_audience_id"), table_name="poll_proxies")
    op.drop_table("poll_proxies")
    op.drop_index(op.f("ix_poll_notes_poll_id"), table_name="poll_notes")
    op.drop_index(op.f("ix_poll_notes_audience_id"), table_name="poll_notes")
    op.drop_table("poll_notes")
    op.drop_index(op.f("ix_poll_inner_notes_poll_id"), table_name="poll_inner_notes")
    op.drop_index(op.f("ix_poll_inner_notes_audience_id"), table_name="poll_inner_notes")
    op.drop_table("poll_inner_notes")
    op.drop_index(op.f("ix_poll_slots_poll_id"), table_name="poll_slots")
    op.drop_index(op.f("ix_poll_slots_audience_id"), table_name="poll_slots")
    op.drop_table("poll_slots")
    op.drop_index(op.f("ix_poll_seats_poll_id"), table_name="poll_seats")
    op.drop_index(op.f("ix_poll_seats_audience_id"), table_name="poll_seats")
    op.drop_table("poll_seats")
    op.drop_index(op.f("ix_polls_meeting_id"), table_name="polls")
    op.drop_index(op.f("ix_polls_draft_id"), table_name="polls")
    op.drop_index(op.f("ix_polls_closes_at"), table_name="polls")
    op.drop_index(op.f("ix_polls_audience_id"), table_name="polls")
    op.drop_table("polls")
    op.drop_index(op.f("ix_date_plans_meeting_id"), table_name="date_plans")
    op.drop_index(op.f("ix_date_plans_draft_id"), table_name="date_plans")
    op.drop_index(op.f("ix_date_plans_audience_id"), table_name="date_plans")
    op.drop_table("date_plans")
    op.drop_index("ix_busy_intervals_person_id_starts_at", table_name="busy_intervals")
    op.drop_index("ix_busy_intervals_office_code_starts_at", table_name="busy_intervals")
    op.drop_index(op.f("ix_busy_intervals_calendar_id"), table_name="busy_intervals")
    op.drop_index(op.f("ix_busy_intervals_audience_id"), table_name="busy_intervals")
    op.drop_table("busy_intervals")
    op.drop_index(op.f("ix_busy_calendars_person_id"), table_name="busy_calendars")
    op.drop_index(op.f("ix_busy_calendars_office_code"), table_name="busy_calendars")
    op.drop_index(op.f("ix_busy_calendars_audience_id"), table_name="busy_calendars")
    op.drop_table("busy_calendars")
