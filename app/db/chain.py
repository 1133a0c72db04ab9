"""The audit record's chain: each record holds the digest of the one before it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import (
    insert,
    select,
    update,
)

from app.models import (
    AuditHead,
    AuditRecord,
)

if TYPE_CHECKING:
    from app.db.sessions import GuardedSession

GENESIS: Final = "0" * 64


def digest_of(value: str | bytes) -> str:
    """Return the SHA-256 of a text or bytes, in hexadecimal."""
    return hashlib.sha256(value.encode() if isinstance(value, str) else value).hexdigest()


@dataclass(slots=True)
class AuditNote:
    """An audit record to be chained at commit; one that `is_unsigned` does not say whose act it was."""

    action: str
    subject_kind: str
    subject_id: str
    audience_id: uuid.UUID
    facts: dict[str, Any] = field(default_factory=dict)
    is_unsigned: bool = False


def chain(session: GuardedSession, notes: list[AuditNote]) -> None:
    """Chain the notes to the record and write them; the head of the chain stays locked until the commit."""
    head = session.execute(
        select(AuditHead.__table__.c.count, AuditHead.__table__.c.digest)
        .where(AuditHead.__table__.c.id == 1)
        .with_for_update()
    ).one()
    number, digest = head[0], head[1]
    rows = []
    for note in notes:
        number += 1
        actor = None if note.is_unsigned else session.viewer
        row = {
            "number": number,
            "at": session.now,
            "person_id": actor.person_id if actor else None,
            "party_code": actor.party if actor else None,
            "action": note.action,
            "subject_kind": note.subject_kind,
            "subject_id": note.subject_id,
            "audience_id": note.audience_id,
            "facts": note.facts,
            "previous_digest": digest,
        }
        digest = chain_digest(row)
        rows.append({**row, "digest": digest})
    session.execute(insert(AuditRecord.__table__), rows)  # type: ignore[arg-type]
    session.execute(
        update(AuditHead.__table__)  # type: ignore[arg-type]
        .where(AuditHead.__table__.c.id == 1)
        .values(count=number, digest=digest)
    )


def chain_digest(row: dict[str, Any]) -> str:
    """Return the digest of an audit record over all its columns but its own digest, in a canonical form."""
    at = cast("dt.datetime", row["at"]).astimezone(dt.UTC)
    plain = {
        **{key: value for key, value in row.items() if key != "digest"},
        "at": at.isoformat(timespec="microseconds"),
    }
    return digest_of(json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str))
