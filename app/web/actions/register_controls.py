"""The controls of the register of actions: the same filter as its text, one of them for each common term."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext as _

from app import labels, words
from app.domain.action_query import ActionQuery, parse, written
from app.domain.action_query_words import IS, KIND, said, value_said
from app.domain.errors import Refusal
from app.services.action_register import SORTS, Choices
from app.services.saved_views import COLUMNS

# The fields of the form, and the addresses that the page had before it had a text: what each is in the text.
CONTROLS: Final[Mapping[str, str]] = {
    "mechanism": "mechanism", "party": "party", "state": "is", "office": "office", "kind": "kind", "due": "due",
}  # fmt: skip
AS_WRITTEN: Final = "~"  # more than a control can show: the text says it
DUE: Final = ("<0d", "0d..7d", "0d..30d", "none")
Option = tuple[str, str]


def control_values(query: ActionQuery, choices: Choices) -> dict[str, str]:
    """Return what each control shows of a query, by its key in the text."""
    known = {key: {value for value, _words in options} for key, options in _options(choices, "en").items()}
    found = {}
    for key in CONTROLS.values():
        value = query.value(key)
        if key == "mechanism" and value:
            value = next((each.code for each in choices.mechanisms if value in each.names), value)
        found[key] = value if value == "" or value in known[key] else AS_WRITTEN
    return found


def with_controls(text: str, was: str, chosen: Mapping[str, str], choices: Choices, language: str) -> str:
    """Return the text with what was chosen otherwise than `was`, the text that the controls showed, says.

    A text that cannot be read stays as it was typed; a choice that cannot be, stands in it to be told of.
    """
    try:
        query = parse(text, language)
        before = control_values(parse(was, language), choices)
    except Refusal:
        return text
    unread = []
    for key, value in chosen.items():
        if value in {before[key], AS_WRITTEN}:
            continue
        try:
            query = query.with_value(key, value)
        except Refusal:
            unread.append(f'{said(key, language)}:"{value}"')
    return " ".join([*filter(None, [written(query, language)]), *unread])


def choices_of_controls(choices: Choices, query: ActionQuery, language: str) -> list[tuple[str, str, list[Option]]]:
    """Return each control: its field, its key in the text, and its options, with one for what the text alone says."""
    values, found = control_values(query, choices), []
    options = _options(choices, language)
    for name, key in CONTROLS.items():
        more = [(AS_WRITTEN, _("as the text says"))] if values[key] == AS_WRITTEN else []
        found.append((name, key, [("", _("any")), *more, *options[key]]))
    return found


def _options(choices: Choices, language: str) -> dict[str, list[Option]]:
    mechanisms = [(each.code, words.pick(each.name, language)[0] or each.code) for each in choices.mechanisms]
    parties = words.party_order([code for code in choices.parties if _has_office(code, choices)], language)
    offices = [(each.code, f"{words.pick(each.name, language)[0]} ({each.code})") for each in choices.offices]
    kinds = labels.labels("action_kind", language)
    return {
        "mechanism": sorted(mechanisms, key=lambda each: words.collation_key(each[1])),
        "party": [(code, words.party_name(code, language)) for code in parties],
        "is": [(value, state_words(value, language)) for value in IS],
        "office": offices,
        "kind": [(value, kinds[value]) for value in KIND],
        "due": list(zip(DUE, (_("before today"), _("in 7 days"), _("in 30 days"), _("without a day")), strict=True)),
    }


def _has_office(code: str, choices: Choices) -> bool:
    return any(each.party == code for each in choices.offices)


def state_words(value: str, language: str) -> str:
    """Return the words for a value of `is:`; those of the states themselves where it is one."""
    told = {
        "owed": _("still to be done"), "unaccepted": _("recorded, not accepted"), "carried": _("carried over"),
        "ended": _("ended at a meeting"), "quiet": _("no news for 30 days"),
    }  # fmt: skip
    return told.get(value) or labels.labels("leg_state", language).get(value) or value_said("is", value, language)


def built_in_views(own: str | None, language: str) -> list[tuple[str, str]]:
    """Return the views that everybody has: their names, and their filters; of the next meeting there is none."""
    found = [(_("Still to be done"), "is:owed"), (_("Overdue"), "is:overdue"), (_("Not accepted"), "is:unaccepted"),
             (_("No news for 30 days"), "quiet:>30")]  # fmt: skip
    if own is not None:
        found.insert(1, (_("What %(party)s owes", party=words.party_name(own, language)), f"party:{own} is:owed"))
    told = [(title, written(parse(text), language)) for title, text in found]
    return [*told, (_("Next meeting"), "")]


def sort_words() -> dict[str, str]:
    """Return the words of the orders."""
    said_of = {
        "due": _("Due"), "reference": _("Reference"), "changed": _("Last change"), "news": _("News"),
        "priority": _("Priority"), "mechanism": _("Mechanism"), "state": _("State"),
    }  # fmt: skip
    return {key: said_of[key] for key in SORTS}


def column_words() -> dict[str, str]:
    """Return the words of the columns."""
    said_of = {
        "due": _("Due"), "parties": _("Parties"), "note": _("Reason or note"), "state": _("State"), "lead": _("Lead"),
        "kind": _("Kind"), "priority": _("Priority"), "horizon": _("Horizon"), "mechanism": _("Mechanism"),
        "people": _("Offices and people"), "news": _("Last news"),
    }  # fmt: skip
    return {key: said_of[key] for key in COLUMNS}
