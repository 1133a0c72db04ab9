"""The forms of busy time."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired

from app.web.forms import DayField, HourField

_NEEDED = _l("Fill this in.")
_OF_DAYS = _l("Of whole days, and of times that name no zone.")
_SEEN_BY = _l("Your own people see it always, and why. All others see that you are busy, and no more.")


class SharingForm(FlaskForm):
    """Why, and who else sees it."""

    label = StringField(_l("Reason or name"), description=_l("Your own people alone read it. It is kept sealed."))
    seen_by = SelectMultipleField(_l("Who else sees when"), description=_SEEN_BY, validate_choice=False)


class CalendarForm(FlaskForm):
    """A calendar file of one's own or of an office."""

    whose = SelectField(_l("Whose"), validate_choice=False)
    file = FileField(_l("Calendar file"))
    time_zone = SelectField(_l("Time zone"), [InputRequired(_NEEDED)], description=_OF_DAYS, validate_choice=False)
    label = StringField(_l("Reason or name"), description=_l("Your own people alone read it. It is kept sealed."))
    seen_by = SelectMultipleField(_l("Who else sees when"), description=_SEEN_BY, validate_choice=False)


class ReplaceForm(FlaskForm):
    """A newer file of a calendar."""

    file = FileField(_l("Calendar file"))
    time_zone = SelectField(_l("Time zone"), [InputRequired(_NEEDED)], description=_OF_DAYS, validate_choice=False)


class BlackoutForm(FlaskForm):
    """Days, or hours of each, that are blocked."""

    whose = SelectField(_l("Whose"), validate_choice=False)
    first_day = DayField(_l("First day"), [InputRequired(_NEEDED)])
    last_day = DayField(_l("Last day"), description=_l("Leave it empty for a single day."))
    starts = HourField(
        _lp("an hour", "From"), description=_l("On each of these days. Leave both empty for whole days.")
    )
    ends = HourField(_lp("an hour", "Until"))
    time_zone = SelectField(_l("Time zone"), [InputRequired(_NEEDED)], validate_choice=False)
    label = StringField(_l("Reason or name"), description=_l("Your own people alone read it. It is kept sealed."))
    seen_by = SelectMultipleField(_l("Who else sees when"), description=_SEEN_BY, validate_choice=False)
