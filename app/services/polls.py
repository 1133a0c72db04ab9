"""Reading polls: one by its reference, and who may do what to it."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.db import GuardedSession
from app.domain.errors import NotFound
from app.domain.references import known_poll_reference
from app.domain.visibility import Action, Facts, appointment_key, can
from app.models import AudienceMember, Poll


def find_poll(session: GuardedSession, reference: str, *, lock: bool = False, is_shared: bool = False) -> Poll:
    """Return the poll of that reference with its slots and seats; small letters are allowed.

    `lock` holds its row to the end of the transaction, and reads it anew; where it `is_shared`, others may hold it so
    too, as all who answer do, and none may end it meanwhile. Raises `NotFound`, the same whether there is none or the
    viewer may not see it.
    """
    known = known_poll_reference(reference)
    if known is None:
        raise NotFound
    query = select(Poll).where(Poll.reference == known).options(selectinload(Poll.slots), selectinload(Poll.seats))
    if lock:
        query = query.with_for_update(of=Poll, read=is_shared).execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def is_running(poll: Poll, now: dt.datetime) -> bool:
    """Say whether answers to the poll are in time: it is open, and its deadline has not come."""
    return poll.state == "open" and now < poll.closes_at


def is_veiled(poll: Poll, now: dt.datetime) -> bool:
    """Say whether nobody is told yet what another delegation answered."""
    return poll.is_hidden and is_running(poll, now)


def facts_of_poll(session: GuardedSession, poll: Poll) -> Facts:
    """Return what the table of permissions needs to know to answer a poll, or to enter what came by mail.

    Its appointments are those of the viewer's that see it. Who may run it is asked of `may_run`.
    """
    keys = {appointment_key(hat.appointment_id): hat.appointment_id for hat in session.bound_viewer.hats}
    seeing: frozenset[uuid.UUID] = frozenset()
    if keys:
        found = session.execute(
            select(AudienceMember.key).where(
                AudienceMember.audience_id == poll.audience_id, AudienceMember.key.in_(sorted(keys))
            )
        ).scalars()
        seeing = frozenset(keys[key] for key in found)
    return Facts(parties=frozenset(poll.parties), owner=poll.owner_party, appointments=seeing)


def may_run(session: GuardedSession, poll: Poll) -> bool:
    """Say whether the viewer is of the party, or serves in the appointment, that made the poll and runs it."""
    made_by = frozenset({poll.owner_appointment}) if poll.owner_appointment else frozenset()
    return can(session.bound_viewer, Action.RUN_POLL, Facts(owner=poll.owner_party, appointments=made_by))
