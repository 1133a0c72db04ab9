"""The page on which it is said how an action is due, and what the action's page shows of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest

from app.db import Database
from tests import world
from tests.conftest import CheckingClient

Client = Callable[[str], CheckingClient]
ACTION = "/actions/UNC-2026-1-A01"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    with sqlite_database.system_session("prepare what is due", "write") as session:
        at = world.add_meeting(session, "UNC-2026-1", mechanism="M01", starts_on=dt.date(2026, 6, 5), state="held")
        world.add_action(session, "UNC-2026-1-A01", meeting=at, legs={"US": {"is_accepted": False}})
        session.commit()
    return sqlite_database


def page_of(client: CheckingClient, path: str) -> tuple[str, str]:
    """Return the words of a page, and the version that its forms carry."""
    body = client.get(f"{path}?lang=en").get_data(as_text=True)
    found = re.search(r'name="version" value="([^"]*)"', body)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)), found[1] if found else ""


def test_a_clock_is_set_started_and_shown_with_its_arithmetic(client_for: Client) -> None:
    ana = client_for("ana")
    _, version = page_of(ana, f"{ACTION}/due")
    sent = {
        "basis": "clock", "kind": "calendar", "days": "45", "second_days": "45", "event": "the declaration",
        "condition": "No results", "determines": "US", "consulted": "MX", "consequence": "Talks begin",
        "version": version,
    }  # fmt: skip
    refused = ana.post(f"{ACTION}/due", data=sent | {"second_days": "4000"})
    assert refused.status_code == 422
    assert 'value="4000"' in refused.get_data(as_text=True)
    assert "A clock counts from 1 to 3,650 days." in refused.get_data(as_text=True)
    assert ana.post(f"{ACTION}/due", data=sent).status_code == 422  # a day was promised, and no reason is given
    assert ana.post(f"{ACTION}/due", data=sent | {"due_reason": "By a clock now"}).location == ACTION
    shown, _ = page_of(client_for("benoit"), ACTION)
    assert re.search("Not running: it waits for +the declaration", shown)
    assert "Trigger No results" in shown
    assert "First promised for 15 December 2026, moved once" in shown
    _, version = page_of(ana, f"{ACTION}/due")
    begun = {"version": version, "happened_on": "2026-11-02", "due_reason": "Signed that day"}
    assert ana.post(f"{ACTION}/due/event", data=begun | {"happened_on": "2026-11-30"}).status_code == 422
    assert ana.post(f"{ACTION}/due/event", data=begun | {"version": "old"}).status_code == 409
    assert ana.post(f"{ACTION}/due/event", data=begun).location == ACTION
    shown, _ = page_of(ana, ACTION)
    assert "2 November 2026 + 45 calendar days = 17 December 2026" in shown
    assert "17 December 2026 + 45 calendar days = 31 January 2027" in shown
    assert "moved 2 times" in shown
    assert re.search(r"Ana Robles \(Mexico\) set how it is due: by a clock\.", shown)
    assert re.search(r"started the clock: its event happened on \S*\s?2\s?Nov", shown)
    isabelle = client_for("isabelle")
    assert isabelle.post(f"{ACTION}/due/follow", data={"due_reason": ""}).status_code == 422
    assert isabelle.post(f"{ACTION}/due/follow", data={"due_reason": "We follow"}).location == ACTION


@pytest.mark.parametrize("key", ["olga", "marta"])
def test_who_does_not_see_the_action_sets_nothing(client_for: Client, key: str) -> None:
    for path in (f"{ACTION}/due", f"{ACTION}/due/event", f"{ACTION}/due/follow"):
        assert client_for(key).post(path, data={"basis": "none"}).status_code == 404
