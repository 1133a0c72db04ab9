"""Around a meeting, on its page: what it is set beside, what is set beside it, whom to reach, what it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import words
from app.db import GuardedSession
from app.domain.around import URGENT
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action, can
from app.i18n import reader_language
from app.messages import message_for
from app.models import Meeting
from app.services import around as service
from app.services.contacts import ContactLine, urgent_roster
from app.services.history import history_of as every_entry
from app.services.meetings import MeetingLine, MeetingView, meeting_view
from app.services.parents import Beside
from app.services.serving import Serving, serving_of, set_served
from app.services.staged_changes import stage_following
from app.web.forms import day, sent_version
from app.web.meetings.blueprint import blueprint
from app.web.meetings.clocks import promised
from app.web.meetings.history import history_of
from app.web.meetings.listing import Row, row_of
from app.web.routing import route, session, signed_in, viewer

VIRTUAL: Final = "virtual"


@dataclass(frozen=True, slots=True)
class Around:
    """What the page of a meeting shows around it; `word` says how it stands to what it is around."""

    beside: Beside | None
    word: str
    moved: str
    place: str
    is_to_decide: bool
    rows: tuple[Row, ...]
    roster: tuple[ContactLine, ...]
    serving: Serving | None
    may_add: bool


def around_of(session: GuardedSession, view: MeetingView, language: str) -> Around:
    """Return what stands around a meeting, of what the viewer sees: one statement, two where something stands there."""
    meeting, beside, who = view.meeting, view.beside, session.bound_viewer
    mechanism_id = meeting.mechanism_id
    codes = [line.party.code for line in view.parties]
    works = can(who, Action.READ_REGISTER)
    return Around(
        beside=beside,
        word=how_it_stands(meeting.kind),
        moved=moved_words(beside, language) if beside else "",
        place=place_words(meeting, beside, language),
        is_to_decide=beside is not None
        and service.is_to_decide(meeting, beside, session.now)
        and can(who, Action.CHANGE_MEETING, view.facts),
        rows=tuple(row_of(MeetingLine(child, None), who, language) for child in service.children_of(session, meeting)),
        roster=urgent_roster(session, mechanism_id, codes) if meeting.kind == URGENT and mechanism_id and works else (),
        serving=serving_of(session, meeting, view.mechanism, view.facts) if works else None,
        may_add=can(who, Action.CHANGE_MEETING, view.facts) and can(who, Action.DRAFT_MEETING),
    )


def how_it_stands(kind: str) -> str:
    """Return how a meeting of that kind stands to what it is around."""
    said: Mapping[str, str] = {
        "preparatory": _("Prepares"), "panel": _("Part of"), "side_session": _("Held beside"),
    }  # fmt: skip
    return said.get(kind, _("On the margins of"))


def moved_words(beside: Beside, language: str) -> str:
    """Return what has become of what a meeting is around, as a sentence; nothing where it stands as it did."""
    what = called(beside, language)
    if beside.standing == "called_off":
        return str(_("%(what)s was called off.", what=what))
    if beside.standing != "moved":
        return ""
    days = ngettext("%(num)s day", "%(num)s days", abs(beside.moved_by))
    if beside.moved_by > 0:
        return str(_("%(what)s moved to later, by %(days)s.", what=what, days=days))
    return str(_("%(what)s moved to earlier, by %(days)s.", what=what, days=days))


def called(beside: Beside, language: str) -> str:
    """Return what people call what a meeting is around: a meeting by its reference, an event by its name."""
    parent = beside.parent
    return parent.key if parent.meeting is not None else words.pick(parent.title, language)[0]


def place_words(meeting: Meeting, beside: Beside | None, language: str) -> str:
    """Return where a meeting is: without a place of its own, as what it is around, and which that is.

    One by video is nowhere.
    """
    if meeting.place:
        return meeting.place
    if beside is None or not beside.parent.place or meeting.format == VIRTUAL:
        return ""
    return str(_("as %(what)s: %(place)s", what=called(beside, language), place=beside.parent.place))


@route(blueprint, "/meetings/<ref>/follow", policy=signed_in(Action.CHANGE_MEETING), methods=("POST",))
def follow(ref: str) -> ResponseReturnValue:
    """Stage changes by which a meeting moves as what it is around has, and show what they would do."""
    try:
        draft = stage_following(session(), ref)
    except StaleVersion:
        raise
    except Refusal as refusal:
        if refusal.field is None:
            raise
        flash(_("The days could not be moved by themselves: %(why)s", why=message_for(refusal)))
        return redirect(url_for("meetings.meeting", ref=ref.upper()), 303)
    return redirect(url_for("drafts.preview", draft_id=draft.id), 303)


@route(blueprint, "/meetings/<ref>/keep-date", policy=signed_in(Action.CHANGE_MEETING), methods=("POST",))
def keep_date(ref: str) -> ResponseReturnValue:
    """Let a meeting stay as it is although what it is around has moved."""
    meeting = service.keep_date(session(), ref, version=sent_version())
    flash(_("The meeting stays as it is."))
    return redirect(url_for("meetings.meeting", ref=meeting.reference), 303)


@route(blueprint, "/meetings/<ref>/served", policy=signed_in(Action.STEER_MEETING), methods=("POST",))
def served(ref: str) -> ResponseReturnValue:
    """Say for which period a meeting was held."""
    meeting = set_served(session(), ref, day(request.form.get("period"), "period"), version=sent_version())
    flash(_("The period is recorded. The figures of the mechanism follow it."))
    return redirect(url_for("meetings.meeting", ref=meeting.reference), 303)


@route(blueprint, "/meetings/<ref>/history", policy=signed_in(Action.READ_MEETINGS))
def whole_history(ref: str) -> ResponseReturnValue:
    """Show all that was ever done to a meeting, to be read or printed."""
    view = meeting_view(session(), ref)
    language = reader_language()
    entries = every_entry(session(), "meeting", view.meeting.id, None)
    return render_template("meetings/history.html", **_history_page(view.meeting, entries, language))


def _history_page(meeting: Meeting, entries: Any, language: str) -> dict[str, Any]:
    who = viewer()
    return {
        "meeting": meeting,
        "title": promised(meeting, language),
        "history": history_of(entries, who, language),
        "own_city": words.city_of(who.time_zone, language, who.party),
    }
