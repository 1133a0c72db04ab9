"""Signing in and out, and passwords.

A browser that is signed in is a row: the cookie holds a token, the row its digest. Whoever is to be
signed out, here or everywhere, has their rows ended. These services open their own transactions,
since a password must be hashed (half a second, 64 MiB) while none is open.
"""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy import func, select

from app.db import Database, GuardedSession, digest_of
from app.domain.accounts import (
    ATTEMPTS_LIMIT,
    ATTEMPTS_WINDOW,
    PASSWORD_MAXIMUM,
    SIGN_IN_LASTS,
    accepted_password,
    normal_email,
    normal_password,
)
from app.domain.errors import Refusal
from app.domain.visibility import Viewer, administration_key, person_key
from app.models import Invitation, Person, SignInAttempt, SignInSession
from app.services.identity import viewer_of

_TOKEN_BYTES: Final = 32
_AGENT_LIMIT: Final = 300


class Passwords(Protocol):
    """What hashes passwords and checks them against hashes."""

    def hash(self, password: str) -> str:
        """Return the hash of a password in its normal form."""

    def verify(self, password: str, hashed: str | None) -> bool:
        """Say whether the password is the one; without a hash it takes as long, and it is not."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one attempt to sign in is about."""

    attempt_id: uuid.UUID
    person_id: uuid.UUID | None
    hashed: str | None


def audience_of_account(session: GuardedSession, person: Person) -> uuid.UUID:
    """Return the audience of what is done to an account: the person, and their government's administrators."""
    keys = {person_key(person.id)}
    if person.delegation:
        keys.add(administration_key(person.delegation))
    return session.audience(keys)


def sign_in(database: Database, passwords: Passwords, email: str, password: str, agent: str) -> str:
    """Return the token of a new sign-in, to be kept in the person's cookie alone.

    The same work is done, and the same said, for an unknown address, a wrong password and a disabled
    account. Raises `Refusal`: `too_many_attempts`, `sign_in_failed`.
    """
    claim = _count_attempt(database, normal_email(email))
    offered = normal_password(password)
    if len(offered) > PASSWORD_MAXIMUM:
        offered = ""
    if not passwords.verify(offered, claim.hashed) or claim.person_id is None:
        raise Refusal("sign_in_failed")
    return _open_sign_in(database, claim, agent)


def _count_attempt(database: Database, email: str) -> _Claim:
    """Write the attempt down, then look whether it is one too many, so that attempts at once count one another."""
    with database.system_session("count an attempt to sign in", "write") as session:
        attempt = SignInAttempt(id=uuid.uuid4(), email_digest=digest_of(email), at=session.now, succeeded=False)
        session.add(attempt)
        session.commit()
        failed = session.execute(
            select(func.count())
            .select_from(SignInAttempt)
            .where(
                SignInAttempt.email_digest == attempt.email_digest,
                SignInAttempt.succeeded.is_(False),
                SignInAttempt.at > session.now - ATTEMPTS_WINDOW,
            )
        ).scalar_one()
        if failed > ATTEMPTS_LIMIT:
            # Not a guess that was looked at: were it counted, knocking would keep the door shut for good.
            session.delete(attempt)
            session.commit()
            raise Refusal("too_many_attempts")
        wanted = select(Person).where(Person.email == email, Person.active.is_(True))
        person = session.execute(wanted).scalar_one_or_none()
        return _Claim(attempt.id, person.id if person else None, person.password if person else None)


def _open_sign_in(database: Database, claim: _Claim, agent: str) -> str:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with database.system_session("open a sign-in", "write") as session:
        person = session.get(Person, claim.person_id)
        if person is None or not person.active or person.password != claim.hashed:
            # Disabled, or the password changed, while the hash was computed.
            raise Refusal("sign_in_failed")
        attempt = session.get(SignInAttempt, claim.attempt_id)
        if attempt is not None:
            attempt.succeeded = True
        session.add(
            SignInSession(
                token_digest=digest_of(token),
                person_id=person.id,
                created_at=session.now,
                expires_at=session.now + SIGN_IN_LASTS,
                agent=_plain(agent),
            )
        )
        _act_as(session, person)
        session.record("signed_in", "person", person.id, audience_of_account(session, person))
        session.commit()
    return token


