"""The engine, transactions, and the session that is bound to a viewer.

Everything that decides who sees a row at run time is here: the ORM hook, the check before a
flush, the roles and settings of PostgreSQL, and the few hand-written Core statements.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import functools
import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Date,
    Engine,
    Select,
    String,
    and_,
    any_,
    bindparam,
    create_engine,
    event,
    false,
    func,
    insert,
    inspect,
    join,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction, with_loader_criteria
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.compiler import SQLCompiler

from app.domain import visibility
from app.domain.visibility import Hat, Role, Viewer
from app.models import (
    Appointment,
    AppointmentMember,
    Audience,
    AudienceMember,
    AuditHead,
    AuditRecord,
    Guarded,
    SystemOnly,
)
from app.models.people import Person, SignInSession
from app.models.subscriptions import Subscription

Mode = Literal["read", "write"]
GENESIS: Final = "0" * 64


class GuardError(RuntimeError):
    """Code tried to write a row where its viewer may not: a defect, never a person's mistake."""


@dataclass(slots=True)
class AuditNote:
    """An audit record to be chained at commit."""

    action: str
    subject_kind: str
    subject_id: str
    audience_id: uuid.UUID
    facts: dict[str, Any] = field(default_factory=dict)


class GuardedSession(Session):
    """A session bound to one viewer, or to the system with a reason; with neither it sees nothing."""

    viewer: Viewer | None = None
    is_system: bool = False
    reason: str = ""
    now: dt.datetime
    audience_ids: set[uuid.UUID]
    audit_notes: list[AuditNote]
    touched: set[uuid.UUID]
    after_commit_calls: list[Callable[[], None]]

    def __init__(self, engine: Engine | Connection, *, now: dt.datetime) -> None:
        super().__init__(engine, expire_on_commit=False, autoflush=True, join_transaction_mode="rollback_only")
        self.now = now
        self.audience_ids = set()
        self.audit_notes = []
        self.touched = set()
        self.after_commit_calls = []

    @property
    def bound_viewer(self) -> Viewer:
        """Return the viewer, for code that runs only on a viewer's session."""
        if self.viewer is None:
            raise GuardError("this session is bound to no viewer")
        return self.viewer

    def bind_to(self, viewer: Viewer) -> None:
        """Bind to the viewer and look up, once, the audiences that hold one of their keys."""
        self.viewer = viewer
        found = self.execute(select(AudienceMember.audience_id).where(AudienceMember.key.in_(sorted(viewer.keys))))
        self.audience_ids = set(found.scalars())

    def audience(self, keys: Iterable[str]) -> uuid.UUID:
        """Return the id of the audience of these keys, made if it is new."""
        members = frozenset(keys)
        identity = visibility.audience_id(members)
        if identity not in self.audience_ids:
            self._insert_missing(Audience, [{"id": identity, "revision": 0}])
            self._insert_missing(AudienceMember, [{"audience_id": identity, "key": key} for key in sorted(members)])
            if self.is_system or visibility.sees(self.viewer, members):
                self.audience_ids.add(identity)
        return identity

    @contextmanager
    def whole_truth(self, reason: str) -> Iterator[GuardedSession]:
        """Open a system session inside this transaction, for a decision on the whole truth; give back its outcome.

        It has objects of its own, so that nothing it read can be met later by its identity on the
        viewer's session; what it wrote is committed with the rest. Its callers are on the same
        allow-list as those of `Database.system_session`.
        """
        self.flush()
        connection = self.connection()
        inner = GuardedSession(connection, now=self.now)
        inner.is_system, inner.reason = True, reason
        try:
            yield inner
            inner.flush()
            self.touched |= inner.touched
            self.audit_notes += inner.audit_notes
        finally:
            inner.expunge_all()
            inner.close()
            _take_role(self, None, connection)

    def _insert_missing(self, model: type[Any], rows: list[dict[str, Any]]) -> None:
        maker = postgresql.insert if self.get_bind().dialect.name == "postgresql" else sqlite.insert
        self.execute(cast("Any", maker)(model.__table__).on_conflict_do_nothing(), rows)

    def record(self, action: str, subject_kind: str, subject_id: object, audience_id: uuid.UUID, **facts: Any) -> None:
        """Note an act for the audit record; it is chained and written just before the commit.

        `facts` must hold no private text: pass `digest_of(text)` instead.
        """
        self.audit_notes.append(AuditNote(action, subject_kind, str(subject_id), audience_id, facts))


