"""Reminders: what waits to be looked at before it crosses, each as it will read, and a party's leave to let it come."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import words
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action, can
from app.extension import settings
from app.i18n import reader_language
from app.messages import message_for
from app.services import reminder_consents as consents
from app.services import reminder_lists as service
from app.services.mails import text_of_reminder
from app.services.people_names import names_of
from app.services.reminder_lists import Recipient, WaitingMail
from app.services.reminder_words import Reminded
from app.web.forms import unsaved
from app.web.reminders.forms import NoteForm
from app.web.routing import route, session, signed_in, viewer

blueprint = Blueprint("reminders", __name__)
_READ: Final = signed_in(Action.READ_ACTIONS)
_PREPARE: Final = signed_in(Action.PREPARE_REMINDERS)


@route(blueprint, "/reminders", policy=_READ)
def reminders() -> ResponseReturnValue:
    """Show what waits for the viewer, whether their party lets reminders come, and what was sent or withheld."""
    return _list_page()


@route(blueprint, "/reminders/preview", policy=_PREPARE, methods=("GET", "POST"))
def preview() -> ResponseReturnValue:
    """Show waiting reminders, the ticked ones or all, as the mails that they would be: one for each recipient."""
    picked = _picked(request.form.getlist("pick"))
    found = service.mails_of(session(), picked, settings().base_url)
    return render_template("reminders/preview.html", mails=[_shown(each) for each in found])


@route(blueprint, "/reminders/<uuid:reminder_id>", policy=_PREPARE, methods=("GET", "POST"))
def reminder(reminder_id: uuid.UUID) -> ResponseReturnValue:
    """Show one waiting reminder as it will read, and keep the note that goes with it."""
    found = service.find_waiting(session(), reminder_id)
    form = NoteForm(note=found.note or "")
    left = unsaved(
        form, found, lambda version: service.save_note(session(), reminder_id, form.note.data or "", version)
    )  # fmt: skip
    if left is None:
        flash(_("The note is saved. Nothing was sent yet."))
        return redirect(url_for("reminders.reminder", reminder_id=reminder_id), 303)
    (mail,) = service.mails_of(session(), [reminder_id], settings().base_url)
    page = render_template(
        "reminders/reminder.html", form=form, mail=_shown(mail), reminded=mail.reminded[0], version=left.version,
        compared=left.rows,
    )  # fmt: skip
    return page, left.status


@route(blueprint, "/reminders/send", policy=_PREPARE, methods=("POST",))
def send() -> ResponseReturnValue:
    """Send the chosen reminders now."""
    try:
        told = service.send_reminders(session(), _picked(request.form.getlist("pick")))
    except Refusal as refusal:
        return _list_page(message_for(refusal)), 422
    now = sum(each.at is None for each in told)
    if now:
        flash(ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", now))
    for each in told:
        if each.at is not None:
            flash(_("A mail to %(party)s goes out on %(when)s.", party=_party(each), when=_when(each, each.at)))
    return redirect(url_for("reminders.reminders"), 303)


@route(blueprint, "/reminders/withhold", policy=_PREPARE, methods=("POST",))
def withhold() -> ResponseReturnValue:
    """Withhold the chosen reminders."""
    try:
        count = service.withhold_reminders(session(), _picked(request.form.getlist("pick")))
    except Refusal as refusal:
        return _list_page(message_for(refusal)), 422
    flash(ngettext("%(num)s reminder is withheld.", "%(num)s reminders are withheld.", count))
    return redirect(url_for("reminders.reminders"), 303)


@route(blueprint, "/reminders/consent", policy=signed_in(Action.CONSENT_REMINDERS), methods=("POST",))
def consent() -> ResponseReturnValue:
    """Let reminders come to the viewer's party by themselves, or end that."""
    if request.form.get("act") == "end":
        consents.end_consent(session())
        flash(_("From now on what others remind your party of is looked at before it is sent."))
    else:
        consents.give_consent(session())
        flash(_("From now on reminders of what others recorded come to your party by themselves."))
    return redirect(url_for("reminders.reminders"), 303)


# What pages show ----------------------------------------------------------------------------------------


def _list_page(error: str | None = None) -> str:
    found, has_more = service.waiting(session())
    party = viewer().party
    own = consents.consents_of(session(), party) if party else ()
    return render_template(
        "reminders/list.html", waiting=[_row(each) for each in found], has_more=has_more, error=error,
        looks=bool(viewer().hats or found), consents=own, consent_names=_names(own),
        may_consent=can(viewer(), Action.CONSENT_REMINDERS), past=service.past_reminders(session()),
        let_through=words.party_order(consents.consents_since(session()), reader_language()),
    )  # fmt: skip


def _row(each: Reminded) -> dict[str, Any]:
    return {"reminded": each, "reminder": each.reminder, "action": each.action, "leg": each.leg, "to": _to(each)}


def _names(own: Iterable[Any]) -> dict[uuid.UUID, str]:
    return names_of(session(), [person for each in own for person in (each.given_by, each.ended_by)])


def _shown(mail: WaitingMail) -> dict[str, Any]:
    """Return a mail as the page shows it: to whom, when, and its text as it will read."""
    at = mail.recipient.at
    return {
        "to": _to(mail.reminded[0]),
        "party": mail.recipient.party,
        "language": mail.recipient.language,
        "when": _when(mail.recipient, at) if at else None,
        "subject": mail.mail.subject,
        "text": text_of_reminder(mail.mail, mail.recipient.language),
        "reminded": mail.reminded,
    }


def _to(each: Reminded) -> str:
    """Return to whom of its party a reminder goes: who is named for the leg, else the coordinator."""
    if each.reminder.recipient_id != each.leg.person_id:
        return str(_("the coordinator"))
    return each.leg.person_name or str(_("the person named"))


def _when(recipient: Recipient, at: dt.datetime) -> str:
    """Return a moment on the recipient's clock, with whose it is."""
    language = reader_language()
    city = words.city_of(recipient.time_zone, language, recipient.party)
    return f"{words.day_and_time(at, recipient.time_zone, language)} {city}"


def _party(recipient: Recipient) -> str:
    return words.party_name(recipient.party, reader_language())


def _picked(written: Iterable[str]) -> list[uuid.UUID]:
    """Return the ids that were ticked; raises `NotFound` for what is no id."""
    try:
        return [uuid.UUID(each) for each in written]
    except ValueError:
        raise NotFound from None
