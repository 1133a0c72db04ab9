"""`zones check`: what the operator is told after an update of the zone data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask

from app.db import Database
from tests import world
from tests.services.test_zone_changes import HIDDEN, VANCOUVER, add_promised, meeting_of

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(app: Flask) -> Run:
    """Return a function that runs a command and gives its exit status and everything that it said."""

    def invoke(*arguments: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=list(arguments))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return invoke


def test_nothing_to_say(run: Run, database: Database) -> None:
    with database.system_session("a meeting that stands", "write") as session:
        world.add_meeting(session, VANCOUVER, mechanism="M01", tzdata_version="2025.2")
        session.commit()
    assert run("zones", "check") == (0, "Zone data 2026f bears out every meeting to come.\n")


def test_each_by_reference_and_owner_with_before_and_now(run: Run, database: Database) -> None:
    with database.system_session("as an older release resolved them", "write") as session:
        add_promised(session, VANCOUVER, mechanism="M01", title={"en": "Not for the operator", "original": "en"})
        add_promised(
            session, HIDDEN, ("MX", "US"), hours=0, time_zone="America/New_York", starts_on=dt.date(2027, 11, 7),
            starts_time=dt.time(1, 30),
        )  # fmt: skip
        gone = add_promised(session, "UNC-2026-2", mechanism="M01", starts_on=dt.date(2026, 12, 11), proposed_by=None)
        gone.time_zone = "America/Atlantis"
        session.commit()
    before = meeting_of(database)
    said = (
        "UNC-2026-1, CA: 2026-12-10 10:00 America/Vancouver: "
        "2026-12-10 18:00 UTC by 2025.2, now 2026-12-10 17:00 UTC by 2026f\n"
        "UNC-2026-2, secretariat: 2026-12-11 10:00 America/Atlantis: "
        "2026-12-11 18:00 UTC by 2025.2, now no such zone by 2026f\n"
        "UNC-2026-MXUS-1, MX: 2027-11-07 01:30 America/New_York: "
        "2027-11-07 05:30 UTC by 2025.2, now 2027-11-07 05:30 UTC or 2027-11-07 06:30 UTC by 2026f\n"
        "3 meetings wait for a decision at /zone-changes; nothing has moved.\n"
    )
    assert run("zones", "check") == (0, said)
    assert meeting_of(database) == before
