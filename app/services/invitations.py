"""One-time links to set a password.

The token of a link is computed from its id under the secret key and never stored: the worker that
mails it computes it again, and a copy of the database opens no account.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app.db import Database, GuardedSession, digest_of
from app.domain.accounts import INVITATION_LASTS, accepted_password
from app.domain.errors import Refusal
from app.models import Invitation, Person
from app.services.identity import viewer_of
from app.services.sign_in import Passwords, audience_of_account, set_password


@dataclass(frozen=True, slots=True)
class Invited:
    """Whose password a link sets."""

    person_id: uuid.UUID
    name: str
    email: str
    language: str


def invitation_token(secret_key: str, invitation_id: uuid.UUID) -> str:
    """Return the token of a link, 43 characters that an address takes as they are."""
    mac = hmac.new(secret_key.encode(), b"entente invitation\n" + invitation_id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()).rstrip(b"=").decode()


def make_invitation(session: GuardedSession, person_id: uuid.UUID, secret_key: str) -> uuid.UUID:
    """Add a link for this person, on a system session, use up their earlier ones, and return its id."""
    earlier = select(Invitation).where(Invitation.person_id == person_id, Invitation.used_at.is_(None))
    for link in session.execute(earlier).scalars():
        link.used_at = session.now
    identity = uuid.uuid4()
    session.add(
        Invitation(
            id=identity,
            person_id=person_id,
            token_digest=digest_of(invitation_token(secret_key, identity)),
            created_at=session.now,
            expires_at=session.now + INVITATION_LASTS,
        )
    )
    session.flush()
    return identity


def open_invitation(session: GuardedSession, invitation_id: uuid.UUID, secret_key: str) -> Invitation | None:
    """Return a link that still works, on a system session; None when used, too old, or made under another secret."""
    link = session.get(Invitation, invitation_id)
    if link is None or link.token_digest != digest_of(invitation_token(secret_key, invitation_id)):
        return None
    return link if link.used_at is None and link.expires_at > session.now else None


def invited_by(database: Database, token: str) -> Invited:
    """Return whose password the link of this token sets; raises `Refusal`: `invitation_unknown`, `invitation_over`."""
    with database.system_session("look up a link to set a password") as session:
        _link, person = _usable(session, token)
        return Invited(person.id, person.name, person.email, person.language)


def accept_invitation(database: Database, passwords: Passwords, token: str, password: str) -> None:
    """Set the password of whom the link was for; it works once.

    Raises `Refusal`: `invitation_unknown`, `invitation_over`, and what `accepted_password` raises.
    """
    invited = invited_by(database, token)
    hashed = passwords.hash(accepted_password(password, invited.email, invited.name))
    with database.system_session("set a password by a link", "write") as session:
        _link, person = _usable(session, token, lock=True)
        set_password(session, person, hashed)
        session.viewer = viewer_of(session, person, session.now.date())
        session.record("password_set", "person", person.id, audience_of_account(session, person))
        session.commit()


def _usable(session: GuardedSession, token: str, *, lock: bool = False) -> tuple[Invitation, Person]:
    """Return the link and its person; on PostgreSQL a lock makes a second use wait for the first, and then see it."""
    found = select(Invitation).where(Invitation.token_digest == digest_of(token))
    link = session.execute(found.with_for_update() if lock else found).scalar_one_or_none()
    if link is None:
        raise Refusal("invitation_unknown")
    person = session.get_one(Person, link.person_id)
    if link.used_at is not None or link.expires_at <= session.now or not person.active:
        raise Refusal("invitation_over")
    return link, person
