"""The register taken away: as a paper, a workbook or CSV, of what its reader may see, narrowed and sorted as asked."""

from __future__ import annotations

from typing import Final

from babel.support import NullTranslations

from app import labels, words
from app.db import GuardedSession
from app.papers.agenda import Worded
from app.papers.register import PaperAxis, PaperCell, PaperGroup, PaperRow, PaperStrip, RegisterPaper, register_pdf
from app.papers.tables import Column, Table, Value, table_csv, table_xlsx
from app.services.mechanism_sources import citations
from app.services.register import OWN_ORDER, Filters, Order, Register, register, today_for
from app.services.register_strips import Axis, axis_of, periods_said, strips_of
from app.services.register_words import (
    RegisterLine,
    floor_words,
    group_words,
    line_of,
    narrowed_words,
    practice_words,
    shelf_heading,
    shelves_of,
)

MARKS: Final = ("met", "by_numbering", "partly_met", "not_held", "no_record", "open")
FORMS: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


def register_file(
    session: GuardedSession,
    form: str,
    asked: Filters,
    language: str,
    *,
    order: Order = OWN_ORDER,
    shelf: bool = False,
) -> tuple[str, bytes]:
    """Return the file name and the bytes of the register, or its shelf, in a form of `FORMS`.

    Raises `Refusal("paper_too_long")` for a PDF without measure.
    """
    found = register(session, asked, language, order=order, shelf=shelf)
    name = f"{'proposals' if shelf else 'mechanisms'}-{today_for(session).isoformat()}-{language}.{form}"
    if form == "pdf":
        return name, register_pdf(paper_of(session, found, language, shelf=shelf))
    table = table_of(session, found, language, shelf=shelf)
    return name, table_xlsx(table) if form == "xlsx" else table_csv(table)


def standing_words(session: GuardedSession, language: str) -> str:
    """Say of which day it is and where, for whom it was made, and of what they may read alone."""
    viewer, catalogue = session.bound_viewer, words.translations(language)
    role = labels.label("role", viewer.role, language)
    sentence = catalogue.gettext(
        "As of %(day)s (%(city)s). Made for %(person)s (%(party)s) from Entente, of what they may read."
    )
    return sentence % {
        "day": words.date_plain(today_for(session), language),
        "city": words.city_of(viewer.time_zone, language, viewer.party),
        "person": viewer.name,
        "party": words.party_name(viewer.party, language) if viewer.party else role,
    }


# As a table ---------------------------------------------------------------------------------------


def table_of(session: GuardedSession, found: Register, language: str, *, shelf: bool = False) -> Table:
    """Return the rows as a table with a column for each fact."""
    catalogue = words.translations(language)
    head = _shelf_columns(catalogue) if shelf else _columns(catalogue, language)
    cells = _shelf_cells if shelf else _cells
    notes = [standing_words(session, language), narrowed_words(found, language), *_notes(catalogue, shelf=shelf)]
    return Table(
        title=_title(catalogue, shelf=shelf),
        columns=tuple(Column(heading) for heading in head),
        rows=tuple(cells(line_of(row, language), language) for row in found.rows),
        dated=session.now,
        notes=tuple(note for note in notes if note),
        notes_title=catalogue.gettext("Notes"),
    )


def _columns(catalogue: NullTranslations, language: str) -> tuple[str, ...]:
    return (
        catalogue.gettext("Reference"), catalogue.gettext("Mechanism"), catalogue.gettext("Parties"),
        catalogue.gettext("Others"), catalogue.gettext("Level"), catalogue.gettext("Kind"),
        catalogue.gettext("Status"), catalogue.gettext("As of"), catalogue.gettext("Basis of the status"),
        catalogue.gettext("Source of the status"), catalogue.gettext("Floor"), catalogue.gettext("Mandate of"),
        _english_only(catalogue.gettext("Mandate"), language), catalogue.gettext("Source of the mandate"),
        catalogue.gettext("Owed by"), catalogue.gettext("Meetings owed at least"),
        catalogue.gettext("Days to the date"), catalogue.gettext("Period past"), catalogue.gettext("Days past"),
        catalogue.gettext("Periods met"), catalogue.gettext("Periods over"),
        catalogue.gettext("Periods without a record"), catalogue.gettext("Periods"),
        catalogue.gettext("In practice"), catalogue.gettext("Next host"), catalogue.gettext("Basis of the next host"),
        catalogue.gettext("Remark"),
    )  # fmt: skip


