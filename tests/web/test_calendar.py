"""The calendar's pages: what they show, what they say, and what they make of an address that means nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import CheckingClient

ClientFor = Callable[[str | None], CheckingClient]


@pytest.mark.parametrize("path", ["/calendar", "/calendar/print", "/calendar.pdf"])
@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_a_calendar_in_each_language(client_for: ClientFor, path: str, language: str) -> None:
    assert client_for("ana").get(f"{path}?lang={language}").status_code == 200
