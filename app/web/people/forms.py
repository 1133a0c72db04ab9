"""The forms of accounts and of one's own profile."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import EqualTo, InputRequired

from app.web.forms import DayField

_NEEDED = _l("Fill this in.")


class PersonForm(FlaskForm):
    """An account to be added."""

    name = StringField(_l("Name"), [InputRequired(_NEEDED)])
    email = EmailField(_l("E-mail address"), [InputRequired(_NEEDED)])
    role = SelectField(_l("Role"), [InputRequired(_NEEDED)], validate_choice=False)
    office_code = SelectField(_l("Office"), validate_choice=False)
    language = SelectField(_l("Language"), [InputRequired(_NEEDED)], validate_choice=False)


class AccountForm(FlaskForm):
    """What an administrator changes of an account."""

    name = StringField(_l("Name"), [InputRequired(_NEEDED)])
    role = SelectField(_l("Role"), [InputRequired(_NEEDED)], validate_choice=False)
    office_code = SelectField(_l("Office"), validate_choice=False)


class ManyForm(FlaskForm):
    """A pasted table of accounts."""

    table = TextAreaField(
        _l("Table"), [InputRequired(_NEEDED)],
        description=_l("Paste it from a spreadsheet, with its first line: name, e-mail, role, office, language."),
    )  # fmt: skip


class _OfficeNames(FlaskForm):
    """The name of an office in the three languages."""

    name_en = StringField(_l("Name in English"), [InputRequired(_NEEDED)])
    name_es = StringField(_l("Name in Spanish"), [InputRequired(_NEEDED)])
    name_fr = StringField(_l("Name in French"), [InputRequired(_NEEDED)])


class NewOfficeForm(_OfficeNames):
    """An office to be added."""

    letters = StringField(
        _l("Letters of its code"), [InputRequired(_NEEDED)],
        description=_l("Capitals and digits after the code of your government, as in SRE."),
    )  # fmt: skip
    part_of = SelectField(_l("Part of"), validate_choice=False)
    city = StringField(_l("City"), description=_l("Where it is not in the capital."))
    time_zone = SelectField(_l("Its time"), validate_choice=False)


class RenameOfficeForm(_OfficeNames):
    """A new name of an office, from a day on."""

    starts_on = DayField(_l("From this day on"), [InputRequired(_NEEDED)])
    note = StringField(_l("Why"), description=_l("The decree or law, for instance. It stays with the name."))


class ProfileForm(FlaskForm):
    """One's own profile; what stands in it is checked by the service."""

    name = StringField(_l("Name"), [InputRequired(_NEEDED)])
    language = SelectField(_l("Language"), [InputRequired(_NEEDED)], validate_choice=False)
    time_zone = SelectField(
        _l("Your time"), [InputRequired(_NEEDED)], validate_choice=False,
        description=_l("Times are shown in this zone, beside those of each meeting."),
    )  # fmt: skip
    theme = SelectField(_l("Colours"), [InputRequired(_NEEDED)], validate_choice=False)
    meeting_mails = SelectField(
        _l("Mails about meetings and polls"), validate_choice=False,
        description=_l(
            "Urgent meetings are mailed at once even to who gets one mail a day. Such a mail puts nothing into your "
            "calendar: follow the feed for that. Mails about your password always come."
        ),
    )  # fmt: skip
    reminder_mails = SelectField(
        _l("Reminders of what you owe"), [InputRequired(_NEEDED)], validate_choice=False,
        description=_l("None comes on a weekend or a closure of your party, unless something is due that very day."),
    )  # fmt: skip


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
