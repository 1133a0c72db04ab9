"""Handing mails over: to a mail server, or to a folder on this machine."""

from __future__ import annotations

import ipaddress
import os
import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

_SECONDS: Final = 30
_REFUSES: Final = 400
_CLOSES: Final = 421


class Post(Protocol):
    """What takes a mail, or raises."""

    def send(self, mail: EmailMessage) -> None:
        """Hand the mail over; what it raises is why it was not taken."""

    def answers(self) -> bool:
        """Say whether anything can be handed over at all."""


class UnsafeServer(Exception):
    """The mail server offers no encryption, and the mail would cross a network in the clear."""


@dataclass(frozen=True, slots=True)
class FolderPost:
    """A folder of .eml files, each named by its message id, so that a repeated mail is the same file."""

    folder: Path

    def send(self, mail: EmailMessage) -> None:
        """Write the mail, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        draft = self.folder / f".{name}.new"
        with draft.open("wb") as file:
            file.write(mail.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / f"{name}.eml")

    def answers(self) -> bool:
        """Say whether the folder is there, or can be made, and can be written to."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return False
        return os.access(self.folder, os.W_OK)


@dataclass(frozen=True, slots=True)
class ServerPost:
    """A mail server: `smtps://` speaks TLS from the start, `smtp://` by STARTTLS.

    Only to this machine itself, or with `?tls=off`, does `smtp://` go on without it.
    """

    address: SplitResult
    seconds: float = _SECONDS

    def send(self, mail: EmailMessage) -> None:
        """Hand the mail over; raises `OSError` (smtplib's errors are), or `UnsafeServer`."""
        with self._connect() as server:
            server.send_message(mail)

    def answers(self) -> bool:
        """Say whether the server can be reached, takes our name and password, and answers in time."""
        try:
            with self._connect() as server:
                code, _words = server.noop()
        except (OSError, UnsafeServer):
            return False
        return code < _REFUSES

    def _connect(self) -> smtplib.SMTP:
        host = self.address.hostname or ""
        tls = ssl.create_default_context()
        if self.address.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, self.address.port or 465, timeout=self.seconds, context=tls)
        else:
            server = smtplib.SMTP(host, self.address.port or 25, timeout=self.seconds)
        try:
            if self.address.scheme != "smtps":
                self._secure(server, tls)
            if self.address.username:
                server.login(unquote(self.address.username), unquote(self.address.password or ""))
        except BaseException:
            server.close()
            raise
        return server

    def _secure(self, server: smtplib.SMTP, tls: ssl.SSLContext) -> None:
        server.ehlo_or_helo_if_needed()
        clear = parse_qs(self.address.query).get("tls") == ["off"]
        if server.has_extn("starttls") and not clear:
            server.starttls(context=tls)
        elif not clear and not is_this_machine(self.address.hostname or ""):
            raise UnsafeServer


def is_about_the_mail(error: Exception) -> bool:
    """Say whether a server answered to this very mail, so that the others may fare better; 421 is said as it closes."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code != _CLOSES for code, _words in error.recipients.values())
    return isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError) and error.smtp_code != _CLOSES


def post_to(mail_url: str) -> Post:
    """Return what takes mails for this `MAIL_URL`: a server's address, or a folder."""
    if mail_url.startswith(("smtp://", "smtps://")):
        return ServerPost(urlsplit(mail_url))
    return FolderPost(Path(mail_url))


def sender_of(mail_url: str, base_url: str) -> Address:
    """Return whom mails are from: `?from=` of the mail server's address, else entente@ the host of the pages."""
    named = parse_qs(urlsplit(mail_url).query).get("from") if mail_url.startswith("smtp") else None
    if named:
        return Address("Entente", addr_spec=named[0])
    host = urlsplit(base_url).hostname or "localhost"
    return Address("Entente", "entente", "localhost" if is_this_machine(host) else host)


def is_this_machine(host: str) -> bool:
    """Say whether a host is this machine itself, so that nothing said to it crosses a network."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
