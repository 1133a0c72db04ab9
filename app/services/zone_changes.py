"""New zone data: the meetings to come whose wall time it puts at another moment, and what people decide for each.

Nothing moves by itself: a meeting keeps the instants that it was promised for until somebody who may steer
it keeps the hour on the wall, which moves it, or the moment, which rewrites the hour.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import load_only, selectinload

from app.db import GuardedSession
from app.domain import lifecycle
from app.domain import zone_changes as rules
from app.domain.errors import Refusal, StaleVersion
from app.domain.lifecycle import MeetingState
from app.domain.meeting_content import Timing
from app.domain.visibility import Action, Facts, appointment_key, can
from app.domain.walltime import Choice
from app.domain.zone_changes import DECIDED_IN, Keep, ZoneChange
from app.domain.zones import tzdata_version
from app.models import AudienceMember, Mechanism, Meeting, Party
from app.services import outbox
from app.services.meeting_audience import rows_audience
from app.services.meeting_life import speaker, standing
from app.services.meeting_state import apply_state, state_of, when_of
from app.services.meeting_times import write_timing
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.practice import is_real


@dataclass(frozen=True, slots=True)
class Affected:
    """A meeting that new zone data puts elsewhere, and whether the viewer may decide what becomes of it."""

    meeting: Meeting
    mechanism: Mechanism | None
    change: ZoneChange
    may_decide: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What deciding does: the new time, the meeting's state after it, and who is asked for an answer again."""

    meeting: Meeting
    change: ZoneChange
    keep: Keep
    timing: Timing
    state: MeetingState
    is_asked_again: bool


def zone_change_of(meeting: Meeting, now: dt.datetime) -> ZoneChange | None:
    """Return what the zone data in force makes of a meeting whose sittings are loaded; None where nothing differs.

    None, too, for one that is settled in any case: over, called off, of days without hours, its date open.
    """
    if meeting.tzdata_version == tzdata_version() or meeting.ends_at <= now:
        return None
    has_hours = meeting.starts_time is not None
    if not rules.is_open(meeting.state, date_is_open=meeting.date_is_open, has_hours=has_hours):
        return None
    promised = Timing(when_of(meeting), meeting.starts_time, meeting.ends_time, meeting.tzdata_version)
    return rules.read_anew(promised)


def zone_changes(session: GuardedSession) -> tuple[Affected, ...]:
    """Return the meetings to come that the viewer sees and that new zone data puts elsewhere, the nearest first."""
    found = [(meeting, mechanism, change) for meeting, mechanism, change in affected_meetings(session)]
    deciding = _those_to_decide(session, [meeting for meeting, _, _ in found])
    return tuple(Affected(meeting, mechanism, change, meeting.id in deciding) for meeting, mechanism, change in found)


def affected_meetings(session: GuardedSession) -> Iterable[tuple[Meeting, Mechanism | None, ZoneChange]]:
    """Yield each meeting to come that new zone data puts elsewhere, of those that the session sees."""
    rows = session.execute(
        select(Meeting, Mechanism)
        .outerjoin(Mechanism, Mechanism.id == Meeting.mechanism_id)
        .where(
            Meeting.state.in_(DECIDED_IN),
            Meeting.date_is_open.is_(False),
            Meeting.starts_time.is_not(None),
            Meeting.ends_at > session.now,
            Meeting.tzdata_version != tzdata_version(),
            is_real(),
        )
        .options(
            selectinload(Meeting.parties),
            selectinload(Meeting.sittings),
            load_only(Mechanism.code, Mechanism.name, Mechanism.ref),
        )
        .order_by(Meeting.starts_at, Meeting.reference)
    )
    for meeting, mechanism in rows:
        change = zone_change_of(meeting, session.now)
        if change is not None:
            yield meeting, mechanism, change


def _those_to_decide(session: GuardedSession, meetings: Sequence[Meeting]) -> frozenset[uuid.UUID]:
    """Return the ids of those that the viewer may steer, in one statement however many they are."""
    viewer = session.bound_viewer
    hats = {appointment_key(hat.appointment_id): hat.appointment_id for hat in viewer.hats}
    serving: dict[uuid.UUID, set[uuid.UUID]] = {}
    if hats and meetings:
        audiences = {meeting.audience_id for meeting in meetings}
        rows = session.execute(
            select(AudienceMember.audience_id, AudienceMember.key).where(
                AudienceMember.audience_id.in_(sorted(audiences, key=str)), AudienceMember.key.in_(sorted(hats))
            )
        )
        for audience_id, key in rows:
            serving.setdefault(audience_id, set()).add(hats[key])
    return frozenset(
        meeting.id
        for meeting in meetings
        if can(viewer, Action.STEER_MEETING, _facts(meeting, serving.get(meeting.audience_id, ())))
    )


