"""Decisions that need every named party: asked once, answered by each, and in force at the last yes.

Nothing changes before that, so that what stood stands, with what is asked beside it. What a decision then does is
its kind's `effect`, which the service of that kind declares; `app.services.decision_effects` knows them all.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import paragraphs
from app.domain.visibility import Action, Facts, appointment_key, appointments_in, can, party_key
from app.models import Decision, DecisionAnswer, Mechanism, Meeting
from app.services import outbox
from app.services.meeting_audience import audience_of, keys_of
from app.services.practice import ORIGIN, is_example

ANSWERS: Final = ("yes", "no")
NOTE_LIMIT: Final = 2_000
Effect = Callable[[GuardedSession, Decision], None]

_effects: dict[str, Effect] = {}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is put to the parties: its kind, what would be, on what, and whose yes is needed.

    `parties` are those with people in Entente: a party that nobody here speaks for cannot be waited for. `mechanism`
    or `meeting` is what it is on; who sees that, sees the decision. `note` says why, to all of them.
    `is_apart`: only `parties` know of what is asked, of a meeting or mechanism of more. `is_own_yes` is false where who
    asks has not thereby said yes.
    """

    kind: str
    content: Mapping[str, Any]
    parties: Collection[str]
    mechanism: Mechanism | None = None
    meeting: Meeting | None = None
    subject_id: uuid.UUID | None = None
    note: str = ""
    is_apart: bool = False
    is_own_yes: bool = True


def effect(kind: str) -> Callable[[Effect], Effect]:
    """Declare what a decision of this kind does once it is taken; on the session of who said the last yes."""

    def declare(function: Effect) -> Effect:
        _effects[kind] = function
        return function

    return declare


def ask(session: GuardedSession, asked: Asked) -> Decision:
    """Put something to the parties; who asks for a party that is needed has thereby said its yes.

    With every yes there it takes effect at once. Raises `Refusal` `forbidden`, `example_is_fixed`, and what the
    effect raises.
    """
    viewer = session.bound_viewer
    parties = frozenset(asked.parties)
    if _is_practice(session, asked):
        raise Refusal("example_is_fixed")
    audience_id = session.audience(_keys(session, asked))
    serving = frozenset(hat.appointment_id for hat in viewer.hats) & appointments_in(keys_of(session, audience_id))
    if not parties or not can(viewer, Action.KEEP_MECHANISM, Facts(parties=parties, appointments=serving)):
        raise Refusal("forbidden")
    decision = Decision(
        id=uuid.uuid4(), kind=asked.kind, state="open", content=dict(asked.content), parties=sorted(parties),
        mechanism_id=asked.mechanism.id if asked.mechanism else None,
        meeting_id=asked.meeting.id if asked.meeting else None, subject_id=asked.subject_id,
        note=paragraphs(asked.note, "note", NOTE_LIMIT) or None, asked_by_party=viewer.party,
        asked_by_appointment=None if viewer.party else next(iter(sorted(serving, key=str)), None),
        asked_by=viewer.person_id, asked_at=session.now, audience_id=audience_id,
    )  # fmt: skip
    session.add(decision)
    session.flush()  # answers refer to it
    session.record("decision_asked", "decision", decision.id, audience_id, kind=decision.kind, parties=decision.parties)
    if asked.is_own_yes and viewer.speaks_for_party and viewer.party in parties:
        _write_answer(session, decision, viewer.party, "yes", "")
    if not _take_if_all_agree(session, decision):
        _tell(session, "decision_asked", decision)
    return decision


def answer(session: GuardedSession, decision_id: uuid.UUID, given: str, note: str, *, version: int) -> Decision:
    """Answer for the viewer's own party; the last yes makes it take effect.

    Raises `NotFound`; `Refusal` `forbidden`, `required` (`answer`), `not_in_state`; `StaleVersion` where something
    was answered since the form was made; and what the effect raises.
    """
    decision = find_decision(session, decision_id, lock=True)
    viewer = session.bound_viewer
    if not can(viewer, Action.ANSWER_DECISION, Facts(parties=frozenset(decision.parties))) or viewer.party is None:
        raise Refusal("forbidden")
    _check_open(decision, version)
    if given not in ANSWERS:
        raise Refusal("required", field="answer")
    _write_answer(session, decision, viewer.party, given, paragraphs(note, "note", NOTE_LIMIT))
    if not _take_if_all_agree(session, decision):
        _tell(session, "decision_answered", decision)
    return decision


def withdraw(session: GuardedSession, decision_id: uuid.UUID, *, version: int) -> Decision:
    """Take back what the viewer's own side asked, as long as it is open; it is kept, with its answers.

    Raises `NotFound`, `Refusal` `forbidden`, `not_in_state`, `StaleVersion`.
    """
    decision = find_decision(session, decision_id, lock=True)
    if not may_withdraw(session, decision):
        raise Refusal("forbidden")
    _check_open(decision, version)
    decision.state, decision.decided_at = "withdrawn", session.now
    session.record("decision_withdrawn", "decision", decision.id, decision.audience_id, kind=decision.kind)
    _tell(session, "decision_withdrawn", decision)
    return decision


