"""The forms of accounts and of one's own profile."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired

_NEEDED = _l("Fill this in.")


class PersonForm(FlaskForm):
    """An account to be added."""

    name = StringField(_l("Name"), [InputRequired(_NEEDED)])
    email = EmailField(_l("E-mail address"), [InputRequired(_NEEDED)])
    role = SelectField(_l("Role"), [InputRequired(_NEEDED)], validate_choice=False)
    office_code = SelectField(_l("Office"), validate_choice=False)
    language = SelectField(_l("Language"), [InputRequired(_NEEDED)], validate_choice=False)


class ProfileForm(FlaskForm):
    """One's own profile; what stands in it is checked by the service."""

    name = StringField(_l("Name"), [InputRequired(_NEEDED)])
    language = SelectField(_l("Language"), [InputRequired(_NEEDED)], validate_choice=False)
    time_zone = SelectField(
        _l("Your time"), [InputRequired(_NEEDED)], validate_choice=False,
        description=_l("Times are shown in this zone, beside those of each meeting."),
    )  # fmt: skip
    theme = SelectField(_l("Colours"), [InputRequired(_NEEDED)], validate_choice=False)


class PasswordForm(FlaskForm):
    """The present password, and a new one typed twice."""

    current = PasswordField(_l("Present password"), [InputRequired(_NEEDED)])
    new = PasswordField(
        _l("New password"), [InputRequired(_NEEDED)],
        description=_l("15 characters or more. A few words that you can remember are best."),
    )  # fmt: skip
    again = PasswordField(
        _l("The new password again"),
        [InputRequired(_NEEDED), EqualTo("new", _l("The two passwords are not the same. Type the new one twice."))],
    )
