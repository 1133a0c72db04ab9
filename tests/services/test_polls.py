"""Polls: made from a plan, answered by seat inside each delegation, with notes, proxies and seats of its own."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.date_plans import PlannedSeat
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.meeting_content import MeetingContent
from app.domain.poll_orders import PollOrder
from app.domain.polls import AnswerValue
from app.models import (
    AuditRecord,
    DatePlan,
    Draft,
    OutboxMessage,
    Poll,
    PollAnswer,
    PollInnerNote,
    PollNote,
    PollResponse,
    PollSeat,
    PollSlot,
)
from app.services.date_plans import find_plan, plan_of_draft, save_plan
from app.services.drafts import content_of, start_draft
from app.services.poll_answers import answer_poll
from app.services.poll_lists import poll_list
from app.services.poll_making import make_poll, ordered, planned_slots
from app.services.poll_notes import add_note, withdraw_note
from app.services.poll_pages import own_seats, poll_view
from app.services.poll_seats import add_inner_seat, drop_inner_seat, end_proxy, name_proxy
from app.services.poll_tally import tally_of
from app.services.polls import find_poll, may_run
from tests import polling, world
from tests.conftest import Clock
from tests.polling import seat_id, slot_id

REFERENCE = "UNC-2027-MXUS-P1"
KEYS = ("2027-01-26T10:00", "2027-02-04T10:00")


def acting(database: Database, key: str, act: Callable[[GuardedSession], Any]) -> Any:
    """Let somebody of the cast do something, and keep it."""
    with database.write_session(world.viewer(key)) as session:
        done = act(session)
        session.commit()
        return done


def refused(database: Database, key: str, act: Callable[[GuardedSession], object]) -> str:
    """Return why somebody of the cast is refused."""
    with database.write_session(world.viewer(key)) as session, pytest.raises(Refusal) as caught:
        act(session)
    return caught.value.key


def planned(database: Database, key: str, parties: tuple[str, ...], **said: Any) -> uuid.UUID:
    """Return the plan of a new draft of theirs."""
    content = MeetingContent(
        mechanism="un-coordination", title={"en": "Spring meeting"}, parties=parties, zone="America/New_York",
        place="New York", first_day=dt.date(2027, 1, 26), starts=dt.time(10), ends=dt.time(13),
    )  # fmt: skip

    def plan(session: GuardedSession) -> uuid.UUID:
        draft = start_draft(session, dataclasses.replace(content, **said))
        return plan_of_draft(session, draft.id).id

    return uuid.UUID(str(acting(database, key, plan)))


def asked(session: GuardedSession, plan_id: uuid.UUID, *seats: PlannedSeat, **changed: Any) -> Poll:
    """Make a poll of two slots from a plan, of all its parties."""
    found = find_plan(session, plan_id)
    order = PollOrder(
        zone=found.content.zone, slots=ordered(planned_slots(found, KEYS)), parties=found.content.parties,
        required_parties=found.content.parties, seats=seats, closes_on=dt.date(2026, 11, 27), closes_time=dt.time(12),
        closes_zone="America/Mexico_City", minutes=180,
    )  # fmt: skip
    return make_poll(session, found, dataclasses.replace(order, **changed))


def told(database: Database) -> set[str]:
    """Return who is to be told of a poll that was opened, by their keys in the cast."""
    keys = {member.id: key for key, member in world.CAST.items()}
    with database.system_session("look") as session:
        rows = session.execute(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "poll_opened")).scalars()
        return {keys[each] for each in rows if each}


# Making --------------------------------------------------------------------------------------------


def test_a_poll_of_two_does_not_exist_for_the_third(sqlite_database: Database) -> None:
    database = sqlite_database
    plan_id = planned(database, "ana", ("MX", "US"))
    named = PlannedSeat("MX", "person", name="Diego", person_id=str(world.CAST["diego"].id))
    reference = acting(database, "ana", lambda session: asked(session, plan_id, named).reference)
    assert reference == REFERENCE
    assert told(database) == {"lucia", "diego", "carol", "erin"}
    with database.read_session(world.viewer("carol")) as session:
        poll = find_poll(session, reference.lower())
        assert [(slot.starts_at.isoformat(), slot.ends_at.isoformat()) for slot in poll.slots] == [
            ("2027-01-26T15:00:00+00:00", "2027-01-26T18:00:00+00:00"),
            ("2027-02-04T15:00:00+00:00", "2027-02-04T18:00:00+00:00"),
        ]
        assert poll.closes_at == dt.datetime(2026, 11, 27, 18, tzinfo=dt.UTC)
        assert [(seat.party_code, seat.kind) for seat in poll.seats] == [("MX", "person"), ("US", "delegation")]
        assert not may_run(session, poll)
        assert len(poll_list(session).to_answer) == 1
    for key in ("benoit", "isabelle", "sam"):
        with database.read_session(world.viewer(key)) as session:
            with pytest.raises(NotFound):
                find_poll(session, reference)
            found = poll_list(session)
            assert (found.to_answer, found.others, found.over) == ((), (), ())
    # The plan ended with it, and the count of all three parties knows nothing of it.
    assert refused(database, "ana", lambda session: asked(session, plan_id)) == "not_found"
    of_all = planned(database, "ana", ("CA", "MX", "US"))
    poll = acting(database, "ana", lambda session: asked(session, of_all))
    assert poll.reference == "UNC-2027-P1"
    with database.read_session(world.viewer("sam")) as session:
        assert not may_run(session, find_poll(session, "UNC-2027-P1"))


def test_what_cannot_be_asked_leaves_nothing(sqlite_database: Database) -> None:
    database = sqlite_database
    without_title = planned(database, "ana", ("MX", "US"), title={})
    assert refused(database, "ana", lambda session: asked(session, without_title)) == "poll_needs_title"
    of_others = planned(database, "ana", ("CA", "US"))
    assert refused(database, "ana", lambda session: asked(session, of_others)) == "needs_own_party"
    plan_id = planned(database, "diego", ("MX", "US"))
    office = PlannedSeat("US", "office", office_code="MX-SRE")
    assert refused(database, "diego", lambda session: asked(session, plan_id, office)) == "unknown_office"
    assert refused(database, "diego", lambda session: asked(session, plan_id, slots=())) == "no_slots"
    assert refused(database, "carol", lambda session: asked(session, plan_id)) == "not_found"
    with database.system_session("look") as session:
        assert not session.execute(select(Poll)).first()
        assert session.get_one(DatePlan, plan_id).ended_at is None
    acting(database, "diego", lambda session: asked(session, plan_id))
    draft_id = acting(database, "ana", lambda session: session.get_one(DatePlan, plan_id).draft_id)
    again = acting(database, "ana", lambda session: plan_of_draft(session, draft_id).id)
    assert refused(database, "ana", lambda session: asked(session, again)) == "poll_is_open"


# Answering -----------------------------------------------------------------------------------------


@pytest.fixture
def polled(sqlite_database: Database) -> Database:
    """Return a database with a poll of Mexico and the United States: two slots, two seats of Mexico."""
    polling.with_poll(sqlite_database, REFERENCE, seats={"MX": 2})
    return sqlite_database


def answering(
    values: Mapping[int, AnswerValue], party: str = "MX", seat: int = 0, version: int = 0
) -> Callable[[GuardedSession], object]:
    """Return the act of answering the slots of these numbers for a seat."""
    said = {slot_id(REFERENCE, number): value for number, value in values.items()}
    return lambda session: answer_poll(session, REFERENCE, seat_id(REFERENCE, party, seat), said, version=version)


def kept(database: Database, seat: int = 0, *, is_late: bool = False) -> tuple[int, dict[uuid.UUID, str]] | None:
    """Return the version of what a seat of Mexico answered, and what that is."""
    with database.system_session("look") as session:
        response = session.execute(
            select(PollResponse).where(
                PollResponse.seat_id == seat_id(REFERENCE, "MX", seat), PollResponse.is_late.is_(is_late)
            )
        ).scalar_one_or_none()
        return (response.version, {row.slot_id: row.value for row in response.answers}) if response else None


def test_an_answer_is_changed_until_the_poll_is_over(polled: Database) -> None:
    one, two = slot_id(REFERENCE, 0), slot_id(REFERENCE, 1)
    acting(polled, "diego", answering({0: "yes", 1: "if_need_be"}))
    assert kept(polled) == (1, {one: "yes", two: "if_need_be"})
    acting(polled, "diego", answering({0: "no"}, version=1))
    assert kept(polled) == (2, {one: "no"})
    with polled.system_session("withdraw a slot", "write") as session:
        session.get_one(PollSlot, one).withdrawn_at = world.NOW
        session.commit()
    acting(polled, "diego", answering({0: "yes", 1: "yes"}, version=2))
    assert kept(polled) == (3, {one: "no", two: "yes"})  # what was said of a slot that is withdrawn stays
    with polled.system_session("end it", "write") as session:
        session.execute(select(Poll)).scalar_one().state = "chosen"
        session.commit()
    assert refused(polled, "diego", answering({1: "no"}, version=3)) == "poll_is_over"


def test_of_two_colleagues_the_second_reads_both(polled: Database) -> None:
    acting(polled, "diego", answering({0: "yes", 1: "no"}))
    with polled.write_session(world.viewer("lucia")) as session, pytest.raises(StaleVersion) as caught:
        answering({0: "no"})(session)
    assert caught.value.yours == {str(slot_id(REFERENCE, 0)): "no"}
    assert caught.value.theirs == {str(slot_id(REFERENCE, 0)): "yes", str(slot_id(REFERENCE, 1)): "no"}


def test_a_late_answer_is_kept_apart(polled: Database, clock: Clock) -> None:
    acting(polled, "diego", answering({0: "yes"}))
    clock.forward(days=6)
    acting(polled, "diego", answering({0: "no"}))
    assert kept(polled) == (1, {slot_id(REFERENCE, 0): "yes"})
    assert kept(polled, is_late=True) == (1, {slot_id(REFERENCE, 0): "no"})
    with polled.read_session(world.viewer("carol")) as session:
        found = tally_of(session, find_poll(session, REFERENCE))
        assert found.late == {seat_id(REFERENCE, "MX")}
        assert found.slots[slot_id(REFERENCE, 0)].answers["MX"].lacking == ()


def test_who_may_not_answer(polled: Database) -> None:
    assert refused(polled, "diego", answering({})) == "nothing_answered"
    assert refused(polled, "diego", answering({0: "yes"}, party="US")) == "not_found"
    assert refused(polled, "benoit", answering({0: "yes"})) == "not_found"
    assert refused(polled, "diego", answering({0: "perhaps"})) == "unknown_answer"  # type: ignore[dict-item]
    polling.with_poll(polled, "UNC-2027-P1", parties=("CA", "MX", "US"))
    with polled.system_session("let the secretariat see it", "write") as session:
        for row in session.execute(select(Poll).where(Poll.reference == "UNC-2027-P1")).scalars():
            row.audience_id = session.audience({"party:CA", f"appointment:{world.appointment_id('M01')}"})
        session.commit()
    act = answer_poll
    theirs = seat_id("UNC-2027-P1", "CA")
    assert refused(polled, "sam", lambda session: act(session, "UNC-2027-P1", theirs, {}, version=0)) == "forbidden"


def test_what_is_said_inside_stays_inside(polled: Database) -> None:
    acting(polled, "diego", answering({0: "no"}, seat=1))
    acting(polled, "ana", lambda session: add_inner_seat(session, REFERENCE, "Our embassy"))
    acting(polled, "diego", lambda session: add_note(session, REFERENCE, "The Minister travels."))
    acting(polled, "diego", lambda session: add_note(session, REFERENCE, "Rather in the morning.", is_for_all=True))
    for key in ("carol", "daniel"):
        with polled.read_session(world.viewer(key)) as session:
            for model in (PollResponse, PollAnswer, PollInnerNote):
                assert not session.execute(select(model)).first(), model
            assert session.execute(select(PollSeat).where(PollSeat.is_inner.is_(True))).first() is None
            acts = set(session.execute(select(AuditRecord.action)).scalars())
            assert acts & {"poll_answered", "poll_seat_added"} == set()
            view = poll_view(session, REFERENCE)
            assert [line.note.text for line in view.notes] == ["Rather in the morning."]
            assert all(not line.has_answered for line in view.seats)
    with polled.read_session(world.viewer("lucia")) as session:
        assert [line.is_inner for line in poll_view(session, REFERENCE).notes].count(True) == 1
        assert len(own_seats(session, REFERENCE)[1]) == 3


def test_while_hidden_only_who_has_answered_is_told(polled: Database, clock: Clock) -> None:
    with polled.system_session("hide the answers", "write") as session:
        session.execute(select(Poll)).scalar_one().is_hidden = True
        session.commit()
    for seat in (0, 1):
        acting(polled, "diego", answering({0: "yes", 1: "no"}, seat=seat))
    with polled.read_session(world.viewer("carol")) as session:
        veil = poll_view(session, REFERENCE).tally
        assert veil.has_answered == {"MX": True, "US": False}
        assert all("MX" not in each.answers for each in veil.slots.values())
    clock.forward(days=6)
    with polled.read_session(world.viewer("carol")) as session:
        open_now = poll_view(session, REFERENCE).tally
        assert open_now.slots[slot_id(REFERENCE, 1)].answers["MX"].state == "no"


# Who answers for whom ------------------------------------------------------------------------------


def test_a_delegation_says_who_answers_for_whom(polled: Database) -> None:
    first, diego, ana = seat_id(REFERENCE, "MX"), world.CAST["diego"].id, world.CAST["ana"].id

    def name(person: uuid.UUID) -> Callable[[GuardedSession], object]:
        return lambda session: name_proxy(session, REFERENCE, first, person)

    assert refused(polled, "diego", name(diego)) == "forbidden"
    assert refused(polled, "ana", name(world.CAST["carol"].id)) == "unknown_person"
    assert refused(polled, "carol", name(world.CAST["daniel"].id)) == "not_found"
    acting(polled, "ana", name(ana))
    acting(polled, "ana", name(ana))  # once is enough
    assert refused(polled, "diego", answering({0: "yes"})) == "answered_by_proxy"
    acting(polled, "lucia", answering({0: "yes"}))  # who speaks for the delegation always may
    acting(polled, "diego", answering({0: "yes"}, seat=1))
    acting(polled, "lucia", lambda session: end_proxy(session, REFERENCE, first, ana))
    acting(polled, "diego", answering({0: "no"}, version=1))
    with polled.read_session(world.viewer("diego")) as session:
        assert [dict(line.proxies) for line in own_seats(session, REFERENCE)[1]] == [{}, {}]


def test_inner_seats_are_asked_and_never_counted(polled: Database) -> None:
    inner = acting(polled, "ana", lambda session: add_inner_seat(session, REFERENCE, " Our  embassy ")).id
    again = refused(polled, "ana", lambda session: add_inner_seat(session, REFERENCE, "our embassy"))
    assert again == "double_seat"
    said: dict[uuid.UUID, AnswerValue] = {slot_id(REFERENCE, 0): "no"}
    for seat in (0, 1):
        acting(polled, "diego", answering({0: "yes"}, seat=seat))
    acting(polled, "diego", lambda session: answer_poll(session, REFERENCE, inner, said, version=0))
    with polled.read_session(world.viewer("carol")) as session:
        answer = tally_of(session, find_poll(session, REFERENCE)).slots[slot_id(REFERENCE, 0)].answers["MX"]
        assert (answer.state, answer.lacking, answer.awaited) == ("yes", (), ())
    assert refused(polled, "ana", lambda session: drop_inner_seat(session, REFERENCE, inner)) == "seat_has_answered"
    other = acting(polled, "ana", lambda session: add_inner_seat(session, REFERENCE, "An adviser")).id
    acting(polled, "ana", lambda session: name_proxy(session, REFERENCE, other, world.CAST["diego"].id))
    acting(polled, "ana", lambda session: drop_inner_seat(session, REFERENCE, other))
    dropped = refused(polled, "ana", lambda session: drop_inner_seat(session, REFERENCE, seat_id(REFERENCE, "MX")))
    assert dropped == "not_found"


def test_notes_are_taken_back_by_their_writer_or_who_speaks(polled: Database) -> None:
    acting(polled, "diego", lambda session: add_note(session, REFERENCE, "One", is_for_all=True))
    acting(polled, "diego", lambda session: add_note(session, REFERENCE, "Two", slot_id=slot_id(REFERENCE, 0)))
    with polled.system_session("look") as session:
        to_all = session.execute(select(PollNote.id)).scalar_one()
        inner = session.execute(select(PollInnerNote.id)).scalar_one()
    assert refused(polled, "carol", lambda session: withdraw_note(session, REFERENCE, to_all)) == "forbidden"
    assert refused(polled, "carol", lambda session: withdraw_note(session, REFERENCE, inner)) == "not_found"
    acting(polled, "ana", lambda session: withdraw_note(session, REFERENCE, inner))
    acting(polled, "diego", lambda session: withdraw_note(session, REFERENCE, to_all))
    assert refused(polled, "diego", lambda session: withdraw_note(session, REFERENCE, to_all)) == "not_found"
    with polled.read_session(world.viewer("diego")) as session:
        assert poll_view(session, REFERENCE).notes == ()
    assert refused(polled, "diego", lambda session: add_note(session, REFERENCE, " ")) == "required"
    stray = slot_id("UNC-2027-P9", 0)
    assert refused(polled, "diego", lambda session: add_note(session, REFERENCE, "x", slot_id=stray)) == "unknown_slot"


def test_both_engines_keep_a_poll_and_its_answers_apart(database: Database) -> None:
    plan_id = planned(database, "ana", ("MX", "US"))
    poll = acting(database, "ana", lambda session: asked(session, plan_id))
    with database.read_session(world.viewer("diego")) as session:
        view = poll_view(session, poll.reference)
        assert view.answering is not None
        seat, slots = view.answering.line.seat.id, [slot.id for slot in view.standing]
    values: dict[uuid.UUID, AnswerValue] = {slots[0]: "yes", slots[1]: "no"}
    acting(database, "diego", lambda session: answer_poll(session, poll.reference, seat, values, version=0))
    acting(database, "ana", lambda session: answer_poll(session, poll.reference, seat, {}, version=1))
    acting(database, "ana", lambda session: answer_poll(session, poll.reference, seat, values, version=2))
    acting(database, "ana", lambda session: add_note(session, poll.reference, "Ours alone."))
    inner = acting(database, "ana", lambda session: add_inner_seat(session, poll.reference, "Our embassy")).id
    acting(database, "ana", lambda session: drop_inner_seat(session, poll.reference, inner))
    with database.read_session(world.viewer("carol")) as session:
        assert not session.execute(select(PollResponse)).first()
        assert not session.execute(select(PollInnerNote)).first()
        answers = [
            each.answers["MX"].state for each in tally_of(session, find_poll(session, poll.reference)).slots.values()
        ]
        assert sorted(answers) == ["no", "yes"]
        assert [line.poll.reference for line in poll_list(session).to_answer] == [REFERENCE]


def test_a_draft_is_held_where_its_poll_asks(sqlite_database: Database) -> None:
    plan_id = planned(sqlite_database, "ana", ("MX", "US"), place="", format="in_person")

    def ask_elsewhere(session: GuardedSession) -> uuid.UUID | None:
        found = find_plan(session, plan_id)
        content = dataclasses.replace(found.content, place="Tijuana", format="hybrid")
        save_plan(session, found, content, version=found.plan.version)
        return asked(session, plan_id).draft_id

    draft_id = acting(sqlite_database, "ana", ask_elsewhere)
    with sqlite_database.read_session(world.viewer("ana")) as session:
        content = content_of(session.get_one(Draft, draft_id))
        assert (content.place, content.format) == ("Tijuana", "hybrid")
