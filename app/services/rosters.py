"""Who goes to a meeting for each delegation, as the viewer may see it, and what those who go replied."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ScalarSelect, and_, func, select
from sqlalchemy.orm import load_only

from app import words
from app.db import GuardedSession
from app.domain import rosters as rules
from app.domain.mechanisms import collation_key
from app.domain.rosters import Attended, Heads, Precedence, Quorum
from app.domain.visibility import Action, Facts, Role, can
from app.domain.walltime import days, in_zone
from app.domain.zones import known_zone
from app.models import (
    Decision,
    Mechanism,
    Meeting,
    MeetingProtocol,
    Office,
    Release,
    RosterAttendance,
    RosterEntry,
)
from app.services.meeting_state import chosen_rows, when_of
from app.services.meetings import facts_of_meeting

OVER: Final = frozenset({"closed", "cancelled"})


@dataclass(frozen=True, slots=True)
class EntryLine:
    """Somebody of a delegation, their office, and on which days they were there.

    `acts_for` is the name of whom they represent, where the viewer may know it; `expected` the level that was
    expected of them, their own or the meeting's.
    """

    entry: RosterEntry
    office: Office | None
    acts_for: str
    expected: str | None
    attended: Mapping[dt.date, str]

    @property
    def substitution(self) -> rules.Substitution | None:
        """Return who is spoken for and at what level, where that is another than was expected."""
        return rules.substitution_of(self.acts_for, self.expected, self.entry.actual_level)


@dataclass(frozen=True, slots=True)
class Delegation:
    """Those who go for one party, in its order."""

    party: str
    lines: tuple[EntryLine, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """The order of precedence of a meeting: by which rule, the parties in it, and the row that keeps it, if any."""

    precedence: Precedence
    parties: tuple[str, ...]
    protocol: MeetingProtocol | None

    @property
    def expected_level(self) -> str | None:
        """Return the level that the meeting is held at, where somebody said it."""
        return self.protocol.expected_level if self.protocol else None


@dataclass(frozen=True, slots=True)
class RosterView:
    """The roster of a meeting as its pages and papers show it.

    `delegations` are in the order of precedence. `waiting` and `ended` are of the viewer's own delegation: what is
    yet to be approved, and what was refused or withdrawn and can be put back.
    """

    meeting: Meeting
    facts: Facts
    order: Order
    delegations: tuple[Delegation, ...]
    waiting: tuple[EntryLine, ...]
    ended: tuple[EntryLine, ...]
    days: tuple[dt.date, ...]
    quorums: tuple[Quorum, ...]
    is_over: bool
    may_keep: bool
    may_approve: bool
    may_steer: bool

    @property
    def approved(self) -> tuple[EntryLine, ...]:
        """Return all who go, delegation by delegation."""
        return tuple(line for delegation in self.delegations for line in delegation.lines)

    @property
    def credentials_due_on(self) -> dt.date | None:
        """Return the day by which credentials are due; None while the date is open."""
        return rules.credentials_due_on(self.meeting.starts_on) if self.days else None

    def heads(self, parties: Iterable[str]) -> tuple[Heads, ...]:
        """Return what is worth saying of the heads of these parties, of those of them that it is worth saying of."""
        roles = [(line.entry.party_code, line.entry.role) for line in self.approved]
        return tuple(each for each in rules.heads_of(roles, tuple(parties)) if each.advice)


@dataclass(frozen=True, slots=True)
class RosterCounts:
    """What the page of a meeting says of its roster: how many go for each party, and what waits of one's own."""

    approved: Mapping[str, int]
    waiting_count: int
    quorums: tuple[Quorum, ...]


# For others ----------------------------------------------------------------------------------------


def approved_entries(session: GuardedSession, meeting_id: uuid.UUID) -> tuple[RosterEntry, ...]:
    """Return those who go to a meeting, by party and by their order in it."""
    rows = session.execute(
        select(RosterEntry).where(RosterEntry.meeting_id == meeting_id, RosterEntry.state == "approved")
    ).scalars()
    by_party: dict[str, list[RosterEntry]] = {}
    for row in rows:
        by_party.setdefault(row.party_code, []).append(row)
    return tuple(entry for party in sorted(by_party) for entry in rules.in_order(by_party[party]))


def note_reply(session: GuardedSession, entry: RosterEntry, reply: str | None) -> None:
    """Write what somebody on a roster replied to their invitation: accepted, tentative, declined, or None anew.

    Whoever wrote the reply is checked by the caller; the entry was read on this session.
    """
    if entry.reply == reply:
        return
    entry.reply = reply
    entry.replied_at = session.now if reply else None


