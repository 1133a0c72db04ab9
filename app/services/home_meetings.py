"""The meetings that the first page needs, however many there are: those that wait, the next ones, how many more."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Uuid, and_, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import joinedload, load_only

from app.db import GuardedSession
from app.domain.cadence import TOOK_PLACE, MeetingFacts
from app.domain.visibility import Viewer
from app.domain.walltime import MAX_DAYS
from app.domain.zones import tzdata_version
from app.models import Mechanism, Meeting, MeetingParty
from app.services.mechanism_record import counted_meetings
from app.services.meetings import MeetingLine
from app.services.practice import is_real

LIVE: Final = ("proposed", "confirmed", "postponed")
NEXT_LIMIT: Final = 10
# Of each kind that waits. Nobody works through more in a day, and the nearest come first.
WAITING_LIMIT: Final = 60
# No meeting is longer than this: what ends after an instant began after so much before it.
_LONGEST: Final = dt.timedelta(days=MAX_DAYS + 1)
_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MeetingsOfHome:
    """The meetings that may wait for the viewer or come next, in order of time; how many are still to come.

    `has_old_rules` says that the time of one of these was promised by other rules of the clocks than today's.
    """

    lines: tuple[MeetingLine, ...]
    coming_count: int
    has_old_rules: bool


def meetings_of_home(session: GuardedSession, *, with_waiting: bool = True) -> MeetingsOfHome:
    """Return the meetings of the viewer's first page, in two statements; the next ones alone for who is a guest."""
    now, viewer = session.now, session.bound_viewer
    dated = _live(Meeting.ends_at > now, Meeting.starts_at > now - _LONGEST, Meeting.date_is_open.is_(False))
    undated = (Meeting.state == "postponed", Meeting.date_is_open.is_(True), is_real())
    parts = [_first(dated, NEXT_LIMIT), _first(undated, NEXT_LIMIT)]
    if with_waiting:
        parts += [*(_first(each, WAITING_LIMIT) for each in _waiting(viewer, now)), *_around(now)]
    # The ids, and the count of those to come as a row without one; then the rows by their ids, so that none is scanned.
    counted = select(
        cast(null(), Uuid()), func.count(), func.min(Meeting.tzdata_version), func.max(Meeting.tzdata_version)
    )
    counted = counted.select_from(Meeting).where(or_(and_(*dated), and_(*undated)))
    named = [select(part.subquery().c.id, literal(0), literal(""), literal("")) for part in parts]
    found = session.execute(union_all(*named, counted)).all()
    ((_, count, oldest, newest),) = [row for row in found if row[0] is None]
    rows = session.execute(
        select(Meeting, Mechanism)
        .outerjoin(Mechanism, Mechanism.id == Meeting.mechanism_id)
        .where(Meeting.id.in_({row[0] for row in found if row[0] is not None}))
        .options(
            joinedload(Meeting.parties),
            load_only(Mechanism.code, Mechanism.name, Mechanism.ref, Mechanism.merged_into_id),
        )
        .order_by(Meeting.starts_at, Meeting.reference)
    )
    lines = tuple(MeetingLine(meeting, mechanism) for meeting, mechanism in rows.unique())
    return MeetingsOfHome(lines, count, bool(count) and {oldest, newest} != {tzdata_version()})


def _live(*conditions: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    return (Meeting.state.in_(LIVE), *conditions, is_real())


def _first(conditions: Sequence[ColumnElement[bool]], limit: int) -> Select[uuid.UUID]:
    """Return the query for the ids of the first of them in time."""
    return select(Meeting.id).where(*conditions).order_by(Meeting.starts_at, Meeting.reference).limit(limit)


def _waiting(viewer: Viewer, now: dt.datetime) -> list[Sequence[ColumnElement[bool]]]:
    """Return the conditions of each kind of meeting that may wait for the viewer."""
    ahead = (Meeting.ends_at > now, Meeting.starts_at > now - _LONGEST)
    unanswered = and_(
        MeetingParty.meeting_id == Meeting.id,
        MeetingParty.removed.is_(False),
        or_(MeetingParty.answer.is_(None), MeetingParty.is_reported.is_(True)),
        *([MeetingParty.party_code == viewer.party] if viewer.sits_at_a_table else []),
    )
    waits = select(MeetingParty.id).where(unanswered).correlate(Meeting).exists()
    return [
        (Meeting.state == "proposed", *ahead, waits, is_real()),
        (Meeting.state == "confirmed", Meeting.starts_at <= now, Meeting.ends_at <= now, is_real()),
    ]


def _around(now: dt.datetime) -> list[Select[uuid.UUID]]:
    """Return the queries for the ids of what is around something else: few, found by indexes of these alone."""
    of_some = (Meeting.parent_id.is_not(None), Meeting.event_id.is_not(None))
    return [
        select(Meeting.id).where(each, Meeting.state.in_(LIVE), Meeting.ends_at > now, is_real()) for each in of_some
    ]


def coming(found: MeetingsOfHome, now: dt.datetime) -> tuple[MeetingLine, ...]:
    """Return the next of the meetings to come, those whose date is open last."""
    live = [line for line in found.lines if line.meeting.state in LIVE]
    dated = [line for line in live if line.meeting.ends_at > now and not line.meeting.date_is_open]
    return (*dated, *(line for line in live if line.meeting.date_is_open))[:NEXT_LIMIT]


def counted_since(
    session: GuardedSession, windows: Iterable[tuple[uuid.UUID, dt.date, dt.date]]
) -> Mapping[uuid.UUID, Sequence[MeetingFacts]]:
    """Return, by mechanism, the meetings that are agreed or took place within its days, or serve one of these.

    Each window is the id of a mechanism with a first and a last day.
    """
    known = tuple(windows)
    if not known:
        return {}
    # In UTC a day begins up to half a day before or after it does in the zone of a meeting.
    within: list[Any] = [
        and_(
            Meeting.mechanism_id == identity,
            Meeting.starts_at >= _midnight(first - _DAY),
            Meeting.starts_at < _midnight(last + 2 * _DAY),
        )
        for identity, first, last in known
    ]
    # Few serve another period than that of their day, whatever they are of.
    serving = Meeting.serves_on >= min(first for _, first, _ in known)
    ids = select(Meeting.id).where(or_(serving, *within))
    return counted_meetings(session, Meeting.id.in_(ids), (*sorted(TOOK_PLACE), "confirmed"))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
