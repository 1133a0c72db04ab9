"""Mails about meetings and polls as each person chose them: at once, in one digest a morning, or none.

What waits is looked through when a worker claims it. One message stays where several would say the same, and more
than a few at once become a digest as well, as after a day on which the mail server was away.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from sqlalchemy import or_, select

from app.db import GuardedSession
from app.domain import dispatches as rules
from app.domain.around import URGENT
from app.domain.closures import is_closed
from app.domain.dispatches import DIGEST, ROSTER_LEFT, Choice, Waiting
from app.domain.reminders import not_before
from app.domain.walltime import in_zone
from app.models import Meeting, MeetingInvitation, OutboxMessage, Person
from app.services.outbox import is_waiting

NOT_WANTED: Final = "withheld: its recipient reads on the pages alone"
SUPERSEDED: Final = "superseded: a later one says where it stands"
NOT_TOLD: Final = "withheld: its recipient was told of nothing"
GATHERED: Final = "gathered: a digest says it"
_TWO_DAYS: Final = dt.timedelta(days=2)


@dataclass(slots=True)
class _Box:
    """What waits for one recipient: messages in the order of their acts, and the digests that could not go out yet.

    `person` is None for somebody on a roster who has no account: they are told at once.
    """

    person: Person | None
    rows: list[OutboxMessage] = field(default_factory=list)
    digests: list[OutboxMessage] = field(default_factory=list)
    had_digest_at: list[dt.datetime] = field(default_factory=list)

    @property
    def choice(self) -> Choice:
        """Return how its recipient chose to be mailed."""
        return cast("Choice", self.person.meeting_mails) if self.person else "at_once"


@dataclass(frozen=True, slots=True)
class _Told:
    """The meetings that messages are about: where each stands, and which are urgent."""

    states: Mapping[str, str]
    urgent: frozenset[str]


def sift(session: GuardedSession, rows: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Return those of the rows that go out now as they are; the others are put off, ended, or in a digest."""
    chosen = [row for row in rows if _is_chosen_for(row)]
    if not chosen:
        return list(rows)
    boxes = _boxes(session, chosen)
    told = _told(session, boxes)
    going = {row.id for box in boxes for row in _sort(session, box, told)}
    return [row for row in rows if not _is_chosen_for(row) or row.id in going]


def _is_chosen_for(row: OutboxMessage) -> bool:
    return row.kind == DIGEST or rules.is_chosen_for(row.kind)


def _boxes(session: GuardedSession, rows: Iterable[OutboxMessage]) -> list[_Box]:
    """Return all that waits for the recipients of these messages, each person held so that workers take turns."""
    people_ids = {row.recipient_id for row in rows if row.recipient_id}
    entry_ids = {row.entry_id for row in rows if row.entry_id}
    people = session.execute(select(Person).where(Person.id.in_(people_ids)).order_by(Person.id).with_for_update())
    boxes: dict[uuid.UUID, _Box] = {person.id: _Box(person) for person in people.scalars()}
    boxes |= {entry_id: _Box(None) for entry_id in entry_ids}
    theirs = or_(OutboxMessage.recipient_id.in_(people_ids), OutboxMessage.entry_id.in_(entry_ids))
    waiting = session.execute(
        select(OutboxMessage)
        .where(theirs, is_waiting(session.now))
        .order_by(OutboxMessage.created_at, OutboxMessage.id)
        .with_for_update(skip_locked=True)
    ).scalars()
    for row in waiting:
        box = boxes[row.recipient_id or cast("uuid.UUID", row.entry_id)]
        if row.kind == DIGEST:
            box.digests.append(row)
        elif _is_chosen_for(row):
            box.rows.append(row)
    _add_digests_had(session, boxes)
    return list(boxes.values())


def _add_digests_had(session: GuardedSession, boxes: Mapping[uuid.UUID, _Box]) -> None:
    """Note when digests were made lately for those who get one a day."""
    daily = [identity for identity, box in boxes.items() if box.choice == "digest"]
    if not daily:
        return
    had = select(OutboxMessage.recipient_id, OutboxMessage.created_at, OutboxMessage.id).where(
        OutboxMessage.kind == DIGEST,
        OutboxMessage.recipient_id.in_(daily),
        OutboxMessage.created_at >= session.now - _TWO_DAYS,
        OutboxMessage.abandoned_at.is_(None),
    )
    for recipient_id, created_at, identity in session.execute(had):
        box = boxes[cast("uuid.UUID", recipient_id)]
        if identity not in {row.id for row in box.digests}:
            box.had_digest_at.append(created_at)


def _told(session: GuardedSession, boxes: Iterable[_Box]) -> _Told:
    payloads = [item["payload"] for box in boxes for item in _items((*box.digests, *box.rows))]
    ids = {uuid.UUID(str(payload["meeting_id"])) for payload in payloads if "meeting_id" in payload}
    found = session.execute(select(Meeting.id, Meeting.state, Meeting.kind).where(Meeting.id.in_(ids))).all()
    return _Told(
        {str(row.id): row.state for row in found}, frozenset(str(row.id) for row in found if row.kind == URGENT)
    )


