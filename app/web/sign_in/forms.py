"""The forms of signing in and of setting a password."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import EqualTo, InputRequired, Length


class SignInForm(FlaskForm):
    """An address and a password; `next` is the page to go on to."""

    email = EmailField(_l("E-mail address"), [InputRequired(_l("Fill this in.")), Length(max=254)])
    password = PasswordField(_l("Password"), [InputRequired(_l("Fill this in.")), Length(max=1024)])
    next = HiddenField()


class SetPasswordForm(FlaskForm):
    """A new password, typed twice."""

    password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Fill this in."))],
        description=_l("15 characters or more. A few words that you can remember are best."),
    )
    again = PasswordField(
        _l("The new password again"),
        [
            InputRequired(_l("Fill this in.")),
            EqualTo("password", _l("The two passwords are not the same. Type the new one twice.")),
        ],
    )
