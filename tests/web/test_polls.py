"""The pages of polls: making one, answering it, the list, and who answers for whom."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.db import Database
from app.domain.meeting_content import MeetingContent
from app.models import Poll
from app.services.date_plans import plan_of_draft
from app.services.drafts import start_draft
from config import Settings
from tests import polling, world
from tests.conftest import CheckingClient, Clock, client_of, make_app
from tests.polling import seat_id, slot_id
from tests.subscribing import counted_statements

REFERENCE = "UNC-2027-P1"
ALL = ("CA", "MX", "US")
DEADLINE = {"closes_on": "2026-11-27", "closes_time": "12 h", "closes_zone": "America/Toronto"}


@pytest.fixture
def app(settings: Settings, sqlite_database: Database) -> Flask:
    """Return the app on a world in which nothing has been told."""
    return make_app(settings, sqlite_database)


@pytest.fixture
def polled(sqlite_database: Database, app: Flask) -> Flask:
    """Return the app with a poll of all three parties: two slots, two seats of Canada."""
    polling.with_poll(sqlite_database, REFERENCE, parties=ALL, seats={"CA": 2})
    return app


def english(app: Flask, key: str) -> CheckingClient:
    """Return a client of somebody who chose to read English."""
    client = client_of(app, key)
    client.get("/polls?lang=en")
    return client


def words_of(page: str) -> str:
    """Return the words of the main part of a page, in one line."""
    main = page.split("<main", 1)[1]
    without = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", main, flags=re.DOTALL)
    return " ".join(without.replace("\u00a0", " ").split())


def read(client: CheckingClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return words_of(response.get_data(as_text=True))


def send(client: CheckingClient, path: str, values: object, status: int = 303) -> str:
    response = client.post(path, data=values)
    assert response.status_code == status, (path, response.get_data(as_text=True)[-1500:])
    return response.get_data(as_text=True)


def answers(*values: str, seat: int = 0, party: str = "CA", version: int = 0, **more: str) -> dict[str, str]:
    """Return what the form sends: a value for each slot in its order."""
    said = {f"slot_{slot_id(REFERENCE, number)}": value for number, value in enumerate(values)}
    return {**said, "seat": str(seat_id(REFERENCE, party, seat)), "version": str(version), **more}


# One poll ------------------------------------------------------------------------------------------


def test_each_reads_the_slots_in_their_own_time(polled: Flask) -> None:
    client = english(polled, "benoit")
    page = read(client, f"/polls/{REFERENCE.lower()}")
    assert "Tue 2 Mar 2027 10:00–13:00 Ottawa, Washington and New York 9:00–12:00 Mexico City" in page
    assert (
        "The poll closes on Friday 27 November 2026, 10:00 in Ottawa, Washington and New York, 9:00 in Mexico" in page
    )
    assert "inside the working day everywhere" in page
    assert "0 of our 2 answered" in page
    own = client_of(polled, "ana").get(f"/polls/{REFERENCE}?lang=fr").get_data(as_text=True)
    assert re.search(
        r'<b class="slot-time">9 h à 12 h</b> <span class="small">Mexico</span>', own.replace("\u00a0", " ")
    )


def test_an_answer_is_sent_changed_and_shown_to_others_as_the_delegations(polled: Flask) -> None:
    benoit, carol = english(polled, "benoit"), english(polled, "carol")
    path = f"/polls/{REFERENCE}/answer"
    send(benoit, path, answers("yes", "no", note="We travel on Tuesday.", readers="own"))
    send(benoit, path, answers("yes", "if_need_be", seat=1, note="Mornings, please.", readers="all"))
    page = read(benoit, f"/polls/{REFERENCE}")
    assert "2 of our 2 answered" in page
    assert "We travel on Tuesday." in page
    theirs = read(carol, f"/polls/{REFERENCE}")
    assert "without Principal 1" in theirs
    assert "Mornings, please." in theirs
    assert "of our" not in theirs
    assert "We travel" not in theirs
    assert world.CAST["benoit"].name not in theirs
    # What was sent stays in a form that is refused, and of a lost race both are read.
    lost = words_of(send(benoit, path, answers("no", "no"), 409))
    assert "Tue 2 Mar 2027, 10:00–13:00 Ottawa differs no yes" in lost
    refused = send(benoit, path, answers("no", "yes", version=1, note="x" * 2001), 422)
    assert "x" * 2001 in refused
    assert re.search(rf'name="slot_{slot_id(REFERENCE, 0)}" value="no" checked', refused)
    send(benoit, path, answers("", "yes", version=1))
    assert "0. " not in read(benoit, f"/polls/{REFERENCE}?seat={seat_id(REFERENCE, 'CA')}&slot={uuid.UUID(int=3)}")


def test_after_the_deadline_an_answer_is_late(polled: Flask, clock: Clock) -> None:
    clock.forward(days=6)
    benoit = english(polled, "benoit")
    assert "The deadline has passed." in read(benoit, f"/polls/{REFERENCE}")
    send(benoit, f"/polls/{REFERENCE}/answer", answers("yes", "yes"))
    late = "Answers that came after the deadline, and count only where those who ask let them: CA Principal 1"
    assert late in read(english(polled, "ana"), f"/polls/{REFERENCE}")
    assert "waiting" in read(english(polled, "ana"), f"/polls/{REFERENCE}")


def test_a_hidden_poll_says_who_has_answered(polled: Flask, sqlite_database: Database) -> None:
    with sqlite_database.system_session("hide the answers", "write") as session:
        session.execute(select(Poll)).scalar_one().is_hidden = True
        session.commit()
    send(english(polled, "ana"), f"/polls/{REFERENCE}/answer", answers("no", "no", party="MX"))
    theirs = read(english(polled, "carol"), f"/polls/{REFERENCE}")
    assert "has answered" in theirs
    assert "The answers are hidden until the poll is closed" in theirs
    assert "without" not in theirs.replace("without hours", "")


def test_the_page_takes_as_many_statements_whatever_is_in_it(app: Flask, sqlite_database: Database) -> None:
    counts = {}
    for reference, slots, seats in (("UNC-2027-P1", 2, 1), ("UNC-2027-P2", 60, 12)):
        polling.with_poll(sqlite_database, reference, parties=ALL, slots=slots, seats=dict.fromkeys(ALL, seats))
        with sqlite_database.system_session("let some answer", "write") as session:
            for number in range(seats):
                polling.answer(session, reference, "benoit", dict.fromkeys(range(slots), "yes"), seat=number)
            session.commit()
        client = english(app, "benoit")
        with counted_statements(sqlite_database) as found:
            read(client, f"/polls/{reference}")
        counts[reference] = len(found)
    assert counts["UNC-2027-P1"] == counts["UNC-2027-P2"] <= 12


# The list ------------------------------------------------------------------------------------------


def test_the_list_has_what_waits_first(polled: Flask, sqlite_database: Database) -> None:
    polling.with_poll(sqlite_database, "UNC-2027-MXUS-P1")
    benoit, ana = english(polled, "benoit"), english(polled, "ana")
    waiting, rest = read(ana, "/polls").split("Other polls that are open")[0], read(benoit, "/polls")
    assert REFERENCE in waiting
    assert "UNC-2027-MXUS-P1" in waiting
    assert "MXUS" not in rest
    for seat in (0, 1):
        send(benoit, f"/polls/{REFERENCE}/answer", answers("yes", "yes", seat=seat))
    assert "No poll waits for your delegation. " in read(benoit, "/polls")
    with sqlite_database.system_session("withdraw it", "write") as session:
        for poll in session.execute(select(Poll).where(Poll.reference == REFERENCE)).scalars():
            poll.state, poll.ended_at, poll.reason = "withdrawn", world.NOW, "Nobody can."
        session.commit()
    assert "Over Polls that are over" in read(benoit, "/polls").replace(", the latest first", "")
    assert "Why it was withdrawn Nobody can." in read(benoit, f"/polls/{REFERENCE}")


# Who answers for whom ------------------------------------------------------------------------------


def test_who_answers_for_whom_is_a_page_of_ones_own(polled: Flask) -> None:
    isabelle, benoit = english(polled, "isabelle"), english(polled, "benoit")
    path, seat = f"/polls/{REFERENCE}/seats", seat_id(REFERENCE, "CA")
    assert "Your coordinator or head says who answers." in read(benoit, path)
    assert "Your role does not allow this." in send(benoit, path, {"name": "Our embassy"}, 422)
    send(isabelle, path, {"name": "Our embassy"})
    assert "Name each once." in send(isabelle, path, {"name": "our embassy"}, 422)
    send(isabelle, f"{path}/{seat}/proxy", {"person": str(world.CAST["isabelle"].id)})
    assert "It is answered by Isabelle" in read(benoit, f"/polls/{REFERENCE}?seat={seat}")
    refused = words_of(send(benoit, f"/polls/{REFERENCE}/answer", answers("yes", "yes"), 422))
    assert "Your coordinator named who answers here, and it is somebody else." in refused
    send(isabelle, f"{path}/{seat}/proxy", {"person": str(world.CAST["isabelle"].id), "act": "end"})
    send(benoit, f"/polls/{REFERENCE}/answer", answers("yes", "yes"))
    assert "Our embassy" not in read(english(polled, "ana"), f"/polls/{REFERENCE}")


def test_a_note_is_written_and_taken_back(polled: Flask) -> None:
    benoit = english(polled, "benoit")
    about = {"about": str(slot_id(REFERENCE, 0)), "note": "Shrove Tuesday.", "readers": "all"}
    send(benoit, f"/polls/{REFERENCE}/notes", about)
    page = english(polled, "carol").get(f"/polls/{REFERENCE}").get_data(as_text=True)
    assert "Shrove Tuesday." in page
    own = benoit.get(f"/polls/{REFERENCE}").get_data(as_text=True)
    (withdraw,) = set(re.findall(rf'action="(/polls/{REFERENCE}/notes/[^"]+/withdraw)"', own))
    send(english(polled, "carol"), withdraw, {}, 403)
    send(benoit, withdraw, {})
    assert "Shrove Tuesday." not in read(benoit, f"/polls/{REFERENCE}")
    send(benoit, f"/polls/{REFERENCE}/notes", {"note": " "}, 422)
    assert "y" * 2001 in send(benoit, f"/polls/{REFERENCE}/notes", {"note": "y" * 2001}, 422)


# Making one ----------------------------------------------------------------------------------------


@pytest.fixture
def plan_id(sqlite_database: Database) -> uuid.UUID:
    """Return a plan of Ana's, for a meeting of three hours of Mexico and the United States."""
    content = MeetingContent(
        mechanism="un-coordination", title={"en": "Spring meeting"}, parties=("MX", "US"), zone="America/New_York",
        place="New York", first_day=dt.date(2027, 1, 26), starts=dt.time(10), ends=dt.time(13),
    )  # fmt: skip
    with sqlite_database.write_session(world.viewer("ana")) as session:
        found = plan_of_draft(session, start_draft(session, content).id).id
        session.commit()
    return found


