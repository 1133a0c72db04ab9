"""Who reads a registered document: what its handling step says, and what follows it.

Its language versions, their files and its places on an agenda have its audience. Who files it is always in it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import Refusal
from app.domain.visibility import (
    Facts,
    Role,
    appointment_key,
    appointments_in,
    parties_in,
    person_key,
)
from app.models import AgendaItem, Document, ItemPaper, LanguageVersion, Meeting, RegisteredDocument
from app.services.meeting_audience import audience_of, keys_of, persons_in, without_persons

NARROW_STEPS: Final = ("delegations", "persons")


@dataclass(frozen=True, slots=True)
class Table:
    """What a document is of: a meeting, a mechanism, or neither; and the parties at its table."""

    parties: frozenset[str]
    mechanism_id: uuid.UUID | None = None
    meeting_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """The keys of those who read a document, and which parties' count its symbol is of.

    `has_others`: a secretariat that these parties did not appoint alone is among them, so that it counts by itself.
    """

    keys: frozenset[str]
    parties: frozenset[str]
    has_others: bool = False


def reach_of(session: GuardedSession, table: Table, step: str, named: Collection[str]) -> Reach:
    """Return who reads a document of a table under a handling step.

    `public` and `parties`: the parties at the table and the secretariats that exactly they appointed, and guests to
    whom the meeting was released, where it is public. `delegations`: those `named`, by code. `persons`: those
    `named`, by id. Whoever files it is in each. Raises `Refusal` `needs_delegations`, `needs_persons`,
    `unknown_party` on `named`.
    """
    if step == "persons":
        persons = frozenset(person_key(uuid.UUID(each)) for each in named)
        if not persons:
            raise Refusal("needs_persons", field="named")
        return Reach(persons | _own_person(session), frozenset())
    parties = table.parties
    if step == "delegations":
        if not named:
            raise Refusal("needs_delegations", field="named")
        if not parties.issuperset(named):
            raise Refusal("unknown_party", field="named")
        own = session.viewer.party if session.viewer is not None else None
        parties = frozenset(named) | (frozenset({own}) if own else frozenset())
    found = audience_of(session, table.mechanism_id, parties, table.meeting_id)
    keys = found.keys | _own_hats(session, table, found.keys)
    guests = found.guest_keys if step == "public" else frozenset()
    return Reach(keys | guests, parties_in(keys) or parties, has_others=keys != found.keys)


def _own_person(session: GuardedSession) -> frozenset[str]:
    return frozenset({person_key(session.viewer.person_id)}) if session.viewer is not None else frozenset()


def _own_hats(session: GuardedSession, table: Table, keys: Iterable[str]) -> frozenset[str]:
    """Return the keys of the viewer's own appointments that serve the whole table, where they are not in yet."""
    viewer = session.viewer
    if viewer is None or viewer.role is not Role.SECRETARIAT or not viewer.keys.isdisjoint(keys):
        return frozenset()
    whole = audience_of(session, table.mechanism_id, table.parties, table.meeting_id).keys
    return frozenset(key for hat in viewer.hats if (key := appointment_key(hat.appointment_id)) in whole)


def check_table(session: GuardedSession, table: Table) -> None:
    """Refuse a table at which the viewer has no place; raises `Refusal` `forbidden`."""
    viewer = session.bound_viewer
    if viewer.sits_at_a_table and viewer.party in table.parties:
        return
    keys = audience_of(session, table.mechanism_id, table.parties, table.meeting_id).keys
    if viewer.role is not Role.SECRETARIAT or viewer.keys.isdisjoint(keys):
        raise Refusal("forbidden")


def facts_of_document(session: GuardedSession, document: RegisteredDocument) -> Facts:
    """Return what the table of permissions needs to know of a document.

    One that only named persons read is its owner's to keep: the parties of those who read it are in no table.
    """
    keys = keys_of(session, document.audience_id)
    parties = parties_in(keys)
    owner = document.owner_party
    if not parties and owner is not None and owner == session.bound_viewer.party:
        parties = frozenset({owner})
    own = {hat.appointment_id for hat in session.bound_viewer.hats}
    return Facts(parties=parties, owner=owner, appointments=appointments_in(keys) & own)


# What follows it ----------------------------------------------------------------------------------


def point_at(session: GuardedSession, document: RegisteredDocument, audience_id: uuid.UUID) -> None:
    """Show a document, its versions, their files and its places on agendas to another audience."""
    document.audience_id = audience_id
    versions = _all(session, LanguageVersion, LanguageVersion.document_id == document.id)
    files = [version.file_id for version in versions if version.file_id is not None]
    for row in (*versions, *(_all(session, Document, Document.id.in_(files)) if files else ())):
        row.audience_id = audience_id
    places = session.execute(
        select(ItemPaper, AgendaItem)
        .join(AgendaItem, AgendaItem.id == ItemPaper.item_id)
        .where(ItemPaper.document_id == document.id)
    )
    for place, item in places.all():
        place.audience_id = place_audience(session, document, item)


def place_audience(session: GuardedSession, document: RegisteredDocument, item: AgendaItem) -> uuid.UUID:
    """Return who sees that a document is a paper of an item: those who see both, by the parties that they are of.

    A document of single persons is theirs alone, with its place.
    """
    of_document = keys_of(session, document.audience_id)
    of_item = without_persons(keys_of(session, item.audience_id))
    both = without_persons(of_document) & of_item
    if document.handling_step == "persons" or not both:
        return document.audience_id
    return session.audience(both | persons_in(of_document))


def follow_guests(session: GuardedSession, meeting: Meeting) -> None:
    """Show the public documents of a meeting to the guests to whom it is released now, and to no others."""
    guests = persons_in(keys_of(session, meeting.audience_id))
    rows = _all(
        session,
        RegisteredDocument,
        RegisteredDocument.meeting_id == meeting.id,
        RegisteredDocument.handling_step == "public",
    )
    for document in rows:
        own = without_persons(keys_of(session, document.audience_id))
        audience_id = session.audience(own | guests)
        if audience_id != document.audience_id:
            point_at(session, document, audience_id)


def _all(session: GuardedSession, model: type[Any], *conditions: Any) -> list[Any]:
    return list(session.execute(select(model).where(*conditions)).scalars())
