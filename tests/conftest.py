"""Fixtures: a database on each engine, the app on it, and a client for each of the cast.

Every response that a test's client gets is checked: its headers, the validity of its HTML, and that
no word in it belongs to somebody else.
"""

from __future__ import annotations

import datetime as dt
import functools
import io
import os
import re
import shutil
import tempfile
import uuid
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from app import create_app, schema
from app.db import Database
from app.keys import KeyRing
from app.models.sealed import use_keys
from app.web.sign_in import security
from config import Settings
from tests import postgres, story, warm, world

os.environ.setdefault("TZ", "UTC")
# pytest and the PostgreSQL of the tests make folders of their own in it.
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 6 * 1024**3


def _keep_files_in_memory() -> None:
    """Where there is room, keep the files of the tests in memory: each commit of SQLite waits for the disk.

    What outlives a process that is killed is told the same by either; a power cut is simulated, not made.
    """
    is_there = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    if "TMPDIR" not in os.environ and is_there and shutil.disk_usage(MEMORY).free >= MEMORY_NEEDED:
        os.environ["TMPDIR"], tempfile.tempdir = str(MEMORY), None


_keep_files_in_memory()
warm.keep_rules()
SHORT_PATH = 8  # one that is shorter may stand in a page by chance
ENGINES = ("sqlite", "postgresql")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        """Return the time that it shows, aware, in UTC."""
        return self.now

    def forward(self, **duration: float) -> None:
        """Move on by a duration, given as for `timedelta`."""
        self.now += dt.timedelta(**duration)


class CheckingClient(FlaskClient):
    """A client that checks every response; `member` is who is signed in, or None."""

    member: world.Member | None = None

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send the request and check what comes back."""
        response = super().open(*args, **kwargs)
        check_response(response, self.member)
        return response


def readable(media_type: str, body: bytes) -> str:
    """Return all the text that a reader of these bytes can meet: of a PDF its pages and its metadata, of a workbook
    or a text document its parts, of a feed its unfolded lines.
    """
    if media_type == "application/pdf" and body.startswith(b"%PDF") and b"/Page" in body:
        paper = PdfReader(io.BytesIO(body))
        return "\n".join([*(page.extract_text() for page in paper.pages), str(paper.metadata), str(paper.xmp_metadata)])
    if media_type in {WORKBOOK, DOCX} and body:
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    text = body.decode("utf-8", "replace")
    return text.replace("\r\n ", "") if media_type == "text/calendar" else text


def check_response(response: TestResponse, member: world.Member | None) -> None:
    """Hold a response to what every response owes: headers, valid HTML, nobody else's words."""
    policy = response.headers.get("Content-Security-Policy", "")
    assert policy.startswith("default-src 'none'"), response.headers
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    assert not world.foreign_canaries(head, member), head
    body = response.get_data()
    assert not world.foreign_canaries(readable(response.mimetype or "", body), member)
    if response.mimetype == "text/html" and body:
        _hold_to_html(_without_its_own(body.decode(), response.request.path))


def _without_its_own(page: str, path: str) -> str:
    """Return the page without its tokens and its own address: one that says that nothing is there is one page then.

    An address of plain characters alone: one with others must be written into the page as valid HTML.
    """
    page = re.sub(r'value="[^"]{20,}"', 'value="a token"', page)
    if len(path) < SHORT_PATH or not re.fullmatch(r"[A-Za-z0-9/_.-]+", path):
        return page
    return page.replace(path, "/a-path").replace(quote(path, safe=""), "%2Fa-path")


@functools.lru_cache(maxsize=4096)
def _hold_to_html(page: str) -> None:
    """Refuse a page that is not valid HTML; the same page is read once, since tokens are taken out of it."""
    html5lib.HTMLParser(strict=True).parse(page)


@pytest.fixture(scope="session")
def keys_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the delegations' keys; the told story is sealed under them."""
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="session")
def key_ring(keys_folder: Path) -> KeyRing:
    """Return the keys of the delegations."""
    return KeyRing(keys_folder)


@pytest.fixture(autouse=True)
def _keys(key_ring: KeyRing) -> Iterator[None]:
    use_keys(key_ring)
    yield
    use_keys(None)


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the test's database: 22 November 2026, 15:00 UTC."""
    return Clock(world.NOW)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with the world in it, to be copied."""
    path = tmp_path_factory.mktemp("template") / "world.db"
    built = Database(f"sqlite:///{path}", path.parent / "locks", clock=lambda: world.NOW)
    schema.upgrade(built.engine)
    world.build(built)
    with built.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    built.engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of a PostgreSQL database with the world in it, to be cloned."""

    def fill(url: str) -> None:
        built = Database(url, tmp_path_factory.mktemp("template"), clock=lambda: world.NOW)
        schema.upgrade(built.engine)
        world.build(built)
        built.engine.dispose()

    return postgres.template("world", fill)


