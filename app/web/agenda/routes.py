"""The agenda of a meeting: its own page, where it is written, and its print."""

from __future__ import annotations

import uuid
from typing import Literal, cast

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import NotFound, Refusal, StaleVersion
from app.i18n import party_name, reader_language
from app.messages import message_for
from app.models import AgendaItem, Decision, Meeting
from app.services import agenda as service
from app.services import agenda_acts as acts
from app.services import agenda_changes as changes
from app.services import agenda_topics as topics
from app.services.agenda_paper import agenda_paper
from app.services.agenda_prose import AgendaOrder, agenda_taken
from app.services.meetings import find_meeting
from app.services.rooms import is_attributed
from app.services.text_papers import languages_asked
from app.web.agenda import proposals as _proposals  # noqa: F401  its routes are the blueprint's
from app.web.agenda import steering as _steering  # noqa: F401
from app.web.agenda.blueprint import EDITS, READS, address, blueprint
from app.web.agenda.forms import ItemForm, flat, typed_item, whole_number
from app.web.agenda.showing import (
    agenda_html,
    asked,
    form_for,
    is_adopted,
    item_form_as_it_stands,
    item_html,
    item_of,
)
from app.web.forms import compared, put_error
from app.web.routing import route, session

__all__ = ["blueprint"]


@route(blueprint, "/meetings/<ref>/agenda", policy=EDITS)
def agenda(ref: str) -> ResponseReturnValue:
    """Show the agenda with what changes it."""
    meeting = find_meeting(session(), ref)
    return agenda_html(meeting, form_for(meeting))


@route(blueprint, "/meetings/<ref>/agenda/items", policy=EDITS, methods=("POST",))
def add_item(ref: str) -> ResponseReturnValue:
    """Add an item, or ask every party for it where their consent is needed."""
    meeting = find_meeting(session(), ref)
    form = form_for(meeting)
    try:
        added = _add(meeting, form)
    except Refusal as refusal:
        put_error(form, refusal)
        return agenda_html(meeting, form, refused=refusal), 422
    if isinstance(added, Decision):
        return asked(added)
    flash(_("The item is added."))
    return redirect(address(meeting, f"item-{added.id}"), 303)


def _add(meeting: Meeting, form: ItemForm) -> AgendaItem | Decision:
    item = typed_item(form, reader_language())
    note = form.note.data or ""
    if request.form.get("consent"):
        return topics.ask_item(session(), meeting.reference, item, note)
    if is_adopted(meeting) and not item.parties:
        return changes.ask_to_add(session(), meeting.reference, item, note)
    return acts.add_item(session(), meeting.reference, item)


@route(blueprint, "/meetings/<ref>/agenda/fill", policy=EDITS, methods=("POST",))
def fill(ref: str) -> ResponseReturnValue:
    """Fill an empty agenda from the template."""
    meeting = find_meeting(session(), ref)
    try:
        acts.fill_agenda(session(), ref)
    except NotFound:
        raise
    except Refusal as refusal:
        return agenda_html(meeting, form_for(meeting), refused=refusal), 422
    flash(_("The agenda is filled from the template. Change what is different this time."))
    return redirect(address(meeting), 303)


@route(blueprint, "/meetings/<ref>/agenda/<uuid:item_id>", policy=EDITS, methods=("GET", "POST"))
def edit_item(ref: str, item_id: uuid.UUID) -> ResponseReturnValue:
    """Show an item, and save what is changed of it, or ask for it."""
    meeting = find_meeting(session(), ref)
    item = item_of(meeting, item_id)
    form = form_for(meeting, item)
    if request.method != "POST":
        return item_html(meeting, item, form, service.version_of(item))
    version = request.form.get("version", "")
    try:
        done = _edit(meeting, item, form, version)
    except StaleVersion as stale:
        rows = compared(form, flat(stale.yours), flat(stale.theirs), {"lead_party": party_name})
        return item_html(meeting, item, form, service.version_of(item), rows), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return item_html(meeting, item, form, version), 422
    if isinstance(done, Decision):
        return asked(done)
    flash(_("The item is saved."))
    return redirect(address(meeting, f"item-{item_id}"), 303)


def _edit(meeting: Meeting, item: AgendaItem, form: ItemForm, version: str) -> AgendaItem | Decision:
    typed = typed_item(form, item.title.get("original"))
    if is_adopted(meeting) and not item.parties:
        note = form.note.data or ""
        return changes.ask_to_edit(session(), meeting.reference, item.id, typed, note, version=version)
    return acts.edit_item(session(), meeting.reference, item.id, typed, version=version)


@route(blueprint, "/meetings/<ref>/agenda/<uuid:item_id>/move", policy=EDITS, methods=("POST",))
def move_item(ref: str, item_id: uuid.UUID) -> ResponseReturnValue:
    """Move an item a place up or down, and keep the focus on the button that did it."""
    meeting = find_meeting(session(), ref)
    direction = request.form.get("direction", "")
    if direction not in ("up", "down"):
        raise Refusal("required", field="direction")
    way = cast("Literal['up', 'down']", direction)
    try:
        item = acts.move_item(session(), ref, item_id, way, order=request.form.get("order", ""))
    except StaleVersion as stale:
        return agenda_html(meeting, form_for(meeting), stale=stale), 409
    beside = [row for row in service.items_of(session(), meeting.id) if not row.removed and row.parties == item.parties]
    at_end = item.position in ((1,) if way == "up" else (len(beside),))
    return redirect(address(meeting, f"{'down' if (way == 'up') == at_end else 'up'}-{item_id}"), 303)


