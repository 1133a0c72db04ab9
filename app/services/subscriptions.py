"""Subscriptions: a person's secret addresses, each made once, shown once, and revoked at once."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import load_only

from app.db import GuardedSession, digest_of
from app.domain.action_entries import ACTIONS_AS
from app.domain.entries import LANGUAGES
from app.domain.errors import NotFound, Refusal
from app.domain.feed_filters import ADDRESS_END, ADDRESS_END_LETTERS, CHOICES_LIMIT, FeedFilter, in_order, kept_filter
from app.domain.plaintext import one_line
from app.domain.visibility import REGISTER, Action, can, person_key
from app.models import Mechanism, Meeting, Person, Submission, Subscription, SubscriptionFetch
from app.models.meetings import KINDS
from app.services.authorisations import people_named, principals
from app.services.feed_choices import closing_capitals, offices_to_choose, parties_to_choose
from app.services.feed_filters import LEVELS
from app.services.practice import ORIGIN

NAME_LIMIT: Final = 80
LIVE_LIMIT: Final = 50
DETAILS: Final = ("full", "busy")
_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscription is to show, as it was asked for; `name` may be empty.

    `mechanisms`, `parties`, `levels`, `kinds` and `closures_of` are codes; where they are empty nothing is narrowed,
    and no closures are shown. `principal_id` is whom it is for, None for oneself.
    """

    name: str
    includes_tentative: bool
    detail: str
    language: str
    mechanisms: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    office: str | None = None
    keeps_cancelled: bool = True
    shows_to_agree: bool = False
    actions_as: str = "none"
    closures_of: tuple[str, ...] = ()
    uses_gzip: bool = True
    principal_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A subscription and its new token, which is kept nowhere: who holds it may read the feed."""

    subscription: Subscription
    token: str


@dataclass(frozen=True, slots=True)
class SubscriptionLine:
    """A subscription as the viewer reads it: what it narrows to, its last fetch, and the two people where it has two.

    `mechanisms` are those of its filter that the viewer may still read. `person` made it, `principal` is whom it
    is for; each is None where it is the viewer.
    """

    subscription: Subscription
    filter: FeedFilter
    mechanisms: tuple[Mechanism, ...]
    fetch: SubscriptionFetch | None
    person: Person | None
    principal: Person | None
    is_own: bool

    @property
    def has_lost_mechanism(self) -> bool:
        """Say whether it names a mechanism that the viewer does not see any more, or that was merged."""
        live = [each for each in self.mechanisms if each.merged_into_id is None]
        return len(live) < len(self.filter.mechanisms)

    @property
    def address_end(self) -> str | None:
        """Return the last letters of its address, None of one that was made before they were kept."""
        return next(iter(self.subscription.choices.get(ADDRESS_END, ())), None)


def own_subscriptions(session: GuardedSession) -> tuple[SubscriptionLine, ...]:
    """Return the viewer's live subscriptions and those that others have for them, the newest first."""
    return _lines(session)


def find_subscription(session: GuardedSession, subscription_id: uuid.UUID) -> SubscriptionLine:
    """Return one of the viewer's live subscriptions, or one that another has for them; raises `NotFound`."""
    found = _lines(session, subscription_id)
    if not found:
        raise NotFound
    return found[0]


def choosable_mechanisms(session: GuardedSession) -> tuple[Mechanism, ...]:
    """Return the mechanisms that the viewer may subscribe to; without their facts.

    All that they may read, save those that were merged, and those that only an author proposes and that nobody
    meets under.
    """
    met = select(Meeting.mechanism_id).where(Meeting.mechanism_id.is_not(None))
    rows = session.execute(
        select(Mechanism)
        .where(or_(Mechanism.status != "proposed", Mechanism.id.in_(met)), Mechanism.merged_into_id.is_(None))
        .where(Mechanism.origin != ORIGIN)
        .options(load_only(Mechanism.code, Mechanism.name, Mechanism.parties))
        .order_by(Mechanism.ref, Mechanism.code)
    ).scalars()
    return tuple(rows)


