"""What real calendar programs make of days that are no meetings: all must show them, each on its day."""

from __future__ import annotations

import datetime as dt

import pytest

from app.calendars.feed import feed_bytes
from app.domain.day_entries import Missing, closure_entries, to_agree_entry
from app.domain.entries import Language
from tests.clients.programs import READERS_OF_BYTES, Shown, python_reader

READERS = READERS_OF_BYTES | {"recurring-ical-events": python_reader("read_recurring")}
CITIES = {"CA": {"en": "Ottawa"}, "MX": {"en": "Mexico City", "fr": "Mexico"}}


def body(language: Language) -> bytes:
    closures = closure_entries(("CA", "MX"), CITIES, language, dt.date(2026, 11, 22), "entente.example")
    period = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    missing = (Missing(("MX", "US"), 1, 2), Missing(("CA", "US"), 2, 2))
    url = "https://entente.example/mechanisms/un-coordination"
    owed = to_agree_entry("un-coordination", period, "United Nations", missing, language, url, "entente.example")
    return feed_bytes("Entente", "https://entente.example/feeds/token.ics", [*closures, owed])


@pytest.mark.parametrize("reader", list(READERS))
@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            [
                Shown("Ottawa: offices closed (Christmas Day)", "2026-12-25", "2026-12-26", None),
                Shown("Mexico City: offices closed (Christmas Day)", "2026-12-25", "2026-12-26", None),
                Shown("Date to agree: United Nations by 31 December 2026", "2026-12-31", "2027-01-01", None),
            ],
        ),
        (
            "fr",
            [
                Shown("Mexico\u00a0: bureaux fermés (Noël)", "2026-12-25", "2026-12-26", None),
                Shown(
                    "Date à convenir\u00a0: United Nations, au plus tard le 31 décembre 2026", "2026-12-31",
                    "2027-01-01", None,
                ),
            ],
        ),
    ],
)  # fmt: skip
def test_every_program_shows_each_on_its_day(reader, language, expected):
    found = READERS[reader](body(language))
    assert len(found) == len({(each.summary, each.start) for each in found}) > 30
    for event in expected:
        assert event in found
