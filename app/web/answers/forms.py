"""The form by which a reminder is answered."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField

from app import words
from app.services.answers import NO_CHANGE, NOTE, Answer, Asked
from app.web.forms import sent_version


class AnswerForm(FlaskForm):
    """What is said of a leg: that nothing is new, a state, or a note; and in more words."""

    say = RadioField(_l("How far are you?"), validate_choice=False)
    text = TextAreaField(_l("In more words"))


def answer_form(asked: Asked, language: str) -> AnswerForm:
    """Return the form with what can be answered now."""
    form = AnswerForm()
    form.say.choices = [(say, _words_of(say, asked, language)) for say in asked.says]
    return form


def _words_of(say: str, asked: Asked, language: str) -> str:
    """Return what somebody chooses, in whole words."""
    said = {
        NO_CHANGE: _("No change since %(date)s", date=words.date_plain(asked.last_news_on, language)),
        NOTE: _("A note, without a new state"),
        "open": _("We have not begun"),
        "under_way": _("It is under way"),
        "done": _("It is done"),
        "blocked": _("It is blocked (say why)"),
        "dropped": _("We decline it (say why)"),
    }[say]
    if not asked.is_accepted and say != "dropped":
        return str(_("We accept it. %(said)s", said=said))
    return str(said)


def typed_answer(form: AnswerForm, language: str) -> Answer:
    """Return what was answered, without the id of the form that was sent."""
    return Answer(form.say.data or "", form.text.data or "", language, sent_version())
