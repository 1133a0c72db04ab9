"""Who is looking, which audiences know them, and who may do what.

The one read rule: a row is visible when its audience holds one of the viewer's keys. The same
rule is applied by the ORM and, on PostgreSQL, by row-level security; `sees` is its Python form,
and a parity test runs the three against each other.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

AUDIENCE_NAMESPACE: Final = uuid.UUID("5b1b53a6-8a3e-5c63-9c0f-0a3a6de2a1f4")
REGISTER: Final = "register"


class Role(StrEnum):
    """What a person's government, or the operator, has appointed them to."""

    OFFICIAL = "official"
    COORDINATOR = "coordinator"
    HEAD = "head"
    ADMINISTRATOR = "administrator"
    SECRETARIAT = "secretariat"
    GUEST = "guest"


DELEGATION_ROLES: Final = frozenset({Role.OFFICIAL, Role.COORDINATOR, Role.HEAD})
SPEAKING_ROLES: Final = frozenset({Role.COORDINATOR, Role.HEAD})


def party_key(code: str) -> str:
    """Return the key of a party's officials, coordinators and heads."""
    return f"party:{code}"


def administration_key(code: str) -> str:
    """Return the key of the administrators of one government's accounts."""
    return f"administration:{code}"


def appointment_key(appointment_id: uuid.UUID) -> str:
    """Return the key of those who serve in one secretariat appointment today."""
    return f"appointment:{appointment_id}"


def person_key(person_id: uuid.UUID) -> str:
    """Return the key of a single person."""
    return f"person:{person_id}"


def parties_in(keys: Iterable[str]) -> frozenset[str]:
    """Return the codes of the parties whose people these keys are of."""
    return frozenset(key.removeprefix("party:") for key in keys if key.startswith("party:"))


def appointments_in(keys: Iterable[str]) -> frozenset[uuid.UUID]:
    """Return the ids of the secretariat appointments among these keys."""
    return frozenset(uuid.UUID(key.removeprefix("appointment:")) for key in keys if key.startswith("appointment:"))


def digest_of_keys(keys: Iterable[str]) -> str:
    """Return a short digest of a set of keys, the same in any order."""
    return hashlib.sha256("|".join(sorted(keys)).encode()).hexdigest()[:16]


def audience_id(keys: Iterable[str]) -> uuid.UUID:
    """Return the id of the audience of exactly these keys: the same set has always the same id.

    Raises `ValueError` for an empty set (nobody is no audience) and for a malformed key.
    """
    members = sorted(set(keys))
    if not members:
        raise ValueError("an audience has at least one member")
    for key in members:
        kind, _, name = key.partition(":")
        if key != REGISTER and (kind not in {"party", "administration", "appointment", "person"} or not name):
            raise ValueError(f"not a key: {key}")
        if "," in key or "|" in key:
            raise ValueError(f"not a key: {key}")
    return uuid.uuid5(AUDIENCE_NAMESPACE, "|".join(members))


