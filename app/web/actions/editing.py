"""What is mended of an action after it was recorded: its title, and legs that were missing."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action as Permission
from app.i18n import reader_language
from app.models import Action
from app.services import action_edits as service
from app.services.action_edits import NewLeg
from app.services.action_lines import ActionLine
from app.web.actions.blueprint import blueprint
from app.web.actions.forms import NewLegForm, TitleForm
from app.web.forms import compared, day, put_error, titles_of, typed_titles
from app.web.routing import route, session, signed_in

_POLICY = signed_in(Permission.EDIT_ACTION)


@route(blueprint, "/actions/<ref>/title", policy=_POLICY, methods=("GET", "POST"))
def correct_title(ref: str) -> ResponseReturnValue:
    """Show the title of an action in its languages, and save what is corrected of it."""
    found = service.line_to_edit(session(), ref).action
    form = TitleForm(data=titles_of(found.title))
    if request.method != "POST":
        return _title_page(found, form, service.title_version(found))
    version = request.form.get("version", "")
    try:
        service.correct_title(session(), ref, typed_titles(form), version=version)
    except StaleVersion as stale:
        rows = compared(form, stale.yours, stale.theirs)
        return _title_page(found, form, service.title_version(found), rows), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _title_page(found, form, version), 422
    flash(_("The title is corrected. The earlier one stays in the history."))
    return redirect(url_for("actions.action", ref=found.reference), 303)


@route(blueprint, "/actions/<ref>/legs", policy=_POLICY, methods=("GET", "POST"))
def add_leg(ref: str) -> ResponseReturnValue:
    """Add a leg for a party that sees the action and owes nothing of it yet."""
    line = service.line_to_edit(session(), ref)
    form = _leg_form(line)
    if request.method != "POST":
        return _leg_page(line.action, form)
    try:
        new = NewLeg(form.party.data or "", form.person_name.data, day(form.due_on.data, "due_on"))
        service.add_leg(session(), ref, new)
    except Refusal as refusal:
        put_error(form, refusal)
        return _leg_page(line.action, form), 422
    flash(_("The leg is added."))
    return redirect(url_for("actions.action", ref=line.action.reference), 303)


def _leg_form(line: ActionLine) -> NewLegForm:
    language = reader_language()
    form = NewLegForm()
    codes = words.party_order(line.without_leg, language)
    form.party.choices = [(code, words.party_name(code, language)) for code in codes]
    return form


def _title_page(found: Action, form: TitleForm, version: str, rows: Any = None) -> str:
    return render_template("actions/title.html", action=found, form=form, version=version, compared=rows)


def _leg_page(found: Action, form: NewLegForm) -> str:
    return render_template("actions/add_leg.html", action=found, form=form)