@pytest.fixture(scope="session")
def sqlite_story(sqlite_template: Path, key_ring: KeyRing) -> Path:
    """Return a SQLite file with the story told in it, to be copied."""
    path = sqlite_template.with_name("story.db")
    shutil.copy(sqlite_template, path)
    use_keys(key_ring)
    told = Database(f"sqlite:///{path}", path.parent / "locks", clock=lambda: world.NOW)
    story.tell(told)
    with told.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    told.engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_story(postgres_template: str, key_ring: KeyRing, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of a PostgreSQL database with the story told in it, to be cloned."""
    url = postgres.clone(postgres_template)
    use_keys(key_ring)
    told = Database(url, tmp_path_factory.mktemp("story"), clock=lambda: world.NOW)
    story.tell(told)
    told.engine.dispose()
    return url


@pytest.fixture
def make_database(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Callable[..., Database]:
    """Return a function that opens a copy of the world on the engine of that name."""

    def make(engine: str, told: str = "template") -> Database:
        if engine == "sqlite":
            copied = tmp_path / f"{uuid.uuid4().hex}.db"
            shutil.copy(request.getfixturevalue(f"sqlite_{told}"), copied)
            made = Database(f"sqlite:///{copied}", tmp_path / "locks", clock=clock)
            warm.keep_statements(made)
            return made
        url = postgres.clone(request.getfixturevalue(f"postgres_{told}"))
        made = Database(url, tmp_path / "locks", clock=clock)
        warm.keep_statements(made)
        request.addfinalizer(lambda: postgres.drop_later(url))
        request.addfinalizer(made.engine.dispose)
        return made

    return make


# On PostgreSQL the pages of everybody and every forged form are a long proof: what the rows let through is held on
# both engines by `tests/db/test_parity.py`, and these four stand for the kinds of viewers.
_SHORT_ON_POSTGRESQL = ("benoit", "marta", "sam", "olga")
_LONG_ON_POSTGRESQL = (
    "test_reading",
    "test_writing_to_what_may_not_be_seen",
    "test_a_form_without_its_token_is_refused",
    "test_nobody_is_sent_to_sign_in_whether_a_thing_exists_or_not",
    "test_an_empty_form_never_breaks",
)


# A page and a command are the same code on both engines; of a table of cases two show that they work on PostgreSQL too.
_SHORT_CASES = 2
_TABLES_OF = ("tests/web/", "tests/cli/")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the PostgreSQL turn of the longest tables to `make prove`, save for one of each kind of viewer.

    Of any other table of cases of the pages and of the commands the first two are taken there.
    """
    taken: Counter[tuple[str, str]] = Counter()
    for item in items:
        if "postgresql" not in item.name:
            continue
        name, file = getattr(item, "originalname", ""), item.nodeid.partition("::")[0]
        if name in _LONG_ON_POSTGRESQL:
            if not any(f"-{key}]" in item.name for key in _SHORT_ON_POSTGRESQL):
                item.add_marker(pytest.mark.prove)
        elif file.startswith(_TABLES_OF):
            taken[file, name] += 1
            if taken[file, name] > _SHORT_CASES:
                item.add_marker(pytest.mark.prove)


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, make_database: Callable[..., Database]) -> Iterator[Database]:
    """Return a database with the world in it, on each engine; on PostgreSQL as the app's own login."""
    made = make_database(request.param)
    yield made
    made.engine.dispose()


@pytest.fixture(params=ENGINES)
def told(request: pytest.FixtureRequest, make_database: Callable[..., Database]) -> Iterator[Database]:
    """Return a database in which the story of `tests/story.py` has been told, on each engine."""
    made = make_database(request.param, "story")
    yield made
    made.engine.dispose()


@pytest.fixture
def sqlite_database(make_database: Callable[..., Database]) -> Iterator[Database]:
    """Return a database with the world in it on SQLite alone, for what does not depend on the engine."""
    made = make_database("sqlite")
    yield made
    made.engine.dispose()


@pytest.fixture
def settings(tmp_path: Path, keys_folder: Path) -> Settings:
    """Return settings for a loopback app under the test's own folder."""
    return Settings.from_environment(
        {
            "SECRET_KEY": "a secret for the tests alone, 32 bytes",
            "ENTENTE_DATA": str(tmp_path / "data"),
            "ENTENTE_KEYS": str(keys_folder),
        }
    )


def client_of(app: Flask, key: str | None) -> CheckingClient:
    """Return a client of the app, signed in as a member of the cast (`"ana"`), or as nobody (None)."""
    client = app.test_client()
    assert isinstance(client, CheckingClient)
    if key is not None:
        client.member = world.CAST[key]
        token = world.sign_in_token(app.extensions["entente.database"], client.member)
        with client.session_transaction() as cookie:
            cookie["sign_in"] = token
    return client


def make_app(settings: Settings, database: Database) -> Flask:
    """Return the app on that database, ready for test clients."""
    app = create_app(settings, database)
    warm.keep_templates(app)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False  # tests/web/test_csrf.py switches it on again, and so does the browser
    app.test_client_class = CheckingClient
    return app


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the apps of the test hash passwords in little memory and one round, for what hashes many or guesses often.

    How they are really hashed is held by the tests of signing in and of `user add`, which do without this.
    """
    cheap = {"argon2__type": "ID", "argon2__memory_cost": 8, "argon2__rounds": 1, "argon2__parallelism": 1}
    monkeypatch.setitem(security._SETTINGS, "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS", cheap)
    monkeypatch.setattr(security, "FORM", "$argon2id$v=19$m=8,t=1,p=1$")


@pytest.fixture
def app(settings: Settings, database: Database) -> Flask:
    """Return the app on the test's database, on each engine."""
    return make_app(settings, database)


@pytest.fixture
def client_for(app: Flask) -> Callable[[str | None], CheckingClient]:
    """Return a function that gives a client signed in as a member of the cast (`"ana"`), or as nobody (None)."""

    return lambda key: client_of(app, key)
