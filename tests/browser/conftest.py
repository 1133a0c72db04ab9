"""A real Chromium against the running app, with the story told in its database."""

from __future__ import annotations

import os
import shutil
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

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

    def open_window(key: str | None, **how: Any) -> BrowserContext:
        opened.append(_window(chromium, address, database, key, **how))
        return opened[-1]

    yield open_window
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def look_through(served: tuple[str, Database], chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that gives the one page of each member, scheme and policy, at the width asked for.

    For what only reads: it has the browser's cache of the page before it, as somebody has who walks through them.
    """
    pages: dict[tuple[str | None, str, bool], Page] = {}
    address, database = served

    def page_of(key: str | None, *, width: int, scheme: Literal["light", "dark"], axe: bool) -> Page:
        kept = pages.get((key, scheme, axe))
        if kept is None:
            window = _window(chromium, address, database, key, scheme=scheme, axe=axe)
            kept = pages[key, scheme, axe] = window.new_page()
        kept.set_viewport_size({"width": width, "height": 900})
        return kept

    yield page_of
    for page in pages.values():
        page.context.close()


def _window(
    chromium: Browser,
    address: str,
    database: Database,
    key: str | None,
    *,
    width: int = 1440,
    scheme: Literal["light", "dark"] = "light",
    scripts: bool = True,
    axe: bool = True,
) -> BrowserContext:
    """Return a browser's window with a cookie jar of its own, signed in as that member of the cast."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=scripts,
        base_url=address,
        bypass_csp=axe,  # axe is put into the page as a script of its own
    )
    if key:
        context.add_cookies([{"name": "entente", "value": cookie_for(address, database, key), "url": address}])
    return context


def cookie_for(_address: str, database: Database, key: str) -> str:
    """Return the value of the session cookie of a fresh sign-in, as the served app signs it."""
    from flask import Flask
    from flask.sessions import SecureCookieSessionInterface

    signer = Flask(__name__)
    signer.secret_key = "x" * 32
    serializer = SecureCookieSessionInterface().get_signing_serializer(signer)
    assert serializer is not None
    return str(serializer.dumps({"sign_in": world.sign_in_token(database, world.CAST[key])}))
