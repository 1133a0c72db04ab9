"""Plans for a date: begun from a draft or a meeting, kept for their makers alone, and ended."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.db import GuardedSession
from app.domain.actions import today_in
from app.domain.date_plans import AGENDA_DAYS, DAYS_LIMIT, PAPERS_DAYS, PlanContent, check_plan, slot_of, window_minutes
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.meeting_content import FORMATS, MeetingContent, Refused
from app.domain.visibility import Action, Facts, audience_of_draft, can
from app.domain.zones import known_zone
from app.models import DatePlan, Draft, Mechanism, Meeting, Office, Party
from app.models.sealed import Private
from app.services.draft_suggestions import suggested
from app.services.drafts import SECRETARIAT, content_of, find_draft, known_parties, start_draft
from app.services.mechanism_facts import find_mechanism
from app.services.meeting_times import content_of_meeting
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.slot_use import Elsewhere, move_meeting, use_in_draft, way_of

OPEN: Final = DatePlan.ended_at.is_(None)
LEAD_DAYS: Final = 60
RANGE_DAYS: Final = 84
BEFORE_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class OpenPlan:
    """A plan with its content opened, what it is of (a meeting or a draft), and the parties that can be asked.

    `source` is what that says now; the content's parties are those that it has now.
    """

    plan: DatePlan
    content: PlanContent
    source: MeetingContent
    parties: Mapping[str, Party]
    mechanism: Mechanism | None = None
    meeting: Meeting | None = None
    draft: Draft | None = None


def find_plan(session: GuardedSession, plan_id: uuid.UUID) -> OpenPlan:
    """Return an open plan; raises `NotFound` for one that ended, that is not there, or that is somebody else's.

    It is not there any more either when its draft ended or its meeting is not seen any more. Three statements at most.
    """
    row = (
        session.execute(
            select(DatePlan, Draft, Meeting, Mechanism)
            .outerjoin(Draft, Draft.id == DatePlan.draft_id)
            .outerjoin(Meeting, Meeting.id == DatePlan.meeting_id)
            .outerjoin(Mechanism, Mechanism.id == Meeting.mechanism_id)
            .where(DatePlan.id == plan_id, OPEN)
            .options(joinedload(Meeting.parties))
        )
        .unique()
        .one_or_none()
    )
    if row is None:
        raise NotFound
    plan: DatePlan = row[0]
    draft: Draft | None = row[1]
    meeting: Meeting | None = row[2]
    if (meeting is None and (draft is None or draft.ended_at is not None)) or not _may_plan(session, plan):
        raise NotFound
    source = content_of(draft) if draft is not None else MeetingContent()
    mechanism: Mechanism | None = row[3] if meeting is not None else _mechanism_named(session, source.mechanism)
    if meeting is not None:
        source = content_of_meeting(meeting, mechanism.code if mechanism else None)
    content = dataclasses.replace(PlanContent.from_json(plan.content.text), parties=source.parties)
    return OpenPlan(plan, content, source, known_parties(session, mechanism), mechanism, meeting, draft)


def _mechanism_named(session: GuardedSession, code: str | None) -> Mechanism | None:
    """Return the mechanism that a draft names, whatever became of it; None for none."""
    if code is None:
        return None
    return session.execute(select(Mechanism).where(Mechanism.code == code)).scalar_one_or_none()


def _may_plan(session: GuardedSession, plan: DatePlan) -> bool:
    appointments = frozenset({plan.owner_appointment}) if plan.owner_appointment else frozenset()
    facts = Facts(owner=plan.owner_party, appointments=appointments)
    return can(session.bound_viewer, Action.PLAN_DATES) and can(session.bound_viewer, Action.EDIT_DRAFT, facts)


# Beginning ----------------------------------------------------------------------------------------


def plan_of_draft(session: GuardedSession, draft_id: uuid.UUID) -> DatePlan:
    """Return the open plan of a draft, begun from what it says if there is none.

    Raises `NotFound`, and `Refusal` `forbidden`, or `needs_party` for a draft that names no parties yet.
    """
    found = find_draft(session, draft_id)
    if found.draft.kind != "meeting":
        raise NotFound
    standing = session.execute(
        select(DatePlan).where(DatePlan.draft_id == draft_id, OPEN).order_by(DatePlan.created_at).limit(1)
    ).scalar_one_or_none()
    return standing or start_plan(session, begun_from(session, found.content), draft=found.draft)


def plan_of_mechanism(session: GuardedSession, code: str) -> DatePlan:
    """Return a plan of a new draft of the mechanism's next meeting, which says what its form would suggest.

    Raises `NotFound`, and what `start_draft` raises.
    """
    mechanism = find_mechanism(session, code)
    return plan_of_draft(session, start_draft(session, suggested(session, mechanism.code)).id)


def plan_of_meeting(session: GuardedSession, reference: str) -> DatePlan:
    """Return the open plan of the viewer's side for a meeting, begun from its date if there is none.

    Raises `NotFound`; `Refusal` `forbidden`, or `not_in_state` for a meeting that gets no other date.
    """
    meeting = find_meeting(session, reference, lock=True)  # so that two who begin at once begin one plan
    viewer, facts = session.bound_viewer, facts_of_meeting(session, meeting)
    if not can(viewer, Action.CHANGE_MEETING, facts):
        raise Refusal("forbidden")
    if way_of(meeting) is None:
        raise Refusal("not_in_state", state=meeting.state, verb="publish")
    serving = None if viewer.sits_at_a_table else next(iter(sorted(facts.appointments, key=str)), None)
    owner = DatePlan.owner_appointment == serving if serving else DatePlan.owner_party == viewer.party
    standing = session.execute(
        select(DatePlan).where(DatePlan.meeting_id == meeting.id, OPEN, owner).order_by(DatePlan.created_at).limit(1)
    ).scalar_one_or_none()
    if standing is not None:
        return standing
    content = begun_from(session, content_of_meeting(meeting, None))
    return start_plan(session, content, meeting=meeting, appointment_id=serving)


def begun_from(session: GuardedSession, said: MeetingContent) -> PlanContent:
    """Return what a plan begins with: the weeks around the date that was said, or from two months ahead on."""
    zone = known_zone(said.zone or session.bound_viewer.time_zone)
    today = today_in(session.now, zone)
    first_day = today + dt.timedelta(days=LEAD_DAYS)
    if said.first_day is not None and said.first_day > today:
        first_day = max(today + dt.timedelta(days=1), said.first_day - dt.timedelta(days=BEFORE_DAYS))
    days_count, minutes = 1, 180
    if said.first_day is not None:
        days_count = ((said.last_day or said.first_day) - said.first_day).days + 1
    if said.starts is not None and said.ends is not None and said.starts < said.ends:
        minutes = window_minutes(said.starts, said.ends)
    content = PlanContent(
        first_day=first_day,
        last_day=first_day + dt.timedelta(days=RANGE_DAYS - 1),
        days_count=min(days_count, DAYS_LIMIT),
        minutes=None if said.first_day and not said.has_hours else minutes,
        format=said.format if said.format in FORMATS else "in_person",
        place=said.place,
        zone=zone,
        parties=said.parties,
        required_parties=said.parties,
        agenda_days=AGENDA_DAYS if said.kind == "session" else 0,
        papers_days=PAPERS_DAYS if said.kind == "session" else 0,
    )
    return content if content.starts is None or said.starts is None else _widened(content, said)


def _widened(content: PlanContent, said: MeetingContent) -> PlanContent:
    """Return the content with a window of the day that holds the hours that were said."""
    starts, ends = content.starts, content.ends
    return dataclasses.replace(
        content,
        starts=min(starts, said.starts) if starts and said.starts else starts,
        ends=max(ends, said.ends) if ends and said.ends else ends,
    )


def start_plan(
    session: GuardedSession,
    content: PlanContent,
    *,
    draft: Draft | None = None,
    meeting: Meeting | None = None,
    appointment_id: uuid.UUID | None = None,
) -> DatePlan:
    """Keep a new plan of a draft or of a meeting, sealed for the viewer's delegation or secretariat alone.

    Raises `Refusal("needs_party")` where nobody is to meet yet.
    """
    if not content.parties:
        raise Refusal("needs_party", field="parties")
    viewer = session.bound_viewer
    appointment = draft.owner_appointment if draft is not None else appointment_id
    owner = None if appointment else viewer.party
    plan = DatePlan(
        id=uuid.uuid4(), owner_party=owner, owner_appointment=appointment, draft_id=draft.id if draft else None,
        meeting_id=meeting.id if meeting else None, content=Private(owner or SECRETARIAT, content.to_json()),
        created_by=viewer.person_id, created_at=session.now, changed_at=session.now,
        audience_id=draft.audience_id if draft else session.audience(audience_of_draft(viewer, appointment)),
    )  # fmt: skip
    session.add(plan)
    session.flush()  # the record names it
    session.record("date_plan_started", "date_plan", plan.id, plan.audience_id)
    return plan


# Changing and ending ------------------------------------------------------------------------------


def save_plan(session: GuardedSession, found: OpenPlan, content: PlanContent, *, version: int) -> DatePlan:
    """Keep what a plan says now; raises `Refused` with everything in it that cannot be, and `StaleVersion`."""
    cleaned, refusals = check_plan(
        content, today_in(session.now, known_zone(content.zone)), offices_of(session, content.parties)
    )
    if refusals:
        raise Refused(refusals)
    plan = found.plan
    check_plan_version(found, version, cleaned)
    plan.content = Private(plan.content.owner, cleaned.to_json())
    plan.changed_at = session.now
    session.flush()  # the version that the page shows next
    session.record("date_plan_saved", "date_plan", plan.id, plan.audience_id, version=plan.version)
    return plan


def check_plan_version(found: OpenPlan, version: int, yours: PlanContent) -> None:
    """Raise `StaleVersion` with both contents when a plan has changed since its form was made."""
    if found.plan.version != version:
        raise StaleVersion(dataclasses.asdict(yours), dataclasses.asdict(found.content))


def discard_plan(session: GuardedSession, found: OpenPlan) -> None:
    """End a plan of which nothing came; its draft or meeting stays as it is."""
    end_plan(session, found.plan)
    session.record("date_plan_discarded", "date_plan", found.plan.id, found.plan.audience_id)


def use_slot(session: GuardedSession, found: OpenPlan, key: str, reason: str, *, version: int) -> Draft | Meeting:
    """Give the plan's draft or meeting one of its slots as the date, and end the plan.

    `version` is that of the draft or meeting which the page showed. Raises `StaleVersion`, `Refusal("unknown_slot")`,
    and what `use_in_draft` and `move_meeting` raise.
    """
    slot = slot_of(found.content, key)
    standing = found.meeting or found.draft
    if standing is None or standing.version != version:
        raise StaleVersion({"slot": key}, {"first_day": found.source.first_day})
    elsewhere = Elsewhere(found.content.place, found.content.format)
    used: Draft | Meeting
    if found.meeting is not None:
        meeting = find_meeting(session, found.meeting.reference, lock=True)
        used = move_meeting(session, meeting, slot, reason, elsewhere)
    else:
        used = use_in_draft(session, standing.id, slot, elsewhere)
    end_plan(session, found.plan)
    session.record("date_plan_used", "date_plan", found.plan.id, found.plan.audience_id)
    return used


def end_plan(session: GuardedSession, plan: DatePlan) -> None:
    """Mark a plan as ended: a date, a poll or nothing came of it."""
    plan.ended_at = plan.changed_at = session.now


# What a plan may name -----------------------------------------------------------------------------


def offices_of(session: GuardedSession, parties: tuple[str, ...]) -> dict[str, str]:
    """Return the codes of these parties' offices, each with its party."""
    return {office.code: office.party_code for office in office_rows(session, parties)}


def office_rows(session: GuardedSession, parties: tuple[str, ...]) -> tuple[Office, ...]:
    """Return the offices of these parties by their codes; they are published."""
    if not parties:
        return ()
    rows = session.execute(select(Office).where(Office.party_code.in_(parties)).order_by(Office.code))
    return tuple(rows.scalars())
