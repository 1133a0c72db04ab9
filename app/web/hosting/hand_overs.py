"""Hand-overs: the one under way, begun here, with its day, its checklist, and what each of the two parties says."""

from __future__ import annotations

import uuid
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import words
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action
from app.i18n import reader_language
from app.models import HandOver
from app.services import hand_over_lines as lines
from app.services import hand_overs as service
from app.services.hand_overs import HandOverView
from app.services.mechanism_facts import today_of
from app.web.forms import put_error, sent_version, unsaved
from app.web.hosting.blueprint import blueprint
from app.web.hosting.forms import HandOverForm, LineForm, StartForm, start_form
from app.web.routing import route, session, signed_in, viewer

READ: Final = signed_in(Action.READ_REGISTER)
KEEP: Final = signed_in(Action.KEEP_HAND_OVER)


# The hand-over of a mechanism ---------------------------------------------------------------------


@route(blueprint, "/mechanisms/<code>/hand-over", policy=READ)
def hand_over(code: str) -> ResponseReturnValue:
    """Show the hand-over that is under way, and those that are over."""
    found = service.hand_overs_of(session(), code)
    if found.current is not None:
        return _page(found.current, others=found.others)
    return render_template("hosting/no_hand_over.html", found=found, mechanism=found.mechanism)


@route(blueprint, "/mechanisms/<code>/hand-over/new", policy=KEEP, methods=("GET", "POST"))
def new_hand_over(code: str) -> ResponseReturnValue:
    """Begin a hand-over."""
    found = service.hand_overs_of(session(), code)
    if not found.may_start:
        raise Refusal("hand_over_open" if found.current else "forbidden")
    form = start_form(found.mechanism.parties, service.suggested_parties(session(), code), reader_language())
    if request.method == "POST" and form.validate():
        try:
            row = _start(code, form)
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            flash(_("The hand-over is begun. Its checklist is a suggestion: change it as you need."))
            return _to(row.id)
    page = render_template("hosting/new_hand_over.html", mechanism=found.mechanism, form=form)
    return page, 422 if request.method == "POST" else 200


def _start(code: str, form: StartForm) -> HandOver:
    return service.start_hand_over(
        session(), code, form.from_party.data or "", form.to_party.data or "", form.due_on.data, form.note.data or ""
    )


# One of them --------------------------------------------------------------------------------------


@route(blueprint, "/hand-overs/<uuid:hand_over_id>", policy=READ)
def one_hand_over(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Show a hand-over."""
    return _page(service.hand_over_view(session(), hand_over_id))


@route(blueprint, "/hand-overs/<uuid:hand_over_id>/edit", policy=KEEP, methods=("GET", "POST"))
def edit_hand_over(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Change the day and the note."""
    view = _kept(hand_over_id)
    row = view.hand_over
    form = HandOverForm(data={"due_on": row.due_on, "note": row.note or ""})
    form.due_on.flags.required = True
    left = unsaved(form, row, lambda version: service.save_hand_over(
        session(), hand_over_id, form.due_on.data, form.note.data or "", version=version
    ))  # fmt: skip
    if left is None:
        flash(_("The hand-over is saved."))
        return _to(hand_over_id)
    page = render_template(
        "hosting/edit_hand_over.html", view=view, form=form, version=left.version, compared=left.rows
    )  # fmt: skip
    return page, left.status


@route(blueprint, "/hand-overs/<uuid:hand_over_id>/handed-over", policy=KEEP, methods=("POST",))
def hand_it_over(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it was handed over."""
    try:
        service.hand_over(session(), hand_over_id, version=sent_version())
    except StaleVersion:
        return _stale(hand_over_id)
    flash(_("It is handed over. The other party says when it was received."))
    return _to(hand_over_id)


@route(blueprint, "/hand-overs/<uuid:hand_over_id>/received", policy=KEEP, methods=("POST",))
def receive_it(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it was received."""
    try:
        service.receive(session(), hand_over_id, version=sent_version())
    except StaleVersion:
        return _stale(hand_over_id)
    flash(_("It is received. The hand-over stays as it is now."))
    return _to(hand_over_id)


# Its checklist ------------------------------------------------------------------------------------


@route(blueprint, "/hand-overs/<uuid:hand_over_id>/lines", policy=KEEP, methods=("POST",))
def add_line(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Add a line."""
    form = LineForm()
    try:
        lines.add_line(session(), hand_over_id, form.text.data or "")
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(service.hand_over_view(session(), hand_over_id), form), 422
    return _to(hand_over_id)


@route(blueprint, "/hand-overs/<uuid:hand_over_id>/lines/<uuid:item_id>", policy=KEEP, methods=("GET", "POST"))
def edit_line(hand_over_id: uuid.UUID, item_id: uuid.UUID) -> ResponseReturnValue:
    """Rewrite a line."""
    line, view = service.find_line(session(), hand_over_id, item_id), _kept(hand_over_id)
    form = LineForm(data={"text": line.text})
    form.text.flags.required = True
    left = unsaved(form, line, lambda version: lines.save_line(
        session(), hand_over_id, item_id, form.text.data or "", version=version
    ))  # fmt: skip
    if left is None:
        return _to(hand_over_id)
    page = render_template(
        "hosting/edit_line.html", view=view, line=line, form=form, version=left.version, compared=left.rows
    )  # fmt: skip
    return page, left.status


@route(blueprint, "/hand-overs/<uuid:hand_over_id>/lines/<uuid:item_id>/<any(done,open,up,down,off,back):act>",
       policy=KEEP, methods=("POST",))  # fmt: skip
def act_on_line(hand_over_id: uuid.UUID, item_id: uuid.UUID, act: str) -> ResponseReturnValue:
    """Tick a line or take the tick back, move it, take it off or put it back."""
    current, version = session(), sent_version()
    try:
        match act:
            case "done" | "open":
                lines.tick_line(current, hand_over_id, item_id, is_done=act == "done", version=version)
            case "up" | "down":
                lines.move_line(current, hand_over_id, item_id, "up" if act == "up" else "down", version=version)
            case _:
                lines.remove_line(current, hand_over_id, item_id, is_removed=act == "off", version=version)
    except StaleVersion:
        return _stale(hand_over_id)
    return _to(hand_over_id)


# Showing ------------------------------------------------------------------------------------------


def _kept(hand_over_id: uuid.UUID) -> HandOverView:
    """Return a hand-over that the viewer keeps; raises `NotFound`, and `Refusal` where others keep it or it is over."""
    view = service.hand_over_view(session(), hand_over_id)
    if not view.may_keep:
        raise Refusal("hand_over_is_over" if view.hand_over.received_at else "forbidden")
    return view


def _stale(hand_over_id: uuid.UUID) -> ResponseReturnValue:
    return _page(service.hand_over_view(session(), hand_over_id), is_stale=True), 409


def _to(hand_over_id: uuid.UUID) -> Response:
    return redirect(url_for("hosting.one_hand_over", hand_over_id=hand_over_id), 303)


def _page(
    view: HandOverView,
    form: LineForm | None = None,
    *,
    others: tuple[HandOver, ...] = (),
    is_stale: bool = False,
) -> str:
    added = form or LineForm(formdata=None)
    added.text.flags.required = True
    return render_template(
        "hosting/hand_over.html",
        view=view,
        row=view.hand_over,
        mechanism=view.mechanism,
        form=added,
        others=others,
        is_stale=is_stale,
        today=today_of(session()),
        own_zone=viewer().time_zone,
        own_city=words.city_of(viewer().time_zone, reader_language(), viewer().party),
    )
