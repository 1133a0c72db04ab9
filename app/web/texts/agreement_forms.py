"""The forms of agreement: an act on a text with the fields that it asks for; what they mean is the services' to say."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Optional

from app.domain.errors import Refusal
from app.domain.silence import DEFAULT_HOURS
from app.services.silence_circulation import EndOrder
from app.web.forms import DayField, HourField, choice_of_two

NEEDED: Final = _l("Fill this in.")
CHOOSE: Final = _l("Choose one of these.")
FIELDS: Final = (
    "until_on", "until_time", "choice", "zone", "hours", "words", "reason", "party", "kind", "channel", "note", "paper",
    "ruling", "way", "confirm_by_on", "excepted", "brackets_noted", "chair_party",
)  # fmt: skip

CHOICES: Final = {
    "choice": [("earlier", _l("the first time")), ("later", _l("the second time"))],
    "kind": [
        ("objection", _l("an objection")),
        ("agreement", _l("that it agrees")),
        ("received", _l("no answer: that it has received the text")),
    ],
    "ruling": [
        ("objection", _l("It was an objection: the silence is broken.")),
        ("no_objection", _l("It was no objection: the clock decides.")),
    ],
    "way": [
        ("signed", _l("Sign: it counts at once.")),
        ("ad_referendum", _l("Sign ad referendum: it counts once your capital has confirmed it.")),
    ],
}


class AgreementForm(FlaskForm):
    """An act on a text or its silence; the routes drop the fields that it does not ask for."""

    until_on = DayField(_l("It ends on"), [InputRequired(NEEDED)])
    until_time = HourField(_l("At"), [InputRequired(NEEDED)])
    choice = RadioField(
        _l("This time comes twice that day. Which is meant?"),
        [Optional()],
    )
    zone = SelectField(_l("In the time of"), [InputRequired(CHOOSE)], validate_choice=False)
    hours = IntegerField(
        _l("At least so many hours after the last receipt"),
        [InputRequired(NEEDED)],
        default=DEFAULT_HOURS,
        description=_l("Where the last delegation receives it late, the silence ends that much later."),
    )
    words = TextAreaField(
        _l("The objection, in writing"),
        [InputRequired(NEEDED)],
        description=_l("All delegations to this text read it at once, as you write it."),
    )
    reason = TextAreaField(_l("Reason"), description=_l("All delegations to this text read it."))
    party = RadioField(_l("Whose answer"), [InputRequired(CHOOSE)], validate_choice=False)
    kind = RadioField(
        _l("What was answered"),
        [InputRequired(CHOOSE)],
    )
    channel = RadioField(_l("How it came"), [InputRequired(CHOOSE)], validate_choice=False)
    note = TextAreaField(_l("From whom, to whom, when, and in what words"), [InputRequired(NEEDED)])
    paper = FileField(_l("The paper itself"))
    ruling = RadioField(
        _l("What it was"),
        [InputRequired(CHOOSE)],
    )
    way = RadioField(
        _l("How"),
        [InputRequired(CHOOSE)],
        default="signed",
    )
    confirm_by_on = DayField(
        _l("Last day for your capital to confirm"),
        [Optional()],
        description=_l("Only ad referendum. The signature lapses when this day ends in your capital."),
    )
    excepted = SelectMultipleField(
        _l("Paragraphs that your party does not endorse"), validate_choice=False, description=_l("All can read which.")
    )
    brackets_noted = BooleanField(_l("It may be adopted with open brackets, which stay in it"))
    chair_party = SelectField(_l("Whose chair’s summary it is"), validate_choice=False)

    def keep_only(self, *names: str) -> None:
        """Drop the fields of an act that does not ask for them."""
        for name in FIELDS:
            if name not in names:
                del self[name]
        for name, choices in CHOICES.items():
            if name in self:
                self[name].choices = choices

    def end(self, zone: str | None = None) -> EndOrder:
        """Return the end that was typed; raises `Refusal("required")` where a field of it is empty."""
        day, time = self.until_on.data, self.until_time.data
        if day is None or time is None:
            raise Refusal("required", field="until_on" if day is None else "until_time")
        return EndOrder(day, time, zone or self.zone.data or "", choice_of_two(self.choice.data))
