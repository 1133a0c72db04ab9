"""The form by which what is with somebody is handed on."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField

from app import words
from app.domain.errors import Refusal
from app.i18n import reader_language
from app.models import Person
from app.services.actions import offices_of
from app.services.leaver_items import LeaverItem, NewOwner
from app.services.leg_people import own_people
from app.web.actions.forms import office_choices
from app.web.routing import session, viewer


class HandOverForm(FlaskForm):
    """Which legs go to whom; each leg with the version that it was read in."""

    legs = SelectMultipleField(_l("Actions to hand on"), validate_choice=False)
    person_id = SelectField(_l("To"), validate_choice=False)
    person_name = StringField(_l("Or somebody without an account"))
    office_code = SelectField(_l("Office"), validate_choice=False)


def hand_over_form(person: Person, items: tuple[LeaverItem, ...]) -> HandOverForm:
    """Return the form with everything that is with somebody chosen, and whom it can be handed to."""
    language, own = reader_language(), viewer().party or ""
    form = HandOverForm(data={"legs": [value_of(item) for item in items]})
    form.legs.choices = [(value_of(item), item.line.action.reference) for item in items]
    others = [(str(each.id), each.name) for each in own_people(session()) if each.id != person.id]
    form.person_id.choices = [("", _("nobody yet")), *sorted(others, key=lambda pair: words.collation_key(pair[1]))]
    form.office_code.choices = office_choices(offices_of(session(), [own])[own], language)
    form.office_code.choices[0] = ("", _("as each has it now"))
    return form


def value_of(item: LeaverItem) -> str:
    """Return a leg as the form sends it: its id and the version that was read."""
    return f"{item.leg.id}:{item.leg.version}"


def typed_versions(form: HandOverForm) -> dict[uuid.UUID, int]:
    """Return the legs that were chosen with the versions that they were read in; what is none of them is left out."""
    found = {}
    for written in form.legs.data or ():
        identity, _sign, version = str(written).partition(":")
        try:
            found[uuid.UUID(identity)] = int(version)
        except ValueError:
            continue
    return found


def typed_owner(form: HandOverForm) -> NewOwner:
    """Return who was chosen to take over; raises `Refusal("unknown_person")`."""
    try:
        person_id = uuid.UUID(form.person_id.data) if form.person_id.data else None
    except ValueError:
        raise Refusal("unknown_person", field="person_id") from None
    return NewOwner(person_id, form.person_name.data, form.office_code.data or None)
