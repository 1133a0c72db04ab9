"""Contacts, events of others, releases to guests, authorisations of assistants, and the names of offices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "office_names",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_code", sa.String(length=32), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_office_names_order")),
        sa.ForeignKeyConstraint(
            ["office_code"], ["offices.code"], name=op.f("fk_office_names_office_code_offices"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_names")),
    )
    op.create_index(op.f("ix_office_names_office_code"), "office_names", ["office_code"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_code", sa.String(length=16), nullable=False),
        sa.Column("office_code", sa.String(length=32), nullable=True),
        sa.Column("mechanism_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("position", sa.String(length=300), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('liaison', 'duty', 'coordination', 'protocol', 'other')", name=op.f("ck_contacts_kind")
        ),
        sa.ForeignKeyConstraint(
            ["added_by"], ["people.id"], name=op.f("fk_contacts_added_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_contacts_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"], ["mechanisms.id"], name=op.f("fk_contacts_mechanism_id_mechanisms"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["office_code"], ["offices.code"], name=op.f("fk_contacts_office_code_offices"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["party_code"], ["parties.code"], name=op.f("fk_contacts_party_code_parties"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_audience_id"), "contacts", ["audience_id"], unique=False)
    op.create_index(op.f("ix_contacts_mechanism_id"), "contacts", ["mechanism_id"], unique=False)
    op.create_index(op.f("ix_contacts_party_code"), "contacts", ["party_code"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("place", sa.String(length=300), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("is_attested", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("added_by_party", sa.String(length=16), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_events_days_in_order")),
        sa.ForeignKeyConstraint(
            ["added_by"], ["people.id"], name=op.f("fk_events_added_by_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["added_by_party"], ["parties.code"], name=op.f("fk_events_added_by_party_parties"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_events_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("code", name=op.f("uq_events_code")),
    )
    op.create_index(op.f("ix_events_audience_id"), "events", ["audience_id"], unique=False)
    op.create_table(
        "releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("shows_agenda", sa.Boolean(), nullable=False),
        sa.Column("documents", JSON, nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_releases_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_releases_meeting_id_meetings"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_releases_person_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("meeting_id", "person_id", name=op.f("uq_releases_meeting_id_person_id")),
    )
    op.create_index(op.f("ix_releases_audience_id"), "releases", ["audience_id"], unique=False)
    op.create_index(op.f("ix_releases_meeting_id"), "releases", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_releases_person_id"), "releases", ["person_id"], unique=False)
    op.create_table(
        "authorisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("assistant_id", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("principal_id <> assistant_id", name=op.f("ck_authorisations_two_people")),
        sa.ForeignKeyConstraint(
            ["assistant_id"], ["people.id"], name=op.f("fk_authorisations_assistant_id_people"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_authorisations_audience_id_audiences"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["people.id"], name=op.f("fk_authorisations_principal_id_people"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisations")),
    )
    op.create_index(op.f("ix_authorisations_assistant_id"), "authorisations", ["assistant_id"], unique=False)
    op.create_index(op.f("ix_authorisations_audience_id"), "authorisations", ["audience_id"], unique=False)
    op.create_index(op.f("ix_authorisations_principal_id"), "authorisations", ["principal_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index(op.f("ix_authorisations_principal_id"), table_name="authorisations")
    op.drop_index(op.f("ix_authorisations_audience_id"), table_name="authorisations")
    op.drop_index(op.f("ix_authorisations_assistant_id"), table_name="authorisations")
    op.drop_table("authorisations")
    op.drop_index(op.f("ix_releases_person_id"), table_name="releases")
    op.drop_index(op.f("ix_releases_meeting_id"), table_name="releases")
    op.drop_index(op.f("ix_releases_audience_id"), table_name="releases")
    op.drop_table("releases")
    op.drop_index(op.f("ix_events_audience_id"), table_name="events")
    op.drop_table("events")
    op.drop_index(op.f("ix_contacts_party_code"), table_name="contacts")
    op.drop_index(op.f("ix_contacts_mechanism_id"), table_name="contacts")
    op.drop_index(op.f("ix_contacts_audience_id"), table_name="contacts")
    op.drop_table("contacts")
    op.drop_index(op.f("ix_office_names_office_code"), table_name="office_names")
    op.drop_table("office_names")
