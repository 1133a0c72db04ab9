"""A process of two people who write updates at once, each as often as told, and says in the end what was written."""

from __future__ import annotations

import json
import random
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.db import Database
from app.domain.errors import StaleVersion
from app.services.action_acts import own_leg, update_leg
from app.services.reported_updates import changed
from app.services.updates import add_note
from tests import world

PARTIES = {"ana": "MX", "diego": "MX", "carol": "US", "daniel": "US"}
ACTIONS = 4


@dataclass
class Told:
    """What one person wrote: the words of their notes, how often each leg, and how often they lost a race."""

    notes: list[str] = field(default_factory=list)
    legs: dict[str, int] = field(default_factory=dict)
    lost: int = 0


def reference(n: int) -> str:
    """Return the reference of one of the actions that everybody writes to."""
    return f"ACT-2026-MXUS-A{n + 1:02}"


def write(database: Database, key: str, count: int, told: Told, meet: threading.Barrier) -> None:
    """Write so many updates as that person: half notes, half states of their party's leg.

    The first is of the same leg for all who meet, who wait for one another once they have read it: one is too late.
    """
    luck = random.Random(key)
    for n in range(count):
        ref = reference(luck.randrange(ACTIONS) if n else 0)
        if n % 2:
            _note(database, key, ref, f"{key}-{n}")
            told.notes.append(f"{key}-{n}")
        else:
            told.lost += _change(database, key, ref, None if n else meet)
            told.legs[ref] = told.legs.get(ref, 0) + 1


def _note(database: Database, key: str, ref: str, text: str) -> None:
    with database.write_session(world.viewer(key)) as session:
        add_note(session, ref, text, "en")
        session.commit()


def _change(database: Database, key: str, ref: str, meet: threading.Barrier | None) -> int:
    """Write another state to the leg, made from the version that was read; return how often somebody was quicker."""
    lost = 0
    while True:
        with database.read_session(world.viewer(key)) as session:
            _action, leg = own_leg(session, ref, PARTIES[key])
            change = changed(leg, "under_way" if leg.state == "open" else "open", None)
            version = leg.version
        if meet is not None and not lost:
            meet.wait(60)
        try:
            with database.write_session(world.viewer(key)) as session:
                update_leg(session, ref, PARTIES[key], change, version=version)
                session.commit()
        except (StaleVersion, StaleDataError, IntegrityError):
            lost += 1
        else:
            return lost


def main(url: str, folder: str, keys: str, count: str) -> None:
    """Let each of these people write so many updates, all at once, and print what was written."""
    database = Database(url, Path(folder))
    told = {key: Told() for key in keys.split(",")}
    meet = threading.Barrier(len(told))
    people = [threading.Thread(target=write, args=(database, key, int(count), told[key], meet)) for key in told]
    for person in people:
        person.start()
    for person in people:
        person.join()
    print(json.dumps({key: vars(each) for key, each in told.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
