"""The agenda of a meeting: its own page, where it is written, and its print."""

from __future__ import annotations

import uuid
from typing import Any, Literal, cast

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action
from app.i18n import party_name, reader_language
from app.messages import message_for
from app.models import AgendaItem, Meeting
from app.services import agenda as service
from app.services import agenda_acts as acts
from app.services.agenda_paper import agenda_file, agenda_paper
from app.services.meetings import find_meeting
from app.web.agenda.forms import ItemForm, item_form, typed_item
from app.web.forms import compared, put_error
from app.web.routing import route, session, signed_in

blueprint = Blueprint("agenda", __name__)
_EDITS = signed_in(Action.EDIT_AGENDA)
_READS = signed_in(Action.READ_MEETINGS)


@route(blueprint, "/meetings/<ref>/agenda", policy=_EDITS)
def agenda(ref: str) -> ResponseReturnValue:
    """Show the agenda with what changes it."""
    meeting = find_meeting(session(), ref)
    return _page(meeting, _form(meeting))


@route(blueprint, "/meetings/<ref>/agenda/items", policy=_EDITS, methods=("POST",))
def add_item(ref: str) -> ResponseReturnValue:
    """Add an item."""
    meeting = find_meeting(session(), ref)
    form = _form(meeting)
    try:
        item = acts.add_item(session(), ref, typed_item(form, reader_language()))
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(meeting, form), 422
    flash(_("Item %(number)s is added.", number=item.position))
    return redirect(_address(meeting, f"item-{item.id}"), 303)


@route(blueprint, "/meetings/<ref>/agenda/fill", policy=_EDITS, methods=("POST",))
def fill(ref: str) -> ResponseReturnValue:
    """Fill an empty agenda from the template."""
    meeting = find_meeting(session(), ref)
    try:
        acts.fill_agenda(session(), ref)
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(meeting, _form(meeting), error=message_for(refusal)), 422
    flash(_("The agenda is filled from the template. Change what is different this time."))
    return redirect(_address(meeting), 303)


@route(blueprint, "/meetings/<ref>/agenda/<uuid:item_id>", policy=_EDITS, methods=("GET", "POST"))
def edit_item(ref: str, item_id: uuid.UUID) -> ResponseReturnValue:
    """Show an item, and save what is changed of it."""
    meeting = find_meeting(session(), ref)
    item = _item(meeting, item_id)
    form = _form(meeting, item)
    if request.method != "POST":
        return _item_page(meeting, item, form, service.version_of(item))
    version = request.form.get("version", "")
    try:
        acts.edit_item(session(), ref, item_id, typed_item(form, item.title.get("original")), version=version)
    except StaleVersion as stale:
        rows = compared(form, stale.yours, stale.theirs, {"lead_party": party_name})
        return _item_page(meeting, item, form, service.version_of(item), rows), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _item_page(meeting, item, form, version), 422
    flash(_("Item %(number)s is saved.", number=item.position))
    return redirect(_address(meeting, f"item-{item_id}"), 303)


@route(blueprint, "/meetings/<ref>/agenda/<uuid:item_id>/move", policy=_EDITS, methods=("POST",))
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
        return _page(meeting, _form(meeting), stale=stale), 409
    count = sum(not row.removed for row in service.items_of(session(), meeting.id))
    at_end = item.position in ((1,) if way == "up" else (count,))
    return redirect(_address(meeting, f"{'down' if (way == 'up') == at_end else 'up'}-{item_id}"), 303)


@route(blueprint, "/meetings/<ref>/agenda/<uuid:item_id>/remove", policy=_EDITS, methods=("POST",))
def remove_item(ref: str, item_id: uuid.UUID) -> ResponseReturnValue:
    """Take an item off the agenda, and offer to put it back."""
    meeting = find_meeting(session(), ref)
    try:
        acts.remove_item(session(), ref, item_id, version=request.form.get("version", ""))
    except StaleVersion as stale:
        return _page(meeting, _form(meeting), stale=stale), 409
    return redirect(_address(meeting, "removed", removed=item_id), 303)


