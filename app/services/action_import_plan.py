"""What importing a table would do, row by row: each is held to what may be done to one action."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.db import GuardedSession, digest_of
from app.domain.action_import import BroughtTable
from app.domain.action_import_owners import Owner
from app.domain.action_import_rows import Problem, RowRead, rows_of
from app.domain.action_import_words import plain
from app.domain.action_kinds import checked_facts
from app.domain.actions import today_in
from app.domain.errors import Refusal
from app.domain.references import parse_action_reference, parse_meeting_reference
from app.domain.visibility import REGISTER, Facts, Viewer, appointment_key, can
from app.domain.visibility import Action as Permission
from app.services.action_import_found import Found, FoundAction, FoundMeeting, found_for
from app.services.action_import_joins import LegChanges, changes_of
from app.services.action_import_names import KnownMechanism, Names, names_for

NEW, JOINED, SAME, REFUSED = "new", "joined", "same", "refused"
# Recording one takes as long as hundreds of rows, and nobody else writes meanwhile.
MOST_MADE = 200


@dataclass(slots=True)
class RowFate:
    """What becomes of one row: a new action, one that is joined (changed), one that says the same, or a refusal.

    `made_on` is the day of a meeting that is recorded on the way. `parties` are those that see a new action.
    """

    row: RowRead
    fate: str = NEW
    parties: frozenset[str] = frozenset()
    mechanism: KnownMechanism | None = None
    meeting: FoundMeeting | None = None
    made_on: dt.date | None = None
    action: FoundAction | None = None
    changes: LegChanges | None = None
    commitment: str | None = None
    own_number: str = ""

    @property
    def problems(self) -> list[Problem]:
        """Return what stands against the row."""
        return self.row.problems

    @property
    def owners(self) -> tuple[Owner, ...]:
        """Return who owes."""
        return self.row.owners


@dataclass(frozen=True, slots=True)
class MadeMeeting:
    """A past meeting that is recorded on the way: of a mechanism, on a day, with the parties of its rows."""

    mechanism: KnownMechanism
    day: dt.date
    parties: frozenset[str]
    title: str = ""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Everything that an import would do; `digest` is of what is shown of it, so that no other is confirmed."""

    table: BroughtTable
    names: Names
    found: Found
    fates: tuple[RowFate, ...]
    meetings: Mapping[tuple[str, dt.date], MadeMeeting]
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def refused(self) -> tuple[RowFate, ...]:
        """Return the rows that are refused."""
        return tuple(fate for fate in self.fates if fate.fate == REFUSED)

    @property
    def written(self) -> tuple[RowFate, ...]:
        """Return the rows that would be written."""
        return tuple(fate for fate in self.fates if fate.fate in {NEW, JOINED})

    @property
    def can_be_confirmed(self) -> bool:
        """Say whether there is something to write, and no row refused that was not left out by choice."""
        return bool(self.written) and (not self.counts.get(REFUSED) or self.table.choices.leaves_out)

    @property
    def digest(self) -> str:
        """Return a digest of each row's fate, and of which version of an action it joins."""
        told = [(fate.row.line, fate.fate, *_joined_by(fate), sorted(fate.parties)) for fate in self.fates]
        return digest_of(json.dumps(told))[:32]


def _joined_by(fate: RowFate) -> tuple[str, int]:
    action = fate.action.action if fate.action is not None and fate.fate == JOINED else None
    return (action.reference, action.version) if action is not None else ("", 0)


def plan_import(session: GuardedSession, table: BroughtTable, *, lock: bool = False) -> ImportPlan:
    """Return what importing the table would do; nothing is written. `lock` holds the actions that rows would join."""
    names = names_for(session)
    rows = rows_of(table, names.directory, table.choices.seen_by or names.core)
    found = found_for(session, rows, names, lock=lock)
    _refuse_repeated(table, rows)
    judge = _Judge(session, table, names, found)
    fates = [judge.fate_of(row) for row in rows]
    meetings = judge.meetings_of(fates)
    for fate in fates:
        if fate.problems:
            fate.fate = REFUSED
    made = {key for fate in fates if (key := _made_by(fate)) is not None}
    kept = {key: meeting for key, meeting in meetings.items() if key in made}
    counts = Counter(fate.fate for fate in fates)
    return ImportPlan(table, names, found, tuple(fates), kept, counts)


def _made_by(fate: RowFate) -> tuple[str, dt.date] | None:
    """Return the mechanism and day of the past meeting that a row records on the way, None for none."""
    if fate.fate != NEW or fate.made_on is None or fate.mechanism is None:
        return None
    return fate.mechanism.code, fate.made_on


