"""A government's own key service: it wraps and unwraps data keys for Entente, and never sees a text.

It runs on a machine of that government, holds the key-encryption keys of one owner in a folder, and writes a line for
every request before it answers. Ending it, or taking its keys away, closes at once what was sealed under them.

    python -m app.key_service --folder /srv/keys --owner MX --port 8700
    python -m app.key_service --folder /srv/keys --owner MX rotate

Beside this package it needs Python and `cryptography` alone.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hmac
import json
import os
import secrets
import ssl
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from app.keys.envelope import KEY_BYTES, WRAPPED_BYTES, KeyMissing, Tampered, is_key_id
from app.keys.folder import KeyFolder, StillNeeded, Wrapped
from app.keys.wire import KEYS_A_REQUEST, LONGEST_BODY, as_text, from_text

TOKEN: Final = "token"  # noqa: S105  the name of its file
RECORD: Final = "requests.log"
_SECONDS_IDLE: Final = 60
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
Answer = dict[str, Any]


class Refused(Exception):
    """A request that is not answered, with the status of HTTP that says so."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Keeper:
    """The keys of one owner, the token of who may ask, and the record of what was asked."""

    def __init__(self, folder: Path, owner: str, clock: Callable[[], dt.datetime]) -> None:
        self.keys = KeyFolder(folder, owner)
        self.owner = owner
        self._clock = clock
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._token_file, self._record_file = folder / TOKEN, folder / RECORD
        self._lock = threading.Lock()
        if not self._token_file.exists():
            _write_secret(self._token_file, secrets.token_urlsafe(32))

    def may_ask(self, shown: str) -> bool:
        """Say whether this is the header of who knows the token, which is read anew each time."""
        token = self._token_file.read_text(encoding="ascii").strip()
        return bool(token) and hmac.compare_digest(shown.encode(), f"Bearer {token}".encode())

    def answer(self, act: str, asked: Mapping[str, Any], who: str) -> Answer:
        """Do what is asked and return what is answered, once it stands in the record; raises `Refused`."""
        acts: dict[str, Callable[[Mapping[str, Any]], tuple[Answer, Sequence[str]]]] = {
            "wrap": self._wrap, "unwrap": self._unwrap, "keys": self._keys, "rotate": self._rotate,
            "retire": self._retire,
        }  # fmt: skip
        if act not in acts:
            raise Refused(404)
        if asked.get("owner") != self.owner:
            self.record(act, who, 403, ())
            raise Refused(403)
        try:
            answered, key_ids = acts[act](asked)
        except (LookupError, TypeError, ValueError):
            self.record(act, who, 400, ())
            raise Refused(400) from None
        except (KeyMissing, OSError):
            self.record(act, who, 500, ())
            raise Refused(500) from None
        self.record(act, who, 200, key_ids)
        return {"owner": self.owner, **answered}

    def record(self, act: str, who: str, status: int, key_ids: Sequence[str]) -> None:
        """Add a line to the record: when, whose keys, what was done with which keys and how often, for whom."""
        counted = {key_id: sum(1 for each in key_ids if each == key_id) for key_id in sorted(set(key_ids))}
        at = self._clock().isoformat(timespec="seconds")
        line = json.dumps(
            {"at": at, "owner": self.owner, "act": act, "status": status, "keys": counted, "from": who}
        )  # fmt: skip
        with self._lock:
            descriptor = os.open(self._record_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(line + "\n")

    def _wrap(self, asked: Mapping[str, Any]) -> tuple[Answer, Sequence[str]]:
        data_keys = [from_text(each, KEY_BYTES) for each in _bounded(asked["data_keys"])]
        wrapped = self.keys.wrap(data_keys)
        key_id = wrapped[0].key_id
        return {"key_id": key_id, "wrapped": [as_text(each.wrapped_key) for each in wrapped]}, [key_id] * len(wrapped)

    def _unwrap(self, asked: Mapping[str, Any]) -> tuple[Answer, Sequence[str]]:
        asked_for = _bounded(asked["keys"])
        many = [Wrapped(_key_id(each), from_text(each["wrapped"], WRAPPED_BYTES)) for each in asked_for]
        return {"data_keys": [self._opened(each) for each in many]}, [each.key_id for each in many]

    def _opened(self, wrapped: Wrapped) -> str | None:
        try:
            return as_text(self.keys.unwrap(wrapped))
        except (KeyMissing, Tampered):
            return None

    def _keys(self, _asked: Mapping[str, Any]) -> tuple[Answer, Sequence[str]]:
        found = self.keys.keys()
        return {"current": found.current, "key_ids": list(found.key_ids)}, ()

    def _rotate(self, _asked: Mapping[str, Any]) -> tuple[Answer, Sequence[str]]:
        key_id = self.keys.rotate()
        return {"current": key_id}, [key_id]

    def _retire(self, asked: Mapping[str, Any]) -> tuple[Answer, Sequence[str]]:
        """Set a key aside; what is asked from afar deletes nothing."""
        key_id = _key_id(asked)
        try:
            self.keys.set_aside(key_id)
        except KeyMissing:
            return {"problem": "missing"}, [key_id]
        except StillNeeded:
            return {"problem": "needed"}, [key_id]
        return {"retired": key_id}, [key_id]


def _bounded(many: Any) -> list[Any]:
    if not isinstance(many, list) or not 0 < len(many) <= KEYS_A_REQUEST:
        raise ValueError("none, or too many at once")
    return many


def _key_id(asked: Mapping[str, Any]) -> str:
    key_id = asked["key_id"]
    if not isinstance(key_id, str) or not is_key_id(key_id):
        raise ValueError("no id of a key")
    return key_id


def _write_secret(file: Path, secret: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as written:
        written.write(secret + "\n")


class Handler(BaseHTTPRequestHandler):
    """One connection, which is kept open for request after request."""

    protocol_version = "HTTP/1.1"
    server_version = "Entente-keys"
    sys_version = ""
    timeout = _SECONDS_IDLE
    # Its head and its body leave together.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Service

    def do_POST(self) -> None:
        """Answer a request, or refuse it without a word about why."""
        try:
            answered = self._answered()
        except Refused as refused:
            self._send(refused.status, {}, closes=True)
        except OSError:  # the record cannot be written: what is not recorded is not answered
            self._send(500, {}, closes=True)
        else:
            self._send(200, answered)

    def _answered(self) -> Answer:
        keeper, who = self.server.keeper, self.client_address[0]
        length = self.headers.get("Content-Length", "")
        if not keeper.may_ask(self.headers.get("Authorization", "")):
            keeper.record("unknown", who, 401, ())
            raise Refused(401)
        if not length.isascii() or not length.isdigit():
            raise Refused(411)
        if len(length) > 9 or int(length) > LONGEST_BODY:
            raise Refused(413)
        try:
            asked = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            raise Refused(400) from None
        version, _, act = self.path.removeprefix("/").partition("/")
        if version != "v1" or not isinstance(asked, dict):
            raise Refused(400)
        return keeper.answer(act, asked, who)

    def _send(self, status: int, answered: Answer, *, closes: bool = False) -> None:
        body = json.dumps(answered).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if closes:  # what of the request was not read is no request
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *_arguments: Any) -> None:  # noqa: A002  the name that http.server passes
        """Say nothing beside the record."""


class Service(ThreadingHTTPServer):
    """The server of one keeper."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], keeper: Keeper) -> None:
        super().__init__(address, Handler)
        self.keeper = keeper

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a connection that broke end without a word: what was asked on it stands in the record."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve, or do what is asked on the machine itself; return the exit status."""
    asked = _asked(arguments)
    keys = KeyFolder(asked.folder, asked.owner)
    try:
        if asked.act == "serve":
            return _serve(asked)
        if asked.act == "rotate":
            print(keys.rotate())  # noqa: T201  this is a command
        elif asked.act == "retire":
            keys.set_aside(asked.key)
        else:
            found = keys.keys()
            for key_id in found.key_ids:
                print(key_id, "current" if key_id == found.current else "")  # noqa: T201
    except (KeyMissing, StillNeeded) as refused:
        print(refused, file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app.key_service", description="Keeps one government's keys.")
    parser.add_argument("act", nargs="?", default="serve", choices=("serve", "keys", "rotate", "retire"))
    parser.add_argument("key", nargs="?", default="", help="the id of the key to retire: its file is kept aside")
    parser.add_argument("--folder", type=Path, required=True, help="where the keys, the token and the record are")
    parser.add_argument("--owner", required=True, help="whose keys they are, as MX")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on; others need a certificate")
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--certificate", type=Path, help="a PEM file: the certificate, and what vouches for it")
    parser.add_argument("--certificate-key", type=Path, help="a PEM file: the certificate's private key")
    asked = parser.parse_args(arguments)
    if asked.host not in _LOOPBACK and not asked.certificate:
        parser.error("keys in the clear leave no machine: give --certificate, or listen on the loopback address")
    return asked


def _serve(asked: argparse.Namespace) -> int:
    keeper = Keeper(asked.folder, asked.owner, _now)
    with Service((asked.host, asked.port), keeper) as service:
        if asked.certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(asked.certificate, asked.certificate_key)
            # The handshake is the thread's of the connection, not the one that accepts: nobody holds up the others.
            service.socket = tls.wrap_socket(service.socket, server_side=True, do_handshake_on_connect=False)
        print(f"Keys of {asked.owner} at port {service.server_address[1]}.", flush=True)  # noqa: T201
        try:
            service.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
