"""The worker: the jobs on their schedule, and the outbox whenever it is woken."""

from __future__ import annotations

import logging
from collections.abc import Callable

from huey import crontab
from huey.api import Huey

from app.db import Database
from app.jobs import tasks
from app.jobs.mailbox import read_mailbox
from app.jobs.queue import make_queue, register_delivery
from app.logs import get_logger
from config import Settings


def make_worker(database: Database, settings: Settings) -> Huey:
    """Return the queue with every job registered on it: each minute, each hour, and when woken."""
    queue = make_queue(settings)

    def deliver() -> None:
        tasks.deliver_outbox(database, settings)

    def keep_audit_head() -> None:
        tasks.keep_audit_head(database, settings)

    def beat() -> None:
        tasks.beat(database)

    def sweep() -> None:
        tasks.sweep(database)

    def prepare_reminders() -> None:
        tasks.remind(database)

    def post_reminders() -> None:
        tasks.remind(database, prepare=False)

    def keep_polls() -> None:
        tasks.keep_polls(database)

    def read_replies() -> None:
        read_mailbox(database, settings)

    register_delivery(queue, deliver)
    every_minute, every_hour = crontab(minute="*"), crontab(minute="7")
    queue.periodic_task(every_minute, name="deliver_due")(deliver)
    queue.periodic_task(every_minute)(beat)
    queue.periodic_task(every_minute)(keep_audit_head)
    _keep_silences_on(queue, database)
    queue.periodic_task(every_hour)(sweep)
    queue.periodic_task(crontab(minute="3"))(prepare_reminders)
    queue.periodic_task(crontab(minute="*/5"))(post_reminders)
    queue.periodic_task(crontab(minute="*/5"))(keep_polls)
    if settings.mailbox_url:
        queue.periodic_task(crontab(minute="*/3"))(read_replies)
    return queue


def _keep_silences_on(queue: Huey, database: Database) -> None:
    """Write the ends of silences down each minute."""

    def keep_silences() -> None:
        tasks.keep_silences(database)

    queue.periodic_task(crontab(minute="*"))(keep_silences)


def work(database: Database, settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, finishing what was begun.

    Three threads: a mail server that does not answer, and a mailbox that does not, must not keep the heartbeat from the
    database.
    """
    logging.getLogger("huey").setLevel(logging.WARNING)
    tasks.beat(database)
    queue = make_worker(database, settings)
    consumer = queue.create_consumer(
        workers=3, worker_type="thread", initial_delay=0.1, max_delay=1.0, graceful_signal="TERM", shutdown_timeout=60
    )
    get_logger().info("the worker begins")
    consumer.run()
    get_logger().info("the worker ends")


def run_once(database: Database, settings: Settings) -> list[str]:
    """Do everything that is due, and return what failed."""
    jobs: dict[str, Callable[[], object]] = {
        "beat": lambda: tasks.beat(database),
        "sweep": lambda: tasks.sweep(database),
        "remind": lambda: tasks.remind(database) >= 0,
        "keep_polls": lambda: tasks.keep_polls(database) >= 0,
        "keep_silences": lambda: tasks.keep_silences(database) >= 0,
        "deliver": lambda: tasks.deliver_outbox(database, settings).failed == 0,
        "read_mailbox": lambda: read_mailbox(database, settings).is_whole,
        "keep_audit_head": lambda: tasks.keep_audit_head(database, settings),
    }
    failed = []
    for name, job in jobs.items():
        try:
            done = job() is not False
        except Exception:  # noqa: BLE001 - one job that fails holds up no other
            get_logger().exception("job failed", job=name)
            done = False
        if not done:
            failed.append(name)
    return failed
