"""How a meeting's agenda stands: draft, provisional or adopted, its revision, and by when what is due."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import load_only

from app.db import GuardedSession
from app.domain import agenda_standing as rules
from app.domain.actions import today_in
from app.domain.agenda_standing import AgendaState, Intake
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action, can
from app.domain.zones import known_zone
from app.models import Agenda, Mechanism, Meeting
from app.services.meeting_audience import rows_audience
from app.services.meetings import facts_of_meeting, find_meeting


@dataclass(frozen=True, slots=True)
class AgendaStanding:
    """Where an agenda stands; `revision` is the number of the last one issued, 0 for none.

    `provisional_due_on` and `supplementary_until` are days at the place of the meeting, None where its date is open.
    `intake` says where an item of all parties goes that comes today. `version` is that of the lead times.
    """

    state: AgendaState
    revision: int
    issued_at: dt.datetime | None
    adopted_at: dt.datetime | None
    provisional_days: int
    supplementary_days: int
    provisional_due_on: dt.date | None
    supplementary_until: dt.date | None
    intake: Intake
    is_due: bool
    version: int


def standing_of(session: GuardedSession, meeting: Meeting, *, fresh: bool = False) -> AgendaStanding:
    """Return how the agenda of a meeting stands, a draft with the usual lead times where nobody said anything yet."""
    return standing_from(session, meeting, agenda_row(session, meeting.id, fresh=fresh))


def agenda_row(session: GuardedSession, meeting_id: uuid.UUID, *, fresh: bool = False) -> Agenda | None:
    """Return the row of an agenda's standing, None for one of which nothing was said; `fresh` reads it anew."""
    query = select(Agenda).where(Agenda.meeting_id == meeting_id).execution_options(populate_existing=fresh)
    return session.execute(query).scalar_one_or_none()


def held_row(session: GuardedSession, meeting: Meeting) -> Agenda:
    """Return the row of an agenda's standing for a change of it, a new one where there is none.

    The meeting's row is held, so that no two make one.
    """
    row = agenda_row(session, meeting.id, fresh=True)
    if row is None:
        row = Agenda(
            id=uuid.uuid4(), meeting_id=meeting.id, state="draft", revision=0,
            provisional_days=rules.PROVISIONAL_DAYS, supplementary_days=rules.SUPPLEMENTARY_DAYS,
            changed_at=session.now, audience_id=rows_audience(session, meeting),
        )  # fmt: skip
        session.add(row)
    row.changed_at = session.now
    return row


def set_lead_times(
    session: GuardedSession, reference: str, provisional_days: int, supplementary_days: int, *, version: int
) -> Agenda:
    """Change by when the provisional agenda is due and until when supplementary items are taken, in days before.

    `version` is 0 for an agenda of which nothing was said yet. Raises `NotFound`; `Refusal` `forbidden`,
    `not_in_state`, and what `check_lead_times` finds; `StaleVersion`.
    """
    meeting = find_meeting(session, reference, lock=True)
    if not can(session.bound_viewer, Action.ISSUE_AGENDA, facts_of_meeting(session, meeting)):
        raise Refusal("forbidden")
    rules.check_lead_times(provisional_days, supplementary_days)
    before = standing_of(session, meeting, fresh=True)
    if meeting.state == "closed" or before.state == "adopted":
        raise Refusal("not_in_state")
    if version != before.version:
        raise StaleVersion(
            {"provisional_days": provisional_days, "supplementary_days": supplementary_days},
            {"provisional_days": before.provisional_days, "supplementary_days": before.supplementary_days},
        )
    row = held_row(session, meeting)
    row.provisional_days, row.supplementary_days = provisional_days, supplementary_days
    session.record(
        "agenda_lead_times_set", "agenda", meeting.id, rows_audience(session, meeting),
        provisional_days=provisional_days, supplementary_days=supplementary_days,
    )  # fmt: skip
    session.flush()
    return row


def topics_set_aside(session: GuardedSession, mechanism_id: uuid.UUID | None) -> tuple[str, ...]:
    """Return the topics that a mechanism sets aside; none for a meeting of no mechanism."""
    if mechanism_id is None:
        return ()
    mechanism = session.execute(
        select(Mechanism).where(Mechanism.id == mechanism_id).options(load_only(Mechanism.facts))
    ).scalar_one_or_none()
    return tuple(str(each) for each in mechanism.facts.get("scope_out") or ()) if mechanism else ()


def standing_from(session: GuardedSession, meeting: Meeting, row: Agenda | None) -> AgendaStanding:
    """Return how an agenda stands whose row was read, None for one of which nothing was said yet."""
    provisional = row.provisional_days if row else rules.PROVISIONAL_DAYS
    supplementary = row.supplementary_days if row else rules.SUPPLEMENTARY_DAYS
    state = cast("AgendaState", row.state if row else "draft")
    today = today_in(session.now, known_zone(meeting.time_zone))
    days = rules.lead_times(None if meeting.date_is_open else meeting.starts_on, provisional, supplementary)
    return AgendaStanding(
        state=state,
        revision=row.revision if row else 0,
        issued_at=row.issued_at if row else None,
        adopted_at=row.adopted_at if row else None,
        provisional_days=provisional,
        supplementary_days=supplementary,
        provisional_due_on=days.provisional_due_on,
        supplementary_until=days.supplementary_until,
        intake=rules.intake(state, today, days.supplementary_until),
        is_due=state == "draft" and days.provisional_due_on is not None and today > days.provisional_due_on,
        version=row.version if row else 0,
    )
