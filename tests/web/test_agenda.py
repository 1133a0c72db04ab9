"""The pages of an agenda: written by buttons and forms alone, printed in any language, closed to strangers."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
from collections.abc import Callable
from typing import Any

import html5lib
import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import event

from app.db import Database
from app.models import AgendaItem, Meeting
from app.services.agenda import agenda_of, version_of
from app.services.meetings import find_meeting
from tests import world

REF = "UNC-2026-2"
Client = Callable[[str | None], Any]
ITEM = {"title_en": "Candidatures", "kind": "substance", "type": "discussion", "minutes": "25", "lead_party": "CA"}


@pytest.fixture(autouse=True)
def kept(database: Database) -> Database:
    with database.system_session("prepare an agenda", "write") as session:
        last = world.add_meeting(session, "UNC-2026-1", mechanism="M01", starts_on=dt.date(2026, 6, 5), state="held")
        world.add_action(session, "UNC-2026-1-A01", meeting=last)
        narrow = world.add_action(
            session, "UNC-2026-1-MXUS-A01", ("MX", "US"), title={"en": world.canary("MXUS", "action"), "original": "en"}
        )
        narrow.meeting_id, narrow.mechanism_id = last.id, last.mechanism_id
        meeting = world.add_meeting(session, REF, mechanism="M01", hosting={"MX": "host"})
        world.add_item(session, meeting, 1, kind="opening", type="information", lead_party="MX")
        world.add_item(
            session,
            meeting,
            2,
            kind="progress_since_last",
            type="information",
            title={"es": "Avances", "original": "es"},
        )
        world.add_item(session, meeting, 3, kind="closing", type="information")
        two = world.add_meeting(
            session, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01",
            title={"en": world.canary("MXUS", "title"), "original": "en"},
        )  # fmt: skip
        world.add_item(session, two, 1, title={"en": world.canary("MXUS", "item"), "original": "en"})
        world.add_meeting(session, "UNC-2027-1", mechanism="M01", starts_on=dt.date(2027, 3, 4))
        session.commit()
    return database


def items(database: Database, key: str = "ana") -> list[AgendaItem]:
    with database.read_session(world.viewer(key)) as session:
        return [line.item for line in agenda_of(session, find_meeting(session, REF)).items]


def titles(database: Database) -> list[str]:
    return [next(iter(item.title.values())) for item in items(database)]


def order(database: Database) -> str:
    with database.read_session(world.viewer("ana")) as session:
        return agenda_of(session, find_meeting(session, REF)).order


def text_of(response: Any) -> str:
    page = html5lib.parse(response.get_data(as_text=True), namespaceHTMLElements=False)
    return " ".join(" ".join(page.find(".//main").itertext()).split())


def test_the_page_shows_the_hours_and_what_is_open(client_for: Client) -> None:
    shown = text_of(client_for("carol").get(f"/meetings/{REF}/agenda"))
    assert "New York, Ottawa, Washington Mexico City" in shown
    assert "10:00 9:00 1 Item 1" in shown
    assert "10:10 9:10 2 Avances in Spanish" in shown
    assert "UNC-2026-1-A01" in shown
    assert "UNC-2026-1-MXUS-A01" in shown
    assert "10:30 9:30 End" in shown
    assert "The items take 30 minutes; 2 hours 30 minutes are left." in shown
    assert "UNC-2026-1-MXUS-A01" not in text_of(client_for("benoit").get(f"/meetings/{REF}/agenda"))


def test_the_same_in_french_and_spanish(client_for: Client) -> None:
    french = text_of(client_for("benoit").get(f"/meetings/{REF}/agenda"))
    assert "10 h 9 h 1 Item 1" in french  # the no-break spaces of `10\u00a0h` are spaces here
    assert 'lang="es"' in client_for("ana").get(f"/meetings/{REF}/agenda").get_data(as_text=True)


def test_an_item_is_added_and_a_repeated_submit_adds_no_second(client_for: Client, kept: Database) -> None:
    client = client_for("ana")
    sent = {**ITEM, "submission_id": str(uuid.uuid4())}
    first = client.post(f"/meetings/{REF}/agenda/items", data=sent)
    again = client.post(f"/meetings/{REF}/agenda/items", data=sent)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.location == again.location
    assert titles(kept) == ["Item 1", "Avances", "Candidatures", "Item 3"]
    item = items(kept)[2]
    assert first.location.endswith(f"/meetings/{REF}/agenda#item-{item.id}")
    assert (item.lead_party, item.minutes) == ("CA", 25)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"title_en": ""}, "Give the title in at least one language."),
        ({"title_en": "x" * 10_000}, "Use 300 characters or fewer."),
        ({"title_fr": "a\u202eb"}, "This contains hidden marks"),
        ({"minutes": "a while"}, "Write a whole number in digits."),
        ({"minutes": "-5"}, "Give a number of minutes from 0 to 1,440."),
        ({"minutes": ""}, "Fill this in."),
        ({"minutes": "9" * 400}, "Write a whole number in digits."),
        ({"kind": "party"}, "There is no such kind of agenda item."),
        ({"type": "dance"}, "There is no such type of agenda item."),
        ({"lead_party": "NL"}, "This party cannot be chosen here."),
        ({"kind": "other_business", "type": "decision"}, "Nothing is decided under other business."),
    ],
)
def test_bad_input_is_told_beside_its_field_and_what_was_typed_stays(
    client_for: Client, kept: Database, changed: dict[str, str], message: str
) -> None:
    response = client_for("carol").post(f"/meetings/{REF}/agenda/items", data={**ITEM, **changed})
    assert response.status_code == 422
    page = html5lib.parse(response.get_data(as_text=True), namespaceHTMLElements=False)
    name = list(changed)[-1]
    error = next(node for node in page.iter() if node.get("id") == f"{name}-error")
    assert message in "".join(error.itertext())
    minutes = next(node for node in page.iter() if node.get("id") == "minutes")
    assert minutes.get("value") == changed.get("minutes", "25")
    assert titles(kept) == ["Item 1", "Avances", "Item 3"]


def test_a_move_keeps_the_focus_on_its_button(client_for: Client, kept: Database) -> None:
    client, last = client_for("benoit"), items(kept)[2]
    data = {"direction": "up", "order": order(kept)}
    moved = client.post(f"/meetings/{REF}/agenda/{last.id}/move", data=data)
    assert (moved.status_code, moved.location.rpartition("#")[2]) == (303, f"up-{last.id}")
    again = client.post(f"/meetings/{REF}/agenda/{last.id}/move", data={**data, "order": order(kept)})
    assert again.location.rpartition("#")[2] == f"down-{last.id}"
    assert titles(kept) == ["Item 3", "Item 1", "Avances"]
    page = client.get(f"/meetings/{REF}/agenda").get_data(as_text=True)
    assert f'id="down-{last.id}"' in page
    assert f'id="up-{last.id}"' not in page


def test_a_move_from_an_order_of_yesterday_shows_both(client_for: Client, kept: Database) -> None:
    client, last, seen = client_for("carol"), items(kept)[2], order(kept)
    client.post(f"/meetings/{REF}/agenda/{last.id}/move", data={"direction": "up", "order": seen})
    response = client.post(f"/meetings/{REF}/agenda/{last.id}/move", data={"direction": "up", "order": seen})
    assert response.status_code == 409
    assert "Move “Item 3” up 1. Item 1 2. Item 3 3. Avances" in text_of(response)
    assert titles(kept) == ["Item 1", "Item 3", "Avances"]


def test_an_edit_is_saved_and_the_loser_of_a_race_sees_both(client_for: Client, kept: Database) -> None:
    item, client = items(kept)[1], client_for("carol")
    address = f"/meetings/{REF}/agenda/{item.id}"
    page = client.get(address).get_data(as_text=True)
    assert f'name="version" value="{version_of(item)}"' in page
    assert 'value="Avances"' in page
    sent = {"title_es": "Avances", "title_en": "Progress", "kind": "progress_since_last", "type": "information",
            "minutes": "20", "version": version_of(item)}  # fmt: skip
    assert client.post(address, data=sent).status_code == 303
    late = client.post(address, data={**sent, "title_en": "News"})
    assert late.status_code == 409
    assert "Title in English differs News Progress" in text_of(late)
    named = client.post(f"{address}?lang=fr", data={**sent, "kind": "substance", "lead_party": "US"})
    assert "Question de fond Progrès depuis la dernière réunion" in text_of(named)
    assert "diffère États-Unis aucune en particulier" in text_of(named)
    client.get(f"{address}?lang=en")
    fresh = version_of(items(kept)[1])
    assert f'name="version" value="{fresh}"' in late.get_data(as_text=True)
    assert 'value="News"' in late.get_data(as_text=True)
    assert client.post(address, data={**sent, "title_en": "News", "version": fresh}).status_code == 303
    assert items(kept)[1].title == {"en": "News", "es": "Avances", "original": "es"}


def test_a_removed_item_can_be_put_back_from_the_notice(client_for: Client, kept: Database) -> None:
    item, client = items(kept)[1], client_for("ana")
    gone = client.post(f"/meetings/{REF}/agenda/{item.id}/remove", data={"version": version_of(item)})
    assert gone.status_code == 303
    notice = client.get(gone.location).get_data(as_text=True)
    restore = f"/meetings/{REF}/agenda/{item.id}/restore"
    assert f'action="{restore}"' in notice
    assert 'id="removed"' in notice
    assert titles(kept) == ["Item 1", "Item 3"]
    assert client.post(restore).status_code == 303
    assert titles(kept) == ["Item 1", "Avances", "Item 3"]


def test_a_removal_of_what_has_changed_shows_what_stands(client_for: Client, kept: Database) -> None:
    item = items(kept)[1]
    response = client_for("carol").post(f"/meetings/{REF}/agenda/{item.id}/remove", data={"version": "yesterday"})
    assert response.status_code == 409
    assert "Remove it Avances" in text_of(response)
    assert len(titles(kept)) == 3


def test_an_empty_agenda_is_filled_by_one_button(client_for: Client) -> None:
    client = client_for("sam")
    assert 'action="/meetings/UNC-2027-1/agenda/fill"' in client.get("/meetings/UNC-2027-1/agenda").get_data(
        as_text=True
    )
    assert client.post("/meetings/UNC-2027-1/agenda/fill").status_code == 303
    assert "Opening by the host" in text_of(client.get("/meetings/UNC-2027-1/agenda"))
    assert client.post("/meetings/UNC-2027-1/agenda/fill").status_code == 422


def test_a_closed_meeting_shows_no_controls_and_takes_no_change(client_for: Client, kept: Database) -> None:
    with kept.system_session("close the meeting", "write") as session:
        session.get_one(Meeting, world.identity("meeting", REF)).state = "closed"
        session.commit()
    item, client = items(kept)[1], client_for("carol")
    page = client.get(f"/meetings/{REF}/agenda")
    assert "This meeting is closed. Its agenda stays as it is." in text_of(page)
    assert f"/meetings/{REF}/agenda/items" not in page.get_data(as_text=True)
    for path, data in [
        ("items", ITEM),
        (f"{item.id}/move", {"direction": "up", "order": order(kept)}),
        (f"{item.id}/remove", {"version": version_of(item)}),
        (f"{item.id}/restore", {}),
        (str(item.id), {**ITEM, "version": version_of(item)}),
    ]:
        assert client.post(f"/meetings/{REF}/agenda/{path}", data=data).status_code == 422, path
    assert titles(kept) == ["Item 1", "Avances", "Item 3"]


# Print ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "says"), [("en", "Mexico (host)"), ("es", "México"), ("fr", "Mexique")])
def test_it_is_printed_in_any_language_whatever_the_readers(client_for: Client, language: str, says: str) -> None:
    client = client_for("benoit")
    page = client.get(f"/meetings/{REF}/agenda/print?lang={language}")
    assert page.headers["Content-Language"] == language
    assert not [cookie for cookie in page.headers.getlist("Set-Cookie") if cookie.startswith("entente_lang")]
    assert says in text_of(page)
    assert "UNC-2026-1-A01" in text_of(page)
    assert client.get("/actions").headers["Content-Language"] == "fr"
    pdf = client.get(f"/meetings/{REF}/agenda.pdf?lang={language}")
    assert pdf.mimetype == "application/pdf"
    assert pdf.headers["Content-Disposition"] == f'inline; filename="UNC-2026-2-agenda-{language}.pdf"'
    reader = PdfReader(io.BytesIO(pdf.get_data()))
    assert reader.trailer["/Root"]["/Lang"] == language  # type: ignore[index]
    assert says.partition(" ")[0] in " ".join(sheet.extract_text() for sheet in reader.pages)


def test_a_paper_for_all_names_nothing_of_two(client_for: Client) -> None:
    for key in ("ana", "carol"):
        client = client_for(key)
        assert "MXUS" not in client.get(f"/meetings/{REF}/agenda/print").get_data(as_text=True)
        reader = PdfReader(io.BytesIO(client.get(f"/meetings/{REF}/agenda.pdf").get_data()))
        assert "MXUS" not in " ".join(sheet.extract_text() for sheet in reader.pages)


# Strangers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["benoit", "isabelle", "adaeze", "sam", "olga", "colin"])
def test_an_agenda_of_two_answers_as_one_that_does_not_exist(client_for: Client, kept: Database, key: str) -> None:
    with kept.read_session(world.viewer("ana")) as session:
        [line] = agenda_of(session, find_meeting(session, "UNC-2026-MXUS-1")).items
    client = client_for(key)
    for path in ("agenda", "agenda/print", "agenda.pdf", f"agenda/{line.item.id}"):
        there, missing = (client.get(f"/meetings/{ref}/{path}") for ref in ("UNC-2026-MXUS-1", "UNC-2026-MXUS-9"))
        assert (there.status_code, missing.status_code) == (404, 404), path
        assert without_address(there) == without_address(missing)
    for path in (
        "items",
        "fill",
        f"{line.item.id}",
        f"{line.item.id}/move",
        f"{line.item.id}/remove",
        f"{line.item.id}/restore",
    ):
        assert (
            client.post(f"/meetings/UNC-2026-MXUS-1/agenda/{path}", data={**ITEM, "direction": "up"}).status_code == 404
        )
        if key not in {"olga", "colin"}:
            foreign = client.post(f"/meetings/{REF}/agenda/{line.item.id}/restore")
            assert foreign.status_code == 404


def without_address(response: Any) -> str:
    text = response.get_data(as_text=True).replace("UNC-2026-MXUS-9", "UNC-2026-MXUS-1")
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text)


def test_nobody_is_sent_to_sign_in(client_for: Client) -> None:
    assert client_for(None).get(f"/meetings/{REF}/agenda").status_code == 303


def test_as_many_statements_for_sixty_items_as_for_three(app: Flask, client_for: Client, kept: Database) -> None:
    client = client_for("ana")
    few = statements(kept, client)
    with kept.system_session("add many items", "write") as session:
        meeting = session.get_one(Meeting, world.identity("meeting", REF))
        for position in range(4, 61):
            world.add_item(session, meeting, position, lead_party="US")
        session.commit()
    assert statements(kept, client) == few


def statements(database: Database, client: Any) -> int:
    found: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT") and "set_config" not in statement:
            found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        assert client.get(f"/meetings/{REF}/agenda").status_code == 200
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return len(found)
