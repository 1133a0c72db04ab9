"""Reminders that wait to be looked at before they cross to another government: shown, noted, sent or withheld.

They are for the secretariats that serve the action; where none serves, for who speaks for the party that recorded it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, false, func, literal, not_, or_, select

from app.db import GuardedSession, digest_of
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import paragraphs
from app.domain.visibility import Action as Permission
from app.domain.visibility import Facts, Role, appointment_key, appointments_in, can
from app.models import Action, Appointment, AppointmentMember, AudienceMember, Leg, Person, Reminder, ReminderConsent
from app.services.in_force import in_force_on
from app.services.meeting_audience import keys_of_each
from app.services.outbox import enqueue
from app.services.reminder_post import when_for
from app.services.reminder_words import Addresses, Reminded, ReminderMail, mail_of, reminded_query

LIMIT: Final = 200
NOTE_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True)
class Recipient:
    """How somebody of another government reads what they are sent; their name is not known here.

    `at` is the instant from which a mail may go out to them, None where it may at once.
    """

    party: str
    language: str
    time_zone: str
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """What one recipient would be sent of some reminders: who they are, and the mail as it will read."""

    recipient: Recipient
    reminded: tuple[Reminded, ...]
    mail: ReminderMail

    @property
    def is_coordinator(self) -> bool:
        """Say whether it goes to a coordinator, and not to the person whom the leg names."""
        return any(each.reminder.recipient_id != each.leg.person_id for each in self.reminded)


@dataclass(frozen=True, slots=True)
class Past:
    """A reminder that was sent, is on its way, or was withheld."""

    reminder: Reminder
    action: Action
    party: str


# Reading ------------------------------------------------------------------------------------------------


def waiting(session: GuardedSession, limit: int = LIMIT) -> tuple[list[Reminded], bool]:
    """Return what waits for the viewer, by day, one for a leg and recipient; and whether there is more than that."""
    rows = _waiting_rows(session, [], limit + 1)
    return _last_of_each(rows[:limit]), len(rows) > limit


def waiting_count(session: GuardedSession) -> ColumnElement[int]:
    """Return how many reminders wait for the viewer, as a value that another statement asks for besides its own."""
    viewer = session.bound_viewer
    if not viewer.speaks_for_party and viewer.role is not Role.SECRETARIAT:
        return literal(0)
    ids = reminded_query().with_only_columns(Reminder.leg_id, Reminder.recipient_id).where(*_waits(session))
    return select(func.count()).select_from(ids.order_by(None).distinct().subquery()).scalar_subquery()


def mails_of(session: GuardedSession, ids: Iterable[uuid.UUID], base_url: str) -> list[WaitingMail]:
    """Return the mails that these waiting reminders would be, one for each recipient, as they will read.

    The link to answer by is not in them: it is the recipient's. Raises `NotFound` where none of them waits for the
    viewer.
    """
    reminded = _last_of_each(_waiting_rows(session, list(ids), LIMIT))
    if not reminded:
        raise NotFound
    read_by = _recipients(session, reminded)
    to = Addresses(base_url, lambda _id: f"{base_url}/answers/…")
    found = []
    for recipient_id, own in _by_recipient(reminded).items():
        recipient = read_by[recipient_id]
        found.append(WaitingMail(recipient, tuple(own), mail_of(own, recipient.language, session.now, to)))
    return found


def find_waiting(session: GuardedSession, reminder_id: uuid.UUID) -> Reminder:
    """Return a reminder that waits for the viewer; raises `NotFound`."""
    rows = _waiting_rows(session, [reminder_id], 1)
    if not rows:
        raise NotFound
    return rows[0].reminder


def past_reminders(session: GuardedSession, limit: int = 50) -> list[Past]:
    """Return the last reminders of what the viewer may see that were decided on or sent, the latest first."""
    rows = session.execute(
        select(Reminder, Action, Leg.party_code)
        .join(Action, Action.id == Reminder.action_id)
        .join(Leg, Leg.id == Reminder.leg_id)
        .where(or_(Reminder.state.in_(["queued", "sent"]), Reminder.decided_by.is_not(None)))
        .order_by(Reminder.prepared_at.desc(), Reminder.id)
        .limit(limit)
    ).all()
    return [Past(*row) for row in rows]


def _waiting_rows(session: GuardedSession, ids: Sequence[uuid.UUID], limit: int) -> list[Reminded]:
    """Return what waits and is the viewer's to look at, by day; of these ids alone, where there are any."""
    query = reminded_query().where(*_waits(session))
    if ids:
        query = query.where(Reminder.id.in_(ids))
    return [Reminded(*row) for row in session.execute(query.limit(limit))]


