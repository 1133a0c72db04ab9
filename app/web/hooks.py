"""What happens around every request: who is asking, which headers go out, what errors look like."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from flask import Flask, Response, g, render_template, request
from flask import session as cookie
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, StatementError
from werkzeug.exceptions import HTTPException

from app.db import digest_of
from app.domain.errors import NotFound, Refusal
from app.i18n import reader_language
from app.keys import KeyMissing, KeyServiceDown
from app.logs import get_logger
from app.messages import message_for
from app.services.identity import viewer_of_token
from app.web.navigation import acting_for, footing, navigation
from app.web.routing import BY_TOKEN, database, policies

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
BODILESS: Final = (204, 304)
PAGES_OF_ERRORS: Final = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)


class WholeResponse(Response):
    """A response that is handed to the server as a list where it is there whole and nothing is done after it.

    The server then sends it in one go, and does not ask for it piece by piece.
    """

    def get_app_iter(self, environ: dict[str, Any]) -> Iterable[bytes]:
        """Return what the server is to send."""
        if not self.is_sequence or self.direct_passthrough or self._on_close:
            return super().get_app_iter(environ)
        is_bare = environ["REQUEST_METHOD"] == "HEAD" or self.status_code in BODILESS
        return [] if is_bare else list(self.iter_encoded())


def init_hooks(app: Flask) -> None:
    """Install the hooks; called after all routes are registered, so that none lacks a policy."""
    app.response_class = WholeResponse
    known = policies(app)
    app.extensions["entente.policies"] = known

    @app.before_request
    def identify() -> None:
        g.viewer = None
        g.now = database().clock()
        policy = known.get(request.endpoint or "")
        if policy is BY_TOKEN or request.endpoint == "static":
            return
        token = cookie.get("sign_in")
        if isinstance(token, str):
            g.viewer = viewer_of_token(database(), digest_of(token), g.now)

    @app.after_request
    def add_headers(response: Response) -> Response:
        there = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - it is no mapping
        response.headers.extend([(name, value) for name, value in HEADERS.items() if name.lower() not in there])
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "private, no-cache, no-store")
        if app.config["ENTENTE_SETTINGS"].is_production:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        return response

    @app.context_processor
    def shell() -> dict[str, Any]:
        who = getattr(g, "viewer", None)
        return {
            "viewer": who,
            "nav": navigation(who, request.path),
            "feet": footing(who, request.path),
            "acting_for": acting_for(who, reader_language()),
            "now": getattr(g, "now", None),
        }

    _init_errors(app)
    _init_key_errors(app)


def _init_errors(app: Flask) -> None:
    @app.errorhandler(Refusal)
    def refuse(error: Refusal) -> tuple[str, int]:
        if isinstance(error, NotFound):
            return _page(404)
        status = {"forbidden": 403, "stale_version": 409, "too_many_attempts": 429}.get(error.key, 422)
        return _page(status, message_for(error))

    @app.errorhandler(CSRFError)
    def refuse_forgery(_error: CSRFError) -> tuple[str, int]:
        return render_template("errors/csrf.html"), 400

    @app.errorhandler(DataError)
    def refuse_value(error: DataError) -> tuple[str, int]:
        """Refuse a value that no column can hold, such as a NUL on PostgreSQL: no page of ours sends one."""
        get_logger().warning("value refused by the database", endpoint=request.endpoint, kind=type(error).__name__)
        return _page(400)

    @app.errorhandler(HTTPException)
    def refuse_request(error: HTTPException) -> tuple[str, int] | Response:
        code = error.code or 500
        if code < 400:
            return Response(error.get_response().get_data(), code, error.get_response().headers)
        return _page(code if code in PAGES_OF_ERRORS else 400)

    @app.errorhandler(Exception)
    def fail(error: Exception) -> tuple[str, int]:
        return _fail(app, error)


def _init_key_errors(app: Flask) -> None:
    @app.errorhandler(KeyServiceDown)
    @app.errorhandler(KeyMissing)
    def refuse_without_keys(error: KeyServiceDown | KeyMissing) -> tuple[str, int]:
        return _sealed_page(error)

    @app.errorhandler(StatementError)
    def refuse_to_write_unsealed(error: StatementError) -> tuple[str, int]:
        """Say whose keys are away where that came out only when the rows were written."""
        if isinstance(error.orig, KeyServiceDown | KeyMissing):
            return _sealed_page(error.orig)
        return _fail(app, error)


def _fail(app: Flask, error: Exception) -> tuple[str, int]:
    get_logger().exception("request failed", endpoint=request.endpoint, kind=type(error).__name__)
    if app.testing and not app.config.get("ENTENTE_KEEPS_ERRORS"):
        raise error
    return _page(500)


def _sealed_page(error: KeyServiceDown | KeyMissing) -> tuple[str, int]:
    """Say which government's keys cannot be used; the reason is for those who run this, and in the log."""
    get_logger().warning("sealed text not opened or not written", endpoint=request.endpoint, problem=str(error))
    return render_template("errors/sealed.html", party=error.owner, message=message_for(error)), 503


def _page(status: int, message: str | None = None) -> tuple[str, int]:
    return render_template(f"errors/{status}.html", message=message), status
