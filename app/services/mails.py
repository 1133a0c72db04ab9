"""Mails: what an outbox message says to its recipient, in their language and their time.

A mail is composed on a session bound to its recipient, when it is sent. What they may not see is not
in it, and when nothing is left there is no mail.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import labels, words
from app.db import Database, GuardedSession
from app.domain.errors import NotFound
from app.domain.visibility import Viewer
from app.domain.zones import known_zone
from app.models import Meeting, Person
from app.services import decision_effects as _effects  # noqa: F401 - each of its services gives its kind words
from app.services.decision_lists import DecisionView, decision_view
from app.services.decision_words import asker, on_what, said_of
from app.services.identity import viewer_of_person
from app.services.invitations import invitation_token, open_invitation
from app.services.outbox import Claimed
from app.services.reminder_words import TEMPLATE as REMINDER
from app.services.reminder_words import ReminderMail, reminder_content

URGENT: Final = "urgent"
_NO_BREAK: Final = "\u00a0\u202f"  # French sets them before : ; ! ?
_TEMPLATES: Final = Path(__file__).resolve().parents[1] / "templates"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every mail of this instance has: where its links lead, whom it is from, what its tokens are made under."""

    base_url: str
    sender: Address
    secret_key: str = field(repr=False)

    @property
    def host(self) -> str:
        """Return the host that stands in message ids."""
        return urlsplit(self.base_url).hostname or "localhost"


@dataclass(frozen=True, slots=True)
class _Content:
    """The words of one mail: its subject, and the values of its template."""

    template: str
    subject: str
    values: Mapping[str, Any]


def compose(database: Database, message: Claimed, letterhead: Letterhead) -> EmailMessage | None:
    """Return the mail that this message is to its recipient now, or None when there is nothing they may read."""
    if message.recipient_id is None:
        return None
    viewer = viewer_of_person(database, message.recipient_id, database.clock())
    if viewer is None:
        return None
    with database.read_session(viewer) as session:
        email = session.execute(select(Person.email).where(Person.id == viewer.person_id)).scalar_one()
        content = _content_on(session, viewer, message, letterhead)
    if message.kind == "invitation":
        content = _invitation_content(database, viewer, message, letterhead)
    return _mail(message, letterhead, viewer, email, content) if content else None


def _mail(message: Claimed, letterhead: Letterhead, viewer: Viewer, email: str, content: _Content) -> EmailMessage:
    """Return the mail; a header takes no line breaks, and a name or title has none to begin with."""
    user, _at, domain = email.rpartition("@")
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = f"<{message.id}@{letterhead.host}>"
    mail["Date"] = format_datetime(message.created_at)
    mail["From"] = letterhead.sender
    mail["To"] = Address(_header_text(viewer.name), user, domain)
    mail["Subject"] = _header_text(content.subject)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    values = {**content.values, "subject": content.subject, "language": viewer.language, "name": viewer.name}
    environment = _environment(viewer.language)
    mail.set_content(environment.get_template(f"mails/{content.template}.txt").render(values))
    mail.add_alternative(environment.get_template(f"mails/{content.template}.html").render(values), subtype="html")
    mail["Content-Language"] = viewer.language  # last: the parts would take it with them
    return mail


def text_of_reminder(said: ReminderMail, language: str) -> str:
    """Return the text of a mail about reminders as it will read in that language."""
    return str(_environment(language).get_template(f"mails/{REMINDER}.txt").render(said.values))


def _header_text(text: str) -> str:
    """Return a text as one line that a header can hold and means as it stands.

    What cannot be printed becomes a blank; `=?` would begin an encoded word, which could hold anything.
    """
    line = "".join(char if char.isprintable() or char in _NO_BREAK else " " for char in text)
    return " ".join(part for part in line.split(" ") if part).replace("=?", "= ?")


