"""What is done to action items: recorded, taken on and reported on by the parties that owe."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from sqlalchemy import select

from app.db import GuardedSession
from app.domain import actions as rules
from app.domain.actions import LegState
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.references import action_reference_in, action_scope, adhoc_action_scope
from app.domain.visibility import Action as Permission
from app.domain.visibility import Facts, can, party_key, sees
from app.domain.walltime import check_year
from app.models import Action, Leg, Mechanism, Meeting, Office, Party
from app.services.action_content import ActionContent, columns_of, titles
from app.services.action_whole import check_goes_on, heard, settle
from app.services.actions import find_action
from app.services.agenda import item_of_meeting
from app.services.commitment_links import serve
from app.services.commitments import find_commitment
from app.services.due_moves import check_move, keep_move
from app.services.leg_people import doer_of
from app.services.meeting_audience import audience_of, keys_of
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.practice import is_example
from app.services.references import next_number

LEG_FIELDS: Final = ("state", "reason", "office_code", "person_id", "person_name", "due_on")
PART_OF_PARTY: Final = ("owes", "sees", "none")


@dataclass(frozen=True, slots=True)
class PartyPart:
    """What part a party has in a new action (`PART_OF_PARTY`); where it owes, who does it there and by when."""

    party: str
    part: str
    office_code: str | None = None
    person_name: str | None = None
    due_on: dt.date | None = None
    person_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class NewAction:
    """An action as it is recorded; `title` by language, `original` the language that it was written in.

    `content` says more than the title and its original, which stand for theirs. `agenda_item_id` is of the
    meeting that it is recorded at, `commitment_ref` of the commitment that it serves.
    """

    title: Mapping[str, str]
    parts: tuple[PartyPart, ...]
    original: str | None = None
    content: ActionContent | None = None
    agenda_item_id: uuid.UUID | None = None
    commitment_ref: str | None = None

    @property
    def says(self) -> ActionContent:
        """Return all that it says."""
        return replace(self.content or ActionContent({}), title=self.title, original=self.original)


@dataclass(frozen=True, slots=True)
class LegChange:
    """A leg as its own party wants it to read; `due_reason` says why a day that was promised moves."""

    state: str
    reason: str | None = None
    office_code: str | None = None
    person_name: str | None = None
    due_on: dt.date | None = None
    due_reason: str | None = None
    person_id: uuid.UUID | None = None


# Recording ----------------------------------------------------------------------------------------


def parties_to_choose(session: GuardedSession, meeting: Meeting | None) -> tuple[Party, ...]:
    """Return the parties that a new action can be of: the meeting's, or, without one, those that keep offices here."""
    query = select(Party).order_by(Party.code)
    if meeting is not None:
        query = query.where(Party.code.in_([row.party_code for row in meeting.parties]))
    else:
        query = query.where(Party.is_core.is_(True))
    return tuple(session.execute(query).scalars())


def meeting_to_act_on(session: GuardedSession, reference: str) -> Meeting:
    """Return the meeting that an action is to be recorded at; raises `NotFound` and `Refusal("forbidden")`."""
    meeting = find_meeting(session, reference)
    facts = facts_of_meeting(session, meeting)
    at_the_table = session.bound_viewer.party in facts.parties or bool(facts.appointments)
    if not at_the_table or not can(session.bound_viewer, Permission.CREATE_ACTION, facts):
        raise Refusal("forbidden")
    return meeting


def record_action(session: GuardedSession, new: NewAction, meeting_reference: str | None = None) -> Action:
    """Record an action of a meeting, or of none, with a leg for each party that owes something.

    It is seen by the parties that have a part in it, and by the meeting's secretariat (of no meeting: that of the
    commitment's mechanism) where they are all its parties. The leg of the viewer's own party is accepted by being
    written. Raises `NotFound`; `Refusal` `forbidden`, `needs_leg`, `unknown_party`, `needs_own_party`,
    `not_appointed_by_these`, `unknown_office`, `unknown_person`, `unknown_item`, and what `columns_of` and days raise.
    """
    if not can(session.bound_viewer, Permission.CREATE_ACTION):
        raise Refusal("forbidden")
    meeting = meeting_to_act_on(session, meeting_reference) if meeting_reference else None
    commitment = find_commitment(session, new.commitment_ref) if new.commitment_ref else None
    titles(new.title, new.original)  # what is missing at the top of the form is told first
    parts = _parts(session, new.parts, meeting)
    parties = frozenset(part.party for part in parts)
    mechanism_id = meeting.mechanism_id if meeting else commitment.mechanism_id if commitment else None
    keys = _audience_keys(session, meeting, mechanism_id, parties)
    columns = columns_of(new.says, parties)
    scope = _scope(session, meeting, parties)
    action = Action(
        id=uuid.uuid4(), reference=action_reference_in(scope, next_number(session, scope)), mechanism_id=mechanism_id,
        meeting_id=meeting.id if meeting else None, agenda_item_id=_item_of(session, meeting, new.agenda_item_id),
        created_by_party=_own_party(session, parties), created_at=session.now, changed_at=session.now,
        audience_id=session.audience(keys), **columns,
    )  # fmt: skip
    session.add(action)
    session.flush()  # legs refer to it
    legs = [_leg(session, action, part) for part in parts if part.part == "owes"]
    session.add_all(legs)
    settle(action, legs)
    owing = [part.party for part in parts if part.part == "owes"]
    session.record("action_recorded", "action", action.id, action.audience_id, parties=sorted(parties), owing=owing)
    if commitment is not None:
        serve(session, action, commitment)
    return action