def _items(rows: Iterable[OutboxMessage]) -> list[dict[str, Any]]:
    """Return what messages tell, as a digest keeps it: of a digest what is in it."""
    found: list[dict[str, Any]] = []
    for row in rows:
        found += row.payload["told"] if row.kind == DIGEST else [
            {"kind": row.kind, "subject": row.subject_id or "", "payload": dict(row.payload)}
        ]  # fmt: skip
    return found


# What becomes of it ------------------------------------------------------------------------------------


def _sort(session: GuardedSession, box: _Box, told: _Told) -> list[OutboxMessage]:
    """Return what goes out to one recipient now as it is."""
    if box.choice == "never":
        _end(session, (*box.rows, *box.digests), NOT_WANTED)
        return []
    over = rules.superseded([Waiting(str(row.id), row.kind, row.subject_id or "") for row in box.rows], told.states)
    _end(session, [row for row in box.rows if str(row.id) in over], SUPERSEDED)
    standing = [row for row in box.rows if str(row.id) not in over]
    if box.person is None:
        return _known_to_them(session, standing)
    alone = [row for row in standing if rules.comes_at_once(box.choice, is_urgent=row.subject_id in told.urgent)]
    if box.choice == "digest":
        return [*alone, *_for_the_morning(session, box, [row for row in standing if row not in alone], told)]
    calm = [row for row in alone if row.subject_id not in told.urgent]
    if rules.is_flood(len(calm)):
        # What stands in their calendar by a mail of ours has to follow, and a digest moves no calendar.
        invited = _in_calendar(session, box.person)
        calm = [row for row in calm if row.subject_id not in invited]
    if not rules.is_flood(len(calm)):
        return [*standing, *box.digests]
    _gather(session, box, calm, told)
    return [row for row in standing if row not in calm]


def _known_to_them(session: GuardedSession, rows: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Return the messages to somebody without an account but the word that they go no more, where they had no other.

    The address may have been a slip that was mended before anything went there: then it learns of nothing.
    """
    unheard = [row for row in rows if row.kind == ROSTER_LEFT and not _has_heard(session, row)]
    _end(session, unheard, NOT_TOLD)
    return [row for row in rows if row not in unheard]


def _has_heard(session: GuardedSession, row: OutboxMessage) -> bool:
    """Say whether its recipient was mailed of that meeting, or a mail with its calendar part was begun."""
    mailed = select(OutboxMessage.id).where(
        OutboxMessage.entry_id == row.entry_id,
        OutboxMessage.subject_id == row.subject_id,
        OutboxMessage.sent_at.is_not(None),
    )
    begun = select(MeetingInvitation.id).where(
        MeetingInvitation.entry_id == row.entry_id, MeetingInvitation.method.is_not(None)
    )
    return any(session.execute(query.limit(1)).first() is not None for query in (mailed, begun))


def _in_calendar(session: GuardedSession, person: Person) -> set[str]:
    """Return the meetings that a person's calendar holds by a mail of ours."""
    held = select(MeetingInvitation.meeting_id).where(
        MeetingInvitation.person_id == person.id, MeetingInvitation.method == "REQUEST"
    )
    return {str(identity) for identity in session.execute(held).scalars()}


def _for_the_morning(
    session: GuardedSession, box: _Box, rows: Sequence[OutboxMessage], told: _Told
) -> list[OutboxMessage]:
    """Return the digests that go out now to who gets one a day; what is not for now waits for its morning."""
    person = cast("Person", box.person)
    now, closed = in_zone(session.now, person.time_zone), _closed_for(person)
    ready = []
    for row in rows:
        at = rules.digest_at(in_zone(row.created_at, person.time_zone), closed)
        if at > now:
            row.due_at = at.astimezone(dt.UTC)
        else:
            ready.append(row)
    opens = not_before(now, (), closed)
    if opens is not None:
        return _put_off([*ready, *box.digests], opens)
    if any(in_zone(at, person.time_zone).date() == now.date() for at in box.had_digest_at):
        return _put_off([*ready, *box.digests], rules.digest_at(now, closed))
    if not ready and len(box.digests) <= 1:
        return box.digests
    _gather(session, box, ready, told)
    return []


def _put_off(rows: Iterable[OutboxMessage], until: dt.datetime) -> list[OutboxMessage]:
    for row in rows:
        row.due_at = until.astimezone(dt.UTC)
    return []


def _gather(session: GuardedSession, box: _Box, rows: Sequence[OutboxMessage], told: _Told) -> None:
    """Put messages and late digests into one digest, which is due now; each thing is in it once."""
    items = _items((*box.digests, *rows))
    keys = [Waiting(str(place), item["kind"], item["subject"]) for place, item in enumerate(items)]
    over = rules.superseded(keys, told.states)
    session.add(
        OutboxMessage(
            kind=DIGEST,
            recipient_id=cast("Person", box.person).id,
            payload={"told": [item for place, item in enumerate(items) if str(place) not in over]},
            created_at=session.now,
            due_at=session.now,
        )
    )
    _end(session, (*box.digests, *rows), GATHERED)


def _end(session: GuardedSession, rows: Iterable[OutboxMessage], why: str) -> None:
    for row in rows:
        row.abandoned_at, row.leased_until, row.last_error = session.now, None, why


def _closed_for(person: Person) -> Callable[[dt.date], bool]:
    party = person.delegation or ""
    return lambda day: is_closed(party, day)
