"""Importing a table: every row of it in one transaction, as one batch that can be undone."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app import labels
from app.db import GuardedSession, digest_of
from app.domain.action_import_owners import Owner
from app.domain.actions import LegState, whole_due_on, whole_state
from app.domain.errors import Refusal, StaleVersion
from app.domain.meeting_content import MeetingContent
from app.domain.references import action_reference_in, action_scope, adhoc_action_scope
from app.domain.visibility import REGISTER, appointment_key, appointments_in, party_key
from app.models import Action, ActionBatch, ActionImport, ActionNote, CommitmentAction, Leg
from app.models.actions import found_by
from app.services.action_import_joined import join
from app.services.action_import_plan import JOINED, NEW, ImportPlan, MadeMeeting, RowFate, kind_facts, plan_import
from app.services.action_imports import end_import, open_import, table_of
from app.services.meeting_audience import audience_of, keys_of
from app.services.past_meetings import record_past_meeting
from app.services.references import next_number

_NOON: Final = dt.time(12, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a new action belongs: its meeting, and who sees it."""

    meeting_id: uuid.UUID | None
    mechanism_id: uuid.UUID | None
    audience_id: uuid.UUID
    keys: frozenset[str]
    scope: str


@dataclass(slots=True)
class _Rows:
    """What is inserted, by kind."""

    actions: list[dict[str, Any]] = field(default_factory=list)
    legs: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    served: list[dict[str, Any]] = field(default_factory=list)


def confirm_import(
    session: GuardedSession, import_id: uuid.UUID, *, version: int, digest: str, uid_host: str
) -> ActionBatch:
    """Import a table that was looked through: all of its rows, or none.

    `version` and `digest` are of what was looked at. Raises what `open_import` raises, `StaleVersion` where the
    table or what its rows would do has changed since, and what `write_plan` raises.
    """
    row = open_import(session, import_id, lock=True)
    plan = plan_import(session, table_of(row), lock=True)
    if row.version != version or plan.digest != digest:
        raise StaleVersion({}, {})
    return write_plan(session, row, plan, uid_host=uid_host)


def write_plan(session: GuardedSession, row: ActionImport, plan: ImportPlan, *, uid_host: str) -> ActionBatch:
    """Write what a plan says as one batch, and end the table that it was made of.

    A row of a new action is in the record by itself, for those who see it; the batch is there for those who brought
    it, with the digest of the table. Raises `Refusal` `rows_refused` (`count`), `nothing_to_import`, and what
    recording a past meeting raises.
    """
    if not plan.can_be_confirmed:
        count = len(plan.refused)
        raise Refusal("rows_refused" if plan.written else "nothing_to_import", count=count)
    digest = digest_of(row.content.text)
    batch = ActionBatch(
        id=uuid.uuid4(), kind="import", content={}, row_count=len(plan.written),
        person_id=session.bound_viewer.person_id, made_at=session.now, audience_id=row.audience_id,
    )  # fmt: skip
    session.add(batch)
    session.flush()  # actions refer to it
    made = {key: _record(session, plan, meeting, uid_host) for key, meeting in sorted(plan.meetings.items())}
    new = [fate for fate in plan.written if fate.fate == NEW]
    _insert(session, plan, batch, new, made)
    joined = [
        join(session, fate, fate.action.action, fate.changes, plan.table.choices.language)
        for fate in plan.written
        if fate.action is not None and fate.changes is not None and fate.fate == JOINED
    ]
    batch.content = {
        "file_name": plan.table.file_name, "joined": joined,
        "meetings": [reference for _, reference, _ in made.values()], "left_out": len(plan.refused),
    }  # fmt: skip
    end_import(session, row)
    row.batch_id = batch.id
    session.record(
        "actions_imported", "action_batch", batch.id, batch.audience_id,
        rows=batch.row_count, new=len(new), joined=len(joined), left_out=len(plan.refused), digest=digest,
    )  # fmt: skip
    return batch


