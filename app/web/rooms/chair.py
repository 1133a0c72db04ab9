"""The chair's page: the current item and its time, what comes next and when, who is there, what is to be decided."""

from __future__ import annotations

import uuid

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.room import OPENED_IN
from app.domain.visibility import Action, can
from app.messages import message_for
from app.models import Meeting
from app.services import rooms as service
from app.services.meeting_life import possible_acts
from app.services.room_view import RoomView, room_view
from app.services.rooms import facts_of_item
from app.services.rosters import hosts_of
from app.services.texts import texts_of
from app.web.forms import sent_version
from app.web.rooms.blueprint import blueprint
from app.web.rooms.page import behind_said, decisions_sought, room_page
from app.web.routing import route, session, signed_in, viewer


@route(blueprint, "/meetings/<ref>/chair", policy=signed_in(Action.CHAIR_MEETING), methods=("GET", "POST"))
def chair(ref: str) -> ResponseReturnValue:
    """Show the chair's page, or take an item: the next, one that is named, the one before, or none."""
    view = room_view(session(), ref)
    if not view.may_chair:
        raise Refusal("forbidden")
    if request.method != "POST":
        return _page(view)
    act = request.form.get("act", "")
    try:
        if act == "end":
            return _end(ref)
        service.take_item(session(), ref, act, _item_id() if act == "start" else None, version=sent_version())
    except StaleVersion:
        session().expire_all()
        return _page(room_view(session(), ref), stale=True), 409
    except Refusal as refusal:
        if refusal.key not in {"no_next_item", "room_closed"}:
            raise
        return _page(room_view(session(), ref), error=message_for(refusal)), 422
    return redirect(url_for("rooms.chair", ref=view.meeting.reference), 303)


@route(blueprint, "/meetings/<ref>/chair/apart", policy=signed_in(Action.CHAIR_MEETING), methods=("POST",))
def take_apart(ref: str) -> ResponseReturnValue:
    """Take an item of some of the parties beside the room, or end its turn."""
    meeting = service.take_apart(session(), ref, _item_id(), starts=request.form.get("act") == "start")
    return redirect(url_for("rooms.chair", ref=meeting.reference, _anchor="apart"), 303)


@route(blueprint, "/meetings/<ref>/room/attribution", policy=signed_in(Action.CHAIR_MEETING), methods=("POST",))
def attribution(ref: str) -> ResponseReturnValue:
    """Make a meeting one that is not for attribution, or take that back while nothing was said under it."""
    if request.form.get("act") == "again":
        meeting = service.attribute_again(session(), ref)
        flash(_("Speakers and participants can be named again."))
    else:
        meeting = service.stop_attributing(session(), ref)
        flash(_("Not for attribution: nobody is named in anything that comes out of this meeting."))
        _tell_of_minutes(meeting)
    return redirect(url_for("rooms.chair", ref=meeting.reference), 303)


def _tell_of_minutes(meeting: Meeting) -> None:
    """Say which minutes were drafted before: what stands in the words of a text is not erased from them."""
    texts = [line.text for line in texts_of(session(), meeting)]
    drafted = [text.reference for text in texts if text.kind == "minutes" and text.state != "withdrawn"]
    if drafted:
        flash(
            _(
                "Minutes are drafted already and may say who made a point: look through %(texts)s.",
                texts=", ".join(drafted),
            )
        )


def _end(ref: str) -> ResponseReturnValue:
    meeting = service.close_room(session(), ref, version=sent_version())
    flash(_("The meeting has ended in its room. Its notes can still be completed."))
    return redirect(url_for("rooms.room", ref=meeting.reference), 303)


def _page(view: RoomView, *, stale: bool = False, error: str = "") -> str:
    hosts = hosts_of(view.meeting)
    may_take = {
        line.item.id
        for line in view.apart
        if can(viewer(), Action.CHAIR_MEETING, facts_of_item(session(), view.meeting, line.item))
    }
    return room_page(
        "rooms/chair.html", view, stale=stale, error=error, behind=behind_said(view), sought=decisions_sought(view),
        can_open=view.meeting.state in OPENED_IN, host=hosts[0] if hosts else None, may_take=may_take,
        can_hold="hold" in possible_acts(session(), view.meeting, view.facts),
    )  # fmt: skip


def _item_id() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("item_id", ""))
    except ValueError:
        raise NotFound from None
