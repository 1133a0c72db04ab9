"""The bytes of calendars: every rule of form, for any text, in any process."""

from __future__ import annotations

import gzip
import itertools
import os
import re
import subprocess
import sys
import unicodedata
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.calendars.feed import assemble, feed_bytes, meeting_calendar
from app.calendars.meeting import render_entry
from app.domain.entries import Entry, FeedChoices
from tests.calendars.cases import shown

ROOT = Path(__file__).parents[2]
SOURCE = "https://entente.example/feeds/secret-token.ics"
CALLED_OFF_AT = datetime(2026, 11, 1, tzinfo=UTC)


def feed(*entries: Entry, name: str = "Entente: all my meetings") -> bytes:
    return feed_bytes(name, SOURCE, entries)


def unfolded(content: bytes) -> list[str]:
    """Return the content lines, after checking every rule that a byte can break."""
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert content.endswith(b"\r\nEND:VCALENDAR\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content), "a line end is not CRLF"
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no character is cut by a fold
    text = content.decode()
    control = [char for char in text if unicodedata.category(char) in ("Cc", "Zl", "Zp") and char not in "\r\n"]
    assert control == []
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def events(content: bytes) -> list[Any]:
    """Return the events as the icalendar package reads them."""
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


HEAD = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Entente//Entente//EN
CALSCALE:GREGORIAN
NAME:Entente: all my meetings
X-WR-CALNAME:Entente: all my meetings
COLOR:steelblue
REFRESH-INTERVAL;VALUE=DURATION:PT1H
SOURCE;VALUE=URI:https://entente.example/feeds/secret-token.ics
X-PUBLISHED-TTL:PT1H
BEGIN:VTIMEZONE
""".splitlines()


def test_the_head():
    lines = unfolded(feed(shown()))
    assert lines[: len(HEAD)] == HEAD
    assert not [line for line in lines if line.startswith("METHOD")]


FULL = """\
BEGIN:VEVENT
SUMMARY:Second coordination on the United Nations (UNC-2026-2)
DTSTART;TZID=America/New_York:20261210T100000
DTEND;TZID=America/New_York:20261210T133000
DTSTAMP:20261109T200500Z
UID:5f0c6f0e-6f0d-4a63-9a0e-000000000001@entente.example
SEQUENCE:2
CATEGORIES:United Nations coordination,UNC
CLASS:PRIVATE
CONFERENCE;FEATURE=VIDEO;LABEL=Video link;VALUE=URI:https://video.example/entente?id=7&key=a,b;c
CREATED:20261022T134000Z
DESCRIPTION:United Nations coordination\\nConfirmed.\\nParties: Canada\\, Mexico\\, United States\\nHybrid\\n\\n\
Thursday 10 December 2026\\nNew York (time of the meeting): 10:00–13:30\\nOttawa: 10:00–13:30\\n\
Mexico City: 9:00–12:30\\nWashington: 10:00–13:30\\n\\n\
Video link: https://video.example/entente?id=7&key=a\\,b\\;c\\nPage: https://entente.example/meetings/UNC-2026-2
LAST-MODIFIED:20261109T200500Z
LOCATION:Permanent Mission of Mexico\\, New York
RELATED-TO:parent@entente.example
STATUS:CONFIRMED
TRANSP:OPAQUE
URL:https://entente.example/meetings/UNC-2026-2
END:VEVENT
END:VCALENDAR
""".splitlines()


def test_a_full_entry():
    lines = unfolded(feed(shown(parent_uid="parent@entente.example")))
    assert lines[lines.index("BEGIN:VEVENT") :] == FULL


BUSY = """\
BEGIN:VEVENT
SUMMARY:Ocupado
DTSTART;TZID=America/New_York:20261210T100000
DTEND;TZID=America/New_York:20261210T133000
DTSTAMP:20261109T200500Z
UID:5f0c6f0e-6f0d-4a63-9a0e-000000000001@entente.example
SEQUENCE:2
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
""".splitlines()


def test_a_busy_entry_says_nothing_else():
    lines = unfolded(feed(shown(FeedChoices("es", detail="busy"))))
    assert lines[lines.index("BEGIN:VEVENT") :] == BUSY


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "proposed"}, ["STATUS:TENTATIVE", "TRANSP:OPAQUE"]),
        ({"state": "cancelled", "cancelled_at": CALLED_OFF_AT}, ["STATUS:CANCELLED", "TRANSP:TRANSPARENT"]),
        ({"state": "postponed", "cancelled_at": CALLED_OFF_AT}, ["STATUS:CANCELLED", "TRANSP:TRANSPARENT"]),
        (
            {"starts_at": None, "starts_on": date(2026, 12, 30), "ends_on": date(2026, 12, 31)},
            ["DTSTART;VALUE=DATE:20261230", "DTEND;VALUE=DATE:20270101"],
        ),
        (
            {"starts_at": None, "starts_on": date(2026, 12, 30)},
            ["DTSTART;VALUE=DATE:20261230", "DTEND;VALUE=DATE:20261231"],
        ),
        ({"zone": "UTC"}, ["DTSTART:20261210T150000Z", "DTEND:20261210T183000Z"]),
        # 1:30 comes twice on 1 November: the first is local time, the second only UTC can say.
        (
            {
                "starts_at": datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
                "ends_at": datetime(2026, 11, 1, 5, 45, tzinfo=UTC),
            },
            ["DTSTART;TZID=America/New_York:20261101T013000", "DTEND;TZID=America/New_York:20261101T014500"],
        ),
        (
            {
                "starts_at": datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
                "ends_at": datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
            },
            ["DTSTART:20261101T053000Z", "DTEND:20261101T063000Z"],
        ),
    ],
)
def test_lines_of_an_entry(changes, expected):
    lines = unfolded(feed(shown(**changes)))
    for line in expected:
        assert lines.count(line) == 1


def test_an_entry_without_an_end_has_none():
    lines = unfolded(feed(shown(ends_at=None)))
    assert not [line for line in lines if line.startswith(("DTEND", "DURATION"))]


def test_what_is_missing_is_left_out():
    entry = shown(place=None, conference_url=None, categories=(), url="")
    names = {re.split("[;:]", line)[0] for line in unfolded(meeting_calendar(entry))}
    assert names.isdisjoint({"LOCATION", "CONFERENCE", "CATEGORIES", "URL", "RELATED-TO"})


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "https:", "nowhere", "https://", "\r\nATTENDEE:mailto:x@example.com", "data:text/html,x"],
)
def test_an_address_that_is_none_is_no_property(address):
    lines = unfolded(feed(shown(conference_url=address)))
    assert not [line for line in lines if line.startswith(("CONFERENCE", "ATTENDEE"))]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://video.example/réunion?x=a b", "https://video.example/r%C3%A9unionab"),
        ("https://video.example/%C3%A9\r\nATTENDEE:x", "https://video.example/%C3%A9ATTENDEE:x"),
    ],
)
def test_an_address_is_made_ascii_and_one_line(address, expected):
    (event,) = events(feed(shown(conference_url=address)))
    assert str(event["CONFERENCE"]).replace("?x=", "") == expected


@pytest.mark.parametrize("property_name", ["title", "place", "categories", "name"])
def test_text_cannot_become_a_property(property_name):
    attack = "x\r\nATTENDEE:mailto:a@example.com\nBEGIN:VALARM\rEND:VEVENT\u2028X-EVIL:1\x85X-EVIL:2\x0bX-EVIL:3"
    if property_name == "name":
        content = feed(shown(), name=attack)
    else:
        values: dict[str, Any] = {"title": {"en": attack}, "place": attack, "categories": (attack, "b")}
        content = feed(shown(**{property_name: values[property_name]}))
    begun = [line.partition(":")[0] for line in content.decode().splitlines()]
    assert not {"ATTENDEE", "X-EVIL"} & set(begun)
    assert "BEGIN:VALARM" not in unfolded(content)
    assert len(events(content)) == 1


def test_zones_are_sorted_and_begin_with_the_first_event():
    juarez = shown(
        uid="b",
        zone="America/Ciudad_Juarez",
        starts_at=datetime(2022, 6, 1, 15, tzinfo=UTC),
        ends_at=datetime(2022, 6, 1, 16, tzinfo=UTC),
    )
    content = feed(shown(uid="a"), juarez, shown(uid="c", zone="America/Mexico_City"), shown(uid="d", zone="UTC"))
    lines = unfolded(content)
    assert [line for line in lines if line.startswith("TZID:")] == [
        "TZID:America/Ciudad_Juarez",
        "TZID:America/Mexico_City",
        "TZID:America/New_York",
    ]
    begins = {line for line in lines if line.startswith("DTSTART:")}
    assert {"DTSTART:20220403T020000", "DTSTART:20220313T020000"} <= begins
    assert [str(event["UID"]) for event in events(content)] == ["b", "a", "c", "d"]


def test_only_the_zones_that_are_used():
    days = shown(starts_at=None, starts_on=date(2026, 12, 30), zone="America/Havana")
    assert b"BEGIN:VTIMEZONE" not in feed(days)
    assert b"Havana" not in feed(days, shown(uid="other"))


def test_an_empty_feed_is_a_calendar_with_a_component():
    lines = unfolded(feed())
    assert lines[: len(HEAD)] == HEAD
    assert lines.count("BEGIN:VTIMEZONE") == 1
    assert "BEGIN:VEVENT" not in lines
    assert events(feed()) == []


def test_one_meeting_to_download():
    lines = unfolded(meeting_calendar(shown()))
    assert lines[:5] == [*HEAD[:4], "BEGIN:VTIMEZONE"]
    assert lines.count("BEGIN:VEVENT") == 1
    assert not [line for line in lines if line.startswith(("METHOD", "SOURCE", "NAME", "X-"))]


def test_the_order_of_entries_does_not_matter():
    entries = [shown(uid=str(number), starts_at=None, starts_on=date(2026, 1, 1 + number // 2)) for number in range(4)]
    assert len({feed(*order) for order in itertools.permutations(entries)}) == 1


def test_assembled():
    body = assemble("Entente: all my meetings", SOURCE, [shown()])
    assert body.body == feed(shown())
    assert body.gzip_body is not None
    assert gzip.decompress(body.gzip_body) == body.body
    assert body.gzip_body[4:8] == bytes(4), "the time of day is part of the bytes"
    assert re.fullmatch(r'"[0-9a-f]{32}"', body.etag)
    assert re.fullmatch(r'"[0-9a-f]{32}-gzip"', body.gzip_etag)
    assert assemble("Entente: all my meetings", SOURCE, [shown()]) == body
    assert assemble("Entente: all my meetings", SOURCE, [shown(sequence=3)]).etag != body.etag


def test_equal_entries_have_the_same_bytes():
    assert render_entry(shown(uid="kept")) == render_entry(shown(uid="kept"))
    assert render_entry(shown(uid="kept")) != render_entry(shown(uid="kept", sequence=9))
    assert render_entry(shown(uid="kept")) != render_entry(shown(FeedChoices("fr"), uid="kept"))


PRINT_FEED = f"""
import sys
from app.calendars.feed import assemble
from tests.calendars.cases import shown
entries = [shown(uid=str(n), zone=zone, categories=("b", "a", "c")) for n, zone in enumerate(
    ["America/New_York", "America/Mexico_City", "America/Vancouver", "America/Havana", "Africa/Cairo"])]
found = assemble("Entente", {SOURCE!r}, entries)
sys.stdout.buffer.write(found.gzip_etag.encode() + found.gzip_body + found.body)
"""


def test_every_process_writes_the_same_bytes():
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PRINT_FEED],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": clock, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed, clock in (("0", "UTC"), ("1", "America/Mexico_City"), ("4242", "Asia/Tokyo"))
    }
    assert len(outputs) == 1


def kept(text: str) -> str:
    """Return what of a text a one-line property keeps, said anew: line ends and blanks as one space, no controls."""
    ends = "".join(" " if char in "\t\n\x0b\x0c\r\x1c\x1d\x1e\x85\u2028\u2029" else char for char in text)
    seen = "".join(char for char in ends if unicodedata.category(char) not in ("Cc", "Cs") and char != "\ufeff")
    return re.sub(" +", " ", seen).strip(" ")


TEXTS = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="\\;,:nN\"'^\r\n\t é漢😀\u202e\u200f\ufeff\x00\x07\x0b\x85\u2028=", max_size=200),
    st.text(alphabet="漢字😀é", min_size=60, max_size=200),
)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("C:\\New\\notes; \\N, \\n")
@example("\\" * 200)
@example("\ud800 lone \udfff")
@example(" ".join("é" * number for number in range(20)))
@example("مرحبا \u202eabc\u202c")
def test_any_text_comes_back(text):
    entry = shown(title={"en": "T" + text}, place="P" + text, categories=("C" + text, "D" + text), mechanism_name=None)
    content = feed(entry, name="N" + text)
    unfolded(content)
    calendar: Any = icalendar.Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert str(event["SUMMARY"]) == kept(f"T{text} (UNC-2026-2)")
    assert str(event["LOCATION"]) == kept("P" + text)
    assert [str(each) for each in event["CATEGORIES"].cats] == [kept("C" + text), kept("D" + text)]
    # The package knows no type for NAME and hands its value back as it stands.
    assert re.sub(r"\\(.)", r"\1", str(calendar["NAME"])) == kept("N" + text)


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.integers(min_value=0, max_value=90))
def test_folds_fall_anywhere(text, indent):
    """A fold may fall on any octet of any text: shifted one by one, the text comes back each time."""
    title = "T" + "x" * indent + text
    (event,) = events(feed(shown(title={"en": title})))
    assert str(event["SUMMARY"]) == kept(f"{title} (UNC-2026-2)")


def test_a_title_of_ten_thousand_letters():
    content = feed(shown(title={"en": "é" * 10_000}))
    unfolded(content)
    assert str(events(content)[0]["SUMMARY"]) == "é" * 10_000 + " (UNC-2026-2)"


def test_times_are_those_of_the_facts():
    for days in range(0, 400, 7):
        starts_at = datetime(2026, 1, 5, 20, 15, tzinfo=UTC) + timedelta(days=days)
        entry = shown(zone="America/New_York", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
        (event,) = events(feed(entry))
        assert event["DTSTART"].dt == starts_at
        assert event["DTEND"].dt == starts_at + timedelta(hours=2)
