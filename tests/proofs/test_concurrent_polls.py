"""Two hundred people answer one poll at once, in several processes: what each was told to be kept is there, once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.db import Database
from app.domain.polls import ResponseFacts, SeatFacts, tally
from app.models import AuditRecord, Person, PollResponse, PollSeat
from app.services.audit import verify
from app.services.poll_tally import tally_of
from app.services.polls import find_poll
from tests import polling, world
from tests.proofs.poll_answerer import PARTIES, REF, party_of, person_id, said_by, seat_of


def add_people_and_poll(database: Database, people: int, slots: int) -> None:
    """Add so many officials, and a poll with a required seat for each of them."""
    with database.system_session("add those who answer", "write") as session:
        for number in range(people):
            session.add(
                Person(
                    id=person_id(number), email=f"answerer{number}@example.org", name=f"Answerer {number}",
                    delegation=party_of(number), role="official", language="en", time_zone=polling.ZONE, active=True,
                    fs_uniquifier=f"answerer {number}", created_at=world.NOW,
                    audience_id=session.audience({f"party:{party_of(number)}"}),
                )
            )  # fmt: skip
        session.flush()
        polling.add_poll(session, REF, PARTIES, slots=slots, seats=dict.fromkeys(PARTIES, people // len(PARTIES)))
        session.commit()


def run(database: Database, folder: Path, people: int, slots: int, processes: int) -> None:
    """Let them answer at once, and hold the database, the count and the record to what each was told."""
    add_people_and_poll(database, people, slots)
    url, each = database.url.render_as_string(hide_password=False), people // processes
    answering = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.proofs.poll_answerer", url, str(folder / "locks"), str(each * at), str(each),
             str(slots)],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).resolve().parents[2],
        )
        for at in range(processes)
    ]  # fmt: skip
    kept: list[int] = []
    for process in answering:
        said, _ = process.communicate()
        assert process.returncode == 0
        kept += json.loads(said)
    assert sorted(kept) == list(range(people))
    hold(database, people, slots)
    assert verify(database, folder).problems == []


def hold(database: Database, people: int, slots: int) -> None:
    """Count in, count out: every answer once, as it was given, and the count of them that of the rule."""
    with database.system_session("read what was answered") as session:
        responses = session.scalars(select(PollResponse).options(selectinload(PollResponse.answers))).all()
        found = {row.seat_id: {answer.slot_id: answer.value for answer in row.answers} for row in responses}
        assert len(responses) == people
        assert found == {seat_of(number): said_by(number, slots) for number in range(people)}
        assert {row.person_id for row in responses} == {person_id(number) for number in range(people)}
        acts = session.scalars(select(AuditRecord.action)).all()
        assert acts.count("poll_answered") == people
        seats = session.scalars(select(PollSeat).order_by(PollSeat.party_code, PollSeat.position)).all()
        rule = tally(
            [polling.slot_id(REF, number) for number in range(slots)],
            [SeatFacts(seat.id, seat.party_code) for seat in seats],
            [ResponseFacts(seat_id, values) for seat_id, values in found.items()],  # type: ignore[arg-type]
            PARTIES,
            PARTIES,
        )
    with database.read_session(world.viewer("ana")) as session:
        assert tally_of(session, find_poll(session, REF)) == rule


def test_forty_people_answer_at_once(database: Database, tmp_path: Path) -> None:
    run(database, tmp_path, people=40, slots=6, processes=2)


@pytest.mark.prove
def test_two_hundred_people_answer_at_once(database: Database, tmp_path: Path) -> None:
    run(database, tmp_path, people=200, slots=60, processes=8)