def create_subscription(
    session: GuardedSession, wanted: Wanted, *, submission_id: uuid.UUID | None, repeated_at: str
) -> Made:
    """Make a subscription of the viewer's; only the digest of its token is kept, and its last four letters.

    The same form sent again (`submission_id`) makes nothing and leads to the page `repeated_at`, since its
    address was shown once already. Raises `Refusal` `forbidden`, `too_many_subscriptions`, `unknown_principal`,
    and what `apply_choices` raises.
    """
    viewer = session.bound_viewer
    if not can(viewer, Action.SUBSCRIBE):
        raise Refusal("forbidden")
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    subscription = Subscription(
        id=uuid.uuid4(), person_id=viewer.person_id, principal_id=_principal(session, wanted.principal_id),
        token_digest=digest_of(token), created_at=session.now, choices=_end_of(token),
    )  # fmt: skip
    apply_choices(session, subscription, wanted)
    _check_limit(session)
    keys = {person_key(viewer.person_id), *([person_key(wanted.principal_id)] if wanted.principal_id else [])}
    subscription.audience_id = session.audience(keys)
    session.add(subscription)
    _note_submission(session, submission_id, repeated_at)
    session.flush()  # a form sent twice at once is found here, before its address is shown
    session.record(
        "subscription_created", "subscription", subscription.id, subscription.audience_id, detail=wanted.detail,
        language=wanted.language, includes_tentative=wanted.includes_tentative,
        mechanism=next(iter(wanted.mechanisms), None), is_for_another=wanted.principal_id is not None,
    )  # fmt: skip
    return Made(subscription, token)


def renew_address(
    session: GuardedSession, subscription_id: uuid.UUID, *, submission_id: uuid.UUID | None, repeated_at: str
) -> Made:
    """Give one of the viewer's own subscriptions a new token; the old one answers nothing from now on.

    The same form sent again renews nothing and leads to `repeated_at`. Raises `NotFound`, also for the principal:
    the address is shown to who has it.
    """
    subscription = own_subscription(session, subscription_id).subscription
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    subscription.token_digest, subscription.renewed_at = digest_of(token), session.now
    subscription.choices = {**subscription.choices, **_end_of(token)}
    _note_submission(session, submission_id, repeated_at)
    session.flush()  # as in `create_subscription`
    session.record("subscription_renewed", "subscription", subscription.id, subscription.audience_id)
    return Made(subscription, token)


def revoke_subscription(session: GuardedSession, subscription_id: uuid.UUID) -> None:
    """Revoke a subscription of the viewer's, or one for them: its address answers nothing from now on.

    Raises `NotFound`.
    """
    subscription = find_subscription(session, subscription_id).subscription
    subscription.revoked_at = session.now
    session.record("subscription_revoked", "subscription", subscription.id, subscription.audience_id)


def own_subscription(session: GuardedSession, subscription_id: uuid.UUID) -> SubscriptionLine:
    """Return one of the live subscriptions that the viewer made; raises `NotFound`."""
    line = find_subscription(session, subscription_id)
    if not line.is_own:
        raise NotFound
    return line


# What is chosen -----------------------------------------------------------------------------------


def apply_choices(session: GuardedSession, subscription: Subscription, wanted: Wanted) -> None:
    """Write what was chosen to a subscription; what it names and the viewer has lost may stay, as it stands.

    Raises `Refusal` `unknown_mechanism`, `unknown_choice`, `unknown_language`, `required` (`detail`),
    `too_many_choices`, and what names raise.
    """
    name = one_line(wanted.name, "name", NAME_LIMIT)
    standing = kept_filter(subscription.mechanism_id, subscription.choices or {})
    found = chosen_filter(session, wanted, standing)
    if wanted.detail not in DETAILS:
        raise Refusal("required", field="detail")
    if wanted.language not in LANGUAGES:
        raise Refusal("unknown_language", field="language")
    capitals = {party.code for party in closing_capitals(session)}
    _check_known("closures", wanted.closures_of, capitals | set(subscription.closures_of or ()))
    end = {key: value for key, value in (subscription.choices or {}).items() if key == ADDRESS_END}
    subscription.name, subscription.detail, subscription.language = name, wanted.detail, wanted.language
    subscription.mechanism_id, subscription.choices = found.mechanism_id, {**found.choices, **end}
    subscription.includes_tentative, subscription.keeps_cancelled = wanted.includes_tentative, wanted.keeps_cancelled
    subscription.shows_to_agree = wanted.shows_to_agree and REGISTER in session.bound_viewer.keys
    if wanted.actions_as not in ACTIONS_AS:
        raise Refusal("unknown_choice", field="actions")
    subscription.actions_as = wanted.actions_as if can(session.bound_viewer, Action.READ_ACTIONS) else "none"
    subscription.closures_of, subscription.uses_gzip = list(in_order(wanted.closures_of)), wanted.uses_gzip


NO_FILTER: Final = FeedFilter()


