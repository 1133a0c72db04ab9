"""Reading meetings: the list, and one meeting with all that its page shows."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import defer, joinedload, load_only, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from app.db import GuardedSession
from app.domain.errors import NotFound
from app.domain.references import meeting_reference, parse_meeting_reference
from app.domain.visibility import Facts, appointment_key
from app.models import (
    AudienceMember,
    Commitment,
    Document,
    Event,
    Mechanism,
    Meeting,
    MeetingInvitation,
    MeetingParty,
    Party,
    Person,
    RegisteredDocument,
    Release,
    RosterEntry,
)
from app.services.history import HistoryEntry, history_of
from app.services.meeting_state import chosen_rows
from app.services.paging import PAGE_SIZE, pages_of
from app.services.parents import PARENT, Beside, beside_of, parent_of
from app.services.poll_lines import polls_of_meeting_count
from app.services.practice import is_real

OVER: Final = ("held", "closed")


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting in a list, with its mechanism where it has one that the viewer may read."""

    meeting: Meeting
    mechanism: Mechanism | None


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """One page of meetings: those to come, the nearest first, then those past, the latest first."""

    coming: tuple[MeetingLine, ...]
    past: tuple[MeetingLine, ...]
    total: int
    page: int
    page_count: int


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A chosen party, what it answered, the paper that bears it out, and who gave it, if the viewer may know that."""

    row: MeetingParty
    party: Party
    answered_by: str | None
    paper_id: uuid.UUID | None
    paper_name: str | None


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting with all that its page shows, and the facts by which it is decided who may do what to it.

    `beside` is what it is around, where the viewer sees that; `released_count` to how many guests it is released,
    `commitment_count` how many commitments were recorded at it, `poll_count` how many polls were about it and
    `document_count` how many documents are registered for it, of what the viewer sees; `going_count` how many stand on
    its roster, `own_count` how often the viewer is asked to come.
    """

    meeting: Meeting
    mechanism: Mechanism | None
    parties: tuple[PartyLine, ...]
    history: tuple[HistoryEntry, ...]
    facts: Facts
    beside: Beside | None = None
    released_count: int = 0
    commitment_count: int = 0
    poll_count: int = 0
    going_count: int = 0
    own_count: int = 0
    document_count: int = 0


def find_meeting(session: GuardedSession, reference: str, *, lock: bool = False) -> Meeting:
    """Return the meeting of that reference with its parties and sittings; small letters are allowed.

    `lock` holds its row to the end of the transaction, and reads it anew, for rules that read several
    rows. Raises `NotFound`, the same whether there is none or the viewer may not see it.
    """
    query = (
        select(Meeting)
        .where(Meeting.reference == _canonical(reference))
        .options(selectinload(Meeting.parties), selectinload(Meeting.sittings))
    )
    if lock:
        query = query.with_for_update(of=Meeting).execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def facts_of_meeting(session: GuardedSession, meeting: Meeting) -> Facts:
    """Return what the table of permissions needs to know of a meeting whose parties are loaded.

    Its appointments are those of the viewer's that are in its audience: others decide nothing here.
    """
    keys = {appointment_key(hat.appointment_id): hat.appointment_id for hat in session.bound_viewer.hats}
    runs: frozenset[uuid.UUID] = frozenset()
    if keys:
        found = session.execute(
            select(AudienceMember.key).where(
                AudienceMember.audience_id == meeting.audience_id, AudienceMember.key.in_(sorted(keys))
            )
        ).scalars()
        runs = frozenset(keys[key] for key in found)
    return Facts(parties=frozenset(row.party_code for row in chosen_rows(meeting)), appointments=runs)


def meetings(
    session: GuardedSession, now: dt.datetime, *, mechanism: str | None = None, state: str | None = None, page: int = 1
) -> MeetingPage:
    """Return a page (from 1) of the meetings that the viewer may see, those to come before those past.

    `mechanism` is a code; a filter that nothing answers to gives no rows. A meeting that was postponed
    without a new date is still to come. Raises `NotFound` beyond the last page.
    """
    chosen = _chosen(mechanism, state)
    ahead = _ahead(now)
    counted = _counted(chosen, ahead)
    ahead_count, total = session.execute(counted).one()
    page_count = pages_of(total, page)
    first, last = (page - 1) * PAGE_SIZE, page * PAGE_SIZE
    undated_last = case((Meeting.state == "postponed", 1), else_=0)
    coming = _lines(chosen).where(ahead).order_by(undated_last, Meeting.starts_at, Meeting.reference)
    past = _lines(chosen).where(not_(ahead)).order_by(Meeting.starts_at.desc(), Meeting.reference)
    return MeetingPage(
        coming=_slice(session, coming, first, min(last, ahead_count)),
        past=_slice(session, past, max(0, first - ahead_count), last - ahead_count),
        total=total,
        page=page,
        page_count=page_count,
    )


def mechanisms_with_meetings(session: GuardedSession) -> tuple[Mechanism, ...]:
    """Return the mechanisms that the viewer may see a meeting of, to choose from; without their facts."""
    held = select(Meeting.mechanism_id).where(Meeting.mechanism_id.is_not(None))
    rows = session.execute(
        select(Mechanism)
        .where(Mechanism.id.in_(held))
        .options(load_only(Mechanism.code, Mechanism.name, Mechanism.ref))
        .order_by(Mechanism.ref, Mechanism.code)
    ).scalars()
    return tuple(rows)