def to_approve(session: GuardedSession) -> tuple[ScalarSelect[int], ScalarSelect[str | None]]:
    """Return how many people wait for the viewer's word and the meeting of one of them, as parts of another statement.

    Only who speaks for a party is asked, about its own people and meetings to come.
    """
    viewer = session.bound_viewer
    waits = (
        RosterEntry.state == "proposed",
        RosterEntry.party_code == (viewer.party if viewer.speaks_for_party else None),
        Meeting.ends_at > session.now,
        Meeting.state.not_in(OVER),
    )
    joined = select(RosterEntry.id).join(Meeting, Meeting.id == RosterEntry.meeting_id).where(*waits)
    count, first = (
        joined.with_only_columns(column, maintain_column_froms=True).scalar_subquery()
        for column in (func.count(RosterEntry.id), func.min(Meeting.reference))
    )
    return count, first


NOBODY: Final = RosterCounts(approved=Counter(), waiting_count=0, quorums=())


def roster_counts(session: GuardedSession, meeting: Meeting) -> RosterCounts:
    """Return what the page of a meeting says of its roster, in one statement; its parties and sittings are loaded."""
    rows = session.execute(
        select(
            RosterEntry.id, RosterEntry.party_code, RosterEntry.state, RosterAttendance.sat_on,
            RosterAttendance.presence,
        )
        .outerjoin(RosterAttendance, RosterAttendance.entry_id == RosterEntry.id)
        .where(RosterEntry.meeting_id == meeting.id, RosterEntry.state.in_(("proposed", "approved")))
    ).all()  # fmt: skip
    approved = {row.id: row.party_code for row in rows if row.state == "approved"}
    waiting = {row.id for row in rows if row.state == "proposed" and row.party_code == session.bound_viewer.party}
    said: dict[tuple[uuid.UUID, dt.date], str] = {
        (row.id, row.sat_on): row.presence for row in rows if row.sat_on is not None
    }
    quorums = quorums_of(meeting, approved.items(), said)
    return RosterCounts(
        approved=Counter(approved.values()),
        waiting_count=len(waiting),
        quorums=tuple(each for each in quorums if each.state != "none"),
    )


# The whole roster ----------------------------------------------------------------------------------


def roster_of(session: GuardedSession, meeting: Meeting, facts: Facts | None = None) -> RosterView:
    """Return the roster of a meeting whose parties and sittings are loaded, as the viewer may see it."""
    known = facts if facts is not None else facts_of_meeting(session, meeting)
    order = order_of(session, meeting)
    lines = _lines(session, meeting, order.expected_level)
    viewer = session.bound_viewer
    own = Facts(parties=known.parties, owner=viewer.party, appointments=known.appointments)
    going = [line for line in lines if line.entry.state == "approved" and line.entry.party_code in order.parties]
    mine = [line for line in lines if line.entry.party_code == viewer.party]
    said = {(line.entry.id, on): presence for line in going for on, presence in line.attended.items()}
    is_over = meeting.state in OVER
    is_own = viewer.party in known.parties
    return RosterView(
        meeting=meeting,
        facts=known,
        order=order,
        delegations=tuple(Delegation(party, _of_party(going, party)) for party in order.parties),
        waiting=tuple(line for line in _listed(mine) if line.entry.state == "proposed"),
        ended=tuple(line for line in _listed(mine) if line.entry.state in rules.ENDED),
        days=days_of(meeting),
        quorums=quorums_of(meeting, [(line.entry.id, line.entry.party_code) for line in going], said),
        is_over=is_over,
        may_keep=not is_over and is_own and can(viewer, Action.KEEP_ROSTER, own),
        may_approve=not is_over and is_own and can(viewer, Action.APPROVE_ROSTER, own),
        may_steer=not is_over and can(viewer, Action.KEEP_PROTOCOL, known),
    )


def order_of(session: GuardedSession, meeting: Meeting) -> Order:
    """Return the order of precedence of a meeting whose parties are loaded, in one statement."""
    row = session.execute(
        select(MeetingProtocol, Mechanism.parties, Mechanism.facts)
        .select_from(Meeting)
        .outerjoin(MeetingProtocol, MeetingProtocol.meeting_id == Meeting.id)
        .outerjoin(Mechanism, Mechanism.id == Meeting.mechanism_id)
        .where(Meeting.id == meeting.id)
    ).one()
    protocol, parties, facts = row
    hosts = hosts_of(meeting)
    usual = rules.usual_precedence(hosts)
    precedence = usual if protocol is None else _kept(protocol, hosts)
    codes = [each.party_code for each in chosen_rows(meeting)]
    names = {code: words.party_name(code, precedence.language) for code in codes}
    return Order(precedence, rules.in_precedence(codes, precedence, names, _turns(parties, facts)), protocol)


