"""The form of a contact."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import InputRequired

_NEEDED = _l("Fill this in.")


class ContactForm(FlaskForm):
    """A contact, as it is typed; what stands in it is checked by the service."""

    name = StringField(_l("Name"), [InputRequired(_NEEDED)], description=_l("Of a person, or of a desk."))
    kind = SelectField(_l("What for"), [InputRequired(_NEEDED)], validate_choice=False)
    position = StringField(_l("Position"))
    office_code = SelectField(_l("Office"), validate_choice=False)
    phone = TelField(_l("Telephone"), description=_l("With the country’s prefix, as in +52 55."))
    email = EmailField(_l("E-mail address"), description=_l("Give a telephone number or an e-mail address."))
    mechanism = SelectField(_l("For"), validate_choice=False)
    is_shared = BooleanField(_l("Share it with the parties of the mechanism"))
    is_urgent = BooleanField(_l("On the roster for meetings at short notice"))
    note = TextAreaField(_l("Note"), description=_l("The hours, the languages. Whoever sees the contact sees it."))
