"""The forms by which the parties of a mechanism correct its facts, a form for each group of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from app import labels, words
from app.domain.catalogue_types import Level, Status
from app.domain.errors import Refusal
from app.domain.plaintext import one_line, paragraphs
from app.web.forms import DayField

JSON = Any
Facts = Mapping[str, JSON]
_NEEDED: Final = InputRequired(_l("Fill this in."))
_REASON: Final = InputRequired(_l("Give a reason. It stays in the record."))
_CHOSEN: Final = InputRequired(_l("Choose one from the list."))
_A_LINE: Final = _l("One on a line.")
_SCOPE: Final = _l("One on a line. The register shows them word for word, in the language that you write.")


class AskForm(FlaskForm):
    """What every question to the parties has: why, and by when an answer is wanted."""

    note = TextAreaField(_l("Why"), description=_l("The other parties read it beside what you ask."))
    answer_by = DayField(_l("Answer by"), [Optional()])


class NamesForm(AskForm):
    """The name in the three languages, and other names."""

    name_en = StringField(_l("Name in English"), [_NEEDED])
    name_es = StringField(_l("Name in Spanish"), [_NEEDED])
    name_fr = StringField(_l("Name in French"), [_NEEDED])
    also_known_as = TextAreaField(_l("Also known as"), description=_A_LINE)


class LevelForm(AskForm):
    """The level, and the floor that was promised."""

    level = SelectField(_l("Level"), [_CHOSEN], validate_choice=False)
    minimum_meetings = StringField(_l("At least so many meetings"), description=_l("Empty where no floor is promised."))
    period_months = StringField(_l("In so many months"))
    anchor = SelectField(_l("Counted"), [_CHOSEN], validate_choice=False)


class MandateForm(AskForm):
    """The text that created it, its date, and a deadline."""

    instrument = TextAreaField(_l("Text that created it"))
    mandate_on = StringField(
        _l("Date of that text"), description=_l("As far as it is known: 2016, 2016-06 or 2016-06-29.")
    )
    deadline = DayField(_l("Deadline"), [Optional()])


class StatusForm(AskForm):
    """The status, and what is to be said of it."""

    status = SelectField(_l("Status"), [_CHOSEN], validate_choice=False)
    status_note = TextAreaField(_l("Note on the status"), description=_l("Everybody who reads the register reads it."))


class ScopeForm(AskForm):
    """What is in its scope, and what is not."""

    scope_in = TextAreaField(_l("In scope"), description=_SCOPE)
    scope_out = TextAreaField(_l("Out of scope"), description=_SCOPE)


class HostsForm(AskForm):
    """The order in which the parties host, and the guests."""

    first_host = SelectField(_l("First host"), validate_choice=False)
    second_host = SelectField(_l("Second host"), validate_choice=False)
    third_host = SelectField(_l("Third host"), validate_choice=False)
    rotation_attested = BooleanField(_l("This order was agreed, and is not only read from practice"))
    guests = SelectMultipleField(_l("Guests"), validate_choice=False)


class FamilyForm(AskForm):
    """The mechanism above it, and those related to it."""

    parent = SelectField(_l("Parent"), validate_choice=False)
    related = SelectMultipleField(_l("Related"), validate_choice=False)


class OfficesForm(FlaskForm):
    """The offices that lead for the viewer's own party."""

    lead_offices = SelectMultipleField(_l("Lead offices"), validate_choice=False)


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen, as pairs of a value and its words; mechanisms are known by their refs."""

    parties: Sequence[tuple[str, str]]
    own_parties: Sequence[tuple[str, str]]
    mechanisms: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of facts that is corrected on one page: its form, how facts fill it, and how it is read."""

    form: type[AskForm]
    fill: Callable[[Facts], dict[str, JSON]]
    read: Callable[[Any, Facts], dict[str, JSON]]


# Filled from the facts ----------------------------------------------------------------------------


def _fill_names(facts: Facts) -> dict[str, JSON]:
    named = {f"name_{code}": facts["name"][code] for code in words.LANGUAGES}
    return named | {"also_known_as": "\n".join(facts["also_known_as"])}


