"""Handing a position or a non-paper to named parties: an immutable copy for each, sealed under its own key.

It is never taken back; a later share to the same party supersedes the copy that it has.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import defer

from app.db import GuardedSession, digest_of
from app.domain.actions import today_in
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.positions import (
    PositionContent,
    Standing,
    checked_expiry,
    checked_recipients,
    handed_over,
    may_release,
)
from app.domain.visibility import Action, can, party_key
from app.models import Position, PositionShare, ShareCopy, ShareRecipient
from app.models.sealed import Private
from app.services import outbox
from app.services.position_contents import Content, content_of, opened
from app.services.position_edits import as_fields
from app.services.positions import OwnShare, facts_of_position, find_position, offered_parties, place_of
from app.services.recipients import speakers


@dataclass(frozen=True, slots=True)
class ShareOrder:
    """To whom something is handed, what of it beside its lines, and until which day a non-paper is shown."""

    parties: tuple[str, ...]
    parts: tuple[str, ...] = ()
    expires_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class SharePreview:
    """Exactly what would be handed over, and to whom."""

    content: PositionContent
    parties: tuple[str, ...]


def why_not_shared(session: GuardedSession, position: Position) -> str | None:
    """Return the reason for which the viewer may not hand it over, None where they may."""
    viewer = session.bound_viewer
    speaks = can(viewer, Action.SHARE_POSITION, facts_of_position(position))
    return may_release(Standing(position.state, position.written_by), viewer.person_id, speaks=speaks)


def offered_for(session: GuardedSession, position: Position) -> tuple[str, ...]:
    """Return the other parties that it can be handed to: those of its item, or of its meeting."""
    meeting, item = place_of(session, position.meeting_id, position.item_id)
    if position.item_id is not None and item is None:
        return ()
    return offered_parties(session, meeting, item)


def preview_share(session: GuardedSession, position: Position, order: ShareOrder) -> SharePreview:
    """Return exactly what would be handed over; raises `Refusal`: see `share_position`."""
    reason = why_not_shared(session, position)
    if reason is not None:
        raise Refusal(reason)
    parties = checked_recipients(order.parties, offered_for(session, position))
    today = today_in(session.now, session.bound_viewer.time_zone)
    expires_on = checked_expiry(order.expires_on, today) if position.kind == "non_paper" else None
    return SharePreview(handed_over(content_of(position), position.kind, order.parts, expires_on), parties)


def share_position(
    session: GuardedSession, position_id: uuid.UUID, order: ShareOrder, *, version: int
) -> PositionShare:
    """Hand a cleared position or non-paper to these parties for good; who lets it out did not write it.

    Its coordinators and heads are told that something came, and nothing of what it says. Raises `NotFound`;
    `StaleVersion` where it says something else than what was shown; `Refusal` `forbidden`, `position_not_cleared`,
    `position_own_release`, `recipient_required`, `recipient_not_offered`, `unknown_part`, `share_without_lines`,
    `expiry_past`; `KeyServiceDown` where the key of anybody concerned cannot be used, and nothing is handed to anyone.
    """
    position = find_position(session, position_id, lock=True)
    if position.version != version:
        raise StaleVersion({}, as_fields(content_of(position)))
    preview = preview_share(session, position, order)
    written = preview.content.to_json()
    share = PositionShare(
        id=uuid.uuid4(), kind=position.kind, position_id=position.id, meeting_id=position.meeting_id,
        item_id=position.item_id, owner_party=position.owner_party, content=Private(position.owner_party, written),
        written_by=position.written_by, released_by=session.bound_viewer.person_id, released_at=session.now,
        supersedes_id=_superseded_by(session, position.id, preview.parties), audience_id=position.audience_id,
    )  # fmt: skip
    session.add(share)
    session.flush()
    session.add_all(
        ShareRecipient(share_id=share.id, party_code=party, audience_id=share.audience_id) for party in preview.parties
    )
    session.record(
        "position_shared", share.kind, position.id, share.audience_id, to=list(preview.parties),
        parts=list(preview.content.parts), revision=position.revision, digest=digest_of(written),
    )  # fmt: skip
    _hand_over(session, share, preview, written)
    return share


def _superseded_by(session: GuardedSession, position_id: uuid.UUID, parties: Collection[str]) -> uuid.UUID | None:
    """Return the last share of a position that any of these parties was handed, which a new one supersedes."""
    query = (
        select(PositionShare.id)
        .join(ShareRecipient, ShareRecipient.share_id == PositionShare.id)
        .where(PositionShare.position_id == position_id, ShareRecipient.party_code.in_(sorted(parties)))
        .order_by(PositionShare.released_at.desc(), PositionShare.id)
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def _hand_over(session: GuardedSession, share: PositionShare, preview: SharePreview, written: str) -> None:
    """Write each recipient's own copy, sealed under its key, and what its record says of it: never who did it."""
    is_signed = share.kind == "position"
    told: list[tuple[uuid.UUID, uuid.UUID]] = []
    with session.whole_truth("hand a share to its recipients") as truth:
        for party in preview.parties:
            _supersede(truth, share, party)
            copy = ShareCopy(
                id=uuid.uuid4(), share_id=share.id, kind=share.kind, party_code=party,
                from_party=share.owner_party if is_signed else None, meeting_id=share.meeting_id,
                item_id=share.item_id, content=Private(party, written), received_at=truth.now,
                expires_on=preview.content.expires_on, audience_id=truth.audience({party_key(party)}),
            )  # fmt: skip
            truth.add(copy)
            truth.flush()
            origin = {"from": share.owner_party} if is_signed else {}
            truth.record_unsigned(
                "share_received", share.kind, copy.id, copy.audience_id, digest=digest_of(written), **origin
            )
            told += [(person, copy.id) for person in sorted(speakers(truth, [party]), key=str)]
    for person, copy_id in told:
        outbox.enqueue(session, "share_received", person, {"copy_id": str(copy_id)}, subject_id=copy_id)


def _supersede(truth: GuardedSession, share: PositionShare, party: str) -> None:
    """Mark the copies of the same position that a party already has."""
    older = truth.execute(
        select(ShareCopy)
        .join(PositionShare, PositionShare.id == ShareCopy.share_id)
        .where(
            PositionShare.position_id == share.position_id,
            ShareCopy.party_code == party,
            ShareCopy.superseded_at.is_(None),
        )
        .options(defer(ShareCopy.content))
    ).scalars()
    for copy in older:
        copy.superseded_at = truth.now


# What was handed over -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenedShare:
    """A share of the viewer's own delegation, with exactly what was handed over."""

    position: Position
    own: OwnShare
    content: Content


def find_share(session: GuardedSession, position_id: uuid.UUID, share_id: uuid.UUID) -> OpenedShare:
    """Return a share of a position of the viewer's own delegation; raises `NotFound`."""
    position = find_position(session, position_id)
    share = session.execute(
        select(PositionShare).where(PositionShare.id == share_id, PositionShare.position_id == position.id)
    ).scalar_one_or_none()
    if share is None:
        raise NotFound
    rows = session.execute(
        select(ShareRecipient).where(ShareRecipient.share_id == share.id).order_by(ShareRecipient.party_code)
    ).scalars()
    return OpenedShare(position, OwnShare(share, tuple(rows)), opened(share.content))
