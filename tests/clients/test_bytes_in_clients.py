"""What real calendar programs make of our bytes: all of them must show exactly the meeting."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.calendars.feed import feed_bytes, meeting_calendar
from app.domain.entries import Entry, FeedChoices
from tests.calendars.cases import shown
from tests.clients.programs import READERS_OF_BYTES, Khal, Shown

CALLED_OFF_AT = datetime(2026, 11, 1, tzinfo=UTC)
SOURCE = "https://entente.example/feeds/token.ics"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def named(name: str, **changes: Any) -> Entry:
    """Return an entry whose title is its name in every language, and its UID too."""
    return shown(uid=f"{name}@entente.example", reference=name, title={"en": name}, **changes)


CASES: dict[str, tuple[Entry, Shown]] = {
    # 9:00 in New York on the days before and after the clocks change, in spring and in autumn.
    "saturday in march": (
        named("A1", starts_at=utc(2027, 3, 13, 14), ends_at=utc(2027, 3, 13, 15)),
        Shown("A1", "2027-03-13T14:00Z", "2027-03-13T15:00Z", "CONFIRMED"),
    ),
    "monday in march": (
        named("A2", starts_at=utc(2027, 3, 15, 13), ends_at=utc(2027, 3, 15, 14)),
        Shown("A2", "2027-03-15T13:00Z", "2027-03-15T14:00Z", "CONFIRMED"),
    ),
    "friday in november": (
        named("A3", starts_at=utc(2027, 11, 5, 13), ends_at=utc(2027, 11, 5, 14)),
        Shown("A3", "2027-11-05T13:00Z", "2027-11-05T14:00Z", "CONFIRMED"),
    ),
    "monday in november": (
        named("A4", starts_at=utc(2027, 11, 8, 14), ends_at=utc(2027, 11, 8, 15)),
        Shown("A4", "2027-11-08T14:00Z", "2027-11-08T15:00Z", "CONFIRMED"),
    ),
    "second half past one": (
        named("A5", starts_at=utc(2026, 11, 1, 6, 30), ends_at=utc(2026, 11, 1, 8)),
        Shown("A5", "2026-11-01T06:30Z", "2026-11-01T08:00Z", "CONFIRMED"),
    ),
    "mexico in july": (
        named("B1", zone="America/Mexico_City", starts_at=utc(2027, 7, 5, 15), ends_at=utc(2027, 7, 5, 16)),
        Shown("B1", "2027-07-05T15:00Z", "2027-07-05T16:00Z", "CONFIRMED"),
    ),
    "mexico before it gave up summer time": (
        named(
            "B2",
            state="closed",
            zone="America/Mexico_City",
            starts_at=utc(2022, 10, 5, 14),
            ends_at=utc(2022, 10, 5, 15, 30),
        ),
        Shown("B2", "2022-10-05T14:00Z", "2022-10-05T15:30Z", "CONFIRMED"),
    ),
    "juarez": (
        named("B3", zone="America/Ciudad_Juarez", starts_at=utc(2027, 7, 5, 15), ends_at=utc(2027, 7, 5, 16)),
        Shown("B3", "2027-07-05T15:00Z", "2027-07-05T16:00Z", "CONFIRMED"),
    ),
    # A machine with old zone data would show these an hour off.
    "vancouver in winter": (
        named("B4", zone="America/Vancouver", starts_at=utc(2027, 1, 15, 17), ends_at=utc(2027, 1, 15, 18)),
        Shown("B4", "2027-01-15T17:00Z", "2027-01-15T18:00Z", "CONFIRMED"),
    ),
    "winnipeg in winter": (
        named("B5", zone="America/Winnipeg", starts_at=utc(2027, 1, 15, 17), ends_at=utc(2027, 1, 15, 18)),
        Shown("B5", "2027-01-15T17:00Z", "2027-01-15T18:00Z", "CONFIRMED"),
    ),
    "havana in the winter it skips": (
        named("B6", zone="America/Havana", starts_at=utc(2027, 1, 15, 17), ends_at=utc(2027, 1, 15, 18)),
        Shown("B6", "2027-01-15T17:00Z", "2027-01-15T18:00Z", "CONFIRMED"),
    ),
    "st john's": (
        named("B7", zone="America/St_Johns", starts_at=utc(2027, 7, 5, 11, 30), ends_at=utc(2027, 7, 5, 13)),
        Shown("B7", "2027-07-05T11:30Z", "2027-07-05T13:00Z", "CONFIRMED"),
    ),
    "santiago, whose change is on the day after the rule's": (
        named("B8", zone="America/Santiago", starts_at=utc(2028, 4, 3, 13), ends_at=utc(2028, 4, 3, 14)),
        Shown("B8", "2028-04-03T13:00Z", "2028-04-03T14:00Z", "CONFIRMED"),
    ),
    "virtual": (
        named("C1", format="virtual", place=None, zone="UTC"),
        Shown("C1", "2026-12-10T15:00Z", "2026-12-10T18:30Z", "CONFIRMED"),
    ),
    "one day without hours": (
        named("D1", starts_at=None, starts_on=date(2026, 12, 1)),
        Shown("D1", "2026-12-01", "2026-12-02", "CONFIRMED"),
    ),
    "days without hours": (
        named("D2", starts_at=None, starts_on=date(2026, 12, 30), ends_on=date(2027, 1, 1)),
        Shown("D2", "2026-12-30", "2027-01-02", "CONFIRMED"),
    ),
    "several days with sittings": (
        named(
            "D3",
            starts_at=utc(2026, 12, 14, 15),
            ends_at=utc(2026, 12, 16, 18),
            sittings=tuple((utc(2026, 12, day, 15), utc(2026, 12, day, 18)) for day in (14, 15, 16)),
        ),
        Shown("D3", "2026-12-14T15:00Z", "2026-12-16T18:00Z", "CONFIRMED"),
    ),
    "proposed": (
        named("E1", state="proposed"),
        Shown("E1", "2026-12-10T15:00Z", "2026-12-10T18:30Z", "TENTATIVE"),
    ),
    "cancelled": (
        named("E2", state="cancelled", cancelled_at=CALLED_OFF_AT),
        Shown("CANCELLED: E2", "2026-12-10T15:00Z", "2026-12-10T18:30Z", "CANCELLED"),
    ),
    "postponed, in Spanish": (
        named("E3", choices=FeedChoices("es"), state="postponed", cancelled_at=CALLED_OFF_AT),
        Shown("APLAZADA: E3", "2026-12-10T15:00Z", "2026-12-10T18:30Z", "CANCELLED"),
    ),
    "cancelled, in French": (
        named("E4", choices=FeedChoices("fr"), state="cancelled", cancelled_at=CALLED_OFF_AT),
        Shown("ANNULÉE\u00a0: E4", "2026-12-10T15:00Z", "2026-12-10T18:30Z", "CANCELLED"),
    ),
    "busy": (
        named("F1", choices=FeedChoices("fr", detail="busy")),
        Shown("Occupé", "2026-12-10T15:00Z", "2026-12-10T18:30Z", None),
    ),
    "letters that need escapes and folds": (
        named("漢字, é; C:\\New\\notes " + "très long " * 20 + "مرحبا"),
        Shown(
            "漢字, é; C:\\New\\notes " + "très long " * 20 + "مرحبا",
            "2026-12-10T15:00Z",
            "2026-12-10T18:30Z",
            "CONFIRMED",
        ),
    ),
}
ENTRIES = [entry for entry, _shown in CASES.values()]
EXPECTED = sorted(shown_there for _entry, shown_there in CASES.values())


@pytest.mark.parametrize("program", READERS_OF_BYTES)
def test_a_feed_shows_every_meeting(program):
    content = feed_bytes("Entente: all my meetings", SOURCE, ENTRIES)
    assert READERS_OF_BYTES[program](content) == EXPECTED


@pytest.mark.parametrize("program", READERS_OF_BYTES)
def test_one_meeting_stands_on_its_own(program):
    """A download brings the zone from its own start on, and that is all a program needs."""
    for case in ("mexico before it gave up summer time", "friday in november", "havana in the winter it skips"):
        entry, expected = CASES[case]
        assert READERS_OF_BYTES[program](meeting_calendar(entry)) == [expected]


@pytest.mark.parametrize("program", READERS_OF_BYTES)
def test_an_empty_feed_is_read_as_empty(program):
    assert READERS_OF_BYTES[program](feed_bytes("Entente", SOURCE, [])) == []


def test_khal_subscribes_by_vdirsyncer(tmp_path):
    with served(tmp_path / "www", feed_bytes("Entente", SOURCE, ENTRIES)) as address:
        khal = Khal(tmp_path / "khal", address)
        khal.sync()
        assert sorted(khal.shown("2022-10-05", 1) + khal.shown("2026-11-01", 520)) == EXPECTED


def test_khal_empties_with_the_feed(tmp_path):
    entry, expected = CASES["proposed"]
    with served(tmp_path / "www", feed_bytes("Entente", SOURCE, [entry])) as address:
        khal = Khal(tmp_path / "khal", address)
        khal.sync()
        assert khal.shown("2026-12-01", 20) == [expected]
        (tmp_path / "www" / "feed.ics").write_bytes(feed_bytes("Entente", SOURCE, []))
        khal.sync()
        assert khal.shown("2026-12-01", 20) == []


@contextmanager
def served(folder: Path, content: bytes) -> Iterator[str]:
    """Serve the bytes at an address of this machine."""
    folder.mkdir()
    (folder / "feed.ics").write_bytes(content)
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/feed.ics"
        finally:
            server.shutdown()
            thread.join()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that does not talk."""

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""
