"""The pages of meetings: what they say to whom, and what can be done from them."""

from __future__ import annotations

import datetime as dt
import difflib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, select

from app.db import Database
from app.domain.visibility import person_key
from app.models import Document, Meeting
from app.services.meetings import find_meeting
from tests import world
from tests.conftest import CheckingClient, Clock

Client = Callable[[str | None], CheckingClient]
REF = "UNC-2026-1"
PDF = b"%PDF-1.7\n1 0 obj\n"


def make(database: Database, parties: tuple[str, ...] = world.THREE, **values: Any) -> None:
    """Add the meeting that the tests look at, of M01."""
    reference = values.pop("reference", REF)
    with database.system_session("a meeting to look at", "write") as session:
        world.add_meeting(session, reference, parties, mechanism="M01", **values)
        session.commit()


def stored(database: Database, reference: str = REF) -> Meeting:
    """Return the meeting as it is kept."""
    with database.system_session("read back what was written") as session:
        return find_meeting(session, reference)


def text_of(client: CheckingClient, path: str) -> str:
    """Return a page without its markup, no-break spaces as plain ones."""
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    bare = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"[\s\u00a0]+", " ", bare)


def hidden(page: str, name: str, after: str = "") -> str:
    """Return the value of a hidden field, the first one after some text."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page[page.index(after) :])
    assert found, f"no field {name}"
    return found[1]


def answer(client: CheckingClient, value: str) -> Any:
    """Press one of the two buttons of a freshly opened page."""
    page = client.get(f"/meetings/{REF}").get_data(as_text=True)
    start = f'action="/meetings/{REF}/answer"'
    form = {"answer": value, "promise": hidden(page, "promise", start), "version": hidden(page, "version", start)}
    return client.post(f"/meetings/{REF}/answer", data=form)


def do(client: CheckingClient, act: str, **fields: str) -> Any:
    """Open the page of an act and send it."""
    page = client.get(f"/meetings/{REF}/{act}")
    assert page.status_code == 200
    return client.post(
        f"/meetings/{REF}/{act}", data={"version": hidden(page.get_data(as_text=True), "version"), **fields}
    )


# Reading ------------------------------------------------------------------------------------------


def test_the_promise_is_the_title_in_each_language(database: Database, client_for: Client) -> None:
    make(database)
    client = client_for("carol")
    for language, title in (
        ("en", "Thursday 10 December 2026, 10:00 in New York"),
        ("es", "jueves 10 de diciembre de 2026, 10:00"),
        ("fr", "jeudi 10 décembre 2026, 10 h"),
    ):
        page = client.get(f"/meetings/{REF}?lang={language}").get_data(as_text=True)
        heading = re.search(r"<h1>(.*?)</h1>", page)
        assert heading is not None
        assert heading[1].replace("\u00a0", " ").startswith(title)


def test_each_city_has_its_clock_and_the_readers_is_marked(database: Database, client_for: Client) -> None:
    make(database)
    page = client_for("diego").get(f"/meetings/{REF}?lang=en").get_data(as_text=True)
    cities = re.findall(r"<h3>([^<]*)</h3>\s*<span class=\"t\">([^<]*)</span>", page)
    assert cities == [
        ("New York", "10:00–13:00"),
        ("Ottawa", "10:00–13:00"),
        ("Mexico City", "9:00–12:00"),
        ("Washington", "10:00–13:00"),
    ]
    mexico = page[page.index("<h3>Mexico City</h3>") :].split("</div></div>", 1)[0]
    assert "your time" in mexico
    assert "time of the meeting" not in mexico
    assert "Mexico City is 1 hour behind New York, until 14 March 2027." in page
    assert "Promised as 10:00 America/New_York, zone data 2026" in page


def test_a_meeting_of_days_shows_no_hours(database: Database, client_for: Client) -> None:
    with database.system_session("a meeting of two days", "write") as session:
        meeting = world.add_meeting(session, REF, mechanism="M01", ends_on=dt.date(2026, 12, 11))
        session.refresh(meeting)
        meeting.starts_time = meeting.ends_time = None
        session.commit()
    page = client_for("carol").get(f"/meetings/{REF}").get_data(as_text=True)
    assert "<h1>Thursday 10 December 2026 to Friday 11 December 2026 in New York</h1>" in page
    assert 'class="clocks"' not in page


def difference(bodies: set[str]) -> str:
    """Return the lines in which pages differ."""
    first, *others = sorted(bodies)
    return "\n".join(
        line for other in others for line in difflib.unified_diff(first.splitlines(), other.splitlines(), n=0)
    )


def test_what_may_not_be_seen_answers_as_what_does_not_exist(database: Database, client_for: Client) -> None:
    make(database, ("MX", "US"), reference="UNC-2026-MXUS-1")
    for key in ("benoit", "sam", "olga"):
        client = client_for(key)
        calls = [(method, f"/{name}") for name in ("report", "cancel", "hold") for method in ("GET", "POST")]
        for method, suffix in (("GET", ""), ("POST", "/answer"), *calls):
            bodies = set()
            for reference in ("UNC-2026-MXUS-1", "UNC-2026-MXUS-9"):
                response = client.open(f"/meetings/{reference}{suffix}", method=method)
                assert response.status_code == 404, (key, method, suffix)
                bodies.add(response.get_data(as_text=True).replace(reference, "").replace("MXUS-1", ""))
            # What passes with time alone: the reader's clock, and the time in the token against forgery.
            passing = r'data-clock="\d+">[^<]*<|name="csrf_token" value="[^"]*"'
            stripped = {re.sub(passing, "", body) for body in bodies}
            assert len(stripped) == 1, difference(stripped)


def test_a_title_of_others_is_on_no_page_of_mine(database: Database, client_for: Client) -> None:
    title = {"en": world.canary("MXUS", "title"), "original": "en"}
    make(database, ("MX", "US"), reference="UNC-2026-MXUS-1", title=title, place=world.canary("MXUS", "place"))
    assert world.canary("MXUS", "title") in client_for("ana").get("/meetings").get_data(as_text=True)
    for key in ("benoit", "sam", "olga"):
        page = client_for(key).get("/meetings").get_data(as_text=True)
        assert "zzcanary" not in page
        assert "MXUS" not in page


def test_the_list_leads_with_the_readers_time(database: Database, client_for: Client) -> None:
    make(database)
    words = text_of(client_for("diego"), "/meetings?lang=en")
    assert "Thu 10 Dec 2026 9:00–12:00 Mexico City 10:00–13:00 New York" in words
    assert "Bold is your time, Mexico City." in words


def test_an_empty_list_says_what_to_do(database: Database, client_for: Client) -> None:
    assert "Set one up: it begins as a draft" in text_of(client_for("benoit"), "/meetings?lang=en")
    assert "There is no meeting that you can see." in text_of(client_for("olga"), "/meetings?lang=en")
    make(database)
    assert "No meeting answers to this." in text_of(client_for("benoit"), "/meetings?lang=en&state=closed")
    for page in ("0", "2", "x", "9" * 9):
        assert client_for("benoit").get(f"/meetings?page={page}").status_code == 404


def test_a_guest_sees_the_meetings_they_are_let_into_and_nothing_of_mechanisms(
    database: Database, client_for: Client
) -> None:
    make(database, extra_keys={person_key(world.CAST["olga"].id)})
    make(database, reference="UNC-2026-2")
    client = client_for("olga")
    page = client.get("/meetings").get_data(as_text=True)
    assert "UNC-2026-1" in page
    assert "UNC-2026-2" not in page
    assert 'name="mechanism"' not in page
    one = client.get(f"/meetings/{REF}").get_data(as_text=True)
    assert "/mechanisms" not in one
    assert 'method="post"' not in one.split("</header>")[1]
    assert client.get("/meetings/UNC-2026-2").status_code == 404


def test_administrators_have_no_meetings(database: Database, client_for: Client) -> None:
    make(database)
    assert client_for("marta").get("/meetings").status_code == 404
    assert client_for("marta").get(f"/meetings/{REF}").status_code == 404


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    """Count the statements that read or write rows, of all sessions."""
    counted: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not re.match(r"\s*(PRAGMA|BEGIN|SET |SELECT set_config|COMMIT|ROLLBACK)", statement, re.IGNORECASE):
            counted.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        yield counted
    finally:
        event.remove(database.engine, "before_cursor_execute", count)


def statements_of(database: Database, client: CheckingClient, path: str) -> int:
    """Return how many statements a page takes beyond finding out who asks."""
    with counting(database) as counted:
        assert client.get(path).status_code == 200
    identifies = ("sign_in_sessions", "appointment_members")
    return sum(1 for statement in counted if not any(table in statement for table in identifies))


def test_pages_take_as_many_statements_for_few_rows_as_for_many(database: Database, client_for: Client) -> None:
    for number, items in ((1, 3), (2, 60)):
        with database.system_session("an agenda", "write") as session:
            meeting = world.add_meeting(session, f"UNC-2026-{number}", mechanism="M01")
            for position in range(1, items + 1):
                world.add_item(session, meeting, position)
            session.commit()
    client = client_for("benoit")
    few, many = (statements_of(database, client, f"/meetings/UNC-2026-{number}") for number in (1, 2))
    assert few == many <= 15
    listed = statements_of(database, client, "/meetings")
    for number in range(3, 30):
        make(database, reference=f"UNC-2026-{number}")
    assert statements_of(database, client, "/meetings") == listed <= 12


@pytest.mark.parametrize("key", ["benoit", "sam"])
def test_a_page_with_actions_takes_few_statements_however_many_there_are(
    database: Database, client_for: Client, key: str
) -> None:
    with database.system_session("a meeting, and what is open since the last one", "write") as session:
        last = world.add_meeting(session, REF, mechanism="M01", starts_on=dt.date(2026, 6, 5), state="held")
        meeting = world.add_meeting(session, "UNC-2026-2", mechanism="M01")
        world.add_item(session, meeting, 1, kind="progress_since_last")
        for number in range(1, 4):
            world.add_action(session, f"UNC-2026-1-A{number:02d}", meeting=last)
            world.add_action(session, f"UNC-2026-2-A{number:02d}", meeting=meeting)
        session.commit()
    client = client_for(key)
    paths = ("/meetings/UNC-2026-2", "/mechanisms/un-coordination", "/actions/UNC-2026-2-A01")
    few = [statements_of(database, client, path) for path in paths]
    with database.system_session("many more of both", "write") as session:
        for reference in ("UNC-2026-1", "UNC-2026-2"):
            at = session.get_one(Meeting, world.identity("meeting", reference))
            for number in range(4, 40):
                world.add_action(session, f"{reference}-A{number:02d}", meeting=at)
        session.commit()
    page = client.get("/meetings/UNC-2026-2").get_data(as_text=True)
    assert "UNC-2026-1-A39" in page
    assert "UNC-2026-2-A39" in page
    assert [statements_of(database, client, path) for path in paths] == few
    assert max(few) <= 16  # fifteen, and the one that looks up the viewer's audiences


def test_one_can_take_the_meeting_to_ones_calendar(database: Database, client_for: Client) -> None:
    make(database, state="confirmed")
    client = client_for("benoit")
    page = client.get(f"/meetings/{REF}").get_data(as_text=True)
    assert f'class="btn btn-primary" href="/meetings/{REF}.ics"' in page
    calendar_file = client.get(f"/meetings/{REF}.ics")
    assert (calendar_file.status_code, calendar_file.mimetype) == (200, "text/calendar")


# Answering ----------------------------------------------------------------------------------------


def test_a_meeting_is_confirmed_by_its_parties_pressing_yes(database: Database, client_for: Client) -> None:
    make(database, answers={"CA": "yes"})
    response = answer(client_for("ana"), "yes")
    assert (response.status_code, response.location) == (303, f"/meetings/{REF}")
    assert stored(database).state == "proposed"
    carol = client_for("carol")
    assert answer(carol, "yes").status_code == 303
    assert stored(database).state == "confirmed"
    words = text_of(carol, f"/meetings/{REF}")
    assert "the meeting is confirmed" in words
    assert "Confirmed: every party said yes." in words
    assert "Answered yes" in words
    assert 'value="no"' not in carol.get(f"/meetings/{REF}").get_data(as_text=True)


def test_the_same_form_sent_twice_has_one_effect(database: Database, client_for: Client) -> None:
    make(database)
    client = client_for("ana")
    page = client.get(f"/meetings/{REF}").get_data(as_text=True)
    start = f'action="/meetings/{REF}/answer"'
    names = ("submission_id", "promise", "version")
    form = {"answer": "yes", **{name: hidden(page, name, start) for name in names}}
    assert [client.post(f"/meetings/{REF}/answer", data=form).status_code for _ in range(2)] == [303, 303]
    assert text_of(client, f"/meetings/{REF}?lang=en").count("Answered yes") == 1


def test_an_answer_to_what_no_longer_stands_shows_what_does(
    database: Database, client_for: Client, clock: Clock
) -> None:
    make(database)
    client = client_for("carol")
    page = client.get(f"/meetings/{REF}").get_data(as_text=True)
    start = f'action="/meetings/{REF}/answer"'
    form = {"answer": "yes", "promise": hidden(page, "promise", start), "version": hidden(page, "version", start)}
    clock.forward(minutes=1)
    response = do(client_for("ana"), "postpone", reason="Flood", first_day="2026-12-17", starts="9:00", ends="12:00")
    assert response.status_code == 303
    refused = client.post(f"/meetings/{REF}/answer", data=form)
    assert refused.status_code == 409
    shown = refused.get_data(as_text=True)
    assert "<h1>Thursday 17 December 2026, 9:00 in New York</h1>" in shown
    assert "This meeting has changed since you opened it." in shown
    assert next(row.answer for row in stored(database).parties if row.party_code == "US") is None


@pytest.mark.parametrize(
    "form", [{}, {"answer": "maybe", "promise": "x", "version": "1"}, {"answer": "yes", "promise": "x"}]
)
def test_an_answer_that_is_none_writes_nothing(database: Database, client_for: Client, form: dict[str, str]) -> None:
    make(database)
    assert client_for("ana").post(f"/meetings/{REF}/answer", data=form).status_code == 422
    assert {row.answer for row in stored(database).parties} == {None}


def test_officials_see_no_button_and_cannot_answer(database: Database, client_for: Client) -> None:
    make(database)
    client = client_for("benoit")
    assert "/answer" not in client.get(f"/meetings/{REF}").get_data(as_text=True)
    form = {"answer": "yes", "promise": "x", "version": "1"}
    assert client.post(f"/meetings/{REF}/answer", data=form).status_code == 403
    assert client.get(f"/meetings/{REF}/cancel").status_code == 403


def report(client: CheckingClient, paper: tuple[bytes, str] | None = (PDF, "nota.pdf"), **fields: str) -> Any:
    """Open the page of a reported answer and send it."""
    page = client.get(f"/meetings/{REF}/report").get_data(as_text=True)
    form: dict[str, Any] = {
        "party": "US", "answer": "yes", "channel": "note", "note": "Nota 12", "promise": hidden(page, "promise")
    } | fields  # fmt: skip
    if paper is not None:
        form["paper"] = (io.BytesIO(paper[0]), paper[1])
    return client.post(f"/meetings/{REF}/report", data=form, content_type="multipart/form-data")


def test_a_reported_answer_says_so_with_its_paper(database: Database, client_for: Client) -> None:
    make(database)
    assert report(client_for("diego")).status_code == 303
    own = text_of(client_for("ana"), f"/meetings/{REF}?lang=en")
    assert "reported, not confirmed “yes”, by note" in own
    assert "entered by Diego Salas (Mexico)" in own
    assert "Nota 12 nota.pdf" in own
    others = client_for("benoit")
    words = text_of(others, f"/meetings/{REF}?lang=en")
    assert "entered by Mexico" in words
    assert "Diego" not in words
    with database.system_session("find the paper") as session:
        paper = session.execute(select(Document.id)).scalar_one()
    assert others.get(f"/documents/{paper}").get_data() == PDF
    assert REF in others.get("/documents/files").get_data(as_text=True)


def test_a_refused_report_keeps_what_was_typed_and_writes_nothing(database: Database, client_for: Client) -> None:
    make(database)
    for paper, fields, words in (
        ((b"MZ\x90\x00", "nota.pdf"), {}, "Files of this kind cannot be attached."),
        (None, {"note": " "}, "Fill this in."),
        (None, {"party": "US"}, ""),
        (None, {"channel": ""}, "Choose one of these."),
    ):
        response = report(client_for("daniel"), paper, **({"party": "CA", "note": "Typed <b>here</b>"} | fields))
        assert response.status_code == 422, fields
        page = response.get_data(as_text=True)
        assert words in page
        if "note" not in fields:
            assert "Typed &lt;b&gt;here&lt;/b&gt;" in page
    assert {row.answer for row in stored(database).parties} == {None}
    with database.system_session("find no paper") as session:
        assert session.execute(select(Document.id)).all() == []


def test_the_own_party_is_not_offered_to_report_for(database: Database, client_for: Client) -> None:
    make(database, answers={"CA": "no"})
    page = client_for("diego").get(f"/meetings/{REF}/report").get_data(as_text=True)
    assert re.findall(r'name="party" value="([A-Z]+)"', page) == ["US"]


# The later life -----------------------------------------------------------------------------------


def test_postponed_the_first_date_and_the_reason_stay_on_the_page(database: Database, client_for: Client) -> None:
    make(database)
    ana = client_for("ana")
    asked = text_of(ana, f"/meetings/{REF}/postpone?lang=en")
    assert "Mail goes out when you do this" in asked
    told = "CA Canada : its coordinators and heads MX Mexico : 1 other coordinator or head US United States : its"
    assert told in asked
    assert "Joint secretariat: its members" in asked
    assert do(ana, "postpone", reason="The chair cannot travel.").status_code == 303
    page = client_for("carol").get(f"/meetings/{REF}").get_data(as_text=True)
    struck = "<del>Thursday 10 December 2026, 10:00 in New York</del>"
    assert f"{struck} postponed: The chair cannot travel." in page
    assert "<h1>Date to be agreed</h1>" in page
    assert 'class="clocks"' not in page
    words = text_of(client_for("carol"), "/meetings")
    assert "date to agree" in words
    assert do(client_for("erin"), "reinstate").status_code == 303
    assert "Reinstated for Thursday 10 December 2026" in text_of(ana, f"/meetings/{REF}?lang=en")
    assert stored(database).state == "proposed"


def test_a_reason_is_asked_for(database: Database, client_for: Client) -> None:
    make(database)
    for act in ("postpone", "cancel"):
        for reason in ("", "  \u200b "):
            response = do(client_for("erin"), act, reason=reason)
            assert response.status_code == 422
            assert "Give a reason. It stays in the record." in response.get_data(as_text=True)
    assert stored(database).state == "proposed"


def test_a_race_is_shown_to_its_loser(database: Database, client_for: Client, clock: Clock) -> None:
    make(database)
    carol = client_for("carol")
    version = hidden(carol.get(f"/meetings/{REF}/cancel").get_data(as_text=True), "version")
    clock.forward(minutes=1)
    assert answer(client_for("ana"), "no").status_code == 303
    lost = carol.post(f"/meetings/{REF}/cancel", data={"version": version, "reason": "Typed before"})
    assert lost.status_code == 409
    page = lost.get_data(as_text=True)
    assert "Typed before" in page
    assert stored(database).state == "proposed"
    again = carol.post(f"/meetings/{REF}/cancel", data={"version": hidden(page, "version"), "reason": "Typed before"})
    assert again.status_code == 303
    assert stored(database).state == "cancelled"


def test_held_then_closed(database: Database, client_for: Client, clock: Clock) -> None:
    make(database, state="confirmed", answers=dict.fromkeys(world.THREE, "yes"))
    early = client_for("ana")
    assert early.get(f"/meetings/{REF}/hold").status_code == 422
    assert f"/meetings/{REF}/hold" not in early.get(f"/meetings/{REF}").get_data(as_text=True)
    clock.now = dt.datetime(2026, 12, 10, 16, 0, tzinfo=dt.UTC)
    ana = client_for("ana")
    assert do(ana, "hold").status_code == 303
    assert do(ana, "close").status_code == 303
    assert stored(database).state == "closed"
    for act in ("cancel", "postpone", "hold", "close", "reinstate", "report"):
        assert ana.get(f"/meetings/{REF}/{act}").status_code == 422


def test_a_meeting_whose_date_has_passed_asks_for_another(database: Database, client_for: Client, clock: Clock) -> None:
    make(database, state="cancelled", reason="Elections")
    clock.now = dt.datetime(2026, 12, 11, 16, 0, tzinfo=dt.UTC)
    erin = client_for("erin")
    refused = do(erin, "reinstate")
    assert refused.status_code == 422
    assert "The date of this meeting has passed." in refused.get_data(as_text=True)
    assert do(erin, "reinstate", first_day="2027-03-14", starts="02:30", ends="09:00").status_code == 422
    assert do(erin, "reinstate", first_day="2027-01-20", starts="10:00", ends="13:00").status_code == 303
    page = client_for("ana").get(f"/meetings/{REF}?lang=en").get_data(as_text=True)
    assert "<h1>Wednesday 20 January 2027, 10:00 in New York</h1>" in page
    assert "<del>Thursday 10 December 2026, 10:00 in New York</del>" in page


def test_published_changes_are_told_field_by_field(database: Database, client_for: Client) -> None:
    make(database)
    with database.write_session(world.viewer("ana")) as session:
        meeting = find_meeting(session, REF)
        session.record(
            "meeting_changed", "meeting", meeting.id, meeting.audience_id,
            changes={
                "first_day": ["2026-12-10", "2026-12-17"], "starts": ["10:00", "09:30"], "place": ["", "<Ottawa>"],
                "parties": [["CA", "MX"], ["CA", "MX", "US"]], "hosting": [{}, {"CA": "host"}],
                "conference_url": ["digest", "digest"], "title": [{"en": "Old"}, {"en": "New"}],
            },
        )  # fmt: skip
        session.record("meeting_parties_added", "meeting", meeting.id, meeting.audience_id, parties=["US"])
        session.record("something_else", "meeting", meeting.id, meeting.audience_id)
        session.commit()
    page = client_for("diego").get(f"/meetings/{REF}?lang=en").get_data(as_text=True)
    for words in (
        "<del>Thu 10 Dec 2026</del> Thu 17 Dec 2026", "<del>10:00</del> 9:30", ": &lt;Ottawa&gt;", "<del>Old</del> New",
        "<del>Canada and Mexico</del> Canada, Mexico and United States", "Added to the parties: United States",
        "something_else",
    ):  # fmt: skip
        assert words in page
    assert "digest" not in page.split('id="history"')[1]
    assert "Ana Robles (Mexico)" in page
