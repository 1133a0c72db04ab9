"""Action items in real programs: as to-dos in those that have a task list, as days in those that have none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.calendars.feed import joined, rendered_action
from app.db import Database
from tests import world
from tests.calendars.test_todos import NOW, entry
from tests.clients.programs import READERS_OF_BYTES, Shown
from tests.clients.serving import open_now
from tests.clients.task_programs import READERS_OF_TODOS, Task, Todoman
from tests.services.test_feed_actions import change
from tests.subscribing import subscribe

TODAY = dt.datetime.now(dt.UTC).date()
DUE = TODAY + dt.timedelta(days=30)
REFERENCE = "ACT-2026-CAMXUS-A01"
ENTRIES = (
    entry(uid="action-1@x", title="Évaluer; les données, et rendre compte"),
    entry(uid="action-2@x", title="Done with it", state="done", done_at=NOW, priority=1),
    entry(uid="action-3@x", title="Without a day", due_on=None, state="open", priority=9),
)
BODY = joined(
    "Entente",
    "https://entente.example/feeds/x.ics",
    [rendered_action(each, "todo") for each in ENTRIES] + [rendered_action(each, "day") for each in ENTRIES[:2]],
)


@pytest.fixture
def running(sqlite_database: Database, tmp_path: Path) -> Iterator[Database]:
    """Return a database with an action of the three in it, on the machine's clock."""
    with sqlite_database.system_session("prepare a test", "write") as session:
        legs = {code: {"due_on": DUE} for code in world.THREE}
        world.add_action(session, REFERENCE, title={"en": "Send the figures", "original": "en"}, legs=legs)
        session.commit()
    opened = open_now(sqlite_database, tmp_path)
    yield opened
    opened.engine.dispose()


@pytest.mark.parametrize("reader", list(READERS_OF_TODOS))
def test_every_task_list_shows_each_with_its_day_and_state(reader: str) -> None:
    assert READERS_OF_TODOS[reader](BODY) == [
        Task("Done with it", "2026-12-15", "COMPLETED", is_completed=True, priority=1),
        Task("Without a day", None, "NEEDS-ACTION", is_completed=False, priority=9),
        Task("Évaluer; les données, et rendre compte", "2026-12-15", "IN-PROCESS", is_completed=False, priority=5),
    ]


@pytest.mark.parametrize("reader", list(READERS_OF_BYTES))
def test_every_calendar_shows_the_days_and_no_to_do_as_one(reader: str) -> None:
    assert READERS_OF_BYTES[reader](BODY) == [
        Shown("Done: Done with it", "2026-12-15", "2026-12-16", None),
        Shown("Due: Évaluer; les données, et rendre compte", "2026-12-15", "2026-12-16", None),
    ]


def test_todoman_and_khal_follow_an_action_through_its_life(running: Database, serve, tmp_path: Path) -> None:
    server, made = serve(running), subscribe(running, "ana", actions_as="both")
    programs = Todoman(tmp_path / "todoman", server.address(f"/feeds/{made.token}.ics"))
    for state, is_completed in (("open", False), ("under_way", False), ("done", True)):
        if state != "open":
            change(running, "ana", REFERENCE, state=state)
        programs.sync()
        (task,) = programs.tasks()
        assert (task["summary"], task["completed"]) == ("Send the figures", is_completed)
        assert dt.datetime.fromtimestamp(task["due"], dt.UTC).date() == DUE
        said = "Done" if is_completed else "Due"
        end = (DUE + dt.timedelta(days=1)).isoformat()
        assert programs.shown(TODAY.isoformat(), 60) == [Shown(f"{said}: Send the figures", DUE.isoformat(), end, None)]
