"""The forms of an import: the table that is brought, and what is chosen about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, SelectMultipleField, TextAreaField

from app import labels, words
from app.domain.action_import import BroughtTable, checked_columns, guessed, named_twice, width_of
from app.domain.action_import_dates import ORDERS
from app.domain.action_import_words import COLUMNS
from app.domain.errors import Refusal
from app.i18n import reader_language
from app.services.action_import_names import Names
from app.web.forms import sent_number
from app.web.routing import viewer

HEADER_LIMIT: Final = 15


class BringForm(FlaskForm):
    """A table, as a file or pasted."""

    file = FileField(_l("File"), description=_l("A workbook (.xlsx) or values between commas (.csv)."))
    pasted = TextAreaField(
        _l("Or paste the table"), description=_l("Copy it from the spreadsheet, with the row that names the columns.")
    )


class ChoicesForm(FlaskForm):
    """What is chosen about all rows of a table; its columns have selects of their own."""

    sheet = SelectField(_l("Sheet"), coerce=int)
    header = SelectField(_l("The row that names the columns"), coerce=int)
    language = SelectField(_l("Language of the texts"))
    order = SelectField(
        _l("Order in which days are written"),
        description=_l("It reads days such as 3/4/2027. It is never guessed: look at the example."),
    )
    seen_by = SelectMultipleField(
        _l("Who sees the rows, beside their owners"),
        description=_l("A column “Seen by” says it for its own row."),
    )
    mechanism = SelectField(_l("Mechanism of the rows that do not name one"))
    plain_party = SelectField(
        _l("Party of persons whose party is not written"),
        description=_l("Without it, a row with a name alone is refused."),
    )
    joins = BooleanField(
        _l("Join rows to the actions that are there, by their reference"),
        description=_l("It changes your own leg, adds legs and notes. Titles and texts stay as they stand."),
    )
    leaves_out = BooleanField(_l("Leave out the rows that are refused, and import the others"))


def choices_form(table: BroughtTable, names: Names) -> ChoicesForm:
    """Return the form of a table's choices, filled with them unless it was sent."""
    chosen, language = table.choices, reader_language()
    form = ChoicesForm(
        data={
            "sheet": chosen.sheet, "header": chosen.header, "language": chosen.language,
            "order": chosen.order or "", "seen_by": list(chosen.seen_by), "mechanism": chosen.mechanism or "",
            "plain_party": chosen.plain_party or "", "joins": chosen.joins, "leaves_out": chosen.leaves_out,
        }
    )  # fmt: skip
    heads = [number for number, _ in table.sheet.rows[:HEADER_LIMIT]]
    parties = [(code, words.party_name(code, language)) for code in words.party_order(names.core, language)]
    served = [each for each in names.mechanisms.values() if each.is_served]
    by_name = sorted(
        ((each.code, words.pick(each.name, language)[0]) for each in served),
        key=lambda pair: words.collation_key(pair[1]),
    )
    form.sheet.choices = [(place, sheet.name or "1") for place, sheet in enumerate(table.sheets)]
    form.header.choices = [(0, _l("None: the table has no headings")), *((number, str(number)) for number in heads)]
    form.language.choices = list(words.LANGUAGE_NAMES.items())
    form.order.choices = [("", _l("Not chosen")), *((order, ORDER_WORDS[order]) for order in ORDERS)]
    form.seen_by.choices = parties
    form.mechanism.choices = [("", _l("None")), *by_name]
    form.plain_party.choices = [("", _l("None: refuse such rows")), *parties]
    if not viewer().sits_at_a_table:
        form.mechanism.description = _l(
            "A secretariat imports what belongs to a mechanism that it serves: choose it, and all of its parties above."
        )
    return form


ORDER_WORDS: Final[Mapping[str, object]] = {
    "dmy": _l("day, month, year: 31/12/2027"),
    "mdy": _l("month, day, year: 12/31/2027"),
    "ymd": _l("year, month, day: 2027-12-31"),
}


def column_choices() -> list[tuple[str, str]]:
    """Return what a column can be, the first being left out."""
    language = reader_language()
    return [("", ""), *((name, labels.label("import_column", name, language)) for name in COLUMNS)]


def typed_table(table: BroughtTable, form: ChoicesForm) -> BroughtTable:
    """Return the table with what was sent; another sheet or heading is guessed anew.

    Raises `Refusal("column_chosen_twice")` (`column`).
    """
    chosen = replace(
        table.choices, language=form.language.data, order=form.order.data or None, is_decided=bool(form.order.data),
        seen_by=tuple(form.seen_by.data or ()), mechanism=form.mechanism.data or None,
        plain_party=form.plain_party.data or None, joins=bool(form.joins.data), leaves_out=bool(form.leaves_out.data),
    )  # fmt: skip
    kept = replace(table, choices=chosen)
    if (form.sheet.data, form.header.data) != (table.choices.sheet, table.choices.header):
        is_same_sheet = form.sheet.data == table.choices.sheet
        return guessed(kept, form.sheet.data, form.header.data if is_same_sheet else None)
    width = width_of(table)
    given = [request.form.get(f"column_{place}", "") for place in range(width)]
    twice = named_twice(given)
    if twice:
        said = labels.label("import_column", twice[0], reader_language()) if twice[0] in COLUMNS else ""
        raise Refusal("column_chosen_twice", column=said)
    return replace(kept, choices=replace(chosen, columns=checked_columns(given, width)))


def is_other_table(table: BroughtTable, typed: BroughtTable) -> bool:
    """Say whether another sheet or heading was chosen, whose columns are to be looked at first."""
    was, now = table.choices, typed.choices
    return (was.sheet, was.header) != (now.sheet, now.header) and sent_number("look") is None