def _fill_level(facts: Facts) -> dict[str, JSON]:
    return {"level": facts["level"], **(facts["cadence"] or {})}


def _fill_mandate(facts: Facts) -> dict[str, JSON]:
    mandate = facts["mandate"]
    deadline = dt.date.fromisoformat(facts["deadline"]) if facts["deadline"] else None
    return {"instrument": mandate["instrument"], "mandate_on": mandate["date"], "deadline": deadline}


def _fill_hosts(facts: Facts) -> dict[str, JSON]:
    rotation = [*(facts["hosting"]["rotation"] or ()), "", "", ""]
    hosts = dict(zip(HOST_FIELDS, rotation, strict=False))
    return {**hosts, "rotation_attested": facts["hosting"]["rotation_attested"], "guests": facts["guests"]}


# Read from what was typed -------------------------------------------------------------------------


def _read_names(form: NamesForm, _: Facts) -> dict[str, JSON]:
    name = {code: one_line(form[f"name_{code}"].data, f"name_{code}", required=True) for code in words.LANGUAGES}
    return {"name": name, "also_known_as": lines_of(form.also_known_as)}


def _read_level(form: LevelForm, _: Facts) -> dict[str, JSON]:
    least, months = whole_number(form.minimum_meetings), whole_number(form.period_months)
    if least is None and months is None:
        return {"level": form.level.data, "cadence": None}
    cadence = {"minimum_meetings": least, "period_months": months, "anchor": form.anchor.data}
    return {"level": form.level.data, "cadence": cadence}


def _read_mandate(form: MandateForm, facts: Facts) -> dict[str, JSON]:
    typed = {
        "instrument": one_line(form.instrument.data, "instrument") or None,
        "date": (form.mandate_on.data or "").strip() or None,
    }
    deadline = form.deadline.data.isoformat() if form.deadline.data else None
    return {"mandate": {**facts["mandate"], **typed}, "deadline": deadline}


def _read_status(form: StatusForm, _: Facts) -> dict[str, JSON]:
    return {"status": form.status.data, "status_note": paragraphs(form.status_note.data, "status_note", 2_000) or None}


def _read_scope(form: ScopeForm, _: Facts) -> dict[str, JSON]:
    return {"scope_in": lines_of(form.scope_in), "scope_out": lines_of(form.scope_out)}


def _read_hosts(form: HostsForm, facts: Facts) -> dict[str, JSON]:
    rotation = [form[name].data for name in HOST_FIELDS if name in form and form[name].data]
    hosting = {**facts["hosting"], "rotation": rotation or None, "rotation_attested": form.rotation_attested.data}
    return {"hosting": hosting, "guests": _in_order(form.guests.data, facts["guests"])}


def _read_family(form: FamilyForm, facts: Facts) -> dict[str, JSON]:
    return {"parent": form.parent.data or None, "related": _in_order(form.related.data, facts["related"])}


def _in_order(chosen: Sequence[str] | None, before: Sequence[str]) -> list[str]:
    """Return what was chosen, each once: what stood before in its order, then the rest by its code."""
    picked = set(chosen or ())
    return [each for each in before if each in picked] + sorted(picked - set(before))


def lines_of(field: Field) -> list[str]:
    """Return the lines that were typed, without empty ones."""
    cleaned = [one_line(line, field.name) for line in (field.data or "").splitlines()]
    return [line for line in cleaned if line]


def whole_number(field: Field) -> int | None:
    """Return the whole number that was typed, None for nothing; raises `Refusal("not_a_number")`."""
    written = (field.data or "").strip()
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) <= 6):
        raise Refusal("not_a_number", field=field.name)
    return int(written)


