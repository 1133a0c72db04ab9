"""The form by which an invitation is answered."""

from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField

from app import labels
from app.services.invitation_answers import Given
from app.web.forms import sent_version


class InvitationForm(FlaskForm):
    """Whether one will come, and how where the meeting is held in both ways."""

    reply = RadioField(_l("Will you come?"), validate_choice=False)
    mode = RadioField(_l("How will you take part?"), validate_choice=False)


def invitation_form(answer: str, mode: str | None, language: str) -> InvitationForm:
    """Return the form with what can be chosen, and what was answered before."""
    form = InvitationForm(data={"reply": answer, "mode": mode})
    form.reply.choices = list(labels.labels("own_reply", language).items())
    form.mode.choices = list(labels.labels("own_mode", language).items())
    return form


def sent_answer() -> Given:
    """Return what was sent, with the promise and the version of the page that it was sent from."""
    sent = request.form
    return Given(sent.get("reply", ""), sent.get("mode"), sent.get("promise", ""), sent_version())
