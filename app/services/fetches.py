"""When feeds were fetched, and by what: gathered in memory, written down now and then by a write of its own.

A fetch reads; writing at each one would make every poll of every program a commit.
"""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database, GuardedSession
from app.domain.calendar_programs import AGENT_LIMIT, cleaned_agent
from app.logs import get_logger
from app.models import Subscription, SubscriptionFetch

FLUSHED_EVERY: Final = dt.timedelta(seconds=60)
_KEPT_LETTERS: Final = 4 * AGENT_LIMIT


@dataclass(frozen=True, slots=True)
class Fetched:
    """How often a subscription was fetched since the last flush, and the last time: when, and what it called itself."""

    count: int
    at: dt.datetime
    agent: str

    def after(self, earlier: Fetched | None) -> Fetched:
        """Return the two as one; the later of them says when and by what."""
        if earlier is None:
            return self
        last = self if self.at >= earlier.at else earlier
        return Fetched(self.count + earlier.count, last.at, last.agent)


class FetchLog:
    """What one process has to write down; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fetched: dict[uuid.UUID, Fetched] = {}
        self._flushed_at: dt.datetime | None = None

    def note(self, subscription_id: uuid.UUID, agent: str, at: dt.datetime) -> bool:
        """Note a fetch; say whether it is time to flush: at the first one, and when a minute is over."""
        fetched = Fetched(1, at, agent[:_KEPT_LETTERS])
        with self._lock:
            self._fetched[subscription_id] = fetched.after(self._fetched.get(subscription_id))
            return self._flushed_at is None or at - self._flushed_at >= FLUSHED_EVERY

    def take(self, now: dt.datetime) -> Mapping[uuid.UUID, Fetched]:
        """Return what is to be written and forget it."""
        with self._lock:
            taken, self._fetched = self._fetched, {}
            self._flushed_at = now
            return taken

    def give_back(self, untold: Mapping[uuid.UUID, Fetched]) -> None:
        """Take back what could not be written, for the next time."""
        with self._lock:
            for subscription_id, fetched in untold.items():
                known = self._fetched.get(subscription_id)
                self._fetched[subscription_id] = known.after(fetched) if known else fetched


def flush_fetches(database: Database, log: FetchLog) -> None:
    """Write down what the log holds; where that fails it is kept, and the next flush tries again."""
    taken = log.take(database.clock())
    if not taken:
        return
    try:
        with database.system_session("write when feeds were fetched", "write") as session:
            _write(session, taken)
            session.commit()
    except (SQLAlchemyError, OSError) as error:
        log.give_back(taken)
        get_logger().warning("fetches of feeds were not written down", kind=type(error).__name__)


def _write(session: GuardedSession, taken: Mapping[uuid.UUID, Fetched]) -> None:
    ids = sorted(taken)
    # The subscriptions are locked, so that of two processes one makes the row and the other finds it.
    subscriptions = session.execute(
        select(Subscription).where(Subscription.id.in_(ids)).order_by(Subscription.id).with_for_update()
    ).scalars()
    audiences = {row.id: row.audience_id for row in subscriptions}
    rows = session.execute(select(SubscriptionFetch).where(SubscriptionFetch.subscription_id.in_(ids))).scalars()
    known = {row.subscription_id: row for row in rows}
    for subscription_id, audience_id in audiences.items():
        fetched, agent = taken[subscription_id], cleaned_agent(taken[subscription_id].agent)
        row = known.get(subscription_id)
        if row is None:
            session.add(
                SubscriptionFetch(
                    subscription_id=subscription_id, last_fetched_at=fetched.at, last_agent=agent,
                    fetch_count=fetched.count, audience_id=audience_id,
                )
            )  # fmt: skip
            continue
        row.fetch_count += fetched.count
        if fetched.at >= row.last_fetched_at:
            row.last_fetched_at, row.last_agent = fetched.at, agent
