"""Making a poll: the slots of a plan put to the delegations of its parties, whose own it is from then on."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.date_plans import PlannedSlot, slot_of
from app.domain.errors import Refusal
from app.domain.meeting_content import Refused
from app.domain.poll_orders import CheckedOrder, PollOrder, SlotOrder, check_order
from app.domain.polls import LIVE
from app.domain.references import poll_counter, poll_reference_in
from app.domain.visibility import Action, can
from app.models import Poll, PollSeat
from app.services.date_plans import OpenPlan, end_plan, offices_of
from app.services.drafts import content_of, save_draft
from app.services.meeting_audience import MeetingAudience, audience_of
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.poll_post import tell_those_asked
from app.services.poll_slots import new_slot
from app.services.proposing import check_side
from app.services.references import next_number, scope_of_meeting
from app.services.slot_use import way_of


def audience_of_poll(session: GuardedSession, found: OpenPlan) -> MeetingAudience:
    """Return who would see a poll of this plan, and be told of it: its parties, and the secretariat of them all."""
    meeting_id = found.meeting.id if found.meeting else None
    return audience_of(session, _mechanism_id(found), found.content.parties, meeting_id)


def planned_slots(found: OpenPlan, keys: tuple[str, ...]) -> tuple[PlannedSlot, ...]:
    """Return the slots of a plan by their keys, in their order; raises `Refusal("unknown_slot")`."""
    slots = {key: slot_of(found.content, key) for key in keys}
    return tuple(slots[key] for key in sorted(slots))


def ordered(slots: tuple[PlannedSlot, ...]) -> tuple[SlotOrder, ...]:
    """Return the slots of a plan as a poll asks for them."""
    return tuple(SlotOrder(slot.first_day, slot.last_day, slot.starts, slot.ends) for slot in slots)


def check_may_ask(session: GuardedSession, found: OpenPlan) -> None:
    """Refuse what cannot be asked: by somebody who may not, of a meeting that gets no other date, or twice at once.

    Raises `Refusal` `forbidden`, `not_in_state`, `poll_is_open` (with its reference), `poll_needs_title`, and what
    `check_side` raises.
    """
    meeting, draft = found.meeting, found.draft
    if meeting is not None:
        if not can(session.bound_viewer, Action.CHANGE_MEETING, facts_of_meeting(session, meeting)):
            raise Refusal("forbidden")
        if way_of(meeting) is None:
            raise Refusal("not_in_state", state=meeting.state, verb="publish")
    elif draft is not None:
        if not found.source.title:
            raise Refusal("poll_needs_title")
        check_side(session, found.source, draft)
    of_one = Poll.meeting_id == meeting.id if meeting else Poll.draft_id == (draft.id if draft else None)
    standing = session.execute(select(Poll.reference).where(of_one, Poll.state.in_(LIVE)).limit(1)).scalar_one_or_none()
    if standing is not None:
        raise Refusal("poll_is_open", reference=standing)


def make_poll(session: GuardedSession, found: OpenPlan, order: PollOrder) -> Poll:
    """Put slots to the parties of a plan, which ends: the poll has its reference, all are told.

    Raises `Refused` with everything that `check_order` refuses, `unknown_office`, and what `check_may_ask` raises.
    """
    if found.meeting is not None:  # so that of two who ask at once the second finds the poll of the first
        find_meeting(session, found.meeting.reference, lock=True)
    check_may_ask(session, found)
    checked = check_order(order, session.now)
    known = offices_of(session, found.content.parties)
    if any(seat.kind == "office" and known.get(seat.office_code or "") != seat.party for seat in checked.order.seats):
        raise Refused([Refusal("unknown_office", field="seats")])
    _hold_as_asked(session, found)
    poll = _add_poll(session, found, checked, session.audience(audience_of_poll(session, found).keys))
    end_plan(session, found.plan)
    session.record(
        "poll_opened", "poll", poll.id, poll.audience_id, reference=poll.reference, parties=list(poll.parties),
        slots=len(checked.slots), closes_at=poll.closes_at.isoformat(), is_hidden=poll.is_hidden,
    )  # fmt: skip
    session.refresh(poll, ["slots", "seats"])
    tell_those_asked(session, "poll_opened", poll, session.bound_viewer.person_id)
    return poll


def _hold_as_asked(session: GuardedSession, found: OpenPlan) -> None:
    """Give the draft the place and the form that are asked about, so that a yes to them is a yes to it."""
    if found.draft is None:
        return
    before = content_of(found.draft)
    after = dataclasses.replace(before, place=found.content.place or before.place, format=found.content.format)
    if after != before:
        save_draft(session, found.draft.id, after, version=found.draft.version)


def _add_poll(session: GuardedSession, found: OpenPlan, checked: CheckedOrder, audience_id: uuid.UUID) -> Poll:
    order, content = checked.order, found.content
    scope = scope_of_meeting(
        found.mechanism, content.parties, checked.slots[0].first_day.year, session.bound_viewer.party
    )
    poll = Poll(
        id=uuid.uuid4(), reference=poll_reference_in(scope, next_number(session, poll_counter(scope))),
        mechanism_id=_mechanism_id(found), meeting_id=found.meeting.id if found.meeting else None,
        draft_id=found.draft.id if found.draft else None, owner_party=found.plan.owner_party,
        owner_appointment=found.plan.owner_appointment, title=_title(found), format=content.format,
        place=content.place or None, time_zone=order.zone, days_count=order.days_count, minutes=order.minutes,
        parties=list(order.parties), required_parties=list(order.required_parties), note=order.note or None,
        closes_at=checked.closes_at, closes_zone=order.closes_zone or order.zone, is_hidden=order.is_hidden,
        state="open", created_by=session.bound_viewer.person_id, created_at=session.now, changed_at=session.now,
        audience_id=audience_id,
    )  # fmt: skip
    session.add(poll)
    session.flush()  # slots and seats refer to it
    for slot in checked.slots:
        new_slot(session, poll, slot)
    session.add_all(
        PollSeat(
            poll_id=poll.id, party_code=seat.party, position=position, kind=seat.kind, office_code=seat.office_code,
            name=seat.name, person_id=uuid.UUID(seat.person_id) if seat.person_id else None,
            is_required=seat.is_required, audience_id=audience_id,
        )
        for position, seat in enumerate(order.seats, start=1)
    )  # fmt: skip
    session.flush()  # they are told of, and shown next
    return poll


def _title(found: OpenPlan) -> Mapping[str, str]:
    return dict(found.meeting.title) if found.meeting else found.source.titles


def _mechanism_id(found: OpenPlan) -> uuid.UUID | None:
    return found.mechanism.id if found.mechanism else None
