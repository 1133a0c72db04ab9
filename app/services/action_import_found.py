"""What the rows of a table name that is there already: actions, meetings and commitments that the viewer sees."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.db import GuardedSession
from app.domain.action_import_rows import RowRead
from app.domain.action_import_words import plain
from app.domain.references import parse_action_reference, parse_meeting_reference
from app.domain.visibility import appointments_in, parties_in
from app.models import Action, AudienceMember, Commitment, Meeting
from app.services.action_import_names import Names
from app.services.meeting_state import chosen_rows
from app.services.practice import is_real, is_real_action

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FoundAction:
    """An action that a row names, with its legs and notes, and who sees it."""

    action: Action
    parties: frozenset[str]
    appointments: frozenset[uuid.UUID]

    @property
    def reference(self) -> str:
        """Return its reference."""
        return self.action.reference


@dataclass(frozen=True, slots=True)
class FoundMeeting:
    """A meeting that a row names; `serving` are the viewer's own appointments in it."""

    id: uuid.UUID
    reference: str
    mechanism_id: uuid.UUID | None
    parties: frozenset[str]
    keys: frozenset[str]
    starts_on: dt.date
    ends_on: dt.date
    serving: frozenset[uuid.UUID]
    may_act: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What is there already, by its reference."""

    actions: Mapping[str, FoundAction] = field(default_factory=dict)
    meetings: Mapping[str, FoundMeeting] = field(default_factory=dict)
    commitments: Mapping[str, Commitment] = field(default_factory=dict)
    by_day: Mapping[tuple[uuid.UUID, dt.date], tuple[FoundMeeting, ...]] = field(default_factory=dict)
    commitment_keys: Mapping[uuid.UUID, frozenset[str]] = field(default_factory=dict)

    def on_day(self, mechanism_id: uuid.UUID, day: dt.date) -> tuple[FoundMeeting, ...]:
        """Return the meetings of a mechanism that have a sitting on a day."""
        return self.by_day.get((mechanism_id, day), ())


def found_for(session: GuardedSession, rows: Sequence[RowRead], names: Names, *, lock: bool) -> Found:
    """Return what these rows name; `lock` holds the actions to the end of the transaction."""
    actions = _actions(
        session, {row.reference.upper() for row in rows if parse_action_reference(row.reference)}, lock=lock
    )
    meetings = _meetings(session, rows, names)
    wanted = sorted({row.commitment.strip().upper() for row in rows if row.commitment})
    commitments: dict[str, Commitment] = {}
    for some in _parts(wanted):
        found = session.execute(select(Commitment).where(Commitment.ref.in_(some))).scalars()
        commitments.update({row.ref: row for row in found})
    by_day: dict[tuple[uuid.UUID, dt.date], tuple[FoundMeeting, ...]] = {}
    days = {row.meeting_on for row in rows if row.meeting_on}
    for meeting in meetings.values():
        if meeting.mechanism_id is not None:
            for number in range((meeting.ends_on - meeting.starts_on).days + 1):
                key = (meeting.mechanism_id, meeting.starts_on + dt.timedelta(days=number))
                if key[1] in days:
                    by_day[key] = (*by_day.get(key, ()), meeting)
    keys = _keys(session, {row.audience_id for row in commitments.values()})
    return Found(actions, meetings, commitments, by_day, keys)


def _parts(wanted: Sequence[str]) -> Iterable[Sequence[str]]:
    return (wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE))


def _actions(session: GuardedSession, references: set[str], *, lock: bool) -> dict[str, FoundAction]:
    found: list[Action] = []
    for some in _parts(sorted(references)):
        query = select(Action).where(Action.reference.in_(some), is_real_action()).order_by(Action.reference)
        query = query.options(selectinload(Action.legs), selectinload(Action.notes))
        if lock:
            query = query.with_for_update(of=Action).execution_options(populate_existing=True)
        found += session.execute(query).scalars()
    keys = _keys(session, {action.audience_id for action in found})
    return {
        action.reference: FoundAction(
            action, parties_in(keys[action.audience_id]), appointments_in(keys[action.audience_id])
        )
        for action in found
    }


def _meetings(session: GuardedSession, rows: Sequence[RowRead], names: Names) -> dict[str, FoundMeeting]:
    """Return the meetings that rows name by reference, and those of their mechanisms on the days that rows say."""
    references = sorted({row.meeting.strip().upper() for row in rows if parse_meeting_reference(row.meeting)})
    days = sorted({row.meeting_on for row in rows if row.meeting_on})
    found: dict[uuid.UUID, Meeting] = {}
    base = select(Meeting).where(is_real()).options(selectinload(Meeting.parties)).order_by(Meeting.reference)
    for some in _parts(references):
        found.update({row.id: row for row in session.execute(base.where(Meeting.reference.in_(some))).scalars()})
    if days:
        said = {plain(row.mechanism) for row in rows if row.mechanism and row.meeting_on}
        mechanisms = [names.by_name[word].id for word in sorted(said) if word in names.by_name]
        between = base.where(Meeting.starts_on <= days[-1], Meeting.ends_on >= days[0])
        if all(row.mechanism for row in rows if row.meeting_on):
            between = between.where(Meeting.mechanism_id.in_(mechanisms))
        found.update({row.id: row for row in session.execute(between).scalars()})
    keys = _keys(session, {meeting.audience_id for meeting in found.values()})
    return {row.reference: _found_meeting(session, row, keys[row.audience_id]) for row in found.values()}


def _found_meeting(session: GuardedSession, meeting: Meeting, keys: frozenset[str]) -> FoundMeeting:
    viewer = session.bound_viewer
    parties = frozenset(row.party_code for row in chosen_rows(meeting))
    serving = frozenset(hat.appointment_id for hat in viewer.hats) & appointments_in(keys)
    may_act = (viewer.sits_at_a_table and viewer.party in parties) or bool(serving)
    return FoundMeeting(
        meeting.id, meeting.reference, meeting.mechanism_id, parties, keys, meeting.starts_on, meeting.ends_on, serving,
        may_act,
    )  # fmt: skip


def _keys(session: GuardedSession, audience_ids: set[uuid.UUID]) -> Mapping[uuid.UUID, frozenset[str]]:
    found: dict[uuid.UUID, set[str]] = {each: set() for each in audience_ids}
    wanted = sorted(audience_ids, key=str)
    for start in range(0, len(wanted), AT_ONCE):
        query = select(AudienceMember.audience_id, AudienceMember.key).where(
            AudienceMember.audience_id.in_(wanted[start : start + AT_ONCE])
        )
        for audience_id, key in session.execute(query):
            found[audience_id].add(key)
    return {each: frozenset(keys) for each, keys in found.items()}
