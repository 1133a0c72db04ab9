"""The page of a poll of 60 slots and 200 people who all answered: its statements, and its time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import select

from app.db import Database
from app.domain.polls import ResponseFacts, SeatFacts, tally
from app.models import PollAnswer, PollResponse
from app.services.poll_tally import tally_of
from app.services.polls import find_poll
from benchmarks.figures import Figure, quickest
from benchmarks.pages import client_of
from benchmarks.worlds import Bench, count_rows
from tests import polling, world
from tests.subscribing import counted_statements

REF: Final = "UNC-2031-MXUS-P1"
SMALL: Final = "UNC-2031-MXUS-P2"
SLOTS: Final = 60
PEOPLE: Final = 200
STATEMENTS: Final = 12
GROWTH: Final = 1.0
TIMES: Final = 6
COUNTING: Final = 1.5
SPEAKERS: Final = {"MX": "ana", "US": "carol"}
VALUES: Final = ("yes", "yes", "if_need_be", "no")


def add_polls(database: Database) -> None:
    """Add a poll in which everybody answered to every slot, and a small one to compare its statements with."""
    with database.system_session("add polls to measure", "write") as session:
        for reference, slots, people in ((REF, SLOTS, PEOPLE), (SMALL, 2, 2)):
            seats = dict.fromkeys(SPEAKERS, people // len(SPEAKERS))
            polling.add_poll(session, reference, tuple(SPEAKERS), slots=slots, seats=seats)
            for party, key in SPEAKERS.items():
                for seat in range(seats[party]):
                    said = {slot: VALUES[(seat * slot) % len(VALUES)] for slot in range(slots)}
                    polling.answer(session, reference, key, said, seat=seat, party=party)
        session.commit()
    count_rows(database)


def figures_of(bench: Bench) -> Iterator[Figure]:
    """Yield the figures of the page of a poll."""
    add_polls(bench.database)
    client = client_of(bench)

    def page(reference: str = REF) -> None:
        assert client.get(f"/polls/{reference}").status_code == 200

    def count() -> None:
        with bench.database.read_session(world.viewer("ana")) as session:
            tally_of(session, find_poll(session, REF))

    def by_rule() -> None:
        """Read every answer, and count them by the rule: what the page would do without a count in the database."""
        with bench.database.system_session("count every answer one by one") as session:
            poll = find_poll(session, REF)
            rows = session.execute(
                select(PollResponse.seat_id, PollAnswer.slot_id, PollAnswer.value)
                .join(PollAnswer, PollAnswer.response_id == PollResponse.id)
                .where(PollResponse.poll_id == poll.id)
            )
            said: dict[uuid.UUID, dict[uuid.UUID, Any]] = {}
            for seat_id, slot_id, value in rows:
                said.setdefault(seat_id, {})[slot_id] = value
            seats = [SeatFacts(seat.id, seat.party_code) for seat in poll.seats]
            responses = [ResponseFacts(seat_id, values) for seat_id, values in said.items()]
            tally([slot.id for slot in poll.slots], seats, responses, poll.parties, poll.required_parties)

    of = f"a poll of {SLOTS} slots and {PEOPLE} people"
    name = f"count of {of}, against reading every answer and counting by the rule"
    yield Figure(name, bench.engine, quickest(count), quickest(by_rule), COUNTING, unit=" s", at_most=True)
    name = f"page of {of}, against reading every answer and counting by the rule"
    yield Figure(name, bench.engine, quickest(page), quickest(by_rule), TIMES, unit=" s", at_most=True)
    counts = {}
    for reference in (REF, SMALL):
        page(reference)
        with counted_statements(bench.database) as counted:
            page(reference)
        counts[reference] = len(counted)
    told = f"statements of the page of {of} against {STATEMENTS}"
    yield Figure(told, bench.engine, counts[REF], STATEMENTS, 1, unit="", at_most=True)
    grows = "statements of the page of a large poll against those of a small one"
    yield Figure(grows, bench.engine, counts[REF], counts[SMALL], GROWTH, unit="", at_most=True)