@dataclass(frozen=True, slots=True)
class Hat:
    """A secretariat appointment that the viewer serves in today, and the parties that made it.

    `name` is the secretariat's in each language, `mechanism_name` that of what it is appointed for (empty: ad hoc).
    One that is appointed for a single meeting has its reference, and no mechanism.
    """

    appointment_id: uuid.UUID
    mechanism_id: uuid.UUID | None
    parties: frozenset[str]
    name: Mapping[str, str] = field(default_factory=dict, compare=False)
    mechanism_name: Mapping[str, str] = field(default_factory=dict, compare=False)
    meeting_reference: str | None = None

    @property
    def is_ad_hoc(self) -> bool:
        """Say whether it serves meetings of no mechanism."""
        return self.mechanism_id is None and self.meeting_reference is None


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person on whose behalf a session reads and writes, as of one day.

    `hats` are those that count now, `spare_hats` those that the person could put on instead: they give no right.
    `lent_by` is the party of somebody who has a secretariat's hat on; `party` is None as long as it is.
    """

    person_id: uuid.UUID
    role: Role
    party: str | None = None
    hats: tuple[Hat, ...] = ()
    name: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    theme: str = "auto"
    lent_by: str | None = None
    spare_hats: tuple[Hat, ...] = ()

    def wearing(self, appointment_id: uuid.UUID | None) -> Viewer:
        """Return this person with that hat on and their others off.

        A delegation's person acts for their party alone until they put one on; with it on they are a secretariat's
        member who sees and does nothing for a party, and `lent_by` is their party. Somebody of the secretariats
        has all of theirs on until they choose one. A hat that they do not have today is none.
        """
        own = (*self.hats, *self.spare_hats)
        worn = tuple(hat for hat in own if hat.appointment_id == appointment_id)
        spare = tuple(hat for hat in own if hat.appointment_id != appointment_id)
        if self.sits_at_a_table and worn:
            return replace(self, role=Role.SECRETARIAT, party=None, hats=worn, spare_hats=spare, lent_by=self.party)
        if self.sits_at_a_table:
            return replace(self, hats=(), spare_hats=own)
        return replace(self, hats=worn, spare_hats=spare) if worn else self

    @property
    def keys(self) -> frozenset[str]:
        """Return the keys by which audiences know this viewer."""
        own = {person_key(self.person_id)}
        if self.role in DELEGATION_ROLES and self.party:
            own |= {party_key(self.party), REGISTER}
        if self.role is Role.ADMINISTRATOR and self.party:
            own.add(administration_key(self.party))
        if self.role is Role.SECRETARIAT:
            own.add(REGISTER)
            own |= {appointment_key(hat.appointment_id) for hat in self.hats}
        return frozenset(own)

    @property
    def keys_digest(self) -> str:
        """Return a short digest of the keys, for caches that must differ when they do."""
        return digest_of_keys(self.keys)

    @property
    def sits_at_a_table(self) -> bool:
        """Say whether this viewer belongs to a delegation's people (not to its administration)."""
        return self.role in DELEGATION_ROLES and self.party is not None

    @property
    def speaks_for_party(self) -> bool:
        """Say whether this viewer's yes is the party's own yes."""
        return self.role in SPEAKING_ROLES and self.party is not None


def sees(viewer: Viewer | None, audience: Iterable[str]) -> bool:
    """Apply the one read rule to an audience given as its keys."""
    return viewer is not None and not viewer.keys.isdisjoint(audience)


def audience_of_meeting(parties: Iterable[str], hats: Iterable[tuple[uuid.UUID, frozenset[str]]]) -> frozenset[str]:
    """Return the keys of those who see a meeting that has been proposed.

    The chosen parties, and each appointment (id, parties that made it) made by exactly these
    parties: a secretariat that other governments also appointed does not learn of a meeting
    that they are not in.
    """
    chosen = frozenset(parties)
    keys = {party_key(code) for code in chosen}
    keys |= {appointment_key(appointment) for appointment, makers in hats if makers == chosen}
    return frozenset(keys)


def audience_of_draft(viewer: Viewer, appointment_id: uuid.UUID | None = None) -> frozenset[str]:
    """Return the keys of those who see a draft: the drafter's own delegation, or the appointment that it is for.

    Raises `ValueError` for a viewer who has neither, and for a secretariat's member who does not say which.
    """
    if viewer.sits_at_a_table and viewer.party:
        return frozenset({party_key(viewer.party)})
    if appointment_id is not None and any(hat.appointment_id == appointment_id for hat in viewer.hats):
        return frozenset({appointment_key(appointment_id)})
    raise ValueError("neither a delegation nor an appointment drafts this")


def audience_of_person(person_id: uuid.UUID, party: str | None) -> frozenset[str]:
    """Return the keys of those who see an account: its own government's people, and the person."""
    keys = {person_key(person_id)}
    if party:
        keys |= {party_key(party), administration_key(party)}
    return frozenset(keys)


def audience_of_invitation(person_id: uuid.UUID | None, party: str | None) -> frozenset[str]:
    """Return the keys of those who see an invitation: the delegation that it is of, and who has an account for it."""
    own = {party_key(party)} if party else set()
    return frozenset(own | {person_key(person_id)} if person_id else own)


