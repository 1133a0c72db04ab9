"""Reading a poll for its page: with its seats, answers and notes, of what the viewer may see."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import defer, load_only, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from app.db import GuardedSession
from app.domain.errors import NotFound
from app.domain.polls import AnswerValue, Tally
from app.domain.references import known_poll_reference
from app.domain.visibility import Action, Facts, can
from app.models import (
    Mechanism,
    Meeting,
    Office,
    Party,
    Person,
    Poll,
    PollAnswer,
    PollInnerNote,
    PollNote,
    PollProxy,
    PollResponse,
    PollSeat,
    PollSlot,
)
from app.services.poll_answers import may_answer_for
from app.services.poll_reasons import Reasons, reasons_of
from app.services.poll_tally import tally_of
from app.services.polls import facts_of_poll, is_running, may_run

# A seat, the name of its office, one of its responses, and one who answers for it.
_Row = tuple[PollSeat, Mapping[str, str] | None, PollResponse | None, uuid.UUID | None, str | None]


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A seat that the viewer sees, with the name of its office, what was answered, and who answers for it.

    Of the viewer's own delegation alone it has its proxies (their ids, and their names), and what it answered itself.
    """

    seat: PollSeat
    office: Mapping[str, str] | None
    proxies: Mapping[uuid.UUID, str]
    in_time: PollResponse | None
    late: PollResponse | None
    reported: PollResponse | None

    @property
    def has_answered(self) -> bool:
        """Say whether the delegation itself answered for it, in time or late."""
        return self.in_time is not None or self.late is not None


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note that the viewer may read, and who wrote it where they may know that."""

    note: PollNote | PollInnerNote
    author: str | None
    is_inner: bool


@dataclass(frozen=True, slots=True)
class Answering:
    """What the viewer answers from: a seat of theirs, and what it said last; `version` is 0 where that is nothing."""

    line: SeatLine
    values: Mapping[uuid.UUID, AnswerValue]
    version: int
    may_answer: bool


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll with all that its page shows; `answering` is None for whoever answers for nobody."""

    poll: Poll
    mechanism: Mechanism | None
    meeting: Meeting | None
    facts: Facts
    runs: bool
    is_running: bool
    tally: Tally
    parties: Mapping[str, Party]
    seats: tuple[SeatLine, ...]
    notes: tuple[NoteLine, ...]
    reasons: Reasons | None
    answering: Answering | None

    @property
    def standing(self) -> list[PollSlot]:
        """Return the slots that were not withdrawn, the earliest first."""
        return [slot for slot in self.poll.slots if slot.withdrawn_at is None]


def poll_view(session: GuardedSession, reference: str, seat_id: uuid.UUID | None = None) -> PollView:
    """Return a poll with all that its page shows, in as many statements whatever is in it; raises `NotFound`.

    `seat_id` is the seat of the viewer's own delegation that is answered for; without it, the first to be answered.
    """
    poll, mechanism, meeting = _found(session, reference)
    seats = _seats(session, poll)
    facts = facts_of_poll(session, poll)
    running = is_running(poll, session.now)
    return PollView(
        poll=poll,
        mechanism=mechanism,
        meeting=meeting,
        facts=facts,
        runs=may_run(session, poll),
        is_running=running,
        tally=tally_of(session, poll),
        parties=_parties(session, poll),
        seats=seats,
        notes=_notes(session, poll),
        reasons=reasons_of(session, poll),
        answering=_answering(session, facts, seats, seat_id, is_late=not running),
    )


def _found(session: GuardedSession, reference: str) -> tuple[Poll, Mechanism | None, Meeting | None]:
    """Return a poll with its slots, what it is of, in two statements."""
    row = session.execute(
        select(Poll, Mechanism, Meeting)
        .outerjoin(Mechanism, Mechanism.id == Poll.mechanism_id)
        .outerjoin(Meeting, Meeting.id == Poll.meeting_id)
        .where(Poll.reference == known_poll_reference(reference))
        .options(selectinload(Poll.slots), defer(Mechanism.loaded_facts), defer(Mechanism.facts))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]


def own_seats(session: GuardedSession, reference: str) -> tuple[Poll, tuple[SeatLine, ...]]:
    """Return a poll, and the seats of the viewer's own delegation with all that stands beside them.

    Raises `NotFound`.
    """
    poll, _mechanism, _meeting = _found(session, reference)
    own = session.bound_viewer.party
    return poll, tuple(line for line in _seats(session, poll) if line.seat.party_code == own)


