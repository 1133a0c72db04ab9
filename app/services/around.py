"""Around a meeting: what it is set beside, what is set beside it, and what is decided when the one moves.

Nothing moves by itself. Who may change a meeting is shown that what it is around has moved or was called off, and
follows it (changes that are staged, previewed and published as any others) or keeps the date.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload, load_only

from app.db import GuardedSession
from app.domain.around import check_has_parent, check_parent, event_code, event_key, is_circular
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.meeting_content import MeetingContent
from app.domain.visibility import Action, Hat, appointment_key, can, party_key
from app.models import Draft, Event, Mechanism, Meeting
from app.services.meeting_audience import keys_of, rows_audience, without_persons
from app.services.meeting_state import CALLED_OFF
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.parents import Beside, Parent, beside_of, load_parent
from app.services.practice import ORIGIN, is_example, is_real

# What is over for longer than this is nothing to set a new meeting beside.
CHOOSABLE_FOR: Final = dt.timedelta(days=400)
CHOICES_LIMIT: Final = 200
# A meeting that is over, or called off, follows nothing.
FOLLOWS: Final = ("proposed", "confirmed")
# How long a line of parents can be before it is taken for a circle: leaders, ministers, sherpas, and room beyond.
LONGEST_LINE: Final = 20


@dataclass(frozen=True, slots=True)
class Choices:
    """What a meeting can be set beside: meetings that the viewer sees, and events of others, the earliest first."""

    meetings: tuple[Meeting, ...]
    events: tuple[Event, ...]


def choices(session: GuardedSession) -> Choices:
    """Return what the viewer can set a meeting beside: to come, or over for a year at most."""
    since = (session.now - CHOOSABLE_FOR).date()
    meetings = session.execute(
        select(Meeting)
        .where(Meeting.ends_on >= since, Meeting.state.not_in(sorted(CALLED_OFF)), is_real())
        .options(load_only(Meeting.reference, Meeting.title, Meeting.starts_on, Meeting.ends_on))
        .order_by(Meeting.starts_on.desc(), Meeting.reference)
        .limit(CHOICES_LIMIT)
    ).scalars()
    events = session.execute(
        select(Event)
        .where(Event.ends_on >= since, Event.cancelled_at.is_(None))
        .order_by(Event.starts_on, Event.code)
        .limit(CHOICES_LIMIT)
    ).scalars()
    return Choices(tuple(reversed(list(meetings))), tuple(events))


def event_of(session: GuardedSession, code: str) -> Event | None:
    """Return the event of that code, cancelled or not; None where there is none."""
    if not code.isprintable():
        return None  # no column holds what cannot be printed
    return session.execute(select(Event).where(Event.code == code)).scalar_one_or_none()


# What a draft names -------------------------------------------------------------------------------


def side_of(draft: Draft) -> str:
    """Return the key of those who read a draft."""
    if draft.owner_appointment is not None:
        return appointment_key(draft.owner_appointment)
    return party_key(draft.owner_party or "")


def side_of_viewer(session: GuardedSession, hat: Hat | None) -> str:
    """Return the key of those who will read what the viewer drafts, with that hat on where it is one."""
    return appointment_key(hat.appointment_id) if hat else party_key(session.bound_viewer.party or "")


def named_parent(session: GuardedSession, around: str, side: str | None = None) -> Parent | None:
    """Return what a draft says that its meeting is around, None where it says nothing.

    Raises `Refusal("unknown_parent")` for what is not there for the viewer, and for all of the draft's side, where
    `side` is its key.
    """
    if not around:
        return None
    code = event_code(around)
    if code is not None:
        event = event_of(session, code)
        if event is None:
            raise Refusal("unknown_parent", field="around")
        return Parent(event=event)
    try:
        found = find_meeting(session, around)
    except NotFound:
        raise Refusal("unknown_parent", field="around") from None
    if side is not None and side not in keys_of(session, found.audience_id):
        raise Refusal("unknown_parent", field="around")
    return Parent(meeting=found)


def checked_parent(
    session: GuardedSession, content: MeetingContent, side: str, meeting_id: uuid.UUID | None = None
) -> Parent | None:
    """Return what a draft says that its meeting is around, held to the rules.

    `meeting_id` is that of a meeting that is there already. Raises `Refusal` `unknown_parent`, `circular_meetings`
    and what `check_parent` raises.
    """
    found = named_parent(session, content.around, side)
    if found is None:
        return None
    if found.meeting is not None and is_example(session, found.meeting) != _practises(session, content.mechanism):
        raise Refusal("unknown_parent", field="around")
    check_parent(content.kind, content.parties, found.facts)
    if meeting_id is not None and found.meeting is not None:
        _check_no_circle(session, meeting_id, found.meeting.id)
    return found


def _practises(session: GuardedSession, code: str | None) -> bool:
    """Say whether a mechanism is the example: nothing real stands around what is practised, nor the other way."""
    origin = select(Mechanism.origin).where(Mechanism.code == code)
    return code is not None and session.execute(origin).scalar_one_or_none() == ORIGIN


def check_is_placed(content: MeetingContent, parent: Parent | None, *, has_hidden: bool = False) -> None:
    """Refuse a part of nothing; `has_hidden` says that it is part of what its changer does not see."""
    if not has_hidden:
        check_has_parent(content.kind, parent.facts if parent else None)


def _check_no_circle(session: GuardedSession, meeting_id: uuid.UUID, parent_id: uuid.UUID) -> None:
    """Refuse a meeting that would stand around itself, whatever of the line between is seen."""
    parents: dict[uuid.UUID, uuid.UUID | None] = {}
    node: uuid.UUID | None = parent_id
    with session.whole_truth("look for circles of meetings") as truth:
        while node is not None and node not in parents and len(parents) < LONGEST_LINE:
            parents[node] = truth.execute(select(Meeting.parent_id).where(Meeting.id == node)).scalar_one()
            node = parents[node]
    if node is not None or is_circular(meeting_id, parents, parent_id):
        raise Refusal("circular_meetings", field="around")


def days_of_parent(session: GuardedSession, content: MeetingContent) -> MeetingContent:
    """Return a content with the days of what it is around, and its zone where that has one.

    Raises `Refusal` `required` where it is around nothing, `unknown_parent`.
    """
    found = named_parent(session, content.around)
    if found is None:
        raise Refusal("required", field="around")
    last = found.ends_on if found.ends_on != found.starts_on else None
    zone = found.row.time_zone or content.zone
    return dataclasses.replace(content, first_day=found.starts_on, last_day=last, zone=zone)


# What a meeting keeps -----------------------------------------------------------------------------


def columns_of(parent: Parent | None) -> dict[str, Any]:
    """Return what a meeting's row keeps of what it is around, by whose first day its time is set."""
    return {
        "parent_id": parent.meeting.id if parent and parent.meeting is not None else None,
        "event_id": parent.event.id if parent and parent.event is not None else None,
        "parent_starts_on": parent.starts_on if parent else None,
    }


