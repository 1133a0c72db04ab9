"""The roster of a meeting: who goes for each party, in which order, and the list of participants to take away."""

from __future__ import annotations

from flask import Response, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action
from app.i18n import party_name, reader_language
from app.models import Meeting
from app.services import precedence as order_service
from app.services.participants import FORMS, participants_taken
from app.services.rosters import RosterView
from app.web.forms import compared, put_error, sent_version
from app.web.rosters import attendance as _attendance  # noqa: F401 - its routes
from app.web.rosters import entries as _entries  # noqa: F401 - its routes
from app.web.rosters.blueprint import blueprint
from app.web.rosters.forms import OrderForm, order_form, typed_order
from app.web.rosters.page import address, readable_roster, shown
from app.web.routing import route, session, signed_in

__all__ = ["blueprint"]

_READS = signed_in(Action.RECORD_ATTENDANCE)


@route(blueprint, "/meetings/<ref>/roster", policy=_READS)
def roster(ref: str) -> ResponseReturnValue:
    """Show who goes to a meeting, with what the viewer may do about it."""
    return render_template("rosters/roster.html", **shown(*readable_roster(ref)))


@route(blueprint, "/meetings/<ref>/roster/order", policy=signed_in(Action.KEEP_PROTOCOL), methods=("GET", "POST"))
def order(ref: str) -> ResponseReturnValue:
    """Show the order of precedence, and set it."""
    meeting, view = readable_roster(ref)
    if not view.may_steer:
        raise Refusal("forbidden")
    form = order_form(reader_language(), view.order.parties, order_service.fields_of(view.order))
    if request.method != "POST":
        return _order_page(meeting, view, form)
    try:
        order_service.set_precedence(session(), ref, typed_order(form), sent_version())
    except StaleVersion as stale:
        rows = compared(form, stale.yours, stale.theirs, {"first_party": party_name})
        return _order_page(meeting, view, form, rows), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _order_page(meeting, view, form), 422
    flash(_("The order of the parties is set."))
    return redirect(address(meeting), 303)


@route(blueprint, "/meetings/<ref>/roster.pdf", policy=_READS)
def participants_pdf(ref: str) -> ResponseReturnValue:
    """Give the list of participants as a tagged PDF, in the language asked for."""
    return _taken(ref, "pdf")


@route(blueprint, "/meetings/<ref>/roster.docx", policy=_READS)
def participants_docx(ref: str) -> ResponseReturnValue:
    """Give the list of participants as a text document, in the language asked for."""
    return _taken(ref, "docx")


def _taken(ref: str, form: str) -> Response:
    g.language_is_of_this_page_alone = True
    language = reader_language()
    name, content = participants_taken(session(), ref, form, language)
    how = "inline" if form == "pdf" else "attachment"
    headers = {"Content-Disposition": f'{how}; filename="{name}"', "Content-Language": language}
    return Response(content, mimetype=FORMS[form], headers=headers)


def _order_page(
    meeting: Meeting, view: RosterView, form: OrderForm, rows: list[tuple[str, str, str]] | None = None
) -> str:
    """Return the form of the order; who lost a race saves over what stands now."""
    protocol = view.order.protocol
    return render_template(
        "rosters/order.html", meeting=meeting, view=view, form=form, compared=rows,
        version=protocol.version if protocol else 0, back=address(meeting),
    )  # fmt: skip
