"""The mails about meetings: what happened, when it is on the meeting's clock and on the recipient's."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from app import labels, words
from app.db import GuardedSession
from app.domain.around import URGENT
from app.domain.dispatches import word_now
from app.domain.visibility import Viewer
from app.domain.zones import known_zone
from app.models import Meeting, RosterEntry
from app.services.mail_content import Composer, Content, Letterhead, header_text
from app.services.outbox import Claimed


def _left_content(session: GuardedSession, viewer: Viewer, message: Claimed, _letterhead: Letterhead) -> Content | None:
    """Return that a meeting no longer includes the recipient, or None when it does again.

    Of the meeting it has the reference that they knew; what became of it is not theirs.
    """
    if _meeting_of(session, message) is not None:
        return None
    _ = words.translations(viewer.language).gettext
    reference = header_text(str(message.payload["reference"]))
    return Content(
        "meeting_left", _("No longer with you: %(reference)s") % {"reference": reference}, {"reference": reference}
    )


def _roster_left_content(
    session: GuardedSession, viewer: Viewer, message: Claimed, _letterhead: Letterhead
) -> Content | None:
    """Return that somebody goes to a meeting no more, or None when they do again; what became of it is not said."""
    meeting = _meeting_of(session, message)
    if meeting is None or _goes(session, meeting, viewer):
        return None
    _ = words.translations(viewer.language).gettext
    return Content(
        "roster_left",
        _("No longer on the list: %(reference)s") % {"reference": meeting.reference},
        {"reference": meeting.reference},
    )


def _roster_joined_content(
    session: GuardedSession, viewer: Viewer, message: Claimed, letterhead: Letterhead
) -> Content | None:
    """Return that somebody goes to a meeting, or None when they do no more."""
    meeting = _meeting_of(session, message)
    if meeting is None or not _goes(session, meeting, viewer):
        return None
    return _meeting_content(session, viewer, message, letterhead)


def _goes(session: GuardedSession, meeting: Meeting, viewer: Viewer) -> bool:
    """Say whether the viewer is on a meeting's roster: a person, or an entry without an account."""
    found = select(RosterEntry.id).where(
        RosterEntry.meeting_id == meeting.id,
        RosterEntry.state == "approved",
        or_(RosterEntry.id == viewer.person_id, RosterEntry.person_id == viewer.person_id),
    )
    return session.execute(found).first() is not None


def _meeting_of(session: GuardedSession, message: Claimed) -> Meeting | None:
    """Return the meeting that a message is about, where its recipient sees it."""
    return session.execute(
        select(Meeting)
        .where(Meeting.id == uuid.UUID(str(message.payload["meeting_id"])))
        .options(selectinload(Meeting.parties))
    ).scalar_one_or_none()


def _subject_and_lead(kind: str, gettext: Callable[[str], str]) -> tuple[str, str]:
    """Return the subject of a mail about a meeting, and its first sentence."""
    _ = gettext
    table = {
        "meeting_proposed": (_("Proposed to you: %(title)s"), _("A meeting was proposed to you.")),
        "meeting_confirmed": (_("Confirmed: %(title)s"), _("Every party said yes: this meeting is confirmed.")),
        "meeting_changed": (_("Changed: %(title)s"), _("This meeting was changed. It now stands as follows.")),
        "meeting_postponed": (_("Postponed: %(title)s"), _("This meeting is postponed.")),
        "meeting_moved": (
            _("New date: %(title)s"),
            _("This meeting was moved. Its new date is below, and its parties are asked to say yes to it."),
        ),
        "meeting_cancelled": (_("Cancelled: %(title)s"), _("This meeting is cancelled.")),
        "meeting_reinstated": (_("Proposed again: %(title)s"), _("This meeting is proposed to you again.")),
        "roster_joined": (_("You are on the list: %(title)s"), _("You go to this meeting for your delegation.")),
        "answer_reported": (
            _("An answer was reported: %(title)s"),
            _("An answer that a party gave outside of Entente was entered. It does not confirm the meeting."),
        ),
        "zone_change_hour_kept": (
            _("The clocks’ rules changed, the hour is kept: %(title)s"),
            _("The hour on the wall stays, so this meeting is at another moment than promised."),
        ),
        "zone_change_moment_kept": (
            _("The clocks’ rules changed, the moment is kept: %(title)s"),
            _("This meeting stays at the moment promised, and its hour is written anew. The answers stand."),
        ),
    }
    return table[kind]


