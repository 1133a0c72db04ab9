"""The calendar's pages: what they show, what they say, and what they make of an address that means nothing."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.db import Database
from app.domain.visibility import person_key
from tests import world
from tests.conftest import CheckingClient, readable
from tests.web.test_drafts import form, saved, version_in
from tests.web.test_home import text_of
from tests.web.test_matrix import shown

ClientFor = Callable[[str | None], CheckingClient]
BREAKFAST = {"en": "Ministers’ breakfast", "fr": "Petit-déjeuner des ministres", "original": "fr"}


@pytest.fixture
def september(app: Flask) -> Database:
    """Return a database with the meetings of September 2027, one of them of two parties, full of canaries."""
    database: Database = app.extensions["entente.database"]
    with database.system_session("meetings of September", "write") as session:
        first = world.add_meeting(
            session, "UNC-2027-1", mechanism="M01", state="confirmed", starts_on=dt.date(2027, 9, 9),
            title={"en": "UN coordination", "fr": "Coordination ONU", "original": "en"},
        )  # fmt: skip
        world.add_meeting(
            session, "ADH-2027-CAMX-1", ("CA", "MX"), starts_on=dt.date(2027, 9, 28), title=BREAKFAST,
            starts_time=dt.time(8), ends_time=dt.time(9), time_zone="America/Mexico_City",
            place="Ciudad de México",
        )  # fmt: skip
        world.add_meeting(
            session, "NADD-2027-1", mechanism="M02", state="confirmed", starts_on=dt.date(2027, 9, 28),
            ends_on=dt.date(2027, 9, 30), title={"en": "Drug dialogue", "original": "en"},
        )  # fmt: skip
        secret = {"en": world.canary("MXUS", "title"), "original": "en"}
        world.add_meeting(
            session, "ADH-2027-MXUS-1", ("MX", "US"), title=secret, place=world.canary("MXUS", "place"),
            starts_on=dt.date(2027, 9, 9), extra_keys=set(),
        )  # fmt: skip
        world.add_meeting(
            session, "UNC-2027-2", mechanism="M01", state="cancelled", starts_on=dt.date(2027, 9, 14),
            title={"en": "Called off", "original": "en"},
        )  # fmt: skip
        world.add_action(session, "UNC-2027-1-A01", meeting=first, legs={"CA": {"due_on": dt.date(2027, 9, 15)}})
        session.commit()
    return database


# The views ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["month", "week", "list", "year"])
@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_each_view_in_each_language(client_for: ClientFor, september: Database, view: str, language: str) -> None:
    assert september is not None
    for key in ("ana", "benoit", "sam", "olga"):
        response = client_for(key).get(f"/calendar?view={view}&on=2027-09-28&lang={language}")
        assert response.status_code == 200, key


def test_a_month_as_its_reader_sees_it(client_for: ClientFor, september: Database) -> None:
    assert september is not None
    page = text_of(client_for("benoit"), "/calendar?view=month&on=2027-09&lang=en")
    for said in (
        "hours of Ottawa, America/Toronto",
        "September 2027",
        "Mexico City is 2 hours behind until 7 November. Dates of the General Assembly are computed, not confirmed.",
        "Week 35 30 Aug Monday 30 August 2027",
        "CA closed Labour Day",
        "Opening, 82nd session computed, not confirmed",
        "9 Thursday 9 September 2027 10:00 UN coordination UNC-2027-1 · New York",
        "Due Action UNC-2027-1-A01 UNC-2027-1-A01",
        "High-level week general debate from 21 September, computed, not confirmed, until Monday 27 September",
        "21 Tuesday 21 September 2027 High-level week, continued",
        "10:00 Drug dialogue NADD-2027-1 · New York, until Thursday 30 September",
        "10:00 Ministers’ breakfast ADH-2027-CAMX-1 · 8:00 Mexico City · proposed",
        "offices in Ottawa are closed, just after high-level week.",
        "Canada and Mexico also sit in NADD-2027-1 then",
    ):
        assert said in page
    assert "Called off" not in page
    assert "MXUS" not in page


def test_what_lasts_several_days_is_one_bar_with_one_name(client_for: ClientFor, september: Database) -> None:
    assert september is not None
    page = client_for("benoit").get("/calendar?on=2027-09&lang=en").get_data(as_text=True)
    table = page[page.index("<table") : page.index("</table>")]
    # The high-level week goes on into another row of the table, and is named again there.
    assert table.count("<b>High-level week</b>") == 2
    assert len(re.findall(r"ev--bar ev--from", table)) == 2
    assert len(re.findall(r"ev--bar ev--through", table)) == 7
    assert len(re.findall(r"ev--bar ev--until", table)) == 2
    assert table.count("</b> Drug dialogue") == 1


def test_each_day_has_a_heading_of_its_own(client_for: ClientFor, september: Database) -> None:
    assert september is not None
    page = client_for("ana").get("/calendar?on=2027-02&lang=en").get_data(as_text=True)
    headings = re.findall(r'<h3 class="d[^"]*"><time datetime="([^"]+)">', page)
    first = dt.date(2027, 2, 1)
    assert headings == [(first + dt.timedelta(days=number)).isoformat() for number in range(28)]


def test_the_mark_tells_a_proposed_meeting_from_a_confirmed_one(client_for: ClientFor, september: Database) -> None:
    assert september is not None
    page = client_for("carol").get("/calendar?view=week&on=2027-09-28&lang=en").get_data(as_text=True)
    assert '<a class="ev ev--bar ev--from" href="/meetings/NADD-2027-1">' in page
    page = client_for("ana").get("/calendar?view=week&on=2027-09-28&lang=en").get_data(as_text=True)
    assert '<a class="ev ev--tent" href="/meetings/ADH-2027-CAMX-1">' in page


def test_a_crowded_day_leads_to_its_list(client_for: ClientFor, september: Database) -> None:
    with september.system_session("a crowded day", "write") as session:
        for number in range(10, 18):
            world.add_meeting(session, f"UNC-2027-{number}", mechanism="M01", starts_on=dt.date(2027, 9, 21))
        session.commit()
    page = client_for("ana").get("/calendar?on=2027-09&lang=en").get_data(as_text=True)
    assert '<a class="ev ev--more" href="/calendar?view=list&amp;on=2027-09-21">3 more' in page


def test_a_year_has_twelve_months_and_a_table_of_its_meetings(client_for: ClientFor, september: Database) -> None:
    assert september is not None
    client = client_for("benoit")
    page = client.get("/calendar?view=year&on=2027&lang=en").get_data(as_text=True)
    assert page.count('<div class="smallmonth">') == 12
    assert re.findall(r'href="/meetings/([A-Z0-9-]+)"', page[page.index('id="meetings"') :])[:3] == [
        "UNC-2027-1", "ADH-2027-CAMX-1", "NADD-2027-1",
    ]  # fmt: skip
    assert "1 hour behind until 14 March, then 2 hours behind until 7 November, then 1 hour behind." in text_of(
        client, "/calendar?view=year&on=2027&lang=en"
    )


def test_a_list_goes_day_by_day(client_for: ClientFor, september: Database) -> None:
    assert september is not None
    page = text_of(client_for("benoit"), "/calendar?view=list&on=2027-09-25&lang=en")
    order = ["Saturday 25 September 2027 UN High-level week", "Tuesday 28 September 2027", "Thursday 30 September 2027"]
    assert [page.index(each) for each in order] == sorted(page.index(each) for each in order)


# Addresses ----------------------------------------------------------------------------------------


def links(client: CheckingClient, path: str) -> list[str]:
    """Return the addresses of a page's main part that lead to the calendar or to a new subscription."""
    page = client.get(path).get_data(as_text=True)
    main = page[page.index("<main") : page.index("</main>")].replace("&amp;", "&")
    return [each for each in re.findall(r'href="([^"]+)"', main) if each.startswith(("/calendar", "/subscriptions"))]


