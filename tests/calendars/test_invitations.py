"""The bytes of invitations: every line of a REQUEST and a CANCEL, and no text that becomes a line of its own."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.calendars.invitations import Envelope, mailto, request_bytes, taken_off_bytes, told_of
from app.calendars.meeting import render_entry
from app.calendars.text import one_line
from app.domain.entries import Entry, FeedChoices
from app.domain.invitations import Last, Notice, Standing, notice
from tests.calendars.cases import shown
from tests.calendars.test_bytes import unfolded

ENVELOPE = Envelope("entente+7mx6@entente.example", "Entente", "ana@example.org", "Ana Robles", "REQ-PARTICIPANT")
CALLED_OFF_AT = datetime(2026, 11, 1, tzinfo=UTC)
ASKED_AT = datetime(2026, 11, 9, 20, 5, tzinfo=UTC)
NAMES = st.text(max_size=60)

REQUEST = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Entente//Entente//EN
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:STANDARD
DTSTART:20261101T020000
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
TZNAME:EST
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20270314T020000
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
TZNAME:EDT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Second coordination on the United Nations (UNC-2026-2)
DTSTART;TZID=America/New_York:20261210T100000
DTEND;TZID=America/New_York:20261210T133000
DTSTAMP:20261109T200500Z
UID:5f0c6f0e-6f0d-4a63-9a0e-000000000001@entente.example
SEQUENCE:2
ATTENDEE;CN="Ana Robles";PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:ana@example.org
CATEGORIES:United Nations coordination,UNC
CLASS:PRIVATE
CONFERENCE;FEATURE=VIDEO;LABEL=Video link;VALUE=URI:https://video.example/entente?id=7&key=a,b;c
CREATED:20261022T134000Z
DESCRIPTION:United Nations coordination\\nConfirmed.\\nParties: Canada\\, Mexico\\, United States\\nHybrid\\n\\nThursday 10 December 2026\\nNew York (time of the meeting): 10:00\u201313:30\\nOttawa: 10:00\u201313:30\\nMexico City: 9:00\u201312:30\\nWashington: 10:00\u201313:30\\n\\nVideo link: https://video.example/entente?id=7&key=a\\,b\\;c\\nPage: https://entente.example/meetings/UNC-2026-2
LAST-MODIFIED:20261109T200500Z
LOCATION:Permanent Mission of Mexico\\, New York
ORGANIZER;CN=Entente:mailto:entente+7mx6@entente.example
STATUS:CONFIRMED
TRANSP:OPAQUE
URL:https://entente.example/meetings/UNC-2026-2
END:VEVENT
END:VCALENDAR
"""  # noqa: E501
TAKEN_OFF = """\
BEGIN:VEVENT
SUMMARY:UNC-2026-2
DTSTART;TZID=America/New_York:20261210T100000
DTEND;TZID=America/New_York:20261210T133000
DTSTAMP:20261109T200501Z
UID:5f0c6f0e-6f0d-4a63-9a0e-000000000001@entente.example
SEQUENCE:2
ATTENDEE;CN="Ana Robles";PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:ana@example.org
ORGANIZER;CN=Entente:mailto:entente+7mx6@entente.example
TRANSP:TRANSPARENT
END:VEVENT
"""


def asked(entry: Entry, envelope: Envelope = ENVELOPE, before: Last | None = None) -> Notice:
    """Return the message that is due of an entry to who was asked to it before, as it is."""
    told = told_of(entry, "UNC-2026-2", envelope)
    status = entry.status
    assert status is not None
    known = before if status == "CONFIRMED" else before or Last("REQUEST", 1, entry.stamped_at, told)
    due = notice(Standing(status, entry.sequence, entry.stamped_at, False, told), known, ASKED_AT)
    assert due is not None
    return due


def request(entry: Entry, envelope: Envelope = ENVELOPE) -> bytes:
    return request_bytes(asked(entry, envelope), entry, envelope)


def taken_off(entry: Entry, envelope: Envelope = ENVELOPE) -> bytes:
    sent = asked(entry, envelope)
    due = notice(None, Last(sent.method, sent.sequence, sent.stamped_at, sent.told), ASKED_AT)
    assert due is not None
    return taken_off_bytes(due, envelope, "en")


def event_of(content: bytes) -> Any:
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return event


def test_every_line_of_a_request():
    assert unfolded(request(shown())) == REQUEST.splitlines()


def test_the_event_is_that_of_the_feed():
    """Of a mail and a feed that say the same, the event differs in nothing but in who asks whom."""
    entry = shown()
    mailed = "\r\n".join(line for line in unfolded(request(entry)) if not line.startswith(("ORGANIZER", "ATTENDEE")))
    in_feed = render_entry(entry).decode().replace("\r\n ", "")
    assert in_feed in mailed + "\r\n"


