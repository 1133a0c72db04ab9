"""Who answers for whom: the page on which a delegation says it, of the poll's seats and of further ones of its own."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import NotFound, Refusal
from app.domain.polls import LIVE
from app.domain.visibility import Action, can
from app.i18n import reader_language
from app.messages import message_for
from app.services.poll_pages import own_seats
from app.services.poll_seats import add_inner_seat, colleagues, drop_inner_seat, end_proxy, name_proxy
from app.services.polls import facts_of_poll
from app.web.polls.blueprint import blueprint
from app.web.polls.forms import sent_id
from app.web.polls.showing import seat_name
from app.web.routing import route, session, signed_in, viewer

_NAMES = signed_in(Action.NAME_PROXY)


@route(blueprint, "/polls/<ref>/seats", policy=signed_in(Action.ANSWER_POLL), methods=("GET", "POST"))
def seats(ref: str) -> ResponseReturnValue:
    """Show who answers for the viewer's delegation, and ask somebody more of it."""
    if request.method != "POST":
        return _page(ref)
    name = request.form.get("name", "")
    try:
        add_inner_seat(session(), ref, name)
    except Refusal as refusal:
        return _refused(ref, refusal, name)
    flash(_("They are asked too. Nobody outside your delegation sees it, and it is not counted."))
    return _back(ref)


@route(blueprint, "/polls/<ref>/seats/<uuid:seat_id>/drop", policy=_NAMES, methods=("POST",))
def drop_seat(ref: str, seat_id: uuid.UUID) -> ResponseReturnValue:
    """Ask somebody of one's own delegation no more."""
    try:
        drop_inner_seat(session(), ref, seat_id)
    except Refusal as refusal:
        return _refused(ref, refusal)
    flash(_("They are not asked any more."))
    return _back(ref)


@route(blueprint, "/polls/<ref>/seats/<uuid:seat_id>/proxy", policy=_NAMES, methods=("POST",))
def proxy(ref: str, seat_id: uuid.UUID) -> ResponseReturnValue:
    """Say that somebody answers for a seat, or does no more."""
    person_id = sent_id(request.form.get("person")) or uuid.UUID(int=0)
    try:
        if request.form.get("act") == "end":
            end_proxy(session(), ref, seat_id, person_id)
        else:
            name_proxy(session(), ref, seat_id, person_id)
    except Refusal as refusal:
        return _refused(ref, refusal)
    flash(_("It is noted who answers."))
    return _back(ref)


def _page(ref: str, error: str | None = None, name: str = "") -> str:
    poll, lines = own_seats(session(), ref)
    facts = facts_of_poll(session(), poll)
    if not can(viewer(), Action.ANSWER_POLL, facts):
        raise Refusal("forbidden")
    return render_template(
        "polls/seats.html",
        poll=poll,
        lines=lines,
        seat_names={line.seat.id: seat_name(line, reader_language()) for line in lines},
        people=colleagues(session()),
        may_name=can(viewer(), Action.NAME_PROXY, facts) and poll.state in LIVE,
        error=error,
        name=name,
    )


def _refused(ref: str, refusal: Refusal, name: str = "") -> ResponseReturnValue:
    if isinstance(refusal, NotFound):
        raise refusal
    return _page(ref, message_for(refusal), name), 422


def _back(ref: str) -> ResponseReturnValue:
    return redirect(url_for("polls.seats", ref=ref), 303)
