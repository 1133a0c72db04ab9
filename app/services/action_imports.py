"""Tables of actions that were brought: kept sealed for those who brought them, looked through, chosen about, ended."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from app.db import GuardedSession, digest_of
from app.domain.action_import import BroughtTable, Choices, TableSheet, guessed
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import one_line
from app.domain.visibility import Action as Permission
from app.domain.visibility import appointment_key, can, party_key, person_key
from app.models import ActionImport
from app.models.sealed import Private
from app.papers.value_lines import rows_of
from app.papers.workbooks import COLUMN_LIMIT, ROW_LIMIT, read_book
from app.services.drafts import SECRETARIAT

FIELD = "file"
PASTED = "pasted"


def read_file(content: bytes, file_name: str, language: str) -> BroughtTable:
    """Return the table in a file, its columns guessed; raises what `read_book` raises."""
    name = one_line(file_name.replace("\\", "/").rpartition("/")[2][-200:] or "table", FIELD)
    table = BroughtTable(name, read_book(content), Choices(language=language))
    return guessed(table)


def read_pasted(text: str, language: str) -> BroughtTable:
    """Return the table in a pasted text, its columns guessed; raises `Refusal` as `rows_of` does, at `pasted`."""
    rows = rows_of(text, row_limit=ROW_LIMIT, column_limit=COLUMN_LIMIT, field=PASTED)
    if not rows:
        raise Refusal("required", field=PASTED)
    return guessed(BroughtTable("", (TableSheet("", rows),), Choices(language=language)))


def keep_import(session: GuardedSession, table: BroughtTable) -> ActionImport:
    """Keep a table that was brought, for the viewer's delegation or secretariat alone, sealed.

    Somebody who serves in several secretariats keeps it for themselves: which of them it is of, nothing says yet.
    Raises `Refusal("forbidden")`.
    """
    viewer = session.bound_viewer
    if not can(viewer, Permission.CHANGE_ACTIONS):
        raise Refusal("forbidden")
    hat = viewer.hats[0].appointment_id if len(viewer.hats) == 1 and not viewer.sits_at_a_table else None
    party = viewer.party if viewer.sits_at_a_table else None
    key = party_key(party) if party else appointment_key(hat) if hat else person_key(viewer.person_id)
    row = ActionImport(
        id=uuid.uuid4(), owner_party=party, owner_appointment=hat,
        content=Private(party or SECRETARIAT, table.to_json()), created_by=viewer.person_id, created_at=session.now,
        changed_at=session.now, audience_id=session.audience({key}),
    )  # fmt: skip
    session.add(row)
    session.flush()  # the record names it
    rows = sum(len(sheet.rows) for sheet in table.sheets)
    session.record("actions_brought", "action_import", row.id, row.audience_id, rows=rows, digest=_digest(row))
    return row


def find_import(session: GuardedSession, import_id: uuid.UUID, *, lock: bool = False) -> ActionImport:
    """Return a table of the viewer's own; raises `NotFound`."""
    query = select(ActionImport).where(ActionImport.id == import_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.execute(query).scalar_one_or_none()
    if row is None or not can(session.bound_viewer, Permission.CHANGE_ACTIONS):
        raise NotFound
    return row


def open_import(session: GuardedSession, import_id: uuid.UUID, *, lock: bool = False) -> ActionImport:
    """Return a table that is still to be imported; raises `NotFound`, and `Refusal("not_in_state")` after."""
    row = find_import(session, import_id, lock=lock)
    if row.ended_at is not None or row.batch_id is not None or not table_of(row).sheets:
        raise Refusal("not_in_state")
    return row


def own_imports(session: GuardedSession) -> Sequence[ActionImport]:
    """Return the viewer's tables that are still to be imported, the last changed first."""
    query = select(ActionImport).where(ActionImport.ended_at.is_(None), ActionImport.batch_id.is_(None))
    return session.execute(query.order_by(ActionImport.changed_at.desc(), ActionImport.id).limit(20)).scalars().all()


def table_of(row: ActionImport) -> BroughtTable:
    """Return what was brought, opened."""
    return BroughtTable.from_json(row.content.text)


def choose(session: GuardedSession, import_id: uuid.UUID, table: BroughtTable, *, version: int) -> ActionImport:
    """Keep what was chosen about a table; raises what `open_import` raises, and `StaleVersion`."""
    row = open_import(session, import_id, lock=True)
    if row.version != version:
        raise StaleVersion({}, {})
    row.content = Private(row.content.owner, table.to_json())
    row.changed_at = session.now
    session.flush()  # the version that the page shows next
    return row


def discard_import(session: GuardedSession, import_id: uuid.UUID, *, version: int) -> None:
    """End a table without importing it: what it held is taken away. Raises as `choose` does."""
    row = open_import(session, import_id, lock=True)
    if row.version != version:
        raise StaleVersion({}, {})
    end_import(session, row)
    session.record("actions_import_discarded", "action_import", row.id, row.audience_id)


def end_import(session: GuardedSession, row: ActionImport) -> None:
    """End a table, keeping the name of its file alone: nobody needs a second copy of what others may not read."""
    row.content = Private(row.content.owner, BroughtTable(table_of(row).file_name, ()).to_json())
    row.ended_at = row.changed_at = session.now


def _digest(row: ActionImport) -> str:
    return digest_of(row.content.text)
