"""Reading the calendar: what the viewer may see of some days, narrowed to what they ask for."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import load_only, selectinload

from app.catalogue import load_shipped
from app.db import GuardedSession
from app.domain.actions import today_in
from app.domain.assembly import assemblies
from app.domain.calendar import days_of
from app.domain.errors import Refusal
from app.domain.lifecycle import When
from app.domain.meeting_advice import Advice, clashes
from app.domain.visibility import Action, can
from app.domain.walltime import MAX_DAYS, day_starts_at, sittings
from app.domain.zones import known_zone
from app.models import Mechanism, Meeting, MeetingParty, Party
from app.services.calendar_dates import (
    DiaryEntry,
    closures_shown,
    dates_to_agree,
    legs_due,
    other_dates,
    un_dates,
)
from app.services.meeting_warnings import AHEAD, SITS, Planned, advice_on_days, people_needed, planned_of
from app.services.practice import is_real

# What can be shown beside closures, in the order of the form.
SHOWS: Final = ("meetings", "to_agree", "due", "un", "dates")
FOR_GUESTS: Final = ("meetings", "un")
# More meetings than these are no calendar that a person reads: they are asked to narrow it.
MEETINGS_LIMIT: Final = 400
WARNINGS_LIMIT: Final = 12
# Closures that are worth a look: so many days after high-level week, when people return from it.
DAYS_AFTER: Final = 3

_ORDER: Final = {
    kind: number
    for number, kind in enumerate(
        ("high_level", "assembly", "un_closure", "closure", "event", "date", "to_agree", "due", "meeting")
    )
}
_DAY: Final = dt.timedelta(days=1)
_READ: Final = (
    Meeting.reference, Meeting.mechanism_id, Meeting.title, Meeting.state, Meeting.format, Meeting.place,
    Meeting.time_zone, Meeting.starts_on, Meeting.ends_on, Meeting.starts_time, Meeting.ends_time, Meeting.starts_at,
    Meeting.ends_at, Meeting.date_is_open, Meeting.kind, Meeting.parent_id,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DiaryFilter:
    """What the calendar is narrowed to.

    `shows` are of `SHOWS`; `closures` those of these capitals, of all where it is None. Of the meetings it shows
    those of one mechanism (a code), with one party, of one level, of one kind; cancelled ones only where asked for.
    """

    shows: frozenset[str] = frozenset(SHOWS)
    closures: tuple[str, ...] | None = None
    mechanism: str | None = None
    party: str | None = None
    level: str | None = None
    kind: str | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Warned:
    """Something worth a second look, and the meeting that it is about."""

    meeting: Meeting
    advice: Advice


@dataclass(frozen=True, slots=True)
class Diary:
    """What stands on some days, in order; what it can be narrowed to; and what was asked for that there is not.

    `capitals` are the parties whose closures can be shown, `closed` those that are. `warnings` are of meetings to
    come, the nearest first, `more_warnings` says that there are others. `is_cut` says that there are more meetings.
    """

    entries: tuple[DiaryEntry, ...]
    mechanisms: tuple[Mechanism, ...]
    parties: Mapping[str, Party]
    capitals: tuple[str, ...]
    closed: tuple[str, ...]
    asked: DiaryFilter
    unknown: frozenset[str]
    today: dt.date
    is_cut: bool = False
    warnings: tuple[Warned, ...] = ()
    more_warnings: bool = False
    computed_sessions: tuple[int, ...] = ()


def diary_of(
    session: GuardedSession,
    first_day: dt.date,
    last_day: dt.date,
    asked: DiaryFilter,
    *,
    with_warnings: bool = True,
) -> Diary:
    """Return what the viewer may see of the days, both included, as the calendar of their zone counts them.

    What the filter names and the viewer cannot see narrows nothing and is told in `unknown`, the same whether it
    exists or not. A guest is shown the meetings released to them, closures and the dates of the United Nations.
    """
    viewer = session.bound_viewer
    reads_register = can(viewer, Action.READ_REGISTER)
    mechanisms = _mechanisms(session) if reads_register else ()
    parties = _parties(session)
    capitals = tuple(code for code, row in parties.items() if row.is_core)
    known, unknown = _known(asked, mechanisms, parties, capitals)
    if not reads_register:
        known = replace(known, shows=known.shows & set(FOR_GUESTS))
    narrowed = _narrowed(known, mechanisms)
    days = first_day, last_day
    meetings, is_cut = _meetings(session, days, known, narrowed) if "meetings" in known.shows else ((), False)
    by_id = {row.id: row for row in mechanisms}
    closed = capitals if known.closures is None else known.closures
    entries = [
        *_meeting_entries(meetings, by_id, days, viewer.time_zone),
        *_beside(session, days, known, [row for row in mechanisms if narrowed is None or row.id in narrowed]),
        *closures_shown(closed, *days),
    ]
    entries.sort(key=lambda each: (each.first_day, _ORDER[each.kind], _start(each)))
    found = Diary(
        tuple(entries), mechanisms, parties, capitals, closed, known, unknown, today_in(session.now, viewer.time_zone),
        is_cut,
    )  # fmt: skip
    return _with_warnings(session, found, meetings, days) if with_warnings else found


def _start(entry: DiaryEntry) -> tuple[float, str]:
    """Return the moment of a meeting, days without hours first, and a name for the rest of the order."""
    meeting = entry.meeting
    if meeting is None:
        return 0.0, entry.party or ""
    return (meeting.starts_at.timestamp() if meeting.starts_time else 0.0), meeting.reference


# What can be asked for ----------------------------------------------------------------------------


def _mechanisms(session: GuardedSession) -> tuple[Mechanism, ...]:
    """Return the mechanisms that the viewer may read, without those that only an author calls for."""
    rows = session.execute(
        select(Mechanism)
        .where(Mechanism.status != "proposed")
        .options(
            load_only(
                Mechanism.code,
                Mechanism.ref,
                Mechanism.name,
                Mechanism.status,
                Mechanism.parties,
                Mechanism.facts,
                Mechanism.origin,
                Mechanism.merged_into_id,
            )
        )
        .order_by(Mechanism.ref, Mechanism.code)
    ).scalars()
    return tuple(rows)


def _parties(session: GuardedSession) -> dict[str, Party]:
    rows = session.execute(
        select(Party)
        .options(load_only(Party.code, Party.name, Party.capital, Party.time_zone, Party.is_core))
        .order_by(Party.code)
    ).scalars()
    return {row.code: row for row in rows}


def _known(
    asked: DiaryFilter, mechanisms: Iterable[Mechanism], parties: Collection[str], capitals: Collection[str]
) -> tuple[DiaryFilter, frozenset[str]]:
    """Return the filter without what is not there for this viewer, and the names of the fields that had such."""
    levels = {level for row in mechanisms for level in levels_of(row)}
    unknown = {
        name
        for name, value, there in (
            ("mechanism", asked.mechanism, {row.code for row in mechanisms}),
            ("party", asked.party, parties),
            ("level", asked.level, levels),
        )
        if value is not None and value not in there
    }
    known = replace(asked, **dict.fromkeys(unknown, None))  # type: ignore[arg-type]
    if asked.closures is not None and not set(asked.closures) <= set(capitals):
        unknown.add("closures")
        left = tuple(code for code in capitals if code in asked.closures)
        is_empty = not left and not asked.shows
        known = replace(known, closures=None, shows=frozenset(SHOWS)) if is_empty else replace(known, closures=left)
    return known, frozenset(unknown)


def levels_of(mechanism: Mechanism) -> tuple[str, ...]:
    """Return the level of a mechanism, and the others at which it meets."""
    level = mechanism.facts.get("level")
    return (*([str(level)] if level else []), *map(str, mechanism.facts.get("other_levels") or ()))


def _narrowed(known: DiaryFilter, mechanisms: Iterable[Mechanism]) -> frozenset[uuid.UUID] | None:
    """Return the ids of the mechanisms that are asked for; None where none is."""
    if known.mechanism is None and known.level is None:
        return None
    rows = tuple(mechanisms)
    found = {
        row.id
        for row in rows
        if known.mechanism in (None, row.code) and (known.level is None or known.level in levels_of(row))
    }
    # What was merged into one of them counts there, under the references that it had.
    return frozenset(found | {row.id for row in rows if row.merged_into_id in found})


# What stands there --------------------------------------------------------------------------------


def _beside(
    session: GuardedSession, days: tuple[dt.date, dt.date], known: DiaryFilter, mechanisms: Sequence[Mechanism]
) -> Iterator[DiaryEntry]:
    today = today_in(session.now, session.bound_viewer.time_zone)
    is_narrowed = known.mechanism is not None or known.level is not None
    if "to_agree" in known.shows:
        owing = [row for row in mechanisms if known.party is None or known.party in row.parties]
        yield from dates_to_agree(session, owing, days, today)
    if "due" in known.shows:
        yield from legs_due(session, *days, {row.id for row in mechanisms} if is_narrowed else None)
    if "un" in known.shows:
        yield from un_dates(*days)
    if "dates" in known.shows:
        yield from other_dates(session, *days)


def _meetings(
    session: GuardedSession,
    days: tuple[dt.date, dt.date],
    known: DiaryFilter,
    narrowed: frozenset[uuid.UUID] | None,
) -> tuple[tuple[Meeting, ...], bool]:
    """Return the meetings that reach into the days, the earliest first, and whether there are more than these.

    A day more is read on each side: days without hours are those of the meeting's own zone.
    """
    zone_name = session.bound_viewer.time_zone
    since, until = day_starts_at(days[0], zone_name) - _DAY, day_starts_at(days[1] + _DAY, zone_name) + _DAY
    query = (
        select(Meeting)
        .where(
            Meeting.starts_at < until,
            Meeting.starts_at > since - (MAX_DAYS + 1) * _DAY,
            Meeting.ends_at > since,
        )
        .options(load_only(*_READ), selectinload(Meeting.parties))
        .order_by(Meeting.starts_at, Meeting.reference)
        .limit(MEETINGS_LIMIT + 1)
    )
    rows = session.execute(_chosen(query, known, narrowed)).scalars().all()
    return tuple(rows[:MEETINGS_LIMIT]), len(rows) > MEETINGS_LIMIT


def _chosen(query: Select[Meeting], known: DiaryFilter, narrowed: frozenset[uuid.UUID] | None) -> Select[Meeting]:
    if not known.cancelled:
        query = query.where(Meeting.state != "cancelled")
    query = query.where(is_real() if narrowed is None else Meeting.mechanism_id.in_(narrowed))
    if known.kind is not None:
        query = query.where(Meeting.kind == known.kind)
    if known.party is not None:
        at_the_table = select(MeetingParty.meeting_id).where(
            MeetingParty.party_code == known.party, MeetingParty.removed.is_(False)
        )
        query = query.where(Meeting.id.in_(at_the_table))
    return query


def _meeting_entries(
    meetings: Iterable[Meeting],
    mechanisms: Mapping[uuid.UUID, Mechanism],
    days: tuple[dt.date, dt.date],
    zone_name: str,
) -> Iterator[DiaryEntry]:
    for meeting in meetings:
        first, last = days_of_meeting(meeting, zone_name)
        if first <= days[1] and last >= days[0]:
            mechanism = mechanisms.get(meeting.mechanism_id) if meeting.mechanism_id else None
            yield DiaryEntry(
                "meeting", first, last, meeting.state != "proposed", meeting=meeting, mechanism=mechanism,
                place=meeting.place,
            )  # fmt: skip


def days_of_meeting(meeting: Meeting, zone_name: str) -> tuple[dt.date, dt.date]:
    """Return the first and last day of a meeting in a zone; days without hours are the same everywhere."""
    if meeting.starts_time is None:
        return meeting.starts_on, meeting.ends_on
    return days_of(meeting.starts_at, meeting.ends_at, zone_name)


# What is worth a second look ----------------------------------------------------------------------


def _with_warnings(
    session: GuardedSession, found: Diary, meetings: Sequence[Meeting], days: tuple[dt.date, dt.date]
) -> Diary:
    told = list(islice(_warnings(session, meetings, found.parties), WARNINGS_LIMIT + 1))
    facts = load_shipped().calendar.un_general_assembly
    computed = [one.session for one in assemblies(*days, facts) if not one.is_attested] if _shows_un(found) else []
    return replace(
        found,
        warnings=tuple(told[:WARNINGS_LIMIT]),
        more_warnings=len(told) > WARNINGS_LIMIT,
        computed_sessions=tuple(computed),
    )


def _shows_un(found: Diary) -> bool:
    return "un" in found.asked.shows


def _warnings(session: GuardedSession, meetings: Sequence[Meeting], parties: Mapping[str, Party]) -> Iterator[Warned]:
    """Yield what there is to say of each meeting to come, each clash with the earlier of its two meetings."""
    if not can(session.bound_viewer, Action.READ_REGISTER):
        return
    sitting = [(row, planned_of(row, when_promised(row))) for row in meetings if _sits(row)]
    pairs = _pairs(sitting)
    paired = sorted({number for pair in pairs for number in pair})
    people = dict(zip(paired, people_needed(session, [sitting[number][1] for number in paired]), strict=True))
    for number, (meeting, planned) in enumerate(sitting):
        if meeting.state not in AHEAD or meeting.ends_at <= session.now:
            continue
        own = replace(planned.occupied, people=people.get(number, {}))
        others = [replace(sitting[n][1].occupied, people=people[n]) for first, n in pairs if first == number]
        for each in (*advice_on_days(planned, parties), *clashes(own, others, planned.when.zone_name)):
            yield Warned(meeting, each)


def _sits(meeting: Meeting) -> bool:
    return meeting.state in SITS and not meeting.date_is_open


def _pairs(sitting: Sequence[tuple[Meeting, Planned]]) -> list[tuple[int, int]]:
    """Return the pairs of meetings, in order of time, of which the second begins before the first has ended."""
    found = []
    for number, (meeting, _) in enumerate(sitting):
        for later in range(number + 1, len(sitting)):
            if sitting[later][0].starts_at >= meeting.ends_at:
                break
            found.append((number, later))
    return found


def when_promised(meeting: Meeting) -> When:
    """Return the time that a meeting promises, the hours of each of its days taken from the first day's.

    Its sittings need not be loaded: they are at the same hours each day.
    """
    zone_name = known_zone(meeting.time_zone)
    spans: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    if meeting.starts_time is not None and meeting.ends_time is not None:
        spans = ((meeting.starts_at, meeting.ends_at),)
        if meeting.starts_on != meeting.ends_on:
            try:
                each_day = sittings(
                    meeting.starts_on, meeting.ends_on, meeting.starts_time, meeting.ends_time, zone_name, "earlier"
                )
            except Refusal:  # an hour that new zone data skips: from the first moment to the last is known
                each_day = ()
            spans = tuple((each.starts.instant, each.ends.instant) for each in each_day) or spans
    return When(zone_name, meeting.starts_on, meeting.ends_on, meeting.starts_at, meeting.ends_at, spans)