def _parties(session: GuardedSession, poll: Poll) -> dict[str, Party]:
    rows = session.execute(
        select(Party)
        .where(Party.code.in_(poll.parties))
        .options(load_only(Party.code, Party.name, Party.capital, Party.time_zone))
    ).scalars()
    return {row.code: row for row in rows}


def _seats(session: GuardedSession, poll: Poll) -> tuple[SeatLine, ...]:
    """Return the seats that the viewer sees with all that stands beside them, in one statement."""
    rows = session.execute(
        select(PollSeat, Office.name, PollResponse, PollProxy.person_id, Person.name)
        .outerjoin(Office, Office.code == PollSeat.office_code)
        .outerjoin(PollResponse, PollResponse.seat_id == PollSeat.id)
        .outerjoin(PollProxy, and_(PollProxy.seat_id == PollSeat.id, PollProxy.ended_at.is_(None)))
        .outerjoin(Person, Person.id == PollProxy.person_id)
        .where(PollSeat.poll_id == poll.id)
        .order_by(PollSeat.party_code, PollSeat.is_inner, PollSeat.position, PollSeat.id)
    ).all()
    grouped: dict[uuid.UUID, list[_Row]] = {}
    for seat, office, response, person_id, name in rows:
        grouped.setdefault(seat.id, []).append((seat, office, response, person_id, name))
    lines = tuple(_line(of_one) for of_one in grouped.values())
    set_committed_value(poll, "seats", [line.seat for line in lines])
    return lines


def _line(rows: Sequence[_Row]) -> SeatLine:
    by_kind = {(row[2].is_late, row[2].is_reported): row[2] for row in rows if row[2] is not None}
    return SeatLine(
        seat=rows[0][0],
        office=rows[0][1],
        proxies={row[3]: row[4] or "" for row in rows if row[3] is not None},
        in_time=by_kind.get((False, False)),
        late=by_kind.get((True, False)),
        reported=by_kind.get((True, True)) or by_kind.get((False, True)),
    )


def _answering(
    session: GuardedSession, facts: Facts, seats: Sequence[SeatLine], seat_id: uuid.UUID | None, *, is_late: bool
) -> Answering | None:
    """Return what the viewer answers from, in one statement; a late answer begins with the one in time."""
    viewer = session.bound_viewer
    if not can(viewer, Action.ANSWER_POLL, facts):
        return None
    own = [line for line in seats if line.seat.party_code == viewer.party]
    line = next((each for each in own if each.seat.id == seat_id), None) or _first_to_answer(session, own)
    if line is None:
        return None
    response = line.late if is_late else line.in_time
    begun_from = response or line.in_time
    rows = session.execute(
        select(PollAnswer.slot_id, PollAnswer.value).where(
            PollAnswer.response_id == (begun_from.id if begun_from else uuid.UUID(int=0))
        )
    )
    return Answering(
        line=line,
        values={row.slot_id: row.value for row in rows},
        version=response.version if response else 0,
        may_answer=may_answer_for(session, list(line.proxies)),
    )


def _first_to_answer(session: GuardedSession, own: Sequence[SeatLine]) -> SeatLine | None:
    """Return the seat that the viewer would answer for: their own, else the first that has no answer and is theirs."""
    person_id = session.bound_viewer.person_id

    def rank(line: SeatLine) -> tuple[bool, bool, bool, bool]:
        named = line.seat.person_id == person_id or person_id in line.proxies
        return not may_answer_for(session, list(line.proxies)), line.has_answered, not named, line.seat.is_inner

    return min(own, key=rank, default=None)


def _notes(session: GuardedSession, poll: Poll) -> tuple[NoteLine, ...]:
    """Return the notes that the viewer may read, the latest first, in two statements (one who has no party: in one)."""
    to_all = session.execute(
        select(PollNote, Person.name)
        .outerjoin(Person, Person.id == PollNote.person_id)
        .where(PollNote.poll_id == poll.id, PollNote.withdrawn_at.is_(None))
    ).all()
    found = [NoteLine(note, name, is_inner=False) for note, name in to_all]
    if session.bound_viewer.party is not None:
        own = session.execute(
            select(PollInnerNote, Person.name)
            .outerjoin(Person, Person.id == PollInnerNote.person_id)
            .where(PollInnerNote.poll_id == poll.id, PollInnerNote.withdrawn_at.is_(None))
        ).all()
        found += [NoteLine(note, name, is_inner=True) for note, name in own]
    return tuple(sorted(found, key=lambda line: (line.note.written_at, str(line.note.id)), reverse=True))
