"""Contacts: whom to reach at a party, with or without an account; one's own, and those that others share."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import load_only

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import one_line, paragraphs
from app.domain.visibility import Action, Facts, Viewer, administration_key, can, party_key
from app.models import Contact, Mechanism, Office
from app.models.contacts import CONTACT_KINDS
from app.services.meeting_audience import audience_of

NOTE_LIMIT: Final = 2_000
PHONE_LIMIT: Final = 60
POSITION_LIMIT: Final = 120


@dataclass(frozen=True, slots=True)
class ContactFields:
    """What is said of a contact, as it was typed; `mechanism` is a code, or None for a contact on everything."""

    name: str
    kind: str
    position: str = ""
    office_code: str | None = None
    mechanism: str | None = None
    email: str = ""
    phone: str = ""
    note: str = ""
    is_urgent: bool = False
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact with its office and mechanism, where there are any that the viewer may read."""

    contact: Contact
    office: Office | None
    mechanism: Mechanism | None


def contacts(session: GuardedSession, *, mechanism_id: uuid.UUID | None = None) -> tuple[ContactLine, ...]:
    """Return the contacts that the viewer may see, of one mechanism or of all, by party and name."""
    query = (
        select(Contact, Office, Mechanism)
        .outerjoin(Office, Office.code == Contact.office_code)
        .outerjoin(Mechanism, Mechanism.id == Contact.mechanism_id)
        .where(Contact.removed_at.is_(None))
        .options(load_only(Mechanism.code, Mechanism.name))
        .order_by(Contact.party_code, Contact.name, Contact.id)
    )
    if mechanism_id is not None:
        query = query.where(Contact.mechanism_id == mechanism_id)
    return tuple(ContactLine(*row) for row in session.execute(query))


def urgent_roster(session: GuardedSession, mechanism_id: uuid.UUID, parties: Sequence[str]) -> tuple[ContactLine, ...]:
    """Return whom to reach at short notice at these parties for a mechanism: what each shared, and one's own."""
    return tuple(
        line
        for line in contacts(session, mechanism_id=mechanism_id)
        if line.contact.is_urgent and line.contact.party_code in parties
    )


def find_contact(session: GuardedSession, contact_id: uuid.UUID) -> ContactLine:
    """Return one contact that stands; raises `NotFound`."""
    found = next((line for line in contacts(session) if line.contact.id == contact_id), None)
    if found is None:
        raise NotFound
    return found


def may_keep(viewer: Viewer, contact: Contact) -> bool:
    """Say whether the viewer keeps this contact: one of their own party's."""
    return can(viewer, Action.KEEP_CONTACTS, Facts(owner=contact.party_code))


def choosable_mechanisms(session: GuardedSession) -> tuple[Mechanism, ...]:
    """Return the mechanisms of the viewer's own party, by their names' refs; none for who reads no register."""
    rows = session.execute(
        select(Mechanism)
        .where(Mechanism.status != "proposed", Mechanism.merged_into_id.is_(None), Mechanism.is_settled.is_(True))
        .options(load_only(Mechanism.code, Mechanism.name, Mechanism.parties, Mechanism.ref))
        .order_by(Mechanism.ref, Mechanism.code)
    ).scalars()
    own = session.bound_viewer.party
    return tuple(row for row in rows if own in row.parties)


def offices_of(session: GuardedSession, party: str) -> Sequence[Office]:
    """Return the offices of a party, by code."""
    return session.execute(select(Office).where(Office.party_code == party).order_by(Office.code)).scalars().all()


def add_contact(session: GuardedSession, typed: ContactFields) -> Contact:
    """Add a contact of the viewer's own party.

    Raises `Refusal` with its field: `forbidden`, `required`, `unknown_office`, `unknown_mechanism`,
    `not_an_email`, `no_way_to_reach`, `share_needs_mechanism`, and what texts raise.
    """
    party = _own_party(session)
    values, mechanism = _checked(session, party, typed)
    contact = Contact(
        id=uuid.uuid4(), party_code=party, added_by=session.bound_viewer.person_id, created_at=session.now,
        changed_at=session.now, audience_id=_audience(session, party, mechanism, is_shared=typed.is_shared), **values,
    )  # fmt: skip
    session.add(contact)
    session.flush()
    session.record("contact_added", "contact", contact.id, contact.audience_id, is_shared=contact.is_shared)
    return contact


def save_contact(session: GuardedSession, contact_id: uuid.UUID, typed: ContactFields, version: int) -> Contact:
    """Change a contact of the viewer's own party; one that is shared no more is its own alone from now on.

    An administrator reads no register: the mechanism that it is for stays, and so does who else sees it.

    Raises `NotFound`, `StaleVersion` with both sides, and what `add_contact` raises.
    """
    contact = own_contact(session, contact_id)
    hidden_id = _hidden_mechanism(session, contact)
    values, mechanism = _checked(session, contact.party_code, typed, hidden_id)
    if contact.version != version:
        raise StaleVersion(as_values(typed), as_values(fields_of(session, contact)))
    if hidden_id is not None and typed.is_shared and not contact.is_shared:
        raise Refusal("share_needs_mechanism", field="mechanism")  # with whom, its keeper could not read
    for name, value in values.items():
        setattr(contact, name, value)
    if hidden_id is None or not typed.is_shared:
        contact.audience_id = _audience(session, contact.party_code, mechanism, is_shared=typed.is_shared)
    contact.changed_at = session.now
    session.flush()
    session.record("contact_changed", "contact", contact.id, contact.audience_id, is_shared=contact.is_shared)
    return contact


