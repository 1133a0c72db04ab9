"""Many accounts at once, from a pasted table: all of them, or none."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app import labels, words
from app.db import GuardedSession
from app.domain.accounts import ROLES_OF_A_GOVERNMENT
from app.domain.errors import Refusal
from app.domain.pasted_tables import PastedRow, read_table
from app.domain.plaintext import one_line
from app.models import Invitation, Office, Person
from app.services.invitations import invitation_token
from app.services.people import NewPerson, add_account, checked_email, own_government, own_offices

ROW_LIMIT: Final = 60
FIELD: Final = "table"
# What the columns may be called, in the languages of the product and as spreadsheets abbreviate them.
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("Name", "Full name", "Nombre", "Nombre completo", "Nom", "Nom complet"),
    "email": ("E-mail", "Email address", "Mail", "Correo", "Correo electrónico", "Courriel", "Adresse"),
    "role": ("Role", "Función", "Rol", "Fonction", "Rôle"),
    "office": ("Office", "Ministry", "Oficina", "Secretaría", "Bureau", "Ministère"),
    "language": ("Language", "Idioma", "Lengua", "Langue"),
}
# How lists of staff name a role, beside its names in the product.
_ALSO_SAID: Final[Mapping[str, tuple[str, ...]]] = {
    "official": ("Oficial", "Funcionario", "Funcionaria", "Fonctionnaire", "Agent", "Agente"),
    "coordinator": ("Coordinador", "Coordinadora", "Coordonnateur", "Coordonnatrice"),
    "head": ("Head", "Jefe", "Jefa", "Jefe de delegación", "Jefa de delegación", "Chef", "Cheffe"),
    "administrator": ("Administrador", "Administradora", "Administrateur", "Administratrice"),
}


@dataclass(frozen=True, slots=True)
class ManyLine:
    """One row of the table: as it was typed, as an account, and what stands against it."""

    row: PastedRow
    new: NewPerson | None
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class ManyPreview:
    """What adding the table would do; `unknown` are columns that are left out."""

    lines: tuple[ManyLine, ...]
    unknown: tuple[str, ...]

    @property
    def wrong_count(self) -> int:
        """Return how many rows something stands against."""
        return sum(bool(line.refusals) for line in self.lines)


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link that was just made: for whom, and its address after the host."""

    name: str
    email: str
    path: str


def preview_many(session: GuardedSession, text: str) -> ManyPreview:
    """Return the fate of each row of a pasted table; nothing is written.

    Raises `Refusal` `forbidden`, and what `read_table` raises.
    """
    own = own_government(session)
    table = read_table(text, HEADINGS, ("name", "email"), field=FIELD, row_limit=ROW_LIMIT)
    offices = own_offices(session)
    taken = _addresses_with_accounts(session, [row.cells["email"] for row in table.rows])
    seen: set[str] = set()
    lines = []
    for row in table.rows:
        lines.append(_line(row, own, offices, taken | seen))
        seen |= {line.new.email for line in lines[-1:] if line.new}
    return ManyPreview(tuple(lines), table.unknown)


def add_many(session: GuardedSession, text: str, secret_key: str) -> tuple[uuid.UUID, ...]:
    """Add every account of a pasted table, each with its mailed link, and return the links' ids.

    Raises `Refusal` `rows_are_wrong` where anything stands against any row, and what `preview_many` raises.
    """
    preview = preview_many(session, text)
    if preview.wrong_count:
        raise Refusal("rows_are_wrong", field=FIELD, count=preview.wrong_count)
    return tuple(add_account(session, line.new, secret_key)[1] for line in preview.lines if line.new)


def made_links(session: GuardedSession, invitation_ids: list[uuid.UUID], secret_key: str) -> tuple[MadeLink, ...]:
    """Return the links that still work, of those ids and of the administrator's own government, by name."""
    own = own_government(session)
    with session.whole_truth("show the links to set a password that were just made") as truth:
        rows = truth.execute(
            select(Invitation.id, Person.name, Person.email)
            .join(Person, Person.id == Invitation.person_id)
            .where(Invitation.id.in_(invitation_ids), Invitation.used_at.is_(None), Person.delegation == own)
            .order_by(Person.name, Person.email)
        ).all()
    return tuple(MadeLink(name, email, f"/invite/{invitation_token(secret_key, link)}") for link, name, email in rows)


def _line(row: PastedRow, own: str, offices: Sequence[Office], taken: set[str]) -> ManyLine:
    refusals: list[Refusal] = []
    cells = row.cells
    email = _checked(refusals, lambda: checked_email(cells["email"]))
    if email is not None and email in taken:
        refusals.append(Refusal("email_taken", field="email"))
    name = _checked(refusals, lambda: one_line(cells["name"], "name", required=True))
    role = _checked(refusals, lambda: _role(cells.get("role", "")))
    office = _checked(refusals, lambda: office_meant(cells.get("office", ""), offices))
    language = _checked(refusals, lambda: language_meant(cells.get("language", "")))
    if refusals:
        return ManyLine(row, None, tuple(refusals))
    return ManyLine(row, NewPerson(email or "", name or "", role or "", own, office or None, language or None), ())


def _checked(refusals: list[Refusal], read: Callable[[], str]) -> str | None:
    try:
        return read()
    except Refusal as refusal:
        refusals.append(refusal)
        return None


def _role(written: str) -> str:
    """Return the role that is meant by its code or its name in any language; an official where none is written."""
    if not written:
        return "official"
    known = {
        role.value: [*said_in_each("role", role.value), *_ALSO_SAID.get(role, ())] for role in ROLES_OF_A_GOVERNMENT
    }
    return meant_by(written, known, "unknown_role")


def language_meant(written: str) -> str:
    """Return the language that is meant, none where none is written; raises `Refusal("unknown_language")`."""
    if not written:
        return ""
    known = {code: [name, *said_in_each("language", code)] for code, name in words.LANGUAGE_NAMES.items()}
    return meant_by(written, known, "unknown_language")


def office_meant(written: str, offices: Sequence[Office]) -> str:
    """Return the code of the office that is meant by its code or its name in any language, none where none is written.

    Raises `Refusal("unknown_office")`.
    """
    if not written:
        return ""
    known = {office.code: [*office.name.values(), office.code.partition("-")[2]] for office in offices}
    return meant_by(written, known, "unknown_office")


def said_in_each(group: str, key: str) -> list[str]:
    """Return what a stored value is called in each language."""
    return [labels.label(group, key, language) for language in words.LANGUAGES]


def meant_by(written: str, known: Mapping[str, list[str]], key: str) -> str:
    """Return what is meant by its code or one of its names; raises `Refusal(key)` for what is none of them."""
    wanted = words.collation_key(written)
    for code, names in known.items():
        if wanted in {words.collation_key(name) for name in (code, *names)}:
            return code
    raise Refusal(key, field=key.removeprefix("unknown_"))


def _addresses_with_accounts(session: GuardedSession, written: list[str]) -> set[str]:
    """Return the addresses, of those, that have an account."""
    typed = [address.strip().lower() for address in written]
    with session.whole_truth("see which addresses have an account yet") as truth:
        return set(truth.execute(select(Person.email).where(Person.email.in_(typed))).scalars())