def test_the_address_keeps_what_is_asked_for(client_for: ClientFor, september: Database) -> None:
    assert september is not None
    kept = "show=meetings&closures=MX&mechanism=un-coordination&party=MX&level=ministers&cancelled=1"
    asked = kept.replace("&level=ministers", "")
    found = links(client_for("ana"), f"/calendar?view=month&on=2027-09&{asked}&lang=en")
    assert f"/calendar?view=month&on=2027-08&{asked}" in found
    assert f"/calendar?view=month&on=2027-10&{asked}" in found
    assert f"/calendar?view=month&on=2026-11&{asked}" in found
    assert f"/calendar?view=week&on=2027-09-01&{asked}" in found
    assert f"/calendar?view=year&on=2027&{asked}" in found
    assert "/subscriptions/new?closures=MX&mechanism=un-coordination&party=MX&cancelled=1" in found
    assert f"/calendar/print?{asked}" in found
    assert f"/calendar.pdf?{asked}" in found


def test_without_filters_the_addresses_are_short(client_for: ClientFor) -> None:
    found = links(client_for("ana"), "/calendar?on=2027-09")
    assert "/calendar?view=month&on=2027-10" in found
    assert "/subscriptions/new" in found


def test_what_is_asked_for_leads_to_a_subscription_of_the_same(client_for: ClientFor, september: Database) -> None:
    assert september is not None
    client = client_for("ana")
    for address in links(client, "/calendar?on=2027-09&mechanism=un-coordination&closures=MX&cancelled=1"):
        if address.startswith("/subscriptions"):
            assert client.get(address).status_code == 200


