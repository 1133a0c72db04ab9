"""What a connection promises: durable, keyed, read-only where it reads, one writer at a time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db import Database, chain_digest
from app.domain.visibility import party_key
from app.models import Audience, AuditHead, AuditRecord, Meeting, MeetingParty
from tests import world


def test_sqlite_writes_are_durable_and_keys_are_kept(sqlite_database: Database) -> None:
    for opened in (sqlite_database.read_session(None), sqlite_database.write_session(None)):
        with opened as session:
            values = {
                name: session.scalar(text(f"PRAGMA {name}")) for name in ("synchronous", "foreign_keys", "journal_mode")
            }
            assert values == {"synchronous": 2, "foreign_keys": 1, "journal_mode": "wal"}


def test_postgresql_writes_are_durable(database: Database) -> None:
    if database.is_sqlite:
        return
    with database.read_session(None) as session:
        assert session.scalar(text("SHOW transaction_isolation")) == "read committed"
        assert session.scalar(text("SHOW transaction_read_only")) == "on"
        assert session.scalar(text("SHOW synchronous_commit")) == "on"


def test_a_read_session_cannot_write(database: Database) -> None:
    with database.system_session("prepare", "write") as session:
        world.add_meeting(session, "UNC-2026-1", mechanism="M01")
        session.commit()
    with database.read_session(world.viewer("ana")) as session:
        session.scalars(select(Meeting)).one().place = "elsewhere"
        with pytest.raises(DBAPIError):
            session.flush()


def test_a_key_that_points_nowhere_is_refused(database: Database) -> None:
    with database.system_session("prepare", "write") as session:
        audience = session.audience({party_key("MX")})
        session.add(MeetingParty(meeting_id=world.identity("meeting", "none"), party_code="MX", audience_id=audience))
        with pytest.raises(IntegrityError):
            session.flush()


def test_what_is_not_committed_is_gone(database: Database) -> None:
    with database.system_session("prepare", "write") as session:
        world.add_meeting(session, "UNC-2026-1", mechanism="M01")
    with database.system_session("look") as session:
        assert session.scalars(select(Meeting)).all() == []


def test_a_naive_instant_is_refused(database: Database) -> None:
    with database.system_session("prepare", "write") as session, pytest.raises(Exception, match="offset"):
        world.add_meeting(session, "UNC-2026-1", created_at=world.NOW.replace(tzinfo=None))


def test_eight_writers_lose_nothing_and_the_chain_holds(database: Database) -> None:
    """Eight threads write forty audit records; each is there, in one unbroken chain, and the revision counts each."""
    with database.system_session("prepare", "write") as session:
        shared = session.audience({party_key("MX")})
        session.commit()
    failures: list[BaseException] = []

    def write(name: str) -> None:
        try:
            for n in range(5):
                with database.write_session(world.viewer("ana")) as session:
                    session.record("tested", "thing", f"{name}-{n}", session.audience({party_key("MX")}), n=n)
                    session.touched.add(shared)
                    session.commit()
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which fails
            failures.append(error)

    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.system_session("read the chain") as session:
        records = session.scalars(
            select(AuditRecord).where(AuditRecord.action == "tested").order_by(AuditRecord.number)
        ).all()
        everything = session.scalars(select(AuditRecord).order_by(AuditRecord.number)).all()
        head = session.get_one(AuditHead, 1)
        assert len(records) == 40
        assert session.get_one(Audience, shared).revision == 40
    digest = "0" * 64
    for position, record in enumerate(everything, start=1):
        row = {column.key: getattr(record, column.key) for column in AuditRecord.__table__.columns}
        assert (record.number, record.previous_digest) == (position, digest)
        digest = chain_digest(row)
        assert record.digest == digest
    assert (head.count, head.digest) == (len(everything), digest)


def test_the_revision_a_viewer_sees_rises_only_with_what_they_may_see(database: Database) -> None:
    ana, benoit = world.viewer("ana"), world.viewer("benoit")
    before = database.revision_seen_by(ana), database.revision_seen_by(benoit)
    with database.system_session("add a meeting of Mexico and the United States", "write") as session:
        world.add_meeting(session, "BIL-2026-1", ("MX", "US"))
        session.commit()
    after = database.revision_seen_by(ana), database.revision_seen_by(benoit)
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_a_rolled_back_write_raises_no_revision(database: Database) -> None:
    before = database.revision_seen_by(world.viewer("ana"))
    with database.write_session(world.viewer("ana")) as session:
        session.audience({party_key("MX")})
        session.rollback()
    assert database.revision_seen_by(world.viewer("ana")) == before


def test_the_lock_file_is_where_it_was_asked_for(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.write_session(None):
        assert (tmp_path / "locks" / "write.lock").exists()
