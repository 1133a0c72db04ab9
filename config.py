"""The settings, read once from the environment, complete and safe or not at all."""

from __future__ import annotations

import ipaddress
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent

_SHORTEST_SECRET_BYTES = 32
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"", "0", "false", "no", "off"})


class UnsafeSettings(Exception):
    """The environment is incomplete, contradictory or unsafe; `problems` says in which points, all of them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("Entente does not start:\n" + "\n".join(f"- {problem}" for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Settings:
    """What the operator decides. Secrets, and addresses that can hold a password, stay out of its representation."""

    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    mail_url: str = field(repr=False)
    mailbox_url: str | None = field(repr=False)
    port: int
    base_url: str
    data_dir: Path
    keys_dir: Path
    metrics_enabled: bool

    @property
    def is_production(self) -> bool:
        """Whether people other than those at this machine are meant to come: the base URL's host is not loopback."""
        return not _is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def mail_folder(self) -> Path | None:
        """The folder that mail is written to as .eml files, or None when it is sent by SMTP."""
        return None if self.mail_url.startswith(("smtp://", "smtps://")) else Path(self.mail_url)

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Settings:
        """Return the settings that `env` describes; raises `UnsafeSettings` with every problem found in it."""
        problems: list[str] = []
        port = _port(env, problems)
        data_dir = Path(env.get("ENTENTE_DATA") or ROOT / "instance").resolve()
        settings = cls(
            secret_key=env.get("SECRET_KEY", ""),
            database_url=_database_url(env, data_dir, problems),
            mail_url=_mail_url(env, data_dir, problems),
            mailbox_url=_mailbox_url(env, problems),
            port=port,
            base_url=_base_url(env, port, problems),
            data_dir=data_dir,
            keys_dir=Path(env.get("ENTENTE_KEYS") or ROOT / ".keys" / "delegations").resolve(),
            metrics_enabled=_switch(env, "ENTENTE_METRICS", problems),
        )
        if not settings.secret_key:
            problems.append("SECRET_KEY is not set. Sessions are signed with it; it has no default.")
        if settings.is_production:
            problems += _unsafe_in_production(settings, env)
        if problems:
            raise UnsafeSettings(problems)
        return settings


def _port(env: Mapping[str, str], problems: list[str]) -> int:
    written = env.get("PORT") or "8000"
    if written.isascii() and written.isdigit() and 1 <= int(written) <= 65535:
        return int(written)
    problems.append(f"PORT is {written!r}, not a number from 1 to 65535.")
    return 8000


def _base_url(env: Mapping[str, str], port: int, problems: list[str]) -> str:
    local = f"http://127.0.0.1:{port}"
    written = (env.get("ENTENTE_BASE_URL") or local).rstrip("/")
    try:
        parts = urlsplit(written)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host:
        written, parts = local, urlsplit(local)
    is_bare = written == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc
    if not host or not is_bare or parts.scheme not in {"http", "https"}:
        problems.append("ENTENTE_BASE_URL is not of the form https://host or https://host:port, with no path.")
    return written


def _database_url(env: Mapping[str, str], data_dir: Path, problems: list[str]) -> str:
    written = env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'entente.db'}"
    scheme, separator, rest = written.partition("://")
    if scheme in {"postgresql", "postgres", "postgresql+psycopg"} and separator:
        return f"postgresql+psycopg://{rest}"
    if scheme != "sqlite" or not separator:
        problems.append("DATABASE_URL is neither a postgresql:// nor a sqlite:// address.")
    return written


def _mail_url(env: Mapping[str, str], data_dir: Path, problems: list[str]) -> str:
    written = env.get("MAIL_URL") or str(data_dir / "mail")
    scheme, separator, _ = written.partition("://")
    if not separator:
        return str(Path(written).resolve())
    if scheme not in {"smtp", "smtps"} or not urlsplit(written).hostname:
        problems.append("MAIL_URL is neither smtp://host, smtps://host nor a folder.")
    return written


def _mailbox_url(env: Mapping[str, str], problems: list[str]) -> str | None:
    """Return the mailbox that replies come to, or None when none is read."""
    written = env.get("MAILBOX_URL") or None
    if written is None:
        return None
    try:
        parts = urlsplit(written)
        is_whole = bool(parts.hostname and parts.username and parts.password) and (parts.port or 1) > 0
    except ValueError:
        is_whole = False
    if not is_whole or not written.isascii() or not written.startswith(("imaps://", "imap://")):
        problems.append("MAILBOX_URL is not of the form imaps://user:password@host/INBOX, in ASCII, %-escaped.")
    return written


def _switch(env: Mapping[str, str], name: str, problems: list[str]) -> bool:
    written = env.get(name, "").strip().lower()
    if written not in _TRUE | _FALSE:
        problems.append(f"{name} is {written!r}, neither on nor off.")
    return written in _TRUE


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unsafe_in_production(settings: Settings, env: Mapping[str, str]) -> list[str]:
    """Return what must not be when others than the person at this machine are served."""
    problems = []
    if not settings.base_url.startswith("https://"):
        problems.append("ENTENTE_BASE_URL is not https://. Passwords and feeds would travel in the clear.")
    if 0 < len(settings.secret_key.encode()) < _SHORTEST_SECRET_BYTES:
        problems.append(f"SECRET_KEY is shorter than {_SHORTEST_SECRET_BYTES} bytes.")
    if env.get("FLASK_DEBUG", "").strip().lower() not in _FALSE:
        problems.append("FLASK_DEBUG is on. Its error pages show the program's insides and run code.")
    if not env.get("MAIL_URL"):
        problems.append("MAIL_URL is not set. Mail would be kept in a folder and reach nobody.")
    if not env.get("ENTENTE_KEYS"):
        problems.append("ENTENTE_KEYS is not set. It is the folder of the delegations' keys.")
    else:
        problems += _unsafe_keys(settings)
    return problems


def _unsafe_keys(settings: Settings) -> list[str]:
    folder = settings.keys_dir
    try:
        mode = folder.stat().st_mode
    except OSError:
        mode = 0
    if not stat.S_ISDIR(mode):
        return [f"ENTENTE_KEYS is {folder}, which is not a folder that this user can see."]
    problems = []
    if folder == settings.data_dir or settings.data_dir in folder.parents:
        problems.append("ENTENTE_KEYS is inside ENTENTE_DATA. A copy of the data would carry its keys along.")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        problems.append("ENTENTE_KEYS can be entered by other users of this machine. Set its mode to 0700.")
    return problems
