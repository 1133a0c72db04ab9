"""What the documents name is there, and what an operator can set or type is in the documents."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import click
import pytest
from flask import Flask

from app.domain.visibility import Role
from config import ROOT

DOCUMENTS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
OPERATORS = (ROOT / "docs" / "operators.md").read_text("utf-8")
# Flask's own, which the program only refuses in production.
NOT_IN_THE_TABLE = {"FLASK_DEBUG"}


def section(title: str) -> str:
    return OPERATORS.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def code_of(text: str) -> list[str]:
    """Return what stands between backticks, blocks included."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [*blocks, *re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))]


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)]+)\)", document.read_text("utf-8")):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        assert path.is_file(), target
        assert not anchor or anchor in anchors(path), target


def commands_of(app: Flask) -> dict[tuple[str, str], click.Command]:
    """Return the commands of our own groups, which are the ones defined under `app/cli/`."""
    ours = {path.stem for path in (ROOT / "app" / "cli").glob("[a-z]*.py")} - {"schema", "imports"} | {"db", "import"}
    return {
        (group, name): command
        for group, found in app.cli.commands.items()
        if group in ours and isinstance(found, click.Group)
        for name, command in found.commands.items()
    }


def commands_in_table() -> list[list[str]]:
    cells = [row.split(" | ")[0] for row in section("Commands").splitlines() if row.startswith("| `")]
    return [shlex.split(code) for cell in cells for code in re.findall(r"`([^`]+)`", cell)]


def test_the_commands_are_those_of_the_program(app):
    named = {(words[0], words[1]) for words in commands_in_table()}
    assert named == set(commands_of(app))


def test_the_options_of_commands_exist(app):
    commands = commands_of(app)
    checked = 0
    for group, name, *rest in commands_in_table():
        known = {option for parameter in commands[group, name].params for option in parameter.opts}
        for option in re.findall(r"--[a-z-]+", " ".join(rest)):
            assert option in known, f"{group} {name} {option}"
            checked += 1
    assert checked >= 6


def test_every_role_of_a_person_is_named():
    roles = re.search(r"`ROLE` is (.+?);", section("Commands")).group(1)
    assert set(code_of(roles)) == {role.value for role in Role}


def settings_read() -> set[str]:
    """Return the names of variables that `config.py` asks the environment for."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / "config.py").read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if (
            isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "env"
        ):
            found |= {str(argument.value) for argument in node.args[:1] if isinstance(argument, ast.Constant)}
        elif isinstance(node.func, ast.Name) and node.func.id == "_switch":
            found |= {str(argument.value) for argument in node.args if isinstance(argument, ast.Constant)}
    return found


def test_the_settings_are_those_that_are_read():
    table = re.findall(r"^\| `([A-Z_]+)` \|", section("Settings"), re.MULTILINE)
    assert len(table) == len(set(table))
    assert set(table) == settings_read() - NOT_IN_THE_TABLE
    for name in NOT_IN_THE_TABLE:
        assert f"`{name}`" in section("Settings")


@pytest.mark.parametrize("name", ["README.md", "docs/operators.md"])
def test_addresses_exist(app, name):
    text = (ROOT / name).read_text("utf-8")
    named = {code for code in code_of(text) if re.fullmatch(r"/[a-z][a-z/<>.]*", code)}
    rules = {re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"<\1>", rule.rule) for rule in app.url_map.iter_rules()}
    # A feed's address ends in .ics, which its rule takes as a part of the token.
    assert {address.removesuffix(".ics") if "feeds" in address else address for address in named} <= rules
    assert len(named) >= 3


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_make_targets_and_files_exist(document):
    text = "\n".join(code_of(document.read_text("utf-8")))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for line in re.findall(r"(?:^|\s)make ([a-zA-Z0-9= .]+)", text):
        assert {word for word in line.split() if "=" not in word} <= targets, line
    for path in re.findall(r"(?:^|\s)((?:app|docs|scripts|tests|migrations)/[\w./]+)", text):
        assert (ROOT / path).exists(), path