def test_cancelled_meetings_are_shown_where_they_are_asked_for(client_for: ClientFor, september: Database) -> None:
    assert september is not None
    page = client_for("ana").get("/calendar?on=2027-09&cancelled=1&lang=en").get_data(as_text=True)
    assert "<del>Called off</del>" in page


# Bad input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "said", "title"),
    [
        ("on=garbage", "This is not a date.", "November 2026"),
        ("on=2027-02-30", "This is not a date.", "November 2026"),
        ("on=0000-01-01", "Choose a year from 1950 to 2150.", "November 2026"),
        ("on=9999", "Choose a year from 1950 to 2150.", "November 2026"),
        ("view=decade&on=2027-09", "There is no such view.", "September 2027"),
        ("on=2027-09&mechanism=no-such", "There is no such mechanism that you can see.", "September 2027"),
        ("on=2027-09&party=QQ", "There is no such party.", "September 2027"),
        ("on=2027-09&level=gods", "There is no such level.", "September 2027"),
        ("on=2027-09&kind=duel", "There is no such kind of meeting.", "September 2027"),
        ("on=2027-09&closures=ZZ", "Closures are known of the capitals alone.", "September 2027"),
        ("on=2027-09&show=secrets", "there is no such thing in the calendar", "September 2027"),
        ("on=2027-09&filters=1", "Nothing was ticked, so everything is shown.", "September 2027"),
    ],
)
def test_what_means_nothing_is_told_and_the_rest_is_shown(
    client_for: ClientFor, september: Database, query: str, said: str, title: str
) -> None:
    assert september is not None
    page = text_of(client_for("ana"), f"/calendar?{query}&lang=en")
    assert said in page
    assert title in page
    if title == "September 2027":
        assert "UN coordination" in page
        assert "CA closed Labour Day" in page


@pytest.mark.parametrize("on", ["1950", "1950-01-01", "2150", "2150-12-31", "1999-12-31", "2061-01-01"])
@pytest.mark.parametrize("view", ["month", "week", "list", "year"])
def test_the_ends_of_the_calendar(client_for: ClientFor, view: str, on: str) -> None:
    assert client_for("ana").get(f"/calendar?view={view}&on={on}").status_code == 200


def test_a_filter_that_matches_nothing_says_so(client_for: ClientFor, september: Database) -> None:
    assert september is not None
    page = text_of(client_for("ana"), "/calendar?on=2027-09&show=meetings&mechanism=defence-ministerial&lang=en")
    assert "Nothing stands in the calendar on these days." in page


# Who sees what ------------------------------------------------------------------------------------


def test_a_meeting_of_others_is_nowhere(client_for: ClientFor, september: Database) -> None:
    """Canada's page is the same, save what each form is known by, with the meeting of the two others and without it."""
    client = client_for("isabelle")
    paths = [f"/calendar?view={view}&on=2027-09-09&lang=en" for view in ("month", "week", "list", "year")]
    paths += ["/calendar/print?days=366&lang=en"]
    before = [shown(client.get(path), path) for path in paths]
    with september.system_session("another one of theirs", "write") as session:
        world.add_meeting(
            session, "ADH-2027-MXUS-2", ("MX", "US"), starts_on=dt.date(2027, 9, 9), place="New York", state="confirmed"
        )
        session.commit()
    assert [shown(client.get(path), path) for path in paths] == before


