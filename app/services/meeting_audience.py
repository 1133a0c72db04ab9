"""Who sees a meeting of chosen parties."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select

from app.db import GuardedSession
from app.domain.visibility import audience_of_meeting
from app.models import Appointment, AudienceMember


@dataclass(frozen=True, slots=True)
class Secretariat:
    """An appointment that sees a meeting with its parties, and its name in each language."""

    appointment_id: uuid.UUID
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MeetingAudience:
    """The keys of those who see a meeting, and the secretariats among them."""

    keys: frozenset[str]
    secretariats: tuple[Secretariat, ...]


def audience_of(session: GuardedSession, mechanism_id: uuid.UUID | None, parties: Iterable[str]) -> MeetingAudience:
    """Return who sees a meeting of these parties: they, and the secretariat that exactly they appointed for it.

    The appointments that count are the mechanism's (ad hoc: those for no mechanism) that run today (UTC).
    """
    chosen = frozenset(parties)
    today = session.now.date()
    with session.whole_truth("find the secretariat of a meeting's parties") as truth:
        rows = truth.execute(
            select(Appointment)
            .where(
                Appointment.mechanism_id == mechanism_id if mechanism_id else Appointment.mechanism_id.is_(None),
                Appointment.starts_on <= today,
                or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today),
            )
            .order_by(Appointment.starts_on, Appointment.id)
        ).scalars()
        serving = [(row.id, frozenset(row.parties), dict(row.name)) for row in rows]
    keys = audience_of_meeting(chosen, [(appointment, makers) for appointment, makers, _ in serving])
    secretariats = tuple(Secretariat(appointment, name) for appointment, makers, name in serving if makers == chosen)
    return MeetingAudience(keys, secretariats)


def keys_of(session: GuardedSession, audience_id: uuid.UUID) -> frozenset[str]:
    """Return the keys of an audience."""
    return frozenset(
        session.execute(select(AudienceMember.key).where(AudienceMember.audience_id == audience_id)).scalars()
    )
