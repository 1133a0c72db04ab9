"""Dates to agree and closures in a feed: whole days that keep nobody busy, the same by every build of the day."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from icalendar import Calendar

from app.db import Database
from app.domain.day_entries import closure_entries, months_after
from app.models import Mechanism, Meeting
from app.services.kept_feeds import KeptFeeds
from tests import world
from tests.services.test_feeds import add, change
from tests.subscribing import feed_of, subscribe

HELD: dict[str, Any] = {"state": "held", "starts_on": dt.date(2026, 3, 3)}


def days(body: bytes) -> dict[str, Any]:
    """Return the events that are no meetings, by their title."""
    events = Calendar.from_ical(body).walk("VEVENT")
    return {str(event["SUMMARY"]): event for event in events if "STATUS" not in event}


def to_agree(database: Database, key: str, **wanted: Any) -> list[str]:
    return sorted(days(feed_of(database, subscribe(database, key, shows_to_agree=True, **wanted)).body.body))


UNC = "Date to agree: Trilateral coordination on United Nations issues by 31 December 2026"


def test_a_date_to_agree_is_a_whole_day_that_keeps_one_free(database):
    body = feed_of(database, subscribe(database, "ana", shows_to_agree=True, mechanism="un-coordination")).body.body
    ((title, event),) = days(body).items()
    assert re.fullmatch(r"Date to agree: .+ by 31 December 2026", title)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (dt.date(2026, 12, 31), dt.date(2027, 1, 1))
    assert (event["TRANSP"], event["UID"]) == ("TRANSPARENT", "to-agree-un-coordination-2026-12-31@entente.example")
    assert event["URL"] == "https://entente.example/mechanisms/un-coordination"
    assert "Meetings still to agree: 2 of 2." in event["DESCRIPTION"]


@pytest.mark.parametrize(
    ("key", "count"), [("ana", 2), ("benoit", 2), ("carol", 2), ("sam", 2), ("olga", 0)],
)  # fmt: skip
def test_each_is_told_of_their_own_mechanisms_and_a_guest_of_none(database, key, count):
    assert len(to_agree(database, key)) == count


@pytest.mark.parametrize(
    ("meetings", "expected"),
    [
        ([], "2 of 2"),
        ([HELD], "1 of 2"),
        ([HELD, {"state": "confirmed"}], None),
        ([HELD, {"state": "proposed"}], "1 of 2"),
        ([HELD, {"state": "cancelled", "reason": "R", "cancelled_at": world.NOW}], "1 of 2"),
        ([HELD, {"state": "confirmed", "kind": "training"}], "1 of 2"),
        ([HELD, {"state": "confirmed", "parties": ("CA", "MX")}], "1 of 2"),
        ([HELD, {"state": "confirmed", "starts_on": dt.date(2027, 1, 8)}], "1 of 2"),
        ([{"state": "held", "starts_on": dt.date(2025, 12, 30)}, HELD], "1 of 2"),
    ],
)
def test_it_goes_when_the_date_is_agreed(database, meetings, expected):
    for number, changed in enumerate(meetings, start=1):
        values = dict(changed)
        add(database, f"UNC-2026-{number}", values.pop("parties", world.THREE), mechanism="M01", **values)
    made = subscribe(database, "ana", shows_to_agree=True, mechanism="un-coordination")
    found = list(days(feed_of(database, made).body.body).values())
    if expected is None:
        assert found == []
    else:
        assert f"Meetings still to agree: {expected}." in found[0]["DESCRIPTION"]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({}, 2),
        ({"parties": ("CA",)}, 2),
        ({"levels": ("ministers",)}, 0),
        ({"kinds": ("session", "training")}, 2),
        ({"kinds": ("training",)}, 0),
        ({"office": "MX-UIF"}, 1),
        ({"detail": "busy"}, 0),
    ],
)
def test_it_follows_the_filter(database, wanted, count):
    assert len(to_agree(database, "ana", **wanted)) == count


def test_what_others_agree_changes_it_and_the_next_year_brings_the_next(database, clock):
    made, kept = subscribe(database, "ana", shows_to_agree=True, mechanism="un-coordination"), KeptFeeds()
    first = feed_of(database, made, kept).body
    assert feed_of(database, made, kept).body is first
    clock.forward(hours=3)
    assert feed_of(database, made, kept).body == first
    clock.now = dt.datetime(2027, 1, 1, 5, 59, tzinfo=dt.UTC)  # 23:59 in Mexico City
    assert feed_of(database, made, kept).body.body == first.body
    clock.forward(minutes=1)
    (title,) = days(feed_of(database, made, kept).body.body)
    assert title.endswith("by 31 December 2027")
    change(database, Mechanism, Mechanism.ref == "M01", status="concluded")
    assert days(feed_of(database, made, kept).body.body) == {}


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", ("Mexico City: offices closed (Christmas Day)", "Date to agree: ", " by 31 December 2026")),
        ("es", ("Ciudad de México: oficinas cerradas (", "Fecha por acordar: ", "tardar el 31 de diciembre de 2026")),
        ("fr", ("Mexico\u00a0: bureaux fermés (", "Date à convenir\u00a0: ", ", au plus tard le 31 décembre 2026")),
    ],
)  # fmt: skip
def test_they_speak_the_language(sqlite_database, language, says):
    wanted = {"shows_to_agree": True, "closures_of": ("MX",), "language": language}
    titles = list(days(feed_of(sqlite_database, subscribe(sqlite_database, "ana", **wanted)).body.body))
    for said in says:
        assert any(said in title for title in titles), said


def test_closures_of_the_chosen_capitals_from_90_days_ago_for_18_months(database):
    made = subscribe(database, "olga", closures_of=("CA", "US"))
    body = feed_of(database, made).body.body
    events = Calendar.from_ical(body).walk("VEVENT")
    first_days = sorted(str(event["DTSTART"].dt) for event in events)
    assert (first_days[0], first_days[-1]) == ("2026-09-07", "2028-05-22")
    uids = [str(event["UID"]) for event in events]
    assert "closure-ca-2027-07-01@entente.example" in uids
    assert "closure-us-2026-11-26@entente.example" in uids
    assert len(set(uids)) == len(uids) > 30
    assert not [uid for uid in uids if uid.startswith("closure-mx")]
    assert {str(event["TRANSP"]) for event in events} == {"TRANSPARENT"}
    named = [str(event["SUMMARY"]) for event in events if event["DTSTART"].dt == dt.date(2026, 11, 26)]
    assert named == ["Washington: offices closed (Thanksgiving Day)"]


def test_a_closure_leaves_and_comes_with_the_days_alone(database, clock):
    made, kept = subscribe(database, "ana", closures_of=("US",)), KeptFeeds()
    first = feed_of(database, made, kept)
    clock.now = dt.datetime(2026, 12, 7, 5, 59, tzinfo=dt.UTC)
    labour_day = b"closure-us-2026-09-07@"
    assert labour_day in first.body.body
    assert labour_day in feed_of(database, made, kept).body.body
    clock.forward(minutes=1)
    assert labour_day not in feed_of(database, made, kept).body.body


def test_busy_time_has_no_such_days(sqlite_database):
    wanted = {"detail": "busy", "closures_of": ("CA", "MX", "US"), "shows_to_agree": True}
    body = feed_of(sqlite_database, subscribe(sqlite_database, "ana", **wanted)).body.body
    assert list(Calendar.from_ical(body).walk("VEVENT")) == []


def test_two_builds_of_a_day_are_the_same_bytes_and_the_tag_changes_only_when_it_must(database, clock):
    made = subscribe(database, "ana", closures_of=("CA", "MX", "US"), shows_to_agree=True)
    add(database, "A-2026-1")
    first = feed_of(database, made).body
    clock.forward(hours=2)
    assert feed_of(database, made).body == first
    clock.forward(days=1)
    assert feed_of(database, made).body == first
    change(database, Meeting, Meeting.reference == "A-2026-1", place="Elsewhere")
    assert feed_of(database, made).body.etag != first.etag
    text = first.body
    assert not re.search(rb"(?<!\r)\n", text)
    assert max(map(len, text.split(b"\r\n"))) <= 75


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2026, 11, 22), dt.date(2028, 5, 22)),
        (dt.date(2026, 8, 31), dt.date(2028, 2, 29)),
        (dt.date(2026, 6, 30), dt.date(2027, 12, 30)),
        (dt.date(2025, 8, 31), dt.date(2027, 2, 28)),
    ],
)
def test_eighteen_months(day, expected):
    assert months_after(day, 18) == expected


def test_a_party_without_closures_has_none():
    assert closure_entries(["NL", "XX"], {}, "en", dt.date(2026, 11, 22), "x.example") == ()
