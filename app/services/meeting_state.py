"""Between the rows of a meeting and the values that the rules of its life work with."""

from __future__ import annotations

import datetime as dt
from typing import Final, cast

from app.db import GuardedSession
from app.domain.lifecycle import NO_ANSWER, Answer, MeetingState, State, When, agreed_at_once
from app.models import Meeting, MeetingParty
from app.services.practice import is_example

CALLED_OFF: Final = frozenset({"postponed", "cancelled"})


def when_of(meeting: Meeting) -> When:
    """Return the time that a meeting promises; one of days without hours has no sittings."""
    sittings: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    if meeting.starts_time is not None:
        kept = sorted(meeting.sittings, key=lambda sitting: sitting.position)
        sittings = tuple((each.starts_at, each.ends_at) for each in kept) or ((meeting.starts_at, meeting.ends_at),)
    return When(
        zone_name=meeting.time_zone,
        first_day=meeting.starts_on,
        last_day=meeting.ends_on,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        sittings=sittings,
    )


def answer_of(row: MeetingParty) -> Answer:
    """Return what a chosen party said."""
    if row.answer is None:
        return NO_ANSWER
    return Answer("yes" if row.answer == "yes" else "no", is_reported=row.is_reported)


def chosen_rows(meeting: Meeting) -> list[MeetingParty]:
    """Return the rows of the parties that are chosen still."""
    return [row for row in meeting.parties if not row.removed]


def state_of(meeting: Meeting) -> MeetingState:
    """Return what the rules of a meeting's life need to know of it; its parties and sittings are loaded."""
    return MeetingState(
        uid=meeting.uid,
        state=cast("State", meeting.state),
        parties=tuple(row.party_code for row in chosen_rows(meeting)),
        when=when_of(meeting),
        answers={row.party_code: answer_of(row) for row in chosen_rows(meeting)},
        sequence=meeting.sequence,
        first_starts_on=meeting.first_starts_on,
        first_starts_at=meeting.first_starts_at,
        date_is_open=meeting.date_is_open,
        reason=meeting.reason,
    )


def apply_state(
    meeting: Meeting, new: MeetingState, session: GuardedSession, now: dt.datetime, *, asked_anew: bool = False
) -> None:
    """Write what a rule decided to the meeting and to the answers of its parties; `now` is aware.

    The time and the set of parties are the caller's to write, before this. `asked_anew` says that all
    answers are of this act, so that one that reads as it did before is dated anew; a reinstated meeting
    is always asked anew. Raises `ValueError` when the rows of the parties are not those of `new`.
    """
    if is_example(session, meeting):
        new = agreed_at_once(new)
    rows = {row.party_code: row for row in chosen_rows(meeting)}
    if set(rows) != set(new.parties):
        raise ValueError(f"the rows of {meeting.reference} are not of the parties that were decided on")
    is_back = meeting.state in CALLED_OFF and new.state not in CALLED_OFF
    for code, row in rows.items():
        given = new.answers.get(code, NO_ANSWER)
        if asked_anew or is_back or given != answer_of(row):
            write_answer(row, given, session, now)
    if new.state != meeting.state:
        meeting.cancelled_at = now if new.state in CALLED_OFF else None
    if new.state == "proposed":
        meeting.confirmed_at = None
    elif new.state == "confirmed" and meeting.confirmed_at is None:
        meeting.confirmed_at = now
    meeting.state = new.state
    meeting.sequence = new.sequence
    meeting.first_starts_on = new.first_starts_on
    meeting.first_starts_at = new.first_starts_at
    meeting.date_is_open = new.date_is_open
    meeting.reason = new.reason
    meeting.changed_at = now


def write_answer(row: MeetingParty, given: Answer, session: GuardedSession, now: dt.datetime) -> None:
    """Write an answer, or that there is none, to a party's row; an earlier report's note and paper leave the row."""
    said = given.value is not None
    row.answer = given.value
    row.is_reported = given.is_reported
    row.answered_at = now if said else None
    row.answered_by = session.viewer.person_id if said and session.viewer else None
    row.report_note = None
    row.report_document_id = None
