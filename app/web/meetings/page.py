"""What the page of a meeting shows, put together from what the services know."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from flask import current_app, render_template, url_for

from app import words
from app.db import GuardedSession
from app.domain.visibility import Viewer
from app.i18n import reader_language
from app.models import Meeting
from app.services import meeting_life as life
from app.services.meetings import HistoryEntry, MeetingView, meeting_view
from app.web.meetings import clocks
from app.web.meetings.history import history_of, who

# What other domains show on this page: the module, what it is asked, and the name that its template knows.
_SECTIONS: Final = (
    ("agenda", "app.services.agenda", "agenda_of"),
    ("actions", "app.services.actions", "actions_of_meeting"),
)


def page_of(session: GuardedSession, viewer: Viewer, reference: str, *, stale: bool = False, error: str = "") -> str:
    """Return the page of a meeting; `stale` says that an answer came to what no longer stands.

    Raises `NotFound`.
    """
    view = meeting_view(session, reference)
    meeting, language = view.meeting, reader_language()
    places = clocks.places_of(view, viewer, language)
    own = next((line.row for line in view.parties if line.party.code == viewer.party), None)
    return render_template(
        "meetings/meeting.html",
        view=view,
        meeting=meeting,
        title=clocks.promised(meeting, language),
        first_promise=clocks.first_promise(meeting, language),
        clocks=clocks.clocks_of(meeting, places, language),
        time_notes=[] if meeting.date_is_open else clocks.notes_on_time(meeting, places, language),
        zone_data_moved=clocks.has_moved_under(meeting),
        meeting_city=places[0].city,
        own_city=words.city_of(viewer.time_zone, language, viewer.party),
        parties=_in_order(view, language),
        reports=_reports(view, language),
        history=history_of(view.history, viewer, language),
        acts=life.possible_acts(session, meeting, view.facts),
        own=own,
        promise=life.promise_of(meeting),
        calendar_address=address_of("subscriptions.meeting_file", ref=meeting.reference),
        change_address=address_of("drafts.stage_changes", ref=meeting.reference),
        mechanism_address=address_of("mechanisms.mechanism", code=view.mechanism.code) if view.mechanism else None,
        stale=stale,
        error=error,
        **_sections(session, meeting),
    )


def address_of(endpoint: str, **values: Any) -> str | None:
    """Return the address of another domain's page, where the app serves it."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def _in_order(view: MeetingView, language: str) -> list[Any]:
    """Return the chosen parties in the order of the reader's alphabet."""
    lines = {line.party.code: line for line in view.parties}
    return [lines[code] for code in words.party_order(lines, language)]


def _reports(view: MeetingView, language: str) -> Mapping[str, tuple[str, str]]:
    """Return, for each party whose answer is only reported, who entered it and the way it came."""
    found: dict[str, HistoryEntry] = {}
    for entry in view.history:
        if entry.act == "meeting_answer_reported":
            found.setdefault(str(entry.facts.get("party")), entry)
    return {code: (who(entry, language), str(entry.facts["channel"])) for code, entry in found.items()}


def _sections(session: GuardedSession, meeting: Meeting) -> dict[str, Any]:
    """Return what the sections of other domains show; one that is not installed shows nothing."""
    found: dict[str, Any] = {}
    for name, module, question in _SECTIONS:
        if importlib.util.find_spec(module) is not None:
            found[name] = getattr(import_module(module), question)(session, meeting)
    return found
