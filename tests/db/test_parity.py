"""The one read rule, said three times: in Python, in the ORM, in PostgreSQL. They agree on every row and viewer.

Every guarded class x every row x every viewer. Then each part of the rule is stripped in turn, and
the comparison must notice: a check that cannot fail protects nothing.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import uuid
from collections.abc import Mapping

import pytest
from sqlalchemy import create_engine, event, select

from app.db import Database, GuardedSession, sessions
from app.domain.visibility import Hat, Role, Viewer, administration_key, appointment_key, party_key, person_key, sees
from app.models import (
    ActionNote,
    AudienceMember,
    Base,
    Document,
    Draft,
    Guarded,
    Leg,
    Meeting,
    Submission,
    Subscription,
    SubscriptionFetch,
)
from app.models.sealed import Private
from tests import postgres, world
from tests.action_rows import add_rows_on
from tests.convening_rows import add_convening_rows
from tests.rows import add_rows_around, add_rows_of_people
from tests.text_rows import add_text_rows

GUARDED = sorted((m.class_ for m in Base.registry.mappers if issubclass(m.class_, Guarded)), key=lambda c: c.__name__)
KEYS = [
    *(party_key(code) for code in world.THREE),
    *(administration_key(code) for code in world.THREE),
    *(appointment_key(world.appointment_id(ref)) for ref in ("M01", "M02")),
    person_key(world.CAST["ana"].id),
    person_key(world.CAST["olga"].id),
    "register",
]


def viewers() -> dict[str, Viewer]:
    """Return everybody in the cast, and those whose appointment is a part of Sam's, or over."""
    found = {key: world.viewer(key) for key in world.CAST}
    hats = tuple(Hat(world.appointment_id(ref), None, frozenset(world.THREE)) for ref in ("M01",))
    found["sam of M01 alone"] = dataclasses.replace(found["sam"], hats=hats)
    found["sam whose appointments ended"] = dataclasses.replace(found["sam"], hats=())
    found["an official who also serves"] = dataclasses.replace(found["diego"], hats=hats)
    found["a stranger"] = Viewer(uuid.uuid4(), Role.OFFICIAL, "CU")
    return found


@pytest.fixture
def populated(database: Database) -> Database:
    """Return a database with rows of every guarded class, for every set of up to three keys."""
    with database.system_session("populate the parity test", "write") as session:
        for size in (1, 2, 3):
            for keys in itertools.combinations(KEYS, size):
                audience = session.audience(keys)
                session.add(Submission(id=uuid.uuid4(), audience_id=audience, made_at=world.NOW, result="/"))
        for n, codes in enumerate(codes for size in (1, 2, 3) for codes in itertools.combinations(world.THREE, size)):
            _add_all_kinds(session, n, codes)
        session.record("populated", "world", "world", session.audience({party_key("MX")}))
        session.commit()
    return database


def _add_all_kinds(session: GuardedSession, n: int, codes: tuple[str, ...]) -> None:
    extra = {person_key(world.CAST["olga"].id)} if n == 0 else set()
    meeting = world.add_meeting(session, f"T-2026-{n}", codes, mechanism="M01", extra_keys=extra)
    world.add_item(session, meeting, 1)
    add_rows_around(session, meeting, "".join(codes))
    if n == 0:
        add_rows_of_people(session, meeting)
    action = world.add_action(session, f"T-2026-{n}-A01", codes, meeting=meeting)
    seen, who = {"audience_id": meeting.audience_id}, world.CAST["ana"].id
    session.add(ActionNote(action_id=action.id, text="x", language="en", person_id=who, created_at=world.NOW, **seen))
    leg = session.execute(select(Leg).where(Leg.action_id == action.id, Leg.party_code == codes[0])).scalar_one()
    add_rows_on(session, action, leg, meeting, "".join(codes), "ana")
    add_convening_rows(session, meeting, "".join(codes), "ana")
    add_text_rows(session, meeting, "".join(codes), "ana")
    session.add(
        Document(
            file_name="x.pdf",
            media_type="application/pdf",
            size=1,
            digest="0" * 64,
            content=b"x",
            added_by=who,
            added_at=world.NOW,
            **seen,
        )
    )
    session.add(
        Draft(
            kind="meeting",
            owner_party=codes[0],
            content=Private(codes[0], "{}"),
            created_by=who,
            created_at=world.NOW,
            changed_at=world.NOW,
            audience_id=session.audience({party_key(codes[0])}),
        )
    )
    owner = session.audience({person_key(who if n % 2 else world.CAST["olga"].id)})
    subscription = Subscription(
        person_id=who, name="x", token_digest=f"{n:064d}", language="en", created_at=world.NOW, audience_id=owner
    )
    session.add(subscription)
    session.flush()
    session.add(
        SubscriptionFetch(
            subscription_id=subscription.id,
            last_fetched_at=world.NOW,
            last_agent="khal",
            fetch_count=1,
            audience_id=owner,
        )
    )


