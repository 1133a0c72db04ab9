"""Moving a meeting, and what stands of it, to another audience.

Its parties change, a secretariat comes or goes, or it is released to a guest.

Each kind of row keeps what it is for: the meeting and its sittings follow everybody, the agenda its parties and the
guests to whom it was released, everything else its parties and their secretariats alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.db import GuardedSession
from app.domain.visibility import parties_in, party_key
from app.models import (
    Action,
    ActionLink,
    ActionNote,
    Agenda,
    AgendaItem,
    AgendaRevision,
    AgreedText,
    BestPractice,
    CarryOver,
    Commitment,
    CommitmentAction,
    CommitmentStatement,
    Decision,
    DecisionAnswer,
    Document,
    DueMove,
    Guarded,
    ItemPaper,
    ItemProposal,
    ItemTaken,
    LanguageVersion,
    Leg,
    Meeting,
    MeetingParty,
    MeetingProtocol,
    MinuteEntry,
    ParagraphWording,
    Poll,
    PollAnswer,
    PollNote,
    PollResponse,
    PollSeat,
    PollSlot,
    Readout,
    RegisteredDocument,
    Release,
    Reservation,
    Room,
    RosterAttendance,
    RosterEntry,
    Silence,
    SilenceAnswer,
    SilenceReceipt,
    Sitting,
    TextComment,
    TextLanguage,
    TextParagraph,
    TextRevision,
    TextSignature,
)
from app.services.document_audiences import follow_guests
from app.services.meeting_audience import agenda_audience, audience_of, keys_of, persons_in

# What a meeting carries with it, and what hangs on that: a class, and its column that names what it hangs on. Drafts,
# plans, positions, notes, subtasks and held mails are their own side's, an appointment is its makers', a reminder and
# an invitation its recipient's: none follows a meeting.
OF_MEETING: Final[tuple[tuple[type[Any], str], ...]] = (
    (MeetingParty, "meeting_id"),
    (Sitting, "meeting_id"),
    (AgendaItem, "meeting_id"),
    (Action, "meeting_id"),
    (Decision, "meeting_id"),
    (Release, "meeting_id"),
    (Commitment, "meeting_id"),
    (Poll, "meeting_id"),
    (RosterEntry, "meeting_id"),
    (RosterAttendance, "meeting_id"),
    (MeetingProtocol, "meeting_id"),
    (Agenda, "meeting_id"),
    (AgendaRevision, "meeting_id"),
    (ItemProposal, "meeting_id"),
    (RegisteredDocument, "meeting_id"),
    (AgreedText, "meeting_id"),
    (Readout, "meeting_id"),
    (Room, "meeting_id"),
    (ItemTaken, "meeting_id"),
    (MinuteEntry, "meeting_id"),
    (BestPractice, "meeting_id"),
)
OF_THOSE: Final[tuple[tuple[type[Any], type[Any], str], ...]] = (
    (Leg, Action, "action_id"),
    (ActionNote, Action, "action_id"),
    (ActionLink, Action, "from_id"),
    (CarryOver, Action, "action_id"),
    (CommitmentAction, Action, "action_id"),
    (DueMove, Action, "action_id"),
    (CommitmentStatement, Commitment, "commitment_id"),
    (DecisionAnswer, Decision, "decision_id"),
    (PollSlot, Poll, "poll_id"),
    (PollSeat, Poll, "poll_id"),
    (PollNote, Poll, "poll_id"),
    (PollResponse, Poll, "poll_id"),
    (PollAnswer, PollResponse, "response_id"),
    (ItemPaper, RegisteredDocument, "document_id"),
    (LanguageVersion, RegisteredDocument, "document_id"),
    (TextParagraph, AgreedText, "text_id"),
    (ParagraphWording, AgreedText, "text_id"),
    (TextRevision, AgreedText, "text_id"),
    (TextLanguage, AgreedText, "text_id"),
    (TextComment, AgreedText, "text_id"),
    (Reservation, AgreedText, "text_id"),
    (TextSignature, AgreedText, "text_id"),
    (Silence, AgreedText, "text_id"),
    (SilenceReceipt, Silence, "silence_id"),
    (SilenceAnswer, Silence, "silence_id"),
)
Change = Callable[[frozenset[str]], frozenset[str]]
STAYS: Final = frozenset(
    {
        *("Draft", "Appointment", "Subtask", "Reminder", "DatePlan", "Dispatch", "MeetingInvitation", "PollInnerNote"),
        *("Position", "PositionShare", "ShareCopy", "InnerNote", "ReadoutDraft", "NoteVerbale"),
    }
)


# The parties change --------------------------------------------------------------------------------


def move_to_parties(
    session: GuardedSession, meeting: Meeting, parties: Iterable[str], dropped: Collection[str]
) -> None:
    """Point the meeting and what stands of it at the audience of other parties; action items keep the one they have.

    What stands no more (items taken off the agenda, papers of answers that are asked for anew, what was decided
    by other parties) is not handed to who comes now: it is seen by those who saw it and stay. What was asked of
    other parties and is open lapses. The guests to whom the meeting was released keep what they have of it.
    """
    found = audience_of(session, meeting.mechanism_id, parties, meeting.id)
    meeting.audience_id = session.audience(found.keys | found.guest_keys)
    rows, of_agenda = session.audience(found.keys), agenda_audience(session, meeting)
    answers = list(_rows(session, MeetingParty, [meeting.id]))
    items = list(_rows(session, AgendaItem, [meeting.id]))
    for sitting in meeting.sittings:
        sitting.audience_id = meeting.audience_id
    for answer in answers:
        answer.audience_id = rows
    for item in items:
        item.lead_party = None if item.lead_party in dropped else item.lead_party
        if item.parties:  # apart: those of its parties who stay keep it, who comes now is not let in
            item.parties = [code for code in item.parties if code not in dropped]
            staying = keys_of(session, item.audience_id) - {party_key(code) for code in dropped}
            item.audience_id = session.audience(staying) if staying else item.audience_id
        elif not item.removed:
            item.audience_id = of_agenda
    for release in _rows(session, Release, [meeting.id]):
        release.audience_id = session.audience(found.keys | persons_in(keys_of(session, release.audience_id)))
    _narrow(session, [*_papers(session, answers), *(item for item in items if item.removed)], found.keys)
    _move_roster(session, meeting, rows, dropped)
    _move_agenda(session, meeting, rows, found.keys)
    _lapse(session, meeting, found.keys)


def _move_roster(session: GuardedSession, meeting: Meeting, rows: uuid.UUID, dropped: Collection[str]) -> None:
    """Show who goes, and in which order, to those who are at the table now; who is there no more goes no more.

    What a delegation has yet to approve stays its own.
    """
    for protocol in _rows(session, MeetingProtocol, [meeting.id]):
        protocol.audience_id = rows
        protocol.first_party = None if protocol.first_party in dropped else protocol.first_party
    gone: set[uuid.UUID] = set()
    for entry in _rows(session, RosterEntry, [meeting.id]):
        if entry.party_code in dropped:
            gone.add(entry.id)
            entry.state = "withdrawn" if entry.state in {"proposed", "approved"} else entry.state
        elif entry.state == "approved":
            entry.audience_id = rows
    for attendance in _rows(session, RosterAttendance, [meeting.id]):
        if attendance.entry_id not in gone:
            attendance.audience_id = rows


def _move_agenda(session: GuardedSession, meeting: Meeting, rows: uuid.UUID, staying: frozenset[str]) -> None:
    """Show how the agenda stands to those who are at the table now, as a draft: others had agreed to it.

    What was issued, proposed, captured, registered and agreed before is left to those of them who stay: a text that
    was agreed stays with all who agreed on it.
    """
    for agenda in _rows(session, Agenda, [meeting.id]):
        agenda.audience_id, agenda.state, agenda.adopted_at = rows, "draft", None
    for room in _rows(session, Room, [meeting.id]):
        room.audience_id = rows
    before = (AgendaRevision, ItemProposal, RegisteredDocument, ItemTaken, MinuteEntry)
    narrowed = {model: list(_rows(session, model, [meeting.id])) for model in before}
    documents = [row.id for row in narrowed[RegisteredDocument]]
    papers = [
        each for model in (ItemPaper, LanguageVersion) for each in _hanging(session, model, "document_id", documents)
    ]
    files = _attached(session, papers)
    _narrow(session, [*(row for found in narrowed.values() for row in found), *papers, *files], staying)


def _narrow(session: GuardedSession, rows: Iterable[Guarded], staying: frozenset[str]) -> None:
    """Leave rows to those who saw them and stay, and to the single guests who have them released."""
    for row in rows:
        keys = keys_of(session, row.audience_id)
        row.audience_id = session.audience((keys & staying) | persons_in(keys))


def _lapse(session: GuardedSession, meeting: Meeting, staying: frozenset[str]) -> None:
    """End what is open of what was asked of the parties before, and leave it all to those of them who stay."""
    decisions = list(_rows(session, Decision, [meeting.id]))
    for decision in decisions:
        if decision.state == "open":
            decision.state, decision.decided_at = "withdrawn", session.now
            session.record("decision_lapsed", "decision", decision.id, decision.audience_id, kind=decision.kind)
    answers = _hanging(session, DecisionAnswer, "decision_id", [decision.id for decision in decisions])
    _narrow(session, [*decisions, *answers, *_lapsed_polls(session, meeting)], staying)


def _lapsed_polls(session: GuardedSession, meeting: Meeting) -> list[Guarded]:
    """Return the polls of other parties with what they hold, the open ones withdrawn."""
    polls = list(_rows(session, Poll, [meeting.id]))
    for poll in polls:
        if poll.state in {"open", "closed"}:
            poll.state, poll.ended_at, poll.changed_at = "withdrawn", session.now, session.now
            session.record("poll_lapsed", "poll", poll.id, poll.audience_id, reference=poll.reference)
    ids = [poll.id for poll in polls]
    seen = [each for model in (PollSlot, PollSeat, PollNote) for each in _hanging(session, model, "poll_id", ids)]
    return [*polls, *seen]


# A secretariat comes or goes -----------------------------------------------------------------------


def give_key(session: GuardedSession, key: str, meetings: Sequence[Meeting], makers: frozenset[str]) -> None:
    """Let one more in on meetings of exactly these parties, and on what stands of them that all of them see."""
    standing = [row for row in _around(session, meetings) if not getattr(row, "removed", False)]
    _change(session, standing, makers, lambda keys: keys | {key})


def take_key(session: GuardedSession, key: str, meetings: Sequence[Meeting], makers: frozenset[str]) -> None:
    """Let nobody in by this key any more on these meetings, nor on anything that stands or stood of them."""
    _change(session, _around(session, meetings), makers, lambda keys: keys - {key})


def _change(session: GuardedSession, rows: Iterable[Guarded], makers: frozenset[str], change: Change) -> None:
    """Change the audience of rows that exactly these parties see; what only some of them see stays theirs."""
    new: dict[uuid.UUID, uuid.UUID] = {}
    for row in rows:
        if row.audience_id not in new:
            keys = keys_of(session, row.audience_id)
            new[row.audience_id] = session.audience(change(keys)) if parties_in(keys) == makers else row.audience_id
        if new[row.audience_id] != row.audience_id:
            row.audience_id = new[row.audience_id]


def _around(session: GuardedSession, meetings: Sequence[Meeting]) -> list[Guarded]:
    """Return meetings with everything that stands of them and that the viewer sees, whatever its kind."""
    ids = [meeting.id for meeting in meetings]
    by_class: dict[type[Any], list[Any]] = {
        model: list(_hanging(session, model, column, ids)) for model, column in OF_MEETING
    }
    hanging: list[Any] = []
    for model, parent, column in OF_THOSE:
        by_class[model] = list(_hanging(session, model, column, [each.id for each in by_class[parent]]))
        hanging += by_class[model]
    papers = [*_papers(session, by_class[MeetingParty]), *_attached(session, hanging)]
    return [*meetings, *(row for rows in by_class.values() for row in rows), *papers]


# A guest comes or goes -----------------------------------------------------------------------------


def release_rows(session: GuardedSession, meeting: Meeting, guest: str, documents: Iterable[str]) -> None:
    """Show a meeting to a guest, of whom the release is written: its row, sittings, agenda where said, and papers."""
    keys = keys_of(session, meeting.audience_id)
    meeting.audience_id = session.audience(keys | {guest})
    _follow(session, meeting)
    for paper in _named(session, documents):
        paper.audience_id = session.audience(keys_of(session, paper.audience_id) | {guest})
    follow_guests(session, meeting)


def withdraw_rows(session: GuardedSession, meeting: Meeting, guest: str, documents: Iterable[str]) -> None:
    """Hide a meeting from a guest again; `documents` are those that no other release shows them."""
    keys = keys_of(session, meeting.audience_id)
    meeting.audience_id = session.audience(keys - {guest})
    _follow(session, meeting)
    # A party that came later withdraws papers too that only those before it see.
    with session.whole_truth("take a released paper back from a guest") as truth:
        for paper in _named(truth, documents):
            paper.audience_id = truth.audience(keys_of(truth, paper.audience_id) - {guest})
        follow_guests(truth, meeting)


def _follow(session: GuardedSession, meeting: Meeting) -> None:
    """Point a meeting's sittings and agenda at the audiences that its guests make."""
    session.flush()  # which guests see the agenda is read from the releases
    for sitting in meeting.sittings:
        sitting.audience_id = meeting.audience_id
    of_agenda = agenda_audience(session, meeting)
    for item in _rows(session, AgendaItem, [meeting.id]):
        if not item.removed and not item.parties:
            item.audience_id = of_agenda


