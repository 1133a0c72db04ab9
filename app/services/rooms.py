"""Holding a meeting: its room is opened, its items are taken one after the other, and it is closed.

What all the meeting's parties do stands in the room's own row. An item of some of them is taken beside it, in a row
that only they see: it moves neither the room's item nor its beat, so that nothing betrays it to the others.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Final, Literal

from sqlalchemy import or_, select, update

from app.db import GuardedSession
from app.domain import room as rules
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action, Facts, can
from app.models import AgendaItem, ItemTaken, Meeting, MinuteEntry, Room
from app.services.agenda import item_of_meeting, items_of
from app.services.meeting_audience import keys_of, rows_audience, without_persons
from app.services.meetings import facts_of_meeting, find_meeting

Act = Literal["start", "next", "back", "pause"]
ACTS: Final = ("start", "next", "back", "pause")
# How long after its room was opened a meeting that has begun can be attributed after all: it was a slip.
SLIP: Final = dt.timedelta(minutes=10)


def is_attributed(session: GuardedSession, meeting_id: uuid.UUID) -> bool:
    """Say whether what comes out of a meeting may name who spoke and who took part; a meeting without a room may.

    It is decided on the whole truth: who does not see the room is shown no name either.
    """
    with session.whole_truth("see whether a meeting's papers may name who took part") as truth:
        found = truth.execute(select(Room.is_attributed).where(Room.meeting_id == meeting_id)).scalar_one_or_none()
    return found is not False


def find_room(session: GuardedSession, meeting_id: uuid.UUID, *, lock: bool = False) -> Room | None:
    """Return the room of a meeting, if it was opened; `lock` holds its row and reads it anew."""
    query = select(Room).where(Room.meeting_id == meeting_id)
    if lock:
        query = query.with_for_update(of=Room).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def raise_beat(session: GuardedSession, room: Room) -> None:
    """Say to those who follow the room that something has changed; it is no change of what the chair decided."""
    session.flush()
    session.execute(
        update(Room).where(Room.id == room.id).values(beat=Room.beat + 1).execution_options(synchronize_session=False)
    )
    session.expire(room, ["beat"])


# Opening and closing ------------------------------------------------------------------------------


def open_room(
    session: GuardedSession,
    reference: str,
    *,
    chair_party: str | None = None,
    attributed: bool = True,
    afterwards: bool = False,
) -> Meeting:
    """Open the room of a meeting that is confirmed, held or closed, or open one that was closed again.

    `afterwards` opens it for its notes alone: nothing is timed. What is not attributed stays so. Raises `NotFound`,
    `Refusal` `forbidden`, `room_not_yet`, `unknown_party`.
    """
    meeting, facts = _to_chair(session, reference)
    if meeting.state not in rules.OPENED_IN:
        raise Refusal("room_not_yet")
    if chair_party and chair_party not in facts.parties:
        raise Refusal("unknown_party", field="chair_party")
    room = find_room(session, meeting.id, lock=True)
    if room is None:
        room = Room(
            id=uuid.uuid4(), meeting_id=meeting.id, audience_id=rows_audience(session, meeting), beat=0,
            opened_at=session.now, is_attributed=attributed, chair_party=chair_party or None,
            state="closed" if afterwards else "open", closed_at=session.now if afterwards else None,
        )  # fmt: skip
        session.add(room)
        session.flush()
    elif room.state == "open" or afterwards:
        return meeting
    else:
        room.state, room.closed_at = "open", None
        room.beat += 1
    session.record(
        "room_opened", "room", meeting.id, room.audience_id, afterwards=afterwards, attributed=room.is_attributed
    )
    return meeting


def close_room(session: GuardedSession, reference: str, *, version: int) -> Meeting:
    """End the meeting in its room; what was taken ends now, also what only some of the parties took.

    Raises what `take_item` raises. One that is closed already stays as it is.
    """
    meeting, room, _ = _held(session, reference)
    if room.state == "closed":
        return meeting
    _check(room, version)
    _end_turns(session, meeting, room)
    room.current_item_id = room.item_started_at = None
    room.state, room.closed_at = "closed", session.now
    room.beat += 1
    with session.whole_truth("end what some of the parties take apart when their meeting ends") as truth:
        for turn in _open_turns(truth, meeting, None):
            turn.ended_at = max(session.now, turn.started_at)
    session.record("room_closed", "room", meeting.id, room.audience_id)
    return meeting


def stop_attributing(session: GuardedSession, reference: str) -> Meeting:
    """Name neither speakers nor participants in anything that comes out of a meeting from now on.

    Who was captured as a speaker before is erased, not hidden: under the Chatham House Rule nobody may reveal it, and
    what is not kept cannot be revealed by a backup either. So it is never taken back once anything was captured.
    Raises `NotFound`, `Refusal` `forbidden`, `no_room`.
    """
    meeting, room, _ = _held(session, reference)
    if not room.is_attributed:
        return meeting
    room.is_attributed = False
    room.beat += 1
    session.flush()
    with session.whole_truth("erase who spoke where a room does not attribute") as truth:
        named = or_(MinuteEntry.speaker.is_not(None), MinuteEntry.speaker_party.is_not(None))
        truth.execute(
            update(MinuteEntry)
            .where(MinuteEntry.meeting_id == meeting.id, named)
            .values(speaker=None, speaker_party=None)
            .execution_options(synchronize_session=False)
        )
    session.expire_all()
    session.record("room_not_attributed", "room", meeting.id, room.audience_id)
    return meeting


def attribute_again(session: GuardedSession, reference: str) -> Meeting:
    """Take non-attribution back, as long as no item was taken and nothing captured under it that all see.

    Not once the meeting has begun and its room been open for a while: then something may have been said that only
    some of the parties know of, and whether it was must not show in what the others are answered.

    Raises `NotFound`, `Refusal` `forbidden`, `no_room`, `stays_unattributed`.
    """
    meeting, room, _ = _held(session, reference)
    if room.is_attributed:
        return meeting
    until = max(meeting.starts_at, room.opened_at + SLIP)
    if session.now >= until or _is_anything_said(session, room):
        raise Refusal("stays_unattributed")
    room.is_attributed = True
    room.beat += 1
    session.record("room_attributed", "room", meeting.id, room.audience_id)
    return meeting


def _is_anything_said(session: GuardedSession, room: Room) -> bool:
    """Say whether an item was taken, or anything captured, that all in the room see."""
    for model in (MinuteEntry, ItemTaken):
        query = select(model.id).where(model.meeting_id == room.meeting_id, model.audience_id == room.audience_id)
        if session.execute(query.limit(1)).first() is not None:
            return True
    return False


# Taking items -------------------------------------------------------------------------------------


def take_item(
    session: GuardedSession, reference: str, act: str, item_id: uuid.UUID | None = None, *, version: int
) -> Meeting:
    """Take an item: the one named (`start`), the `next`, the one before (`back`), or none for a while (`pause`).

    `version` is that of the room as its maker saw it; to take what is taken already changes nothing. Raises
    `NotFound`, `StaleVersion`, `Refusal` `forbidden`, `no_room`, `room_closed`, `no_next_item`, `unknown_act`.
    """
    meeting, room, _ = _held(session, reference)
    if act not in ACTS:
        raise Refusal("unknown_act")
    if room.state != "open":
        raise Refusal("room_closed")
    chosen = _chosen(session, meeting, room, act, item_id)
    if room.current_item_id == chosen and act in {"start", "pause"}:
        return meeting
    _check(room, version)
    _end_turns(session, meeting, room)
    room.current_item_id, room.item_started_at = chosen, session.now if chosen else None
    room.beat += 1
    if chosen:
        session.add(
            ItemTaken(
                id=uuid.uuid4(), meeting_id=meeting.id, item_id=chosen, started_at=session.now,
                audience_id=room.audience_id,
            )
        )  # fmt: skip
    session.record("item_taken", "room", meeting.id, room.audience_id, act=act, item=str(chosen) if chosen else None)
    return meeting


def take_apart(session: GuardedSession, reference: str, item_id: uuid.UUID, *, starts: bool) -> Meeting:
    """Take an item of some of the parties beside the room, or end its turn; the others' room does not move.

    Another item of the same parties that was taken ends. Raises `NotFound`, `Refusal` `forbidden`, `no_room`,
    `room_closed`.
    """
    meeting = find_meeting(session, reference)
    item = item_of_meeting(session, meeting, item_id)
    room = find_room(session, meeting.id, lock=True)  # so that nothing is taken beside its closing
    if item is None or not item.parties:
        raise NotFound
    if not can(session.bound_viewer, Action.CHAIR_MEETING, facts_of_item(session, meeting, item)):
        raise Refusal("forbidden")
    if room is None or room.state != "open":
        raise Refusal("room_closed" if room else "no_room")
    series = session.execute(
        select(AgendaItem.id).where(AgendaItem.meeting_id == meeting.id, AgendaItem.audience_id == item.audience_id)
    ).scalars()
    of_series = set(series)
    turns = [turn for turn in _open_turns(session, meeting, None) if turn.item_id in of_series]
    if starts and any(turn.item_id == item.id for turn in turns):
        return meeting
    for turn in turns:
        if starts or turn.item_id == item.id:
            turn.ended_at = max(session.now, turn.started_at)
    audience = audience_of_item(session, meeting, item)
    if starts:
        session.add(
            ItemTaken(
                id=uuid.uuid4(), meeting_id=meeting.id, item_id=item.id, started_at=session.now, audience_id=audience
            )
        )
    act = "start" if starts else "pause"
    session.record("item_taken", "room", meeting.id, audience, act=act, item=str(item.id))
    return meeting


# What others share --------------------------------------------------------------------------------


def facts_of_item(session: GuardedSession, meeting: Meeting, item: AgendaItem | None) -> Facts:
    """Return what the table of permissions needs to know of an item: of some of the parties, only these."""
    facts = facts_of_meeting(session, meeting)
    if item is None or not item.parties:
        return facts
    return Facts(parties=facts.parties & frozenset(item.parties), appointments=facts.appointments)


def audience_of_item(session: GuardedSession, meeting: Meeting, item: AgendaItem | None) -> uuid.UUID:
    """Return the audience of what is captured of an item: its own parties and their secretariats, no guest."""
    if item is None or not item.parties:
        return rows_audience(session, meeting)
    return session.audience(without_persons(keys_of(session, item.audience_id)))


def plenary(items: Iterable[AgendaItem]) -> list[AgendaItem]:
    """Return the items of all the meeting's parties that stand on its agenda."""
    return [item for item in items if not item.removed and not item.parties]


