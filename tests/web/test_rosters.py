"""The pages of a roster: proposed and approved by buttons and forms, pasted, ordered, marked on a phone, taken away."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import docx
import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from app.db import Database
from app.domain.visibility import person_key
from app.models import OutboxMessage, RosterAttendance, RosterEntry
from config import Settings
from tests import story, world
from tests.conftest import CheckingClient, Clock, client_of, make_app
from tests.subscribing import counted_statements

REF = "UNC-2026-5"
PAGE = f"/meetings/{REF}/roster"
TYPED = {"name": "Teresa Urrutia", "role": "head", "mode": "remote", "title": "Directora"}


@pytest.fixture
def app(settings: Settings, sqlite_database: Database) -> Flask:
    """Return the app on a database with a meeting of the three, shown to a guest."""
    with sqlite_database.system_session("convene a meeting of the tests", "write") as session:
        guest = person_key(world.CAST["olga"].id)
        world.add_meeting(session, REF, mechanism="M01", hosting={"MX": "host"}, extra_keys={guest})
        session.commit()
    return make_app(settings, sqlite_database)


def rows(database: Database) -> list[RosterEntry]:
    with database.system_session("read a roster") as session:
        return list(session.execute(select(RosterEntry).order_by(RosterEntry.proposed_at, RosterEntry.name)).scalars())


def act(client: CheckingClient, row: RosterEntry, verb: str, **data: Any) -> int:
    return client.post(f"{PAGE}/{row.id}/{verb}", data={"version": row.version, **data}).status_code


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_somebody_is_proposed_approved_withdrawn_and_put_back(app: Flask, sqlite_database: Database) -> None:
    diego, ana, benoit = (client_of(app, key) for key in ("diego", "ana", "benoit"))
    sent = TYPED | {"submission_id": str(uuid.uuid4()), "email": "tere@example.org", "name": "Teresa <b>Urrutia</b>"}
    answered = [diego.post(f"{PAGE}/new", data=sent) for _ in range(2)]
    assert [each.status_code for each in answered] == [303, 303]
    (row,) = rows(sqlite_database)
    assert (row.state, row.name) == ("proposed", "Teresa <b>Urrutia</b>")
    assert "Teresa &lt;b&gt;Urrutia&lt;/b&gt;" in ana.get(PAGE).text
    assert "Teresa" not in benoit.get(PAGE).text
    assert "Approve" not in diego.get(f"{PAGE}?lang=en").text
    assert "1 person of your delegation waits for approval." in ana.get(f"/meetings/{REF}?lang=en").text

    assert "Mail goes out when you approve" in ana.get(f"{PAGE}/{row.id}?lang=en").text
    assert act(diego, row, "approve") == 403
    assert act(ana, row, "approve", version=row.version + 1) == 409
    assert act(ana, row, "approve", hold_mails="y") == 303
    with sqlite_database.system_session("read who is told") as session:
        (mail,) = session.execute(select(OutboxMessage)).scalars()
        assert (mail.kind, mail.entry_id, mail.held_at) == ("roster_joined", row.id, world.NOW)
    page = benoit.get(f"{PAGE}?lang=en").text
    assert "Teresa &lt;b&gt;" in page
    assert "tere@example.org" not in page
    assert act(benoit, rows(sqlite_database)[0], "withdraw") == 404
    assert act(ana, rows(sqlite_database)[0], "withdraw") == 303
    assert "Teresa" not in benoit.get(PAGE).text
    assert "Put back" in ana.get(f"{PAGE}?lang=en").text
    assert act(ana, rows(sqlite_database)[0], "restore") == 303
    assert rows(sqlite_database)[0].state == "approved"


def test_a_form_that_is_refused_keeps_what_was_typed_and_a_lost_race_shows_both(
    app: Flask, sqlite_database: Database
) -> None:
    ana = client_of(app, "ana")
    wrong = ana.post(f"{PAGE}/new?lang=en", data=TYPED | {"name": "", "email": "x@example.org", "position": "first"})
    assert wrong.status_code == 422
    assert 'value="x@example.org"' in wrong.text
    assert "Write a whole number in digits." in wrong.text
    wrong = ana.post(f"{PAGE}/new?lang=en", data=TYPED | {"who": "person:nobody"})
    assert (wrong.status_code, "Choose somebody of your own delegation" in wrong.text) == (422, True)
    assert ana.post(f"{PAGE}/new", data={"who": f"person:{world.CAST['lucia'].id}", **TYPED}).status_code == 303
    assert ana.post(f"{PAGE}/new", data=TYPED).status_code == 303
    row = next(each for each in rows(sqlite_database) if each.person_id is None)
    edit = f"{PAGE}/{row.id}"
    assert ana.post(edit, data=TYPED | {"name": "T. Urrutia", "version": row.version}).status_code == 303
    lost = ana.post(f"{edit}?lang=en", data=TYPED | {"name": "Tere", "version": row.version})
    assert lost.status_code == 409
    assert "T. Urrutia" in lost.text
    assert 'value="Tere"' in lost.text
    # An official changes nothing of what was approved.
    assert client_of(app, "diego").get(edit).status_code == 422
    assert client_of(app, "isabelle").get(edit).status_code == 404


def test_a_table_is_looked_through_and_then_added(app: Flask, sqlite_database: Database) -> None:
    erin = client_of(app, "erin")
    table = "Name\tRole\tTitle\n=1+1\thead\tSecretary\nAnn Lee\tinterpreter\t\n"
    shown = erin.post(f"{PAGE}/many?lang=en", data={"table": table})
    assert (shown.status_code, "2 people join the delegation." in shown.text) == (200, True)
    assert rows(sqlite_database) == []
    assert erin.post(f"{PAGE}/many/add", data={"table": table}).status_code == 303
    assert {row.name for row in rows(sqlite_database)} == {"=1+1", "Ann Lee"}
    again = erin.post(f"{PAGE}/many?lang=en", data={"table": table})
    assert (again.status_code, "2 rows need a correction" in again.text) == (422, True)
    assert erin.post(f"{PAGE}/many/add", data={"table": table}).status_code == 422
    nameless = erin.post(f"{PAGE}/many?lang=en", data={"table": "Name\tRole\n\tadviser\n"})
    assert "Name: Fill this in." in words(nameless.text)
    assert erin.post(f"{PAGE}/many", data={"table": ""}).status_code == 422


def test_the_order_of_the_parties_is_set_by_who_steers_and_says_why(app: Flask) -> None:
    sam, diego = client_of(app, "sam"), client_of(app, "diego")
    assert "Alphabetical in the language of the host, Mexico: Spanish." in diego.get(f"{PAGE}?lang=en").text
    assert diego.get(f"{PAGE}/order").status_code == 403
    typed = {"precedence": "rotating", "language": "en", "first_party": "US", "expected_level": "", "version": "0"}
    assert sam.post(f"{PAGE}/order", data=typed).status_code == 303
    page = diego.get(f"{PAGE}?lang=en").text
    assert "from United States on." in page
    order = words(page[page.index('class="inline-order"') :])
    assert order.index("United States") < order.index("Canada") < order.index("Mexico")
    assert sam.post(f"{PAGE}/order", data=typed).status_code == 409
    assert sam.post(f"{PAGE}/order", data=typed | {"precedence": "", "version": "1"}).status_code == 422


def test_attendance_is_marked_by_hand_and_an_informal_sitting_says_so(
    app: Flask, sqlite_database: Database, clock: Clock
) -> None:
    clients = {key: client_of(app, key) for key in ("isabelle", "ana", "erin", "sam")}
    for key in ("isabelle", "ana", "erin"):
        for role in ("head", "adviser"):
            clients[key].post(f"{PAGE}/new", data={"name": f"{role} of {key}", "role": role, "mode": "in_person"})
    path = f"{PAGE}/attendance"
    assert "No day of this meeting has come yet." in clients["ana"].get(f"{path}?lang=en").text
    clock.now = dt.datetime(2026, 12, 10, 20, tzinfo=dt.UTC)
    clients = {key: client_of(app, key) for key in clients}
    by_name = {row.name: row.id for row in rows(sqlite_database)}
    day = {"day": "2026-12-10"}
    absent = {f"of-{by_name[name]}": "absent" for name in ("head of isabelle", "adviser of isabelle")}
    assert clients["sam"].post(path, data=day | absent | {"rest": "present"}).status_code == 303
    for address in (f"/meetings/{REF}", PAGE, path):
        page = words(clients["erin"].get(f"{address}?lang=en").text)
        assert "Informal sitting, without a quorum. Missing: Canada." in page, address
    listed = clients["erin"].get(f"{PAGE}.pdf?lang=en")
    assert "Missing: Canada." in PdfReader(io.BytesIO(listed.data)).pages[0].extract_text()

    # Its own side says otherwise, having seen what was marked; without that nothing is written.
    mark = {f"of-{by_name['head of isabelle']}": "remote"}
    assert clients["isabelle"].post(path, data=day | mark).status_code == 409
    mark[f"was-{by_name['head of isabelle']}"] = "absent"
    assert clients["isabelle"].post(path, data=day | mark).status_code == 303
    assert "Quorum: every party is recorded present." in words(clients["erin"].get(f"{PAGE}?lang=en").text)
    # A party marks its own people alone; those of others in a forged form are passed over.
    forged = {f"of-{by_name['head of ana']}": "absent", f"was-{by_name['head of ana']}": "present"}
    assert clients["erin"].post(path, data=day | forged).status_code == 303
    with sqlite_database.system_session("read the attendance") as session:
        marks = session.execute(select(RosterAttendance.entry_id, RosterAttendance.presence)).all()
        assert dict(marks)[by_name["head of ana"]] == "present"
    for wrong in ({"day": "2026-12-11"}, {"day": "soon"}, day | {"rest": "late"}):
        assert clients["sam"].post(path, data=wrong).status_code in {303, 422}


def test_credentials_are_noted(app: Flask, sqlite_database: Database) -> None:
    client_of(app, "erin").post(f"{PAGE}/new", data=TYPED)
    (row,) = rows(sqlite_database)
    path = f"{PAGE}/{row.id}/credentials"
    ana = client_of(app, "ana")
    assert ana.post(path, data={"version": row.version, "credentials_on": "2026-12-01"}).status_code == 422
    assert ana.post(path, data={"version": row.version, "credentials_on": "2026-11-20"}).status_code == 303
    assert ana.post(path, data={"version": row.version, "credentials_on": "2026-11-21"}).status_code == 409
    assert "20 November 2026" in client_of(app, "benoit").get(f"{PAGE}?lang=en").text
    assert client_of(app, "benoit").get(path).status_code == 403


def test_guests_and_administrators_have_no_roster(app: Flask, sqlite_database: Database) -> None:
    client_of(app, "ana").post(f"{PAGE}/new", data=TYPED)
    (row,) = rows(sqlite_database)
    for key in ("olga", "marta"):
        client = client_of(app, key)
        for path in (PAGE, f"{PAGE}.pdf", f"{PAGE}.docx", f"{PAGE}/attendance", f"{PAGE}/{row.id}"):
            assert client.get(path).status_code == 404, (key, path)
    with sqlite_database.read_session(world.viewer("olga")) as session:
        assert session.execute(select(RosterEntry)).all() == []


def test_the_list_is_taken_away_in_three_languages(app: Flask) -> None:
    client_of(app, "ana").post(f"{PAGE}/new", data=TYPED | {"email": "tere@example.org"})
    benoit = client_of(app, "benoit")
    for language, mexico in (("en", "Mexico"), ("es", "México"), ("fr", "Mexique")):
        paper = benoit.get(f"{PAGE}.pdf?lang={language}")
        text = PdfReader(io.BytesIO(paper.data)).pages[0].extract_text()
        assert (paper.headers["Content-Language"], mexico in text, "Teresa Urrutia" in text) == (language, True, True)
        document = benoit.get(f"{PAGE}.docx?lang={language}")
        found = docx.Document(io.BytesIO(document.data))
        assert mexico in [each.text for each in found.paragraphs]
        assert "example.org" not in text + str([cell.text for table in found.tables for cell in table._cells])


def test_the_papers_have_no_word_of_others(settings: Settings, make_database: Callable[..., Database]) -> None:
    """The client looks at each for words of others; the adviser who waits is his own delegation's alone."""
    app = make_app(settings, make_database("sqlite", "story"))
    for key in ("ana", "benoit", "carol", "sam"):
        for form in ("pdf", "docx"):
            assert client_of(app, key).get(f"/meetings/{story.SHARED}/roster.{form}").status_code == 200
    assert client_of(app, "benoit").get(f"/meetings/{story.HIDDEN}/roster.pdf").status_code == 404


def test_the_roster_takes_as_many_statements_for_few_people_as_for_many(app: Flask, sqlite_database: Database) -> None:
    ana = client_of(app, "ana")
    ana.post(f"{PAGE}/new", data=TYPED)

    def counted(path: str) -> int:
        with counted_statements(sqlite_database) as statements:
            assert ana.get(path).status_code == 200
        return len(statements)

    few = [counted(path) for path in (PAGE, f"/meetings/{REF}")]
    ana.post(f"{PAGE}/many/add", data={"table": "Name\n" + "\n".join(f"Person {number}" for number in range(30))})
    assert [counted(path) for path in (PAGE, f"/meetings/{REF}")] == few
    assert few[0] <= 12
