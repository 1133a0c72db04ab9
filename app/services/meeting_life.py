"""What happens to a meeting after it was proposed: answers, and its later life.

Whether a meeting is confirmed is decided on the whole truth, with its row locked: the rule reads the
answers of every chosen party, and two of them may come at once.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.db import GuardedSession, digest_of
from app.domain import lifecycle
from app.domain.errors import Refusal, StaleVersion
from app.domain.lifecycle import Answer, MeetingState, Verb
from app.domain.meeting_content import Timing, timing_of
from app.domain.plaintext import paragraphs
from app.domain.visibility import Action, Facts, can
from app.domain.walltime import Choice
from app.models import Meeting, MeetingParty
from app.services import outbox
from app.services.documents import keep_paper
from app.services.meeting_audience import rows_audience
from app.services.meeting_state import apply_state, state_of
from app.services.meeting_times import content_of_meeting, write_timing
from app.services.meetings import facts_of_meeting, find_meeting

NOTE_LIMIT: Final = 2000
CHANNELS: Final = ("note", "mail", "telephone")
Value = Literal["yes", "no"]
Rule = Callable[[MeetingState], MeetingState]


@dataclass(frozen=True, slots=True)
class Paper:
    """A file as it came with a form."""

    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Report:
    """What another party answered, how it came (`CHANNELS`), and what bears it out."""

    party: str
    value: Value
    channel: str
    note: str
    paper: Paper | None = None


@dataclass(frozen=True, slots=True)
class NewDate:
    """Another date for a meeting, in wall time of the zone that it has; without hours, days alone."""

    first_day: dt.date
    last_day: dt.date | None = None
    starts: dt.time | None = None
    ends: dt.time | None = None
    choice: Choice | None = None


def promise_of(meeting: Meeting) -> str:
    """Return a short digest of what a party says yes to: the time, and who else is asked.

    An answer carries it, so that a yes to one date is never written beside another.
    """
    promised = [
        meeting.starts_at.isoformat(), meeting.ends_at.isoformat(), meeting.time_zone, meeting.date_is_open,
        sorted(row.party_code for row in meeting.parties),
    ]  # fmt: skip
    return digest_of(json.dumps(promised))[:32]


def possible_acts(session: GuardedSession, meeting: Meeting, facts: Facts) -> frozenset[str]:
    """Return what the viewer may do to a meeting as it stands now; buttons are made from it.

    Of `answer`, `report`, `change`, `agenda`, `postpone`, `cancel`, `reinstate`, `hold`, `close`.
    """
    viewer = session.bound_viewer
    state = state_of(meeting).state
    acts: set[str] = set()
    if state == "proposed" and can(viewer, Action.ANSWER_MEETING, facts):
        acts.add("answer")
    if state == "proposed" and can(viewer, Action.REPORT_ANSWER, facts) and reportable_parties(session, meeting):
        acts.add("report")
    if lifecycle.allowed(state, "publish") and can(viewer, Action.CHANGE_MEETING, facts):
        acts.add("change")
    if can(viewer, Action.STEER_MEETING, facts):
        verbs: tuple[Verb, ...] = ("postpone", "cancel", "reinstate", "hold", "close")
        acts |= {verb for verb in verbs if lifecycle.allowed(state, verb)}
        if session.now < meeting.starts_at:
            acts.discard("hold")
    return frozenset(acts)


def would_confirm(session: GuardedSession, meeting: Meeting) -> bool:
    """Say whether a yes of the viewer's party would be the last: every other party has said yes itself."""
    own = session.bound_viewer.party
    others = [row for row in meeting.parties if row.party_code != own]
    return all(row.answer == "yes" and not row.is_reported for row in others)


def reportable_parties(session: GuardedSession, meeting: Meeting) -> tuple[str, ...]:
    """Return the chosen parties, other than the viewer's own, that have not answered here themselves."""
    own = session.bound_viewer.party
    return tuple(
        row.party_code for row in meeting.parties if row.party_code != own and (row.answer is None or row.is_reported)
    )


