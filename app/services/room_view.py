"""The room of a meeting as its pages show it: the item that is taken, what comes next and when, and who is there."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from app.db import GuardedSession
from app.domain import rosters
from app.domain.agenda import ItemTime, Span, clock_times
from app.domain.errors import NotFound
from app.domain.room import (
    Planned,
    Running,
    Taken,
    expected_times,
    minutes_behind,
    running,
    still_to_come,
    used_minutes,
)
from app.domain.rosters import Attended, Quorum
from app.domain.visibility import Action, Facts, can
from app.domain.walltime import in_zone
from app.domain.zones import known_zone
from app.models import (
    AgendaItem,
    ItemPaper,
    ItemTaken,
    Meeting,
    MinuteEntry,
    RegisteredDocument,
    Room,
    RosterAttendance,
    RosterEntry,
)
from app.services.agenda import ClockColumn, clock_columns, items_of
from app.services.meeting_state import chosen_rows, when_of
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.rooms import find_room, plenary


@dataclass(frozen=True, slots=True)
class RoomItem:
    """An item of the agenda in its room; `number` counts within its series, `MXUS-1` where it is of some parties.

    `planned` are its hours on the agenda, `expected` those by which it is expected now; None without hours.
    """

    item: AgendaItem
    number: str
    planned: ItemTime | None
    expected: ItemTime | None
    used_minutes: int
    is_current: bool
    is_taken: bool
    entries: tuple[MinuteEntry, ...]
    removed_entries: tuple[MinuteEntry, ...]


@dataclass(frozen=True, slots=True)
class Presence:
    """How a delegation is there today: how many in the room and by video; None where nobody recorded it.

    `speaking` is the roster's entry of its head, or of who acts for the head.
    """

    party: str
    present_count: int
    remote_count: int
    is_recorded: bool
    speaking: RosterEntry | None


@dataclass(frozen=True, slots=True)
class RoomView:
    """A meeting as it is held; `room` is None before it is opened.

    `apart` are the items of some of its parties that the viewer sees, `taken_off` those that are no longer on the
    agenda but have notes; `loose` was captured under no item.
    """

    meeting: Meeting
    facts: Facts
    room: Room | None
    items: tuple[RoomItem, ...]
    apart: tuple[RoomItem, ...]
    taken_off: tuple[RoomItem, ...]
    loose: tuple[MinuteEntry, ...]
    removed_loose: tuple[MinuteEntry, ...]
    current: RoomItem | None
    running: Running | None
    coming: tuple[RoomItem, ...]
    behind_minutes: int
    total_minutes: int
    passed_minutes: int
    columns: tuple[ClockColumn, ...]
    presences: tuple[Presence, ...]
    quorum: Quorum | None
    now: dt.datetime
    may_chair: bool
    may_note: bool

    @property
    def is_open(self) -> bool:
        """Say whether the meeting is being held in it."""
        return self.room is not None and self.room.state == "open"

    @property
    def is_attributed(self) -> bool:
        """Say whether anybody may be named."""
        return self.room is None or self.room.is_attributed


def room_view(session: GuardedSession, reference: str) -> RoomView:
    """Return the room of a meeting of the viewer's, opened or not; raises `NotFound`."""
    meeting = find_meeting(session, reference)
    facts = facts_of_meeting(session, meeting)
    if not can(session.bound_viewer, Action.FOLLOW_ROOM, facts):
        raise NotFound
    room = find_room(session, meeting.id)
    return _View(session, meeting, facts, room).made()