def _english_only(heading: str, language: str) -> str:
    """Mark a column whose values exist in English alone, for a reader of another language."""
    if language == "en":
        return heading
    return words.translations(language).gettext("%(column)s (in English only)") % {"column": heading}


def _cells(line: RegisterLine, language: str) -> tuple[Value, ...]:
    row, facts = line.row, line.facts
    owed = row.page.owed if row.has_date_to_agree else None
    mandate = facts.mandate
    return (
        line.reference, line.name, _named(line.parties, language), line.others, line.level, line.kind,
        line.status, str(facts.status_as_of), line.told, line.source,
        floor_words(facts, language), mandate.since or (str(mandate.date) if mandate.date else None),
        mandate.instrument, sources_named(facts.mandate.pointer),
        owed.by if owed else None, owed.minimum_meetings if owed else None, owed.days_left if owed else None,
        line.past[1] if line.past else None, -row.days if row.past and row.days is not None else None,
        *((row.kept.met, row.kept.over, row.kept.unknown) if row.kept.over else (None, None, None)),
        _periods(line, language),
        practice_words(row.practice, language) if row.practice else None,
        words.party_name(line.host, language) if line.host else None, line.host_basis,
        line.remark,
    )  # fmt: skip


def _periods(line: RegisterLine, language: str) -> str:
    """Return the periods in words, after the pair that they are of where there are several."""
    said = []
    for channel in line.row.channels:
        pair = _named(words.party_order(channel.parties, language), language)
        told = periods_said(channel.periods, language)
        said.append(f"{pair}: {told}" if len(line.row.page.channels) > 1 else told)
    return "\n".join(said)


def sources_named(pointer: str) -> str:
    """Return where a mandate is told as the catalogue cites it: papers by their titles, public pages by their names."""
    told = []
    for each in citations(pointer):
        lines = f" ({', '.join(each.lines)})" if each.lines else ""
        told.append(f"{each.paper.title}{lines}" if each.paper else each.page)
    return "; ".join(told)


def _named(codes: tuple[str, ...] | list[str], language: str) -> str:
    return ", ".join(words.party_name(code, language) for code in codes)


def _shelf_columns(catalogue: NullTranslations) -> tuple[str, ...]:
    return (
        catalogue.gettext("Reference"), catalogue.gettext("Proposal"), catalogue.gettext("Author"),
        catalogue.gettext("Date"), catalogue.gettext("Paper"), catalogue.gettext("Parties"),
        catalogue.gettext("Others"), catalogue.gettext("Level"), catalogue.gettext("Kind"),
    )  # fmt: skip


def _shelf_cells(line: RegisterLine, language: str) -> tuple[Value, ...]:
    paper = line.row.paper
    return (
        line.reference, line.name, line.source, words.partial_date(line.facts.status_as_of, language),
        paper.title if paper else None, _named(line.parties, language), line.others, line.level, line.kind,
    )  # fmt: skip


# As a paper ---------------------------------------------------------------------------------------


def paper_of(session: GuardedSession, found: Register, language: str, *, shelf: bool = False) -> RegisterPaper:
    """Return the register, or its shelf, as a paper in the words of its page."""
    catalogue = words.translations(language)
    axis = None if shelf else axis_of(found)
    return RegisterPaper(
        language=language,
        title=_title(catalogue, shelf=shelf),
        standing=standing_words(session, language),
        lede=_lede(found, catalogue, shelf=shelf),
        narrowed=narrowed_words(found, language),
        columns=(
            catalogue.gettext("Proposal") if shelf else catalogue.gettext("Mechanism"), catalogue.gettext("Parties"),
            catalogue.gettext("Level"), *(() if shelf else (catalogue.gettext("Status, as of"),)),
        ),
        axis=_axis(axis, catalogue) if axis else None,
        after=() if shelf else (
            catalogue.gettext("Owed by"), catalogue.gettext("Days"), catalogue.gettext("Next host"),
        ),
        legend=() if shelf else _legend(catalogue, language),
        groups=_shelf_groups(found, language) if axis is None else _groups(found, axis, language),
        nothing=catalogue.gettext("No mechanism answers to these filters."),
        notes=_notes(catalogue, shelf=shelf),
        page=labels.label("agenda_paper", "page", language),
        dated=session.now,
    )  # fmt: skip


