"""The room of a meeting for everybody at the table, on the wall, and its beat."""

from __future__ import annotations

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.visibility import Action
from app.services import rooms as service
from app.services.meeting_life import possible_acts
from app.services.room_beat import beat_of
from app.services.room_view import papers_for_all, room_view
from app.web.rooms import chair as _chair  # noqa: F401 - its routes are on the same blueprint
from app.web.rooms import minutes as _minutes  # noqa: F401 - its routes are on the same blueprint
from app.web.rooms import notes as _notes  # noqa: F401 - its routes are on the same blueprint
from app.web.rooms import practices as _practices  # noqa: F401 - its routes are on the same blueprint
from app.web.rooms.blueprint import blueprint
from app.web.rooms.page import behind_said, opened, room_page
from app.web.routing import route, session, signed_in

__all__ = ["blueprint"]


@route(blueprint, "/meetings/<ref>/room", policy=signed_in(Action.FOLLOW_ROOM))
def room(ref: str) -> ResponseReturnValue:
    """Show the room of a meeting to those at its table: what is taken, what comes, what was captured."""
    view = room_view(session(), ref)
    acts = possible_acts(session(), view.meeting, view.facts)
    return room_page("rooms/room.html", view, behind=behind_said(view), can_hold="hold" in acts)


@route(blueprint, "/meetings/<ref>/room/open", policy=signed_in(Action.CHAIR_MEETING), methods=("POST",))
def open_room(ref: str) -> ResponseReturnValue:
    """Open the room of a meeting, or open it for its notes alone, afterwards."""
    afterwards = request.form.get("afterwards") == "yes"
    meeting = service.open_room(
        session(), ref, chair_party=request.form.get("chair_party") or None,
        attributed=request.form.get("unattributed") != "yes", afterwards=afterwards,
    )  # fmt: skip
    flash(_("The notes of this meeting can be taken.") if afterwards else _("The room is open."))
    return redirect(url_for("rooms.notes" if afterwards else "rooms.chair", ref=meeting.reference), 303)


@route(blueprint, "/meetings/<ref>/room/beat", policy=signed_in(Action.FOLLOW_ROOM))
def beat(ref: str) -> ResponseReturnValue:
    """Say whether anything changed in a room since it was asked: 304 where nothing did."""
    response: Response = jsonify({})
    response.set_etag(beat_of(session(), ref))
    return response.make_conditional(request)


@route(blueprint, "/meetings/<ref>/wall", policy=signed_in(Action.FOLLOW_ROOM))
def wall(ref: str) -> ResponseReturnValue:
    """Show a room on its wall: what all who are in it may see, and no overrun."""
    view = opened(ref)
    return room_page("rooms/wall.html", view, behind=behind_said(view), papers=papers_for_all(session(), view))
