"""Giving a draft or a meeting the date that was found, by the services that do so wherever it comes from."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from app.db import GuardedSession
from app.domain.date_plans import PlannedSlot
from app.domain.errors import Refusal, StaleVersion
from app.domain.meeting_advice import changes
from app.domain.meeting_content import MeetingContent
from app.domain.walltime import in_zone
from app.models import Draft, Meeting
from app.services.drafts import content_of, find_draft, save_draft
from app.services.meeting_life import NewDate, postpone_meeting, reinstate_meeting
from app.services.staged_changes import content_now, publish, stage_changes

Way = Literal["change", "postpone", "reinstate"]

# How a meeting of each state is given another date; a confirmed one is moved with a reason, all answers asked anew.
WAYS: Final[dict[str, Way]] = {
    "proposed": "change",
    "confirmed": "postpone",
    "postponed": "reinstate",
    "cancelled": "reinstate",
}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where a slot is held: what a draft or a proposed meeting takes over with its date; None keeps what it has."""

    place: str | None = None
    format: str | None = None


def way_of(meeting: Meeting) -> Way | None:
    """Return how this meeting is given another date, None where it is not any more."""
    return WAYS.get(meeting.state)


def use_in_draft(
    session: GuardedSession, draft_id: uuid.UUID, slot: PlannedSlot, elsewhere: Elsewhere = Elsewhere()
) -> Draft:
    """Write a slot into a draft: its zone, days and hours, and where it is held.

    Raises `NotFound` for a draft that ended, and what `save_draft` raises.
    """
    found = find_draft(session, draft_id)
    content = _with_slot(found.content, slot, elsewhere)
    return save_draft(session, draft_id, content, version=found.draft.version)


def move_meeting(
    session: GuardedSession,
    meeting: Meeting,
    slot: PlannedSlot,
    reason: str = "",
    elsewhere: Elsewhere = Elsewhere(),
    *,
    said_yes: Collection[str] = (),
) -> Meeting:
    """Give a meeting a slot as its date, by the way that its state asks for; every party is asked anew and told.

    It is changed while proposed, postponed with the reason when confirmed, else reinstated. `said_yes` are parties
    that agreed to the slot in a poll.

    Raises `Refusal` `not_in_state`, `slot_in_other_zone` (a confirmed meeting keeps its zone), and what those acts
    raise: `forbidden`, `reason_required`, `same_date`, `nothing_changed`, `start_has_passed`.
    """
    way = way_of(meeting)
    if way is None:
        raise Refusal("not_in_state", state=meeting.state, verb="publish")
    if way == "change":
        return _changed(session, meeting, slot, elsewhere, said_yes)
    reference, version, date = meeting.reference, meeting.version, _in_zone_of(meeting, slot)
    if way == "postpone":
        return postpone_meeting(session, reference, reason, version=version, date=date, said_yes=said_yes)
    return reinstate_meeting(session, reference, version=version, date=date, said_yes=said_yes)


def _changed(
    session: GuardedSession, meeting: Meeting, slot: PlannedSlot, elsewhere: Elsewhere, said_yes: Collection[str]
) -> Meeting:
    """Publish the slot as the only change; raises `Refusal("changes_are_open")` where others are being staged."""
    draft = stage_changes(session, meeting.reference)
    if changes(content_now(session, meeting), content_of(draft)):
        raise Refusal("changes_are_open")
    content = _with_slot(content_of(draft), slot, elsewhere)
    draft = save_draft(session, draft.id, content, version=draft.version, meeting_version=meeting.version)
    try:
        return publish(session, draft.id, version=draft.version, said_yes=said_yes)
    except StaleVersion:
        raise StaleVersion({"starts_on": slot.first_day}, {"starts_on": meeting.starts_on}) from None


def _with_slot(content: MeetingContent, slot: PlannedSlot, elsewhere: Elsewhere) -> MeetingContent:
    return dataclasses.replace(
        content,
        zone=slot.zone,
        first_day=slot.first_day,
        last_day=slot.last_day,
        starts=slot.starts,
        ends=slot.ends,
        choice=None,
        place=content.place if elsewhere.place is None else elsewhere.place,
        format=elsewhere.format or content.format,
    )


def _in_zone_of(meeting: Meeting, slot: PlannedSlot) -> NewDate:
    """Return the slot as a new date of a meeting, in the zone that it has."""
    if slot.zone == meeting.time_zone or slot.starts is None:
        return NewDate(slot.first_day, slot.last_day, slot.starts, slot.ends)
    sittings = slot.timing.when.sittings
    local = [(in_zone(begins, meeting.time_zone), in_zone(ends, meeting.time_zone)) for begins, ends in sittings]
    hours = {(begins.time(), ends.time()) for begins, ends in local}
    if len(hours) != 1 or any(begins.date() != ends.date() for begins, ends in local):
        raise Refusal("slot_in_other_zone")
    starts, ends = hours.pop()
    return NewDate(local[0][0].date(), local[-1][0].date(), starts, ends)
