"""Inner notes: written, taken away and put back from the page of what they are about."""

from __future__ import annotations

import uuid
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action
from app.keys import KeyMissing, KeyServiceDown
from app.messages import message_for
from app.models import InnerNote
from app.services import inner_notes as service
from app.web.positions.blueprint import blueprint
from app.web.routing import route, session, signed_in

_WRITES = signed_in(Action.PREPARE_POSITION)
ABOUT: Final = ("meeting_id", "item_id", "text_id", "paragraph_id")


@route(blueprint, "/inner-notes", policy=_WRITES, methods=("POST",))
def write_note() -> ResponseReturnValue:
    """Write a note for one's own delegation on what the form names; refused, it comes back on a page of its own."""
    about = {name: _sent_id(name) for name in ABOUT}
    written = request.form.get("note", "")
    try:
        note = service.write_note(session(), written, **about)
    except NotFound:
        raise
    except (KeyServiceDown, KeyMissing) as down:
        return _note_page(written, about, message_for(down)), 503
    except Refusal as refusal:
        return _note_page(written, about, message_for(refusal)), 422
    flash(_("The note is kept. Your delegation alone reads it."))
    return redirect(_address(note), 303)


@route(blueprint, "/inner-notes/<uuid:note_id>/remove", policy=_WRITES, methods=("POST",))
def remove_note(note_id: uuid.UUID) -> ResponseReturnValue:
    """Take a note away, and offer to put it back."""
    note = service.remove_note(session(), note_id)
    return redirect(_address(note, removed_note=note.id), 303)


@route(blueprint, "/inner-notes/<uuid:note_id>/restore", policy=_WRITES, methods=("POST",))
def restore_note(note_id: uuid.UUID) -> ResponseReturnValue:
    """Put a note back."""
    note = service.restore_note(session(), note_id)
    flash(_("The note is back."))
    return redirect(_address(note), 303)


def _sent_id(name: str) -> uuid.UUID | None:
    written = request.form.get(name, "")
    try:
        return uuid.UUID(written) if written else None
    except ValueError:
        raise NotFound from None


def _note_page(written: str, about: dict[str, uuid.UUID | None], error: str) -> str:
    return render_template("positions/note.html", written=written, about=about, error=error)


def _address(note: InnerNote, removed_note: uuid.UUID | None = None) -> str:
    """Return the page that shows a note: that of the text, the item or the meeting that it is about."""
    place = service.place_of_note(session(), note)
    if place.text is not None:
        return url_for("texts.text", ref=place.text, _anchor="inner-notes", removed_note=removed_note)
    if place.meeting is not None and place.item_id is not None:
        ref, item_id = place.meeting, place.item_id
        return url_for("positions.write", ref=ref, item_id=item_id, _anchor="inner-notes", removed_note=removed_note)
    if place.meeting is not None:
        return url_for("meetings.meeting", ref=place.meeting, _anchor="inner-notes", removed_note=removed_note)
    return url_for("positions.positions")
