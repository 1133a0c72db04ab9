"""The forms of an agenda: their shape; what they mean is the services' to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField

from app import labels, words
from app.domain.errors import Refusal
from app.services.agenda_acts import ItemWords
from app.services.agenda_proposals import ProposalWords
from app.services.agenda_standing import AgendaStanding
from app.web.forms import titles_of, typed_titles

LONG: Final = ("annotation", "expected_result")


class ItemForm(FlaskForm):
    """One item of an agenda; `note` says why, where every party is asked."""

    title_en = StringField(_l("Title in English"))
    title_es = StringField(_l("Title in Spanish"))
    title_fr = StringField(_l("Title in French"))
    kind = SelectField(_l("Kind"), validate_choice=False)
    type = SelectField(_l("For"), validate_choice=False)
    lead_party = SelectField(_l("By"), validate_choice=False)
    minutes = StringField(_l("Minutes"))
    presenters = StringField(_l("Presenters"))
    parties = SelectMultipleField(_l("Of these parties alone"), validate_choice=False)
    annotation_en = TextAreaField(_l("Annotation in English"))
    annotation_es = TextAreaField(_l("Annotation in Spanish"))
    annotation_fr = TextAreaField(_l("Annotation in French"))
    expected_result_en = TextAreaField(_l("Expected result in English"))
    expected_result_es = TextAreaField(_l("Expected result in Spanish"))
    expected_result_fr = TextAreaField(_l("Expected result in French"))
    note = TextAreaField(_l("Note"))


class ProposalForm(FlaskForm):
    """An item that somebody proposes."""

    title_en = StringField(_l("Title in English"))
    title_es = StringField(_l("Title in Spanish"))
    title_fr = StringField(_l("Title in French"))
    type = SelectField(_l("For"), validate_choice=False)
    minutes = StringField(_l("Minutes"))
    parties = SelectMultipleField(_l("Of these parties alone"), validate_choice=False)
    note = TextAreaField(_l("Why"), description=_l("Everybody who sees the proposal can read it."))


class LeadTimesForm(FlaskForm):
    """By when the provisional agenda is due, and until when supplementary items are taken."""

    provisional_days = StringField(_l("Provisional agenda, days before"))
    supplementary_days = StringField(_l("Supplementary items, until days before"))


def item_form(parties: Iterable[str], language: str, values: Mapping[str, Any] | None = None) -> ItemForm:
    """Return the form, its choices in the language; `values` are an item's, by the names of its columns."""
    form = ItemForm(data=form_data(values) if values else {"kind": "substance", "type": "discussion", "minutes": "15"})
    form.kind.choices = list(labels.labels("item_kind", language).items())
    form.type.choices = list(labels.labels("item_type", language).items())
    named = _named(parties, language)
    form.lead_party.choices = [("", _("nobody in particular")), *named]
    form.parties.choices = named
    return form


def proposal_form(parties: Iterable[str], language: str) -> ProposalForm:
    """Return the form of a proposal, its choices in the language."""
    form = ProposalForm(data={"type": "discussion", "minutes": "15"})
    form.type.choices = list(labels.labels("item_type", language).items())
    form.parties.choices = _named(parties, language)
    return form


def lead_times_form(standing: AgendaStanding) -> LeadTimesForm:
    """Return the form of the lead times as they are, or as they were sent."""
    return LeadTimesForm(
        data={
            "provisional_days": str(standing.provisional_days),
            "supplementary_days": str(standing.supplementary_days),
        }
    )


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item's values by the names of the form's fields, longer texts in each language apart."""
    plain = {name: value for name, value in values.items() if name not in LONG}
    texts = {f"{name}_{code}": (values.get(name) or {}).get(code, "") for name in LONG for code in words.LANGUAGES}
    return {**plain, **(texts if any(name in values for name in LONG) else {})}


def _named(parties: Iterable[str], language: str) -> list[tuple[str, str]]:
    return [(code, words.party_name(code, language)) for code in words.party_order(parties, language)]


def form_data(values: Mapping[str, Any]) -> dict[str, str]:
    """Return an item's values as the fields of its form have them."""
    plain = {name: str(values[name] or "") for name in ("kind", "type", "lead_party", "presenters")}
    texts = {name: value for name, value in flat(values).items() if name.startswith(LONG)}
    return {**plain, **titles_of(values["title"]), **texts, "minutes": str(values["minutes"])}


def typed_item(form: ItemForm, original: str | None) -> ItemWords:
    """Return the item that was typed; raises `Refusal("not_a_number")`."""
    return ItemWords(
        title=typed_titles(form),
        kind=form.kind.data or "",
        type=form.type.data or "",
        minutes=whole_number(form.minutes.data, "minutes"),
        lead_party=form.lead_party.data or None,
        original=original,
        presenters=form.presenters.data or "",
        annotation=_typed_texts(form, "annotation"),
        expected_result=_typed_texts(form, "expected_result"),
        parties=tuple(form.parties.data or ()),
    )


def typed_proposal(form: ProposalForm, original: str | None) -> ProposalWords:
    """Return the proposal that was typed; raises `Refusal("not_a_number")`."""
    return ProposalWords(
        title=typed_titles(form),
        type=form.type.data or "",
        minutes=whole_number(form.minutes.data, "minutes"),
        original=original,
        parties=tuple(form.parties.data or ()),
        note=form.note.data or "",
    )


def item_of_proposal(proposal: ProposalWords) -> ItemWords:
    """Return the item that a proposal is for, where it is put to every party's consent at once."""
    return ItemWords(
        title=proposal.title, kind="substance", type=proposal.type, minutes=proposal.minutes,
        original=proposal.original, parties=proposal.parties,
    )  # fmt: skip


def _typed_texts(form: ItemForm, name: str) -> dict[str, str]:
    return {code: form[f"{name}_{code}"].data or "" for code in words.LANGUAGES}


def whole_number(written: str | None, field: str) -> int:
    """Return a whole number as it was typed; raises `Refusal` `required`, `not_a_number`."""
    text = (written or "").strip()
    if not text:
        raise Refusal("required", field=field)
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise Refusal("not_a_number", field=field)
    return int(text)
