"""The register of documents as a list, by meeting, mechanism, language, symbol and what is due; and one document."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, select

from app.db import GuardedSession
from app.domain import symbols
from app.domain.visibility import Facts
from app.models import Document, LanguageVersion, Mechanism, Meeting, RegisteredDocument
from app.models.documents import LANGUAGE_STATES
from app.services.document_audiences import facts_of_document
from app.services.embargoes import held_back_files, out_now
from app.services.history import HistoryEntry, history_of
from app.services.paging import PAGE_SIZE, pages_of
from app.services.registered_documents import LANGUAGES, PaperLine, find_document, line_of

DUE: Final = ("overdue", "at_once", "on_time")


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What the register is narrowed to; an empty value narrows nothing, one that nothing answers to gives no rows.

    `meeting` is a reference, `mechanism` a code, `symbol` the beginning of one (dashes or strokes), `language` one of
    the three and `state` how far it is, `due` one of `DUE`.
    """

    meeting: str = ""
    mechanism: str = ""
    symbol: str = ""
    language: str = ""
    state: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One page of the register, the newest document first."""

    lines: tuple[PaperLine, ...]
    total: int
    page: int
    page_count: int


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with all that its page shows: its files, what it amends and what amends it, what was done to it."""

    line: PaperLine
    mechanism: Mechanism | None
    facts: Facts
    files: Mapping[uuid.UUID, Document]
    family: tuple[RegisteredDocument, ...]
    history: tuple[HistoryEntry, ...]


def register_of(session: GuardedSession, chosen: DocumentFilter, page: int = 1) -> DocumentPage:
    """Return a page (from 1) of the documents that the viewer may see; raises `NotFound` beyond the last one.

    What is due is counted from the meetings, so that filter looks at each document that is still expected.
    """
    conditions = _conditions(chosen)
    if chosen.due:
        rows = session.execute(_rows(session, conditions).where(RegisteredDocument.state == "expected")).all()
        lines = [
            line for line in _lines(session, rows, is_whole=False) if chosen.due in DUE and line.standing == chosen.due
        ]
        page_count = pages_of(len(lines), page)
        wanted = {line.document.id for line in lines[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]}
        shown = [row for row in rows if row[0].id in wanted]
        return DocumentPage(_lines(session, shown), len(lines), page, page_count)
    counted = select(func.count(RegisteredDocument.id)).outerjoin(Meeting, Meeting.id == RegisteredDocument.meeting_id)
    total = session.execute(counted.where(*conditions, out_now(session))).scalar_one()
    page_count = pages_of(total, page)
    rows = session.execute(_rows(session, conditions).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return DocumentPage(_lines(session, rows), total, page, page_count)


def _rows(session: GuardedSession, conditions: Sequence[ColumnElement[bool]]) -> Select[RegisteredDocument, Meeting]:
    return (
        select(RegisteredDocument, Meeting)
        .outerjoin(Meeting, Meeting.id == RegisteredDocument.meeting_id)
        .where(*conditions, out_now(session))
        .order_by(RegisteredDocument.created_at.desc(), RegisteredDocument.symbol.desc(), RegisteredDocument.id)
    )


def _conditions(chosen: DocumentFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.meeting:
        found.append(Meeting.reference == chosen.meeting.strip().upper())
    if chosen.mechanism:
        of = select(Mechanism.id).where(Mechanism.code == chosen.mechanism)
        found.append(RegisteredDocument.mechanism_id.in_(of))
    if chosen.symbol:
        begins = symbols.from_address(chosen.symbol) or chosen.symbol.strip().upper().replace("-", "/")
        found.append(RegisteredDocument.symbol.startswith(begins, autoescape=True))
    if chosen.language or chosen.state:
        known = chosen.language in (*LANGUAGES, "") and chosen.state in (*LANGUAGE_STATES, "")
        wanted: list[ColumnElement[bool]] = [
            LanguageVersion.document_id.is_not(None) if known else LanguageVersion.document_id.is_(None)
        ]
        wanted += [LanguageVersion.language == chosen.language] if chosen.language else []
        wanted += [LanguageVersion.state == chosen.state] if chosen.state else []
        found.append(RegisteredDocument.id.in_(select(LanguageVersion.document_id).where(and_(*wanted))))
    return found


def _lines(session: GuardedSession, rows: Sequence[Any], *, is_whole: bool = True) -> tuple[PaperLine, ...]:
    """Return rows as lines, with their language versions where they are shown."""
    ids = [document.id for document, _ in rows] if is_whole else []
    versions: dict[uuid.UUID, dict[str, LanguageVersion]] = {}
    if ids:
        for row in session.execute(select(LanguageVersion).where(LanguageVersion.document_id.in_(ids))).scalars():
            versions.setdefault(row.document_id, {})[row.language] = row
    return tuple(line_of(session, document, versions.get(document.id, {}), meeting) for document, meeting in rows)


def document_view(session: GuardedSession, address: str) -> DocumentView:
    """Return a document with all that its page shows; raises `NotFound`."""
    document = find_document(session, address)
    row = session.execute(
        select(Meeting, Mechanism)
        .select_from(RegisteredDocument)
        .outerjoin(Meeting, Meeting.id == RegisteredDocument.meeting_id)
        .outerjoin(Mechanism, Mechanism.id == RegisteredDocument.mechanism_id)
        .where(RegisteredDocument.id == document.id)
    ).one()
    (line,) = _lines(session, [(document, row[0])])
    ids = [version.file_id for version in line.languages.values() if version.file_id is not None]
    files = session.execute(select(Document).where(Document.id.in_(ids))).scalars() if ids else ()
    held_back = held_back_files(session)
    return DocumentView(
        line=line,
        mechanism=row[1],
        facts=facts_of_document(session, document),
        files={file.id: file for file in files if file.id not in held_back},
        family=_family(session, document),
        history=history_of(session, "registered_document", document.id),
    )


def _family(session: GuardedSession, document: RegisteredDocument) -> tuple[RegisteredDocument, ...]:
    """Return the document that this one is of and all that change it, by symbol; itself among them."""
    known = symbols.parse_symbol(document.symbol or "")
    if known is None:
        same = [document.id, *([document.amends_id] if document.amends_id else [])]
        condition = RegisteredDocument.id.in_(same) | (RegisteredDocument.amends_id == document.id)
    else:
        condition = (RegisteredDocument.symbol == known.base) | RegisteredDocument.symbol.startswith(f"{known.base}/")
    rows = session.execute(select(RegisteredDocument).where(condition, out_now(session))).scalars()
    return tuple(sorted(rows, key=lambda row: symbols.place_in_lists(row.symbol)))
