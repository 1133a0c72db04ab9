"""The note-taker's page: what is captured item by item, as a plain form and for the script that saves by itself.

The script sends the same form, asks for JSON, and keeps what it could not send. It names the person who typed, so
that what one of two people at one computer has typed is never sent as the other's.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels, words
from app.db import digest_of
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.room import ENTRY_KINDS, EntryWords
from app.domain.visibility import Action
from app.i18n import reader_language
from app.messages import message_for
from app.models import MinuteEntry
from app.services import room_notes as service
from app.services.room_view import RoomView
from app.web.forms import iso_day, sent_version
from app.web.rooms.blueprint import blueprint
from app.web.rooms.page import opened, room_page
from app.web.routing import route, session, signed_in, viewer


@route(blueprint, "/meetings/<ref>/notes", policy=signed_in(Action.TAKE_NOTES), methods=("GET", "POST"))
def notes(ref: str) -> ResponseReturnValue:
    """Show the notes of a meeting, or capture something."""
    view = opened(ref)
    if not view.may_note:
        raise Refusal("forbidden")
    if request.method != "POST":
        return _page(view)

    def capture() -> MinuteEntry:
        return service.capture(session(), ref, _sent_id(), _item_id(), _said())

    return _saved(view, capture)


@route(blueprint, "/meetings/<ref>/notes/<uuid:note_id>", policy=signed_in(Action.TAKE_NOTES), methods=("GET", "POST"))
def note(ref: str, note_id: uuid.UUID) -> ResponseReturnValue:
    """Change something that was captured; on its own page where that is asked for."""
    view, entry = _noted(ref, note_id)
    if request.method != "POST":
        return _page(view, only=entry)

    def change() -> MinuteEntry:
        return service.change_entry(session(), ref, note_id, _said(), version=sent_version())

    return _saved(view, change, entry)


@route(blueprint, "/meetings/<ref>/notes/<uuid:note_id>/remove", policy=signed_in(Action.TAKE_NOTES), methods=("POST",))
def remove_note(ref: str, note_id: uuid.UUID) -> ResponseReturnValue:
    """Take something off the notes; it can be put back."""
    view, _entry = _noted(ref, note_id)
    entry = service.remove_entry(session(), ref, note_id)
    flash(_("Taken off the notes. It stands under its item, to be put back."))
    return redirect(_address(view, entry.item_id), 303)


@route(
    blueprint, "/meetings/<ref>/notes/<uuid:note_id>/restore", policy=signed_in(Action.TAKE_NOTES), methods=("POST",)
)
def restore_note(ref: str, note_id: uuid.UUID) -> ResponseReturnValue:
    """Put something back on the notes."""
    view, _entry = _noted(ref, note_id)
    entry = service.restore_entry(session(), ref, note_id)
    return redirect(_address(view, entry.item_id), 303)


def _noted(ref: str, note_id: uuid.UUID) -> tuple[RoomView, MinuteEntry]:
    view = opened(ref)
    _meeting, entry = service.entry_of(session(), ref, note_id)
    if entry.meeting_id != view.meeting.id:
        raise NotFound
    return view, entry


def _saved(view: RoomView, save: Any, entry: MinuteEntry | None = None) -> ResponseReturnValue:
    """Save what was sent, and answer as was asked: to a script in JSON, else with a page."""
    asks_json = request.accept_mimetypes.best == "application/json"
    if asks_json and request.form.get("person", _person_tag()) != _person_tag():
        return jsonify({"other_person": True}), 403
    try:
        kept = save()
    except StaleVersion as stale:
        if asks_json:
            return _raced(view, stale), 409
        return _page(view, only=entry, stale=stale, sent=_sent()), 409
    except Refusal as refusal:
        if isinstance(refusal, NotFound) or refusal.key == "forbidden":
            raise
        said = message_for(refusal)
        return (jsonify({"error": said}) if asks_json else _page(view, only=entry, error=said, sent=_sent())), 422
    return jsonify(_receipt(view, kept)) if asks_json else redirect(_address(view, kept.item_id), 303)


def _receipt(view: RoomView, entry: MinuteEntry) -> dict[str, Any]:
    who, language = viewer(), reader_language()
    city = words.city_of(who.time_zone, language, who.party)
    return {
        "id": str(entry.id),
        "version": entry.version,
        "url": url_for("rooms.note", ref=view.meeting.reference, note_id=entry.id),
        "saved": words.at_city(session().now, who.time_zone, city, language),
    }


def _raced(view: RoomView, stale: StaleVersion) -> Response:
    """Return both texts of a lost race, and where an edit of the one that stands is sent."""
    address = url_for("rooms.note", ref=view.meeting.reference, note_id=str(stale.theirs["id"]))
    return jsonify({"yours": _side(stale.yours), "theirs": _side(stale.theirs), "url": address})


def _side(side: dict[str, object]) -> dict[str, object]:
    due = side.get("due_on")
    return {**side, "due_on": due.isoformat() if isinstance(due, dt.date) else ""}


def _said() -> EntryWords:
    form = request.form
    try:
        due_on = iso_day(form["due_on"].strip()) if form.get("due_on", "").strip() else None
    except ValueError:
        raise Refusal("not_a_date", field="due_on") from None
    return EntryWords(
        kind=form.get("kind", ""), words=form.get("words", ""), language=form.get("language") or reader_language(),
        speaker_party=form.get("speaker_party") or None, speaker=form.get("speaker") or None,
        owed_by=tuple(form.getlist("owed_by")), due_on=due_on,
    )  # fmt: skip


def _sent() -> dict[str, Any]:
    """Return what was typed, to be shown again."""
    form = request.form
    return {**form.to_dict(), "owed_by": form.getlist("owed_by")}


def _sent_id() -> uuid.UUID:
    """Return the id that the page gave to what it sends; without a script it is that of its form."""
    try:
        return uuid.UUID(request.form.get("sent_id") or request.form.get("submission_id", ""))
    except ValueError:
        return uuid.uuid4()


def _item_id() -> uuid.UUID | None:
    written = request.form.get("item_id", "")
    try:
        return uuid.UUID(written) if written else None
    except ValueError:
        raise NotFound from None


def _person_tag() -> str:
    return digest_of(f"note-taker {viewer().person_id}")[:16]


def _address(view: RoomView, item_id: uuid.UUID | None) -> str:
    return url_for("rooms.notes", ref=view.meeting.reference, _anchor=f"item-{item_id or 'none'}")


def _page(
    view: RoomView, *, only: MinuteEntry | None = None, error: str = "", stale: StaleVersion | None = None,
    sent: dict[str, Any] | None = None,
) -> str:  # fmt: skip
    language = reader_language()
    return room_page(
        "rooms/note.html" if only is not None or error or stale else "rooms/notes.html",
        view,
        entry=only,
        error=error,
        compared=_compared(stale) if stale else None,
        sent=sent or {},
        note_taker=_person_tag(),
        kinds=[(kind, labels.label("entry_kind", kind, language)) for kind in ENTRY_KINDS],
        spoken=[(code, labels.label("language", code, language)) for code in words.LANGUAGES],
    )


def _compared(stale: StaleVersion) -> list[tuple[str, str, str]]:
    language = reader_language()
    names = {"kind": _("Kind"), "words": _("Words"), "speaker_party": _("Speaker"), "due_on": _("Due")}

    def said(side: dict[str, object], name: str) -> str:
        value = side.get(name)
        if name == "kind":
            return labels.label("entry_kind", str(value), language)
        if isinstance(value, dt.date):
            return words.date_plain(value, language)
        return str(value or "")

    return [(words_, said(stale.yours, name), said(stale.theirs, name)) for name, words_ in names.items()]
