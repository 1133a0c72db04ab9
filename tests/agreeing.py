"""A text that is ready to be agreed: of a mechanism whose parties all take part in the silence procedure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sqlalchemy import select

from app.db import Database, GuardedSession
from app.models import (
    AgreedText,
    Meeting,
    OutboxMessage,
    Silence,
    SilenceAnswer,
    SilenceOptIn,
    TextLanguage,
    TextSignature,
)
from app.services.silence_circulation import EndOrder, circulate
from app.services.silence_receipts import receive
from app.services.text_making import TextOrder, make_text
from app.services.text_revisions import issue_revision
from tests import world

REFERENCE = "UNC-2026-1"
TEXT = f"{REFERENCE}-T1"
SPEAKERS = {"CA": "isabelle", "MX": "ana", "US": "carol"}
# Tuesday 24 November 2026, 17:00 in New York.
UNTIL = EndOrder(dt.date(2026, 11, 24), dt.time(17), "America/New_York")
END = dt.datetime(2026, 11, 24, 22, 0, tzinfo=dt.UTC)
Made = TypeVar("Made")


def prepare(
    database: Database,
    parties: tuple[str, ...] = world.THREE,
    *,
    kind: str = "joint_statement",
    paragraphs: tuple[str, ...] = ("They reaffirm their support.", "They will meet again."),
    opted_in: Iterable[str] | None = None,
    reference: str = REFERENCE,
    **changed: Any,
) -> str:
    """Add a meeting of these parties and a text of it, issued, in one language; return the text's reference."""
    with database.system_session("prepare a text of the tests", "write") as session:
        meeting = world.add_meeting(session, reference, parties, mechanism="M01")
        for party in parties if opted_in is None else opted_in:
            session.add(
                SilenceOptIn(
                    id=uuid.uuid4(), mechanism_id=meeting.mechanism_id, party_code=party,
                    opted_in_by=world.CAST[SPEAKERS[party]].id, opted_in_at=world.NOW, audience_id=meeting.audience_id,
                )
            )  # fmt: skip
        session.commit()
        meeting_id = meeting.id
    order: dict[str, Any] = {
        "title": {"en": "Joint statement", "original": "en"}, "original_language": "en", "paragraphs": paragraphs
    }  # fmt: skip

    def begin(session: GuardedSession) -> str:
        meeting = session.get_one(Meeting, meeting_id)
        text = make_text(session, TextOrder(kind, meeting=meeting, **(order | changed)))
        for row in session.execute(select(TextLanguage).where(TextLanguage.text_id == text.id)).scalars():
            row.state = "cleared" if row.language == "en" else "not_needed"
        session.flush()
        issue_revision(session, text.reference, "")
        return text.reference

    return acting(database, SPEAKERS[parties[0]], begin)


def acting(database: Database, key: str, act: Callable[[GuardedSession], Made]) -> Made:
    """Do something as a member of the cast, and commit it."""
    with database.write_session(world.viewer(key)) as session:
        made = act(session)
        session.commit()
        return made


def text_of(database: Database, reference: str = TEXT) -> AgreedText:
    """Return a text as it is written down."""
    with database.system_session("look at a text") as session:
        return session.execute(select(AgreedText).where(AgreedText.reference == reference)).scalar_one()


def shown(database: Database, reference: str = TEXT) -> str:
    """Return the hash of what a page would show."""
    return text_of(database, reference).content_hash


def silence_of(database: Database, reference: str = TEXT) -> Silence:
    """Return the last silence of a text as it is written down."""
    with database.system_session("look at a silence") as session:
        text = session.execute(select(AgreedText).where(AgreedText.reference == reference)).scalar_one()
        rows = session.execute(
            select(Silence).where(Silence.text_id == text.id).order_by(Silence.circulated_at.desc())
        ).scalars()
        return next(iter(rows))


def answers_of(database: Database) -> list[SilenceAnswer]:
    """Return every answer that is written down, in the order in which they came."""
    with database.system_session("look at the answers") as session:
        return list(session.execute(select(SilenceAnswer).order_by(SilenceAnswer.said_at)).scalars())


def signatures_of(database: Database) -> list[TextSignature]:
    """Return every signature that is written down, void ones too."""
    with database.system_session("look at the signatures") as session:
        return list(session.execute(select(TextSignature).order_by(TextSignature.signed_at)).scalars())


def put_under_silence(database: Database, reference: str = TEXT, *, receivers: Iterable[str] = ("CA", "US")) -> Silence:
    """Let Mexico circulate a text until the instant of `END`, and these parties receive it."""
    hashed = shown(database, reference)
    acting(database, "ana", lambda session: circulate(session, reference, UNTIL, hours=24, shown_hash=hashed))
    for party in receivers:
        acting(database, SPEAKERS[party], lambda session: receive(session, reference))
    return silence_of(database, reference)


def told(database: Database, kind: str) -> set[str]:
    """Return which of the cast a message of that kind is for."""
    by_id = {member.id: member.key for member in world.CAST.values()}
    with database.system_session("look at the outbox") as session:
        rows = session.execute(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == kind)).scalars()
        return {by_id[each] for each in rows if each}
