"""The forms of appointments: their shape; what they mean is the services' to say."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from app import words
from app.models import Office, Person
from app.services.appointment_members import NewMember
from app.services.appointments import NAME_LIMIT, NewSecretariat
from app.web.forms import DayField


class SecretariatForm(FlaskForm):
    """A secretariat that is asked for."""

    office = SelectField(_l("Who holds it"), validators=[Optional()], validate_choice=False)
    name_en = StringField(_l("Name in English"))
    name_es = StringField(_l("Name in Spanish"))
    name_fr = StringField(_l("Name in French"))
    starts_on = DayField(_l("First day"), [InputRequired(_l("Fill this in."))])
    ends_on = DayField(
        _l("Last day"), [Optional()], description=_l("Left empty, it serves until one of its parties ends it.")
    )
    note = TextAreaField(_l("Why"), description=_l("The parties that are asked can read it."))

    def typed(self) -> NewSecretariat:
        """Return what was typed."""
        return NewSecretariat(
            name={code: self[f"name_{code}"].data or "" for code in words.LANGUAGES},
            office_code=self.office.data or None,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            note=self.note.data or "",
        )


def secretariat_form(offices: Sequence[Office], language: str) -> SecretariatForm:
    """Return the form with a joint team and these offices to choose from, by party."""
    form = SecretariatForm()
    by_party: dict[str, list[tuple[str, str]]] = {str(_("Of all its parties")): [("", str(_("a joint team")))]}
    for code in words.party_order({office.party_code for office in offices}, language):
        named = [(office.code, words.pick(office.name, language)[0]) for office in offices if office.party_code == code]
        by_party[words.party_name(code, language)] = sorted(named, key=lambda pair: words.collation_key(pair[1]))
    form.office.choices = by_party
    form.office.flags.required = True
    return form


class MemberForm(FlaskForm):
    """Somebody who is to serve."""

    person = SelectField(_l("Somebody of your delegation"), validators=[Optional()], validate_choice=False)
    email = StringField(
        _l("Or the address of a secretariat’s account"),
        description=_l("Accounts of secretariats are added by the operator."),
    )
    starts_on = DayField(_l("First day"), [Optional()], description=_l("Left empty, from today on."))
    ends_on = DayField(_l("Last day"), [Optional()], description=_l("Left empty, as long as the secretariat serves."))

    def typed(self) -> NewMember:
        """Return who was chosen; an id that is none chooses nobody of the list."""
        chosen = self.person.data or ""
        try:
            person_id = uuid.UUID(chosen) if chosen else None
        except ValueError:
            person_id = uuid.UUID(int=0)
        email = (self.email.data or "") if "email" in self else ""
        return NewMember(person_id, email, self.starts_on.data, self.ends_on.data)


def member_form(people: Sequence[Person], *, is_joint: bool) -> MemberForm:
    """Return the form with these people to choose from; a secretariat's account may serve in a joint team alone."""
    form = MemberForm()
    form.person.choices = [("", str(_("nobody of these")) if is_joint else str(_("choose")))]
    form.person.choices += [(str(person.id), person.name) for person in people]
    if not is_joint:
        del form.email
    return form


class EndForm(FlaskForm):
    """The end of a secretariat."""

    last_on = DayField(_l("Its last day"), [Optional()], description=_l("Left empty, it ends at once."))


__all__ = ["NAME_LIMIT", "EndForm", "MemberForm", "SecretariatForm", "member_form", "secretariat_form"]
