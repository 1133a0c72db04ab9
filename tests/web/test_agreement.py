"""Agreeing a text on its pages: silence from its circulation to its end, signatures, what is refused and how."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask

from app.db import Database
from app.models import Meeting
from app.services.signatures import SignatureOrder, sign
from app.services.silence_ends import record_ends
from app.services.silence_receipts import receive
from app.services.silence_reports import SilenceReport, report_answer
from app.services.text_edits import open_text, save_wording
from app.services.texts import whole_text
from config import Settings
from tests import agreeing, world
from tests.agreeing import END, TEXT, acting, put_under_silence, shown, silence_of, text_of
from tests.conftest import CheckingClient, Clock, client_of, make_app

PAGE = f"/texts/{TEXT}"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    agreeing.prepare(sqlite_database)
    return sqlite_database


@pytest.fixture
def client_for(settings: Settings, database: Database) -> Callable[[str], CheckingClient]:
    app: Flask = make_app(settings, database)
    return lambda key: client_of(app, key)


def test_a_text_is_circulated_received_accepted_and_adopted(
    database: Database, client_for: Callable[[str], CheckingClient], clock: Clock
) -> None:
    ana = client_for("ana")
    page = ana.get(f"{PAGE}/silence/new").get_data(as_text=True)
    assert 'value="2026-11-25"' in page  # three days on, a Wednesday
    sent = {
        "until_on": "2026-11-24", "until_time": "17:00", "zone": "America/New_York", "hours": "24",
        "shown": shown(database), "version": text_of(database).version,
    }  # fmt: skip
    assert ana.post(f"{PAGE}/silence/new", data=sent).status_code == 303
    for key in ("benoit", "daniel"):
        client = client_for(key)
        client.get(f"{PAGE}?lang=en")
        assert "We have received it" in client.get(PAGE).get_data(as_text=True)
        assert client.post(f"{PAGE}/silence/receive").status_code == 303
    carol = client_for("carol")
    read = carol.get(PAGE).get_data(as_text=True)
    assert "Silence ends on Tuesday 24 November 2026, 17:00 New York" in read
    assert "16:00 Mexico City" in read
    assert "2 days" in read or "55 h" in read
    assert carol.post(f"{PAGE}/silence/accept", data={"shown": shown(database)}).status_code == 303
    clock.now = END + dt.timedelta(seconds=1)
    carol = client_for("carol")
    assert "is being written down" in carol.get(PAGE).get_data(as_text=True)
    clock.forward(minutes=1)
    record_ends(database)
    read = carol.get(PAGE).get_data(as_text=True)
    assert "UNC/2026/1" in read
    assert "Adopted under the silence procedure on Tuesday 24 November 2026, 17:00 Washington" in read


def test_an_end_that_needs_a_second_look_says_so_and_offers_another(
    database: Database, client_for: Callable[[str], CheckingClient]
) -> None:
    sent = {
        "until_on": "2026-11-26", "until_time": "6:00", "zone": "America/New_York", "hours": "24",
        "shown": shown(database), "version": "1",
    }  # fmt: skip
    carol = client_for("carol")
    response = carol.post(f"{PAGE}/silence/new", data=sent)
    read = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "Thanksgiving Day" in read
    assert "It is night then in Mexico City" in read
    assert "The next good instant: Friday 27 November 2026, 10:00 New York." in read
    assert 'value="2026-11-26"' in read
    assert "Press again to keep it" in read
    assert text_of(database).state == "draft"
    [advised] = re.findall(r'name="advised" value="([^"]+)"', read)
    later = {**sent, "until_time": "7:00", "advised": advised}
    assert carol.post(f"{PAGE}/silence/new", data=later).status_code == 422
    assert carol.post(f"{PAGE}/silence/new", data={**sent, "advised": advised}).status_code == 303


@pytest.mark.parametrize(
    ("until_on", "until_time", "said"),
    [
        ("2026-11-20", "17:00", "This moment has passed. A silence ends in the future."),
        ("2027-05-20", "17:00", "This is more than 90 days ahead."),
        ("tomorrow", "17:00", "2026-12-10"),
        ("2026-11-24", "late", "14:30"),
    ],
)
def test_an_end_that_is_none_is_refused_with_what_was_typed(
    database: Database, client_for: Callable[[str], CheckingClient], until_on: str, until_time: str, said: str
) -> None:
    sent = {
        "until_on": until_on, "until_time": until_time, "zone": "America/New_York", "hours": "72",
        "shown": shown(database), "version": "1",
    }  # fmt: skip
    response = client_for("carol").post(f"{PAGE}/silence/new", data=sent)
    assert response.status_code == 422
    assert said in response.get_data(as_text=True)
    assert text_of(database).state == "draft"


def test_a_party_that_takes_no_part_is_named(sqlite_database: Database, settings: Settings) -> None:
    agreeing.prepare(sqlite_database, opted_in=("CA", "US"))
    carol = client_of(make_app(settings, sqlite_database), "carol")
    read = carol.get(f"{PAGE}/silence/new").get_data(as_text=True)
    assert "These parties take no part in the silence procedure for this mechanism: Mexico." in read


def test_a_silence_is_broken_with_a_reason_that_all_read(
    database: Database, client_for: Callable[[str], CheckingClient]
) -> None:
    put_under_silence(database)
    isabelle = client_for("isabelle")
    refused = isabelle.post(f"{PAGE}/silence/break", data={"words": " "})
    assert refused.status_code == 422
    assert isabelle.post(f"{PAGE}/silence/break", data={"words": "Paragraph 2 goes too far."}).status_code == 303
    assert "Paragraph 2 goes too far." in client_for("daniel").get(PAGE).get_data(as_text=True)


def test_who_comes_too_late_is_told_and_keeps_what_was_typed(
    database: Database, client_for: Callable[[str], CheckingClient], clock: Clock
) -> None:
    put_under_silence(database)
    clock.now = END
    response = client_for("carol").post(f"{PAGE}/silence/break", data={"words": "Not paragraph 2."})
    read = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "This came too late: the silence is over." in read
    assert "Not paragraph 2." in read


def test_more_time_and_taking_it_back(database: Database, client_for: Callable[[str], CheckingClient]) -> None:
    version = put_under_silence(database).version
    ana = client_for("ana")
    sent = {"until_on": "2026-11-25", "until_time": "17:00", "version": version}
    assert ana.post(f"{PAGE}/silence/extend", data=sent).status_code == 303
    assert silence_of(database).ends_at == END + dt.timedelta(days=1)
    stale = ana.post(f"{PAGE}/silence/withdraw", data={"reason": "A slip.", "version": version})
    assert stale.status_code == 409
    now = silence_of(database).version
    assert ana.post(f"{PAGE}/silence/withdraw", data={"reason": "A slip.", "version": now}).status_code == 303
    assert "A slip." in client_for("carol").get(PAGE).get_data(as_text=True)


def test_a_reported_answer_is_entered_and_settled(
    database: Database, client_for: Callable[[str], CheckingClient]
) -> None:
    put_under_silence(database)
    sent = {"party": "CA", "kind": "objection", "channel": "telephone", "note": "The legal adviser, at 10:00."}
    assert client_for("erin").post(f"{PAGE}/silence/report", data=sent).status_code == 303
    assert "reported as an objection" in client_for("carol").get(PAGE).get_data(as_text=True)
    answer = agreeing.answers_of(database)[0]
    ruled = {"ruling": "no_objection", "note": "It was about another text.", "version": silence_of(database).version}
    address = f"{PAGE}/silence/answers/{answer.id}"
    refused = client_for("carol").post(address, data=ruled)
    assert refused.status_code == 422
    assert "Only the side that put this text under silence" in refused.get_data(as_text=True)
    assert client_for("ana").get(address).status_code == 200
    assert client_for("ana").post(address, data=ruled).status_code == 303
    assert silence_of(database).state == "running"


def test_signing_shows_the_content_and_takes_no_other(
    database: Database, client_for: Callable[[str], CheckingClient]
) -> None:
    before = shown(database)
    carol = client_for("carol")
    assert f"Content {before[:4]} {before[4:8]}, revision 1." in carol.get(f"{PAGE}/sign").get_data(as_text=True)

    def edit(session: object) -> None:
        text = open_text(session, TEXT)  # type: ignore[arg-type]
        first = whole_text(session, text).paragraphs[0]  # type: ignore[arg-type]
        save_wording(session, text, first.id, "en", "Another.", version=first.wordings["en"].version)  # type: ignore[arg-type]

    acting(database, "diego", edit)
    response = carol.post(f"{PAGE}/sign", data={"way": "signed", "shown": before})
    read, now = response.get_data(as_text=True), shown(database)
    assert response.status_code == 409
    assert f"You were shown content {before[:4]} {before[4:8]}; it is {now[:4]} {now[4:8]} now." in read
    assert agreeing.signatures_of(database) == []


def test_all_sign_and_it_is_adopted(database: Database, client_for: Callable[[str], CheckingClient]) -> None:
    for key in ("ana", "isabelle"):
        sent = {"way": "signed", "shown": shown(database)}
        assert client_for(key).post(f"{PAGE}/sign", data=sent).status_code == 303
    carol = client_for("carol")
    assert "Signed by 2 of 3." in carol.get(PAGE).get_data(as_text=True)
    sent = {"way": "ad_referendum", "confirm_by_on": "2026-11-30", "shown": shown(database)}
    assert carol.post(f"{PAGE}/sign", data={**sent, "confirm_by_on": ""}).status_code == 422
    assert carol.post(f"{PAGE}/sign", data=sent).status_code == 303
    assert "capital to confirm by Monday 30 November 2026" in carol.get(PAGE).get_data(as_text=True)
    assert client_for("erin").post(f"{PAGE}/confirm", data={"shown": shown(database)}).status_code == 303
    read = carol.get(PAGE).get_data(as_text=True)
    assert "Signed by all 3." in read
    assert "Begin a corrigendum" in read
    assert carol.post(f"{PAGE}/amend", data={"how": "corrects"}).location == "/texts/UNC-2026-1-T2"


def test_a_chairs_summary_names_its_chair_and_is_issued(settings: Settings, sqlite_database: Database) -> None:
    agreeing.prepare(sqlite_database, kind="chairs_summary")
    app = make_app(settings, sqlite_database)
    ana, carol = client_of(app, "ana"), client_of(app, "carol")
    version = text_of(sqlite_database).version
    assert carol.get(f"{PAGE}/adopt").status_code == 200
    assert carol.post(f"{PAGE}/terms", data={"chair_party": "", "version": version}).status_code == 422
    assert carol.post(f"{PAGE}/terms", data={"chair_party": "MX", "version": version}).status_code == 303
    assert carol.post(f"{PAGE}/terms", data={"chair_party": "US", "version": version}).status_code == 409
    assert ana.post(f"{PAGE}/sign", data={"way": "signed", "shown": shown(sqlite_database)}).status_code == 303
    assert carol.post(f"{PAGE}/adopt", data={"shown": shown(sqlite_database)}).status_code == 303
    assert text_of(sqlite_database).adopted_way == "chair"


def test_opting_in_and_out_on_the_page_of_the_mechanism(settings: Settings, sqlite_database: Database) -> None:
    agreeing.prepare(sqlite_database, opted_in=("CA",))
    app = make_app(settings, sqlite_database)
    carol = client_of(app, "carol")
    with sqlite_database.system_session("look") as session:
        code = world.mechanism_of(session, "M01").code
    page = f"/mechanisms/{code}"
    assert "Take part" in carol.get(page).get_data(as_text=True)
    assert client_of(app, "daniel").post(f"{page}/silence", data={"act": "begin"}).status_code == 403
    assert carol.post(f"{page}/silence", data={"act": "begin"}).status_code == 303
    assert "since Sunday 22 November 2026" in carol.get(page).get_data(as_text=True)
    assert carol.post(f"{page}/silence", data={"act": "end"}).status_code == 303
    assert "Take part" in carol.get(page).get_data(as_text=True)


def test_the_first_page_says_what_waits(database: Database, client_for: Callable[[str], CheckingClient]) -> None:
    put_under_silence(database, receivers=("CA",))
    assert "say that your delegation has received it" in client_for("daniel").get("/").get_data(as_text=True)
    acting(database, "daniel", lambda session: receive(session, TEXT))
    waits = "A silence ends on Tue 24 Nov 2026, 17:00"
    assert waits in client_for("carol").get("/").get_data(as_text=True)
    assert waits not in client_for("daniel").get("/").get_data(as_text=True)
    sent = SilenceReport("CA", "objection", "mail", "From its mission.")
    acting(database, "erin", lambda session: report_answer(session, TEXT, sent))
    assert "A reported answer holds an adoption" in client_for("sam").get("/").get_data(as_text=True)
    assert "A reported answer holds an adoption" not in client_for("carol").get("/").get_data(as_text=True)


def test_the_first_page_asks_for_a_signature_and_its_confirmation(
    database: Database, client_for: Callable[[str], CheckingClient]
) -> None:
    asks = "A text that another party has signed"
    assert asks not in client_for("carol").get("/").get_data(as_text=True)
    order = SignatureOrder(shown(database), "ad_referendum", dt.date(2026, 11, 30))
    acting(database, "isabelle", lambda session: sign(session, TEXT, order))
    assert asks in client_for("carol").get("/").get_data(as_text=True)
    read = client_for("adaeze").get("/").get_data(as_text=True)
    assert "Signed ad referendum: confirm it for your capital" in read
    assert asks not in read


def test_the_next_meeting_is_told_what_was_adopted_since_the_last(
    database: Database, client_for: Callable[[str], CheckingClient], clock: Clock
) -> None:
    with database.system_session("a later meeting", "write") as session:
        first = session.get_one(Meeting, world.identity("meeting", "UNC-2026-1"))
        first.state = "held"
        world.add_meeting(session, "UNC-2027-1", mechanism="M01", starts_on=dt.date(2027, 3, 10), state="confirmed")
        session.commit()
    clock.now = dt.datetime(2026, 12, 20, 15, tzinfo=dt.UTC)
    order = SignatureOrder(shown(database))
    for key in ("ana", "isabelle", "carol"):
        acting(database, key, partial(sign, reference=TEXT, order=order))
    read = client_for("carol").get("/meetings/UNC-2027-1").get_data(as_text=True)
    assert "Adopted since the last meeting" in read
    assert "UNC/2026/1" in read
    assert "Adopted since the last meeting" not in client_for("carol").get("/meetings/UNC-2026-1").get_data(
        as_text=True
    )
