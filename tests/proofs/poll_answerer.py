"""One process of many people who answer one poll at once: `URL LOCKS FIRST COUNT SLOTS`; says what each answered."""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.db import Database
from app.domain.visibility import Role, Viewer
from app.services.poll_answers import answer_poll
from tests import polling, world

REF = "UNC-2027-MXUS-P1"
VALUES = ("yes", "if_need_be", "no")
PARTIES = ("MX", "US")
RACES = 4


def party_of(number: int) -> str:
    """Return whose the person of that number is."""
    return PARTIES[number % len(PARTIES)]


def seat_of(number: int) -> uuid.UUID:
    """Return the seat that the person of that number answers for."""
    return polling.seat_id(REF, party_of(number), number // len(PARTIES))


def person_id(number: int) -> uuid.UUID:
    """Return the account of the person of that number."""
    return world.identity("person", f"answerer {number}")


def said_by(number: int, slots: int) -> dict[uuid.UUID, str]:
    """Return what the person of that number answers to each slot."""
    return {polling.slot_id(REF, slot): VALUES[(number + slot) % 3] for slot in range(slots)}


def answer(database: Database, number: int, slots: int) -> None:
    """Answer as that person, again where the database says that two met."""
    viewer = Viewer(person_id(number), Role.OFFICIAL, party_of(number), name=f"Answerer {number}")
    for race in range(RACES):
        try:
            with database.write_session(viewer) as session:
                answer_poll(session, REF, seat_of(number), said_by(number, slots), version=0)  # type: ignore[arg-type]
                session.commit()
        except (StaleDataError, IntegrityError):
            if race == RACES - 1:
                raise
        else:
            return


def main() -> None:
    """Answer for so many people, one after the other, and say for whom it was told to be kept."""
    url, locks, first, count, slots = sys.argv[1:]
    database = Database(url, Path(locks), clock=lambda: world.NOW)
    kept = []
    for number in range(int(first), int(first) + int(count)):
        answer(database, number, int(slots))
        kept.append(number)
    print(json.dumps(kept))


if __name__ == "__main__":
    main()
