"""The register of mechanisms, its shelf of proposals, and the page of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, get_args

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app import words
from app.domain.catalogue_types import Level, Status
from app.domain.visibility import Action
from app.i18n import as_typed, reader_language
from app.services import mechanisms as service
from app.services.mechanism_sources import citations
from app.services.mechanisms import Filters, MechanismView, Register, RegisterRow
from app.services.meetings import MeetingLine
from app.web.mechanisms.hosts import rota_of
from app.web.mechanisms.periods import axis_of, period_marks, small_strip
from app.web.mechanisms.shelf import shelves_of
from app.web.meetings.listing import row_of
from app.web.routing import route, session, signed_in, viewer

blueprint = Blueprint("mechanisms", __name__)

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


@route(blueprint, "/mechanisms/<code>", policy=signed_in(Action.READ_REGISTER))
def mechanism(code: str) -> ResponseReturnValue:
    """Show one mechanism."""
    found = service.mechanism_view(session(), code)
    language = reader_language()
    return render_template(
        "mechanisms/mechanism.html",
        found=found,
        facts=found.facts,
        page=found.page,
        strips=strips_of(found),
        rota=rota_of(found),
        record_note=record_note(found),
        mandate_sources=citations(found.facts.mandate.pointer),
        coming=[row_of(MeetingLine(meeting, None), viewer(), language) for meeting in found.coming],
        columns=words.party_order(owing_parties(found), language),
        today=service.today_for(session()),
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


def owing_parties(found: MechanismView) -> set[str]:
    """Return the parties that the table of open actions has a column for."""
    return {*found.facts.parties, *(code for line in found.actions for code in line.legs)}


def record_note(found: MechanismView) -> str:
    """Return how many meetings the record tells of, by their numbers where they have them."""
    counts = found.page.counts
    if counts.by_number is None:
        return ""
    said = ngettext(
        "%(num)s meeting by number; attested: %(attested)s",
        "%(num)s meetings by number; attested: %(attested)s",
        counts.by_number,
        attested=counts.attested,
    )
    return str(said)


def strips_of(found: MechanismView) -> Iterable[tuple[tuple[str, ...], object]]:
    """Return, for each set of parties that a mechanism runs by, the marks of its periods."""
    return [
        (
            tuple(sorted(channel.parties)),
            period_marks(channel.periods, found.record, reader_language(), owes=found.row.has_date_to_agree),
        )
        for channel in found.page.channels
        if channel.periods
    ]
