"""The command that imports a table on somebody's behalf."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import Database
from app.models import Action
from tests import world
from tests.conftest import make_app

ROWS = "Action;Owners;Due\nShare;MX/US;13/4/2027\n"


@pytest.fixture
def app(settings, sqlite_database: Database) -> Flask:
    return make_app(settings, sqlite_database)


def count(database: Database) -> int:
    with database.system_session("count actions") as session:
        return session.scalar(select(func.count()).select_from(Action)) or 0


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["import", "actions", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_a_file_is_looked_through_then_imported_or_refused(
    app: Flask, sqlite_database: Database, tmp_path: Path
) -> None:
    file, ana = tmp_path / "list.csv", world.CAST["ana"].email
    file.write_text(ROWS, "utf-8")
    assert run(app, str(file), "--as", ana, "--dry-run") == (
        0, "Columns: A Action -> title; B Owners -> owners; C Due -> due_on\n1 new\n",
    )  # fmt: skip
    assert count(sqlite_database) == 0
    status, said = run(app, str(file), "--as", ana)
    assert (status, count(sqlite_database)) == (0, 1)
    assert said.endswith("Imported 1 rows as Ana Robles.\n")
    file.write_text(ROWS + "Meet;Nobody;3/4/2027\n", "utf-8")
    status, said = run(app, str(file), "--as", ana)
    assert (status, count(sqlite_database)) == (1, 1)
    assert "B3: “Nobody” is no party or office" in said
    assert "C3: “3/4/2027” can be" in said
    assert run(app, str(file), "--as", ana, "--dates", "dmy", "--leave-out-refused")[0] == 0
    assert count(sqlite_database) == 2
    file.write_bytes(b"%PDF-1.7")
    assert run(app, str(file), "--as", ana) == (
        1, "Error: This file is no table. Bring a workbook (.xlsx) or values between commas (.csv).\n",
    )  # fmt: skip
    assert run(app, str(file), "--as", "nobody@example.org")[0] == 1
