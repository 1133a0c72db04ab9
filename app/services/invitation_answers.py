"""Answering one's own invitation to a meeting: on its page, by a link, or from a calendar; the last answer stands.

It is the person's answer, never the party's: that one is given by who speaks for it, and confirms.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Select, and_, or_, select

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.replies import REPLIES, Invited, Reply, closed_to_answers
from app.domain.visibility import audience_of_invitation
from app.models import Meeting, MeetingInvitation, MeetingParty, Person, RosterEntry
from app.services.invitation_links import invitation_id_of
from app.services.meeting_life import promise_of
from app.services.meetings import find_meeting
from app.services.rosters import note_reply

Way = Literal["page", "link", "calendar"]
UNANSWERED: Final = "needs_action"
MODES: Final = ("in_person", "remote")


@dataclass(frozen=True, slots=True)
class Standing:
    """An invitation as it stands now: to which meeting, and on whose entry of the roster, where there is one."""

    meeting: Meeting
    invitation: MeetingInvitation | None
    entry: RosterEntry | None

    @property
    def answer(self) -> str:
        """Return what was answered to the date that stands, or `UNANSWERED`."""
        return UNANSWERED if self.invitation is None or self.is_outdated else self.invitation.reply

    @property
    def is_outdated(self) -> bool:
        """Say whether the meeting has moved since the person answered."""
        answered = self.invitation.reply_sequence if self.invitation else None
        return answered is not None and answered < self.meeting.sequence

    @property
    def mode(self) -> str | None:
        """Return how the person takes part where that is theirs to say: the meeting is held in both ways."""
        return self.entry.mode if self.entry is not None and self.meeting.format == "hybrid" else None

    @property
    def version(self) -> int:
        """Return the version of what was answered; 0 before anything was."""
        return self.invitation.version if self.invitation else 0


@dataclass(frozen=True, slots=True)
class Given:
    """An answer; `promise` and `version` are those of the page that was answered."""

    reply: str
    mode: str | None
    promise: str
    version: int


@dataclass(frozen=True, slots=True)
class OwnInvitation:
    """The viewer's own invitation as the page of its meeting shows it."""

    answer: str
    way: str | None
    answered_at: dt.datetime | None
    mode: str | None
    is_outdated: bool
    version: int


def own_invitation(session: GuardedSession, meeting: Meeting) -> OwnInvitation | None:
    """Return the viewer's own invitation, in one statement; None where they have none that can be answered now."""
    standing = own_standing(session, meeting)
    if standing is None or (standing.invitation is not None and standing.invitation.method == "CANCEL"):
        return None
    if closed_to_answers(_as_invited(standing, is_invited=True), session.now):
        return None
    row = standing.invitation
    return OwnInvitation(
        answer=standing.answer,
        way=row.reply_way if row else None,
        answered_at=row.replied_at if row else None,
        mode=standing.mode,
        is_outdated=standing.is_outdated,
        version=standing.version,
    )


def own_standing(session: GuardedSession, meeting: Meeting) -> Standing | None:
    """Return the viewer's own invitation to a meeting, in one statement; None for who was not invited."""
    person_id = session.bound_viewer.person_id
    found = session.execute(
        select(MeetingInvitation, RosterEntry)
        .select_from(Meeting)
        .outerjoin(
            MeetingInvitation,
            and_(MeetingInvitation.meeting_id == Meeting.id, MeetingInvitation.person_id == person_id),
        )
        .outerjoin(
            RosterEntry,
            and_(
                RosterEntry.meeting_id == Meeting.id,
                RosterEntry.person_id == person_id,
                RosterEntry.state == "approved",
            ),
        )
        .where(Meeting.id == meeting.id)
        .order_by(RosterEntry.position)
        .limit(1)
    ).one_or_none()
    if found is None or not any(found):
        return None
    return Standing(meeting, *found)


def standing_of(session: GuardedSession, invitation_id: uuid.UUID) -> Standing | None:
    """Return an invitation as it stands, or None where it cannot be seen."""
    found = session.execute(_whose().where(MeetingInvitation.id == invitation_id).limit(1)).one_or_none()
    return Standing(*found) if found else None


def _whose() -> Select[Meeting, MeetingInvitation, RosterEntry]:
    invited = and_(
        RosterEntry.state == "approved",
        RosterEntry.meeting_id == MeetingInvitation.meeting_id,
        or_(RosterEntry.id == MeetingInvitation.entry_id, RosterEntry.person_id == MeetingInvitation.person_id),
    )
    return (
        select(Meeting, MeetingInvitation, RosterEntry)
        .select_from(MeetingInvitation)
        .join(Meeting, Meeting.id == MeetingInvitation.meeting_id)
        .outerjoin(RosterEntry, invited)
        .order_by(RosterEntry.position)
    )


def invited_by(session: GuardedSession, standing: Standing) -> Invited:
    """Return what the rules need to know of an invitation."""
    return _as_invited(standing, is_invited=_is_invited(session, standing))


