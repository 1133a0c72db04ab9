"""The delegations' keys: which rows are sealed under which, a new key, sealing anew, the end of a key.

What is sealed is found from the models, so that a new column cannot be forgotten here.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, LargeBinary, func, literal, select, type_coerce, update
from sqlalchemy.orm import QueryableAttribute

from app.db import Database, GuardedSession
from app.domain.visibility import REGISTER, administration_key, party_key
from app.keys import KeyMissing, KeyRing, KeyServiceDown, StillNeeded
from app.models import Base
from app.models.sealed import Sealed

BATCH: Final = 200
# Of sealed bytes, as far as the longest owner's code goes: of a shorter one a part of the key's id is in it.
_OWNER_END: Final = 13
_KEY_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column that is sealed: its class, its attribute, and the context that its bytes are bound to."""

    cls: type[Any]
    attribute: QueryableAttribute[Any]
    context: str

    @property
    def raw(self) -> ColumnElement[bytes]:
        """Return the column as the bytes that are stored."""
        return type_coerce(self.attribute, LargeBinary)

    def first(self, count: int) -> ColumnElement[bytes]:
        """Return the first bytes of what is stored."""
        return func.substr(self.raw, 1, count, type_=LargeBinary)


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A key: whether new seals are under it, whether its keeper has it, and how many rows need it."""

    key_id: str
    is_current: bool
    is_there: bool
    row_count: int


@dataclass(frozen=True, slots=True)
class OwnerKeys:
    """An owner's keys; `has_service`: a service keeps them; `problem`: it cannot be asked, or the folder is damaged."""

    owner: str
    has_service: bool
    problem: str | None
    keys: tuple[KeyUse, ...]


@dataclass(slots=True)
class Resealed:
    """How many rows were sealed anew, and how many do not open and stay as they are."""

    done: int = 0
    unopened: int = 0


def sealed_columns() -> tuple[SealedColumn, ...]:
    """Return every sealed column of the models, by its context."""
    found = {
        column.type.context: SealedColumn(mapper.class_, getattr(mapper.class_, str(column.key)), column.type.context)
        for mapper in Base.registry.mappers
        for column in mapper.columns
        if isinstance(column.type, Sealed)
    }
    return tuple(found[context] for context in sorted(found))


def rows_by_key(session: GuardedSession) -> Counter[tuple[str, str]]:
    """Return how many rows are sealed under each key, by its owner and its id; nothing is opened for it."""
    counted: Counter[tuple[str, str]] = Counter()
    for column in sealed_columns():
        for prefix in _owners_in(session, column):
            head = column.first(len(prefix) + _KEY_ID_BYTES).label("head")
            is_of_owner = column.first(len(prefix)) == literal(prefix, LargeBinary)
            # By its name: PostgreSQL does not see that two places for the same value are the same.
            found = session.execute(select(head, func.count()).where(is_of_owner).group_by("head"))
            for start, count in found:
                counted[prefix[2:].decode("ascii"), bytes(start)[len(prefix) :].hex()] += count
    return counted


def list_keys(database: Database, ring: KeyRing) -> tuple[OwnerKeys, ...]:
    """Return the keys of every owner that has any, or under whose keys something is sealed."""
    with database.system_session("count what is sealed under each key") as session:
        counted = rows_by_key(session)
    owners = sorted({*ring.owners(), *(owner for owner, _key_id in counted)})
    return tuple(_keys_of(ring, owner, counted) for owner in owners)


def rotate_key(database: Database, ring: KeyRing, owner: str) -> str:
    """Make a new key for what an owner seals from now on, record it, and return its id.

    Raises `ValueError` for what is no owner, and `KeyServiceDown`.
    """
    key_id = ring.rotate(owner)
    with database.system_session("record what was done to a key", "write") as session:
        session.record("key_rotated", "key", key_id, _audience(session, owner), owner=owner)
        session.commit()
    return key_id


def reseal(database: Database, ring: KeyRing, owner: str) -> Resealed:
    """Seal every row of an owner that is under another key anew under the current one, batch by batch.

    Each batch is a transaction of its own: what was done stays done, and another run goes on with the rest. A row that
    somebody changes meanwhile is theirs, and under the current key by itself. Raises `KeyServiceDown`, `KeyMissing`.
    """
    header, outcome = ring.current_header(owner), Resealed()
    for column in sealed_columns():
        after: uuid.UUID | None = None
        while True:
            with database.system_session("seal rows anew under the current key", "write") as session:
                rows = _older(session, column, header, after)
                if not rows:
                    break
                done = _reseal_rows(session, ring, owner, column, rows)
                outcome.done, outcome.unopened = outcome.done + done, outcome.unopened + len(rows) - done
                key_id = header[-_KEY_ID_BYTES:].hex()
                seen = _audience(session, owner)
                session.record("rows_resealed", "key", key_id, seen, owner=owner, column=column.context, count=done)
                session.commit()
            after = rows[-1][0]
    return outcome


