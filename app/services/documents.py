"""Papers: keeping one as it was received, and handing it to those who may see it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, true
from sqlalchemy.orm import undefer

from app.db import GuardedSession, digest_of
from app.domain import documents as rules
from app.domain.errors import NotFound
from app.models import Action, ActionNote, Commitment, CommitmentStatement, Document, Meeting, MeetingParty
from app.services.embargoes import held_back_files
from app.services.paging import PAGE_SIZE, pages_of


@dataclass(frozen=True, slots=True)
class Paper:
    """A document in a list: everything but its bytes, and what it bears out.

    That is the reported answer of a meeting, a note on an action, or what a party said of a commitment.
    """

    id: uuid.UUID
    file_name: str
    media_type: str
    size: int
    owner_party: str | None
    added_at: dt.datetime
    meeting_reference: str | None = None
    action_reference: str | None = None
    commitment_ref: str | None = None


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One page of the papers that a viewer may see, the newest first."""

    papers: tuple[Paper, ...]
    page: int
    page_count: int


def keep_paper(
    session: GuardedSession, *, file_name: str, content: bytes, audience_id: uuid.UUID, field: str = "paper"
) -> Document:
    """Keep a file for an audience that the viewer is in, under a cleaned name and the type of its content.

    Raises `Refusal` on `field`: `file_empty`, `file_too_large`, `file_type`. Its flush lets a row that
    names the document come after it.
    """
    media_type = rules.check_paper(content, field=field)
    viewer = session.bound_viewer
    paper = Document(
        audience_id=audience_id,
        file_name=rules.clean_file_name(file_name, media_type),
        media_type=media_type,
        size=len(content),
        digest=digest_of(content),
        content=content,
        owner_party=viewer.party,
        added_by=viewer.person_id,
        added_at=session.now,
    )
    session.add(paper)
    session.flush()
    session.record(
        "document_added", "document", paper.id, audience_id, digest=paper.digest, media_type=media_type, size=paper.size
    )
    return paper


def document(session: GuardedSession, document_id: uuid.UUID) -> Document:
    """Return a document with its bytes; raises `NotFound` when there is none that the viewer may see.

    To a guest, what is under embargo is not there.
    """
    found = session.execute(
        select(Document).where(Document.id == document_id).options(undefer(Document.content))
    ).scalar_one_or_none()
    if found is None or document_id in held_back_files(session):
        raise NotFound
    return found


def documents(session: GuardedSession, page: int = 1) -> PaperPage:
    """Return a page (from 1) of the papers that the viewer may see; raises `NotFound` beyond the last one."""
    held_back = held_back_files(session)
    shown = Document.id.not_in(held_back) if held_back else true()
    total = session.execute(select(func.count(Document.id)).where(shown)).scalar_one()
    page_count = pages_of(total, page)
    rows = session.execute(
        select(Document)
        .where(shown)
        .order_by(Document.added_at.desc(), Document.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).scalars()
    kept = list(rows)
    ids = [paper.id for paper in kept]
    of = (_meetings_of(session, ids), _actions_of(session, ids), _commitments_of(session, ids))
    papers = [_paper(paper, *(found.get(paper.id) for found in of)) for paper in kept]
    return PaperPage(tuple(papers), page, page_count)


def _meetings_of(session: GuardedSession, ids: list[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Return the references of the meetings whose reported answers these papers bear out."""
    rows = session.execute(
        select(MeetingParty.report_document_id, Meeting.reference)
        .join(Meeting, Meeting.id == MeetingParty.meeting_id)
        .where(MeetingParty.report_document_id.in_(ids))
    )
    return {row.report_document_id: row.reference for row in rows}


def _actions_of(session: GuardedSession, ids: list[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Return the references of the actions on which these papers bear out a note."""
    rows = session.execute(
        select(ActionNote.document_id, Action.reference)
        .join(Action, Action.id == ActionNote.action_id)
        .where(ActionNote.document_id.in_(ids))
    )
    return {row.document_id: row.reference for row in rows}


def _commitments_of(session: GuardedSession, ids: list[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Return the references of the commitments of which these papers bear out what a party said."""
    rows = session.execute(
        select(CommitmentStatement.document_id, Commitment.ref)
        .join(Commitment, Commitment.id == CommitmentStatement.commitment_id)
        .where(CommitmentStatement.document_id.in_(ids))
    )
    return {row.document_id: row.ref for row in rows}


def _paper(row: Document, meeting: str | None, action: str | None, commitment: str | None) -> Paper:
    return Paper(
        id=row.id,
        file_name=row.file_name,
        media_type=row.media_type,
        size=row.size,
        owner_party=row.owner_party,
        added_at=row.added_at,
        meeting_reference=meeting,
        action_reference=action,
        commitment_ref=commitment,
    )