class _View:
    """What a view is put together from, read once."""

    def __init__(self, session: GuardedSession, meeting: Meeting, facts: Facts, room: Room | None) -> None:
        self.session, self.meeting, self.facts, self.room = session, meeting, facts, room
        self.now = session.now
        self.rows = items_of(session, meeting.id)
        self.turns = _turns(session, meeting)
        self.entries = _entries(session, meeting)
        self.sittings: tuple[Span, ...] = () if meeting.date_is_open else when_of(meeting).sittings
        self.columns = clock_columns(session, meeting)
        self.zones = [column.zone_name for column in self.columns] if self.sittings else []

    def made(self) -> RoomView:
        """Return the whole view."""
        standing = plenary(self.rows)
        times = clock_times([item.minutes for item in standing], self.sittings, self.zones).items
        planned = [
            Planned(item.id, item.minutes, times[n].starts_at, times[n].ends_at)
            if times
            else Planned(item.id, item.minutes)
            for n, item in enumerate(standing)
        ]
        shared = [turn for turn in self.turns if self.room and turn.audience_id == self.room.audience_id]
        spans = _spans(shared)
        current_id = self.room.current_item_id if self.room else None
        on = next((each for each in planned if each.item_id == current_id), None)
        time = running(on, spans, self.now) if on else None
        rest = still_to_come(planned, current_id, {span.item_id for span in spans})
        expected = self._expected(rest, time)
        lines = [
            self._line(item, str(n + 1), times[n] if times else None, expected.get(item.id), shared)
            for n, item in enumerate(standing)
        ]
        by_id = {line.item.id: line for line in lines}
        presences, quorum = _presences(self.session, self.meeting, self.now)
        viewer = self.session.bound_viewer
        return RoomView(
            meeting=self.meeting,
            facts=self.facts,
            room=self.room,
            items=tuple(lines),
            apart=self._apart(),
            taken_off=self._taken_off(),
            loose=tuple(each for each in self.entries.get(None, ()) if not each.removed),
            removed_loose=tuple(each for each in self.entries.get(None, ()) if each.removed),
            current=by_id.get(current_id) if current_id else None,
            running=time,
            coming=tuple(by_id[each.item_id] for each in rest),
            behind_minutes=minutes_behind(planned, time, rest[0] if rest else None, self.now) if self._is_on() else 0,
            total_minutes=sum(item.minutes for item in standing),
            passed_minutes=sum(used_minutes(item.id, spans, self.now) for item in standing),
            columns=self.columns,
            presences=presences,
            quorum=quorum,
            now=self.now,
            may_chair=can(viewer, Action.CHAIR_MEETING, self.facts),
            may_note=can(viewer, Action.TAKE_NOTES, self.facts),
        )

    def _is_on(self) -> bool:
        """Say whether the meeting is being held: opened the day before, it is not late; nor days after its end."""
        is_open = self.room is not None and self.room.state == "open"
        return is_open and self.now < self.meeting.ends_at + dt.timedelta(hours=12)

    def _expected(self, rest: Sequence[Planned], time: Running | None) -> Mapping[uuid.UUID, ItemTime]:
        """Return when what is still to come is expected: after this item, or at its hour if that is ahead."""
        if not self.sittings or not rest or not self._is_on():
            return {}
        start = time.ends_at if time else max(self.now, rest[0].starts_at or self.now)
        times = expected_times(rest, start, self.sittings, self.zones)
        return {each.item_id: times[n] for n, each in enumerate(rest)}

    def _apart(self) -> tuple[RoomItem, ...]:
        counted: dict[str, int] = {}
        lines = []
        for item in self.rows:
            if item.removed or not item.parties:
                continue
            series = "".join(sorted(item.parties))
            counted[series] = counted.get(series, 0) + 1
            own = [turn for turn in self.turns if turn.item_id == item.id]
            lines.append(self._line(item, f"{series}-{counted[series]}", None, None, own))
        return tuple(lines)

    def _taken_off(self) -> tuple[RoomItem, ...]:
        gone = [item for item in self.rows if item.removed and item.id in self.entries]
        return tuple(self._line(item, "", None, None, ()) for item in gone)

    def _line(
        self, item: AgendaItem, number: str, planned: ItemTime | None, expected: ItemTime | None,
        turns: Iterable[ItemTaken],
    ) -> RoomItem:  # fmt: skip
        own = [turn for turn in turns if turn.item_id == item.id]
        entries = self.entries.get(item.id, ())
        return RoomItem(
            item=item,
            number=number,
            planned=planned,
            expected=expected,
            used_minutes=used_minutes(item.id, _spans(own), self.now),
            is_current=any(turn.ended_at is None for turn in own),
            is_taken=bool(own),
            entries=tuple(entry for entry in entries if not entry.removed),
            removed_entries=tuple(entry for entry in entries if entry.removed),
        )


