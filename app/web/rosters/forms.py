"""The forms of rosters: their shape; what they mean is the services' to say."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from app import labels, words
from app.domain import rosters as rules
from app.domain.errors import Refusal
from app.models import Contact, Office, Person, RosterAddress, RosterEntry
from app.services.precedence import OrderFields
from app.services.roster_people import EntryFields
from app.web.forms import DayField, named_choices
from app.web.zones import zone_choices

Choices = list[tuple[str, str]]


class EntryForm(FlaskForm):
    """Somebody on a roster."""

    who = SelectField(_l("Who"), validate_choice=False)
    name = StringField(_l("Name"))
    title = StringField(_lp("of a person", "Title"), description=_l("As it stands on the list of participants."))
    office_code = SelectField(_l("Office"), validate_choice=False)
    role = SelectField(_l("Role"), validate_choice=False)
    mode = SelectField(_l("Takes part"), validate_choice=False)
    position = StringField(
        _lp("order of people", "Place"),
        description=_l("Among those of the same role, from 1. Without one, after the last."),
    )
    acts_for_id = SelectField(_l("Acts for"), validate_choice=False)
    acts_for_name = StringField(_l("or for somebody who does not come"))
    expected_level = SelectField(_l("Level expected"), validate_choice=False)
    actual_level = SelectField(_l("Level of this person"), validate_choice=False)
    email = EmailField(_l("E-mail address"), description=_l("Your delegation alone sees it. Invitations go there."))
    language = SelectField(_l("Language of their mail"), validate_choice=False)
    time_zone = SelectField(_l("Time zone"), validate_choice=False)


class ManyForm(FlaskForm):
    """A pasted table of people."""

    table = TextAreaField(
        _l("Table"),
        [InputRequired(_l("Fill this in."))],
        description=_l("Paste it with its first line, which names the columns: name, role, title, office, e-mail…"),
    )


class OrderForm(FlaskForm):
    """The order of precedence."""

    precedence = SelectField(_l("Order"), validate_choice=False)
    language = SelectField(_l("Alphabet of"), validate_choice=False, description=_l("For the alphabetical order."))
    first_party = SelectField(_l("Begins with"), validate_choice=False, description=_l("For the order in turns."))
    expected_level = SelectField(_l("Level of the meeting"), validate_choice=False)


class CredentialsForm(FlaskForm):
    """The day on which credentials came."""

    credentials_on = DayField(_l("Received on"))


def entry_form(
    language: str,
    others: Iterable[RosterEntry],
    offices: Iterable[Office],
    row: RosterEntry | None = None,
    address: RosterAddress | None = None,
) -> EntryForm:
    """Return the form of an entry, its choices in the language; `others` are those whom it may act for."""
    form = EntryForm(data=_data(row, address) if row else {"role": "adviser", "mode": "in_person"})
    form.office_code.choices = [("", _("No office")), *named_choices(offices, language)]
    form.role.choices = _labelled("roster_role", rules.ROLES, language)
    form.mode.choices = _labelled("roster_mode", rules.MODES, language)
    form.acts_for_id.choices = [("", _("nobody else"))] + [(str(each.id), each.name) for each in others]
    levels = [("", _("not said")), *_labelled("roster_level", rules.LEVELS, language)]
    form.expected_level.choices = form.actual_level.choices = levels
    form.language.choices = [("", _("as yours")), *words.LANGUAGE_NAMES.items()]
    form.time_zone.choices = {_("As yours"): [("", _("as yours"))], **zone_choices(language)}
    return form


def people_choices(people: Sequence[Person], contacts: Sequence[Contact]) -> dict[str, Choices]:
    """Return who can be chosen: somebody by name, one's own accounts, one's own contacts."""
    found: dict[str, Choices] = {_("By name"): [("", _("somebody else, by name"))]}
    if people:
        found[_("Accounts of your delegation")] = [(f"person:{each.id}", each.name) for each in people]
    if contacts:
        found[_("Contacts of your government")] = [(f"contact:{each.id}", each.name) for each in contacts]
    return found


def typed_entry(form: EntryForm) -> EntryFields:
    """Return the entry that was typed; raises `Refusal` `unknown_person`, `unknown_entry`, `not_a_number`."""
    kind, _sign, who = (form.who.data or "").partition(":")
    return EntryFields(
        name=form.name.data or "", role=form.role.data or "", title=form.title.data or "",
        office_code=form.office_code.data or None,
        person_id=_identity(who, "who", "unknown_person") if kind == "person" else None,
        contact_id=_identity(who, "who", "unknown_contact") if kind == "contact" else None,
        acts_for_id=_identity(form.acts_for_id.data or "", "acts_for_id", "unknown_entry"),
        acts_for_name=form.acts_for_name.data or "", expected_level=form.expected_level.data or None,
        actual_level=form.actual_level.data or None, mode=form.mode.data or "", position=_place(form.position.data),
        email=form.email.data or "", language=form.language.data or "", time_zone=form.time_zone.data or "",
    )  # fmt: skip


def order_form(language: str, parties: Iterable[str], now: OrderFields) -> OrderForm:
    """Return the form of the order of precedence, its choices in the language."""
    form = OrderForm(
        data={
            "precedence": now.precedence, "language": now.language, "first_party": now.first_party or "",
            "expected_level": now.expected_level or "",
        }
    )  # fmt: skip
    form.precedence.choices = [
        ("alphabetical", _("Alphabetical in a language")),
        ("rotating", _("In turns, as the mechanism names its parties")),
    ]
    form.language.choices = [(code, labels.label("language", code, language)) for code in rules.LANGUAGES]
    named = [(code, words.party_name(code, language)) for code in words.party_order(parties, language)]
    form.first_party.choices = [("", _("the first of the mechanism")), *named]
    form.expected_level.choices = [("", _("not said")), *_labelled("roster_level", rules.LEVELS, language)]
    return form


def typed_order(form: OrderForm) -> OrderFields:
    """Return the order that was typed."""
    return OrderFields(
        form.precedence.data or "", form.language.data or "", form.first_party.data or None,
        form.expected_level.data or None,
    )  # fmt: skip


def _labelled(group: str, keys: Iterable[str], language: str) -> Choices:
    return [(key, labels.label(group, key, language)) for key in keys]


def _data(row: RosterEntry, address: RosterAddress | None) -> dict[str, Any]:
    plain = ("name", "title", "office_code", "role", "mode", "acts_for_name", "expected_level", "actual_level")
    values: dict[str, Any] = {name: getattr(row, name) or "" for name in plain}
    values |= {"position": str(row.position), "acts_for_id": str(row.acts_for_id or "")}
    if address is not None:
        values |= {"email": address.email, "language": address.language, "time_zone": address.time_zone}
    return values


def _identity(written: str, field: str, key: str) -> uuid.UUID | None:
    if not written:
        return None
    try:
        return uuid.UUID(written)
    except ValueError:
        raise Refusal(key, field=field) from None


def _place(written: str | None) -> int | None:
    text = (written or "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise Refusal("not_a_number", field="position")
    return int(text)
