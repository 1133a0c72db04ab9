"""Taking part in the silence procedure for a mechanism: each party for itself, dated, and ended by itself.

Whether every party takes part is asked when a text is circulated. To end it later touches no silence that stands:
a party that no longer wants that one can break it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import Refusal
from app.domain.visibility import Action, Facts, can
from app.models import Mechanism, SilenceOptIn
from app.services.meeting_audience import audience_of


def opt_ins_of(session: GuardedSession, mechanism_id: uuid.UUID) -> tuple[SilenceOptIn, ...]:
    """Return every opt-in for a mechanism that the viewer may see, ended ones too, the oldest first."""
    query = select(SilenceOptIn).where(SilenceOptIn.mechanism_id == mechanism_id)
    return tuple(session.execute(query.order_by(SilenceOptIn.opted_in_at, SilenceOptIn.party_code)).scalars())


def opted_in_for(session: GuardedSession, mechanism_id: uuid.UUID, parties: Collection[str]) -> frozenset[str]:
    """Return which of these parties take part in the silence procedure for a mechanism."""
    query = select(SilenceOptIn.party_code).where(
        SilenceOptIn.mechanism_id == mechanism_id,
        SilenceOptIn.ended_at.is_(None),
        SilenceOptIn.party_code.in_(sorted(parties)),
    )
    return frozenset(session.execute(query).scalars())


def may_opt_in(session: GuardedSession, mechanism: Mechanism) -> bool:
    """Say whether the viewer speaks for one of a mechanism's parties."""
    return can(session.bound_viewer, Action.OPT_INTO_SILENCE, Facts(parties=frozenset(mechanism.parties)))


def opt_in(session: GuardedSession, mechanism: Mechanism) -> SilenceOptIn:
    """Let the viewer's own party take part from now on; once is enough, and a second time changes nothing.

    All parties of the mechanism and the secretariats that they made see it. Raises `Refusal("forbidden")`.
    """
    own = _own(session, mechanism)
    if own:
        return own[0]
    viewer = session.bound_viewer
    audience_id = session.audience(audience_of(session, mechanism.id, mechanism.parties).keys)
    row = SilenceOptIn(
        id=uuid.uuid4(), mechanism_id=mechanism.id, party_code=viewer.party or "", opted_in_by=viewer.person_id,
        opted_in_at=session.now, audience_id=audience_id,
    )  # fmt: skip
    session.add(row)
    session.record("silence_opted_in", "mechanism", mechanism.id, audience_id, party=viewer.party)
    session.flush()
    return row


def end_opt_in(session: GuardedSession, mechanism: Mechanism) -> SilenceOptIn:
    """End the part of the viewer's own party; what is under silence already goes on. Raises as `opt_in` does.

    Raises `Refusal` `not_opted_in` where it takes no part.
    """
    own = _own(session, mechanism)
    if not own:
        raise Refusal("not_opted_in")
    for row in own:
        row.ended_at, row.ended_by = session.now, session.bound_viewer.person_id
    session.record("silence_opt_in_ended", "mechanism", mechanism.id, own[0].audience_id, party=own[0].party_code)
    session.flush()
    return own[0]


def _own(session: GuardedSession, mechanism: Mechanism) -> list[SilenceOptIn]:
    """Return what stands of the viewer's own party: two of it, where two of its people opted in at the same moment."""
    if not may_opt_in(session, mechanism):
        raise Refusal("forbidden")
    query = select(SilenceOptIn).where(
        SilenceOptIn.mechanism_id == mechanism.id,
        SilenceOptIn.party_code == session.bound_viewer.party,
        SilenceOptIn.ended_at.is_(None),
    )
    return list(session.execute(query.order_by(SilenceOptIn.opted_in_at).with_for_update()).scalars())
