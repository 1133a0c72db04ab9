"""A row of each kind that finding a date and inviting leaves: plans, polls, busy time, rosters, invitations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from app.db import GuardedSession
from app.domain.date_plans import PlanContent
from app.domain.visibility import Role, party_key, person_key
from app.models import (
    BusyCalendar,
    BusyInterval,
    DatePlan,
    Dispatch,
    Guarded,
    InvitationReply,
    Meeting,
    MeetingInvitation,
    MeetingProtocol,
    Poll,
    PollAnswer,
    PollInnerNote,
    PollNote,
    PollProxy,
    PollResponse,
    PollSeat,
    PollSlot,
    RosterAddress,
    RosterAttendance,
    RosterEntry,
)
from app.models.sealed import Private
from tests import world
from tests.world import canary

DAY = dt.date(2027, 3, 2)


def at(hour: int, day: dt.date = DAY) -> dt.datetime:
    """Return an hour (UTC) of a day."""
    return dt.datetime.combine(day, dt.time(hour), dt.UTC)


def add_convening_rows(session: GuardedSession, meeting: Meeting, letters: str, author: str) -> None:
    """Add them, with a canary of these letters in every field that is somebody's own, written by `author`.

    What is one delegation's alone is that of the author. The poll is open, with two slots and a seat for each party.
    """
    member, seen = world.CAST[author], {"audience_id": meeting.audience_id}
    owner = member.party or ""
    parties = sorted(letters[i : i + 2] for i in range(0, len(letters), 2))
    alone = {"audience_id": session.audience({party_key(owner)})}
    poll = Poll(
        id=world.identity("poll", meeting.reference), reference="-P".join(meeting.reference.rsplit("-", 1)),
        mechanism_id=meeting.mechanism_id, meeting_id=meeting.id, owner_party=owner, format="in_person",
        title={"en": canary(letters, "poll"), "original": "en"}, place=canary(letters, "pollplace"),
        time_zone="America/New_York", days_count=1, minutes=180, parties=parties, required_parties=parties,
        note=canary(letters, "pollnote"), closes_at=world.NOW + dt.timedelta(days=5), closes_zone="America/New_York",
        state="open", reason=canary(letters, "pollreason"), created_by=member.id, created_at=world.NOW,
        changed_at=world.NOW, **seen,
    )  # fmt: skip
    slots = [
        PollSlot(
            id=world.identity("slot", f"{meeting.reference} {number}"), poll_id=poll.id,
            starts_on=DAY + dt.timedelta(days=number), ends_on=DAY + dt.timedelta(days=number),
            starts_time=dt.time(10), ends_time=dt.time(13), starts_at=at(15, DAY + dt.timedelta(days=number)),
            ends_at=at(18, DAY + dt.timedelta(days=number)), added_at=world.NOW, **seen,
        )
        for number in (1, 2)
    ]  # fmt: skip
    seats = [
        PollSeat(
            id=world.identity("seat", f"{meeting.reference} {party}"), poll_id=poll.id, party_code=party,
            kind="person", name=canary(letters, "principal"), **seen,
        )
        for party in parties
    ]  # fmt: skip
    looked_for = PlanContent(
        first_day=DAY, last_day=DAY + dt.timedelta(days=10), place=canary(owner, "plan"), zone="America/New_York",
        required_parties=tuple(parties),
    )  # fmt: skip
    plan = DatePlan(
        id=world.identity("plan", meeting.reference), owner_party=owner, meeting_id=meeting.id,
        content=Private(owner, looked_for.to_json()), created_by=member.id, created_at=world.NOW,
        changed_at=world.NOW, **alone,
    )  # fmt: skip
    session.add_all([poll, plan])
    session.flush()
    session.add_all([*slots, *seats])
    session.flush()
    session.add_all([*_answers(session, poll, slots, seats, author), *_busy(session, meeting.reference, author)])
    session.flush()
    _roster(session, meeting, letters, author)


def _answers(
    session: GuardedSession, poll: Poll, slots: Sequence[PollSlot], seats: Sequence[PollSeat], author: str
) -> list[Guarded]:
    member = world.CAST[author]
    owner = member.party or ""
    alone = {"audience_id": session.audience({party_key(owner)})}
    seat = next((each for each in seats if each.party_code == owner), seats[0])
    own = PollResponse(
        id=world.identity("response", poll.reference), poll_id=poll.id, seat_id=seat.id, party_code=owner,
        speaks=member.role in {Role.COORDINATOR, Role.HEAD}, person_id=member.id, answered_at=world.NOW, **alone,
    )  # fmt: skip
    other = next((each for each in seats if each.party_code != owner), seats[0])
    reported = PollResponse(
        poll_id=poll.id, seat_id=other.id, party_code=other.party_code, is_reported=True,
        report_note=canary(poll_letters(poll), "pollreport"), person_id=member.id, answered_at=world.NOW,
        audience_id=poll.audience_id,
    )  # fmt: skip
    session.add_all([own, reported])
    session.flush()
    return [
        *(PollAnswer(response_id=own.id, slot_id=slot.id, value="yes", **alone) for slot in slots),
        PollAnswer(response_id=reported.id, slot_id=slots[0].id, value="no", audience_id=poll.audience_id),
        PollProxy(seat_id=seat.id, person_id=member.id, named_by=member.id, named_at=world.NOW, **alone),
        PollNote(
            id=world.identity("poll_note", poll.reference), poll_id=poll.id, slot_id=slots[0].id, party_code=owner,
            text=canary(poll_letters(poll), "said"), language="en", person_id=member.id, written_at=world.NOW,
            audience_id=poll.audience_id,
        ),
        PollInnerNote(
            id=world.identity("inner_note", poll.reference), poll_id=poll.id, slot_id=slots[0].id, owner_party=owner,
            text=Private(owner, canary(owner, "inner")), person_id=member.id, written_at=world.NOW, **alone,
        ),
    ]  # fmt: skip


def poll_letters(poll: Poll) -> str:
    """Return the letters of a poll's parties, as canaries have them."""
    return "".join(sorted(poll.parties))


