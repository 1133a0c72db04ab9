"""A row of each kind that stands on an action item: what it keeps, links, subtasks, commitments and reminders."""

from __future__ import annotations

import datetime as dt

from app.db import GuardedSession
from app.domain.action_import import BroughtTable, TableSheet, guessed
from app.domain.visibility import REGISTER, party_key
from app.models import (
    Action,
    ActionBatch,
    ActionImport,
    ActionLink,
    ActionNote,
    CarryOver,
    Commitment,
    CommitmentAction,
    CommitmentStatement,
    DueMove,
    Guarded,
    Leg,
    Meeting,
    Reminder,
    ReminderConsent,
    SavedView,
    Subtask,
)
from app.models.sealed import Private
from tests import world
from tests.world import canary

DAY = dt.date(2027, 3, 1)


def _brought(owner: str) -> BroughtTable:
    """Return a table that a delegation brought and has yet to import."""
    rows = ((1, ("Action", "Owners")), (2, (canary(owner, "brought"), owner)))
    return guessed(BroughtTable(canary(owner, "imported"), (TableSheet("", rows),)))


def add_rows_on(session: GuardedSession, action: Action, leg: Leg, meeting: Meeting, letters: str, author: str) -> None:
    """Add them, with a canary of these letters in every field that is somebody's own, written by `author`.

    What is a delegation's alone is that of the leg's party. A second action, `…-A02`, is linked to the first.
    """
    who, seen, owner = world.CAST[author].id, {"audience_id": action.audience_id}, leg.party_code
    action.body = {"en": canary(letters, "body"), "original": "en"}
    action.conclusion = {"en": canary(letters, "conclusion"), "original": "en"}
    action.kind_facts = {"question": canary(letters, "question")}
    action.due_basis = "clock"
    action.clock = {
        "days": 45, "kind": "calendar", "event": canary(letters, "event"), "starts_on": "2026-10-31",
        "second_days": None, "determines": "US", "consulted": [owner], "condition": canary(letters, "trigger"),
        "consequence": canary(letters, "consequence"), "language": "en",
    }  # fmt: skip
    other = world.add_action(
        session, f"{action.reference[:-2]}02", (owner,), meeting=meeting, title=dict(action.title), due_basis="clock"
    )
    commitment = Commitment(
        id=world.identity("commitment", meeting.reference), ref=f"{meeting.reference}-C01", origin="here",
        mechanism_id=meeting.mechanism_id, meeting_id=meeting.id,
        title={"en": canary(letters, "commitment"), "original": "en"}, owners=sorted({owner, "US"}),
        facts={"condition": canary(letters, "condition")}, loaded_facts={}, indicator=canary(letters, "indicator"),
        baseline=canary(letters, "baseline"), data_source=canary(letters, "datasource"), sunset_on=DAY,
        sunset_reason=canary(letters, "sunset"), created_by_party=owner, created_at=world.NOW, changed_at=world.NOW,
        **seen,
    )  # fmt: skip
    alone = {"audience_id": session.audience({party_key(owner)})}
    batch = ActionBatch(
        id=world.identity("batch", meeting.reference), kind="bulk", row_count=1, person_id=who, made_at=world.NOW,
        content={
            "operation": "person",
            "rows": [{
                "action": str(action.id), "party": owner, "was_accepted": True,
                "was": {"person_name": canary(owner, "batch")}, "now": {"person_name": leg.person_name},
            }],
        },
        **alone,
    )  # fmt: skip
    session.add_all([commitment, batch])
    session.flush()
    rows: list[Guarded] = [
        ActionImport(
            id=world.identity("import", meeting.reference), owner_party=owner, created_by=who,
            content=Private(owner, _brought(owner).to_json()), created_at=world.NOW, changed_at=world.NOW, **alone,
        ),
        ActionLink(
            id=world.identity("link", meeting.reference), from_id=action.id, to_id=other.id, kind="blocks",
            made_by=who, made_at=world.NOW, **seen,
        ),
        ActionNote(
            action_id=action.id, text=canary(letters, "told"), language="en", party_code=owner, person_id=who,
            created_at=world.NOW, kind="reported", for_party=owner, reported_state="done", told_on=DAY,
            evidence_url=f"https://evidence.example/{canary(letters, 'evidence')}", **seen,
        ),
        CarryOver(
            id=world.identity("carry_over", meeting.reference), action_id=action.id, meeting_id=meeting.id,
            outcome="carried", note=canary(letters, "carried"), party_code=owner, person_id=who, made_at=world.NOW,
            **seen,
        ),
        CommitmentAction(
            commitment_id=commitment.id, action_id=action.id, made_by=who, made_at=world.NOW, **seen,
        ),
        CommitmentStatement(
            id=world.identity("statement", meeting.reference), commitment_id=commitment.id, party_code=owner,
            kind="status", state="under_way", text=canary(letters, "statement"), language="en",
            limits_met=canary(letters, "limits"), as_of_on=dt.date(2026, 11, 20),
            evidence_url=f"https://evidence.example/{canary(letters, 'proof')}", person_id=who, made_at=world.NOW,
            **seen,
        ),
        DueMove(
            action_id=action.id, leg_id=leg.id, was_on=dt.date(2026, 12, 1), now_on=leg.due_on,
            reason=canary(letters, "moved"), party_code=owner, person_id=who, moved_at=world.NOW, **seen,
        ),
        Reminder(
            id=world.identity("reminder", meeting.reference), action_id=action.id, leg_id=leg.id, stage="before",
            due_on=DAY, recipient_id=who, crosses=True, note=canary(letters, "reminder"), prepared_at=world.NOW,
            **seen,
        ),
        ReminderConsent(
            id=world.identity("reminder_consent", meeting.reference), party_code=owner, given_by=who,
            given_at=world.NOW, ended_by=who, ended_at=world.NOW, audience_id=session.audience({REGISTER}),
        ),
        SavedView(
            id=world.identity("view", meeting.reference), person_id=who, name=canary(owner, "view"),
            query=canary(owner, "query"), columns=["due"], created_at=world.NOW, **alone,
        ),
        Subtask(
            id=world.identity("subtask", meeting.reference), action_id=action.id, owner_party=owner,
            text=Private(owner, canary(owner, "subtask")), created_by=who, created_at=world.NOW, **alone,
        ),
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