# What they share -----------------------------------------------------------------------------------


def meetings_with_sittings(session: GuardedSession, *conditions: Any) -> list[Meeting]:
    """Return the meetings that answer to the conditions, locked, with their parties and sittings."""
    rows = session.execute(
        select(Meeting)
        .where(*conditions)
        .options(selectinload(Meeting.parties), selectinload(Meeting.sittings))
        .order_by(Meeting.reference)
        .with_for_update(of=Meeting)
        .execution_options(populate_existing=True)
    ).scalars()
    return list(rows)


def _rows(session: GuardedSession, model: type[Any], ids: Sequence[uuid.UUID]) -> Iterable[Any]:
    return _hanging(session, model, "meeting_id", ids)


def _hanging(session: GuardedSession, model: type[Any], column: str, ids: Sequence[uuid.UUID]) -> Iterable[Any]:
    return session.execute(select(model).where(getattr(model, column).in_(ids))).scalars().all() if ids else ()


def _papers(session: GuardedSession, answers: Iterable[MeetingParty]) -> Iterable[Document]:
    """Return the papers that bear out reported answers."""
    return _by_id(session, [row.report_document_id for row in answers if row.report_document_id])


def _attached(session: GuardedSession, rows: Iterable[Guarded]) -> Iterable[Document]:
    """Return the papers that bear out notes on actions and what parties said, and the files of language versions."""
    kept = list(rows)
    said = [row.document_id for row in kept if isinstance(row, ActionNote | CommitmentStatement) and row.document_id]
    files = [row.file_id for row in kept if isinstance(row, LanguageVersion) and row.file_id]
    return _by_id(session, [*said, *files])


def _named(session: GuardedSession, documents: Iterable[str]) -> Iterable[Document]:
    return _by_id(session, [uuid.UUID(each) for each in documents])


def _by_id(session: GuardedSession, ids: Sequence[uuid.UUID]) -> Iterable[Document]:
    return session.execute(select(Document).where(Document.id.in_(ids))).scalars().all() if ids else ()