class Action(StrEnum):
    """Everything that a route, a button or a job may ask leave for."""

    READ_REGISTER = "read_register"
    READ_OWN_PAGES = "read_own_pages"
    READ_MEETINGS = "read_meetings"
    DRAFT_MEETING = "draft_meeting"
    EDIT_DRAFT = "edit_draft"
    PROPOSE_MEETING = "propose_meeting"
    ANSWER_MEETING = "answer_meeting"
    REPORT_ANSWER = "report_answer"
    CHANGE_MEETING = "change_meeting"
    STEER_MEETING = "steer_meeting"
    EDIT_AGENDA = "edit_agenda"
    READ_ACTIONS = "read_actions"
    CREATE_ACTION = "create_action"
    EDIT_ACTION = "edit_action"
    UPDATE_LEG = "update_leg"
    VERIFY_LEG = "verify_leg"
    HAND_OVER_ITEMS = "hand_over_items"
    SET_DUE = "set_due"
    NOTE_ACTION = "note_action"
    REPORT_UPDATE = "report_update"
    KEEP_SUBTASKS = "keep_subtasks"
    CARRY_ACTIONS = "carry_actions"
    CLOSE_OWED = "close_owed"
    CHANGE_ACTIONS = "change_actions"
    RECORD_COMMITMENT = "record_commitment"
    STATE_COMMITMENT = "state_commitment"
    READ_REPORTS = "read_reports"
    PREPARE_REMINDERS = "prepare_reminders"
    CONSENT_REMINDERS = "consent_reminders"
    SUBSCRIBE = "subscribe"
    ADMINISTER_PEOPLE = "administer_people"
    KEEP_MECHANISM = "keep_mechanism"
    ANSWER_DECISION = "answer_decision"
    STATE_FACT = "state_fact"
    KEEP_HAND_OVER = "keep_hand_over"
    KEEP_CONTACTS = "keep_contacts"
    KEEP_EVENTS = "keep_events"
    END_CONSENT = "end_consent"
    NAME_MEMBERS = "name_members"
    READ_AUDIT = "read_audit"
    PLAN_DATES = "plan_dates"
    READ_POLLS = "read_polls"
    RUN_POLL = "run_poll"
    ANSWER_POLL = "answer_poll"
    REPORT_POLL_ANSWER = "report_poll_answer"
    NAME_PROXY = "name_proxy"
    KEEP_BUSY_TIME = "keep_busy_time"
    KEEP_ROSTER = "keep_roster"
    APPROVE_ROSTER = "approve_roster"
    RECORD_ATTENDANCE = "record_attendance"
    KEEP_PROTOCOL = "keep_protocol"
    RELEASE_MAILS = "release_mails"
    ANSWER_INVITATION = "answer_invitation"
    PROPOSE_ITEM = "propose_item"
    ISSUE_AGENDA = "issue_agenda"
    READ_POSITIONS = "read_positions"
    PREPARE_POSITION = "prepare_position"
    CLEAR_POSITION = "clear_position"
    SHARE_POSITION = "share_position"
    READ_TEXTS = "read_texts"
    EDIT_TEXT = "edit_text"
    ISSUE_TEXT = "issue_text"
    RESERVE_ON_TEXT = "reserve_on_text"
    SIGN_TEXT = "sign_text"
    ADOPT_TEXT = "adopt_text"
    TRANSLATE_TEXT = "translate_text"
    RUN_SILENCE = "run_silence"
    RECEIVE_SILENCE = "receive_silence"
    BREAK_SILENCE = "break_silence"
    REPORT_SILENCE_ANSWER = "report_silence_answer"
    OPT_INTO_SILENCE = "opt_into_silence"
    WRITE_READOUT = "write_readout"
    PUBLISH_READOUT = "publish_readout"
    CHAIR_MEETING = "chair_meeting"
    FOLLOW_ROOM = "follow_room"
    TAKE_NOTES = "take_notes"
    KEEP_PRACTICES = "keep_practices"
    KEEP_DOCUMENTS = "keep_documents"
    KEEP_NOTES_VERBALES = "keep_notes_verbales"
    KEEP_TEMPLATES = "keep_templates"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the table of permissions needs to know of the thing that is acted on.

    `parties` are the chosen parties of a meeting or those who see an action, `owner` the
    one party whose row it is (a leg, an account, a draft), `appointments` those in its audience.
    """

    parties: frozenset[str] = frozenset()
    owner: str | None = None
    appointments: frozenset[uuid.UUID] = frozenset()


NOTHING: Final = Facts()


def _works(viewer: Viewer, _: Facts) -> bool:
    return viewer.sits_at_a_table or (viewer.role is Role.SECRETARIAT and bool(viewer.hats))


def _reads_register(viewer: Viewer, _: Facts) -> bool:
    return REGISTER in viewer.keys


def _anyone(_viewer: Viewer, _: Facts) -> bool:
    return True


def _not_administrator(viewer: Viewer, _: Facts) -> bool:
    return viewer.role is not Role.ADMINISTRATOR


def _at_the_table(viewer: Viewer, facts: Facts) -> bool:
    """Say whether the viewer's party is chosen, or an appointment of theirs runs the meeting."""
    return (viewer.sits_at_a_table and viewer.party in facts.parties) or _serves(viewer, facts)


