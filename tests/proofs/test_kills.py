"""Writers killed at any instant: what was acknowledged is there, nothing is half there, the chain holds.

A kill proves that a transaction is whole, not that the disk was told: durability rests on the settings that
`tests/db/test_engines.py` asserts of each connection.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import GENESIS, Database, chain_digest
from app.models import AuditHead, AuditRecord, Meeting
from tests import world

NAMES = ("A", "B")


def prepare(database: Database) -> None:
    with database.system_session("prepare the kills", "write") as session:
        for name in NAMES:
            world.add_meeting(session, f"KILL-2026-{name}", ("MX",))
        session.commit()


def write_and_kill(database: Database, folder: Path, after: float, start: int) -> dict[str, list[str]]:
    """Let two writers write for so many seconds, kill both, and return what each said it had committed."""
    url = database.url.render_as_string(hide_password=False)
    writers = {
        name: subprocess.Popen(
            [sys.executable, "-m", "tests.proofs.writer", url, str(folder), name, str(start)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[2],
        )
        for name in NAMES
    }
    first = {name: (writer.stdout.readline() if writer.stdout else "") for name, writer in writers.items()}
    time.sleep(after)
    for writer in writers.values():
        writer.send_signal(signal.SIGKILL)
    said = {}
    for name, writer in writers.items():
        rest, _ = writer.communicate()
        said[name] = [line for line in (first[name] + rest).splitlines() if line.startswith(f"{name}-")]
    return said


def verify(database: Database, said: dict[str, list[str]], known: set[str]) -> None:
    """Hold the database to what was said, and to itself."""
    with database.system_session("read what the kills left") as session:
        records = session.scalars(select(AuditRecord).order_by(AuditRecord.number)).all()
        head = session.get_one(AuditHead, 1)
        places = {row.reference[-1]: row.place for row in session.scalars(select(Meeting))}
    digest = GENESIS
    for position, record in enumerate(records, start=1):
        row = {column.key: getattr(record, column.key) for column in AuditRecord.__table__.columns}
        assert (record.number, record.previous_digest, record.digest) == (position, digest, chain_digest(row))
        digest = record.digest
    assert (head.count, head.digest) == (len(records), digest)
    subjects = [record.subject_id for record in records if record.action == "moved"]
    for name, lines in said.items():
        assert set(lines) <= set(subjects), "an acknowledged commit is gone"
        own = [subject for subject in subjects if subject.startswith(f"{name}-") and subject not in known]
        assert own, "the writer wrote nothing, so the kill proved nothing"
        assert places[name] == own[-1], "the record and the change that it tells of are not of one transaction"
        assert len(own) - len(lines) <= 1, "more than the one commit in flight was not acknowledged"
    known.update(subjects)


def run(database: Database, folder: Path, kills: int) -> None:
    prepare(database)
    luck = random.Random(20261122)
    known: set[str] = set()
    for kill in range(kills):
        said = write_and_kill(database, folder, luck.uniform(0.05, 0.5), kill * 1_000_000)
        time.sleep(0.1)  # PostgreSQL notices that a client is gone
        verify(database, said, known)


def test_three_kills(database: Database, tmp_path: Path) -> None:
    run(database, tmp_path / "locks", 3)


@pytest.mark.prove
def test_forty_kills(database: Database, tmp_path: Path) -> None:
    run(database, tmp_path / "locks", 40)
