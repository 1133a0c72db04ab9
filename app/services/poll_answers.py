"""Answering a poll: what one seat of a delegation says of every slot, in time or late, changed until it is over."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.polls import OVER, POLL_ANSWERS, AnswerValue
from app.domain.visibility import Action, can, party_key
from app.models import Poll, PollAnswer, PollProxy, PollResponse, PollSeat
from app.services.polls import facts_of_poll, find_poll, is_running

Values = Mapping[uuid.UUID, AnswerValue]


def answer_poll(
    session: GuardedSession, reference: str, seat_id: uuid.UUID, values: Values, *, version: int
) -> PollResponse:
    """Keep what a seat of the viewer's delegation says of the slots that stand; one that it does not name is open.

    `version` is that of the answer that was changed, 0 where there was none. After the deadline it is an answer of
    its own, kept apart as late; what was said of slots withdrawn since stays. Raises `NotFound`; `Refusal`
    `forbidden`, `poll_is_over`, `answered_by_proxy`, `unknown_answer`, `nothing_answered`; `StaleVersion` where a
    colleague was quicker, with both answers by the slots' ids.
    """
    # What is counted when a slot is chosen is all that was kept, and what comes then is refused.
    poll = find_poll(session, reference, lock=True, is_shared=True)
    seat = own_seat(session, poll, seat_id)
    _check_may_answer(session, poll, seat)
    standing = {slot.id for slot in poll.slots if slot.withdrawn_at is None}
    said = {slot_id: value for slot_id, value in values.items() if slot_id in standing}
    if any(value not in POLL_ANSWERS for value in said.values()):
        raise Refusal("unknown_answer", field="answers")
    is_late = not is_running(poll, session.now)
    response = own_response(session, seat.id, is_late=is_late)
    if (response.version if response else 0) != version:
        theirs = said_of(response)
        raise StaleVersion(_plain(said), _plain({key: value for key, value in theirs.items() if key in standing}))
    if response is None:
        if not said:
            raise Refusal("nothing_answered", field="answers")
        response = _begin(session, poll, seat, is_late=is_late)
    else:
        _give_anew(session, response)
    _write(session, response, {**_of_others(response, standing), **said})
    session.record(
        "poll_answered", "poll", poll.id, response.audience_id, reference=poll.reference, seat=str(seat.id),
        slots=len(said), is_late=is_late,
    )  # fmt: skip
    return response


def own_seat(session: GuardedSession, poll: Poll, seat_id: uuid.UUID) -> PollSeat:
    """Return a seat of the viewer's own delegation; raises `NotFound`, and `Refusal("forbidden")`."""
    viewer = session.bound_viewer
    if not can(viewer, Action.ANSWER_POLL, facts_of_poll(session, poll)):
        raise Refusal("forbidden")
    seat = next((each for each in poll.seats if each.id == seat_id and each.party_code == viewer.party), None)
    if seat is None:
        raise NotFound
    return seat


def may_answer_for(session: GuardedSession, proxies: Sequence[uuid.UUID]) -> bool:
    """Say whether the viewer answers for a seat of their delegation, of which these people were named to answer.

    Those who speak for it always may; where nobody was named, anybody of it may.
    """
    viewer = session.bound_viewer
    return viewer.speaks_for_party or not proxies or viewer.person_id in proxies


def own_response(session: GuardedSession, seat_id: uuid.UUID, *, is_late: bool) -> PollResponse | None:
    """Return what a seat's delegation itself answered for it, with each answer; None where it has not yet."""
    return session.execute(
        select(PollResponse)
        .where(
            PollResponse.seat_id == seat_id,
            PollResponse.is_late.is_(is_late),
            PollResponse.is_reported.is_(False),
        )
        .options(selectinload(PollResponse.answers))
    ).scalar_one_or_none()


def said_of(response: PollResponse | None) -> dict[uuid.UUID, AnswerValue]:
    """Return what a response says, by the slots' ids."""
    return {row.slot_id: cast("AnswerValue", row.value) for row in response.answers} if response else {}


def _check_may_answer(session: GuardedSession, poll: Poll, seat: PollSeat) -> None:
    if poll.state in OVER:
        raise Refusal("poll_is_over")
    proxies = session.execute(
        select(PollProxy.person_id).where(PollProxy.seat_id == seat.id, PollProxy.ended_at.is_(None))
    ).scalars()
    if not may_answer_for(session, list(proxies)):
        raise Refusal("answered_by_proxy")


def _begin(session: GuardedSession, poll: Poll, seat: PollSeat, *, is_late: bool) -> PollResponse:
    """Add a response in the audience of its own delegation alone; two at once meet in its unique key."""
    response = PollResponse(
        id=uuid.uuid4(), poll_id=poll.id, seat_id=seat.id, party_code=seat.party_code, is_late=is_late,
        person_id=session.bound_viewer.person_id, answered_at=session.now,
        speaks=session.bound_viewer.speaks_for_party, answers=[],
        audience_id=session.audience({party_key(seat.party_code)}),
    )  # fmt: skip
    session.add(response)
    session.flush()  # its answers refer to it
    return response


def _give_anew(session: GuardedSession, response: PollResponse) -> None:
    """Note by whom and when a response is changed."""
    viewer = session.bound_viewer
    response.person_id, response.answered_at = viewer.person_id, session.now
    response.speaks = viewer.speaks_for_party
    flag_modified(response, "answered_at")  # so that its version rises, whoever changes its answers when


def _write(session: GuardedSession, response: PollResponse, said: Values) -> None:
    """Give a response these answers and no others."""
    standing = {row.slot_id: row for row in response.answers}
    for slot_id, row in standing.items():
        if slot_id not in said:
            session.delete(row)
        elif row.value != said[slot_id]:
            row.value = said[slot_id]
    session.add_all(
        PollAnswer(response_id=response.id, slot_id=slot_id, value=value, audience_id=response.audience_id)
        for slot_id, value in said.items()
        if slot_id not in standing
    )
    session.flush()  # the counts and the page are read next


def _of_others(response: PollResponse, standing: set[uuid.UUID]) -> dict[uuid.UUID, AnswerValue]:
    """Return what was said of slots that were withdrawn since."""
    return {slot_id: value for slot_id, value in said_of(response).items() if slot_id not in standing}


def _plain(said: Values) -> dict[str, object]:
    return {str(slot_id): value for slot_id, value in said.items()}
