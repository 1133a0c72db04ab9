"""Real calendar programs, run on bytes or on an address: what each shows of every event."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv-clients" / "bin"
READERS = Path(__file__).parent / "readers"
# Where the set-up puts a Node on machines that have none.
NODE = ROOT / "build" / "node" / "programs"
ICAL_JS = ROOT / "node_modules" / "ical.js" / "dist" / "ical.js"


@dataclass(frozen=True)
class Shown:
    """An event as a program shows it: instants as `2026-12-10T15:00Z`, days as `2026-12-10` (the end exclusive)."""

    summary: str
    start: str
    end: str
    status: str | None

    def __lt__(self, other: Shown) -> bool:
        """Sort by start, then by name."""
        return (self.start, self.summary) < (other.start, other.summary)


def python_reader(name: str) -> Callable[[bytes], list[Shown]]:
    """Return a reader of bytes that runs a script of `readers/` in the clients' environment."""
    return lambda content: _read([str(BIN / "python"), str(READERS / f"{name}.py")], content)


def ical_js(content: bytes) -> list[Shown]:
    """Read with ical.js, whose zones are the calendar's own."""
    node = shutil.which("node", path=os.pathsep.join([str(NODE), os.environ["PATH"]]))
    assert node is not None, "node is needed to run ical.js"
    assert ICAL_JS.exists(), "ical.js is missing: set up the browser parts and test clients"
    return _read([node, str(READERS / "read_icaljs.mjs"), str(ICAL_JS)], content)


READERS_OF_BYTES: dict[str, Callable[[bytes], list[Shown]]] = {
    "vobject": python_reader("read_vobject"),
    "icalendar": python_reader("read_icalendar"),
    "ical": python_reader("read_ical"),
    "ical.js": ical_js,
}

_VDIRSYNCER = """\
[general]
status_path = "{home}/status/"

[pair feed]
a = "remote"
b = "local"
collections = null
conflict_resolution = "a wins"

[storage remote]
type = "http"
url = "{address}"

[storage local]
type = "filesystem"
path = "{home}/events/"
fileext = ".ics"
"""
_KHAL = """\
[calendars]
[[feed]]
path = {home}/events/
readonly = True

[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%dT%H:%M
longdatetimeformat = %Y-%m-%dT%H:%M

[sqlite]
path = {home}/khal.db
"""


class Khal:
    """khal, fed by vdirsyncer from an address: what a person who subscribed that way sees.

    khal writes days with the last one included; they are given back exclusive, as the others have them.
    """

    def __init__(self, home: Path, address: str) -> None:
        self._home = home
        self._config = home / "khal.conf"
        (home / "events").mkdir(parents=True)
        (home / "vdirsyncer.conf").write_text(_VDIRSYNCER.format(home=home, address=address))
        self._config.write_text(_KHAL.format(home=home))
        self._vdirsyncer("discover", "feed")

    def sync(self) -> None:
        """Fetch the feed."""
        self._vdirsyncer("sync", "--force-delete", "feed")

    def shown(self, begin: str, days: int) -> list[Shown]:
        """Return what it lists from a day (`2026-12-01`) on, for so many days."""
        fields = ("title", "start", "end", "all-day", "status")
        wanted = [argument for field in fields for argument in ("--json", field)]
        done = self._run("khal", "-c", str(self._config), "list", "--once", *wanted, begin, f"{days}d")
        # It prints one JSON list for each day.
        return sorted(_as_shown(event) for line in done.splitlines() for event in json.loads(line))

    def _vdirsyncer(self, *arguments: str) -> None:
        self._run("vdirsyncer", "-c", str(self._home / "vdirsyncer.conf"), *arguments)

    def _run(self, program: str, *arguments: str) -> str:
        environment = {**os.environ, "HOME": str(self._home), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [str(BIN / program), *arguments], capture_output=True, text=True, env=environment, check=False, timeout=60
        )
        assert done.returncode == 0, f"{program} failed: {done.stderr}"
        return done.stdout


def _as_shown(event: dict[str, str]) -> Shown:
    """Return what khal says of an event, in the form of the others."""
    status = event["status"] or None
    if event["all-day"] == "True":
        end = date.fromisoformat(event["end"]) + timedelta(days=1)
        return Shown(event["title"], event["start"], end.isoformat(), status)
    return Shown(event["title"], event["start"] + "Z", event["end"] + "Z", status)


def _read(command: list[str], content: bytes) -> list[Shown]:
    """Run a reader on the bytes and return what it says.

    Two of them look zones up by name in their own data; they get the current one from their
    environment, since the machine's may be years old.
    """
    current = {**os.environ, "PYTHONTZPATH": ""}
    done = subprocess.run(command, input=content, capture_output=True, check=False, timeout=60, env=current)
    assert done.returncode == 0, done.stderr.decode()
    return sorted(Shown(**event) for event in json.loads(done.stdout))
