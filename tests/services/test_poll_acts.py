"""What the makers of a poll do: slots, reminders, deadlines, reports, late answers; who is told, and who is not."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from email.headerregistry import Address
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import Refusal, StaleVersion
from app.domain.poll_orders import SlotOrder
from app.domain.poll_reminders import Reminded, stage_of, still_to_remind
from app.models import Document, OutboxMessage, Poll, PollAnswer, PollResponse, PollSeat, PollSlot
from app.services.mail_content import Letterhead
from app.services.mails import compose
from app.services.meeting_life import Paper
from app.services.outbox import Claimed
from app.services.poll_acts import NewDeadline, close_due_polls, close_poll, count_late, extend_poll, reopen_poll
from app.services.poll_acts import withdraw_poll as withdraw
from app.services.poll_answers import answer_poll
from app.services.poll_reminders import post_poll_reminders, remind_now
from app.services.poll_reports import PollReport, report_poll_answer
from app.services.poll_slots import change_slots
from app.services.poll_tally import tally_of
from app.services.polls import find_poll
from tests import polling, world
from tests.conftest import Clock

REF = "UNC-2027-MXUS-P1"
LATER = NewDeadline(dt.date(2026, 12, 4), dt.time(12))
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def asked(sqlite_database: Database) -> Database:
    """Return a database with a poll of three slots, of Mexico's, which the head of the United States answered."""
    with sqlite_database.system_session("add a poll", "write") as session:
        polling.add_poll(session, REF, slots=3, seats={"US": 2})
        polling.answer(session, REF, "carol", {0: "yes", 1: "yes", 2: "no"})
        session.commit()
    return sqlite_database


def done(database: Database, key: str, act: Callable[..., object], *args: Any, **values: Any) -> None:
    with database.write_session(world.viewer(key)) as session:
        act(session, REF, *args, **values)
        session.commit()


def refusal(database: Database, key: str, act: Callable[..., object], *args: Any, **values: Any) -> str:
    with database.write_session(world.viewer(key)) as session, pytest.raises(Refusal) as caught:
        act(session, REF, *args, **values)
    refusals = getattr(caught.value, "refusals", [caught.value])
    return ", ".join(each.key for each in refusals)


def told(database: Database) -> list[tuple[str, str]]:
    """Return the mails of polls in the outbox, with the names of their recipients, in the order of names."""
    names = {member.id: key for key, member in world.CAST.items()}
    with database.system_session("read who is told") as session:
        rows = session.execute(select(OutboxMessage.kind, OutboxMessage.recipient_id)).all()
    return sorted((kind, names[person_id]) for kind, person_id in rows if person_id)


def state(database: Database, key: str = "carol") -> tuple[str, ...]:
    with database.read_session(world.viewer(key)) as session:
        found = tally_of(session, find_poll(session, REF))
        return tuple(slot.answers["US"].state if "US" in slot.answers else "-" for slot in found.slots.values())


def poll_of(session: GuardedSession) -> Poll:
    return session.execute(select(Poll).where(Poll.reference == REF)).scalar_one()


# Slots ----------------------------------------------------------------------------------------------


def test_slots_change_for_those_who_answered_and_their_other_answers_stay(asked: Database) -> None:
    new = SlotOrder(dt.date(2027, 3, 10), dt.date(2027, 3, 10), dt.time(10), dt.time(13))
    done(asked, "diego", change_slots, [new], [polling.slot_id(REF, 0)], version=1)
    assert told(asked) == [("poll_slots_changed", "carol")]
    with asked.system_session("read the answers") as session:
        assert sorted(session.scalars(select(PollAnswer.value))) == ["no", "yes", "yes"]
        added = session.scalars(select(PollSlot).where(PollSlot.starts_on == new.first_day)).one()
        assert added.starts_at == dt.datetime(2027, 3, 10, 15, tzinfo=dt.UTC)
    back = dataclasses.replace(new, first_day=polling.FIRST_DAY, last_day=polling.FIRST_DAY)
    done(asked, "ana", change_slots, [back], [], version=2)
    with asked.read_session(world.viewer("ana")) as session:
        slots = find_poll(session, REF).slots
    assert [slot.withdrawn_at for slot in slots] == [None] * 4
    assert slots[0].id == polling.slot_id(REF, 0), "one that comes back has its answers still"


