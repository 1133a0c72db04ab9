"""The guests of a meeting by page; and what a guest meets anywhere: what was released, and not a word more."""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.models import Decision, Release
from config import Settings
from tests import story, world
from tests.conftest import CheckingClient, client_of, make_app, readable
from tests.services.test_releases import PAPER, released, withdrawn
from tests.subscribing import counted_statements, feed_of, subscribe
from tests.web.test_matrix import RULES, addresses, shown

ADDRESS = f"/meetings/{story.SHARED}"
GUESTS = f"{ADDRESS}/guests"
ALWAYS = {"zzcanary-CAMXUS-title", "zzcanary-CAMXUS-place", "zzcanary-CAMXUS-url"}


@pytest.fixture
def app(settings: Settings, told: Database) -> Flask:
    """Return the app on a database in which the story has been told."""
    return make_app(settings, told)


def olga_of(app: Flask) -> FlaskClient:
    """Return a client of the guest's that does not hold that a guest meets no canary at all."""
    app.test_client_class = FlaskClient
    client = app.test_client()
    app.test_client_class = CheckingClient
    token = world.sign_in_token(app.extensions["entente.database"], world.CAST["olga"])
    with client.session_transaction() as cookie:
        cookie["sign_in"] = token
    return client


def met(client: FlaskClient) -> dict[str, set[str]]:
    """Return the canaries that every page of every route gives the guest, by the page's address."""
    found = {}
    for path in sorted(_paths()):
        response = client.get(path)
        text = readable(response.mimetype or "", response.get_data())
        found[path] = set(re.findall(r"zzcanary-[A-Z]+-[a-z_]+", text))
    return found


def _paths() -> Iterator[str]:
    """Yield every address of the story; a rule without a sample fails the matrix's own test, and is left to it."""
    for rule in RULES:
        if "GET" in (rule.methods or ()):
            with contextlib.suppress(KeyError):
                yield from addresses(rule)


@pytest.mark.parametrize(
    ("release", "also"),
    [
        ({}, set()),
        ({"shows_agenda": True}, {"zzcanary-CAMXUS-item", "zzcanary-CAMXUS-prepared"}),
        ({"documents": (PAPER,)}, {"zzcanary-CAMXUS-file", "zzcanary-CAMXUS-content"}),
    ],
    ids=["the meeting", "its agenda", "a paper"],
)
def test_a_guest_meets_nothing_but_what_was_released(
    app: Flask, told: Database, release: dict[str, Any], also: set[str]
) -> None:
    """Every route, every address of the story: titles, places, papers of this meeting, and no other canary."""
    released(told, story.SHARED, **release)
    found = met(olga_of(app))
    everything = set().union(*found.values())
    assert everything == ALWAYS | also, {path: words for path, words in found.items() if words - ALWAYS - also}


def test_the_guests_page_tells_time_place_parties_and_no_act(app: Flask, told: Database) -> None:
    released(told, story.SHARED)
    text = olga_of(app).get(f"{ADDRESS}?lang=en").get_data(as_text=True)
    for word in ("10:00", "Canada", "Mexico", "United States", "Join by video", story.SHARED):
        assert word in text, word
    for word in ("Agenda", "Answers", "History", "Action", "Secretariat", "reported", "yes", '<form action="/meet'):
        assert word not in text.split("<main")[1].split("</main>")[0], word


def test_it_is_in_the_guests_list_on_the_first_page_and_in_the_feed(app: Flask, told: Database) -> None:
    made = subscribe(told, "olga")
    assert b"BEGIN:VEVENT" not in feed_of(told, made).body.body
    released(told, story.SHARED)
    client = olga_of(app)
    for path in ("/", "/meetings"):
        main = client.get(path).get_data(as_text=True).split("<main")[1]
        assert ADDRESS in main, path
        assert all(f">{code}<" in main for code in world.THREE), path
    assert client.get(f"{ADDRESS}.ics").status_code == 200
    body = feed_of(told, made).body.body.decode().replace("\r\n ", "")
    assert set(re.findall(r"zzcanary-[A-Z]+-[a-z_]+", body)) == ALWAYS
    withdrawn(told, story.SHARED, "isabelle")
    assert ADDRESS not in client.get("/").get_data(as_text=True)
    assert b"BEGIN:VEVENT" not in feed_of(told, made).body.body


