"""Choosing a slot: what becomes of the draft or meeting, whose yes counts, who is told, and two who choose at once."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.errors import Refusal, StaleVersion
from app.domain.meeting_content import MeetingContent
from app.domain.poll_choice import Word, own_yes
from app.domain.polls import DelegationAnswer
from app.models import AuditRecord, Meeting, MeetingParty, OutboxMessage, Poll
from app.services.drafts import start_draft
from app.services.poll_choice import choice_of
from app.services.poll_choosing import choose_slot
from tests import polling, world

REF = "UNC-2027-MXUS-P1"
HOST = "entente.test"
AT = world.NOW
ANA, CAROL = world.CAST["ana"].id, world.CAST["carol"].id


def word(
    party: str = "US", value: Any = "yes", *, speaks: bool = True, is_late: bool = False, minutes: int = 0
) -> Word:
    return Word(party, value, CAROL, AT + dt.timedelta(minutes=minutes), speaks, is_late)


@pytest.mark.parametrize(
    ("state", "is_reported", "words", "counts"),
    [
        ("yes", False, [word()], True),
        ("yes", False, [word(), word(speaks=False)], True),
        ("yes", False, [word(speaks=False)], False),
        ("yes", False, [], False),
        ("yes", True, [word()], False),
        ("if_need_be", False, [word()], False),
        ("no", False, [word()], False),
        ("waiting", False, [word()], False),
        ("yes", False, [word(is_late=True)], False),
        ("yes", False, [word(), word(value="if_need_be")], False),
        ("yes", False, [word(), word(value="no", speaks=False, is_late=True)], False),
        ("yes", False, [word("CA")], False),
    ],
)
def test_whose_yes_counts(state: Any, is_reported: bool, words: list[Word], counts: bool) -> None:
    found = own_yes({"US": DelegationAnswer(state, is_reported=is_reported)}, words)
    assert bool(found) is counts


def of_draft(database: Database, answers: Mapping[str, Mapping[int, str]], **values: Any) -> None:
    """Add a poll of a draft of Mexico's, in which each of these people answered for their delegation."""
    with database.write_session(world.viewer("ana")) as session:
        draft = start_draft(
            session,
            MeetingContent(
                mechanism="un-coordination", title={"en": "Spring meeting"}, original="en", parties=("MX", "US"),
                place="New York", zone="America/Mexico_City", format="in_person",
            ),
        )  # fmt: skip
        session.commit()
        draft_id = draft.id
    with database.system_session("add a poll", "write") as session:
        polling.add_poll(session, REF, draft_id=draft_id, **values)
        for key, said in answers.items():
            polling.answer(session, REF, key, said)
        session.commit()


def of_meeting(database: Database, state: str, answers: Mapping[str, Mapping[int, str]]) -> None:
    """Add a poll of a meeting of Mexico and the United States on 3 February 2027 in that state."""
    with database.system_session("add a poll of a meeting", "write") as session:
        title = {"en": "Spring meeting", "original": "en"}
        meeting = world.add_meeting(session, "UNC-2027-MXUS-7", ("MX", "US"), mechanism="M01", state=state, title=title)
        polling.add_poll(session, REF, meeting_id=meeting.id)
        for key, said in answers.items():
            polling.answer(session, REF, key, said)
        session.commit()


def choose(database: Database, key: str = "ana", number: int = 0, **values: Any) -> str:
    slot = polling.slot_id(REF, number)
    with database.write_session(world.viewer(key)) as session:
        promise = values.pop("promise", None) or choice_of(session, REF, slot).promise
        meeting = choose_slot(session, REF, slot, promise=promise, uid_host=HOST, **values)
        session.commit()
        return meeting.reference


def told(database: Database) -> dict[str, set[str]]:
    """Return who was told of what."""
    names = {member.id: key for key, member in world.CAST.items()}
    with database.system_session("read who is told") as session:
        rows = session.execute(select(OutboxMessage.kind, OutboxMessage.recipient_id)).all()
    found: dict[str, set[str]] = {}
    for kind, person_id in rows:
        assert person_id is not None
        found.setdefault(kind, set()).add(names[person_id])
    return found


