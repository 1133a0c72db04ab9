"""The planning record of a cycle: read and written by its troika, and by their secretariat."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import Refusal
from app.domain.visibility import Action
from app.i18n import reader_language
from app.services import planning as service
from app.services.planning import PlanningView
from app.web.forms import put_error
from app.web.hosting.blueprint import blueprint
from app.web.hosting.forms import NoteForm, note_form
from app.web.routing import route, session, signed_in, viewer


@route(blueprint, "/mechanisms/<code>/planning", policy=signed_in(Action.READ_REGISTER))
def planning(code: str) -> ResponseReturnValue:
    """Show the planning records that the viewer reads."""
    return _page(service.planning_view(session(), code), note_form(reader_language()))


@route(blueprint, "/mechanisms/<code>/planning/notes", policy=signed_in(Action.KEEP_HAND_OVER), methods=("POST",))
def add_planning_note(code: str) -> ResponseReturnValue:
    """Write a note."""
    view = service.planning_view(session(), code)
    form = note_form(reader_language())
    try:
        service.write_note(session(), code, form.text.data or "", form.language.data or "")
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(view, form), 422
    flash(_("The note is in the record."))
    return redirect(url_for("hosting.planning", code=code), 303)


@route(blueprint, "/mechanisms/<code>/planning/<uuid:note_id>", policy=signed_in(Action.KEEP_HAND_OVER),
       methods=("GET", "POST"))  # fmt: skip
def supersede_note(code: str, note_id: uuid.UUID) -> ResponseReturnValue:
    """Write a note that supersedes an earlier one of the same side."""
    view = service.planning_view(session(), code)
    line = next((each for record in view.records for each in record.lines if each.note.id == note_id), None)
    note = service.find_note(session(), code, note_id)
    form = note_form(note.language, note.text)
    if request.method == "POST":
        try:
            service.write_note(session(), code, form.text.data or "", form.language.data or "", note_id)
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            flash(_("The note is superseded. Both stay in the record."))
            return redirect(url_for("hosting.planning", code=code), 303)
    elif line is None or not line.may_supersede:
        raise Refusal("forbidden")
    page = render_template("hosting/supersede.html", mechanism=view.mechanism, note=note, form=form)
    return page, 422 if request.method == "POST" else 200


def _page(view: PlanningView, form: NoteForm) -> str:
    language = reader_language()
    return render_template(
        "hosting/planning.html",
        view=view,
        mechanism=view.mechanism,
        form=form,
        roles=[
            (_("Past host"), view.troika.past),
            (_("Present host"), view.troika.present),
            (_("Next host"), view.troika.next),
        ],
        own_zone=viewer().time_zone,
        own_city=words.city_of(viewer().time_zone, language, viewer().party),
    )
