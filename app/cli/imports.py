"""`flask --app wsgi import …`: what the operator brings in on somebody's behalf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.db import GuardedSession
from app.domain.accounts import normal_email
from app.domain.action_import import BroughtTable, column_letters, guessed
from app.domain.action_import_dates import ORDERS
from app.domain.action_import_rows import text_of
from app.domain.errors import Refusal
from app.domain.visibility import Viewer
from app.extension import database, settings
from app.messages import message_for
from app.models import Person
from app.papers.workbooks import FILE_LIMIT
from app.services.action_import_plan import ImportPlan, plan_import
from app.services.action_import_write import write_plan
from app.services.action_imports import keep_import, read_file
from app.services.identity import viewer_of_person

group = AppGroup("import", help="Tables that are brought from elsewhere.")
SHOWN: Final = 50


@group.command("actions")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "email", required=True, metavar="EMAIL", help="The account on whose behalf it is imported.")
@click.option("--dry-run", is_flag=True, help="Say what would become of the rows, and write nothing.")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook; else the one that looks most like a table.")
@click.option("--dates", "order", type=click.Choice(ORDERS), help="The order of days such as 3/4/2027.")
@click.option("--language", type=click.Choice(["en", "es", "fr"]), help="Of the texts; else the account's.")
@click.option("--seen-by", "seen_by", metavar="CODES", help="Parties that see each row beside its owners: MX,US.")
@click.option("--mechanism", metavar="CODE", help="Of the rows that do not name one.")
@click.option("--join", "joins", is_flag=True, help="Join rows to the actions that are there, by reference.")
@click.option("--leave-out-refused", "leaves_out", is_flag=True, help="Import the other rows where some are refused.")
def actions(file: Path, email: str, *, dry_run: bool, sheet: str | None, **chosen: Any) -> None:
    """Import the actions in FILE (XLSX or CSV): every row, or none. Exits with 1 where nothing was written."""
    viewer = _viewer(email)
    try:
        table = _read(file, chosen["language"] or viewer.language, sheet)
        choices = replace(
            table.choices, order=chosen["order"] or table.choices.order, is_decided=chosen["order"] is not None,
            seen_by=tuple(sorted(filter(None, (chosen["seen_by"] or "").replace(" ", "").upper().split(",")))),
            mechanism=chosen["mechanism"], joins=chosen["joins"], leaves_out=chosen["leaves_out"],
        )  # fmt: skip
        _import(viewer, replace(table, choices=choices), dry_run=dry_run)
    except Refusal as refusal:
        raise click.ClickException(message_for(refusal, "en")) from refusal


def _viewer(email: str) -> Viewer:
    with database().system_session("find the account that a table is imported for") as session:
        query = select(Person.id).where(Person.email == normal_email(email))
        person_id = session.execute(query).scalar_one_or_none()
    viewer = viewer_of_person(database(), person_id, database().clock()) if person_id else None
    if viewer is None:
        raise click.ClickException(f"There is no account {normal_email(email)} that may sign in.")
    return viewer


def _read(file: Path, language: str, sheet: str | None) -> BroughtTable:
    if file.stat().st_size > FILE_LIMIT:
        raise Refusal("file_too_large", limit=FILE_LIMIT // 1024 // 1024)
    table = read_file(file.read_bytes(), file.name, language)
    if sheet is None:
        return table
    names = [each.name for each in table.sheets]
    if sheet not in names:
        raise click.ClickException(f"There is no sheet “{sheet}”. There are: {', '.join(names)}.")
    return guessed(table, names.index(sheet))


def _import(viewer: Viewer, table: BroughtTable, *, dry_run: bool) -> None:
    opened = database().read_session(viewer) if dry_run else database().write_session(viewer)
    with opened as session:
        _say_columns(table)
        if dry_run:
            _say(plan_import(session, table))
            return
        plan = _written(session, table)
        session.commit()
    click.echo(f"Imported {len(plan.written)} rows as {viewer.name}.")


def _written(session: GuardedSession, table: BroughtTable) -> ImportPlan:
    row = keep_import(session, table)
    plan = plan_import(session, table, lock=True)
    _say(plan)
    write_plan(session, row, plan, uid_host=urlsplit(settings().base_url).hostname or "localhost")
    return plan


def _say_columns(table: BroughtTable) -> None:
    told: Sequence[str] = [
        f"{column_letters(place + 1)} {text_of(table.head[place]) if place < len(table.head) else ''} -> {name}"
        for place, name in enumerate(table.choices.columns)
        if name
    ]
    click.echo(f"Columns: {'; '.join(told)}")


def _say(plan: ImportPlan) -> None:
    """Say how many rows there are of each fate, and what stands against the first of those that are refused."""
    click.echo(", ".join(f"{count} {fate}" for fate, count in sorted(plan.counts.items())))
    for fate in plan.refused[:SHOWN]:
        for problem in fate.problems:
            cell = f"{column_letters(problem.column + 1)}{fate.row.line}" if problem.column is not None else ""
            said = message_for(_refusal(problem.key, problem.values), "en")
            click.echo(f"{cell or f'row {fate.row.line}'}: {said}", err=True)
    if len(plan.refused) > SHOWN:
        click.echo(f"and {len(plan.refused) - SHOWN} more", err=True)


def _refusal(key: str, values: object) -> Refusal:
    found = Refusal(key)
    found.values = dict(cast("dict[str, object]", values))
    return found
