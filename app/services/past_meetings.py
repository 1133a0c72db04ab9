"""Recording a meeting that took place without Entente, with its source."""

from __future__ import annotations

import dataclasses
import uuid

from app.db import GuardedSession
from app.domain import lifecycle
from app.domain.errors import Refusal
from app.domain.meeting_content import PAST_FORMATS, MeetingContent, Refused, check, check_own_side, missing
from app.domain.plaintext import paragraphs
from app.domain.visibility import Action, can
from app.models import Meeting
from app.services.around import checked_parent, record_place, side_of_viewer
from app.services.drafts import hat_for, known_parties, mechanism_named
from app.services.meeting_audience import audience_of
from app.services.proposing import Ready, add_meeting
from app.services.references import allot_meeting_reference, uid_domain

SOURCE_LIMIT = 2000


def record_past_meeting(session: GuardedSession, content: MeetingContent, *, uid_host: str) -> Meeting:
    """Keep a meeting as held, asking nobody for an answer; all its parties see it, with the source.

    Its days are over in its zone, and it has a reference of its year. Raises `Refused` with everything that
    is missing or cannot be, `Refusal` `forbidden`, `needs_own_party`, `not_appointed_by_these`, `not_past`.
    """
    if not can(session.bound_viewer, Action.DRAFT_MEETING):
        raise Refusal("forbidden")
    ready, appointment = _ready(session, content)
    if ready.timing.when.ends_at > session.now:
        raise Refused([Refusal("not_past", field="last_day")])
    uid = f"{uuid.uuid4()}@{uid_domain(session, uid_host)}"
    state = lifecycle.record_held(uid, ready.content.parties, ready.timing.when, session.now)
    reference = allot_meeting_reference(
        session, ready.mechanism, ready.content.parties, ready.timing.when.first_day.year
    )
    owners = None if appointment else session.bound_viewer.party, appointment
    meeting = add_meeting(session, ready, state, reference, owners)
    session.record(
        "meeting_recorded", "meeting", meeting.id, meeting.audience_id, reference=reference,
        parties=list(state.parties), starts_on=meeting.starts_on.isoformat(), source=meeting.source, kind=meeting.kind,
    )  # fmt: skip
    record_place(session, meeting, None, ready.parent)
    return meeting


def _ready(session: GuardedSession, content: MeetingContent) -> tuple[Ready, uuid.UUID | None]:
    """Return the content checked and complete, and the secretariat that records it, if one does."""
    mechanism = mechanism_named(session, content.mechanism)
    hat = hat_for(session, content.mechanism)
    parties = known_parties(session, mechanism)
    checked = check(content, parties.keys(), PAST_FORMATS)
    refusals = [*checked.refusals, *missing(checked.content)]
    source = ""
    try:
        source = paragraphs(content.source, "source", SOURCE_LIMIT, required=True)
    except Refusal as refusal:
        refusals.append(refusal)
    if refusals or checked.timing is None:
        raise Refused(refusals)
    check_own_side(checked.content.parties, session.bound_viewer.party, hat.parties if hat else None)
    parent = checked_parent(session, checked.content, side_of_viewer(session, hat))
    ready = Ready(
        content=dataclasses.replace(checked.content, source=source),
        timing=checked.timing,
        mechanism=mechanism,
        parties=parties,
        audience=audience_of(session, mechanism.id if mechanism else None, checked.content.parties),
        parent=parent,
    )
    return ready, hat.appointment_id if hat else None
