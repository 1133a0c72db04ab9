"""The list of participants of a meeting, in words, for whoever of its parties and secretariats takes it away."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection
from typing import Final

from app import labels, words
from app.db import GuardedSession
from app.domain.documents import DOCX
from app.domain.errors import NotFound
from app.models import Meeting
from app.papers.participants import Participant, ParticipantsPaper, PartyList, participants_file
from app.services.agenda_paper import printed_on
from app.services.meetings import find_meeting
from app.services.rooms import is_attributed
from app.services.roster_words import order_reason, presence_said, quorum_said, substitution_said
from app.services.rosters import EntryLine, RosterView, guests_on, may_list, roster_of

FORMS: Final = {"pdf": "application/pdf", "docx": DOCX}


def participants_paper(session: GuardedSession, reference: str, language: str) -> ParticipantsPaper:
    """Return the list of those who were approved to go, the same for everybody at the table, and the guests.

    Of a meeting that is not for attribution it names the parties alone. Raises `NotFound`.
    """
    meeting = find_meeting(session, reference)
    view = roster_of(session, meeting)
    if not may_list(session, view.facts):
        raise NotFound
    gettext = words.translations(language).gettext
    names = is_attributed(session, meeting.id)
    guests = guests_on(session, meeting) if names else ()
    shown = {line.entry.id for line in view.approved}
    lists = [
        PartyList(
            words.party_name(each.party, language),
            tuple(_person(line, shown, language) for line in each.lines) if names else (),
        )
        for each in view.delegations
    ]
    said = dict(labels.labels("participants_paper", language))
    if not names:
        said["nobody"] = str(gettext("Not for attribution: participants are not named."))
    if guests:
        people = tuple(Participant(name, "", "", gettext("Guest"), "") for name in guests)
        lists.append(PartyList(gettext("Observers and guests"), people))
    viewer = session.bound_viewer
    return ParticipantsPaper(
        language=language,
        title=words.pick(meeting.title, language)[0],
        reference=meeting.reference,
        marking=labels.label("handling_step", "parties", language),
        when=_when(meeting, language),
        place=meeting.place or "",
        precedence=order_reason(view.order, language),
        parties=tuple(lists),
        quorums=_quorums(view, language),
        labels=said,
        printed=printed_on(session.now, viewer.time_zone, viewer.party, language),
        dated=session.now,
    )


def participants_taken(session: GuardedSession, reference: str, form: str, language: str) -> tuple[str, bytes]:
    """Return the file name and the bytes of the list in a form of `FORMS`; raises `NotFound`, `Refusal`."""
    paper = participants_paper(session, reference, language)
    return f"{paper.reference}-participants-{language}.{form}", participants_file(paper, form)


def _person(line: EntryLine, shown: Collection[uuid.UUID], language: str) -> Participant:
    """Return somebody on the list; whom they speak for is not named while that one waits for approval."""
    entry = line.entry
    if entry.acts_for_id is not None and entry.acts_for_id not in shown:
        line = dataclasses.replace(line, acts_for="")
    return Participant(
        name=entry.name,
        title=entry.title or "",
        office=words.pick(line.office.name, language)[0] if line.office else "",
        role=labels.label("roster_role", entry.role, language),
        mode=labels.label("roster_mode", entry.mode, language),
        notes=substitution_said(line.substitution, language) if line.substitution else "",
        attendance=presence_said(line, language),
    )


def _when(meeting: Meeting, language: str) -> str:
    if meeting.date_is_open:
        return str(words.translations(language).gettext("Date to be agreed"))
    return words.date_range(meeting.starts_on, meeting.ends_on, language)


def _quorums(view: RosterView, language: str) -> tuple[str, ...]:
    return tuple(
        f"{words.date_long(each.on, language)}{words.before_signs(language)}: {quorum_said(each, language)}"
        for each in view.quorums
        if each.state != "none"
    )
