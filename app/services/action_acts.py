"""What is done to action items: recorded, taken on and reported on by the parties that owe."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import select

from app.db import GuardedSession
from app.domain import actions as rules
from app.domain.actions import LegState
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import one_line
from app.domain.references import action_reference_in, action_scope, adhoc_action_scope
from app.domain.visibility import Action as Permission
from app.domain.visibility import Facts, can, party_key, sees
from app.domain.walltime import check_year
from app.models import Action, Leg, Mechanism, Meeting, Office, Party
from app.services.action_whole import heard, settle
from app.services.actions import find_action
from app.services.due_moves import check_move, keep_move
from app.services.meeting_audience import audience_of, keys_of
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.practice import is_example
from app.services.references import next_number

LANGUAGES: Final = ("en", "es", "fr")
PART_OF_PARTY: Final = ("owes", "sees", "none")


@dataclass(frozen=True, slots=True)
class PartyPart:
    """What part a party has in a new action (`PART_OF_PARTY`); where it owes, who does it there and by when."""

    party: str
    part: str
    office_code: str | None = None
    person_name: str | None = None
    due_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class NewAction:
    """An action as it is recorded; `title` by language, `original` the language that it was written in."""

    title: Mapping[str, str]
    parts: tuple[PartyPart, ...]
    original: str | None = None


@dataclass(frozen=True, slots=True)
class LegChange:
    """A leg as its own party wants it to read; `due_reason` says why a day that was promised moves."""

    state: str
    reason: str | None = None
    office_code: str | None = None
    person_name: str | None = None
    due_on: dt.date | None = None
    due_reason: str | None = None


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

    It is seen by the parties that have a part in it, and by the meeting's secretariat where they are
    all the meeting's parties. The leg of the viewer's own party is accepted by being written. Raises
    `NotFound`; `Refusal` `forbidden`, `needs_title`, `needs_leg`, `unknown_party`, `needs_own_party`,
    `not_appointed_by_these`, `unknown_office`, and what texts and days raise.
    """
    if not can(session.bound_viewer, Permission.CREATE_ACTION):
        raise Refusal("forbidden")
    meeting = meeting_to_act_on(session, meeting_reference) if meeting_reference else None
    title = titles(new.title, new.original)
    parts = _parts(session, new.parts, meeting)
    parties = frozenset(part.party for part in parts)
    keys = _audience_keys(session, meeting, parties)
    scope = _scope(session, meeting, parties)
    action = Action(
        id=uuid.uuid4(), reference=action_reference_in(scope, next_number(session, scope)), title=title,
        meeting_id=meeting.id if meeting else None, mechanism_id=meeting.mechanism_id if meeting else None,
        created_by_party=_own_party(session, parties), created_at=session.now, changed_at=session.now,
        audience_id=session.audience(keys),
    )  # fmt: skip
    session.add(action)
    session.flush()  # legs refer to it
    legs = [_leg(session, action, part) for part in parts if part.part == "owes"]
    session.add_all(legs)
    settle(action, legs)
    owing = [part.party for part in parts if part.part == "owes"]
    session.record("action_recorded", "action", action.id, action.audience_id, parties=sorted(parties), owing=owing)
    return action


def titles(given: Mapping[str, str], original: str | None) -> dict[str, str]:
    """Return a title in the languages that have one, and which of them is the original.

    Raises `Refusal("needs_title")` and what a line of text raises, on `title_en`, `title_es`, `title_fr`.
    """
    kept = {code: text for code in LANGUAGES if (text := one_line(given.get(code), f"title_{code}"))}
    if not kept:
        raise Refusal("needs_title", field="title_en")
    return {**kept, "original": original if original in kept else next(iter(kept))}


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
    person = one_line(part.person_name, f"person_{part.party}") or None
    office = _office_of(session, part.party, part.office_code, f"office_{part.party}")
    if part.due_on is not None:
        check_year(part.due_on, field=f"due_{part.party}")
    return PartyPart(part.party, part.part, office, person, part.due_on)


def _office_of(session: GuardedSession, party: str, code: str | None, field: str) -> str | None:
    """Return the code of an office of that party, or None for none; any other is refused."""
    if not code:
        return None
    found = session.execute(select(Office.code).where(Office.code == code, Office.party_code == party))
    if found.scalar_one_or_none() is None:
        raise Refusal("unknown_office", field=field)
    return code


def _audience_keys(session: GuardedSession, meeting: Meeting | None, parties: frozenset[str]) -> frozenset[str]:
    """Return who sees the action: its parties, and the secretariat of exactly these parties; never single guests."""
    keys = frozenset(party_key(code) for code in parties)
    if meeting is not None and is_example(session, meeting):
        keys = keys_of(session, meeting.audience_id)
    elif meeting is None:
        keys = audience_of(session, None, parties).keys
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
        due_on=part.due_on, first_due_on=part.due_on, state="open", audience_id=action.audience_id,
        is_accepted=part.party == action.created_by_party, changed_at=session.now,
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

    Raises `NotFound`; `Refusal` `forbidden`, `transition_not_allowed`, `reason_required`,
    `unknown_office`, `due_reason_required`, and what texts and days raise; `StaleVersion`.
    """
    action, leg = own_leg(session, reference, party, lock=True)
    if version != leg.version:
        raise StaleVersion(vars_of(change), standing(leg))
    state = _known_state(change.state)
    written = {
        "state": state,
        "reason": rules.check_transition(cast("LegState", leg.state), state, change.reason),
        "office_code": _office_of(session, party, change.office_code, "office_code"),
        "person_name": one_line(change.person_name, "person_name") or None,
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


def standing(leg: Leg) -> dict[str, object]:
    """Return what a leg reads now, by the names of the form's fields."""
    return {name: getattr(leg, name) for name in ("state", "reason", "office_code", "person_name", "due_on")}


def vars_of(change: LegChange) -> dict[str, object]:
    """Return what a change asks for, by the names of the form's fields."""
    return {name: getattr(change, name) for name in ("state", "reason", "office_code", "person_name", "due_on")}


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
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}
