"""Giving busy time, replacing it, saying who else sees it, removing it and bringing it back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select, update

from app.calendars.busy import BusyReading, window_of
from app.db import GuardedSession, digest_of
from app.domain.busy import Blackout, Interval, blackout_days, blackout_intervals
from app.domain.errors import Refusal, StaleVersion
from app.domain.plaintext import one_line
from app.domain.zones import zone_names
from app.models import BusyCalendar, BusyInterval
from app.models.sealed import Private
from app.services.busy_times import (
    KEPT_FOR,
    find_busy,
    find_kept,
    may_keep_any,
    own_key,
    own_offices,
    replacement_of,
    sharing,
)
from app.services.drafts import SECRETARIAT

KEPT_LIMIT: Final = 40
LABEL_LIMIT: Final = 120


@dataclass(frozen=True, slots=True)
class BusyFields:
    """What is said of busy time: whose it is (an office's code, or nothing for oneself), who else sees it, and why.

    `seen_by` are keys of parties and appointments; one's own delegation need not be among them.
    """

    whose: str = ""
    label: str = ""
    time_zone: str = ""
    seen_by: tuple[str, ...] = ()


def digest_of_file(content: bytes) -> str:
    """Return the digest by which a calendar file is known again."""
    return digest_of(content)


def add_calendar(session: GuardedSession, typed: BusyFields, reading: BusyReading, digest: str) -> BusyCalendar:
    """Keep what was read of a calendar: its intervals, and the digest of its bytes.

    Raises `Refusal` with its field: `forbidden`, `unknown_subject`, `unknown_seen_by`, `unknown_zone`, `busy_limit`,
    and what texts raise.
    """
    row = _new(session, typed, "upload", _days_read(session))
    row.digest = digest
    _keep(session, row, reading.intervals)
    session.record("busy_added", "busy_calendar", row.id, row.audience_id, kind=row.kind, intervals=row.interval_count)
    return row


def add_blackout(session: GuardedSession, typed: BusyFields, blackout: Blackout) -> BusyCalendar:
    """Block days, or hours of each; raises what `add_calendar` and `blackout_intervals` raise."""
    today = session.now.astimezone(dt.UTC).date() - dt.timedelta(days=1)  # somewhere it is still yesterday
    days = blackout_days(blackout, today)
    row = _new(session, typed, "blackout", days)
    _keep(session, row, blackout_intervals(blackout, row.time_zone, today))
    session.record("busy_added", "busy_calendar", row.id, row.audience_id, kind=row.kind, intervals=row.interval_count)
    return row


def replace_calendar(
    session: GuardedSession, calendar_id: uuid.UUID, time_zone: str, reading: BusyReading, digest: str, version: int
) -> BusyCalendar:
    """Put a newer file in the place of a calendar; the same people see it. The older one can be brought back.

    Raises `NotFound`, `StaleVersion`, `Refusal` `not_in_state` for what is no calendar.
    """
    old = find_busy(session, calendar_id).calendar
    _check_version(old, version)
    if old.kind != "upload":
        raise Refusal("not_in_state")
    label = old.label.text if old.label else ""
    typed = BusyFields(old.office_code or "", label, time_zone, tuple(old.seen_by))
    _take_away(session, old)
    row = _new(session, typed, "upload", _days_read(session), still_seen_by=old.seen_by)
    row.digest = digest
    _keep(session, row, reading.intervals)
    session.record("busy_replaced", "busy_calendar", row.id, row.audience_id, intervals=row.interval_count)
    return row


def save_sharing(
    session: GuardedSession, calendar_id: uuid.UUID, label: str, seen_by: Sequence[str], version: int
) -> BusyCalendar:
    """Say anew who else sees busy time, and why it is; its intervals are theirs to see from this instant.

    Raises `NotFound`, `StaleVersion` with both sides, `Refusal` `unknown_seen_by` and what texts raise.
    """
    row = find_busy(session, calendar_id).calendar
    text = one_line(label, "label", LABEL_LIMIT)
    keys = _checked_keys(session, seen_by, row.seen_by)
    if row.version != version:
        raise StaleVersion({"label": text, "seen_by": sorted(seen_by)}, as_values(row))
    row.label = _sealed(session, text)
    row.seen_by = sorted(keys)
    session.flush()
    _point(session, row)
    session.record("busy_shared", "busy_calendar", row.id, row.audience_id, seen_by=row.seen_by)
    return row


def remove_busy(session: GuardedSession, calendar_id: uuid.UUID, version: int) -> BusyCalendar:
    """Take busy time away: nobody sees it any more. Raises `NotFound`, `StaleVersion`."""
    row = find_busy(session, calendar_id).calendar
    _check_version(row, version)
    _take_away(session, row)
    session.record("busy_removed", "busy_calendar", row.id, row.audience_id)
    return row


def restore_busy(session: GuardedSession, calendar_id: uuid.UUID, version: int) -> BusyCalendar:
    """Bring back what was removed; what replaced it goes.

    Raises `NotFound`, `StaleVersion`, and `Refusal` `not_in_state` where it stands or was removed too long ago.
    """
    row = find_kept(session, calendar_id).calendar
    _check_version(row, version)
    if row.removed_at is None or row.removed_at <= session.now - KEPT_FOR:
        raise Refusal("not_in_state")
    instead = replacement_of(session, row)
    if instead is not None:
        _take_away(session, instead)
    session.execute(
        update(BusyInterval)
        .where(BusyInterval.calendar_id == row.id, BusyInterval.removed_at == row.removed_at)
        .values(removed_at=None)
    )
    row.removed_at = None
    session.record("busy_restored", "busy_calendar", row.id, row.audience_id)
    return row


def sweep_past(session: GuardedSession) -> None:
    """Remove the intervals and calendars that are over for a month: nobody plans with them any more."""
    since = session.now - KEPT_FOR
    for model, is_over in (
        (BusyInterval, BusyInterval.ends_at < since),
        (BusyCalendar, BusyCalendar.last_day < since.date()),
    ):
        session.execute(update(model).where(model.removed_at.is_(None), is_over).values(removed_at=session.now))


def as_values(row: BusyCalendar) -> dict[str, object]:
    """Return what can be changed of busy time, by the names of the form's fields."""
    return {"label": row.label.text if row.label else "", "seen_by": list(row.seen_by)}


# Checks and rows ----------------------------------------------------------------------------------


def _days_read(session: GuardedSession) -> tuple[dt.date, dt.date]:
    starts_at, ends_at = window_of(session.now)
    return starts_at.date(), ends_at.date() - dt.timedelta(days=1)


def _new(
    session: GuardedSession, typed: BusyFields, kind: str, days: tuple[dt.date, dt.date],
    still_seen_by: Collection[str] = (),
) -> BusyCalendar:  # fmt: skip
    """Return a new row of the viewer's own or of an office of theirs; it has no intervals yet."""
    viewer = session.bound_viewer
    if not may_keep_any(viewer):
        raise Refusal("forbidden")
    if typed.whose and typed.whose not in {office.code for office in own_offices(session)}:
        raise Refusal("unknown_subject", field="whose")
    if typed.time_zone not in zone_names():
        raise Refusal("unknown_zone", field="time_zone", zone=typed.time_zone)
    _check_count(session, typed.whose)
    return BusyCalendar(
        id=uuid.uuid4(), kind=kind, party_code=viewer.party, person_id=None if typed.whose else viewer.person_id,
        office_code=typed.whose or None, label=_sealed(session, one_line(typed.label, "label", LABEL_LIMIT)),
        time_zone=typed.time_zone, first_day=days[0], last_day=days[1], created_by=viewer.person_id,
        seen_by=sorted(_checked_keys(session, typed.seen_by, still_seen_by)), created_at=session.now,
        audience_id=session.audience({own_key(viewer)}),
    )  # fmt: skip


def _check_count(session: GuardedSession, whose: str) -> None:
    own = (
        BusyCalendar.office_code == whose if whose else BusyCalendar.person_id == session.bound_viewer.person_id
    )  # fmt: skip
    query = select(func.count(BusyCalendar.id)).where(own, BusyCalendar.removed_at.is_(None))
    if session.execute(query.where(BusyCalendar.last_day >= session.now.date())).scalar_one() >= KEPT_LIMIT:
        raise Refusal("busy_limit", limit=KEPT_LIMIT)


def _sealed(session: GuardedSession, text: str) -> Private | None:
    return Private(session.bound_viewer.party or SECRETARIAT, text) if text else None


def _checked_keys(session: GuardedSession, chosen: Collection[str], standing: Collection[str]) -> frozenset[str]:
    """Return who sees it, its own delegation always; who saw it already may stay though they cannot be chosen anew."""
    own = own_key(session.bound_viewer)
    keys = frozenset(chosen) | {own}
    if not keys <= sharing(session).keys | {own} | frozenset(standing):
        raise Refusal("unknown_seen_by", field="seen_by")
    return keys


def _check_version(row: BusyCalendar, version: int) -> None:
    if row.version != version:
        raise StaleVersion(as_values(row), as_values(row))


def _keep(session: GuardedSession, row: BusyCalendar, intervals: Sequence[Interval]) -> None:
    row.interval_count = len(intervals)
    session.add(row)
    session.flush()
    audience_id = session.audience(row.seen_by)
    session.insert_many(
        BusyInterval,
        [
            {
                "calendar_id": row.id, "person_id": row.person_id, "office_code": row.office_code,
                "starts_at": starts_at, "ends_at": ends_at, "removed_at": None, "audience_id": audience_id,
            }
            for starts_at, ends_at in intervals
        ],
    )  # fmt: skip


def _take_away(session: GuardedSession, row: BusyCalendar) -> None:
    row.removed_at = session.now
    session.execute(
        update(BusyInterval)
        .where(BusyInterval.calendar_id == row.id, BusyInterval.removed_at.is_(None))
        .values(removed_at=session.now)
    )


def _point(session: GuardedSession, row: BusyCalendar) -> None:
    """Point the intervals at those who see them now, the removed ones too: they may come back."""
    session.execute(
        update(BusyInterval).where(BusyInterval.calendar_id == row.id).values(audience_id=session.audience(row.seen_by))
    )
