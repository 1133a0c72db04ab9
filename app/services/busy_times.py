"""When people and offices are busy: told to those who may see it as intervals, and as nothing more."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import load_only

from app.calendars.busy import BusyReading, read_busy
from app.db import GuardedSession
from app.domain.busy import Interval, merged
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action, Viewer, appointment_key, can, party_key, person_key
from app.domain.zones import zone_names
from app.models import Appointment, BusyCalendar, BusyInterval, Mechanism, Office, Person
from app.services.feed_choices import parties_to_choose
from app.services.in_force import in_force_on

# A calendar that was removed can be brought back for so long.
KEPT_FOR: Final = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Secretariat:
    """A secretariat that could see busy time: its name, and that of the mechanism that it serves, if any."""

    key: str
    name: Mapping[str, str]
    mechanism_name: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who else could see busy time: parties by code, and secretariats."""

    parties: tuple[str, ...]
    secretariats: tuple[Secretariat, ...]

    @property
    def keys(self) -> frozenset[str]:
        """Return the keys that may be chosen."""
        parties = {party_key(code) for code in self.parties}
        return frozenset(parties | {each.key for each in self.secretariats})


@dataclass(frozen=True, slots=True)
class BusyLine:
    """A calendar or blocked period of the viewer's own or of an office of theirs; `replaced_by` what came instead."""

    calendar: BusyCalendar
    office: Office | None
    replaced_by: BusyCalendar | None = None


def busy_of(
    session: GuardedSession,
    person_ids: Collection[uuid.UUID],
    office_codes: Collection[str],
    starts_at: dt.datetime,
    ends_at: dt.datetime,
) -> dict[uuid.UUID | str, list[Interval]]:
    """Return when these people (by id) and offices (by code) are busy between two instants, as the viewer may see it.

    Intervals are in UTC, in order, and do not overlap; they may reach beyond the two instants. Who has none that
    the viewer may see is not in it: they are free, or nobody said. One statement.
    """
    if not person_ids and not office_codes:
        return {}
    rows = session.execute(
        select(BusyInterval.person_id, BusyInterval.office_code, BusyInterval.starts_at, BusyInterval.ends_at).where(
            BusyInterval.removed_at.is_(None),
            BusyInterval.starts_at < ends_at,
            BusyInterval.ends_at > starts_at,
            or_(
                BusyInterval.person_id.in_(sorted(set(person_ids))),
                BusyInterval.office_code.in_(sorted(set(office_codes))),
            ),
        )
    )
    found: dict[uuid.UUID | str, list[Interval]] = defaultdict(list)
    for person_id, office_code, begins, ends in rows:
        whose = person_id or office_code
        if whose is not None:  # a check of the table: one of the two is given
            found[whose].append((begins, ends))
    return {whose: list(merged(intervals)) for whose, intervals in found.items()}


def read_calendar(content: bytes, time_zone: str, now: dt.datetime) -> BusyReading:
    """Return what an .ics file says of busy time; no transaction should be open meanwhile, as it may take seconds.

    Raises what `read_busy` raises, and `Refusal("unknown_zone")`.
    """
    if time_zone not in zone_names():
        raise Refusal("unknown_zone", field="time_zone", zone=time_zone)
    return read_busy(content, time_zone, now)


# Whose it is --------------------------------------------------------------------------------------


def may_keep_any(viewer: Viewer) -> bool:
    """Say whether the viewer keeps busy time; who has a secretariat's hat on keeps theirs without it."""
    return can(viewer, Action.KEEP_BUSY_TIME) and viewer.lent_by is None


def own_key(viewer: Viewer) -> str:
    """Return the key of those who know whose busy time it is, and why: the delegation, or the person alone."""
    return party_key(viewer.party) if viewer.party else person_key(viewer.person_id)


def own_offices(session: GuardedSession) -> Sequence[Office]:
    """Return the offices whose busy time the viewer keeps: the one they work in, every one of whom they speak for."""
    viewer = session.bound_viewer
    if not viewer.sits_at_a_table:
        return ()
    query = select(Office).where(Office.party_code == viewer.party).order_by(Office.code)
    if not viewer.speaks_for_party:
        works_in = select(Person.office_code).where(Person.id == viewer.person_id).scalar_subquery()
        query = query.where(Office.code == works_in)
    columns = load_only(Office.code, Office.name, Office.party_code, Office.time_zone)
    return session.execute(query.options(columns)).scalars().all()


