"""Forms for papers: a text document that a secretariat, or a delegation, puts in place of our own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import undefer

from app.db import GuardedSession
from app.domain.documents import DOCX
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action, Hat, appointment_key, can, party_key
from app.models import Document, PaperTemplate
from app.models.documents import TEMPLATE_KINDS
from app.papers.prose_docx import check_form
from app.services.documents import keep_paper


@dataclass(frozen=True, slots=True)
class FormLine:
    """What stands in the place of a kind of paper: the form of the viewer's side, or None for our own."""

    kind: str
    form: PaperTemplate | None
    file_name: str


def forms(session: GuardedSession) -> tuple[FormLine, ...]:
    """Return, for each kind of paper, the form of the viewer's own side that stands in its place."""
    rows = session.execute(
        select(PaperTemplate, Document.file_name)
        .join(Document, Document.id == PaperTemplate.file_id)
        .where(PaperTemplate.replaced_at.is_(None), *_of_own_side(session))
        .order_by(PaperTemplate.added_at)
    )
    found = {row.kind: (row, name) for row, name in rows}
    return tuple(FormLine(kind, *found.get(kind, (None, ""))) for kind in TEMPLATE_KINDS)


def form_for(session: GuardedSession, kind: str) -> bytes | None:
    """Return the form of the viewer's own side for a kind of paper, or None for our own."""
    found = _standing(session, kind)
    if found is None:
        return None
    query = select(Document).where(Document.id == found.file_id).options(undefer(Document.content))
    kept = session.execute(query).scalar_one_or_none()
    return kept.content if kept is not None else None


def put_form(session: GuardedSession, kind: str, *, file_name: str, content: bytes) -> PaperTemplate:
    """Put a form in the place of our own, or of an earlier one, for the viewer's own side.

    Raises `NotFound` for a kind that is none; `Refusal` on `file`: `forbidden`, `not_a_text_document`, and what
    `keep_paper` and `check_form` raise.
    """
    _check(session, kind)
    viewer = session.bound_viewer
    hat = _hat(session)
    audience = session.audience({party_key(viewer.party)} if viewer.party else {appointment_key(_id(hat))})
    kept = keep_paper(session, file_name=file_name, content=content, audience_id=audience, field="file")
    if kept.media_type != DOCX:
        raise Refusal("not_a_text_document", field="file")
    check_form(content)
    _replace(session, kind)
    row = PaperTemplate(
        id=uuid.uuid4(), kind=kind, owner_party=viewer.party, owner_appointment=None if viewer.party else _id(hat),
        file_id=kept.id, added_by=viewer.person_id, added_at=session.now, audience_id=audience,
    )  # fmt: skip
    session.add(row)
    session.record("paper_form_put", "paper_form", row.id, audience, kind=kind, digest=kept.digest)
    return row


def drop_form(session: GuardedSession, kind: str) -> None:
    """Go back to our own form for a kind of paper; the other is kept. Raises as `put_form` does."""
    _check(session, kind)
    _replace(session, kind)


def _replace(session: GuardedSession, kind: str) -> None:
    standing = _standing(session, kind)
    if standing is not None:
        standing.replaced_at = session.now
        session.record("paper_form_dropped", "paper_form", standing.id, standing.audience_id, kind=kind)


def _standing(session: GuardedSession, kind: str) -> PaperTemplate | None:
    return session.execute(
        select(PaperTemplate)
        .where(PaperTemplate.kind == kind, PaperTemplate.replaced_at.is_(None), *_of_own_side(session))
        .order_by(PaperTemplate.added_at.desc(), PaperTemplate.id)
        .limit(1)
    ).scalar_one_or_none()


def _of_own_side(session: GuardedSession) -> list[ColumnElement[bool]]:
    """Return the conditions that leave the forms of the viewer's delegation, or of the secretariat that they serve."""
    viewer = session.bound_viewer
    if viewer.party:
        return [PaperTemplate.owner_party == viewer.party]
    ids = [hat.appointment_id for hat in viewer.hats]
    return [PaperTemplate.owner_appointment.in_(ids)]


def _check(session: GuardedSession, kind: str) -> None:
    if kind not in TEMPLATE_KINDS:
        raise NotFound
    if not can(session.bound_viewer, Action.KEEP_TEMPLATES):
        raise Refusal("forbidden")


def _hat(session: GuardedSession) -> Hat | None:
    """Return the appointment for which a secretariat's member keeps forms: the first by its id, always the same."""
    return min(session.bound_viewer.hats, key=lambda hat: str(hat.appointment_id), default=None)


def _id(hat: Hat | None) -> uuid.UUID:
    if hat is None:
        raise NotFound
    return hat.appointment_id
