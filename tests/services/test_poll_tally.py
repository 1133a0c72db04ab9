"""The count in the database is that of the rule, whatever was answered; and the viewer's session meets no row of it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.db import Database, GuardedSession
from app.domain.polls import ResponseFacts, SeatFacts, Tally, tally, veiled
from app.models import Poll, PollResponse, PollSeat
from app.services.poll_tally import tally_of
from app.services.polls import find_poll
from tests import polling, world
from tests.subscribing import counted_statements

PARTIES = ("CA", "MX", "US")
SPEAKERS = {"CA": "adaeze", "MX": "ana", "US": "carol"}
SLOTS = 5


def fill(session: GuardedSession, reference: str, chance: random.Random) -> Poll:
    """Add a poll in which each seat answered something, nothing, in time, late or by report, to some of the slots."""
    poll = polling.add_poll(session, reference, PARTIES, slots=SLOTS, seats={"CA": 3, "MX": 2, "US": 0})
    seats = session.execute(select(PollSeat).where(PollSeat.poll_id == poll.id)).scalars().all()
    for seat in seats:
        seat.is_required, seat.is_inner = chance.random() < 0.8, chance.random() < 0.1
        seat.late_counted_at = world.NOW if chance.random() < 0.5 else None
        for is_late in (False, True):
            for is_reported in (False, True):
                if chance.random() < 0.5:
                    continue
                told = [number for number in range(SLOTS) if chance.random() < chance.choice((0, 0.6, 1, 1))]
                values = {number: chance.choice(("yes", "yes", "yes", "if_need_be", "no")) for number in told}
                polling.answer(
                    session, reference, SPEAKERS[seat.party_code], values, seat=seat.position - 1,
                    party=seat.party_code, is_late=is_late, is_reported=is_reported,
                )  # fmt: skip
    if chance.random() < 0.5:
        session.get_one(Poll, poll.id).slots[0].withdrawn_at = world.NOW
    return poll


def by_rule(session: GuardedSession, poll: Poll) -> Tally:
    """Return the tally of the rule, from every row."""
    session.refresh(poll, ["slots", "seats"])
    responses = session.execute(
        select(PollResponse).where(PollResponse.poll_id == poll.id).options(selectinload(PollResponse.answers))
    ).scalars()
    return tally(
        [slot.id for slot in poll.slots if slot.withdrawn_at is None],
        [
            SeatFacts(each.id, each.party_code, each.is_required, each.is_inner, each.late_counted_at is not None)
            for each in sorted(poll.seats, key=lambda seat: (seat.party_code, seat.position, seat.id))
        ],
        [ResponseFacts(each.seat_id, _values(each), each.is_late, each.is_reported) for each in responses],
        poll.parties,
        poll.required_parties,
    )


def _values(response: PollResponse) -> dict[Any, Any]:
    return {said.slot_id: said.value for said in response.answers}


def test_the_database_counts_as_the_rule_does(database: Database) -> None:
    chance = random.Random(20261122)
    expected: dict[str, Tally] = {}
    with database.system_session("fill polls", "write") as session:
        for number in range(1, 13):
            poll = fill(session, f"UNC-2027-P{number}", chance)
            session.flush()
            expected[poll.reference] = by_rule(session, poll)
        session.commit()
    states = {
        said.state for found in expected.values() for slot in found.slots.values() for said in slot.answers.values()
    }
    assert states == {"yes", "if_need_be", "no", "waiting"}, "the cases tell nothing apart"
    assert any(found.late for found in expected.values())
    with database.read_session(world.viewer("carol")) as session:
        for reference, rule in expected.items():
            assert tally_of(session, find_poll(session, reference)) == rule, reference


@pytest.mark.parametrize(("key", "own"), [("ana", "MX"), ("isabelle", "CA")])
def test_a_hidden_poll_that_runs_tells_of_others_only_whether_they_answered(
    sqlite_database: Database, key: str, own: str
) -> None:
    with sqlite_database.system_session("fill a poll", "write") as session:
        poll = polling.add_poll(session, "UNC-2027-P1", PARTIES, slots=60, seats={"MX": 20}, is_hidden=True)
        for party, speaker in SPEAKERS.items():
            polling.answer(session, poll.reference, speaker, {0: "no", 1: "yes"}, party=party)
        session.flush()
        rule = by_rule(session, poll)
        session.commit()
    with sqlite_database.read_session(world.viewer(key)) as session:
        found = find_poll(session, "UNC-2027-P1")
        with counted_statements(sqlite_database) as counted:
            seen = tally_of(session, found)
        assert len(counted) == 1
        assert seen == veiled(rule, own)
        assert all(set(slot.answers) == {own} and not slot.works for slot in seen.slots.values())
        assert seen.has_answered == {"CA": True, "MX": False, "US": True}
        held = [row for row in session.identity_map.values() if isinstance(row, PollResponse)]
        assert held == []
