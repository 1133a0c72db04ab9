"""What the worker does, a function per job. Each opens its own transactions and may run at any time, twice too."""

from __future__ import annotations

import datetime as dt
import functools
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.db import Database, GuardedSession
from app.jobs.post import Post, UnsafeServer, is_about_the_mail, post_to, sender_of
from app.keys import KeyServiceDown
from app.logs import get_logger
from app.models import Heartbeat, OutboxMessage
from app.services import outbox
from app.services.audit import keep_head
from app.services.busy_acts import sweep_past
from app.services.mail_content import Letterhead
from app.services.mail_digests import sift
from app.services.mails import Composed, compose_to_send
from app.services.offices import use_names_of_today
from app.services.poll_acts import close_due_polls
from app.services.poll_reminders import post_poll_reminders
from app.services.reminder_post import held_until, note_outcome, post_reminders
from app.services.reminders import prepare_reminders
from app.services.sign_in import end_expired, forget_old_attempts
from app.services.silence_ends import post_silence_reminders, record_ends
from config import Settings

_ATTEMPTS_KEPT: Final = dt.timedelta(days=1)
# When a mail is tried again whose texts a key service that is away has to open; that counts as no attempt.
_KEYS_AWAIT: Final = dt.timedelta(minutes=5)
# A mail that is begun then still ends inside of the lease, however slow the server.
_SENT_WITHIN: Final = outbox.LEASE / 2


@dataclass(slots=True)
class Delivery:
    """How many messages were sent, failed, and were withheld from who may not see them.

    `is_cut_off` once the mail server does not answer at all.
    """

    sent: int = 0
    failed: int = 0
    withheld: int = 0
    is_cut_off: bool = False


def letterhead_of(settings: Settings) -> Letterhead:
    """Return what every mail of this instance has."""
    return Letterhead(settings.base_url, sender_of(settings.mail_url, settings.base_url), settings.secret_key)


def deliver_outbox(database: Database, settings: Settings, post: Post | None = None) -> Delivery:
    """Send everything that is due, message by message; one that fails waits, and holds up no other.

    Where nothing can be handed over at all, the others are not tried: they stay due, and the next run asks again.
    """
    post = post or post_to(settings.mail_url)
    letterhead = letterhead_of(settings)
    delivery = Delivery()
    while not delivery.is_cut_off and (claimed := outbox.claim(database, sift=sift)):
        _deliver_all(database, claimed, letterhead, post, delivery)
    return delivery


def _deliver_all(
    database: Database, claimed: Sequence[outbox.Claimed], letterhead: Letterhead, post: Post, delivery: Delivery
) -> None:
    """Send what was claimed together; what is left when the claim is nearly over is given back, to be claimed anew."""
    claimed_at = database.clock()
    for place, message in enumerate(claimed):
        if delivery.is_cut_off or database.clock() - claimed_at > _SENT_WITHIN:
            outbox.give_back(database, [each.id for each in claimed[place:]])
            return
        _deliver(database, message, letterhead, post, delivery)


def _deliver(
    database: Database, message: outbox.Claimed, letterhead: Letterhead, post: Post, delivery: Delivery
) -> None:
    try:
        until = held_until(database, message)
        mail = compose_to_send(database, message, letterhead) if until is None else None
    except KeyServiceDown as down:
        get_logger().warning("message put off", message=str(message.id), message_kind=message.kind, problem=str(down))
        outbox.hold(database, message.id, database.clock() + _KEYS_AWAIT)
        return
    except Exception as error:  # noqa: BLE001 - one message that cannot be composed holds up no other
        get_logger().exception("message not composed", message=str(message.id), message_kind=message.kind)
        outbox.mark_failed(database, message.id, _name_of(error))
        delivery.failed += 1
        return
    if until is not None:
        outbox.hold(database, message.id, until)
        return
    if mail is None:
        outbox.mark_withheld(database, message.id, lambda session, row: note_outcome(session, row, is_sent=False))
        delivery.withheld += 1
        return
    _send(database, message, mail, post, delivery)


def _send(database: Database, message: outbox.Claimed, mail: Composed, post: Post, delivery: Delivery) -> None:
    try:
        post.send(mail.mail)
    except ValueError as error:  # what the mail itself is refused for before any server saw it
        outbox.mark_failed(database, message.id, _name_of(error))
        delivery.failed += 1
    except (OSError, UnsafeServer) as error:
        outbox.mark_refused(database, message.id, _name_of(error))
        delivery.failed += 1
        delivery.is_cut_off = not is_about_the_mail(error) and not post.answers()
    else:
        outbox.mark_sent(database, message.id, functools.partial(_note_sent, mail))
        delivery.sent += 1


def _note_sent(mail: Composed, session: GuardedSession, row: OutboxMessage) -> None:
    """Note what follows from a mail that was handed over, in the transaction that marks it as sent."""
    note_outcome(session, row, is_sent=True)
    mail.note_sent(session)


def _name_of(error: Exception) -> str:
    """Return the kind of an error and the server's code, without its text, which can repeat an address."""
    code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else getattr(error, "errno", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next((refusal[0] for refusal in error.recipients.values()), None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def beat(database: Database) -> None:
    """Say that the worker lives."""
    with database.system_session("say that the worker lives", "write") as session:
        row = session.get(Heartbeat, "worker")
        if row is None:
            session.add(Heartbeat(name="worker", beat_at=session.now))
        else:
            row.beat_at = session.now
        session.commit()


def sweep(database: Database) -> None:
    """Forget attempts to sign in of more than a day ago, end the sign-ins whose time is over, use today's names.

    Busy time that is long over goes too.
    """
    with database.system_session("sweep up after sign-ins", "write") as session:
        forget_old_attempts(session, session.now - _ATTEMPTS_KEPT)
        end_expired(session)
        sweep_past(session)
        session.commit()
    use_names_of_today(database)


def remind(database: Database, *, prepare: bool = True) -> int:
    """Make the reminders of today, put what may go out now into the outbox, and return how many messages that makes."""
    if prepare:
        prepare_reminders(database)
    return post_reminders(database)


def keep_polls(database: Database) -> int:
    """Close the polls whose deadline has passed, remind of those that close soon, and return how many mails that is."""
    close_due_polls(database)
    return post_poll_reminders(database)


def keep_silences(database: Database) -> int:
    """Write down the silences that have ended, remind of those that end soon, and return how many have ended."""
    ended = record_ends(database)
    post_silence_reminders(database)
    return ended


def keep_audit_head(database: Database, settings: Settings) -> bool:
    """Write the head of the audit record outside of the database; False when the two contradict one another."""
    return keep_head(database, settings.data_dir)
