"""The pages of plans: from a meeting, a draft or a mechanism to a date; what was typed stays; clocks everywhere."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.db import Database
from app.domain.cities import CITIES, city_named
from app.services import date_plans as service
from app.services.meetings import find_meeting
from app.services.slot_facts import gather
from app.web.plans.page import row_of, slot_alone
from app.web.plans.places import places_of
from config import Settings
from tests import world
from tests.conftest import client_of, make_app
from tests.services.test_date_plans import add_busy

REFERENCE = "UNC-2027-1"
TYPED = {
    "first_day": "2027-01-18",
    "last_day": "2027-01-29",
    "minutes": "3",
    "days_count": "1",
    "starts": "08:00",
    "ends": "18:00",
    "format": "in_person",
    "place": "Mexico City",
    "zone": "place",
    "required_parties": ["CA", "MX", "US"],
    "agenda_days": "0",
    "papers_days": "42",
}
ClientFor = Callable[[str | None], FlaskClient]


@pytest.fixture
def app(settings: Settings, sqlite_database: Database) -> Flask:
    """Return the app with a meeting that wants a date."""
    with sqlite_database.system_session("prepare a test", "write") as session:
        world.add_meeting(session, REFERENCE, mechanism="M01", starts_on=dt.date(2027, 1, 20), place="Mexico City")
        session.commit()
    return make_app(settings, sqlite_database)


@pytest.fixture
def client_for(app: Flask) -> ClientFor:
    """Return a function that gives a client signed in as a member of the cast."""
    return lambda key: client_of(app, key)


def begun(client: FlaskClient, path: str = f"/meetings/{REFERENCE}/dates") -> str:
    response = client.post(path, data={"submission_id": str(uuid.uuid4())})
    assert response.status_code == 303, response.text
    return str(response.location)


def saved(client: FlaskClient, address: str, version: str = "1", **changed: Any) -> Any:
    data = TYPED | {"submission_id": str(uuid.uuid4()), "version": version} | changed
    return client.post(f"{address}?lang=en", data=data)


def days_shown(page: str) -> list[str]:
    return re.findall(r'name="slot" value="([^"]+)"', page)


def test_from_a_meeting_to_its_new_date(client_for: ClientFor) -> None:
    ana = client_for("ana")
    assert "Find a date" in ana.get(f"/meetings/{REFERENCE}?lang=en").text
    address = begun(ana)
    assert begun(ana) == address  # one search for each side
    response = saved(ana, address)
    assert (response.status_code, response.location) == (303, f"{address}#slots")
    page = ana.get(f"{address}?lang=en").text
    shown = days_shown(page)
    assert set(shown) <= {f"2027-01-{day}T{hour:02d}:{minute:02d}" for day in (18, 19, 20, 21, 22, 25, 26, 27, 28, 29)
                          for hour in range(8, 16) for minute in (0, 15, 30, 45)}  # fmt: skip
    assert len({each[:10] for each in shown}) == len(shown) == 10
    # 18 January closes Washington: of all days the last.
    assert shown[-1].startswith("2027-01-18")
    assert "Washington is closed on Mon 18 Jan 2027: Martin Luther King Jr. Day" in page
    assert "9:00–12:00</b>" in page
    assert "10:00–13:00 Ottawa and Washington" in page
    picked = ana.get(f"{address}?lang=en&show=2027-01-21T09:00&slot=2027-01-26T09:00").text
    assert re.findall(r'name="slot" value="([^"]+)" checked', picked) == ["2027-01-26T09:00"]  # what was ticked stays
    assert re.search(r"Slot \d+, Thu 21 Jan 2027", picked)
    asked = ana.get(f"{address}/use?slot=2027-01-26T09:00&lang=en").text
    assert "Move the meeting to this date?" in asked
    assert "Mail goes out when you do this" in asked
    version = re.findall(r'name="version" value="(\d+)"', asked)[-1]
    used = ana.post(f"{address}/use", data={"slot": "2027-01-26T09:00", "version": version, "submission_id": "u-1"})
    assert (used.status_code, used.location) == (303, f"/meetings/{REFERENCE}")
    assert "26 January 2027" in ana.get(f"/meetings/{REFERENCE}?lang=en").text
    assert ana.get(address).status_code == 404  # the search ended with its date


@pytest.mark.parametrize("path", ["/mechanisms/un-coordination/dates", "/meetings/new"])
def test_from_a_mechanism_or_a_draft_to_the_drafts_date(client_for: ClientFor, path: str) -> None:
    benoit = client_for("benoit")
    if path == "/meetings/new":
        page = benoit.get("/meetings/new?mechanism=un-coordination").text
        assert 'value="dates"' in page
        typed = {"mechanism": "un-coordination", "title_en": "Coordination", "parties": ["CA", "US"],
                 "zone": "America/Toronto", "format": "virtual", "act": "dates"}  # fmt: skip
        address = str(benoit.post(path, data=typed | {"submission_id": "n-1"}).location)
    else:
        address = begun(benoit, path)
    page = benoit.get(f"{address}?lang=fr").text
    key = days_shown(page)[0]
    asked = benoit.get(f"{address}/use?slot={key}&lang=en").text
    assert "Use this date in the draft?" in asked
    assert "No mail goes out." in asked
    used = benoit.post(f"{address}/use", data={"slot": key, "version": "1", "submission_id": "u-1"})
    assert re.fullmatch(r"/drafts/[0-9a-f-]{36}", used.location)
    assert f'value="{key[:10]}"' in benoit.get(used.location).text


def test_what_was_typed_is_kept_beside_what_cannot_be(client_for: ClientFor) -> None:
    ana = client_for("ana")
    address = begun(ana)
    wrong: dict[str, Any] = {
        "first_day": "2027-03-01", "last_day": "2027-02-01", "minutes": "0", "days_count": "six", "place": "Atlantis",
        "required_parties": [], "name_MX_0": "Luis “Lucho” Pardo <b>", "need_MX_0": "should", "office_US-DOS": "must",
        "starts": "25:99",
    }  # fmt: skip
    page = saved(ana, address, **wrong)
    assert page.status_code == 422
    for text in (
        "Choose a time zone: this place is not among the cities known here.", "Luis “Lucho” Pardo &lt;b&gt;",
        'value="2027-02-01"', 'value="six"', 'value="Atlantis"', 'value="25:99"',
    ):  # fmt: skip
        assert text in page.text, text
    shaped = {"days_count": "2", "starts": "08:00", "zone": "America/Cancun"}
    page = saved(ana, address, **(wrong | shaped))
    assert page.status_code == 422
    for text in (
        "A meeting takes 30 minutes at least, and 24 hours a day at most.",
        "Choose one party at least that must attend.", 'value="Atlantis"', 'value="2027-02-01"',
    ):  # fmt: skip
        assert text in page.text, text
    assert re.search(r'id="office_US-DOS"[^>]*>.*?value="must" selected', page.text, re.DOTALL)
    race = saved(ana, address, version="9")
    assert race.status_code == 409
    assert saved(ana, address).status_code == 303


def test_where_nothing_works_it_says_who_keeps_it_and_what_to_loosen(app: Flask, client_for: ClientFor) -> None:
    ana = client_for("ana")
    address = begun(ana)
    saturday = {"first_day": "2027-01-23", "last_day": "2027-01-24"}
    saved(ana, address, **saturday)
    page = ana.get(f"{address}?lang=en").text
    assert "Nothing works." in page
    assert "Weekends are left out: look at them too." in page
    saved(ana, address, version="2", with_weekends="y", **saturday)
    assert len(days_shown(ana.get(address).text)) == 2
    database, diego = app.extensions["entente.database"], world.CAST["diego"]
    begins, ends = (dt.datetime(2027, 1, day, tzinfo=dt.UTC) for day in (10, 31))
    add_busy(database, begins, ends, person_id=diego.id)
    saved(ana, address, version="3", with_weekends="y", name_MX_0=diego.name, need_MX_0="must", **saturday)
    page = ana.get(f"{address}?lang=en").text
    for sentence in ("Nothing works.", f"{diego.name} is busy in 58 of 58.", f"{diego.name}, who must attend, is busy",
                     "Let those who are busy most be wished for, and not required."):  # fmt: skip
        assert sentence in page, sentence
    database.clock.forward(days=90)
    ana = client_for("ana")  # signed in anew
    assert "These days are past." in ana.get(f"{address}?lang=en").text
    assert ana.post(f"{address}/discard", data={"version": "4", "submission_id": "d-1"}).status_code == 303
    assert ana.get(address).status_code == 404


def test_a_slot_of_a_confirmed_meeting_wants_a_reason_and_one_who_may(app: Flask, client_for: ClientFor) -> None:
    with app.extensions["entente.database"].system_session("prepare a test", "write") as session:
        find_meeting(session, REFERENCE).state = "confirmed"
        session.commit()
    diego, ana = client_for("diego"), client_for("ana")
    address = begun(diego)
    assert "Your role does not move this meeting" in diego.get(f"{address}/use?slot=2027-01-26T09:00&lang=en").text
    asked = ana.get(f"{address}/use?slot=2027-01-26T09:00&lang=en").text
    version = re.findall(r'name="version" value="(\d+)"', asked)[-1]
    sent = {"slot": "2027-01-26T09:00", "version": version}
    refused = ana.post(f"{address}/use?lang=en", data=sent | {"reason": " ", "submission_id": "u-1"})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    stale = ana.post(f"{address}/use", data=sent | {"version": "99", "reason": "R", "submission_id": "u-2"})
    assert stale.status_code == 409
    held = ana.post(f"{address}/use", data=sent | {"reason": "Travel.", "hold_mails": "y", "submission_id": "u-3"})
    assert held.status_code == 303
    assert "mails are held" in ana.get(held.location, query_string={"lang": "en"}).text


def test_statements_of_the_page_do_not_grow(app: Flask, client_for: ClientFor) -> None:
    ana = client_for("ana")
    address = begun(ana)
    database = app.extensions["entente.database"]

    def counted() -> int:
        said: list[str] = []
        event.listen(database.engine, "before_cursor_execute", note := lambda *args: said.append(args[2]))
        assert ana.get(address).status_code == 200
        event.remove(database.engine, "before_cursor_execute", note)
        return sum(each.startswith("SELECT") for each in said)

    with database.system_session("prepare a test", "write") as session:
        world.add_meeting(session, "UNC-2027-2", mechanism="M01", starts_on=dt.date(2027, 2, 2))
        session.commit()
    few = counted()
    with database.system_session("prepare a test", "write") as session:
        for number in range(3, 23):
            day = dt.date(2027, 2, number)
            state = "held" if number % 2 else "proposed"
            world.add_meeting(session, f"UNC-2027-{number}", mechanism="M01", starts_on=day, state=state)
        session.commit()
    assert (counted(), few) == (few, few)
    assert few <= 15  # twelve, and three by which the viewer is known


# Minutes from UTC of each city, on Friday 12 and Monday 15 March, Friday 5 and Monday 8 November 2027: the United
# States change their clocks on 14 March and 7 November, and with them the cities on Mexico's border.
OFFSETS = {
    "Ottawa": (-300, -240, -240, -300),
    "Mexico City": (-360, -360, -360, -360),
    "Washington": (-300, -240, -240, -300),
    "Halifax": (-240, -180, -180, -240),
    "St. John’s": (-210, -150, -150, -210),
    "Regina": (-360, -360, -360, -360),
    "Cancún": (-300, -300, -300, -300),
    "Chihuahua": (-360, -360, -360, -360),
    "Ciudad Juárez": (-420, -360, -360, -420),
    "Hermosillo": (-420, -420, -420, -420),
    "Matamoros": (-360, -300, -300, -360),
    "Ojinaga": (-360, -300, -300, -360),
    "Tijuana": (-480, -420, -420, -480),
    "Mexicali": (-480, -420, -420, -480),
    "Phoenix": (-420, -420, -420, -420),
    "El Paso": (-420, -360, -360, -420),
    "Brownsville": (-360, -300, -300, -360),
    "San Diego": (-480, -420, -420, -480),
    "Honolulu": (-600, -600, -600, -600),
    "Geneva": (60, 60, 60, 60),
}
WEEKS = ("2027-03-12", "2027-03-15", "2027-11-05", "2027-11-08")


def test_march_and_november_in_all_cities(app: Flask, client_for: ClientFor) -> None:
    """10:00 where the meeting is held is said right in every capital, on either side of each change of clocks."""
    with app.test_request_context(), app.extensions["entente.database"].write_session(world.viewer("ana")) as session:
        found = service.find_plan(session, service.plan_of_meeting(session, REFERENCE).id)
        gathered = gather(session, found, {}).facts
        for name, offsets in OFFSETS.items():
            city = city_named(name)
            assert city is not None
            content = dataclasses.replace(found.content, place=name, zone=city.zone, minutes=60)
            there = dataclasses.replace(found, content=content)
            places, facts = places_of(there, {}, "en"), dataclasses.replace(gathered, zone=city.zone, minutes=60)
            for number, day in enumerate(WEEKS):
                slot = slot_alone(facts, there, f"{day}T10:00")
                assert slot is not None
                said = {name: each.hours for each in row_of(slot, 1, facts, places).times
                        for name in re.split(", | and ", each.cities)}  # fmt: skip
                for capital in ("Ottawa", "Mexico City", "Washington"):
                    minutes = (600 + OFFSETS[capital][number] - offsets[number]) % 1440
                    hour, minute = divmod(minutes, 60)
                    expected = f"{hour}:{minute:02d}–{(hour + 1) % 24}:{minute:02d}"
                    assert said[capital] == expected, (name, day, capital)
                assert said[name] == "10:00–11:00"
    assert {city.zone for city in CITIES if city.party == "MX"} >= {"America/Ciudad_Juarez", "America/Tijuana"}
    ana = client_for("ana")
    address = begun(ana)
    week = {"place": "Ciudad Juárez", "first_day": "2027-03-12", "last_day": "2027-03-15", "starts": "10:00",
            "ends": "13:00", "papers_days": "0"}  # fmt: skip
    assert saved(ana, address, **week).status_code == 303
    page = ana.get(f"{address}?lang=en").text
    friday, monday = (page.index(f'value="2027-03-{day}T10:00"') for day in (12, 15))
    friday_row = page[max(at for at in (0, monday) if at < friday) : friday]
    for text in ("11:00–14:00 Mexico City", "12:00–15:00 Ottawa and Washington"):
        assert text in friday_row
    assert '10:00–13:00</b> <span class="small">Ciudad Juárez and Mexico City</span>' in page  # on Monday
