"""The form of an answer to a decision; what it means is the service's to say."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField

from app import labels
from app.services.decisions import ANSWERS


class AnswerForm(FlaskForm):
    """A party's answer, and why."""

    answer = RadioField(_l("Answer"), validate_choice=False)
    note = TextAreaField(_l("Note"), description=_l("Everybody who sees this decision can read it."))


def answer_form(language: str, given: str | None = None, note: str | None = None) -> AnswerForm:
    """Return the form with what the party has said so far, or with what was sent."""
    form = AnswerForm(data={"answer": given, "note": note or ""})
    form.answer.choices = [(each, labels.label("answer", each, language)) for each in ANSWERS]
    form.answer.flags.required = True
    return form
