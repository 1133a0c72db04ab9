"""What is mended of an action after it was recorded: what it says, and legs that were missing."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.action_kinds import NATIONAL
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action as Permission
from app.i18n import reader_language
from app.models import Action
from app.services import action_edits as service
from app.services.action_edits import NewLeg
from app.services.action_lines import ActionLine
from app.web.actions.blueprint import blueprint
from app.web.actions.content_forms import ContentForm, both_texts, edit_form, typed_content
from app.web.actions.forms import NewLegForm
from app.web.forms import day, put_error
from app.web.routing import route, session, signed_in, viewer

_POLICY = signed_in(Permission.EDIT_ACTION)


@route(blueprint, "/actions/<ref>/edit", policy=_POLICY, methods=("GET", "POST"))
def edit_action(ref: str) -> ResponseReturnValue:
    """Show what an action says, and save what is changed of it."""
    line = service.line_to_edit(session(), ref)
    form = edit_form(line.action, _codes(line), reader_language())
    if request.method != "POST":
        return _edit_page(line, form, service.content_version(line.action))
    version = request.form.get("version", "")
    try:
        service.edit_action(session(), ref, typed_content(form, line.parties, line.action), version=version)
    except StaleVersion as stale:
        rows = both_texts(form, stale.yours, stale.theirs)
        return _edit_page(line, form, service.content_version(line.action), rows), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _edit_page(line, form, version), 422
    flash(_("Saved. What it said before stays in the history."))
    return redirect(url_for("actions.action", ref=line.action.reference), 303)


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


def _codes(line: ActionLine) -> list[str]:
    return words.party_order(line.parties, reader_language())


def _edit_page(line: ActionLine, form: ContentForm, version: str, rows: Any = None) -> str:
    """Return the page of what is changed; what another party said of its own version is read there, not written."""
    kept = dict(line.action.kind_facts.get(NATIONAL) or {})
    foreign = {code: text for code, text in kept.items() if not _is_own(code)}
    return render_template(
        "actions/edit.html", action=line.action, form=form, version=version, compared=rows, codes=_codes(line),
        foreign=foreign,
    )  # fmt: skip


def _is_own(code: str) -> bool:
    return viewer().sits_at_a_table and viewer().party == code


def _leg_page(found: Action, form: NewLegForm) -> str:
    return render_template("actions/add_leg.html", action=found, form=form)
