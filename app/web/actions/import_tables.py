"""What stands against the rows of a table in the reader's words, and the refused rows as a file."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from flask import Response, make_response
from flask_babel import gettext as _

from app.domain.action_import import BroughtTable, column_letters
from app.domain.action_import_rows import Problem, text_of
from app.domain.errors import Refusal
from app.messages import message_for
from app.papers.tables import Column, Table, Value, table_csv, table_xlsx
from app.services.action_import_plan import ImportPlan, RowFate

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def problem_words(table: BroughtTable, fate: RowFate) -> list[tuple[str, str]]:
    """Return what stands against a row: the cell (as in `C7`, with its heading), and why."""
    return [
        (_place(table, fate, each), message_for(Refusal(each.key, **cast("Any", each.values))))
        for each in fate.problems
    ]


def _place(table: BroughtTable, fate: RowFate, problem: Problem) -> str:
    if problem.column is None:
        return str(_("Row %(row)s", row=fate.row.line))
    heading = text_of(table.head[problem.column]) if problem.column < len(table.head) else ""
    cell = f"{column_letters(problem.column + 1)}{fate.row.line}"
    return f"{cell} ({heading[:40]})" if heading else cell


def refused_file(plan: ImportPlan, ending: str, now: dt.datetime) -> Response:
    """Return the refused rows as they were brought, with their reasons in a column of their own."""
    table, refused = plan.table, {fate.row.line: fate for fate in plan.refused}
    width = len(table.choices.columns)
    heads = [text_of(table.head[n]) if n < len(table.head) else column_letters(n + 1) for n in range(width)]
    rows: list[tuple[Value, ...]] = []
    for number, cells in table.body:
        if number in refused:
            said = "; ".join(f"{place}: {why}" for place, why in problem_words(table, refused[number]))
            shown = [text_of(cells[n]) if n < len(cells) else "" for n in range(width)]
            rows.append((number, *shown, said))
    columns = (Column(_("Row")), *(Column(head) for head in heads), Column(_("Why it is refused"), 60))
    paper = Table(_("Refused rows"), columns, tuple(rows), now)
    response = make_response(table_csv(paper) if ending == "csv" else table_xlsx(paper))
    response.headers["Content-Type"] = "text/csv; charset=utf-8" if ending == "csv" else WORKBOOK
    response.headers["Content-Disposition"] = f'attachment; filename="refused.{ending}"'
    return response