HOST_FIELDS: Final = ("first_host", "second_host", "third_host")
GROUPS: Final[Mapping[str, Group]] = {
    "names": Group(NamesForm, _fill_names, _read_names),
    "status": Group(StatusForm, lambda facts: {name: facts[name] for name in ("status", "status_note")}, _read_status),
    "level": Group(LevelForm, _fill_level, _read_level),
    "mandate": Group(MandateForm, _fill_mandate, _read_mandate),
    "hosts": Group(HostsForm, _fill_hosts, _read_hosts),
    "scope": Group(
        ScopeForm, lambda facts: {name: "\n".join(facts[name]) for name in ("scope_in", "scope_out")}, _read_scope
    ),
    "family": Group(FamilyForm, lambda facts: {name: facts[name] for name in ("parent", "related")}, _read_family),
}


def group_name(group: str) -> str:
    """Return what a group of facts is called where its form is linked."""
    names = {
        "names": _("names"),
        "status": _("status"),
        "level": _("level and floor"),
        "mandate": _("mandate and deadline"),
        "hosts": _("hosts and guests"),
        "scope": _("scope"),
        "family": _("parent and related"),
    }
    return str(names[group])


def form_of(group: str, facts: Facts, choices: Choices, language: str) -> AskForm:
    """Return the form of a group, filled with the facts, or with what was sent."""
    form = GROUPS[group].form(data=GROUPS[group].fill(facts))
    match form:
        case LevelForm():
            form.level.choices = [(key, labels.label("level", key, language)) for key in get_args(Level)]
            form.anchor.choices = [("calendar_year", _("by calendar year")), ("rolling", _("from the mandate"))]
        case StatusForm():
            statuses = [key for key in get_args(Status) if key != "proposed" or facts["status"] == "proposed"]
            form.status.choices = [(key, labels.label("mechanism_status", key, language)) for key in statuses]
        case HostsForm():
            for name in HOST_FIELDS:
                form[name].choices = [("", _("none")), *choices.own_parties]
            if len(choices.own_parties) < len(HOST_FIELDS):
                del form.third_host
            own = {code for code, _name in choices.own_parties}
            form.guests.choices = [pair for pair in choices.parties if pair[0] not in own]
        case FamilyForm():
            others = [pair for pair in choices.mechanisms if pair[0] != facts["ref"]]
            form.parent.choices, form.related.choices = [("", _("none")), *others], others
    return form


def typed_facts(group: str, form: AskForm, facts: Facts) -> dict[str, JSON]:
    """Return the facts that were typed, as `Mechanism.facts` keeps them; raises `Refusal` beside its field."""
    return GROUPS[group].read(form, facts)


# What becomes of a mechanism ----------------------------------------------------------------------


class ConcludeForm(FlaskForm):
    """To conclude a mechanism."""

    reason = TextAreaField(_l("Reason"), [_REASON], description=_l("Everybody who reads the register reads it."))
    answer_by = DayField(_l("Answer by"), [Optional()])


class ReopenForm(ConcludeForm):
    """To take up a mechanism again."""

    status = SelectField(_l("Status from then on"), [_CHOSEN], validate_choice=False)


class ActivateForm(AskForm):
    """To create what was only proposed, by the text that creates it."""

    status = SelectField(_l("Status from then on"), [_CHOSEN], validate_choice=False)
    instrument = TextAreaField(_l("Text that creates it"), [_NEEDED])
    mandate_on = StringField(
        _l("Date of that text"), description=_l("As far as it is known: 2016, 2016-06 or 2016-06-29.")
    )


class MergeForm(AskForm):
    """To merge a mechanism into another."""

    into = SelectField(_l("Into which mechanism"), [_CHOSEN], validate_choice=False)


class NotHeldForm(FlaskForm):
    """To record that a period had no meeting."""

    period = SelectField(_l("Period"), [_CHOSEN], validate_choice=False)
    note = TextAreaField(_l("Reason"), description=_l("Everybody who reads the register reads it."))
    answer_by = DayField(_l("Answer by"), [Optional()])


class ContestForm(FlaskForm):
    """What is wrong with a fact."""

    note = TextAreaField(
        _l("What is wrong with it"),
        [_NEEDED],
        description=_l("The other parties read it beside the fact, until you withdraw it."),
    )