def may_answer(session: GuardedSession, decision: Decision) -> bool:
    """Say whether the viewer can answer it for their party."""
    facts = Facts(parties=frozenset(decision.parties))
    return decision.state == "open" and can(session.bound_viewer, Action.ANSWER_DECISION, facts)


def may_withdraw(session: GuardedSession, decision: Decision) -> bool:
    """Say whether the viewer speaks for the side that asked it."""
    viewer = session.bound_viewer
    if decision.state != "open":
        return False
    if decision.asked_by_appointment is not None:
        return any(hat.appointment_id == decision.asked_by_appointment for hat in viewer.hats)
    return viewer.speaks_for_party and viewer.party == decision.asked_by_party


def waiting_for(decision: Decision) -> tuple[str, ...]:
    """Return the parties whose yes is still missing; the decision's answers are loaded."""
    agreed = {row.party_code for row in decision.answers if row.answer == "yes"}
    return tuple(code for code in decision.parties if code not in agreed)


def find_decision(session: GuardedSession, decision_id: uuid.UUID, *, lock: bool = False) -> Decision:
    """Return a decision with its answers; raises `NotFound`. `lock` holds it, and reads it anew."""
    query = select(Decision).where(Decision.id == decision_id).options(selectinload(Decision.answers))
    if lock:
        query = query.with_for_update(of=Decision).execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def open_decisions(session: GuardedSession) -> tuple[Decision, ...]:
    """Return what is open of all that the viewer may see, the oldest first."""
    rows = session.execute(
        select(Decision)
        .where(Decision.state == "open")
        .options(selectinload(Decision.answers))
        .order_by(Decision.asked_at, Decision.id)
    ).scalars()
    return tuple(rows)


def decisions_on(
    session: GuardedSession, *, mechanism_id: uuid.UUID | None = None, meeting_id: uuid.UUID | None = None
) -> tuple[Decision, ...]:
    """Return every decision on a mechanism, or on a meeting, the newest first."""
    on = Decision.mechanism_id == mechanism_id if mechanism_id else Decision.meeting_id == meeting_id
    rows = session.execute(
        select(Decision)
        .where(on)
        .options(selectinload(Decision.answers))
        .order_by(Decision.asked_at.desc(), Decision.id)
    ).scalars()
    return tuple(rows)


def _is_practice(session: GuardedSession, asked: Asked) -> bool:
    if asked.mechanism is not None:
        return asked.mechanism.origin == ORIGIN
    return asked.meeting is not None and is_example(session, asked.meeting)


def _keys(session: GuardedSession, asked: Asked) -> frozenset[str]:
    """Return who sees what is asked: its parties, and the secretariat that exactly the subject's parties appointed."""
    if asked.meeting is not None:
        chosen = frozenset(row.party_code for row in asked.meeting.parties)
        known_by = frozenset(asked.parties) if asked.is_apart else chosen
        found = audience_of(session, asked.meeting.mechanism_id, known_by, asked.meeting.id).keys
    elif asked.mechanism is not None:
        known_by = frozenset(asked.parties if asked.is_apart else asked.mechanism.parties)
        found = audience_of(session, asked.mechanism.id, known_by).keys
    else:
        found = frozenset()
    serving = {appointment_key(each) for each in appointments_in(found)}
    return frozenset({party_key(code) for code in asked.parties} | serving)


def _check_open(decision: Decision, version: int) -> None:
    if decision.version != version:
        raise StaleVersion({"state": decision.state}, {"state": decision.state})
    if decision.state != "open":
        raise Refusal("not_in_state")


def _write_answer(session: GuardedSession, decision: Decision, party: str, given: str, note: str) -> None:
    row = next((each for each in decision.answers if each.party_code == party), None)
    if row is None:
        row = DecisionAnswer(decision_id=decision.id, party_code=party, audience_id=decision.audience_id)
        decision.answers.append(row)
    row.answer, row.note = given, note or None
    row.person_id, row.answered_at = session.bound_viewer.person_id, session.now
    flag_modified(decision, "state")  # raises its version: a form made before this answer says so when it is sent
    session.record("decision_answered", "decision", decision.id, decision.audience_id, answer=given, party=party)
    session.flush()


def _take_if_all_agree(session: GuardedSession, decision: Decision) -> bool:
    if waiting_for(decision):
        return False
    decision.state, decision.decided_at = "taken", session.now
    session.record("decision_taken", "decision", decision.id, decision.audience_id, kind=decision.kind)
    session.flush()
    _effects[decision.kind](session, decision)
    _tell(session, "decision_taken", decision)
    return True


def _tell(session: GuardedSession, kind: str, decision: Decision) -> None:
    outbox.tell_of_decision(session, kind, decision, session.bound_viewer.person_id)