def test_taken_back_it_is_as_if_it_had_never_been(app: Flask, told: Database) -> None:
    client = olga_of(app)
    before = shown(client.get(ADDRESS), ADDRESS)
    released(told, story.SHARED, shows_agenda=True, documents=(PAPER,))
    assert client.get(ADDRESS).status_code == 200
    assert client.get(f"/documents/{PAPER}").status_code == 200
    withdrawn(told, story.SHARED, "isabelle")
    assert shown(client.get(ADDRESS), ADDRESS) == before
    assert client.get(f"/documents/{PAPER}").status_code == 404


# The parties' side ---------------------------------------------------------------------------------


def test_it_is_asked_by_form_agreed_and_taken_back(app: Flask, told: Database) -> None:
    erin = client_of(app, "erin")
    form = {"email": "olga@example.org", "shows_agenda": "y", "documents": [PAPER], "note": "They come with two."}
    assert erin.post(GUESTS, data=form).status_code == 303
    text = erin.get(GUESTS).get_data(as_text=True)
    assert "Asked, not released" in text
    assert "Olga de Vries" in text
    for key in ("adaeze", "ana"):
        with told.read_session(world.viewer(key)) as session:
            decision = session.execute(select(Decision).where(Decision.kind == "release")).scalar_one()
        answer = {"answer": "yes", "version": str(decision.version)}
        assert client_of(app, key).post(f"/decisions/{decision.id}/answer", data=answer).status_code == 303
    adaeze = client_of(app, "adaeze")
    text = adaeze.get(GUESTS).get_data(as_text=True)
    assert ("Asked, not released" in text, "olga@example.org" in text) == (False, True)
    assert "Released to 1 guest." in adaeze.get(ADDRESS).get_data(as_text=True)
    with told.read_session(world.viewer("adaeze")) as session:
        row = session.execute(select(Release).where(Release.withdrawn_at.is_(None))).scalar_one()
    assert client_of(app, "benoit").post(f"{GUESTS}/{row.id}/withdraw").status_code == 403
    assert adaeze.post(f"{GUESTS}/{row.id}/withdraw").status_code == 303
    assert "released to nobody" in adaeze.get(GUESTS).get_data(as_text=True)


@pytest.mark.parametrize("email", ["carol@example.org", "nobody@example.org", "marta@example.org"])
def test_an_address_that_is_no_guests_is_answered_alike(app: Flask, email: str) -> None:
    response = client_of(app, "erin").post(GUESTS, data={"email": email, "note": "Kept as typed."})
    text = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "No guest’s account has this address. Ask the operator to add it." in text
    assert "Kept as typed." in text


def test_an_official_reads_who_the_guests_are_and_asks_for_none(app: Flask) -> None:
    daniel = client_of(app, "daniel")
    assert "Address of the guest" not in daniel.get(GUESTS).get_data(as_text=True)
    assert daniel.post(GUESTS, data={"email": "olga@example.org"}).status_code == 403
    assert client_of(app, "olga").get(GUESTS).status_code == 404
    assert client_of(app, "isabelle").get(f"/meetings/{story.HIDDEN}/guests").status_code == 404


def test_as_many_statements_for_many_guests_as_for_one(app: Flask, told: Database) -> None:
    released(told, story.SHARED)
    client = client_of(app, "erin")
    few = _statements(told, client, GUESTS)
    guest = olga_of(app)
    page, listed = _statements(told, guest, ADDRESS), _statements(told, guest, "/meetings")
    with told.system_session("add guests of a test", "write") as session:
        first = session.execute(select(Release).where(Release.withdrawn_at.is_(None))).scalar_one()
        for key in ("sam", "colin", "frank"):
            session.add(
                Release(
                    id=uuid.uuid4(), meeting_id=first.meeting_id, person_id=world.CAST[key].id,
                    released_at=world.NOW, audience_id=first.audience_id,
                )
            )  # fmt: skip
        session.commit()
    assert _statements(told, client, GUESTS) == few
    assert (_statements(told, guest, ADDRESS), _statements(told, guest, "/meetings")) == (page, listed)
    assert max(few, page, listed) <= 14  # with those that find out who asks


def _statements(database: Database, client: FlaskClient, address: str) -> int:
    with counted_statements(database) as found:
        assert client.get(address).status_code == 200
    return len(found)
