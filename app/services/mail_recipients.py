"""Who a mail is to: a person with an account, or somebody on a roster who has none, and what either may see."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Final

from sqlalchemy import select

from app.db import Database
from app.domain.visibility import Role, Viewer
from app.models import Person, RosterAddress, RosterEntry
from app.services.identity import viewer_of_person
from app.services.mail_content import display_name
from app.services.outbox import Claimed

_USER: Final = re.compile(r'[^\s()<>\[\]:;@\\,"]+')


@dataclass(frozen=True, slots=True)
class Recipient:
    """The viewer on whose behalf a mail is composed, and where it goes; `entry_id` where they have no account."""

    viewer: Viewer
    to: Address
    entry_id: uuid.UUID | None = None

    @property
    def invited_id(self) -> uuid.UUID:
        """Return what their invitations are known by: the person, or the entry of the roster."""
        return self.entry_id or self.viewer.person_id


def recipient_of(database: Database, message: Claimed) -> Recipient | None:
    """Return whom a message goes to; None for who is disabled, unknown, or has no address that mail can be sent to."""
    if message.entry_id is not None:
        return _without_account(database, message.entry_id)
    if message.recipient_id is None:
        return None
    viewer = viewer_of_person(database, message.recipient_id, database.clock())
    if viewer is None:
        return None
    with database.read_session(viewer) as session:
        email = session.execute(select(Person.email).where(Person.id == viewer.person_id)).scalar_one()
    to = address_to(viewer.name, email)
    return Recipient(viewer, to) if to else None


def _without_account(database: Database, entry_id: uuid.UUID) -> Recipient | None:
    """Return somebody on a roster who has an address of their own."""
    with database.system_session("mail somebody on a roster") as session:
        found = session.execute(
            select(RosterEntry, RosterAddress)
            .join(RosterAddress, RosterAddress.entry_id == RosterEntry.id)
            .where(RosterEntry.id == entry_id, RosterEntry.person_id.is_(None))
        ).one_or_none()
        if found is None:
            return None
        entry, address = found
        viewer = viewer_of_entry(entry, address)
        to = address_to(entry.name, address.email)
    return Recipient(viewer, to, entry_id) if to else None


def viewer_of_entry(entry: RosterEntry, address: RosterAddress | None) -> Viewer:
    """Return who reads as somebody on a roster who has no account: an official of their delegation.

    In the language and zone of their address; in English and UTC where they have none any more.
    """
    return Viewer(
        person_id=entry.id,
        role=Role.OFFICIAL,
        party=entry.party_code,
        name=entry.name,
        language=address.language if address else "en",
        time_zone=address.time_zone if address else "UTC",
    )


def address_to(name: str, email: str) -> Address | None:
    """Return a name and an address as a header holds them, the host in ASCII; None for an address that none can hold.

    What is before the @ stays as it is: only a server that takes other letters there (RFC 6531) can be handed it. It
    may hold nothing that needs quotes, which a folded header would lose (see `display_name`).
    """
    user, _at, domain = email.strip().rpartition("@")
    if not domain or not _USER.fullmatch(user) or not email.isprintable() or "=?" in email:
        return None
    try:
        return Address(display_name(name), user, domain.encode("idna").decode("ascii"))
    except (HeaderParseError, ValueError):  # a host that IDNA cannot say is a ValueError too
        return None
