"""Entente: the meetings that three governments have promised one another, kept."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from app.domain import zones  # noqa: F401 - first of all, so that no zone is read from the machine

if TYPE_CHECKING:
    from flask import Flask

    from app.db import Database
    from config import Settings


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """Return the app, wired: settings, database, languages, sign-in, routes, hooks, commands."""
    from flask import Flask  # noqa: PLC0415 - `app.domain` must be importable without Flask
    from flask_compress import Compress  # noqa: PLC0415
    from flask_wtf.csrf import CSRFProtect  # noqa: PLC0415

    from app import cli, i18n, logs, web  # noqa: PLC0415
    from app.db import Database  # noqa: PLC0415
    from app.jobs.queue import Waker  # noqa: PLC0415
    from app.keys import KeyRing  # noqa: PLC0415
    from app.models.sealed import use_keys  # noqa: PLC0415
    from app.services.outbox import wake_with  # noqa: PLC0415
    from app.web.hooks import init_hooks  # noqa: PLC0415
    from app.web.sign_in.security import init_security  # noqa: PLC0415

    logs.configure(production=settings.is_production)
    use_keys(KeyRing(settings.keys_dir))
    wake_with(Waker(settings))
    app = Flask(__name__)
    app.config.update(flask_settings(settings))
    app.extensions["entente.database"] = database or Database(settings.database_url, settings.data_dir / "locks")
    CSRFProtect(app)
    Compress(app)
    i18n.init_i18n(app)
    init_security(app)
    web.register(app)
    init_hooks(app)
    cli.register(app)
    return app


def flask_settings(settings: Settings) -> dict[str, Any]:
    """Return Flask's own configuration for these settings."""
    return {
        "ENTENTE_SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": 55 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "SESSION_COOKIE_NAME": "entente",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_production,
        "PERMANENT_SESSION_LIFETIME": dt.timedelta(hours=12),
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": settings.is_production,
        "COMPRESS_STREAMS": False,  # it leaves the files that it streams open
        "COMPRESS_MIMETYPES": ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"],
    }