def _serves(viewer: Viewer, facts: Facts) -> bool:
    return viewer.role is Role.SECRETARIAT and any(hat.appointment_id in facts.appointments for hat in viewer.hats)


def _speaks_at_the_table(viewer: Viewer, facts: Facts) -> bool:
    return viewer.speaks_for_party and viewer.party in facts.parties


def _sits_in(viewer: Viewer, facts: Facts) -> bool:
    return viewer.sits_at_a_table and viewer.party in facts.parties


def _sits(viewer: Viewer, _: Facts) -> bool:
    return viewer.sits_at_a_table


def _speaks(viewer: Viewer, _: Facts) -> bool:
    return viewer.speaks_for_party


def _steers(viewer: Viewer, facts: Facts) -> bool:
    return _speaks_at_the_table(viewer, facts) or _serves(viewer, facts)


def _owns(viewer: Viewer, facts: Facts) -> bool:
    return (viewer.sits_at_a_table and viewer.party is not None and viewer.party == facts.owner) or _serves(
        viewer, facts
    )


def _owns_leg(viewer: Viewer, facts: Facts) -> bool:
    return viewer.sits_at_a_table and viewer.party is not None and viewer.party == facts.owner


def _speaks_for_owner(viewer: Viewer, facts: Facts) -> bool:
    return viewer.speaks_for_party and viewer.party == facts.owner


def _prepares_reminders(viewer: Viewer, facts: Facts) -> bool:
    """Say whether the viewer serves the action, or speaks for the party that recorded it where nobody serves it."""
    unserved = not facts.appointments and facts.owner is not None
    return _serves(viewer, facts) or (unserved and viewer.speaks_for_party and viewer.party == facts.owner)


def _administers(viewer: Viewer, facts: Facts) -> bool:
    return viewer.role is Role.ADMINISTRATOR and viewer.party is not None and facts.owner in (None, viewer.party)


def _keeps_contacts(viewer: Viewer, facts: Facts) -> bool:
    return _owns_leg(viewer, facts) or (viewer.party is not None and _administers(viewer, facts))


def _names_members(viewer: Viewer, facts: Facts) -> bool:
    """Say whether the viewer names people of their own: for their party, or for the office that is theirs to keep."""
    return _speaks_at_the_table(viewer, facts) or (facts.owner is not None and _administers(viewer, facts))


