"""Slots added to a poll or withdrawn from it while it runs: who answered is told, and what they said stays."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from app.db import GuardedSession
from app.domain.errors import Refusal
from app.domain.meeting_content import Refused
from app.domain.poll_orders import SlotOrder, SlotTimes, check_slots
from app.models import Poll, PollSlot
from app.services.poll_acts import run_as_seen, touch
from app.services.poll_people import people_who_answered
from app.services.poll_post import tell_people
from app.services.polls import is_running
from app.services.practice import is_example


def change_slots(
    session: GuardedSession, reference: str, added: Collection[SlotOrder], withdrawn: Collection[uuid.UUID], *,
    version: int,
) -> Poll:  # fmt: skip
    """Add slots to a poll that runs and withdraw others; those who answered are told of both in one mail.

    One that was withdrawn before and is added again has its answers still. Raises what `run_as_seen` and
    `check_slots` raise; `Refusal` `poll_is_closed`, `nothing_changed`, `no_slots_left`, `deadline_after_first_slot`.
    """
    poll = run_as_seen(session, reference, version)
    if not is_running(poll, session.now):
        raise Refusal("poll_is_closed")
    gone = [slot for slot in poll.slots if slot.withdrawn_at is None and slot.id in withdrawn]
    stays = [slot for slot in poll.slots if slot.withdrawn_at is None and slot.id not in withdrawn]
    if not added and not gone:
        raise Refusal("nothing_changed")
    if not added and not stays:
        raise Refusal("no_slots_left", field="withdrawn")
    new = _added(session, poll, added, stays) if added else []
    for slot in gone:
        slot.withdrawn_at = session.now
    _write(session, poll, new, gone)
    return poll


def _added(
    session: GuardedSession, poll: Poll, asked: Collection[SlotOrder], stays: Collection[PollSlot]
) -> list[PollSlot]:
    """Add slots, or put those that were withdrawn before back in their place."""
    spans = {(slot.starts_at, slot.ends_at) for slot in stays}
    times = check_slots(asked, poll.time_zone, session.now, spans)
    if any(each.starts_at < poll.closes_at for each in times):
        raise Refused([Refusal("deadline_after_first_slot", field="added")])
    before = {(slot.starts_at, slot.ends_at): slot for slot in poll.slots if slot.withdrawn_at is not None}
    found = []
    for each in times:
        slot = before.get(each.span) or new_slot(session, poll, each)
        slot.withdrawn_at = None
        found.append(slot)
    return found


def new_slot(session: GuardedSession, poll: Poll, times: SlotTimes) -> PollSlot:
    """Add a slot to a poll, in its audience; the poll itself is written already."""
    slot = PollSlot(
        id=uuid.uuid4(), poll_id=poll.id, starts_on=times.first_day, ends_on=times.last_day, starts_time=times.starts,
        ends_time=times.ends, starts_at=times.starts_at, ends_at=times.ends_at, added_at=session.now,
        audience_id=poll.audience_id,
    )  # fmt: skip
    session.add(slot)
    return slot


def _write(session: GuardedSession, poll: Poll, new: Collection[PollSlot], gone: Collection[PollSlot]) -> None:
    touch(session, poll)
    session.refresh(poll, ["slots"])
    ids = {"added": [str(slot.id) for slot in new], "withdrawn": [str(slot.id) for slot in gone]}
    session.record(
        "poll_slots_changed", "poll", poll.id, poll.audience_id, reference=poll.reference,
        added=[slot.starts_on.isoformat() for slot in new], withdrawn=[slot.starts_on.isoformat() for slot in gone],
    )  # fmt: skip
    if is_example(session, poll):
        return
    with session.whole_truth("find who answered a poll") as truth:
        told = people_who_answered(truth, poll)
    tell_people(session, "poll_slots_changed", poll, told - {session.bound_viewer.person_id}, **ids)