def place_beside(session: GuardedSession, meeting: Meeting, parent: Parent | None) -> None:
    """Write what a meeting is around now, by whose first day its time is set, and record what is new of that."""
    was = load_parent(session, meeting)
    found = beside_of(meeting, was)
    for name, value in columns_of(parent).items():
        setattr(meeting, name, value)
    record_place(session, meeting, was, parent)
    if was is not None and parent is not None and was.key == parent.key and found is not None and found.moved_by:
        told = {"around": parent.key, "days": found.moved_by}
        session.record("meeting_followed", "meeting", meeting.id, who_sees(session, meeting, parent), **told)


def record_place(session: GuardedSession, meeting: Meeting, was: Parent | None, now: Parent | None) -> None:
    """Record that a meeting is around another thing, for those of it who see what it was and what it is around."""
    if (was.key if was else None) != (now.key if now else None):
        facts = {"was": _told(was), "now": _told(now)}
        session.record("meeting_placed", "meeting", meeting.id, who_sees(session, meeting, was, now), **facts)


def _told(parent: Parent | None) -> dict[str, Any] | None:
    if parent is None:
        return None
    return {"around": parent.key, "title": dict(parent.title), "is_meeting": parent.meeting is not None}


def who_sees(session: GuardedSession, meeting: Meeting, *parents: Parent | None) -> uuid.UUID:
    """Return the audience of those of a meeting who also see the meetings that it was and is around."""
    rows = rows_audience(session, meeting)
    around = [each.meeting for each in parents if each is not None and each.meeting is not None]
    keys = keys_of(session, rows)
    for other in around:
        keys &= without_persons(keys_of(session, other.audience_id))
    return session.audience(keys) if around and keys else rows


