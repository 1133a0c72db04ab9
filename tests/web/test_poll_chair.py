"""The pages of those who run a poll: choosing in one step, the race, what a hidden poll keeps from everybody."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.db import Database, GuardedSession
from app.jobs.tasks import letterhead_of
from app.models import Meeting, OutboxMessage, Person, Poll, PollSlot
from app.services import outbox
from app.services.mails import compose
from config import Settings
from tests import polling, world
from tests.conftest import CheckingClient, Clock, client_of, make_app
from tests.subscribing import counted_statements

REF = "UNC-2027-MXUS-P1"
PAGE = f"/polls/{REF}"


@pytest.fixture
def app(settings: Settings, sqlite_database: Database) -> Flask:
    """Return the app with a poll of a meeting of Mexico's, which the head of the United States answered."""
    with sqlite_database.system_session("add a poll", "write") as session:
        title = {"en": "Spring meeting", "original": "en"}
        meeting = world.add_meeting(session, "UNC-2027-MXUS-7", ("MX", "US"), mechanism="M01", title=title)
        polling.add_poll(session, REF, slots=3, seats={"US": 2}, meeting_id=meeting.id)
        polling.answer(session, REF, "carol", {0: "yes", 1: "yes", 2: "no"})
        polling.answer(session, REF, "erin", {0: "yes", 1: "if_need_be", 2: "no"}, seat=1)
        in_english(session)
        session.commit()
    return make_app(settings, sqlite_database)


def in_english(session: GuardedSession) -> None:
    """Let everybody read English."""
    for person in session.scalars(select(Person)):
        person.language = "en"


def slot(number: int) -> str:
    return str(polling.slot_id(REF, number))


def sent(client: CheckingClient, path: str, **values: Any) -> TestResponse:
    """Send the form of a page with what it carries unseen."""
    page = client.get(path).get_data(as_text=True)
    hidden = dict(re.findall(r'<input type="hidden"[^>]* name="([a-z_]+)" value="([^"]*)"', page))
    return client.post(path, data={**hidden, **values})


