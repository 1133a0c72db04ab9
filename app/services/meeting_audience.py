"""Who sees a meeting of chosen parties, and which of its rows a single guest sees.

The meeting's own row and its sittings have everybody in their audience, the guests to whom it was released among
them; its agenda has those guests to whom the agenda was released; everything else about it, the record of what was
done to it too, has its parties and their secretariats alone. So what is written about a meeting takes its audience
from here, never from the meeting's row.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select

from app.db import GuardedSession
from app.domain.visibility import audience_of_meeting, party_key, person_key
from app.models import Appointment, AudienceMember, Mechanism, Meeting, Release
from app.services.in_force import agreed_on
from app.services.practice import ORIGIN

PERSON: Final = "person:"


@dataclass(frozen=True, slots=True)
class Secretariat:
    """An appointment that sees a meeting with its parties, and its name in each language."""

    appointment_id: uuid.UUID
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MeetingAudience:
    """The keys of those who see a meeting, and the secretariats among them.

    `guest_keys` are of single persons to whom it was released: they see the meeting and its sittings, and no more
    of its rows than was said.
    """

    keys: frozenset[str]
    secretariats: tuple[Secretariat, ...]
    guest_keys: frozenset[str] = frozenset()


def audience_of(
    session: GuardedSession,
    mechanism_id: uuid.UUID | None,
    parties: Iterable[str],
    meeting_id: uuid.UUID | None = None,
) -> MeetingAudience:
    """Return who sees a meeting of these parties: they, and the secretariat that exactly they appointed for it.

    The appointments that count are the mechanism's (ad hoc: those for no mechanism), and those for the meeting
    alone, that are agreed and not over today (UTC): the key of one that has yet to begin opens nothing before.
    `meeting_id` is None for one that is not there yet. What is practised on the example stays with the delegation
    that practises.
    """
    chosen = frozenset(parties)
    practising = _practising(session, mechanism_id, meeting_id)
    if practising is not None:
        return MeetingAudience(practising, ())
    with session.whole_truth("find the secretariat of a meeting's parties") as truth:
        rows = truth.execute(
            select(Appointment)
            .where(_serves(mechanism_id, meeting_id), agreed_on(session.now.date()))
            .order_by(Appointment.starts_on, Appointment.id)
        ).scalars()
        serving = [(row.id, frozenset(row.parties), dict(row.name)) for row in rows]
        released = (
            truth.execute(
                select(Release.person_id).where(Release.meeting_id == meeting_id, Release.withdrawn_at.is_(None))
            ).scalars()
            if meeting_id
            else ()
        )
        guests = frozenset(person_key(person_id) for person_id in released)
    keys = audience_of_meeting(chosen, [(appointment, makers) for appointment, makers, _ in serving])
    secretariats = tuple(Secretariat(appointment, name) for appointment, makers, name in serving if makers == chosen)
    return MeetingAudience(keys, secretariats, guests)


def _practising(
    session: GuardedSession, mechanism_id: uuid.UUID | None, meeting_id: uuid.UUID | None
) -> frozenset[str] | None:
    """Return the keys of the delegation that practises with a meeting of the example; None for any other meeting."""
    mechanism = session.get(Mechanism, mechanism_id) if mechanism_id else None
    if mechanism is None or mechanism.origin != ORIGIN:
        return None
    meeting = session.get(Meeting, meeting_id) if meeting_id else None
    if meeting is not None:
        return keys_of(session, meeting.audience_id)
    return frozenset({party_key(session.bound_viewer.party or "")})


def keys_of(session: GuardedSession, audience_id: uuid.UUID) -> frozenset[str]:
    """Return the keys of an audience."""
    return frozenset(
        session.execute(select(AudienceMember.key).where(AudienceMember.audience_id == audience_id)).scalars()
    )


def keys_of_each(session: GuardedSession, audience_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """Return the keys of each of these audiences, in one statement."""
    found: dict[uuid.UUID, set[str]] = {identity: set() for identity in audience_ids}
    query = select(AudienceMember.audience_id, AudienceMember.key).where(AudienceMember.audience_id.in_(found))
    for row in session.execute(query):
        found[row.audience_id].add(row.key)
    return {identity: frozenset(keys) for identity, keys in found.items()}


def without_persons(keys: Iterable[str]) -> frozenset[str]:
    """Return the keys that are not of single persons."""
    return frozenset(key for key in keys if not key.startswith(PERSON))


def persons_in(keys: Iterable[str]) -> frozenset[str]:
    """Return the keys of single persons among these."""
    return frozenset(key for key in keys if key.startswith(PERSON))


def rows_audience(session: GuardedSession, meeting: Meeting) -> uuid.UUID:
    """Return the audience of what is written about a meeting: its parties and secretariats, no guest."""
    keys = keys_of(session, meeting.audience_id)
    return session.audience(without_persons(keys)) if persons_in(keys) else meeting.audience_id


def agenda_audience(session: GuardedSession, meeting: Meeting) -> uuid.UUID:
    """Return the audience of what stands on a meeting's agenda: guests are in it to whom the agenda was released."""
    keys = keys_of(session, meeting.audience_id)
    guests = persons_in(keys)
    if not guests:
        return meeting.audience_id
    shown = session.execute(
        select(Release.person_id).where(
            Release.meeting_id == meeting.id, Release.withdrawn_at.is_(None), Release.shows_agenda.is_(True)
        )
    ).scalars()
    return session.audience(without_persons(keys) | (guests & {person_key(person_id) for person_id in shown}))


def _serves(mechanism_id: uuid.UUID | None, meeting_id: uuid.UUID | None) -> ColumnElement[bool]:
    of_mechanism = and_(
        Appointment.meeting_id.is_(None),
        Appointment.mechanism_id == mechanism_id if mechanism_id else Appointment.mechanism_id.is_(None),
    )
    return or_(of_mechanism, Appointment.meeting_id == meeting_id) if meeting_id else of_mechanism
