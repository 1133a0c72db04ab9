"""What the page of a meeting shows, put together from what the services know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template

from app import words
from app.db import GuardedSession
from app.domain.visibility import Action, Viewer, can
from app.i18n import reader_language
from app.services import meeting_life as life
from app.services.adopted_texts import adopted_since
from app.services.agenda import agenda_of
from app.services.commitments import commitments_of_meeting, is_practice
from app.services.dispatches import who_is_told_of_answer
from app.services.history import HistoryEntry
from app.services.inner_notes import notes_on
from app.services.invitation_answers import own_invitation
from app.services.meeting_actions import actions_around
from app.services.meeting_state import when_of
from app.services.meeting_warnings import warnings_of_meeting
from app.services.meetings import MeetingView, PartyLine, meeting_view
from app.services.poll_lines import polls_of_meeting
from app.services.registered_documents import papers_of_meeting
from app.services.texts import texts_of
from app.services.zone_changes import zone_change_of
from app.web.advice import advice_in_words
from app.web.invitations.forms import invitation_form
from app.web.meetings import clocks
from app.web.meetings.around import around_of
from app.web.meetings.history import history_of, who
from app.web.rosters.page import roster_section


def page_of(session: GuardedSession, viewer: Viewer, reference: str, *, stale: bool = False, error: str = "") -> str:
    """Return the page of a meeting; `stale` says that an answer came to what no longer stands.

    Raises `NotFound`.
    """
    view = meeting_view(session, reference)
    meeting, language = view.meeting, reader_language()
    places = clocks.places_of(view, viewer, language)
    acted = actions_around(session, meeting)
    return render_template(
        "meetings/meeting.html",
        view=view,
        meeting=meeting,
        title=clocks.promised(meeting, language),
        first_promise=clocks.first_promise(meeting, language),
        clocks=clocks.clocks_of(meeting, places, language),
        time_notes=[] if meeting.date_is_open else clocks.notes_on_time(meeting, places, language),
        zone_data_moved=zone_change_of(meeting, session.now) is not None,
        meeting_city=places[0].city,
        meeting_zone=places[0].zone,
        own_city=words.city_of(viewer.time_zone, language, viewer.party),
        parties=_in_order(view, language),
        reports=_reports(view, language),
        history=history_of(view.history, viewer, language),
        promise=life.promise_of(meeting),
        stale=stale,
        error=error,
        agenda=agenda_of(session, meeting, view.facts, [line.party for line in view.parties], acted.before),
        actions=acted.own,
        actions_before=acted.before,
        actions_behind=acted.behind,
        commitments=commitments_of_meeting(session, meeting) if view.commitment_count else (),
        may_commit=can(viewer, Action.RECORD_COMMITMENT, view.facts) and not is_practice(view.mechanism),
        texts=texts_of(session, meeting),
        adopted_since=adopted_since(session, meeting),
        inner_notes=notes_on(session, meeting_id=meeting.id) if viewer.sits_at_a_table else (),
        may_begin_text=can(viewer, Action.EDIT_TEXT, view.facts),
        may_carry=can(viewer, Action.CARRY_ACTIONS, view.facts),
        released_count=view.released_count,
        warnings=_warnings(session, view),
        around=around_of(session, view, language),
        papers=papers_of_meeting(session, meeting) if view.document_count else (),
        may_file_papers=can(viewer, Action.KEEP_DOCUMENTS, view.facts),
        **_acts(session, view),
        **_convened(session, view, language),
    )


def _acts(session: GuardedSession, view: MeetingView) -> dict[str, Any]:
    """Return what the viewer may do, what their own party answered, and whom its yes would tell."""
    acts = life.possible_acts(session, view.meeting, view.facts)
    own = next((line.row for line in view.parties if line.party.code == session.bound_viewer.party), None)
    if "answer" not in acts:
        return {"acts": acts, "own": own, "plan": None}
    confirms = life.would_confirm(session, view.meeting)
    return {"acts": acts, "own": own, "plan": who_is_told_of_answer(session, view.meeting, confirms=confirms)}


def _convened(session: GuardedSession, view: MeetingView, language: str) -> dict[str, Any]:
    """Return who goes, the polls about its date, and the viewer's own invitation; each read only where there is any."""
    invited = own_invitation(session, view.meeting) if view.own_count else None
    return {
        "roster": roster_section(session, view.meeting, is_empty=not view.going_count),
        "polls": polls_of_meeting(session, view.meeting.id) if view.poll_count else (),
        "invitation": invited,
        "invitation_form_of": invitation_form(invited.answer, invited.mode, language) if invited else None,
    }


def _warnings(session: GuardedSession, view: MeetingView) -> list[str]:
    """Return what is worth a second look about a meeting to come, to those who work on it."""
    if not can(session.bound_viewer, Action.READ_REGISTER):
        return []
    parties = {line.party.code: line.party for line in view.parties}
    return advice_in_words(warnings_of_meeting(session, view.meeting, when_of(view.meeting), parties))


def _in_order(view: MeetingView, language: str) -> list[PartyLine]:
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
