"""The papers that a viewer may see, and each of them as a file."""

from __future__ import annotations

import re
import unicodedata
import uuid
from urllib.parse import quote

from flask import Blueprint, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from app import words
from app.domain.visibility import Action
from app.i18n import reader_language
from app.services import documents as service
from app.web.paging import page_number
from app.web.routing import route, session, signed_in, viewer

blueprint = Blueprint("documents", __name__)


@route(blueprint, "/documents", policy=signed_in(Action.READ_MEETINGS))
def documents() -> ResponseReturnValue:
    """List the papers that the viewer may see."""
    page = page_number()
    found = service.documents(session(), page)
    return render_template(
        "documents/list.html",
        found=found,
        own_city=words.city_of(viewer().time_zone, reader_language(), viewer().party),
        before=url_for("documents.documents", page=page - 1) if page > 1 else None,
        after=url_for("documents.documents", page=page + 1) if page < found.page_count else None,
    )


@route(blueprint, "/documents/<uuid:document_id>", policy=signed_in(Action.READ_MEETINGS))
def document(document_id: uuid.UUID) -> ResponseReturnValue:
    """Hand over a paper to be saved; nothing in it is ever run or shown as ours."""
    found = service.document(session(), document_id)
    response = make_response(found.content)
    charset = "; charset=utf-8" if found.media_type == "text/plain" else ""
    response.headers["Content-Type"] = f"{found.media_type}{charset}"
    response.headers["Content-Disposition"] = attachment(found.file_name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def attachment(file_name: str) -> str:
    """Return the Content-Disposition for a file to be saved under that name (RFC 6266, RFC 8187)."""
    bare = unicodedata.normalize("NFKD", file_name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9 ._()+,@-]", "_", bare).strip() or "paper"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
