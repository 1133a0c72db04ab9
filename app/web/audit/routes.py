"""What a viewer may see of the audit record."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import labels
from app.domain.visibility import Action
from app.i18n import reader_language
from app.services import audit as service
from app.web.routing import route, session, signed_in

blueprint = Blueprint("audit", __name__)


@route(blueprint, "/audit", policy=signed_in(Action.READ_AUDIT))
def audit() -> ResponseReturnValue:
    """List the acts that the viewer may see, newest first, of one kind or of all."""
    kinds = service.actions_seen(session())
    chosen = request.args.get("act") or None
    # An act that the viewer has seen none of is answered like one that there is none of.
    before = _instant(request.args.get("before"))
    page = service.acts_seen(session(), chosen, before) if chosen in {None, *kinds} else None
    words = labels.labels("audit_action", reader_language())
    older = url_for("audit.audit", act=chosen, before=page.older.isoformat()) if page and page.older else None
    return render_template(
        "audit/audit.html",
        entries=page.entries if page else [],
        words=words,
        choices=sorted(((kind, words.get(kind, kind)) for kind in kinds), key=lambda pair: pair[1].casefold()),
        chosen=chosen,
        older=older,
        begins_later="before" in request.args,
        plain=_plain,
    )


def _instant(written: str | None) -> dt.datetime | None:
    """Return the instant that a page of the record begins before; none for what is not one."""
    try:
        found = dt.datetime.fromisoformat(written) if written else None
        return found.astimezone(dt.UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _plain(value: Any) -> str:
    """Return a fact of the record as one short text, as it is stored."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(part)}" for key, part in sorted(value.items()))
    if isinstance(value, (list, tuple)):
        return ", ".join(_plain(part) for part in value)
    return "" if value is None else str(value)
