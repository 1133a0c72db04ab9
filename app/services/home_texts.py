"""Texts that wait for the viewer: to receive, to answer before a silence ends, to settle, to sign, to confirm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.db import GuardedSession
from app.domain.actions import today_in
from app.domain.agreement import CHAIRS
from app.domain.silence import STANDING
from app.domain.visibility import Viewer
from app.models import AgreedText, Silence, SilenceAnswer, SilenceReceipt, TextSignature

TextNeedKind = Literal["text_receive", "text_answer", "text_settle", "text_sign", "text_confirm"]


@dataclass(frozen=True, slots=True)
class TextNeed:
    """A text that waits for the viewer, and the day on their own clock by which it does, None where none is."""

    kind: TextNeedKind
    text: AgreedText
    due_on: dt.date | None
    due_at: dt.datetime | None = None


def waiting_texts_count(session: GuardedSession) -> ScalarSelect[int]:
    """Return how many texts might wait for the viewer, as a column of another statement."""
    query = select(func.count(AgreedText.id)).where(_may_wait(session.bound_viewer))
    return query.scalar_subquery()


def waiting_texts(session: GuardedSession) -> Iterator[TextNeed]:
    """Yield the texts that wait for the viewer, in one statement."""
    viewer = session.bound_viewer
    own = viewer.party or ""
    mine = aliased(TextSignature)
    rows = session.execute(
        select(
            AgreedText, Silence, mine, _received(own).label("received"), _answered(own).label("answered"),
            _unsettled().label("unsettled"),
        )
        .outerjoin(Silence, and_(Silence.text_id == AgreedText.id, Silence.state.in_(STANDING)))
        .outerjoin(
            mine, and_(mine.text_id == AgreedText.id, mine.party_code == own, mine.voided_at.is_(None))
        )
        .where(_may_wait(viewer))
        .order_by(AgreedText.changed_at, AgreedText.id)
    )  # fmt: skip
    for row in rows:
        text, received, answered, unsettled = row[0], *row[3:]
        silence: Silence | None = row[1]
        signature: TextSignature | None = row[2]
        is_done = signature is not None and (signature.way == "signed" or signature.confirmed_at is not None)
        if silence is not None:
            yield from _of_silence(viewer, text, silence, session.now, (received, answered or is_done, unsettled))
        elif signature is None and text.state == "draft" and _is_needed(viewer, text):
            yield TextNeed("text_sign", text, None)
        if signature is not None and not is_done and viewer.speaks_for_party:
            yield TextNeed("text_confirm", text, signature.confirm_by_on)


def _of_silence(
    viewer: Viewer, text: AgreedText, silence: Silence, now: dt.datetime, said: tuple[bool, bool, bool]
) -> Iterator[TextNeed]:
    received, answered, unsettled = said
    at = silence.ends_at or silence.until_at
    day = today_in(at, viewer.time_zone)
    if unsettled and _chairs(viewer, text, silence):
        yield TextNeed("text_settle", text, day, at)
    if viewer.party not in silence.parties or now >= at:
        return
    if not received:
        yield TextNeed("text_receive", text, day, at)
    elif silence.ends_at is not None and not answered and viewer.speaks_for_party:
        yield TextNeed("text_answer", text, day, at)


def _is_needed(viewer: Viewer, text: AgreedText) -> bool:
    """Say whether a text waits for the viewer to sign it: others may endorse a chair's summary, which needs its own."""
    return viewer.speaks_for_party and (text.kind != CHAIRS or viewer.party == text.chair_party)


def _chairs(viewer: Viewer, text: AgreedText, silence: Silence) -> bool:
    if viewer.party is None:
        return bool(viewer.hats)
    return viewer.speaks_for_party and viewer.party in {silence.circulated_party, text.chair_party}


def _may_wait(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a text is under silence, or is a draft on whose content some party has signed."""
    under_silence = AgreedText.state == "under_silence"
    if not viewer.speaks_for_party:
        return under_silence
    signed = aliased(TextSignature)
    begun = exists().where(
        signed.text_id == AgreedText.id, signed.voided_at.is_(None), signed.content_hash == AgreedText.content_hash
    )
    return or_(under_silence, and_(AgreedText.state == "draft", begun))


def _received(party: str) -> ColumnElement[bool]:
    return exists().where(SilenceReceipt.silence_id == Silence.id, SilenceReceipt.party_code == party)


def _answered(party: str) -> ColumnElement[bool]:
    return exists().where(
        SilenceAnswer.silence_id == Silence.id, SilenceAnswer.party_code == party, SilenceAnswer.is_reported.is_(False)
    )


def _unsettled() -> ColumnElement[bool]:
    return exists().where(
        SilenceAnswer.silence_id == Silence.id, SilenceAnswer.is_reported.is_(True), SilenceAnswer.settled_at.is_(None)
    )