# To how many guests a meeting is released.
_RELEASED: Final = (
    select(func.count(Release.id))
    .where(Release.meeting_id == Meeting.id, Release.withdrawn_at.is_(None))
    .correlate(Meeting)
    .scalar_subquery()
)


_COMMITTED: Final = (
    select(func.count(Commitment.id)).where(Commitment.meeting_id == Meeting.id).correlate(Meeting).scalar_subquery()
)


_POLLED: Final = polls_of_meeting_count()
_GOING: Final = (
    select(func.count(RosterEntry.id)).where(RosterEntry.meeting_id == Meeting.id).correlate(Meeting).scalar_subquery()
)
_REGISTERED: Final = (
    select(func.count(RegisteredDocument.id))
    .where(RegisteredDocument.meeting_id == Meeting.id)
    .correlate(Meeting)
    .scalar_subquery()
)


def _asked(session: GuardedSession) -> ScalarSelect[int]:
    """Return how often the viewer is on a meeting's roster or has an invitation, as a part of its statement."""
    of_each = (
        select(func.count(model.id))
        .where(model.meeting_id == Meeting.id, model.person_id == session.bound_viewer.person_id)
        .correlate(Meeting)
        .scalar_subquery()
        for model in (RosterEntry, MeetingInvitation)
    )
    on_roster, invited = of_each
    return select(on_roster + invited).scalar_subquery()


def meeting_view(session: GuardedSession, reference: str) -> MeetingView:
    """Return one meeting with all that its page shows; raises `NotFound`."""
    found = session.execute(
        select(Meeting, Mechanism, PARENT, Event, _RELEASED, _COMMITTED, _POLLED, _GOING, _asked(session), _REGISTERED)
        .outerjoin(Mechanism, Mechanism.id == Meeting.mechanism_id)
        .outerjoin(PARENT, PARENT.id == Meeting.parent_id)
        .outerjoin(Event, Event.id == Meeting.event_id)
        .where(Meeting.reference == _canonical(reference))
        .options(joinedload(Meeting.sittings), defer(Mechanism.loaded_facts))
    ).unique().one_or_none()  # fmt: skip
    if found is None:
        raise NotFound
    meeting, mechanism, parent, event, *counts = found
    beside = beside_of(meeting, parent_of(parent, event))
    parties = _party_lines(session, meeting)
    history = history_of(session, "meeting", meeting.id)
    facts = facts_of_meeting(session, meeting)
    return MeetingView(meeting, mechanism, parties, history, facts, beside, *counts)


def _canonical(reference: str) -> str:
    """Return the reference as it is kept; raises `NotFound` for what is no reference."""
    parsed = parse_meeting_reference(reference)
    if parsed is None:
        raise NotFound
    return meeting_reference(parsed.scope, parsed.number)


def _ahead(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition that a meeting is still to come: not over, or waiting for a new date."""
    return or_(Meeting.state == "postponed", and_(Meeting.ends_at > now, Meeting.state.not_in(OVER)))


def _chosen(mechanism: str | None, state: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [is_real()] if mechanism is None else []
    if mechanism is not None:
        conditions.append(Meeting.mechanism_id.in_(select(Mechanism.id).where(Mechanism.code == mechanism)))
    if state is not None:
        conditions.append(Meeting.state == state)
    return conditions


def _counted(chosen: list[ColumnElement[bool]], ahead: ColumnElement[bool]) -> Select[int, int]:
    """Return the statement that counts the meetings to come, and all of them."""
    to_come = func.coalesce(func.sum(case((ahead, 1), else_=0)), 0)
    return select(to_come, func.count(Meeting.id)).select_from(Meeting).where(*chosen)


def _lines(chosen: list[ColumnElement[bool]]) -> Select[Meeting, Mechanism]:
    return (
        select(Meeting, Mechanism)
        .outerjoin(Mechanism, Mechanism.id == Meeting.mechanism_id)
        .where(*chosen)
        .options(selectinload(Meeting.parties), load_only(Mechanism.code, Mechanism.name, Mechanism.ref))
    )


def _slice(
    session: GuardedSession, query: Select[Meeting, Mechanism], first: int, last: int
) -> tuple[MeetingLine, ...]:
    if last <= first:
        return ()
    rows = session.execute(query.offset(first).limit(last - first))
    return tuple(MeetingLine(meeting, mechanism) for meeting, mechanism in rows)


def _party_lines(session: GuardedSession, meeting: Meeting) -> tuple[PartyLine, ...]:
    """Return the chosen parties with what stands beside them, in one statement, and load them on the meeting."""
    rows = session.execute(
        select(MeetingParty, Party, Person.name, Document.id, Document.file_name)
        .join(Party, Party.code == MeetingParty.party_code)
        .outerjoin(Person, Person.id == MeetingParty.answered_by)
        .outerjoin(Document, Document.id == MeetingParty.report_document_id)
        .where(MeetingParty.meeting_id == meeting.id, MeetingParty.removed.is_(False))
        .order_by(MeetingParty.party_code)
        .options(load_only(Party.code, Party.name, Party.capital, Party.time_zone))
    ).all()
    set_committed_value(meeting, "parties", [row[0] for row in rows])
    return tuple(PartyLine(*row) for row in rows)
