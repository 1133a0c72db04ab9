"""The form of an event of others."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField

from app.web.forms import DayField


class EventForm(FlaskForm):
    """An event, as it is typed; what stands in it is checked by the service."""

    title_en = StringField(_l("Name in English"))
    title_es = StringField(_l("Name in Spanish"))
    title_fr = StringField(_l("Name in French"))
    first_day = DayField(_l("First day"))
    last_day = DayField(_l("Last day"), description=_l("Leave it empty when there is one day only."))
    place = StringField(_l("Place"))
    zone = SelectField(_l("Time zone"), validate_choice=False)
    source = StringField(_l("Source"), description=_l("Where its days are told: a paper, or the address of a page."))
    is_attested = BooleanField(_l("The source announces these days"))
