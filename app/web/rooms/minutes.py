"""From what was captured: the draft minutes, and the action items of the record."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels, words
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action
from app.i18n import reader_language
from app.messages import message_for
from app.models import AgreedText
from app.services import minutes as service
from app.services import room_actions
from app.services.room_notes import entry_of
from app.services.room_view import RoomView
from app.web.forms import iso_day
from app.web.rooms.blueprint import blueprint
from app.web.rooms.page import opened, room_page
from app.web.routing import route, session, signed_in


@route(blueprint, "/meetings/<ref>/minutes", policy=signed_in(Action.TAKE_NOTES), methods=("GET", "POST"))
def minutes(ref: str) -> ResponseReturnValue:
    """Show what was captured and is not in the minutes yet; draft them, or add it to them."""
    view = opened(ref)
    if not view.may_note:
        raise Refusal("forbidden")
    if request.method != "POST":
        return _page(view)
    try:
        text = _write(view)
    except Refusal as refusal:
        if isinstance(refusal, NotFound) or refusal.key == "forbidden":
            raise
        return _page(view, error=message_for(refusal)), 422
    flash(_("The minutes are drafted from the notes. They are agreed only once every party agrees to them."))
    return redirect(address_of(text), 303)


@route(
    blueprint, "/meetings/<ref>/notes/<uuid:note_id>/action", policy=signed_in(Action.TAKE_NOTES),
    methods=("GET", "POST"),
)  # fmt: skip
def note_action(ref: str, note_id: uuid.UUID) -> ResponseReturnValue:
    """Record a captured action item in the record, filled in from what was captured."""
    meeting, entry = entry_of(session(), ref, note_id)
    typed: dict[str, Any] = {"title": entry.words, "owed_by": list(entry.owed_by), "due_on": entry.due_on or ""}
    error, status = "", 200
    if request.method == "POST":
        form = request.form
        typed = {"title": form.get("title", ""), "owed_by": form.getlist("owed_by"), "due_on": form.get("due_on", "")}
        try:
            action = room_actions.record_entry_action(
                session(), ref, note_id, title=typed["title"], owed_by=typed["owed_by"], due_on=_day(typed["due_on"])
            )
        except Refusal as refusal:
            if isinstance(refusal, NotFound) or refusal.key == "forbidden":
                raise
            error, status = message_for(refusal), 422
        else:
            flash(_("The action is recorded as %(reference)s.", reference=action.reference))
            return redirect(url_for("rooms.notes", ref=meeting.reference, _anchor=f"entry-{entry.id}"), 303)
    parties = room_actions.parties_of_entry(session(), meeting, entry)
    page = render_template(
        "rooms/action.html", meeting=meeting, entry=entry, typed=typed, error=error,
        parties=[(code, words.party_name(code, reader_language())) for code in _in_order(parties)],
    )  # fmt: skip
    return page, status


def address_of(text: AgreedText) -> str:
    """Return the address of a text."""
    return url_for("texts.text", ref=text.reference)


def _write(view: RoomView) -> AgreedText:
    form = request.form
    parties = tuple(code for code in form.get("parties", "").split(",") if code)
    with_points = form.get("with_points") == "yes"
    if form.get("act") == "add":
        return service.add_to_minutes(session(), view.meeting, parties=parties, with_points=with_points)
    language = form.get("language") or None
    return service.draft_minutes(session(), view.meeting, language=language, parties=parties, with_points=with_points)


def _page(view: RoomView, *, error: str = "") -> str:
    language = reader_language()
    return room_page(
        "rooms/minutes.html", view, is_followed=False, error=error,
        all_minutes=[
            (each, address_of(each.text) if each.text else None) for each in service.minutes_of(session(), view.meeting)
        ],
        spoken=[(code, labels.label("language", code, language)) for code in words.LANGUAGES],
    )  # fmt: skip


def _day(written: str) -> Any:
    try:
        return iso_day(written.strip()) if written.strip() else None
    except ValueError:
        raise Refusal("not_a_date", field="due_on") from None


def _in_order(parties: frozenset[str]) -> list[str]:
    return words.party_order(parties, reader_language())
