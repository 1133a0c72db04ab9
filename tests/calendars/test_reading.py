"""A feed read back: what a program finds in it, and what it would stumble over."""

from __future__ import annotations

import datetime as dt

import pytest

from app.calendars.feed import feed_bytes
from app.calendars.reading import read_feed
from app.domain.day_entries import Missing, closure_entries, to_agree_entry
from app.domain.entries import FeedChoices
from app.domain.feed_programs import PROGRAMS, showing, title_in
from tests.calendars.cases import shown

SOURCE = "https://entente.example/feeds/x.ics"
OTTAWA = {"CA": {"en": "Ottawa"}}


def body() -> bytes:
    closure = closure_entries(("CA",), OTTAWA, "en", dt.date(2026, 11, 22), "entente.example")[-1]
    return feed_bytes("Entente: all my meetings", SOURCE, [shown(), closure])


def test_a_feed_is_read_as_it_was_meant():
    found = read_feed(body())
    assert (found.name, found.problems) == ("Entente: all my meetings", ())
    meeting, day = found.entries
    assert (meeting.starts_at, meeting.ends_at) == (
        dt.datetime(2026, 12, 10, 15, 0, tzinfo=dt.UTC), dt.datetime(2026, 12, 10, 18, 30, tzinfo=dt.UTC),
    )  # fmt: skip
    assert (meeting.title, meeting.status, meeting.is_transparent) == (
        "Second coordination on the United Nations (UNC-2026-2)", "CONFIRMED", False,
    )  # fmt: skip
    assert (day.title, day.first_day, day.last_day, day.is_transparent) == (
        "Ottawa: offices closed (Victoria Day)", dt.date(2028, 5, 22), dt.date(2028, 5, 22), True,
    )  # fmt: skip
    assert day.ends_after == dt.datetime(2028, 5, 23, tzinfo=dt.UTC)


def test_busy_time_and_days_without_hours():
    busy = shown(FeedChoices("es", detail="busy"))
    days = shown(starts_at=None, ends_at=None, starts_on=dt.date(2026, 12, 1), ends_on=dt.date(2026, 12, 3))
    first, second = read_feed(feed_bytes("x", SOURCE, [busy, days])).entries
    assert (first.first_day, first.last_day, first.starts_at) == (dt.date(2026, 12, 1), dt.date(2026, 12, 3), None)
    assert (second.title, second.status) == ("Ocupado", None)


def cut(content: bytes) -> bytes:
    return content.removesuffix(b"END:VCALENDAR\r\n")


def without_zone(content: bytes) -> bytes:
    start, end = content.index(b"BEGIN:VTIMEZONE"), content.index(b"END:VTIMEZONE\r\n") + len(b"END:VTIMEZONE\r\n")
    return content[:start] + content[end:]


def twice(content: bytes) -> bytes:
    start, end = content.index(b"BEGIN:VEVENT"), content.index(b"END:VEVENT\r\n") + len(b"END:VEVENT\r\n")
    return content[:end] + content[start:end] + content[end:]


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda content: content.replace(b"\r\n", b"\n"), "line_ends"),
        (lambda content: content.replace(b"TRANSP:OPAQUE", b"X-A:" + b"x" * 90), "long_lines"),
        (cut, "no_end"),
        (without_zone, "no_zone"),
        (twice, "same_uid"),
        (lambda content: content.replace(b"DTSTART;VALUE=DATE:20280522\r\n", b""), "no_start"),
        (lambda content: content.replace(b"T133000", b"T090000"), "wrong_end"),
        (lambda content: content.replace(b"BEGIN:VCALENDAR\r\n", b""), "unreadable"),
        (lambda _content: b"<html>", "unreadable"),
        (lambda _content: b"", "unreadable"),
    ],
)
def test_what_a_program_would_stumble_over_is_found(spoil, problem):
    spoilt = spoil(body())
    assert spoilt != body()
    assert problem in read_feed(spoilt).problems


@pytest.mark.parametrize(
    ("status", "is_transparent", "expected"),
    [
        ("CONFIRMED", False, ["shown"] * 5),
        ("TENTATIVE", False, ["shown"] * 5),
        (None, False, ["shown"] * 5),
        (None, True, ["free"] * 5),
        ("CANCELLED", True, ["not_shown", "as_if_live", "struck", "as_if_live", "said_cancelled"]),
    ],
)
def test_how_each_program_shows_it(status, is_transparent, expected):
    assert [showing(program, status, is_transparent=is_transparent) for program in PROGRAMS] == expected


def test_khal_says_it_before_the_title():
    titles = [title_in(program, "CANCELLED: Talks", "CANCELLED") for program in PROGRAMS]
    assert titles == ["CANCELLED: Talks"] * 4 + ["CANCELLED CANCELLED: Talks"]
    assert {title_in(program, "Talks", "CONFIRMED") for program in PROGRAMS} == {"Talks"}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Mexico, United States: Meetings still to agree: 1 of 2."),
        ("fr", "Mexique, États-Unis\u00a0: Réunions encore à convenir\u00a0: 1 sur 2."),
    ],
)
def test_a_mechanism_that_runs_by_pairs_says_for_each_what_is_to_agree(language, said):
    period = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    missing = (Missing(("MX", "US"), 1, 2), Missing(("CA", "MX"), 2, 2))
    entry = to_agree_entry("talks", period, "Talks", missing, language, "https://x.example", "x.example")
    text = feed_bytes("x", SOURCE, [entry]).decode().replace("\r\n ", "").replace("\\,", ",")
    assert said in text
