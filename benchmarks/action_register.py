"""The register of actions: how its time grows with ten times the actions, its statements, and taking it away."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import quote

import xlsxwriter
from sqlalchemy import select

from app.domain.action_query import parse
from app.models import Action, Leg
from app.services.action_exports import actions_file, found_of, table_of
from app.services.action_register import sort_of
from benchmarks.actions import ACTIONS, FEWER
from benchmarks.figures import Figure
from benchmarks.pages import client_of, page, served
from benchmarks.requests import fetched
from benchmarks.requests import rates as request_rates
from benchmarks.worlds import Bench
from tests import world
from tests.clients.serving import Server
from tests.subscribing import counted_statements

STATEMENTS: Final = 10
GROWTH: Final = 1.5
EXPORTED: Final = "priority:high"  # a fifth of them
MOST_EXPORTED: Final = 20_000
EXPORT: Final = 3
ROUNDS: Final = 14
EXPORT_ROUNDS: Final = 3
# Three filters and a sort, each of its own kind of order; with fewer actions too they fill a page.
ASKED: Final = {
    "late of one party in a mechanism, by due day": "q=party:MX is:overdue mechanism:drug-dialogue&sort=due",
    "owed by one party in a mechanism, by due day": "q=party:MX is:owed mechanism:drug-dialogue&sort=due",
    "owed by one party, urgent, by news": "q=party:US is:owed priority:high&sort=news",
    "owed to a day, of one kind, by due day downwards": "q=is:owed due:<2027-06-01 kind:task&sort=-due",
}


def growth(many: Bench, few: Bench, servers: tuple[Server, Server]) -> Iterator[Figure]:
    """Requests/s for the register with three filters and a sort, with ten times the actions against fewer."""
    for name, asked in ASKED.items():
        pages = [
            page(server, bench.database, path_of(asked)) for server, bench in zip(servers, (many, few), strict=True)
        ]
        for each in pages:
            assert b"rowheader" in fetched(each), asked
        told = f"actions {name}, {ACTIONS:,} against {FEWER:,}"
        yield Figure(told, many.engine, *request_rates(pages[0], pages[1], ROUNDS), target=round(1 / GROWTH, 3))


def path_of(asked: str) -> str:
    """Return the address of the register with that filter and order."""
    return f"/actions?{quote(asked, safe='=&')}"


def statements(many: Bench) -> Figure:
    """Statements of the register with three filters and a sort."""
    client = client_of(many)
    counts = []
    for asked in ASKED.values():
        with counted_statements(many.database) as counted:
            assert client.get(path_of(asked)).status_code == 200
        counts.append(len(counted))
    name = f"statements of the register of actions against {STATEMENTS}"
    return Figure(name, many.engine, max(counts), STATEMENTS, 1, unit="", at_most=True)


def export(many: Bench) -> Figure:
    """Seconds to take 20,000 actions away as a workbook, against one select of them and writing the same plainly."""
    query, sort = parse(EXPORTED), sort_of("reference")
    with many.database.read_session(world.viewer("ana")) as session:
        found = found_of(session, query, sort, limit=2 * MOST_EXPORTED)
        table = table_of(session, found, query, "en")
    ids = [row.id for row in found.rows]

    def ours() -> None:
        with many.database.read_session(world.viewer("ana")) as session:
            actions_file(session, "xlsx", query, sort, "en")

    def plain() -> None:
        with many.database.read_session(world.viewer("ana")) as session:
            columns = Action.id, Action.reference, Action.title, Action.state, Action.due_on, Action.news_at
            of_legs = Leg.party_code, Leg.state, Leg.due_on, Leg.office_code, Leg.person_name, Leg.reason
            chosen = select(*columns, *of_legs).join(Leg, Leg.action_id == Action.id)
            rows = session.execute(chosen.where(Action.priority == "high").order_by(Action.reference)).all()
        assert len(rows) >= len(ids)
        with xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
            sheet = book.add_worksheet()
            for line, row in enumerate(table.rows):
                for place, value in enumerate(row):
                    sheet.write(line, place, value)

    told = f"workbook of {len(ids):,} actions against plain writing"
    return Figure(told, many.engine, *_seconds(ours, plain), target=EXPORT, unit=" s", at_most=True)


def _seconds(work: Callable[[], None], yardstick: Callable[[], None]) -> tuple[float, float]:
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(EXPORT_ROUNDS):
        for took, each in zip(found, (work, yardstick), strict=True):
            began = time.perf_counter()
            each()
            took.append(time.perf_counter() - began)
    return statistics.median(found[0]), statistics.median(found[1])


def figures_of(many: Bench, few: Bench) -> Iterator[Figure]:
    """Measure all of it on one engine, with a hundred thousand actions and with a tenth of them."""
    yield statements(many)
    with served(many) as server, served(few) as other:
        yield from growth(many, few, (server, other))
    yield export(many)