def _facts(meeting: Meeting, appointments: Iterable[uuid.UUID]) -> Facts:
    return Facts(frozenset(row.party_code for row in meeting.parties), appointments=frozenset(appointments))


def parties_of(session: GuardedSession, meetings: Iterable[Meeting]) -> dict[str, Party]:
    """Return the chosen parties of meetings, by code, with their capitals and zones."""
    codes = sorted({row.party_code for meeting in meetings for row in meeting.parties})
    rows = session.execute(
        select(Party)
        .where(Party.code.in_(codes))
        .options(load_only(Party.code, Party.name, Party.capital, Party.time_zone))
    ).scalars()
    return {row.code: row for row in rows}


# Deciding -----------------------------------------------------------------------------------------


def affected_meeting(session: GuardedSession, reference: str) -> tuple[Meeting, ZoneChange | None]:
    """Return a meeting that the viewer may steer, and what there is to decide, None where nothing (any more).

    Raises `NotFound`; `Refusal("forbidden")`.
    """
    meeting = find_meeting(session, reference)
    _check_may_steer(session, meeting)
    return meeting, zone_change_of(meeting, session.now)


def decision_of(
    session: GuardedSession, reference: str, keep: Keep, *, choice: Choice | None = None, zone: str | None = None
) -> Decision:
    """Return what deciding would do, and write nothing; raises as `decide` does, save `StaleVersion`."""
    return _decision(session, find_meeting(session, reference), keep, choice, zone)


def decide(
    session: GuardedSession,
    reference: str,
    keep: Keep,
    *,
    version: int,
    choice: Choice | None = None,
    zone: str | None = None,
) -> Meeting:
    """Keep a meeting's hour on the wall, or its moment, under the zone data in force; all parties are told.

    The hour: the instants move, which is a change of the time like any other: SEQUENCE rises, every party is
    asked again, the yes of the deciding coordinator or head counts. The moment: the wall time is rewritten,
    SEQUENCE rises since calendars hold it, and the answers stand, as they were given to that moment.
    `choice` is asked for where the hour comes twice, `zone` where the meeting's own is gone. Raises `NotFound`;
    `Refusal` `forbidden`, `not_in_state`, `zone_change_settled`, `start_has_passed` and what the rules raise;
    `StaleVersion` when the meeting has changed since, somebody's decision among it.
    """
    meeting = find_meeting(session, reference, lock=True)
    _check_may_steer(session, meeting)
    if version != meeting.version:
        raise StaleVersion({"version": version}, standing(meeting))
    planned = _decision(session, meeting, keep, choice, zone)
    was, promised_at, sequence = standing(meeting), meeting.starts_at, meeting.sequence
    write_timing(session, meeting, planned.timing)
    apply_state(meeting, planned.state, session, session.now, asked_anew=planned.is_asked_again)
    session.flush()  # the record and the mails are of what stands now
    kind = f"zone_change_{keep}_kept"
    session.record(
        kind, "meeting", meeting.id, rows_audience(session, meeting), was=was, now=standing(meeting),
        zone_data=[planned.change.promised.tzdata, planned.change.release],
        starts_at=[promised_at.isoformat(), meeting.starts_at.isoformat()], sequence=[sequence, meeting.sequence],
        asked_again=planned.is_asked_again,
    )  # fmt: skip
    outbox.tell_parties(session, kind, meeting, planned.state.parties, session.bound_viewer.person_id)
    return meeting


def _decision(
    session: GuardedSession, meeting: Meeting, keep: Keep, choice: Choice | None, zone: str | None
) -> Decision:
    _check_may_steer(session, meeting)
    change = zone_change_of(meeting, session.now)
    if change is None:
        raise Refusal("zone_change_settled")
    before = state_of(meeting)
    if keep == "moment":
        timing = rules.moment_kept(change, zone)
        return Decision(meeting, change, keep, timing, rules.keep_moment(before, timing.when), is_asked_again=False)
    timing = rules.hour_kept(change, choice)
    after = lifecycle.publish_changes(before, parties=before.parties, when=timing.when, **speaker(session))
    moves = after.when != before.when
    if moves and after.when.starts_at <= session.now:
        raise Refusal("start_has_passed")
    return Decision(meeting, change, keep, timing, after, is_asked_again=moves)


def _check_may_steer(session: GuardedSession, meeting: Meeting) -> None:
    """Hold the decision to who speaks for a party of the meeting or serves them all: it can move a promise."""
    if not can(session.bound_viewer, Action.STEER_MEETING, facts_of_meeting(session, meeting)):
        raise Refusal("forbidden")
