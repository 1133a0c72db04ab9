"""Receipts of what is circulated: the last of them opens the silence and fixes its end."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import Refusal
from app.domain.silence import end_after
from app.domain.visibility import Action
from app.models import AgreedText, Silence, SilenceReceipt
from app.services.agreement_post import tell_of_text
from app.services.silences import silence_to_act_on


def receive(session: GuardedSession, reference: str) -> Silence:
    """Say that the viewer's own party has received what is circulated; once is enough.

    Raises `NotFound`; `Refusal` `forbidden`, `no_silence`, `silence_is_over`, `silence_not_asked`.
    """
    text, silence = silence_to_act_on(session, reference, Action.RECEIVE_SILENCE)
    party = session.bound_viewer.party
    if party not in silence.parties:
        raise Refusal("silence_not_asked")
    add_receipt(session, text, silence, party)
    return silence


def add_receipt(
    session: GuardedSession, text: AgreedText, silence: Silence, party: str, *, note: str | None = None
) -> None:
    """Record a party's receipt, where there is none: its own, or reported with a `note`. The last opens the silence."""
    have = select(SilenceReceipt.party_code).where(SilenceReceipt.silence_id == silence.id)
    received = set(session.execute(have).scalars())
    if party in received:
        return
    session.add(
        SilenceReceipt(
            id=uuid.uuid4(), silence_id=silence.id, party_code=party, received_at=session.now,
            person_id=session.bound_viewer.person_id, is_reported=note is not None, note=note,
            audience_id=silence.audience_id,
        )
    )  # fmt: skip
    session.record(
        "silence_received", "text", text.id, text.audience_id, reference=text.reference, party=party,
        reported=note is not None,
    )  # fmt: skip
    if {*received, party} >= set(silence.parties):
        _open(session, text, silence)
    session.flush()


def _open(session: GuardedSession, text: AgreedText, silence: Silence) -> None:
    """Start the clock: this was the last receipt."""
    silence.opened_at = session.now
    silence.ends_at = end_after(silence.until_at, silence.hours, session.now)
    if silence.state == "circulated":
        silence.state = "running"
    session.record(
        "silence_opened", "text", text.id, text.audience_id, reference=text.reference,
        ends_at=silence.ends_at.isoformat(),
    )  # fmt: skip
    tell_of_text(session, "silence_opened", text, silence_id=str(silence.id))
