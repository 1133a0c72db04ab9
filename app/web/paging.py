"""The page of a list that an address asks for."""

from __future__ import annotations

from flask import request

from app.domain.errors import NotFound


def page_number() -> int:
    """Return the number after `page=`, 1 without one; raises `NotFound` for what is no number of a page."""
    written = request.args.get("page", "1")
    if not (written.isascii() and written.isdigit() and len(written) <= 6):
        raise NotFound
    return int(written)
