"""Commitments by page: as described and never in our voice, each party's own word, and nobody else's secret."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask

from app.db import Database
from config import Settings
from tests import story, world
from tests.conftest import CheckingClient, client_of, make_app
from tests.subscribing import counted_statements

HIDDEN, SHARED = f"{story.HIDDEN}-C01", f"{story.SHARED}-C01"
PAGES = (
    "/commitments", "/commitments?state=no_word", "/commitments?party=MX&mechanism=un-coordination",
    "/commitments?state=lively&mechanism=none-such", "/commitments/matrix", "/commitments/matrix?state=under_way",
    "/commitments/C01", "/commitments/c12", "/commitments/C14", "/commitments/C11", "/commitments/C07",
    f"/commitments/{SHARED}",
)  # fmt: skip


@pytest.fixture
def app(settings: Settings, make_database: Callable[..., Database]) -> Flask:
    """Return the app on SQLite, with the story told."""
    return make_app(settings, make_database("sqlite", "story"))


@pytest.fixture
def client_for(app: Flask) -> Callable[[str], CheckingClient]:
    return lambda key: client_of(app, key)


def text_of(client: CheckingClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return " ".join(response.get_data(as_text=True).split())


@pytest.mark.parametrize("key", ["carol", "ana", "benoit", "sam"])
def test_every_page_answers_in_few_statements(app: Flask, client_for: Callable[[str], CheckingClient], key: str) -> None:
    client = client_for(key)
    for path in PAGES:
        with counted_statements(app.extensions["entente.database"]) as statements:
            assert client.get(path).status_code == 200, path
        assert len(statements) <= 12, (path, len(statements), statements)
