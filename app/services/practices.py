"""The register of best practices: what a meeting found good, kept for its mechanism and seen by its parties."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import load_only

from app.db import GuardedSession, digest_of
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action, Facts, can
from app.models import AgendaItem, BestPractice, Mechanism, Meeting
from app.services.action_content import texts, titles
from app.services.agenda import item_behind
from app.services.meetings import find_meeting
from app.services.rooms import audience_of_item, facts_of_item


@dataclass(frozen=True, slots=True)
class PracticeWords:
    """A practice as a form says it: title and words by language, and the parties in which it was found."""

    title: Mapping[str, str]
    words: Mapping[str, str]
    original: str
    found_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PracticeLine:
    """A practice with the meeting that found it, that meeting's item and mechanism."""

    practice: BestPractice
    meeting: Meeting
    mechanism: Mechanism | None
    item: AgendaItem | None


def record_practice(
    session: GuardedSession, reference: str, said: PracticeWords, item_id: uuid.UUID | None = None
) -> BestPractice:
    """Take what a meeting found into the register; it is seen by the parties that were at it (had the item).

    Raises `NotFound`, `Refusal` `forbidden`, `unknown_party`, `needs_title`, `required`, and what texts raise.
    """
    meeting = find_meeting(session, reference)
    item = item_behind(session, item_id)
    if item_id is not None and (item is None or item.meeting_id != meeting.id):
        raise NotFound
    facts = facts_of_item(session, meeting, item)
    if not can(session.bound_viewer, Action.KEEP_PRACTICES, facts):
        raise Refusal("forbidden")
    practice = BestPractice(
        id=uuid.uuid4(), meeting_id=meeting.id, mechanism_id=meeting.mechanism_id, item_id=item.id if item else None,
        recorded_by=session.bound_viewer.person_id, recorded_at=session.now, removed=False,
        audience_id=audience_of_item(session, meeting, item), **_columns(said, facts),
    )  # fmt: skip
    session.add(practice)
    _record(session, "practice_recorded", practice)
    return practice


def change_practice(
    session: GuardedSession, practice_id: uuid.UUID, said: PracticeWords, *, version: int
) -> BestPractice:
    """Change a practice; `version` is that of the one that was edited. Raises as `record_practice`, `StaleVersion`."""
    practice, facts = _kept(session, practice_id)
    columns = _columns(said, facts)
    standing = {name: getattr(practice, name) for name in columns}
    if standing == columns:
        return practice
    if practice.version != version:
        raise StaleVersion(columns, standing)
    for name, value in columns.items():
        setattr(practice, name, value)
    _record(session, "practice_changed", practice)
    return practice


def set_practice_removed(session: GuardedSession, practice_id: uuid.UUID, *, removed: bool) -> BestPractice:
    """Take a practice off the register, or put it back; it is kept. Raises `NotFound`, `Refusal("forbidden")`."""
    practice, _ = _kept(session, practice_id)
    if practice.removed != removed:
        practice.removed = removed
        _record(session, "practice_removed" if removed else "practice_restored", practice)
    return practice


def find_practice(session: GuardedSession, practice_id: uuid.UUID) -> PracticeLine:
    """Return one practice, one that was taken off the register too; raises `NotFound`."""
    row = session.execute(_lines().where(BestPractice.id == practice_id)).one_or_none()
    if row is None:
        raise NotFound
    return PracticeLine(*row)


def practices(session: GuardedSession, mechanism_id: uuid.UUID | None = None) -> tuple[PracticeLine, ...]:
    """Return the practices that the viewer may see, the newest first; of one mechanism, or all. In one statement."""
    query = _lines().where(BestPractice.removed.is_(False))
    if mechanism_id is not None:
        query = query.where(BestPractice.mechanism_id == mechanism_id)
    rows = session.execute(query.order_by(BestPractice.recorded_at.desc(), BestPractice.id))
    return tuple(PracticeLine(*row) for row in rows)


def may_keep(session: GuardedSession, line: PracticeLine) -> bool:
    """Say whether the viewer may change a practice."""
    return can(session.bound_viewer, Action.KEEP_PRACTICES, facts_of_item(session, line.meeting, line.item))


def _lines() -> Select[BestPractice, Meeting, Mechanism, AgendaItem]:
    return (
        select(BestPractice, Meeting, Mechanism, AgendaItem)
        .join(Meeting, Meeting.id == BestPractice.meeting_id)
        .outerjoin(Mechanism, Mechanism.id == BestPractice.mechanism_id)
        .outerjoin(AgendaItem, AgendaItem.id == BestPractice.item_id)
        .options(load_only(Mechanism.code, Mechanism.name, Mechanism.ref))
    )


def _kept(session: GuardedSession, practice_id: uuid.UUID) -> tuple[BestPractice, Facts]:
    query = select(BestPractice).where(BestPractice.id == practice_id).with_for_update()
    practice = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if practice is None:
        raise NotFound
    line = find_practice(session, practice_id)
    facts = facts_of_item(session, line.meeting, line.item)
    if not can(session.bound_viewer, Action.KEEP_PRACTICES, facts):
        raise Refusal("forbidden")
    return practice, facts


def _columns(said: PracticeWords, facts: Facts) -> dict[str, object]:
    title, kept = titles(said.title, said.original), texts(said.words, "words", said.original)
    if kept is None:
        raise Refusal("required", field=f"words_{said.original}")
    if not set(said.found_in) <= facts.parties:
        raise Refusal("unknown_party", field="found_in")
    return {"title": title, "words": kept, "found_in": sorted(set(said.found_in))}


def _record(session: GuardedSession, act: str, practice: BestPractice) -> None:
    session.flush()
    session.record(
        act, "practice", practice.id, practice.audience_id, digest=digest_of("|".join(practice.title.values()))
    )