def _item_of(session: GuardedSession, meeting: Meeting | None, item_id: uuid.UUID | None) -> uuid.UUID | None:
    """Return the id of an item that stands on the meeting's agenda, None for none; any other is refused."""
    if item_id is None:
        return None
    if meeting is None or item_of_meeting(session, meeting, item_id) is None:
        raise Refusal("unknown_item")
    return item_id


def _parts(session: GuardedSession, given: Iterable[PartyPart], meeting: Meeting | None) -> tuple[PartyPart, ...]:
    """Return the parts of those that have one, checked."""
    taking = sorted((part for part in given if part.part != "none"), key=lambda part: part.party)
    known = {party.code for party in parties_to_choose(session, meeting)}
    if not {part.party for part in taking} <= known or any(part.part not in PART_OF_PARTY for part in taking):
        raise Refusal("unknown_party", field="parts")
    if all(part.part != "owes" for part in taking):
        raise Refusal("needs_leg", field="parts")
    return tuple(_checked(session, part) for part in taking)


def _checked(session: GuardedSession, part: PartyPart) -> PartyPart:
    if part.part != "owes":
        return PartyPart(part.party, part.part)
    fields = (f"account_{part.party}", f"person_{part.party}")
    person_id, person = doer_of(session, part.party, part.person_id, part.person_name, fields)
    office = _office_of(session, part.party, part.office_code, f"office_{part.party}")
    if part.due_on is not None:
        check_year(part.due_on, field=f"due_{part.party}")
    return PartyPart(part.party, part.part, office, person, part.due_on, person_id)


def _office_of(session: GuardedSession, party: str, code: str | None, field: str) -> str | None:
    """Return the code of an office of that party, or None for none; any other is refused."""
    if not code:
        return None
    found = session.execute(select(Office.code).where(Office.code == code, Office.party_code == party))
    if found.scalar_one_or_none() is None:
        raise Refusal("unknown_office", field=field)
    return code


def _audience_keys(
    session: GuardedSession, meeting: Meeting | None, mechanism_id: uuid.UUID | None, parties: frozenset[str]
) -> frozenset[str]:
    """Return who sees the action: its parties, and the secretariat of exactly these parties; never single guests."""
    keys = frozenset(party_key(code) for code in parties)
    if meeting is not None and is_example(session, meeting):
        keys = keys_of(session, meeting.audience_id)
    elif meeting is None:
        keys = audience_of(session, mechanism_id, parties).keys
    elif parties == {row.party_code for row in meeting.parties}:
        keys |= {key for key in keys_of(session, meeting.audience_id) if key.startswith("appointment:")}
    if not sees(session.bound_viewer, keys):
        delegation = session.bound_viewer.sits_at_a_table
        raise Refusal("needs_own_party" if delegation else "not_appointed_by_these", field="parts")
    return keys


def _scope(session: GuardedSession, meeting: Meeting | None, parties: frozenset[str]) -> str:
    if meeting is None:
        return adhoc_action_scope(parties, session.now.year)
    mechanism = session.get(Mechanism, meeting.mechanism_id) if meeting.mechanism_id else None
    first = mechanism.parties if mechanism else [row.party_code for row in meeting.parties]
    return action_scope(meeting.reference, first, parties)


def _own_party(session: GuardedSession, parties: frozenset[str]) -> str | None:
    viewer = session.bound_viewer
    return viewer.party if viewer.sits_at_a_table and viewer.party in parties else None


def _leg(session: GuardedSession, action: Action, part: PartyPart) -> Leg:
    return Leg(
        action_id=action.id, party_code=part.party, office_code=part.office_code, person_name=part.person_name,
        person_id=part.person_id, due_on=part.due_on, first_due_on=part.due_on, state="open",
        audience_id=action.audience_id, is_accepted=part.party == action.created_by_party, changed_at=session.now,
        accepted_at=session.now if part.party == action.created_by_party else None,
    )  # fmt: skip


# Legs ---------------------------------------------------------------------------------------------


def own_leg(session: GuardedSession, reference: str, party: str, *, lock: bool = False) -> tuple[Action, Leg]:
    """Return an action and the leg of a party that the viewer may change; raises `NotFound`, `Refusal("forbidden")`."""
    action = find_action(session, reference, lock=lock)
    leg = next((leg for leg in action.legs if leg.party_code == party), None)
    if leg is None:
        raise NotFound
    if not can(session.bound_viewer, Permission.UPDATE_LEG, Facts(owner=leg.party_code)):
        raise Refusal("forbidden")
    return action, leg


