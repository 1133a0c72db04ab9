"""The chair's pack: the timed agenda, the seating, who takes part and which decisions are sought, on two sheets."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pypdf import PdfReader

from app import labels, words
from app.db import GuardedSession
from app.domain.errors import NotFound
from app.domain.markdown import parse
from app.domain.markdown_writing import to_plain
from app.domain.visibility import Action, can
from app.models import AgreedText, Meeting
from app.papers.agenda import Worded
from app.papers.prose import Head, Note, Piece, ProsePaper, prose_pdf
from app.services.agenda import AgendaView, ItemLine, agenda_of
from app.services.agenda_grids import agenda_grid
from app.services.agenda_paper import printed_on
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.people_grids import people_grid, seating_grid
from app.services.rooms import is_attributed
from app.services.rosters import RosterView, roster_of
from app.services.texts import texts_of

SHEETS: Final = 2


@dataclass(frozen=True, slots=True)
class Fit:
    """How a pack is made to fit: the size of its letters, the room between lines, and what it leaves out."""

    scale: float
    is_dense: bool = False
    has_staff: bool = True
    has_results: bool = True
    has_titles: bool = True


# Tried in turn until it has room: staff below the heads goes first, then what is expected of each item; only then are
# the letters made smaller, to 7 points at least.
FITS: Final = (
    Fit(1.0),
    Fit(0.9, is_dense=True),
    Fit(0.9, is_dense=True, has_staff=False),
    Fit(0.9, is_dense=True, has_staff=False, has_results=False),
    Fit(0.75, is_dense=True, has_staff=False, has_results=False),
    Fit(0.667, is_dense=True, has_staff=False, has_results=False, has_titles=False),
)
# What fits on two sheets at least: with more rows than that the first tries are not made.
ROWS_OF_FIT: Final = (64, 104, 150)


@dataclass(frozen=True, slots=True)
class _Pack:
    """All that goes into a pack, read, in its reader's language."""

    meeting: Meeting
    view: AgendaView
    roster: RosterView
    texts: tuple[AgreedText, ...]
    names_people: bool
    language: str

    def say(self, message: str) -> str:
        """Return a message in the pack's language."""
        return str(words.translations(self.language).gettext(message))

    @property
    def row_count(self) -> int:
        """Return how many items and people there are."""
        return len(self.view.items) + (len(self.roster.approved) if self.names_people else 0)


def chairs_pack(session: GuardedSession, reference: str, language: str) -> ProsePaper:
    """Return the pack for a meeting as a whole, with nothing in it that only one delegation may see.

    Raises `NotFound` for who may not chair it.
    """
    return _paper(session, _read(session, reference, language), FITS[0])


def chairs_file(session: GuardedSession, reference: str, language: str) -> tuple[str, bytes]:
    """Return the file name and the bytes of the pack as a tagged PDF of two sheets; raises `NotFound`, `Refusal`."""
    pack = _read(session, reference, language)
    content = b""
    first = sum(pack.row_count > rows for rows in ROWS_OF_FIT)
    for fit in FITS[first:]:
        content = prose_pdf(_paper(session, pack, fit))
        if len(PdfReader(io.BytesIO(content)).pages) <= SHEETS:
            break
    return f"{pack.meeting.reference}-chair-{language}.pdf", content


def _read(session: GuardedSession, reference: str, language: str) -> _Pack:
    meeting = find_meeting(session, reference)
    facts = facts_of_meeting(session, meeting)
    if not can(session.bound_viewer, Action.CHAIR_MEETING, facts):
        raise NotFound
    table = {row.party_code for row in meeting.parties}
    return _Pack(
        meeting=meeting,
        view=agenda_of(session, meeting, facts=facts, open_actions=()),
        roster=roster_of(session, meeting, facts),
        texts=tuple(line.text for line in texts_of(session, meeting) if set(line.text.parties) == table),
        names_people=is_attributed(session, meeting.id),
        language=language,
    )


def _paper(session: GuardedSession, pack: _Pack, fit: Fit) -> ProsePaper:
    title, spoken = words.pick(pack.meeting.title, pack.language)
    viewer, name = session.bound_viewer, pack.say("Chair’s pack")
    return ProsePaper(
        language=pack.language,
        title=Worded(title, spoken or pack.language),
        over=(pack.meeting.reference, name, *_when(pack)),
        pieces=tuple(_pieces(pack, fit)),
        page=labels.labels("agenda_paper", pack.language)["page"],
        dated=session.now,
        markings=(Worded(labels.label("handling_step", "parties", pack.language), pack.language),),
        called=f"{pack.meeting.reference} · {name}",
        closing=printed_on(session.now, viewer.time_zone, viewer.party, pack.language),
        scale=fit.scale,
        is_dense=fit.is_dense,
    )


def _when(pack: _Pack) -> tuple[str, ...]:
    if pack.meeting.date_is_open:
        return ()
    return tuple(
        each
        for each in (
            words.date_range(pack.meeting.starts_on, pack.meeting.ends_on, pack.language),
            pack.meeting.place or "",
        )
        if each
    )


def _pieces(pack: _Pack, fit: Fit) -> Iterable[Piece]:
    yield Head(pack.say("Agenda"))
    said = (lambda line: _presenters(pack, line)) if fit.has_results else None
    yield agenda_grid(pack.view, pack.language, said, is_dense=not fit.has_results)
    yield Head(pack.say("Decisions sought"))
    yield from _decisions(pack, fit)
    yield Head(pack.say("Seating, from the chair’s right"))
    yield seating_grid(pack.roster, pack.language, is_attributed=pack.names_people)
    if not pack.names_people:
        yield Note(Worded(pack.say("Names are not given: this meeting is not for attribution."), pack.language))
        return
    if not fit.has_staff:
        yield Note(Worded(pack.say("Everybody else is in the list of participants."), pack.language))
        return
    yield Head(pack.say("Participants"))
    yield people_grid(pack.roster, pack.language, is_attributed=True)


def _presenters(pack: _Pack, line: ItemLine) -> tuple[str, ...]:
    return (line.item.presenters,) if line.item.presenters and pack.names_people else ()


def _decisions(pack: _Pack, fit: Fit) -> Iterable[Piece]:
    """Return the items that are for decision, with what is expected of each, and the texts that are to be agreed."""
    sought = [line for line in pack.view.items if line.item.type == "decision"]
    if sought and not fit.has_titles:
        numbers = words.list_of([str(line.number) for line in sought], pack.language)
        yield Note(Worded(numbers, pack.language), lead=pack.say("Items for decision"))
    for line in sought if fit.has_titles else ():
        yield Note(_sought(pack, line, fit), lead=str(line.number))
    for text in pack.texts:
        state = labels.label("text_state", text.state, pack.language)
        title, spoken = words.pick(text.title, pack.language)
        yield Note(Worded(f"{title} ({state})", spoken or pack.language), lead=text.reference)
    if not sought and not pack.texts:
        yield Note(Worded(pack.say("No item is for decision."), pack.language))


def _sought(pack: _Pack, line: ItemLine, fit: Fit) -> Worded:
    title, spoken = words.pick(line.item.title, pack.language)
    expected, said_in = words.pick(line.item.expected_result, pack.language)
    if not expected or not fit.has_results:
        return Worded(title, spoken or pack.language)
    plain = " ".join(to_plain(parse(expected)).split())
    return Worded(f"{title}. {plain}", (said_in if said_in == spoken else None) or pack.language)
