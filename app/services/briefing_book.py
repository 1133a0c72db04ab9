"""The briefing book of one delegation: its agenda, what it has prepared, what others shared, actions and people.

It is marked on each page with the narrowest handling step of all that is in it: a book with positions is its own
delegation's. Non-papers are in no book.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app import labels, words
from app.db import GuardedSession
from app.domain.errors import NotFound
from app.domain.markdown import parse
from app.domain.markdown_tree import Paragraph, Text, Tree
from app.domain.markings import highest_step
from app.domain.positions import PARTS, PositionContent
from app.domain.visibility import Action, can
from app.models import AgendaItem, Meeting
from app.models.sealed import Unopened
from app.papers.agenda import Worded
from app.papers.prose import Column, Head, Note, Piece, ProsePaper, Wording, prose_pdf
from app.papers.report import Cell, Grid
from app.services.action_lines import ActionLine
from app.services.agenda import AgendaView, ItemLine, agenda_of
from app.services.agenda_grids import agenda_grid
from app.services.agenda_paper import printed_on
from app.services.inner_notes import InnerNoteLine, notes_on
from app.services.meeting_actions import open_before
from app.services.meetings import find_meeting
from app.services.people_grids import people_grid
from app.services.position_contents import OpenedCopy, OpenedPosition, opened_copies, opened_positions
from app.services.registered_documents import PaperLine, papers_of_items
from app.services.rooms import is_attributed
from app.services.rosters import may_list, roster_of
from app.services.texts import TextLine, texts_of


@dataclass(frozen=True, slots=True)
class _Book:
    """All that goes into a book, read, in its reader's language."""

    language: str
    meeting: Meeting
    view: AgendaView
    positions: Mapping[uuid.UUID, OpenedPosition]
    copies: Mapping[uuid.UUID | None, tuple[OpenedCopy, ...]]
    papers: Mapping[uuid.UUID, tuple[PaperLine, ...]]
    texts: tuple[TextLine, ...]
    notes: tuple[InnerNoteLine, ...]
    actions: tuple[ActionLine, ...]

    def say(self, message: str) -> str:
        """Return a message in the book's language."""
        return str(words.translations(self.language).gettext(message))


def briefing_book(session: GuardedSession, reference: str, language: str) -> ProsePaper:
    """Return the briefing book of the viewer's delegation for a meeting.

    Raises `NotFound` for who is of no delegation at its table.
    """
    meeting = find_meeting(session, reference)
    viewer = session.bound_viewer
    seated = {row.party_code for row in meeting.parties}
    if not can(viewer, Action.READ_POSITIONS) or viewer.party not in seated:
        raise NotFound
    book = _read(session, meeting, language)
    title, spoken = words.pick(meeting.title, language)
    party = words.party_name(viewer.party or "", language)
    return ProsePaper(
        language=language,
        title=Worded(title, spoken or language),
        over=(book.say("Briefing book"), meeting.reference, party),
        pieces=tuple(_pieces(session, book)),
        page=labels.labels("agenda_paper", language)["page"],
        dated=session.now,
        markings=_markings(book, party),
        standing=(_when(meeting, language),),
        contents=book.say("Contents"),
        closing=printed_on(session.now, viewer.time_zone, viewer.party, language),
    )


def briefing_file(session: GuardedSession, reference: str, language: str) -> tuple[str, bytes]:
    """Return the file name and the bytes of the book as a tagged PDF; raises `NotFound`, `Refusal`."""
    paper = briefing_book(session, reference, language)
    return f"{find_meeting(session, reference).reference}-briefing-{language}.pdf", prose_pdf(paper)


def _read(session: GuardedSession, meeting: Meeting, language: str) -> _Book:
    copies: dict[uuid.UUID | None, tuple[OpenedCopy, ...]] = {}
    for each in opened_copies(session, meeting):
        copies[each.copy.item_id] = (*copies.get(each.copy.item_id, ()), each)
    positions = {each.position.item_id: each for each in opened_positions(session, meeting) if each.position.item_id}
    actions = tuple(open_before(session, meeting))
    return _Book(
        language=language,
        meeting=meeting,
        view=agenda_of(session, meeting, open_actions=actions),
        positions=positions,
        copies=copies,
        papers=papers_of_items(session, meeting),
        texts=texts_of(session, meeting),
        notes=notes_on(session, meeting_id=meeting.id),
        actions=actions,
    )


def _when(meeting: Meeting, language: str) -> str:
    if meeting.date_is_open:
        return str(words.translations(language).gettext("Date to be agreed"))
    days = words.date_range(meeting.starts_on, meeting.ends_on, language)
    return f"{days} · {meeting.place}" if meeting.place else days


def _markings(book: _Book, party: str) -> tuple[Worded, ...]:
    """Return the national markings of the papers inside, word for word, and the narrowest handling step."""
    documents = [line.document for lines in book.papers.values() for line in lines]
    said = dict.fromkeys(document.marking for document in documents if document.marking)
    step = highest_step(["delegations", *(document.handling_step for document in documents)])
    label = labels.label("handling_step", step, book.language)
    return (*(Worded(each, "") for each in said), Worded(f"{label} ({party})", book.language))


