"""Who is told of an act on a meeting, said before it is done; and what of it is held or was sent, for its makers.

What is said beforehand is of what the viewer may see: by party, with counts of their own people and of those on
rosters, and never an address.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select

from app.db import GuardedSession
from app.domain.dispatches import REMINDED_AFTER
from app.domain.visibility import SPEAKING_ROLES, appointments_in
from app.models import Appointment, Dispatch, Meeting, Person, RosterEntry
from app.services.meeting_audience import keys_of
from app.services.practice import is_example

MAILING_ACTS: Final = frozenset({"propose", "confirm", "publish", "postpone", "cancel", "reinstate", "zone_change"})


@dataclass(frozen=True, slots=True)
class PartyTold:
    """A party whose coordinators and heads are told, and how many of its roster.

    `own_count` is of the viewer's own colleagues among the former, None for another party: its people are not theirs
    to know.
    """

    code: str
    own_count: int | None = None
    roster_count: int = 0


@dataclass(frozen=True, slots=True)
class MailPlan:
    """Whom an act would tell by mail; nobody where nothing is in it.

    `secretariats` are told by name, `leaving` are parties that are told that the meeting is no longer with them,
    `answered_for` is a party whose coordinators and heads alone are told, `person` a single one. `held_since` is when
    the oldest mail was held that still waits for the viewer's side to send it. Where it `is_counted`, rosters and
    secretariats were looked up.
    """

    act: str
    parties: tuple[PartyTold, ...] = ()
    secretariats: tuple[Mapping[str, str], ...] = ()
    leaving: tuple[str, ...] = ()
    person: str | None = None
    reference: str | None = None
    held_since: dt.datetime | None = None
    is_counted: bool = True

    @property
    def goes_out(self) -> bool:
        """Say whether any mail goes out."""
        return bool(self.parties or self.secretariats or self.leaving or self.person)


@dataclass(frozen=True, slots=True)
class HeldMails:
    """The mails about one meeting that the viewer's side holds, since when, and whether that is long."""

    reference: str
    title: Mapping[str, str]
    since: dt.datetime
    is_old: bool


def who_is_told(
    session: GuardedSession,
    meeting: Meeting,
    act: str,
    *,
    parties: Collection[str] | None = None,
    leaving: Collection[str] = (),
) -> MailPlan:
    """Return whom an act on a meeting tells; `parties` are those that it will have, where the act changes them.

    Acts that are not among `MAILING_ACTS` tell nobody, nor does anything on a meeting to practise with.
    """
    if act not in MAILING_ACTS or is_example(session, meeting):
        return MailPlan(act, reference=meeting.reference)
    codes = sorted(parties if parties is not None else [row.party_code for row in meeting.parties])
    serving = appointments_in(keys_of(session, meeting.audience_id))
    names = session.execute(
        select(Appointment.name).where(Appointment.id.in_(sorted(serving, key=str))).order_by(Appointment.id)
    ).scalars()
    return MailPlan(
        act,
        _parties(session, codes, _going(session, meeting.id)),
        tuple(dict(name) for name in names),
        tuple(sorted(leaving)),
        reference=meeting.reference,
        held_since=held_since(session, meeting),
    )


def who_is_told_of_answer(session: GuardedSession, meeting: Meeting, *, confirms: bool) -> MailPlan:
    """Return whom a yes tells, which is nobody where it does not confirm the meeting; without counts, in a statement.

    The page of a meeting has much else to read.
    """
    if not confirms or is_example(session, meeting):
        return MailPlan("answer", reference=meeting.reference)
    told = tuple(PartyTold(row.party_code) for row in meeting.parties)
    since = held_since(session, meeting)
    return MailPlan("confirm", told, reference=meeting.reference, held_since=since, is_counted=False)


def who_is_told_of_proposal(
    session: GuardedSession, parties: Collection[str], secretariats: Collection[Mapping[str, str]]
) -> MailPlan:
    """Return whom proposing a draft tells, whose parties and secretariats these are."""
    return MailPlan("propose", _parties(session, sorted(parties), {}), tuple(secretariats))


def who_is_told_of_entry(session: GuardedSession, meeting: Meeting, name: str) -> MailPlan:
    """Return that an act on a roster tells the one whom it is about, and nobody of a meeting to practise with."""
    person = None if is_example(session, meeting) else name
    return MailPlan("roster", person=person, reference=meeting.reference, held_since=held_since(session, meeting))


def who_is_told_of_report(session: GuardedSession, meeting: Meeting, parties: Collection[str]) -> MailPlan:
    """Return that a reported answer tells those who speak for its party, one of these."""
    told = () if is_example(session, meeting) else tuple(PartyTold(code) for code in sorted(parties))
    return MailPlan("report", told, reference=meeting.reference, held_since=held_since(session, meeting))


def _parties(session: GuardedSession, codes: Collection[str], going: Mapping[str, int]) -> tuple[PartyTold, ...]:
    viewer = session.bound_viewer
    own = None
    if viewer.party in codes:
        own = session.execute(
            select(func.count(Person.id)).where(
                Person.delegation == viewer.party,
                Person.role.in_(sorted(SPEAKING_ROLES)),
                Person.active.is_(True),
                Person.id != viewer.person_id,
            )
        ).scalar_one()
    return tuple(PartyTold(code, own if code == viewer.party else None, going.get(code, 0)) for code in codes)


def _going(session: GuardedSession, meeting_id: uuid.UUID) -> Mapping[str, int]:
    """Return how many go to a meeting for each party, approved."""
    rows = session.execute(
        select(RosterEntry.party_code, func.count(RosterEntry.id))
        .where(RosterEntry.meeting_id == meeting_id, RosterEntry.state == "approved")
        .group_by(RosterEntry.party_code)
    )
    return {code: count for code, count in rows}  # noqa: C416 - a row is no pair to mypy


# What is held ------------------------------------------------------------------------------------------


def stands_held() -> ColumnElement[bool]:
    """Return the condition that mails are held and wait for their makers."""
    return and_(Dispatch.is_held.is_(True), Dispatch.released_at.is_(None), Dispatch.dropped_at.is_(None))


def held_since(session: GuardedSession, meeting: Meeting) -> dt.datetime | None:
    """Return since when the viewer's side holds mails about a meeting; None where it holds none."""
    held = select(func.min(Dispatch.made_at)).where(Dispatch.meeting_id == meeting.id, stands_held())
    return session.execute(held).scalar_one()


def held_count() -> ScalarSelect[int]:
    """Return how many acts there are of which the viewer's side holds the mails, as a part of another statement."""
    return select(func.count(Dispatch.id)).where(stands_held()).scalar_subquery()


def held_mails(session: GuardedSession) -> tuple[HeldMails, ...]:
    """Return the meetings of which the viewer's side holds mails, the oldest first."""
    rows = session.execute(
        select(Dispatch.made_at, Meeting.reference, Meeting.title)
        .join(Meeting, Meeting.id == Dispatch.meeting_id)
        .where(stands_held())
        .order_by(Dispatch.made_at, Meeting.reference)
    ).all()
    first = {row.reference: row for row in reversed(rows)}
    return tuple(
        HeldMails(row.reference, row.title, row.made_at, session.now - row.made_at > REMINDED_AFTER)
        for row in sorted(first.values(), key=lambda row: (row.made_at, row.reference))
    )