def _as_invited(standing: Standing, *, is_invited: bool) -> Invited:
    invitation, meeting = standing.invitation, standing.meeting
    return Invited(
        address=invitation.address if invitation else "",
        uid=meeting.uid,
        sequence=sequence_of(standing),
        is_invited=is_invited,
        state=meeting.state,
        date_is_open=meeting.date_is_open,
        ends_at=meeting.ends_at,
        answer=standing.answer,
        answered_at=_answered_at(invitation),
    )


def _is_invited(session: GuardedSession, standing: Standing) -> bool:
    """Say whether the person is invited still: their entry stands, and their party is at the table."""
    invitation = standing.invitation
    if invitation is None:
        return standing.entry is not None
    if invitation.method == "CANCEL" or (standing.entry is None and _was_taken_off(session, invitation)):
        return False
    if invitation.party_code is None:
        return True
    seat = select(MeetingParty.id).where(
        MeetingParty.meeting_id == standing.meeting.id,
        MeetingParty.party_code == invitation.party_code,
        MeetingParty.removed.is_(False),
    )
    return session.execute(seat).scalar_one_or_none() is not None


def _was_taken_off(session: GuardedSession, invitation: MeetingInvitation) -> bool:
    """Say whether somebody who is on the roster no more had been on it; who is told by office never was."""
    if invitation.entry_id is not None:
        return True
    ended = select(RosterEntry.id).where(
        RosterEntry.meeting_id == invitation.meeting_id,
        RosterEntry.person_id == invitation.person_id,
        RosterEntry.state.in_(("withdrawn", "refused")),
    )
    return session.execute(ended.limit(1)).scalar_one_or_none() is not None


def sequence_of(standing: Standing) -> int:
    """Return the SEQUENCE of the date to be answered: the meeting's own, or that of a later mail."""
    mailed = standing.invitation.sequence if standing.invitation else None
    return max(mailed or 0, standing.meeting.sequence)


def _answered_at(invitation: MeetingInvitation | None) -> dt.datetime | None:
    """Return when the answer that stands was given: of a calendar, by its own clock.

    One that was given on a page came after the last of a calendar, whose clock may be fast: that one, sent again, is
    older.
    """
    if invitation is None:
        return None
    stamped_at, replied_at = invitation.reply_stamped_at, invitation.replied_at
    if invitation.reply_way == "calendar" or replied_at is None:
        return stamped_at
    return max(replied_at, stamped_at + dt.timedelta(seconds=1)) if stamped_at else replied_at


# Writing -------------------------------------------------------------------------------------------


def answer_invitation(session: GuardedSession, reference: str, given: Given) -> Meeting:
    """Write the viewer's own answer to their invitation, as they give it on the page of the meeting.

    Raises `NotFound` for who was not invited; `Refusal` as `write_given`; `StaleVersion`.
    """
    meeting = find_meeting(session, reference)
    standing = own_standing(session, meeting)
    if standing is None:
        raise NotFound
    write_given(session, standing, given, "page")
    return meeting


def write_given(session: GuardedSession, standing: Standing, given: Given, way: Way) -> None:
    """Write an answer that was given on a page of ours.

    Raises `Refusal`: `unknown_reply`, `unknown_own_mode`, and `invitation_` with the reason why nobody can answer now;
    `StaleVersion` where the date, the parties or the answer have changed since.
    """
    closed = closed_to_answers(invited_by(session, standing), session.now)
    if closed:
        raise Refusal(f"invitation_{closed}")
    if given.reply not in REPLIES:
        raise Refusal("unknown_reply", field="reply")
    if standing.mode is not None and given.mode not in MODES:
        raise Refusal("unknown_own_mode", field="mode")
    if given.version != standing.version or given.promise != promise_of(standing.meeting):
        raise StaleVersion({"reply": given.reply}, {"reply": standing.answer})
    write_reply(session, standing, given.reply, way)
    if standing.mode is not None and standing.entry is not None and given.mode:
        standing.entry.mode = given.mode


def write_reply(session: GuardedSession, standing: Standing, reply: Reply, way: Way) -> MeetingInvitation:
    """Write what the invited person replied, on their invitation and on the roster."""
    invitation = standing.invitation or _made(session, standing)
    invitation.reply, invitation.reply_way, invitation.replied_at = reply, way, session.now
    invitation.reply_sequence = sequence_of(standing)
    if standing.entry is not None:
        note_reply(session, standing.entry, reply)
    session.flush()
    session.record("invitation_answered", "invitation", invitation.id, invitation.audience_id, reply=reply, way=way)
    return invitation


def _made(session: GuardedSession, standing: Standing) -> MeetingInvitation:
    """Return an invitation for somebody on the roster to whom no mail went yet."""
    viewer = session.bound_viewer
    person = session.execute(select(Person).where(Person.id == viewer.person_id)).scalar_one()
    invitation = MeetingInvitation(
        id=invitation_id_of(standing.meeting.id, viewer.person_id), meeting_id=standing.meeting.id,
        person_id=viewer.person_id, party_code=viewer.party, address=person.email,
        audience_id=session.audience(audience_of_invitation(viewer.person_id, viewer.party)),
    )  # fmt: skip
    session.add(invitation)
    return invitation
