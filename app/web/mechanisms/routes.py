"""The page of a mechanism."""

from __future__ import annotations

from collections.abc import Iterable

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app import words
from app.domain.visibility import Action
from app.i18n import reader_language
from app.services import mechanisms as service
from app.services.appointment_lists import serving_names
from app.services.mechanism_sources import citations
from app.services.mechanisms import MechanismView
from app.services.meetings import MeetingLine
from app.services.poll_lines import polls_of_mechanism
from app.services.practices import practices
from app.services.register import today_for
from app.web.mechanisms import entry as _entry  # noqa: F401 - its routes are on the same blueprint
from app.web.mechanisms import fates as _fates  # noqa: F401 - its routes are on the same blueprint
from app.web.mechanisms import register as _register  # noqa: F401 - its routes are on the same blueprint
from app.web.mechanisms.blueprint import blueprint
from app.web.mechanisms.facts import kept_facts
from app.web.mechanisms.hosts import rota_of
from app.web.mechanisms.periods import period_marks
from app.web.meetings.listing import row_of
from app.web.routing import route, session, signed_in, viewer
from app.web.texts.opt_ins import silence_parts

__all__ = ["blueprint"]


@route(blueprint, "/mechanisms/<code>", policy=signed_in(Action.READ_REGISTER))
def mechanism(code: str) -> ResponseReturnValue:
    """Show one mechanism."""
    found, language = service.mechanism_view(session(), code), reader_language()
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
        between=[row_of(MeetingLine(meeting, None), viewer(), language) for meeting in found.between],
        columns=words.party_order(owing_parties(found), language),
        today=today_for(session()),
        kept=kept_facts(found),
        serving=serving_names(session(), found.facts.code),
        silence_parts=silence_parts(found.mechanism),
        polls=polls_of_mechanism(session(), found.mechanism_id) if found.poll_count else (),
        practices=practices(session(), found.mechanism_id),
    )


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
