"""Who does what a party owes: an account of one's own delegation, or a name where the person has none."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import Refusal
from app.domain.plaintext import one_line
from app.domain.visibility import DELEGATION_ROLES
from app.models import Person


def own_people(session: GuardedSession) -> tuple[Person, ...]:
    """Return the people of the viewer's own delegation who have an account, by name; none for a secretariat."""
    viewer = session.bound_viewer
    if not viewer.sits_at_a_table:
        return ()
    query = select(Person).where(
        Person.delegation == viewer.party, Person.role.in_(sorted(DELEGATION_ROLES)), Person.active.is_(True)
    )
    return tuple(session.execute(query.order_by(Person.name, Person.id)).scalars())


def own_person(session: GuardedSession, person_id: uuid.UUID | None, field: str) -> Person | None:
    """Return the person of the viewer's own delegation with that id, None for none.

    Raises `Refusal("unknown_person")` for anybody else, whether there is such an account or not.
    """
    if person_id is None:
        return None
    found = next((person for person in own_people(session) if person.id == person_id), None)
    if found is None:
        raise Refusal("unknown_person", field=field)
    return found


def doer_of(
    session: GuardedSession, party: str, person_id: uuid.UUID | None, name: str | None, fields: Iterable[str]
) -> tuple[uuid.UUID | None, str | None]:
    """Return the account and the name of who does what a party owes; the account's own name where one is chosen.

    `fields` are those of the account and of the name. Raises `Refusal` `unknown_person`, and what a line raises.
    """
    of_account, of_name = fields
    written = one_line(name, of_name) or None
    if person_id is not None and session.bound_viewer.party != party:
        raise Refusal("unknown_person", field=of_account)
    person = own_person(session, person_id, of_account)
    return (person.id, person.name) if person else (None, written)
