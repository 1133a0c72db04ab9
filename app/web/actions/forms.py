"""The forms of action items: their shape; what they mean is the service's to say."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField

from app import labels, words
from app.domain.actions import LEG_STATES, TRANSITIONS, LegState
from app.domain.errors import Refusal
from app.i18n import reader_language
from app.models import Leg, Office, Party, Person
from app.services.action_acts import LegChange, NewAction, PartyPart, standing
from app.web.actions.content_forms import ContentForm, content_class, first_data, put_choices, typed_content
from app.web.forms import day, in_fields, named_choices

OfficesByParty = Mapping[str, list[Office]]


class NewLegForm(FlaskForm):
    """A leg that is added to an action: whose, and as far as it is known who does it and by when."""

    party = SelectField(_l("Party"), validate_choice=False)
    person_name = StringField(_l("Person"))
    due_on = StringField(_l("Due"))


class LegForm(FlaskForm):
    """A leg, as its own party wants it to read."""

    state = SelectField(_l("State"), validate_choice=False)
    reason = TextAreaField(_l("Reason"))
    office_code = SelectField(_l("Office"), validate_choice=False)
    person_id = SelectField(_l("Person with an account"), validate_choice=False)
    person_name = StringField(_l("Person"))
    due_on = StringField(_l("Due"))
    due_reason = TextAreaField(_l("Why the day moves"))


class LinkForm(FlaskForm):
    """What an action is to another one, by its reference."""

    said = SelectField(_l("This action"), validate_choice=False)
    other = StringField(_l("Reference of the other action"))


class StepForm(FlaskForm):
    """A step of one's own delegation: what, by whom, by when."""

    step = StringField(_l("Step"))
    step_person = SelectField(_l("Person"), validate_choice=False)
    step_due_on = StringField(_l("Due"))


class NoteForm(FlaskForm):
    """A note, and the language it is written in."""

    text = TextAreaField(_l("Note"))
    language = SelectField(_l("Language of the note"), validate_choice=False)


def new_action_form(
    parties: Iterable[Party],
    offices: OfficesByParty,
    own: str | None,
    people: Iterable[Person],
    owing: Collection[str] = (),
) -> ContentForm:
    """Return the form of a new action, with fields for each party; at first each sees it.

    Those in `owing` owe something, and one's own where there are none; `people` are one's own with an account.
    """
    language = reader_language()
    codes = [party.code for party in parties]
    form_class = content_class(codes, language)
    for code in codes:
        _add_part(form_class, code, words.party_name(code, language))
    parts = {f"part_{code}": "owes" if code in (owing or (own,)) else "sees" for code in codes}
    form = form_class(data=parts | first_data(language))
    put_choices(form, codes, language)
    for code in codes:
        form[f"part_{code}"].choices = [
            ("owes", _("owes something")),
            ("sees", _("sees it, owes nothing")),
            ("none", _("does not see it")),
        ]
        form[f"office_{code}"].choices = office_choices(offices[code], language)
        form[f"account_{code}"].choices = person_choices(people if code == own else ())
    return form


def _add_part(form_class: type[ContentForm], code: str, name: str) -> None:
    setattr(form_class, f"part_{code}", SelectField(name, validate_choice=False))
    setattr(form_class, f"office_{code}", SelectField(_("Office (%(party)s)", party=name), validate_choice=False))
    account = SelectField(_("Person with an account (%(party)s)", party=name), validate_choice=False)
    setattr(form_class, f"account_{code}", account)
    setattr(form_class, f"person_{code}", StringField(_("Person (%(party)s)", party=name)))
    setattr(form_class, f"due_{code}", StringField(_("Due (%(party)s)", party=name)))


def person_choices(people: Iterable[Person]) -> list[tuple[str, str]]:
    """Return people to choose from by their ids, and the choice of none of them."""
    return [("", _("none of these")), *((str(person.id), person.name) for person in people)]


def chosen_person(written: str | None, field: str) -> uuid.UUID | None:
    """Return the id of the person that was chosen, None for none; raises `Refusal("unknown_person")`."""
    try:
        return uuid.UUID(written) if written else None
    except ValueError:
        raise Refusal("unknown_person", field=field) from None


def office_choices(offices: Iterable[Office], language: str) -> list[tuple[str, str]]:
    """Return the offices of a party by name, and the choice of none."""
    return [("", _("no office yet")), *named_choices(offices, language)]


def typed_action(
    form: FlaskForm, parties: Iterable[Party], item_id: uuid.UUID | None = None, commitment_ref: str | None = None
) -> NewAction:
    """Return the action that was typed; raises `Refusal` `not_a_date`, `unknown_person`."""
    codes = [party.code for party in parties]
    content = typed_content(form, codes)
    return NewAction(
        title=content.title, parts=tuple(_typed_part(form, code) for code in codes), original=content.original,
        content=content, agenda_item_id=item_id, commitment_ref=commitment_ref,
    )  # fmt: skip


def _typed_part(form: FlaskForm, code: str) -> PartyPart:
    part = form[f"part_{code}"].data or "none"
    if part != "owes":
        return PartyPart(code, part)
    return PartyPart(
        party=code,
        part=part,
        office_code=form[f"office_{code}"].data or None,
        person_name=form[f"person_{code}"].data,
        due_on=day(form[f"due_{code}"].data, f"due_{code}"),
        person_id=chosen_person(form[f"account_{code}"].data, f"account_{code}"),
    )


def leg_form(leg: Leg, offices: Iterable[Office], people: Iterable[Person], language: str, *, speaks: bool) -> LegForm:
    """Return the form of a leg, with the states that it may go to; `speaks`: verified may be one of them."""
    form = LegForm(data=in_fields(standing(leg)))
    allowed = [state for state in LEG_STATES if state == leg.state or state in TRANSITIONS[_state(leg.state)]]
    if not speaks and leg.state != "verified":
        allowed = [state for state in allowed if state != "verified"]
    form.state.choices = [(state, labels.label("leg_state", state, language)) for state in allowed]
    form.office_code.choices = office_choices(offices, language)
    form.person_id.choices = person_choices(people)
    return form


def _state(stored: str) -> LegState:
    return next(state for state in LEG_STATES if state == stored)


def typed_leg(form: LegForm) -> LegChange:
    """Return the leg that was typed; raises `Refusal("not_a_date")`."""
    return LegChange(
        state=form.state.data or "",
        reason=form.reason.data,
        office_code=form.office_code.data or None,
        person_id=chosen_person(form.person_id.data, "person_id"),
        person_name=form.person_name.data,
        due_on=day(form.due_on.data, "due_on"),
        due_reason=form.due_reason.data,
    )


def note_form(language: str, values: Mapping[str, str] | None = None) -> NoteForm:
    """Return the form of a note, in the reader's language unless `values` say otherwise."""
    form = NoteForm(data=values or {"language": language})
    form.language.choices = list(labels.labels("language", language).items())
    return form
