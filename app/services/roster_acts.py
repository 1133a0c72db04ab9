"""What is done to a roster: people proposed, changed, approved, refused, withdrawn and put back; when credentials came.

Anybody of a delegation proposes; its coordinator or head decides. An entry is its delegation's alone until it is
approved: then it goes to the parties of the meeting, and it comes back when it is withdrawn. Each act holds the
meeting's row, so that its parties do not change meanwhile.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from app.db import GuardedSession
from app.domain import rosters as rules
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.mechanisms import collation_key
from app.domain.plaintext import one_line
from app.domain.visibility import Action, Facts, can, party_key
from app.domain.walltime import in_zone
from app.models import Meeting, RosterAttendance, RosterEntry
from app.services import outbox
from app.services.meeting_audience import rows_audience
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.people import checked_email
from app.services.roster_people import (
    EntryFields,
    change_address,
    is_written_elsewhere,
    own_office_code,
    who_is_meant,
    write_address,
)
from app.services.rosters import OVER, hosts_of

FIELDS: Final = (
    "name", "role", "position", "title", "office_code", "acts_for_id", "acts_for_name", "expected_level",
    "actual_level", "mode",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenRoster:
    """A meeting that is held for a change of its roster, and those of the viewer's own delegation on it."""

    meeting: Meeting
    facts: Facts
    party: str
    rows: tuple[RosterEntry, ...]
    may_approve: bool

    @property
    def standing(self) -> tuple[RosterEntry, ...]:
        """Return those who go, and those who wait to."""
        return tuple(row for row in self.rows if row.state not in rules.ENDED)


def open_roster(session: GuardedSession, reference: str) -> OpenRoster:
    """Return a meeting whose roster the viewer's delegation keeps, held to the end of the transaction.

    Raises `NotFound`, `Refusal` `forbidden`, `roster_is_over`.
    """
    meeting = find_meeting(session, reference, lock=True)
    facts, viewer = facts_of_meeting(session, meeting), session.bound_viewer
    own = Facts(parties=facts.parties, owner=viewer.party)
    if viewer.party is None or viewer.party not in facts.parties or not can(viewer, Action.KEEP_ROSTER, own):
        raise Refusal("forbidden")
    if meeting.state in OVER:
        raise Refusal("roster_is_over")
    query = select(RosterEntry).where(RosterEntry.meeting_id == meeting.id, RosterEntry.party_code == viewer.party)
    rows = tuple(session.execute(query.execution_options(populate_existing=True)).scalars())
    return OpenRoster(meeting, facts, viewer.party, rows, can(viewer, Action.APPROVE_ROSTER, own))


def propose_entry(session: GuardedSession, reference: str, typed: EntryFields) -> RosterEntry:
    """Put somebody on the roster of the viewer's delegation: approved at once where the viewer is who approves.

    Raises what `open_roster` raises; `Refusal` with its field: `person_or_name`, `unknown_person`,
    `unknown_contact`, `on_roster_already`, `roster_is_full`, and what `check_entry`, texts and addresses raise.
    """
    return add_entry(session, open_roster(session, reference), typed)


def add_entry(
    session: GuardedSession, roster: OpenRoster, typed: EntryFields, position: int | None = None
) -> RosterEntry:
    """Put somebody on a roster that is held, at a place of their role or after the last; raises as `propose_entry`."""
    who = who_is_meant(session, roster.party, typed)
    check_new(roster, who.person_id, who.name)
    values = _checked(roster, dataclasses.replace(typed, position=position or typed.position))
    row = RosterEntry(
        id=uuid.uuid4(), meeting_id=roster.meeting.id, party_code=roster.party, person_id=who.person_id,
        state="proposed", proposed_by=session.bound_viewer.person_id, proposed_at=session.now,
        audience_id=session.audience({party_key(roster.party)}),
        **(values | {"name": who.name, "title": who.title or None, "office_code": who.office_code}),
    )  # fmt: skip
    session.add(row)
    session.flush()
    write_address(session, row, who.email, typed)
    _record(session, "roster_proposed", row)
    if roster.may_approve:
        _approve(session, roster.meeting, row)
    return row


def change_entry(
    session: GuardedSession, reference: str, entry_id: uuid.UUID, typed: EntryFields, version: int
) -> RosterEntry:
    """Change an entry of the viewer's delegation; one that was approved is changed by who approves.

    Who has an account keeps their name. Who is approved and written to elsewhere from now on gets an entry of their
    own, which is returned: what was mailed to the address before opens nothing any more. Raises `NotFound`,
    `StaleVersion`, what `propose_entry` raises, and `Refusal` `approved_is_theirs`.
    """
    roster = open_roster(session, reference)
    row = _own(roster, entry_id)
    if row.state == "approved" and not roster.may_approve:
        raise Refusal("approved_is_theirs")
    values = _checked(roster, typed, row)
    name = row.name if row.person_id else one_line(typed.name, "name", required=True)
    values |= {"name": name, "title": one_line(typed.title, "title") or None}
    values["office_code"] = own_office_code(session, roster.party, typed.office_code)
    if row.version != version:
        raise StaleVersion(values, values_of(row))
    if name != row.name:
        check_new(roster, None, name)
    if row.state == "approved" and is_written_elsewhere(session, row, typed):
        return _begun_anew(session, roster, row, values, typed)
    for field, value in values.items():
        setattr(row, field, value)
    if row.person_id is None:
        change_address(session, row, typed)
    session.flush()
    _record(session, "roster_changed", row)
    return row