def text(response: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", response.get_data(as_text=True)))


def test_the_page_says_what_happens_and_one_post_does_it(app: Flask, sqlite_database: Database) -> None:
    ana = client_of(app, "ana")
    said = text(ana.get(f"{PAGE}/choose?slot={slot(0)}"))
    assert "The meeting UNC-2027-MXUS-7 moves to this date." in said
    assert "These parties have said yes to it through a coordinator or head: Mexico and United States." in said
    assert "So it is confirmed at once." in said
    assert "are asked for their own yes: United States" in text(ana.get(f"{PAGE}/choose?slot={slot(1)}"))
    response = sent(ana, f"{PAGE}/choose?slot={slot(0)}")
    assert (response.status_code, response.location) == (303, "/meetings/UNC-2027-MXUS-7")
    with sqlite_database.read_session(world.viewer("carol")) as session:
        assert session.scalars(select(Meeting.state)).one() == "confirmed"
    over = text(ana.get(PAGE))
    assert "Hold for all" not in over
    assert "You run this poll" not in over


def test_a_confirmed_meeting_moves_for_a_reason_alone(app: Flask, sqlite_database: Database) -> None:
    with sqlite_database.system_session("confirm the meeting", "write") as session:
        session.scalars(select(Meeting)).one().state = "confirmed"
        session.commit()
    ana = client_of(app, "ana")
    path = f"{PAGE}/choose?slot={slot(0)}"
    refused = sent(ana, path, reason=" ")
    assert refused.status_code == 422
    with sqlite_database.read_session(world.viewer("ana")) as session:
        assert session.scalars(select(Poll.state).where(Poll.reference == REF)).one() == "open"
    assert sent(ana, path, reason="Chosen by all", hold_mails="y").status_code == 303
    with sqlite_database.system_session("look at the mails", "read") as session:
        rows = session.execute(select(OutboxMessage.kind, OutboxMessage.held_at)).all()
    about_meeting = [held_at for kind, held_at in rows if kind.startswith("meeting_")]
    assert about_meeting
    assert None not in about_meeting


def test_who_chooses_second_sees_both(app: Flask) -> None:
    ana, lucia = (client_of(app, key) for key in ("ana", "lucia"))
    first, second = (f"{PAGE}/choose?slot={slot(number)}" for number in (0, 1))
    page = lucia.get(second).get_data(as_text=True)
    hidden = dict(re.findall(r'<input type="hidden"[^>]* name="([a-z_]+)" value="([^"]*)"', page))
    assert sent(ana, first).status_code == 303
    response = lucia.post(second, data=hidden)
    assert response.status_code == 409
    said = text(response)
    assert "Tuesday 2 March 2027" in said
    assert "Wednesday 3 March 2027" in said


def test_what_would_happen_by_now_is_shown_before_it_happens(app: Flask, sqlite_database: Database) -> None:
    ana = client_of(app, "ana")
    path = f"{PAGE}/choose?slot={slot(1)}"
    page = ana.get(path).get_data(as_text=True)
    hidden = dict(re.findall(r'<input type="hidden"[^>]* name="([a-z_]+)" value="([^"]*)"', page))
    with sqlite_database.system_session("report for the second principal", "write") as session:
        slots = session.scalars(select(PollSlot.id)).all()
        meeting = session.scalars(select(Meeting)).one()
        meeting.place = "Elsewhere"
        assert len(slots) == 3
        session.commit()
    response = ana.post(path, data=hidden)
    assert response.status_code == 409
    assert "Something has changed since you opened this page" in text(response)


@pytest.mark.parametrize("act", ["extend", "close", "withdraw", "slots", "choose", "reopen"])
def test_only_the_makers_run_it(app: Flask, act: str) -> None:
    for key, status in (("carol", 403), ("benoit", 404), ("olga", 404), ("frank", 404)):
        response = client_of(app, key).get(f"{PAGE}/{act}?slot={slot(0)}")
        assert response.status_code == status, key


def test_slots_and_deadlines_from_forms(app: Flask, sqlite_database: Database) -> None:
    diego = client_of(app, "diego")
    assert sent(diego, f"{PAGE}/slots", day_1="2027-03-20").status_code == 422
    past = sent(diego, f"{PAGE}/slots", day_1="2026-03-20", time_1="10:00")
    assert "A slot on 20 March 2026 has passed" in text(past)
    assert sent(diego, f"{PAGE}/slots", day_1="2027-03-20", time_1="10:00", withdrawn=slot(2)).status_code == 303
    assert sent(diego, f"{PAGE}/extend", closes_on="2026-12-01", closes_time="17:30").status_code == 303
    assert sent(diego, f"{PAGE}/remind").status_code == 303
    stale = diego.post(f"{PAGE}/close", data={**_tokens(diego, f"{PAGE}/close"), "version": "1"})
    assert stale.status_code == 409
    assert sent(diego, f"{PAGE}/close").status_code == 303
    assert sent(diego, f"{PAGE}/reopen", closes_on="2026-12-02", closes_time="12:00").status_code == 303
    assert sent(diego, f"{PAGE}/withdraw").status_code == 422
    assert sent(diego, f"{PAGE}/withdraw", reason="No need any more.").status_code == 303
    with sqlite_database.read_session(world.viewer("carol")) as session:
        poll = session.scalars(select(Poll).where(Poll.reference == REF)).one()
        assert (poll.state, poll.reason) == ("withdrawn", "No need any more.")
        added = session.scalars(select(PollSlot).where(PollSlot.starts_on == dt.date(2027, 3, 20))).one()
        assert (added.ends_time, added.starts_at.hour) == (dt.time(13), 14)  # summer time has begun in New York


def _tokens(client: CheckingClient, path: str) -> dict[str, str]:
    page = client.get(path).get_data(as_text=True)
    return dict(re.findall(r'<input type="hidden"[^>]* name="([a-z_]+)" value="([^"]*)"', page))


def test_a_report_is_entered_with_its_paper_and_shown_as_reported(app: Flask) -> None:
    ana = client_of(app, "ana")
    seat = str(polling.seat_id(REF, "US", 1))
    assert sent(ana, f"{PAGE}/report", seat=seat, channel="mail").status_code == 422
    said = {f"slot_{slot(number)}": "yes" for number in range(3)}
    assert sent(ana, f"{PAGE}/report", seat=seat, channel="mail", note="From Erin", **said).status_code == 303
    assert "From Erin" in text(client_of(app, "carol").get(PAGE))


# Hidden polls -------------------------------------------------------------------------------------

HIDDEN = "UNC-2027-P1"
ACTS = ("", "/choose?slot=", "/slots", "/close", "/report")
OTHER_PAGES = ("/", "/polls", "/audit")


def hidden(database: Database, answers: Mapping[str, Mapping[int, str]]) -> None:
    """Add a hidden poll of the three, of Mexico's, in which these Canadians answered, each for a seat."""
    with database.system_session("add a hidden poll", "write") as session:
        polling.add_poll(session, HIDDEN, world.THREE, owner_party="MX", is_hidden=True, seats={"CA": 2})
        in_english(session)
        for seat, (key, values) in enumerate(answers.items()):
            polling.answer(session, HIDDEN, key, values, seat=seat)
        session.commit()


def every_word(database: Database, app: Flask, settings: Settings, key: str) -> str:
    """Return all that somebody can read of a hidden poll: its pages, refusals, the record and mails, without tokens."""
    client = client_of(app, key)
    first = polling.slot_id(HIDDEN, 0)
    paths = [f"/polls/{HIDDEN}{act}{first if act.endswith('=') else ''}" for act in ACTS]
    parts = [client.get(path).get_data(as_text=True) for path in (*paths, *OTHER_PAGES)]
    hidden_values = _tokens(client, f"/polls/{HIDDEN}")
    for act in ("remind", "choose"):
        posted = client.post(f"/polls/{HIDDEN}/{act}", data={**hidden_values, "slot": str(first), "promise": "x"})
        parts.append(posted.get_data(as_text=True))
    with database.system_session("read the mails") as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.recipient_id == world.CAST[key].id)).all()
    for row in rows:
        message = outbox.Claimed(row.id, row.kind, row.recipient_id, row.payload, row.created_at, 1)
        parts.append(str(compose(database, message, letterhead_of(settings)) or ""))
    return re.sub(r'value="[^"]{20,}"|[0-9a-f]{8}-[0-9a-f-]{27}|={15}[0-9]+==', "", "\n".join(parts))


