"""The pages of events of others."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy import select

from app.models import Event
from tests import world

TYPED = {
    "title_en": "Forum on ports", "title_es": "", "title_fr": "Forum sur les ports", "first_day": "2027-05-03",
    "last_day": "2027-05-05", "place": "Geneva", "zone": "Europe/Zurich", "source": "ports.example", "is_attested": "y",
}  # fmt: skip


def row(database) -> Event:
    with database.system_session("look at events") as session:
        return session.execute(select(Event)).scalar_one()


def test_an_event_is_added_listed_to_all_who_read_the_register_changed_and_cancelled(client_for, database) -> None:
    form = client_for("ana").get("/events/new?lang=en").text
    assert "Everybody who reads the register sees it" in form
    assert client_for("ana").post("/events/new", data=TYPED).status_code == 303
    for key in ("benoit", "carol", "sam"):
        shown = client_for(key).get("/events?lang=en").text
        assert "Forum on ports" in shown
        assert "attested" in shown
        assert world.foreign_canaries(shown, world.CAST[key]) == set()
    for key in ("olga", "marta"):
        assert client_for(key).get("/events").status_code == 404
    found = row(database)
    where = f"/events/{found.id}"
    assert 'value="Geneva"' in client_for("carol").get(where).text
    assert client_for("carol").post(where, data=TYPED | {"place": "Bern", "version": "1"}).status_code == 303
    lost = client_for("ana").post(f"{where}?lang=en", data=TYPED | {"place": "Basel", "version": "1"})
    assert lost.status_code == 409
    assert "Basel" in lost.text
    assert "Bern" in lost.text
    assert client_for("ana").post(f"{where}/cancel", data={"version": "2"}).status_code == 303
    shown = client_for("benoit").get("/events?lang=en").text
    assert "<del>Forum on ports</del>" in shown


def test_what_was_typed_stays_beside_what_is_wrong(client_for, database) -> None:
    wrong = TYPED | {"title_en": "", "title_fr": "", "first_day": "2027-05-09", "source": ""}
    answer = client_for("ana").post("/events/new?lang=en", data=wrong)
    assert answer.status_code == 422
    assert 'value="Geneva"' in answer.text
    assert "Give the title in at least one language." in answer.text
    with database.system_session("look at events") as session:
        assert session.execute(select(Event)).all() == []


def test_the_catalogue_is_offered_and_copied_with_its_source(client_for, database) -> None:
    shown = client_for("ana").get("/events?lang=en").text
    assert "UN General Assembly, session 82: high-level week" in shown
    assert "computed" in shown
    assert re.search(r'name="key" value="unga-82"', shown)
    assert client_for("ana").post("/events/copy", data={"key": "unga-82"}).status_code == 303
    assert row(database).starts_on == dt.date(2027, 9, 20)
    assert 'name="key" value="unga-82"' not in client_for("carol").get("/events").text
    assert client_for("ana").post("/events/copy", data={"key": "nothing"}).status_code == 422
    assert "event:unga-82" in client_for("ana").get("/meetings/new").text