Truth = dict[type, list[tuple[object, set[str]]]]


def truth_of(database: Database) -> Truth:
    """Return every row of every guarded class, with the keys of its audience."""
    with database.system_session("read everything for the comparison") as session:
        keys: dict[uuid.UUID, set[str]] = {}
        for member in session.scalars(select(AudienceMember)):
            keys.setdefault(member.audience_id, set()).add(member.key)
        rows = {
            cls: [(_identity(row), keys[row.audience_id]) for row in session.scalars(select(cls))] for cls in GUARDED
        }
    for cls, present in rows.items():
        assert present, f"no row of {cls.__name__} to compare"
    return rows


def differences(database: Database, asked: Mapping[str, Viewer], truth: Truth | None = None) -> list[str]:
    """Return every (viewer, class) for which the database shows other rows than `sees` says."""
    rows = truth or truth_of(database)
    found = []
    for name, viewer in asked.items():
        truthful = world.viewer(name) if name in world.CAST else viewers().get(name, viewer)
        with database.read_session(viewer) as session:
            for cls in GUARDED:
                expected = {identity for identity, keys in rows[cls] if sees(truthful, keys)}
                if {_identity(row) for row in session.scalars(select(cls))} != expected:
                    found.append(f"{name}: {cls.__name__}")
    return found


def _identity(row: object) -> object:
    return tuple(getattr(row, column.key) for column in type(row).__mapper__.primary_key)  # type: ignore[attr-defined]


def test_python_and_the_database_agree_on_every_row_and_viewer(populated: Database) -> None:
    assert differences(populated, viewers()) == []


@pytest.mark.parametrize("kind", ["party", "administration", "appointment", "person", "register"])
def test_a_kind_of_key_that_is_stripped_is_missed(
    populated: Database, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bind sessions to viewers who lack one kind of key; the comparison with the truth must notice."""
    whole = Viewer.keys.fget  # type: ignore[attr-defined]

    class Maimed(Viewer):
        @property
        def keys(self) -> frozenset[str]:
            return frozenset(key for key in whole(self) if key.split(":")[0] != kind)

    maimed = {
        name: Maimed(**{field.name: getattr(viewer, field.name) for field in dataclasses.fields(viewer)})
        for name, viewer in viewers().items()
    }
    assert differences(populated, maimed) != []


def test_the_orms_rule_that_is_stripped_is_missed(populated: Database) -> None:
    """Without the hook SQLite shows everything; PostgreSQL is still held by its own lock."""
    event.remove(GuardedSession, "do_orm_execute", sessions._add_the_read_rule)
    try:
        found = differences(populated, viewers())
    finally:
        event.listen(GuardedSession, "do_orm_execute", sessions._add_the_read_rule)
    assert (found == []) is not populated.is_sqlite


def test_each_policy_that_is_stripped_is_missed(populated: Database) -> None:
    """With the hook off and one table's policy opened, the comparison names that table, for every table."""
    if populated.is_sqlite:
        return
    owner = create_engine(postgres.admin_url(populated.url.database or ""), isolation_level="AUTOCOMMIT")
    event.remove(GuardedSession, "do_orm_execute", sessions._add_the_read_rule)
    asked = {name: viewers()[name] for name in ("a stranger", "olga")}
    truth = truth_of(populated)  # opening a policy changes none of it
    try:
        for cls in GUARDED:
            table = cls.__table__.name  # type: ignore[attr-defined]
            with owner.connect() as connection:
                connection.exec_driver_sql(f"CREATE POLICY opened ON {table} FOR SELECT TO entente_app USING (true)")
                found = differences(populated, asked, truth)
                connection.exec_driver_sql(f"DROP POLICY opened ON {table}")
            assert found
            assert {line.split(": ")[1] for line in found} == {cls.__name__}
    finally:
        event.listen(GuardedSession, "do_orm_execute", sessions._add_the_read_rule)
        owner.dispose()


def test_an_appointment_opens_and_closes_with_its_days(populated: Database) -> None:
    from app.services.identity import viewer_of_person

    sam = world.CAST["sam"].id
    today = viewer_of_person(populated, sam, world.NOW)
    before = viewer_of_person(populated, sam, dt.datetime(2025, 12, 31, 12, tzinfo=dt.UTC))
    assert today is not None
    assert before is not None
    assert len(today.hats) == 3
    assert before.hats == ()
    with populated.read_session(before) as session:
        assert session.scalars(select(Meeting)).all() == []
