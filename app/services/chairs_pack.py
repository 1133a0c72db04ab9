"""The chair's pack: the timed agenda, the seating, who takes part and which decisions are sought, on two sheets."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterable
from typing import Final

from pypdf import PdfReader

from app import labels, words
from app.db import GuardedSession
from app.domain.errors import NotFound
from app.domain.markings import highest_step
from app.domain.visibility import Action, can
from app.models import Meeting
from app.papers.agenda import Worded
from app.papers.prose import Head, Note, Piece, ProsePaper, prose_pdf
from app.services.agenda import AgendaView, ItemLine, agenda_of
from app.services.agenda_grids import agenda_grid
from app.services.agenda_paper import printed_on
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.people_grids import people_grid, seating_grid
from app.services.registered_documents import papers_of_items
from app.services.rooms import is_attributed
from app.services.rosters import RosterView, roster_of
from app.services.texts import texts_of

SHEETS: Final = 2
# How small its letters may get before it takes a third sheet: 0.55 of 10.5 pt is the smallest that is read at a table.
SCALES: Final = (1.0, 0.85, 0.72, 0.62, 0.55)


def chairs_pack(session: GuardedSession, reference: str, language: str) -> ProsePaper:
    """Return the pack for a meeting, with nothing in it that only one delegation may see.

    Raises `NotFound` for who may not chair it.
    """
    meeting = find_meeting(session, reference)
    facts = facts_of_meeting(session, meeting)
    if not can(session.bound_viewer, Action.CHAIR_MEETING, facts):
        raise NotFound
    view = agenda_of(session, meeting, facts=facts, open_actions=())
    roster = roster_of(session, meeting, facts)
    steps = ["parties", *(_steps(session, meeting))]
    title, spoken = words.pick(meeting.title, language)
    viewer = session.bound_viewer
    gettext = words.translations(language).gettext
    return ProsePaper(
        language=language,
        title=Worded(title, spoken or language),
        over=(gettext("Chair’s pack"), meeting.reference),
        pieces=tuple(_pieces(session, meeting, view, roster, language)),
        page=labels.labels("agenda_paper", language)["page"],
        dated=session.now,
        markings=(Worded(labels.label("handling_step", highest_step(steps), language), language),),
        closing=printed_on(session.now, viewer.time_zone, viewer.party, language),
    )


def chairs_file(session: GuardedSession, reference: str, language: str) -> tuple[str, bytes]:
    """Return the file name and the bytes of the pack as a tagged PDF of two sheets.

    Its letters are made smaller until it has room. Raises `NotFound`, `Refusal("paper_too_long")`.
    """
    paper = chairs_pack(session, reference, language)
    content = b""
    for scale in SCALES:
        content = prose_pdf(dataclasses.replace(paper, scale=scale))
        if len(PdfReader(io.BytesIO(content)).pages) <= SHEETS:
            break
    return f"{paper.over[1]}-chair-{language}.pdf", content


def _steps(session: GuardedSession, meeting: Meeting) -> list[str]:
    """Return the handling steps of the papers that the pack names: those of all at the table alone."""
    lines = papers_of_items(session, meeting).values()
    return [line.document.handling_step for each in lines for line in each if line.document.handling_step == "public"]


def _pieces(
    session: GuardedSession, meeting: Meeting, view: AgendaView, roster: RosterView, language: str
) -> Iterable[Piece]:
    gettext = words.translations(language).gettext
    named = is_attributed(session, meeting.id)
    yield Head(gettext("Agenda"))
    yield agenda_grid(view, language)
    yield Head(gettext("Decisions sought"))
    yield from _decisions(session, meeting, view, language)
    yield Head(gettext("Seating, from the chair’s right"))
    yield seating_grid(roster, language, is_attributed=named)
    yield Head(gettext("Participants"))
    yield people_grid(roster, language, is_attributed=named)


def _decisions(session: GuardedSession, meeting: Meeting, view: AgendaView, language: str) -> Iterable[Piece]:
    """Return the items that are for decision, with what is expected of each, and the texts that are to be agreed."""
    gettext = words.translations(language).gettext
    sought = [line for line in view.items if line.item.type == "decision"]
    for line in sought:
        yield Note(Worded(_sought(line, language), language), lead=str(line.number))
    texts = [line.text for line in texts_of(session, meeting) if set(line.text.parties) == _table(meeting)]
    for text in texts:
        state = labels.label("text_state", text.state, language)
        yield Note(Worded(f"{words.pick(text.title, language)[0]} ({state})", language), lead=text.reference)
    if not sought and not texts:
        yield Note(Worded(gettext("No item is for decision."), language))


def _sought(line: ItemLine, language: str) -> str:
    title = words.pick(line.item.title, language)[0]
    expected = words.pick(line.item.expected_result, language)[0]
    return f"{title}. {' '.join(expected.split())}" if expected else title


def _table(meeting: Meeting) -> set[str]:
    return {row.party_code for row in meeting.parties}