def test_slots_that_cannot_change(asked: Database, clock: Clock) -> None:
    every = [polling.slot_id(REF, number) for number in range(3)]
    passed = SlotOrder(dt.date(2026, 11, 1), dt.date(2026, 11, 1), dt.time(10), dt.time(13))
    early = SlotOrder(dt.date(2026, 11, 25), dt.date(2026, 11, 25), dt.time(10), dt.time(13))
    many = [
        SlotOrder(day, day, dt.time(10), dt.time(11))
        for day in (dt.date(2027, 4, 1) + dt.timedelta(days=each) for each in range(500))
    ]
    assert refusal(asked, "carol", change_slots, [], every[:1], version=1) == "forbidden"
    assert refusal(asked, "benoit", change_slots, [], every[:1], version=1) == "not_found"
    assert refusal(asked, "ana", change_slots, [], [], version=1) == "nothing_changed"
    assert refusal(asked, "ana", change_slots, [], every, version=1) == "no_slots_left"
    assert refusal(asked, "ana", change_slots, [passed], [], version=1) == "slot_has_passed"
    assert refusal(asked, "ana", change_slots, [early], [], version=1) == "deadline_after_first_slot"
    assert refusal(asked, "ana", change_slots, many, [], version=1) == "too_many_slots"
    with asked.write_session(world.viewer("ana")) as session, pytest.raises(StaleVersion):
        change_slots(session, REF, [], every[:1], version=7)
    clock.now = polling.CLOSES_AT
    assert refusal(asked, "ana", change_slots, [], every[:1], version=1) == "poll_is_closed"


# Reminders ------------------------------------------------------------------------------------------


def test_reminders_reach_those_alone_whose_answer_is_missing_and_never_twice(asked: Database, clock: Clock) -> None:
    done(asked, "ana", remind_now)
    # Mexico has not answered (Ana asks, so Lucía alone), and of the United States the second principal has not.
    first = [("poll_reminder", "carol"), ("poll_reminder", "erin"), ("poll_reminder", "lucia")]
    assert told(asked) == first
    assert refusal(asked, "ana", remind_now) == "reminded_already"
    with asked.system_session("answer for the second", "write") as session:
        polling.answer(session, REF, "erin", {0: "yes", 1: "yes", 2: "yes"}, seat=1)
        session.commit()
    assert post_poll_reminders(asked) == 0, "the deadline is five days away"
    clock.now = polling.CLOSES_AT - 2 * dt.timedelta(days=1)
    assert post_poll_reminders(asked) == 2
    assert post_poll_reminders(asked) == 0
    assert told(asked) == sorted([*first, ("poll_reminder", "ana"), ("poll_reminder", "lucia")])
    clock.now = polling.CLOSES_AT - HOUR  # the worker was down for a day: one mail, not two
    assert post_poll_reminders(asked) == 2
    clock.now = polling.CLOSES_AT
    assert post_poll_reminders(asked) == 0


def test_somebody_who_was_named_is_reminded_instead_of_the_coordinator(asked: Database) -> None:
    with asked.system_session("name who answers", "write") as session:
        polling.name_proxy(session, REF, "MX", "diego")
        session.commit()
    done(asked, "ana", remind_now)
    assert ("poll_reminder", "diego") in told(asked)
    assert ("poll_reminder", "lucia") not in told(asked)


CLOSES = dt.datetime(2027, 1, 10, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("hours_left", "asked_hours_before", "stage"),
    [
        (49, 100, None),
        (48, 100, "two_days"),
        (25, 100, "two_days"),
        (24, 100, "one_day"),
        (1, 100, "one_day"),
        (0, 100, None),
        (30, 40, None),
        (20, 40, "one_day"),
        (20, 22, None),
    ],
)
def test_when_a_poll_reminds_by_itself(hours_left: int, asked_hours_before: int, stage: str | None) -> None:
    assert stage_of(CLOSES - hours_left * HOUR, CLOSES, CLOSES - asked_hours_before * HOUR) == stage


def test_nobody_is_reminded_twice_the_same() -> None:
    one, two, three = (uuid.UUID(int=number) for number in (1, 2, 3))
    before = [Reminded(one, "two_days", CLOSES - 30 * HOUR), Reminded(two, "asked", CLOSES - 11 * HOUR)]
    assert still_to_remind({one, two, three}, before, "two_days", CLOSES) == {three}
    assert still_to_remind({one, two, three}, before, "one_day", CLOSES) == {one, three}


# Deadlines ------------------------------------------------------------------------------------------