def test_every_partys_own_yes_confirms_in_one_step(database: Database) -> None:
    yes = {0: "yes", 1: "if_need_be"}
    of_draft(database, {"ana": yes, "carol": yes})
    with database.system_session("let an official answer too", "write") as session:
        polling.add_seat(session, REF, "US", 1, is_required=False)
        polling.answer(session, REF, "daniel", {0: "yes"}, seat=1)
        session.commit()
    with database.read_session(world.viewer("diego")) as session:  # an official of the makers may choose
        planned = choice_of(session, REF, polling.slot_id(REF, 0))
        assert (planned.way, planned.state.state, planned.confirmed_by) == ("propose", "confirmed", ("MX", "US"))
        assert choice_of(session, REF, polling.slot_id(REF, 1)).asked == ("MX", "US")
    reference = choose(database, "diego")
    with database.read_session(world.viewer("carol")) as session:
        meeting = session.execute(select(Meeting).where(Meeting.reference == reference)).scalar_one()
        assert (meeting.state, meeting.starts_on, meeting.sequence) == ("confirmed", polling.FIRST_DAY, 0)
        assert (meeting.time_zone, meeting.starts_time) == (polling.ZONE, dt.time(10))
        rows = session.execute(select(MeetingParty).where(MeetingParty.meeting_id == meeting.id)).scalars()
        assert {row.party_code: (row.answer, row.answered_by, row.is_reported) for row in rows} == {
            "MX": ("yes", ANA, False),
            "US": ("yes", CAROL, False),
        }
        poll = session.execute(select(Poll).where(Poll.reference == REF)).scalar_one()
        assert (poll.state, poll.meeting_id, poll.ended_at) == ("chosen", meeting.id, AT)
    assert told(database) == {
        "meeting_confirmed": {"ana", "lucia", "carol", "erin"},
        "poll_chosen": {"daniel"},
    }
    with database.system_session("read the record") as session:
        acts = session.scalars(select(AuditRecord.action)).all()
    assert {"poll_chosen", "meeting_proposed", "meeting_answered", "meeting_confirmed"} <= set(acts)


@pytest.mark.parametrize(
    ("answers", "confirmed_by"),
    [
        ({"ana": {0: "yes"}, "daniel": {0: "yes"}}, ("MX",)),
        ({"ana": {0: "yes"}, "carol": {0: "if_need_be"}}, ("MX",)),
        ({"diego": {0: "yes"}, "carol": {0: "yes"}}, ("MX", "US")),  # Ana chooses: that is her party's yes
        ({"carol": {1: "yes"}}, ("MX",)),
    ],
)
def test_a_party_that_has_not_said_yes_itself_is_asked(
    sqlite_database: Database, answers: Mapping[str, Mapping[int, str]], confirmed_by: tuple[str, ...]
) -> None:
    of_draft(sqlite_database, answers)
    with sqlite_database.read_session(world.viewer("ana")) as session:
        choice = choice_of(session, REF, polling.slot_id(REF, 0))
    assert choice.confirmed_by == confirmed_by
    assert choice.state.state == ("confirmed" if len(confirmed_by) == 2 else "proposed")


@pytest.mark.parametrize(
    ("state", "way", "kinds"),
    [
        ("proposed", "change", {"meeting_changed"}),
        ("confirmed", "postpone", {"meeting_confirmed"}),
        ("postponed", "reinstate", {"meeting_confirmed"}),
    ],
)
def test_a_meeting_moves_with_the_yes_of_the_poll(
    sqlite_database: Database, state: str, way: str, kinds: set[str]
) -> None:
    of_meeting(sqlite_database, state, {"carol": {1: "yes"}})
    with sqlite_database.read_session(world.viewer("ana")) as session:
        choice = choice_of(session, REF, polling.slot_id(REF, 1))
        assert (choice.way, choice.state.state) == (way, "confirmed")
    assert choose(sqlite_database, number=1, reason="Chosen in a poll") == "UNC-2027-MXUS-7"
    with sqlite_database.read_session(world.viewer("carol")) as session:
        meeting = session.execute(select(Meeting).where(Meeting.reference == "UNC-2027-MXUS-7")).scalar_one()
        assert (meeting.state, meeting.starts_on) == ("confirmed", polling.FIRST_DAY + dt.timedelta(days=1))
        assert meeting.sequence > 0
    assert set(told(sqlite_database)) == kinds


