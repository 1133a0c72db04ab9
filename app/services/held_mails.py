"""Holding mails: the mails that one act causes about a meeting go out together, at once or when their makers say."""

from __future__ import annotations

import uuid
from typing import Final

from app.db import GuardedSession
from app.domain.visibility import appointment_key, appointments_in, party_key, person_key
from app.models import Dispatch, Meeting
from app.services.meeting_audience import keys_of

_HOLDS: Final = "mails are held"
_DISPATCHES: Final = "dispatches"


def hold_mails(session: GuardedSession) -> None:
    """Hold every mail about a meeting that this session tells of from now on, until its makers send or drop it."""
    session.info[_HOLDS] = True


def dispatch_for(session: GuardedSession, kind: str, meeting: Meeting) -> Dispatch | None:
    """Return what holds the mails of this act together for who made it, one for each kind; the system makes none."""
    made: dict[tuple[uuid.UUID, str], Dispatch] = session.info.setdefault(_DISPATCHES, {})
    if session.viewer is None:
        return None
    if (meeting.id, kind) not in made:
        dispatch = Dispatch(
            id=uuid.uuid4(),
            meeting_id=meeting.id,
            kind=kind,
            is_held=_HOLDS in session.info,
            made_by=session.viewer.person_id,
            made_at=session.now,
            audience_id=session.audience(makers_of(session, meeting)),
        )
        session.add(dispatch)
        session.flush()  # the messages point at it
        made[meeting.id, kind] = dispatch
        if dispatch.is_held:
            session.record("mails_held", "meeting", meeting.id, dispatch.audience_id, kind=kind)
    return made[meeting.id, kind]


def makers_of(session: GuardedSession, meeting: Meeting) -> frozenset[str]:
    """Return the keys of the viewer's own side of a meeting: their delegation, or the secretariat that they serve in.

    Somebody who is of neither is their own side.
    """
    viewer = session.bound_viewer
    if viewer.sits_at_a_table and viewer.party:
        return frozenset({party_key(viewer.party)})
    serving = appointments_in(keys_of(session, meeting.audience_id))
    own = sorted((hat.appointment_id for hat in viewer.hats if hat.appointment_id in serving), key=str)
    return frozenset({appointment_key(own[0]) if own else person_key(viewer.person_id)})
