"""The outbox: whom it tells, how its rows are claimed, and what becomes of those that fail."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from sqlalchemy import select

from app.db import Database
from app.models import AppointmentMember, Meeting, OutboxMessage, Person
from app.services import outbox
from tests import world

ANA = world.CAST["ana"].id


@pytest.fixture(autouse=True)
def _no_worker():
    """Wake nobody: an app that another test made may have left its waker."""
    outbox.wake_with(None)
    yield
    outbox.wake_with(None)


def add_meeting(database: Database, parties=world.THREE, mechanism="M01", reference="UNC-2026-1"):
    with database.system_session("add a meeting", "write") as session:
        meeting = world.add_meeting(session, reference, parties, mechanism=mechanism)
        session.commit()
        return meeting.id


def tell(database: Database, key: str, meeting_id: uuid.UUID, parties, kind="meeting_proposed"):
    viewer = world.viewer(key)
    with database.write_session(viewer) as session:
        meeting = session.execute(select(Meeting).where(Meeting.id == meeting_id)).scalar_one()
        outbox.tell_parties(session, kind, meeting, parties, viewer.person_id)
        session.commit()


def messages(database: Database):
    with database.system_session("look at the outbox") as session:
        return (
            session.execute(select(OutboxMessage).order_by(OutboxMessage.created_at, OutboxMessage.id)).scalars().all()
        )


def told(database: Database):
    names = {member.id: key for key, member in world.CAST.items()}
    return sorted(names[message.recipient_id] for message in messages(database))


def enqueue(database: Database, count=1, **more):
    with database.system_session("enqueue", "write") as session:
        for _ in range(count):
            outbox.enqueue(session, "invitation", ANA, {"invitation_id": str(uuid.uuid4())}, **more)
        session.commit()


@pytest.mark.parametrize(
    ("key", "parties", "mechanism", "recipients"),
    [
        ("ana", world.THREE, "M01", ["adaeze", "carol", "erin", "isabelle", "lucia", "sam"]),
        ("diego", world.THREE, "M01", ["adaeze", "ana", "carol", "erin", "isabelle", "lucia", "sam"]),
        ("sam", world.THREE, "M01", ["adaeze", "ana", "carol", "erin", "isabelle", "lucia"]),
        # Made by two of the three: neither Canada nor the secretariat of all three hears of it.
        ("ana", ("MX", "US"), "M01", ["carol", "erin", "lucia"]),
        # No secretariat serves this mechanism.
        ("carol", world.THREE, "M08", ["adaeze", "ana", "erin", "isabelle", "lucia"]),
    ],
)
def test_a_meetings_coordinators_heads_and_secretariat_are_told(database, key, parties, mechanism, recipients):
    meeting_id = add_meeting(database, parties, mechanism)
    tell(database, key, meeting_id, parties)
    assert told(database) == recipients
    assert {message.payload["meeting_id"] for message in messages(database)} == {str(meeting_id)}
    assert {message.subject_id for message in messages(database)} == {str(meeting_id)}


def test_who_is_disabled_or_no_longer_serves_is_not_told(database):
    meeting_id = add_meeting(database)
    with database.system_session("change who serves", "write") as session:
        session.get_one(Person, world.CAST["carol"].id).active = False
        for serving in session.execute(select(AppointmentMember)).scalars():
            serving.ends_on = world.NOW.date() - dt.timedelta(days=1)
        session.commit()
    tell(database, "ana", meeting_id, world.THREE)
    assert told(database) == ["adaeze", "erin", "isabelle", "lucia"]


def test_only_some_parties_can_be_told(database):
    tell(database, "ana", add_meeting(database, ("CA", "MX"), "M08"), ["CA"])
    assert told(database) == ["adaeze", "isabelle"]


def test_an_unknown_kind_is_refused(sqlite_database):
    with (
        sqlite_database.write_session(world.viewer("ana")) as session,
        pytest.raises(ValueError, match="nobody composes"),
    ):
        outbox.enqueue(session, "gossip", ANA, {})


def test_what_was_rolled_back_is_not_sent(database):
    with database.write_session(world.viewer("ana")) as session:
        outbox.enqueue(session, "invitation", ANA, {})
        session.rollback()
    assert outbox.claim(database) == []


def test_a_claim_holds_for_five_minutes(database, clock):
    enqueue(database)
    (first,) = outbox.claim(database)
    assert first.attempts == 1
    assert outbox.claim(database) == []
    clock.forward(minutes=4, seconds=59)
    assert outbox.claim(database) == []
    clock.forward(seconds=1)
    (second,) = outbox.claim(database)
    assert (second.id, second.attempts) == (first.id, 2)
    outbox.mark_sent(database, second.id)
    clock.forward(days=1)
    assert outbox.claim(database) == []


def test_nothing_is_claimed_before_it_is_due(database, clock):
    enqueue(database, due_at=clock() + dt.timedelta(hours=2))
    assert outbox.claim(database) == []
    clock.forward(hours=2)
    assert len(outbox.claim(database)) == 1


def test_a_claim_is_limited(database):
    enqueue(database, count=5)
    assert [len(outbox.claim(database, limit=3)) for _ in range(3)] == [3, 2, 0]


def test_a_claimed_row_is_passed_over_by_another_worker(make_database):
    database = make_database("postgresql")
    enqueue(database, count=2)
    with database.system_session("hold a row", "write") as session:
        held = session.execute(select(OutboxMessage).limit(1).with_for_update()).scalar_one()
        others = outbox.claim(database)
    assert len(others) == 1
    assert others[0].id != held.id


DELAYS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]


@pytest.mark.parametrize(("attempts", "minutes"), list(enumerate(DELAYS, start=1)))
def test_the_wait_doubles_up_to_six_hours(attempts, minutes):
    assert outbox.delay_after(attempts) == dt.timedelta(minutes=minutes)


def test_after_ten_attempts_it_is_abandoned(database, clock):
    enqueue(database)
    for attempt in range(1, 11):
        (claimed,) = outbox.claim(database)
        again = outbox.mark_failed(database, claimed.id, "SMTPServerDisconnected")
        assert again is (attempt < 10)
        assert outbox.claim(database) == []
        clock.forward(hours=6)
    assert outbox.claim(database) == []
    (row,) = messages(database)
    assert row.abandoned_at is not None
    assert row.sent_at is None
    assert row.last_error == "SMTPServerDisconnected"


def test_a_message_that_ends_its_worker_is_not_tried_for_ever(database, clock):
    enqueue(database)
    for _ in range(10):
        assert len(outbox.claim(database)) == 1
        clock.forward(minutes=5)
    assert outbox.claim(database) == []
    assert messages(database)[0].abandoned_at is not None


def test_the_worker_is_woken_once_after_the_commit(sqlite_database):
    woken = []
    outbox.wake_with(lambda: woken.append(1))
    with sqlite_database.write_session(world.viewer("ana")) as session:
        outbox.enqueue(session, "invitation", ANA, {})
        outbox.enqueue(session, "invitation", ANA, {})
        session.flush()
        assert woken == []
        session.commit()
    assert woken == [1]


def test_a_worker_that_cannot_be_woken_undoes_nothing(sqlite_database):
    def broken():
        raise OSError("the disk is full")

    outbox.wake_with(broken)
    enqueue(sqlite_database)
    assert len(outbox.claim(sqlite_database)) == 1