@route(blueprint, "/meetings/<ref>/agenda/<uuid:item_id>/restore", policy=_EDITS, methods=("POST",))
def restore_item(ref: str, item_id: uuid.UUID) -> ResponseReturnValue:
    """Put a removed item back."""
    meeting = find_meeting(session(), ref)
    item = acts.restore_item(session(), ref, item_id)
    flash(_("Item %(number)s is back on the agenda.", number=item.position))
    return redirect(_address(meeting, f"item-{item_id}"), 303)


@route(blueprint, "/meetings/<ref>/agenda/print", policy=_READS)
def print_agenda(ref: str) -> ResponseReturnValue:
    """Show the agenda as a page to be printed, in the language asked for."""
    g.language_is_of_this_page_alone = True
    paper = agenda_paper(session(), ref, reader_language())
    return render_template("agenda/print.html", paper=paper, back=url_for("meetings.meeting", ref=paper.reference))


@route(blueprint, "/meetings/<ref>/agenda.pdf", policy=_READS)
def agenda_pdf(ref: str) -> ResponseReturnValue:
    """Give the agenda as a tagged PDF, in the language asked for."""
    language = reader_language()
    name, content = agenda_file(session(), ref, language)
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Content-Language": language}
    return Response(content, mimetype="application/pdf", headers=headers)


def _form(meeting: Meeting, item: AgendaItem | None = None) -> ItemForm:
    parties = [row.party_code for row in meeting.parties]
    return item_form(parties, reader_language(), acts.words_of(item) if item else None)


def _item(meeting: Meeting, item_id: uuid.UUID) -> AgendaItem:
    found = next((row for row in service.items_of(session(), meeting.id) if row.id == item_id), None)
    if found is None:
        raise NotFound
    return found


def _page(meeting: Meeting, form: ItemForm, *, stale: StaleVersion | None = None, error: str = "") -> str:
    """Return the agenda's own page; `stale` says what was asked of an agenda that reads otherwise by now."""
    view = service.agenda_of(session(), meeting)
    removed = next((row for row in view.removed if str(row.id) == request.args.get("removed")), None)
    return render_template(
        "agenda/agenda.html",
        meeting=meeting,
        agenda=view,
        form=form,
        versions={row.id: service.version_of(row) for row in [*(line.item for line in view.items), *view.removed]},
        just_removed=removed,
        compared=_compared_orders(stale) if stale else None,
        error=error,
    )


def _item_page(
    meeting: Meeting, item: AgendaItem, form: ItemForm, version: str, rows: list[tuple[str, str, str]] | None = None
) -> str:
    return render_template(
        "agenda/item.html",
        meeting=meeting,
        item=item,
        form=form,
        version=version,
        compared=rows,
        back=_address(meeting),
    )


def _compared_orders(stale: StaleVersion) -> list[tuple[str, str, str]]:
    """Return what was asked beside what stands now: the order of an agenda, or the words of an item."""
    language = reader_language()
    if "order" in stale.theirs:
        titles = cast("list[dict[str, str]]", stale.theirs["order"])
        now = "\n".join(f"{number}. {words.pick(title, language)[0]}" for number, title in enumerate(titles, start=1))
        title = words.pick(cast("dict[str, str]", stale.yours["title"]), language)[0]
        up, down = _("Move “%(title)s” up", title=title), _("Move “%(title)s” down", title=title)
        return [(_("Order"), up if stale.yours["direction"] == "up" else down, now)]
    title = words.pick(cast("dict[str, str]", stale.theirs["title"]), language)[0]
    return [(_("Item"), _("Remove it"), title)]


def _address(meeting: Meeting, anchor: str | None = None, **more: Any) -> str:
    return url_for("agenda.agenda", ref=meeting.reference, _anchor=anchor, **more)