def test_a_guest_sees_what_was_released_closures_and_the_united_nations(
    client_for: ClientFor, september: Database
) -> None:
    with september.system_session("released", "write") as session:
        world.add_meeting(
            session, "UNC-2027-9", mechanism="M01", state="confirmed", starts_on=dt.date(2027, 9, 10),
            title={"en": "For observers too", "original": "en"}, extra_keys={person_key(world.CAST["olga"].id)},
        )  # fmt: skip
        session.commit()
    page = text_of(client_for("olga"), "/calendar?on=2027-09&lang=en")
    for said in ("For observers too", "CA closed Labour Day", "High-level week"):
        assert said in page
    for unsaid in ("UN coordination", "Dates to agree", "Narrow the meetings", "Mechanism", "To agree by"):
        assert unsaid not in page


def test_an_administrator_has_no_calendar(client_for: ClientFor) -> None:
    for path in ("/calendar", "/calendar/print", "/calendar.pdf"):
        assert client_for("marta").get(path).status_code == 404
    assert "/calendar" not in client_for("marta").get("/").get_data(as_text=True)


# Before a meeting is proposed ---------------------------------------------------------------------


@pytest.fixture
def full_day(app: Flask) -> Database:
    """Return a database in which two and three parties meet in the morning of 16 September 2027 in Mexico City."""
    database: Database = app.extensions["entente.database"]
    with database.system_session("a full day", "write") as session:
        then: dict[str, Any] = {
            "starts_on": dt.date(2027, 9, 16), "time_zone": "America/Mexico_City", "place": "Torre de Tlatelolco",
        }  # fmt: skip
        world.add_meeting(session, "NADD-2027-1", mechanism="M02", **then)
        world.add_meeting(session, "ADH-2027-MXUS-1", ("MX", "US"), **then)
        session.commit()
    return database


def test_the_preview_of_a_proposal_warns_of_what_the_viewer_may_see(client_for: ClientFor, full_day: Database) -> None:
    assert full_day is not None
    typed = {"parties": ["CA", "MX"], "first_day": "2027-09-16", "starts": "10:00", "place": "torre de tlatelolco"}
    hosts = {"hosting_MX": "none", "title_en": "Talks", "title_es": ""}
    page = text_of(client_for("ana"), saved(client_for("ana"), **typed, **hosts) + "/preview?lang=en")
    for said in (
        "Mexico: offices in the capital are closed on Thursday 16 September 2027: Independence Day.",
        "Canada and Mexico also sit in NADD-2027-1 then, on Thursday 16 September 2027.",
        "NADD-2027-1 is in the same place then, on Thursday 16 September 2027: Torre de Tlatelolco.",
        "Mexico also sits in ADH-2027-MXUS-1 then",
    ):
        assert said in page
    canadas = text_of(client_for("isabelle"), saved(client_for("isabelle"), **typed, **hosts) + "/preview?lang=en")
    assert "also sit in NADD-2027-1 then" in canadas
    assert "MXUS" not in canadas
    assert "Propose" in page


def test_high_level_week_and_the_city_are_told_in_the_preview(client_for: ClientFor) -> None:
    typed = {
        "parties": ["CA", "MX"], "first_day": "2027-09-22", "last_day": "2027-09-23", "place": "New York",
        "zone": "America/New_York", "hosting_MX": "none",
    }  # fmt: skip
    page = text_of(client_for("ana"), saved(client_for("ana"), **typed) + "/preview?lang=en")
    assert "the high-level week of the General Assembly, 20–27 Sep 2027 (computed, not confirmed)." in page
    typed |= {"first_day": "2027-09-06", "last_day": ""}
    page = text_of(client_for("ana"), saved(client_for("ana"), **typed) + "/preview?lang=en")
    assert "United Nations Headquarters in New York is closed on Monday 6 September 2027" in page
    assert "United States: offices are closed where the meeting is, on Monday 6 September 2027: Labor Day." in page
    assert "Canada: offices in the capital are closed on Monday 6 September 2027: Labour Day." in page


