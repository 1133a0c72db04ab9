"""Attacks on the pages of dates and invitations, by people who hold what they should hold no more."""

from __future__ import annotations

import pytest

from app.db import Database
from app.models import Meeting, MeetingInvitation, RosterEntry
from config import Settings
from tests import polling, world
from tests.conftest import client_of, make_app
from tests.inviting import HIDDEN, entry_id, invitation_id, invite, link_of


@pytest.mark.parametrize("key", ["rosa", "diego"])
def test_a_link_tells_who_was_taken_off_nothing_of_what_came_afterwards(
    settings: Settings, sqlite_database: Database, key: str
) -> None:
    invite(sqlite_database)
    with sqlite_database.system_session("take them off, and move it", "write") as session:
        session.get_one(RosterEntry, entry_id(HIDDEN, key)).state = "withdrawn"
        session.get_one(MeetingInvitation, invitation_id(key)).method = "CANCEL"
        meeting = session.get_one(Meeting, world.identity("meeting", HIDDEN))
        meeting.place, meeting.title = "Laredo", {"en": "Ministers sign", "original": "en"}
        session.commit()
    page = client_of(make_app(settings, sqlite_database), None).get(link_of(key, settings.secret_key) + "?lang=en")
    assert (page.status_code, "You are no longer invited" in page.text) == (410, True)
    assert [word for word in ("Laredo", "Ministers", "December", "confirmed") if word in page.text] == []


@pytest.mark.parametrize("days_count", [1, 5])
def test_a_slot_at_the_end_of_time_is_refused_in_words(
    settings: Settings, sqlite_database: Database, days_count: int
) -> None:
    polling.with_poll(sqlite_database, "UNC-2027-P1", days_count=days_count)
    ana = client_of(make_app(settings, sqlite_database), "ana")
    sent = {"version": "1", "day_1": "9999-12-31", "time_1": "23:59"}
    assert ana.post("/polls/UNC-2027-P1/slots", data=sent).status_code == 422
