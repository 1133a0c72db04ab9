"""The planning record of a cycle: notes of the past, the present and the next host, and of their secretariat.

A note is read by the parties that were the troika when it was written, and by the secretariat that exactly the
mechanism's parties appointed; to every other party it is not there. It is never altered: a later note of the same
side may supersede it, as long as the same read it. A new troika begins a record of its own.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal
from app.domain.mechanisms import compliance
from app.domain.plaintext import paragraphs
from app.domain.planning import cycle_of
from app.domain.rotation import TroikaRoles
from app.domain.visibility import Action, Facts, appointment_key, appointments_in, can, parties_in, party_key
from app.models import AudienceMember, Mechanism, PlanningNote
from app.services.hosting_state import HostingState, hosting_state, is_of
from app.services.mechanism_facts import find_mechanism, today_of
from app.services.meeting_audience import audience_of
from app.services.people_names import names_of
from app.services.practice import ORIGIN

NOTE_LIMIT: Final = 10_000


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note; whether a later one superseded it, its author's name where the viewer may know it."""

    note: PlanningNote
    is_superseded: bool
    name: str | None
    may_supersede: bool


@dataclass(frozen=True, slots=True)
class Record:
    """The notes of one cycle that the same people read, the latest first."""

    cycle: str
    parties: frozenset[str]
    has_secretariat: bool
    is_present: bool
    lines: tuple[NoteLine, ...]


@dataclass(frozen=True, slots=True)
class PlanningView:
    """The planning records that the viewer reads; `troika`, `cycle` and `readers` are of the one that is open now."""

    mechanism: Mechanism
    troika: TroikaRoles
    cycle: str
    readers: frozenset[str]
    has_secretariat: bool
    records: tuple[Record, ...]
    may_write: bool


@dataclass(frozen=True, slots=True)
class _Present:
    """The troika as it is now: its cycle, and the keys of those who read its record."""

    state: HostingState
    troika: TroikaRoles
    cycle: str
    keys: frozenset[str]


# Reading ------------------------------------------------------------------------------------------


def planning_view(session: GuardedSession, code: str) -> PlanningView:
    """Return the planning records of a mechanism; raises `NotFound` for who reads none and writes none."""
    mechanism = find_mechanism(session, code)
    present = _present(session, mechanism)
    may_write = _may_write(session, mechanism, present)
    notes = session.execute(
        select(PlanningNote)
        .where(PlanningNote.mechanism_id == mechanism.id)
        .order_by(PlanningNote.written_at.desc(), PlanningNote.id)
    ).scalars()
    found = list(notes)
    if not found and not may_write:
        raise NotFound
    return PlanningView(
        mechanism=mechanism,
        troika=present.troika,
        cycle=present.cycle,
        readers=parties_in(present.keys),
        has_secretariat=bool(appointments_in(present.keys)),
        records=_records(session, found, present),
        may_write=may_write,
    )


def reads_planning(session: GuardedSession, state: HostingState) -> bool:
    """Say whether a mechanism's planning record is there for the viewer: of the troika, or of one before."""
    viewer = session.bound_viewer
    if not is_of(viewer, state.mechanism) or state.mechanism.origin == ORIGIN:
        return False
    if viewer.party in state.troika.parties or (viewer.hats and state.troika.parties):
        return True
    notes = select(PlanningNote.id).where(PlanningNote.mechanism_id == state.mechanism.id).limit(1)
    return session.execute(notes).first() is not None


def find_note(session: GuardedSession, code: str, note_id: uuid.UUID, *, lock: bool = False) -> PlanningNote:
    """Return a note of a mechanism's planning record; raises `NotFound`."""
    mechanism = find_mechanism(session, code)
    query = select(PlanningNote).where(PlanningNote.id == note_id, PlanningNote.mechanism_id == mechanism.id)
    found = session.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def _present(session: GuardedSession, mechanism: Mechanism) -> _Present:
    state = hosting_state(session, mechanism)
    is_read = is_of(session.bound_viewer, mechanism) and mechanism.origin != ORIGIN  # who practises practises alone
    troika = state.troika if is_read else TroikaRoles(None, None, None)
    today = today_of(session)
    periods = compliance(state.facts, state.counted, today)
    cycle = cycle_of(state.counted, periods, today, parties=mechanism.parties)
    if not troika.parties:
        return _Present(state, troika, cycle, frozenset())
    serving = audience_of(session, mechanism.id, mechanism.parties).secretariats
    keys = {party_key(code) for code in troika.parties} | {appointment_key(each.appointment_id) for each in serving}
    return _Present(state, troika, cycle, frozenset(keys))