def retire_key(database: Database, ring: KeyRing, owner: str, key_id: str) -> None:
    """End a key that no row needs; one in the folder is deleted for ever, one of a service is set aside there.

    What is only in a backup, sealed under it, can then never be opened again. Raises `StillNeeded`, `KeyMissing`,
    `KeyServiceDown`.
    """
    with database.system_session("count what is sealed under each key", "write") as session:
        needed = rows_by_key(session)[owner, key_id]
        if needed:
            raise StillNeeded(f"{needed} rows are sealed under it; seal them anew first")
        ring.retire(owner, key_id)
        session.record("key_retired", "key", key_id, _audience(session, owner), owner=owner)
        session.commit()


def owner_of_key(ring: KeyRing, key_id: str) -> str | None:
    """Return whose key this is, None where no owner that can be asked has it."""
    for owner in ring.owners():
        if key_id in ring.keys_here(owner).key_ids:
            return owner
    for owner, service in ring.services().items():
        try:
            if key_id in service.keys().key_ids:
                return owner
        except KeyServiceDown:
            continue
    return None


def _owners_in(session: GuardedSession, column: SealedColumn) -> Iterator[bytes]:
    """Yield what sealed bytes of each owner in a column begin with: the version, the length, the owner."""
    heads = session.scalars(select(column.first(_OWNER_END)).where(column.attribute.is_not(None)).distinct())
    yield from sorted({bytes(head)[: 2 + bytes(head)[1]] for head in heads})


def _older(
    session: GuardedSession, column: SealedColumn, header: bytes, after: uuid.UUID | None
) -> list[tuple[uuid.UUID, bytes]]:
    """Return the next rows of the header's owner that are sealed under another key: their ids and what is stored."""
    prefix = header[:-_KEY_ID_BYTES]
    found = (
        select(column.cls.id, column.raw)
        .where(
            column.first(len(prefix)) == literal(prefix, LargeBinary),
            column.first(len(header)) != literal(header, LargeBinary),
        )
        .order_by(column.cls.id)
        .limit(BATCH)
    )
    if after is not None:
        found = found.where(column.cls.id > after)
    return [(identity, bytes(stored)) for identity, stored in session.execute(found)]


def _reseal_rows(
    session: GuardedSession, ring: KeyRing, owner: str, column: SealedColumn, rows: list[tuple[uuid.UUID, bytes]]
) -> int:
    """Write what opens sealed anew, where nobody has changed it meanwhile, and return how many that is."""
    context = column.context.encode()
    resealed = ring.reseal(owner, [(stored, context) for _identity, stored in rows])
    done = 0
    for (identity, stored), again in zip(rows, resealed, strict=True):
        if again is None:
            continue
        session.execute(
            update(column.cls)
            .where(column.cls.id == identity, column.raw == literal(stored, LargeBinary))
            .values({column.attribute: literal(again, LargeBinary)})
            .execution_options(synchronize_session=False)
        )
        done += 1
    return done


def _keys_of(ring: KeyRing, owner: str, counted: Counter[tuple[str, str]]) -> OwnerKeys:
    problem, current = None, None
    there: set[str] = set()
    has_service = ring.service_of(owner) is not None
    try:
        there |= set(ring.keys_here(owner).key_ids)
        kept = ring.keys_of(owner)
        there |= set(kept.key_ids)
        current = kept.current
    except (KeyMissing, KeyServiceDown) as found:
        problem = str(found)
    needed = {key_id for whose, key_id in counted if whose == owner}
    uses = [KeyUse(each, each == current, each in there, counted[owner, each]) for each in sorted(there | needed)]
    return OwnerKeys(owner, has_service, problem, tuple(uses))


def _audience(session: GuardedSession, owner: str) -> uuid.UUID:
    """Return who reads in the record what was done to a key: its owner's people; of the secretariat's, all."""
    is_party = owner.isupper()
    return session.audience({party_key(owner), administration_key(owner)} if is_party else {REGISTER})
