"""The form of a mechanism that is entered."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange
from wtforms.validators import Optional as Maybe

_NEEDED = _l("Fill this in.")
_NUMBER = _l("Write a whole number.")


class EntryForm(FlaskForm):
    """A mechanism as it is typed; what stands in it is checked by the service."""

    name_en = StringField(_l("Name in English"), [InputRequired(_NEEDED)])
    name_es = StringField(_l("Name in Spanish"), [InputRequired(_NEEDED)])
    name_fr = StringField(_l("Name in French"), [InputRequired(_NEEDED)])
    letters = StringField(
        _l("Letters of its references"), [InputRequired(_NEEDED)],
        description=_l(
            "Two to four capitals, as in UNC. Where not all three governments take part, the parties’ codes follow."
        ),
    )  # fmt: skip
    parties = SelectMultipleField(_l("Parties"), [InputRequired(_NEEDED)], validate_choice=False)
    level = SelectField(_l("Level"), [InputRequired(_NEEDED)], validate_choice=False)
    status = RadioField(_l("Status"), [InputRequired(_NEEDED)], validate_choice=False)
    minimum_meetings = IntegerField(_l("At least so many meetings"), [Maybe(), NumberRange(message=_NUMBER)])
    period_months = IntegerField(_l("in so many months"), [Maybe(), NumberRange(message=_NUMBER)])
    anchor = SelectField(_l("Counted"), validate_choice=False)
    instrument = StringField(_l("The text that created it"), description=_l("Its name and where it can be read."))
    mandate_on = StringField(_l("Its date"), description=_l("A year, a month or a day: 2026, 2026-11 or 2026-11-22."))
    scope_in = TextAreaField(_l("What it deals with"), description=_l("One on each line."))
    scope_out = TextAreaField(_l("What it leaves aside"), description=_l("One on each line."))
    is_open = BooleanField(_l("Once all have agreed, let everybody who reads the register read it"))
    note = TextAreaField(_l("Why, to the other parties"))