def _record(
    session: GuardedSession, plan: ImportPlan, made: MadeMeeting, uid_host: str
) -> tuple[uuid.UUID, str, frozenset[str]]:
    """Record a past meeting on the way; return its id, its reference, and its keys."""
    language = plan.table.choices.language
    title = {language: made.title} if made.title else {
        code: text for code, text in made.mechanism.name.items() if code in {"en", "es", "fr"}
    }  # fmt: skip
    viewer = session.bound_viewer
    zone = plan.names.zones.get(viewer.party or "") or viewer.time_zone
    content = MeetingContent(
        mechanism=made.mechanism.code, title=title, original=language if language in title else None,
        parties=tuple(sorted(made.parties)), format="unknown", zone=zone, first_day=made.day, last_day=made.day,
        source=plan.table.file_name or labels.label("import_text", "pasted", language),
    )  # fmt: skip
    meeting = record_past_meeting(session, content, uid_host=uid_host)
    session.flush()  # actions refer to it
    return meeting.id, meeting.reference, keys_of(session, meeting.audience_id)


# New actions --------------------------------------------------------------------------------------


def _insert(
    session: GuardedSession,
    plan: ImportPlan,
    batch: ActionBatch,
    fates: list[RowFate],
    made: Mapping[tuple[str, dt.date], tuple[uuid.UUID, str, frozenset[str]]],
) -> None:
    places: dict[tuple[Any, ...], _Place] = {}
    of_fate = []
    for fate in fates:
        key = (fate.meeting and fate.meeting.id, fate.made_on, fate.mechanism and fate.mechanism.id, fate.parties)
        if key not in places:
            places[key] = _place(session, fate, made)
        of_fate.append(places[key])
    numbers = _numbers(session, of_fate)
    rows = _Rows()
    for fate, place in zip(fates, of_fate, strict=True):
        reference = action_reference_in(place.scope, next(numbers[place.scope]))
        _add_rows(session, rows, plan, batch, fate, place, reference)
    for model, found in ((Action, rows.actions), (Leg, rows.legs), (ActionNote, rows.notes)):
        session.insert_many(model, found)
    session.insert_many(CommitmentAction, rows.served)


def _numbers(session: GuardedSession, places: list[_Place]) -> dict[str, Any]:
    """Return the numbers of each scope, given out in one block, the scopes in one order so that none wait in a ring."""
    wanted: dict[str, int] = defaultdict(int)
    for place in places:
        wanted[place.scope] += 1
    return {
        scope: iter(range(first, first + wanted[scope]))
        for scope in sorted(wanted)
        for first in [next_number(session, scope, wanted[scope])]
    }


def _place(
    session: GuardedSession,
    fate: RowFate,
    made: Mapping[tuple[str, dt.date], tuple[uuid.UUID, str, frozenset[str]]],
) -> _Place:
    """Return where a new action belongs, and who sees it: its parties, and the secretariat of exactly these."""
    parties, mechanism = fate.parties, fate.mechanism
    keys = frozenset(party_key(code) for code in parties)
    meeting: tuple[uuid.UUID, str, frozenset[str]] | None = None
    if fate.made_on is not None and mechanism is not None:
        meeting = made[mechanism.code, fate.made_on]
    elif fate.meeting is not None:
        meeting = (fate.meeting.id, fate.meeting.reference, fate.meeting.keys)
    if meeting is None:
        keys |= audience_of(session, mechanism.id if mechanism else None, parties).keys
        scope = adhoc_action_scope(parties, session.now.year)
    else:
        of_meeting = frozenset(key.removeprefix("party:") for key in meeting[2] if key.startswith("party:"))
        if parties == (fate.meeting.parties if fate.meeting else of_meeting):
            keys |= {appointment_key(each) for each in appointments_in(meeting[2])}
        scope = action_scope(meeting[1], mechanism.parties if mechanism else of_meeting, parties)
    return _Place(
        meeting[0] if meeting else None, mechanism.id if mechanism else None, session.audience(keys), keys, scope
    )