def _axis(axis: Axis, catalogue: NullTranslations) -> PaperAxis:
    heading = catalogue.gettext("Periods, %(first)s to %(last)s")
    return PaperAxis(heading % {"first": str(axis.first_year), "last": str(axis.last_year)}, axis.width, axis.ticks)


def _groups(found: Register, axis: Axis, language: str) -> tuple[PaperGroup, ...]:
    return tuple(
        PaperGroup(
            heading=Worded(group_words(group, language), language) if group else None,
            rows=tuple(_paper_row(line_of(row, language), axis, language) for row in rows),
        )
        for group, rows in found.groups
    )


def _paper_row(line: RegisterLine, axis: Axis, language: str) -> PaperRow:
    strips = strips_of(line.row, axis, language)
    return PaperRow(
        cells=(*_first_cells(line, language), PaperCell(line.status, (line.told, line.source))),
        strips=tuple(
            PaperStrip(
                starts_at=strip.starts_at,
                born_at=strip.born_at,
                marks=tuple((mark.kind, mark.x) for mark in strip.marks),
                said=strip.summary,
                pair=_named(strip.parties, language),
            )
            for strip in strips
        ),
        under=line.kept if strips else words.translations(language).gettext("no record"),
        after=(
            _owed_cell(line, language),
            PaperCell(line.days, line.past),
            PaperCell(words.party_name(line.host, language) if line.host else "", (line.host_basis,) * bool(line.host)),
        ),
    )


def _first_cells(line: RegisterLine, language: str) -> tuple[PaperCell, ...]:
    return (
        PaperCell(line.name, (line.reference, line.remark) if line.remark else (line.reference,), is_strong=True),
        PaperCell(_named(line.parties, language), (line.others,) if line.others else ()),
        PaperCell(line.level),
    )


def _owed_cell(line: RegisterLine, language: str) -> PaperCell:
    owed = (line.owed,) if line.owed else ()
    if line.owed_on is None:
        return PaperCell("", owed)
    if line.is_met:
        return PaperCell(labels.label("period_state", "met", language), owed)
    return PaperCell(words.date_plain(line.owed_on, language), owed, is_strong=True)


def _shelf_groups(found: Register, language: str) -> tuple[PaperGroup, ...]:
    return tuple(
        PaperGroup(
            heading=Worded(shelf_heading(shelf.paper, language), language),
            note=Worded(shelf.paper.title, shelf.paper.language),
            rows=tuple(PaperRow(_first_cells(line_of(row, language), language)) for row in shelf.rows),
        )
        for shelf in shelves_of(found.rows)
    )


def _legend(catalogue: NullTranslations, language: str) -> tuple[tuple[str, str], ...]:
    return (
        *((mark, labels.label("period_state", mark, language)) for mark in MARKS),
        ("tick", catalogue.gettext("held, no floor promised")),
        ("ring", catalogue.gettext("planned, not held")),
        ("born", catalogue.gettext("mandate")),
    )


def _title(catalogue: NullTranslations, *, shelf: bool) -> str:
    return catalogue.gettext("Proposals in the literature") if shelf else catalogue.gettext("Mechanisms")


def _lede(found: Register, catalogue: NullTranslations, *, shelf: bool) -> str:
    if shelf:
        return catalogue.gettext(
            "Authors call for these mechanisms. Nobody has agreed them here, nothing is owed, and they are counted"
            " nowhere."
        )
    total = catalogue.ngettext("%(num)s mechanism.", "%(num)s mechanisms.", found.total) % {"num": found.total}
    if not found.to_agree:
        return f"{total} {catalogue.gettext('None has a date by which meetings are to be agreed.')}"
    dated = catalogue.ngettext(
        "%(num)s has a date by which meetings are to be agreed.",
        "%(num)s have a date by which meetings are to be agreed.",
        found.to_agree,
    )
    return f"{total} {dated % {'num': found.to_agree}}"


def _notes(catalogue: NullTranslations, *, shelf: bool) -> tuple[str, ...]:
    if shelf:
        return ()
    return (
        catalogue.gettext(
            "A strip begins at the mandate. A period without any record is not counted as not held. Where the order of"
            " hosts was read from past meetings and not stated as a rule, it says so."
        ),
    )