def _busy(session: GuardedSession, reference: str, author: str) -> list[Guarded]:
    member = world.CAST[author]
    owner = member.party or ""
    calendar = BusyCalendar(
        id=world.identity("busy", reference), kind="blackout", party_code=owner, person_id=member.id,
        label=Private(owner, canary(owner, "blackout")), time_zone="America/New_York", first_day=DAY, last_day=DAY,
        interval_count=1, seen_by=[f"party:{owner}"], created_by=member.id, created_at=world.NOW,
        audience_id=session.audience({party_key(owner)}),
    )  # fmt: skip
    session.add(calendar)
    session.flush()
    return [
        BusyInterval(
            calendar_id=calendar.id,
            person_id=member.id,
            starts_at=at(14),
            ends_at=at(20),
            audience_id=session.audience({party_key(owner)}),
        )
    ]


def _roster(session: GuardedSession, meeting: Meeting, letters: str, author: str) -> None:
    """Add an approved head and a proposed adviser of the author's delegation, who have no account."""
    member, seen = world.CAST[author], {"audience_id": meeting.audience_id}
    owner = member.party or ""
    alone = {"audience_id": session.audience({party_key(owner)})}
    head = RosterEntry(
        id=world.identity("roster", meeting.reference), meeting_id=meeting.id, party_code=owner, role="head",
        name=canary(letters, "delegate"), title=canary(letters, "rank"), acts_for_name=canary(letters, "actsfor"),
        expected_level="minister", actual_level="deputy_minister", state="approved", proposed_by=member.id,
        proposed_at=world.NOW, decided_by=member.id, decided_at=world.NOW, **seen,
    )  # fmt: skip
    adviser = RosterEntry(
        id=world.identity("roster", f"{meeting.reference} proposed"), meeting_id=meeting.id, party_code=owner,
        role="adviser", position=2, name=canary(owner, "adviser"), state="proposed", proposed_by=member.id,
        proposed_at=world.NOW, **alone,
    )  # fmt: skip
    session.add_all([head, adviser])
    session.flush()
    theirs = {"audience_id": session.audience({party_key(owner), person_key(member.id)})}
    invitation = MeetingInvitation(
        id=world.identity("meeting_invitation", meeting.reference), meeting_id=meeting.id, entry_id=head.id,
        party_code=owner, address=f"{canary(owner, 'invited')}@example.org", method="REQUEST", sequence=0,
        stamped_at=world.NOW, sent_at=world.NOW, **theirs,
    )  # fmt: skip
    session.add(invitation)
    session.flush()
    session.add_all(
        [
            RosterAddress(
                entry_id=head.id, email=f"{canary(owner, 'address')}@example.org", time_zone="America/New_York",
                **alone,
            ),
            RosterAttendance(
                meeting_id=meeting.id, entry_id=head.id, sat_on=meeting.starts_on, presence="present",
                recorded_by=member.id, recorded_at=world.NOW, **seen,
            ),
            MeetingProtocol(
                id=world.identity("protocol", meeting.reference), meeting_id=meeting.id, expected_level="minister",
                changed_by=member.id, changed_at=world.NOW, **seen,
            ),
            Dispatch(
                id=world.identity("dispatch", meeting.reference), meeting_id=meeting.id, kind="meeting_confirmed",
                is_held=True, made_by=member.id, made_at=world.NOW, **alone,
            ),
            InvitationReply(
                invitation_id=invitation.id, received_at=world.NOW, outcome="refused", reason="older", **theirs,
            ),
        ]
    )  # fmt: skip
    session.flush()
