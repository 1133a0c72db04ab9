"""A party's leave that reminders of what others recorded come to its people without being looked at first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import Refusal
from app.domain.visibility import REGISTER, Action, can
from app.models import ReminderConsent


def consents_since(session: GuardedSession) -> dict[str, dt.datetime]:
    """Return since when each party that lets reminders come by themselves has done so; others are not in it."""
    rows = session.execute(select(ReminderConsent).where(ReminderConsent.ended_at.is_(None))).scalars()
    found: dict[str, dt.datetime] = {}
    for row in rows:
        found[row.party_code] = min(row.given_at, found.get(row.party_code, row.given_at))
    return found


def consents_of(session: GuardedSession, party: str) -> Sequence[ReminderConsent]:
    """Return all that a party gave and ended, the latest first."""
    query = select(ReminderConsent).where(ReminderConsent.party_code == party)
    return session.execute(query.order_by(ReminderConsent.given_at.desc(), ReminderConsent.id)).scalars().all()


def give_consent(session: GuardedSession) -> None:
    """Let reminders come to the viewer's party by themselves from now on; what waits already is still looked at.

    Once given it stays as it is. Raises `Refusal` `forbidden`.
    """
    party = _speaking_for(session)
    if _standing(session, party):
        return
    viewer, audience = session.bound_viewer, session.audience({REGISTER})
    consent = ReminderConsent(
        party_code=party, given_by=viewer.person_id, given_at=session.now, audience_id=audience,
    )  # fmt: skip
    session.add(consent)
    session.flush()
    session.record("reminders_let_through", "reminder_consent", consent.id, audience, party=party)


def end_consent(session: GuardedSession) -> None:
    """End that reminders come to the viewer's party by themselves; raises `Refusal` `forbidden`."""
    party = _speaking_for(session)
    for consent in _standing(session, party):
        consent.ended_by, consent.ended_at = session.bound_viewer.person_id, session.now
        session.record("reminders_looked_at", "reminder_consent", consent.id, consent.audience_id, party=party)


def _speaking_for(session: GuardedSession) -> str:
    viewer = session.bound_viewer
    if viewer.party is None or not can(viewer, Action.CONSENT_REMINDERS):
        raise Refusal("forbidden")
    return viewer.party


def _standing(session: GuardedSession, party: str) -> Sequence[ReminderConsent]:
    query = select(ReminderConsent).where(ReminderConsent.party_code == party, ReminderConsent.ended_at.is_(None))
    return session.execute(query.order_by(ReminderConsent.given_at).with_for_update()).scalars().all()