def _waits(session: GuardedSession) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a reminder waits, and is the viewer's to look at."""
    return (
        Reminder.state == "prepared", Reminder.crosses.is_(True), not_(_is_let_through()), _is_the_viewers(session),
    )  # fmt: skip


def _is_let_through() -> ColumnElement[bool]:
    """Return the condition that its recipient's party let such come before a reminder was made."""
    consent = (ReminderConsent.party_code == Leg.party_code, ReminderConsent.ended_at.is_(None))
    return exists().where(*consent, ReminderConsent.given_at < Reminder.prepared_at)


def _is_the_viewers(session: GuardedSession) -> ColumnElement[bool]:
    """Return the condition that the viewer looks at a reminder; each one that is acted on is held to `can` besides."""
    viewer = session.bound_viewer
    seen_by = exists().where(AudienceMember.audience_id == Reminder.audience_id)
    if viewer.role is Role.SECRETARIAT:
        own = [appointment_key(hat.appointment_id) for hat in viewer.hats]
        return seen_by.where(AudienceMember.key.in_(own))
    if viewer.speaks_for_party:
        return and_(Action.created_by_party == viewer.party, not_(seen_by.where(_is_of_those_serving(session))))
    return false()


def _is_of_those_serving(session: GuardedSession) -> ColumnElement[bool]:
    """Return the condition that a key is that of an appointment in which somebody serves today.

    Both are compared without hyphens, since SQLite writes ids so.
    """
    written = literal("appointment:") + func.replace(cast(Appointment.id, String), "-", "")
    serving = _serving_query(session).with_only_columns(written)
    return func.replace(AudienceMember.key, "-", "").in_(serving)


def _serving_query(session: GuardedSession) -> Select[uuid.UUID]:
    """Return the query for the appointments that somebody serves in today, of those that the viewer may see."""
    today = session.now.date()
    return (
        select(Appointment.id)
        .distinct()
        .join(AppointmentMember, AppointmentMember.appointment_id == Appointment.id)
        .where(
            in_force_on(today),
            AppointmentMember.starts_on <= today,
            or_(AppointmentMember.ends_on.is_(None), AppointmentMember.ends_on >= today),
        )
    )


def _last_of_each(rows: Sequence[Reminded]) -> list[Reminded]:
    """Return for each leg and recipient the reminder of the last stage, which stands for those before it."""
    last: dict[tuple[uuid.UUID, uuid.UUID], Reminded] = {}
    for each in rows:
        key = (each.leg.id, each.reminder.recipient_id)
        if key not in last or each.reminder.prepared_at >= last[key].reminder.prepared_at:
            last[key] = each
    return list(last.values())


def _by_recipient(reminded: Iterable[Reminded]) -> dict[uuid.UUID, list[Reminded]]:
    found: dict[uuid.UUID, list[Reminded]] = {}
    for each in reminded:
        found.setdefault(each.reminder.recipient_id, []).append(each)
    return found


def _recipients(session: GuardedSession, reminded: Sequence[Reminded]) -> Mapping[uuid.UUID, Recipient]:
    """Return how each recipient reads; their accounts are their own government's, so that no more comes back."""
    own = _by_recipient(reminded)
    with session.whole_truth("learn in which language and hours a reminder is read") as truth:
        people = truth.execute(select(Person).where(Person.id.in_(list(own)))).scalars()
        return {
            person.id: Recipient(
                person.delegation or "",
                person.language,
                person.time_zone,
                when_for(truth, person, {each.reminder.due_on for each in own[person.id]}),
            )
            for person in people
        }


