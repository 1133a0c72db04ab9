"""Key services for tests: a real one in a thread of this process, and ones that answer as no service should."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from app.key_service import RECORD, TOKEN, Keeper, Service

NOW = dt.datetime(2026, 11, 22, 15, tzinfo=dt.UTC)


class _Counted(Service):
    """A service whose connections end with it, as they do with a process."""

    def __init__(self, address: tuple[str, int], keeper: Keeper) -> None:
        super().__init__(address, keeper)
        self.lines: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, Any]:
        """Take a connection."""
        line, where = super().get_request()
        self.lines.append(line)
        return line, where


class Running:
    """A key service that runs; `cut` ends it, and nobody answers at its address any more."""

    def __init__(self, folder: Path, owner: str) -> None:
        self.folder = folder
        self.keeper = Keeper(folder, owner, lambda: NOW)
        self.service = _Counted(("127.0.0.1", 0), self.keeper)
        self.url = f"http://127.0.0.1:{self.service.server_address[1]}"
        self._thread = threading.Thread(target=self.service.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def token(self) -> str:
        """Return the token that it asks for."""
        return (self.folder / TOKEN).read_text().strip()

    def lines(self) -> list[dict[str, Any]]:
        """Return its record."""
        return [json.loads(line) for line in (self.folder / RECORD).read_text().splitlines()]

    def cut(self) -> None:
        """End it, with its open connections."""
        self.service.shutdown()
        self.service.server_close()
        for line in self.service.lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._thread.join()


@contextmanager
def running(folder: Path, owner: str = "MX") -> Iterator[Running]:
    """Yield a key service of that owner with its keys in that folder."""
    service = Running(folder, owner)
    try:
        yield service
    finally:
        service.cut()


def entrust(keys: Path, owner: str, url: str, token: str) -> None:
    """Write into an owner's folder that its keys are with the service at that address."""
    folder = keys / owner
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "token").write_text(token)
    (folder / "service.json").write_text(json.dumps({"url": url, "token_file": "token"}))


@contextmanager
def lying(answer: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[float]]]:
    """Yield the address of a server that does that with each connection once a request came, and when each came."""
    listening = socket.create_server(("127.0.0.1", 0))
    came: list[float] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                line, _ = listening.accept()
                came.append(time.monotonic())
                with line, suppress(OSError):
                    line.settimeout(5)
                    line.recv(65536)
                    answer(line)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", came
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def saying(body: bytes, head: str = "HTTP/1.1 200 OK") -> Callable[[socket.socket], None]:
    """Return what answers every request with this."""
    return lambda line: line.sendall(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