def test_a_deadline_closes_a_poll_by_itself_and_late_answers_wait_for_the_makers(asked: Database, clock: Clock) -> None:
    seat = polling.seat_id(REF, "US", 1)
    said = {polling.slot_id(REF, number): "yes" for number in range(3)}
    clock.now = polling.CLOSES_AT + HOUR  # no worker ran
    done(asked, "erin", answer_poll, seat, said, version=0)
    assert state(asked) == ("waiting", "waiting", "no")
    with asked.read_session(world.viewer("ana")) as session:
        assert tally_of(session, find_poll(session, REF)).late == {seat}
    assert refusal(asked, "carol", count_late, seat, counts=True) == "forbidden"
    assert refusal(asked, "ana", count_late, polling.seat_id(REF, "MX"), counts=True) == "nothing_late"
    done(asked, "ana", count_late, seat, counts=True)
    assert state(asked) == ("yes", "yes", "no")
    done(asked, "ana", count_late, seat, counts=False)
    assert state(asked) == ("waiting", "waiting", "no")
    assert close_due_polls(asked) == 1
    assert close_due_polls(asked) == 0
    with asked.read_session(world.viewer("ana")) as session:
        assert (poll_of(session).state, poll_of(session).ended_at) == ("closed", polling.CLOSES_AT)


def test_more_time_an_early_end_and_another_beginning(asked: Database, clock: Clock) -> None:
    assert refusal(asked, "ana", extend_poll, NewDeadline(dt.date(2026, 11, 24), dt.time(9)), version=1) == (
        "deadline_not_later"
    )
    assert refusal(asked, "ana", extend_poll, NewDeadline(dt.date(2027, 3, 3), dt.time(9)), version=1) == (
        "deadline_after_first_slot"
    )
    assert refusal(asked, "ana", reopen_poll, LATER, version=1) == "poll_runs"
    done(asked, "ana", extend_poll, LATER, version=1)
    everybody = [("poll_extended", key) for key in ("carol", "erin", "lucia")]
    assert told(asked) == everybody
    with asked.read_session(world.viewer("ana")) as session:
        assert poll_of(session).closes_at == dt.datetime(2026, 12, 4, 17, tzinfo=dt.UTC)
    done(asked, "ana", close_poll, version=2)
    assert refusal(asked, "ana", close_poll, version=3) == "poll_is_closed"
    clock.forward(days=1)
    done(asked, "ana", reopen_poll, dataclasses.replace(LATER, closes_on=dt.date(2026, 12, 6)), version=3)
    assert told(asked) == sorted(everybody * 2)
    assert refusal(asked, "ana", withdraw, " ", version=4) == "reason_required"
    done(asked, "ana", withdraw, "The host has changed.", version=4)
    assert [each for each in told(asked) if each[0] == "poll_withdrawn"] == [
        ("poll_withdrawn", key) for key in ("carol", "erin", "lucia")
    ]
    assert refusal(asked, "ana", extend_poll, LATER, version=5) == "poll_is_over"


# Reported answers -----------------------------------------------------------------------------------


def report(seat: int = 1, **values: Any) -> PollReport:
    said: dict[uuid.UUID, Any] = {polling.slot_id(REF, number): "yes" for number in range(3)}
    facts = {"values": said, "channel": "mail", "note": "From Erin, 23 November", **values}
    return PollReport(seat_id=polling.seat_id(REF, "US", seat), **facts)


def test_a_reported_answer_counts_as_such_until_the_delegation_answers_itself(asked: Database) -> None:
    paper = Paper("letter.txt", b"We can come on any of these days.")
    done(asked, "diego", report_poll_answer, report(paper=paper))
    assert told(asked) == [("poll_answer_reported", "carol"), ("poll_answer_reported", "erin")]
    with asked.read_session(world.viewer("carol")) as session:
        first = next(iter(tally_of(session, find_poll(session, REF)).slots.values())).answers["US"]
        assert (first.state, first.is_reported) == ("yes", True)
        row = session.scalars(select(PollResponse).where(PollResponse.is_reported.is_(True))).one()
        assert session.scalars(select(Document.file_name)).one() == "letter.txt"
        assert (row.report_note, row.speaks) == ("From Erin, 23 November", False)
    done(asked, "ana", report_poll_answer, report(values={polling.slot_id(REF, 0): "no"}))
    assert state(asked) == ("no", "waiting", "no")
    own = {polling.slot_id(REF, number): "if_need_be" for number in range(3)}
    done(asked, "erin", answer_poll, polling.seat_id(REF, "US", 1), own, version=0)
    assert state(asked) == ("if_need_be", "if_need_be", "no")