def chosen_filter(session: GuardedSession, wanted: Wanted, standing: FeedFilter = NO_FILTER) -> FeedFilter:
    """Return the filter that was chosen from what the viewer may choose, or that stands already.

    A mechanism that stands and is lost is chosen by its id. Raises `Refusal` `unknown_mechanism`,
    `unknown_choice`, `too_many_choices`.
    """
    mechanisms = _chosen_mechanisms(session, wanted.mechanisms, standing)
    parties, levels, kinds = in_order(wanted.parties), in_order(wanted.levels), in_order(wanted.kinds)
    if parties:
        _check_known("party", parties, {*parties_to_choose(session), *standing.parties})
    _check_known("level", levels, {*LEVELS, *standing.levels})
    _check_known("kind", kinds, {*KINDS, *standing.kinds})
    if wanted.office and wanted.office != standing.office:
        _check_known("office", [wanted.office], {office.code for office in offices_to_choose(session)})
    return FeedFilter(mechanisms, parties, levels, kinds, wanted.office or None)


def _chosen_mechanisms(
    session: GuardedSession, codes: tuple[str, ...], standing: FeedFilter
) -> tuple[uuid.UUID, ...]:  # fmt: skip
    if not codes:
        return ()
    known = {each.code: each.id for each in choosable_mechanisms(session)}
    known |= {str(each): each for each in standing.mechanisms}
    _check_known("mechanism", codes, known, "unknown_mechanism")
    return tuple(dict.fromkeys(known[code] for code in codes))


def _check_known(field: str, values: Iterable[str], known: Iterable[str], key: str = "unknown_choice") -> None:
    asked, allowed = list(values), set(known)
    if len(asked) > CHOICES_LIMIT:
        raise Refusal("too_many_choices", field=field, limit=CHOICES_LIMIT)
    if not allowed.issuperset(asked):
        raise Refusal(key, field=field)


# Rows ---------------------------------------------------------------------------------------------


def _lines(session: GuardedSession, subscription_id: uuid.UUID | None = None) -> tuple[SubscriptionLine, ...]:
    own = session.bound_viewer.person_id
    query = (
        select(Subscription, SubscriptionFetch)
        .outerjoin(SubscriptionFetch, SubscriptionFetch.subscription_id == Subscription.id)
        .where(or_(Subscription.person_id == own, Subscription.principal_id == own), Subscription.revoked_at.is_(None))
        .order_by(Subscription.created_at.desc(), Subscription.id)
    )
    if subscription_id is not None:
        query = query.where(Subscription.id == subscription_id)
    rows = [(*row, kept_filter(row[0].mechanism_id, row[0].choices)) for row in session.execute(query)]
    mechanisms = _named(session, {each for *_, wanted in rows for each in wanted.mechanisms})
    people = people_named(session, sorted({each for row, *_ in rows for each in _others(row, own)}))
    return tuple(
        SubscriptionLine(
            row, wanted, tuple(mechanisms[each] for each in wanted.mechanisms if each in mechanisms), fetch,
            people.get(row.person_id), people.get(row.principal_id) if row.principal_id else None,
            is_own=row.person_id == own,
        )
        for row, fetch, wanted in rows
    )  # fmt: skip


def _others(row: Subscription, own: uuid.UUID) -> Iterable[uuid.UUID]:
    return (each for each in (row.person_id, row.principal_id) if each is not None and each != own)


def _named(session: GuardedSession, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Mechanism]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    rows = session.execute(
        select(Mechanism)
        .where(Mechanism.id.in_(wanted))
        .options(load_only(Mechanism.code, Mechanism.name, Mechanism.status, Mechanism.merged_into_id))
    ).scalars()
    return {row.id: row for row in rows}


def _principal(session: GuardedSession, principal_id: uuid.UUID | None) -> uuid.UUID | None:
    if principal_id is not None and principal_id not in {line.principal.id for line in principals(session)}:
        raise Refusal("unknown_principal", field="whose")
    return principal_id


def _end_of(token: str) -> dict[str, list[str]]:
    return {ADDRESS_END: [token[-ADDRESS_END_LETTERS:]]}


def _note_submission(session: GuardedSession, submission_id: uuid.UUID | None, repeated_at: str) -> None:
    if submission_id is not None:
        audience_id = session.audience({person_key(session.bound_viewer.person_id)})
        session.add(Submission(id=submission_id, audience_id=audience_id, made_at=session.now, result=repeated_at))


def _check_limit(session: GuardedSession) -> None:
    live = session.execute(
        select(func.count(Subscription.id)).where(
            Subscription.person_id == session.bound_viewer.person_id, Subscription.revoked_at.is_(None)
        )
    ).scalar_one()
    if live >= LIVE_LIMIT:
        raise Refusal("too_many_subscriptions", limit=LIVE_LIMIT)
