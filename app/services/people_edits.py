"""Changing an account: its name, role and office, by an administrator of its own government."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from app.db import GuardedSession
from app.domain.accounts import ROLES_OF_A_GOVERNMENT
from app.domain.errors import Refusal, StaleVersion
from app.domain.plaintext import one_line
from app.domain.visibility import Role
from app.models import Person
from app.services.leaving import end_feeds
from app.services.people import account, check_not_last_administrator, checked_office
from app.services.sign_in import audience_of_account


@dataclass(frozen=True, slots=True)
class AccountFields:
    """What an administrator says of an account: how it is called, what it may do, and where it works."""

    name: str
    role: str
    office_code: str | None

    def as_values(self) -> dict[str, object]:
        """Return them by the names of their fields."""
        return {"name": self.name, "role": self.role, "office_code": self.office_code or ""}


def fields_of(person: Person) -> AccountFields:
    """Return what an account is now."""
    return AccountFields(person.name, person.role, person.office_code)


def change_account(session: GuardedSession, person_id: uuid.UUID, typed: AccountFields, version: int) -> Person:
    """Change an account of the administrator's own government; a new role holds from the next page on.

    Who becomes an administrator reads no meetings any more: their subscriptions end. Raises `NotFound`,
    `StaleVersion` with both sides, and `Refusal` with its field: what names raise, `unknown_role`,
    `unknown_office`, `last_administrator`.
    """
    person = account(session, person_id)
    office = checked_office(session, typed.office_code, person.delegation)
    yours = AccountFields(one_line(typed.name, "name", required=True), typed.role, office.code if office else None)
    if yours.role not in ROLES_OF_A_GOVERNMENT:
        raise Refusal("unknown_role", field="role")
    before = fields_of(person)
    if version != person.version:
        raise StaleVersion(yours.as_values(), before.as_values())
    if before.role == Role.ADMINISTRATOR and yours.role != before.role:
        check_not_last_administrator(session, person)
    changed = [name for name, value in yours.as_values().items() if before.as_values()[name] != value]
    if not changed:
        return person
    person.name, person.role, person.office_code = yours.name, yours.role, yours.office_code
    if "role" in changed and yours.role == Role.ADMINISTRATOR:
        _end_what_reads_meetings(session, person)
    facts = {"role": yours.role, "role_before": before.role} if "role" in changed else {}
    session.record("person_changed", "person", person.id, audience_of_account(session, person), fields=changed, **facts)
    return person


def _end_what_reads_meetings(session: GuardedSession, person: Person) -> None:
    with session.whole_truth("end the feeds of somebody who becomes an administrator") as truth:
        end_feeds(truth, person.id)