def _records(session: GuardedSession, notes: Sequence[PlanningNote], present: _Present) -> tuple[Record, ...]:
    readers = _readers(session, {note.audience_id for note in notes})
    names = names_of(session, (note.person_id for note in notes))
    superseded = {note.supersedes_id for note in notes}
    grouped: dict[tuple[str, uuid.UUID], list[PlanningNote]] = {}
    for note in notes:
        grouped.setdefault((note.cycle, note.audience_id), []).append(note)
    return tuple(
        Record(
            cycle=cycle,
            parties=parties_in(readers[audience_id]),
            has_secretariat=bool(appointments_in(readers[audience_id])),
            is_present=cycle == present.cycle and readers[audience_id] == present.keys,
            lines=tuple(
                NoteLine(
                    note,
                    note.id in superseded,
                    names.get(note.person_id),
                    note.id not in superseded and readers[audience_id] == present.keys and _is_own(session, note),
                )
                for note in of_one
            ),
        )
        for (cycle, audience_id), of_one in grouped.items()
    )


def _readers(session: GuardedSession, audience_ids: set[uuid.UUID]) -> Mapping[uuid.UUID, frozenset[str]]:
    rows = session.execute(
        select(AudienceMember.audience_id, AudienceMember.key)
        .where(AudienceMember.audience_id.in_(sorted(audience_ids, key=str)))
        .order_by(AudienceMember.audience_id)
    )
    return {
        audience_id: frozenset(key for _, key in members)
        for audience_id, members in itertools.groupby(rows, key=lambda row: row[0])
    }


# Writing ------------------------------------------------------------------------------------------


def write_note(
    session: GuardedSession, code: str, text: str, language: str, supersedes_id: uuid.UUID | None = None
) -> PlanningNote:
    """Write a note into the record of the present cycle, or one that supersedes a note of the same side there.

    Raises `NotFound` for who does not read the record; `Refusal` `forbidden`, `another_cycle`, `not_in_state`,
    `unknown_language`, and as `paragraphs` does.
    """
    mechanism = find_mechanism(session, code)
    present = _present(session, mechanism)
    if not _may_write(session, mechanism, present):
        planning_view(session, code)  # who reads nothing here is told that nothing is here
        raise Refusal("forbidden")
    said = paragraphs(text, "text", NOTE_LIMIT, required=True)
    if language not in {"en", "es", "fr"}:
        raise Refusal("unknown_language", field="language")
    audience_id = session.audience(present.keys)
    if supersedes_id is not None:
        check_may_supersede(session, find_note(session, code, supersedes_id, lock=True), audience_id)
    viewer = session.bound_viewer
    serving = sorted(_own_appointments(session, present.keys), key=str)
    note = PlanningNote(
        id=uuid.uuid4(), mechanism_id=mechanism.id, cycle=present.cycle, text=said, language=language,
        party_code=viewer.party, appointment_id=None if viewer.party else serving[0], person_id=viewer.person_id,
        supersedes_id=supersedes_id, written_at=session.now, audience_id=audience_id,
    )  # fmt: skip
    session.add(note)
    session.record(
        "planning_noted", "mechanism", mechanism.id, audience_id,
        code=mechanism.code, cycle=note.cycle, corrects=supersedes_id is not None,
    )  # fmt: skip
    return note


def check_may_supersede(session: GuardedSession, note: PlanningNote, audience_id: uuid.UUID) -> None:
    """Refuse what is another side's (`forbidden`), of other readers (`another_cycle`), superseded (`not_in_state`)."""
    if not _is_own(session, note):
        raise Refusal("forbidden")
    if note.audience_id != audience_id:
        raise Refusal("another_cycle")
    later = select(PlanningNote.id).where(PlanningNote.supersedes_id == note.id).limit(1)
    if session.execute(later).first() is not None:
        raise Refusal("not_in_state")


def _is_own(session: GuardedSession, note: PlanningNote) -> bool:
    """Say whether the viewer's side wrote a note: their party, or a secretariat that they serve in."""
    viewer = session.bound_viewer
    if note.appointment_id is not None:
        return any(hat.appointment_id == note.appointment_id for hat in viewer.hats)
    return viewer.sits_at_a_table and viewer.party == note.party_code


def _may_write(session: GuardedSession, mechanism: Mechanism, present: _Present) -> bool:
    if mechanism.status == "concluded" or mechanism.merged_into_id is not None or not present.keys:
        return False
    facts = Facts(parties=parties_in(present.keys), appointments=appointments_in(present.keys))
    return can(session.bound_viewer, Action.KEEP_HAND_OVER, facts)


def _own_appointments(session: GuardedSession, keys: frozenset[str]) -> frozenset[uuid.UUID]:
    return frozenset(hat.appointment_id for hat in session.bound_viewer.hats) & appointments_in(keys)
