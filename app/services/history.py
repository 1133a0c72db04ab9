"""What was done to one thing, from the audit record: of it each viewer is given what they may see."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from app.db import GuardedSession
from app.models import AuditRecord, Person

HISTORY_LIMIT: Final = 100


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Something that was done; the person is named only to those who may know them."""

    at: dt.datetime
    act: str
    facts: Mapping[str, Any]
    party_code: str | None
    person_name: str | None


def history_of(
    session: GuardedSession, subject_kind: str, subject_id: uuid.UUID, limit: int | None = HISTORY_LIMIT
) -> tuple[HistoryEntry, ...]:
    """Return what was done to a thing, newest first: so many entries of it, or all where `limit` is None."""
    rows = session.execute(
        select(AuditRecord, Person.name)
        .outerjoin(Person, Person.id == AuditRecord.person_id)
        .where(AuditRecord.subject_kind == subject_kind, AuditRecord.subject_id == str(subject_id))
        .order_by(AuditRecord.number.desc())
        .limit(limit)
    )
    return tuple(HistoryEntry(row.at, row.action, row.facts, row.party_code, name) for row, name in rows)