# Answers ------------------------------------------------------------------------------------------


def answer_meeting(session: GuardedSession, reference: str, value: Value, *, promise: str, version: int) -> Meeting:
    """Write the own answer of the viewer's party; the last own yes confirms the meeting, and all are told.

    `promise` and `version` (of the party's own row) are those of the page that was answered. Raises
    `NotFound`; `Refusal` `forbidden`, `not_in_state`; `StaleVersion` where the date, the parties or the
    own answer have changed since.
    """
    meeting, facts = _found(session, reference)
    _check_allowed(session, Action.ANSWER_MEETING, facts)
    own = next(row for row in meeting.parties if row.party_code == session.bound_viewer.party)
    _check_proposed(meeting)
    if promise != promise_of(meeting) or version != own.version:
        raise StaleVersion({"answer": value}, {"answer": own.answer, "starts_at": meeting.starts_at})
    new = _decided(session, meeting, lambda now: lifecycle.after_answer(now, own.party_code, Answer(value)))
    apply_state(meeting, new, session, session.now)
    session.record(
        "meeting_answered", "meeting", meeting.id, rows_audience(session, meeting), party=own.party_code, answer=value
    )
    _settle(session, meeting)
    return meeting


def report_answer(session: GuardedSession, reference: str, report: Report, *, promise: str) -> Meeting:
    """Write another party's answer that came by note, mail or telephone, marked as reported; it never confirms.

    That party is told, and an own answer of it replaces the report. Raises `NotFound`; `Refusal` `forbidden`,
    `not_in_state`, `report_is_for_others`, `not_a_party`, `own_answer_stands`, and what texts and papers raise;
    `StaleVersion` where the date or the parties have changed since.
    """
    meeting, facts = _found(session, reference)
    _check_allowed(session, Action.REPORT_ANSWER, facts)
    _check_proposed(meeting)
    if report.channel not in CHANNELS:
        raise Refusal("required", field="channel")
    if report.party == session.bound_viewer.party:
        raise Refusal("report_is_for_others", field="party")
    note = paragraphs(report.note, "note", NOTE_LIMIT, required=True)
    if promise != promise_of(meeting):
        raise StaleVersion({"answer": report.value}, {"starts_at": meeting.starts_at})
    answer = Answer(report.value, is_reported=True)
    new = _decided(session, meeting, lambda now: lifecycle.after_answer(now, report.party, answer))
    audience_id = rows_audience(session, meeting)
    paper_id = _kept(session, report.paper, audience_id)
    apply_state(meeting, new, session, session.now)
    row = next(each for each in meeting.parties if each.party_code == report.party)
    _bear_out(session, row, note, paper_id)
    session.record(
        "meeting_answer_reported", "meeting", meeting.id, audience_id, party=report.party, answer=report.value,
        channel=report.channel, document=str(paper_id) if paper_id else None,
    )  # fmt: skip
    outbox.tell_parties(session, "answer_reported", meeting, [report.party], session.bound_viewer.person_id)
    return meeting


def _kept(session: GuardedSession, paper: Paper | None, audience_id: uuid.UUID) -> uuid.UUID | None:
    if paper is None:
        return None
    return keep_paper(session, file_name=paper.file_name, content=paper.content, audience_id=audience_id).id


def _bear_out(session: GuardedSession, row: MeetingParty, note: str, paper_id: uuid.UUID | None) -> None:
    """Write who entered a reported answer and what bears it out; a second report replaces the first."""
    row.answered_at = session.now
    row.answered_by = session.bound_viewer.person_id
    row.report_note = note
    row.report_document_id = paper_id


# The later life -----------------------------------------------------------------------------------


