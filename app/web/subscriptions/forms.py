"""The form of a new subscription."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.services.subscriptions import NAME_LIMIT

ALL_MEETINGS: Final = "all"
_NEEDED = _l("Choose one.")


class SubscriptionForm(FlaskForm):
    """What a feed is to show; `mechanism` is a code, or `ALL_MEETINGS`."""

    mechanism = SelectField(_l("Meetings"), [InputRequired(_NEEDED)], validate_choice=False)
    tentative = RadioField(
        _l("Proposed meetings"),
        [InputRequired(_NEEDED)],
        choices=[
            SelectChoice("yes", _l("Show them too, marked as tentative")),
            SelectChoice("no", _l("Show a meeting once every party has confirmed it")),
        ],
        description=_l("A meeting is proposed until every party has said yes."),
    )
    detail = RadioField(
        _l("Details"),
        [InputRequired(_NEEDED)],
        choices=[
            SelectChoice("full", _l("Full details: title, place, links, times in each capital")),
            SelectChoice("busy", _l("Busy time only: nothing but when you are not free")),
        ],
        description=_l("Choose busy time only for a calendar that others can see."),
    )
    language = SelectField(_l("Language of the entries"), [InputRequired(_NEEDED)], validate_choice=False)
    name = StringField(
        _l("Name"),
        [Length(max=4 * NAME_LIMIT)],
        description=_l("For yourself, to know it again in your list: where the address goes, as in “Phone”."),
    )
