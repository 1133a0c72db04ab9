"""The agenda on paper: any of the three languages, whoever asks, and only what all at the table may see."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from pypdf import PdfReader

from app import labels
from app.db import Database
from app.domain.errors import NotFound
from app.models import Meeting
from app.papers.agenda import LABELS, AgendaPaper, Worded
from app.services.agenda_paper import agenda_file, agenda_paper
from tests import world

NBSP = "\u00a0"


@pytest.fixture
def kept(sqlite_database: Database) -> Database:
    with sqlite_database.system_session("prepare a paper", "write") as session:
        last = world.add_meeting(session, "UNC-2026-1", mechanism="M01", starts_on=dt.date(2026, 6, 5), state="held")
        world.add_action(
            session, "UNC-2026-1-A01", meeting=last, legs={"CA": {"state": "done"}, "US": {"due_on": None}}
        )
        narrow = world.add_action(
            session, "UNC-2026-1-MXUS-A01", ("MX", "US"), title={"en": world.canary("MXUS", "action"), "original": "en"}
        )
        narrow.meeting_id, narrow.mechanism_id = last.id, last.mechanism_id
        meeting = world.add_meeting(
            session, "UNC-2026-2", mechanism="M01", hosting={"MX": "host"}, state="confirmed",
            title={"en": "Second meeting", "es": "Segunda reunión", "original": "en"},
        )  # fmt: skip
        world.add_item(session, meeting, 1, kind="opening", type="information", lead_party="MX", minutes=15)
        world.add_item(
            session, meeting, 2, kind="progress_since_last", type="information", minutes=20,
            title={"es": "Avances", "original": "es"},
        )  # fmt: skip
        world.add_meeting(session, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01")
        session.commit()
    return sqlite_database


def paper(database: Database, language: str, key: str = "ana", reference: str = "UNC-2026-2") -> AgendaPaper:
    with database.read_session(world.viewer(key)) as session:
        return agenda_paper(session, reference, language)


def test_the_fixed_words_are_those_of_the_paper() -> None:
    for language in ("en", "es", "fr"):
        assert set(labels.labels("agenda_paper", language)) == LABELS


def test_it_is_in_the_language_that_was_asked_for(kept: Database) -> None:
    english, french = paper(kept, "en"), paper(kept, "fr")
    assert english.title == Worded("Second meeting", "en")
    assert french.title == Worded("Second meeting", "en")
    assert paper(kept, "es").title == Worded("Segunda reunión", "es")
    assert english.parties == ("Canada", "Mexico (host)", "United States")
    assert [line.split(" (")[0] for line in french.parties] == ["Canada", "États-Unis", "Mexique"]
    assert english.clock_cities == ("New York, Ottawa, Washington", "Mexico City")
    assert french.clock_cities == ("New York, Ottawa, Washington", "Mexico")
    assert [row.clock_times for row in english.rows] == [("10:00", "9:00"), ("10:15", "9:15")]
    assert next(row.clock_times for row in french.rows) == (f"10{NBSP}h", f"9{NBSP}h")
    assert (english.end_times, english.total_minutes) == (("10:35", "9:35"), "35")
    assert english.rows[1].title == Worded("Avances", "es")
    assert english.rows[0].lead == "Mexico"


def test_each_city_has_its_day_its_hours_and_its_offset(kept: Database) -> None:
    first, second = paper(kept, "en").when
    assert (first.date, first.hours, first.offset, first.is_meeting_zone) == (
        "Thursday 10 December 2026", "10:00–13:00", "EST, UTC−5", True,
    )  # fmt: skip
    assert (second.hours, second.offset, second.is_meeting_zone) == ("9:00–12:00", "CST, UTC−6", False)


def test_it_says_when_and_on_whose_clock_it_was_printed(kept: Database) -> None:
    assert paper(kept, "en", "ana").printed == "Printed on 22 November 2026 at 9:00, Mexico City time."
    assert paper(kept, "en", "carol").printed == "Printed on 22 November 2026 at 10:00, Washington time."


@pytest.mark.parametrize("key", ["ana", "carol", "benoit", "sam"])
def test_it_names_no_action_that_somebody_at_the_table_may_not_see(kept: Database, key: str) -> None:
    [action] = paper(kept, "en", key).rows[1].open_actions
    assert (action.reference, action.owed) == ("UNC-2026-1-A01", "Mexico, by 15 December 2026; United States")


def test_the_file_is_a_tagged_pdf_named_for_its_language(kept: Database) -> None:
    with kept.read_session(world.viewer("benoit")) as session:
        name, content = agenda_file(session, "unc-2026-2", "es")
    assert name == "UNC-2026-2-agenda-es.pdf"
    reader = PdfReader(io.BytesIO(content))
    assert reader.trailer["/Root"]["/Lang"] == "es"  # type: ignore[index]
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"].value is True  # type: ignore[index]
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "Segunda reunión" in text
    assert "Avances" in text
    assert "zzcanary" not in text


def test_days_without_hours_and_a_date_that_is_open(kept: Database) -> None:
    with kept.system_session("take the hours away", "write") as session:
        meeting = session.get_one(Meeting, world.identity("meeting", "UNC-2026-2"))
        meeting.starts_time = meeting.ends_time = None
        session.commit()
    [line] = paper(kept, "en").when
    assert (line.date, line.hours) == ("Thursday 10 December 2026", "")
    assert paper(kept, "en").clock_cities == ()
    with kept.system_session("postpone it", "write") as session:
        meeting = session.get_one(Meeting, world.identity("meeting", "UNC-2026-2"))
        meeting.state, meeting.date_is_open = "postponed", True
        session.commit()
    [line] = paper(kept, "en").when
    assert line.date == "Date to be agreed"
    with kept.read_session(world.viewer("ana")) as session:
        assert agenda_file(session, "UNC-2026-2", "fr")[1].startswith(b"%PDF")


def test_a_strangers_agenda_is_not_there(kept: Database) -> None:
    with pytest.raises(NotFound):
        paper(kept, "fr", "benoit", "UNC-2026-MXUS-1")
