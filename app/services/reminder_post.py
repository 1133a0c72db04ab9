"""Handing reminders to the outbox: a digest in each person's morning, or each at once, and what became of them.

A reminder is `prepared` until it is in a message, `queued` until that was handed over. When a mail server was away,
what was not delivered goes out once, together, with whatever is new.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, and_, or_, select, update

from app.db import Database, GuardedSession
from app.domain import reminders as rules
from app.domain.closures import is_closed
from app.domain.reminders import Choice
from app.domain.visibility import party_key, person_key
from app.domain.walltime import in_zone
from app.models import Action, AudienceMember, Leg, OutboxMessage, Person, Reminder
from app.services import outbox
from app.services.outbox import Claimed
from app.services.reminder_consents import consents_since
from app.services.reminders import still_stands

KINDS: Final = frozenset({"reminder", "reminder_digest"})
SUPERSEDED: Final = "superseded: a later digest has what was in it"
BATCH: Final = 200
_AT_ONCE: Final = 5000
_TWO_DAYS: Final = dt.timedelta(days=2)


@dataclass(slots=True)
class _Box:
    """What one person has waiting: reminders not in a message yet, those in one, those of no use, and the messages.

    `posted` are those that go out now.
    """

    person: Person
    new: list[Reminder] = field(default_factory=list)
    queued: list[Reminder] = field(default_factory=list)
    unwanted: list[Reminder] = field(default_factory=list)
    messages: list[OutboxMessage] = field(default_factory=list)
    posted: set[uuid.UUID] = field(default_factory=set)


def ids_of(payload: Mapping[str, Any]) -> list[uuid.UUID]:
    """Return the ids of the reminders that a message is about."""
    return [uuid.UUID(str(each)) for each in payload["reminder_ids"]]


def goes_by_itself(consents: Mapping[str, dt.datetime]) -> ColumnElement[bool]:
    """Return the condition that a reminder needs nobody's look; the statement joins its leg.

    It stays inside the government that recorded the action, or was made after its recipient's let such come.
    """
    let_through = [and_(Leg.party_code == code, Reminder.prepared_at > at) for code, at in sorted(consents.items())]
    return or_(Reminder.crosses.is_(False), *let_through)


def post_reminders(database: Database) -> int:
    """Put into the outbox what may go out to people now, and return how many messages that makes."""
    made, after = 0, None
    while True:
        with database.system_session("send what people are reminded of", "write") as session:
            consents = consents_since(session)
            people = _waiting(session, consents, after)
            made += _post_batch(session, consents, people)
            session.commit()
        if len(people) < BATCH:
            return made
        after = people[-1]


def _to_post(consents: Mapping[str, dt.datetime]) -> ColumnElement[bool]:
    return or_(Reminder.state == "queued", and_(Reminder.state == "prepared", goes_by_itself(consents)))


def _waiting(
    session: GuardedSession, consents: Mapping[str, dt.datetime], after: uuid.UUID | None
) -> Sequence[uuid.UUID]:
    """Return the next people who have something that may go out, by their ids."""
    query = select(Reminder.recipient_id).distinct().join(Leg, Leg.id == Reminder.leg_id).where(_to_post(consents))
    if after is not None:
        query = query.where(Reminder.recipient_id > after)
    return session.execute(query.order_by(Reminder.recipient_id).limit(BATCH)).scalars().all()


def _post_batch(session: GuardedSession, consents: Mapping[str, dt.datetime], people: Sequence[uuid.UUID]) -> int:
    if not people:
        return 0
    boxes = _boxes(session, consents, people)
    made = sum(_post(session, box) for box in boxes)
    _become(session, "queued", [each.id for box in boxes for each in box.new if each.id in box.posted])
    _become(session, "withheld", [each.id for box in boxes for each in box.unwanted])
    return made


def _become(session: GuardedSession, state: str, ids: Sequence[uuid.UUID]) -> None:
    """Give reminders another state, many in one statement."""
    for first in range(0, len(ids), _AT_ONCE):
        chosen = Reminder.id.in_(ids[first : first + _AT_ONCE])
        values = {"state": state, "version": Reminder.version + 1}
        session.execute(update(Reminder).where(chosen).values(values), execution_options={"synchronize_session": False})


def _boxes(session: GuardedSession, consents: Mapping[str, dt.datetime], people: Sequence[uuid.UUID]) -> list[_Box]:
    """Return what each of these people has waiting, in five statements."""
    # Held to the end of the transaction, so that two workers take turns at a person.
    mine = select(Person).where(Person.id.in_(people)).order_by(Person.id).with_for_update()
    found = session.execute(mine).scalars()
    boxes = {person.id: _Box(person) for person in found}
    rows = session.execute(
        select(Reminder, still_stands().label("stands"))
        .join(Leg, Leg.id == Reminder.leg_id)
        .join(Action, Action.id == Reminder.action_id)
        .where(Reminder.recipient_id.in_(people), _to_post(consents))
        .order_by(Reminder.due_on, Reminder.id)
    )
    for reminder, stands in rows:
        box = boxes[reminder.recipient_id]
        if not (stands and box.person.active and box.person.reminder_mails != "never"):
            box.unwanted.append(reminder)
        else:
            (box.new if reminder.state == "prepared" else box.queued).append(reminder)
    for message in _messages(session, people):
        if message.recipient_id is not None:  # a reminder goes to somebody with an account
            boxes[message.recipient_id].messages.append(message)
    return list(boxes.values())


def _messages(session: GuardedSession, people: Sequence[uuid.UUID]) -> Sequence[OutboxMessage]:
    """Return the messages about reminders to these people that are not sent, or were in the last two days.

    Held to the end of the transaction, so that a worker takes none of them meanwhile.
    """
    query = select(OutboxMessage).where(
        OutboxMessage.recipient_id.in_(people),
        OutboxMessage.kind.in_(sorted(KINDS)),
        or_(OutboxMessage.sent_at.is_(None), OutboxMessage.sent_at >= session.now - _TWO_DAYS),
    )
    return session.execute(query.order_by(OutboxMessage.id).with_for_update()).scalars().all()


def _post(session: GuardedSession, box: _Box) -> int:
    wall = in_zone(session.now, box.person.time_zone)
    held = {each for message in box.messages if _is_live(message) for each in ids_of(message.payload)}
    box.unwanted = [reminder for reminder in box.unwanted if reminder.id not in held]
    left_over = [reminder for reminder in box.queued if reminder.id not in held]
    due_days = {reminder.due_on for reminder in (*box.new, *left_over)}
    if rules.not_before(wall, due_days, _closed_for(box.person)) is not None:
        return 0
    choice = cast("Choice", box.person.reminder_mails)
    had = any(each.kind == "reminder_digest" and _day_of(each, box.person) == wall.date() for each in box.messages)
    new, old = [each.id for each in box.new], [each.id for each in left_over]
    post = rules.post_of(choice, new, old, had_a_digest_today=had)
    if post.together:
        late = _supersede(session, box)
        _enqueue(session, box, "reminder_digest", (*late, *post.together))
    for each in post.alone:
        _enqueue(session, box, "reminder", (each,))
    box.posted = {*post.alone, *post.together}
    return len(post.alone) + bool(post.together)


def _supersede(session: GuardedSession, box: _Box) -> list[uuid.UUID]:
    """Give up the digests of earlier days that nobody is sending just now, and return what was in them."""
    late = []
    for message in box.messages:
        is_taken = message.leased_until is not None and message.leased_until > session.now
        if _is_live(message) and message.kind == "reminder_digest" and not is_taken:
            late += ids_of(message.payload)
            message.abandoned_at, message.leased_until, message.last_error = session.now, None, SUPERSEDED
    return late


def _enqueue(session: GuardedSession, box: _Box, kind: str, ids: Iterable[uuid.UUID]) -> None:
    payload = {"reminder_ids": [str(each) for each in dict.fromkeys(ids)]}
    outbox.enqueue(session, kind, box.person.id, payload)


def _is_live(message: OutboxMessage) -> bool:
    return message.sent_at is None and message.abandoned_at is None


def _day_of(message: OutboxMessage, person: Person) -> dt.date:
    return in_zone(message.created_at, person.time_zone).date()


def _closed_for(person: Person) -> Any:
    party = person.delegation or ""
    return lambda day: is_closed(party, day)


# While a message is on its way --------------------------------------------------------------------------


def held_until(database: Database, message: Claimed) -> dt.datetime | None:
    """Return until when a message about reminders waits, which came late into a night or a closure; None for now."""
    if message.kind not in KINDS:
        return None
    with database.system_session("see whether a reminder may go out now") as session:
        person = session.get(Person, message.recipient_id)
        days = session.execute(select(Reminder.due_on).where(Reminder.id.in_(ids_of(message.payload)))).scalars()
        if person is None:
            return None
        return when_for(session, person, set(days))


def when_for(session: GuardedSession, person: Person, due_days: set[dt.date]) -> dt.datetime | None:
    """Return the instant from which a person may be mailed about what is due on these days; None when it is now."""
    found = rules.not_before(in_zone(session.now, person.time_zone), due_days, _closed_for(person))
    return found.astimezone(dt.UTC) if found else None


def note_outcome(session: GuardedSession, message: OutboxMessage, *, is_sent: bool) -> None:
    """Keep what became of the reminders of a message, in the transaction that notes that of the message itself.

    What its recipient did not read in it, since it stood no more or was not theirs to see, is withheld; what crosses
    and was let through no more waits to be looked at.
    """
    if message.kind not in KINDS:
        return
    person = session.get_one(Person, message.recipient_id)
    mine = [person_key(person.id), *([party_key(person.delegation)] if person.delegation else [])]
    seen = select(AudienceMember.audience_id).where(AudienceMember.key.in_(mine))
    rows = session.execute(
        select(
            Reminder,
            and_(still_stands(), Action.audience_id.in_(seen)).label("stands"),
            or_(Reminder.decided_by.is_not(None), goes_by_itself(consents_since(session))).label("may_go"),
        )
        .join(Leg, Leg.id == Reminder.leg_id)
        .join(Action, Action.id == Reminder.action_id)
        .where(Reminder.id.in_(ids_of(message.payload)), Reminder.state == "queued")
    ).all()
    for reminder, stands, may_go in rows:
        if stands and not may_go:
            reminder.state = "prepared"
        elif stands and is_sent:
            reminder.state, reminder.sent_at = "sent", session.now
        else:
            reminder.state = "withheld"