def form(*slots: str, **values: str | list[str]) -> MultiDict[str, str]:
    """Return what the form of a poll sends."""
    sent = MultiDict[str, str]([("slot", slot) for slot in slots])
    for name, value in {**DEADLINE, "required_parties": ["MX", "US"], **values}.items():
        sent.setlist(name, value if isinstance(value, list) else [value])
    return sent


def test_a_poll_is_made_from_the_chosen_slots(app: Flask, plan_id: uuid.UUID) -> None:
    ana = english(app, "ana")
    path = f"/plans/{plan_id}/poll"
    page = read(ana, f"{path}?slot=2027-01-26T10:00&slot=2027-02-04T10:00&slot=nonsense")
    assert "Tue 26 Jan 2027 10:00–13:00 New York" in page
    assert "United States: its coordinators and heads, by mail." in page
    seats = {"whole_MX": "none", "name_MX_0": "The Minister", "need_MX_0": "must", "office_US-DOS": "should"}
    made = ana.post(path, data=form("2027-01-26T10:00", "2027-02-04T10:00", note="Please answer.", **seats))
    assert made.location == "/polls/UNC-2027-MXUS-P1"
    shown = read(ana, made.location)
    assert "Please answer." in shown
    assert "Mexico The Minister US United States" in shown
    assert "Department of State if possible" in shown
    assert ana.get(path).status_code == 404
    assert english(app, "benoit").get(made.location).status_code == 404


