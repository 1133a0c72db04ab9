"""The agenda and the annotated agenda as papers: in any language or side by side, as PDF, text document or Markdown.

They go from hand to hand: in each stand the items of all the meeting's parties and nothing else. Items of some of the
parties have a paper of their own, in their own number series, for these parties alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from app import labels, words
from app.db import GuardedSession
from app.domain.documents import DOCX
from app.domain.errors import NotFound
from app.domain.markdown import parse
from app.domain.markings import highest_step
from app.domain.references import joined_codes
from app.domain.visibility import Action, can, parties_in
from app.models import Meeting
from app.papers.agenda import ActionRow, WhenLine, Worded
from app.papers.prose import Column, Head, Note, Piece, ProsePaper, Wording, prose_pdf
from app.papers.prose_docx import prose_docx
from app.papers.prose_markdown import prose_markdown
from app.services.agenda import AgendaView, ItemLine, agenda_of, clock_columns
from app.services.agenda_grids import agenda_grid, apart_grid, clock_words
from app.services.agenda_paper import (
    action_row,
    agenda_file,
    mechanism_of,
    parties_named,
    printed_on,
    standing_said,
    when_line,
)
from app.services.meeting_audience import keys_of_each
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.paper_forms import form_for
from app.services.registered_documents import PaperLine, papers_of_items
from app.services.rooms import is_attributed

FORMS: Final = {"pdf": "application/pdf", "docx": DOCX, "md": "text/markdown; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class AgendaOrder:
    """Which paper of an agenda is wanted: its languages, the first on the left; whether it is the annotated one.

    `apart` names some of the parties (`MXUS`) whose own items it is to have, and no others.
    """

    languages: tuple[str, ...]
    is_annotated: bool = False
    apart: str = ""


@dataclass(frozen=True, slots=True)
class _Agenda:
    """An agenda as it is being written out."""

    meeting: Meeting
    order: AgendaOrder
    view: AgendaView
    lines: tuple[ItemLine, ...]
    parties: frozenset[str]
    papers: Mapping[uuid.UUID, tuple[PaperLine, ...]]
    names_people: bool

    @property
    def language(self) -> str:
        """Return the language of the paper's own words."""
        return self.order.languages[0]

    def say(self, message: str) -> str:
        """Return a message in that language."""
        return str(words.translations(self.language).gettext(message))


def agenda_prose(session: GuardedSession, reference: str, order: AgendaOrder) -> ProsePaper:
    """Return an agenda as a paper, the same for everybody whose it is; raises `NotFound`.

    The annotated one is for those who sit at the table and those who serve it.
    """
    agenda = _read(session, reference, order)
    meeting, language, viewer = agenda.meeting, agenda.language, session.bound_viewer
    titled, *others = (_worded(meeting.title, each) for each in order.languages)
    name = agenda.say("Annotated agenda") if order.is_annotated else agenda.say("Agenda")
    return ProsePaper(
        language=language,
        title=titled,
        over=(meeting.reference, name, *_over(agenda)),
        pieces=tuple(_pieces(agenda)),
        page=labels.labels("agenda_paper", language)["page"],
        dated=session.now,
        markings=_markings(agenda),
        standing=_standing(session, agenda),
        column_heads=_column_heads(order) if order.is_annotated else (),
        called=f"{meeting.reference} · {name}",
        is_wide=len(order.languages) > 1 and not order.is_annotated,
        titles_beside=tuple(others),
        closing=printed_on(session.now, viewer.time_zone, viewer.party, language),
    )


