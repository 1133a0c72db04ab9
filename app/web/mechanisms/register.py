"""The register of mechanisms, and its shelf of proposals in the literature."""

from __future__ import annotations

from typing import Final, get_args

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.domain.catalogue_types import Level, Status
from app.domain.visibility import Action
from app.i18n import as_typed, reader_language
from app.services import register as service
from app.services.register import Filters, Register, RegisterRow
from app.web.mechanisms.blueprint import blueprint
from app.web.mechanisms.periods import axis_of, small_strip
from app.web.mechanisms.shelf import shelves_of
from app.web.routing import route, session, signed_in

WORDS_LIMIT: Final = 200
SHELF: Final = "proposals"


@route(blueprint, "/mechanisms", policy=signed_in(Action.READ_REGISTER))
def register() -> ResponseReturnValue:
    """Show the register, or its shelf of proposals, narrowed by what the address asks for."""
    filters = asked_filters()
    is_shelf = request.args.get("shelf") == SHELF
    found = service.register(session(), filters, reader_language(), shelf=is_shelf)
    axis = axis_of(found)
    return render_template(
        "mechanisms/shelf.html" if is_shelf else "mechanisms/register.html",
        register=found,
        filters=filters,
        groups=groups_of(found),
        shelves=shelves_of(found.rows) if is_shelf else (),
        axis=axis,
        today=service.today_for(session()),
        strips={row.facts.ref: small_strip(row, axis, reader_language()) for row in found.rows},
    )


def asked_filters() -> Filters:
    """Return what the address asks to narrow the register to; what is no level and no status filters nothing."""
    level, status = request.args.get("level"), request.args.get("status")
    return Filters(
        words=as_typed(request.args.get("words", "")).strip()[:WORDS_LIMIT],
        parties=request.args.get("parties") or None,
        level=level if level in get_args(Level) else None,
        status=status if status in get_args(Status) else None,
    )


def groups_of(found: Register) -> list[tuple[str, list[RegisterRow]]]:
    """Return the rows by the groups of the register, in its order."""
    groups: dict[str, list[RegisterRow]] = {}
    for row in found.rows:
        groups.setdefault(row.group, []).append(row)
    return list(groups.items())
