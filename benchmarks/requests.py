"""Requests over a few kept connections, as fast as they are answered."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Mapping

CONNECTIONS = 2
SECONDS = 0.25  # short turns: whatever else the machine does then slows both alike


def request(path: str, headers: Mapping[str, str] | None = None) -> bytes:
    """Return the bytes of a GET."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {text}" for name, text in (headers or {}).items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def rate(port: int, asked: bytes, status: int, seconds: float) -> float:
    """Return how many requests a second are answered with the status; any other answer ends the run."""
    counts = [0] * CONNECTIONS
    until = time.perf_counter() + seconds

    def ask(number: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.perf_counter() < until:
                connection.sendall(asked)
                _read(connection, status)
                counts[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not all(counts):
        raise RuntimeError(f"{asked.split()[1].decode()} was not answered with {status}")
    return sum(counts) / (time.perf_counter() - began)


def rates(port: int, asked: tuple[bytes, int], yardstick: tuple[bytes, int], rounds: int) -> tuple[float, float]:
    """Return the median rates of two requests, each with the status it must be answered with, asked in turns."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for rate_of, (each, status) in zip(found, (asked, yardstick), strict=True):
            rate_of.append(rate(port, each, status, SECONDS))
    return statistics.median(found[0]), statistics.median(found[1])


def _read(connection: socket.socket, status: int) -> None:
    """Read one whole answer."""
    got = b""
    while b"\r\n\r\n" not in got:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("the server closed the connection")
        got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    if int(head.split(b" ", 2)[1]) != status:
        raise RuntimeError(f"answered with {head.split(b' ', 2)[1].decode()}, not {status}")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, text = line.partition(b":")
        if name.strip().lower() == b"content-length" and status != 304:
            length = int(text)
    while len(body) < length:
        body += connection.recv(65536)
