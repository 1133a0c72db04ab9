"""Reading replies from an IMAP mailbox: what is unread is taken and marked read, a bounded part of it at a time.

The server is not trusted. Each run has one deadline for everything, a limit on what it may send in all, and one on what
it may send at once, so that a slow or lying server costs a run and no more; what was not read waits for the next.
"""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from app.calendars.replies import MAIL_LIMIT
from app.db import Database
from app.jobs.post import UnsafeServer, is_this_machine
from app.logs import get_logger
from app.services.replies import Taken, note_unread, take_mail
from config import Settings

MAILS_A_RUN: Final = 50
# Less than a worker that is told to end waits for what it is doing.
SECONDS_A_RUN: Final = 45
BYTES_A_RUN: Final = 128 * 1024 * 1024
_SECONDS_OF_SILENCE: Final = 30
_SLACK: Final = 64 * 1024
_CHUNK: Final = 64 * 1024
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d{1,12})")


@dataclass(slots=True)
class Reading:
    """How many mails were taken, changed nothing, and were passed over; `is_whole`: nothing failed.

    `left` is how many are still unread, for the next run.
    """

    taken: int = 0
    refused: int = 0
    ignored: int = 0
    left: int = 0
    is_whole: bool = True

    def count(self, taken: Taken) -> None:
        """Count what became of a mail."""
        setattr(self, taken.outcome, getattr(self, taken.outcome) + 1)


class Untrustworthy(Exception):
    """The server sends more than was asked for, longer than it may, or something else."""


def read_mailbox(database: Database, settings: Settings, *, seconds: float = SECONDS_A_RUN) -> Reading:
    """Take what is unread in the mailbox of the settings, and return what became of it; raises only the database's.

    A server that is away, slow or lies ends the run, which is then not whole.
    """
    reading = Reading()
    if settings.mailbox_url is None:
        return reading
    address = urlsplit(settings.mailbox_url)
    try:
        with _opened(address, time.monotonic() + seconds) as server:
            _read_unseen(server, database, settings.secret_key, reading, address.netloc.rpartition("@")[2])
    except (imaplib.IMAP4.error, OSError, UnsafeServer, Untrustworthy, ValueError) as error:
        # Its text stays out of the log: a server may repeat in it what it was told.
        get_logger().warning("mailbox not read", kind=type(error).__name__)
        reading.is_whole = False
    return reading


def _read_unseen(server: imaplib.IMAP4, database: Database, secret_key: str, reading: Reading, host: str) -> None:
    numbers = (_answer(server.uid("SEARCH", "UNSEEN"))[0] or b"").split()
    if not all(number.isdigit() for number in numbers):
        raise Untrustworthy
    reading.left = len(numbers)
    for number in numbers[:MAILS_A_RUN]:
        uid = number.decode()
        size = _size_of(server, uid)
        if size > MAIL_LIMIT:
            reading.count(note_unread(database, f"{host} {uid} {size}", "mailbox"))
        else:
            reading.count(take_mail(database, _mail(server, uid), secret_key, "mailbox"))
        _answer(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))
        reading.left -= 1


def _size_of(server: imaplib.IMAP4, uid: str) -> int:
    answer = _answer(server.uid("FETCH", uid, "(RFC822.SIZE)"))
    for line in answer:
        found = _SIZE.search(line) if isinstance(line, bytes) else None
        if found:
            return int(found[1])
    raise Untrustworthy


def _mail(server: imaplib.IMAP4, uid: str) -> bytes:
    """Return a mail without marking it read, no more of it than is read at most."""
    answer = _answer(server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MAIL_LIMIT + 1}>)"))
    for part in answer:
        if isinstance(part, tuple) and len(part) == 2:
            return bytes(part[1])
    raise Untrustworthy


def _answer(said: tuple[str, list[Any]]) -> list[Any]:
    state, answer = said
    if state != "OK" or not answer:
        raise Untrustworthy
    return answer


# The connection ------------------------------------------------------------------------------------