def postpone_meeting(
    session: GuardedSession,
    reference: str,
    reason: str,
    *,
    version: int,
    date: NewDate | None = None,
    said_yes: Collection[str] = (),
) -> Meeting:
    """Postpone a meeting to a new date, which is proposed to all anew, or to a date left open; all are told.

    The first date and the reason are kept. `said_yes` are parties that agreed to the new date in a poll. Raises
    `NotFound`; `Refusal` `forbidden`, `not_in_state`, `reason_required`, `same_date`, `start_has_passed`, and what
    texts and wall times raise; `StaleVersion`.
    """
    meeting = _checked(session, reference, version)
    timing = _timing(session, meeting, date) if date else None
    when = timing.when if timing else None
    by = {**speaker(session), "said_yes": said_yes}
    _act(session, meeting, "meeting_postponed", lambda now: lifecycle.postpone(now, reason, when=when, **by), timing)
    _tell_of_move(session, "meeting_postponed", meeting, said_yes)
    return meeting


def cancel_meeting(session: GuardedSession, reference: str, reason: str, *, version: int) -> Meeting:
    """Cancel a meeting; its date and the reason are kept, and all are told.

    Raises `NotFound`; `Refusal` `forbidden`, `not_in_state`, `reason_required` and what texts raise; `StaleVersion`.
    """
    meeting = _checked(session, reference, version)
    _act(session, meeting, "meeting_cancelled", lambda now: lifecycle.cancel(now, reason))
    _tell(session, "meeting_cancelled", meeting)
    return meeting


def reinstate_meeting(
    session: GuardedSession,
    reference: str,
    *,
    version: int,
    date: NewDate | None = None,
    said_yes: Collection[str] = (),
) -> Meeting:
    """Propose a postponed or cancelled meeting again, on a new date or the one it had, and ask every party anew.

    The same UID, a higher SEQUENCE; the yes of the reinstating coordinator or head counts, as does that of the
    parties that `said_yes` to the new date in a poll. Raises `NotFound`; `Refusal` `forbidden`, `not_in_state`,
    `date_has_passed` without a new date, `start_has_passed` with one, and what wall times raise; `StaleVersion`.
    """
    meeting = _checked(session, reference, version)
    by = {**speaker(session), "said_yes": said_yes}
    if date is None and lifecycle.allowed(state_of(meeting).state, "reinstate") and meeting.starts_at <= session.now:
        raise Refusal("date_has_passed", field="first_day")
    timing = _timing(session, meeting, date) if date else None
    when = timing.when if timing else None
    _act(session, meeting, "meeting_reinstated", lambda now: lifecycle.reinstate(now, when=when, **by), timing)
    _tell_of_move(session, "meeting_reinstated", meeting, said_yes)
    return meeting


def hold_meeting(session: GuardedSession, reference: str, *, version: int) -> Meeting:
    """Record that a confirmed meeting takes place, from its start on.

    Raises `NotFound`; `Refusal` `forbidden`, `not_in_state`, `not_yet_started`; `StaleVersion`.
    """
    meeting = _checked(session, reference, version)
    _act(session, meeting, "meeting_held", lambda now: lifecycle.hold(now, session.now))
    return meeting


def close_meeting(session: GuardedSession, reference: str, *, version: int) -> Meeting:
    """Close a held meeting, for good. Raises `NotFound`; `Refusal` `forbidden`, `not_in_state`; `StaleVersion`."""
    meeting = _checked(session, reference, version)
    _act(session, meeting, "meeting_closed", lifecycle.close)
    return meeting


def _checked(session: GuardedSession, reference: str, version: int) -> Meeting:
    """Return the meeting locked, for who may steer it and saw it as it stands."""
    meeting, facts = _found(session, reference)
    _check_allowed(session, Action.STEER_MEETING, facts)
    if version != meeting.version:
        raise StaleVersion({"version": version}, standing(meeting))
    return meeting


