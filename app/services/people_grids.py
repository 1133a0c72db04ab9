"""Who goes to a meeting as the table of a paper; nobody by name where the meeting is not for attribution."""

from __future__ import annotations

from collections.abc import Sequence

from app import labels, words
from app.papers.report import Cell, Grid
from app.services.rosters import Delegation, EntryLine, RosterView


def people_grid(view: RosterView, language: str, *, is_attributed: bool) -> Grid:
    """Return the delegations in their order of precedence with those who go for each."""
    gettext = words.translations(language).gettext
    columns = (gettext("Delegation"), gettext("Name"), gettext("Role"), gettext("How"))
    rows = [row for delegation in view.delegations for row in _rows(delegation, language, is_attributed=is_attributed)]
    return Grid("", columns, tuple(rows), shares=(5, 9, 6, 4))


def seating_grid(view: RosterView, language: str, *, is_attributed: bool) -> Grid:
    """Return the places at the table, counted from the chair's right in the order of precedence."""
    gettext = words.translations(language).gettext
    rows = []
    for place, delegation in enumerate(view.delegations, start=1):
        present = [line for line in delegation.lines if line.entry.mode == "in_person"]
        heads = _heads(present)
        head = heads[0].entry.name if heads and is_attributed else ""
        behind = words.number(max(0, len(present) - len(heads[:1])), language) if is_attributed else ""
        rows.append(
            (
                Cell(words.number(place, language)),
                Cell(words.party_name(delegation.party, language), is_strong=True),
                Cell(head),
                Cell(behind),
            )
        )
    columns = (gettext("Place"), gettext("Delegation"), gettext("Head"), gettext("Behind"))
    return Grid("", columns, tuple(rows), (0, 3), (0, 6, 10, 0))


def _heads(lines: Sequence[EntryLine]) -> list[EntryLine]:
    """Return who leads of these: the heads, or the first where none is one."""
    return [line for line in lines if line.entry.role == "head"] or list(lines[:1])


def _rows(delegation: Delegation, language: str, *, is_attributed: bool) -> list[tuple[Cell, ...]]:
    party = words.party_name(delegation.party, language)
    if not is_attributed or not delegation.lines:
        return [(Cell(party, is_strong=True), Cell(), Cell(), Cell())]
    return [
        (Cell(party if place == 0 else "", is_strong=place == 0), *_person(line, language))
        for place, line in enumerate(delegation.lines)
    ]


def _person(line: EntryLine, language: str) -> tuple[Cell, ...]:
    entry = line.entry
    office = words.pick(line.office.name, language)[0] if line.office else ""
    small = tuple(each for each in (entry.title or "", office) if each)
    role = labels.label("roster_role", entry.role, language)
    return Cell(entry.name, small), Cell(role), Cell(labels.label("roster_mode", entry.mode, language))
