"""Changing what a subscription is called and shows; its address stays."""

from __future__ import annotations

import uuid
from typing import Any

from app.db import GuardedSession
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action, can
from app.services.subscriptions import SubscriptionLine, Wanted, apply_choices, own_subscription


def wanted_of(line: SubscriptionLine) -> Wanted:
    """Return a subscription as a form asks for it; a mechanism that the viewer lost is named by its id."""
    row, known = line.subscription, {each.id: each.code for each in line.mechanisms if each.merged_into_id is None}
    return Wanted(
        name=row.name,
        includes_tentative=row.includes_tentative,
        detail=row.detail,
        language=row.language,
        mechanisms=tuple(known.get(each, str(each)) for each in line.filter.mechanisms),
        parties=line.filter.parties,
        levels=line.filter.levels,
        kinds=line.filter.kinds,
        office=line.filter.office,
        keeps_cancelled=row.keeps_cancelled,
        shows_to_agree=row.shows_to_agree,
        actions_as=row.actions_as,
        closures_of=tuple(row.closures_of),
        uses_gzip=row.uses_gzip,
        principal_id=row.principal_id,
    )


def edit_subscription(session: GuardedSession, subscription_id: uuid.UUID, wanted: Wanted, version: int) -> None:
    """Change one of the viewer's own subscriptions; whom it is for stays, and so does its address.

    Raises `NotFound`, `StaleVersion` with both, `Refusal` `forbidden` and what `apply_choices` raises.
    """
    line = own_subscription(session, subscription_id)
    if not can(session.bound_viewer, Action.SUBSCRIBE):
        raise Refusal("forbidden")
    if line.subscription.version != version:
        raise StaleVersion(as_fields(wanted), as_fields(wanted_of(line)))
    before = as_fields(wanted_of(line))
    apply_choices(session, line.subscription, wanted)
    session.flush()  # the version is checked here
    changed = sorted(field for field, value in as_fields(wanted).items() if value != before[field])
    audience_id = line.subscription.audience_id
    session.record("subscription_changed", "subscription", line.subscription.id, audience_id, changed=changed)


def as_fields(wanted: Wanted) -> dict[str, Any]:
    """Return what was asked for by the names of the form's fields."""
    return {
        "name": wanted.name,
        "mechanism": list(wanted.mechanisms),
        "party": list(wanted.parties),
        "level": list(wanted.levels),
        "kind": list(wanted.kinds),
        "office": wanted.office or "",
        "tentative": "yes" if wanted.includes_tentative else "no",
        "cancelled": "yes" if wanted.keeps_cancelled else "no",
        "to_agree": "yes" if wanted.shows_to_agree else "no",
        "actions": wanted.actions_as,
        "closures": list(wanted.closures_of),
        "detail": wanted.detail,
        "language": wanted.language,
        "gzip": "yes" if wanted.uses_gzip else "no",
    }
