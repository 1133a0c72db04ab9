"""The forms of action items: their shape; what they mean is the service's to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField

from app import labels, words
from app.domain.actions import LEG_STATES, TRANSITIONS, LegState
from app.models import Leg, Office, Party
from app.services.action_acts import LegChange, NewAction, PartyPart, standing
from app.web.forms import day, in_fields, named_choices, typed_titles

OfficesByParty = Mapping[str, list[Office]]


class TitleForm(FlaskForm):
    """A title in each of the languages that it has."""

    title_en = StringField(_l("Title in English"))
    title_es = StringField(_l("Title in Spanish"))
    title_fr = StringField(_l("Title in French"))


class NewActionForm(TitleForm):
    """The title of a new action; the parts of the parties are fields of their own, `part_CA` and so on."""


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
    person_name = StringField(_l("Person"))
    due_on = StringField(_l("Due"))
    due_reason = TextAreaField(_l("Why the day moves"))


class NoteForm(FlaskForm):
    """A note, and the language it is written in."""

    text = TextAreaField(_l("Note"))
    language = SelectField(_l("Language of the note"), validate_choice=False)


def new_action_form(parties: Iterable[Party], offices: OfficesByParty, own: str | None, language: str) -> FlaskForm:
    """Return the form of a new action, with four fields for each party; at first each sees it and one's own owes."""

    class Parts(NewActionForm):
        pass

    for party in parties:
        code = party.code
        name = words.party_name(code, language)
        setattr(Parts, f"part_{code}", SelectField(name, validate_choice=False))
        setattr(Parts, f"office_{code}", SelectField(_("Office (%(party)s)", party=name), validate_choice=False))
        setattr(Parts, f"person_{code}", StringField(_("Person (%(party)s)", party=name)))
        setattr(Parts, f"due_{code}", StringField(_("Due (%(party)s)", party=name)))
    first = {f"part_{party.code}": "owes" if party.code == own else "sees" for party in parties}
    form = Parts(data=first)
    for party in parties:
        form[f"part_{party.code}"].choices = [
            ("owes", _("owes something")),
            ("sees", _("sees it, owes nothing")),
            ("none", _("does not see it")),
        ]
        form[f"office_{party.code}"].choices = office_choices(offices[party.code], language)
    return form


def office_choices(offices: Iterable[Office], language: str) -> list[tuple[str, str]]:
    """Return the offices of a party by name, and the choice of none."""
    return [("", _("no office yet")), *named_choices(offices, language)]


def typed_action(form: FlaskForm, parties: Iterable[Party], original: str) -> NewAction:
    """Return the action that was typed; raises `Refusal("not_a_date")`."""
    return NewAction(
        title=typed_titles(form),
        parts=tuple(_typed_part(form, party.code) for party in parties),
        original=original,
    )


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
    )


def leg_form(leg: Leg, offices: Iterable[Office], language: str) -> LegForm:
    """Return the form of a leg, with the states that it may go to."""
    form = LegForm(data=in_fields(standing(leg)))
    allowed = [state for state in LEG_STATES if state == leg.state or state in TRANSITIONS[_state(leg.state)]]
    form.state.choices = [(state, labels.label("leg_state", state, language)) for state in allowed]
    form.office_code.choices = office_choices(offices, language)
    return form


def _state(stored: str) -> LegState:
    return next(state for state in LEG_STATES if state == stored)


def typed_leg(form: LegForm) -> LegChange:
    """Return the leg that was typed; raises `Refusal("not_a_date")`."""
    return LegChange(
        state=form.state.data or "",
        reason=form.reason.data,
        office_code=form.office_code.data or None,
        person_name=form.person_name.data,
        due_on=day(form.due_on.data, "due_on"),
        due_reason=form.due_reason.data,
    )


def note_form(language: str, values: Mapping[str, str] | None = None) -> NoteForm:
    """Return the form of a note, in the reader's language unless `values` say otherwise."""
    form = NoteForm(data=values or {"language": language})
    form.language.choices = list(labels.labels("language", language).items())
    return form