def _refuse_repeated(table: BroughtTable, rows: list[RowRead]) -> None:
    first: dict[str, int] = {}
    place = table.choices.place_of("reference")
    for row in rows:
        key = row.reference.casefold()
        if key and first.setdefault(key, row.line) != row.line:
            row.problems.append(Problem("reference_twice", place, {"written": row.reference, "row": first[key]}))


class _Judge:
    """Decides what becomes of rows, for one viewer and one table."""

    def __init__(self, session: GuardedSession, table: BroughtTable, names: Names, found: Found) -> None:
        self.session = session
        self.viewer = session.bound_viewer
        self.choices = table.choices
        self.names = names
        self.found = found
        self.places = {name: place for place, name in enumerate(table.choices.columns) if name}
        # A past meeting is recorded in the zone of the capital, in which its day must be over.
        self.today = today_in(session.now, names.zones.get(self.viewer.party or "") or self.viewer.time_zone)

    def fate_of(self, row: RowRead) -> RowFate:
        """Return what becomes of a row; what stands against it is added to its problems."""
        fate = RowFate(row)
        reference = parse_action_reference(row.reference) if row.reference else None
        existing = self.found.actions.get(row.reference.upper()) if reference else None
        if existing is not None:
            fate.action = existing
            if not self.choices.joins:
                self._against(row, "reference_exists", "reference", reference=existing.reference)
            elif not row.problems:
                self._join(fate, existing)
            return fate
        fate.own_number = row.reference
        self._place(fate)
        self._parties(fate)
        self._rest(fate)
        return fate

    def _against(self, row: RowRead, key: str, *columns: str, **values: object) -> None:
        place = next((self.places[name] for name in columns if name in self.places), None)
        row.problems.append(Problem(key, place, values))

    def _join(self, fate: RowFate, existing: FoundAction) -> None:
        try:
            fate.changes = changes_of(self.viewer, fate.row, existing)
        except Refusal as refusal:
            self._against(fate.row, refusal.key, refusal.field or "reference", **refusal.values)
            return
        fate.fate = JOINED if fate.changes.has_any else SAME

    def _place(self, fate: RowFate) -> None:
        """Find the mechanism and the meeting of a new action."""
        row = fate.row
        said = row.mechanism or self.choices.mechanism or ""
        mechanism = self.names.by_name.get(plain(said)) if said else None
        if said and (mechanism is None or not mechanism.is_served):
            self._against(row, "unknown_mechanism_named", "mechanism", written=said[:80])
            return
        fate.mechanism = mechanism
        if parse_meeting_reference(row.meeting):
            meeting = self.found.meetings.get(row.meeting.strip().upper())
            if meeting is None or not meeting.may_act:
                self._against(row, "unknown_meeting_named", "meeting", written=row.meeting[:80])
                return
            self._at(fate, meeting)
        elif row.meeting_on is not None and mechanism is not None:
            self._on_day(fate, mechanism, row.meeting_on)
        elif row.meeting or row.meeting_on is not None:
            self._against(row, "meeting_needs_more", "meeting", "meeting_on")

    def _at(self, fate: RowFate, meeting: FoundMeeting) -> None:
        if fate.row.mechanism and fate.mechanism is not None and fate.mechanism.id != meeting.mechanism_id:
            self._against(fate.row, "meeting_of_another_mechanism", "mechanism", reference=meeting.reference)
        fate.meeting = meeting
        fate.mechanism = next((m for m in self.names.mechanisms.values() if m.id == meeting.mechanism_id), None)

    def _on_day(self, fate: RowFate, mechanism: KnownMechanism, day: dt.date) -> None:
        there = [meeting for meeting in self.found.on_day(mechanism.id, day) if meeting.may_act]
        if len(there) > 1:
            self._against(fate.row, "two_meetings_that_day", "meeting_on", first=there[0].reference)
        elif there:
            fate.meeting = there[0]
        elif day >= self.today:
            self._against(fate.row, "meeting_not_past", "meeting_on")
        else:
            fate.made_on = day

    def _parties(self, fate: RowFate) -> None:
        """Find who sees a new action: its owners, and those that were chosen to."""
        row = fate.row
        if not row.owners and not any(each.column == self.places.get("owners") for each in row.problems):
            self._against(row, "needs_leg", "owners")
        parties = {owner.party for owner in row.owners} | set(row.seen_by or self.choices.seen_by)
        fate.parties = frozenset(parties)
        known = self._known_parties(fate)
        for code in sorted(parties - known):
            self._against(row, "party_not_here", "owners", "seen_by", party=code)
        if row.problems or fate.made_on is not None:
            return
        if not self._is_seen(fate):
            key = "needs_own_party" if self.viewer.sits_at_a_table else "not_appointed_by_these"
            self._against(row, key, "owners", "seen_by")

    def _known_parties(self, fate: RowFate) -> frozenset[str]:
        if fate.meeting is not None:
            return fate.meeting.parties
        return frozenset(self.names.core) | (fate.mechanism.parties if fate.mechanism else frozenset())

    def _is_seen(self, fate: RowFate) -> bool:
        """Say whether the viewer would see a new action, as they must."""
        if self.viewer.sits_at_a_table:
            return self.viewer.party in fate.parties
        if fate.meeting is not None:
            return fate.parties == fate.meeting.parties and bool(fate.meeting.serving)
        return self._hat_of(fate.mechanism, fate.parties) is not None

    def _hat_of(self, mechanism: KnownMechanism | None, parties: frozenset[str]) -> uuid.UUID | None:
        for hat in self.viewer.hats:
            serves = hat.mechanism_id == mechanism.id if mechanism else hat.is_ad_hoc
            if serves and hat.parties == parties:
                return hat.appointment_id
        return None

    def _rest(self, fate: RowFate) -> None:
        row = fate.row
        is_own = self.viewer.sits_at_a_table and any(owner.party == self.viewer.party for owner in row.owners)
        if row.state == "verified" and is_own and not _may_verify(self.viewer):
            self._against(row, "verified_by_those_who_speak", "state")
        if row.lead is not None and row.lead not in fate.parties:
            self._against(row, "lead_not_in_row", "lead", party=row.lead)
        if row.commitment:
            fate.commitment = row.commitment.strip().upper()
            if fate.commitment not in self.found.commitments or not self._reads_both(fate, fate.commitment):
                self._against(row, "unknown_commitment_named", "commitment", written=row.commitment[:80])
        try:
            kind_facts(row)
        except Refusal:
            self._against(row, "kind_needs_more", "kind")

    def _reads_both(self, fate: RowFate, ref: str) -> bool:
        """Say whether the viewer is among those who see a new action and a commitment that they see."""
        keys = self.found.commitment_keys[self.found.commitments[ref].audience_id]
        if self.viewer.sits_at_a_table or REGISTER in keys:
            return True
        own = self._hat_of(fate.mechanism, fate.parties)
        serving = fate.meeting.serving if fate.meeting else {own} if own else set()
        return any(appointment_key(each) in keys for each in serving)

    def meetings_of(self, fates: list[RowFate]) -> dict[tuple[str, dt.date], MadeMeeting]:
        """Return the meetings that are recorded on the way, one for each mechanism and day, with all of their rows.

        A delegation must sit at it, a secretariat serve exactly its parties; rows of one that cannot be are refused,
        and so are those of more than `MOST_MADE`.
        """
        grouped: dict[tuple[str, dt.date], list[RowFate]] = {}
        for fate in fates:
            if fate.made_on is not None and fate.mechanism is not None and not fate.problems and fate.action is None:
                grouped.setdefault((fate.mechanism.code, fate.made_on), []).append(fate)
        found = {}
        for place, (key, rows) in enumerate(grouped.items()):
            if place >= MOST_MADE:
                for fate in rows:
                    self._against(fate.row, "too_many_entries", "meeting_on", limit=MOST_MADE)
                continue
            mechanism = self.names.mechanisms[key[0]]
            parties = frozenset().union(*(fate.parties for fate in rows))
            title = next((fate.row.meeting for fate in rows if fate.row.meeting), "")
            found[key] = MadeMeeting(mechanism, key[1], parties, title)
            for fate in rows:
                self._check_made(fate, parties)
        return found

    def _check_made(self, fate: RowFate, parties: frozenset[str]) -> None:
        if len(parties) < 2:
            self._against(fate.row, "meeting_of_one", "seen_by", "owners")
            return
        if self.viewer.sits_at_a_table:
            if self.viewer.party not in fate.parties:
                self._against(fate.row, "needs_own_party", "owners", "seen_by")
        elif fate.parties != parties or self._hat_of(fate.mechanism, parties) is None:
            self._against(fate.row, "not_appointed_by_these", "owners", "seen_by")


def _may_verify(viewer: Viewer) -> bool:
    return can(viewer, Permission.VERIFY_LEG, Facts(owner=viewer.party))


def kind_facts(row: RowRead) -> dict[str, object]:
    """Return what the kind of a new action asks for, as far as the row's own words say it.

    The question of an evaluation, and what data are exchanged, is the text of the row, else its title. Raises what
    `checked_facts` raises.
    """
    if row.kind in {None, "task"}:
        return {}
    said = row.text or next(iter(row.title.values()), "")
    return checked_facts(row.kind or "task", {"question": said[:4000], "what": said[:4000]}, ())
