"""The example to practise on: a whole meeting's life inside one delegation, which nobody else learns of."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from app.models import Action, AgendaItem, Decision, Meeting, MeetingParty, OutboxMessage
from tests import world
from tests.subscribing import feed_of, subscribe

NEW = {
    "mechanism": "example", "title_en": "First try", "title_es": "", "title_fr": "", "parties": ["CA", "MX", "US"],
    "hosting_CA": "none", "hosting_MX": "host", "hosting_US": "none", "format": "virtual", "place": "",
    "conference_url": "", "zone": "America/Mexico_City", "first_day": "2027-01-12", "last_day": "2027-01-12",
    "starts": "10:00", "ends": "12:00", "agenda": "template", "ordinal": "",
}  # fmt: skip


def version_in(page):
    return re.search(r'name="version" value="(\d+)"', page).group(1)


@pytest.fixture
def practise(client_for):
    """Return what proposes a meeting of the example for a member of the cast and gives its reference."""

    def run(key):
        client = client_for(key)
        draft = client.post("/meetings/new", data=NEW)
        assert draft.status_code == 303, draft.text
        address = re.match(r"/drafts/[0-9a-f-]+", draft.location).group()
        preview = client.get(f"{address}/preview")
        done = client.post(f"{address}/propose", data={"version": version_in(preview.text)})
        assert done.status_code == 303, done.text
        return re.search(r"EXA-2027-[A-Z]{2}-\d+", done.location).group()

    return run


def everything(database, model):
    with database.system_session("look at everything") as session:
        return list(session.execute(select(model)).scalars())


def test_an_official_practises_a_whole_meeting_alone(practise, client_for, database):
    reference = practise("diego")
    assert reference == "EXA-2027-MX-1"
    (meeting,) = everything(database, Meeting)
    assert meeting.state == "confirmed"
    assert {row.answer for row in everything(database, MeetingParty)} == {"yes"}
    assert len(everything(database, AgendaItem)) > 3
    page = client_for("diego").get(f"/meetings/{reference}?lang=en").text
    assert "example" in page.lower()
    assert everything(database, OutboxMessage) == []


def test_nobody_else_learns_of_it(practise, client_for):
    reference = practise("diego")
    sees = [key for key in world.CAST if client_for(key).get(f"/meetings/{reference}").status_code == 200]
    assert sees == ["ana", "diego", "lucia"]


def test_each_delegation_counts_by_itself(practise):
    assert [practise(key) for key in ("diego", "carol", "ana", "benoit")] == [
        "EXA-2027-MX-1", "EXA-2027-US-1", "EXA-2027-MX-2", "EXA-2027-CA-1",
    ]  # fmt: skip


def test_no_list_calendar_feed_or_first_page_has_it(practise, client_for, database):
    reference = practise("diego")
    client = client_for("diego")
    for address in ("/", "/meetings", "/calendar?view=month&on=2027-01", "/mechanisms"):
        page = client.get(f"{address}{'&' if '?' in address else '?'}lang=en")
        assert page.status_code == 200
        assert reference not in page.text, address
        assert "First try" not in page.text, address
    assert reference.encode() not in feed_of(database, subscribe(database, "diego")).body.body
    assert reference in client.get("/mechanisms/example?lang=en").text


def test_an_action_of_it_stays_inside(practise, client_for, database):
    reference = practise("diego")
    typed = {
        "title_en": "Paint the lights", "title_es": "", "title_fr": "", "part_CA": "owes", "part_MX": "owes",
        "part_US": "owes",
    }  # fmt: skip
    done = client_for("diego").post(f"/meetings/{reference}/actions/new", data=typed)
    if done.status_code == 404:
        done = client_for("diego").post(f"/actions/new?meeting={reference}", data=typed | {"meeting": reference})
    assert done.status_code == 303, done.text
    (action,) = everything(database, Action)
    sees = [key for key in world.CAST if client_for(key).get(f"/actions/{action.reference}").status_code == 200]
    assert sees == ["ana", "diego", "lucia"]
    assert everything(database, OutboxMessage) == []


def test_nothing_about_it_is_put_to_other_parties(client_for, database):
    page = client_for("ana").get("/mechanisms/example?lang=en").text
    assert "This is an example" in page
    with database.system_session("count") as session:
        assert session.execute(select(func.count()).select_from(Decision)).scalar_one() == 0


def test_moved_it_is_agreed_at_once_again(practise, client_for, database):
    reference = practise("ana")
    client = client_for("ana")
    page = client.get(f"/meetings/{reference}").text
    done = client.post(
        f"/meetings/{reference}/postpone",
        data={"version": version_in(client.get(f"/meetings/{reference}/postpone").text), "reason": "Fog",
              "first_day": "2027-01-19", "last_day": "2027-01-19", "starts": "10:00", "ends": "12:00",
              "zone": "America/Mexico_City"},
    )  # fmt: skip
    assert page
    assert done.status_code == 303, done.text
    (meeting,) = everything(database, Meeting)
    assert (meeting.state, meeting.starts_on.isoformat(), meeting.sequence) == ("confirmed", "2027-01-19", 1)
    assert everything(database, OutboxMessage) == []


def test_the_example_is_loaded_once(database):
    from app.catalogue import load_shipped
    from app.services.catalogue import load_catalogue

    assert load_catalogue(database, load_shipped()).added == []
