"""New zone data: what is listed to whom, what a decision writes, and that nothing moves before one."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import person_key
from app.domain.zone_changes import Keep
from app.models import AuditRecord, Meeting, OutboxMessage, Person, Sitting
from app.services.feeds import meeting_download
from app.services.home import first_page
from app.services.meeting_life import promise_of
from app.services.meetings import find_meeting
from app.services.zone_changes import Affected, affected_meetings, decide, decision_of, zone_changes
from tests import world
from tests.conftest import Clock
from tests.subscribing import counted_statements, feed_of, subscribe

UTC = dt.UTC
# 10:00 in Vancouver on 10 December 2026: UTC-8 by every release until the province stopped changing its clocks.
PROMISED = dt.datetime(2026, 12, 10, 18, tzinfo=UTC)
NOW_READ = dt.datetime(2026, 12, 10, 17, tzinfo=UTC)
YES = dict.fromkeys(world.THREE, "yes")
VANCOUVER = "UNC-2026-1"
HIDDEN = "UNC-2026-MXUS-1"


def add_promised(
    session: GuardedSession, reference: str, parties: tuple[str, ...] = world.THREE, *, hours: float = 1, **changed: Any
) -> Meeting:
    """Add a meeting whose instants an older release put `hours` later than the data in force does."""
    values = {"time_zone": "America/Vancouver", "place": "Vancouver", "tzdata_version": "2025.2", "state": "confirmed"}
    meeting = world.add_meeting(session, reference, parties, **(values | changed))
    later = dt.timedelta(hours=hours)
    meeting.starts_at, meeting.ends_at = meeting.starts_at + later, meeting.ends_at + later
    for sitting in session.execute(select(Sitting).where(Sitting.meeting_id == meeting.id)).scalars():
        sitting.starts_at, sitting.ends_at = meeting.starts_at, meeting.ends_at
    session.flush()
    return meeting


@pytest.fixture
def old(database: Database) -> Database:
    """Return a database with meetings that an older release resolved, one of them of Mexico and the United States."""
    with database.system_session("as an older release resolved them", "write") as session:
        add_promised(session, VANCOUVER, mechanism="M01", answers=YES)
        add_promised(session, HIDDEN, ("MX", "US"), time_zone="America/Edmonton", starts_on=dt.date(2026, 12, 3))
        session.commit()
    return database


def listed(database: Database, key: str) -> list[tuple[str, bool]]:
    with database.read_session(world.viewer(key)) as session:
        return [(each.meeting.reference, each.may_decide) for each in zone_changes(session)]


def only(database: Database, key: str, reference: str) -> Affected:
    with database.read_session(world.viewer(key)) as session:
        [found] = [each for each in zone_changes(session) if each.meeting.reference == reference]
        return found


def decided(database: Database, key: str, keep: Any, reference: str = VANCOUVER, **given: Any) -> None:
    with database.write_session(world.viewer(key)) as session:
        version = given.pop("version", None) or find_meeting(session, reference).version
        decide(session, reference, keep, version=version, **given)
        session.commit()


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.key


def meeting_of(database: Database, reference: str = VANCOUVER) -> dict[str, Any]:
    """Return what stands of a meeting, its sittings and answers among it."""
    with database.system_session("read a meeting") as session:
        found = find_meeting(session, reference)
        return {
            "state": found.state,
            "wall": (found.starts_on.isoformat(), f"{found.starts_time:%H:%M}", f"{found.ends_time:%H:%M}"),
            "at": found.starts_at,
            "sittings": [each.starts_at for each in found.sittings],
            "data": found.tzdata_version,
            "zone": found.time_zone,
            "sequence": found.sequence,
            "answers": {row.party_code: row.answer for row in found.parties},
            "version": found.version,
            "promise": promise_of(found),
        }


# Who is shown what --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("ana", [(HIDDEN, True), (VANCOUVER, True)]),
        ("diego", [(HIDDEN, False), (VANCOUVER, False)]),
        ("carol", [(HIDDEN, True), (VANCOUVER, True)]),
        ("isabelle", [(VANCOUVER, True)]),
        ("benoit", [(VANCOUVER, False)]),
        ("sam", [(VANCOUVER, True)]),
        ("olga", []),
        ("marta", []),
    ],
)
def test_each_is_shown_their_own_meetings_alone(old, key, expected):
    assert listed(old, key) == expected


def test_before_and_after(old):
    change = only(old, "ana", VANCOUVER).change
    assert (change.kind, change.promised.tzdata, change.release) == ("moved", "2025.2", "2026f")
    assert change.promised.when.starts_at == PROMISED
    assert [reading.when.starts_at for reading in change.readings] == [NOW_READ]


UNLISTED = [
    {"state": "held"},
    {"state": "closed"},
    {"state": "cancelled"},
    {"state": "postponed", "date_is_open": True},
    {"hours": 0},
    {"hours": 0, "time_zone": "America/New_York"},
    {"starts_on": dt.date(2026, 11, 20)},
]


@pytest.mark.parametrize("changed", UNLISTED)
def test_what_is_not_listed(database, changed):
    with database.system_session("a meeting", "write") as session:
        add_promised(session, VANCOUVER, **changed)
        session.commit()
    assert listed(database, "ana") == []
    with database.write_session(world.viewer("ana")) as session:
        assert refused(lambda: decision_of(session, VANCOUVER, "moment")) == "zone_change_settled"


def test_one_that_has_begun_is_listed_until_it_is_over(old, clock: Clock):
    clock.now = dt.datetime(2026, 12, 10, 20, 59, tzinfo=UTC)
    assert listed(old, "ana") == [(VANCOUVER, True)]
    assert refused(lambda: decided(old, "ana", "hour")) == "start_has_passed"
    clock.now = dt.datetime(2026, 12, 10, 21, 0, tzinfo=UTC)
    assert listed(old, "ana") == []


def test_mexico_city_by_the_rules_before_2022(database):
    with database.system_session("a meeting", "write") as session:
        add_promised(
            session, HIDDEN, ("MX", "US"), hours=-1, time_zone="America/Mexico_City",
            starts_on=dt.date(2027, 6, 10), tzdata_version="2022c",
        )  # fmt: skip
        session.commit()
    change = only(database, "lucia", HIDDEN).change
    assert change.promised.when.starts_at == dt.datetime(2027, 6, 10, 15, tzinfo=UTC)
    assert change.readings[0].when.starts_at == dt.datetime(2027, 6, 10, 16, tzinfo=UTC)
    assert listed(database, "isabelle") == []


def needs(database: Database, key: str) -> list[str]:
    with database.read_session(world.viewer(key)) as session:
        return [
            need.meeting.reference for need in first_page(session).needs if need.kind == "zone_change" and need.meeting
        ]


@pytest.mark.parametrize(
    ("key", "expected"),
    [("ana", [HIDDEN, VANCOUVER]), ("diego", []), ("isabelle", [VANCOUVER]), ("sam", [VANCOUVER]), ("olga", [])],
)
def test_the_first_page_asks_those_who_can_decide(old, key, expected):
    assert needs(old, key) == expected


@pytest.mark.parametrize("key", ["ana", "sam"])
def test_the_list_takes_as_many_statements_for_one_as_for_many(old, key):
    def count() -> int:
        with old.read_session(world.viewer(key)) as session, counted_statements(old) as statements:
            zone_changes(session)
            return len(statements)

    few = count()
    with old.system_session("more meetings", "write") as session:
        for number in range(2, 14):
            add_promised(session, f"UNC-2026-{number}", mechanism="M01")
        session.commit()
    assert count() == few <= 4


@pytest.mark.parametrize("key", ["ana", "sam"])
def test_the_first_page_takes_as_many_statements_for_one_as_for_many(old, key):
    def count() -> int:
        with old.read_session(world.viewer(key)) as session, counted_statements(old) as statements:
            first_page(session)
            return len(statements)

    few = count()
    with old.system_session("more meetings", "write") as session:
        for number in range(2, 14):
            add_promised(session, f"UNC-2026-{number}", mechanism="M01")
        session.commit()
    assert count() == few <= 12


# Nothing moves by itself --------------------------------------------------------------------------


def starts_in(content: bytes) -> list[tuple[str, dt.datetime]]:
    """Return of each event how DTSTART is written, and the instant that it denotes."""
    found = []
    for event in Calendar.from_ical(content.decode()).walk("VEVENT"):
        written = event["DTSTART"].to_ical().decode()
        zone = event["DTSTART"].params.get("TZID", "")
        found.append((f"{zone}:{written}", event.decoded("DTSTART").astimezone(UTC)))
    return found


def test_feeds_denote_the_promised_moment_to_every_program(old):
    """In UTC: a program that reads Vancouver by data of its own, older or newer, comes at the same moment."""
    body = feed_of(old, subscribe(old, "isabelle")).body.body
    assert starts_in(body) == [(":20261210T180000Z", PROMISED)]
    assert b"VTIMEZONE" not in body
    assert b"11:00" in body.replace(b"\r\n ", b"")
    with old.read_session(world.viewer("ana")) as session:
        saved = meeting_download(session, VANCOUVER, "http://localhost", "en").content
    assert starts_in(saved) == [(":20261210T180000Z", PROMISED)]


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        ("hour", ("America/Vancouver:20261210T100000", NOW_READ)),
        ("moment", ("America/Vancouver:20261210T110000", PROMISED)),
    ],
)
def test_feeds_write_the_zone_again_once_it_is_decided(old, keep, expected):
    made = subscribe(old, "isabelle", includes_tentative=True)
    before = feed_of(old, made).body.etag
    decided(old, "ana", keep)
    after = feed_of(old, made)
    assert starts_in(after.body.body) == [expected]
    assert b"SEQUENCE:1\r\n" in after.body.body
    assert after.body.etag != before


def test_a_feed_survives_a_zone_that_is_gone(database):
    with database.system_session("a meeting", "write") as session:
        meeting = add_promised(session, VANCOUVER)
        meeting.time_zone = "America/Atlantis"
        session.commit()
    assert starts_in(feed_of(database, subscribe(database, "isabelle")).body.body) == [(":20261210T180000Z", PROMISED)]


def test_looking_moves_nothing(old):
    before = meeting_of(old)
    listed(old, "ana")
    needs(old, "ana")
    feed_of(old, subscribe(old, "ana"))
    with old.write_session(world.viewer("ana")) as session:
        decision_of(session, VANCOUVER, "hour")
        session.commit()
    assert meeting_of(old) == before
    assert (before["at"], before["data"], before["sequence"]) == (PROMISED, "2025.2", 0)


# Deciding -----------------------------------------------------------------------------------------


def test_keeping_the_hour_moves_the_meeting_and_asks_all_again(old):
    before = meeting_of(old)
    decided(old, "ana", "hour")
    after = meeting_of(old)
    assert (after["wall"], after["at"], after["sittings"]) == (before["wall"], NOW_READ, [NOW_READ])
    assert (after["state"], after["sequence"], after["data"]) == ("proposed", 1, "2026f")
    assert after["answers"] == {"CA": None, "MX": "yes", "US": None}
    assert after["promise"] != before["promise"]
    assert listed(old, "isabelle") == []


def test_a_secretariats_decision_is_nobodys_yes(old):
    decided(old, "sam", "hour")
    assert meeting_of(old)["answers"] == dict.fromkeys(world.THREE)


def test_keeping_the_moment_rewrites_the_hour_and_asks_nobody(old):
    before = meeting_of(old)
    decided(old, "sam", "moment")
    after = meeting_of(old)
    assert (after["wall"], after["at"], after["sittings"]) == (("2026-12-10", "11:00", "14:00"), PROMISED, [PROMISED])
    assert (after["state"], after["sequence"], after["data"]) == ("confirmed", 1, "2026f")
    assert (after["answers"], after["promise"]) == (YES, before["promise"])
    assert listed(old, "ana") == [(HIDDEN, True)]


def test_a_zone_that_is_gone_is_replaced(database):
    with database.system_session("a meeting", "write") as session:
        add_promised(session, VANCOUVER).time_zone = "America/Atlantis"
        session.commit()
    assert refused(lambda: decided(database, "ana", "hour")) == "zone_is_gone"
    assert refused(lambda: decided(database, "ana", "moment")) == "required"
    decided(database, "ana", "moment", zone="America/Toronto")
    after = meeting_of(database)
    assert (after["zone"], after["wall"], after["at"]) == (
        "America/Toronto",
        ("2026-12-10", "13:00", "16:00"),
        PROMISED,
    )


def test_a_doubled_hour_needs_a_choice(database):
    with database.system_session("a meeting", "write") as session:
        add_promised(
            session, VANCOUVER, hours=0, time_zone="America/New_York", starts_on=dt.date(2027, 11, 7),
            starts_time=dt.time(1, 30), answers=YES,
        )  # fmt: skip
        session.commit()
    assert refused(lambda: decided(database, "ana", "hour")) == "which_of_two"
    decided(database, "ana", "hour", choice="earlier")
    after = meeting_of(database)
    assert (after["at"], after["sequence"], after["answers"]) == (dt.datetime(2027, 11, 7, 5, 30, tzinfo=UTC), 0, YES)
    assert listed(database, "ana") == []


@pytest.mark.parametrize(
    ("key", "reference", "expected"),
    [
        ("diego", VANCOUVER, "forbidden"),
        ("benoit", VANCOUVER, "forbidden"),
        ("isabelle", HIDDEN, "not_found"),
        ("sam", HIDDEN, "not_found"),
        ("olga", VANCOUVER, "not_found"),
        ("marta", VANCOUVER, "not_found"),
    ],
)
@pytest.mark.parametrize("keep", ["hour", "moment"])
def test_who_decides(old, key, reference, expected, keep):
    before = meeting_of(old, reference)
    assert refused(lambda: decided(old, key, keep, reference, version=before["version"])) == expected
    with old.read_session(world.viewer(key)) as session:
        assert refused(lambda: decision_of(session, reference, keep)) == expected
    assert meeting_of(old, reference) == before


def test_a_guest_reads_and_does_not_decide(old):
    with old.system_session("released to a guest", "write") as session:
        found = session.execute(select(Meeting).where(Meeting.reference == VANCOUVER)).scalar_one()
        keys = {*(f"party:{code}" for code in world.THREE), person_key(world.CAST["olga"].id)}
        audience = session.audience(keys)
        for row in (found, *session.execute(select(Sitting).where(Sitting.meeting_id == found.id)).scalars()):
            row.audience_id = audience
        session.commit()
    assert listed(old, "olga") == [(VANCOUVER, False)]


def test_of_two_who_decide_the_second_sees_what_stands(old):
    version = meeting_of(old)["version"]
    decided(old, "carol", "moment", version=version)
    with pytest.raises(StaleVersion) as caught, old.write_session(world.viewer("ana")) as session:
        decide(session, VANCOUVER, "hour", version=version)
    assert caught.value.theirs["starts_time"] == "11:00"
    assert refused(lambda: decided(old, "ana", "hour")) == "zone_change_settled"
    assert meeting_of(old)["at"] == PROMISED


def test_of_two_who_decide_at_once_one_is_told_to_look_again(old):
    version = meeting_of(old)["version"]
    together = threading.Barrier(2)

    def try_to(key: str, keep: Keep) -> str:
        together.wait(timeout=10)
        try:
            with old.write_session(world.viewer(key)) as session:
                decide(session, VANCOUVER, keep, version=version)
                session.commit()
        except StaleVersion as stale:
            return stale.key
        return keep

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(try_to, "carol", "moment"), pool.submit(try_to, "ana", "hour")]
        answers = [each.result(timeout=30) for each in done]
    assert answers in (["moment", "stale_version"], ["stale_version", "hour"])
    after = meeting_of(old)
    assert after["at"] == (PROMISED if answers[0] == "moment" else NOW_READ)
    assert after["sequence"] == 1


@pytest.mark.parametrize("keep", ["hour", "moment"])
def test_the_record_and_the_mails(old, keep):
    decided(old, "ana", keep)
    kind = f"zone_change_{keep}_kept"
    with old.system_session("read the record") as session:
        record = session.execute(select(AuditRecord).where(AuditRecord.action == kind)).scalar_one()
        assert record.facts["zone_data"] == ["2025.2", "2026f"]
        assert record.facts["was"]["starts_time"] == "10:00"
        assert record.facts["now"]["starts_time"] == ("10:00" if keep == "hour" else "11:00")
        assert record.facts["sequence"] == [0, 1]
        told = session.execute(
            select(Person.email)
            .join(OutboxMessage, OutboxMessage.recipient_id == Person.id)
            .where(OutboxMessage.kind == kind)
        ).scalars()
        names = {email.split("@")[0] for email in told}
    assert names == {"lucia", "isabelle", "adaeze", "carol", "erin", "sam"}


def test_canada_hears_nothing_of_a_decision_between_mexico_and_the_united_states(old):
    decided(old, "erin", "moment", HIDDEN)
    with old.system_session("read what is to be sent") as session:
        people = session.execute(
            select(Person.delegation).join(OutboxMessage, OutboxMessage.recipient_id == Person.id)
        ).scalars()
        assert set(people) == {"MX", "US"}
    with old.read_session(world.viewer("isabelle")) as session:
        assert not session.execute(select(AuditRecord).where(AuditRecord.action.startswith("zone_change"))).all()
        with pytest.raises(NotFound):
            find_meeting(session, HIDDEN)


def test_the_operator_is_told_of_all(old):
    with old.system_session("list the meetings that new zone data puts elsewhere") as session:
        assert [meeting.reference for meeting, _, _ in affected_meetings(session)] == [HIDDEN, VANCOUVER]
