"""Positions on their pages: written, cleared by a second person, shared for good, and unseen by everybody else."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from app.db import Database
from config import Settings
from tests import world
from tests.conftest import CheckingClient, client_of, make_app

MEETING = "UNC-2026-1"
Clients = Callable[[str | None], CheckingClient]


def item_id(name: str) -> uuid.UUID:
    return world.identity("item", name)


def fill(database: Database) -> None:
    """Add a meeting of three with an item of all, and one of Mexico and the United States alone."""
    with database.system_session("a meeting with two items", "write") as session:
        meeting = world.add_meeting(session, MEETING, mechanism="M01", state="confirmed")
        world.add_item(session, meeting, 1, id=item_id("all"), title={"en": "Peace operations", "original": "en"})
        title = {"en": "Border posts", "original": "en"}
        apart = world.add_item(session, meeting, 1, id=item_id("mxus"), parties=["MX", "US"], title=title)
        apart.audience_id = session.audience({"party:MX", "party:US"})
        session.commit()


@pytest.fixture
def app(settings: Settings, sqlite_database: Database) -> Flask:
    """Return the app on SQLite with the meeting in it."""
    fill(sqlite_database)
    return make_app(settings, sqlite_database)


def text_of(client: CheckingClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return response.get_data(as_text=True)


def write(client: CheckingClient, item: str = "all", version: int = 0, **said: str) -> str:
    """Write a position and return the address of its page."""
    form = {"version": str(version), "language": "en", "lines": "We stand for peace.", **said}
    response = client.post(f"/meetings/{MEETING}/items/{item_id(item)}/position", data=form)
    assert response.status_code == 303, response.get_data(as_text=True)
    return response.location or ""


def version_in(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found, page
    return found[1]


def clear(client: CheckingClient, path: str) -> None:
    response = client.post(f"{path}/clear", data={"version": version_in(text_of(client, path))})
    assert response.status_code == 303, response.get_data(as_text=True)


def share(client: CheckingClient, path: str, *parties: str, part: tuple[str, ...] = ()) -> None:
    seen = f"{path}/share?see=1" + "".join(f"&party={each}" for each in parties) + "".join(f"&part={p}" for p in part)
    page = text_of(client, seen)
    form = {"version": version_in(page), "party": list(parties), "part": list(part), "confirmed": "y"}
    response = client.post(f"{path}/share", data=form)
    assert response.status_code == 303, response.get_data(as_text=True)


def copy_in(page: str) -> str:
    found = re.search(r'href="(/shares/[0-9a-f-]{36})"', page)
    assert found, page
    return found[1]


def test_from_a_draft_to_a_share_that_was_opened(app: Flask) -> None:
    diego, ana, benoit = (client_of(app, key) for key in ("diego", "ana", "benoit"))
    path = write(diego, lines="We stand for peace.", fallback="We could live with less.", red_lines="Never a quota.")
    assert "We stand for peace." in text_of(diego, path)
    assert "/clear" not in text_of(diego, path)
    clear(ana, path)
    page = text_of(ana, f"{path}/share?see=1&party=CA")
    assert "We stand for peace." in page
    assert "We could live with less." not in page
    assert "Never a quota." not in page
    share(ana, path, "CA")
    overview = text_of(benoit, f"/meetings/{MEETING}/positions")
    copy = copy_in(overview)
    assert "We stand for peace." not in text_of(benoit, copy)
    assert benoit.post(f"{copy}/open").status_code == 303
    page = text_of(benoit, copy)
    assert "We stand for peace." in page
    assert "We could live with less." not in page
    assert "Benoît Tremblay" in page
    mine = text_of(ana, path)
    assert "opened" in mine
    assert "Benoît" not in mine
