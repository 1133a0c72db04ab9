"""The first page of each kind of person, and the two short pages about using the others."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.db import Database
from app.domain.visibility import person_key
from tests import world
from tests.conftest import CheckingClient, Clock

ClientFor = Callable[[str | None], CheckingClient]


def text_of(client: CheckingClient, path: str = "/") -> str:
    """Return a page's text as a person reads it: without marks, in one line."""
    response = client.get(path)
    assert response.status_code == 200, path
    without = re.sub(
        r"<(svg|head|footer|header).*?</\1>|<[^>]+>", " ", response.get_data(as_text=True), flags=re.DOTALL
    )
    return " ".join(without.replace("&#39;", "'").replace("\u00a0", " ").split())


@pytest.fixture
def kept(app: Flask) -> Database:
    """Return a database with a proposed meeting of the three, an owed action, and a meeting of two, all canaries."""
    database: Database = app.extensions["entente.database"]
    with database.system_session("what waits", "write") as session:
        proposed = world.add_meeting(
            session, "UNC-2026-1", mechanism="M01", answers={"MX": "yes"}, hosting={"MX": "host"}
        )
        world.add_action(session, "UNC-2026-1-A01", meeting=proposed, legs={"US": {"due_on": dt.date(2026, 11, 12)}})
        secret = {"en": world.canary("MXUS", "title"), "original": "en"}
        apart = world.add_meeting(
            session, "ADH-2026-MXUS-1", ("MX", "US"), title=secret, place=world.canary("MXUS", "place"),
            starts_on=dt.date(2026, 12, 2),
        )  # fmt: skip
        world.add_action(session, "ADH-2026-MXUS-1-A01", ("MX", "US"), meeting=apart, title=secret)
        session.commit()
    return database


@pytest.mark.parametrize("key", sorted(world.CAST))
@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_everybody_has_a_first_page(client_for: ClientFor, key: str, language: str) -> None:
    assert client_for(key).get(f"/?lang={language}").status_code == 200


def test_who_has_not_signed_in_is_sent_to_sign_in(client_for: ClientFor) -> None:
    response = client_for(None).get("/")
    assert (response.status_code, response.location) == (303, "/login")


def test_a_head_is_asked_for_the_answer(kept: Database, client_for: ClientFor) -> None:
    assert kept is not None
    page = text_of(client_for("carol"))
    for said in (
        "Sunday 22 November 2026 United States What needs me 4 matters wait for you.",
        "Thu 12 Nov 2026 10 days overdue Action that your party owes Action UNC-2026-1-A01",
        "Thu 10 Dec 2026 the day of the meeting 18 days left A meeting proposed to you: your party’s answer",
        "UNC-2026-1 · waits for CA US Answer",
        "Now in the capitals",
        "Ottawa 10:00 weekend Mexico City 9:00 weekend Washington 10:00 weekend",
        "0 of 2 held · to agree by 31 December 2026, 39 days left",
        "Thu 10 Dec 2026 10:00–13:00 Washington 10:00–13:00 New York United Nations and multilateral coordination",
        "UNC-2026-1 · host: Mexico",
    ):
        assert said in page
    assert page.index("10 days overdue") < page.index("18 days left")


def test_an_official_sees_who_it_waits_for(kept: Database, client_for: ClientFor) -> None:
    assert kept is not None
    page = text_of(client_for("benoit"), "/?lang=en")
    assert "A meeting proposed to you: it waits for your coordinator or head" in page
    assert "your party’s answer" not in page


@pytest.mark.parametrize("key", ["benoit", "isabelle", "sam", "olga", "marta"])
def test_nothing_of_others_waits_for_anybody(kept: Database, client_for: ClientFor, key: str) -> None:
    assert kept is not None
    page = client_for(key).get("/").get_data(as_text=True)
    assert "zzcanary" not in page
    assert "ADH-2026" not in page


