"""Answering an invitation by the signed link in its mail, without signing in, as the person whom it was sent to.

Whoever holds the link reads what one meeting is and when, and answers for one person. It is read on a session of that
person as they are now; somebody without an account is shown what an official of their delegation sees.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import StaleDataError

from app.db import Database, GuardedSession
from app.domain.errors import Refusal
from app.domain.replies import Invited, closed_to_answers
from app.domain.visibility import Viewer
from app.models import Meeting, MeetingInvitation, Person, RosterAddress, RosterEntry
from app.services.identity import viewer_of
from app.services.invitation_answers import Given, Standing, invited_by, standing_of, write_given
from app.services.invitation_links import linked_invitation
from app.services.link_attempts import count_attempt
from app.services.mail_recipients import viewer_of_entry
from app.services.meeting_life import promise_of

RACES: Final = 4


@dataclass(frozen=True, slots=True)
class Linked:
    """What the page of a link shows: who is invited, to which meeting, what they answered, and whether they still can.

    `closed` is why nobody can answer now, a word of `app.domain.replies`; None while they can. `is_moved`: the mail
    that the link was last in gave another date.
    """

    viewer: Viewer
    has_account: bool
    meeting: Meeting
    answer: str
    answered_at: dt.datetime | None
    mode: str | None
    is_moved: bool
    is_outdated: bool
    closed: str | None
    promise: str
    version: int


@dataclass(frozen=True, slots=True)
class _Holder:
    """Whose link it is: the viewer that they are now, and whether they have an account."""

    invitation_id: uuid.UUID
    viewer: Viewer
    has_account: bool


def invited_by_link(database: Database, token: str, secret_key: str) -> Linked:
    """Return what a link invites to; nothing is written, however often it is followed.

    Raises `Refusal` `invitation_link_unknown`, for what its holder may not see now, too.
    """
    holder = _holder(database, token, secret_key)
    with database.read_session(holder.viewer) as session:
        standing = _standing(session, holder)
        return _linked(standing, holder, invited_by(session, standing), session.now)


def answer_by_link(database: Database, token: str, secret_key: str, given: Given) -> None:
    """Write what the invited person answered.

    Raises what `invited_by_link` and `write_given` raise; `Refusal` `too_many_attempts`.
    """
    holder = _holder(database, token, secret_key)
    count_attempt(database, token)
    for race in range(RACES):
        try:
            _answer_once(database, holder, given)
        except (StaleDataError, IntegrityError):
            if race == RACES - 1:
                raise
        else:
            return


def _answer_once(database: Database, holder: _Holder, given: Given) -> None:
    if holder.has_account:
        with database.write_session(holder.viewer) as session:
            write_given(session, _standing(session, holder), given, "link")
            session.commit()
        return
    with database.read_session(holder.viewer) as session:
        _standing(session, holder)  # what their delegation may not see is nothing to answer
    with database.system_session("write the answer of somebody without an account", "write") as session:
        write_given(session, _standing(session, holder), given, "link")
        session.commit()


def _holder(database: Database, token: str, secret_key: str) -> _Holder:
    invitation_id = linked_invitation(token, secret_key)
    if invitation_id is None:
        raise Refusal("invitation_link_unknown")
    with database.system_session("look up the invitation of a link") as session:
        invitation = session.get(MeetingInvitation, invitation_id)
        found = _viewer(session, invitation) if invitation else None
    if found is None:
        raise Refusal("invitation_link_unknown")
    return _Holder(invitation_id, found[0], has_account=found[1])


def _viewer(session: GuardedSession, invitation: MeetingInvitation) -> tuple[Viewer, bool] | None:
    if invitation.person_id is not None:
        person = session.get(Person, invitation.person_id)
        return (viewer_of(session, person, session.now.date()), True) if person and person.active else None
    row = session.execute(
        select(RosterEntry, RosterAddress)
        .outerjoin(RosterAddress, RosterAddress.entry_id == RosterEntry.id)
        .where(RosterEntry.id == invitation.entry_id)
    ).one_or_none()
    if row is None:
        return None
    return viewer_of_entry(*row), False


def _standing(session: GuardedSession, holder: _Holder) -> Standing:
    """Return the invitation as its holder sees it now, with the parties of its meeting."""
    standing = standing_of(session, holder.invitation_id)
    if standing is None:
        raise Refusal("invitation_link_unknown")
    query = select(Meeting).where(Meeting.id == standing.meeting.id).options(selectinload(Meeting.parties))
    session.execute(query.execution_options(populate_existing=True)).scalar_one()
    return standing


def _linked(standing: Standing, holder: _Holder, invited: Invited, now: dt.datetime) -> Linked:
    invitation, meeting = standing.invitation, standing.meeting
    mailed = invitation.sequence if invitation else None
    return Linked(
        viewer=holder.viewer,
        has_account=holder.has_account,
        meeting=meeting,
        answer=standing.answer,
        answered_at=invitation.replied_at if invitation else None,
        mode=standing.mode,
        is_moved=mailed is not None and mailed < meeting.sequence,
        is_outdated=standing.is_outdated,
        closed=closed_to_answers(invited, now),
        promise=promise_of(meeting),
        version=standing.version,
    )
