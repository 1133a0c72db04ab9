"""Invitations by mail: which calendar part a mail about a meeting carries, and what is noted once it was handed over.

What goes into a calendar is decided when the mail is composed, from what its recipient may see then and from what
their calendar was last told. It is noted before the mail is handed over, and again after that: a mail that is composed
anew, since its worker died in between, says the same, and what changed meanwhile comes after it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from app.calendars.invitations import Envelope, request_bytes, taken_off_bytes, told_of
from app.db import Database, GuardedSession
from app.domain import invitations as rules
from app.domain.entries import Entry, Language, State, status_of
from app.domain.invitations import Last, Method, Notice, PartStat, Standing, Told
from app.domain.visibility import audience_of_invitation
from app.models import Meeting, MeetingInvitation, Person, RosterEntry
from app.services.feeds import entry_of_meeting
from app.services.invitation_links import answer_address, invitation_id_of, reply_address
from app.services.mail_content import Letterhead, header_text
from app.services.mail_recipients import Recipient
from app.services.outbox import Claimed
from app.services.practice import is_example
from app.services.rosters import note_reply

KINDS: Final = frozenset(
    {
        "meeting_confirmed",
        "meeting_changed",
        "meeting_postponed",
        "meeting_cancelled",
        "meeting_reinstated",
        "meeting_left",
        "roster_joined",
        "roster_left",
        "zone_change_hour_kept",
        "zone_change_moment_kept",
    }
)
_ENDED: Final = frozenset({"withdrawn", "refused"})


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """The calendar part of a mail, and what is to be noted of it.

    `answer_link` leads to the page on which its recipient answers; None where nothing is asked. `row_version` is that
    of the invitation that it was made from, 0 where there was none.
    """

    content: bytes
    notice: Notice
    reply_to: str
    answer_link: str | None
    invitation_id: uuid.UUID
    meeting_id: uuid.UUID
    recipient: Recipient
    row_version: int


@dataclass(frozen=True, slots=True)
class _Seat:
    """Whether somebody is invited to a meeting, and as what: a role of the roster, None for who is told by office."""

    is_invited: bool
    role: str | None = None


def calendar_part(
    session: GuardedSession, message: Claimed, recipient: Recipient, letterhead: Letterhead
) -> CalendarPart | None:
    """Return the calendar part of a message, on its recipient's session; None where their calendar needs none."""
    if message.kind not in KINDS:
        return None
    meeting_id = uuid.UUID(str(message.payload["meeting_id"]))
    row = session.execute(_of(meeting_id, recipient)).scalar_one_or_none()
    invitation_id = row.id if row else invitation_id_of(meeting_id, recipient.invited_id)
    meeting, seat = _meeting(session, meeting_id), _seat(session, meeting_id, recipient)
    envelope = _envelope(letterhead, recipient, seat, invitation_id)
    language = cast("Language", recipient.viewer.language)
    entry, standing = None, None
    if meeting is not None and seat.is_invited:
        if is_example(session, meeting):
            return None
        entry = entry_of_meeting(session, meeting, letterhead.base_url, language)
        standing = _standing(meeting, entry, envelope, session.now)
    notice = rules.notice(standing, _last(row), message.created_at)
    if notice is None:
        return None
    if entry is not None and standing is not None:
        content = request_bytes(notice, entry, envelope)
    else:
        content = taken_off_bytes(notice, envelope, language)
    link = answer_address(letterhead.base_url, invitation_id, letterhead.secret_key)
    asked = link if notice.method == "REQUEST" else None
    return CalendarPart(
        content, notice, envelope.organizer, asked, invitation_id, meeting_id, recipient, row.version if row else 0
    )


def note_begun(database: Database, part: CalendarPart) -> bool:
    """Note what a calendar is about to be told; False where the invitation has changed since the part was made.

    A reply to a time that the meeting has no more is none to the new one, on the roster neither.
    """
    with database.system_session("note what a calendar is about to be told", "write") as session:
        _take_turns(session, part.recipient)
        row = session.execute(_of(part.meeting_id, part.recipient)).scalar_one_or_none()
        if (row.version if row else 0) != part.row_version:
            return False
        notice = part.notice
        if row is None:
            row = _new_row(session, part)
            session.add(row)
        elif notice.method == "REQUEST" and row.method and _is_outdated(row, notice):
            _ask_anew(session, row)
        row.address = part.recipient.to.addr_spec
        row.method, row.sequence, row.stamped_at = notice.method, notice.sequence, notice.stamped_at
        row.told, row.sent_at = _written(notice.told), None
        session.commit()
        return True


def note_sent(session: GuardedSession, part: CalendarPart) -> None:
    """Note on a system session that a calendar part was handed over, unless a later one is on its way."""
    row = session.execute(_of(part.meeting_id, part.recipient).with_for_update()).scalar_one()
    if (row.sequence, row.stamped_at) == (part.notice.sequence, part.notice.stamped_at):
        row.sent_at = session.now


def _of(meeting_id: uuid.UUID, recipient: Recipient) -> Select[MeetingInvitation]:
    whose = (
        MeetingInvitation.entry_id == recipient.entry_id
        if recipient.entry_id
        else MeetingInvitation.person_id == recipient.viewer.person_id
    )
    return select(MeetingInvitation).where(MeetingInvitation.meeting_id == meeting_id, whose)


