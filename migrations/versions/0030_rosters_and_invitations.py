"""Rosters, invitations by calendar mail, and mails that are held."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables, and let a mail go to somebody on a roster or wait."""
    op.create_table(
        "received_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("sender", sa.String(length=254), nullable=True),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_mails")),
        sa.UniqueConstraint("digest", name=op.f("uq_received_mails_digest")),
    )
    op.create_table(
        "dispatches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_dispatches_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_dispatches_made_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_dispatches_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["released_by"], ["people.id"], name=op.f("fk_dispatches_released_by_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatches")),
    )
    op.create_index(op.f("ix_dispatches_audience_id"), "dispatches", ["audience_id"], unique=False)
    op.create_index(op.f("ix_dispatches_meeting_id"), "dispatches", ["meeting_id"], unique=False)
    op.create_table(
        "meeting_protocols",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("precedence", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("first_party", sa.String(length=16), nullable=True),
        sa.Column("expected_level", sa.String(length=32), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("language IN ('en', 'es', 'fr')", name=op.f("ck_meeting_protocols_language")),
        sa.CheckConstraint("precedence IN ('rotating', 'alphabetical')", name=op.f("ck_meeting_protocols_precedence")),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_meeting_protocols_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_meeting_protocols_changed_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["first_party"],
            ["parties.code"],
            name=op.f("fk_meeting_protocols_first_party_parties"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_protocols_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_protocols")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_meeting_protocols_meeting_id")),
    )
    op.create_index(op.f("ix_meeting_protocols_audience_id"), "meeting_protocols", ["audience_id"], unique=False)
    op.create_table(
        "roster_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("office_code", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("acts_for_id", sa.Uuid(), nullable=True),
        sa.Column("acts_for_name", sa.String(length=300), nullable=True),
        sa.Column("expected_level", sa.String(length=32), nullable=True),
        sa.Column("actual_level", sa.String(length=32), nullable=True),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("credentials_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reply", sa.String(length=16), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("mode IN ('in_person', 'remote')", name=op.f("ck_roster_entries_mode")),
        sa.CheckConstraint(
            "reply IS NULL OR reply IN ('accepted', 'tentative', 'declined')", name=op.f("ck_roster_entries_reply")
        ),
        sa.CheckConstraint(
            "role IN ('head', 'alternate', 'adviser', 'interpreter', 'liaison', 'support')",
            name=op.f("ck_roster_entries_role"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'refused', 'withdrawn')", name=op.f("ck_roster_entries_state")
        ),
        sa.ForeignKeyConstraint(
            ["acts_for_id"],
            ["roster_entries.id"],
            name=op.f("fk_roster_entries_acts_for_id_roster_entries"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_roster_entries_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_roster_entries_decided_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_roster_entries_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["office_code"], ["offices.code"], name=op.f("fk_roster_entries_office_code_offices"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_roster_entries_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_roster_entries_person_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["people.id"], name=op.f("fk_roster_entries_proposed_by_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entries")),
    )
    op.create_index(op.f("ix_roster_entries_audience_id"), "roster_entries", ["audience_id"], unique=False)
    op.create_index(op.f("ix_roster_entries_meeting_id"), "roster_entries", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_roster_entries_person_id"), "roster_entries", ["person_id"], unique=False)
    op.create_table(
        "meeting_invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("party_code", sa.String(length=16), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.String(length=16), nullable=False),
        sa.Column("reply_way", sa.String(length=16), nullable=True),
        sa.Column("reply_sequence", sa.Integer(), nullable=True),
        sa.Column("reply_stamped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "method IS NULL OR method IN ('REQUEST', 'CANCEL')", name=op.f("ck_meeting_invitations_method")
        ),
        sa.CheckConstraint(
            "reply IN ('needs_action', 'accepted', 'tentative', 'declined')", name=op.f("ck_meeting_invitations_reply")
        ),
        sa.CheckConstraint("(person_id IS NULL) != (entry_id IS NULL)", name=op.f("ck_meeting_invitations_of_one")),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_meeting_invitations_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["roster_entries.id"],
            name=op.f("fk_meeting_invitations_entry_id_roster_entries"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_meeting_invitations_meeting_id_meetings"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["party_code"],
            ["parties.code"],
            name=op.f("fk_meeting_invitations_party_code_parties"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_meeting_invitations_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_invitations")),
        sa.UniqueConstraint("meeting_id", "entry_id", name=op.f("uq_meeting_invitations_meeting_id_entry_id")),
        sa.UniqueConstraint("meeting_id", "person_id", name=op.f("uq_meeting_invitations_meeting_id_person_id")),
    )
    op.create_index(op.f("ix_meeting_invitations_audience_id"), "meeting_invitations", ["audience_id"], unique=False)
    op.create_index(op.f("ix_meeting_invitations_meeting_id"), "meeting_invitations", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_meeting_invitations_person_id"), "meeting_invitations", ["person_id"], unique=False)
    op.create_table(
        "roster_addresses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("language IN ('en', 'es', 'fr')", name=op.f("ck_roster_addresses_language")),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_roster_addresses_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["roster_entries.id"],
            name=op.f("fk_roster_addresses_entry_id_roster_entries"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_addresses")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_roster_addresses_entry_id")),
    )
    op.create_index(op.f("ix_roster_addresses_audience_id"), "roster_addresses", ["audience_id"], unique=False)
    op.create_table(
        "roster_attendances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("sat_on", sa.Date(), nullable=False),
        sa.Column("presence", sa.String(length=16), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("presence IN ('present', 'remote', 'absent')", name=op.f("ck_roster_attendances_presence")),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_roster_attendances_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["roster_entries.id"],
            name=op.f("fk_roster_attendances_entry_id_roster_entries"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_roster_attendances_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["people.id"], name=op.f("fk_roster_attendances_recorded_by_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_attendances")),
        sa.UniqueConstraint("entry_id", "sat_on", name=op.f("uq_roster_attendances_entry_id_sat_on")),
    )
    op.create_index(op.f("ix_roster_attendances_audience_id"), "roster_attendances", ["audience_id"], unique=False)
    op.create_index(op.f("ix_roster_attendances_meeting_id"), "roster_attendances", ["meeting_id"], unique=False)
    op.create_table(
        "invitation_replies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("reply", sa.String(length=16), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("outcome IN ('taken', 'refused')", name=op.f("ck_invitation_replies_outcome")),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audiences.id"],
            name=op.f("fk_invitation_replies_audience_id_audiences"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["meeting_invitations.id"],
            name=op.f("fk_invitation_replies_invitation_id_meeting_invitations"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_replies")),
    )
    op.create_index(op.f("ix_invitation_replies_audience_id"), "invitation_replies", ["audience_id"], unique=False)
    op.create_index(op.f("ix_invitation_replies_invitation_id"), "invitation_replies", ["invitation_id"], unique=False)
    with op.batch_alter_table("outbox_messages") as batch:
        batch.alter_column("recipient_id", existing_type=sa.Uuid(), nullable=True)
        batch.add_column(sa.Column("entry_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("dispatch_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_check_constraint(
            op.f("ck_outbox_messages_one_recipient"), "(recipient_id IS NULL) != (entry_id IS NULL)"
        )
        batch.create_foreign_key(
            op.f("fk_outbox_messages_entry_id_roster_entries"),
            "roster_entries",
            ["entry_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        batch.create_foreign_key(
            op.f("fk_outbox_messages_dispatch_id_dispatches"),
            "dispatches",
            ["dispatch_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        batch.create_index(op.f("ix_outbox_messages_dispatch_id"), ["dispatch_id"])
    with op.batch_alter_table("people") as batch:
        batch.add_column(sa.Column("meeting_mails", sa.String(length=8), nullable=False, server_default="at_once"))
        batch.create_check_constraint(
            op.f("ck_people_meeting_mails"), "meeting_mails IN ('at_once', 'digest', 'never')"
        )
    with op.batch_alter_table("people") as batch:
        batch.alter_column("meeting_mails", server_default=None)


def downgrade() -> None:
    """Drop them; mails to people without an account go with them."""
    with op.batch_alter_table("people") as batch:
        batch.drop_constraint(op.f("ck_people_meeting_mails"), type_="check")
        batch.drop_column("meeting_mails")
    op.execute("DELETE FROM outbox_messages WHERE recipient_id IS NULL")
    with op.batch_alter_table("outbox_messages") as batch:
        batch.drop_index(op.f("ix_outbox_messages_dispatch_id"))
        batch.drop_constraint(op.f("fk_outbox_messages_dispatch_id_dispatches"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_outbox_messages_entry_id_roster_entries"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_outbox_messages_one_recipient"), type_="check")
        batch.drop_column("held_at")
        batch.drop_column("dispatch_id")
        batch.drop_column("entry_id")
        batch.alter_column("recipient_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_index(op.f("ix_invitation_replies_invitation_id"), table_name="invitation_replies")
    op.drop_index(op.f("ix_invitation_replies_audience_id"), table_name="invitation_replies")
    op.drop_table("invitation_replies")
    op.drop_index(op.f("ix_roster_attendances_meeting_id"), table_name="roster_attendances")
    op.drop_index(op.f("ix_roster_attendances_audience_id"), table_name="roster_attendances")
    op.drop_table("roster_attendances")
    op.drop_index(op.f("ix_roster_addresses_audience_id"), table_name="roster_addresses")
    op.drop_table("roster_addresses")
    op.drop_index(op.f("ix_meeting_invitations_person_id"), table_name="meeting_invitations")
    op.drop_index(op.f("ix_meeting_invitations_meeting_id"), table_name="meeting_invitations")
    op.drop_index(op.f("ix_meeting_invitations_audience_id"), table_name="meeting_invitations")
    op.drop_table("meeting_invitations")
    op.drop_index(op.f("ix_roster_entries_person_id"), table_name="roster_entries")
    op.drop_index(op.f("ix_roster_entries_meeting_id"), table_name="roster_entries")
    op.drop_index(op.f("ix_roster_entries_audience_id"), table_name="roster_entries")
    op.drop_table("roster_entries")
    op.drop_index(op.f("ix_meeting_protocols_audience_id"), table_name="meeting_protocols")
    op.drop_table("meeting_protocols")
    op.drop_index(op.f("ix_dispatches_meeting_id"), table_name="dispatches")
    op.drop_index(op.f("ix_dispatches_audience_id"), table_name="dispatches")
    op.drop_table("dispatches")
    op.drop_table("received_mails")
