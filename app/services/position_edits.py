"""Writing and clearing positions and non-papers: each change is a version; two people stand behind a cleared one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app.db import GuardedSession, digest_of
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.positions import PARTS, PositionContent, Standing, checked, may_clear
from app.domain.visibility import Action, Facts, can, party_key
from app.models import AgendaItem, Meeting, Position, PositionVersion
from app.models.sealed import Private
from app.services.meetings import find_meeting
from app.services.position_contents import content_of
from app.services.positions import facts_of_position, find_position, item_to_prepare, offered_parties


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a form to write is about: a meeting, an item of it (a non-paper may have none), the position there is.

    `offered` are the parties that it could be handed to.
    """

    meeting: Meeting
    item: AgendaItem | None
    position: Position | None
    offered: tuple[str, ...]


def prepare(session: GuardedSession, reference: str, item_id: uuid.UUID | None) -> Preparation:
    """Return what the viewer's delegation would write about: an item, or (None, for a non-paper) the whole meeting.

    Raises `NotFound`, also for an item that is not for the viewer's party.
    """
    meeting = find_meeting(session, reference)
    item = item_to_prepare(session, meeting, item_id) if item_id is not None else None
    viewer = session.bound_viewer
    if not can(viewer, Action.PREPARE_POSITION, Facts(owner=viewer.party)):
        raise NotFound
    if item is not None and item.parties and viewer.party not in item.parties:
        raise NotFound
    found = _position_on(session, item.id) if item is not None else None
    return Preparation(meeting, item, found, offered_parties(session, meeting, item))


def write_position(
    session: GuardedSession, reference: str, item_id: uuid.UUID, content: PositionContent, *, version: int
) -> Position:
    """Write the viewer's position on an item; `version` is that of the one which was read, 0 for none.

    Raises `NotFound`, `StaleVersion` with both texts, `KeyServiceDown`, and what `checked` raises.
    """
    about = prepare(session, reference, item_id)
    if about.position is not None:
        return save_position(session, about.position.id, content, version=version)
    return _begin(session, "position", about, checked(content))


def begin_non_paper(
    session: GuardedSession, reference: str, item_id: uuid.UUID | None, content: PositionContent
) -> Position:
    """Begin a non-paper for a meeting, or for an item of it; raises `NotFound`, and what `checked` raises."""
    about = prepare(session, reference, item_id)
    return _begin(session, "non_paper", about, checked(content, "non_paper"))


def save_position(
    session: GuardedSession, position_id: uuid.UUID, content: PositionContent, *, version: int
) -> Position:
    """Keep what a position or non-paper says now: a draft, whatever it was; what was cleared stays as a version.

    What says the same is no change. Raises `NotFound`, `StaleVersion` with both texts, `KeyServiceDown`.
    """
    position = find_position(session, position_id, lock=True)
    _hold_to(session, Action.PREPARE_POSITION, position)
    clean = checked(content, position.kind)
    standing = content_of(position)
    if position.version != version:
        raise StaleVersion(as_fields(clean), as_fields(standing))
    if clean == standing:
        return position
    viewer = session.bound_viewer
    position.state, position.cleared_by, position.cleared_at = "draft", None, None
    position.content = Private(position.owner_party, clean.to_json())
    position.written_by, position.changed_at = viewer.person_id, session.now
    _add_version(session, position)
    session.flush()
    _record(session, "position_saved", position)
    return position


def clear_position(session: GuardedSession, position_id: uuid.UUID, *, version: int) -> Position:
    """Clear a position, or release a non-paper: somebody who speaks for the party and did not write its last change.

    Raises `NotFound`; `StaleVersion` where it says something else by now; `Refusal` `forbidden`, `not_in_state`,
    `position_own_change`.
    """
    position = find_position(session, position_id, lock=True)
    if position.version != version:
        raise StaleVersion({}, as_fields(content_of(position)))
    reason = why_not_cleared(session, position)
    if reason is not None:
        raise Refusal(reason)
    position.state, position.cleared_by = "cleared", session.bound_viewer.person_id
    position.cleared_at = session.now
    _add_version(session, position)
    session.flush()
    _record(session, "position_cleared", position)
    return position


def why_not_cleared(session: GuardedSession, position: Position) -> str | None:
    """Return the reason for which the viewer may not clear it, None where they may."""
    viewer = session.bound_viewer
    speaks = can(viewer, Action.CLEAR_POSITION, facts_of_position(position))
    return may_clear(Standing(position.state, position.written_by), viewer.person_id, speaks=speaks)


def as_fields(content: PositionContent) -> dict[str, object]:
    """Return a content as its form has it, for a page that shows two of them side by side."""
    plain: dict[str, object] = {part: getattr(content, part) for part in PARTS if part not in {"questions", "papers"}}
    for number, each in enumerate(content.questions, start=1):
        plain |= {f"question_{number}": each.question, f"answer_{number}": each.answer}
    return {**plain, "papers": "\n".join(content.papers), "language": content.language}


def _begin(session: GuardedSession, kind: str, about: Preparation, content: PositionContent) -> Position:
    viewer = session.bound_viewer
    owner = viewer.party or ""
    position = Position(
        id=uuid.uuid4(), kind=kind, meeting_id=about.meeting.id, item_id=about.item.id if about.item else None,
        owner_party=owner, state="draft", content=Private(owner, content.to_json()), revision=1,
        written_by=viewer.person_id, changed_at=session.now, audience_id=session.audience({party_key(owner)}),
    )  # fmt: skip
    session.add(position)
    session.flush()  # its version and the record name it
    _keep_version(session, position)
    session.flush()
    _record(session, "position_begun", position)
    return position


def _add_version(session: GuardedSession, position: Position) -> None:
    """Keep what a position says now as its next version."""
    position.revision += 1
    _keep_version(session, position)


def _keep_version(session: GuardedSession, position: Position) -> None:
    session.add(
        PositionVersion(
            position_id=position.id, number=position.revision,
            content=Private(position.owner_party, position.content.text), written_by=position.written_by,
            written_at=session.now, cleared_by=position.cleared_by, audience_id=position.audience_id,
        )
    )  # fmt: skip


def _record(session: GuardedSession, act: str, position: Position) -> None:
    session.record(
        act, position.kind, position.id, position.audience_id, revision=position.revision,
        digest=digest_of(position.content.text),
    )  # fmt: skip


def _position_on(session: GuardedSession, item_id: uuid.UUID) -> Position | None:
    query = select(Position).where(Position.item_id == item_id, Position.kind == "position")
    return session.execute(query).scalar_one_or_none()


def _hold_to(session: GuardedSession, action: Action, position: Position) -> None:
    if not can(session.bound_viewer, action, facts_of_position(position)):
        raise Refusal("forbidden")