def _begun_anew(
    session: GuardedSession, roster: OpenRoster, row: RosterEntry, values: Mapping[str, Any], typed: EntryFields
) -> RosterEntry:
    """Take an entry off the roster and put its person on it anew, with all that stands of them, at another address.

    The calendar at the address before is told that they go no more, and the new one that they do.
    """
    new = RosterEntry(
        id=uuid.uuid4(), meeting_id=row.meeting_id, party_code=row.party_code, state="proposed",
        proposed_by=session.bound_viewer.person_id, proposed_at=session.now, credentials_on=row.credentials_on,
        audience_id=session.audience({party_key(row.party_code)}), **values,
    )  # fmt: skip
    session.add(new)
    session.flush()
    write_address(session, new, checked_email(typed.email), typed)
    attended = session.execute(select(RosterAttendance).where(RosterAttendance.entry_id == row.id)).scalars()
    for attendance in attended:
        attendance.entry_id = new.id
    for each in roster.rows:
        each.acts_for_id = new.id if each.acts_for_id == row.id else each.acts_for_id
    _withdraw(session, roster.meeting, row)
    _approve(session, roster.meeting, new)
    return new


def approve_entry(session: GuardedSession, reference: str, entry_id: uuid.UUID, version: int) -> RosterEntry:
    """Let somebody join the viewer's delegation, show them to the parties of the meeting, and tell them.

    Raises what `open_roster` raises; `NotFound`, `Refusal` `forbidden`, `StaleVersion` where the entry is another by
    now than the one that was looked at.
    """
    roster, row = _to_decide(session, reference, entry_id, version, "proposed")
    if row.state == "proposed":
        _approve(session, roster.meeting, row)
    return row


def refuse_entry(session: GuardedSession, reference: str, entry_id: uuid.UUID, version: int) -> RosterEntry:
    """Refuse somebody who was to join the viewer's delegation; raises as `approve_entry` does."""
    _, row = _to_decide(session, reference, entry_id, version, "proposed")
    if row.state == "proposed":
        _decide(session, row, "refused")
        _record(session, "roster_refused", row)
    return row


def withdraw_entry(session: GuardedSession, reference: str, entry_id: uuid.UUID, version: int) -> RosterEntry:
    """Take somebody off the roster: who proposed them may, until they are approved; then who approves.

    The entry is kept, and its own delegation's again. Raises as `approve_entry` does.
    """
    roster = open_roster(session, reference)
    row = _own(roster, entry_id)
    if row.state in rules.ENDED:
        return row
    if row.state == "approved" and not roster.may_approve:
        raise Refusal("forbidden")
    _check_version(row, version, "withdrawn")
    _withdraw(session, roster.meeting, row)
    return row


def restore_entry(session: GuardedSession, reference: str, entry_id: uuid.UUID, version: int) -> RosterEntry:
    """Put somebody back on the roster: approved where the viewer is who approves, else to be approved.

    Raises as `propose_entry` and `approve_entry` do.
    """
    roster = open_roster(session, reference)
    row = _own(roster, entry_id)
    if row.state not in rules.ENDED:
        return row
    _check_version(row, version, "proposed")
    check_new(roster, row.person_id, row.name)
    row.state, row.decided_by, row.decided_at = "proposed", None, None
    row.audience_id = session.audience({party_key(row.party_code)})
    session.flush()
    _record(session, "roster_restored", row)
    if roster.may_approve:
        _approve(session, roster.meeting, row)
    return row


def note_credentials(
    session: GuardedSession, reference: str, entry_id: uuid.UUID, on: dt.date | None, version: int
) -> RosterEntry:
    """Write on which day somebody's credentials were received, by their own side, the host or the secretariat.

    `on` is None where they were not after all. Raises `NotFound`, `StaleVersion`, `Refusal` `forbidden`,
    `roster_is_over`, `credentials_later`.
    """
    meeting = find_meeting(session, reference, lock=True)
    facts = facts_of_meeting(session, meeting)
    query = select(RosterEntry).where(RosterEntry.id == entry_id, RosterEntry.meeting_id == meeting.id)
    row = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFound
    if not may_note_credentials(session, meeting, facts, row):
        raise Refusal("forbidden")
    if meeting.state in OVER:
        raise Refusal("roster_is_over")
    if on is not None and on > in_zone(session.now, meeting.time_zone).date():
        raise Refusal("credentials_later", field="credentials_on")
    if row.version != version:
        raise StaleVersion({"credentials_on": on}, {"credentials_on": row.credentials_on})
    if row.credentials_on != on:
        row.credentials_on = on
        session.flush()
        _record(session, "credentials_noted", row, on=on.isoformat() if on else None)
    return row