@functools.cache
def _environment(language: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(("html",)),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.install_gettext_translations(words.translations(language), newstyle=True)  # type: ignore[attr-defined]
    return made


# Invitations -------------------------------------------------------------------------------------------


def _invitation_content(
    database: Database, viewer: Viewer, message: Claimed, letterhead: Letterhead
) -> _Content | None:
    """Return the mail with the link to set a password; its token is computed again, since it is kept nowhere."""
    invitation_id = uuid.UUID(str(message.payload["invitation_id"]))
    with database.system_session("mail a link to set a password") as session:
        link = open_invitation(session, invitation_id, letterhead.secret_key)
        if link is None or link.person_id != viewer.person_id:
            return None
        expires_at = link.expires_at
    _ = words.translations(viewer.language).gettext
    city = words.city_of(viewer.time_zone, viewer.language, viewer.party)
    return _Content(
        "invitation",
        _("Your account in Entente: set your password"),
        {
            "link": f"{letterhead.base_url}/invite/{invitation_token(letterhead.secret_key, invitation_id)}",
            "expires": f"{words.day_and_time(expires_at, viewer.time_zone, viewer.language)} {city}",
        },
    )


# Meetings ----------------------------------------------------------------------------------------------


def _content_on(session: GuardedSession, viewer: Viewer, message: Claimed, letterhead: Letterhead) -> _Content | None:
    """Return what is to be said that a session of the recipient's can tell."""
    match message.kind:
        case "invitation":
            return None
        case "meeting_left":
            return _left_content(session, viewer, message)
        case "reminder" | "reminder_digest":
            said = reminder_content(session, viewer, message, letterhead.base_url, letterhead.secret_key)
            return _Content(REMINDER, said.subject, said.values) if said else None
        case "decision_asked" | "decision_answered" | "decision_taken" | "decision_withdrawn":
            return _decision_content(session, viewer, message, letterhead)
        case _:
            return _meeting_content(session, viewer, message, letterhead)


def _left_content(session: GuardedSession, viewer: Viewer, message: Claimed) -> _Content | None:
    """Return that a meeting no longer includes the recipient, or None when it does again.

    Of the meeting it has the reference that they knew; what became of it is not theirs.
    """
    if _meeting_of(session, message) is not None:
        return None
    _ = words.translations(viewer.language).gettext
    reference = _header_text(str(message.payload["reference"]))
    return _Content(
        "meeting_left", _("No longer with you: %(reference)s") % {"reference": reference}, {"reference": reference}
    )


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
        "meeting_cancelled": (_("Cancelled: %(title)s"), _("This meeting is cancelled.")),
        "meeting_reinstated": (_("Proposed again: %(title)s"), _("This meeting is proposed to you again.")),
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
) -> _Content | None:
    """Return what is to be said of a meeting, or None when the recipient does not see it."""
    meeting = _meeting_of(session, message)
    if meeting is None:
        return None
    language = viewer.language
    subject, lead = _subject_and_lead(message.kind, words.translations(language).gettext)
    picked, title_language = words.pick(meeting.title, language)
    title = _header_text(picked)
    parties = words.party_order([row.party_code for row in meeting.parties], language)
    said = subject % {"title": title}
    if meeting.kind == URGENT:
        said = words.translations(language).gettext("Urgent. %(subject)s") % {"subject": said}
    return _Content(
        "meeting",
        said,
        {
            "lead": lead,
            "title": title,
            "title_language": title_language or language,
            "reference": meeting.reference,
            "state": labels.label("meeting_state", meeting.state, language),
            "times": _times(meeting, viewer),
            "place": meeting.place,
            "parties": words.list_of([words.party_name(code, language) for code in parties], language),
            "reason": meeting.reason if meeting.state in {"postponed", "cancelled"} else None,
            "link": f"{letterhead.base_url}/meetings/{meeting.reference}",
        },
    )


def _times(meeting: Meeting, viewer: Viewer) -> list[str]:
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


# Decisions ---------------------------------------------------------------------------------------------


def _decision_content(
    session: GuardedSession, viewer: Viewer, message: Claimed, letterhead: Letterhead
) -> _Content | None:
    """Return what is to be said of a decision; None when the recipient does not see it, or it is over meanwhile.

    What people wrote stands in the mail, never in its subject.
    """
    try:
        view = decision_view(session, uuid.UUID(str(message.payload["decision_id"])))
    except NotFound:
        return None
    language, decision = viewer.language, view.decision
    if decision.state != "open" and message.kind in {"decision_asked", "decision_answered"}:
        return None  # that it is over is told by a message of its own
    said = said_of(view.line.told, language)
    subject, lead = _decision_subject_and_lead(message.kind, view, language)
    answers = [
        (words.party_name(code, language), labels.label("answer", row.answer if row else "none", language))
        for code in words.party_order(decision.parties, language)
        for row in (view.answers.get(code),)
    ]
    wanted_on = view.line.wanted_on if decision.state == "open" else None
    return _Content(
        "decision",
        subject % {"title": said.title},
        {
            "lead": lead,
            "title": said.title,
            "on": on_what(view.line.told, language),
            "lines": said.lines,
            "changes": said.changes,
            "asker": asker(decision, language),
            "note": decision.note,
            "answers": answers,
            "wanted_on": words.date_long(wanted_on, language) if wanted_on else None,
            "link": f"{letterhead.base_url}/decisions/{decision.id}",
        },
    )


def _decision_subject_and_lead(kind: str, view: DecisionView, language: str) -> tuple[str, str]:
    """Return the subject of a mail about a decision, with a place for its title, and its first sentence."""
    _ = words.translations(language).gettext
    who = asker(view.decision, language)
    if kind == "decision_asked":
        return (
            _("%(who)s asks: %(title)s") % {"who": who, "title": "%(title)s"},
            _("%(who)s asks the parties to decide this. It holds once every party has said yes.") % {"who": who},
        )
    if kind == "decision_taken":
        return _("Decided: %(title)s"), _("Every party said yes: this is in force.")
    if kind == "decision_withdrawn":
        return _("Withdrawn: %(title)s"), _("This was withdrawn. What stood before stands.")
    # Who asks answers in the same moment: of two at once, the other one is the news.
    asked_by = view.decision.asked_by_party
    latest = max(view.answers.values(), key=lambda row: (row.answered_at, row.party_code != asked_by))
    values = {
        "party": words.party_name(latest.party_code, language),
        "answer": labels.label("answer", latest.answer, language),
    }
    return (
        _("%(party)s answers %(answer)s: %(title)s") % {**values, "title": "%(title)s"},
        _("%(party)s has answered %(answer)s. It holds once every party has said yes.") % values,
    )
