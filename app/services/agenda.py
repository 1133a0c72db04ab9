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
from app.domain.references import joined_codes
from app.domain.visibility import Action, Facts, can
from app.domain.walltime import in_zone
from app.domain.zones import known_zone
from app.models import AgendaItem, Meeting, Party
from app.services.action_lines import ActionLine
from app.services.agenda_standing import AgendaStanding, standing_of
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

    The number of an item of some of the parties begins with their codes (`MXUS-1`); it has no clock times, and `order`
    is the digest of its own series. `opens_day` is the day of a sitting that it opens, in the meeting's zone, where
    there are several. `open_actions` stand under the first item on progress since the last meeting.
    """

    item: AgendaItem
    number: str
    times: tuple[ClockTime, ...]
    is_over: bool
    opens_day: dt.date | None
    open_actions: tuple[ActionLine, ...]
    order: str
    may_edit: bool
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class AgendaView:
    """The agenda as its pages and papers show it; `removed` are the items that can be put back.

    `items` are those of all the parties, `apart` those of some of them that the viewer sees: these take none of the
    meeting's time. `order` is the digest that a move carries; `ends` are the clock times at which the last item ends.
    `may_edit` is of the items of all, which an adopted agenda keeps as they are; `may_steer` says that the viewer
    issues the agenda and asks for its adoption.
    """

    meeting: Meeting
    items: tuple[ItemLine, ...]
    apart: tuple[ItemLine, ...]
    standing: AgendaStanding
    removed: tuple[AgendaItem, ...]
    columns: tuple[ClockColumn, ...]
    ends: tuple[ClockTime, ...]
    timetable: Timetable
    order: str
    is_frozen: bool
    may_edit: bool
    may_steer: bool

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
    standing: AgendaStanding | None = None,
) -> AgendaView:
    """Return the agenda of a meeting whose parties and sittings are loaded, as the viewer may see it.

    `facts` are `facts_of_meeting`'s, `parties` the chosen ones, `open_actions` what is still to be done of the last
    meeting, `standing` is `standing_of`'s, where the caller has them already.
    """
    rows = items_of(session, meeting.id)
    items = [row for row in rows if not row.removed and not row.parties]
    columns = clock_columns(session, meeting, parties)
    sittings = () if meeting.date_is_open else when_of(meeting).sittings
    zone_names = [column.zone_name for column in columns] if sittings else []
    timetable = clock_times([item.minutes for item in items], sittings, zone_names)
    has_progress = any(item.kind == PROGRESS for item in items)
    if open_actions is None:
        open_actions = open_before(session, meeting) if has_progress else ()
    is_frozen = meeting.state in FROZEN_STATES
    known = facts if facts is not None else facts_of_meeting(session, meeting)
    viewer, standing = session.bound_viewer, standing or standing_of(session, meeting)
    works = not is_frozen and can(viewer, Action.EDIT_AGENDA, known)
    last = max((use.ends_at for use in timetable.sittings), default=None)
    zone = known_zone(meeting.time_zone)
    may_edit = works and standing.state != "adopted"
    return AgendaView(
        meeting=meeting,
        items=_lines(items, timetable, zone, zone_names, tuple(open_actions), may_edit=may_edit),
        apart=_apart(session, rows, is_frozen=is_frozen),
        standing=standing,
        removed=tuple(row for row in rows if row.removed),
        columns=columns if sittings else (),
        ends=tuple(_clock_time(last, name, zone) for name in zone_names) if last and items else (),
        timetable=timetable,
        order=order_digest(item.id for item in items),
        is_frozen=is_frozen,
        may_edit=may_edit,
        may_steer=not is_frozen and can(viewer, Action.ISSUE_AGENDA, known),
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
    said += [item.presenters, dict(item.annotation), dict(item.expected_result)]
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
    *,
    may_edit: bool,
) -> tuple[ItemLine, ...]:
    several = len(timetable.sittings) > 1
    lines: list[ItemLine] = []
    sitting_before, progress_is_told = -1, False
    order = order_digest(item.id for item in items)
    for index, item in enumerate(items):
        time = timetable.items[index] if timetable.items else None
        opens = time is not None and several and time.sitting != sitting_before
        tells = item.kind == PROGRESS and not progress_is_told
        lines.append(
            ItemLine(
                item=item,
                number=str(index + 1),
                times=tuple(_clock_time(time.starts_at, name, meeting_zone) for name in zone_names) if time else (),
                is_over=time is not None and time.is_over,
                opens_day=in_zone(time.starts_at, meeting_zone).date() if time and opens else None,
                open_actions=open_actions if tells else (),
                order=order,
                may_edit=may_edit,
                is_first=index == 0,
                is_last=index == len(items) - 1,
            )
        )
        sitting_before = time.sitting if time else -1
        progress_is_told = progress_is_told or tells
    return tuple(lines)


def _apart(session: GuardedSession, rows: Sequence[AgendaItem], *, is_frozen: bool) -> tuple[ItemLine, ...]:
    """Return the items of some of the parties, by series; adopting the agenda changes nothing in them."""
    series: dict[tuple[str, ...], list[AgendaItem]] = {}
    for row in rows:
        if row.parties and not row.removed:
            series.setdefault(tuple(sorted(row.parties)), []).append(row)
    lines = []
    for parties, items in sorted(series.items()):
        order = order_digest(item.id for item in items)
        may_edit = not is_frozen and can(session.bound_viewer, Action.EDIT_AGENDA, facts_apart(session, parties))
        lines += [
            ItemLine(
                item, f"{joined_codes(parties)}-{place}", (), is_over=False, opens_day=None, open_actions=(),
                order=order, may_edit=may_edit, is_first=place == 1, is_last=place == len(items),
            )
            for place, item in enumerate(items, start=1)
        ]  # fmt: skip
    return tuple(lines)


def facts_apart(session: GuardedSession, parties: Iterable[str]) -> Facts:
    """Return what the table of permissions needs to know of what some of a meeting's parties have among them.

    A secretariat's member sees it by a hat that exactly these parties gave, or not at all.
    """
    return Facts(frozenset(parties), appointments=frozenset(hat.appointment_id for hat in session.bound_viewer.hats))


def _clock_time(instant: dt.datetime, zone_name: str, meeting_zone: str) -> ClockTime:
    local, there = in_zone(instant, zone_name), in_zone(instant, meeting_zone)
    return ClockTime(local, local.date() if local.date() != there.date() else None)
