"""Reading signatures, with the instant at which the last day of one that was given ad referendum ends."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.agreement import Signed
from app.domain.walltime import day_starts_at
from app.domain.zones import known_zone
from app.models import Party, TextSignature

_DAY: Final = dt.timedelta(days=1)


def signature_rows(session: GuardedSession, text_id: uuid.UUID) -> tuple[tuple[TextSignature, Signed], ...]:
    """Return every signature that was ever given on a text, the oldest first, with the rules' view of each."""
    rows = session.execute(
        select(TextSignature, Party.time_zone)
        .join(Party, Party.code == TextSignature.party_code)
        .where(TextSignature.text_id == text_id)
        .order_by(TextSignature.signed_at, TextSignature.id)
        .execution_options(populate_existing=True)
    )
    return tuple((row, _signed(row, time_zone)) for row, time_zone in rows)


def signed_facts(session: GuardedSession, text_id: uuid.UUID) -> tuple[Signed, ...]:
    """Return the signatures on a text as the rules read them, void ones too."""
    return tuple(signed for _, signed in signature_rows(session, text_id))


def _signed(row: TextSignature, time_zone: str | None) -> Signed:
    until = None
    if row.confirm_by_on is not None:
        until = day_starts_at(row.confirm_by_on + _DAY, known_zone(time_zone or "UTC"))
    return Signed(
        row.party_code, row.content_hash, row.signed_at, until, row.confirmed_at, row.voided_at, frozenset(row.excepted)
    )
