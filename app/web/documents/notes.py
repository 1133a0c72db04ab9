"""The notes verbales of the viewer's delegation: its register, one note, and the note on paper."""

from __future__ import annotations

import uuid
from typing import Any, Final

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels, words
from app.domain.errors import NotFound, Refusal
from app.domain.notes_verbales import DIRECTIONS
from app.domain.visibility import Action
from app.i18n import reader_language
from app.services import notes_verbales as service
from app.services.note_papers import note_file, note_paper
from app.services.notes_verbales import NoteLine
from app.web.documents.blueprint import blueprint
from app.web.documents.forms import NoteForm
from app.web.forms import put_error, unsaved
from app.web.paging import page_number
from app.web.routing import route, session, signed_in, viewer

KEEPS: Final = signed_in(Action.KEEP_NOTES_VERBALES)
_TYPES: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@route(blueprint, "/documents/notes", policy=KEEPS)
def notes() -> ResponseReturnValue:
    """List the own delegation's notes."""
    page = page_number()
    chosen = {name: request.args.get(name, "").strip() for name in ("direction", "q", "due")}
    found = service.notes_of(
        session(), direction=chosen["direction"], words=chosen["q"], is_due=bool(chosen["due"]), page=page
    )
    asked: dict[str, Any] = {name: value for name, value in chosen.items() if value}
    return render_template(
        "documents/notes.html",
        found=found,
        chosen=chosen,
        directions=[(key, labels.label("note_direction", key, reader_language())) for key in DIRECTIONS],
        today=words.local(session().now, viewer().time_zone).date(),
        before=url_for("documents.notes", page=page - 1, **asked) if page > 1 else None,
        after=url_for("documents.notes", page=page + 1, **asked) if page < found.page_count else None,
    )


@route(blueprint, "/documents/notes/new", policy=KEEPS, methods=("GET", "POST"))
def new_note() -> ResponseReturnValue:
    """Register a note that goes out, or one that came in."""
    direction = request.values.get("direction", "out")
    if direction not in DIRECTIONS:
        raise NotFound
    today = words.local(session().now, viewer().time_zone).date()
    form = NoteForm(data={"dated_on": today, "language": reader_language(), "answers": request.args.get("answers")})
    form.offer(viewer(), service.notes_of(session()).lines)
    if request.method != "POST":
        return _page(form, direction)
    if not form.validate():
        return _page(form, direction), 422
    try:
        note = service.register_note(session(), form.said(direction))
    except NotFound:
        form.meeting.errors = [_("There is no such meeting that you can see.")]
        return _page(form, direction), 422
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(form, direction), 422
    flash(_("The note is registered as number %(number)s of %(year)s.", number=note.number, year=note.year))
    return redirect(url_for("documents.note", note_id=note.id), 303)


def _page(form: NoteForm, direction: str, line: NoteLine | None = None, **more: Any) -> str:
    form.ask_for(direction)
    return render_template("documents/note_form.html", form=form, direction=direction, line=line, **more)


@route(blueprint, "/documents/notes/<uuid:note_id>", policy=KEEPS)
def note(note_id: uuid.UUID) -> ResponseReturnValue:
    """Show a note, as it is printed."""
    view = service.note_view(session(), note_id)
    is_printed = view.line.note.direction == "out" and view.line.content is not None
    paper = note_paper(session(), view.line) if is_printed else None
    return render_template("documents/note.html", view=view, line=view.line, paper=paper)


@route(blueprint, "/documents/notes/<uuid:note_id>/edit", policy=KEEPS, methods=("GET", "POST"))
def edit_note(note_id: uuid.UUID) -> ResponseReturnValue:
    """Change what a note says; its number stays."""
    view = service.note_view(session(), note_id)
    found = view.line.note
    form = NoteForm(data=_values(view))
    lines = [line for line in service.notes_of(session()).lines if line.note.id != found.id]
    form.offer(viewer(), lines)

    def save(version: int) -> None:
        try:
            service.change_note(session(), note_id, form.said(found.direction), version=version)
        except NotFound:
            raise Refusal("not_found", field="meeting") from None

    left = unsaved(form, found, save)
    if left is not None:
        return _page(form, found.direction, view.line, version=left.version, compared=left.rows), left.status
    flash(_("The note is changed."))
    return redirect(url_for("documents.note", note_id=note_id), 303)


def _values(view: service.NoteView) -> dict[str, Any]:
    row = view.line.note
    return {
        **service.said_of(view.line.content), "reference": row.reference, "other_party": row.other_party,
        "dated_on": row.dated_on, "answer_due_on": row.answer_due_on,
        "answers": str(row.answers_id) if row.answers_id else "",
        "meeting": view.meeting.reference if view.meeting else "",
    }  # fmt: skip


@route(blueprint, "/documents/notes/<uuid:note_id>/note.pdf", policy=KEEPS)
def note_pdf(note_id: uuid.UUID) -> ResponseReturnValue:
    """Hand over a note as a tagged PDF."""
    return _file(note_id, "pdf")


@route(blueprint, "/documents/notes/<uuid:note_id>/note.docx", policy=KEEPS)
def note_docx(note_id: uuid.UUID) -> ResponseReturnValue:
    """Hand over a note as a text document."""
    return _file(note_id, "docx")


def _file(note_id: uuid.UUID, ending: str) -> Response:
    name, content = note_file(session(), note_id, ending)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=_TYPES[ending], headers=headers)