@pytest.mark.parametrize(("key", "knows"), [("ana", True), ("isabelle", False)])
def test_the_page_of_a_meeting_warns_too(client_for: ClientFor, full_day: Database, key: str, knows: bool) -> None:
    assert full_day is not None
    page = text_of(client_for(key), "/meetings/NADD-2027-1?lang=en")
    assert "Worth a second look" in page
    assert "Mexico: offices in the capital are closed on Thursday 16 September 2027: Independence Day." in page
    assert ("Mexico and United States also sit in ADH-2027-MXUS-1 then" in page) == knows


def test_a_meeting_that_is_over_is_not_warned_of(client_for: ClientFor, full_day: Database) -> None:
    with full_day.system_session("over", "write") as session:
        world.add_meeting(session, "UNC-2026-1", mechanism="M01", starts_on=dt.date(2026, 11, 21), state="held")
        session.commit()
    assert "Worth a second look" not in text_of(client_for("ana"), "/meetings/UNC-2026-1?lang=en")


def test_changes_are_warned_of_where_the_time_or_the_place_changes(client_for: ClientFor, full_day: Database) -> None:
    assert full_day is not None
    client = client_for("ana")
    address = client.post("/meetings/NADD-2027-1/changes", data={"submission_id": str(uuid.uuid4())}).location
    unchanged = text_of(client, f"{address}/preview?lang=en")
    assert "Worth a second look" not in unchanged
    page = client.get(f"{address}?lang=en").get_data(as_text=True)
    typed = form(
        version=version_in(page), meeting_version="1", title_en="Meeting NADD-2027-1", title_es="", original="en",
        parties=["CA", "MX", "US"], hosting_MX="none", format="in_person", place="Torre de Tlatelolco",
        conference_url="", zone="America/Mexico_City", starts="11:00", ends="14:00", first_day="2027-09-16",
        last_day="2027-09-16", act="preview",
    )  # fmt: skip
    assert client.post(address, data=typed).status_code == 303
    moved = text_of(client, f"{address}/preview?lang=en")
    assert "Mexico and United States also sit in ADH-2027-MXUS-1 then" in moved
    assert "NADD-2027-1 then" not in moved


# On paper -----------------------------------------------------------------------------------------


def test_the_next_ninety_days_to_print(client_for: ClientFor, september: Database) -> None:
    assert september is not None
    page = text_of(client_for("benoit"), "/calendar/print?lang=en")
    for said in ("The next 90 days", "22 Nov 2026 – 19 Feb 2027", "CA closed Boxing Day", "0 of 2 agreed"):
        assert said in page
    longer = text_of(client_for("benoit"), "/calendar/print?days=366&lang=en")
    assert "10:00 UN coordination UNC-2027-1 · New York" in longer
    for days in ("0", "367", "-1", "x", "9999999999", ""):
        said = text_of(client_for("benoit"), f"/calendar/print?days={days}&lang=en")
        assert "A list is of 1 to 366 days. 90 are shown." in said
        assert "The next 90 days" in said


def test_the_list_as_a_tagged_paper(client_for: ClientFor, september: Database) -> None:
    assert september is not None
    response = client_for("benoit").get("/calendar.pdf?days=366&lang=en")
    assert response.mimetype == "application/pdf"
    assert 'filename="calendar-2026-11-22-en.pdf"' in response.headers["Content-Disposition"]
    body = response.get_data()
    assert b"/StructTreeRoot" in body
    said = " ".join(readable("application/pdf", body).split())
    for each in ("The next 366 days", "UN coordination", "hours of Ottawa, America/Toronto", "Labour Day"):
        assert each in said
    assert client_for("benoit").get("/calendar.pdf?days=366&lang=en").get_data() == body


# How much is read ---------------------------------------------------------------------------------


def test_the_page_takes_a_dozen_statements_at_most(client_for: ClientFor, september: Database) -> None:
    counted: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")) and "set_config" not in statement:
            counted.append(statement)

    client = client_for("ana")
    client.get("/calendar?on=2027-09")
    event.listen(september.engine, "before_cursor_execute", count)
    try:
        for path in ("/calendar?on=2027-09", "/calendar?view=year&on=2027", "/calendar/print?days=366"):
            counted.clear()
            assert client.get(path).status_code == 200
            assert len(counted) <= 12, counted
    finally:
        event.remove(september.engine, "before_cursor_execute", count)
