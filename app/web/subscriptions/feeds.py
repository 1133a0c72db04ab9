"""What calendar programs fetch: feeds by their token, and one meeting to save."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.calendars.conditional import last_modified_header, not_modified
from app.calendars.feed import CONTENT_TYPE
from app.domain.errors import NotFound
from app.domain.visibility import Action
from app.extension import settings
from app.i18n import reader_language
from app.logs import get_logger
from app.services import feeds as service
from app.services.fetches import flush_fetches
from app.services.kept_feeds import Feed
from app.web.routing import BY_TOKEN, database, route, session, signed_in
from app.web.subscriptions.blueprint import blueprint, fetch_log, kept_feeds

# A change shows within minutes even where a program trusts what it keeps; most ask once an hour anyway.
_CACHED_FOR: Final = "private, max-age=300"
_TRY_AGAIN_AFTER: Final = "120"
# The address is the secret: it is told to nobody, and no search engine keeps what is behind it.
_SECRET: Final = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@route(blueprint, "/feeds/<path:token>", policy=BY_TOKEN)
def feed(token: str) -> ResponseReturnValue:
    """Give the feed of a subscription to whoever holds its address, `/feeds/<token>.ics`.

    The rule takes any path, so that a malformed address is answered as an unknown one, letter for letter.
    """
    try:
        found = service.find_feed(database(), kept_feeds(), token, settings().base_url)
    except NotFound:
        return _plain("There is no such calendar.\n", 404)
    except (SQLAlchemyError, OSError) as error:
        # Never an empty calendar: programs have wiped every event on one.
        get_logger().warning("a feed could not be read", kind=type(error).__name__)
        return _plain("Try again later.\n", 503, {"Retry-After": _TRY_AGAIN_AFTER})
    return _noted(_answer(found), found)


@route(blueprint, "/meetings/<ref>.ics", policy=signed_in(Action.READ_MEETINGS))
def meeting_file(ref: str) -> ResponseReturnValue:
    """Give one meeting as a calendar to save."""
    download = service.meeting_download(session(), ref, settings().base_url, reader_language())
    headers = {"Content-Disposition": f'attachment; filename="{download.file_name}"', "X-Robots-Tag": "noindex"}
    return Response(download.content, headers=headers, content_type=CONTENT_TYPE)


def _answer(found: Feed) -> Response:
    """Return the feed in the encoding that was asked for, or that it has not changed."""
    accepted, packed = request.accept_encodings, found.body.gzip_body
    is_gzip = packed is not None and accepted["gzip"] > 0 and accepted["gzip"] >= accepted["identity"]
    body, etag = (packed, found.body.gzip_etag) if is_gzip else (found.body.body, found.body.etag)
    headers = {**_SECRET, "ETag": etag, "Cache-Control": _CACHED_FOR, "Vary": "Accept-Encoding"}
    if not_modified(
        request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since"),
        etag=etag, last_modified=found.last_modified,
    ):  # fmt: skip
        return Response(status=304, headers=headers, content_type=CONTENT_TYPE)
    if told := last_modified_header(found.last_modified, database().clock()):
        headers["Last-Modified"] = told
    headers["Content-Disposition"] = 'attachment; filename="entente.ics"'
    if is_gzip:
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, content_type=CONTENT_TYPE)


def _noted(response: Response, found: Feed) -> Response:
    """Note the fetch; when it is time, what was noted is written down after the answer has gone out."""
    log, opened = fetch_log(), database()
    if log.note(found.subscription_id, request.headers.get("User-Agent", ""), opened.clock()):
        response.call_on_close(lambda: flush_fetches(opened, log))
    return response


def _plain(words: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Return a short answer for a program, the same whatever was asked for."""
    told = {**_SECRET, "Cache-Control": "no-store", **(headers or {})}
    return Response(words, status, headers=told, content_type="text/plain; charset=utf-8")
