"""Attacks on polls, invitations and mails by people with accounts, and by strangers with a mail client."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
import time
import uuid
from email.headerregistry import Address
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.errors import Refusal, StaleVersion
from app.domain.meeting_content import MeetingContent
from app.models import AuditRecord, Document, Draft, Guarded, Mechanism, OutboxMessage, PollResponse, RosterEntry
from app.services.drafts import content_of, save_draft, start_draft
from app.services.invitation_answers import Given, answer_invitation, own_standing
from app.services.mail_content import Letterhead
from app.services.mails import compose
from app.services.meeting_life import Paper, promise_of
from app.services.meetings import find_meeting
from app.services.outbox import Claimed
from app.services.poll_answers import answer_poll
from app.services.poll_choice import choice_of
from app.services.poll_choosing import choose_slot
from app.services.poll_reports import PollReport, report_poll_answer
from app.services.practice import ORIGIN
from app.services.proposing import propose
from app.services.replies import LISTED_A_DAY_OF_ONE, Taken, take_mail
from tests import polling, world
from tests.calendars.reply_mails import calendar, mail
from tests.inviting import HIDDEN, entry_id, invite, reply_to, uid_of

SECRET = "a secret for the tests alone, 32 bytes"
LETTERHEAD = Letterhead("https://entente.example", Address("Entente", "entente", "entente.example"), "s" * 32)
REF = "UNC-2027-P1"
MEETING = "UNC-2027-MXUS-7"
TITLE = {"en": "Spring meeting", "original": "en"}
HOST = "entente.test"


def drafted(database: Database, parties: tuple[str, ...]) -> uuid.UUID:
    """Return the id of a draft of Mexico's."""
    content = MeetingContent(
        mechanism="un-coordination", title={"en": "Spring meeting"}, original="en", parties=parties,
        place="New York", zone=polling.ZONE, format="in_person", first_day=polling.FIRST_DAY,
        last_day=polling.FIRST_DAY, agenda="none",
    )  # fmt: skip
    with database.write_session(world.viewer("ana")) as session:
        draft = start_draft(session, content)
        session.commit()
        return draft.id


# Polls ------------------------------------------------------------------------------------------------


def test_a_poll_of_three_does_not_tell_the_third_when_the_other_two_meet(sqlite_database: Database) -> None:
    """Canada was asked too; then Mexico met with the United States alone, which is none of Canada's business."""
    draft_id = drafted(sqlite_database, ("MX", "US"))
    with sqlite_database.system_session("add a poll", "write") as session:
        polling.add_poll(session, REF, ("MX", "CA", "US"), draft_id=draft_id)
        session.commit()
    with sqlite_database.write_session(world.viewer("ana")) as session:
        propose(session, draft_id, version=1, uid_host=HOST)
        session.commit()
    with sqlite_database.write_session(world.viewer("ana")) as session, pytest.raises(Refusal) as refused:
        choose_slot(session, REF, polling.slot_id(REF, 1), promise="", uid_host=HOST)
    assert refused.value.key == "poll_of_other_parties"
    with sqlite_database.system_session("read who is told") as session:
        told = session.scalars(select(OutboxMessage.recipient_id)).all()
    assert world.CAST["isabelle"].id not in told


@pytest.mark.parametrize(
    "changed", [{"title": {"en": "Ministers sign"}}, {"place": "Laredo"}, {"format": "virtual", "place": ""}]
)
def test_a_yes_in_a_poll_is_none_to_another_meeting_on_that_day(
    sqlite_database: Database, changed: dict[str, Any]
) -> None:
    draft_id = drafted(sqlite_database, ("MX", "US"))
    with sqlite_database.system_session("add a poll", "write") as session:
        polling.add_poll(session, REF, draft_id=draft_id, place="New York")
        polling.answer(session, REF, "ana", {0: "yes"})
        polling.answer(session, REF, "carol", {0: "yes"})
        session.commit()
    with sqlite_database.write_session(world.viewer("ana")) as session:
        assert choice_of(session, REF, polling.slot_id(REF, 0)).state.state == "confirmed"
        draft = session.get_one(Draft, draft_id)
        save_draft(session, draft_id, dataclasses.replace(content_of(draft), **changed), version=draft.version)
        choice = choice_of(session, REF, polling.slot_id(REF, 0))
        assert (choice.state.state, choice.asked) == ("proposed", ("US",))


@pytest.mark.parametrize(("minutes", "answer"), [(1, "no"), (-1, "yes")])
def test_the_yes_of_a_poll_does_not_undo_a_later_no_to_the_meeting(
    sqlite_database: Database, minutes: int, answer: str
) -> None:
    with sqlite_database.system_session("add a poll of a meeting", "write") as session:
        first = polling.FIRST_DAY
        meeting = world.add_meeting(
            session, MEETING, ("MX", "US"), mechanism="M01", starts_on=first, ends_on=first, title=TITLE
        )
        row = next(each for each in meeting.parties if each.party_code == "US")
        row.answer, row.answered_at = "no", world.NOW + dt.timedelta(minutes=minutes)
        polling.add_poll(session, REF, meeting_id=meeting.id)
        polling.answer(session, REF, "carol", {0: "yes"})
        session.commit()
    with sqlite_database.write_session(world.viewer("ana")) as session:
        choice = choice_of(session, REF, polling.slot_id(REF, 0))
        assert choice.way == "answer"
        meeting = choose_slot(session, REF, choice.slot.id, promise=choice.promise, uid_host=HOST)
        assert {row.party_code: row.answer for row in meeting.parties} == {"MX": "yes", "US": answer}


