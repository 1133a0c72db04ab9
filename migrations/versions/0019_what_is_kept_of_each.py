"""More that is kept: where a mechanism is from, what a meeting is beside, who holds an appointment, what feeds show."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
MEETING_KINDS = "'session', 'urgent', 'preparatory', 'panel', 'side_session', 'training', 'exercise', 'study_visit'"


def upgrade() -> None:
    """Add the columns; the appointments that are there have been in force since the first of their days."""
    _of_appointments()
    _of_mechanisms()
    _of_meetings()
    _of_subscriptions()
    _hold_owner_to_policies(held=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE appointments SET in_force_at = CAST(starts_on AS timestamp) AT TIME ZONE 'UTC'")
    else:
        op.execute("UPDATE appointments SET in_force_at = starts_on || ' 00:00:00.000000'")
    _hold_owner_to_policies(held=True)


def _of_appointments() -> None:
    with op.batch_alter_table("appointments") as batch:
        batch.add_column(sa.Column("kind", sa.String(8), nullable=False, server_default="joint"))
        batch.add_column(sa.Column("office_code", sa.String(32), nullable=True))
        batch.add_column(sa.Column("meeting_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("in_force_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("ended_at", INSTANT, nullable=True))
        batch.create_check_constraint(op.f("ck_appointments_kind"), "kind IN ('office', 'joint')")
        batch.create_check_constraint(
            op.f("ck_appointments_office_with_kind"), "(kind = 'office') = (office_code IS NOT NULL)"
        )
        _refer(batch, "appointments", "office_code", "offices", "code")
        _refer(batch, "appointments", "meeting_id", "meetings")
        batch.create_index(op.f("ix_appointments_meeting_id"), ["meeting_id"])
    with op.batch_alter_table("sign_in_sessions") as batch:
        batch.add_column(sa.Column("worn_appointment_id", sa.Uuid(), nullable=True))
        _refer(batch, "sign_in_sessions", "worn_appointment_id", "appointments")


def _of_mechanisms() -> None:
    with op.batch_alter_table("mechanisms") as batch:
        batch.add_column(sa.Column("origin", sa.String(16), nullable=False, server_default="catalogue"))
        batch.add_column(sa.Column("is_settled", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("entered_by", sa.String(16), nullable=True))
        batch.add_column(sa.Column("entered_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("record_here", JSON, nullable=False, server_default="[]"))
        batch.create_check_constraint(
            op.f("ck_mechanisms_origin"), "origin IN ('catalogue', 'forum', 'here', 'example')"
        )
        _refer(batch, "mechanisms", "entered_by", "parties", "code")
        _refer(batch, "mechanisms", "merged_into_id", "mechanisms")


def _of_meetings() -> None:
    with op.batch_alter_table("meetings") as batch:
        batch.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default="session"))
        batch.add_column(sa.Column("parent_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("event_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("parent_starts_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("serves_on", sa.Date(), nullable=True))
        batch.create_check_constraint(op.f("ck_meetings_kind"), f"kind IN ({MEETING_KINDS})")
        batch.create_check_constraint(op.f("ck_meetings_one_parent"), "parent_id IS NULL OR event_id IS NULL")
        _refer(batch, "meetings", "parent_id", "meetings")
        _refer(batch, "meetings", "event_id", "events")
        batch.create_index(op.f("ix_meetings_parent_id"), ["parent_id"])
        batch.create_index(op.f("ix_meetings_event_id"), ["event_id"])


def _of_subscriptions() -> None:
    with op.batch_alter_table("subscriptions") as batch:
        batch.add_column(sa.Column("choices", JSON, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("keeps_cancelled", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("shows_to_agree", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("closures_of", JSON, nullable=False, server_default="[]"))
        batch.add_column(sa.Column("uses_gzip", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("principal_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("renewed_at", INSTANT, nullable=True))
        _refer(batch, "subscriptions", "principal_id", "people")
        batch.create_index(op.f("ix_subscriptions_principal_id"), ["principal_id"])


def downgrade() -> None:
    """Drop them again."""
    _drop("subscriptions", ("principal_id",), ("principal_id", "people"), checks=(), columns=(
        "renewed_at", "principal_id", "uses_gzip", "closures_of", "shows_to_agree", "keeps_cancelled", "choices",
    ))  # fmt: skip
    _drop("meetings", ("event_id", "parent_id"), ("event_id", "events"), ("parent_id", "meetings"), checks=(
        "one_parent", "kind",
    ), columns=("serves_on", "parent_starts_on", "event_id", "parent_id", "kind"))  # fmt: skip
    _drop("mechanisms", (), ("merged_into_id", "mechanisms"), ("entered_by", "parties"), checks=("origin",), columns=(
        "record_here", "merged_into_id", "entered_at", "entered_by", "is_settled", "origin",
    ))  # fmt: skip
    _drop("sign_in_sessions", (), ("worn_appointment_id", "appointments"), checks=(), columns=("worn_appointment_id",))
    _drop("appointments", ("meeting_id",), ("meeting_id", "meetings"), ("office_code", "offices"), checks=(
        "office_with_kind", "kind",
    ), columns=("ended_at", "in_force_at", "meeting_id", "office_code", "kind"))  # fmt: skip


def _refer(batch: object, table: str, column: str, other: str, key: str = "id") -> None:
    name = op.f(f"fk_{table}_{column}_{other}")
    batch.create_foreign_key(name, other, [column], [key], ondelete="RESTRICT")  # type: ignore[attr-defined]


def _drop(
    table: str,
    indexed: tuple[str, ...],
    *references: tuple[str, str],
    checks: tuple[str, ...],
    columns: tuple[str, ...],
) -> None:
    for column in indexed:
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
    with op.batch_alter_table(table) as batch:
        for column, other in references:
            batch.drop_constraint(op.f(f"fk_{table}_{column}_{other}"), type_="foreignkey")
        for check in checks:
            batch.drop_constraint(op.f(f"ck_{table}_{check}"), type_="check")
        for column in columns:
            batch.drop_column(column)


def _hold_owner_to_policies(*, held: bool) -> None:
    """On PostgreSQL, let the owner of the table see its rows for the length of the change, or no more."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE appointments {'FORCE' if held else 'NO FORCE'} ROW LEVEL SECURITY")
