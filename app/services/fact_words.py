"""The facts of a mechanism in words: the name of each, and its value as a person reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from app import labels, words
from app.domain.fact_edits import BY_PARTIES

JSON = Any
Names = Mapping[str, Mapping[str, str]]


def field_name(field: str, language: str) -> str:
    """Return the name of a fact; one that has none is called by its field."""
    pgettext = words.translations(language).pgettext
    names = {
        "name": pgettext("fact of a mechanism", "Name"),
        "also_known_as": pgettext("fact of a mechanism", "Also known as"),
        "status": pgettext("fact of a mechanism", "Status"),
        "status_note": pgettext("fact of a mechanism", "Note on the status"),
        "level": pgettext("fact of a mechanism", "Level"),
        "cadence": pgettext("fact of a mechanism", "Floor"),
        "mandate": pgettext("fact of a mechanism", "Mandate"),
        "deadline": pgettext("fact of a mechanism", "Deadline"),
        "hosting": pgettext("fact of a mechanism", "Order of hosts"),
        "guests": pgettext("fact of a mechanism", "Guests"),
        "scope_in": pgettext("fact of a mechanism", "In scope"),
        "scope_out": pgettext("fact of a mechanism", "Out of scope"),
        "parent": pgettext("fact of a mechanism", "Parent"),
        "related": pgettext("fact of a mechanism", "Related"),
        "lead_offices": pgettext("fact of a mechanism", "Lead offices"),
    }
    return str(names.get(field, field))


def fact_in_words(field: str, value: JSON, language: str, names: Names) -> str:
    """Return a fact's value in words, nothing for none; `names` are of mechanisms and offices, by ref and code."""
    if value is None or value in ("", [], {}):
        return ""
    if field in _SAID:
        return _SAID[field](value, language, names)
    return "\n".join(value) if isinstance(value, list) else str(value)


def _name(value: JSON, language: str, _: Names) -> str:
    return "\n".join(f"{value[code]} ({labels.label('language', code, language)})" for code in words.LANGUAGES)


def _related(value: JSON, language: str, names: Names) -> str:
    return "\n".join(_named(ref, language, names) for ref in value)


def _guests(value: JSON, language: str, _: Names) -> str:
    return words.list_of([words.party_name(code, language) for code in value], language)


def _cadence(value: JSON, language: str, _: Names) -> str:
    ngettext = words.translations(language).ngettext
    least, months = value["minimum_meetings"], value["period_months"]
    meetings = ngettext("At least %(num)s meeting", "At least %(num)s meetings", least) % {"num": least}
    span = ngettext("in %(num)s month", "in %(num)s months", months) % {"num": months}
    gettext = words.translations(language).gettext
    anchor = (
        gettext("counted by calendar year")
        if value["anchor"] == "calendar_year"
        else gettext("counted from the mandate")
    )
    return f"{meetings} {span}, {anchor}"


def _mandate(value: JSON, language: str, _: Names) -> str:
    on = words.partial_date(value["date"], language) if value["date"] else ""
    return "\n".join(part for part in (value["instrument"] or "", on) if part)


def _hosting(value: JSON, language: str, _: Names) -> str:
    gettext = words.translations(language).gettext
    if not value["rotation"]:
        return ""
    order = ", ".join(words.party_name(code, language) for code in value["rotation"])
    basis = gettext("attested") if value["rotation_attested"] else gettext("read from practice")
    return f"{order} ({basis})"


def _offices(value: JSON, language: str, names: Names) -> str:
    lines = []
    for party in words.party_order([code for code, offices in value.items() if offices], language):
        offices = words.list_of([_named(code, language, names) for code in value[party]], language)
        lines.append(f"{words.party_name(party, language)}: {offices}")
    return "\n".join(lines)


def _named(code: str, language: str, names: Names) -> str:
    return words.pick(names[code], language)[0] if code in names else code


_SAID: Final[Mapping[str, Callable[[JSON, str, Names], str]]] = {
    "name": _name,
    "status": lambda value, language, _: labels.label("mechanism_status", value, language),
    "level": lambda value, language, _: labels.label("level", value, language),
    "cadence": _cadence,
    "mandate": _mandate,
    "deadline": lambda value, language, _: words.date_plain(dt.date.fromisoformat(value), language),
    "hosting": _hosting,
    "guests": _guests,
    "parent": _named,
    "related": _related,
    "lead_offices": _offices,
}


def source_in_words(field: str, facts: Mapping[str, JSON], language: str) -> str:
    """Return who tells a fact: a paper or page for what has a source of its own, else the catalogue or the parties."""
    gettext = words.translations(language).gettext
    source = {"status": facts["status_source"], "mandate": facts["mandate"]["source"]}.get(field)
    told = {
        BY_PARTIES: gettext("the parties"), "public": gettext("public pages"), "inferred": gettext("our reading"),
    }  # fmt: skip
    if source is not None:
        return str(told.get(source, gettext("policy papers")))
    if field == "level" and not facts["level_attested"]:
        return str(gettext("our reading"))
    return str(gettext("the catalogue"))