TWO = ["2027-01-26T10:00", "2027-02-04T10:00"]
EVERY_HOUR = [f"2027-{n // 200 + 1:02}-{n // 10 % 20 + 1:02}T{n % 10 + 8:02}:00" for n in range(500)]
REFUSED: tuple[tuple[list[str], dict[str, str], str], ...] = (
    ([], {}, "Choose at least two slots"),
    (TWO[:1], {}, "One slot is no choice."),
    (EVERY_HOUR, {}, "A poll has 60 slots at most, and this would have 500."),
    (["2026-11-20T10:00", TWO[0]], {}, "A slot on 20 November 2026 has passed"),
    (TWO, {"closes_on": "soon"}, "Answers until"),
    (TWO, {"closes_on": "2027-03-01"}, "The first slot is before this deadline."),
    (TWO, {"closes_zone": "Mars"}, "On the clock of"),
    (["2027-11-26T10:00", "2027-11-29T10:00"], {"closes_on": "2027-11-07", "closes_time": "1:30"}, "the second time"),
    (["'; drop", TWO[0]], {}, "There is no such slot."),
    (TWO, {"office_US-NONE": "must"}, "This office is not one"),
)


def test_what_cannot_be_asked_comes_back_with_why(app: Flask, plan_id: uuid.UUID) -> None:
    ana = english(app, "ana")
    for slots, values, said in REFUSED:
        page = words_of(send(ana, f"/plans/{plan_id}/poll", form(*slots, note="Kept as typed", **values), 422))
        assert said in page
        assert "Nothing was saved" in page
        assert "Kept as typed" in page
    assert ana.post(f"/plans/{plan_id}/poll", data=form(TWO[0], asks_one="y")).status_code == 303
