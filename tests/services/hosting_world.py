"""What the tests of hosts share: a mechanism of four parties with an order, and people of a fourth government."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import select

from app.db import Database
from app.domain import visibility
from app.domain.visibility import Role, Viewer
from app.models import Mechanism, Party, Person
from app.services.decisions import answer, find_decision
from app.services.hosting import WantedChange, ask_change
from app.services.identity import viewer_of_person
from tests import world

FOUR = ("CA", "GT", "MX", "US")
PAIRS = [["CA", "GT"], ["MX", "US"]]
DIALOGUE = "drug-dialogue"
GUATEMALAN = world.identity("person", "gabriela")
TODAY = world.NOW.date()


def viewer(database: Database, key: str) -> Viewer:
    """Return the viewer that somebody of the cast is, or Gabriela, coordinator of Guatemala, with their hats."""
    found = viewer_of_person(database, GUATEMALAN if key == "gabriela" else world.CAST[key].id, database.clock())
    assert found is not None
    return found


def make_four(database: Database, ref: str = "M02", order: tuple[str, ...] = ("CA", "GT", "MX", "US")) -> None:
    """Let Guatemala be a party of a mechanism, with an attested order of hosts, and have a coordinator here."""
    with database.system_session("a fourth party", "write") as session:
        session.get_one(Party, "GT").is_core = True
        mechanism = world.mechanism_of(session, ref)
        hosting = {**mechanism.facts["hosting"], "rotation": list(order), "rotation_attested": True}
        mechanism.facts = {
            **mechanism.facts,
            "parties": list(FOUR),
            "geometry": "bilateral_plus",
            "pairs": PAIRS,
            "hosting": hosting,
            "record": [],
        }
        mechanism.parties = list(FOUR)
        session.add(
            Person(
                id=GUATEMALAN, email="gabriela@example.org", name="Gabriela Paz", role=Role.COORDINATOR.value,
                delegation="GT", language="es", time_zone="America/Guatemala", created_at=world.NOW,
                audience_id=session.audience(visibility.audience_of_person(GUATEMALAN, "GT")),
            )
        )  # fmt: skip
        session.commit()


def held(
    database: Database, *hosts: str, ref: str = "M02", parties: tuple[str, ...] = FOUR, name: str = "X", **changed: Any
) -> None:
    """Keep a meeting held by each of these hosts in turn, on 5 May of 2023 and the years after it."""
    with database.system_session("what was held", "write") as session:
        for number, host in enumerate(hosts):
            year = 2023 + number
            values = {"state": "held", "starts_on": dt.date(year, 5, 5), "hosting": {host: "host"}} | changed
            world.add_meeting(session, f"{name}-{year}-{host}", parties, mechanism=ref, **values)
        session.commit()


def code_of(database: Database, ref: str) -> str:
    """Return the code of a mechanism."""
    with database.system_session("look") as session:
        return session.execute(select(Mechanism.code).where(Mechanism.ref == ref)).scalar_one()


def wanted(kind: str = "skip", party: str = "GT", **changed: Any) -> WantedChange:
    """Return a change as it would be typed: Guatemala's turn skipped, as of today."""
    values: dict[str, Any] = {
        "kind": kind, "party": party, "with_party": None, "counts_from": TODAY, "reason": "as agreed by note",
    }  # fmt: skip
    return WantedChange(**(values | changed))


def ask(database: Database, by: str = "ana", change: WantedChange | None = None, code: str = DIALOGUE) -> uuid.UUID:
    """Let somebody ask for a change."""
    with database.write_session(viewer(database, by)) as session:
        decision = ask_change(session, code, change or wanted())
        session.commit()
        return decision.id


def agree(database: Database, decision_id: uuid.UUID, *by: str) -> None:
    """Let these people say yes."""
    for key in by:
        with database.write_session(viewer(database, key)) as session:
            found = find_decision(session, decision_id)
            answer(session, decision_id, "yes", "", version=found.version)
            session.commit()
