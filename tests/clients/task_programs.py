"""Real task programs, run on bytes or on an address: what each shows of every to-do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clients.programs import BIN, ICAL_JS, NODE, READERS, Khal

_TODOMAN = """\
path = "{home}/events"
date_format = "%Y-%m-%d"
time_format = "%H:%M"
cache_path = "{home}/todoman.sqlite3"
"""


@dataclass(frozen=True)
class Task:
    """A to-do as a program shows it; its day as `2026-12-15`, None without one."""

    summary: str
    due: str | None
    status: str
    is_completed: bool
    priority: int


def python_reader(name: str) -> Callable[[bytes], list[Task]]:
    """Return a reader of bytes that runs a script of `readers/` in the clients' environment."""
    return lambda content: _read([str(BIN / "python"), str(READERS / f"{name}.py")], content)


def ical_js(content: bytes) -> list[Task]:
    """Read with ical.js."""
    node = shutil.which("node", path=os.pathsep.join([str(NODE), os.environ["PATH"]]))
    assert node is not None, "node is needed to run ical.js"
    return _read([node, str(READERS / "read_icaljs_todos.mjs"), str(ICAL_JS)], content)


READERS_OF_TODOS: dict[str, Callable[[bytes], list[Task]]] = {
    "vobject": python_reader("read_vobject_todos"),
    "ical": python_reader("read_ical_todos"),
    "ical.js": ical_js,
}


class Todoman(Khal):
    """todoman, fed by vdirsyncer from an address, as khal is."""

    def __init__(self, home: Path, address: str) -> None:
        super().__init__(home, address)
        (home / "todoman.py").write_text(_TODOMAN.format(home=home))

    def tasks(self) -> list[dict[str, Any]]:
        """Return what it lists, whatever its status, as it tells programs."""
        done = self._run(
            "todo", "--config", str(self._home / "todoman.py"), "--porcelain", "list", "--status", "ANY"
        )  # fmt: skip
        found: list[dict[str, Any]] = json.loads(done)
        return found


def _read(command: list[str], content: bytes) -> list[Task]:
    done = subprocess.run(command, input=content, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return sorted((Task(**todo) for todo in json.loads(done.stdout)), key=lambda task: task.summary)
