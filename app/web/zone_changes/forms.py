"""The form of a decision: its shape; what it means is the service's to say."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectField
from wtforms.validators import AnyOf, InputRequired, Optional

from app.domain.zone_changes import CHOICES
from app.i18n import reader_language
from app.web.zones import zone_choices


class DecisionForm(FlaskForm):
    """The version that was decided about, which of two hours is meant, and the zone where the old one is gone."""

    version = IntegerField(validators=[InputRequired()])
    choice = HiddenField(validators=[Optional(), AnyOf(CHOICES)])
    zone = SelectField(
        _l("The zone whose hour it keeps from now on"),
        [InputRequired(_l("Choose one of these."))],
        description=_l("The moment stays the same whichever you choose."),
    )

    def __init__(self, *args: Any, asks_for_zone: bool = False, **values: Any) -> None:
        super().__init__(*args, **values)
        if asks_for_zone:
            self.zone.choices = zone_choices(reader_language())
        else:
            del self.zone

    @property
    def chosen_zone(self) -> str | None:
        """Return the zone that was chosen, where one is asked for."""
        return self.zone.data or None if "zone" in self else None