def test_a_meeting_that_is_called_off_is_cancelled_and_says_so():
    entry = shown(state="cancelled", sequence=3, cancelled_at=CALLED_OFF_AT)
    read = unfolded(request(entry))
    assert "METHOD:CANCEL" in read
    assert "STATUS:CANCELLED" in read
    assert "SEQUENCE:3" in read
    assert "SUMMARY:CANCELLED: Second coordination on the United Nations (UNC-2026-2)" in read
    assert sum(line.startswith("ATTENDEE") for line in read) == 1


def test_who_is_taken_off_reads_a_reference_and_the_time_they_knew():
    read = "\n".join(unfolded(taken_off(shown())))
    assert "METHOD:CANCEL" in read
    assert TAKEN_OFF in read
    assert "STATUS" not in read  # RFC 5546, 3.2.5: the event goes on


def test_days_without_hours_need_no_zone():
    entry = shown(starts_at=None, starts_on=date(2026, 12, 30), ends_on=date(2027, 1, 1))
    for content in (request(entry), taken_off(entry)):
        read = unfolded(content)
        assert "DTSTART;VALUE=DATE:20261230" in read
        assert "DTEND;VALUE=DATE:20270102" in read
        assert "BEGIN:VTIMEZONE" not in read


@pytest.mark.parametrize(
    ("reply", "partstat"),
    [
        ("needs_action", "NEEDS-ACTION"),
        ("accepted", "ACCEPTED"),
        ("tentative", "TENTATIVE"),
        ("declined", "DECLINED"),
    ],
)
def test_the_reply_that_stands_is_given_back(reply, partstat):
    entry = shown(place="Another room")
    before = Last("REQUEST", 2, ASKED_AT, told_of(shown(), "UNC-2026-2", ENVELOPE), reply)
    event = event_of(request_bytes(asked(entry, before=before), entry, ENVELOPE))
    assert event["ATTENDEE"].params["PARTSTAT"] == partstat
    assert event["DTSTAMP"].dt == ASKED_AT + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("changed", "is_told"),
    [
        ({}, False),
        ({"stamped_at": ASKED_AT + timedelta(days=1), "changed_at": ASKED_AT + timedelta(days=1)}, False),
        ({"sequence": 9}, False),  # compared apart
        ({"place": "Another room"}, True),
        ({"choices": FeedChoices("fr")}, True),
        ({"state": "held"}, True),
        ({"conference_url": None}, True),
    ],
)
def test_what_makes_a_message_worth_sending(changed, is_told):
    before, after = shown(), shown(**changed)
    assert (told_of(before, "UNC-2026-2", ENVELOPE) != told_of(after, "UNC-2026-2", ENVELOPE)) == is_told


def test_another_name_address_or_role_is_told_too():
    known = told_of(shown(), "UNC-2026-2", ENVELOPE)
    for changed in ({"attendee": "a@example.org"}, {"attendee_name": "A"}, {"participation": "OPT-PARTICIPANT"}):
        assert told_of(shown(), "UNC-2026-2", dataclasses.replace(ENVELOPE, **changed)) != known  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("ana.o'neil+un@example.org", "mailto:ana.o'neil+un@example.org"),
        ("josé@xn--mxico-bsa.example", "mailto:jos%C3%A9@xn--mxico-bsa.example"),
        ('"a b",c;d:e?x=1&y@example.org', "mailto:%22ab%22%2Cc%3Bd%3Ae%3Fx%3D1%26y@example.org"),
        ("a\r\nATTENDEE:mailto:thief@example.org", "mailto:aATTENDEE%3Amailto%3Athief@example.org"),
        ("50%@example.org", "mailto:50%25@example.org"),
    ],
)
def test_an_address_is_one_uri(address, uri):
    assert mailto(address) == uri


@given(NAMES, NAMES, NAMES, NAMES)
@example('José "El^Jefe"\r\nATTENDEE:mailto:x@y', "a\nb@c", "T\r\nMETHOD:CANCEL", "P\u2028ATTENDEE:mailto:x@y")
@example("=?utf-8?q?a=0d=0aATTENDEE:x?=", "\u202egro.elpmaxe@ana", "^n^^'\\n", ";,:")
@example("\ud800", "\x00@\x85", "\ufeff", "\x1c")
@example("\\", "", "\\", "\\;")
@example("a\\;b\\", "", "", "")
def test_no_text_becomes_a_line_of_its_own(name, address, title, place):
    envelope = dataclasses.replace(ENVELOPE, attendee_name=name, attendee=address)
    entry = shown(title={"en": title}, place=place)
    for content in (request(entry, envelope), taken_off(entry, envelope)):
        read = unfolded(content)
        for prefix in (
            "METHOD:",
            "ATTENDEE;",
            "ORGANIZER;",
            "UID:",
            "SEQUENCE:",
            "DTSTAMP:",
            "SUMMARY",
            "BEGIN:VEVENT",
        ):
            assert sum(line.startswith(prefix) for line in read) == 1, prefix
        (line,) = [line for line in read if line.startswith("ATTENDEE;")]
        assert re.search(r"PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:[!-~]*$", line)
        assert line.count('"') in {0, 2}
        assert event_of(content)["ATTENDEE"].params.get("CN", "") == one_line(name).replace("\\", "/")
