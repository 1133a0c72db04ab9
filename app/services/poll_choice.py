"""Choosing a slot: its meeting is proposed, or moved, and confirmed at once where every party has said yes to it.

What will happen is computed for the page that asks, and again when it is done: where the two differ nothing is done,
and what would happen now is shown.
"""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from sqlalchemy import select

from app.db import GuardedSession, digest_of
from app.domain import lifecycle
from app.domain.date_plans import PlannedSlot
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.lifecycle import OWN_YES, MeetingState, When
from app.domain.meeting_content import MeetingContent
from app.domain.poll_choice import Word, own_yes
from app.domain.polls import AnswerValue, SlotTally
from app.domain.visibility import Action, can
from app.models import Draft, Meeting, Poll, PollAnswer, PollResponse, PollSeat, PollSlot
from app.services.drafts import any_draft, content_of
from app.services.meeting_life import speaker as speaker_of
from app.services.meeting_state import state_of
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.poll_tally import tally_of
from app.services.polls import find_poll, is_veiled, may_run
from app.services.proposing import make_ready, proposed
from app.services.slot_use import way_of

ChoiceWay = Literal["propose", "change", "postpone", "reinstate", "answer"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What choosing a slot does: the `draft` is proposed or the `meeting` moved, in which `way`, and what it then is.

    `answer`: the meeting has that time already, and the answers to the poll become answers to it. `said_yes` has the
    word of each party that counts as its own yes. `promise` is a digest of all that the page says.
    """

    poll: Poll
    slot: PollSlot
    tally: SlotTally
    way: ChoiceWay
    state: MeetingState
    said_yes: Mapping[str, Word]
    meeting: Meeting | None = None
    draft: Draft | None = None

    @property
    def planned(self) -> PlannedSlot:
        """Return the slot as drafts and meetings take it."""
        return planned_of(self.poll, self.slot)

    @property
    def confirmed_by(self) -> tuple[str, ...]:
        """Return the parties whose yes it has then."""
        return tuple(code for code in self.state.parties if self.state.answers[code].confirms)

    @property
    def asked(self) -> tuple[str, ...]:
        """Return the parties that are asked for theirs."""
        return tuple(code for code in self.state.parties if code not in self.confirmed_by)

    @property
    def promise(self) -> str:
        """Return a short digest of what this does, so that nothing else is done by who read it."""
        version = self.meeting.version if self.meeting else self.draft.version if self.draft else 0
        parts = [
            str(self.slot.id), self.way, self.state.state, self.confirmed_by, sorted(self.state.parties), version,
        ]  # fmt: skip
        return digest_of(json.dumps(parts))[:32]


def choice_of(session: GuardedSession, reference: str, slot_id: uuid.UUID, *, lock: bool = False) -> Choice:
    """Return what choosing a slot will do; nothing is written.

    Raises `NotFound`; `Refusal` `forbidden`, `poll_is_over`, `poll_is_hidden` while it runs hidden, `slot_withdrawn`,
    `slot_has_passed`, `slot_hour_moved` where zone data says another instant since, `draft_is_gone`,
    `poll_of_other_parties`, `not_in_state`, and what proposing raises; `StaleVersion` with both slots once one is
    chosen.
    """
    poll = find_poll(session, reference, lock=lock)
    slot = _slot_to_choose(session, poll, slot_id)
    found = tally_of(session, poll).slots[slot.id]
    said = own_yes(found.answers, _words(session, poll, slot))
    meeting = _meeting_of(session, poll, lock=lock)
    if meeting is not None:
        return _of_meeting(session, Choice(poll, slot, found, "answer", state_of(meeting), said, meeting))
    return _of_draft(session, poll, slot, found, said)


def planned_of(poll: Poll, slot: PollSlot) -> PlannedSlot:
    """Return a slot as drafts and meetings take it."""
    return PlannedSlot(slot.starts_on, slot.ends_on, slot.starts_time, slot.ends_time, poll.time_zone)


def _slot_to_choose(session: GuardedSession, poll: Poll, slot_id: uuid.UUID) -> PollSlot:
    if not may_run(session, poll):
        raise Refusal("forbidden")
    slot = next((each for each in poll.slots if each.id == slot_id), None)
    if slot is None:
        raise NotFound
    if poll.state == "chosen":
        raise StaleVersion({"slot": slot_id}, {"slot": poll.chosen_slot_id})
    if poll.state == "withdrawn":
        raise Refusal("poll_is_over")
    if is_veiled(poll, session.now):
        raise Refusal("poll_is_hidden")
    if slot.withdrawn_at is not None:
        raise Refusal("slot_withdrawn")
    if slot.starts_at <= session.now:
        raise Refusal("slot_has_passed", day=slot.starts_on)
    return slot


def _words(session: GuardedSession, poll: Poll, slot: PollSlot) -> tuple[Word, ...]:
    """Return what the seats that count said themselves to the slot."""
    with session.whole_truth("decide which yes in a poll is a party's own") as truth:
        rows = truth.execute(
            select(
                PollSeat.party_code, PollAnswer.value, PollResponse.person_id, PollResponse.answered_at,
                PollResponse.speaks, PollResponse.is_late,
            )
            .join(PollResponse, PollResponse.id == PollAnswer.response_id)
            .join(PollSeat, PollSeat.id == PollResponse.seat_id)
            .where(
                PollAnswer.slot_id == slot.id, PollSeat.poll_id == poll.id, PollSeat.is_inner.is_(False),
                PollSeat.is_required.is_(True), PollResponse.is_reported.is_(False),
            )
        )  # fmt: skip
        return tuple(
            Word(party, cast("AnswerValue", value), person_id, at, speaks, is_late)
            for party, value, person_id, at, speaks, is_late in rows
        )


def _meeting_of(session: GuardedSession, poll: Poll, *, lock: bool) -> Meeting | None:
    """Return the meeting that a poll is of, or that its draft has become meanwhile."""
    meeting_id = poll.meeting_id
    if meeting_id is None and poll.draft_id is not None:
        draft = any_draft(session, poll.draft_id).draft
        if draft.ended_at is not None and draft.meeting_id is None:
            raise Refusal("draft_is_gone")
        meeting_id = draft.meeting_id
    found = session.get(Meeting, meeting_id) if meeting_id else None
    return find_meeting(session, found.reference, lock=lock) if found else None


def _of_draft(
    session: GuardedSession, poll: Poll, slot: PollSlot, found: SlotTally, said: Mapping[str, Word]
) -> Choice:
    """Return what proposing the draft on that slot does; its parties have to be those that were asked."""
    if poll.draft_id is None:
        raise NotFound
    draft = any_draft(session, poll.draft_id).draft
    content = content_of(draft)
    if set(content.parties) != set(poll.parties):
        raise Refusal("poll_of_other_parties")
    if not _is_as_asked(poll, content):
        said = {}
    when = _when(poll, slot)
    planned = planned_of(poll, slot)
    content = dataclasses.replace(
        content, zone=planned.zone, first_day=planned.first_day, last_day=planned.last_day, starts=planned.starts,
        ends=planned.ends, choice=None,
    )  # fmt: skip
    ready = make_ready(session, content, draft)
    if ready.timing.when.starts_at != when.starts_at:
        raise Refusal("slot_hour_moved")
    return Choice(poll, slot, found, "propose", proposed(session, draft, ready, "preview", said), said, draft=draft)


def _is_as_asked(poll: Poll, content: MeetingContent) -> bool:
    """Say whether a draft is still what the poll asked about: a yes to one meeting is none to another on that day."""
    is_there = not poll.place or poll.place == content.place
    return is_there and (dict(poll.title), poll.format) == (content.titles, content.format)


def _of_meeting(session: GuardedSession, choice: Choice) -> Choice:
    """Return what giving the meeting that slot does; its parties have to be those that were asked.

    Others would be told when it is, or of the poll.
    """
    poll, meeting, before = choice.poll, choice.meeting, choice.state
    if meeting is None:
        raise NotFound
    if set(poll.parties) != set(before.parties):
        raise Refusal("poll_of_other_parties")
    way, when, by = way_of(meeting), _when(poll, choice.slot), speaker_of(session)
    if way is None:
        raise Refusal("not_in_state", state=meeting.state, verb="publish")
    facts = facts_of_meeting(session, meeting)
    if not can(session.bound_viewer, Action.CHANGE_MEETING if way == "change" else Action.STEER_MEETING, facts):
        raise Refusal("forbidden")
    said = choice.said_yes if dict(poll.title) == dict(meeting.title) else {}  # else they said it of another meeting
    if way != "change" and not is_held_as_asked(poll, meeting):
        said = {}
    if _is_then(before, when) and (way != "change" or is_held_as_asked(poll, meeting)):
        said = _not_unsaid(meeting, said)
        after = _answered(session, before, said)
        return dataclasses.replace(choice, way="answer", state=after, said_yes=said)
    match way:
        case "change":
            after = lifecycle.publish_changes(before, parties=before.parties, when=when, said_yes=said.keys(), **by)
        case "postpone":
            after = lifecycle.postpone(before, poll.reference, when=when, said_yes=said.keys(), **by)
        case "reinstate":
            after = lifecycle.reinstate(before, when=when, said_yes=said.keys(), **by)
    return dataclasses.replace(choice, way=way, state=after, said_yes=said)


def is_held_as_asked(poll: Poll, meeting: Meeting) -> bool:
    """Say whether a meeting is held where and how its poll asked; a proposed one is, once a slot is chosen."""
    return (not poll.place or poll.place == meeting.place) and poll.format == meeting.format


def _is_then(state: MeetingState, when: When) -> bool:
    """Say whether a meeting is proposed or confirmed for that very time."""
    stands = state.state in {"proposed", "confirmed"} and not state.date_is_open
    return stands and (state.when.starts_at, state.when.ends_at) == (when.starts_at, when.ends_at)


def _not_unsaid(meeting: Meeting, said: Mapping[str, Word]) -> Mapping[str, Word]:
    """Return the words of the poll after which their party has not said no to the meeting itself at that time."""
    noes = {row.party_code: row.answered_at for row in meeting.parties if row.answer == "no" and row.answered_at}
    return {code: word for code, word in said.items() if code not in noes or noes[code] < word.at}


def _answered(session: GuardedSession, state: MeetingState, said: Mapping[str, Word]) -> MeetingState:
    """Return a meeting with the yes of those who gave it in the poll, and of the chooser's own party."""
    viewer = session.bound_viewer
    own = {viewer.party} if lifecycle.speaks_for(viewer.party, viewer.role, state.parties) else set()
    for party in state.parties:
        if state.state == "proposed" and (party in said or party in own):
            state = lifecycle.after_answer(state, party, OWN_YES)
    return state


def _when(poll: Poll, slot: PollSlot) -> When:
    """Return the time that a slot promises; raises `Refusal("slot_hour_moved")` where it is another instant by now."""
    try:
        when = planned_of(poll, slot).timing.when
    except Refusal:
        raise Refusal("slot_hour_moved") from None
    if (when.starts_at, when.ends_at) != (slot.starts_at, slot.ends_at):
        raise Refusal("slot_hour_moved")
    return when
