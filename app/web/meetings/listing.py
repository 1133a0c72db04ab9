"""Rows of the list of meetings: the reader's time first, the meeting's own beneath it, each with its city."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _

from app import words
from app.domain.visibility import Viewer
from app.domain.zones import known_zone
from app.models import Meeting
from app.services.meetings import MeetingLine
from app.web.meetings.clocks import city_of_meeting, first_sitting, wall_of

SESSION: Final = "session"


@dataclass(frozen=True, slots=True)
class Row:
    """A meeting as a line of a table; `own_time` is in the city that the meeting keeps the time of."""

    meeting: Meeting
    heading: Mapping[str, str]
    small: Mapping[str, str] | None
    day: str
    time: str
    own_time: str
    parties: tuple[str, ...]
    host: str | None


def row_of(
    line: MeetingLine, viewer: Viewer, language: str, parties: Mapping[uuid.UUID, tuple[str, ...]] | None = None
) -> Row:
    """Return the line of a meeting, named by its mechanism where there is one, with its own title beneath.

    A meeting of any other kind than a session is known by its own title.
    `parties` are those of meetings whose rows of parties the viewer does not see.
    """
    meeting = line.meeting
    day, time, own_time = _times(meeting, viewer, language)
    codes = (parties or {}).get(meeting.id) or [row.party_code for row in meeting.parties]
    hosts = [row.party_code for row in meeting.parties if row.hosting == "host"]
    names = (line.mechanism.name if line.mechanism else None, meeting.title)
    heading, small = names if meeting.kind == SESSION else reversed(names)
    if heading is None:
        heading, small = meeting.title, None
    return Row(
        meeting=meeting,
        heading=heading,
        small=small,
        day=day,
        time=time,
        own_time=own_time,
        parties=tuple(words.party_order(codes, language)),
        host=hosts[0] if hosts else None,
    )


def _times(meeting: Meeting, viewer: Viewer, language: str) -> tuple[str, str, str]:
    """Return the day and the hours for the reader, and the meeting's own."""
    city = city_of_meeting(meeting, language)
    if meeting.date_is_open:
        return _("date to agree"), "", ""
    sitting = first_sitting(meeting)
    if sitting is None:
        return _span(meeting.starts_on, meeting.ends_on, language), "", city
    starts, ends = (words.local(instant, viewer.time_zone) for instant in sitting)
    length = meeting.ends_on - meeting.starts_on
    own = words.city_of(viewer.time_zone, language, viewer.party)
    hours = f"{words.time_range(starts, ends, language)}{words.NBSP}{own}"
    there = f"{_own_hours(meeting, starts.date(), language)}{words.NBSP}{city}"
    return _span(starts.date(), starts.date() + length, language), hours, there


def _own_hours(meeting: Meeting, readers_day: dt.date, language: str) -> str:
    """Return the hours in the meeting's own city, with the day where it is another one there."""
    if meeting.starts_time is None or meeting.ends_time is None:
        return ""
    hours = words.time_range(meeting.starts_time, meeting.ends_time, language)
    starts_on, starts_time = wall_of(meeting)
    if starts_time != meeting.starts_time and (sitting := first_sitting(meeting)):  # new zone data, not decided yet
        zone = known_zone(meeting.time_zone)
        starts, ends = (words.local(instant, zone) for instant in sitting)
        hours = words.time_range(starts, ends, language)
    if starts_on == readers_day:
        return hours
    return f"{words.date_short(starts_on, language)}, {hours}"


def _span(first: dt.date, last: dt.date, language: str) -> str:
    return words.date_short(first, language) if first == last else words.date_range(first, last, language)
