"""The mails about a meeting, for who made them: held ones as they would read now, to be sent or dropped."""

from __future__ import annotations

import uuid
from email.headerregistry import Address

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels, words
from app.domain.visibility import Action
from app.extension import settings
from app.i18n import reader_language
from app.services import dispatch_acts as service
from app.services.mail_content import Letterhead
from app.web.routing import route, session, signed_in, viewer

blueprint = Blueprint("dispatches", __name__)
_RELEASES = signed_in(Action.RELEASE_MAILS)


@route(blueprint, "/meetings/<ref>/mails", policy=_RELEASES)
def mails(ref: str) -> ResponseReturnValue:
    """Show what the viewer's side has held and sent about a meeting."""
    found = service.mails_of(session(), ref, _letterhead())
    language = reader_language()
    return render_template(
        "dispatches/mails.html",
        found=found,
        meeting=found.meeting,
        own_city=words.city_of(viewer().time_zone, language, viewer().party),
    )


@route(blueprint, "/meetings/<ref>/mails/send", policy=_RELEASES, methods=("POST",))
def send(ref: str) -> ResponseReturnValue:
    """Send the mails about a meeting that are held."""
    meeting = service.send_held(session(), ref)
    flash(_("The mails go out now. Each says what stands."))
    return redirect(url_for("dispatches.mails", ref=meeting.reference), 303)


@route(blueprint, "/mails/<uuid:dispatch_id>/drop", policy=_RELEASES, methods=("GET", "POST"))
def drop(dispatch_id: uuid.UUID) -> ResponseReturnValue:
    """Ask whether held mails are to be dropped, and drop them."""
    if request.method != "POST":
        meeting, held = service.find_held(session(), dispatch_id)
        what = labels.label("mail_kind", held.kind, reader_language())
        return render_template("dispatches/drop.html", meeting=meeting, held=held, what=what)
    meeting = service.drop_held(session(), dispatch_id)
    flash(_("The mails are dropped. Nobody gets them."))
    return redirect(url_for("dispatches.mails", ref=meeting.reference), 303)


def _letterhead() -> Letterhead:
    """Return what a mail that is only looked at has: its links lead here, and none is signed."""
    return Letterhead(settings().base_url, Address("Entente", "entente", "localhost"), "")
