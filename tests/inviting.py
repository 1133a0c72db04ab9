"""A meeting to which people are invited by mail, with an account and without."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Final

from app.db import Database
from app.domain.visibility import party_key, person_key
from app.models import MeetingInvitation, RosterAddress, RosterEntry
from app.services.invitation_links import link_token_of, secret_of
from tests import world

HIDDEN: Final = "UNC-2026-MXUS-1"
SENT_AT: Final = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.UTC)


def invite(
    database: Database, *, reference: str = HIDDEN, parties: tuple[str, ...] = ("MX", "US"), **changed: Any
) -> None:
    """Add a meeting in both ways, with Diego and Carol of their accounts and Rosa of Mexico without one invited."""
    with database.system_session("invite", "write") as session:
        meeting = world.add_meeting(
            session, reference, parties, mechanism="M01", state="confirmed", format="hybrid", sequence=1,
            title={"en": f"{world.canary(''.join(sorted(parties)), 'title')}", "original": "en"}, **changed,
        )  # fmt: skip
        seen = {"meeting_id": meeting.id, "audience_id": meeting.audience_id, "state": "approved"}
        proposed = {"proposed_by": world.CAST["ana"].id, "proposed_at": world.NOW}
        rosa = RosterEntry(
            id=entry_id(reference, "rosa"), party_code="MX", role="adviser", name="Rosa Núñez", **seen, **proposed
        )
        diego = RosterEntry(
            id=entry_id(reference, "diego"), party_code="MX", role="head", name="Diego Salas",
            person_id=world.CAST["diego"].id, **seen, **proposed,
        )  # fmt: skip
        session.add_all([rosa, diego])
        session.flush()
        mexico = session.audience({party_key("MX")})
        session.add(
            RosterAddress(
                entry_id=rosa.id, email="rosa@example.org", language="es", time_zone="America/Mexico_City",
                audience_id=mexico,
            )
        )  # fmt: skip
        mailed: dict[str, Any] = {
            "meeting_id": meeting.id, "method": "REQUEST", "sequence": 1, "stamped_at": SENT_AT, "sent_at": SENT_AT,
        }  # fmt: skip
        session.add(
            MeetingInvitation(
                id=invitation_id("rosa", reference), entry_id=rosa.id, party_code="MX", address="rosa@example.org",
                audience_id=mexico, **mailed,
            )
        )  # fmt: skip
        for key in ("diego", "carol"):
            member = world.CAST[key]
            keys = {party_key(member.party or ""), person_key(member.id)}
            session.add(
                MeetingInvitation(
                    id=invitation_id(key, reference), person_id=member.id, party_code=member.party,
                    address=member.email, audience_id=session.audience(keys), **mailed,
                )
            )  # fmt: skip
        session.commit()


def entry_id(reference: str, key: str) -> uuid.UUID:
    """Return the id of somebody's entry on the roster of that meeting."""
    return world.identity("roster", f"{reference} {key}")


def invitation_id(key: str, reference: str = HIDDEN) -> uuid.UUID:
    """Return the id of somebody's invitation to that meeting."""
    return world.identity("meeting_invitation", f"{reference} {key}")


def reply_to(key: str, secret_key: str, reference: str = HIDDEN) -> str:
    """Return the address that somebody's calendar replies to."""
    return f"entente+{secret_of(invitation_id(key, reference), secret_key)}@entente.test"


def link_of(key: str, secret_key: str, reference: str = HIDDEN) -> str:
    """Return the path of the link in somebody's mail."""
    return f"/invitations/{link_token_of(invitation_id(key, reference), secret_key)}"


def uid_of(reference: str = HIDDEN) -> str:
    """Return the UID of that meeting."""
    return f"{world.identity('meeting', reference)}@entente.test"
