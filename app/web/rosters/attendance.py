"""Who was there on a day of a meeting, marked by hand: quick on a phone, and afterwards too."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels
from app.domain.errors import Refusal, StaleVersion
from app.domain.rosters import PRESENCES
from app.domain.visibility import Action
from app.i18n import reader_language
from app.messages import message_for
from app.models import Meeting
from app.services import attendance as service
from app.services.roster_words import quorum_said
from app.services.rosters import EntryLine, RosterView
from app.web.forms import iso_day
from app.web.rosters.blueprint import blueprint
from app.web.rosters.page import address, readable_roster
from app.web.routing import route, session, signed_in


@route(
    blueprint, "/meetings/<ref>/roster/attendance", policy=signed_in(Action.RECORD_ATTENDANCE),
    methods=("GET", "POST"),
)  # fmt: skip
def attendance(ref: str) -> ResponseReturnValue:
    """Show who was there on a day, and record it."""
    meeting, view = readable_roster(ref)
    on = _day(meeting, request.values.get("day"))
    if request.method != "POST":
        return _page(meeting, view, on)
    if on is None:
        return _page(meeting, view, on, error=message_for(Refusal("not_a_day_of_the_meeting"))), 422
    try:
        service.record_attendance(session(), ref, on, _marked(view))
    except StaleVersion as stale:
        return _page(meeting, view, on, stale=stale), 409
    except Refusal as refusal:
        if refusal.key in {"forbidden", "not_found"}:
            raise
        return _page(meeting, view, on, error=message_for(refusal)), 422
    flash(_("Attendance is saved."))
    return redirect(url_for("rosters.attendance", ref=meeting.reference, day=on.isoformat()), 303)


def _marked(view: RosterView) -> Mapping[uuid.UUID, service.Marked]:
    """Return what was marked, of those whom the viewer marks; `rest` marks all that nobody has marked."""
    rest = request.form.get("rest", "")
    found: dict[uuid.UUID, service.Marked] = {}
    for line in _own_lines(view):
        presence = request.form.get(f"of-{line.entry.id}") or rest
        if presence:
            was = request.form.get(f"was-{line.entry.id}") or None
            found[line.entry.id] = service.Marked(presence, was)
    return found


def _own_lines(view: RosterView) -> list[EntryLine]:
    return [line for line in view.approved if service.may_record_for(session(), view.facts, line.entry.party_code)]


def _day(meeting: Meeting, written: str | None) -> dt.date | None:
    """Return the day that is asked for where one can be recorded, else the latest that has come; None where none has.

    A day that is asked for and is none gives none.
    """
    days = service.recordable_days(meeting, session().now)
    if not written:
        return days[-1] if days else None
    try:
        asked = iso_day(written)
    except ValueError:
        return None
    return asked if asked in days else None


def _page(
    meeting: Meeting, view: RosterView, on: dt.date | None, *, error: str = "", stale: StaleVersion | None = None
) -> str:
    language = reader_language()
    marks = [(presence, labels.label("presence", presence, language)) for presence in PRESENCES]
    said = dict(marks)
    quorum = next((each for each in view.quorums if each.on == on), None)
    return render_template(
        "rosters/attendance.html",
        meeting=meeting,
        view=view,
        on=on,
        days=service.recordable_days(meeting, session().now),
        marks=marks,
        own=frozenset() if view.is_over else frozenset(line.entry.id for line in _own_lines(view)),
        quorum=quorum,
        quorum_said=quorum_said(quorum, language) if quorum else "",
        sent=request.form if request.method == "POST" else {},
        error=error,
        compared=_compared(stale, said) if stale else None,
        back=address(meeting),
    )  # fmt: skip


def _compared(stale: StaleVersion, said: Mapping[str, str]) -> list[tuple[str, str, str]]:
    mine, theirs = (said.get(str(side["presence"]), "") for side in (stale.yours, stale.theirs))
    return [(str(stale.yours["name"]), mine, theirs)]
