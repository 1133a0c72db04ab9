"""Taking the replies that calendar programs mail: those that count change an answer, the others are only listed.

A reply counts when it comes from the address that was invited, carries the secret of that person's invitation, and
answers the date that stands. Whatever else comes changes nothing, and says to nobody whether it was near.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.calendars.replies import NoReply, read_reply
from app.db import Database, GuardedSession, digest_of
from app.domain.replies import CalendarReply, reason_not_to_count, same_address
from app.domain.visibility import Viewer
from app.logs import get_logger
from app.models import InvitationReply, Meeting, MeetingInvitation, ReceivedMail
from app.services.identity import viewer_of_person
from app.services.invitation_answers import invited_by, standing_of, write_reply
from app.services.invitation_links import invitation_of, secret_in

Outcome = Literal["taken", "refused", "ignored"]
Source = Literal["mailbox", "pipe"]

RACES: Final = 4
DAY: Final = dt.timedelta(days=1)
# What strangers send must not fill the tables; what is over this is read, and listed no more.
LISTED_A_DAY: Final = 1_000
LISTED_A_DAY_OF_ONE: Final = 50


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail, and why where it changed nothing."""

    outcome: Outcome
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail as it was read: the reply in it, or why there is none."""

    digest: str
    source: Source
    reply: CalendarReply | None
    sender: str | None
    reason: str | None = None
    is_automatic: bool = False


@dataclass(frozen=True, slots=True)
class _Named:
    """The invitation that a reply is for, whose it is, and why it cannot be believed, if so."""

    invitation_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    reason: str | None = None


def take_mail(database: Database, mail: bytes, secret_key: str, source: Source) -> Taken:
    """Take what a mail replies to an invitation, once; raises only what the database raises.

    It is written as the invited person where they have an account, with no more right than they have now.
    """
    read = _read(mail, source)
    for race in range(RACES):
        try:
            return _take_once(database, read, secret_key)
        except (StaleDataError, IntegrityError):
            if race == RACES - 1:
                raise
    raise AssertionError("unreachable")


def note_unread(database: Database, mark: str, source: Source) -> Taken:
    """List a mail that was too large to be fetched; `mark` is what it is known by when it is met again."""
    return _take_once(database, _Mail(digest_of(mark), source, None, None, "too_large"), "")


def _read(mail: bytes, source: Source) -> _Mail:
    digest = digest_of(mail)
    try:
        reply = read_reply(mail)
    except NoReply as refused:
        return _Mail(digest, source, None, refused.sender, refused.reason, refused.is_automatic)
    except Exception:  # noqa: BLE001 - one mail that its reader does not survive holds up no other
        get_logger().exception("mail not read", digest=digest)
        return _Mail(digest, source, None, None, "malformed")
    return _Mail(digest, source, reply, reply.sender)


def _take_once(database: Database, mail: _Mail, secret_key: str) -> Taken:
    with database.system_session("find what a mail replies to") as session:
        earlier = session.execute(select(ReceivedMail).where(ReceivedMail.digest == mail.digest)).scalar_one_or_none()
        if earlier is not None:
            outcome: Outcome = "ignored" if earlier.outcome == "ignored" else "refused"
            return Taken(outcome, "repeated")
        named = _named(session, mail.reply, secret_key) if mail.reply else _Named()
        now = session.now
    if mail.reply is None or named.invitation_id is None or named.reason is not None:
        return _refused(database, mail, named)
    if named.person_id is None:
        with database.system_session("take the reply of somebody without an account", "write") as session:
            return _judged(session, mail, mail.reply, named.invitation_id)
    viewer: Viewer | None = viewer_of_person(database, named.person_id, now)
    if viewer is None:
        return _refused(database, mail, _Named(named.invitation_id, reason="not_invited"))
    with database.write_session(viewer) as session:
        return _judged(session, mail, mail.reply, named.invitation_id)


def _named(session: GuardedSession, reply: CalendarReply, secret_key: str) -> _Named:
    """Return the invitation whose secret a reply carries, or the one that it claims to be for."""
    tokens = {token for address in reply.addresses if (token := secret_in(address))}
    known = {invitation_of(token, secret_key) for token in tokens}
    (only,) = known if len(known) == 1 else (None,)
    found = session.get(MeetingInvitation, only) if only is not None else None
    if found is not None:
        return _Named(found.id, found.person_id)
    claimed = session.execute(
        select(MeetingInvitation.id, MeetingInvitation.address)
        .join(Meeting, Meeting.id == MeetingInvitation.meeting_id)
        .where(Meeting.uid == reply.uid)
    )
    whose = next((row.id for row in claimed if same_address(row.address, reply.attendee)), None)
    return _Named(whose, reason="wrong_secret" if tokens else "no_secret")


def _judged(session: GuardedSession, mail: _Mail, reply: CalendarReply, invitation_id: uuid.UUID) -> Taken:
    """Write a reply that counts, on the session of whom it is from, and list it whether it counts or not."""
    standing = standing_of(session, invitation_id)
    if standing is None:
        reason: str | None = "not_invited"
    else:
        reason = reason_not_to_count(reply, invited_by(session, standing), session.now)
    if reason is None and _listed_today(session, invitation_id, "taken") >= LISTED_A_DAY_OF_ONE:
        reason = "too_many"
    if reason is None and standing is not None:
        invitation = write_reply(session, standing, reply.reply, "calendar")
        invitation.reply_stamped_at = reply.stamped_at
    taken = Taken("refused", reason) if reason else Taken("taken")
    _list(session, mail, taken, invitation_id)
    session.commit()
    return taken


def _refused(database: Database, mail: _Mail, named: _Named) -> Taken:
    with database.system_session("list a mail that changes nothing", "write") as session:
        if mail.is_automatic:
            taken = Taken("ignored", "automatic")
        else:
            taken = Taken("refused", mail.reason or named.reason or "wrong_secret")
        _list(session, mail, taken, named.invitation_id)
        session.commit()
    return taken


# The lists -----------------------------------------------------------------------------------------


def _list(session: GuardedSession, mail: _Mail, taken: Taken, invitation_id: uuid.UUID | None) -> None:
    """List a mail for the operator, and its reply for those whose invitation it is for."""
    session.flush()
    with session.whole_truth("list a mail that came") as truth:
        if taken.outcome != "taken" and _unwelcome_today(truth) >= LISTED_A_DAY:
            get_logger().warning("mail not listed", digest=mail.digest, reason=taken.reason)
            return
        truth.add(
            ReceivedMail(
                id=uuid.uuid4(), digest=mail.digest, received_at=truth.now, way=mail.source, outcome=taken.outcome,
                reason=taken.reason, sender=mail.sender, invitation_id=invitation_id,
            )
        )  # fmt: skip
        invitation = truth.get(MeetingInvitation, invitation_id) if invitation_id else None
        if invitation is None or mail.reply is None:
            return
        if _listed_today(truth, invitation.id, taken.outcome) >= LISTED_A_DAY_OF_ONE:
            return
        truth.add(
            InvitationReply(
                id=uuid.uuid4(), invitation_id=invitation.id, received_at=truth.now, outcome=taken.outcome,
                reason=taken.reason, reply=mail.reply.reply, sequence=mail.reply.sequence,
                audience_id=invitation.audience_id,
            )
        )  # fmt: skip


def _unwelcome_today(truth: GuardedSession) -> int:
    counted = select(func.count()).select_from(ReceivedMail).where(
        ReceivedMail.outcome != "taken", ReceivedMail.received_at > truth.now - DAY
    )  # fmt: skip
    return truth.execute(counted).scalar_one()


def _listed_today(session: GuardedSession, invitation_id: uuid.UUID, outcome: Outcome) -> int:
    """Count by what became of them: what strangers forge must not keep the person's own replies out."""
    counted = select(func.count()).select_from(InvitationReply).where(
        InvitationReply.invitation_id == invitation_id, InvitationReply.received_at > session.now - DAY,
        InvitationReply.outcome == outcome,
    )  # fmt: skip
    return session.execute(counted).scalar_one()


def refused_mails(database: Database, limit: int) -> list[ReceivedMail]:
    """Return the mails that changed nothing, the newest first."""
    with database.system_session("list the mails that changed nothing") as session:
        rows = session.execute(
            select(ReceivedMail)
            .where(ReceivedMail.outcome == "refused")
            .order_by(ReceivedMail.received_at.desc(), ReceivedMail.id)
            .limit(limit)
        )
        return list(rows.scalars())
