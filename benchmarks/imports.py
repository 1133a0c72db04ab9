"""Importing a table of 20,000 rows where there are many actions, against openpyxl and one bulk insert."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import openpyxl
from sqlalchemy import insert

from app.db import Database
from app.models import Action, ActionNote, Leg
from app.papers.tables import Column, Table, table_csv, table_xlsx
from app.services.action_import_plan import plan_import
from app.services.action_import_write import write_plan
from app.services.action_imports import keep_import, read_file
from benchmarks.figures import Figure, rates
from benchmarks.pages import client_of
from benchmarks.worlds import Bench
from tests import world

ROWS: Final = 20_000
ROUNDS: Final = 3
_HEADS: Final = ("Reference", "Title", "Text", "Owners", "Due", "State", "Priority", "Seen by", "Note")
_OWNERS: Final = ("MX/US", "SRE; Department of State", "Ana Robles (SRE)", "MX, US, CA")


def figures_of(bench: Bench) -> Iterator[Figure]:
    """Measure an import, to which each round adds, and writing a table of as many rows; the world holds more then."""
    client_of(bench)  # an import is sealed with the keys of the app
    yield import_figure(bench)
    yield export_figure(bench.engine)


def import_figure(bench: Bench) -> Figure:
    """Measure an import from the file's bytes to the commit."""
    content = table_xlsx(_table())
    brought = _brought(bench.database, content)
    assert len(brought[Action]) == ROWS
    yard = _yardstick(bench.database, content, brought)
    found = rates(lambda: _import(bench.database, content), yard, ROUNDS)
    name = f"import of {ROWS:,} rows against openpyxl and one bulk insert"
    return Figure(name, bench.engine, 1 / found[0], 1 / found[1], target=3, unit=" s", at_most=True)


def export_figure(engine: str) -> Figure:
    """Measure writing 20,000 rows as a workbook and as values, against writing the workbook with openpyxl."""
    table = _table()

    def written() -> None:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.append([column.heading for column in table.columns])
        for row in table.rows:
            sheet.append(list(row))
        book.save(io.BytesIO())

    found = rates(lambda: (table_xlsx(table), table_csv(table)), written, ROUNDS)
    name = f"workbook and values of {ROWS:,} rows against openpyxl's workbook"
    return Figure(name, engine, 1 / found[0], 1 / found[1], target=3, unit=" s", at_most=True)


def _table() -> Table:
    rows = tuple(
        (
            f"R-{number}", f"Share the list of points of contact, part {number}",
            "The parties exchange the list, and say who answers at any hour of the day. " * 2,
            _OWNERS[number % len(_OWNERS)], dt.date(2027, 1, 1) + dt.timedelta(days=number % 300),
            ("open", "under way", "done")[number % 3], ("normal", "high")[number % 2], "MX, US, CA", "Told by mail.",
        )
        for number in range(ROWS)
    )  # fmt: skip
    return Table("Actions", tuple(Column(head) for head in _HEADS), rows, world.NOW)


def _import(database: Database, content: bytes) -> None:
    table = read_file(content, "table.xlsx", "en")
    with database.write_session(world.viewer("ana")) as session:
        row = keep_import(session, table)
        plan = plan_import(session, table, lock=True)
        write_plan(session, row, plan, uid_host="entente.test")
        session.commit()


def _brought(database: Database, content: bytes) -> dict[type[Any], list[dict[str, Any]]]:
    """Return the rows that an import writes, as one statement for each kind takes them."""
    kept: dict[type[Any], list[dict[str, Any]]] = {}
    with database.write_session(world.viewer("ana")) as session:
        insert_many: Callable[..., None] = session.insert_many

        def keep(model: type[Any], rows: list[dict[str, Any]]) -> None:
            kept[model] = [dict(row) for row in rows]
            insert_many(model, rows)

        session.insert_many = keep  # type: ignore[assignment]
        table = read_file(content, "table.xlsx", "en")
        row = keep_import(session, table)
        write_plan(session, row, plan_import(session, table, lock=True), uid_host="entente.test")
        session.commit()
    return kept


def _yardstick(
    database: Database, content: bytes, brought: dict[type[Any], list[dict[str, Any]]]
) -> Callable[[], object]:
    """Return the work that an import is held to: its file read by openpyxl, its rows inserted, each kind at once."""
    numbers = itertools.count()

    def work() -> int:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        count = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
        book.close()
        turn = next(numbers) + 1
        with database.system_session("insert in bulk, to compare", "write") as session:
            for model in (Action, Leg, ActionNote):
                session.execute(insert(cast("Any", model.__table__)), [_renamed(row, turn) for row in brought[model]])
            session.commit()
        return count

    return work


def _renamed(row: dict[str, Any], turn: int) -> dict[str, Any]:
    """Return the row under other ids and another reference, so that it can be inserted again."""
    shifted: dict[str, Any] = {name: _shifted(row[name], turn) for name in ("id", "action_id") if name in row}
    reference: dict[str, Any] = {"reference": f"T{turn}-{row['reference']}"} if "reference" in row else {}
    return {**row, **shifted, **reference}


def _shifted(value: Any, turn: int) -> Any:
    return type(value)(int=(value.int + turn) % 2**128)
