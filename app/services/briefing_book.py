"""The briefing book of one delegation: its agenda, what it has prepared, what others shared, actions and people.

It is marked on each page with the narrowest handling step of all that is in it: a book with positions is its own
delegation's. Non-papers are in no book.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app import labels, words
from app.db import GuardedSession
from app.domain.errors import NotFound
from app.domain.markdown import parse
from app.domain.markdown_tree import Emphasis, Paragraph, Text, Tree
from app.domain.markings import highest_step
from app.domain.positions import PARTS, PositionContent
from app.models import AgendaItem, Meeting
from app.models.sealed import Unopened
from app.papers.agenda import Worded
from app.papers.prose import Column, Head, Note, Piece, ProsePaper, Wording, prose_pdf
from app.papers.report import Cell, Grid
from app.services.action_lines import ActionLine
from app.services.agenda import AgendaView, ItemLine, agenda_of
from app.services.agenda_grids import agenda_grid
from app.services.agenda_paper import printed_on
from app.services.inner_notes import InnerNoteLine, notes_of_meeting
from app.services.meeting_actions import open_before
from app.services.meetings import find_meeting
from app.services.papers_offered import has_book
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
    notes: Mapping[uuid.UUID | None, list[InnerNoteLine]]
    actions: tuple[ActionLine, ...]
    party: str
    zone_name: str

    def say(self, message: str) -> str:
        """Return a message in the book's language."""
        return str(words.translations(self.language).gettext(message))


