"""The charts of action items and the accountability report, where there are many: against one bare sum of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from sqlalchemy import TextClause, text, update

from app.models import Leg
from benchmarks.actions import ACTIONS
from benchmarks.figures import Figure, quickest
from benchmarks.pages import client_of
from benchmarks.worlds import Bench, count_rows

TIMES: Final = 3
_LEGS: Final = "FROM legs l JOIN actions a ON a.id = l.action_id"
# For each page one sum over the rows that it counts, without a reader: what any way of doing it has to read. Those of
# the charts are not grouped: a group for which an engine walks an index would take longer than the chart itself.
BARE: Final = {
    "/reports/charts/ages": text(
        f"SELECT count(*), min(a.created_at), min(l.due_on) {_LEGS}"
        " WHERE l.state IN ('open', 'under_way', 'blocked') AND a.ended_as IS NULL"
    ),
    "/reports/charts/months": text(f"SELECT count(*), max(a.created_at), max(l.done_at) {_LEGS}"),
    "/reports/charts/durations": text(
        f"SELECT count(*), max(a.created_at), max(l.done_at) {_LEGS} WHERE l.done_at IS NOT NULL"
    ),
    "/reports/accountability": text(
        f"SELECT l.party_code, l.state, l.is_accepted, count(*), max(a.created_at), max(l.done_at) {_LEGS}"
        " GROUP BY l.party_code, l.state, l.is_accepted"
    ),
}


def figures_of(bench: Bench) -> Iterator[Figure]:
    """Yield the figures of the charts and of the report, on a world with many actions."""
    with bench.database.system_session("say when what is done was done", "write") as session:
        session.execute(update(Leg).where(Leg.state == "done").values(done_at=Leg.changed_at))
        session.commit()
    count_rows(bench.database)
    client = client_of(bench)

    def page(path: str) -> None:
        assert client.get(path).status_code == 200

    def bare(statement: TextClause) -> None:
        with bench.database.engine.connect() as connection:
            if not bench.database.is_sqlite:
                connection.execute(text("SET ROLE entente_system"))
            assert connection.execute(statement).all()
            connection.rollback()

    for path, statement in BARE.items():
        took, floor = quickest(partial(page, path)), quickest(partial(bare, statement))
        name = f"{path} over {ACTIONS:,} actions, against one bare sum"
        yield Figure(name, bench.engine, took, floor, TIMES, unit=" s", at_most=True)
