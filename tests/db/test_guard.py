"""The guard: every shape of query, on both engines, and what escapes the first lock."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, insert, literal, select, text, union_all, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.db import Database, GuardedSession, GuardError
from app.domain.visibility import party_key, person_key
from app.models import (
    AuditRecord,
    Draft,
    Invitation,
    Meeting,
    MeetingParty,
    OutboxMessage,
    SignInSession,
    Submission,
)
from app.models.sealed import Private
from tests import world


@pytest.fixture
def guarded(database: Database) -> Database:
    """Return a database with one meeting of Mexico and the United States, and one of all three."""
    with database.system_session("prepare the guard's tests", "write") as session:
        add = world.add_meeting
        add(session, "BIL-2026-1", ("MX", "US"), title={"en": world.canary("MXUS", "title"), "original": "en"})
        add(session, "UNC-2026-1", mechanism="M01")
        session.commit()
    return database


def references(rows: object) -> set[str]:
    return {str(row) for row in rows}  # type: ignore[attr-defined]


# Each shape gives back references (or a number of rows), however the statement is written.
SHAPES: dict[str, Callable[[GuardedSession], object]] = {
    "entity": lambda s: references(m.reference for m in s.scalars(select(Meeting))),
    "column": lambda s: references(s.scalars(select(Meeting.reference))),
    "legacy query": lambda s: references(m.reference for m in s.query(Meeting)),
    "legacy query column": lambda s: references(row[0] for row in s.query(Meeting.reference)),
    "alias": lambda s: references(m.reference for m in s.scalars(select(aliased(Meeting)))),
    "join from child": lambda s: references(
        s.scalars(select(Meeting.reference).join(MeetingParty, MeetingParty.meeting_id == Meeting.id).distinct())
    ),
    "child entity": lambda s: references(p.meeting.reference for p in s.scalars(select(MeetingParty))),
    "selectinload": lambda s: references(
        m.reference for m in s.scalars(select(Meeting).options(selectinload(Meeting.parties))) if m.parties
    ),
    "joinedload": lambda s: references(
        p.meeting.reference for p in s.scalars(select(MeetingParty).options(joinedload(MeetingParty.meeting)))
    ),
    "subquery": lambda s: references(s.scalars(select(select(Meeting.reference).subquery().c.reference))),
    "scalar subquery": lambda s: (
        references(
            filter(
                None,
                s.scalars(
                    select(
                        select(MeetingParty.meeting_id)
                        .where(MeetingParty.meeting_id == Meeting.id)
                        .limit(1)
                        .scalar_subquery()
                    ).select_from(Meeting)
                ),
            )
        )
        and references(s.scalars(select(Meeting.reference)))
    ),
    "exists": lambda s: references(
        s.scalars(
            select(Meeting.reference).where(
                select(MeetingParty.id).where(MeetingParty.meeting_id == Meeting.id).exists()
            )
        )
    ),
    "union": lambda s: references(
        s.scalars(union_all(select(Meeting.reference), select(Meeting.reference).where(literal(value=True))))
    ),
    "cte": lambda s: references(s.scalars(select(select(Meeting.reference).cte("seen").c.reference))),
}


@pytest.mark.parametrize("shape", SHAPES, ids=list(SHAPES))
def test_every_shape_of_an_orm_query_shows_what_the_viewer_may_see(guarded: Database, shape: str) -> None:
    expected = {
        "ana": {"BIL-2026-1", "UNC-2026-1"},
        "benoit": {"UNC-2026-1"},
        "sam": {"UNC-2026-1"},
        "olga": set(),
        "colin": set(),
    }
    for key, seen in expected.items():
        with guarded.read_session(world.viewer(key)) as session:
            assert SHAPES[shape](session) == seen, key
    with guarded.read_session(None) as session:
        assert SHAPES[shape](session) == set()


def test_counts_and_get_do_not_betray(guarded: Database) -> None:
    hidden = world.identity("meeting", "BIL-2026-1")
    with guarded.read_session(world.viewer("benoit")) as session:
        assert session.scalar(select(func.count()).select_from(Meeting)) == 1
        assert session.get(Meeting, hidden) is None
        assert session.scalar(select(func.max(Meeting.reference))) == "UNC-2026-1"
    with guarded.read_session(world.viewer("ana")) as session:
        assert session.scalar(select(func.count()).select_from(Meeting)) == 2
        assert session.get(Meeting, hidden) is not None


def test_bulk_update_and_delete_touch_only_what_is_seen(guarded: Database) -> None:
    hidden = world.identity("meeting", "BIL-2026-1")
    with guarded.write_session(world.viewer("benoit")) as session:
        assert session.execute(update(Meeting).values(place="Ottawa")).rowcount == 1  # type: ignore[attr-defined]
        session.commit()
    with guarded.system_session("look at the hidden row") as session:
        assert session.get_one(Meeting, hidden).place == "New York"
    with guarded.write_session(world.viewer("benoit")) as session:
        statement = delete(MeetingParty).where(MeetingParty.meeting_id == hidden)
        if guarded.is_sqlite:
            assert session.execute(statement).rowcount == 0  # type: ignore[attr-defined]
            return
        with pytest.raises(DBAPIError, match="permission denied"):  # on PostgreSQL nobody may delete at all
            session.execute(statement)


def test_a_row_cannot_be_written_where_its_viewer_may_not_see_it(guarded: Database) -> None:
    benoit = world.viewer("benoit")
    with guarded.write_session(benoit) as session:
        foreign = session.audience({party_key("MX")})
        session.add(
            Draft(
                kind="meeting",
                owner_party="MX",
                content=Private("MX", "{}"),
                created_by=benoit.person_id,
                created_at=world.NOW,
                changed_at=world.NOW,
                audience_id=foreign,
            )
        )
        with pytest.raises(GuardError):
            session.flush()


def test_a_row_cannot_be_moved_to_an_audience_without_its_viewer(guarded: Database) -> None:
    with guarded.write_session(world.viewer("ana")) as session:
        meeting = session.get_one(Meeting, world.identity("meeting", "BIL-2026-1"))
        meeting.audience_id = session.audience({party_key("CA")})
        with pytest.raises(GuardError):
            session.flush()


@pytest.mark.parametrize("model", [SignInSession, Invitation, OutboxMessage])
def test_what_is_the_systems_alone_is_seen_by_no_viewer(guarded: Database, model: type) -> None:
    world.sign_in_token(guarded, world.CAST["ana"])
    with guarded.read_session(world.viewer("ana")) as session:
        if guarded.is_sqlite:
            assert list(session.scalars(select(model))) == []
        else:
            with pytest.raises(DBAPIError, match="permission denied"):
                session.scalars(select(model))
    with guarded.write_session(world.viewer("ana")) as session:
        session.add(
            SignInSession(
                token_digest="x" * 64,
                person_id=world.CAST["ana"].id,
                created_at=world.NOW,
                expires_at=world.NOW,
                agent="",
            )
        )
        with pytest.raises(GuardError):
            session.flush()


def test_a_whole_truth_leaves_nothing_behind_in_the_viewers_session(guarded: Database) -> None:
    hidden = world.identity("meeting", "BIL-2026-1")
    with guarded.write_session(world.viewer("benoit")) as session:
        with session.whole_truth("count everything") as truth:
            assert truth.scalar(select(func.count()).select_from(Meeting)) == 2
            held = truth.get_one(Meeting, hidden)
        assert held not in session
        assert session.get(Meeting, hidden) is None
        assert references(session.scalars(select(Meeting.reference))) == {"UNC-2026-1"}
        if not guarded.is_sqlite:
            assert session.scalar(text("SELECT current_user")) == "entente_app"


def test_a_whole_truth_that_fails_gives_the_role_back(guarded: Database) -> None:
    with guarded.write_session(world.viewer("benoit")) as session:
        with pytest.raises(LookupError), session.whole_truth("fail"):
            raise LookupError
        assert references(session.scalars(select(Meeting.reference))) == {"UNC-2026-1"}


# The shapes that escape the ORM's hook: kept here so that a change of SQLAlchemy shows. On PostgreSQL the
# second lock holds each of them; on SQLite only the ban on writing them does (tests/architecture).
ESCAPES: dict[str, Callable[[GuardedSession], set[str]]] = {
    "core select": lambda s: references(s.scalars(select(Meeting.__table__.c.reference))),
    "text": lambda s: references(s.scalars(text("SELECT reference FROM meetings"))),
    "from_statement": lambda s: references(
        m.reference for m in s.scalars(select(Meeting).from_statement(text("SELECT * FROM meetings")))
    ),
    "core join": lambda s: references(
        row.reference
        for row in s.execute(
            select(Meeting.__table__.c.reference).select_from(
                MeetingParty.__table__.join(
                    Meeting.__table__, Meeting.__table__.c.id == MeetingParty.__table__.c.meeting_id
                )
            )
        )
    ),
}


@pytest.mark.parametrize("shape", ESCAPES, ids=list(ESCAPES))
def test_the_second_lock_holds_what_escapes_the_first(guarded: Database, shape: str) -> None:
    with guarded.read_session(world.viewer("benoit")) as session:
        found = ESCAPES[shape](session)
    assert found == ({"UNC-2026-1"} if not guarded.is_sqlite else {"BIL-2026-1", "UNC-2026-1"})


def test_insert_from_select_is_held_by_the_second_lock(guarded: Database) -> None:
    """An INSERT … SELECT copies what its reader may not see on SQLite, and nothing on PostgreSQL."""
    with guarded.write_session(world.viewer("benoit")) as session:
        audience = session.audience({person_key(world.CAST["benoit"].id)})
        source = select(
            literal(uuid.uuid4().hex if guarded.is_sqlite else uuid.uuid4()),
            literal(audience),
            literal(world.NOW),
            Meeting.__table__.c.reference,
        ).where(Meeting.__table__.c.reference == "BIL-2026-1")
        statement = insert(Submission.__table__).from_select(["id", "audience_id", "made_at", "result"], source)  # type: ignore[arg-type]
        session.execute(statement)
        assert len(session.scalars(select(Submission)).all()) == (1 if guarded.is_sqlite else 0)


def test_an_expired_refresh_shows_only_what_was_already_seen(guarded: Database) -> None:
    with guarded.write_session(world.viewer("ana")) as session:
        meeting = session.scalars(select(Meeting).where(Meeting.reference == "BIL-2026-1")).one()
        session.expire(meeting)
        assert meeting.place == "New York"


def test_the_tests_run_as_the_apps_own_role(guarded: Database) -> None:
    if guarded.is_sqlite:
        return
    with guarded.read_session(world.viewer("ana")) as session:
        role = session.execute(
            text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).one()
        assert tuple(role) == ("entente_app", False, False)
        with pytest.raises(DBAPIError):
            session.execute(text("SELECT * FROM sign_in_sessions"))


def test_an_audit_record_is_neither_altered_nor_removed(guarded: Database) -> None:
    with guarded.write_session(world.viewer("ana")) as session:
        session.record("tested", "meeting", "x", session.audience({party_key("MX")}), n=1)
        session.commit()
    for statement in (update(AuditRecord).values(action="other"), delete(AuditRecord)):
        with guarded.system_session("try to alter the record", "write") as session, pytest.raises(DBAPIError):
            session.execute(statement)
