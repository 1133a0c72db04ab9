"""Feeds: for their person alone, for as long as they may; nothing is built where nothing that they see changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError

from app.calendars.feed import FeedBody
from app.db import Database, digest_of
from app.domain.errors import NotFound
from app.domain.visibility import Role, person_key
from app.models import Appointment, AppointmentMember, Meeting, Person, Sitting, SubscriptionFetch
from app.services import feeds as service
from app.services.fetches import FetchLog, flush_fetches
from app.services.identity import viewer_of_person
from app.services.kept_feeds import Feed, KeptFeed, KeptFeeds
from app.services.subscriptions import revoke_subscription
from tests import story, world
from tests.subscribing import BASE, counted_statements, feed_of, shown, subscribe

DAY = dt.timedelta(days=1)


def add(database: Database, reference: str, parties: tuple[str, ...] = world.THREE, **changed: Any) -> None:
    with database.system_session("add a meeting in a test", "write") as session:
        world.add_meeting(session, reference, parties, **changed)
        session.commit()


def change(database: Database, model: Any, found: Any, **values: Any) -> None:
    """Change one row of a model (or all that `found` finds) on the whole truth."""
    with database.system_session("change rows in a test", "write") as session:
        for row in session.execute(select(model).where(found)).scalars():
            for name, value in values.items():
                setattr(row, name, value)
        session.commit()


# Whose it is --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [key for key, member in world.CAST.items() if member.role is not Role.ADMINISTRATOR])
def test_the_look_up_by_token_knows_the_keys_that_a_person_holds(database, key):
    made = subscribe(database, key)
    state = database.feed_state(digest_of(made.token), ())
    assert state.viewer.keys == world.viewer(key).keys
    assert state.viewer.keys == viewer_of_person(database, world.CAST[key].id, world.NOW).keys


@pytest.mark.parametrize(
    ("model", "values", "serves"),
    [
        (Appointment, {"ends_on": dt.date(2026, 11, 22)}, True),
        (Appointment, {"ends_on": dt.date(2026, 11, 21)}, False),
        (Appointment, {"starts_on": dt.date(2026, 11, 22)}, True),
        (Appointment, {"starts_on": dt.date(2026, 11, 23)}, False),
        (AppointmentMember, {"ends_on": dt.date(2026, 11, 22)}, True),
        (AppointmentMember, {"ends_on": dt.date(2026, 11, 21)}, False),
        (AppointmentMember, {"starts_on": dt.date(2026, 11, 22)}, True),
        (AppointmentMember, {"starts_on": dt.date(2026, 11, 23)}, False),
    ],
)
def test_an_appointment_counts_on_its_days(database, model, values, serves):
    made = subscribe(database, "sam")
    one = Appointment.id if model is Appointment else AppointmentMember.appointment_id
    change(database, model, one == world.appointment_id("M01"), **values)
    keys = database.feed_state(digest_of(made.token), ()).viewer.keys
    assert (f"appointment:{world.appointment_id('M01')}" in keys) is serves
    assert f"appointment:{world.appointment_id('M02')}" in keys
    assert keys == viewer_of_person(database, world.CAST["sam"].id, world.NOW).keys


def test_each_sees_their_own_meetings_and_no_draft(told):
    titles = {key: shown(feed_of(told, subscribe(told, key)).body.body) for key in ("ana", "benoit", "sam", "olga")}
    both = [
        ("zzcanary-CAMXUS-title en (UNC-2026-1)", "TENTATIVE"),
        ("zzcanary-MXUS-title en (UNC-2026-MXUS-1)", "TENTATIVE"),
    ]
    cancelled = ("CANCELLED: Meeting NADD-2026-1 (NADD-2026-1)", "CANCELLED")
    assert sorted(titles["ana"]) == [cancelled, *both]
    assert sorted(titles["benoit"]) == sorted(titles["sam"]) == [cancelled, both[0]]
    assert titles["olga"] == []


def test_a_guest_sees_what_was_released_to_them_without_the_register(database):
    add(database, "UNC-2026-1", mechanism="M01", extra_keys={person_key(world.CAST["olga"].id)})
    add(database, "UNC-2026-2", mechanism="M01")
    made = subscribe(database, "olga")
    body = feed_of(database, made).body.body
    assert shown(body) == [("Meeting UNC-2026-1 (UNC-2026-1)", "TENTATIVE")]
    assert b"United Nations" not in body
    assert b"CATEGORIES" not in body


def test_busy_time_tells_nothing_else(told):
    made = subscribe(told, "ana", detail="busy", mechanism="un-coordination", language="es")
    body = feed_of(told, made).body.body
    assert shown(body) == [("Ocupado", None), ("Ocupado", None)]
    text = body.decode().replace("\r\n ", "")
    for word in ("canary", "UNC-", "NADD", "Naciones", "United", "meetings/", "Partes", "STATUS", "CATEGORIES"):
        assert word not in text
    properties = {name for event in Calendar.from_ical(body).walk("VEVENT") for name in event}
    assert properties == {"UID", "DTSTAMP", "SEQUENCE", "SUMMARY", "TRANSP", "DTSTART", "DTEND"}


def test_a_feed_of_one_mechanism_has_its_meetings_alone(told):
    body = feed_of(told, subscribe(told, "benoit", mechanism="un-coordination", language="fr")).body.body
    assert shown(body) == [("zzcanary-CAMXUS-title fr (UNC-2026-1)", "TENTATIVE")]
    assert str(Calendar.from_ical(body)["X-WR-CALNAME"]).startswith("Entente\u00a0: ")


def gone(database: Database, act: str, made: Any) -> None:
    ana = Person.id == world.CAST["ana"].id
    if act == "revoked":
        with database.write_session(world.viewer("ana")) as session:
            revoke_subscription(session, made.subscription.id)
            session.commit()
    elif act == "disabled":
        change(database, Person, ana, active=False)
    elif act == "administrator now":
        change(database, Person, ana, role="administrator")


@pytest.mark.parametrize("act", ["revoked", "disabled", "administrator now"])
def test_it_ends_at_once_and_is_not_kept(database, act):
    made, kept = subscribe(database, "ana"), KeptFeeds()
    feed_of(database, made, kept)
    assert len(kept) == 1
    gone(database, act, made)
    for _ in range(2):
        with pytest.raises(NotFound):
            feed_of(database, made, kept)
    assert len(kept) == 0


@pytest.mark.parametrize(
    "name",
    ["unknown.ics", "unknown", ".ics", "a b.ics", "x/y.ics", "é.ics", "a" * 129 + ".ics", "", "a.ics\n", "A.ICS"],
)
def test_a_malformed_or_unknown_address_leads_nowhere(sqlite_database, name):
    with pytest.raises(NotFound):
        service.find_feed(sqlite_database, KeptFeeds(), name, BASE)


def test_moving_to_another_delegation_moves_the_feed(database):
    add(database, "ADH-2026-MXUS-1", ("MX", "US"))
    add(database, "ADH-2026-CAMX-1", ("CA", "MX"))
    made, kept = subscribe(database, "carol"), KeptFeeds()
    (title, _status), *others = shown(feed_of(database, made, kept).body.body)
    assert (title, others) == ("Meeting ADH-2026-MXUS-1 (ADH-2026-MXUS-1)", [])
    change(database, Person, Person.id == world.CAST["carol"].id, delegation="CA")
    (title, _status), *others = shown(feed_of(database, made, kept).body.body)
    assert (title, others) == ("Meeting ADH-2026-CAMX-1 (ADH-2026-CAMX-1)", [])


# What stays and what goes -------------------------------------------------------------------------

CALLED_OFF: dict[str, Any] = {"state": "cancelled", "reason": "R", "cancelled_at": world.NOW}
CONFIRMED: dict[str, Any] = {"confirmed_at": world.NOW - 99 * DAY}
STATES: dict[str, dict[str, Any]] = {
    "A-2026-1": {"state": "proposed"},
    "A-2026-2": {"state": "confirmed"} | CONFIRMED,
    "A-2026-3": {"state": "held"} | CONFIRMED,
    "A-2026-4": {"state": "closed"},
    "A-2026-5": CALLED_OFF | CONFIRMED | {"state": "postponed", "date_is_open": True},
    "A-2026-6": CALLED_OFF | CONFIRMED,
    "A-2026-7": CALLED_OFF,
    "A-2026-8": CALLED_OFF | CONFIRMED | {"cancelled_at": world.NOW - 90 * DAY},
    "A-2026-9": CALLED_OFF | CONFIRMED | {"cancelled_at": world.NOW - 90 * DAY + dt.timedelta(seconds=1)},
}


@pytest.mark.parametrize(
    ("includes_tentative", "detail", "expected"),
    [
        (True, "full", "1T 2C 3C 4C 5X 6X 7X 9X"),
        (False, "full", "2C 3C 4C 5X 6X 9X"),
        (True, "busy", "4"),
        (False, "busy", "3"),
    ],
)
def test_what_each_choice_shows_of_each_state(sqlite_database, includes_tentative, detail, expected):
    for reference, changed in STATES.items():
        add(sqlite_database, reference, **changed)
    made = subscribe(sqlite_database, "ana", includes_tentative=includes_tentative, detail=detail)
    found = shown(feed_of(sqlite_database, made).body.body)
    letters = {"TENTATIVE": "T", "CONFIRMED": "C", "CANCELLED": "X"}
    told = " ".join(sorted(f"{title[-2]}{letters[status]}" for title, status in found if status)) or str(len(found))
    assert told == expected


def test_a_cancelled_meeting_leaves_by_age_with_nothing_written(database, clock):
    add(database, "A-2026-1", state="cancelled", reason="R", cancelled_at=world.NOW, confirmed_at=world.NOW)
    made, kept = subscribe(database, "ana"), KeptFeeds()
    first = feed_of(database, made, kept)
    assert len(shown(first.body.body)) == 1
    clock.forward(days=89, hours=23, minutes=59)
    assert feed_of(database, made, kept).body == first.body
    clock.forward(minutes=1)
    last = feed_of(database, made, kept)
    assert shown(last.body.body) == []
    assert last.last_modified == clock.now


def test_what_a_calendar_gets_of_a_meeting(database):
    add(
        database, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01", state="confirmed", format="hybrid",
        conference_url="https://meet.example/x", sequence=3, place="Sala 4",
    )  # fmt: skip
    body = feed_of(database, subscribe(database, "ana", language="es")).body.body
    (event,) = Calendar.from_ical(body).walk("VEVENT")
    meeting = Meeting.reference == "UNC-2026-MXUS-1"
    with database.system_session("read a meeting in a test") as session:
        row = session.execute(select(Meeting).where(meeting)).scalar_one()
    assert (event["UID"], event["SEQUENCE"], event["URL"]) == (row.uid, 3, f"{BASE}/meetings/UNC-2026-MXUS-1")
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == row.changed_at.replace(microsecond=0)
    assert str(event["DTSTART"].params["TZID"]) == "America/New_York"
    assert (event["DTSTART"].dt.hour, event["DTEND"].dt.hour) == (10, 13)
    assert (event["LOCATION"], event["CONFERENCE"]) == ("Sala 4", "https://meet.example/x")
    description = str(event["DESCRIPTION"])
    assert "Partes: Estados Unidos, México" in description
    assert "Ciudad de México: 9:00–12:00" in description
    assert "Washington: 10:00–13:00" in description
    assert "Ottawa" not in description
    assert str(event["CATEGORIES"].to_ical().decode()).endswith(",UNC")


@pytest.mark.parametrize(
    ("language", "parties", "capitals"),
    [
        ("en", "Parties: Canada, Mexico, United States", ["Ottawa", "Mexico City", "Washington"]),
        ("es", "Partes: Canadá, Estados Unidos, México", ["Ottawa", "Washington", "Ciudad de México"]),
        ("fr", "Parties\xa0: Canada, États-Unis, Mexique", ["Ottawa", "Washington", "Mexico"]),
    ],
)
def test_parties_and_capitals_come_in_the_order_of_the_language(sqlite_database, language, parties, capitals):
    add(sqlite_database, "UNC-2026-1", time_zone="America/New_York")
    calendar = Calendar.from_ical(download(sqlite_database, "ana", "UNC-2026-1", language).content)
    said = str(calendar.events[0]["DESCRIPTION"])
    assert parties in said
    assert sorted(capitals, key=lambda city: said.index(f"\n{city}")) == capitals


def test_days_without_hours_and_a_form_that_was_not_told(sqlite_database):
    with sqlite_database.system_session("add days without hours in a test", "write") as session:
        changed: dict[str, Any] = {"state": "closed", "format": "unknown", "ends_on": dt.date(2026, 12, 12)}
        meeting = world.add_meeting(session, "A-2026-1", **changed)
        meeting.starts_time = meeting.ends_time = None
        session.commit()
    (event,) = Calendar.from_ical(feed_of(sqlite_database, subscribe(sqlite_database, "ana")).body.body).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (dt.date(2026, 12, 10), dt.date(2026, 12, 13))
    assert not [word for word in ("In person", "Hybrid", "Virtual") if word in str(event["DESCRIPTION"])]


def test_sittings_are_told_one_by_one(sqlite_database):
    with sqlite_database.system_session("add a second day in a test", "write") as session:
        meeting = world.add_meeting(session, "A-2026-1", ends_on=dt.date(2026, 12, 11))
        first = session.execute(select(Sitting).where(Sitting.meeting_id == meeting.id)).scalar_one()
        first.ends_at = first.starts_at + dt.timedelta(hours=3)
        session.add(
            Sitting(
                meeting_id=meeting.id, audience_id=meeting.audience_id, position=2, starts_at=first.starts_at + DAY,
                ends_at=first.ends_at + DAY,
            )
        )  # fmt: skip
        session.commit()
    (event,) = Calendar.from_ical(feed_of(sqlite_database, subscribe(sqlite_database, "ana")).body.body).walk("VEVENT")
    text = str(event["DESCRIPTION"])
    assert "Sitting 1: Thursday 10 December 2026" in text
    assert "Sitting 2: Friday 11 December 2026" in text


# What is kept -------------------------------------------------------------------------------------


def test_an_unchanged_feed_costs_one_statement_and_builds_nothing(database):
    add(database, "UNC-2026-1", mechanism="M01")
    made, kept = subscribe(database, "sam"), KeptFeeds()
    first = feed_of(database, made, kept)
    with counted_statements(database) as statements:
        assert feed_of(database, made, kept) is first
    assert len(statements) == 1


def test_building_takes_the_same_statements_for_any_number_of_meetings(database):
    made = subscribe(database, "ana")
    counts = []
    for size in (1, 4):
        for number in range(size):
            add(database, f"A-{2026 + size}-{number + 1}", mechanism="M01")
        with counted_statements(database) as statements:
            feed_of(database, made)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_change_that_the_subscriber_may_not_see_changes_nothing_of_theirs(database, clock):
    add(database, "UNC-2026-1", mechanism="M01")
    ana, benoit = subscribe(database, "ana"), subscribe(database, "benoit")
    kept = KeptFeeds()
    before = {made: feed_of(database, made, kept) for made in (ana, benoit)}
    clock.forward(minutes=5)
    add(database, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01")
    assert feed_of(database, benoit, kept) is before[benoit]
    assert feed_of(database, benoit).body == before[benoit].body
    after = feed_of(database, ana, kept)
    assert after.body.etag != before[ana].body.etag
    assert (before[ana].last_modified, after.last_modified) == (world.NOW, clock.now)


def test_a_change_that_does_not_show_leaves_bytes_and_date_alone(database, clock):
    add(database, "UNC-2026-1", mechanism="M01")
    made, kept = subscribe(database, "ana"), KeptFeeds()
    before = feed_of(database, made, kept)
    clock.forward(minutes=5)
    change(database, Meeting, Meeting.reference == "UNC-2026-1", reason="said elsewhere")
    after = feed_of(database, made, kept)
    assert after is not before
    assert (after.body, after.last_modified) == (before.body, before.last_modified)


def test_another_process_makes_the_same_bytes(told):
    made = subscribe(told, "ana", language="fr")
    assert feed_of(told, made).body == feed_of(told, made).body


def test_a_date_between_two_seconds_is_the_later_one(sqlite_database, clock):
    clock.forward(milliseconds=400)
    found = feed_of(sqlite_database, subscribe(sqlite_database, "ana"))
    assert found.last_modified == world.NOW + dt.timedelta(seconds=1)


def body_of(size: int) -> Feed:
    return Feed(world.identity("subscription", "x"), FeedBody(b"x" * size, b"", '"a"', '"b"'), world.NOW)


@pytest.mark.parametrize(
    ("limits", "sizes", "left"),
    [
        ((2, 100), [1, 1, 1], ["b", "c"]),
        ((9, 10), [4, 4, 4], ["b", "c"]),
        ((9, 10), [4, 4, 9], ["c"]),
        ((9, 10), [4, 4, 11], []),
        ((9, 12), [4, 4, 4], ["a", "b", "c"]),
    ],
)
def test_the_least_recently_asked_for_go_first(limits, sizes, left):
    kept = KeptFeeds(*limits)
    for name, size in zip("abc", sizes, strict=True):
        kept.keep(name, KeptFeed(body_of(size), frozenset(), (), world.NOW))
    assert [name for name in "abc" if kept.find(name)] == left
    assert len(kept) == len(left)


def test_asking_for_a_feed_keeps_it_longer_and_a_new_one_replaces_the_old():
    kept = KeptFeeds(2, 100)
    for name in ("a", "b", "b"):
        kept.keep(name, KeptFeed(body_of(40), frozenset(), (), world.NOW))
    kept.find("a")
    kept.keep("c", KeptFeed(body_of(10), frozenset(), (), world.NOW))
    assert [name for name in "abc" if kept.find(name)] == ["a", "c"]


# When it was fetched ------------------------------------------------------------------------------


def fetches(database: Database, key: str) -> list[tuple[int, dt.datetime, str]]:
    with database.read_session(world.viewer(key)) as session:
        rows = session.execute(select(SubscriptionFetch).order_by(SubscriptionFetch.last_agent)).scalars()
        return [(row.fetch_count, row.last_fetched_at, row.last_agent) for row in rows]


def test_fetches_are_gathered_and_added_up_over_processes(database, clock):
    ana, benoit = subscribe(database, "ana").subscription.id, subscribe(database, "benoit").subscription.id
    one, other = FetchLog(), FetchLog()
    assert one.note(ana, "khal", clock.now) is True
    one.note(ana, "Thunderbird/153", clock.now + dt.timedelta(seconds=5))
    one.note(benoit, "curl/8", clock.now)
    other.note(ana, "khal", clock.now + dt.timedelta(seconds=3))
    flush_fetches(database, one)
    flush_fetches(database, other)
    flush_fetches(database, other)
    assert fetches(database, "ana") == [(3, clock.now + dt.timedelta(seconds=5), "Thunderbird/153")]
    assert fetches(database, "benoit") == [(1, clock.now, "curl/8")]
    assert fetches(database, "diego") == []


def test_it_is_time_to_flush_at_the_first_fetch_and_then_once_a_minute(sqlite_database, clock):
    log, ana = FetchLog(), subscribe(sqlite_database, "ana").subscription.id
    assert log.note(ana, "khal", clock.now) is True
    flush_fetches(sqlite_database, log)
    clock.forward(seconds=59)
    assert log.note(ana, "khal", clock.now) is False
    clock.forward(seconds=1)
    assert log.note(ana, "khal", clock.now) is True


def test_writing_down_a_fetch_makes_no_feed_anew(database, clock):
    made, kept, log = subscribe(database, "ana"), KeptFeeds(), FetchLog()
    first = feed_of(database, made, kept)
    for _ in range(2):
        clock.forward(minutes=2)
        log.note(made.subscription.id, "khal", clock.now)
        flush_fetches(database, log)
        assert feed_of(database, made, kept) is first


def test_what_cannot_be_written_is_kept_for_the_next_time(sqlite_database, clock, monkeypatch):
    made, log = subscribe(sqlite_database, "ana"), FetchLog()
    log.note(made.subscription.id, "khal", clock.now)
    away = OperationalError("", {}, Exception())

    def fail(*_arguments: object, **_options: object) -> None:
        raise away

    with monkeypatch.context() as broken:
        broken.setattr(sqlite_database, "system_session", fail)
        flush_fetches(sqlite_database, log)
    log.note(made.subscription.id, "khal", clock.now)
    flush_fetches(sqlite_database, log)
    assert fetches(sqlite_database, "ana") == [(2, clock.now, "khal")]


def test_a_fetch_of_what_is_revoked_meanwhile_is_written_too(database):
    made, log = subscribe(database, "ana"), FetchLog()
    log.note(made.subscription.id, "a" * 500 + "\r\nX: y", world.NOW)
    gone(database, "revoked", made)
    flush_fetches(database, log)
    assert fetches(database, "ana") == [(1, world.NOW, "a" * 300)]


# One meeting to save ------------------------------------------------------------------------------


def download(database: Database, key: str, reference: str, language: str = "en") -> service.Download:
    with database.read_session(world.viewer(key)) as session:
        return service.meeting_download(session, reference, BASE, language)


def test_one_meeting_for_who_sees_it_in_their_language(told):
    found = download(told, "carol", story.HIDDEN, "fr")
    assert found.file_name == "UNC-2026-MXUS-1.ics"
    assert shown(found.content) == [("zzcanary-MXUS-title fr (UNC-2026-MXUS-1)", "TENTATIVE")]
    assert b"METHOD" not in found.content
    unseen = (("benoit", story.HIDDEN), ("sam", story.HIDDEN), ("olga", story.SHARED), ("ana", "UNC-2026-9"))
    for key, reference in unseen:
        with pytest.raises(NotFound):
            download(told, key, reference)


def test_a_meeting_cancelled_long_ago_can_still_be_saved(sqlite_database):
    add(sqlite_database, "ADH-2025-1", state="cancelled", reason="R", cancelled_at=world.NOW - 400 * DAY)
    assert shown(download(sqlite_database, "ana", "ADH-2025-1").content) == [
        ("CANCELLED: Meeting ADH-2025-1 (ADH-2025-1)", "CANCELLED")
    ]


def test_a_look_up_whose_connection_was_lost_is_made_again(database):
    made = subscribe(database, "ana")
    state = database.feed_state(digest_of(made.token), ())
    for connection in held_connections(database):
        connection.close()
    assert database.feed_state(digest_of(made.token), ()) == state


def held_connections(database: Database) -> list[Any]:
    """Return the drivers' connections that wait in the pool of the look-up."""
    with database.feeds._feed_engine.connect() as connection:
        return [connection.connection.driver_connection]


def test_trouble_with_the_look_up_is_trouble_with_the_database(database, monkeypatch):
    made = subscribe(database, "ana")
    database.feed_state(digest_of(made.token), ())
    monkeypatch.setattr(database.feeds._feed_look_up, "string", "SELECT no_such_column FROM subscriptions")
    with pytest.raises(OperationalError):
        database.feed_state(digest_of(made.token), ())


@pytest.mark.parametrize("statement", ["DELETE FROM subscription_fetches", "UPDATE people SET name = 'x'"])
def test_the_look_up_can_only_read(database, statement):
    with database.feeds._feed_engine.connect() as connection, pytest.raises(DBAPIError):
        connection.exec_driver_sql(statement)
