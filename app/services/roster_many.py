"""Several people put on a roster at once, from a pasted table: all of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.db import GuardedSession
from app.domain import rosters as rules
from app.domain.errors import Refusal
from app.domain.mechanisms import collation_key
from app.domain.pasted_tables import PastedRow, read_table
from app.domain.plaintext import one_line
from app.models import Office, RosterEntry
from app.services.contacts import offices_of
from app.services.people import checked_email
from app.services.people_many import language_meant, meant_by, office_meant, said_in_each
from app.services.roster_acts import OpenRoster, add_entry, check_new, open_roster
from app.services.roster_people import EntryFields

ROW_LIMIT: Final = 60
FIELD: Final = "table"
# What the columns may be called, in the languages of the product and as lists of delegations abbreviate them.
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("Name", "Full name", "Nombre", "Nombre completo", "Nom", "Nom complet"),
    "role": ("Role", "Función", "Rol", "Fonction", "Rôle"),
    "title": ("Title", "Position", "Cargo", "Puesto", "Título", "Titre", "Poste"),
    "office": ("Office", "Ministry", "Oficina", "Organismo", "Secretaría", "Bureau", "Organisme", "Ministère"),
    "email": ("E-mail", "Email address", "Mail", "Correo", "Correo electrónico", "Courriel", "Adresse"),
    "language": ("Language", "Idioma", "Lengua", "Langue"),
    "mode": ("Takes part", "Mode", "Participa", "Modalidad", "Participe", "Participation"),
}

# What people call themselves, beside the labels of the product.
_ALSO_SAID: Final[Mapping[str, tuple[str, ...]]] = {
    "head": ("Jefe de delegación", "Jefa de delegación", "Titular", "Chef de délégation", "Cheffe de délégation"),
    "alternate": ("Suplente", "Suppléant", "Suppléante"),
    "adviser": ("Advisor", "Asesor", "Asesora", "Conseiller", "Conseillère"),
    "interpreter": ("Intérprete", "Interprète"),
    "liaison": ("Enlace", "Agent de liaison", "Agente de liaison"),
    "support": ("Staff", "Apoyo", "Soutien"),
}


@dataclass(frozen=True, slots=True)
class ManyLine:
    """One row of the table: as it was typed, as an entry, and what stands against it."""

    row: PastedRow
    new: EntryFields | None
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class ManyPreview:
    """What adding the table would do; `unknown` are columns that are left out."""

    lines: tuple[ManyLine, ...]
    unknown: tuple[str, ...]
    may_approve: bool

    @property
    def wrong_count(self) -> int:
        """Return how many rows something stands against."""
        return sum(bool(line.refusals) for line in self.lines)


def preview_entries(session: GuardedSession, reference: str, text: str) -> ManyPreview:
    """Return the fate of each row of a pasted table; nothing is written.

    Raises what `open_roster` and `read_table` raise.
    """
    return _preview(session, open_roster(session, reference), text)


def add_entries(session: GuardedSession, reference: str, text: str) -> tuple[RosterEntry, ...]:
    """Put everybody of a pasted table on the roster.

    Raises `Refusal` `rows_are_wrong` where anything stands against any row, and what `preview_entries` raises.
    """
    roster = open_roster(session, reference)
    preview = _preview(session, roster, text)
    if preview.wrong_count:
        raise Refusal("rows_are_wrong", field=FIELD, count=preview.wrong_count)
    places: dict[str, int] = {}
    made = []
    for line in preview.lines:
        if line.new is None:
            continue
        places.setdefault(line.new.role, rules.next_place(roster.standing, line.new.role))
        made.append(add_entry(session, roster, line.new, position=places[line.new.role]))
        places[line.new.role] += 1
    return tuple(made)


def _preview(session: GuardedSession, roster: OpenRoster, text: str) -> ManyPreview:
    table = read_table(text, HEADINGS, ("name",), field=FIELD, row_limit=ROW_LIMIT)
    offices = offices_of(session, roster.party)
    seen: set[str] = set()
    lines = []
    for number, row in enumerate(table.rows):
        lines.append(_line(roster, row, offices, seen, number))
        seen.add(collation_key(row.cells["name"]))
    return ManyPreview(tuple(lines), table.unknown, roster.may_approve)


def _line(roster: OpenRoster, row: PastedRow, offices: Sequence[Office], seen: set[str], before: int) -> ManyLine:
    refusals: list[Refusal] = []
    cells = row.cells

    def checked(read: Callable[[], str]) -> str:
        try:
            return read()
        except Refusal as refusal:
            refusals.append(refusal)
            return ""

    new = EntryFields(
        name=checked(lambda: _new_name(roster, cells["name"], seen, before)),
        title=checked(lambda: one_line(cells.get("title", ""), "title")),
        role=checked(
            lambda: _meant(cells.get("role", ""), "roster_role", rules.ROLES, "adviser", "unknown_roster_role")
        ),
        office_code=checked(lambda: office_meant(cells.get("office", ""), offices)) or None,
        email=checked(lambda: checked_email(cells["email"]) if cells.get("email") else ""),
        language=checked(lambda: language_meant(cells.get("language", ""))),
        mode=checked(lambda: _meant(cells.get("mode", ""), "roster_mode", rules.MODES, "in_person", "unknown_mode")),
    )
    return ManyLine(row, None if refusals else new, tuple(refusals))


def _new_name(roster: OpenRoster, written: str, seen: set[str], before: int) -> str:
    name = one_line(written, "name", required=True)
    if collation_key(written) in seen:
        raise Refusal("on_roster_already", field="name")
    check_new(roster, None, name)
    if len(roster.standing) + before >= rules.MAX_ENTRIES:
        raise Refusal("roster_is_full", limit=rules.MAX_ENTRIES)
    return name


def _meant(written: str, group: str, keys: Sequence[str], usual: str, refusal: str) -> str:
    """Return which of the stored values of a group of words is meant, the usual one where nothing is written."""
    known = {key: [*said_in_each(group, key), *_ALSO_SAID.get(key, ())] for key in keys}
    return meant_by(written, known, refusal) if written else usual
