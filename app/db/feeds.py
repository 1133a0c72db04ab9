"""The look-up of a feed by its token: one statement, with nothing around it."""

from __future__ import annotations

import datetime as dt
import functools
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Engine,
    Select,
    String,
    and_,
    any_,
    bindparam,
    event,
    exists,
    func,
    join,
    or_,
    select,
    true,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql.compiler import SQLCompiler

from app.db.engines import postgres_feed_engine, sqlite_feed_engine
from app.domain import visibility
from app.domain.visibility import Hat, Role, Viewer
from app.models import (
    Appointment,
    AppointmentMember,
    Audience,
    AudienceMember,
)
from app.models.people import Person
from app.models.subscriptions import Authorisation, Subscription


@dataclass(frozen=True, slots=True)
class FeedState:
    """A live subscription, as found by the digest of its token, and for whom it is.

    `viewer` is its principal where it has one, else its own person: with what decides what they see, and the
    zone of their days, and nothing else of them. `choices` and `closures_of` are as the subscription keeps them.
    `revision` changes whenever anything was written that holders of `asked_keys` may see; it says nothing of
    holders of others.
    """

    subscription_id: uuid.UUID
    version: int
    mechanism_id: uuid.UUID | None
    choices: Mapping[str, Any]
    includes_tentative: bool
    keeps_cancelled: bool
    shows_to_agree: bool
    closures_of: tuple[str, ...]
    uses_gzip: bool
    detail: str
    language: str
    actions_as: str
    viewer: Viewer
    asked_keys: frozenset[str]
    revision: str


class FeedLookUp:
    """The one hand-written look-up by token, on an engine of its own."""

    def __init__(self, url: URL, engine: Engine) -> None:
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self._main_engine = engine

    def find(self, token_digest: str, keys: Iterable[str], today: dt.date) -> FeedState | None:
        """Return what a feed needs to know before anything is read.

        The revision is that of what holders of `keys` may see. A caller passes the keys that it knows
        from before, and asks again with `viewer.keys` where the person holds others by now: so a feed in
        which nothing changed costs one statement, and only `Viewer` says which keys a person holds.
        None when the token is unknown or revoked, its person disabled, or, of one for a principal, when that
        one is disabled, has ended the leave, or is of another government than who subscribed for them.
        """
        asked = frozenset(keys)
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
        engine = sqlite_feed_engine(self.url) if self.is_sqlite else postgres_feed_engine(self.url)
        event.listen(self._main_engine, "engine_disposed", lambda _engine: engine.dispose())
        return engine


def seen_revisions(is_asked: ColumnElement[bool]) -> Select[int, int]:
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
    """Return the look-up by token: a row for each appointment that its viewer serves in today, or one row."""
    found, person, owner = Subscription.__table__.c, Person.__table__.c, _OWNER.c
    office, member = Appointment.__table__.c, AppointmentMember.__table__.c
    today, seen = bindparam("today", type_=Date()), seen_revisions(is_asked).subquery()
    serving = join(AppointmentMember.__table__, Appointment.__table__, office.id == member.appointment_id)
    serves_today = and_(
        member.person_id == person.id,
        office.in_force_at.is_not(None), office.ended_at.is_(None),
        office.starts_on <= today, or_(office.ends_on.is_(None), office.ends_on >= today),
        member.starts_on <= today, or_(member.ends_on.is_(None), member.ends_on >= today),
    )  # fmt: skip
    return (
        select(
            found.id, found.version, found.mechanism_id, found.choices, found.includes_tentative,
            found.keeps_cancelled, found.shows_to_agree, found.closures_of, found.uses_gzip, found.detail,
            found.language, found.actions_as, person.id, person.role, person.delegation, person.time_zone,
            seen.c.count, seen.c.total, member.appointment_id, office.mechanism_id, office.meeting_id,
        )
        .select_from(Subscription.__table__)
        .join(_OWNER, owner.id == found.person_id)
        .join(Person.__table__, person.id == func.coalesce(found.principal_id, found.person_id))
        .join(seen, true())
        .outerjoin(serving, serves_today)
        .where(found.token_digest == bindparam("token_digest"), found.revoked_at.is_(None))
        .where(person.active.is_(True), owner.active.is_(True))
        .where(or_(found.principal_id.is_(None), _is_let()))
    )  # fmt: skip


# Who made the subscription; the person whose calendar it shows is another one where there is a principal.
_OWNER = Person.__table__.alias("owner")


def _is_let() -> ColumnElement[bool]:
    """Return the condition that the principal lets the assistant have this feed: leave, and the same government."""
    found, leave = Subscription.__table__.c, Authorisation.__table__.c
    return and_(
        _OWNER.c.delegation == Person.__table__.c.delegation,
        _OWNER.c.role != Role.ADMINISTRATOR.value,
        exists().where(
            leave.principal_id == found.principal_id, leave.assistant_id == found.person_id, leave.ended_at.is_(None)
        ),
    )


def _feed_state_of(rows: Sequence[tuple[Any, ...]], asked: frozenset[str]) -> FeedState:
    """Return the state that the rows tell, as the drivers give them: ids and JSON may be text, truth a number."""
    (
        found, version, mechanism, choices, tentative, cancelled, to_agree, closures, gzip, detail, language,
        actions_as, person, role, party, zone, count, total, *_appointment,
    ) = rows[0]  # fmt: skip
    hats = tuple(_hat(*row[-3:]) for row in rows if row[-3] is not None)
    viewer = Viewer(_id(person), Role(role), party, hats, time_zone=zone)
    return FeedState(
        subscription_id=_id(found), version=version, mechanism_id=_id(mechanism) if mechanism is not None else None,
        choices=_json(choices), includes_tentative=bool(tentative), keeps_cancelled=bool(cancelled),
        shows_to_agree=bool(to_agree), closures_of=tuple(_json(closures)), uses_gzip=bool(gzip), detail=detail,
        language=language, actions_as=actions_as, viewer=viewer.wearing(None) if hats else viewer,
        asked_keys=asked, revision=f"{visibility.digest_of_keys(asked)}-{count}-{total}",
    )  # fmt: skip


def _hat(appointment: Any, mechanism: Any, meeting: Any) -> Hat:
    """Return a hat with what decides what its wearer sees; one for a single meeting is of no mechanism."""
    is_of_mechanism = mechanism is not None and meeting is None
    return Hat(_id(appointment), _id(mechanism) if is_of_mechanism else None, frozenset())


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _id(value: uuid.UUID | str) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
