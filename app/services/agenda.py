"""Reading the agenda of a meeting: its items, their hours in each capital, and what is open since the last meeting."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import load_only

from app import words
from app.db import GuardedSession, digest_of
from app.domain.agenda import Timetable, clock_times
from app.domain.visibility import Action, Facts, can
from app.domain.walltime import in_zone
from app.domain.zones import known_zone
from app.models import AgendaItem, Meeting, Party
from app.services.action_lines import ActionLine
from app.services.meeting_actions import open_before
from app.services.meeting_state import when_of
from app.services.meetings import facts_of_meeting

FROZEN_STATES: Final = frozenset({"closed"})
PROGRESS: Final = "progress_since_last"


@dataclass(frozen=True, slots=True)
class ClockColumn:
    """A column of clock times: a zone, and the cities that show the same time all through the meeting, by language.

    The first column is the meeting's own.
    """

    zone_name: str
    cities: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time on the wall of a column's cities, and the day where it is another than at the meeting."""

    at: dt.datetime
    other_day: dt.date | None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item with its number and its clock times, one per column.

    `opens_day` is the day of a sitting that it opens, in the meeting's zone, where there are several.
    `open_actions` stand under the first item on progress since the last meeting.
    """

    item: AgendaItem
    number: int
    times: tuple[ClockTime, ...]
    is_over: bool
    opens_day: dt.date | None
    open_actions: tuple[ActionLine, ...]


@dataclass(frozen=True, slots=True)
class AgendaView:
    """The agenda as its pages and papers show it; `removed` are the items that can be put back.

    `order` is the digest that a move carries; `ends` are the clock times at which the last item ends.
    """

    meeting: Meeting
    items: tuple[ItemLine, ...]
    removed: tuple[AgendaItem, ...]
    columns: tuple[ClockColumn, ...]
    ends: tuple[ClockTime, ...]
    timetable: Timetable
    order: str
    is_frozen: bool
    may_edit: bool

    @property
    def left_minutes(self) -> int:
        """Return the minutes that no item takes, of all sittings together."""
        return sum(sitting.left_minutes for sitting in self.timetable.sittings)


def agenda_of(
    session: GuardedSession,
    meeting: Meeting,
    facts: Facts | None = None,
    parties: Iterable[Party] | None = None,
    open_actions: Iterable[ActionLine] | None = None,
) -> AgendaView:
    """Return the agenda of a meeting whose parties and sittings are loaded, as the viewer may see it.

    `facts` are `facts_of_meeting`'s, `parties` the chosen ones, `open_actions` what is still to be done of the last
    meeting, where the caller has them already.
    """
    rows = items_of(session, meeting.id)
    items = [row for row in rows if not row.removed]
    columns = clock_columns(session, meeting, parties)
    sittings = () if meeting.date_is_open else when_of(meeting).sittings
    zone_names = [column.zone_name for column in columns] if sittings else []
    timetable = clock_times([item.minutes for item in items], sittings, zone_names)
    has_progress = any(item.kind == PROGRESS for item in items)
    if open_actions is None:
        open_actions = open_before(session, meeting) if has_progress else ()
    is_frozen = meeting.state in FROZEN_STATES
    known = facts if facts is not None else facts_of_meeting(session, meeting)
    last = max((use.ends_at for use in timetable.sittings), default=None)
    zone = known_zone(meeting.time_zone)
    return AgendaView(
        meeting=meeting,
        items=_lines(items, timetable, zone, zone_names, tuple(open_actions)),
        removed=tuple(row for row in rows if row.removed),
        columns=columns if sittings else (),
        ends=tuple(_clock_time(last, name, zone) for name in zone_names) if last and items else (),
        timetable=timetable,
        order=order_digest(item.id for item in items),
        is_frozen=is_frozen,
        may_edit=not is_frozen and can(session.bound_viewer, Action.EDIT_AGENDA, known),
    )


def items_of(session: GuardedSession, meeting_id: uuid.UUID, *, fresh: bool = False) -> list[AgendaItem]:
    """Return the items of a meeting by position, with those that were removed; `fresh` reads them anew."""
    query = select(AgendaItem).where(AgendaItem.meeting_id == meeting_id)
    query = query.order_by(AgendaItem.position, AgendaItem.id).execution_options(populate_existing=fresh)
    return list(session.execute(query).scalars())


def item_of_meeting(session: GuardedSession, meeting: Meeting, item_id: uuid.UUID) -> AgendaItem | None:
    """Return the item of that id where it stands on the meeting's agenda."""
    query = select(AgendaItem).where(
        AgendaItem.id == item_id, AgendaItem.meeting_id == meeting.id, AgendaItem.removed.is_(False)
    )
    return session.execute(query).scalar_one_or_none()


