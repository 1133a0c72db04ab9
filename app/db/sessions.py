"""The session that is bound to a viewer: who sees a row, and who may write one, is decided here at run time."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Engine,
    Uuid,
    any_,
    event,
    false,
    func,
    insert,
    inspect,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from app.db.chain import AuditNote, chain
from app.domain import visibility
from app.domain.visibility import Viewer
from app.models import (
    Audience,
    AudienceMember,
    Guarded,
    SystemOnly,
)


class GuardError(RuntimeError):
    """Code tried to write a row where its viewer may not: a defect, never a person's mistake."""


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
    _rule: tuple[frozenset[uuid.UUID], tuple[ExecutableOption, ...]] | None = None

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

    def read_rule(self) -> tuple[ExecutableOption, ...]:
        """Return what is added to every ORM statement of a viewer's session, made once for their audiences."""
        seen = frozenset(self.audience_ids) if self.viewer is not None else frozenset()
        if self._rule is None or self._rule[0] != seen:
            condition = _one_of(seen, self.get_bind().dialect.name) if seen else (lambda _cls: false())
            guarded = with_loader_criteria(Guarded, condition, include_aliases=True)
            hidden = with_loader_criteria(SystemOnly, lambda _cls: false(), include_aliases=True)
            self._rule = seen, (guarded, hidden)
        return self._rule[1]

    def audience(self, keys: Iterable[str]) -> uuid.UUID:
        """Return the id of the audience of these keys, made if it is new."""
        members = frozenset(keys)
        self.make_audiences([members])
        return visibility.audience_id(members)

    def make_audiences(self, many: Iterable[frozenset[str]]) -> None:
        """Make the audiences of these sets of keys that are new, in two statements however many they are."""
        new = {visibility.audience_id(members): members for members in many}
        new = {identity: members for identity, members in new.items() if identity not in self.audience_ids}
        if not new:
            return
        rows = [{"audience_id": identity, "key": key} for identity, members in new.items() for key in sorted(members)]
        self._insert_missing(Audience, [{"id": identity, "revision": 0} for identity in new])
        self._insert_missing(AudienceMember, rows)
        seen = (
            identity for identity, members in new.items() if self.is_system or visibility.sees(self.viewer, members)
        )
        self.audience_ids.update(seen)

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

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Do something to see what would come of it, and take all of it back, what is recorded of it too."""
        self.flush()
        kept = list(self.audit_notes), set(self.touched), list(self.after_commit_calls)
        audiences = set(self.audience_ids)  # those made meanwhile are gone with the rest
        savepoint = self.begin_nested()
        try:
            yield
        finally:
            savepoint.rollback()
            self.audit_notes, self.touched, self.after_commit_calls = kept
            self.audience_ids = audiences

    def _insert_missing(self, model: type[Any], rows: list[dict[str, Any]]) -> None:
        maker = postgresql.insert if self.get_bind().dialect.name == "postgresql" else sqlite.insert
        self.execute(cast("Any", maker)(model.__table__).on_conflict_do_nothing(), rows)

    def insert_many(self, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert many rows of one kind in one statement, held to the same as rows that are flushed.

        They are read again by a query, as nothing of them stays in the session. Raises `GuardError`.
        """
        if not rows:
            return
        audiences = {row["audience_id"] for row in rows}
        if not issubclass(model, Guarded) or (not self.is_system and not audiences <= self.audience_ids):
            raise GuardError(f"{model.__name__} would be written where its viewer may not see it")
        if model.raises_revision:
            self.touched |= audiences
        self.flush()
        self.execute(insert(model.__table__), rows)  # type: ignore[attr-defined]

    def record(self, action: str, subject_kind: str, subject_id: object, audience_id: uuid.UUID, **facts: Any) -> None:
        """Note an act for the audit record; it is chained and written just before the commit.

        `facts` must hold no private text: pass `digest_of(text)` instead.
        """
        self.audit_notes.append(AuditNote(action, subject_kind, str(subject_id), audience_id, facts))

    def record_unsigned(
        self, action: str, subject_kind: str, subject_id: object, audience_id: uuid.UUID, **facts: Any
    ) -> None:
        """Note an act for those who may not learn from the record who did it, nor for which party: see `record`."""
        note = AuditNote(action, subject_kind, str(subject_id), audience_id, facts, is_unsigned=True)
        self.audit_notes.append(note)


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


@event.listens_for(GuardedSession, "do_orm_execute")
def _add_the_read_rule(state: ORMExecuteState) -> None:
    """Add the read rule to every ORM statement of a viewer's session."""
    session = cast("GuardedSession", state.session)
    if session.is_system or state.is_column_load or not (state.is_select or state.is_update or state.is_delete):
        return
    state.statement = state.statement.options(*session.read_rule())


def _one_of(seen: Iterable[uuid.UUID], dialect: str) -> Callable[[type[Guarded]], ColumnElement[bool]]:
    """Return the condition that a row's audience is one of these, which go to the database as one value.

    A place in the statement for each of what may be hundreds took more time than the reading itself.
    """
    if dialect == "postgresql":
        # An array as it is: a text to be read as one would be read anew for every row.
        listed = literal(sorted(seen), ARRAY(Uuid()))
        return lambda cls: cls.audience_id == any_(listed)
    each_seen = func.json_each(json.dumps([each.hex for each in seen])).table_valued("value")
    chosen = select(each_seen.c.value)
    return lambda cls: cls.audience_id.in_(chosen)


@event.listens_for(GuardedSession, "before_flush")
def _refuse_foreign_rows(session: GuardedSession, _context: UOWTransaction, _instances: object) -> None:
    """Refuse to write a guarded row into an audience that the viewer is not in; note what was touched."""
    changed = [row for row in session.dirty if session.is_modified(row)]
    for row in [*session.new, *changed, *session.deleted]:
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
        chain(session, session.audit_notes)
        session.audit_notes = []


@event.listens_for(GuardedSession, "after_commit")
def _run_what_waited(session: GuardedSession) -> None:
    calls, session.after_commit_calls = session.after_commit_calls, []
    for call in calls:
        call()
