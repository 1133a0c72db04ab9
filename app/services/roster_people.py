"""Who somebody on a roster is: an account, a contact, or a name with an address of their own delegation's alone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.accounts import normal_email
from app.domain.errors import Refusal
from app.domain.plaintext import one_line
from app.domain.rosters import LANGUAGES
from app.domain.visibility import DELEGATION_ROLES, party_key
from app.domain.zones import zone_names
from app.models import Contact, Person, RosterAddress, RosterEntry
from app.services.people import checked_email, checked_office


@dataclass(frozen=True, slots=True)
class EntryFields:
    """Somebody on a roster, as a form says it: an account, a contact, or a name with an address.

    `position` is None for the place after the last of the role; `email`, `language` and `time_zone` are for those
    without an account.
    """

    name: str = ""
    role: str = "adviser"
    title: str = ""
    office_code: str | None = None
    person_id: uuid.UUID | None = None
    contact_id: uuid.UUID | None = None
    acts_for_id: uuid.UUID | None = None
    acts_for_name: str = ""
    expected_level: str | None = None
    actual_level: str | None = None
    mode: str = "in_person"
    position: int | None = None
    email: str = ""
    language: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """Who is meant: by account or by name, and where those without an account are written to."""

    person_id: uuid.UUID | None
    name: str
    title: str
    office_code: str | None
    email: str


def own_people(session: GuardedSession, party: str) -> Sequence[Person]:
    """Return the accounts of the viewer's own delegation that can go to a meeting, by name."""
    query = select(Person).where(
        Person.delegation == party, Person.active.is_(True), Person.role.in_(sorted(DELEGATION_ROLES))
    )
    return session.execute(query.order_by(Person.name, Person.id)).scalars().all()


def own_contacts(session: GuardedSession, party: str) -> Sequence[Contact]:
    """Return the contacts of the viewer's own party that stand, by name."""
    query = select(Contact).where(Contact.party_code == party, Contact.removed_at.is_(None))
    return session.execute(query.order_by(Contact.name, Contact.id)).scalars().all()


def who_is_meant(session: GuardedSession, party: str, typed: EntryFields) -> Who:
    """Return who of a party is meant by an account, a contact or a name; an address of an account of theirs means it.

    Raises `Refusal` with its field: `unknown_person`, `unknown_contact`, `person_or_name`, `unknown_office`, and what
    texts and addresses raise.
    """
    title = one_line(typed.title, "title")
    office = own_office_code(session, party, typed.office_code)
    if typed.person_id is not None:
        person = session.get(Person, typed.person_id)
        if person is None or person.delegation != party or not person.active:
            raise Refusal("unknown_person", field="person_id")
        return Who(person.id, person.name, title, office or person.office_code, "")
    if typed.contact_id is not None:
        contact = session.get(Contact, typed.contact_id)
        if contact is None or contact.party_code != party or contact.removed_at is not None:
            raise Refusal("unknown_contact", field="contact_id")
        found = Who(
            None,
            contact.name,
            title or contact.position or "",
            office or contact.office_code,
            normal_email(contact.email or ""),
        )
        return _with_account(session, party, found)
    name = one_line(typed.name, "name")
    if not name:
        raise Refusal("person_or_name", field="name")
    email = checked_email(typed.email) if typed.email.strip() else ""
    return _with_account(session, party, Who(None, name, title, office, email))


def _with_account(session: GuardedSession, party: str, who: Who) -> Who:
    """Return the account of one's own delegation that an address belongs to, where it does."""
    if not who.email:
        return who
    person = session.execute(
        select(Person).where(Person.email == who.email, Person.delegation == party, Person.active.is_(True))
    ).scalar_one_or_none()
    if person is None:
        return who
    return Who(person.id, person.name, who.title, who.office_code or person.office_code, "")


def own_office_code(session: GuardedSession, party: str, code: str | None) -> str | None:
    """Return the code of an office of a party, None for none; raises `Refusal` `unknown_office`."""
    office = checked_office(session, code or None, party)
    return office.code if office else None


def address_of(session: GuardedSession, entry_id: uuid.UUID) -> RosterAddress | None:
    """Return where somebody without an account is written to, which their own delegation alone may know."""
    return session.execute(select(RosterAddress).where(RosterAddress.entry_id == entry_id)).scalar_one_or_none()


# Addresses -----------------------------------------------------------------------------------------


def write_address(session: GuardedSession, row: RosterEntry, email: str, typed: EntryFields) -> None:
    """Write where somebody without an account is written to; nothing where there is no address."""
    if row.person_id is not None or not email:
        return
    language, zone_name = _speech(session, typed)
    session.add(
        RosterAddress(
            entry_id=row.id, email=email, language=language, time_zone=zone_name,
            audience_id=session.audience({party_key(row.party_code)}),
        )
    )  # fmt: skip
    session.flush()


def change_address(session: GuardedSession, row: RosterEntry, typed: EntryFields) -> None:
    """Write where somebody without an account is written to from now on; an address is changed, never emptied."""
    kept = address_of(session, row.id)
    if kept is None:
        write_address(session, row, checked_email(typed.email) if typed.email.strip() else "", typed)
        return
    kept.email = checked_email(typed.email)
    kept.language, kept.time_zone = _speech(session, typed)


def is_written_elsewhere(session: GuardedSession, row: RosterEntry, typed: EntryFields) -> bool:
    """Say whether somebody without an account is given another address than they were written to at."""
    kept = address_of(session, row.id) if row.person_id is None else None
    return kept is not None and kept.email != checked_email(typed.email)


def _speech(session: GuardedSession, typed: EntryFields) -> tuple[str, str]:
    """Return the language and the zone in which somebody is written to: as the viewer is, where none is said."""
    viewer = session.bound_viewer
    language, zone_name = typed.language or viewer.language, typed.time_zone or viewer.time_zone
    if language not in LANGUAGES:
        raise Refusal("unknown_language", field="language")
    if zone_name not in zone_names():
        raise Refusal("unknown_zone", field="time_zone", zone=zone_name)
    return language, zone_name
