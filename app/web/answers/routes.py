"""The page of a reminder's link: following it changes nothing, since scanners of mail follow links too."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Final

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import Refusal, StaleVersion
from app.extension import settings
from app.i18n import reader_language
from app.messages import message_for
from app.services import answers as service
from app.services.answers import Asked
from app.web.answers.forms import AnswerForm, answer_form, typed_answer
from app.web.forms import put_error
from app.web.routing import BY_TOKEN, database, route

blueprint = Blueprint("answers", __name__)

# The address holds the token: it is kept by nobody, told to nobody, and not even to our own other pages.
_UNTOLD: Final = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
_STATUS: Final = {"answer_link_unknown": 404, "answer_link_over": 410, "answer_link_of_another": 410}
_OTHERS: Final = {"too_many_attempts": 429, "stale_version": 409}


@route(blueprint, "/answers/<token>", policy=BY_TOKEN, methods=("GET", "POST"))
def answer(token: str) -> ResponseReturnValue:
    """Show what a reminder asks of whom, and write what they answer."""
    try:
        asked = _asked(token)
        form = answer_form(asked, reader_language())
        if request.method != "POST":
            return _page(asked, form), 200, _UNTOLD
        return _answered(token, form)
    except Refusal as refusal:
        if refusal.key not in _STATUS:
            raise
        return render_template("answers/over.html", message=message_for(refusal)), _STATUS[refusal.key], _UNTOLD


def _answered(token: str, form: AnswerForm) -> ResponseReturnValue:
    """Write the answer and go back to the page, which then says how it stands; who lost a race reads it too."""
    typed = dataclasses.replace(typed_answer(form, reader_language()), submission=_submission())
    try:
        service.answer_reminder(database(), token, settings().secret_key, typed)
    except Refusal as refusal:
        if refusal.key in _STATUS:
            raise
        is_stale = isinstance(refusal, StaleVersion)
        asked = _asked(token)  # as it stands now, which is what can be answered
        form = answer_form(asked, reader_language())
        if not is_stale:
            put_error(form, refusal)
        page = _page(asked, form, is_stale=is_stale)
        return page, _OTHERS.get(refusal.key, 422), _UNTOLD
    flash(_("Your answer is kept. Everybody who sees this action sees it."))
    return redirect(url_for("answers.answer", token=token), 303), 303, _UNTOLD


def _asked(token: str) -> Asked:
    asked = service.asked_by(database(), token, settings().secret_key)
    g.addressed_language = asked.viewer.language
    return asked


def _page(asked: Asked, form: AnswerForm, *, is_stale: bool = False) -> str:
    city = words.city_of(asked.zone_name, reader_language(), asked.party)
    return render_template("answers/answer.html", asked=asked, form=form, city=city, is_stale=is_stale)


def _submission() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.form.get("submission_id", ""))
    except ValueError:
        return None