def test_a_yes_in_a_poll_is_none_to_a_draft_that_was_proposed_under_another_name(sqlite_database: Database) -> None:
    draft_id = drafted(sqlite_database, ("MX", "US"))
    with sqlite_database.system_session("add a poll", "write") as session:
        polling.add_poll(session, REF, draft_id=draft_id)
        polling.answer(session, REF, "carol", {1: "yes"})
        session.commit()
    with sqlite_database.write_session(world.viewer("ana")) as session:
        draft = session.get_one(Draft, draft_id)
        content = dataclasses.replace(content_of(draft), title={"en": "Ministers sign"})
        version = save_draft(session, draft_id, content, version=draft.version).version
        propose(session, draft_id, version=version, uid_host=HOST)
        choice = choice_of(session, REF, polling.slot_id(REF, 1))
        assert (choice.way, choice.state.state, choice.asked) == ("change", "proposed", ("US",))


def test_a_no_that_is_being_kept_is_not_overtaken_by_the_choice(database: Database) -> None:
    draft_id = drafted(database, ("MX", "US"))
    slot, late = polling.slot_id(REF, 0), threading.Event()
    with database.system_session("add a poll", "write") as session:
        polling.add_poll(session, REF, draft_id=draft_id)
        polling.answer(session, REF, "carol", {0: "yes"})
        session.commit()
    with database.read_session(world.viewer("ana")) as session:
        promise = choice_of(session, REF, slot).promise

    def unsay() -> None:
        with database.write_session(world.viewer("carol")) as session:
            answer_poll(session, REF, polling.seat_id(REF, "US"), {slot: "no"}, version=1)
            late.set()
            time.sleep(0.3)  # as long as a choice takes that waits for nobody
            session.commit()

    thread = threading.Thread(target=unsay)
    thread.start()
    assert late.wait(10)
    with database.write_session(world.viewer("ana")) as session, pytest.raises(StaleVersion):
        choose_slot(session, REF, slot, promise=promise, uid_host=HOST)
    thread.join()


def test_what_is_reported_while_one_practises_stays_in_the_delegation(sqlite_database: Database) -> None:
    with sqlite_database.system_session("add a poll of the example", "write") as session:
        example = session.scalars(select(Mechanism.id).where(Mechanism.origin == ORIGIN)).one()
        poll = polling.add_poll(session, REF, is_hidden=True)
        poll.mechanism_id, poll.audience_id = example, session.audience({"party:MX"})
        rows: list[Guarded] = [*poll.slots, *poll.seats]
        for row in rows:
            row.audience_id = poll.audience_id
        session.commit()
    report = PollReport(
        polling.seat_id(REF, "US"), {polling.slot_id(REF, 0): "yes"}, "mail", "As if", Paper("try.txt", b"Yes.")
    )
    with sqlite_database.write_session(world.viewer("ana")) as session:
        report_poll_answer(session, REF, report)
        session.commit()
    with sqlite_database.read_session(world.viewer("carol")) as session:
        acts = select(AuditRecord).where(AuditRecord.subject_kind == "poll")
        assert [session.scalars(one).all() for one in (select(PollResponse), select(Document), acts)] == [[], [], []]


# Invitations ------------------------------------------------------------------------------------------


def replied(key: str, number: int, to: str, stamp: str = "20261122T140000Z") -> bytes:
    sender = f"{key}@example.org"
    text = calendar(uid=uid_of(), sequence=1, stamp=stamp, attendee=sender, organizer=to)
    return mail(text, sender=sender, to=to, head=f"X-Number: {number}\r\n")


def test_forged_replies_do_not_keep_the_true_one_out(sqlite_database: Database) -> None:
    invite(sqlite_database)
    for number in range(LISTED_A_DAY_OF_ONE + 1):
        forged = replied("diego", number, "entente@entente.test")
        assert take_mail(sqlite_database, forged, SECRET, "mailbox").outcome == "refused"
    true = replied("diego", 0, reply_to("diego", SECRET))
    assert take_mail(sqlite_database, true, SECRET, "mailbox") == Taken("taken")


def test_a_reply_of_a_fast_clock_sent_again_does_not_undo_the_answer_on_the_page(sqlite_database: Database) -> None:
    """Its stamp is that of the last reply, and later than the answer that came after it."""
    invite(sqlite_database)
    replies = [replied("diego", number, reply_to("diego", SECRET), stamp="20261122T150500Z") for number in (1, 2)]
    assert take_mail(sqlite_database, replies[0], SECRET, "mailbox") == Taken("taken")
    with sqlite_database.write_session(world.viewer("diego")) as session:
        meeting = find_meeting(session, HIDDEN)
        standing = own_standing(session, meeting)
        assert standing is not None
        given = Given("declined", "in_person", promise_of(meeting), standing.version)
        answer_invitation(session, HIDDEN, given)
        session.commit()
    assert take_mail(sqlite_database, replies[1], SECRET, "mailbox") == Taken("refused", "older")


def test_a_mail_that_waited_tells_nothing_to_who_was_taken_off_the_list_meanwhile(sqlite_database: Database) -> None:
    invite(sqlite_database, place="Laredo")
    rosa = entry_id(HIDDEN, "rosa")
    payload = {"meeting_id": str(world.identity("meeting", HIDDEN))}
    waiting = Claimed(uuid.UUID(int=7), "meeting_changed", None, payload, world.NOW, 1, rosa)
    before = compose(sqlite_database, waiting, LETTERHEAD)
    assert before is not None
    assert "Laredo" in before.as_string()
    with sqlite_database.system_session("take her off", "write") as session:
        session.get_one(RosterEntry, rosa).state = "withdrawn"
        session.commit()
    assert compose(sqlite_database, waiting, LETTERHEAD) is None