def children_of(session: GuardedSession, meeting: Meeting) -> tuple[Meeting, ...]:
    """Return what stands around a meeting, of what the viewer sees, the earliest first; one statement."""
    rows = session.execute(
        select(Meeting)
        .where(Meeting.parent_id == meeting.id)
        .options(joinedload(Meeting.parties))
        .order_by(Meeting.starts_at, Meeting.reference)
    )
    return tuple(rows.unique().scalars())


# When the other one moves -------------------------------------------------------------------------


def beside_to_decide(session: GuardedSession, meeting: Meeting) -> Beside:
    """Return how a meeting stands to what it is around, for who may decide what follows from it.

    Raises `Refusal` `forbidden`, `nothing_to_follow` where nothing is to be decided.
    """
    if not can(session.bound_viewer, Action.CHANGE_MEETING, facts_of_meeting(session, meeting)):
        raise Refusal("forbidden")
    found = beside_of(meeting, load_parent(session, meeting))
    if found is None or not is_to_decide(meeting, found, session.now):
        raise Refusal("nothing_to_follow")
    return found


def is_to_decide(meeting: Meeting, found: Beside, now: dt.datetime) -> bool:
    """Say whether somebody is to decide what a meeting does since what it is around moved or was called off.

    A meeting that is over, or called off, follows nothing.
    """
    if meeting.state not in FOLLOWS or meeting.ends_at <= now:
        return False
    return found.standing == "moved" or (found.standing == "called_off" and not found.is_decided)


def keep_date(session: GuardedSession, reference: str, *, version: int) -> Meeting:
    """Let a meeting stay as it is although what it is around moved, or was called off; all see it in its record.

    It is asked again when the other moves again; one whose other was called off follows nothing any more. Raises
    `NotFound`; `Refusal` `forbidden`, `nothing_to_follow`; `StaleVersion`.
    """
    meeting = find_meeting(session, reference, lock=True)
    found = beside_to_decide(session, meeting)
    if version != meeting.version:
        raise StaleVersion({"version": version}, {"version": meeting.version})
    facts = {"around": found.parent.key, "is_called_off": found.standing == "called_off", "days": found.moved_by}
    meeting.parent_starts_on = None if found.standing == "called_off" else found.parent.starts_on
    session.record("meeting_date_kept", "meeting", meeting.id, who_sees(session, meeting, found.parent), **facts)
    return meeting


def suggestion_beside(session: GuardedSession, mechanism: str | None, around: str, kind: str) -> MeetingContent:
    """Return what a draft beside this thing begins with: its days, its zone, and of a meeting its parties.

    `mechanism` is the code of the new meeting's own. Raises `NotFound` for what is not there.
    """
    viewer = session.bound_viewer
    code = event_code(around)
    event = event_of(session, code) if code is not None else None
    if code is not None and event is None:
        raise NotFound
    parent = Parent(event=event) if event is not None else Parent(meeting=find_meeting(session, around))
    parties: Iterable[str] = (row.party_code for row in parent.meeting.parties) if parent.meeting else ()
    return MeetingContent(
        mechanism=mechanism,
        kind=kind,
        around=parent.key if parent.meeting is not None else event_key(parent.row.code),
        parties=tuple(sorted(parties)) or ((viewer.party,) if viewer.party else ()),
        zone=parent.row.time_zone or viewer.time_zone,
        first_day=parent.starts_on,
        last_day=parent.ends_on if parent.ends_on != parent.starts_on else None,
    )