def guests_on(session: GuardedSession, meeting: Meeting) -> tuple[str, ...]:
    """Return the names of the guests to whom a meeting is released, in one statement; as its parties were told them."""
    rows = session.execute(
        select(Release.person_id, Decision.content)
        .join(Decision, and_(Decision.subject_id == Release.person_id, Decision.meeting_id == Release.meeting_id))
        .where(
            Release.meeting_id == meeting.id, Release.withdrawn_at.is_(None), Decision.kind == "release",
            Decision.state == "taken",
        )
        .order_by(Decision.asked_at, Decision.id)
    )  # fmt: skip
    named = {row.person_id: str(row.content["name"]) for row in rows}
    return tuple(sorted(named.values(), key=collation_key))


def hosts_of(meeting: Meeting) -> tuple[str, ...]:
    """Return the parties that host a meeting, the one that hosts it first."""
    rows = [row for row in chosen_rows(meeting) if row.hosting != "none"]
    return tuple(row.party_code for row in sorted(rows, key=lambda row: (row.hosting != "host", row.party_code)))


def days_of(meeting: Meeting) -> tuple[dt.date, ...]:
    """Return the days on which a meeting sits, in its own zone; none while its date is open."""
    if meeting.date_is_open:
        return ()
    sittings = when_of(meeting).sittings
    if not sittings:
        return days(meeting.starts_on, meeting.ends_on)
    zone = known_zone(meeting.time_zone)
    return tuple(sorted({in_zone(starts_at, zone).date() for starts_at, _ in sittings}))


def quorums_of(
    meeting: Meeting, going: Iterable[tuple[uuid.UUID, str]], said: Mapping[tuple[uuid.UUID, dt.date], str]
) -> tuple[Quorum, ...]:
    """Return the quorum of each day of a meeting; `going` are pairs of an entry and its party."""
    parties = [row.party_code for row in chosen_rows(meeting)]
    entries = list(going)
    return tuple(
        rules.quorum_on(on, parties, [Attended(party, said.get((entry, on))) for entry, party in entries])
        for on in days_of(meeting)
    )


def may_list(session: GuardedSession, facts: Facts) -> bool:
    """Say whether the viewer reads the roster of a meeting of those facts: its parties and secretariats, no guest."""
    viewer = session.bound_viewer
    return viewer.role is not Role.GUEST and can(viewer, Action.RECORD_ATTENDANCE, facts)


def _kept(protocol: MeetingProtocol, hosts: Sequence[str]) -> Precedence:
    rule: rules.Rule = "rotating" if protocol.precedence == "rotating" else "alphabetical"
    host = next((each for each in hosts if rules.language_of_host(each) == protocol.language), None)
    return Precedence(rule, protocol.language, protocol.first_party, host, is_kept=True)


def _turns(parties: Sequence[str] | None, facts: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the mechanism's own order: that in which its parties host, or that in which it names them."""
    hosting = (facts or {}).get("hosting") or {}
    return tuple(hosting.get("rotation") or parties or ())


def _lines(session: GuardedSession, meeting: Meeting, expected_level: str | None) -> tuple[EntryLine, ...]:
    rows = session.execute(
        select(RosterEntry, Office)
        .outerjoin(Office, Office.code == RosterEntry.office_code)
        .where(RosterEntry.meeting_id == meeting.id)
        .options(load_only(Office.code, Office.name))
    ).all()
    names = {entry.id: entry.name for entry, _ in rows}
    attended: dict[uuid.UUID, dict[dt.date, str]] = {}
    for row in session.execute(
        select(RosterAttendance.entry_id, RosterAttendance.sat_on, RosterAttendance.presence).where(
            RosterAttendance.meeting_id == meeting.id
        )
    ):
        attended.setdefault(row.entry_id, {})[row.sat_on] = row.presence
    return tuple(
        EntryLine(
            entry=entry,
            office=office,
            acts_for=(names.get(entry.acts_for_id) if entry.acts_for_id else None) or entry.acts_for_name or "",
            expected=entry.expected_level or (expected_level if entry.role == "head" else None),
            attended=attended.get(entry.id, {}),
        )
        for entry, office in rows
    )


def _of_party(lines: Iterable[EntryLine], party: str) -> tuple[EntryLine, ...]:
    return _listed(line for line in lines if line.entry.party_code == party)


def _listed(lines: Iterable[EntryLine]) -> tuple[EntryLine, ...]:
    by_entry = {line.entry.id: line for line in lines}
    return tuple(by_entry[entry.id] for entry in rules.in_order(line.entry for line in by_entry.values()))
