"""What another delegation answered by note, mail or telephone, entered for it with what bears it out.

It counts where the seat has said nothing itself, and is shown as reported. While a hidden poll runs it is seen by the
side that entered it and by the delegation whose word it is; from its close on, by all who see the poll.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal
from app.domain.plaintext import paragraphs
from app.domain.polls import OVER, POLL_ANSWERS, AnswerValue
from app.domain.visibility import Action, appointment_key, can, party_key
from app.models import Document, Poll, PollAnswer, PollResponse, PollSeat
from app.services.documents import keep_paper
from app.services.meeting_life import CHANNELS, Paper
from app.services.poll_post import tell_people
from app.services.polls import facts_of_poll, find_poll, is_running, is_veiled
from app.services.practice import is_example
from app.services.recipients import speakers

NOTE_LIMIT: Final = 2000


@dataclass(frozen=True, slots=True)
class PollReport:
    """What a seat of another delegation answered, by the slots' ids, how it came, and what bears it out."""

    seat_id: uuid.UUID
    values: Mapping[uuid.UUID, AnswerValue]
    channel: str
    note: str
    paper: Paper | None = None


def reportable_seats(session: GuardedSession, poll: Poll) -> tuple[PollSeat, ...]:
    """Return the seats for which the viewer may enter what came: those that the makers named, of other parties."""
    if poll.state in OVER or not can(session.bound_viewer, Action.REPORT_POLL_ANSWER, facts_of_poll(session, poll)):
        return ()
    own = session.bound_viewer.party
    return tuple(seat for seat in poll.seats if not seat.is_inner and seat.party_code != own)


def report_poll_answer(session: GuardedSession, reference: str, report: PollReport) -> Poll:
    """Enter what a seat of another delegation answered, marked as reported; a second report replaces the first.

    Its coordinators and heads are told. After the deadline it is a late answer. Raises `NotFound`; `Refusal`
    `forbidden`, `poll_is_over`, `report_is_for_others`, `nothing_answered`, `required`, and what texts and papers
    raise.
    """
    poll = find_poll(session, reference, lock=True)
    if not can(session.bound_viewer, Action.REPORT_POLL_ANSWER, facts_of_poll(session, poll)):
        raise Refusal("forbidden")
    if poll.state in OVER:
        raise Refusal("poll_is_over")
    seat = next((each for each in poll.seats if each.id == report.seat_id and not each.is_inner), None)
    if seat is None:
        raise NotFound
    if seat.party_code == session.bound_viewer.party:
        raise Refusal("report_is_for_others", field="seat")
    if report.channel not in CHANNELS:
        raise Refusal("required", field="channel")
    note = paragraphs(report.note, "note", NOTE_LIMIT, required=True)
    said = _said(poll, report)
    audience_id = _audience(session, poll, seat.party_code)
    paper_id = _kept(session, report.paper, audience_id)
    is_late = not is_running(poll, session.now)
    facts = {"report_note": note, "report_document_id": paper_id, "audience_id": audience_id}
    _write(session, seat, said, facts, is_late=is_late)
    session.record(
        "poll_answer_reported", "poll", poll.id, audience_id, reference=poll.reference, party=seat.party_code,
        seat=str(seat.id), channel=report.channel, is_late=is_late, document=str(paper_id) if paper_id else None,
    )  # fmt: skip
    _tell(session, poll, seat.party_code)
    return poll


def show_reports(session: GuardedSession, poll: Poll) -> None:
    """Show to all who see a poll what was reported while it ran hidden, and the papers of it."""
    with session.whole_truth("show what was reported once a hidden poll is closed") as truth:
        narrow = PollResponse.poll_id == poll.id, PollResponse.audience_id != poll.audience_id
        rows = truth.execute(
            select(PollResponse.id, PollResponse.report_document_id).where(*narrow, PollResponse.is_reported.is_(True))
        ).all()
        if not rows:
            return
        ids = [row.id for row in rows]
        truth.execute(update(PollResponse).where(PollResponse.id.in_(ids)).values(audience_id=poll.audience_id))
        truth.execute(update(PollAnswer).where(PollAnswer.response_id.in_(ids)).values(audience_id=poll.audience_id))
        for row in rows:
            if row.report_document_id is not None:
                truth.get_one(Document, row.report_document_id).audience_id = poll.audience_id


def _said(poll: Poll, report: PollReport) -> dict[uuid.UUID, AnswerValue]:
    standing = {slot.id for slot in poll.slots if slot.withdrawn_at is None}
    said = {slot_id: value for slot_id, value in report.values.items() if slot_id in standing}
    if not said or any(value not in POLL_ANSWERS for value in said.values()):
        raise Refusal("nothing_answered", field="answers")
    return said


def _audience(session: GuardedSession, poll: Poll, party: str) -> uuid.UUID:
    """Return who sees a report: all who see the poll, or, while it runs hidden, the two sides that know of it.

    On the example there is one side.
    """
    if not is_veiled(poll, session.now) or is_example(session, poll):
        return poll.audience_id
    viewer = session.bound_viewer
    if viewer.party is not None:
        return session.audience({party_key(party), party_key(viewer.party)})
    serving = facts_of_poll(session, poll).appointments
    return session.audience({party_key(party), *(appointment_key(each) for each in serving)})


def _kept(session: GuardedSession, paper: Paper | None, audience_id: uuid.UUID) -> uuid.UUID | None:
    if paper is None:
        return None
    return keep_paper(session, file_name=paper.file_name, content=paper.content, audience_id=audience_id).id


def _write(
    session: GuardedSession, seat: PollSeat, said: Mapping[uuid.UUID, AnswerValue], facts: Mapping[str, object], *,
    is_late: bool,
) -> None:  # fmt: skip
    """Write a report, in the place of an earlier one of the same seat, whoever entered that and whoever sees it."""
    with session.whole_truth("replace what was reported before") as truth:
        row = truth.execute(
            select(PollResponse)
            .where(
                PollResponse.seat_id == seat.id, PollResponse.is_late.is_(is_late), PollResponse.is_reported.is_(True)
            )
            .options(selectinload(PollResponse.answers))
        ).scalar_one_or_none()
        if row is None:
            row = PollResponse(
                id=uuid.uuid4(), poll_id=seat.poll_id, seat_id=seat.id, party_code=seat.party_code, is_late=is_late,
                is_reported=True, person_id=session.bound_viewer.person_id, answered_at=session.now, **facts,
            )  # fmt: skip
            truth.add(row)
            truth.flush()  # its answers refer to it
        row.person_id, row.answered_at = session.bound_viewer.person_id, session.now
        for name, value in facts.items():
            setattr(row, name, value)
        for answer in row.answers:
            truth.delete(answer)
        truth.flush()  # before others take their places
        truth.add_all(
            PollAnswer(response_id=row.id, slot_id=slot_id, value=value, audience_id=row.audience_id)
            for slot_id, value in said.items()
        )


def _tell(session: GuardedSession, poll: Poll, party: str) -> None:
    if is_example(session, poll):
        return
    with session.whole_truth("find whom to tell of what was reported") as truth:
        told = speakers(truth, [party])
    tell_people(session, "poll_answer_reported", poll, told - {session.bound_viewer.person_id})