def _meeting_content(
    session: GuardedSession, viewer: Viewer, message: Claimed, letterhead: Letterhead
) -> Content | None:
    """Return what is to be said of a meeting, or None when the recipient does not see it.

    Who has no account is told as long as they are on its roster, of a mail that waited too.
    """
    meeting = _meeting_of(session, message)
    if meeting is None or (message.entry_id is not None and not _goes(session, meeting, viewer)):
        return None
    language = viewer.language
    kind = word_now(message.kind, meeting.state)
    has_moved = kind == "meeting_postponed" and meeting.state != "postponed"
    subject, lead = _subject_and_lead("meeting_moved" if has_moved else kind, words.translations(language).gettext)
    picked, title_language = words.pick(meeting.title, language)
    title = header_text(picked)
    parties = words.party_order([row.party_code for row in meeting.parties], language)
    said = subject % {"title": title}
    if meeting.kind == URGENT:
        said = words.translations(language).gettext("Urgent. %(subject)s") % {"subject": said}
    return Content(
        "meeting",
        said,
        {
            "lead": lead,
            "title": title,
            "title_language": title_language or language,
            "reference": meeting.reference,
            "state": labels.label("meeting_state", meeting.state, language),
            "times": times_of(meeting, viewer),
            "place": meeting.place,
            "parties": words.list_of([words.party_name(code, language) for code in parties], language),
            "reason": meeting.reason if has_moved or meeting.state in {"postponed", "cancelled"} else None,
            "link": f"{letterhead.base_url}/meetings/{meeting.reference}" if message.entry_id is None else None,
        },
    )


def times_of(meeting: Meeting, viewer: Viewer) -> list[str]:
    """Return when it is: on the meeting's clock, and on the recipient's where that shows something else."""
    language = viewer.language
    if meeting.date_is_open:
        return [words.translations(language).gettext("No new date has been agreed yet.")]
    zone = known_zone(meeting.time_zone)
    city = words.city_at(zone, meeting.place, language)
    if meeting.starts_time is None:
        return [f"{words.date_range(meeting.starts_on, meeting.ends_on, language)} ({city})"]
    lines = [_time_in(meeting, zone, language, city)]
    if viewer.time_zone != zone:
        yours = _time_in(meeting, viewer.time_zone, language, words.city_of(viewer.time_zone, language, viewer.party))
        lines.append(words.translations(language).gettext("In your time: %(time)s") % {"time": yours})
    return lines


def _time_in(meeting: Meeting, zone_name: str, language: str, city: str) -> str:
    start, end = words.local(meeting.starts_at, zone_name), words.local(meeting.ends_at, zone_name)
    offset = words.offset_words(meeting.starts_at, zone_name, language)
    if start.date() == end.date():
        when = f"{words.date_long(start.date(), language)}, {words.time_range(start, end, language)}"
    else:
        first = words.day_and_time(meeting.starts_at, zone_name, language)
        when = f"{first} {words.EN_DASH} {words.day_and_time(meeting.ends_at, zone_name, language)}"
    return f"{when} {city} ({offset})"


COMPOSERS: Final[Mapping[str, Composer]] = {
    **dict.fromkeys(
        (
            "meeting_proposed",
            "meeting_confirmed",
            "meeting_changed",
            "meeting_postponed",
            "meeting_cancelled",
            "meeting_reinstated",
            "zone_change_hour_kept",
            "zone_change_moment_kept",
            "answer_reported",
        ),
        _meeting_content,
    ),
    "meeting_left": _left_content,
    "roster_joined": _roster_joined_content,
    "roster_left": _roster_left_content,
}