def _to_chair(session: GuardedSession, reference: str) -> tuple[Meeting, Facts]:
    meeting = find_meeting(session, reference, lock=True)
    facts = facts_of_meeting(session, meeting)
    if not can(session.bound_viewer, Action.CHAIR_MEETING, facts):
        raise Refusal("forbidden")
    return meeting, facts


def _held(session: GuardedSession, reference: str) -> tuple[Meeting, Room, Facts]:
    meeting, facts = _to_chair(session, reference)
    room = find_room(session, meeting.id, lock=True)
    if room is None:
        raise Refusal("no_room")
    return meeting, room, facts


def _check(room: Room, version: int) -> None:
    if room.version != version:
        raise StaleVersion({"version": version}, {"version": room.version})


def _chosen(
    session: GuardedSession, meeting: Meeting, room: Room, act: str, item_id: uuid.UUID | None
) -> uuid.UUID | None:
    """Return the item that an act takes; None for a pause."""
    if act == "pause":
        return None
    order = [item.id for item in plenary(items_of(session, meeting.id))]
    if act == "start":
        if item_id not in order:
            raise NotFound
        return item_id
    had = session.execute(
        select(ItemTaken.item_id).where(ItemTaken.meeting_id == meeting.id, ItemTaken.audience_id == room.audience_id)
    ).scalars()
    current = room.current_item_id
    found = rules.next_item(order, current, had) if act == "next" else rules.item_before(order, current)
    if found is None:
        raise Refusal("no_next_item")
    return found


def _open_turns(session: GuardedSession, meeting: Meeting, audience_id: uuid.UUID | None) -> list[ItemTaken]:
    query = select(ItemTaken).where(ItemTaken.meeting_id == meeting.id, ItemTaken.ended_at.is_(None))
    if audience_id is not None:
        query = query.where(ItemTaken.audience_id == audience_id)
    return list(session.execute(query).scalars())


def _end_turns(session: GuardedSession, meeting: Meeting, room: Room) -> None:
    for turn in _open_turns(session, meeting, room.audience_id):
        turn.ended_at = max(session.now, turn.started_at)