def digest_of(value: str | bytes) -> str:
    """Return the SHA-256 of a text or bytes, in hexadecimal."""
    return hashlib.sha256(value.encode() if isinstance(value, str) else value).hexdigest()


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
        engine = _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url)
        self.engine = engine
        self._engines: dict[Mode, Engine] = {
            "read": engine.execution_options(entente_mode="read"),
            "write": engine.execution_options(entente_mode="write"),
        }

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
        """Return what a feed needs to know before anything is read: the one hand-written look-up by token.

        The revision is that of what holders of `keys` may see. A caller passes the keys that it knows
        from before, and asks again with `viewer.keys` where the person holds others by now: so a feed in
        which nothing changed costs one statement, and only `Viewer` says which keys a person holds.
        None when the token is unknown or revoked, or its person disabled.
        """
        asked, today = frozenset(keys), self.clock().date()
        rows = self._look_up(
            token_digest=token_digest,
            today=today.isoformat() if self.is_sqlite else today,
            keys=json.dumps(sorted(asked)) if self.is_sqlite else ",".join(sorted(asked)),
        )
        return _feed_state_of(rows, asked) if rows else None

    def _look_up(self, **values: object) -> list[tuple[Any, ...]]:
        """Run the look-up by token on the driver itself: SQLAlchemy's way to the same rows takes three times as long.

        It is run once more where the connection was lost while it waited to be used.
        """
        compiled, engine = self._feed_look_up, self._feed_engine
        named = {**compiled.params, **values}
        parameters = tuple(named[name] for name in compiled.positiontup) if compiled.positiontup else named
        for is_last in (False, True):
            try:
                with closing(engine.raw_connection()) as connection:
                    cursor = connection.cursor()
                    cursor.execute(compiled.string, parameters)
                    return list(cursor.fetchall())
            except engine.dialect.loaded_dbapi.Error as error:
                engine.dispose()
                if is_last:
                    raise OperationalError(compiled.string, None, error) from error
        raise AssertionError("unreachable")

    @functools.cached_property
    def _feed_look_up(self) -> SQLCompiler:
        is_asked = _listed_in_json() if self.is_sqlite else _listed_with_commas()
        return _feed_statement(is_asked).compile(self._feed_engine)

    @functools.cached_property
    def _feed_engine(self) -> Engine:
        """The engine of the look-up by token alone: one statement, read only, as the system, with nothing around it.

        A transaction of its own would cost six journeys to PostgreSQL for one that asks something; most
        requests to Entente are programs that ask whether a feed has changed.
        """
        engine = _sqlite_feed_engine(self.url) if self.is_sqlite else _postgres_feed_engine(self.url)
        event.listen(self.engine, "engine_disposed", lambda _engine: engine.dispose())
        return engine

    def revision_seen_by(self, viewer: Viewer) -> str:
        """Return a text that changes whenever anything that the viewer may see was written.

        The keys are part of it, so that an appointment that begins or ends changes it too.
        """
        with self.system_session("read the revisions of a viewer's audiences") as session:
            count, total = session.execute(_seen(AudienceMember.key.in_(sorted(viewer.keys)))).one()
        return f"{viewer.keys_digest}-{count}-{total}"

    def ping(self) -> None:
        """Ask the database for one value; raises what the driver raises when it is away."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))


# The look-up of a feed by its token ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedState:
    """A live subscription, as found by the digest of its token, and whose it is.

    `viewer` has what decides what its person sees, and nothing else of them. `revision` changes whenever
    anything was written that holders of `asked_keys` may see; it says nothing of holders of others.
    """

    subscription_id: uuid.UUID
    version: int
    mechanism_id: uuid.UUID | None
    includes_tentative: bool
    detail: str
    language: str
    viewer: Viewer
    asked_keys: frozenset[str]
    revision: str


def _seen(is_asked: ColumnElement[bool]) -> Select[int, int]:
    """Return the statement that counts the audiences with a member that is asked for, and sums their revisions."""
    seen = select(AudienceMember.__table__.c.audience_id).where(is_asked)
    revision = Audience.__table__.c.revision
    return select(func.count().label("count"), func.coalesce(func.sum(revision), 0).label("total")).where(
        Audience.__table__.c.id.in_(seen)
    )


# The keys come as one text, so that the statement is the same for any number of them; no key has a comma in it.


def _listed_with_commas() -> ColumnElement[bool]:
    listed = func.string_to_array(bindparam("keys", type_=String()), ",", type_=cast("Any", ARRAY(String())))
    return AudienceMember.__table__.c.key == any_(listed)


def _listed_in_json() -> ColumnElement[bool]:
    listed = func.json_each(bindparam("keys", type_=String())).table_valued("value")
    return AudienceMember.__table__.c.key.in_(select(listed.c.value))


def _feed_statement(is_asked: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the look-up by token: a row for each appointment that the person serves in today, or one row."""
    found, person = Subscription.__table__.c, Person.__table__.c
    office, member = Appointment.__table__.c, AppointmentMember.__table__.c
    today, seen = bindparam("today", type_=Date()), _seen(is_asked).subquery()
    serving = join(AppointmentMember.__table__, Appointment.__table__, office.id == member.appointment_id)
    serves_today = and_(
        member.person_id == person.id,
        office.starts_on <= today, or_(office.ends_on.is_(None), office.ends_on >= today),
        member.starts_on <= today, or_(member.ends_on.is_(None), member.ends_on >= today),
    )  # fmt: skip
    return (
        select(
            found.id, found.version, found.mechanism_id, found.includes_tentative, found.detail, found.language,
            found.person_id, person.role, person.delegation, seen.c.count, seen.c.total,
            member.appointment_id,
        )
        .select_from(Subscription.__table__)
        .join(Person.__table__, person.id == found.person_id)
        .join(seen, true())
        .outerjoin(serving, serves_today)
        .where(found.token_digest == bindparam("token_digest"), found.revoked_at.is_(None), person.active.is_(True))
    )  # fmt: skip


