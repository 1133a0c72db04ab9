"""The form of an agenda item: its shape; what it means is the service's to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField

from app import labels, words
from app.domain.errors import Refusal
from app.services.agenda_acts import ItemWords
from app.web.forms import titles_of, typed_titles


class ItemForm(FlaskForm):
    """One item of an agenda."""

    title_en = StringField(_l("Title in English"))
    title_es = StringField(_l("Title in Spanish"))
    title_fr = StringField(_l("Title in French"))
    kind = SelectField(_l("Kind"), validate_choice=False)
    type = SelectField(_l("For"), validate_choice=False)
    lead_party = SelectField(_l("By"), validate_choice=False)
    minutes = StringField(_l("Minutes"))


def item_form(parties: Iterable[str], language: str, values: Mapping[str, Any] | None = None) -> ItemForm:
    """Return the form, its choices in the language; `values` are an item's, by the names of its columns."""
    form = ItemForm(data=_data(values) if values else {"kind": "substance", "type": "discussion", "minutes": "15"})
    form.kind.choices = list(labels.labels("item_kind", language).items())
    form.type.choices = list(labels.labels("item_type", language).items())
    named = [(code, words.party_name(code, language)) for code in words.party_order(parties, language)]
    form.lead_party.choices = [("", _("nobody in particular")), *named]
    return form


def _data(values: Mapping[str, Any]) -> dict[str, str]:
    plain = {name: str(values[name] or "") for name in ("kind", "type", "lead_party")}
    return {**plain, **titles_of(values["title"]), "minutes": str(values["minutes"])}


def typed_item(form: ItemForm, original: str | None) -> ItemWords:
    """Return the item that was typed; raises `Refusal("not_a_number")`."""
    return ItemWords(
        title=typed_titles(form),
        kind=form.kind.data or "",
        type=form.type.data or "",
        minutes=whole_number(form.minutes.data, "minutes"),
        lead_party=form.lead_party.data or None,
        original=original,
    )


def whole_number(written: str | None, field: str) -> int:
    """Return a whole number as it was typed; raises `Refusal` `required`, `not_a_number`."""
    text = (written or "").strip()
    if not text:
        raise Refusal("required", field=field)
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise Refusal("not_a_number", field=field)
    return int(text)
