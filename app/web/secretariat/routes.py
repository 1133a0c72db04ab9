"""Secretariats: those of a mechanism or a meeting, one of them with its people, and the hat that is on."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import Refusal
from app.domain.visibility import Action, Facts, can
from app.i18n import reader_language
from app.models import Appointment, Mechanism, Meeting
from app.services import appointment_lists as lists
from app.services import appointment_members as people
from app.services import appointments as service
from app.services import hats
from app.services.mechanism_facts import find_mechanism
from app.services.meetings import find_meeting
from app.services.practice import ORIGIN
from app.web.forms import put_error
from app.web.routing import database, route, session, signed_in, viewer
from app.web.secretariat.forms import NAME_LIMIT, EndForm, MemberForm, SecretariatForm, member_form, secretariat_form

blueprint = Blueprint("secretariat", __name__)
_READS = signed_in(Action.READ_REGISTER)
_ASKS = signed_in(Action.END_CONSENT)
_NAMES = signed_in(Action.NAME_MEMBERS)
_OWN = signed_in(Action.READ_OWN_PAGES)


# Of a mechanism, of a meeting ----------------------------------------------------------------------


@route(blueprint, "/mechanisms/<code>/secretariat", policy=_READS)
def of_mechanism(code: str) -> ResponseReturnValue:
    """Show who serves a mechanism as secretariat, and who did."""
    return _subject_page(find_mechanism(session(), code), None)


@route(blueprint, "/mechanisms/<code>/secretariat/ask", policy=_ASKS, methods=("GET", "POST"))
def ask_for_mechanism(code: str) -> ResponseReturnValue:
    """Ask the parties of a mechanism for a secretariat."""
    return _ask(find_mechanism(session(), code), None)


@route(blueprint, "/meetings/<ref>/secretariat", policy=_READS)
def of_meeting(ref: str) -> ResponseReturnValue:
    """Show who serves one meeting alone as secretariat."""
    return _subject_page(None, find_meeting(session(), ref))


@route(blueprint, "/meetings/<ref>/secretariat/ask", policy=_ASKS, methods=("GET", "POST"))
def ask_for_meeting(ref: str) -> ResponseReturnValue:
    """Ask the parties of a meeting for a secretariat of its own."""
    return _ask(None, find_meeting(session(), ref))


def _subject_page(mechanism: Mechanism | None, meeting: Meeting | None) -> str:
    makers = service.makers_of(mechanism, meeting)
    return render_template(
        "secretariat/subject.html",
        mechanism=mechanism,
        meeting=meeting,
        parties=words.party_order(makers, reader_language()),
        lines=lists.appointments_of(session(), mechanism=mechanism, meeting=meeting),
        may_ask=can(viewer(), Action.END_CONSENT, Facts(parties=makers)) and not _is_for_nobody(mechanism),
        today=session().now.date(),
    )


def _is_for_nobody(mechanism: Mechanism | None) -> bool:
    """Say whether nothing is put to other parties about it: a proposal in the literature, or the example."""
    return mechanism is not None and (mechanism.status == "proposed" or mechanism.origin == ORIGIN)


def _ask(mechanism: Mechanism | None, meeting: Meeting | None) -> ResponseReturnValue:
    makers = service.makers_of(mechanism, meeting)
    if not can(viewer(), Action.END_CONSENT, Facts(parties=makers)) or _is_for_nobody(mechanism):
        raise Refusal("forbidden")
    form = secretariat_form(service.offices_to_choose(session(), makers), reader_language())
    if request.method != "POST":
        return _ask_page(form, mechanism, meeting)
    if not form.validate():
        return _ask_page(form, mechanism, meeting), 422
    try:
        made = service.ask_to_appoint(session(), form.typed(), mechanism=mechanism, meeting=meeting)
    except Refusal as refusal:
        if refusal.field is None:
            raise
        put_error(form, refusal)
        return _ask_page(form, mechanism, meeting), 422
    flash(_("The parties are asked. It serves once every one of them has said yes."))
    return redirect(url_for("secretariat.secretariat", appointment_id=made.id), 303)


def _ask_page(form: SecretariatForm, mechanism: Mechanism | None, meeting: Meeting | None) -> str:
    makers = service.makers_of(mechanism, meeting)
    language = reader_language()
    asked_of = service.speaking_parties(session(), makers)
    return render_template(
        "secretariat/ask.html",
        form=form,
        mechanism=mechanism,
        meeting=meeting,
        parties=words.party_order(makers, language),
        asked_of=words.list_of([words.party_name(code, language) for code in asked_of], language),
        back=_address(mechanism, meeting),
        name_limit=NAME_LIMIT,
    )


def _address(mechanism: Mechanism | None, meeting: Meeting | None) -> str:
    if meeting is not None:
        return url_for("secretariat.of_meeting", ref=meeting.reference)
    return url_for("secretariat.of_mechanism", code=mechanism.code if mechanism else "")


# One secretariat -----------------------------------------------------------------------------------


@route(blueprint, "/secretariats", policy=_OWN)
def secretariats() -> ResponseReturnValue:
    """List every secretariat that the viewer may see."""
    return render_template("secretariat/list.html", lines=lists.own_appointments(session()), today=session().now.date())


@route(blueprint, "/secretariats/<uuid:appointment_id>", policy=_OWN)
def secretariat(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """Show one secretariat with its people."""
    return _page(appointment_id)


@route(blueprint, "/secretariats/<uuid:appointment_id>/members", policy=_NAMES, methods=("POST",))
def name_member(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """Name somebody who serves."""
    line = lists.line_of(session(), appointment_id)
    form = _member_form(line)
    if not form.validate():
        return _page(appointment_id, form), 422
    try:
        people.name_member(session(), appointment_id, form.typed())
    except Refusal as refusal:
        if refusal.field is None:
            raise
        put_error(form, refusal)
        return _page(appointment_id, form), 422
    flash(_("They serve in it on the days that you gave. They put the hat on at the top of their pages."))
    return redirect(url_for("secretariat.secretariat", appointment_id=appointment_id, _anchor="people"), 303)


@route(
    blueprint, "/secretariats/<uuid:appointment_id>/members/<uuid:member_id>/remove", policy=_NAMES, methods=("POST",)
)
def remove_member(appointment_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """Take somebody off at once."""
    people.remove_member(session(), appointment_id, member_id)
    flash(_("They serve no more, and the hat is off."))
    return redirect(url_for("secretariat.secretariat", appointment_id=appointment_id, _anchor="people"), 303)


@route(blueprint, "/secretariats/<uuid:appointment_id>/end", policy=_ASKS, methods=("GET", "POST"))
def end(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """Ask before a secretariat is ended, and end it."""
    line = lists.line_of(session(), appointment_id)
    form = EndForm()
    if not _may_end(line.appointment):
        raise Refusal("forbidden" if line.state in ("in_force", "to_come") else "not_in_state")
    if request.method != "POST":
        return _end_page(line, form)
    if not form.validate():
        return _end_page(line, form), 422
    try:
        made = service.end_appointment(session(), appointment_id, form.last_on.data)
    except Refusal as refusal:
        if refusal.field is None:
            raise
        put_error(form, refusal)
        return _end_page(line, form), 422
    flash(_("It is ended.") if made.ended_at else _("It ends after the day that you gave."))
    return redirect(url_for("secretariat.secretariat", appointment_id=appointment_id), 303)


def _may_end(made: Appointment) -> bool:
    is_maker = can(viewer(), Action.END_CONSENT, Facts(parties=frozenset(made.parties)))
    return is_maker and service.holds(made, session().now.date())


def _end_page(line: lists.AppointmentLine, form: EndForm) -> str:
    return render_template("secretariat/end.html", line=line, made=line.appointment, form=form)


def _member_form(line: lists.AppointmentLine) -> MemberForm:
    return member_form(people.nameable_people(session()), is_joint=line.office is None)


def _page(appointment_id: uuid.UUID, form: MemberForm | None = None) -> str:
    line = lists.line_of(session(), appointment_id)
    made, today = line.appointment, session().now.date()
    mechanism, meeting = service.subject_of(session(), made)
    may_name = line.state != "over" and people.may_name(session(), made, line.office)
    return render_template(
        "secretariat/secretariat.html",
        line=line,
        made=made,
        mechanism=mechanism,
        meeting=meeting,
        parties=words.party_order(made.parties, reader_language()),
        members=people.members_of(session(), made, line.office),
        may_name=may_name,
        form=(form or _member_form(line)) if may_name else None,
        may_end=_may_end(made),
        today=today,
    )


# Hats ----------------------------------------------------------------------------------------------


@route(blueprint, "/hat", policy=_OWN)
def hat() -> ResponseReturnValue:
    """Show the secretariats that the viewer serves in today, and which of them they act for."""
    who = viewer()
    return render_template("secretariat/hat.html", own=who.lent_by or who.party, worn=who.hats, spare=who.spare_hats)


@route(blueprint, "/hat", policy=signed_in(Action.READ_OWN_PAGES, opens_session=False), methods=("POST",))
def wear() -> ResponseReturnValue:
    """Put a hat on, or take it off; the next page is the first one, since this one may not be theirs any more."""
    try:
        chosen = uuid.UUID(request.form["appointment"]) if request.form.get("appointment") else None
    except ValueError:
        raise Refusal("not_your_hat") from None
    hats.put_on(database(), viewer(), str(cookie.get("sign_in", "")), chosen)
    return redirect(url_for("home.home"), 303)
