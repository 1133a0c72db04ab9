"""The short form of `make bench`: pages take as many statements for many meetings as for few; one hash at a time."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import flask_security.utils
import pytest
from flask import Flask

from app.db import Database
from app.web.sign_in import security
from tests import world
from tests.conftest import CheckingClient
from tests.subscribing import counted_statements

ClientFor = Callable[[str | None], CheckingClient]
FEW, MANY = 10, 300
REFERENCE = "UNC-2026-9001"
PATHS = ("/", "/mechanisms", "/calendar", f"/meetings/{REFERENCE}")
STATES = ("held", "confirmed", "proposed", "cancelled")


def add_meetings(database: Database, first: int, last: int) -> None:
    """Add meetings of every state, one a day on both sides of today; every fourth is of two parties alone."""
    with database.system_session("many meetings", "write") as session:
        for number in range(first, last):
            ahead = number // 4 + 1
            day = world.NOW.date() + dt.timedelta(days=-ahead if number % 4 == 0 else ahead)
            parties = ("MX", "US") if number % 3 == 0 else world.THREE
            reference = f"PPT-2026-{number + 1}" if number % 3 == 0 else f"UNC-2026-{number + 1}"
            world.add_meeting(
                session, reference, parties, mechanism="M05" if number % 3 == 0 else "M01", starts_on=day, ends_on=day,
                state=STATES[number % 4], cancelled_at=world.NOW if number % 4 == 3 else None,
            )  # fmt: skip
        session.commit()


def statements_of(database: Database, client: CheckingClient) -> dict[str, int]:
    """Return how many statements each page takes, those that find out who asks among them."""
    found = {}
    for path in PATHS:
        with counted_statements(database) as counted:
            assert client.get(path).status_code == 200
        found[path] = len(counted)
    return found


@pytest.mark.parametrize("key", ["ana", "benoit", "carol"])
def test_pages_take_as_many_statements_for_many_meetings_as_for_few(
    database: Database, client_for: ClientFor, key: str
) -> None:
    client = client_for(key)
    with database.system_session("the meeting that is looked at", "write") as session:
        at = world.add_meeting(session, REFERENCE, mechanism="M01", state="confirmed")
        world.add_item(session, at, 1)
        world.add_meeting(session, "UNC-2026-9002", mechanism="M01", state="confirmed")  # at the same time
        session.commit()
    add_meetings(database, 0, FEW)
    few = statements_of(database, client)
    add_meetings(database, FEW, MANY)
    assert statements_of(database, client) == few
    # The page of a meeting has its agenda, texts, papers and room on it as well, and what was adopted since the last.
    assert few.pop(f"/meetings/{REFERENCE}") <= 16, few
    assert max(few.values()) <= 12, few


def test_the_first_page_shows_the_next_meetings_of_many_and_counts_the_others(
    database: Database, client_for: ClientFor
) -> None:
    add_meetings(database, 0, MANY)
    page = client_for("ana").get("/").get_data(as_text=True)
    # 150 of the 300 are ahead; ten of these are shown.
    assert "140" in page
    assert page.count('href="/meetings/UNC-2026-') + page.count('href="/meetings/PPT-2026-') >= 10


def test_two_who_sign_in_at_once_are_hashed_one_after_the_other(
    app: Flask, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[int] = []
    most: list[int] = []
    verify = flask_security.utils.verify_password

    def watched(*values: Any) -> bool:
        running.append(1)
        most.append(len(running))
        try:
            return bool(verify(*values))
        finally:
            running.pop()

    monkeypatch.setattr(security, "verify_password", watched)
    clients = [client_for(None) for _ in range(2)]
    for client in clients:
        client.get("/login")
    answers: list[int] = []

    def sign_in(client: CheckingClient, email: str) -> None:
        answers.append(client.post("/login", data={"email": email, "password": "not the right one"}).status_code)

    threads = [
        threading.Thread(target=sign_in, args=(client, f"{key}@example.org"))
        for client, key in zip(clients, ("ana", "carol"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(most) == 2
    assert max(most) == 1