def _meeting(session: GuardedSession, meeting_id: uuid.UUID) -> Meeting | None:
    """Return a meeting that the session's viewer sees."""
    query = select(Meeting).where(Meeting.id == meeting_id)
    loaded = query.options(selectinload(Meeting.parties), selectinload(Meeting.sittings))
    return session.execute(loaded).scalar_one_or_none()


def _seat(session: GuardedSession, meeting_id: uuid.UUID, recipient: Recipient) -> _Seat:
    """Return whether and as what somebody is invited.

    Who was taken off the roster is invited no more, even where they are still told of the meeting because of their
    office; who was never on it and is told by office may come.
    """
    person_id = recipient.viewer.person_id
    rows = session.execute(
        select(RosterEntry.state, RosterEntry.role)
        .where(
            RosterEntry.meeting_id == meeting_id,
            or_(RosterEntry.id == recipient.entry_id, RosterEntry.person_id == person_id),
        )
        .order_by(RosterEntry.position, RosterEntry.id)
    ).all()
    approved = next((row.role for row in rows if row.state == "approved"), None)
    if approved is not None:
        return _Seat(True, approved)
    by_office = recipient.entry_id is None and not any(row.state in _ENDED for row in rows)
    return _Seat(by_office)


def _envelope(letterhead: Letterhead, recipient: Recipient, seat: _Seat, invitation_id: uuid.UUID) -> Envelope:
    return Envelope(
        organizer=reply_address(letterhead.sender, invitation_id, letterhead.secret_key),
        organizer_name=letterhead.sender.display_name or "Entente",
        attendee=recipient.to.addr_spec,
        attendee_name=header_text(recipient.viewer.name),
        participation=rules.participation(seat.role),
    )


def _standing(meeting: Meeting, entry: Entry | None, envelope: Envelope, now: dt.datetime) -> Standing | None:
    if entry is None:
        return None
    return Standing(
        status=status_of(cast("State", meeting.state)),
        sequence=meeting.sequence,
        stamped_at=meeting.changed_at,
        is_over=meeting.ends_at <= now,
        told=told_of(entry, meeting.reference, envelope),
    )


# What was told, as it is kept --------------------------------------------------------------------------


def _last(row: MeetingInvitation | None) -> Last | None:
    if row is None or row.method is None or row.sequence is None or row.stamped_at is None:
        return None
    told = _read(row.told) if row.told else None
    reply, is_sure = cast("PartStat", row.reply), row.sent_at is not None
    return Last(cast("Method", row.method), row.sequence, row.stamped_at, told, reply, is_sure)


def _written(told: Told) -> dict[str, str]:
    return {
        "uid": told.uid,
        "reference": told.reference,
        "starts": told.starts.isoformat(),
        "ends": told.ends.isoformat(),
        "zone": told.zone,
        "digest": told.digest,
    }


def _read(kept: Mapping[str, str]) -> Told:
    starts, ends = _when(kept["starts"]), _when(kept["ends"])
    return Told(kept["uid"], kept["reference"], starts, ends, kept["zone"], kept["digest"])


def _when(text: str) -> dt.datetime | dt.date:
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)


# The worker's side -------------------------------------------------------------------------------------


def _take_turns(session: GuardedSession, recipient: Recipient) -> None:
    """Hold the person, or the entry of the roster, so that two workers note one after the other."""
    if recipient.entry_id is not None:
        session.execute(select(RosterEntry.id).where(RosterEntry.id == recipient.entry_id).with_for_update())
    else:
        session.execute(select(Person.id).where(Person.id == recipient.viewer.person_id).with_for_update())


def _new_row(session: GuardedSession, part: CalendarPart) -> MeetingInvitation:
    viewer, entry_id = part.recipient.viewer, part.recipient.entry_id
    person_id = None if entry_id else viewer.person_id
    return MeetingInvitation(
        id=part.invitation_id,
        meeting_id=part.meeting_id,
        person_id=person_id,
        entry_id=entry_id,
        party_code=viewer.party,
        audience_id=session.audience(audience_of_invitation(person_id, viewer.party)),
    )


def _ask_anew(session: GuardedSession, row: MeetingInvitation) -> None:
    """Forget a reply to a time that holds no more."""
    row.reply, row.reply_way, row.replied_at = "needs_action", None, None
    row.reply_sequence, row.reply_stamped_at = None, None
    for entry in _entries(session, row):
        note_reply(session, entry, None)


def _is_outdated(row: MeetingInvitation, notice: Notice) -> bool:
    """Say whether a reply is to another time than this; one given on a page may be to a date not mailed yet."""
    if row.method == "REQUEST" and row.reply_sequence is not None and row.reply_sequence >= notice.sequence:
        return False
    return rules.standing_reply(_last(row), notice.told) != row.reply


def _entries(session: GuardedSession, row: MeetingInvitation) -> Sequence[RosterEntry]:
    whose = RosterEntry.id == row.entry_id if row.entry_id else RosterEntry.person_id == row.person_id
    query = select(RosterEntry).where(RosterEntry.meeting_id == row.meeting_id, whose, RosterEntry.state == "approved")
    return session.execute(query).scalars().all()
