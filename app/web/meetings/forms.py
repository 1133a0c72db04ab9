"""The forms of answers and of a meeting's later life: their shape; what they mean is the services' to say."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Optional

from app.services.meeting_life import NewDate
from app.web.forms import DayField, HourField


class AnswerForm(FlaskForm):
    """A party's own answer, with what it is an answer to."""

    answer = HiddenField(validators=[InputRequired()])
    promise = HiddenField(validators=[InputRequired()])
    version = IntegerField(validators=[InputRequired()])


class ReportForm(FlaskForm):
    """Another party's answer, how it came, and what bears it out."""

    party = RadioField(_l("Which party answered"), [InputRequired(_l("Choose one of these."))])
    answer = RadioField(_l("What it said"), [InputRequired(_l("Choose one of these."))])
    channel = RadioField(_l("How it came"), [InputRequired(_l("Choose one of these."))])
    note = TextAreaField(
        _l("From whom, to whom, and when"),
        [InputRequired(_l("Fill this in."))],
        description=_l("Everybody who sees this meeting can read it."),
    )
    paper = FileField(_l("The paper itself"))
    promise = HiddenField(validators=[InputRequired()])


class ActForm(FlaskForm):
    """An act of a meeting's later life; the routes drop the fields that it does not ask for."""

    version = IntegerField(validators=[InputRequired()])
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Give a reason. It stays in the record."))],
        description=_l("Everybody who sees this meeting can read it."),
    )
    first_day = DayField(_l("New first day"), [Optional()])
    last_day = DayField(_l("New last day"), [Optional()])
    starts = HourField(_l("Start"), [Optional()])
    ends = HourField(_l("End"), [Optional()])
    choice = SelectField(_l("When the clocks go back"), validators=[Optional()])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.choice.choices = [
            ("", _("this time comes once")),
            ("earlier", _("the earlier of the two")),
            ("later", _("the later of the two")),
        ]

    def keep_only(self, *names: str) -> None:
        """Drop the fields that an act does not ask for."""
        for field in list(self):
            if field.name not in {"version", "csrf_token", *names}:
                del self[field.name]

    def new_date(self) -> NewDate | None:
        """Return the new date that was typed, if one was."""
        if "first_day" not in self or not self.first_day.data:
            return None
        first_day: dt.date = self.first_day.data
        values: dict[str, Any] = {name: self[name].data or None for name in ("last_day", "starts", "ends", "choice")}
        return NewDate(first_day, **values)