def test_what_others_answer_in_a_hidden_poll_changes_no_word_that_anybody_reads(
    settings: Settings, make_database: Any, clock: Clock
) -> None:
    """Whatever Canada answers, and whoever of it, all that the makers read is the same until the poll is closed."""
    read = []
    for answers in (
        {"adaeze": {0: "no", 1: "if_need_be"}, "isabelle": {0: "no", 1: "yes"}},
        {"benoit": {0: "yes", 1: "yes"}, "adaeze": {0: "yes", 1: "yes"}},
    ):
        database = make_database("sqlite")
        hidden(database, answers)
        app = make_app(settings, database)
        read.append((every_word(database, app, settings, "ana"), app))
    assert read[0][0] == read[1][0]
    assert "has answered" in read[0][0], "that Canada has answered is said"
    clock.now = polling.CLOSES_AT
    after = [text(client_of(app, "ana").get(f"/polls/{HIDDEN}")) for _, app in read]
    assert "without Principal 1" in after[0]
    assert "without Principal 1" not in after[1]


def test_the_page_of_a_large_poll_takes_twelve_statements(settings: Settings, sqlite_database: Database) -> None:
    with sqlite_database.system_session("add a large poll", "write") as session:
        polling.add_poll(session, REF, slots=60, seats={"MX": 100, "US": 100})
        for number in range(0, 100, 10):
            polling.answer(session, REF, "carol", dict.fromkeys(range(60), "yes"), seat=number)
        session.commit()
    for key in ("ana", "daniel"):
        client = client_of(make_app(settings, sqlite_database), key)
        client.get(PAGE)
        with counted_statements(sqlite_database) as found:
            assert client.get(PAGE).status_code == 200
        assert len(found) <= 12, "\n".join(each[:60] + " ... " + each[each.find("FROM") :][:90] for each in found)
