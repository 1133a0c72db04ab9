"""The database: the ways to open a session on it."""

from __future__ import annotations

import datetime as dt
import fcntl
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import (
    Engine,
    select,
    text,
)
from sqlalchemy.engine import URL, make_url

from app.db.engines import postgres_engine, sqlite_engine
from app.db.feeds import FeedLookUp, FeedState, seen_revisions
from app.db.sessions import GuardedSession
from app.domain.visibility import Viewer
from app.models import (
    AudienceMember,
)
from app.models.people import Person, SignInSession

Mode = Literal["read", "write"]


class Database:
    """The engine and the ways to open a session on it."""

    def __init__(self, url: str, lock_folder: Path, clock: Callable[[], dt.datetime] | None = None) -> None:
        self.url: URL = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.clock = clock or (lambda: dt.datetime.now(dt.UTC))
        self._lock_file = lock_folder / "write.lock"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        lock_folder.mkdir(parents=True, exist_ok=True)
        engine = sqlite_engine(self.url) if self.is_sqlite else postgres_engine(self.url)
        self.engine = engine
        self._engines: dict[Mode, Engine] = {
            "read": engine.execution_options(entente_mode="read"),
            "write": engine.execution_options(entente_mode="write"),
        }
        self.feeds = FeedLookUp(self.url, engine)

    @contextmanager
    def read_session(self, viewer: Viewer | None) -> Iterator[GuardedSession]:
        """Open a session that can only read, bound to the viewer (to nobody: it sees nothing)."""
        with self._session("read") as session:
            if viewer is not None:
                session.viewer = viewer
                session.bind_to(viewer)
            yield session

    @contextmanager
    def write_session(self, viewer: Viewer | None) -> Iterator[GuardedSession]:
        """Open a session bound to the viewer that may write; the caller commits.

        On SQLite one writer at a time holds a file lock, taken before `BEGIN IMMEDIATE`: on the
        busy timeout alone, one of eight writers starved.
        """
        with self._write_lock(), self._session("write") as session:
            if viewer is not None:
                session.viewer = viewer
                session.bind_to(viewer)
            yield session

    @contextmanager
    def system_session(self, reason: str, mode: Mode = "read") -> Iterator[GuardedSession]:
        """Open a session that sees everything, for a decision on the whole truth; give back only its outcome.

        `reason` names the decision; the callers are an allow-list held by an architecture test.
        """
        with self._write_lock(mode), self._session(mode) as session:
            session.is_system = True
            session.reason = reason
            yield session

    @contextmanager
    def _session(self, mode: Mode) -> Iterator[GuardedSession]:
        session = GuardedSession(self._engines[mode], now=self.clock())
        try:
            yield session
        finally:
            session.close()

    @contextmanager
    def _write_lock(self, mode: Mode = "write") -> Iterator[None]:
        if not self.is_sqlite or mode == "read":
            yield
            return
        with self._lock_file.open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def feed_state(self, token_digest: str, keys: Iterable[str]) -> FeedState | None:
        """Return what a feed needs to know before anything is read; see `FeedLookUp.find`."""
        return self.feeds.find(token_digest, keys, self.clock().date())

    def revision_seen_by(self, viewer: Viewer) -> str:
        """Return a text that changes whenever anything that the viewer may see was written.

        The keys are part of it, so that an appointment that begins or ends changes it too.
        """
        with self.system_session("read the revisions of a viewer's audiences") as session:
            count, total = session.execute(seen_revisions(AudienceMember.key.in_(sorted(viewer.keys)))).one()
        return f"{viewer.keys_digest}-{count}-{total}"

    def ping(self) -> None:
        """Ask the database for one value; raises what the driver raises when it is away."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))


@dataclass(frozen=True, slots=True)
class LiveSignIn:
    """Whose sign-in it is, and the secretariat's hat that they have on in it, if any."""

    person: Person
    worn_appointment_id: uuid.UUID | None


def live_sign_in(session: GuardedSession, token_digest: str, now: dt.datetime) -> LiveSignIn | None:
    """Return the sign-in whose token has this digest, if it has not ended and its person is not disabled."""
    row = session.execute(
        select(Person, SignInSession.worn_appointment_id)
        .join(SignInSession, SignInSession.person_id == Person.id)
        .where(
            SignInSession.token_digest == token_digest,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > now,
            Person.active.is_(True),
        )
    ).one_or_none()
    return LiveSignIn(*row) if row else None