def briefing_book(session: GuardedSession, reference: str, language: str) -> ProsePaper:
    """Return the briefing book of the viewer's delegation for a meeting.

    Raises `NotFound` for who is of no delegation at its table.
    """
    meeting = find_meeting(session, reference)
    viewer = session.bound_viewer
    if not has_book(session, meeting):
        raise NotFound
    book = _read(session, meeting, language)
    title, spoken = words.pick(meeting.title, language)
    party = words.party_name(viewer.party or "", language)
    return ProsePaper(
        language=language,
        title=Worded(title, spoken or language),
        over=(meeting.reference, book.say("Briefing book"), party),
        pieces=tuple(_pieces(session, book)),
        page=labels.labels("agenda_paper", language)["page"],
        dated=session.now,
        markings=_markings(book, party),
        standing=(_when(meeting, language),),
        contents=book.say("Contents"),
        called=f"{meeting.reference} · {book.say('Briefing book')}",
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
        notes=notes_of_meeting(session, meeting.id),
        actions=actions,
        party=session.bound_viewer.party or "",
        zone_name=session.bound_viewer.time_zone,
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


def _step(book: _Book, step: str, parties: Iterable[str] = ()) -> str:
    """Return a handling step in words, with the parties that it names."""
    label = labels.label("handling_step", step, book.language)
    named = words.list_of(
        [words.party_name(code, book.language) for code in words.party_order(parties, book.language)], book.language
    )
    return f"{label} ({named})" if named else label


def _pieces(session: GuardedSession, book: _Book) -> Iterable[Piece]:
    """Return the parts of the book, each under the handling step of its own content."""
    own, of_all = _step(book, "delegations", [book.party]), _step(book, "parties")
    yield Head(book.say("Agenda"), step=of_all)
    yield agenda_grid(book.view, book.language)
    if None in book.notes:
        yield Head(book.say("Notes of our delegation"), step=own)
        yield from _notes(book, None)
    yield Head(book.say("Items"), opens_page=True)
    for line in book.view.items:
        yield from _item(book, line, ())
    for line in book.view.apart:
        yield from _item(book, line, line.item.parties)
    if book.texts:
        yield Head(book.say("Texts"), step=of_all)
        yield _texts(book)
    yield Head(book.say("Open actions"), step=of_all)
    yield _actions(book)
    yield from _people(session, book)


def _item(book: _Book, line: ItemLine, apart: Iterable[str]) -> Iterable[Piece]:
    """Return an item, what the delegation prepared on it, and what others shared; `apart` names whose it is alone."""
    title, spoken = words.pick(line.item.title, book.language)
    step = _step(book, "delegations", apart) if apart else ""
    yield Head(f"{line.number}. {title}", 2, spoken or book.language, step)
    yield from _annotation(book, line.item)
    for paper in book.papers.get(line.item.id, ()):
        yield _paper(book, paper)
    own = book.positions.get(line.item.id)
    if own is not None:
        state = labels.label("position_state", own.position.state, book.language)
        heading = book.say("Our position")
        yield Head(f"{heading} ({state})", 3, step=_step(book, "delegations", [book.party]))
        yield from _content(book, own.content)
    for copy in book.copies.get(line.item.id, ()):
        yield from _shared(book, copy)
    if line.item.id in book.notes:
        yield Head(book.say("Notes of our delegation"), 3, step=_step(book, "delegations", [book.party]))
        yield from _notes(book, line.item.id)


def _paper(book: _Book, paper: PaperLine) -> Note:
    """Return a paper by its symbol, with its marking word for word and who may read it."""
    document = paper.document
    named, said_in = words.pick(document.title, book.language)
    step = labels.label("handling_step", document.handling_step, book.language)
    marked = " · ".join(each for each in (document.marking or "", step) if each)
    return Note(Worded(f"{named} ({marked})", said_in or book.language), lead=document.symbol or book.say("Paper"))


def _shared(book: _Book, copy: OpenedCopy) -> Iterable[Piece]:
    giver = copy.copy.from_party or ""
    sentence = book.say("%(party)s, shared on %(day)s") % {
        "party": words.party_name(giver, book.language),
        "day": _day(copy.copy.received_at, book),
    }
    yield Head(sentence, 3, step=_step(book, "delegations", [giver, book.party]))
    yield from _content(book, copy.content)


def _day(at: dt.datetime, book: _Book) -> str:
    return words.date_plain(words.local(at, book.zone_name).date(), book.language)


def _notes(book: _Book, item_id: uuid.UUID | None) -> Iterable[Piece]:
    for line in book.notes[item_id]:
        lead = ", ".join(each for each in (line.author or "", _day(line.note.written_at, book)) if each)
        yield from _said(book, line.text, line.unopened, lead)


def _annotation(book: _Book, item: AgendaItem) -> Iterable[Piece]:
    for lead, by_language in (("", item.annotation), (book.say("Expected result"), item.expected_result)):
        said, spoken = words.pick(by_language, book.language)
        if said:
            yield Wording((Column(parse(said), spoken or book.language),), lead=lead)


def _content(book: _Book, content: PositionContent | Unopened) -> Iterable[Piece]:
    if isinstance(content, Unopened):
        yield from _said(book, None, content)
        return
    for part in PARTS:
        if part not in content.parts:
            continue
        lead = labels.label("position_part", part, book.language)
        if part == "questions":
            yield from _questions(content, lead)
        elif part == "papers":
            yield Note(Worded(", ".join(content.papers), content.language), lead=lead)
        else:
            yield Wording((Column(plain_tree(getattr(content, part)), content.language),), lead=lead)


def _questions(content: PositionContent, lead: str) -> Iterable[Piece]:
    """Return each question that is expected, stressed, and what to answer under it."""
    for place, each in enumerate(content.questions):
        asked = tuple(Paragraph((Emphasis((Text(line),)),)) for line in lines_of(each.question))
        tree = (*asked, *plain_tree(each.answer))
        yield Wording((Column(tree, content.language),), lead=lead if place == 0 else "")


def _said(book: _Book, text: str | None, unopened: Unopened | None, lead: str = "") -> Iterable[Piece]:
    if unopened is not None:
        party = words.party_name(unopened.owner, book.language)
        sentence = book.say("Sealed: it does not open with the keys of %(party)s now.") % {"party": party}
        yield Note(Worded(sentence, book.language), lead=lead)
    elif text:
        yield Wording((Column(plain_tree(text), ""),), lead=lead)


def lines_of(text: str) -> list[str]:
    """Return the lines of a text that say something."""
    return [said for line in text.splitlines() if (said := line.strip())]


def plain_tree(text: str) -> Tree:
    """Return a text that is no Markdown as paragraphs, one for each line of it that says something."""
    return tuple(Paragraph((Text(line),)) for line in lines_of(text))


def _texts(book: _Book) -> Grid:
    columns = (book.say("Text"), book.say("Kind"), book.say("State"))
    rows = []
    for line in book.texts:
        title, spoken = words.pick(line.text.title, book.language)
        kind = labels.label("text_kind", line.text.kind, book.language)
        state = labels.label("text_state", line.text.state, book.language)
        narrow = _step(book, "delegations", line.text.parties) if _is_narrow(book, line.text.parties) else ""
        small = tuple(each for each in (line.text.reference, narrow) if each)
        rows.append((Cell(title, small, language=spoken or ""), Cell(kind), Cell(state)))
    return Grid("", columns, tuple(rows), shares=(10, 4, 4))


def _is_narrow(book: _Book, parties: Iterable[str]) -> bool:
    """Say whether something is of some of the meeting's parties alone."""
    return not {row.party_code for row in book.meeting.parties} <= set(parties)


def _actions(book: _Book) -> Grid | Note:
    if not book.actions:
        return Note(Worded(book.say("Nothing is open of the meetings before."), book.language))
    columns = (book.say("Action"), str(words.translations(book.language).pgettext("action item", "Owed by")))
    rows = []
    for line in book.actions:
        title, spoken = words.pick(line.action.title, book.language)
        owed = [code for code in words.party_order(line.legs, book.language) if line.legs[code].is_owed]
        small = tuple(_owed(code, line, book.language) for code in owed)
        narrow = _step(book, "delegations", line.parties) if _is_narrow(book, line.parties) else ""
        under = tuple(each for each in (line.action.reference, narrow) if each)
        rows.append((Cell(title, under, language=spoken or ""), Cell("", small)))
    return Grid("", columns, tuple(rows), shares=(3, 2))


def _owed(party: str, line: ActionLine, language: str) -> str:
    due_on = line.legs[party].leg.due_on
    name = words.party_name(party, language)
    return f"{name}, {words.date_plain(due_on, language)}" if due_on else name


def _people(session: GuardedSession, book: _Book) -> Iterable[Piece]:
    view = roster_of(session, book.meeting)
    if not may_list(session, view.facts):
        return
    yield Head(book.say("People"), step=_step(book, "parties"), opens_page=True)
    yield people_grid(view, book.language, is_attributed=is_attributed(session, book.meeting.id))