def sharing(session: GuardedSession) -> Sharing:
    """Return who else the viewer may let see busy time: every other party, and the secretariats that they have."""
    own = session.bound_viewer.party
    rows = session.execute(
        select(Appointment.id, Appointment.name, Mechanism.name)
        .outerjoin(Mechanism, Mechanism.id == Appointment.mechanism_id)
        .where(in_force_on(session.now.date()))
        .order_by(Appointment.starts_on, Appointment.id)
    )
    secretariats = tuple(Secretariat(appointment_key(identity), *names) for identity, *names in rows)
    parties = tuple(code for code in parties_to_choose(session) if code != own)
    return Sharing(parties, secretariats)


# What is kept -------------------------------------------------------------------------------------


def kept_lines(session: GuardedSession, offices: Sequence[Office]) -> tuple[list[BusyLine], list[BusyLine]]:
    """Return what the viewer keeps, for themselves first and then for these offices, and what was removed lately."""
    by_code = {office.code: office for office in offices}
    found = (
        session.execute(
            select(BusyCalendar)
            .where(
                or_(
                    BusyCalendar.person_id == session.bound_viewer.person_id,
                    BusyCalendar.office_code.in_(sorted(by_code)),
                ),
                or_(BusyCalendar.removed_at.is_(None), BusyCalendar.removed_at > session.now - KEPT_FOR),
                BusyCalendar.last_day >= session.now.date() - dt.timedelta(days=1),
            )
            .order_by(BusyCalendar.office_code, BusyCalendar.first_day, BusyCalendar.created_at, BusyCalendar.id)
        )
        .scalars()
        .all()
    )
    standing = [row for row in found if row.removed_at is None]
    gone = [row for row in found if row.removed_at is not None]
    lines = [BusyLine(row, by_code.get(row.office_code or "")) for row in standing]
    lately = [
        BusyLine(row, by_code.get(row.office_code or ""), _replacement(row, standing))
        for row in sorted(gone, key=lambda row: row.removed_at or session.now, reverse=True)
    ]
    return sorted(lines, key=lambda line: (line.office is not None, line.calendar.office_code or "")), lately


def find_busy(session: GuardedSession, calendar_id: uuid.UUID) -> BusyLine:
    """Return one that the viewer keeps and that stands; raises `NotFound`, for a colleague's too."""
    line = find_kept(session, calendar_id)
    if line.calendar.removed_at is not None:
        raise NotFound
    return line


def find_kept(session: GuardedSession, calendar_id: uuid.UUID) -> BusyLine:
    """Return one that the viewer keeps, removed or not; raises `NotFound`."""
    row = session.execute(select(BusyCalendar).where(BusyCalendar.id == calendar_id)).scalar_one_or_none()
    if row is None or not may_keep_any(session.bound_viewer):
        raise NotFound
    if row.person_id == session.bound_viewer.person_id:
        return BusyLine(row, None)
    office = next((each for each in own_offices(session) if each.code == row.office_code), None)
    if office is None:
        raise NotFound
    return BusyLine(row, office)


def replacement_of(session: GuardedSession, row: BusyCalendar) -> BusyCalendar | None:
    """Return the calendar that came instead of one that was replaced, if it stands."""
    same = BusyCalendar.person_id == row.person_id if row.person_id else BusyCalendar.office_code == row.office_code
    rows = session.execute(select(BusyCalendar).where(same, BusyCalendar.removed_at.is_(None))).scalars()
    return _replacement(row, list(rows))


def _replacement(row: BusyCalendar, standing: Sequence[BusyCalendar]) -> BusyCalendar | None:
    """Return what was given in the same act in which this one was removed: an instant is that of one transaction."""
    what = (row.kind, row.person_id, row.office_code)
    if row.kind != "upload":
        return None
    same = (each for each in standing if (each.kind, each.person_id, each.office_code) == what)
    return next((each for each in same if each.created_at == row.removed_at), None)


def seen_intervals(
    session: GuardedSession, whose: str | None, key: str, starts_at: dt.datetime, ends_at: dt.datetime
) -> tuple[Interval, ...]:
    """Return when the viewer, or an office of theirs by its code, is busy in the eyes of those who have a key (UTC)."""
    subject = (
        BusyInterval.office_code == whose if whose else BusyInterval.person_id == session.bound_viewer.person_id
    )  # fmt: skip
    rows = session.execute(
        select(BusyInterval.starts_at, BusyInterval.ends_at, BusyCalendar.seen_by)
        .join(BusyCalendar, BusyCalendar.id == BusyInterval.calendar_id)
        .where(
            subject, BusyInterval.removed_at.is_(None), BusyInterval.starts_at < ends_at,
            BusyInterval.ends_at > starts_at,
        )
    )  # fmt: skip
    return merged((begins, ends) for begins, ends, seen_by in rows if key in seen_by)
