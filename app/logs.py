"""Structured logs that hold no password, token, cookie or private text, whoever writes them.

Everything goes through one processor that redacts: structlog's own loggers and those of the
standard library. Request bodies, form fields and texts are never logged by the app; what libraries
put into messages and exceptions is cleaned here.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from types import TracebackType
from typing import cast

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

REDACTED = "[redacted]"

_SECRET_KEY = re.compile(
    r"pass(word|wd|phrase|code)|secret|token|cookie|authori[sz]ation|credential|csrf|session|api_?key|private|otp|signature",
    re.IGNORECASE,
)
# A path that ends in a token: the feed of a subscription, a link to set a password, to answer, to sign in.
_TOKEN_PATH = re.compile(
    r"(/(?:feeds|invite|invitations|answers?|reset|confirm|login)/)[^/\s?#\"'<>]+?(\.ics)?(?=[/\s?#\"'<>)\],;]|$)"
)
# What follows a question mark in an address: tokens, and what somebody searched for.
_QUERY = re.compile(r"(?<=[\w/.-])\?[^\s\"'<>]+")
_ADDRESS_PASSWORD = re.compile(r"(\w://[^\s/@:]*:)[^\s/@]+(?=@)")
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE)
_ASSIGNMENT = re.compile(
    r"(?P<name>[\"']?\b[\w-]*(?:password|passwd|secret|token|cookie|authorization)\b[\"']?\s*[:=]\s*)"
    r"(?P<value>\"[^\"]*\"|'[^']*'|[^\s,;&)\]}]+)",
    re.IGNORECASE,
)
# The modules whose exceptions repeat the values of the statement that failed.
_WORDY_MODULES = ("sqlalchemy", "psycopg", "sqlite3")


def configure(production: bool) -> None:  # noqa: FBT001  one switch, read from the settings
    """Send all logs of this process to standard error: JSON lines in production, else for a person to read.

    Production also leaves out the messages of exceptions, which can repeat what somebody typed; their types
    and places stay.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        _ExceptionPlaces(with_messages=not production),
        redact,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(production=production)],
        )
    )
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler, _StandardError)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    _quieten()


def get_logger(name: str = "entente") -> structlog.stdlib.BoundLogger:
    """Return the logger of that name; events are short constant sentences, facts go into keyword arguments."""
    return structlog.stdlib.get_logger(name)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace the values of secret-sounding keys, and tokens within any text, at every depth."""
    return cast("EventDict", _redacted(event))


def redact_text(text: str) -> str:
    """Return `text` without the tokens, passwords and credentials that its form gives away."""
    text = _QUERY.sub(f"?{REDACTED}", text)
    text = _TOKEN_PATH.sub(r"\1[token]\2", text)
    text = _ADDRESS_PASSWORD.sub(rf"\1{REDACTED}", text)
    text = _BEARER.sub(rf"\1 {REDACTED}", text)
    return _ASSIGNMENT.sub(rf"\g<name>{REDACTED}", text)


def _redacted(value: object) -> object:
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, bytes):
        return f"[{len(value)} bytes]"
    if isinstance(value, dict):
        return {
            key: REDACTED if isinstance(key, str) and _SECRET_KEY.search(key) else _redacted(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_redacted(item) for item in value]
    # structlog hands the record from processor to processor and takes it away itself.
    if value is None or isinstance(value, (bool, int, float, logging.LogRecord)):
        return value
    return redact_text(str(value))


class _ExceptionPlaces:
    """Turns an exception into its type and the places it came through, without values or local variables."""

    def __init__(self, *, with_messages: bool) -> None:
        self._with_messages = with_messages

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        exc_info = event.pop("exc_info", None)
        if exc_info is True:
            exc_info = sys.exc_info()
        if isinstance(exc_info, BaseException):
            exc_info = (type(exc_info), exc_info, exc_info.__traceback__)
        if exc_info and exc_info[1] is not None:
            event["exception"] = self._places(cast("ExcInfo", exc_info)[1])
        return event

    def _places(self, error: BaseException) -> str:
        """Return the chain of exceptions, the outermost first."""
        lines: list[str] = []
        seen: set[int] = set()
        following: BaseException | None = error
        while following is not None and id(following) not in seen:
            seen.add(id(following))
            lines.append(("caused by " if len(seen) > 1 else "") + self._name(following))
            lines += _frames(following.__traceback__)
            following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
        return "\n".join(lines)

    def _name(self, error: BaseException) -> str:
        kind = type(error)
        name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
        if not self._with_messages or any(base.__module__.startswith(_WORDY_MODULES) for base in kind.__mro__):
            return name
        return f"{name}: {error}"


class _StandardError(logging.Handler):
    """Writes to the standard error of the moment, which servers and tests exchange under a running process."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:  # noqa: BLE001  logging's own way: a line that cannot be written stops nobody
            self.handleError(record)


def _frames(trace: TracebackType | None) -> list[str]:
    return [
        f"  {frame.f_code.co_filename}:{line} in {frame.f_code.co_qualname}" for frame, line in traceback.walk_tb(trace)
    ]


def _renderer(*, production: bool) -> Processor:
    if production:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def _quieten() -> None:
    """Silence what logs each request, statement or task with its values, and take the server's logger over."""
    server = logging.getLogger("_granian")
    server.handlers.clear()
    server.propagate = True
    logging.getLogger("granian.access").disabled = True
    for name in ("sqlalchemy.engine", "sqlalchemy.pool", "sqlalchemy.orm", "huey", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
