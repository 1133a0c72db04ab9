"""Papers of items: a document is put to an item of its meeting, taken from it, and put in order."""

from __future__ import annotations

import uuid
from typing import Literal

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action, can
from app.models import AgendaItem, ItemPaper, RegisteredDocument
from app.services.document_audiences import facts_of_document, place_audience
from app.services.registered_documents import find_document


def items_to_choose(session: GuardedSession, document: RegisteredDocument) -> tuple[AgendaItem, ...]:
    """Return the items of a document's meeting that the viewer may see, in their order."""
    if document.meeting_id is None:
        return ()
    rows = session.execute(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == document.meeting_id, AgendaItem.removed.is_(False))
        .order_by(AgendaItem.position, AgendaItem.id)
    ).scalars()
    return tuple(rows)


def places_of(session: GuardedSession, document: RegisteredDocument) -> tuple[tuple[AgendaItem, ItemPaper], ...]:
    """Return the items that a document is a paper of, as far as the viewer sees them."""
    rows = session.execute(
        select(AgendaItem, ItemPaper)
        .join(ItemPaper, ItemPaper.item_id == AgendaItem.id)
        .where(ItemPaper.document_id == document.id, ItemPaper.removed.is_(False), AgendaItem.removed.is_(False))
        .order_by(AgendaItem.position, AgendaItem.id)
    )
    return tuple((item, place) for item, place in rows)


def attach_paper(session: GuardedSession, address: str, item_id: uuid.UUID) -> ItemPaper:
    """Put a document to an item of its meeting, after the papers that are there; once, however often it is asked.

    Seen by those who see both. Raises `NotFound`, `Refusal` `forbidden`, `item_of_others`.
    """
    document, item = _opened(session, address, item_id)
    place = _place(session, document.id, item.id)
    if place is not None and not place.removed:
        return place
    last = max((each.position for each in _standing(session, item.id)), default=0)
    audience_id = place_audience(session, document, item)
    if place is None:
        place = ItemPaper(
            id=uuid.uuid4(), item_id=item.id, document_id=document.id, position=last + 1, audience_id=audience_id
        )
        session.add(place)
    else:
        place.removed, place.position, place.audience_id = False, last + 1, audience_id
    _record(session, "paper_attached", document, place)
    return place


def detach_paper(session: GuardedSession, address: str, item_id: uuid.UUID) -> None:
    """Take a document from an item; that it was there is kept. Raises as `attach_paper` does."""
    document, item = _opened(session, address, item_id)
    place = _place(session, document.id, item.id)
    if place is not None and not place.removed:
        place.removed = True
        _record(session, "paper_detached", document, place)


def move_paper(
    session: GuardedSession, address: str, item_id: uuid.UUID, direction: Literal["up", "down"]
) -> ItemPaper:
    """Move a document a place up or down among the papers of an item that the viewer sees. Raises as `attach_paper`."""
    document, item = _opened(session, address, item_id)
    rows = _standing(session, item.id)
    place = next((row for row in rows if row.document_id == document.id), None)
    if place is None:
        raise NotFound
    at = rows.index(place)
    to = max(0, min(len(rows) - 1, at + (-1 if direction == "up" else 1)))
    rows.insert(to, rows.pop(at))
    changed = [row for number, row in enumerate(rows, start=1) if row.position != number]
    for number, row in enumerate(rows, start=1):
        row.position = number
    if changed:
        _record(session, "paper_moved", document, place)
    return place


def _opened(session: GuardedSession, address: str, item_id: uuid.UUID) -> tuple[RegisteredDocument, AgendaItem]:
    document = find_document(session, address, lock=True)
    if not can(session.bound_viewer, Action.KEEP_DOCUMENTS, facts_of_document(session, document)):
        raise Refusal("forbidden")
    item = session.execute(
        select(AgendaItem).where(AgendaItem.id == item_id, AgendaItem.removed.is_(False))
    ).scalar_one_or_none()
    if item is None:
        raise NotFound
    if item.meeting_id != document.meeting_id:
        raise Refusal("item_of_others", field="item")
    return document, item


def _place(session: GuardedSession, document_id: uuid.UUID, item_id: uuid.UUID) -> ItemPaper | None:
    return session.execute(
        select(ItemPaper).where(ItemPaper.document_id == document_id, ItemPaper.item_id == item_id)
    ).scalar_one_or_none()


def _standing(session: GuardedSession, item_id: uuid.UUID) -> list[ItemPaper]:
    rows = session.execute(
        select(ItemPaper)
        .where(ItemPaper.item_id == item_id, ItemPaper.removed.is_(False))
        .order_by(ItemPaper.position, ItemPaper.id)
    ).scalars()
    return list(rows)


def _record(session: GuardedSession, act: str, document: RegisteredDocument, place: ItemPaper) -> None:
    session.record(
        act, "registered_document", document.id, place.audience_id, item=str(place.item_id), symbol=document.symbol,
        position=place.position,
    )  # fmt: skip