def _add_rows(
    session: GuardedSession,
    rows: _Rows,
    plan: ImportPlan,
    batch: ActionBatch,
    fate: RowFate,
    place: _Place,
    reference: str,
) -> None:
    row, viewer, now = fate.row, session.bound_viewer, session.now
    language = plan.table.choices.language
    own = viewer.party if viewer.sits_at_a_table and viewer.party in fate.parties else None
    state: LegState = row.state or "open"
    title = {**row.title, "original": language if language in row.title else next(iter(row.title))}
    action_id = uuid.uuid4()
    rows.actions.append(
        {
            "id": action_id, "reference": reference, "meeting_id": place.meeting_id, "mechanism_id": place.mechanism_id,
            "title": title, "created_by_party": own, "created_at": now, "changed_at": now, "news_at": now,
            "body": _body(fate, language), "kind": row.kind or "task", "kind_facts": kind_facts(row),
            "lead_party": row.lead, "priority": row.priority or "normal", "horizon": row.horizon, "conclusion": None,
            "clock": None, "due_basis": "date" if row.due_on else "none",
            "state": whole_state(state for _ in row.owners), "due_on": whole_due_on([(state, row.due_on)]),
            "batch_id": batch.id, "found_by": found_by(reference, title), "audience_id": place.audience_id,
        }
    )  # fmt: skip
    rows.legs += [_leg(session, owner, fate, action_id, place, is_own=owner.party == own) for owner in fate.owners]
    if row.note:
        rows.notes.append(
            {
                "id": uuid.uuid4(), "action_id": action_id, "text": row.note, "language": language, "party_code": own,
                "person_id": viewer.person_id, "created_at": now, "audience_id": place.audience_id,
            }
        )  # fmt: skip
    if fate.commitment:
        rows.served.append(_served(session, plan, fate.commitment, action_id, place))
    session.record(
        "action_recorded", "action", action_id, place.audience_id, parties=sorted(fate.parties),
        owing=[owner.party for owner in fate.owners], state=state, imported=True,
    )  # fmt: skip


def _leg(
    session: GuardedSession, owner: Owner, fate: RowFate, action_id: uuid.UUID, place: _Place, *, is_own: bool
) -> dict[str, Any]:
    """Return one leg as it is written: of another party it is recorded, and theirs to accept, whatever its state."""
    row, now = fate.row, session.now
    return {
        "id": uuid.uuid4(), "action_id": action_id, "party_code": owner.party, "office_code": owner.office,
        "person_name": owner.person, "person_id": owner.person_id if is_own else None, "due_on": row.due_on,
        "first_due_on": row.due_on, "state": row.state or "open", "reason": row.reason or None,
        "is_accepted": is_own, "accepted_at": now if is_own else None,
        "done_at": dt.datetime.combine(row.done_on, _NOON) if row.done_on else None, "changed_at": now,
        "audience_id": place.audience_id,
    }  # fmt: skip


def _body(fate: RowFate, language: str) -> dict[str, str] | None:
    """Return the longer text of a new action; the table's own number of it stands at its end."""
    said = [fate.row.text] if fate.row.text else []
    if fate.own_number:
        said.append(labels.label("import_text", "own_number", language).format(number=fate.own_number))
    return {language: "\n\n".join(said), "original": language} if said else None


def _served(session: GuardedSession, plan: ImportPlan, ref: str, action_id: uuid.UUID, place: _Place) -> dict[str, Any]:
    """Return that an action serves a commitment, for those who see both."""
    commitment = plan.found.commitments[ref]
    of_commitment = plan.found.commitment_keys[commitment.audience_id]
    keys = place.keys if REGISTER in of_commitment else place.keys & of_commitment
    return {
        "id": uuid.uuid4(), "commitment_id": commitment.id, "action_id": action_id,
        "made_by": session.bound_viewer.person_id, "made_at": session.now, "audience_id": session.audience(keys),
    }  # fmt: skip