def sign_out(session: GuardedSession, token: str) -> None:
    """End the sign-in of this token."""
    with session.whole_truth("end a sign-in") as truth:
        live = select(SignInSession).where(SignInSession.ended_at.is_(None))
        row = truth.execute(live.where(SignInSession.token_digest == digest_of(token))).scalar_one_or_none()
        if row is None:
            return
        row.ended_at = truth.now
        person = truth.get_one(Person, row.person_id)
        audience = audience_of_account(truth, person)
    session.record("signed_out", "person", session.bound_viewer.person_id, audience)


def change_password(
    database: Database, passwords: Passwords, viewer: Viewer, token: str, *, current: str, new: str
) -> None:
    """Give the viewer a new password; every sign-in of theirs but this one ends, and every link to set one.

    Raises `Refusal`: `wrong_password` (`current`), `too_many_attempts`, and what `accepted_password` raises (`new`).
    """
    with database.read_session(viewer) as session:
        person = session.execute(select(Person).where(Person.id == viewer.person_id)).scalar_one()
        email, name = person.email, person.name
    wanted = accepted_password(new, email, name, field="new")
    claim = _count_attempt(database, email)
    if not passwords.verify(normal_password(current)[: PASSWORD_MAXIMUM + 1], claim.hashed):
        raise Refusal("wrong_password", field="current")
    hashed = passwords.hash(wanted)
    with database.system_session("change a password", "write") as session:
        person = session.get_one(Person, viewer.person_id)
        if not person.active or person.password != claim.hashed:
            raise Refusal("wrong_password", field="current")
        attempt = session.get(SignInAttempt, claim.attempt_id)
        if attempt is not None:
            attempt.succeeded = True
        set_password(session, person, hashed, keep_token_digest=digest_of(token))
        _act_as(session, person)
        session.record("password_changed", "person", person.id, audience_of_account(session, person))
        session.commit()


def set_password(session: GuardedSession, person: Person, hashed: str, keep_token_digest: str | None = None) -> None:
    """Give a person this hash, on a system session; their sign-ins end, save one, and their links are used up."""
    person.password = hashed
    person.password_changed_at = session.now
    end_access(session, person.id, keep_token_digest)


def end_access(session: GuardedSession, person_id: uuid.UUID, keep_token_digest: str | None = None) -> None:
    """End a person's sign-ins, save the one of that digest, and use up their links, on a system session."""
    for row in session.execute(
        select(SignInSession).where(SignInSession.person_id == person_id, SignInSession.ended_at.is_(None))
    ).scalars():
        if row.token_digest != keep_token_digest:
            row.ended_at = session.now
    for link in session.execute(
        select(Invitation).where(Invitation.person_id == person_id, Invitation.used_at.is_(None))
    ).scalars():
        link.used_at = session.now


def forget_old_attempts(session: GuardedSession, before: dt.datetime) -> int:
    """Remove the attempts to sign in before that instant, on a system session, and return how many they were."""
    old = session.execute(select(SignInAttempt).where(SignInAttempt.at < before)).scalars().all()
    for attempt in old:
        session.delete(attempt)
    return len(old)


def end_expired(session: GuardedSession) -> int:
    """End the sign-ins whose time is over, on a system session, and return how many they were."""
    over = session.execute(
        select(SignInSession).where(SignInSession.ended_at.is_(None), SignInSession.expires_at <= session.now)
    ).scalars().all()  # fmt: skip
    for row in over:
        row.ended_at = row.expires_at
    return len(over)


def _act_as(session: GuardedSession, person: Person) -> None:
    """Let the record name the person as the one who acted; the session stays the system's."""
    session.viewer = viewer_of(session, person, session.now.date())


def _plain(agent: str) -> str:
    return "".join(char for char in agent if char.isprintable())[:_AGENT_LIMIT]
