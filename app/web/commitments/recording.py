"""Recording a commitment, at a meeting or alone."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from app import words
from app.domain.errors import Refusal
from app.domain.visibility import Action
from app.i18n import reader_language
from app.models import Meeting
from app.services import commitment_acts as service
from app.services.action_acts import parties_to_choose
from app.web.commitments.blueprint import blueprint
from app.web.commitments.forms import new_commitment_form, typed_commitment
from app.web.commitments.showing import address_of
from app.web.forms import put_error
from app.web.routing import route, session, signed_in, viewer


@route(blueprint, "/commitments/new", policy=signed_in(Action.RECORD_COMMITMENT), methods=("GET", "POST"))
def new_commitment() -> ResponseReturnValue:
    """Record a commitment of the meeting that the address names, or of none."""
    reference = request.args.get("meeting") or None
    meeting = service.meeting_to_record_at(session(), reference) if reference else None
    if meeting is None and not service.may_record_alone(session()):
        raise Refusal("forbidden")
    parties, language = parties_to_choose(session(), meeting), reader_language()
    form = new_commitment_form(parties, viewer().party, language)
    codes = words.party_order([party.code for party in parties], language)
    if request.method != "POST":
        return _new_page(form, codes, meeting)
    if not form.validate():
        return _new_page(form, codes, meeting), 422
    try:
        found = service.record_commitment(
            session(), typed_commitment(form, parties, language), meeting.reference if meeting else None
        )
    except Refusal as refusal:
        put_error(form, _renamed(refusal))
        return _new_page(form, codes, meeting), 422
    flash(_("The commitment is recorded as %(reference)s.", reference=found.ref))
    return redirect(address_of(found), 303)


def _renamed(refusal: Refusal) -> Refusal:
    """Return a refusal of a clock with its field as this form names it."""
    fields = {"days": "clock_days", "kind": "clock_kind"}
    if refusal.field in fields:
        return Refusal(refusal.key, field=fields[refusal.field], **refusal.values)
    return refusal


def _new_page(form: FlaskForm, codes: list[str], meeting: Meeting | None) -> str:
    back = url_for("meetings.meeting", ref=meeting.reference) if meeting else url_for("commitments.commitments")
    return render_template("commitments/new.html", form=form, codes=codes, meeting=meeting, back=back)