def _act(session: GuardedSession, meeting: Meeting, act: str, rule: Rule, timing: Timing | None = None) -> None:
    """Apply a rule of a meeting's life, and record what it was before; a new date asks every party anew."""
    before = standing(meeting)
    new = _decided(session, meeting, rule)
    if timing is not None:
        write_timing(session, meeting, timing)
    apply_state(meeting, new, session, session.now, asked_anew=timing is not None)
    reason = {"reason": meeting.reason} if act in {"meeting_postponed", "meeting_cancelled"} else {}
    now = {"now": standing(meeting)} if timing is not None else {}
    session.record(act, "meeting", meeting.id, rows_audience(session, meeting), was=before, **now, **reason)


def _timing(session: GuardedSession, meeting: Meeting, date: NewDate) -> Timing:
    """Return the time that a new date promises in the meeting's own zone, still to come."""
    if (date.starts is None) != (date.ends is None):
        raise Refusal("needs_both_times", field="starts" if date.starts is None else "ends")
    timing = timing_of(dataclasses.replace(content_of_meeting(meeting, None), **dataclasses.asdict(date)))
    if timing.when.starts_at <= session.now:
        raise Refusal("start_has_passed", field="first_day")
    return timing


def speaker(session: GuardedSession) -> dict[str, Any]:
    """Return for whom and as what the viewer speaks, as the rules of a meeting's life take it."""
    viewer = session.bound_viewer
    return {"by_party": viewer.party, "by_role": viewer.role}


def standing(meeting: Meeting) -> dict[str, Any]:
    """Return where a meeting stands, for the record and for who lost a race: its state and its promised time."""
    return {
        "state": meeting.state,
        "starts_on": meeting.starts_on.isoformat(),
        "starts_time": meeting.starts_time.isoformat("minutes") if meeting.starts_time else None,
        "time_zone": meeting.time_zone,
        "place": meeting.place,
        "reason": meeting.reason,
    }


# What they share ----------------------------------------------------------------------------------


def _found(session: GuardedSession, reference: str) -> tuple[Meeting, Facts]:
    meeting = find_meeting(session, reference, lock=True)
    return meeting, facts_of_meeting(session, meeting)


def _check_allowed(session: GuardedSession, action: Action, facts: Facts) -> None:
    if not can(session.bound_viewer, action, facts):
        raise Refusal("forbidden")


def _check_proposed(meeting: Meeting) -> None:
    """Refuse an answer to what has been settled: a confirmed meeting is postponed or cancelled, with a reason."""
    if meeting.state != "proposed":
        raise Refusal("not_in_state", state=meeting.state, verb="answer")


def _decided(session: GuardedSession, meeting: Meeting, rule: Rule) -> MeetingState:
    """Return what a rule makes of the meeting, read whole, whatever of it the viewer may see."""
    with session.whole_truth("decide what a meeting becomes") as truth:
        whole = truth.execute(
            select(Meeting)
            .where(Meeting.id == meeting.id)
            .options(selectinload(Meeting.parties), selectinload(Meeting.sittings))
        ).scalar_one()
        return rule(state_of(whole))


def _settle(session: GuardedSession, meeting: Meeting) -> None:
    """Record and tell that a meeting is confirmed, when the act before this one made it so."""
    if meeting.state == "confirmed":
        session.record(
            "meeting_confirmed", "meeting", meeting.id, rows_audience(session, meeting), sequence=meeting.sequence
        )
        _tell(session, "meeting_confirmed", meeting)


def _tell_of_move(session: GuardedSession, kind: str, meeting: Meeting, said_yes: Collection[str]) -> None:
    """Tell that a meeting moved; where a poll confirmed its new date at once, that alone, which says the date too."""
    if not (said_yes and meeting.state == "confirmed"):
        _tell(session, kind, meeting)
    _settle(session, meeting)


def _tell(session: GuardedSession, kind: str, meeting: Meeting) -> None:
    parties = [row.party_code for row in meeting.parties]
    outbox.tell_parties(session, kind, meeting, parties, session.bound_viewer.person_id)
