"""Whose time it is: the title of a meeting, its hours in each city, and how the cities differ."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _

from app import pictures, words
from app.domain import zones
from app.domain.visibility import Viewer
from app.domain.walltime import offset_minutes
from app.domain.zone_changes import DECIDED_IN
from app.models import Meeting
from app.services.meetings import MeetingView

# Differences between zones follow the year; what has not changed after this has no change to tell of.
LOOK_AHEAD_DAYS: Final = 366


def city_of_meeting(meeting: Meeting, language: str) -> str:
    """Return the city whose wall time a meeting keeps; UTC where the zone data has its zone no more."""
    if zones.known_zone(meeting.time_zone) != meeting.time_zone:
        return "UTC"
    return words.city_at(meeting.time_zone, meeting.place, language)


def wall_of(meeting: Meeting) -> tuple[dt.date, dt.time | None]:
    """Return the day and the hour that the clock of a meeting's city shows at its start.

    That is what was promised, unless new zone data puts the promised moment at another hour and nobody has
    decided: then the moment stands, and who looks at that clock must not come at the hour that it no longer is.
    """
    if meeting.starts_time is None or meeting.date_is_open or meeting.state not in DECIDED_IN:
        return meeting.starts_on, meeting.starts_time
    wall = words.local(meeting.starts_at, zones.known_zone(meeting.time_zone))
    return wall.date(), wall.time()


def promised(meeting: Meeting, language: str) -> str:
    """Return the promise itself, which is the title of a meeting's page: its days, its hour, and whose time that is."""
    starts_on, starts_time = wall_of(meeting)
    days = _days(starts_on, meeting.ends_on + (starts_on - meeting.starts_on), language)
    return _in_city(days, starts_time, city_of_meeting(meeting, language), language)


def promised_then(standing: Mapping[str, Any], language: str) -> str:
    """Return the promise that a record keeps of a meeting as it stood."""
    starts_on = dt.date.fromisoformat(standing["starts_on"])
    written = standing.get("starts_time")
    starts_time = dt.time.fromisoformat(written) if written else None
    city = words.city_at(standing["time_zone"], standing.get("place"), language)
    return _in_city(words.date_long(starts_on, language), starts_time, city, language)


def first_promise(meeting: Meeting, language: str) -> str | None:
    """Return the start first promised, where it is not the one promised now."""
    if meeting.first_starts_on is None or (meeting.first_starts_on == meeting.starts_on and not meeting.date_is_open):
        return None
    at = meeting.first_starts_at
    starts_time = words.local(at, zones.known_zone(meeting.time_zone)).time() if at else None
    day = words.date_long(meeting.first_starts_on, language)
    return _in_city(day, starts_time, city_of_meeting(meeting, language), language)


def _days(first: dt.date, last: dt.date, language: str) -> str:
    if first == last:
        return words.date_long(first, language)
    return str(_("%(first)s to %(last)s", first=words.date_long(first, language), last=words.date_long(last, language)))


def _in_city(days: str, starts_time: dt.time | None, city: str, language: str) -> str:
    if starts_time is None:
        return str(_("%(days)s in %(city)s", days=days, city=city))
    return str(_("%(days)s, %(time)s in %(city)s", days=days, time=words.time_of_day(starts_time, language), city=city))


def first_sitting(meeting: Meeting) -> tuple[dt.datetime, dt.datetime] | None:
    """Return the instants between which a meeting first sits; None where only its days are known."""
    if meeting.starts_time is None or meeting.ends_time is None:
        return None
    if meeting.starts_on == meeting.ends_on:
        return meeting.starts_at, meeting.ends_at
    if wall_of(meeting) != (meeting.starts_on, meeting.starts_time):  # new zone data: its length is as promised
        hours = (dt.datetime.combine(meeting.starts_on, at) for at in (meeting.ends_time, meeting.starts_time))
        return meeting.starts_at, meeting.starts_at + (next(hours) - next(hours))
    ends = dt.datetime.combine(meeting.starts_on, meeting.ends_time, zones.zone(zones.known_zone(meeting.time_zone)))
    return meeting.starts_at, ends.astimezone(dt.UTC)


