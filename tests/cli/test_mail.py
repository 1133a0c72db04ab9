"""A mail that a mail server pipes in is taken or listed, and the server never returns it to whoever it names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.calendars.replies import MAIL_LIMIT
from app.db import Database
from app.models import MeetingInvitation
from config import Settings
from tests import world
from tests.calendars.reply_mails import calendar, mail
from tests.conftest import make_app
from tests.inviting import invitation_id, invite, reply_to, uid_of


@pytest.fixture
def piped(settings: Settings, sqlite_database: Database) -> Flask:
    invite(sqlite_database)
    return make_app(settings, sqlite_database)


def run(app: Flask, *arguments: str, typed: bytes = b"") -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["mail", *arguments], input=typed)
    return result.exit_code, result.output


def test_a_reply_is_taken_from_standard_input(piped: Flask, settings: Settings, sqlite_database: Database) -> None:
    to = reply_to("rosa", settings.secret_key)
    said: dict[str, Any] = {"uid": uid_of(), "sequence": 1, "attendee": "rosa@example.org", "stamp": "20261122T140000Z"}
    genuine = mail(calendar(organizer=to, **said), sender="rosa@example.org", to=to)
    forged = mail(calendar(partstat="DECLINED", **said), sender="rosa@example.org")
    assert run(piped, "refused") == (0, "No mail was refused.\n")
    assert run(piped, "read", typed=genuine) == (0, "Taken.\n")
    assert run(piped, "read", typed=genuine) == (0, "Refused: repeated.\n")
    assert run(piped, "read", typed=forged) == (0, "Refused: no_secret.\n")
    assert run(piped, "read", typed=b"\xff" * (MAIL_LIMIT + 10)) == (0, "Refused: too_large.\n")
    assert run(piped, "read") == (0, "Refused: no_sender.\n")
    with sqlite_database.system_session("look at an answer") as session:
        assert session.get_one(MeetingInvitation, invitation_id("rosa")).reply == "accepted"
    status, listed = run(piped, "refused")
    assert (status, sorted(line[22:] for line in listed.splitlines())) == (
        0, ["pipe  no_secret  rosa@example.org", "pipe  no_sender  -", "pipe  too_large  -"],
    )  # fmt: skip
    assert len(run(piped, "refused", "--limit", "1")[1].splitlines()) == 1


def test_a_mail_is_tried_again_while_the_database_is_away(settings: Settings, tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path}/empty.db", tmp_path / "locks", clock=lambda: world.NOW)
    assert run(make_app(settings, empty), "read", typed=mail())[0] == 75
    empty.engine.dispose()
