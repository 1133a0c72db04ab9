"""Every act that is written into the record has words for people, and no words are kept without an act."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from app import labels

SERVICES = Path(__file__).resolve().parents[2] / "app" / "services"
RECORDING = {"record", "record_unsigned"}


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _strings(node: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def _results(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what an expression can come to: both sides of a choice."""
    if isinstance(node, ast.IfExp):
        yield from (*_results(node.body), *_results(node.orelse))
    else:
        yield node


def _acts_named(function: ast.FunctionDef) -> set[str]:
    """Return the acts that a function records under names that stand in it."""
    assigned = {
        target.id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in RECORDING:
            act = node.args[0]
            act = assigned.get(act.id, act) if isinstance(act, ast.Name) else act
            found |= {
                each.value for each in _results(act) if isinstance(each, ast.Constant) and isinstance(each.value, str)
            }
    return found


def test_every_act_that_is_recorded_has_its_words() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SERVICES.rglob("*.py")}
    acts = {act for tree in trees.values() for function in _functions(tree) for act in _acts_named(function)}
    known = set(labels.labels("audit_action", "en"))
    assert len(acts) > 100
    assert acts - known == set()


def test_no_words_are_kept_for_what_nobody_does() -> None:
    app = SERVICES.parent
    files = [path for path in app.rglob("*.py") if path.name not in {"labels.py", "record_labels.py"}]
    said = set().union(*(_strings(ast.parse(path.read_text(encoding="utf-8"))) for path in files))
    assert set(labels.labels("audit_action", "en")) - said == set()
