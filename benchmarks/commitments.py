"""The follow-up matrix of commitments, where every action serves one: its time against one bare sum, its statements."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Final

from sqlalchemy import insert, select, text

from app.db import Database
from app.domain.visibility import REGISTER
from app.models import Action, Commitment, CommitmentAction
from benchmarks.actions import ACTIONS
from benchmarks.figures import Figure, quickest
from benchmarks.pages import client_of
from benchmarks.worlds import Bench, count_rows
from tests import world
from tests.subscribing import counted_statements

MATRIX: Final = "/commitments/matrix"
STATEMENTS: Final = 12
TIMES: Final = 3
HERE: Final = 30  # with those of the catalogue, a page
AT_ONCE: Final = 5_000
# The same rows as the matrix sums, without a reader: what any way of doing it has to read.
BARE: Final = text(
    "SELECT ca.commitment_id, l.party_code, l.state, count(*), max(l.changed_at) FROM commitment_actions ca"
    " JOIN actions a ON a.id = ca.action_id JOIN legs l ON l.action_id = a.id"
    " WHERE ca.ended_at IS NULL AND a.ended_as IS NULL AND l.is_accepted"
    " GROUP BY ca.commitment_id, l.party_code, l.state"
)


def add_commitments(database: Database) -> None:
    """Add commitments that all read, and let each action serve one of those and of the catalogue's."""
    with database.system_session("add commitments to measure", "write") as session:
        register, who = session.audience({REGISTER}), world.CAST["ana"].id
        session.add_all(
            Commitment(
                ref=f"COM-2026-CAMXUS-{number + 1}", origin="here", title={"en": f"Promise {number}", "original": "en"},
                owners=list(world.THREE), facts={"made_at": "A text"}, loaded_facts={}, created_at=world.NOW,
                changed_at=world.NOW, audience_id=register,
            )
            for number in range(HERE)
        )  # fmt: skip
        session.flush()
        served = session.execute(select(Commitment.id).where(Commitment.kind == "pledge")).scalars().all()
        actions = session.execute(select(Action.id, Action.audience_id)).all()
        rows = [
            {
                "id": uuid.uuid4(), "commitment_id": served[number % len(served)], "action_id": action.id,
                "made_by": who, "made_at": world.NOW - dt.timedelta(days=1), "audience_id": action.audience_id,
            }
            for number, action in enumerate(actions)
        ]  # fmt: skip
        for first in range(0, len(rows), AT_ONCE):
            session.execute(insert(CommitmentAction), rows[first : first + AT_ONCE])
        session.commit()
    count_rows(database)


def figures_of(bench: Bench) -> Iterator[Figure]:
    """Yield the figures of the matrix, on a world with many actions."""
    add_commitments(bench.database)
    client = client_of(bench)

    def page() -> None:
        assert client.get(MATRIX).status_code == 200

    def bare() -> None:
        with bench.database.engine.connect() as connection:
            if not bench.database.is_sqlite:
                connection.execute(text("SET ROLE entente_system"))
            assert connection.execute(BARE).all()
            connection.rollback()

    name = f"matrix of commitments over {ACTIONS:,} actions, against one bare sum of their legs"
    yield Figure(name, bench.engine, quickest(page), quickest(bare), TIMES, unit=" s", at_most=True)
    with counted_statements(bench.database) as counted:
        page()
    told = f"statements of the matrix of commitments against {STATEMENTS}"
    yield Figure(told, bench.engine, len(counted), STATEMENTS, 1, unit="", at_most=True)
