"""Conditional requests: whether a client already has what it asks for (RFC 9110, 13.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def not_modified(
    if_none_match: str | None, if_modified_since: str | None, *, etag: str, last_modified: datetime | None
) -> bool:
    """Return whether a GET or HEAD is to be answered with 304.

    `etag` is the strong tag (quoted) of the very bytes that would be sent, `last_modified` (aware) when
    they last changed. The tag is compared weakly: a proxy that compressed the answer hands it back as
    `W/`. With an If-None-Match the date is not looked at, nor is it where it cannot be read.
    """
    if if_none_match is not None:
        return _has_tag(if_none_match, etag)
    since = _http_date(if_modified_since)
    if since is None or last_modified is None:
        return False
    return last_modified.astimezone(UTC).replace(microsecond=0) <= since


def last_modified_header(last_modified: datetime | None, now: datetime) -> str | None:
    """Return the Last-Modified header for bytes that changed then (both aware), or None while it could mislead.

    HTTP dates count whole seconds: until the second of the change is over, another change could bear
    the same date, and a client that sends nothing else would never see it.
    """
    if last_modified is None:
        return None
    second = last_modified.astimezone(UTC).replace(microsecond=0)
    return format_datetime(second, usegmt=True) if now >= second + timedelta(seconds=1) else None


def _has_tag(header: str, etag: str) -> bool:
    """Return whether an If-None-Match names the tag, in any of its forms; a malformed one names nothing."""
    if header.strip() == "*":
        return True
    is_list = not _TAG.sub("", header).strip(" \t,")
    return is_list and etag in _TAG.findall(header)


def _http_date(header: str | None) -> datetime | None:
    """Return an HTTP date as an aware instant, or None where it is none."""
    try:
        found = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
