"""Revisions of an agenda: issued as it stands, kept as they were, read and compared."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.db import GuardedSession, digest_of
from app.domain.agenda_revisions import FIELDS, ItemChange, compare
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action, can
from app.models import AgendaItem, AgendaRevision, Decision, Meeting
from app.services.agenda import FROZEN_STATES, items_of
from app.services.agenda_standing import held_row, standing_of
from app.services.meeting_audience import rows_audience
from app.services.meetings import facts_of_meeting, find_meeting

Snapshot = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two revisions of an agenda and what became of each item; `newer` is None for the agenda as it stands now."""

    meeting: Meeting
    older: AgendaRevision
    newer: AgendaRevision | None
    changes: tuple[ItemChange, ...]

    @property
    def is_same(self) -> bool:
        """Say whether nothing differs."""
        return all(change.how == "same" for change in self.changes)


def issue_revision(session: GuardedSession, reference: str, *, seen: str) -> AgendaRevision:
    """Issue the agenda as it stands as the next revision of the provisional one; `seen` is the digest of what was read.

    Raises `NotFound`; `Refusal` `forbidden`, `not_in_state` (closed or adopted), `agenda_is_empty`, `topic_waits`,
    `nothing_changed` since the last revision; `StaleVersion` where the agenda reads otherwise by now.
    """
    meeting = find_meeting(session, reference, lock=True)
    if not can(session.bound_viewer, Action.ISSUE_AGENDA, facts_of_meeting(session, meeting)):
        raise Refusal("forbidden")
    content = snapshot_of(items_of(session, meeting.id, fresh=True))
    check_ready(session, meeting, content, seen)
    last = last_revision(session, meeting.id)
    if last is not None and last.digest == digest_of_snapshot(content):
        raise Refusal("nothing_changed")
    return keep_revision(session, meeting, content, "provisional")


def keep_revision(session: GuardedSession, meeting: Meeting, content: Snapshot, state: str) -> AgendaRevision:
    """Keep an agenda as the next revision, provisional or adopted, and say that this is how the agenda stands."""
    row = held_row(session, meeting)
    audience_id = rows_audience(session, meeting)
    row.revision, row.state, row.issued_at = row.revision + 1, state, session.now
    row.adopted_at = (row.adopted_at or session.now) if state == "adopted" else None
    revision = AgendaRevision(
        id=uuid.uuid4(), meeting_id=meeting.id, number=row.revision, state=state, content=content,
        digest=digest_of_snapshot(content), issued_by=session.bound_viewer.person_id, issued_at=session.now,
        audience_id=audience_id,
    )  # fmt: skip
    session.add(revision)
    act = "agenda_adopted" if state == "adopted" else "agenda_issued"
    session.record(act, "agenda", meeting.id, audience_id, revision=row.revision, items=len(content["items"]))
    session.flush()
    return revision


def check_ready(session: GuardedSession, meeting: Meeting, content: Snapshot, seen: str) -> None:
    """Refuse to issue or adopt what is empty, waits for consent, is adopted, or is not what was read.

    Raises what `issue_revision` names.
    """
    if meeting.state in FROZEN_STATES or standing_of(session, meeting, fresh=True).state == "adopted":
        raise Refusal("not_in_state", state=meeting.state, verb="agenda")
    if seen != digest_of_snapshot(content):
        raise StaleVersion({"agenda": "issue"}, {"agenda": "changed"})
    if not content["items"]:
        raise Refusal("agenda_is_empty")
    waits = waiting_for_consent(session, meeting.id)
    if any(uuid.UUID(item["id"]) in waits for item in content["items"]):
        raise Refusal("topic_waits")


def waiting_for_consent(session: GuardedSession, meeting_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return the items of which a party said that they are on a topic set aside, and not every party consented yet."""
    rows = session.execute(
        select(Decision.subject_id, Decision.content).where(
            Decision.meeting_id == meeting_id, Decision.kind == "topic", Decision.state == "open"
        )
    )
    return frozenset(row.subject_id for row in rows if row.subject_id and row.content.get("do") == "keep")


def snapshot_of(rows: Iterable[AgendaItem]) -> Snapshot:
    """Return the items of all the parties as a revision keeps them, from those of a meeting in their order."""
    standing = [row for row in rows if not row.removed and not row.parties]
    return {"items": [_issued(row, number) for number, row in enumerate(standing, start=1)]}


def digest_of_snapshot(content: Mapping[str, Any]) -> str:
    """Return the digest of what a revision says."""
    return digest_of(json.dumps(content, sort_keys=True, ensure_ascii=False))


def _issued(row: AgendaItem, number: int) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in FIELDS}
    plain = {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}
    return {"id": str(row.id), "number": number, **plain}


# Reading ------------------------------------------------------------------------------------------


def last_revision(session: GuardedSession, meeting_id: uuid.UUID) -> AgendaRevision | None:
    """Return the last revision of a meeting's agenda that the viewer sees."""
    query = select(AgendaRevision).where(AgendaRevision.meeting_id == meeting_id)
    return session.execute(query.order_by(AgendaRevision.number.desc()).limit(1)).scalar_one_or_none()


def revisions_of(session: GuardedSession, meeting_id: uuid.UUID) -> tuple[AgendaRevision, ...]:
    """Return the revisions of a meeting's agenda that the viewer sees, the newest first."""
    query = select(AgendaRevision).where(AgendaRevision.meeting_id == meeting_id)
    return tuple(session.execute(query.order_by(AgendaRevision.number.desc())).scalars())


def find_revision(session: GuardedSession, meeting: Meeting, number: int) -> AgendaRevision:
    """Return a revision by its number; raises `NotFound`."""
    found = session.execute(
        select(AgendaRevision).where(AgendaRevision.meeting_id == meeting.id, AgendaRevision.number == number)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def compare_revisions(session: GuardedSession, reference: str, number: int, with_number: int | None) -> Comparison:
    """Return what changed from a revision to another, the older one first, or to the agenda as it stands now.

    Raises `NotFound`.
    """
    meeting = find_meeting(session, reference)
    one = find_revision(session, meeting, number)
    if with_number is None:
        present = snapshot_of(items_of(session, meeting.id))
        return Comparison(meeting, one, None, compare(one.content["items"], present["items"]))
    other = find_revision(session, meeting, with_number)
    older, newer = sorted((one, other), key=lambda each: each.number)
    return Comparison(meeting, older, newer, compare(older.content["items"], newer.content["items"]))
