"""What no file may do, read off the syntax tree: ways around the guard, stray clocks, unnamed system sessions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "app").rglob("*.py"))
GUARD = ROOT / "app" / "db.py"

# Everything that reads on the whole truth, and why it may. A new caller is added here with its reason,
# in the same commit, or this test fails.
SYSTEM_CALLERS = {
    "db.py": "the look-up of a feed's token, and the revisions of audiences",
    "services/identity.py": "who is asking",
    "services/catalogue.py": "loading reference data",
    "web/health/routes.py": "the worker's heartbeat",
}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def problems_of(source: str) -> list[str]:
    """Return what a file outside the guard may not contain."""
    tree = ast.parse(source)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "__table__":
            found.append(f"line {node.lineno}: __table__ goes around the guard")
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            banned = {name.name for name in node.names} & {"text", "insert", "Connection", "Engine", "create_engine"}
            found += [f"line {node.lineno}: {name} of SQLAlchemy" for name in sorted(banned)]
    for name, call in calls(tree):
        if name in {"from_statement", "execute_driver_sql", "exec_driver_sql", "from_select", "bulk_insert_mappings"}:
            found.append(f"line {call.lineno}: {name} goes around the guard")
        if name in {"now", "today", "utcnow"} and isinstance(call.func, ast.Attribute) and not call.args:
            owner = ast.unparse(call.func.value)
            if owner.split(".")[-1] in {"datetime", "date"}:
                found.append(f"line {call.lineno}: the clock read without a zone")
        if name == "add_missing_timezones":
            found.append(f"line {call.lineno}: add_missing_timezones gives wrong hours in real clients")
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and ast.unparse(node.type or ast.Constant("")) in {"Exception", "BaseException", "''"}:
            if all(isinstance(step, ast.Pass | ast.Expr) for step in node.body) and isinstance(node.body[0], ast.Pass):
                found.append(f"line {node.lineno}: an error is swallowed")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_goes_around_the_guard(path: Path) -> None:
    if path in {GUARD, ROOT / "app" / "schema.py"}:
        return
    assert problems_of(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "Meeting.__table__.c.id",
        "from sqlalchemy import text",
        "from sqlalchemy.dialects.postgresql import insert",
        "session.scalars(select(M).from_statement(x))",
        "import datetime\ndatetime.datetime.now()",
        "from datetime import date\ndate.today()",
        "calendar.add_missing_timezones()",
        "try:\n    x\nexcept Exception:\n    pass",
    ],
)
def test_the_ban_bites(source: str) -> None:
    assert problems_of(source) != []


def test_only_the_listed_files_ask_for_the_whole_truth() -> None:
    found = {
        str(path.relative_to(ROOT / "app"))
        for path in FILES
        for name, _call in calls(ast.parse(path.read_text("utf-8")))
        if name in {"system_session", "whole_truth"}
    }
    assert found == set(SYSTEM_CALLERS)


def test_every_system_session_names_its_decision() -> None:
    for path in FILES:
        for name, call in calls(ast.parse(path.read_text("utf-8"))):
            if name in {"system_session", "whole_truth"}:
                reason = call.args[0] if call.args else None
                assert isinstance(reason, ast.Constant) and len(str(reason.value).split()) >= 2, f"{path}:{call.lineno}"  # noqa: PT018


def test_services_never_commit() -> None:
    """Only entry points commit; the services that open a session of their own are the ones listed above."""
    for path in sorted((ROOT / "app" / "services").rglob("*.py")):
        source = path.read_text("utf-8")
        commits = [call.lineno for name, call in calls(ast.parse(source)) if name == "commit"]
        if commits:
            assert "system_session" in source or "write_session" in source, f"{path}: {commits}"
