"""What the product imports is set up where it runs, and not only where it is tested."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==", re.MULTILINE)


def normalised(name: str) -> str:
    """Return the name of a distribution as lock files write it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(path: Path) -> set[str]:
    """Return the packages that a module imports, at its top or within a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_every_package_that_is_imported_is_among_those_it_runs_on() -> None:
    modules = [
        *(ROOT / "app").rglob("*.py"),
        *(ROOT / "migrations").rglob("*.py"),
        ROOT / "wsgi.py",
        ROOT / "config.py",
    ]
    wanted = set().union(*map(imported, modules)) - sys.stdlib_module_names - {"app", "config", "wsgi"}
    locked = {normalised(name) for name in NAME.findall((ROOT / "requirements.txt").read_text(encoding="utf-8"))}
    of = packages_distributions()
    assert {"flask", "pypdf", "docx"} <= wanted
    assert {name for name in wanted if not {normalised(each) for each in of.get(name, ())} & locked} == set()
