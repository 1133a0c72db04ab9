"""What actions, legs and their notes keep besides, how a person is reminded, and how a feed shows actions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
STATES = "'open', 'under_way', 'blocked', 'done', 'verified', 'dropped'"
DECISIONS = "'entry', 'facts', 'not_held', 'merge', 'hosting', 'appointment', 'release'"
READ_AND_WRITTEN = ("actions", "legs", "action_notes", "decisions", "decision_answers", "people", "subscriptions")

# The whole is read from its legs by the rule of `app.domain.actions.whole_state`.
WHOLE = """
UPDATE actions SET state = (
  SELECT CASE
    WHEN COUNT(*) = 0 THEN 'open'
    WHEN SUM(CASE WHEN state <> 'dropped' THEN 1 ELSE 0 END) = 0 THEN 'dropped'
    WHEN SUM(CASE WHEN state NOT IN ('dropped', 'verified') THEN 1 ELSE 0 END) = 0 THEN 'verified'
    WHEN SUM(CASE WHEN state NOT IN ('dropped', 'verified', 'done') THEN 1 ELSE 0 END) = 0 THEN 'done'
    WHEN SUM(CASE WHEN state = 'blocked' THEN 1 ELSE 0 END) > 0 THEN 'blocked'
    WHEN SUM(CASE WHEN state NOT IN ('dropped', 'open') THEN 1 ELSE 0 END) = 0 THEN 'open'
    ELSE 'under_way' END
  FROM legs WHERE legs.action_id = actions.id)
"""
DUE = """
UPDATE actions SET due_on = COALESCE(
  (SELECT MIN(due_on) FROM legs WHERE action_id = actions.id AND state IN ('open', 'under_way', 'blocked')),
  (SELECT MAX(due_on) FROM legs WHERE action_id = actions.id))
"""
NEWS = """
UPDATE actions SET news_at = COALESCE(
  (SELECT MAX(created_at) FROM action_notes WHERE action_id = actions.id), created_at)
