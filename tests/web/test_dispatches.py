"""The banner before an act, the box that holds its mails, and the page of what is held and was sent."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select

from app.db import Database
from app.models import Dispatch, OutboxMessage, Person
from tests import world

REFERENCE = "UNC-2026-1"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Return a world with a confirmed meeting of three; what is asked here does not differ by engine."""
    with sqlite_database.system_session("make a meeting", "write") as session:
        world.add_meeting(
            session, REFERENCE, mechanism="M01", state="confirmed", answers=dict.fromkeys(world.THREE, "yes")
        )
        world.add_meeting(session, "UNC-2026-2", mechanism="M01", answers={"CA": "yes", "US": "yes"})
        world.add_meeting(session, "UNC-2026-3", mechanism="M01", answers={"CA": "yes"})
        session.commit()
    return sqlite_database


def words(client, path: str) -> str:
    response = client.get(f"{path}?lang=en")
    assert response.status_code == 200, path
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))).split())


def hidden(page: str, name: str, form: str = "") -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page[page.index(form) :])
    assert found, name
    return found[1]


def send(client, path: str, **values):
    """Fill the form of a page in and send it."""
    page = client.get(path).get_data(as_text=True)
    sent = {name: hidden(page, name, "<main") for name in ("csrf_token", "submission_id")}
    if 'name="version"' in page:
        sent["version"] = hidden(page, "version")
    return client.post(path, data=sent | values)


def post(client, page_at: str, path: str, **values):
    page = client.get(page_at).get_data(as_text=True)
    return client.post(path, data={name: hidden(page, name) for name in ("csrf_token", "submission_id")} | values)


def rows(database: Database):
    with database.system_session("look at the outbox") as session:
        return session.execute(select(OutboxMessage)).scalars().all()


@pytest.mark.parametrize(
    ("act", "said", "box"),
    [("postpone", "Mail goes out when you do this", True), ("cancel", "Mail goes out when you do this", True),
     ("hold", "No mail goes out.", False)],
)  # fmt: skip
def test_each_act_says_whether_mail_goes_out(database, client_for, clock, act, said, box):
    if act == "hold":
        clock.forward(days=30)
    page = client_for("ana").get(f"/meetings/{REFERENCE}/{act}?lang=en").get_data(True)
    assert said in page
    assert ('name="hold_mails"' in page) is box
    assert "@example.org" not in page


@pytest.mark.parametrize(
    ("reference", "key", "said"),
    [
        ("UNC-2026-2", "ana", "Mail goes out when you say yes: it is the last yes, and confirms the meeting"),
        ("UNC-2026-3", "ana", "No mail goes out."),
    ],
)
def test_an_answer_says_whether_it_is_the_last_yes(database, client_for, reference, key, said):
    assert said in words(client_for(key), f"/meetings/{reference}")


def test_mails_are_held_looked_at_and_sent(database, client_for, clock):
    ana, diego, carol = (client_for(key) for key in ("ana", "diego", "carol"))
    path = f"/meetings/{REFERENCE}/mails"
    assert "Your side has sent no mail about this meeting." in words(ana, path)
    response = send(ana, f"/meetings/{REFERENCE}/cancel", reason="The hall is flooded.", hold_mails="y")
    assert response.status_code == 303
    assert {row.held_at is None for row in rows(database)} == {False}
    shown = words(diego, path)
    assert "Held" in shown
    assert "Cancelada: " in shown  # as it will read, in the own language
    assert "CA" in shown
    assert "held by Ana Robles since" in shown
    assert f"Mails about {REFERENCE} are held since" in words(diego, "/")
    assert "Your side has sent no mail about this meeting." in words(carol, path)
    assert "are held" not in words(carol, "/")
    clock.forward(days=1, hours=1)
    ana, diego = client_for("ana"), client_for("diego")  # their sign-ins are over
    assert "have been held for more than a day" in words(ana, "/")
    assert post(diego, path, f"{path}/send").status_code == 303
    assert {row.held_at for row in rows(database)} == {None}
    assert "are held" not in words(ana, "/")
    assert "on their way" in words(ana, path)
    assert post(ana, f"/meetings/{REFERENCE}/reinstate", f"{path}/send").status_code == 422


def test_an_act_on_a_meeting_with_held_mails_warns(database, client_for):
    ana = client_for("ana")
    send(ana, f"/meetings/{REFERENCE}/postpone", reason="The chair is ill.", hold_mails="y")
    assert "Mails about this meeting are held since" in words(ana, f"/meetings/{REFERENCE}/cancel")
    assert "are held since" not in words(client_for("erin"), f"/meetings/{REFERENCE}/cancel")


def test_a_form_that_comes_back_keeps_the_tick(database, client_for):
    response = send(client_for("ana"), f"/meetings/{REFERENCE}/cancel", reason="", hold_mails="y")
    assert response.status_code == 422
    assert re.search(r'name="hold_mails" value="y" checked', response.get_data(as_text=True))
    assert rows(database) == []


def test_dropping_asks_first(database, client_for):
    ana = client_for("ana")
    send(ana, f"/meetings/{REFERENCE}/cancel", reason="The hall is flooded.", hold_mails="y")
    with database.system_session("look") as session:
        held = session.execute(select(Dispatch)).scalar_one()
    path = f"/mails/{held.id}/drop"
    assert "Nobody gets them" in words(ana, path)
    assert client_for("carol").get(path).status_code == 404
    assert post(ana, path, path).status_code == 303
    assert "dropped" in words(ana, f"/meetings/{REFERENCE}/mails")
    assert ana.get(path).status_code == 422


def test_the_profile_says_how_mails_come(database, client_for):
    diego = client_for("diego")
    page = diego.get("/profile?lang=en").get_data(as_text=True)
    assert "Urgent meetings are mailed at once even to who gets one mail a day." in page
    with database.system_session("look") as session:
        person = session.get_one(Person, world.CAST["diego"].id)
    given = {"name": person.name, "language": "es", "time_zone": person.time_zone, "theme": "auto",
             "reminder_mails": "digest"}  # fmt: skip
    assert send(diego, "/profile", **given, meeting_mails="hourly").status_code == 422
    assert send(diego, "/profile", **given, meeting_mails="never").status_code == 303
    with database.system_session("look") as session:
        assert session.get_one(Person, world.CAST["diego"].id).meeting_mails == "never"
    for key, has in (("sam", True), ("olga", False), ("marta", False)):
        assert ('name="meeting_mails"' in client_for(key).get("/profile").get_data(as_text=True)) is has