def papers_for_all(session: GuardedSession, view: RoomView) -> list[str]:
    """Return the symbols of the current item's papers that all the meeting's parties see, for the wall of their room.

    Guests to whom the meeting or its agenda was released may see them as well.
    """
    if view.room is None or view.current is None:
        return []
    shared = (view.room.audience_id, view.meeting.audience_id, view.current.item.audience_id)
    rows = session.execute(
        select(RegisteredDocument.symbol)
        .join(ItemPaper, ItemPaper.document_id == RegisteredDocument.id)
        .where(
            ItemPaper.item_id == view.current.item.id,
            ItemPaper.audience_id.in_(shared),
            RegisteredDocument.audience_id.in_(shared),
        )
        .order_by(ItemPaper.position, RegisteredDocument.symbol)
    ).scalars()
    return [symbol for symbol in rows if symbol]


def _turns(session: GuardedSession, meeting: Meeting) -> list[ItemTaken]:
    query = select(ItemTaken).where(ItemTaken.meeting_id == meeting.id).order_by(ItemTaken.started_at, ItemTaken.id)
    return list(session.execute(query).scalars())


def _entries(session: GuardedSession, meeting: Meeting) -> dict[uuid.UUID | None, list[MinuteEntry]]:
    found: dict[uuid.UUID | None, list[MinuteEntry]] = {}
    rows = session.execute(
        select(MinuteEntry).where(MinuteEntry.meeting_id == meeting.id).order_by(MinuteEntry.position, MinuteEntry.id)
    ).scalars()
    for row in rows:
        found.setdefault(row.item_id, []).append(row)
    return found


def _spans(turns: Iterable[ItemTaken]) -> list[Taken]:
    return [Taken(turn.item_id, turn.started_at, turn.ended_at) for turn in turns]


def _presences(
    session: GuardedSession, meeting: Meeting, now: dt.datetime
) -> tuple[tuple[Presence, ...], Quorum | None]:
    """Return how each delegation is there on the day that it is at the meeting, from what was recorded by hand."""
    today = in_zone(now, known_zone(meeting.time_zone)).date()
    on = min(max(today, meeting.starts_on), meeting.ends_on)
    rows = session.execute(
        select(RosterEntry, RosterAttendance.presence)
        .outerjoin(RosterAttendance, and_(RosterAttendance.entry_id == RosterEntry.id, RosterAttendance.sat_on == on))
        .where(RosterEntry.meeting_id == meeting.id, RosterEntry.state == "approved")
    ).all()
    codes = [row.party_code for row in chosen_rows(meeting)]
    said = [(entry, presence) for entry, presence in rows if entry.party_code in codes]
    quorum = rosters.quorum_on(on, codes, [Attended(entry.party_code, presence) for entry, presence in said])
    return tuple(_presence(code, said) for code in codes), quorum if today >= meeting.starts_on else None


def _presence(code: str, said: Iterable[tuple[RosterEntry, str | None]]) -> Presence:
    own = [(entry, presence) for entry, presence in said if entry.party_code == code]
    there = [entry for entry, presence in own if presence in {"present", "remote"}]
    counts = {mode: sum(presence == mode for _, presence in own) for mode in ("present", "remote")}
    leading = [entry for entry in rosters.in_order(there) if entry.role in {"head", "alternate"}]
    return Presence(
        party=code,
        present_count=counts["present"],
        remote_count=counts["remote"],
        is_recorded=any(presence for _, presence in own),
        speaking=leading[0] if leading else None,
    )
