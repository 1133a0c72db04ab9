"""Mailboxes of the tests: a real IMAP server in a process of its own, and servers that are slow, break or lie."""

from __future__ import annotations

import contextlib
import imaplib
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

PASSWORD: Final = 'p@ss/"wörd"'
Server = Callable[[socket.socket], None]


@dataclass
class Mailbox:
    """A folder of the server, empty at first; `url` is what the setting says."""

    port: int
    folder: str
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        """Return the setting for it."""
        return f"imap://reader:{quote(PASSWORD, safe='')}@{self.host}:{self.port}/{self.folder}"

    @contextlib.contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        """Yield a connection to it."""
        server = imaplib.IMAP4("127.0.0.1", self.port)
        server.authenticate("PLAIN", lambda _: f"\0reader\0{PASSWORD}".encode())
        server.create(self.folder)
        server.select(self.folder)
        yield server
        server.logout()

    def put(self, *mails: bytes) -> None:
        """Put mails into it, unread."""
        with self.opened() as server:
            for mail in mails:
                assert server.append(self.folder, "", "", mail)[0] == "OK"

    def unread(self) -> int:
        """Return how many are unread."""
        with self.opened() as server:
            return len((server.search(None, "UNSEEN")[1][0] or b"").split())


@contextlib.contextmanager
def real_server(certificate: Path) -> Iterator[int]:
    """Run an IMAP server and yield its port; it offers STARTTLS with this certificate."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    begin = "import os; from pymap.main import main; main()"
    command = [
        sys.executable, "-c", begin, "--host", "127.0.0.1", "--port", str(port), "--cert",
        str(certificate / "cert.pem"), "--key", str(certificate / "key.pem"), "dict", "--demo-user", "reader",
        "--demo-password", PASSWORD,
    ]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int) -> None:
    give_up_at = time.monotonic() + 20
    while time.monotonic() < give_up_at:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError


def folder() -> str:
    """Return the name of a folder that nobody has used."""
    return f"F{uuid.uuid4().hex}"


@contextlib.contextmanager
def lying_server(play: Server) -> Iterator[str]:
    """Run a server that does this to whoever connects, and yield the setting for it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        is_over = threading.Event()

        def serve() -> None:
            while not is_over.is_set():
                with contextlib.suppress(OSError):
                    connection, _ = listening.accept()
                    with connection:
                        connection.settimeout(5)
                        play(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"imap://reader:secret@127.0.0.1:{listening.getsockname()[1]}/INBOX"
        is_over.set()
        listening.close()


def answering(**answers: bytes) -> Server:
    """Return a server that greets and says OK to everything, after these words of its own by the name of the command.

    A word may have `%TAG%` in it; then it is the whole answer.
    """
    given = {"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n", "SELECT": b"* 1 EXISTS\r\n"} | answers

    def play(connection: socket.socket) -> None:
        connection.sendall(b"* OK ready\r\n")
        reader = connection.makefile("rb")
        for line in reader:
            tag, *words = line.split()
            name = b" ".join(words[:2] if words[:1] == [b"UID"] else words[:1]).decode().replace(" ", "_")
            said = given.get(name, b"")
            if b"%TAG%" in said:
                connection.sendall(said.replace(b"%TAG%", tag))
            else:
                connection.sendall(said + tag + b" OK done\r\n")

    return play


def dripping(what: bytes) -> Server:
    """Return a server that sends the same few bytes again and again, slowly, for ever."""

    def play(connection: socket.socket) -> None:
        connection.sendall(b"* OK ready\r\n")
        while True:
            connection.sendall(what)
            time.sleep(0.01)

    return play
