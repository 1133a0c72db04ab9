"""The changes that parties agreed to turns to host, as the rules of rotation take them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import cast

from sqlalchemy import Select, select

from app.db import GuardedSession
from app.domain import rotation
from app.models import HostingChange, Mechanism
from app.services.mechanism_record import counts_meetings_here

Changes = tuple[rotation.HostingChange, ...]


def changes_by_mechanism(session: GuardedSession) -> Mapping[uuid.UUID, Changes]:
    """Return, by mechanism, the changes in force that the viewer may see, in the order in which they apply."""
    found: dict[uuid.UUID, Changes] = {}
    for row in session.execute(_in_order().where(HostingChange.revoked_by_id.is_(None))).scalars():
        found[row.mechanism_id] = (*found.get(row.mechanism_id, ()), as_rule(row))
    return found


def rows_of(session: GuardedSession, mechanism_id: uuid.UUID) -> tuple[HostingChange, ...]:
    """Return every change of a mechanism that the viewer may see, those taken back too, in order."""
    return tuple(session.execute(_in_order().where(HostingChange.mechanism_id == mechanism_id)).scalars())


def changes_of(session: GuardedSession, mechanism: Mechanism) -> Changes:
    """Return the changes of a mechanism that enter what the viewer reads of it."""
    if not counts_meetings_here(session.bound_viewer, mechanism):
        return ()
    return in_force(rows_of(session, mechanism.id))


def in_force(rows: Iterable[HostingChange]) -> Changes:
    """Return those of these changes that were not taken back."""
    return tuple(as_rule(row) for row in rows if row.revoked_by_id is None)


def as_rule(row: HostingChange) -> rotation.HostingChange:
    """Return a stored change as the rules take it."""
    kind = cast("rotation.ChangeKind", row.kind)  # a CHECK holds it to the four
    return rotation.HostingChange(kind, row.party_code, row.counts_from, row.reason, row.with_party)


def _in_order() -> Select[HostingChange]:
    return select(HostingChange).order_by(HostingChange.counts_from, HostingChange.made_at, HostingChange.id)