def agenda_taken(session: GuardedSession, reference: str, form: str, order: AgendaOrder) -> tuple[str, bytes]:
    """Return the file name and the bytes of an agenda in a form of `FORMS`; raises `NotFound`, `Refusal`."""
    if form == "pdf" and len(order.languages) == 1 and not order.is_annotated and not order.apart:
        return agenda_file(session, reference, order.languages[0])
    paper = agenda_prose(session, reference, order)
    kind = "annotated_agenda" if order.is_annotated else "agenda"
    parts = (paper.reference, kind.replace("_", "-"), order.apart, *order.languages)
    name = f"{'-'.join(each for each in parts if each)}.{form}"
    if form == "pdf":
        return name, prose_pdf(paper)
    if form == "docx":
        audience_id = find_meeting(session, reference).audience_id
        return name, prose_docx(paper, form_for(session, kind, audience_id))
    return name, prose_markdown(paper)


def _read(session: GuardedSession, reference: str, order: AgendaOrder) -> _Agenda:
    meeting = find_meeting(session, reference)
    facts = facts_of_meeting(session, meeting)
    if order.is_annotated and not can(session.bound_viewer, Action.EDIT_AGENDA, facts):
        raise NotFound
    view = agenda_of(session, meeting, facts)
    table = frozenset(row.party_code for row in meeting.parties)
    series = {joined_codes(line.item.parties): frozenset(line.item.parties) for line in view.apart}
    if order.apart and order.apart not in series:
        raise NotFound
    lines = view.items
    if order.apart:
        lines = tuple(line for line in view.apart if joined_codes(line.item.parties) == order.apart)
    parties = series[order.apart] if order.apart else table
    papers = _papers_of_all(session, meeting, parties) if order.is_annotated else {}
    return _Agenda(meeting, order, view, lines, parties, papers, is_attributed(session, meeting.id))


def _papers_of_all(
    session: GuardedSession, meeting: Meeting, parties: frozenset[str]
) -> Mapping[uuid.UUID, tuple[PaperLine, ...]]:
    """Return the papers that every one of these parties reads: no others stand in what goes from hand to hand."""
    found = papers_of_items(session, meeting)
    audiences = {line.document.audience_id for lines in found.values() for line in lines}
    keys = keys_of_each(session, audiences)
    return {
        item_id: tuple(line for line in lines if parties <= parties_in(keys[line.document.audience_id]))
        for item_id, lines in found.items()
    }


# What stands over it ------------------------------------------------------------------------------


def _worded(by_language: Mapping[str, str], language: str) -> Worded:
    found, spoken = words.pick(by_language, language)
    return Worded(found, spoken or language)


def _over(agenda: _Agenda) -> tuple[str, ...]:
    if not agenda.order.apart:
        return (standing_said(agenda.view.standing, agenda.language),)
    return (agenda.say("Items of %(parties)s") % {"parties": _named(agenda)},)


def _named(agenda: _Agenda) -> str:
    codes = words.party_order(agenda.parties, agenda.language)
    return words.list_of([words.party_name(code, agenda.language) for code in codes], agenda.language)


def _markings(agenda: _Agenda) -> tuple[Worded, ...]:
    """Return the national markings of the papers that it names, and the narrowest step of all that is in it."""
    language = agenda.language
    documents = [line.document for lines in agenda.papers.values() for line in lines]
    said = dict.fromkeys(document.marking for document in documents if document.marking)
    own = "delegations" if agenda.order.apart else "parties"
    step = highest_step([own, *(document.handling_step for document in documents)])
    label = labels.label("handling_step", step, language)
    label = f"{label} ({_named(agenda)})" if agenda.order.apart else label
    return (*(Worded(each, "") for each in said), Worded(label, language))


def _standing(session: GuardedSession, agenda: _Agenda) -> tuple[str, ...]:
    """Return the mechanism, when it is in each capital, where, and the parties, a line each."""
    meeting, language = agenda.meeting, agenda.language
    mechanism = mechanism_of(session, meeting)
    columns = agenda.view.columns or clock_columns(session, meeting)[:1]
    lines = [
        words.pick(mechanism.name, language)[0] if mechanism else "",
        *(
            _when_said(when_line(meeting, column, language, is_meeting_zone=place == 0), language)
            for place, column in enumerate(columns)
        ),
        meeting.place or "",
        labels.label("format", meeting.format, language) if meeting.format != "unknown" else "",
        "" if agenda.order.apart else " · ".join(parties_named(meeting, language)),
    ]
    return tuple(each for each in lines if each)