@route(blueprint, "/meetings/<ref>/agenda/<uuid:item_id>/place", policy=EDITS, methods=("POST",))
def place_item(ref: str, item_id: uuid.UUID) -> ResponseReturnValue:
    """Put an item at a place, as it was dragged or as it was typed; of an adopted agenda, ask for it."""
    meeting = find_meeting(session(), ref)
    order = request.form.get("order", "")
    try:
        place = whole_number(request.form.get("place"), "place")
        if is_adopted(meeting) and not item_of(meeting, item_id).parties:
            note = request.form.get("note", "")
            return asked(changes.ask_to_move(session(), ref, item_id, place, note, order=order))
        acts.place_item(session(), ref, item_id, place, order=order)
    except StaleVersion as stale:
        return agenda_html(meeting, form_for(meeting), stale=stale), 409
    return redirect(address(meeting, f"item-{item_id}"), 303)


@route(blueprint, "/meetings/<ref>/agenda/<uuid:item_id>/remove", policy=EDITS, methods=("POST",))
def remove_item(ref: str, item_id: uuid.UUID) -> ResponseReturnValue:
    """Take an item off the agenda, and offer to put it back; of an adopted agenda, ask for it."""
    meeting = find_meeting(session(), ref)
    version, note = request.form.get("version", ""), request.form.get("note", "")
    try:
        if is_adopted(meeting) and not item_of(meeting, item_id).parties:
            return asked(changes.ask_to_remove(session(), ref, item_id, note, version=version))
        acts.remove_item(session(), ref, item_id, version=version)
    except StaleVersion as stale:
        return agenda_html(meeting, form_for(meeting), stale=stale), 409
    return redirect(address(meeting, "removed", removed=item_id), 303)


@route(blueprint, "/meetings/<ref>/agenda/<uuid:item_id>/restore", policy=EDITS, methods=("POST",))
def restore_item(ref: str, item_id: uuid.UUID) -> ResponseReturnValue:
    """Put a removed item back; on an adopted agenda, ask for it."""
    meeting = find_meeting(session(), ref)
    if is_adopted(meeting) and not item_of(meeting, item_id).parties:
        return asked(changes.ask_to_restore(session(), ref, item_id))
    acts.restore_item(session(), ref, item_id)
    flash(_("The item is back on the agenda."))
    return redirect(address(meeting, f"item-{item_id}"), 303)


@route(blueprint, "/meetings/<ref>/agenda/<uuid:item_id>/topic", policy=EDITS, methods=("POST",))
def point_out(ref: str, item_id: uuid.UUID) -> ResponseReturnValue:
    """Say that an item is on a topic that the mechanism sets aside."""
    meeting = find_meeting(session(), ref)
    item = item_of(meeting, item_id)
    topic, note = request.form.get("topic", ""), request.form.get("note", "")
    try:
        return asked(topics.point_out(session(), ref, item_id, topic, note))
    except NotFound:
        raise
    except Refusal as refusal:
        form = item_form_as_it_stands(meeting, item)
        error = message_for(refusal)
        return item_html(meeting, item, form, service.version_of(item), said=note, topic_error=error), 422


@route(blueprint, "/meetings/<ref>/agenda/annotated", policy=EDITS)
def annotated(ref: str) -> ResponseReturnValue:
    """Show the annotated agenda: what each item is about, and what it is to lead to."""
    meeting = find_meeting(session(), ref)
    view = service.agenda_of(session(), meeting)
    names = is_attributed(session(), meeting.id)
    return render_template(
        "agenda/annotated.html", meeting=meeting, agenda=view, back=address(meeting), names_people=names
    )


@route(blueprint, "/meetings/<ref>/agenda/print", policy=READS)
def print_agenda(ref: str) -> ResponseReturnValue:
    """Show the agenda as a page to be printed, in the language asked for."""
    g.language_is_of_this_page_alone = True
    paper = agenda_paper(session(), ref, reader_language())
    return render_template("agenda/print.html", paper=paper, back=url_for("meetings.meeting", ref=paper.reference))


@route(blueprint, "/meetings/<ref>/agenda.pdf", policy=READS)
def agenda_pdf(ref: str) -> ResponseReturnValue:
    """Give the agenda as a tagged PDF: in the language asked for, or side by side in those that `in` names.

    `of` asks for the items of some of the parties, by their codes.
    """
    languages = languages_asked(request.args.getlist("in"), reader_language())
    name, content = agenda_taken(session(), ref, "pdf", AgendaOrder(languages, apart=request.args.get("of", "")))
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Content-Language": ", ".join(languages)}
    return Response(content, mimetype="application/pdf", headers=headers)