def update_leg(session: GuardedSession, reference: str, party: str, change: LegChange, *, version: int) -> Action:
    """Write what a party says of its own leg, which it accepts by saying anything; `version` is that leg's.

    Raises `NotFound`; `Refusal` `forbidden`, `action_ended`, `transition_not_allowed`, `reason_required`,
    `verified_by_those_who_speak`, `unknown_office`, `unknown_person`, `due_reason_required`, and what texts and days
    raise; `StaleVersion`.
    """
    action, leg = own_leg(session, reference, party, lock=True)
    check_goes_on(action)
    if version != leg.version:
        raise StaleVersion(vars_of(change), standing(leg))
    person_id, person_name = _doer(session, leg, change)
    written = {
        **_stepped(session, leg, change),
        "office_code": _office_of(session, party, change.office_code, "office_code"),
        "person_name": person_name,
        "person_id": person_id,
        "due_on": change.due_on,
    }
    moved = check_move(leg, change.due_on, change.due_reason)
    before = standing(leg)
    if written == before and leg.is_accepted:
        return action
    keep_move(session, action, leg, change.due_on, moved)
    _write(leg, written, session.now)
    settle(action, action.legs)
    heard(action, session.now)
    session.record(
        "leg_updated", "action", action.id, action.audience_id, party=party, was=_plain(before), now=_plain(written)
    )
    return action


def _doer(session: GuardedSession, leg: Leg, change: LegChange) -> tuple[uuid.UUID | None, str | None]:
    """Return the account and the name of who is to do it; who does it already may have left since."""
    if change.person_id is not None and (change.person_id, change.person_name) == (leg.person_id, leg.person_name):
        return leg.person_id, leg.person_name
    return doer_of(session, leg.party_code, change.person_id, change.person_name, ("person_id", "person_name"))


def _stepped(session: GuardedSession, leg: Leg, change: LegChange) -> dict[str, Any]:
    """Return the state that a leg is to have and its reason, checked; to verify is for those who speak for a party."""
    state, old, own = _known_state(change.state), cast("LegState", leg.state), Facts(owner=leg.party_code)
    # What others recorded as verified is that only once somebody who speaks has taken it on.
    if state == "verified" and (old != "verified" or not leg.is_accepted):
        refuse_to_verify(session, own)
    return {"state": state, "reason": rules.check_transition(old, state, change.reason)}


def refuse_to_verify(session: GuardedSession, own: Facts) -> None:
    """Refuse that a party's leg, or its part of a commitment, is verified by who does not speak for it."""
    if not can(session.bound_viewer, Permission.VERIFY_LEG, own):
        raise Refusal("verified_by_those_who_speak", field="state")


def accept_leg(session: GuardedSession, reference: str, party: str, *, version: int) -> Action:
    """Take on what others recorded for one's party, as it reads; one that is accepted stays so.

    Raises `NotFound`; `Refusal` `forbidden`, `action_ended`, `verified_by_those_who_speak`; `StaleVersion` where the
    leg reads otherwise by now.
    """
    action, leg = own_leg(session, reference, party, lock=True)
    if leg.is_accepted:
        return action
    check_goes_on(action)
    if leg.state == "verified":
        refuse_to_verify(session, Facts(owner=leg.party_code))
    if version != leg.version:
        raise StaleVersion(standing(leg), standing(leg))
    leg.is_accepted, leg.accepted_at, leg.changed_at = True, session.now, session.now
    settle(action, action.legs)
    heard(action, session.now)
    session.record("leg_accepted", "action", action.id, action.audience_id, party=party)
    return action


def standing(leg: Leg) -> dict[str, object]:
    """Return what a leg reads now, by the names of the form's fields."""
    return {name: getattr(leg, name) for name in LEG_FIELDS}


def vars_of(change: LegChange) -> dict[str, object]:
    """Return what a change asks for, by the names of the form's fields."""
    return {name: getattr(change, name) for name in LEG_FIELDS}


def _known_state(state: str) -> LegState:
    if state not in rules.LEG_STATES:
        raise Refusal("transition_not_allowed", field="state")
    return state


def _write(leg: Leg, written: Mapping[str, Any], now: dt.datetime) -> None:
    for name, value in written.items():
        setattr(leg, name, value)
    leg.is_accepted, leg.accepted_at = True, leg.accepted_at or now
    leg.done_at = (leg.done_at or now) if leg.state in {"done", "verified"} else None
    leg.changed_at = now


def _plain(values: Mapping[str, Any]) -> dict[str, str | None]:
    """Return what was said of a leg as the record keeps it; who has an account is told by the name alone."""
    told = {name: value for name, value in values.items() if name != "person_id"}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in told.items()}
