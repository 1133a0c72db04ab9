"""The counts behind references, and the domain of calendar UIDs: given out once, never again."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.references import meeting_reference, meeting_scope
from app.models import InstanceFact, Mechanism, ReferenceCounter
from app.services.practice import ORIGIN

UID_DOMAIN = "uid_domain"


def next_number(session: GuardedSession, scope: str, count: int = 1) -> int:
    """Return the next number of a scope, from 1; no other transaction gets the same.

    With a `count`, that many are given out, and the first of them is returned.

    The scope's row stays locked until the end of the transaction. Two that open a scope at once meet in
    its primary key: the later one is refused by the database, and its request is run again. The counts are
    the system's alone: a scope names parties, and that it is there says that they met.
    """
    with session.whole_truth("give out the next number of a scope") as truth:
        row = truth.execute(
            select(ReferenceCounter).where(ReferenceCounter.scope == scope).with_for_update()
        ).scalar_one_or_none()
        if row is None:
            row = ReferenceCounter(scope=scope, last=0)
            truth.add(row)
        row.last += count
        truth.flush()  # so that a race shows here, not at the commit
        return row.last - count + 1


def scope_of_meeting(mechanism: Mechanism | None, parties: Collection[str], year: int, own: str | None) -> str:
    """Return the scope in which a meeting of these parties, in that year of its own zone, is counted.

    Each delegation (`own`) counts what it practises on the example by itself.
    """
    if mechanism is not None and mechanism.origin == ORIGIN and own is not None:
        return meeting_scope(mechanism.prefix, mechanism.parties, {own}, year)
    if mechanism is None:
        return meeting_scope(None, (), parties, year)
    return meeting_scope(mechanism.prefix, mechanism.parties, parties, year)


def allot_meeting_reference(
    session: GuardedSession, mechanism: Mechanism | None, parties: Collection[str], year: int
) -> str:
    """Return a reference that is now this meeting's for ever."""
    scope = scope_of_meeting(mechanism, parties, year, session.bound_viewer.party)
    return meeting_reference(scope, next_number(session, scope))


def uid_domain(session: GuardedSession, host: str) -> str:
    """Return the domain of this installation's calendar UIDs: the host it first had, whatever it is called later."""
    fixed = session.execute(select(InstanceFact).where(InstanceFact.name == UID_DOMAIN)).scalar_one_or_none()
    if fixed is not None:
        return fixed.value
    with session.whole_truth("fix the domain of calendar UIDs") as truth:
        truth.add(InstanceFact(name=UID_DOMAIN, value=host))
        truth.flush()
    return host
