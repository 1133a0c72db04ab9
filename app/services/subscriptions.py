"""Subscriptions: a person's secret addresses, each made once, shown once, and revoked at once."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import load_only

from app.db import GuardedSession, digest_of
from app.domain.entries import LANGUAGES
from app.domain.errors import NotFound, Refusal
from app.domain.plaintext import one_line
from app.domain.visibility import Action, can, person_key
from app.models import Mechanism, Meeting, Submission, Subscription, SubscriptionFetch

NAME_LIMIT: Final = 80
LIVE_LIMIT: Final = 50
DETAILS: Final = ("full", "busy")
_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscription is to show: `mechanism` is a code, or None for all meetings; `name` may be empty."""

    name: str
    mechanism: str | None
    includes_tentative: bool
    detail: str
    language: str


@dataclass(frozen=True, slots=True)
class Made:
    """A new subscription, its mechanism, and its token, which is kept nowhere: who holds it may read the feed."""

    subscription: Subscription
    mechanism: Mechanism | None
    token: str


@dataclass(frozen=True, slots=True)
class SubscriptionLine:
    """A subscription with the mechanism that it is of, if the viewer may read that, and its last fetch, if any."""

    subscription: Subscription
    mechanism: Mechanism | None
    fetch: SubscriptionFetch | None


def own_subscriptions(session: GuardedSession) -> tuple[SubscriptionLine, ...]:
    """Return the viewer's live subscriptions, the newest first."""
    return _lines(session)


def find_subscription(session: GuardedSession, subscription_id: uuid.UUID) -> SubscriptionLine:
    """Return one of the viewer's live subscriptions; raises `NotFound`."""
    found = _lines(session, subscription_id)
    if not found:
        raise NotFound
    return found[0]


def choosable_mechanisms(session: GuardedSession) -> tuple[Mechanism, ...]:
    """Return the mechanisms that the viewer may subscribe to; without their facts.

    All that they may read, save those that only an author proposes and that nobody meets under.
    """
    met = select(Meeting.mechanism_id).where(Meeting.mechanism_id.is_not(None))
    rows = session.execute(
        select(Mechanism)
        .where(or_(Mechanism.status != "proposed", Mechanism.id.in_(met)))
        .options(load_only(Mechanism.code, Mechanism.name))
        .order_by(Mechanism.ref, Mechanism.code)
    ).scalars()
    return tuple(rows)


def create_subscription(
    session: GuardedSession, wanted: Wanted, *, submission_id: uuid.UUID | None, repeated_at: str
) -> Made:
    """Make a subscription of the viewer's; only the digest of its token is kept.

    The same form sent again (`submission_id`) makes nothing and leads to the page `repeated_at`, since its
    address was shown once already. Raises `Refusal` `forbidden`, `too_many_subscriptions`,
    `unknown_mechanism`, `unknown_language`, `required` (`detail`), and what names raise.
    """
    viewer = session.bound_viewer
    if not can(viewer, Action.SUBSCRIBE):
        raise Refusal("forbidden")
    name = one_line(wanted.name, "name", NAME_LIMIT)
    mechanism = _chosen(session, wanted.mechanism)
    _check(session, wanted)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    audience_id = session.audience({person_key(viewer.person_id)})
    subscription = Subscription(
        id=uuid.uuid4(), person_id=viewer.person_id, name=name, token_digest=digest_of(token),
        mechanism_id=mechanism.id if mechanism else None, includes_tentative=wanted.includes_tentative,
        detail=wanted.detail, language=wanted.language, created_at=session.now, audience_id=audience_id,
    )  # fmt: skip
    session.add(subscription)
    if submission_id is not None:
        session.add(Submission(id=submission_id, audience_id=audience_id, made_at=session.now, result=repeated_at))
    session.flush()  # a form sent twice at once is found here, before its address is shown
    session.record(
        "subscription_created", "subscription", subscription.id, audience_id, detail=wanted.detail,
        language=wanted.language, includes_tentative=wanted.includes_tentative, mechanism=wanted.mechanism,
    )  # fmt: skip
    return Made(subscription, mechanism, token)


def revoke_subscription(session: GuardedSession, subscription_id: uuid.UUID) -> None:
    """Revoke one of the viewer's subscriptions: its address answers nothing from now on. Raises `NotFound`."""
    subscription = find_subscription(session, subscription_id).subscription
    subscription.revoked_at = session.now
    session.record("subscription_revoked", "subscription", subscription.id, subscription.audience_id)


def _lines(session: GuardedSession, subscription_id: uuid.UUID | None = None) -> tuple[SubscriptionLine, ...]:
    query = (
        select(Subscription, Mechanism, SubscriptionFetch)
        .outerjoin(Mechanism, Mechanism.id == Subscription.mechanism_id)
        .outerjoin(SubscriptionFetch, SubscriptionFetch.subscription_id == Subscription.id)
        .where(Subscription.person_id == session.bound_viewer.person_id, Subscription.revoked_at.is_(None))
        .options(load_only(Mechanism.code, Mechanism.name))
        .order_by(Subscription.created_at.desc(), Subscription.id)
    )
    if subscription_id is not None:
        query = query.where(Subscription.id == subscription_id)
    return tuple(SubscriptionLine(*row) for row in session.execute(query))


def _chosen(session: GuardedSession, code: str | None) -> Mechanism | None:
    if code is None:
        return None
    found = next((each for each in choosable_mechanisms(session) if each.code == code), None)
    if found is None:
        raise Refusal("unknown_mechanism", field="mechanism")
    return found


def _check(session: GuardedSession, wanted: Wanted) -> None:
    if wanted.detail not in DETAILS:
        raise Refusal("required", field="detail")
    if wanted.language not in LANGUAGES:
        raise Refusal("unknown_language", field="language")
    live = session.execute(
        select(func.count(Subscription.id)).where(
            Subscription.person_id == session.bound_viewer.person_id, Subscription.revoked_at.is_(None)
        )
    ).scalar_one()
    if live >= LIVE_LIMIT:
        raise Refusal("too_many_subscriptions", limit=LIVE_LIMIT)
