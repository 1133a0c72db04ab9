"""The forms of accounts and of one's own profile."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired

from app import words
from app.domain import zones

CAPITALS = ("America/Toronto", "America/Mexico_City", "America/New_York")
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


def sent_version() -> int:
    """Return the version that the form was made from, as it was sent; -1, which no row has, for anything else."""
    written = request.form.get("version", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else -1


def zone_choices(language: str) -> dict[str, list[tuple[str, str]]]:
    """Return the zones that a person may choose by region, the capitals' first, each by its city in the language."""
    regions = {
        "America": _("The Americas"),
        "Africa": _("Africa"),
        "Antarctica": _("Antarctica"),
        "Asia": _("Asia"),
        "Atlantic": _("Atlantic Ocean"),
        "Australia": _("Australia"),
        "Europe": _("Europe"),
        "Indian": _("Indian Ocean"),
        "Pacific": _("Pacific Ocean"),
    }
    washington = words.city_of("America/New_York", language, "US")
    choices = {
        _("The capitals"): [
            (zone, words.list_of([washington, words.city_of(zone, language)], language))
            if zone == "America/New_York"
            else (zone, words.city_of(zone, language))
            for zone in CAPITALS
        ]
    }
    for region, name in regions.items():
        inside = [(zone, words.city_of(zone, language)) for zone in zones.zone_names() if zone.startswith(f"{region}/")]
        others = (pair for pair in inside if pair[0] not in CAPITALS)
        choices[name] = sorted(others, key=lambda pair: (words.collation_key(pair[1]), pair[0]))
    return choices