# Acting -------------------------------------------------------------------------------------------------


def save_note(session: GuardedSession, reminder_id: uuid.UUID, typed: str, version: int) -> None:
    """Keep a note that goes with a waiting reminder; an empty one takes it away.

    Raises `NotFound`, `StaleVersion`, and what `paragraphs` raises.
    """
    reminder = find_waiting(session, reminder_id)
    note = paragraphs(typed, "note", limit=NOTE_LIMIT) or None
    if reminder.version != version:
        raise StaleVersion({"note": note or ""}, {"note": reminder.note or ""})
    if note != reminder.note:
        reminder.note = note
        _record(session, "reminder_noted", reminder, digest=digest_of(note or ""))


def send_reminders(session: GuardedSession, ids: Iterable[uuid.UUID]) -> list[Recipient]:
    """Send waiting reminders now, those of one recipient in one mail, and return to whom each mail goes.

    What has a closure or a night before it goes out in the next morning. Raises `Refusal` `nothing_waits` where none
    of them waits for the viewer, or not any more.
    """
    reminded = _taken(session, ids)
    read_by = _recipients(session, reminded)
    for recipient_id, own in _by_recipient(reminded).items():
        payload = {"reminder_ids": [str(each.reminder.id) for each in own]}
        enqueue(session, "reminder", recipient_id, payload, due_at=read_by[recipient_id].at)
    for each in reminded:
        each.reminder.state, each.reminder.decided_by = "queued", session.bound_viewer.person_id
        _record(session, "reminder_sent", each.reminder, stage=each.reminder.stage)
    return [read_by[recipient_id] for recipient_id in _by_recipient(reminded)]


def withhold_reminders(session: GuardedSession, ids: Iterable[uuid.UUID]) -> int:
    """Withhold waiting reminders for good, and return how many; raises as `send_reminders` does."""
    reminded = _taken(session, ids)
    for each in reminded:
        each.reminder.state, each.reminder.decided_by = "withheld", session.bound_viewer.person_id
        _record(session, "reminder_withheld", each.reminder, stage=each.reminder.stage)
    return len(reminded)


def _taken(session: GuardedSession, ids: Iterable[uuid.UUID]) -> list[Reminded]:
    """Return the waiting reminders that are decided on; those of earlier stages that they stand for are put aside."""
    chosen = list(dict.fromkeys(ids))[:LIMIT]
    last = _last_of_each(_waiting_rows(session, chosen, LIMIT)) if chosen else []
    if not last:
        raise Refusal("nothing_waits")
    _check(session, last)
    legs = {(each.leg.id, each.reminder.recipient_id) for each in last}
    kept = {each.reminder.id for each in last}
    siblings = select(Reminder).where(
        Reminder.state == "prepared", Reminder.leg_id.in_({leg_id for leg_id, _ in legs}), Reminder.id.not_in(kept)
    )
    for other in session.execute(siblings).scalars():
        if (other.leg_id, other.recipient_id) in legs:
            other.state, other.decided_by = "withheld", session.bound_viewer.person_id
    return last


def _check(session: GuardedSession, reminded: Sequence[Reminded]) -> None:
    """Hold each of them to the table of permissions; raises `Refusal` `forbidden`."""
    serving = set(session.execute(_serving_query(session)).scalars())
    keys = keys_of_each(session, {each.reminder.audience_id for each in reminded})
    for each in reminded:
        appointments = frozenset(appointments_in(keys[each.reminder.audience_id]) & serving)
        facts = Facts(owner=each.action.created_by_party, appointments=appointments)
        if not can(session.bound_viewer, Permission.PREPARE_REMINDERS, facts):
            raise Refusal("forbidden")


def _record(session: GuardedSession, act: str, reminder: Reminder, **facts: str) -> None:
    session.record(act, "action", reminder.action_id, reminder.audience_id, reminder=str(reminder.id), **facts)