def test_the_parties_see_their_own(kept: Database, client_for: ClientFor) -> None:
    assert kept is not None
    page = client_for("ana").get("/").get_data(as_text=True)
    assert page.count(world.canary("MXUS", "title")) >= 2
    assert 'href="/actions/ADH-2026-MXUS-1-A01"' in page
    assert 'href="/meetings/ADH-2026-MXUS-1"' in page


def test_an_empty_page_says_what_to_do_next(client_for: ClientFor) -> None:
    client = client_for("carol")
    page = text_of(client)
    assert "Nothing waits for you." in page
    assert "No meeting is set up." in page
    assert 'class="btn btn-primary" href="/meetings/new"' in client.get("/").get_data(as_text=True)


def test_an_administrator_is_led_to_the_people(kept: Database, client_for: ClientFor) -> None:
    assert kept is not None
    client = client_for("frank")
    page = text_of(client)
    assert "United States Accounts of your government" in page
    assert 'class="btn btn-primary" href="/people"' in client.get("/").get_data(as_text=True)
    for word in ("UNC-2026", "to agree", "Now in the capitals"):
        assert word not in page


def test_a_guest_sees_what_was_released(app: Flask, client_for: ClientFor) -> None:
    client = client_for("olga")
    assert "No meeting has been released to you." in text_of(client)
    database: Database = app.extensions["entente.database"]
    with database.system_session("release a meeting", "write") as session:
        world.add_meeting(session, "UNC-2026-1", mechanism="M01", extra_keys={person_key(world.CAST["olga"].id)})
        world.add_meeting(session, "UNC-2026-2", mechanism="M01")
        session.commit()
    page = text_of(client)
    assert "Meeting UNC-2026-1" in page
    for word in (
        "UNC-2026-2",
        "to agree",
        "Now in the capitals",
        "United Nations and multilateral coordination",
        "What needs me",
    ):
        assert word not in page


def test_a_secretariat_sees_what_it_serves(kept: Database, client_for: ClientFor) -> None:
    assert kept is not None
    page = text_of(client_for("sam"))
    waits = "A proposed meeting: it waits for answers United Nations and multilateral coordination"
    assert f"{waits} UNC-2026-1 · waits for CA US" in page
    served = (
        "Mechanisms that you serve United Nations and multilateral coordination North American Dialogue on Drug Policy"
    )
    assert f"{served} North American Defense Ministerial" in page


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (
            dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC),
            "Mexico City 9:00 working hours Washington 10:00 working hours",
        ),
        (
            dt.datetime(2026, 11, 23, 14, 30, tzinfo=dt.UTC),
            "Mexico City 8:30 early morning Washington 9:30 working hours",
        ),
        (dt.datetime(2026, 11, 23, 22, 30, tzinfo=dt.UTC), "Mexico City 16:30 working hours Washington 17:30 evening"),
        (dt.datetime(2026, 11, 24, 3, 30, tzinfo=dt.UTC), "Mexico City 21:30 evening Washington 22:30 night"),
        (
            dt.datetime(2026, 11, 26, 15, 0, tzinfo=dt.UTC),
            "Mexico City 9:00 working hours Washington 10:00 closed: Thanksgiving Day",
        ),
        (dt.datetime(2026, 11, 28, 15, 0, tzinfo=dt.UTC), "Mexico City 9:00 weekend Washington 10:00 weekend"),
    ],
)
def test_what_part_of_the_day_it_is_in_the_capitals(
    client_for: ClientFor, clock: Clock, at: dt.datetime, said: str
) -> None:
    clock.now = at
    assert said in text_of(client_for("carol"))


@pytest.mark.parametrize("key", ["carol", "olga", "marta", None])
@pytest.mark.parametrize("path", ["/accessibility", "/keyboard"])
def test_everybody_reads_the_two_short_pages(client_for: ClientFor, path: str, key: str | None) -> None:
    assert client_for(key).get(path).status_code == 200


def test_the_footer_leads_to_accessibility(client_for: ClientFor) -> None:
    assert 'href="/accessibility"' in client_for("carol").get("/").get_data(as_text=True)
    assert 'href="/keyboard"' in client_for(None).get("/accessibility").get_data(as_text=True)
