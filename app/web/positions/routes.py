"""The positions of one's own delegation: all of them, those of a meeting, one with its versions."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import words
from app.domain.errors import Refusal
from app.domain.visibility import Action
from app.i18n import reader_language
from app.messages import message_for
from app.models import Position
from app.services.inner_notes import notes_on
from app.services.meetings import find_meeting
from app.services.people_names import names_of
from app.services.position_contents import Hits, find_words
from app.services.position_views import position_view, shelf_of, version_view
from app.services.positions import Overview, offered_parties, overview_of
from app.web.positions import notes, sharing, writing
from app.web.positions.blueprint import blueprint
from app.web.positions.showing import own_city, why_not
from app.web.routing import route, session, signed_in

__all__ = ["blueprint", "notes", "sharing", "writing"]
_READS = signed_in(Action.READ_POSITIONS)


@route(blueprint, "/positions", policy=_READS)
def positions() -> ResponseReturnValue:
    """List what the viewer's delegation has prepared and was handed, by meeting; look for words in it."""
    hits, error = _looked_for()
    shown = {"shelf": shelf_of(session()), "hits": hits, "error": error, "own_city": own_city()}
    return render_template("positions/positions.html", **shown), 422 if error else 200


@route(blueprint, "/meetings/<ref>/positions", policy=_READS)
def of_meeting(ref: str) -> ResponseReturnValue:
    """Show what the viewer's delegation has on each item of a meeting, and what others shared."""
    meeting = find_meeting(session(), ref)
    overview = overview_of(session(), meeting)
    hits, error = _looked_for(meeting)
    status = 422 if error else 200
    return render_template(
        "positions/overview.html",
        meeting=meeting,
        overview=overview,
        hits=hits,
        error=error,
        names=names_of(session(), _people_of(overview)),
        can_share=bool(offered_parties(session(), meeting, None)),
        own_city=own_city(),
    ), status


@route(blueprint, "/positions/<uuid:position_id>", policy=_READS)
def position(position_id: uuid.UUID) -> ResponseReturnValue:
    """Show a position with its versions, to whom it was shared, and who opened it."""
    return position_page(position_id)


@route(blueprint, "/positions/<uuid:position_id>/versions/<int(max=99999):number>", policy=_READS)
def version(position_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Show a version of a position, and what changed since the one before it."""
    found = version_view(session(), position_id, number)
    return render_template("positions/version.html", view=found, position=found.position, own_city=own_city())


@route(
    blueprint, "/positions/<uuid:position_id>/clear", policy=signed_in(Action.CLEAR_POSITION), methods=("POST",)
)  # fmt: skip
def clear(position_id: uuid.UUID) -> ResponseReturnValue:
    """Clear a position as the second person."""
    return writing.cleared(position_id, position_page)


def position_page(position_id: uuid.UUID, error: str = "") -> str:
    """Return the page of a position; `error` says what was refused of an act on it."""
    view = position_view(session(), position_id)
    return render_template(
        "positions/position.html",
        view=view,
        position=view.position,
        error=error,
        why_not=why_not,
        own_city=own_city(),
        inner_notes=notes_on(session(), item_id=view.item.id) if view.item else (),
        offered=words.party_order(view.offered, reader_language()),
    )


def _looked_for(meeting: Any = None) -> tuple[Hits | None, str]:
    """Return where the words of the query stand (None where nothing is looked for), and what was refused."""
    try:
        hits = find_words(session(), request.args.get("q", ""), meeting)
    except Refusal as refusal:
        return None, message_for(refusal)
    return (hits if request.args.get("q", "").strip() else None), ""


def _people_of(overview: Overview) -> set[uuid.UUID | None]:
    positions: list[Position] = [row.position for row in (*overview.rows, *overview.non_papers) if row.position]
    return {person for row in positions for person in (row.written_by, row.cleared_by)}