def test_a_meeting_that_has_the_time_takes_the_answers(sqlite_database: Database) -> None:
    of_meeting(sqlite_database, "proposed", {"carol": {0: "yes"}})
    choose(sqlite_database)
    with sqlite_database.system_session("put the poll back", "write") as session:
        poll = session.execute(select(Poll).where(Poll.reference == REF)).scalar_one()
        poll.state = "closed"
        meeting = session.get_one(Meeting, poll.meeting_id)
        meeting.state, sequence = "proposed", meeting.sequence
        for row in meeting.parties:
            row.answer = row.answered_at = row.answered_by = None
        session.commit()
    with sqlite_database.read_session(world.viewer("ana")) as session:
        assert choice_of(session, REF, polling.slot_id(REF, 0)).way == "answer"
    choose(sqlite_database)
    with sqlite_database.read_session(world.viewer("ana")) as session:
        meeting = session.execute(select(Meeting).where(Meeting.reference == "UNC-2027-MXUS-7")).scalar_one()
        assert (meeting.state, meeting.sequence) == ("confirmed", sequence + 1)


def test_what_cannot_be_chosen(sqlite_database: Database, clock: Any) -> None:
    of_draft(sqlite_database, {"carol": {0: "yes", 1: "no"}}, is_hidden=True)
    slot = polling.slot_id(REF, 0)

    def refused(key: str, slot_id: uuid.UUID = slot) -> str:
        with sqlite_database.read_session(world.viewer(key)) as session, pytest.raises(Refusal) as caught:
            choice_of(session, REF, slot_id)
        return caught.value.key

    assert refused("carol") == "forbidden"
    assert refused("ana") == "poll_is_hidden"
    assert refused("benoit") == "not_found"
    assert refused("ana", uuid.UUID(int=1)) == "not_found"
    clock.now = polling.CLOSES_AT  # the deadline closes it by itself
    with sqlite_database.read_session(world.viewer("ana")) as session:
        assert choice_of(session, REF, slot).state.state == "confirmed"
    clock.now = dt.datetime(2027, 3, 2, 15, tzinfo=dt.UTC)
    assert refused("ana") == "slot_has_passed"


def test_what_happens_is_what_the_page_said(sqlite_database: Database) -> None:
    of_draft(sqlite_database, {})
    with sqlite_database.read_session(world.viewer("ana")) as session:
        promise = choice_of(session, REF, polling.slot_id(REF, 0)).promise
    with sqlite_database.system_session("answer meanwhile", "write") as session:
        polling.answer(session, REF, "carol", {0: "yes"})
        session.commit()
    with pytest.raises(StaleVersion):
        choose(sqlite_database, promise=promise)
    with sqlite_database.read_session(world.viewer("ana")) as session:
        assert session.scalars(select(Poll.state).where(Poll.reference == REF)).one() == "open"


def test_of_two_who_choose_at_once_one_wins_and_the_other_sees_both(database: Database) -> None:
    of_draft(database, {"carol": {0: "yes", 1: "yes"}})
    with database.read_session(world.viewer("ana")) as session:
        promises = {number: choice_of(session, REF, polling.slot_id(REF, number)).promise for number in (0, 1)}
    start, won, lost = threading.Barrier(2), [], []

    def run(key: str, number: int) -> None:
        start.wait()
        try:
            choose(database, key, number, promise=promises[number])
            won.append(number)
        except StaleVersion as stale:
            lost.append((number, dict(stale.yours), dict(stale.theirs)))

    threads = [threading.Thread(target=run, args=each) for each in (("ana", 0), ("lucia", 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted([*won, *(number for number, *_ in lost)]) == [0, 1]
    mine = lost[0][0]
    assert lost == [(mine, {"slot": polling.slot_id(REF, mine)}, {"slot": polling.slot_id(REF, 1 - mine)})]
    with database.system_session("count the meetings") as session:
        poll = session.execute(select(Poll).where(Poll.reference == REF)).scalar_one()
        assert poll.chosen_slot_id == polling.slot_id(REF, won[0])
        assert len(session.scalars(select(Meeting.id)).all()) == 1


@pytest.mark.parametrize(
    ("state", "after"),
    [("proposed", ("confirmed", "Tijuana", "virtual")), ("confirmed", ("proposed", "New York", "in_person"))],
)
def test_a_yes_to_another_place_is_one_to_it_alone(
    sqlite_database: Database, state: str, after: tuple[str, str, str]
) -> None:
    of_meeting(sqlite_database, state, {"carol": {1: "yes"}})
    with sqlite_database.system_session("ask about another place", "write") as session:
        poll = session.execute(select(Poll).where(Poll.reference == REF)).scalar_one()
        poll.place, poll.format = "Tijuana", "virtual"
        session.commit()
    choose(sqlite_database, number=1, reason="Chosen in a poll")
    with sqlite_database.read_session(world.viewer("carol")) as session:
        found = session.execute(select(Meeting.state, Meeting.place, Meeting.format)).one()
        assert tuple(found) == after
