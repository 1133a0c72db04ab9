"""The running app, as an operator runs it: the real server on a port of this machine, on a database of a test."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.db import Database

ROOT = Path(__file__).parents[2]
BASE = "http://127.0.0.1:8000"
SECRET = "a secret for the tests alone, 32 bytes"
START_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What came back; header names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Server:
    """Entente in a process of its own, ended with `stop`; every server says that its public address is `BASE`."""

    def __init__(self, database: Database, data: Path, keys: Path) -> None:
        self.port = _free_port()
        self._log = data / f"server-{self.port}.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ENTENTE_")},
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
            "ENTENTE_BASE_URL": BASE,
            "ENTENTE_DATA": str(data),
            "ENTENTE_KEYS": str(keys),
            "SECRET_KEY": SECRET,
        }
        command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1"),
            *("--port", str(self.port), "--workers", "1", "--blocking-threads", "1", "wsgi:app"),
        ]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        self._wait()

    @property
    def pid(self) -> int:
        """Return the process that was started; what serves is a child of it."""
        return self._process.pid

    @property
    def log(self) -> str:
        """Return what it has said so far."""
        return self._log.read_text("utf-8")

    def address(self, path: str) -> str:
        """Return the whole address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask for a path; `If_None_Match` is the header If-None-Match."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
            response = connection.getresponse()
            told = {name.lower(): text for name, text in response.getheaders()}
            return Answer(response.status, told, response.read())
        finally:
            connection.close()

    def stop(self) -> None:
        """End it as an operator would, and wait until it has ended."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait(self) -> None:
        give_up_at = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up_at and self._process.poll() is None:
            try:
                if self.get("/healthz").status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the server does not answer:\n{self.log}")


def open_now(database: Database, tmp_path: Path) -> Database:
    """Return the same database on the machine's clock, with the server's lock."""
    return Database(database.url.render_as_string(hide_password=False), tmp_path / "data" / "locks")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
