"""The pages of busy time: a calendar given, blocked days, a week as others see it, replacing, removing, undoing."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from app.models import BusyCalendar, BusyInterval
from tests import world
from tests.conftest import client_of, make_app
from tests.subscribing import counted_statements
from tests.world import canary

EVENT = """BEGIN:VEVENT
UID:one
SUMMARY:zzcanary-ZZ-title
DTSTART;TZID=America/Mexico_City:20270112T100000
DTEND;TZID=America/Mexico_City:20270112T120000
RRULE:FREQ=WEEKLY;COUNT=3
END:VEVENT
"""


def ics(*events):
    return ("BEGIN:VCALENDAR\nVERSION:2.0\n" + "".join(events) + "END:VCALENDAR\n").encode()


@pytest.fixture
def app(settings, sqlite_database):
    return make_app(settings, sqlite_database)


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


def given(client, content=None, **changed):
    form = {"whose": "me", "time_zone": "America/Mexico_City", "label": "", "seen_by": ["party:US"], **changed}
    content = ics(EVENT) if content is None else content
    return client.post("/busy/calendar?lang=en", data={**form, "file": (io.BytesIO(content), "my.ics")})


def calendars(database):
    with database.system_session("look at busy time") as session:
        return session.execute(select(BusyCalendar).order_by(BusyCalendar.created_at)).scalars().all()


def standing(database):
    with database.system_session("look at busy time") as session:
        query = select(BusyInterval).where(BusyInterval.removed_at.is_(None)).order_by(BusyInterval.starts_at)
        return [(f"{row.starts_at:%d %H:%M}", f"{row.ends_at:%H:%M}") for row in session.execute(query).scalars()]


def busy_cells(page):
    """Return what the week says of each of its days."""
    table = page.partition("Busy time of the week as others see it")[2].partition("</table>")[0]
    return [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"</th>\s*(<td.*?</td>)", table, re.DOTALL)]


def test_a_calendar_is_given_and_seen_as_busy_by_whom_it_was_said(client_for, database):
    ana = client_for("ana")
    assert given(ana, label=canary("MX", "reason")).status_code == 303
    assert standing(database) == [("12 16:00", "18:00"), ("19 16:00", "18:00"), ("26 16:00", "18:00")]
    page = ana.get("/busy?week=2027-01-12&as=party:US&lang=en").text
    assert "3 busy periods. Nothing else of it was kept." in page
    assert "zzcanary-ZZ-title" not in page
    assert busy_cells(page) == [
        "nothing said", "10:00–12:00", "nothing said", "nothing said", "nothing said", "nothing said", "nothing said",
    ]  # fmt: skip
    assert set(busy_cells(ana.get("/busy?week=2027-01-12&as=party:CA&lang=en").text)) == {"nothing said"}
    assert canary("MX", "reason") in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "This file is too large. A file may have 5 MB at most."),
        ("es", "Este archivo es demasiado grande. El máximo por archivo es de 5 MB."),
        ("fr", "Ce fichier est trop gros. Un fichier peut avoir au plus 5 Mo."),
    ],
)
def test_a_file_that_is_too_large_is_refused_in_the_readers_language(client_for, database, language, words):
    part = '--part\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    body = part.format("label", "").encode() + b"kept\r\n"
    body += part.format("time_zone", "").encode() + b"America/Mexico_City\r\n"
    body += part.format("file", '; filename="my.ics"').encode() + b"B" * 50_000_000 + b"\r\n--part--\r\n"
    answer = client_for("ana").post(
        f"/busy/calendar?lang={language}", data=body, content_type="multipart/form-data; boundary=part"
    )
    assert answer.status_code == 422
    assert words in re.sub("[\xa0\u202f]", " ", answer.text)
    assert 'value="kept"' in answer.text  # what was typed stays
    assert calendars(database) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty"),
        (b"<html>sign in first</html>", "This is not a calendar"),
        (ics("BEGIN:VEVENT\nDTSTART:20270101T000000Z\nRRULE:FREQ=SECONDLY\nEND:VEVENT\n"), "repeats too often"),
        (ics(EVENT)[:-20], "ends too early"),
    ],
)
def test_a_file_that_says_nothing_is_refused_and_keeps_nothing(client_for, database, content, words):
    answer = given(client_for("ana"), content)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert (calendars(database), standing(database)) == ([], [])


def test_no_file_and_no_zone_are_asked_for(client_for):
    ana = client_for("ana")
    assert "Fill this in." in ana.post("/busy/calendar?lang=en", data={"time_zone": "America/Mexico_City"}).text
    assert "There is no time zone called" in given(ana, time_zone="Mars/Olympus").text


def test_what_was_read_otherwise_is_said(client_for):
    ana = client_for("ana")
    odd = EVENT.replace("America/Mexico_City", "Mars/<b>Olympus</b>").replace("one", "two")
    given(ana, ics(odd, "BEGIN:VEVENT\nUID:3\nDTSTART:tomorrow\nEND:VEVENT\n"))
    page = ana.get("/busy?lang=en").text
    assert "1 entry could not be read and is left out." in page
    assert "names a time zone that nobody knows (Mars/&lt;b&gt;Olympus&lt;/b&gt;)" in page


def test_replacing_undoes_in_one_step(client_for, database):
    ana = client_for("ana")
    given(ana)
    (old,) = calendars(database)
    later = ics(EVENT.replace("T10", "T15").replace("T12", "T16"))
    form = {"time_zone": "America/Mexico_City", "version": str(old.version), "file": (io.BytesIO(later), "new.ics")}
    assert ana.post(f"/busy/{old.id}/replace", data=form).status_code == 303
    assert [each for each, _ in standing(database)] == ["12 21:00", "19 21:00", "26 21:00"]
    page = ana.get("/busy?lang=en").text
    assert "Undo the replacement" in page
    replaced, newer = calendars(database)
    assert newer.seen_by == replaced.seen_by == ["party:MX", "party:US"]
    assert ana.post(f"/busy/{old.id}/restore", data={"version": str(replaced.version)}).status_code == 303
    assert [each for each, _ in standing(database)] == ["12 16:00", "19 16:00", "26 16:00"]
    stale = {"time_zone": "America/Mexico_City", "version": "1", "file": (io.BytesIO(later), "new.ics")}
    assert ana.post(f"/busy/{old.id}/replace", data=stale).status_code == 409


def test_removing_is_asked_for_and_undone(client_for, database):
    ana = client_for("ana")
    given(ana)
    (row,) = calendars(database)
    assert "3 busy periods are seen by nobody any more" in ana.get(f"/busy/{row.id}/remove?lang=en").text
    assert len(standing(database)) == 3
    assert ana.post(f"/busy/{row.id}/remove", data={"version": str(row.version)}).status_code == 303
    assert standing(database) == []
    (row,) = calendars(database)
    assert "Bring it back" in ana.get("/busy?lang=en").text
    assert ana.post(f"/busy/{row.id}/restore", data={"version": str(row.version)}).status_code == 303
    assert len(standing(database)) == 3


def test_days_are_blocked_for_an_office_and_a_lost_race_shows_both(client_for, database):
    form = {
        "whose": "MX-SRE", "first_day": "2027-03-01", "last_day": "2027-03-02", "starts": "9:00", "ends": "13:00",
        "time_zone": "America/Mexico_City", "label": "visita", "seen_by": ["party:CA", "party:US"],
    }  # fmt: skip
    ana = client_for("ana")
    assert client_for("diego").post("/busy/blackout", data=form).status_code == 422  # no office of his
    assert ana.post("/busy/blackout", data=form).status_code == 303
    (row,) = calendars(database)
    assert (row.office_code, row.person_id, row.interval_count) == ("MX-SRE", None, 2)
    page = ana.get("/busy?of=MX-SRE&week=2027-03-01&lang=en").text
    assert busy_cells(page)[:3] == ["9:00–13:00", "9:00–13:00", "nothing said"]
    saved = ana.post(f"/busy/{row.id}", data={"label": "visita", "seen_by": [], "version": str(row.version)})
    assert saved.status_code == 303
    lost = client_for("lucia").post(f"/busy/{row.id}?lang=en", data={"label": "otra", "version": str(row.version)})
    assert lost.status_code == 409
    assert "otra" in lost.text
    assert "visita" in lost.text


def test_form_refusals_stand_at_their_fields(client_for, database):
    ana = client_for("ana")
    form = {"whose": "me", "time_zone": "America/Mexico_City"}
    for changed, words in (
        ({}, "Fill this in."),
        ({"first_day": "2026-01-05"}, "These days are over."),
        ({"first_day": "2027-01-05", "last_day": "2027-01-04"}, "The end comes before the start."),
        ({"first_day": "2027-01-05", "starts": "9:00"}, "Give both hours, or neither for whole days."),
        ({"first_day": "2027-01-05", "last_day": "2029-01-04"}, "Block 400 days at most at once."),
        ({"first_day": "2027-01-05", "seen_by": ["administration:US"]}, "Choose from the list who else may see it."),
        ({"first_day": "2027-01-05", "whose": "US-DOS"}, "Choose from the list whose busy time this is."),
    ):
        answer = ana.post("/busy/blackout?lang=en", data=form | changed)
        assert (answer.status_code, words in answer.text) == (422, True), changed
    assert calendars(database) == []


def test_only_who_works_here_keeps_any_and_nobody_elses(client_for, database):
    ana = client_for("ana")
    given(ana)
    (row,) = calendars(database)
    for key in (key for key in world.CAST if key != "ana"):
        client = client_for(key)
        for path in (f"/busy/{row.id}", f"/busy/{row.id}/remove", f"/busy/{row.id}/replace"):
            assert client.get(path).status_code == 404, (key, path)
        assert client.post(f"/busy/{row.id}/remove", data={"version": "1"}).status_code == 404
        works = key not in {"marta", "colin", "frank", "olga"}
        assert client.get("/busy").status_code == (200 if works else 404), key
        assert ("/busy" in client.get("/profile").text) == works
    assert len(standing(database)) == 3


def test_the_page_takes_few_statements(app, database):
    ana = client_of(app, "ana")
    given(ana)
    ana.get("/busy")
    with counted_statements(database) as statements:
        ana.get("/busy?week=2027-01-12")
    assert len(statements) <= 12, statements