def places_of(view: MeetingView, viewer: Viewer, language: str) -> list[pictures.Place]:
    """Return the meeting's city, the capitals of its parties and the reader's city, each once."""
    meeting = view.meeting
    own = words.city_of(viewer.time_zone, language, viewer.party)
    capitals = [
        (words.pick(line.party.capital, language)[0], line.party.time_zone)
        for line in view.parties
        if line.party.time_zone and line.party.capital
    ]
    zone = zones.known_zone(meeting.time_zone)
    asked = [(city_of_meeting(meeting, language), zone), *capitals, (own, viewer.time_zone)]
    cities = dict(reversed(asked))  # the first one named wins, in the order of the last
    ordered = dict.fromkeys(city for city, _zone in asked)
    return [
        pictures.Place(city, cities[city], is_meeting=number == 0, is_reader=city == own)
        for number, city in enumerate(ordered)
    ]


def clocks_of(meeting: Meeting, places: list[pictures.Place], language: str) -> list[pictures.Clock]:
    """Return the hours of a meeting's first sitting in each city; none where no hour is promised."""
    sitting = first_sitting(meeting)
    if sitting is None or meeting.date_is_open:
        return []
    return pictures.clocks(*sitting, places, language)


def notes_on_time(meeting: Meeting, places: list[pictures.Place], language: str) -> list[str]:
    """Return how the cities differ on the day, as what the time was promised, and what new zone data would say."""
    notes = [_difference(meeting, place, places[0].city, language) for place in places[1:]]
    said = [note for note in notes if note] or [_("These cities keep the same time on that day.")]
    if len(places) == 1:
        said = []
    if meeting.starts_time is not None:
        promise = _(
            "Promised as %(time)s %(zone)s, zone data %(version)s.",
            time=words.time_of_day(meeting.starts_time, language),
            zone=meeting.time_zone, version=meeting.tzdata_version,
        )  # fmt: skip
        said.append(promise)
    return said


def _difference(meeting: Meeting, place: pictures.Place, city: str, language: str) -> str | None:
    behind = _minutes_behind(meeting.starts_at, zones.known_zone(meeting.time_zone), place.zone)
    if behind == 0:
        return None
    until = _changes_on(meeting, place.zone, behind)
    values = {"city": place.city, "duration": words.duration(abs(behind), language), "other": city}
    if until is None:
        if behind > 0:
            return str(_("%(city)s is %(duration)s behind %(other)s.", **values))
        return str(_("%(city)s is %(duration)s ahead of %(other)s.", **values))
    values["day"] = words.date_plain(until, language)
    if behind > 0:
        return str(_("%(city)s is %(duration)s behind %(other)s, until %(day)s.", **values))
    return str(_("%(city)s is %(duration)s ahead of %(other)s, until %(day)s.", **values))


def _minutes_behind(instant: dt.datetime, zone_name: str, other: str) -> int:
    return offset_minutes(instant, zone_name) - offset_minutes(instant, other)


def _changes_on(meeting: Meeting, other: str, behind: int) -> dt.date | None:
    """Return the first day after the meeting on which the two zones differ by something else."""
    return _next_change(meeting.starts_at, zones.known_zone(meeting.time_zone), other, behind)


@functools.lru_cache(maxsize=2048)  # the zones of a process do not change, and each page asks of every capital
def _next_change(starts_at: dt.datetime, own: str, other: str, behind: int) -> dt.date | None:
    for number in range(1, LOOK_AHEAD_DAYS + 1):
        instant = starts_at + dt.timedelta(days=number)
        if _minutes_behind(instant, own, other) != behind:
            return words.local(instant, own).date()
    return None
