"""The pages of new zone data: what each reads, that the promised moment is shown meanwhile, and deciding."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.db import Database
from app.services.meetings import find_meeting
from tests import world
from tests.conftest import CheckingClient, client_of
from tests.services.test_zone_changes import HIDDEN, VANCOUVER, YES, add_promised, meeting_of

Client = Callable[[str | None], CheckingClient]
PROMISED = dt.datetime(2026, 12, 10, 18, tzinfo=dt.UTC)
NOW_READ = dt.datetime(2026, 12, 10, 17, tzinfo=dt.UTC)


def tell(database: Database) -> None:
    """Add a meeting of all three in Vancouver, and one of Mexico and the United States, as 2025.2 resolved them."""
    title = {"en": world.canary("MXUS", "title"), "original": "en"}
    with database.system_session("as an older release resolved them", "write") as session:
        add_promised(session, VANCOUVER, mechanism="M01", answers=YES)
        add_promised(session, HIDDEN, ("MX", "US"), title=title, starts_on=dt.date(2026, 12, 3))
        session.commit()


@pytest.fixture
def database(database: Database) -> Database:
    tell(database)
    return database


def text(client: CheckingClient, path: str, status: int = 200) -> str:
    """Return the words of a page, in English, its marks taken out."""
    response = client.get(path, headers={"Accept-Language": "en"})
    assert response.status_code == status, (path, response.status_code)
    page = re.sub(r"<(script|style)\b.*?</\1>", "", response.get_data(as_text=True), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ")


def version_in(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


# Reading ------------------------------------------------------------------------------------------


def test_before_and_after_with_the_releases_and_whose_time(client_for: Client) -> None:
    page = text(client_for("carol"), "/zone-changes")
    assert "10 Dec 2026, 10:00–13:00 in Vancouver (America/Vancouver): by zone data 2025.2 that is" in page
    assert "Thu 10 Dec 2026, 18:00–21:00 UTC" in page
    assert "By zone data 2026f it is Thu 10 Dec 2026, 17:00–20:00 UTC: 1 hour earlier than promised." in page
    for row in (
        "Vancouver time of the meeting Thu 10 Dec 2026, 11:00–14:00 MST, UTC−7 Thu 10 Dec 2026, 10:00–13:00",
        "Ottawa Thu 10 Dec 2026, 13:00–16:00 EST, UTC−5 Thu 10 Dec 2026, 12:00–15:00",
        "Mexico City Thu 10 Dec 2026, 12:00–15:00 CST, UTC−6 Thu 10 Dec 2026, 11:00–14:00",
        "Washington your time Thu 10 Dec 2026, 13:00–16:00",
    ):
        assert row in page.replace("PDT", "MST").replace("PST", "MST"), row


def test_canada_meets_no_trace_of_what_mexico_and_the_united_states_decide(client_for: Client) -> None:
    for key in ("isabelle", "benoit", "adaeze", "sam"):
        client = client_for(key)
        page = text(client, "/zone-changes")
        assert VANCOUVER in page
        assert HIDDEN not in page
        assert client.get("/").get_data(as_text=True).count("/zone-changes") == (0 if key == "benoit" else 2)
        for path in (f"/zone-changes/{HIDDEN}/hour", f"/zone-changes/{HIDDEN}/moment"):
            assert client.get(path).status_code == 404
            assert client.post(path, data={"version": "1"}).status_code == 404
    assert HIDDEN in text(client_for("ana"), "/zone-changes")


def test_an_official_reads_and_is_not_offered_to_decide(client_for: Client) -> None:
    client = client_for("daniel")
    page = text(client, "/zone-changes")
    assert "The parties’ coordinators and heads, or their secretariat, decide." in page
    assert "Keep the moment" not in page
    assert client.get(f"/zone-changes/{VANCOUVER}/hour").status_code == 403
    assert client.post(f"/zone-changes/{VANCOUVER}/hour", data={"version": "1"}).status_code == 403


def test_nothing_to_decide(client_for: Client) -> None:
    assert "No meeting that you see is affected." in text(client_for("olga"), "/zone-changes")


@pytest.mark.parametrize("key", ["ana", "isabelle", "sam", "carol"])
@pytest.mark.parametrize("keep", ["hour", "moment"])
def test_every_language_has_its_pages(client_for: Client, key: str, keep: str) -> None:
    client = client_for(key)
    assert client.get("/zone-changes").status_code == 200
    assert client.get(f"/zone-changes/{VANCOUVER}/{keep}").status_code == 200


# The promised moment, until somebody decides --------------------------------------------------------


def test_the_page_of_the_meeting_shows_the_promised_moment(client_for: Client) -> None:
    page = text(client_for("carol"), f"/meetings/{VANCOUVER}")
    assert "Thursday 10 December 2026, 11:00 in Vancouver" in page
    assert "13:00–16:00" in page
    assert "The clocks’ rules changed since this time was promised." in page
    assert "Promised as 10:00 America/Vancouver, zone data 2025.2." in page
    assert "10:00 in Vancouver" not in page


@pytest.mark.parametrize("path", ["/meetings", "/"])
def test_lists_show_the_promised_moment(client_for: Client, path: str) -> None:
    page = text(client_for("carol"), path)
    assert "13:00–16:00 Washington" in page
    assert "11:00–14:00 Vancouver" in page
    assert "10:00–13:00" not in page


def test_no_banner_where_nothing_differs(client_for: Client, database: Database) -> None:
    with database.system_session("one that comes out the same", "write") as session:
        world.add_meeting(session, "UNC-2026-2", mechanism="M01", tzdata_version="2025.2")
        session.commit()
    page = text(client_for("carol"), "/meetings/UNC-2026-2")
    assert "The clocks’ rules changed" not in page
    assert "10:00 in New York" in page
    assert "UNC-2026-2" not in text(client_for("carol"), "/zone-changes")


def test_pages_survive_a_zone_that_is_gone(client_for: Client, database: Database) -> None:
    with database.system_session("a zone that is gone", "write") as session:
        find_meeting(session, VANCOUVER).time_zone = "America/Atlantis"
        session.commit()
    client = client_for("carol")
    assert "Thursday 10 December 2026, 18:00 in UTC" in text(client, f"/meetings/{VANCOUVER}")
    assert "18:00–21:00 UTC" in text(client, "/meetings")
    text(client, "/")
    page = text(client, "/zone-changes")
    assert "10:00–13:00 in Atlantis (America/Atlantis): by zone data 2025.2 that is Thu 10 Dec 2026, 18:00" in page
    assert "Zone data 2026f has no zone America/Atlantis any more." in page
    shown = text(client, f"/zone-changes/{VANCOUVER}/moment")
    assert "The zone whose hour it keeps from now on" in shown
    assert "cannot be kept" not in text(client, f"/zone-changes/{VANCOUVER}/moment")
    assert "The zone data no longer says when this hour is." in text(client, f"/zone-changes/{VANCOUVER}/hour")
    version = str(meeting_of(database)["version"])
    answered = client.post(f"/zone-changes/{VANCOUVER}/moment", data={"version": version, "zone": "America/Toronto"})
    assert answered.status_code == 303
    assert "13:00 in Ottawa" in text(client, f"/meetings/{VANCOUVER}")


# Deciding -----------------------------------------------------------------------------------------


def test_the_preview_says_what_each_party_is_told(client_for: Client, database: Database) -> None:
    before = meeting_of(database)
    page = text(client_for("carol"), f"/zone-changes/{VANCOUVER}/hour")
    assert "The meeting moves: 1 hour earlier than promised." in page
    assert "The meeting’s state becomes: proposed." in page
    assert page.count("is asked for again") == 2
    assert "yes, by this decision" in page
    page = text(client_for("sam"), f"/zone-changes/{VANCOUVER}/moment")
    assert "Its hour is written anew: 10 Dec 2026, 11:00–14:00 in Vancouver." in page
    assert page.count("its yes stands") == 3
    assert meeting_of(database) == before


@pytest.mark.parametrize(
    ("keep", "starts_at", "shown"),
    [
        ("hour", NOW_READ, "Thursday 10 December 2026, 10:00 in Vancouver"),
        ("moment", PROMISED, "Thursday 10 December 2026, 11:00 in Vancouver"),
    ],
)
def test_deciding(client_for: Client, database: Database, keep: str, starts_at: dt.datetime, shown: str) -> None:
    client = client_for("carol")
    path = f"/zone-changes/{VANCOUVER}/{keep}"
    version = version_in(client.get(path).get_data(as_text=True))
    answered = client.post(path, data={"version": version})
    assert (answered.status_code, answered.location) == (303, f"/meetings/{VANCOUVER}")
    assert meeting_of(database)["at"] == starts_at
    page = text(client, f"/meetings/{VANCOUVER}")
    assert shown in page
    assert "The clocks’ rules changed since" not in page
    kept = {
        "hour": "the hour on the wall is kept, at another moment: Thursday 10 December 2026, 10:00 in Vancouver;",
        "moment": "Thursday 10 December 2026, 10:00 in Vancouver Thursday 10 December 2026, 11:00 in Vancouver · Carol",
    }
    assert kept[keep] in page
    assert VANCOUVER not in text(client, "/zone-changes")


def test_of_two_who_decide_the_second_is_shown_what_stands(client_for: Client, database: Database) -> None:
    first, second = client_for("carol"), client_for("erin")
    version = version_in(second.get(f"/zone-changes/{VANCOUVER}/hour").get_data(as_text=True))
    assert first.post(f"/zone-changes/{VANCOUVER}/moment", data={"version": version}).status_code == 303
    late = second.post(f"/zone-changes/{VANCOUVER}/hour", data={"version": version})
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert "somebody has decided already" in page
    assert "11:00 in Vancouver" in page
    assert meeting_of(database)["at"] == PROMISED


def test_a_meeting_that_changed_meanwhile_is_shown_anew(client_for: Client, database: Database) -> None:
    client = client_for("carol")
    path = f"/zone-changes/{VANCOUVER}/hour"
    version = version_in(client.get(path).get_data(as_text=True))
    with database.system_session("something else of it", "write") as session:
        find_meeting(session, VANCOUVER).place = "Victoria"
        session.commit()
    late = client.post(path, data={"version": version})
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert "This meeting has changed since you opened this page." in page
    assert version_in(page) != version
    assert client.post(path, data={"version": version_in(page)}).status_code == 303


def test_a_doubled_hour_is_previewed_as_one_of_two(app: Flask, database: Database) -> None:
    with database.system_session("a doubled hour", "write") as session:
        add_promised(
            session, "UNC-2026-3", mechanism="M01", hours=0, time_zone="America/New_York", place="New York",
            starts_on=dt.date(2027, 11, 7), starts_time=dt.time(1, 30), ends_time=dt.time(1, 45),
        )  # fmt: skip
        session.commit()
    client = client_of(app, "carol")
    page = text(client, "/zone-changes")
    assert "show this hour twice that day" in page
    assert "Keep the first of the two hours" in page
    path = "/zone-changes/UNC-2026-3/hour"
    assert "The clocks show this hour twice that day." in text(client, path)
    preview = client.get(f"{path}?choice=later").get_data(as_text=True)
    assert "1 hour later than promised" in preview
    assert client.get(f"{path}?choice=never").status_code == 200
    assert client.post(path, data={"version": version_in(preview), "choice": "never"}).status_code == 422
    assert client.post(path, data={"version": version_in(preview)}).status_code == 422
    assert client.post(path, data={"version": version_in(preview), "choice": "later"}).status_code == 303
    assert meeting_of(database, "UNC-2026-3")["at"] == dt.datetime(2027, 11, 7, 6, 30, tzinfo=dt.UTC)
