"""The blueprint that the pages of subscriptions and the feeds share, and what a process keeps for feeds."""

from __future__ import annotations

import weakref
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, cast

from flask import Blueprint, Flask, Request, current_app
from flask.blueprints import BlueprintSetupState
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from app.services.fetches import FetchLog, flush_fetches
from app.services.kept_feeds import KeptFeeds

if TYPE_CHECKING:
    from app.db import Database

blueprint = Blueprint("subscriptions", __name__)


class _CookielessFeeds(SecureCookieSessionInterface):
    """Reads no cookie for a feed: whose it is depends on its address alone, and so `Vary` must not say otherwise."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith("/feeds/"):
            return self.make_null_session(app)
        return super().open_session(app, request)


@blueprint.record_once
def _furnish(state: BlueprintSetupState) -> None:
    """Give the app the feeds that it keeps and the log of their fetches, written down once more as the process ends."""
    app, log = cast("Flask", state.app), FetchLog()
    app.session_interface = _CookielessFeeds()
    app.extensions["entente.kept_feeds"] = KeptFeeds()
    app.extensions["entente.fetch_log"] = log
    database = weakref.ref(app.extensions["entente.database"])
    # The server's workers are processes of multiprocessing, which end without `atexit`.
    Finalize(None, _flush_last, args=(database, log), exitpriority=10)


def _flush_last(database: weakref.ref[Database], log: FetchLog) -> None:
    found = database()
    if found is not None:
        flush_fetches(found, log)


def kept_feeds() -> KeptFeeds:
    """Return the feeds that the running app keeps."""
    return cast("KeptFeeds", current_app.extensions["entente.kept_feeds"])


def fetch_log() -> FetchLog:
    """Return the log of fetches of the running app."""
    return cast("FetchLog", current_app.extensions["entente.fetch_log"])
