"""The list of polls: those that wait for the viewer's delegation, the others that are open, and those that are over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import defer, selectinload

from app.db import GuardedSession
from app.domain.polls import LIVE, OVER
from app.models import Mechanism, Poll, PollResponse, PollSeat
from app.services.paging import PAGE_SIZE, pages_of
from app.services.polls import is_running
from app.services.practice import ORIGIN

OPEN_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class PollLine:
    """A poll in a list, with its mechanism where it has one that the viewer may read."""

    poll: Poll
    mechanism: Mechanism | None


@dataclass(frozen=True, slots=True)
class PollList:
    """Polls that the viewer's delegation has yet to answer, the others that are open, and a page of those over."""

    to_answer: tuple[PollLine, ...]
    others: tuple[PollLine, ...]
    over: tuple[PollLine, ...]
    page: int
    page_count: int


def poll_list(session: GuardedSession, page: int = 1) -> PollList:
    """Return the polls that the viewer may see, those to be answered first; raises `NotFound` beyond the last page.

    What a delegation has yet to answer are polls that run and have a seat of its own without an answer of its own.
    """
    opened = _lines(session, [Poll.state.in_(LIVE)], OPEN_LIMIT, 0, [Poll.closes_at, Poll.reference])
    waiting = _waiting(session, [line.poll for line in opened if is_running(line.poll, session.now)])
    over = [Poll.state.in_(OVER)]
    total = session.execute(
        select(func.count(Poll.id)).outerjoin(Mechanism, Mechanism.id == Poll.mechanism_id).where(_is_real(), *over)
    ).scalar_one()
    page_count = pages_of(total, page)
    return PollList(
        to_answer=tuple(line for line in opened if line.poll.id in waiting),
        others=tuple(line for line in opened if line.poll.id not in waiting),
        over=_lines(session, over, PAGE_SIZE, (page - 1) * PAGE_SIZE, [Poll.ended_at.desc(), Poll.reference]),
        page=page,
        page_count=page_count,
    )


def _waiting(session: GuardedSession, running: Sequence[Poll]) -> set[uuid.UUID]:
    """Return the polls of which a seat of the viewer's delegation has no answer of its own."""
    party = session.bound_viewer.party
    if party is None or not running:
        return set()
    answered = exists().where(PollResponse.seat_id == PollSeat.id, PollResponse.is_reported.is_(False))
    rows = session.execute(
        select(PollSeat.poll_id)
        .where(
            PollSeat.poll_id.in_([poll.id for poll in running]),
            PollSeat.party_code == party,
            PollSeat.is_inner.is_(False),
            ~answered,
        )
        .distinct()
    ).scalars()
    return set(rows)


def _lines(
    session: GuardedSession,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    offset: int,
    order: Sequence[Any],
) -> tuple[PollLine, ...]:
    rows = session.execute(
        select(Poll, Mechanism)
        .outerjoin(Mechanism, Mechanism.id == Poll.mechanism_id)
        .where(_is_real(), *conditions)
        .options(selectinload(Poll.slots), defer(Mechanism.loaded_facts), defer(Mechanism.facts))
        .order_by(*order)
        .limit(limit)
        .offset(offset)
    )
    return tuple(PollLine(poll, mechanism) for poll, mechanism in rows)


def _is_real() -> ColumnElement[bool]:
    """Return the condition that a poll is none of the example, on which people practise."""
    return or_(Mechanism.id.is_(None), Mechanism.origin != ORIGIN)