PERMISSIONS: Final[Mapping[Action, Callable[[Viewer, Facts], bool]]] = {
    Action.READ_REGISTER: _reads_register,
    Action.READ_OWN_PAGES: _anyone,
    Action.READ_MEETINGS: _not_administrator,
    Action.DRAFT_MEETING: _works,
    Action.EDIT_DRAFT: _owns,
    Action.PROPOSE_MEETING: _owns,
    Action.ANSWER_MEETING: _speaks_at_the_table,
    Action.REPORT_ANSWER: _at_the_table,
    Action.CHANGE_MEETING: _at_the_table,
    Action.STEER_MEETING: _steers,
    Action.EDIT_AGENDA: _at_the_table,
    Action.READ_ACTIONS: _works,
    Action.CREATE_ACTION: _works,
    Action.EDIT_ACTION: _at_the_table,
    Action.UPDATE_LEG: _owns_leg,
    # Done is anybody's word of the party; that it was looked at and holds is for those who speak for it.
    Action.VERIFY_LEG: _speaks_for_owner,
    Action.HAND_OVER_ITEMS: _speaks_for_owner,
    # A party says its own day; its secretariat, one that the party has not taken on.
    Action.SET_DUE: _owns,
    Action.NOTE_ACTION: _works,
    Action.REPORT_UPDATE: _at_the_table,
    Action.KEEP_SUBTASKS: _owns_leg,
    Action.CARRY_ACTIONS: _steers,
    # What another party took on and still owes is ended by a secretariat of exactly these parties, or by nobody.
    Action.CLOSE_OWED: _serves,
    # Many at once, or a whole table: each row is then held to what may be done to one.
    Action.CHANGE_ACTIONS: _works,
    Action.RECORD_COMMITMENT: _steers,
    Action.STATE_COMMITMENT: _owns_leg,
    Action.READ_REPORTS: _works,
    # What goes to another government is looked at by a secretariat that serves the action, or was let through; where
    # nobody serves it, by who speaks for the party that recorded it.
    Action.PREPARE_REMINDERS: _prepares_reminders,
    Action.CONSENT_REMINDERS: _speaks,
    Action.SUBSCRIBE: _not_administrator,
    Action.ADMINISTER_PEOPLE: _administers,
    Action.READ_AUDIT: _anyone,
    # Asks the others to decide on a mechanism, an appointment, a release: what binds them is for those who speak.
    Action.KEEP_MECHANISM: _steers,
    Action.ANSWER_DECISION: _speaks_at_the_table,
    Action.STATE_FACT: _speaks_at_the_table,
    Action.KEEP_HAND_OVER: _at_the_table,
    Action.KEEP_CONTACTS: _keeps_contacts,
    Action.KEEP_EVENTS: _works,
    # An appointment and a release hold by the consent of each of their parties: any one of them ends it.
    Action.END_CONSENT: _speaks_at_the_table,
    Action.NAME_MEMBERS: _names_members,
    # A plan is its makers' own; a poll is run by the party or the appointment that made it.
    Action.PLAN_DATES: _works,
    Action.READ_POLLS: _works,
    Action.RUN_POLL: _owns,
    # A secretariat answers for nobody: it may enter what came by note, mail or telephone.
    Action.ANSWER_POLL: _sits_in,
    Action.REPORT_POLL_ANSWER: _at_the_table,
    Action.NAME_PROXY: _speaks_at_the_table,
    Action.KEEP_BUSY_TIME: _works,
    # Anybody of a delegation proposes who goes; who speaks for it decides.
    Action.KEEP_ROSTER: _owns_leg,
    Action.APPROVE_ROSTER: _speaks_for_owner,
    Action.RECORD_ATTENDANCE: _at_the_table,
    Action.KEEP_PROTOCOL: _steers,
    Action.RELEASE_MAILS: _owns,
    Action.ANSWER_INVITATION: _not_administrator,
    Action.PROPOSE_ITEM: _works,
    Action.ISSUE_AGENDA: _steers,
    # What a delegation prepares is its own: no secretariat has a part in it. Who speaks for it lets it out.
    Action.READ_POSITIONS: _sits,
    Action.PREPARE_POSITION: _owns_leg,
    Action.CLEAR_POSITION: _speaks_for_owner,
    Action.SHARE_POSITION: _speaks_for_owner,
    Action.READ_TEXTS: _works,
    Action.EDIT_TEXT: _at_the_table,
    Action.ISSUE_TEXT: _at_the_table,
    Action.TRANSLATE_TEXT: _at_the_table,
    # What binds a party is said by who speaks for it, with its own word and never a reported one.
    Action.RESERVE_ON_TEXT: _speaks_at_the_table,
    Action.SIGN_TEXT: _speaks_at_the_table,
    Action.BREAK_SILENCE: _speaks_at_the_table,
    Action.OPT_INTO_SILENCE: _speaks_at_the_table,
    Action.ADOPT_TEXT: _steers,
    Action.RUN_SILENCE: _steers,
    Action.RECEIVE_SILENCE: _sits_in,
    Action.REPORT_SILENCE_ANSWER: _at_the_table,
    Action.WRITE_READOUT: _owns_leg,
    Action.PUBLISH_READOUT: _speaks_for_owner,
    Action.CHAIR_MEETING: _steers,
    Action.FOLLOW_ROOM: _works,
    Action.TAKE_NOTES: _at_the_table,
    Action.KEEP_PRACTICES: _at_the_table,
    Action.KEEP_DOCUMENTS: _at_the_table,
    Action.KEEP_NOTES_VERBALES: _sits,
    Action.KEEP_TEMPLATES: _works,
}


def can(viewer: Viewer | None, action: Action, facts: Facts = NOTHING) -> bool:
    """Say whether the viewer may do this to a thing of those facts; what is not in the table is refused.

    Seeing comes first: callers pass facts only of rows that the viewer's session gave them.
    """
    rule = PERMISSIONS.get(action)
    return viewer is not None and rule is not None and rule(viewer, facts)