def _feed_state_of(rows: Sequence[tuple[Any, ...]], asked: frozenset[str]) -> FeedState:
    """Return the state that the rows tell, as the drivers give them: ids may be text, truth may be a number."""
    (found, version, mechanism, tentative, detail, language, person, role, party, count, total, _appointment) = rows[0]
    hats = tuple(Hat(_id(row[-1]), None, frozenset()) for row in rows if row[-1] is not None)
    return FeedState(
        subscription_id=_id(found), version=version, mechanism_id=_id(mechanism) if mechanism is not None else None,
        includes_tentative=bool(tentative), detail=detail, language=language,
        viewer=Viewer(_id(person), Role(role), party, hats),
        asked_keys=asked, revision=f"{visibility.digest_of_keys(asked)}-{count}-{total}",
    )  # fmt: skip


def _id(value: uuid.UUID | str) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


# The engines -------------------------------------------------------------------------------------


def _sqlite_engine(url: URL) -> Engine:
    pool = NullPool if url.database in {None, "", ":memory:"} else None
    engine = create_engine(url, poolclass=pool, hide_parameters=True)  # values stay out of errors and logs

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions are ours: see `_begin`
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("entente_mode", "write") == "write"
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _sqlite_feed_engine(url: URL) -> Engine:
    kind = NullPool if url.database in {None, "", ":memory:"} else None
    engine = create_engine(url, poolclass=kind, pool_reset_on_return=None)

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # nothing is begun: a single statement sees one state of the file
        for pragma in ("query_only=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _postgres_feed_engine(url: URL) -> Engine:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        connection.autocommit = True
        connection.execute("SET default_transaction_read_only = on")
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute("SET ROLE entente_system")

    return engine


def _postgres_engine(url: URL) -> Engine:
    durable = {"options": "-c synchronous_commit=on"}  # whatever the server's or the role's default
    return create_engine(
        url, pool_pre_ping=True, isolation_level="READ COMMITTED", connect_args=durable, hide_parameters=True
    )


@event.listens_for(GuardedSession, "after_begin")
def _begin_as(session: GuardedSession, transaction: SessionTransaction, connection: Connection) -> None:
    """On PostgreSQL, begin a read as a read, and take the role of the session."""
    if connection.dialect.name == "postgresql" and connection.get_execution_options().get("entente_mode") == "read":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    _take_role(session, transaction, connection)


def _take_role(session: GuardedSession, _transaction: object, connection: Connection) -> None:
    """On PostgreSQL, take the role and tell the policies whose keys hold in this transaction."""
    if connection.dialect.name != "postgresql":
        return
    connection.exec_driver_sql(f"SET LOCAL ROLE {'entente_system' if session.is_system else 'entente_app'}")
    keys = ",".join(sorted(session.viewer.keys)) if session.viewer else ""
    connection.execute(text("SELECT set_config('entente.keys', :keys, true)"), {"keys": keys})


# The guard ---------------------------------------------------------------------------------------


@event.listens_for(GuardedSession, "do_orm_execute")
def _add_the_read_rule(state: ORMExecuteState) -> None:
    """Add the read rule to every ORM statement of a viewer's session."""
    session = cast("GuardedSession", state.session)
    if session.is_system or state.is_column_load or not (state.is_select or state.is_update or state.is_delete):
        return
    seen = sorted(session.audience_ids) if session.viewer is not None else []
    state.statement = state.statement.options(
        with_loader_criteria(
            Guarded,
            (lambda cls: cls.audience_id.in_(seen)) if seen else (lambda _cls: false()),
            include_aliases=True,
        ),
        with_loader_criteria(SystemOnly, lambda _cls: false(), include_aliases=True),
    )


@event.listens_for(GuardedSession, "before_flush")
def _refuse_foreign_rows(session: GuardedSession, _context: UOWTransaction, _instances: object) -> None:
    """Refuse to write a guarded row into an audience that the viewer is not in; note what was touched."""
    for row in [*session.new, *session.dirty, *session.deleted]:
        if not isinstance(row, Guarded):
            if isinstance(row, SystemOnly) and not session.is_system and not _may_be_inserted(session, row):
                raise GuardError(f"{type(row).__name__} is written by the system alone")
            continue
        if not session.is_system and row.audience_id not in session.audience_ids:
            raise GuardError(f"{type(row).__name__} would be written where its viewer may not see it")
        if not row.raises_revision:
            continue
        session.touched.add(row.audience_id)
        history = inspect(row).attrs["audience_id"].history
        session.touched.update(old for old in history.deleted if old is not None)


def _may_be_inserted(session: GuardedSession, row: SystemOnly) -> bool:
    return row in session.new and row.__class__.__name__ == "OutboxMessage"


# Just before the commit: revisions, then the chain ------------------------------------------------


@event.listens_for(GuardedSession, "before_commit")
def _finish(session: GuardedSession) -> None:
    """Flush, raise the revisions of the audiences that were written to, and chain the audit notes.

    The head of the chain is locked last: locked first, it cost four fifths of the commits.
    """
    session.flush()
    if session.touched:
        for identity in sorted(session.touched):
            session.execute(
                update(Audience.__table__)  # type: ignore[arg-type]
                .where(Audience.__table__.c.id == identity)
                .values(revision=Audience.__table__.c.revision + 1)
            )
        session.touched.clear()
    if session.audit_notes:
        _chain(session, session.audit_notes)
        session.audit_notes = []


@event.listens_for(GuardedSession, "after_commit")
def _run_what_waited(session: GuardedSession) -> None:
    calls, session.after_commit_calls = session.after_commit_calls, []
    for call in calls:
        call()


def _chain(session: GuardedSession, notes: list[AuditNote]) -> None:
    head = session.execute(
        select(AuditHead.__table__.c.count, AuditHead.__table__.c.digest)
        .where(AuditHead.__table__.c.id == 1)
        .with_for_update()
    ).one()
    number, digest = head[0], head[1]
    rows = []
    for note in notes:
        number += 1
        row = {
            "number": number,
            "at": session.now,
            "person_id": session.viewer.person_id if session.viewer else None,
            "party_code": session.viewer.party if session.viewer else None,
            "action": note.action,
            "subject_kind": note.subject_kind,
            "subject_id": note.subject_id,
            "audience_id": note.audience_id,
            "facts": note.facts,
            "previous_digest": digest,
        }
        digest = chain_digest(row)
        rows.append({**row, "digest": digest})
    session.execute(insert(AuditRecord.__table__), rows)  # type: ignore[arg-type]
    session.execute(
        update(AuditHead.__table__)  # type: ignore[arg-type]
        .where(AuditHead.__table__.c.id == 1)
        .values(count=number, digest=digest)
    )


def chain_digest(row: dict[str, Any]) -> str:
    """Return the digest of an audit record over all its columns but its own digest, in a canonical form."""
    at = cast("dt.datetime", row["at"]).astimezone(dt.UTC)
    plain = {
        **{key: value for key, value in row.items() if key != "digest"},
        "at": at.isoformat(timespec="microseconds"),
    }
    return digest_of(json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str))


def live_sign_in(session: GuardedSession, token_digest: str, now: dt.datetime) -> Person | None:
    """Return the person whose sign-in this token's digest is, if it has not ended and they are not disabled."""
    return session.execute(
        select(Person)
        .join(SignInSession, SignInSession.person_id == Person.id)
        .where(
            SignInSession.token_digest == token_digest,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > now,
            Person.active.is_(True),
        )
    ).scalar_one_or_none()
