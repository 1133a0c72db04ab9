"""Updates on an action: notes, that nothing is new, what other parties told, and all that ever happened to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain import documents as papers
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action as Permission
from app.i18n import reader_language
from app.models import Action, ActionNote
from app.services import actions as service
from app.services import reported_updates as reports
from app.services import updates
from app.services.action_lines import ActionLine
from app.services.timeline import KINDS, timeline_of
from app.web.actions.blueprint import blueprint
from app.web.actions.forms import NoteForm, note_form
from app.web.actions.page import action_page
from app.web.actions.timeline import history_page
from app.web.actions.update_forms import (
    ReportForm,
    report_form,
    typed_evidence,
    typed_report,
    update_form,
)
from app.web.forms import put_error, sent_version
from app.web.papers import ENDINGS
from app.web.routing import route, session, signed_in

_NOTES = signed_in(Permission.NOTE_ACTION)
_OWN_LEG = signed_in(Permission.UPDATE_LEG)


# Notes ----------------------------------------------------------------------------------------------


@route(blueprint, "/actions/<ref>/notes", policy=_NOTES, methods=("POST",))
def add_note(ref: str) -> ResponseReturnValue:
    """Add a note, with what bears it out."""
    found = service.find_action(session(), ref)
    form = update_form(reader_language())
    try:
        note = updates.add_note(session(), ref, form.text.data or "", form.language.data or "", typed_evidence(form))
    except Refusal as refusal:
        put_error(form, refusal)
        return action_page(service.action_view(session(), ref), form), 422
    flash(_("The note is added."))
    return _to_note(found, note)


@route(blueprint, "/actions/<ref>/notes/<uuid:note_id>", policy=_NOTES, methods=("GET", "POST"))
def correct_note(ref: str, note_id: uuid.UUID) -> ResponseReturnValue:
    """Show a note to those who may correct it, and let a new one stand in its place."""
    found, note = updates.note_to_correct(session(), ref, note_id)
    form = note_form(reader_language(), {"text": note.text, "language": note.language})
    said = _("The correction is saved. The earlier note stays readable beneath it.")
    return _later_note("actions/note.html", (found, note), form, updates.correct_note, said)


@route(blueprint, "/actions/<ref>/no-change", policy=_OWN_LEG, methods=("POST",))
def say_no_change(ref: str) -> ResponseReturnValue:
    """Say for one's own party that nothing is new, in one press."""
    found = service.find_action(session(), ref)
    note = updates.say_no_change(session(), ref)
    flash(_("Kept: nothing is new. Everybody who sees this action sees it."))
    return _to_note(found, note)


# What other parties told ----------------------------------------------------------------------------


@route(blueprint, "/actions/<ref>/reported", policy=signed_in(Permission.REPORT_UPDATE), methods=("GET", "POST"))
def report_update(ref: str) -> ResponseReturnValue:
    """Enter what another party told by mail, note or telephone."""
    line = reports.line_to_report(session(), ref)
    form = report_form(reports.parties_to_report(session(), line), reader_language())
    if form.is_submitted():
        try:
            note = reports.report_update(session(), ref, typed_report(form))
        except Refusal as refusal:
            put_error(form, refusal)
            return _report_page(line, form), 422
        flash(_("Entered as reported. It changes nothing of their leg until they take it over."))
        return _to_note(line.action, note)
    return _report_page(line, form)


@route(blueprint, "/actions/<ref>/notes/<uuid:note_id>/take-over", policy=_OWN_LEG, methods=("POST",))
def take_over(ref: str, note_id: uuid.UUID) -> ResponseReturnValue:
    """Make what others reported of one's own party its own word, in one press."""
    found = reports.take_over(session(), ref, note_id, version=sent_version())
    flash(_("Taken over: it is your party’s own word now."))
    return redirect(url_for("actions.action", ref=found.reference), 303)


@route(blueprint, "/actions/<ref>/notes/<uuid:note_id>/contest", policy=_OWN_LEG, methods=("GET", "POST"))
def contest(ref: str, note_id: uuid.UUID) -> ResponseReturnValue:
    """Contest what others reported of one's own party."""
    found, note = reports.report_to_answer(session(), ref, note_id)
    form = note_form(reader_language())
    said = _("Your note stands above what it contests.")
    return _later_note("actions/contest.html", (found, note), form, reports.contest, said)


# All that happened ----------------------------------------------------------------------------------


@route(blueprint, "/actions/<ref>/history", policy=signed_in(Permission.READ_ACTIONS))
def history(ref: str) -> ResponseReturnValue:
    """Show everything that happened to an action, or only what is of one kind."""
    asked = request.args.get("kind")
    kind = asked if asked in KINDS else None
    return history_page(timeline_of(session(), ref, kind), kind)


# What the pages share -------------------------------------------------------------------------------


def _later_note(
    page: str, on: tuple[Action, ActionNote], form: NoteForm, save: Callable[..., ActionNote], said: str
) -> ResponseReturnValue:
    """Show the form of a note that is to stand above an earlier one, and save it; who lost a race sees both."""
    found, note = on
    if not form.is_submitted():
        return _note_page(page, found, note, form)
    try:
        new = save(session(), found.reference, note.id, form.text.data or "", form.language.data or "")
    except StaleVersion as stale:
        rows = [(str(form.text.label.text), str(stale.yours["text"]), str(stale.theirs["text"]))]
        later = next(each for each in found.notes if each.id == stale.theirs["note"])
        return _note_page(page, found, later, form, rows), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _note_page(page, found, note, form), 422
    flash(said)
    return _to_note(found, new)


def _note_page(page: str, found: Action, note: ActionNote, form: NoteForm, rows: Any = None) -> str:
    return render_template(page, action=found, note=note, form=form, compared=rows)


def _report_page(line: ActionLine, form: ReportForm) -> str:
    return render_template(
        "actions/report.html", line=line, action=line.action, form=form, endings=ENDINGS, limit_mb=papers.SIZE_LIMIT_MB
    )


def _to_note(found: Action, note: ActionNote) -> ResponseReturnValue:
    return redirect(url_for("actions.action", ref=found.reference, _anchor=f"note-{note.id}"), 303)
