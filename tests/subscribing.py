"""Subscriptions for tests: made by the service, read as a calendar's events."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from icalendar import Calendar
from sqlalchemy import event

from app.db import Database
from app.services.feeds import find_feed
from app.services.kept_feeds import Feed, KeptFeeds
from app.services.subscriptions import Made, Wanted, create_subscription
from tests import world

BASE = "https://entente.example"
ALL = Wanted(name="", includes_tentative=True, detail="full", language="en")


def subscribe(database: Database, key: str, **changed: Any) -> Made:
    """Make a subscription of a member of the cast: all meetings, proposed ones too, in full, unless changed.

    `mechanism` is the code of the one mechanism that it is of.
    """
    if (mechanism := changed.pop("mechanism", None)) is not None:
        changed["mechanisms"] = (mechanism,)
    with database.write_session(world.viewer(key)) as session:
        made = create_subscription(session, dataclasses.replace(ALL, **changed), submission_id=None, repeated_at="/")
        session.commit()
        return made


def feed_of(database: Database, made: Made, kept: KeptFeeds | None = None) -> Feed:
    """Return the feed of a subscription, from what is kept, or from nothing kept."""
    return find_feed(database, KeptFeeds() if kept is None else kept, f"{made.token}.ics", BASE)


def shown(content: bytes) -> list[tuple[str, str | None]]:
    """Return summary and status of every event, in the calendar's order."""
    events = Calendar.from_ical(content).walk("VEVENT")
    return [(str(each["SUMMARY"]), str(each["STATUS"]) if "STATUS" in each else None) for each in events]


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    """Collect the statements that read or write rows, without those that only open a transaction."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SET ", "SELECT set_config")):
            found.append(statement)

    look_up = database.feeds._look_up

    def note_look_up(**values: Any) -> Any:
        found.append("the look-up by token")
        return look_up(**values)

    event.listen(database.engine, "before_cursor_execute", note)
    database.feeds._look_up = note_look_up  # type: ignore[method-assign]
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
        del database.feeds._look_up
