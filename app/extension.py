"""What the running app carries, for those who know Flask: pages and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flask import current_app

if TYPE_CHECKING:
    from app.db import Database
    from config import Settings


def database() -> Database:
    """Return the database of the running app."""
    return cast("Database", current_app.extensions["entente.database"])


def settings() -> Settings:
    """Return the settings that the running app was made with."""
    return cast("Settings", current_app.config["ENTENTE_SETTINGS"])


def uid_host() -> str:
    """Return the host that this installation is known by, for the domain of UIDs at their first use."""
    return urlsplit(settings().base_url).hostname or "localhost"
