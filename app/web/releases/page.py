"""The page of a meeting as a guest sees it: what was released, and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from flask import render_template

from app import pictures, words
from app.db import GuardedSession
from app.domain import zones
from app.domain.visibility import Role, Viewer
from app.i18n import reader_language
from app.services.meetings import MeetingLine
from app.services.registered_documents import papers_of_meeting
from app.services.releases import parties_of_released, released_meeting
from app.web.meetings import clocks


def released_page(session: GuardedSession, viewer: Viewer, reference: str) -> str:
    """Return the page of a meeting that was released to the viewer; raises `NotFound`."""
    found = released_meeting(session, reference)
    meeting, language = found.meeting, reader_language()
    own_city = words.city_of(viewer.time_zone, language, viewer.party)
    city, zone = clocks.city_of_meeting(meeting, language), zones.known_zone(meeting.time_zone)
    places = [pictures.Place(city, zone, is_meeting=True, is_reader=city == own_city)]
    if city != own_city:
        places.append(pictures.Place(own_city, viewer.time_zone, is_meeting=False, is_reader=True))
    return render_template(
        "releases/meeting.html",
        found=found,
        meeting=meeting,
        title=clocks.promised(meeting, language),
        clocks=clocks.clocks_of(meeting, places, language),
        time_notes=[] if meeting.date_is_open else clocks.notes_on_time(meeting, places, language),
        parties=words.party_order(found.parties, language),
        papers=papers_of_meeting(session, meeting),
        may_file_papers=False,
        meeting_city=city,
        meeting_zone=zone,
        own_city=own_city,
    )


def parties_for_guest(
    session: GuardedSession, viewer: Viewer, lines: Iterable[MeetingLine]
) -> Mapping[uuid.UUID, tuple[str, ...]]:
    """Return the parties of the meetings in a list for a guest, who sees no row of theirs; nothing for others."""
    meetings = [line.meeting for line in lines] if viewer.role is Role.GUEST else []
    return parties_of_released(session, meetings) if meetings else {}