def may_note_credentials(session: GuardedSession, meeting: Meeting, facts: Facts, row: RosterEntry) -> bool:
    """Say whether the viewer notes when somebody's credentials came: their own side, the host, the secretariat."""
    viewer = session.bound_viewer
    if not can(viewer, Action.RECORD_ATTENDANCE, facts) or row.state in rules.ENDED:
        return False
    return viewer.party is None or viewer.party == row.party_code or viewer.party in hosts_of(meeting)


def values_of(row: RosterEntry) -> dict[str, Any]:
    """Return what an entry says, by the names of its columns."""
    return {name: getattr(row, name) for name in FIELDS}


def check_new(roster: OpenRoster, person_id: uuid.UUID | None, name: str) -> None:
    """Refuse who is on the roster already, and one too many: `on_roster_already`, `roster_is_full`."""
    key = collation_key(name)
    for row in roster.standing:
        if (person_id is not None and row.person_id == person_id) or collation_key(row.name) == key:
            raise Refusal("on_roster_already", field="person_id" if person_id else "name")
    if len(roster.standing) >= rules.MAX_ENTRIES:
        raise Refusal("roster_is_full", limit=rules.MAX_ENTRIES)


# Deciding ------------------------------------------------------------------------------------------


def _to_decide(
    session: GuardedSession, reference: str, entry_id: uuid.UUID, version: int, from_state: str
) -> tuple[OpenRoster, RosterEntry]:
    roster = open_roster(session, reference)
    row = _own(roster, entry_id)
    if not roster.may_approve:
        raise Refusal("forbidden")
    if row.state == from_state:
        _check_version(row, version, "approved")
    return roster, row


def _approve(session: GuardedSession, meeting: Meeting, row: RosterEntry) -> None:
    _decide(session, row, "approved")
    row.audience_id = rows_audience(session, meeting)
    session.flush()
    _record(session, "roster_approved", row)
    outbox.tell_entry(session, "roster_joined", meeting, row)


def _withdraw(session: GuardedSession, meeting: Meeting, row: RosterEntry) -> None:
    """Take somebody off, record it for those who saw the entry, and tell them where they had been to go."""
    was_approved, seen_by = row.state == "approved", row.audience_id
    _decide(session, row, "withdrawn")
    row.audience_id = session.audience({party_key(row.party_code)})
    session.flush()
    _record(session, "roster_withdrawn", row, seen_by)
    if was_approved:
        outbox.tell_entry(session, "roster_left", meeting, row)


def _decide(session: GuardedSession, row: RosterEntry, state: str) -> None:
    row.state, row.decided_by, row.decided_at = state, session.bound_viewer.person_id, session.now


def _check_version(row: RosterEntry, version: int, wanted: str) -> None:
    if row.version != version:
        raise StaleVersion({"name": row.name, "state": wanted}, {"name": row.name, "state": row.state})


def _own(roster: OpenRoster, entry_id: uuid.UUID) -> RosterEntry:
    found = next((row for row in roster.rows if row.id == entry_id), None)
    if found is None:
        raise NotFound
    return found


# Checking ------------------------------------------------------------------------------------------


def _checked(roster: OpenRoster, typed: EntryFields, row: RosterEntry | None = None) -> dict[str, Any]:
    """Return the columns of an entry as they are kept, without who it is."""
    own_place = row.position if row is not None and row.role == typed.role else None
    place = typed.position or own_place or rules.next_place(roster.standing, typed.role)
    rules.check_entry(typed.role, typed.mode, (typed.expected_level, typed.actual_level), place)
    acts_for = typed.acts_for_id
    if acts_for is not None and acts_for not in {each.id for each in roster.standing}:
        raise Refusal("unknown_entry", field="acts_for_id")
    if row is not None and acts_for == row.id:
        raise Refusal("acts_for_oneself", field="acts_for_id")
    return {
        "role": typed.role, "position": place, "acts_for_id": acts_for,
        "acts_for_name": None if acts_for else one_line(typed.acts_for_name, "acts_for_name") or None,
        "expected_level": typed.expected_level, "actual_level": typed.actual_level, "mode": typed.mode,
    }  # fmt: skip


def _record(
    session: GuardedSession, act: str, row: RosterEntry, seen_by: uuid.UUID | None = None, **facts: object
) -> None:
    """Record an act on an entry for those who see it then; the name is the entry's to tell."""
    session.record(
        act, "roster", row.meeting_id, seen_by or row.audience_id, party=row.party_code, entry=str(row.id),
        role=row.role, **facts,
    )  # fmt: skip
