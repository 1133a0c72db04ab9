"""The forms of commitments: their shape; what they mean is the services' to say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from app import labels, words
from app.domain.clocks import Clock, first_days
from app.domain.errors import Refusal
from app.models import Commitment, Party
from app.services.commitment_accounting import Accounting
from app.services.commitment_acts import NewCommitment
from app.services.commitment_statements import NewStatement
from app.web.forms import DayField, day, typed_titles

_NEEDED = InputRequired(_l("Fill this in."))


class NewCommitmentForm(FlaskForm):
    """A commitment that is recorded here; the parts of the parties are fields of their own, `part_CA` and so on."""

    title_en = StringField(_l("Title in English"))
    title_es = StringField(_l("Title in Spanish"))
    title_fr = StringField(_l("Title in French"))
    instrument = StringField(
        _l("Text that it was made in"), [_NEEDED], description=_l("Its name, as the parties cite it.")
    )
    paragraph = StringField(_l("Paragraph"), description=_l("Where it stands in that text."))
    made_on = StringField(
        _l("Date of the commitment"), description=_l("As far as it is known: 2026, 2026-11 or 2026-11-20.")
    )
    due_on = StringField(_l("Due on"), description=_l("Leave it empty where a clock counts the day."))
    minimum_meetings = StringField(_l("At least so many meetings"), description=_l("Empty where no floor is promised."))
    period_months = StringField(_l("In so many months"))
    clock_days = StringField(
        _l("Days of the clock"), description=_l("Empty where none runs. Day 1 is the day after the event.")
    )
    clock_kind = SelectField(_l("Counted in"), validate_choice=False)
    event = StringField(_l("From which event"))
    starts_on = StringField(_l("Day of the event"), description=_l("Empty as long as it has not happened."))
    second_days = StringField(_l("Days of a second clock"), description=_l("It begins when the first ends."))
    determines = SelectField(_l("Who judges whether it is kept"), validate_choice=False)
    consulted = SelectMultipleField(_l("After hearing"), validate_choice=False)
    condition = TextAreaField(_l("Condition"))
    consequence = TextAreaField(_l("What follows if it is not kept"))


class StatementForm(FlaskForm):
    """Where a party stands with its part."""

    party = SelectField(_l("Party"), validate_choice=False)
    state = SelectField(_l("State"), validate_choice=False)
    text = TextAreaField(_l("In words"), [_NEEDED])
    language = SelectField(_l("Language"), validate_choice=False)
    limits_met = TextAreaField(_l("Limits met"), description=_l("What stood in the way."))
    as_of_on = DayField(_l("As of"), [Optional()])
    evidence_url = StringField(_l("Evidence: a link"))
    evidence = FileField(_l("Evidence: a document"))


class ContestForm(FlaskForm):
    """What is wrong with what is shown."""

    text = TextAreaField(
        _l("What is wrong"), [_NEEDED], description=_l("Whoever reads the commitment reads this beside it.")
    )
    language = SelectField(_l("Language"), validate_choice=False)


class LinkForm(FlaskForm):
    """The reference of an action that serves the commitment."""

    action = StringField(_l("Reference of an action"), [_NEEDED])


class AccountingForm(FlaskForm):
    """How a commitment would be accounted for, and why."""

    indicator = TextAreaField(_l("Indicator"), description=_l("What is measured."))
    baseline = TextAreaField(_l("Baseline"), description=_l("Where it stood at the start, and when."))
    data_source = TextAreaField(_l("Data source"), description=_l("Who publishes the figures."))
    sunset_on = StringField(_l("Sunset"), description=_l("The day from which it is accounted for no more."))
    sunset_reason = TextAreaField(_l("Reason for the sunset"))
    note = TextAreaField(_l("Why"), description=_l("The other parties read it beside what you ask."))
    answer_by = DayField(_l("Answer by"), [Optional()])


# A new commitment ---------------------------------------------------------------------------------


def new_commitment_form(parties: Iterable[Party], own: str | None, language: str) -> FlaskForm:
    """Return the form of a new commitment, with a part for each party; at first each owes it."""

    class Parts(NewCommitmentForm):
        pass

    codes = words.party_order([party.code for party in parties], language)
    for code in codes:
        setattr(Parts, f"part_{code}", SelectField(words.party_name(code, language), validate_choice=False))
    form = Parts(data={f"part_{code}": "owes" if own in (None, code) else "sees" for code in codes})
    named = [(code, words.party_name(code, language)) for code in codes]
    for code in codes:
        form[f"part_{code}"].choices = [
            ("owes", _("owes it")), ("sees", _("sees it, owes nothing")), ("none", _("does not see it")),
        ]  # fmt: skip
    form.clock_kind.choices = [("calendar", _("calendar days")), ("working", _("working days"))]
    form.determines.choices = [("", _("nobody is named")), *named]
    form.consulted.choices = named
    return form


def typed_commitment(form: FlaskForm, parties: Iterable[Party], original: str) -> NewCommitment:
    """Return the commitment that was typed; raises `Refusal` for what is no day, no number, or half a clock."""
    return NewCommitment(
        title=typed_titles(form),
        parts={party.code: form[f"part_{party.code}"].data or "none" for party in parties},
        instrument=form.instrument.data or "",
        original=original,
        paragraph=form.paragraph.data or "",
        made_on=form.made_on.data or "",
        due_on=day(form.due_on.data, "due_on"),
        minimum_meetings=_number(form, "minimum_meetings", "minimum_out_of_range", 366),
        period_months=_number(form, "period_months", "period_out_of_range", 240),
        clock=_clock(form, original),
        determines=form.determines.data or None,
        consulted=tuple(form.consulted.data or ()),
        condition=form.condition.data or "",
        consequence=form.consequence.data or "",
    )


def _clock(form: FlaskForm, original: str) -> Clock | None:
    days = _number(form, "clock_days", "clock_days", 3650)
    second_days = _number(form, "second_days", "clock_days", 3650)
    if days is None and second_days is None:
        return None
    return Clock(
        days=first_days(days, second_days),
        kind="working" if form.clock_kind.data == "working" else "calendar",
        event=form.event.data or "",
        starts_on=day(form.starts_on.data, "starts_on"),
        second_days=second_days,
        language=original,
    )


def _number(form: FlaskForm, name: str, key: str, limit: int) -> int | None:
    written = (form[name].data or "").strip()
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 6):
        raise Refusal(key, field=name, limit=limit)
    return int(written)


# What is said -------------------------------------------------------------------------------------


def statement_form(
    parties: Iterable[str], states: Iterable[str], language: str, values: dict[str, Any]
) -> StatementForm:
    """Return the form of a statement for one of these parties, with the states that it can be in."""
    form = StatementForm(data={"language": language, **values})
    form.party.choices = [(code, words.party_name(code, language)) for code in words.party_order(parties, language)]
    form.state.choices = [(state, labels.label("leg_state", state, language)) for state in states]
    form.language.choices = list(labels.labels("language", language).items())
    return form


def typed_statement(form: StatementForm) -> NewStatement:
    """Return the statement that was typed, with the file that came with it."""
    sent = form.evidence.data
    file = (sent.filename, sent.read()) if sent and sent.filename else None
    return NewStatement(
        state=form.state.data or "",
        text=form.text.data or "",
        language=form.language.data or "",
        limits_met=form.limits_met.data or "",
        as_of_on=form.as_of_on.data,
        evidence_url=form.evidence_url.data or "",
        file=file,
    )


def contest_form(language: str) -> ContestForm:
    """Return the form by which a party contests what is shown."""
    form = ContestForm(data={"language": language})
    form.language.choices = list(labels.labels("language", language).items())
    return form


def accounting_form(commitment: Commitment) -> AccountingForm:
    """Return the form of the accounting, as it stands."""
    values = {
        name: getattr(commitment, name) or "" for name in ("indicator", "baseline", "data_source", "sunset_reason")
    }
    return AccountingForm(data=values | {"sunset_on": commitment.sunset_on.isoformat() if commitment.sunset_on else ""})


def typed_accounting(form: AccountingForm) -> Accounting:
    """Return the accounting that was typed; raises `Refusal("not_a_date")`."""
    return Accounting(
        indicator=form.indicator.data or "",
        baseline=form.baseline.data or "",
        data_source=form.data_source.data or "",
        sunset_on=day(form.sunset_on.data, "sunset_on"),
        sunset_reason=form.sunset_reason.data or "",
    )
