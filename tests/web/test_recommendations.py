"""Recommendations stand on the shelf of proposals, by author and date, and nowhere beside what was promised."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from app.db import Database
from config import Settings
from tests.conftest import CheckingClient, client_of, make_app

SHELF = "/proposals/recommendations"


@pytest.fixture
def client_for(settings: Settings, sqlite_database: Database) -> Callable[[str], CheckingClient]:
    app = make_app(settings, sqlite_database)
    return lambda key: client_of(app, key)


def refs(client: CheckingClient, path: str) -> list[str]:
    """Return the refs of the recommendations on a page, in its order."""
    response = client.get(path)
    assert response.status_code == 200
    return re.findall(r"<small>(R[0-9]{2})\b", response.get_data(as_text=True))


def test_all_stand_by_author_and_date(client_for: Callable[[str], CheckingClient]) -> None:
    client = client_for("carol")
    found = refs(client, SHELF)
    assert sorted(found) == [f"R{number:02}" for number in range(1, 60)]
    page = client.get(SHELF).get_data(as_text=True)
    headings = ["Earl Anthony Wayne and Arturo Sarukhan, January 2017", "Author not named, June 2019",
                "Christopher Landau, 2024"]  # fmt: skip
    places = [page.index(heading) for heading in headings]
    assert places == sorted(places)
    assert "nothing is owed" in page
    assert not re.search(r"\bC[0-9]{2}\b", page)
    assert SHELF in client.get("/mechanisms?shelf=proposals").get_data(as_text=True)


def test_filters_narrow_and_what_nothing_answers_to_is_empty(client_for: Callable[[str], CheckingClient]) -> None:
    client = client_for("sam")
    assert refs(client, f"{SHELF}?headline=y") == [f"R{number:02}" for number in range(1, 15)]
    assert refs(client, f"{SHELF}?addressee=MX&paper=S2") == ["R41", "R42", "R44", "R45", "R46", "R50", "R52"]
    assert refs(client, f"{SHELF}?mechanism=M52") == ["R50"]
    # In any of the three languages, with or without accents.
    assert "R03" in refs(client, f"{SHELF}?words=POLITICA+drogas")
    assert refs(client, f"{SHELF}?mechanism=M99") == []


def test_they_are_nowhere_beside_commitments(client_for: Callable[[str], CheckingClient]) -> None:
    client = client_for("ana")
    for path in (
        "/commitments",
        "/commitments/matrix",
        "/commitments/C01",
        "/mechanisms",
        "/mechanisms/un-coordination",
    ):
        assert refs(client, path) == [], path
    assert client_for("olga").get(SHELF).status_code == 404