def test_what_cannot_be_reported(asked: Database) -> None:
    assert refusal(asked, "carol", report_poll_answer, report()) == "report_is_for_others"
    assert refusal(asked, "ana", report_poll_answer, report(values={})) == "nothing_answered"
    assert refusal(asked, "ana", report_poll_answer, report(note=" ")) == "required"
    assert refusal(asked, "benoit", report_poll_answer, report()) == "not_found"


def test_a_report_in_a_hidden_poll_is_of_two_sides_until_it_closes(sqlite_database: Database, clock: Clock) -> None:
    with sqlite_database.system_session("add a poll", "write") as session:
        polling.add_poll(session, REF, world.THREE, seats={"US": 2}, is_hidden=True, owner_party="MX")
        session.commit()
    said: dict[uuid.UUID, Any] = {polling.slot_id(REF, 0): "no"}
    done(sqlite_database, "ana", report_poll_answer, report(values=said, paper=Paper("letter.txt", b"No.")))

    def seen(key: str) -> tuple[int, int, int]:
        with sqlite_database.read_session(world.viewer(key)) as session:
            kinds = (PollResponse, PollAnswer, Document)
            return tuple(len(session.scalars(select(kind)).all()) for kind in kinds)  # type: ignore[return-value]

    assert (seen("benoit"), seen("daniel"), seen("diego")) == ((0, 0, 0), (1, 1, 1), (1, 1, 1))
    clock.now = polling.CLOSES_AT
    assert close_due_polls(sqlite_database) == 1
    assert seen("benoit") == (1, 1, 1)


def test_a_seat_of_a_delegation_s_own_is_none_of_the_makers_business(asked: Database) -> None:
    with asked.system_session("ask an adviser too", "write") as session:
        seat = session.get_one(PollSeat, polling.seat_id(REF, "US", 1))
        seat.is_inner, seat.audience_id = True, session.audience({"party:US"})
        session.commit()
    assert refusal(asked, "ana", report_poll_answer, report()) == "not_found"
    assert refusal(asked, "ana", count_late, polling.seat_id(REF, "US", 1), counts=True) == "not_found"


# Mails ----------------------------------------------------------------------------------------------


def mail(database: Database, kind: str, key: str, **payload: Any) -> str | None:
    """Return the subject and the text of a mail about the poll as it would reach one of the cast now."""
    facts = {"poll_id": str(world.identity("poll", REF)), **payload}
    message = Claimed(uuid.uuid4(), kind, world.CAST[key].id, facts, database.clock(), 1)
    letterhead = Letterhead("https://entente.example", Address("Entente", "entente", "entente.example"), "x" * 32)
    found = compose(database, message, letterhead)
    body = found.get_body(("plain",)) if found else None
    return f"{found['Subject']}\n{body.get_content()}" if found and body else None


def test_mails_say_what_their_reader_may_know_and_nothing_that_is_over(asked: Database, clock: Clock) -> None:
    opened = mail(asked, "poll_opened", "carol") or ""
    assert opened.startswith("Which slots suit you: Spring meeting\n")
    assert "- Tuesday 2 March 2027, 10:00–13:00 New York\n" in opened
    assert "Fri 27 Nov 2026, 10:00 New York" in opened
    assert "https://entente.example/polls/UNC-2027-MXUS-P1" in opened
    assert "9:00" in (mail(asked, "poll_opened", "ana") or "")  # her own time as well
    assert mail(asked, "poll_opened", "benoit") is None
    changed = mail(asked, "poll_slots_changed", "carol", added=[str(polling.slot_id(REF, 1))], withdrawn=[]) or ""
    assert "Wednesday 3 March 2027" in changed
    assert "Tuesday 2 March 2027" not in changed
    assert mail(asked, "poll_reminder", "erin") is not None, "the second principal of her delegation is awaited"
    with asked.system_session("answer for the second", "write") as session:
        polling.answer(session, REF, "erin", {0: "yes", 1: "yes", 2: "yes"}, seat=1)
        session.commit()
    assert mail(asked, "poll_reminder", "erin") is None
    assert mail(asked, "poll_withdrawn", "erin") is None
    clock.now = polling.CLOSES_AT
    assert mail(asked, "poll_opened", "carol") is None, "it is over"
    assert mail(asked, "poll_reminder", "ana") is None
    done(asked, "ana", withdraw, "The host has changed.", version=1)
    assert "Reason: The host has changed." in (mail(asked, "poll_withdrawn", "carol") or "")
    for key in ("lucia", "carol", "erin"):
        assert mail(asked, "poll_withdrawn", key)
