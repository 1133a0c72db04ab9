"""Forms for papers: a text document that a secretariat, or a delegation, puts in place of our own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import undefer

from app.db import GuardedSession
from app.domain.documents import DOCX
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action, Hat, appointment_key, appointments_in, can, party_key
from app.models import Document, PaperTemplate
from app.models.documents import TEMPLATE_KINDS
from app.papers.agenda import Worded
from app.papers.docx_forms import check_form, refused_unreadable
from app.papers.prose import Head, Note, ProsePaper
from app.papers.prose_docx import prose_docx
from app.services.documents import keep_paper
from app.services.meeting_audience import keys_of


@dataclass(frozen=True, slots=True)
class Side:
    """For whom the viewer keeps forms: their delegation (no `appointment_id`), or a secretariat that they serve."""

    appointment_id: uuid.UUID | None
    hat: Hat | None = None


@dataclass(frozen=True, slots=True)
class FormLine:
    """What stands in the place of a kind of paper for one side: its form, or None for our own."""

    side: Side
    kind: str
    form: PaperTemplate | None
    file_name: str


def sides(session: GuardedSession) -> tuple[Side, ...]:
    """Return for whom the viewer keeps forms, in an order that stays."""
    viewer = session.bound_viewer
    if viewer.party:
        return (Side(None),)
    return tuple(Side(hat.appointment_id, hat) for hat in sorted(viewer.hats, key=lambda hat: str(hat.appointment_id)))


def forms(session: GuardedSession) -> tuple[FormLine, ...]:
    """Return, for each side of the viewer's and kind of paper, the form that stands in its place; one statement."""
    own = sides(session)
    rows = session.execute(
        select(PaperTemplate, Document.file_name)
        .join(Document, Document.id == PaperTemplate.file_id)
        .where(PaperTemplate.replaced_at.is_(None), or_(*(_of(session, side) for side in own)) if own else false())
        .order_by(PaperTemplate.added_at, PaperTemplate.id)
    )
    found = {(row.owner_appointment, row.kind): (row, name) for row, name in rows}
    return tuple(
        FormLine(side, kind, *found.get((side.appointment_id, kind), (None, "")))
        for side in own
        for kind in TEMPLATE_KINDS
    )


def form_for(session: GuardedSession, kind: str, audience_id: uuid.UUID) -> bytes | None:
    """Return the form of the viewer's own side for a kind of paper of what that audience sees, None for our own.

    Who serves several secretariats takes that of one that serves this.
    """
    own = sides(session)
    if len(own) > 1:
        serving = appointments_in(keys_of(session, audience_id))
        own = tuple(side for side in own if side.appointment_id in serving)
    return form_of(session, kind, own[0])[1] if own and _standing(session, kind, own[0]) else None


def form_of(session: GuardedSession, kind: str, side: Side) -> tuple[str, bytes]:
    """Return the file name and the bytes of the form of a side; raises `NotFound` where ours stands."""
    found = _standing(session, kind, side)
    if found is None:
        raise NotFound
    query = select(Document).where(Document.id == found.file_id).options(undefer(Document.content))
    kept = session.execute(query).scalar_one_or_none()
    if kept is None:
        raise NotFound
    return kept.file_name, kept.content


def side_named(session: GuardedSession, name: str) -> Side:
    """Return the side of the viewer's that a form names by its appointment; raises `NotFound`.

    Nothing names the only one that there is.
    """
    own = sides(session)
    if not name and len(own) == 1:
        return own[0]
    found = next((side for side in own if str(side.appointment_id or "") == name), None)
    if found is None:
        raise NotFound
    return found


def put_form(session: GuardedSession, kind: str, side: Side, *, file_name: str, content: bytes) -> PaperTemplate:
    """Put a form in the place of our own, or of an earlier one, for one side.

    Raises `NotFound` for a kind or a side that is none; `Refusal` on `file`: `not_a_text_document`, and what
    `keep_paper` and `check_form` raise; `forbidden`.
    """
    _check(session, kind, side)
    viewer = session.bound_viewer
    key = appointment_key(side.appointment_id) if side.appointment_id else party_key(viewer.party or "")
    audience = session.audience({key})
    kept = keep_paper(session, file_name=file_name, content=content, audience_id=audience, field="file")
    if kept.media_type != DOCX:
        raise Refusal("not_a_text_document", field="file")
    check_form(content)
    _try(session, content)
    _replace(session, kind, side)
    row = PaperTemplate(
        id=uuid.uuid4(), kind=kind, owner_party=viewer.party, owner_appointment=side.appointment_id,
        file_id=kept.id, added_by=viewer.person_id, added_at=session.now, audience_id=audience,
    )  # fmt: skip
    session.add(row)
    session.record("paper_form_put", "paper_form", row.id, audience, kind=kind, digest=kept.digest)
    return row


def _try(session: GuardedSession, content: bytes) -> None:
    """Write a paper in a form, so that what stumbles over it does so now; raises `Refusal("form_unreadable")`."""
    words = Worded("Title", "en")
    paper = ProsePaper("en", words, ("Reference",), (Head("Heading", 1), Note(words)), "{page}", session.now)
    with refused_unreadable():
        prose_docx(paper, content)


def drop_form(session: GuardedSession, kind: str, side: Side) -> None:
    """Go back to our own form for a kind of paper; the other is kept. Raises `NotFound`, `Refusal("forbidden")`."""
    _check(session, kind, side)
    _replace(session, kind, side)


def _replace(session: GuardedSession, kind: str, side: Side) -> None:
    """End every form that stands: two, where two people put theirs at the same moment."""
    for standing in session.execute(_those_that_stand(session, kind, side)).scalars():
        standing.replaced_at = session.now
        session.record("paper_form_dropped", "paper_form", standing.id, standing.audience_id, kind=kind)


def _standing(session: GuardedSession, kind: str, side: Side) -> PaperTemplate | None:
    return session.execute(_those_that_stand(session, kind, side).limit(1)).scalar_one_or_none()


def _those_that_stand(session: GuardedSession, kind: str, side: Side) -> Select[PaperTemplate]:
    return (
        select(PaperTemplate)
        .where(PaperTemplate.kind == kind, PaperTemplate.replaced_at.is_(None), _of(session, side))
        .order_by(PaperTemplate.added_at.desc(), PaperTemplate.id)
    )


def _of(session: GuardedSession, side: Side) -> ColumnElement[bool]:
    if side.appointment_id is not None:
        return PaperTemplate.owner_appointment == side.appointment_id
    return PaperTemplate.owner_party == session.bound_viewer.party


def _check(session: GuardedSession, kind: str, side: Side) -> None:
    if kind not in TEMPLATE_KINDS or side not in sides(session):
        raise NotFound
    if not can(session.bound_viewer, Action.KEEP_TEMPLATES):
        raise Refusal("forbidden")
