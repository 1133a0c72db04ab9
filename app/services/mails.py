"""Mails: what an outbox message says to its recipient, in their language and their time.

A mail is composed on a session bound to its recipient, when it is sent. What they may not see is not
in it, and when nothing is left there is no mail.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import select

from app import words
from app.db import Database, GuardedSession
from app.domain.dispatches import DIGEST
from app.domain.visibility import Viewer
from app.models import Person
from app.services import decision_mails, meeting_mails, poll_mails
from app.services.identity import viewer_of_person
from app.services.invitations import invitation_token, open_invitation
from app.services.mail_content import Composer, Content, Letterhead, header_text
from app.services.mail_digest_words import digest_composer
from app.services.outbox import Claimed
from app.services.reminder_words import TEMPLATE as REMINDER
from app.services.reminder_words import ReminderMail, reminder_content

_TEMPLATES: Final = Path(__file__).resolve().parents[1] / "templates"


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


def _mail(message: Claimed, letterhead: Letterhead, viewer: Viewer, email: str, content: Content) -> EmailMessage:
    """Return the mail; a header takes no line breaks, and a name or title has none to begin with."""
    user, _at, domain = email.rpartition("@")
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = f"<{message.id}@{letterhead.host}>"
    mail["Date"] = format_datetime(message.created_at)
    mail["From"] = letterhead.sender
    mail["To"] = Address(header_text(viewer.name), user, domain)
    mail["Subject"] = header_text(content.subject)
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
    **dict.fromkeys(("reminder", "reminder_digest"), _reminder_content),
    DIGEST: digest_composer(lambda: COMPOSERS),
}
