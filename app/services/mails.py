"""Mails: what an outbox message says to its recipient, in their language and their time.

A mail is composed on a session bound to its recipient, when it is sent. What they may not see is not
in it, and when nothing is left there is no mail.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app import words
from app.db import Database, GuardedSession
from app.domain.dispatches import DIGEST
from app.domain.visibility import Viewer
from app.services import agreement_mails, decision_mails, meeting_mails, poll_mails, position_mails
from app.services.invitations import invitation_token, open_invitation
from app.services.mail_content import Composer, Content, Letterhead, header_text
from app.services.mail_digest_words import digest_composer
from app.services.mail_recipients import Recipient, recipient_of
from app.services.meeting_invitations import CalendarPart, calendar_part, note_begun, note_sent
from app.services.outbox import Claimed
from app.services.reminder_words import TEMPLATE as REMINDER
from app.services.reminder_words import ReminderMail, reminder_content

_RACES: Final = 5
_TEMPLATES: Final = Path(__file__).resolve().parents[1] / "templates"


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail that may go out, and the invitation in it, if it has one."""

    mail: EmailMessage
    calendar: CalendarPart | None = None

    def note_sent(self, session: GuardedSession) -> None:
        """Note, in the transaction that marks the message as sent, that its recipient's calendar was told."""
        if self.calendar is not None:
            note_sent(session, self.calendar)


def compose(database: Database, message: Claimed, letterhead: Letterhead) -> EmailMessage | None:
    """Return the mail that this message is to its recipient now, or None when there is nothing they may read."""
    composed = _compose(database, message, letterhead)
    return composed.mail if composed else None


def compose_to_send(database: Database, message: Claimed, letterhead: Letterhead) -> Composed | None:
    """Return the mail of `compose`, noted as on its way where it tells a calendar something; to be handed over now.

    Raises `RuntimeError` where the invitation in it is changed again and again meanwhile.
    """
    for _ in range(_RACES):
        composed = _compose(database, message, letterhead)
        if composed is None or composed.calendar is None or note_begun(database, composed.calendar):
            return composed
    raise RuntimeError("an invitation is changed again and again")


def _compose(database: Database, message: Claimed, letterhead: Letterhead) -> Composed | None:
    recipient = recipient_of(database, message)
    if recipient is None:
        return None
    with database.read_session(recipient.viewer) as session:
        content = _content_on(session, recipient.viewer, message, letterhead)
        calendar = calendar_part(session, message, recipient, letterhead) if content else None
    if message.kind == "invitation":
        content = _invitation_content(database, recipient.viewer, message, letterhead)
    return Composed(_mail(message, letterhead, recipient, content, calendar), calendar) if content else None


def _mail(
    message: Claimed, letterhead: Letterhead, recipient: Recipient, content: Content, calendar: CalendarPart | None
) -> EmailMessage:
    """Return the mail; a header takes no line breaks, and a name or title has none to begin with."""
    viewer = recipient.viewer
    mail = EmailMessage(policy=SMTP if recipient.to.addr_spec.isascii() else SMTPUTF8)
    mail["Message-ID"] = f"<{message.id}@{letterhead.host}>"
    mail["Date"] = format_datetime(message.created_at)
    mail["From"] = letterhead.sender
    if calendar is not None:
        mail["Reply-To"] = Address(letterhead.sender.display_name, addr_spec=calendar.reply_to)
    mail["To"] = recipient.to
    mail["Subject"] = header_text(content.subject)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    values = {
        "answer_link": calendar.answer_link if calendar else None,
        **content.values,
        "subject": content.subject,
        "language": viewer.language,
        "name": viewer.name,
    }
    environment = _environment(viewer.language)
    mail.set_content(environment.get_template(f"mails/{content.template}.txt").render(values))
    mail.add_alternative(environment.get_template(f"mails/{content.template}.html").render(values), subtype="html")
    if calendar is not None:
        _add_calendar(mail, calendar)
    mail["Content-Language"] = viewer.language  # last: the parts would take it with them
    return mail


def _add_calendar(mail: EmailMessage, calendar: CalendarPart) -> None:
    """Add the calendar as the last alternative (RFC 6047); its method is that of the calendar itself."""
    mail.add_alternative(
        calendar.content,
        maintype="text",
        subtype="calendar",
        cte="base64",
        params={"method": calendar.notice.method, "charset": "UTF-8"},
    )


def text_of_reminder(said: ReminderMail, language: str) -> str:
    """Return the text of a mail about reminders as it will read in that language."""
    return str(_environment(language).get_template(f"mails/{REMINDER}.txt").render(said.values))


@dataclass(frozen=True, slots=True)
class Said:
    """What a mail would say: its subject, and its text."""

    subject: str
    text: str


def text_of(session: GuardedSession, viewer: Viewer, message: Claimed, letterhead: Letterhead) -> Said | None:
    """Return what a message would say to this viewer now, as text; None when there is nothing that they may read."""
    content = _content_on(session, viewer, message, letterhead)
    if content is None:
        return None
    values = {"answer_link": None, **content.values, "subject": content.subject, "name": viewer.name}
    text = _environment(viewer.language).get_template(f"mails/{content.template}.txt").render(values)
    return Said(header_text(content.subject), text)


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


def _content_on(session: GuardedSession, viewer: Viewer, message: Claimed, letterhead: Letterhead) -> Content | None:
    """Return what is to be said that a session of the recipient's can tell."""
    composer = COMPOSERS.get(message.kind)
    return composer(session, viewer, message, letterhead) if composer else None


def _invitation_content(database: Database, viewer: Viewer, message: Claimed, letterhead: Letterhead) -> Content | None:
    """Return the mail with the link to set a password; its token is computed again, since it is kept nowhere."""
    invitation_id = uuid.UUID(str(message.payload["invitation_id"]))
    with database.system_session("mail a link to set a password") as session:
        link = open_invitation(session, invitation_id, letterhead.secret_key)
        if link is None or link.person_id != viewer.person_id:
            return None
        expires_at = link.expires_at
    _ = words.translations(viewer.language).gettext
    city = words.city_of(viewer.time_zone, viewer.language, viewer.party)
    return Content(
        "invitation",
        _("Your account in Entente: set your password"),
        {
            "link": f"{letterhead.base_url}/invite/{invitation_token(letterhead.secret_key, invitation_id)}",
            "expires": f"{words.day_and_time(expires_at, viewer.time_zone, viewer.language)} {city}",
        },
    )


def _reminder_content(
    session: GuardedSession, viewer: Viewer, message: Claimed, letterhead: Letterhead
) -> Content | None:
    said = reminder_content(session, viewer, message, letterhead.base_url, letterhead.secret_key)
    return Content(REMINDER, said.subject, said.values) if said else None


# Who composes the mails of which kinds: a line for each module.
COMPOSERS: Final[Mapping[str, Composer]] = {
    **meeting_mails.COMPOSERS,
    **decision_mails.COMPOSERS,
    **poll_mails.COMPOSERS,
    **agreement_mails.COMPOSERS,
    **position_mails.COMPOSERS,
    **dict.fromkeys(("reminder", "reminder_digest"), _reminder_content),
    DIGEST: digest_composer(lambda: COMPOSERS),
}