def _pieces(session: GuardedSession, book: _Book) -> Iterable[Piece]:
    yield Head(book.say("Agenda"))
    yield agenda_grid(book.view, book.language)
    if book.notes:
        yield Head(book.say("Internal notes"))
        for note in book.notes:
            yield from _said(book, note.text, note.unopened)
    yield Head(book.say("Items"), opens_page=True)
    for line in book.view.items:
        yield from _item(book, line)
    if book.texts:
        yield Head(book.say("Texts"), opens_page=True)
        yield _texts(book)
    yield Head(book.say("Open actions"), opens_page=True)
    yield _actions(book)
    yield from _people(session, book)


def _item(book: _Book, line: ItemLine) -> Iterable[Piece]:
    title, spoken = words.pick(line.item.title, book.language)
    yield Head(f"{line.number}. {title}", 2, spoken or book.language)
    yield from _annotation(book, line.item)
    for paper in book.papers.get(line.item.id, ()):
        named, said_in = words.pick(paper.document.title, book.language)
        yield Note(Worded(named, said_in or book.language), lead=paper.document.symbol or book.say("Paper"))
    own = book.positions.get(line.item.id)
    if own is not None:
        state = labels.label("position_state", own.position.state, book.language)
        yield Head(f"{book.say('Our position')} ({state})", 3)
        yield from _content(book, own.content)
    for copy in book.copies.get(line.item.id, ()):
        giver = words.party_name(copy.copy.from_party or "", book.language)
        sentence = book.say("Shared by %(party)s on %(day)s") % {
            "party": giver,
            "day": words.date_plain(copy.copy.received_at.date(), book.language),
        }
        yield Head(sentence, 3)
        yield from _content(book, copy.content)


def _annotation(book: _Book, item: AgendaItem) -> Iterable[Piece]:
    for lead, by_language in (("", item.annotation), (book.say("Expected result"), item.expected_result)):
        said, spoken = words.pick(by_language, book.language)
        if said:
            small = (lead,) if lead else ()
            yield Wording((Column(parse(said), spoken or book.language),), "", small)


def _content(book: _Book, content: PositionContent | Unopened) -> Iterable[Piece]:
    if isinstance(content, Unopened):
        yield from _said(book, None, content)
        return
    for part in PARTS:
        if part not in content.parts:
            continue
        lead = labels.label("position_part", part, book.language)
        if part == "questions":
            for each in content.questions:
                yield Wording((Column(plain_tree(f"{each.question}\n{each.answer}"), content.language),), "", (lead,))
        elif part == "papers":
            yield Note(Worded(", ".join(content.papers), content.language), lead=lead)
        else:
            yield Note(Worded("", book.language), lead=lead)
            yield Wording((Column(plain_tree(getattr(content, part)), content.language),))


def _said(book: _Book, text: str | None, unopened: Unopened | None) -> Iterable[Piece]:
    if unopened is not None:
        party = words.party_name(unopened.owner, book.language)
        sentence = book.say("Sealed: it does not open with the keys of %(party)s now.") % {"party": party}
        yield Note(Worded(sentence, book.language))
    elif text:
        yield Wording((Column(plain_tree(text), ""),))


def plain_tree(text: str) -> Tree:
    """Return a text that is no Markdown as paragraphs, one for each line of it that says something."""
    return tuple(Paragraph((Text(line.strip()),)) for line in text.splitlines() if line.strip())


def _texts(book: _Book) -> Grid:
    columns = (book.say("Text"), book.say("Kind"), book.say("State"))
    rows = []
    for line in book.texts:
        title, spoken = words.pick(line.text.title, book.language)
        kind = labels.label("text_kind", line.text.kind, book.language)
        state = labels.label("text_state", line.text.state, book.language)
        rows.append((Cell(title, (line.text.reference,), language=spoken or ""), Cell(kind), Cell(state)))
    return Grid("", columns, tuple(rows))


def _actions(book: _Book) -> Grid | Note:
    if not book.actions:
        return Note(Worded(book.say("Nothing is open of the meetings before."), book.language))
    columns = (book.say("Action"), book.say("Owed by"))
    rows = []
    for line in book.actions:
        title, spoken = words.pick(line.action.title, book.language)
        owed = [code for code in words.party_order(line.legs, book.language) if line.legs[code].is_owed]
        small = tuple(_owed(code, line, book.language) for code in owed)
        rows.append((Cell(title, (line.action.reference,), language=spoken or ""), Cell("", small)))
    return Grid("", columns, tuple(rows))


def _owed(party: str, line: ActionLine, language: str) -> str:
    due_on = line.legs[party].leg.due_on
    name = words.party_name(party, language)
    return f"{name}, {words.date_plain(due_on, language)}" if due_on else name


def _people(session: GuardedSession, book: _Book) -> Iterable[Piece]:
    view = roster_of(session, book.meeting)
    if not may_list(session, view.facts):
        return
    yield Head(book.say("People"), opens_page=True)
    yield people_grid(view, book.language, is_attributed=is_attributed(session, book.meeting.id))
