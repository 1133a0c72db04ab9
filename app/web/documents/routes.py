"""The register of documents, one document, and the files themselves."""

from __future__ import annotations

import re
import unicodedata
import uuid
from typing import Any
from urllib.parse import quote

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import labels, words
from app.domain.visibility import Action, Role, can
from app.i18n import reader_language
from app.models.documents import LANGUAGE_STATES
from app.services import document_register as register
from app.services import documents as service
from app.services.document_acts import KINDS_FILED, may_change, may_keep
from app.services.document_places import items_to_choose, places_of
from app.services.document_register import DUE, DocumentFilter, DocumentView
from app.services.meetings import mechanisms_with_meetings
from app.services.registered_documents import LANGUAGES
from app.web.documents import acts as _acts  # noqa: F401 - its routes
from app.web.documents import notes as _notes  # noqa: F401 - its routes
from app.web.documents.blueprint import blueprint
from app.web.forms import named_choices
from app.web.paging import page_number
from app.web.routing import route, session, signed_in, viewer

__all__ = ["attachment", "blueprint"]
FILTERS = ("meeting", "mechanism", "symbol", "language", "state", "due")


@route(blueprint, "/documents", policy=signed_in(Action.READ_MEETINGS))
def documents() -> ResponseReturnValue:
    """List the documents of the register that the viewer may see."""
    page = page_number()
    chosen = {name: request.args.get(name, "").strip() for name in FILTERS}
    found = register.register_of(session(), DocumentFilter(**chosen), page)
    asked: dict[str, Any] = {name: value for name, value in chosen.items() if value}
    return render_template(
        "documents/register.html",
        found=found,
        chosen=chosen,
        is_narrowed=bool(asked),
        choices=_filter_choices(),
        can_file=can(viewer(), Action.DRAFT_MEETING),
        has_notes=can(viewer(), Action.KEEP_NOTES_VERBALES),
        before=url_for("documents.documents", page=page - 1, **asked) if page > 1 else None,
        after=url_for("documents.documents", page=page + 1, **asked) if page < found.page_count else None,
    )


def _filter_choices() -> dict[str, list[tuple[str, str]]]:
    language = reader_language()
    mechanisms = named_choices(mechanisms_with_meetings(session()), language) if viewer().role is not Role.GUEST else []
    return {
        "mechanism": mechanisms,
        "language": [(code, labels.label("language", code, language)) for code in LANGUAGES],
        "state": [(key, labels.label("language_state", key, language)) for key in LANGUAGE_STATES],
        "due": [(key, labels.label("paper_standing", key, language)) for key in DUE],
    }


@route(blueprint, "/documents/files", policy=signed_in(Action.READ_MEETINGS))
def files() -> ResponseReturnValue:
    """List the files that the viewer may see, those of answers, notes and statements among them."""
    page = page_number()
    found = service.documents(session(), page)
    return render_template(
        "documents/list.html",
        found=found,
        own_city=words.city_of(viewer().time_zone, reader_language(), viewer().party),
        before=url_for("documents.files", page=page - 1) if page > 1 else None,
        after=url_for("documents.files", page=page + 1) if page < found.page_count else None,
    )


@route(blueprint, "/documents/<symbol:ref>", policy=signed_in(Action.READ_MEETINGS))
def registered(ref: str) -> ResponseReturnValue:
    """Show one document, by its symbol with dashes; by its id without a symbol."""
    view = register.document_view(session(), ref)
    return render_template("documents/document.html", view=view, **_shown(view))


def _shown(view: DocumentView) -> dict[str, Any]:
    """Return what the page of a document shows beside it, and what the viewer may do."""
    document = view.line.document
    changes = may_change(session(), document, view.facts)
    return {
        "document": document,
        "line": view.line,
        "codes": LANGUAGES,
        "may_change": changes,
        "may_keep": may_keep(session(), document, view.facts) and document.kind in KINDS_FILED,
        "may_attach": may_keep(session(), document, view.facts),
        "places": places_of(session(), document),
        "items": [
            (str(item.id), words.pick(item.title, reader_language())[0])
            for item in items_to_choose(session(), document)
        ],
        "own_city": words.city_of(viewer().time_zone, reader_language(), viewer().party),
        "named": _named(view),
    }


def _named(view: DocumentView) -> list[str]:
    """Return the named delegations by their names; who the named persons are is not repeated to one another."""
    document = view.line.document
    if document.handling_step != "delegations":
        return []
    language = reader_language()
    parties = sorted(view.facts.parties)
    return [words.party_name(code, language) for code in words.party_order(parties, language)]


# The files ----------------------------------------------------------------------------------------


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
