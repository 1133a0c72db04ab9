"""No log line holds a password, a token, a cookie or a private text, whoever wrote it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from app.logs import configure, get_logger, redact_text

CANARY = "cAnAry-9f8e7d6c"

Lines = Callable[[], list[dict[str, object]]]


def own_handlers() -> list[logging.Handler]:
    return [handler for handler in logging.getLogger().handlers if type(handler).__module__ == "app.logs"]


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    before, level, structure = own_handlers(), root.level, structlog.get_config()
    yield
    for handler in own_handlers():
        root.removeHandler(handler)
    for handler in before:
        root.addHandler(handler)
    root.setLevel(level)
    structlog.configure(**structure)
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Logs as in production; call it to get the lines written so far."""
    configure(production=True)

    def read() -> list[dict[str, object]]:
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    return read


def test_a_line_says_when_how_grave_who_and_what(lines: Lines):
    get_logger("app.jobs").warning("mail.refused", recipients=2, folder="/var/mail")
    (line,) = lines()
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {
        "event": "mail.refused",
        "level": "warning",
        "logger": "app.jobs",
        "recipients": 2,
        "folder": "/var/mail",
    }


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "new_password",
        "passphrase",
        "token",
        "feed_token",
        "csrf_token",
        "secret",
        "SECRET_KEY",
        "client_secret",
        "cookie",
        "Set-Cookie",
        "authorization",
        "Authorization",
        "api_key",
        "credentials",
        "session",
        "private_text",
    ],
)
def test_secret_values_are_redacted_by_their_keys(lines: Lines, key: str):
    get_logger().info("tried", **{key: CANARY})
    get_logger().info("tried", request={"headers": [{key: CANARY, "host": "entente.example"}]})
    first, second = lines()
    assert first[key] == "[redacted]"
    assert second["request"] == {"headers": [{key: "[redacted]", "host": "entente.example"}]}


@pytest.mark.parametrize(
    ("written", "logged"),
    [
        (f"GET /feeds/{CANARY}.ics HTTP/1.1", "GET /feeds/[token].ics HTTP/1.1"),
        (f"GET /feeds/{CANARY} HTTP/1.1", "GET /feeds/[token] HTTP/1.1"),
        (f"webcal://entente.example/feeds/{CANARY}.ics", "webcal://entente.example/feeds/[token].ics"),
        (f"/invite/{CANARY}", "/invite/[token]"),
        (f'"/answer/{CANARY}/yes"', '"/answer/[token]/yes"'),
        (f"/reset/{CANARY}?next=/", "/reset/[token]?[redacted]"),
        (f"/search?q={CANARY}&page=2", "/search?[redacted]"),
        (f"/search?q={CANARY}%20x 200", "/search?[redacted] 200"),
        (f"postgresql://entente:{CANARY}@db/entente", "postgresql://entente:[redacted]@db/entente"),
        (f"smtp://{CANARY}:{CANARY}x@mail.example:587", f"smtp://{CANARY}:[redacted]@mail.example:587"),
        (f"sent Bearer {CANARY}", "sent Bearer [redacted]"),
        (f"Authorization: Basic {CANARY}==", "Authorization: [redacted] [redacted]"),
        (f"password={CANARY}, user=ana", "password=[redacted], user=ana"),
        (f"{{'csrf_token': '{CANARY} x', 'a': 1}}", "{'csrf_token': [redacted], 'a': 1}"),
        ("GET /meetings/UNC-2026-2 HTTP/1.1", "GET /meetings/UNC-2026-2 HTTP/1.1"),
        ("Was it moved? No.", "Was it moved? No."),
        ("UPDATE meetings SET place=? WHERE id = ?", "UPDATE meetings SET place=? WHERE id = ?"),
        ("https://entente.example:8443/actions", "https://entente.example:8443/actions"),
    ],
)
def test_tokens_within_texts_are_redacted(lines: Lines, written: str, logged: str):
    assert redact_text(written) == logged
    get_logger().info("asked", path=written)
    get_logger().info(written)
    logging.getLogger("werkzeug").info("%s", written)
    first, second, third = lines()
    assert (first["path"], second["event"], third["event"]) == (logged, logged, logged)


def test_what_is_bound_to_a_request_is_redacted_too(lines: Lines):
    structlog.contextvars.bind_contextvars(path=f"/feeds/{CANARY}.ics", request="r-1")
    get_logger().info("answered", status=200)
    (line,) = lines()
    assert (line["path"], line["request"], line["status"]) == ("/feeds/[token].ics", "r-1", 200)


def test_values_of_other_kinds_are_redacted_as_they_would_be_written(lines: Lines):
    class Link:
        def __str__(self) -> str:
            return f"/invite/{CANARY}"

    get_logger().info("made", link=Link(), body=CANARY.encode(), several=(Link(), None, 1.5))
    (line,) = lines()
    assert (line["link"], line["body"], line["several"]) == (
        "/invite/[token]",
        "[15 bytes]",
        ["/invite/[token]", None, 1.5],
    )


def test_in_production_an_exception_is_its_type_and_its_places(lines: Lines):
    def read_number(written: str) -> int:
        return int(written)

    try:
        try:
            read_number(CANARY)
        except ValueError as error:
            raise RuntimeError(CANARY) from error
    except RuntimeError:
        get_logger().exception("failed")
        logging.getLogger("huey").exception("failed")
    for line in lines():
        trace = str(line["exception"]).splitlines()
        assert trace[0] == "RuntimeError"
        assert trace[2] == "caused by ValueError"
        assert trace[4].endswith("read_number")
        assert "test_logs.py:" in trace[4]
        assert CANARY not in json.dumps(line)


@pytest.mark.parametrize("production", [True, False])
def test_the_values_of_a_failed_statement_are_never_logged(capsys: pytest.CaptureFixture[str], production: bool):
    configure(production=production)
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        try:
            connection.execute(text("insert into nowhere values (:value)"), {"value": CANARY})
        except DatabaseError:
            get_logger().exception("failed")
    engine.dispose()
    written = capsys.readouterr().err
    assert "sqlalchemy.exc.OperationalError" in written
    assert CANARY not in written


def test_a_developer_reads_the_message_of_an_exception_without_its_tokens(capsys: pytest.CaptureFixture[str]):
    configure(production=False)
    try:
        raise LookupError(f"no route for /feeds/{CANARY}.ics")  # noqa: TRY301
    except LookupError:
        get_logger().exception("failed", token=CANARY)
    written = capsys.readouterr().err
    assert "LookupError: no route for /feeds/[token].ics" in written
    assert CANARY not in written


def test_the_servers_access_log_stays_off_and_its_other_lines_come_here(lines: Lines):
    logging.getLogger("granian.access").info("GET /feeds/%s.ics", CANARY)
    logging.getLogger("_granian").error("failed on /feeds/%s.ics", CANARY)
    (line,) = lines()
    assert line["event"] == "failed on /feeds/[token].ics"


def test_statements_and_tasks_are_not_logged(lines: Lines):
    for name in ("sqlalchemy.engine.Engine", "huey", "sqlalchemy.pool.impl"):
        logging.getLogger(name).info(CANARY)
    get_logger().debug(CANARY)
    assert lines() == []


def test_configuring_twice_writes_each_line_once(lines: Lines):
    configure(production=True)
    get_logger().info("once")
    logging.getLogger("anything").warning("once")
    assert [line["event"] for line in lines()] == ["once", "once"]
