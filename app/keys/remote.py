"""Asking a government's own key service: within a time for everything, a size, and without a second chance.

The service is not trusted with the time or the memory of this process. A request has one deadline, from the look-up of
the connection to the last byte; what fails is not asked again for a moment, so that a service that is slow costs one
page its two seconds, and not each text on it, nor each page. Nothing that it said is kept.
"""

from __future__ import annotations

import http.client
import io
import json
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from app.keys.envelope import KEY_BYTES, WRAPPED_BYTES, KeyMissing, KeyServiceDown, is_key_id
from app.keys.folder import OwnersKeys, StillNeeded, Wrapped
from app.keys.wire import KEYS_A_REQUEST, LONGEST_BODY, as_text, from_text

SETTINGS: Final = "service.json"
TOTAL_SECONDS: Final = 2.0
PAUSE_SECONDS: Final = 15.0
WATCHED_SECONDS: Final = 60.0
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_Value = TypeVar("_Value")


class _Garbled(Exception):
    """The service answered, and not as a key service does."""


@dataclass(frozen=True)
class _Address:
    """Where the service is, and how this process shows itself and knows it again."""

    host: str
    port: int
    path: str
    token: str
    tls: ssl.SSLContext | None


class KeyService:
    """The keys of one owner, asked of a service of its own; `folder` holds `service.json` and what that names.

    Safe to use from several threads, each on a connection of its own, which is kept open.
    """

    def __init__(self, folder: Path, owner: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder = folder
        self.owner = owner
        self._clock = clock
        self._failed_at: float | None = None
        self._answered_at: float | None = None
        self._lines = threading.local()
        self._open_lines: set[socket.socket] = set()

    def wrap(self, data_keys: Sequence[bytes]) -> list[Wrapped]:
        """Return the data keys wrapped under the current key, once the service has shown that it opens them again.

        What it could not open would be lost for ever. Raises `KeyServiceDown`.
        """
        answer = self._ask("wrap", {"data_keys": [as_text(each) for each in data_keys]})
        found = self._read(lambda: _wrapped(answer, len(data_keys)))
        if self._unwrapped(found) != list(data_keys):
            raise self._failed("wrong_key")
        return found

    def unwrap(self, many: Sequence[Wrapped]) -> list[bytes | None]:
        """Return the data keys, None for one that the service does not open; raises `KeyServiceDown`."""
        found: list[bytes | None] = []
        for start in range(0, len(many), KEYS_A_REQUEST):
            found += self._unwrapped(many[start : start + KEYS_A_REQUEST])
        return found

    def keys(self) -> OwnersKeys:
        """Return which keys the service has; raises `KeyServiceDown`."""
        answer = self._ask("keys", {})
        return self._read(lambda: OwnersKeys(_key_id(answer, "current"), tuple(_key_ids(answer["key_ids"]))))

    def rotate(self) -> str:
        """Have the service make a new key for new seals, and return its id; raises `KeyServiceDown`."""
        answer = self._ask("rotate", {})
        return self._read(lambda: _key_id(answer, "current") or _refuse())

    def set_aside(self, key_id: str) -> None:
        """Have the service use a key no more; raises `KeyServiceDown`, `KeyMissing`, `StillNeeded`."""
        answer = self._ask("retire", {"key_id": key_id})
        said = answer.get("problem")
        if said == "missing":
            raise KeyMissing(self.owner, key_id)
        if said == "needed":
            raise StillNeeded("the service says that it is current, or was until less than an hour ago")
        if answer.get("retired") != key_id:
            raise self._failed("garbled")

    def answers(self) -> bool:
        """Say whether the service can be used now, for who watches it.

        One that answered within the last minute does, and one that failed a moment ago does not: neither is asked.
        """
        if self._answered_at is not None and self._clock() - self._answered_at < WATCHED_SECONDS:
            return True
        try:
            self.keys()
        except KeyServiceDown:
            return False
        return True

    def close(self) -> None:
        """Close what connections are open."""
        while self._open_lines:
            self._open_lines.pop().close()
        self._lines = threading.local()

    def _unwrapped(self, many: Sequence[Wrapped]) -> list[bytes | None]:
        asked = [{"key_id": each.key_id, "wrapped": as_text(each.wrapped_key)} for each in many]
        answer = self._ask("unwrap", {"keys": asked})
        return self._read(lambda: _data_keys(answer, len(many)))

    def _read(self, read: Callable[[], _Value]) -> _Value:
        """Read an answer; raises `KeyServiceDown` where it is not of the form that was asked for."""
        try:
            return read()
        except (_Garbled, LookupError, RecursionError, TypeError, ValueError):
            raise self._failed("garbled") from None

    def _failed(self, reason: str) -> KeyServiceDown:
        self._failed_at, self._answered_at = self._clock(), None
        return KeyServiceDown(self.owner, reason)

    # The exchange ------------------------------------------------------------------------------------

    def _ask(self, act: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the service answers; raises `KeyServiceDown` in every other case, within the time for it."""
        if self._failed_at is not None and self._clock() - self._failed_at < PAUSE_SECONDS:
            raise KeyServiceDown(self.owner, "paused")
        try:
            address = _address(self.folder)
        except (OSError, LookupError, RecursionError, TypeError, ValueError):
            raise self._failed("settings") from None
        body = json.dumps({"owner": self.owner, **asked}).encode()
        try:
            status, said = self._exchange(address, f"{address.path}/v1/{act}", body)
        except TimeoutError:
            raise self._failed("slow") from None
        except OSError:
            raise self._failed("unreachable") from None
        except (_Garbled, http.client.HTTPException, ValueError):
            raise self._failed("garbled") from None
        if status != 200:
            raise self._failed("refused")
        answer = self._read(lambda: _object(said))
        if answer.get("owner") != self.owner:
            raise self._failed("garbled")
        self._failed_at, self._answered_at = None, self._clock()
        return answer

    def _exchange(self, address: _Address, path: str, body: bytes) -> tuple[int, bytes]:
        """Send a request on the connection that is open, or on a new one where that was closed meanwhile."""
        deadline = time.monotonic() + TOTAL_SECONDS
        kept: socket.socket | None = getattr(self._lines, "line", None)
        if kept is not None:
            try:
                return self._exchange_on(kept, address, path, body, deadline)
            except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
                pass  # the service closes what lay idle: one more, within the same time
        line = _connected(address, deadline)
        self._open_lines.add(line)
        self._lines.line = line
        return self._exchange_on(line, address, path, body, deadline)

    def _exchange_on(
        self, line: socket.socket, address: _Address, path: str, body: bytes, deadline: float
    ) -> tuple[int, bytes]:
        is_kept = False
        try:
            line.settimeout(_left(deadline))
            line.sendall(_head(address, path, len(body)) + body)
            answer = http.client.HTTPResponse(_Reading(line, deadline), method="POST")  # type: ignore[arg-type]
            try:
                answer.begin()
                said = answer.read()
                is_kept = not answer.will_close
                return answer.status, said
            finally:
                answer.close()
        finally:
            if not is_kept:
                self._lines.line = None
                self._open_lines.discard(line)
                line.close()


class _Reading(io.RawIOBase):
    """What the service sends: until the deadline, and no more than an answer may be long."""

    def __init__(self, line: socket.socket, deadline: float) -> None:
        self._line = line
        self._deadline = deadline
        self._left = LONGEST_BODY

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what `http.client` reads a socket by."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Say that it is read from."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what there is; raises `TimeoutError` and what sockets raise."""
        self._line.settimeout(_left(self._deadline))
        count = self._line.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise _Garbled
        return count


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _connected(address: _Address, deadline: float) -> socket.socket:
    """Return an open connection to the first address of the host that takes one; raises `OSError`."""
    plain = _first(address, deadline)
    try:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.settimeout(_left(deadline))
        return address.tls.wrap_socket(plain, server_hostname=address.host) if address.tls else plain
    except BaseException:
        plain.close()
        raise


def _first(address: _Address, deadline: float) -> socket.socket:
    refused: OSError = ConnectionRefusedError()
    for family, kind, protocol, _name, where in _found(address, deadline):
        line = socket.socket(family, kind, protocol)
        try:
            line.settimeout(_left(deadline))
            line.connect(where)
        except OSError as error:
            line.close()
            refused = error
        else:
            return line
    raise refused


def _found(address: _Address, deadline: float) -> list[Any]:
    """Look the host up; the look-up itself has no deadline, so it is waited for from outside."""
    answers: queue.SimpleQueue[list[Any]] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            answers.put([])

    threading.Thread(target=look_up, daemon=True).start()
    try:
        return answers.get(timeout=_left(deadline))
    except queue.Empty:
        raise TimeoutError from None


def _head(address: _Address, path: str, length: int) -> bytes:
    lines = (
        f"POST {path} HTTP/1.1", f"Host: {address.host}:{address.port}", f"Authorization: Bearer {address.token}",
        "Content-Type: application/json", "Accept-Encoding: identity", f"Content-Length: {length}", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode("ascii")


# Settings and answers -------------------------------------------------------------------------------


def _address(folder: Path) -> _Address:
    """Read `service.json` and the token beside it; raises `OSError`, `LookupError`, `TypeError`, `ValueError`."""
    said = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    parts = urlsplit(said["url"])
    host = parts.hostname or ""
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)):
        raise ValueError("a key service is at an https:// address, or on this machine")
    token = (folder / said["token_file"]).read_text(encoding="ascii").strip()
    if not token or not token.isprintable() or " " in token:
        raise ValueError("the file of the token holds none")
    tls = None
    if parts.scheme == "https":
        authority = said.get("ca_file")
        tls = ssl.create_default_context(cafile=str(folder / authority) if authority else None)
    return _Address(host, parts.port or (443 if tls else 80), parts.path.rstrip("/"), token, tls)


def _object(said: bytes) -> dict[str, Any]:
    answer = json.loads(said)
    if not isinstance(answer, dict):
        raise _Garbled
    return answer


def _refuse() -> str:
    raise _Garbled


def _key_ids(said: Sequence[Any]) -> list[str]:
    if not isinstance(said, list) or not all(isinstance(each, str) and is_key_id(each) for each in said):
        raise _Garbled
    return said


def _key_id(answer: Mapping[str, Any], name: str) -> str | None:
    said = answer[name]
    return None if said is None else _key_ids([said])[0]


def _wrapped(answer: Mapping[str, Any], count: int) -> list[Wrapped]:
    key_id = _key_id(answer, "key_id") or _refuse()
    found = [from_text(each, WRAPPED_BYTES) for each in answer["wrapped"]]
    if len(found) != count:
        raise _Garbled
    return [Wrapped(key_id, each) for each in found]


def _data_keys(answer: Mapping[str, Any], count: int) -> list[bytes | None]:
    found = [None if each is None else from_text(each, KEY_BYTES) for each in answer["data_keys"]]
    if len(found) != count:
        raise _Garbled
    return found
