"""The mails of polls, each composed on a session of its recipient: of other delegations they say nothing.

What was meant for later than now says nothing any more: a reminder of what was answered meanwhile, or of what is over.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import words
from app.db import GuardedSession
from app.domain.visibility import Viewer
from app.models import Meeting, Poll
from app.services.mail_content import Composer, Content, Letterhead, header_text
from app.services.outbox import Claimed
from app.services.poll_people import people_awaited
from app.services.poll_words import closes_words, slot_words, slot_words_in
from app.services.polls import is_running

TEMPLATE: Final = "poll"
WHILE_RUNNING: Final = frozenset({"poll_opened", "poll_slots_changed", "poll_reminder", "poll_extended"})


def poll_content(session: GuardedSession, viewer: Viewer, message: Claimed, letterhead: Letterhead) -> Content | None:
    """Return what is to be said of a poll; None where its recipient does not see it, or it is of no use any more."""
    poll = session.execute(
        select(Poll)
        .where(Poll.id == uuid.UUID(str(message.payload["poll_id"])))
        .options(selectinload(Poll.slots), selectinload(Poll.seats))
    ).scalar_one_or_none()
    if poll is None or not _is_of_use(session, viewer, message.kind, poll):
        return None
    language = viewer.language
    picked, title_language = words.pick(poll.title, language)
    title = header_text(picked)
    subject, lead = _subject_and_lead(message.kind, language)
    running = is_running(poll, session.now)
    return Content(
        TEMPLATE,
        subject % {"title": title},
        {
            "lead": lead,
            "title": title,
            "title_language": title_language or language,
            "reference": poll.reference,
            "groups": _groups(viewer, message, poll),
            "closes": _deadline(poll, viewer) if running else [],
            "is_hidden": running and poll.is_hidden,
            "note": poll.note if message.kind == "poll_opened" else None,
            "reason": poll.reason if message.kind == "poll_withdrawn" else None,
            "link": f"{letterhead.base_url}/polls/{poll.reference}",
            **_meeting(session, poll, letterhead),
        },
    )


def _is_of_use(session: GuardedSession, viewer: Viewer, kind: str, poll: Poll) -> bool:
    if kind in WHILE_RUNNING and not is_running(poll, session.now):
        return False
    if kind == "poll_reminder":
        return viewer.party is not None and viewer.person_id in people_awaited(session, poll, [viewer.party])
    states = {"poll_chosen": "chosen", "poll_withdrawn": "withdrawn"}
    return poll.state == states.get(kind, poll.state)


def _subject_and_lead(kind: str, language: str) -> tuple[str, str]:
    """Return the subject of a mail about a poll, with a place for its title, and its first sentence."""
    _ = words.translations(language).gettext
    table = {
        "poll_opened": (
            _("Which slots suit you: %(title)s"),
            _("You are asked which of these slots your delegation can keep."),
        ),
        "poll_slots_changed": (
            _("The slots asked about changed: %(title)s"),
            _("A poll that you answered has other slots now. What you said of those that stay still counts."),
        ),
        "poll_reminder": (
            _("Not answered yet: %(title)s"),
            _("A poll waits for an answer that is yours to give."),
        ),
        "poll_extended": (
            _("More time to answer: %(title)s"),
            _("The deadline of this poll is a later one now."),
        ),
        "poll_withdrawn": (
            _("No answer needed any more: %(title)s"),
            _("This poll was withdrawn. Nothing follows from the answers to it."),
        ),
        "poll_chosen": (
            _("A slot was chosen: %(title)s"),
            _("Of the slots that you were asked about, this one was chosen."),
        ),
        "poll_answer_reported": (
            _("An answer of your delegation was entered: %(title)s"),
            _("Somebody entered what your delegation answered outside of Entente. Your own answer goes before it."),
        ),
    }
    return table[kind]


def _groups(viewer: Viewer, message: Claimed, poll: Poll) -> list[dict[str, Any]]:
    """Return the slots that a mail names, under a heading each."""
    _ = words.translations(viewer.language).gettext
    standing = {str(slot.id) for slot in poll.slots if slot.withdrawn_at is None}
    match message.kind:
        case "poll_opened" | "poll_reminder":
            wanted = {_("The slots:"): standing}
        case "poll_slots_changed":
            named: Mapping[str, Any] = message.payload
            wanted = {
                _("Added:"): standing & set(named["added"]),
                _("Withdrawn:"): set(named["withdrawn"]) - standing,
            }
        case "poll_chosen":
            wanted = {_("The slot:"): {str(poll.chosen_slot_id)}}
        case _:
            wanted = {}
    groups = ((heading, _slots(poll, viewer, ids)) for heading, ids in wanted.items())
    return [{"heading": heading, "slots": slots} for heading, slots in groups if slots]


def _slots(poll: Poll, viewer: Viewer, ids: Collection[str]) -> list[str]:
    language = viewer.language
    city = words.city_of(viewer.time_zone, language, viewer.party)
    _ = words.translations(language).gettext
    lines = []
    for slot in poll.slots:
        if str(slot.id) not in ids:
            continue
        line = slot_words(poll, slot, language)
        yours = slot_words_in(slot, viewer.time_zone, city, language) if viewer.time_zone != poll.time_zone else None
        lines.append(f"{line} ({_('in your time: %(time)s') % {'time': yours}})" if yours else line)
    return lines


def _deadline(poll: Poll, viewer: Viewer) -> list[str]:
    """Return the deadline, on its own clock and on the recipient's where that is another."""
    lines = [closes_words(poll.closes_at, poll.closes_zone, viewer.language)]
    if viewer.time_zone != poll.closes_zone:
        lines.append(closes_words(poll.closes_at, viewer.time_zone, viewer.language, viewer.party))
    return lines


def _meeting(session: GuardedSession, poll: Poll, letterhead: Letterhead) -> dict[str, str | None]:
    """Return the meeting that came of a poll, where its recipient sees it."""
    meeting = session.get(Meeting, poll.meeting_id) if poll.state == "chosen" and poll.meeting_id else None
    if meeting is None:
        return {"meeting": None, "meeting_link": None}
    return {"meeting": meeting.reference, "meeting_link": f"{letterhead.base_url}/meetings/{meeting.reference}"}


COMPOSERS: Final[Mapping[str, Composer]] = dict.fromkeys(
    (
        "poll_opened",
        "poll_slots_changed",
        "poll_reminder",
        "poll_extended",
        "poll_withdrawn",
        "poll_chosen",
        "poll_answer_reported",
    ),
    poll_content,
)