def item_behind(session: GuardedSession, item_id: uuid.UUID | None) -> AgendaItem | None:
    """Return the item that something came from, one that was taken off the agenda since too; None for none."""
    return session.execute(select(AgendaItem).where(AgendaItem.id == item_id)).scalar_one_or_none() if item_id else None


def order_digest(item_ids: Iterable[uuid.UUID]) -> str:
    """Return a short digest of an order of items, by which a move knows the order it was made from."""
    return digest_of("|".join(str(each) for each in item_ids))[:32]


def version_of(item: AgendaItem) -> str:
    """Return a short digest of what an item says; an edit carries that of the text it was made from.

    The place is no part of it: an item that others only moved is still the one that was read.
    """
    said = [item.kind, item.type, dict(item.title), item.lead_party, item.minutes, item.removed]
    return digest_of(json.dumps(said, sort_keys=True, ensure_ascii=False))[:32]


# Clocks -------------------------------------------------------------------------------------------


def clock_columns(
    session: GuardedSession, meeting: Meeting, parties: Iterable[Party] | None = None
) -> tuple[ClockColumn, ...]:
    """Return the columns of an agenda's hours: the meeting's zone, then each other capital of its parties.

    Cities that show the same time from the start of the meeting to its end share a column.
    """
    known = parties if parties is not None else _parties_of(session, meeting)
    columns: dict[tuple[dt.timedelta | None, ...], tuple[str, list[Mapping[str, str]]]] = {}
    for zone_name, city in [(known_zone(meeting.time_zone), _cities_of_meeting(meeting)), *_capitals(known)]:
        offsets = tuple(in_zone(at, zone_name).utcoffset() for at in (meeting.starts_at, meeting.ends_at))
        _, cities = columns.setdefault(offsets, (zone_name, []))
        if city not in cities:
            cities.append(city)
    return tuple(ClockColumn(zone_name, tuple(cities)) for zone_name, cities in columns.values())


def _parties_of(session: GuardedSession, meeting: Meeting) -> Iterable[Party]:
    codes = [row.party_code for row in meeting.parties]
    return session.execute(
        select(Party)
        .where(Party.code.in_(codes))
        .options(load_only(Party.code, Party.name, Party.capital, Party.time_zone))
        .order_by(Party.code)
    ).scalars()


def _capitals(parties: Iterable[Party]) -> list[tuple[str, Mapping[str, str]]]:
    return [(party.time_zone, dict(party.capital or party.name)) for party in parties if party.time_zone]


def _cities_of_meeting(meeting: Meeting) -> dict[str, str]:
    """Return the name, by language, of the city whose time the meeting keeps."""
    return {
        language: words.city_at(known_zone(meeting.time_zone), meeting.place, language) for language in words.LANGUAGES
    }


def _lines(
    items: Sequence[AgendaItem],
    timetable: Timetable,
    meeting_zone: str,
    zone_names: Sequence[str],
    open_actions: tuple[ActionLine, ...],
) -> tuple[ItemLine, ...]:
    several = len(timetable.sittings) > 1
    lines: list[ItemLine] = []
    sitting_before, progress_is_told = -1, False
    for index, item in enumerate(items):
        time = timetable.items[index] if timetable.items else None
        opens = time is not None and several and time.sitting != sitting_before
        tells = item.kind == PROGRESS and not progress_is_told
        lines.append(
            ItemLine(
                item=item,
                number=index + 1,
                times=tuple(_clock_time(time.starts_at, name, meeting_zone) for name in zone_names) if time else (),
                is_over=time is not None and time.is_over,
                opens_day=in_zone(time.starts_at, meeting_zone).date() if time and opens else None,
                open_actions=open_actions if tells else (),
            )
        )
        sitting_before = time.sitting if time else -1
        progress_is_told = progress_is_told or tells
    return tuple(lines)


def _clock_time(instant: dt.datetime, zone_name: str, meeting_zone: str) -> ClockTime:
    local, there = in_zone(instant, zone_name), in_zone(instant, meeting_zone)
    return ClockTime(local, local.date() if local.date() != there.date() else None)
