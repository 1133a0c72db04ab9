"""The guests of a meeting: to whom it is released, asking the parties for one more, and taking it back."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import Refusal
from app.domain.visibility import Action
from app.i18n import reader_language
from app.models import Meeting
from app.services import releases as service
from app.services.appointments import speaking_parties
from app.services.meetings import find_meeting
from app.web.forms import put_error
from app.web.meetings.clocks import promised
from app.web.releases.forms import ReleaseForm, release_form
from app.web.routing import route, session, signed_in, viewer

blueprint = Blueprint("releases", __name__)


@route(blueprint, "/meetings/<ref>/guests", policy=signed_in(Action.READ_REGISTER))
def guests(ref: str) -> ResponseReturnValue:
    """Show to whom a meeting is released, and what is asked."""
    found = find_meeting(session(), ref)
    return _page(found, _form(found))


@route(blueprint, "/meetings/<ref>/guests", policy=signed_in(Action.KEEP_MECHANISM), methods=("POST",))
def ask(ref: str) -> ResponseReturnValue:
    """Ask every chosen party to release the meeting to a guest."""
    found = find_meeting(session(), ref)
    form = _form(found)
    if not form.validate():
        return _page(found, form), 422
    try:
        decision = service.ask_to_release(session(), ref, form.typed())
    except Refusal as refusal:
        if refusal.field is None:
            raise
        put_error(form, refusal)
        return _page(found, form), 422
    if decision.state == "taken":
        flash(_("The meeting is released to the guest."))
    else:
        flash(_("The parties are asked. The guest sees it once every one of them has said yes."))
    return redirect(url_for("releases.guests", ref=found.reference), 303)


@route(
    blueprint, "/meetings/<ref>/guests/<uuid:release_id>/withdraw", policy=signed_in(Action.END_CONSENT),
    methods=("POST",),
)  # fmt: skip
def withdraw(ref: str, release_id: uuid.UUID) -> ResponseReturnValue:
    """Take a meeting back from a guest at once."""
    service.withdraw_release(session(), ref, release_id)
    flash(_("It is taken back. The guest does not see the meeting any more."))
    return redirect(url_for("releases.guests", ref=ref), 303)


def _form(found: Meeting) -> ReleaseForm:
    return release_form(service.papers_to_choose(session(), found))


def _page(found: Meeting, form: ReleaseForm) -> str:
    language = reader_language()
    codes = [row.party_code for row in found.parties]
    asked_of = words.party_order(speaking_parties(session(), codes), language)
    return render_template(
        "releases/guests.html",
        meeting=found,
        title=promised(found, language),
        guests=service.guests_of(session(), found),
        form=form,
        parties=words.party_order(codes, language),
        own_city=words.city_of(viewer().time_zone, language, viewer().party),
        asked_of=words.list_of([words.party_name(code, language) for code in asked_of], language),
    )
