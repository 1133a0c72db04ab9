"""Counting what is written by a link, so that none is tried without end."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select

from app.db import Database, digest_of
from app.domain.accounts import ATTEMPTS_LIMIT, ATTEMPTS_WINDOW
from app.domain.errors import Refusal
from app.models import SignInAttempt


def count_attempt(database: Database, token: str) -> None:
    """Count an answer by this link, and refuse one too many of a quarter of an hour, as signing in does.

    Raises `Refusal` `too_many_attempts`.
    """
    with database.system_session("count an answer by a link", "write") as session:
        attempt = SignInAttempt(id=uuid.uuid4(), email_digest=digest_of(token), at=session.now, succeeded=False)
        counted = select(func.count()).select_from(SignInAttempt).where(
            SignInAttempt.email_digest == attempt.email_digest, SignInAttempt.at > session.now - ATTEMPTS_WINDOW
        )  # fmt: skip
        session.add(attempt)
        session.flush()
        if session.execute(counted).scalar_one() > ATTEMPTS_LIMIT:
            raise Refusal("too_many_attempts")
        session.commit()
