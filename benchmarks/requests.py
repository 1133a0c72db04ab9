"""Requests over a few kept connections, as fast as they are answered: the same client for whoever answers."""

from __future__ import annotations

import contextlib
import socket
import statistics
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

CONNECTIONS: Final = 2
SECONDS: Final = 0.25  # short turns: whatever else the machine does then slows both alike
_ROOM: Final = 4 * 1024 * 1024
_LONGEST_HEAD: Final = 16384


@dataclass(frozen=True)
class Asked:
    """A request to a port of this machine, and the status that it must be answered with."""

    port: int
    path: str
    status: int
    head: bytes


def request(port: int, path: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Asked:
    """Return a GET."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {text}" for name, text in (headers or {}).items())]
    return Asked(port, path, status, ("\r\n".join(lines) + "\r\n\r\n").encode())


def rate(asked: Asked, seconds: float = SECONDS) -> float:
    """Return how many such requests a second are answered; any other answer ends the run."""
    counts, failures = [0] * CONNECTIONS, []
    until = time.perf_counter() + seconds

    def ask(number: int) -> None:
        try:
            with _Connection(asked.port) as connection:
                while not counts[number] or time.perf_counter() < until:
                    connection.ask(asked)
                    counts[number] += 1
        except (OSError, ValueError, RuntimeError) as error:
            failures.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"{asked.path} was not answered with {asked.status}") from failures[0]
    return sum(counts) / (time.perf_counter() - began)


def rates(asked: Asked, yardstick: Asked, rounds: int) -> tuple[float, float]:
    """Return the median rates of two requests, asked in turns, after one turn of each that is not counted."""
    found: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 1):
        for rate_of, each in zip(found, (asked, yardstick), strict=True):
            rate_of.append(rate(each, SECONDS if turn else 0))
    return statistics.median(found[0][1:]), statistics.median(found[1][1:])


def fetched(asked: Asked) -> bytes:
    """Return the body that a request is answered with."""
    with _Connection(asked.port) as connection:
        start, length = connection.ask(asked)
        return bytes(connection.room[start : start + length])


class _Connection(contextlib.AbstractContextManager["_Connection"]):
    """A connection that is kept for as long as the other side keeps it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.room = memoryview(bytearray(_ROOM))
        self._socket: socket.socket | None = None

    def __exit__(self, *_error: object) -> None:
        self._close()

    def ask(self, asked: Asked) -> tuple[int, int]:
        """Send a request, read the whole answer into `room`, and return where its body is and how long."""
        open_socket = self._socket or self._open()
        open_socket.sendall(asked.head)
        got = end = 0
        while not end:
            got += _read(open_socket, self.room[got:])
            end = _end_of_head(bytes(self.room[: min(got, _LONGEST_HEAD)]))
        head = bytes(self.room[:end]).lower()
        if int(head.split(b" ", 2)[1]) != asked.status:
            raise RuntimeError(f"answered with {head.split(b' ', 2)[1].decode()}")
        length = 0 if asked.status == 304 else _length(head)
        missing = end + length - got
        while missing:
            missing -= _read(open_socket, self.room[end + length - missing : end + length])
        if b"\r\nconnection: close" in head or head.startswith(b"http/1.0"):
            self._close()
        return end, length

    def _open(self) -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self._port), timeout=120)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = opened
        return opened

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _read(connection: socket.socket, room: memoryview) -> int:
    count = connection.recv_into(room)
    if not count:
        raise ConnectionError("the server closed the connection")
    return count


def _end_of_head(begun: bytes) -> int:
    """Return where the body begins; 0 where that has not come yet."""
    found = begun.find(b"\r\n\r\n")
    return found + 4 if found >= 0 else 0


def _length(head: bytes) -> int:
    _, found, rest = head.partition(b"\r\ncontent-length:")
    if not found:
        raise ValueError("the answer does not say how long it is")
    return int(rest.split(b"\r\n", 1)[0])