def _when_said(line: WhenLine, language: str) -> str:
    said = ", ".join(each for each in (line.date, line.hours, line.offset) if each)
    return f"{line.city}{words.before_signs(language)}: {said}"


def _column_heads(order: AgendaOrder) -> tuple[Worded, ...]:
    if len(order.languages) < 2:
        return ()
    return tuple(Worded(labels.label("language", each, order.languages[0]), "") for each in order.languages)


# Its items ----------------------------------------------------------------------------------------


def _pieces(agenda: _Agenda) -> Iterable[Piece]:
    if not agenda.lines:
        yield Note(Worded(agenda.say("No items yet."), agenda.language))
    elif agenda.order.is_annotated:
        for line in agenda.lines:
            yield from _annotated(agenda, line)
    else:
        beside = agenda.order.languages[1:]
        if agenda.order.apart:
            yield apart_grid(agenda.lines, agenda.language, lambda line: _under(agenda, line), beside=beside)
        else:
            yield agenda_grid(agenda.view, agenda.language, lambda line: _under(agenda, line), beside=beside)


def _under(agenda: _Agenda, line: ItemLine) -> tuple[str, ...]:
    """Return the smaller lines under an item: that it came late or decides nothing, and what is open since the last."""
    owed = (f"{row.reference} {row.title.text} ({row.owed})" for row in _open_actions(agenda, line))
    return (*_kinds(agenda, line), *owed)


def _kinds(agenda: _Agenda, line: ItemLine) -> tuple[str, ...]:
    late = (agenda.say("supplementary"),) if line.item.is_supplementary else ()
    other = line.item.kind == "other_business"
    return (*late, *((agenda.say("announced before adoption; decides nothing"),) if other else ()))


def _open_actions(agenda: _Agenda, line: ItemLine) -> list[ActionRow]:
    """Return what is still to be done since the last meeting, of what every party may see."""
    return [action_row(each, agenda.language) for each in line.open_actions if agenda.parties <= set(each.parties)]


def _annotated(agenda: _Agenda, line: ItemLine) -> Iterable[Piece]:
    """Return an item with what it is about and what it is to lead to, its papers, and who presents it."""
    item, languages = line.item, agenda.order.languages
    first, *others = (_worded(item.title, each) for each in languages)
    yield Head(f"{line.number}. {first.text}", 1, first.language, beside=tuple(others))
    yield Note(Worded(" · ".join(_facts(agenda, line)), agenda.language))
    for lead, by_language in (("", item.annotation), (agenda.say("Expected result"), item.expected_result)):
        said = [_worded(by_language, each) for each in languages]
        if said[0].text:
            yield Wording(tuple(Column(parse(each.text), each.language) for each in said), lead=lead)
    for row in _open_actions(agenda, line):
        yield Note(Worded(f"{row.title.text} ({row.owed})", row.title.language), lead=row.reference)
    for paper in agenda.papers.get(item.id, ()):
        yield Note(_worded(paper.document.title, agenda.language), lead=paper.document.symbol or agenda.say("Paper"))


def _facts(agenda: _Agenda, line: ItemLine) -> tuple[str, ...]:
    """Return what an item is for, its hours, who leads and who presents: nobody by name without attribution."""
    item, language = line.item, agenda.language
    columns = agenda.view.columns if line.times else ()
    hours = (
        f"{clock_words(time, language)} {words.pick(column.cities[0], language)[0]}"
        for column, time in zip(columns, line.times, strict=True)
    )
    facts = (
        labels.label("item_type", item.type, language),
        *hours,
        words.duration(item.minutes, language),
        words.party_name(item.lead_party, language) if item.lead_party else "",
        (item.presenters or "") if agenda.names_people else "",
        *_kinds(agenda, line),
    )
    return tuple(each for each in facts if each)