def remove_contact(session: GuardedSession, contact_id: uuid.UUID, version: int) -> Contact:
    """Take a contact of the viewer's own party away; the row is kept. Raises `NotFound`, `StaleVersion`."""
    contact = own_contact(session, contact_id)
    if contact.version != version:
        raise StaleVersion({"name": contact.name}, {"name": contact.name})
    contact.removed_at = contact.changed_at = session.now
    session.record("contact_removed", "contact", contact.id, contact.audience_id)
    return contact


def fields_of(session: GuardedSession, contact: Contact) -> ContactFields:
    """Return what stands of a contact."""
    mechanism = session.get(Mechanism, contact.mechanism_id) if contact.mechanism_id else None
    return ContactFields(
        name=contact.name, kind=contact.kind, position=contact.position or "", office_code=contact.office_code,
        mechanism=mechanism.code if mechanism else None, email=contact.email or "", phone=contact.phone or "",
        note=contact.note or "", is_urgent=contact.is_urgent, is_shared=contact.is_shared,
    )  # fmt: skip


def as_values(typed: ContactFields) -> dict[str, object]:
    """Return the fields by their names."""
    return {name: getattr(typed, name) for name in ContactFields.__slots__}


def _own_party(session: GuardedSession) -> str:
    viewer = session.bound_viewer
    if viewer.party is None or not can(viewer, Action.KEEP_CONTACTS, Facts(owner=viewer.party)):
        raise Refusal("forbidden")
    return viewer.party


def own_contact(session: GuardedSession, contact_id: uuid.UUID) -> Contact:
    """Return a contact that the viewer keeps; raises `NotFound`, for another party's too."""
    contact = find_contact(session, contact_id).contact
    if not may_keep(session.bound_viewer, contact):
        raise NotFound
    return contact


def _hidden_mechanism(session: GuardedSession, contact: Contact) -> uuid.UUID | None:
    """Return the id of the mechanism that a contact is for where its keeper does not read that, None otherwise."""
    hidden = contact.mechanism_id is not None and session.get(Mechanism, contact.mechanism_id) is None
    return contact.mechanism_id if hidden else None


def _checked(
    session: GuardedSession, party: str, typed: ContactFields, hidden_id: uuid.UUID | None = None
) -> tuple[dict[str, object], Mechanism | None]:
    """Return the columns of a contact as they are kept, and its mechanism; what was typed stays where it is wrong.

    `hidden_id` is that of the mechanism that it is for already where the viewer does not read that one.
    """
    if typed.kind not in CONTACT_KINDS:
        raise Refusal("required", field="kind")
    email, phone = _email(typed.email), one_line(typed.phone, "phone", PHONE_LIMIT)
    if not email and not phone:
        raise Refusal("no_way_to_reach", field="email")
    if typed.office_code and typed.office_code not in {office.code for office in offices_of(session, party)}:
        raise Refusal("unknown_office", field="office_code")
    mechanism = _mechanism(session, typed.mechanism)
    if typed.is_shared and mechanism is None and hidden_id is None:
        raise Refusal("share_needs_mechanism", field="mechanism")
    values: dict[str, object] = {
        "name": one_line(typed.name, "name", required=True), "kind": typed.kind,
        "position": one_line(typed.position, "position", POSITION_LIMIT) or None,
        "office_code": typed.office_code or None, "mechanism_id": mechanism.id if mechanism else hidden_id,
        "email": email or None, "phone": phone or None, "note": paragraphs(typed.note, "note", NOTE_LIMIT) or None,
        "is_urgent": typed.is_urgent, "is_shared": typed.is_shared,
    }  # fmt: skip
    return values, mechanism


def _email(written: str) -> str:
    line = one_line(written, "email", 254)
    try:
        return validate_email(line, check_deliverability=False).normalized if line else ""
    except EmailNotValidError as error:
        raise Refusal("not_an_email", field="email") from error


def _mechanism(session: GuardedSession, code: str | None) -> Mechanism | None:
    if not code:
        return None
    found = next((each for each in choosable_mechanisms(session) if each.code == code), None)
    if found is None:
        raise Refusal("unknown_mechanism", field="mechanism")
    return found


def _audience(session: GuardedSession, party: str, mechanism: Mechanism | None, *, is_shared: bool) -> uuid.UUID:
    """Return who sees a contact: its party and its administrators, and whoever meets in the mechanism if shared."""
    keys = {party_key(party), administration_key(party)}
    if is_shared and mechanism is not None:
        keys |= audience_of(session, mechanism.id, mechanism.parties).keys
    return session.audience(keys)
