"""The worker as a process of its own: it beats, is woken by a commit elsewhere, and ends when told to."""

from __future__ import annotations

import dataclasses
import datetime as dt
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import Database
from app.jobs.queue import Waker, make_queue
from app.jobs.worker import make_worker
from app.models import Heartbeat, OutboxMessage
from app.services import outbox
from app.services.invitations import make_invitation
from tests import world

ROOT = Path(__file__).resolve().parents[2]
# The clock of the world stands still; the worker's goes on from there.
WORK = """
import datetime, sys, time
from pathlib import Path
from app import logs
from app.db import Database
from app.jobs.worker import work
from config import Settings
logs.configure(production=False)
names = ("SECRET_KEY", "DATABASE_URL", "ENTENTE_DATA")
settings = Settings.from_environment(dict(zip(names, sys.argv[1:4])))
begin, started = datetime.datetime.fromisoformat(sys.argv[4]), time.monotonic()
clock = lambda: begin + datetime.timedelta(seconds=time.monotonic() - started)
work(Database(settings.database_url, Path(sys.argv[3]) / "locks", clock=clock), settings)
"""


@pytest.fixture
def own_settings(settings, database):
    """Return settings whose database is the test's own, so that the queue is on the same engine."""
    return dataclasses.replace(settings, database_url=database.url.render_as_string(hide_password=False))


@pytest.fixture
def running(own_settings, tmp_path):
    """Start a worker, and kill it should the test not have ended it."""
    url, folder = own_settings.database_url, str(own_settings.data_dir)
    arguments = [sys.executable, "-c", WORK, own_settings.secret_key, url, folder, world.NOW.isoformat()]
    with (tmp_path / "worker.log").open("w") as log:
        process = subprocess.Popen(arguments, cwd=ROOT, stderr=log)
        yield process
    if process.poll() is None:
        process.kill()
        process.wait()


def wait_for(found, seconds: float = 20):
    """Return what `found` gives as soon as it gives something."""
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        if result := found():
            return result
        time.sleep(0.05)
    pytest.fail("it did not come to pass")


def look(database: Database, model):
    with database.system_session("look at rows") as session:
        return session.execute(select(model)).scalars().all()


def test_a_worker_beats_delivers_when_woken_and_ends(database, own_settings, running, tmp_path):
    assert wait_for(lambda: look(database, Heartbeat))[0].name == "worker"
    time.sleep(1.5)  # its first round of the minute may come at once: this is about being woken
    waker = Waker(own_settings)
    outbox.wake_with(waker)
    try:
        with database.system_session("invite", "write") as session:
            link = make_invitation(session, world.CAST["ana"].id, own_settings.secret_key)
            outbox.enqueue(session, "invitation", world.CAST["ana"].id, {"invitation_id": str(link)})
            session.commit()
    finally:
        outbox.wake_with(None)
        waker.close()
    began = time.monotonic()
    wait_for(lambda: look(database, OutboxMessage)[0].sent_at)
    assert time.monotonic() - began < 10
    assert len(list(own_settings.mail_folder.iterdir())) == 1
    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == 0
    log = (tmp_path / "worker.log").read_text()
    assert "the worker begins" in log
    assert "the worker ends" in log
    assert "Traceback" not in log


def test_the_jobs_and_when_they_run(settings, sqlite_database):
    queue = make_worker(sqlite_database, settings)
    due = {
        minute: sorted(type(task).__name__ for task in queue.read_periodic(dt.datetime(2026, 11, 22, 15, minute)))  # noqa: DTZ001
        for minute in (6, 7)
    }
    assert due == {
        6: ["beat", "deliver_due", "keep_audit_head", "keep_silences"],
        7: ["beat", "deliver_due", "keep_audit_head", "keep_silences", "sweep"],
    }


def test_a_process_that_only_wakes_names_the_task_that_the_worker_knows(settings, sqlite_database):
    Waker(settings)()
    queue = make_worker(sqlite_database, settings)
    task = queue.dequeue()
    assert task is not None
    with sqlite_database.system_session("invite", "write") as session:
        outbox.enqueue(session, "invitation", world.CAST["ana"].id, {"invitation_id": str(world.CAST["ana"].id)})
        session.commit()
    queue.execute(task)
    assert look(sqlite_database, OutboxMessage)[0].last_error == outbox.WITHHELD


def test_on_postgresql_the_queue_has_a_schema_of_its_own(make_database, settings):
    database = make_database("postgresql")
    url = database.url.render_as_string(hide_password=False)
    own = dataclasses.replace(settings, database_url=url)
    waker, queue = Waker(own), make_queue(own)
    waker()
    waker.close()
    assert queue.pending_count() == 1
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'huey%%'")
        assert found.scalars().all() == ["entente_jobs"]
    assert not (settings.data_dir / "jobs.db").exists()
    queue.storage.close()
