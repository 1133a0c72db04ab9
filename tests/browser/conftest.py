"""A real Chromium against the running app, with the story told in its database."""

from __future__ import annotations

import os
import shutil
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from app.db import Database
from config import Settings
from tests import world
from tests.conftest import make_app

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Say nothing: the tests read the app's own logs."""


@pytest.fixture(scope="session")
def served_app(sqlite_story: Path, keys_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Return the app on a told database of its own."""
    folder = tmp_path_factory.mktemp("served")
    path = folder / "entente.db"
    shutil.copy(sqlite_story, path)
    database = Database(f"sqlite:///{path}", folder / "locks", clock=lambda: world.NOW)
    environment = {"SECRET_KEY": "x" * 32, "ENTENTE_DATA": str(folder), "ENTENTE_KEYS": str(keys_folder)}
    app = make_app(Settings.from_environment(environment), database)
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    database.engine.dispose()


@pytest.fixture(scope="session")
def served(served_app: Flask) -> Iterator[tuple[str, Database]]:
    """Return the address of the running app, and its database."""
    server = make_server("127.0.0.1", 0, served_app, server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", served_app.extensions["entente.database"]
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return a real Chromium."""
    path = os.environ.get("ENTENTE_CHROMIUM") or shutil.which("chromium") or None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(served: tuple[str, Database], chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Return a function that opens a browser's window, signed in as a member of the cast, with its own cookie jar."""
    opened: list[BrowserContext] = []
    address, database = served

    def open_window(
        key: str | None,
        *,
        width: int = 1440,
        scheme: Literal["light", "dark"] = "light",
        scripts: bool = True,
        axe: bool = True,
    ) -> BrowserContext:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
            base_url=address,
            bypass_csp=axe,  # axe is put into the page as a script of its own
        )
        if key:
            context.add_cookies([{"name": "entente", "value": cookie_for(address, database, key), "url": address}])
        opened.append(context)
        return context

    yield open_window
    for context in opened:
        context.close()


def cookie_for(_address: str, database: Database, key: str) -> str:
    """Return the value of the session cookie of a fresh sign-in, as the served app signs it."""
    from flask import Flask
    from flask.sessions import SecureCookieSessionInterface

    signer = Flask(__name__)
    signer.secret_key = "x" * 32
    serializer = SecureCookieSessionInterface().get_signing_serializer(signer)
    assert serializer is not None
    return str(serializer.dumps({"sign_in": world.sign_in_token(database, world.CAST[key])}))
