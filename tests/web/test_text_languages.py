"""The page of a text's languages: moved on by those who may, and refused in words that keep what was typed."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.db import Database, GuardedSession
from app.services.meetings import find_meeting
from app.services.text_making import TextOrder, make_text
from config import Settings
from tests import world
from tests.conftest import CheckingClient, client_of, make_app
from tests.services.test_text_languages import acting, states, written

REFERENCE = "UNC-2026-2-T1"
PAGE = f"/texts/{REFERENCE}/languages"


@pytest.fixture
def app(settings: Settings, sqlite_database: Database) -> Flask:
    """Return the app with a statement of one paragraph among the three."""
    with sqlite_database.system_session("make a meeting", "write") as session:
        world.add_meeting(session, "UNC-2026-2", mechanism="M01")
        session.commit()

    def make(session: GuardedSession) -> str:
        order = TextOrder(
            "joint_statement", {"en": "Statement"}, "en", meeting=find_meeting(session, "UNC-2026-2"),
            paragraphs=("The Governments {of parties} meet.",),
        )  # fmt: skip
        return make_text(session, order).reference

    assert acting(sqlite_database, "ana", make) == REFERENCE
    return make_app(settings, sqlite_database)


def page_of(client: CheckingClient, language: str = "en") -> str:
    response = client.get(f"{PAGE}?lang={language}")
    assert response.status_code == 200
    return str(response.get_data(as_text=True))


def sent(client: CheckingClient, address: str, values: dict[str, str], status: int) -> str:
    """Send the form of that address as the page showed it, with these values."""
    form = next(each for each in re.findall(r"<form.*?</form>", page_of(client), re.DOTALL) if address in each)
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
    response = client.post(address, data={**hidden, **values})
    assert response.status_code == status, response.get_data(as_text=True)[-800:]
    return str(response.get_data(as_text=True))


def test_a_translation_is_seen_through_from_what_it_lacks_to_its_clearing(
    app: Flask, sqlite_database: Database
) -> None:
    diego, ana = client_of(app, "diego"), client_of(app, "ana")
    assert "not translated yet" in page_of(diego)
    refused = sent(ana, f"{PAGE}/es", {"state": "cleared", "due_on": "2026-12-01"}, 422)
    assert "names: 1. Mend them first" in refused
    assert 'value="2026-12-01"' in refused  # what was typed is kept
    acting(sqlite_database, "diego", written("es", "Los Gobiernos {of parties} se reúnen.", REFERENCE))
    sent(ana, f"{PAGE}/es", {"state": "cleared", "due_on": ""}, 303)
    assert states(sqlite_database, REFERENCE)["es"] == ("cleared", True)
    acting(sqlite_database, "daniel", written("en", "The Governments {of parties} meet twice.", REFERENCE))
    assert "the original has changed since" in page_of(ana)
    paragraph = re.search(rf"{PAGE}/es/([0-9a-f-]+)/holds", page_of(ana))
    assert paragraph
    sent(ana, paragraph[0], {}, 303)
    assert "the original has changed since" not in page_of(ana)


@pytest.mark.parametrize(
    ("key", "address", "values", "status"),
    [
        ("ana", f"{PAGE}/es", {"state": "asleep"}, 422),
        ("ana", f"{PAGE}/es", {"state": "draft", "due_on": "the 3rd"}, 422),
        ("ana", f"{PAGE}/es", {"state": "draft", "version": "77"}, 409),
        ("ana", f"/texts/{REFERENCE}/names", {"name_order": "loudest"}, 422),
        ("ana", f"/texts/{REFERENCE}/names", {"name_order": "alternat", "version": "77"}, 409),
        ("ana", f"/texts/{REFERENCE}/names", {"name_order": "alternat"}, 303),
        ("ana", f"/texts/{REFERENCE}/translation", {}, 303),
    ],
)
def test_what_is_sent_is_held_to_the_rules(
    app: Flask, key: str, address: str, values: dict[str, str], status: int
) -> None:
    client = client_of(app, key)
    sent(client, address, values, status)
    if status == 303 and "translation" in address:
        assert "subject to translation" in page_of(client)


def test_each_language_shows_its_names_and_what_may_be_done(app: Flask) -> None:
    ana, diego = client_of(app, "ana"), client_of(app, "diego")
    page = page_of(ana, "fr")
    assert "le Canada, les États-Unis et le Mexique" in page
    assert "Canadá, los Estados Unidos y México" in page
    assert "/names" in page
    assert "/names" not in page_of(diego)  # an official orders no names
    assert 'value="cleared"' in page_of(ana)
    assert 'value="cleared"' not in page_of(diego)  # nor is offered what is refused
    assert client_of(app, "olga").get(PAGE).status_code in {403, 404}
    assert "Languages and names" in client_of(app, "benoit").get(f"/texts/{REFERENCE}?lang=en").get_data(as_text=True)