"""


def upgrade() -> None:
    """Add the columns, and read from what is there what they would hold."""
    _of_actions()
    _of_legs()
    _of_notes()
    _of_others()
    _hold_owner_to_policies(held=False)
    op.execute(WHOLE)
    op.execute(DUE)
    op.execute(NEWS)
    op.execute("UPDATE actions SET due_basis = 'date' WHERE due_on IS NOT NULL")
    op.execute("UPDATE legs SET first_due_on = due_on")
    op.execute("UPDATE legs SET accepted_at = changed_at WHERE is_accepted")
    op.execute("UPDATE legs SET done_at = changed_at WHERE state IN ('done', 'verified')")
    _hold_owner_to_policies(held=True)


def _of_actions() -> None:
    with op.batch_alter_table("actions") as batch:
        batch.add_column(sa.Column("body", JSON, nullable=True))
        batch.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default="task"))
        batch.add_column(sa.Column("kind_facts", JSON, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("lead_party", sa.String(16), nullable=True))
        batch.add_column(sa.Column("priority", sa.String(8), nullable=False, server_default="normal"))
        batch.add_column(sa.Column("horizon", sa.String(16), nullable=True))
        batch.add_column(sa.Column("agenda_item_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("conclusion", JSON, nullable=True))
        batch.add_column(sa.Column("due_basis", sa.String(16), nullable=False, server_default="none"))
        batch.add_column(sa.Column("clock", JSON, nullable=True))
        batch.add_column(sa.Column("state", sa.String(16), nullable=False, server_default="open"))
        batch.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("news_at", INSTANT, nullable=False, server_default="1970-01-01 00:00:00+00:00"))
        batch.add_column(sa.Column("ended_as", sa.String(16), nullable=True))
        batch.add_column(sa.Column("ended_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("batch_id", sa.Uuid(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_actions_kind"),
            "kind IN ('task', 'evaluation', 'data_exchange', 'protocol', 'exercise', 'candidature')",
        )
        batch.create_check_constraint(op.f("ck_actions_priority"), "priority IN ('low', 'normal', 'high')")
        batch.create_check_constraint(
            op.f("ck_actions_due_basis"), "due_basis IN ('none', 'date', 'next_meeting', 'clock')"
        )
        batch.create_check_constraint(op.f("ck_actions_state"), f"state IN ({STATES})")
        batch.create_check_constraint(
            op.f("ck_actions_horizon"), "horizon IS NULL OR horizon IN ('immediate', 'long_term')"
        )
        batch.create_check_constraint(
            op.f("ck_actions_ended_as"),
            "ended_as IS NULL OR ended_as IN ('closed', 'merged', 'split', 'withdrawn')",
        )
        batch.create_check_constraint(
            op.f("ck_actions_ended_at_with_ending"), "(ended_as IS NULL) = (ended_at IS NULL)"
        )
        _refer(batch, "actions", "lead_party", "parties", "code")
        _refer(batch, "actions", "agenda_item_id", "agenda_items")
        _refer(batch, "actions", "batch_id", "action_batches")
        batch.drop_index(op.f("ix_actions_mechanism_id"))
        batch.create_index(op.f("ix_actions_batch_id"), ["batch_id"])
        batch.create_index("ix_actions_due_on_reference", ["due_on", "reference"])
        batch.create_index("ix_actions_mechanism_id_due_on", ["mechanism_id", "due_on"])


def _of_legs() -> None:
    with op.batch_alter_table("legs") as batch:
        batch.add_column(sa.Column("person_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("first_due_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("accepted_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("done_at", INSTANT, nullable=True))
        _refer(batch, "legs", "person_id", "people")
        batch.drop_index(op.f("ix_legs_party_code"))
        batch.create_index(op.f("ix_legs_office_code"), ["office_code"])
        batch.create_index(op.f("ix_legs_person_id"), ["person_id"])
        batch.create_index(op.f("ix_legs_person_name"), ["person_name"])
        batch.create_index("ix_legs_party_code_state_due_on", ["party_code", "state", "due_on"])


def _of_notes() -> None:
    with op.batch_alter_table("action_notes") as batch:
        batch.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default="note"))
        batch.add_column(sa.Column("way", sa.String(8), nullable=False, server_default="page"))
        batch.add_column(sa.Column("for_party", sa.String(16), nullable=True))
        batch.add_column(sa.Column("reported_state", sa.String(16), nullable=True))
        batch.add_column(sa.Column("told_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("evidence_url", sa.String(2000), nullable=True))
        batch.add_column(sa.Column("document_id", sa.Uuid(), nullable=True))
        batch.create_check_constraint(op.f("ck_action_notes_kind"), "kind IN ('note', 'no_change', 'reported')")
        batch.create_check_constraint(op.f("ck_action_notes_way"), "way IN ('page', 'link')")
        batch.create_check_constraint(
            op.f("ck_action_notes_reported_for_a_party"), "kind <> 'reported' OR for_party IS NOT NULL"
        )
        _refer(batch, "action_notes", "for_party", "parties", "code")
        _refer(batch, "action_notes", "document_id", "documents")
        batch.drop_index(op.f("ix_action_notes_action_id"))
        batch.create_index("ix_action_notes_action_id_created_at", ["action_id", "created_at"])


def _of_others() -> None:
    _decisions_of(f"{DECISIONS}, 'commitment'")
    with op.batch_alter_table("people") as batch:
        batch.add_column(sa.Column("reminder_mails", sa.String(8), nullable=False, server_default="digest"))
        batch.create_check_constraint(
            op.f("ck_people_reminder_mails"), "reminder_mails IN ('at_once', 'digest', 'never')"
        )
    with op.batch_alter_table("subscriptions") as batch:
        batch.add_column(sa.Column("actions_as", sa.String(8), nullable=False, server_default="none"))
        batch.create_check_constraint(
            op.f("ck_subscriptions_actions_as"), "actions_as IN ('none', 'todos', 'days', 'both')"
        )


def _decisions_of(kinds: str) -> None:
    with op.batch_alter_table("decisions") as batch:
        batch.drop_constraint(op.f("ck_decisions_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_decisions_kind"), f"kind IN ({kinds})")


def _refer(batch: object, table: str, column: str, other: str, key: str = "id") -> None:
    batch.create_foreign_key(  # type: ignore[attr-defined]
        op.f(f"fk_{table}_{column}_{other}"), other, [column], [key], ondelete="RESTRICT"
    )


def downgrade() -> None:
    """Take it away; what was decided on how commitments are accounted for goes with it."""
    _hold_owner_to_policies(held=False)
    op.execute("DELETE FROM decision_answers WHERE decision_id IN (SELECT id FROM decisions WHERE kind = 'commitment')")
    op.execute("DELETE FROM decisions WHERE kind = 'commitment'")
    _hold_owner_to_policies(held=True)
    _decisions_of(DECISIONS)
    _take_from("subscriptions", ["actions_as"], checks=["actions_as"])
    _take_from("people", ["reminder_mails"], checks=["reminder_mails"])
    with op.batch_alter_table("action_notes") as batch:
        batch.drop_index("ix_action_notes_action_id_created_at")
        batch.create_index(op.f("ix_action_notes_action_id"), ["action_id"])
    _take_from(
        "action_notes",
        ["kind", "way", "for_party", "reported_state", "told_on", "evidence_url", "document_id"],
        checks=["kind", "way", "reported_for_a_party"],
        keys=["for_party_parties", "document_id_documents"],
    )
    with op.batch_alter_table("legs") as batch:
        for name in ("office_code", "person_id", "person_name", "party_code_state_due_on"):
            batch.drop_index(f"ix_legs_{name}")
        batch.create_index(op.f("ix_legs_party_code"), ["party_code"])
    _take_from("legs", ["person_id", "first_due_on", "accepted_at", "done_at"], keys=["person_id_people"])
    with op.batch_alter_table("actions") as batch:
        for name in ("batch_id", "due_on_reference", "mechanism_id_due_on"):
            batch.drop_index(f"ix_actions_{name}")
        batch.create_index(op.f("ix_actions_mechanism_id"), ["mechanism_id"])
    _take_from(
        "actions",
        [
            "body", "kind", "kind_facts", "lead_party", "priority", "horizon", "agenda_item_id", "conclusion",
            "due_basis", "clock", "state", "due_on", "news_at", "ended_as", "ended_at", "batch_id",
        ],
        checks=["kind", "priority", "due_basis", "state", "horizon", "ended_as", "ended_at_with_ending"],
        keys=["lead_party_parties", "agenda_item_id_agenda_items", "batch_id_action_batches"],
    )  # fmt: skip


def _take_from(table: str, columns: list[str], checks: list[str] | None = None, keys: list[str] | None = None) -> None:
    with op.batch_alter_table(table) as batch:
        for name in checks or []:
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        for name in keys or []:
            batch.drop_constraint(op.f(f"fk_{table}_{name}"), type_="foreignkey")
        for name in columns:
            batch.drop_column(name)


def _hold_owner_to_policies(*, held: bool) -> None:
    """On PostgreSQL, let the owner of the tables see their rows for the length of the change, or no more."""
    if op.get_bind().dialect.name == "postgresql":
        for table in READ_AND_WRITTEN:
            op.execute(f"ALTER TABLE {table} {'FORCE' if held else 'NO FORCE'} ROW LEVEL SECURITY")
