"""The screen on which a meeting decides on all that is still open, and where it is told afterwards."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest

from app.db import Database
from tests import world
from tests.conftest import CheckingClient

Client = Callable[[str], CheckingClient]
A1, A2 = "UNC-2026-1-A01", "UNC-2026-1-A02"
ADDRESS = "/meetings/UNC-2026-2/carry-over"


@pytest.fixture
def kept(sqlite_database: Database) -> Database:
    with sqlite_database.system_session("prepare what is open", "write") as session:
        last = world.add_meeting(session, "UNC-2026-1", mechanism="M01", starts_on=dt.date(2026, 6, 5), state="held")
        world.add_meeting(session, "UNC-2026-2", mechanism="M01", state="confirmed")
        for reference in (A1, A2):
            world.add_action(session, reference, meeting=last)
        session.commit()
    return sqlite_database


@pytest.fixture
def database(kept: Database) -> Database:
    """Let the app of the test be on this database."""
    return kept


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).strip()


def versions(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(version-[^"]+)" value="([^"]*)"', page))


def test_a_secretariat_decides_on_one_screen_and_the_action_tells_it(client_for: Client) -> None:
    sam = client_for("sam")
    meeting = sam.get("/meetings/UNC-2026-2").get_data(as_text=True)
    assert f'href="{ADDRESS}">Decide on them' in meeting
    page = sam.get(ADDRESS).get_data(as_text=True)
    sent = versions(page) | {
        f"choice-{A1}": "close", f"note-{A1}": "All is said", f"choice-{A2}": "split",
        f"titles-{A2}": "One half\nThe other",
    }  # fmt: skip
    assert sam.post(ADDRESS, data=sent).location == ADDRESS
    shown = text_of(sam.get(ADDRESS).get_data(as_text=True))
    assert "2 items are decided on." in shown
    assert "Nothing is open of the meetings before." in shown
    assert "UNC-2026-2-A01" in shown
    told = text_of(client_for("adaeze").get(f"/actions/{A1}?lang=en").get_data(as_text=True))
    assert "Closed at a meeting. Its legs stand as they did." in told
    assert "All is said" in told
    undo = re.findall(rf"{ADDRESS}/[0-9a-f-]+/undo", sam.get(ADDRESS).get_data(as_text=True))
    assert len(undo) == 2
    assert sam.post(undo[0]).location == ADDRESS
    assert "All is said" not in text_of(sam.get(f"/actions/{A1}").get_data(as_text=True))


def test_what_is_refused_stands_at_its_row_and_what_was_typed_stays(client_for: Client) -> None:
    ana = client_for("ana")
    page = ana.get(f"{ADDRESS}?lang=en").get_data(as_text=True)
    # What others accepted offers nothing that would end it, and says who they are.
    assert "accepted it and still owes it: carry it" in text_of(page)
    assert 'value="close"' not in page
    sent = versions(page) | {f"choice-{A1}": "close", f"note-{A1}": "typed here", f"choice-{A2}": "carry"}
    refused = ana.post(ADDRESS, data=sent)
    body = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert f'href="#choice-{A1}"' in body
    assert "typed here" in body
    assert "carried over" not in text_of(ana.get(f"/actions/{A2}").get_data(as_text=True))
    assert ana.post(ADDRESS, data=sent | {f"choice-{A1}": "leave"}).status_code == 303
    assert "carried over once" in text_of(ana.get(f"/actions/{A2}?lang=en").get_data(as_text=True))


def test_who_decides_on_what_another_decided_on_meanwhile_is_told(client_for: Client) -> None:
    sam, adaeze = client_for("sam"), client_for("adaeze")
    seen = versions(adaeze.get(f"{ADDRESS}?lang=en").get_data(as_text=True))
    assert sam.post(ADDRESS, data=seen | {f"choice-{A1}": "close"}).status_code == 303
    late = adaeze.post(f"{ADDRESS}?lang=en", data=seen | {f"choice-{A1}": "carry", f"choice-{A2}": "carry"})
    assert late.status_code == 422
    assert "somebody has decided on it" in text_of(late.get_data(as_text=True))
    told = text_of(adaeze.get(f"/actions/{A2}?lang=en").get_data(as_text=True))
    assert "carried over" not in told


@pytest.mark.parametrize(("key", "status"), [("benoit", 403), ("diego", 403), ("olga", 404), ("marta", 404)])
def test_who_may_decide(client_for: Client, key: str, status: int) -> None:
    client = client_for(key)
    assert client.get(ADDRESS).status_code == status
    assert "Decide on them" not in client.get("/meetings/UNC-2026-2?lang=en").get_data(as_text=True)