@contextmanager
def _opened(address: SplitResult, deadline: float) -> Iterator[imaplib.IMAP4]:
    """Yield a connection that is signed in, with the folder chosen; raises what imaplib and ssl raise."""
    server = _connected(address, deadline)
    try:
        _sign_in(server, unquote(address.username or ""), unquote(address.password or ""))
        folder = unquote(address.path.strip("/")) or "INBOX"
        escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
        _answer(cast("tuple[str, list[Any]]", server.select(f'"{escaped}"')))
        yield server
        server.logout()
    finally:
        with suppress(OSError):  # closed by the server, or with its last word
            server.shutdown()


def _sign_in(server: imaplib.IMAP4, user: str, password: str) -> None:
    if "AUTH=PLAIN" in server.capabilities:
        server.authenticate("PLAIN", lambda _challenge: f"\0{user}\0{password}".encode())
    else:
        quoted = user.replace("\\", "\\\\").replace('"', '\\"')
        server.login(f'"{quoted}"', password)


def _connected(address: SplitResult, deadline: float) -> imaplib.IMAP4:
    host, tls = address.hostname or "", ssl.create_default_context()
    if address.scheme == "imaps":
        return _TlsServer(host, address.port or 993, tls, deadline)
    server = _Server(host, address.port or 143, deadline)
    try:
        _secure(server, host, tls, is_clear=parse_qs(address.query).get("tls") == ["off"])
    except BaseException:
        with suppress(OSError):
            server.shutdown()
        raise
    return server


def _secure(server: imaplib.IMAP4, host: str, tls: ssl.SSLContext, *, is_clear: bool) -> None:
    if "STARTTLS" in server.capabilities and not is_clear:
        server.starttls(ssl_context=tls)
    elif not is_clear and not is_this_machine(host):
        raise UnsafeServer


class _Bounded:
    """Reads from the server itself: within the deadline of the run, and no more than a run may be sent."""

    deadline: float
    _plain: Any

    def bound(self, deadline: float) -> None:
        """Set the deadline, before anything is read."""
        self.deadline = deadline
        self._held = bytearray()
        self._received = 0

    @property
    def sock(self) -> Any:
        """Return the socket; on the way from the clear into TLS it is exchanged.

        What the server, or somebody between, sent beforehand in the clear is not read as its word: that raises
        `Untrustworthy`.
        """
        return self._plain

    @sock.setter
    def sock(self, sock: Any) -> None:
        if self._held:
            raise Untrustworthy
        self._plain = sock

    def read(self, size: int) -> bytes:
        """Return that many bytes; raises `Untrustworthy` for more than any mail may have."""
        if size > MAIL_LIMIT + _SLACK:
            raise Untrustworthy
        return self._until(lambda: size if len(self._held) >= size else None)

    def readline(self) -> bytes:
        """Return a line; raises `Untrustworthy` for one that does not end."""
        searched = 0

        def end_of_line() -> int | None:
            nonlocal searched
            place = self._held.find(b"\n", searched)
            searched = len(self._held)
            if place < 0 and searched > _SLACK * 4:
                raise Untrustworthy
            return place + 1 if place >= 0 else None

        return self._until(end_of_line)

    def _until(self, found: Callable[[], int | None]) -> bytes:
        while (length := found()) is None:
            self._receive()
        taken = bytes(self._held[:length])
        del self._held[:length]
        return taken

    def _receive(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(min(left, _SECONDS_OF_SILENCE))
        received = self.sock.recv(_CHUNK)
        self._received += len(received)
        if not received:
            raise ConnectionResetError
        if self._received > BYTES_A_RUN:
            raise Untrustworthy
        self._held += received


class _Server(_Bounded, imaplib.IMAP4):
    def __init__(self, host: str, port: int, deadline: float) -> None:
        self.bound(deadline)
        imaplib.IMAP4.__init__(self, host, port, timeout=_SECONDS_OF_SILENCE)


class _TlsServer(_Bounded, imaplib.IMAP4_SSL):
    def __init__(self, host: str, port: int, tls: ssl.SSLContext, deadline: float) -> None:
        self.bound(deadline)
        imaplib.IMAP4_SSL.__init__(self, host, port, ssl_context=tls, timeout=_SECONDS_OF_SILENCE)
