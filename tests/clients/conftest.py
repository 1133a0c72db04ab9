"""What every test of calendar programs over HTTP needs: servers that end with the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.db import Database
from tests.clients.serving import Server


@pytest.fixture
def serve(tmp_path: Path, keys_folder: Path) -> Iterator[Callable[[Database], Server]]:
    """Return a function that starts a server on a database; all of them end with the test."""
    started: list[Server] = []

    def start(database: Database) -> Server:
        started.append(Server(database, tmp_path / "data", keys_folder))
        return started[-1]

    yield start
    for server in started:
        server.stop()
