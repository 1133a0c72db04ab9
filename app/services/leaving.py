"""What ends with a person's leave to read meetings: their feeds, and the feeds that others have for them."""

from __future__ import annotations

import uuid

from sqlalchemy import or_, select

from app.db import GuardedSession
from app.models import Authorisation, Subscription


def end_feeds(truth: GuardedSession, person_id: uuid.UUID) -> None:
    """End a person's subscriptions, those that others have for them, and every leave that they gave or were given.

    On a system session: the feeds of an assistant are that person's own rows.
    """
    feeds = select(Subscription).where(
        or_(Subscription.person_id == person_id, Subscription.principal_id == person_id),
        Subscription.revoked_at.is_(None),
    )
    for subscription in truth.execute(feeds).scalars():
        subscription.revoked_at = truth.now
    leaves = select(Authorisation).where(
        or_(Authorisation.principal_id == person_id, Authorisation.assistant_id == person_id),
        Authorisation.ended_at.is_(None),
    )
    for leave in truth.execute(leaves).scalars():
        leave.ended_at = truth.now
