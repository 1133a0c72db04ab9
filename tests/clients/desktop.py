"""The calendar programs of a desktop, headless and in a home of their own: Thunderbird and evolution-data-server."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scripts.desktop_clients import PYTHON
from tests.clients.marionette import Marionette
from tests.clients.programs import READERS, Shown

# A loaded machine may take long; an idle one shows a change within a second.
PATIENCE_SECONDS = 90.0


@dataclass(frozen=True)
class Kept(Shown):
    """An event as a program shows it, with the zone that it keeps it in; days have none."""

    zone: str | None


class Desktop(ABC):
    """A calendar program, subscribed to one address; all its processes end with the block that it is opened in."""

    def __init__(self, home: Path, address: str) -> None:
        self._home = home
        self._address = address
        self._process: subprocess.Popen[bytes] | None = None
        for folder in ("run", "config", "data", "cache"):
            (home / folder).mkdir(parents=True, mode=0o700)
        self._log = home / "log"

    @abstractmethod
    def shown(self, expected: Sequence[Kept]) -> list[Kept]:
        """Fetch until it shows what is expected, or patience ends; return what it shows then."""

    def __enter__(self) -> Self:
        """Return it, ready to be asked."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        """End it and all that it started."""
        self._end()

    def _start(self, *command: str, answers: bool = False) -> subprocess.Popen[bytes]:
        """Start it in a session of its own, with nothing of this one's surroundings; what it says goes to its log."""
        environment = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "HOME": str(self._home),
            "XDG_RUNTIME_DIR": str(self._home / "run"),
            "XDG_CONFIG_HOME": str(self._home / "config"),
            "XDG_DATA_HOME": str(self._home / "data"),
            "XDG_CACHE_HOME": str(self._home / "cache"),
            # Settings in memory, no mounts of a desktop, and an address of this machine always in reach.
            "GSETTINGS_BACKEND": "memory",
            "GIO_USE_VFS": "local",
            "GIO_USE_NETWORK_MONITOR": "base",
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self._home, env=environment, start_new_session=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE if answers else log, stderr=log,
            )  # fmt: skip
        return self._process

    def _said(self) -> str:
        """Return what it wrote of its troubles, without its complaints that there is no screen."""
        lines = self._log.read_text("utf-8", "replace").splitlines()
        return "\n".join(line for line in lines if line and "gtk" not in line.lower())

    def _end(self) -> None:
        """End whatever of its session still runs."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
        self._process = None


class EvolutionDataServer(Desktop):
    """What GNOME's Calendar and Evolution read from; started anew, on a bus of its own, for each look.

    Where the machine knows a zone by name, it takes the machine's rules and not the calendar's.
    """

    def shown(self, expected: Sequence[Kept]) -> list[Kept]:
        """Fetch until it shows what is expected, or patience ends; return what it shows then."""
        reader = str(READERS / "read_evolution.py")
        command = ("dbus-run-session", "--", PYTHON, "-I", reader, self._address, str(PATIENCE_SECONDS))
        process = self._start(*command, answers=True)
        wanted = json.dumps([asdict(event) for event in expected]).encode()
        try:
            said, _ = process.communicate(wanted, PATIENCE_SECONDS * 2)
        finally:
            self._end()
        assert process.returncode == 0, self._said()
        return sorted(Kept(**event) for event in json.loads(said))


# It asks nothing, fetches nothing but the calendar, and takes its commands on a port that it chooses.
_PREFERENCES = {
    "marionette.port": 0,
    "calendar.timezone.useSystemTimezone": False,
    "calendar.timezone.local": "UTC",
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.spotlight.firstRunDone": True,
    "mail.shell.checkDefaultClient": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.auto": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#nowhere",
}


class Thunderbird(Desktop):
    """Thunderbird, headless, driven by its own Marionette; it reads zones as the calendar defines them."""

    def __init__(self, home: Path, address: str) -> None:
        super().__init__(home, address)
        self._profile = home / "profile"
        self._profile.mkdir()
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in _PREFERENCES.items()]
        (self._profile / "user.js").write_text("".join(lines), "utf-8")
        self._marionette: Marionette | None = None
        self._script = (READERS / "in_thunderbird.js").read_text("utf-8")

    def __enter__(self) -> Self:
        """Start it, and subscribe it as a person would."""
        process = self._start(
            "thunderbird", "--headless", "--no-remote", "--marionette", "--remote-allow-system-access",
            "--profile", str(self._profile),
        )  # fmt: skip
        try:
            self._marionette = Marionette(self._profile, process, PATIENCE_SECONDS)
            self._id = self._run("subscribe", self._address)
        except BaseException as failed:
            self._end()
            failed.add_note(self._said())
            raise
        return self

    def shown(self, expected: Sequence[Kept]) -> list[Kept]:
        """Fetch until it shows what is expected, or patience ends; return what it shows then."""
        give_up_at, refreshed_at = time.monotonic() + PATIENCE_SECONDS, float("-inf")
        wanted, events = sorted(expected), self._events()
        while events != wanted and time.monotonic() < give_up_at:
            if time.monotonic() - refreshed_at > 1:
                self._run("refresh", self._id)
                refreshed_at = time.monotonic()
            time.sleep(0.1)
            events = self._events()
        return events

    def _events(self) -> list[Kept]:
        return sorted(Kept(**event) for event in self._run("shown", self._id))

    def _run(self, *arguments: str) -> Any:
        assert self._marionette is not None
        return self._marionette.run(self._script, *arguments)

    def _end(self) -> None:
        if self._marionette is not None:
            self._marionette.close()
        super()._end()
