"""Polls where other pages tell of them: on the first page what waits for the viewer, at a meeting, at a mechanism."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import defer, load_only

from app.db import GuardedSession
from app.domain.polls import LIVE
from app.domain.visibility import Viewer
from app.models import Mechanism, Meeting, Poll, PollProxy, PollResponse, PollSeat
from app.services.polls import is_running
from app.services.practice import ORIGIN

PollNeed = Literal["poll", "poll_chair"]

LINES: Final = 20


@dataclass(frozen=True, slots=True)
class PollTold:
    """A poll that another page tells of, and whether it still runs."""

    poll: Poll
    is_running: bool


def waiting_polls(session: GuardedSession) -> tuple[tuple[PollNeed, Poll, Mechanism | None], ...]:
    """Return the polls that wait for the viewer, in one statement.

    `poll`: a seat of their delegation that they may answer for has no answer of its own yet; `poll_chair`: one that
    their own side runs is closed, and no date was chosen.
    """
    viewer = session.bound_viewer
    rows = session.execute(
        select(Poll, Mechanism, _awaits(viewer).label("awaits"))
        .outerjoin(Mechanism, Mechanism.id == Poll.mechanism_id)
        .where(_waits(session))
        .options(defer(Mechanism.loaded_facts), defer(Mechanism.facts))
        .order_by(Poll.closes_at, Poll.reference)
    )
    found: list[tuple[PollNeed, Poll, Mechanism | None]] = []
    for poll, mechanism, awaits in rows:
        running = is_running(poll, session.now)
        if mechanism is None or mechanism.origin != ORIGIN:
            found += [("poll", poll, mechanism)] if running and awaits else []
            found += [("poll_chair", poll, mechanism)] if not running else []
    return tuple(found)


def waiting_polls_count(session: GuardedSession) -> ScalarSelect[int]:
    """Return how many polls wait for the viewer, as a part of another statement."""
    return select(func.count(Poll.id)).where(_waits(session)).scalar_subquery()


def polls_of_meeting_count() -> ScalarSelect[int]:
    """Return how many polls are of a meeting, as a part of a statement that reads the meeting."""
    return select(func.count(Poll.id)).where(Poll.meeting_id == Meeting.id).correlate(Meeting).scalar_subquery()


def polls_of_meeting(session: GuardedSession, meeting_id: uuid.UUID) -> tuple[PollTold, ...]:
    """Return the polls of a meeting, the last made first."""
    return _told(session, _lines(Poll.meeting_id == meeting_id).order_by(Poll.created_at.desc(), Poll.reference))


def live_polls_of_mechanism_count() -> ScalarSelect[int]:
    """Return how many polls of a mechanism have no date yet, as a part of a statement that reads the mechanism."""
    live = and_(Poll.mechanism_id == Mechanism.id, Poll.state.in_(LIVE))
    return select(func.count(Poll.id)).where(live).correlate(Mechanism).scalar_subquery()


def polls_of_mechanism(session: GuardedSession, mechanism_id: uuid.UUID) -> tuple[PollTold, ...]:
    """Return the polls of a mechanism of which no date came yet, those that close first before the others."""
    live = and_(Poll.mechanism_id == mechanism_id, Poll.state.in_(LIVE))
    return _told(session, _lines(live).order_by(Poll.closes_at, Poll.reference))


def _lines(condition: ColumnElement[bool]) -> Select[Any]:
    shown = (
        Poll.reference, Poll.title, Poll.state, Poll.parties, Poll.closes_at, Poll.closes_zone, Poll.audience_id,
        Poll.version,
    )  # fmt: skip
    return select(Poll).where(condition).options(load_only(*shown)).limit(LINES)


def _told(session: GuardedSession, query: Select[Any]) -> tuple[PollTold, ...]:
    polls: Iterable[Poll] = session.execute(query).scalars()
    return tuple(PollTold(poll, is_running(poll, session.now)) for poll in polls)


def _waits(session: GuardedSession) -> ColumnElement[bool]:
    viewer, now = session.bound_viewer, session.now
    runs = and_(Poll.state == "open", Poll.closes_at > now)
    is_over = and_(Poll.state.in_(LIVE), or_(Poll.state == "closed", Poll.closes_at <= now), _runs(viewer))
    return or_(and_(runs, _awaits(viewer)), is_over)


def _runs(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that the viewer's own side made a poll."""
    if viewer.party is not None:
        return Poll.owner_party == viewer.party
    return Poll.owner_appointment.in_([hat.appointment_id for hat in viewer.hats])


def _awaits(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a seat of the viewer's delegation has no answer of its own, and that it is theirs."""
    if viewer.party is None:
        return false()
    named = PollProxy.seat_id == PollSeat.id, PollProxy.ended_at.is_(None)
    may_answer = or_(
        true() if viewer.speaks_for_party else false(),
        ~exists().where(*named),
        exists().where(*named, PollProxy.person_id == viewer.person_id),
    )
    answered = exists().where(PollResponse.seat_id == PollSeat.id, PollResponse.is_reported.is_(False))
    return exists().where(PollSeat.poll_id == Poll.id, PollSeat.party_code == viewer.party, may_answer, ~answered)
