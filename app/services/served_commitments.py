"""That an action serves a commitment, written when the action is recorded from it."""

from __future__ import annotations

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import NotFound
from app.domain.visibility import REGISTER
from app.models import Action, Commitment, CommitmentAction
from app.services.meeting_audience import keys_of


def find_commitment(session: GuardedSession, ref: str) -> Commitment:
    """Return the commitment of that reference; raises `NotFound`, the same whether it is there or not."""
    found = session.execute(select(Commitment).where(Commitment.ref == ref.strip().upper())).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def serve(session: GuardedSession, action: Action, commitment: Commitment) -> CommitmentAction:
    """Write that an action serves a commitment, both of which the viewer sees.

    It is seen by those who see both: a commitment that stands in the register is seen by all who see the action.
    """
    keys, of_commitment = keys_of(session, action.audience_id), keys_of(session, commitment.audience_id)
    shared = keys if REGISTER in of_commitment else keys & of_commitment
    row = CommitmentAction(
        commitment_id=commitment.id, action_id=action.id, made_by=session.bound_viewer.person_id, made_at=session.now,
        audience_id=session.audience(shared),
    )  # fmt: skip
    session.add(row)
    session.record("action_serves", "action", action.id, row.audience_id, commitment=commitment.ref)
    return row
