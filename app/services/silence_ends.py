"""Writing down what silences have come to: adopted at their instant, or lapsed; and reminding before that.

It is the same whoever writes it down, whenever and how often: two workers, a server that was down. What is written is
what follows from the recorded facts, at the instant at which it did.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select

from app.db import Database, GuardedSession
from app.domain.silence import GRACE, REMIND_BEFORE, is_to_remind, said_nothing
from app.logs import get_logger
from app.models import AgreedText, OutboxMessage, Silence
from app.services.adoption import adopt
from app.services.agreement_post import tell_of_text
from app.services.recipients import speakers
from app.services.silences import Recorded, recorded

REMINDER: Final = "silence_reminder"


def record_ends(database: Database) -> int:
    """Write down every silence that has ended by itself, and return how many they are; each in its own transaction.

    One that cannot be written down is in the log, stays due, and holds up no other.
    """
    ended = 0
    with database.system_session("list the silences that may have ended") as session:
        due = session.execute(select(Silence.id).where(_may_have_ended(session.now - GRACE))).scalars().all()
    for silence_id in due:
        try:
            ended += _record_one(database, silence_id)
        except Exception:  # noqa: BLE001  whatever is wrong with one text is not the others'
            get_logger().exception("end of a silence not written down", silence=str(silence_id))
    return ended


def _record_one(database: Database, silence_id: uuid.UUID) -> bool:
    with database.system_session("write down how a silence ended", "write") as session:
        is_over = record_end(session, session.get_one(Silence, silence_id))
        session.commit()
        return is_over


def _may_have_ended(before: dt.datetime) -> ColumnElement[bool]:
    return or_(
        and_(Silence.state == "running", Silence.ends_at <= before),
        and_(Silence.state.in_(("circulated", "held")), Silence.ends_at.is_(None), Silence.until_at <= before),
    )


def record_end(truth: GuardedSession, silence: Silence) -> bool:
    """Write down how a silence ended, on a system session; False where it has not, or that is written already.

    The text is held first, as by everybody who acts on it, and the silence read anew after that.
    """
    held = select(AgreedText).where(AgreedText.id == silence.text_id).with_for_update()
    text = truth.execute(held.execution_options(populate_existing=True)).scalar_one()
    truth.refresh(silence)
    if silence.state not in {"circulated", "running", "held"}:
        return False
    found = recorded(truth, silence).verdict(truth.now - GRACE)
    if found.state == "adopted" and found.at is not None:
        adopt(truth, text, way="silence", at=found.at, by=silence.circulated_by)
        return True
    if found.state != "lapsed":
        return False
    silence.state, silence.settled_at = "lapsed", truth.now
    text.state, text.changed_at = "draft", truth.now
    truth.record("silence_lapsed", "text", text.id, text.audience_id, reference=text.reference)
    tell_of_text(truth, "silence_lapsed", text, silence_id=str(silence.id))
    return True


def post_silence_reminders(database: Database) -> int:
    """Remind those who speak for the parties that have said nothing, a day before the end; each of them once."""
    made = 0
    with database.system_session("remind of silences that end soon", "write") as session:
        soon = session.now + REMIND_BEFORE
        query = select(Silence).where(
            Silence.state.in_(("running", "held")), Silence.ends_at > session.now, Silence.ends_at <= soon
        )
        for silence in session.execute(query.order_by(Silence.id).with_for_update(skip_locked=True)).scalars():
            made += _remind(session, recorded(session, silence))
        session.commit()
    return made


def _remind(session: GuardedSession, of: Recorded) -> int:
    silence = of.silence
    if not is_to_remind(of.facts, session.now) or silence.ends_at is None:
        return 0
    stage = silence.ends_at.isoformat()
    before = session.execute(
        select(OutboxMessage.recipient_id, OutboxMessage.payload).where(
            OutboxMessage.kind == REMINDER, OutboxMessage.subject_id == str(silence.text_id)
        )
    )
    reminded = {person_id for person_id, payload in before if payload.get("stage") == stage}
    parties = [party for party in sorted(said_nothing(of.facts)) if speakers(session, [party]) - reminded]
    text = session.get_one(AgreedText, silence.text_id)
    if parties:
        tell_of_text(session, REMINDER, text, parties=parties, silence_id=str(silence.id), stage=stage)
    return len(parties)
