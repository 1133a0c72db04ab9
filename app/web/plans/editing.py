"""The form of a plan between what was typed and the page that shows it again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _

from app import labels, words
from app.domain.cities import CITIES
from app.domain.date_plans import PlanContent
from app.domain.errors import Refusal
from app.domain.meeting_content import FORMATS
from app.i18n import reader_language
from app.models import Office
from app.services.date_plans import OpenPlan
from app.services.kept_facts import facts_of
from app.services.slot_facts import KnownPerson
from app.web.forms import put_error
from app.web.plans.forms import (
    MUST,
    OF_PLACE,
    SHOULD,
    NameRow,
    PlanForm,
    content_from,
    fill,
    names_of,
    names_typed,
    needs_of_offices,
    seats_from,
)
from app.web.plans.page import View
from app.web.zones import zone_choices


@dataclass(frozen=True, slots=True)
class Edited:
    """A form, what it means where it has the shape of something, and what was refused about it."""

    form: PlanForm
    content: PlanContent | None
    refusal: Refusal | None = None
    is_typed: bool = False

    def refused(self, refusal: Refusal) -> Edited:
        """Return the same with the refusal beside its fields."""
        put_error(self.form, refusal)
        return dataclasses.replace(self, refusal=refusal)

    @property
    def labels(self) -> dict[str, str]:
        """Return the names of what is compared after a lost race."""
        return {
            "first_day": _("Days"),
            "minutes": _("Length"),
            "starts": _("Hours of the day"),
            "place": _("Place"),
            "required_parties": _("Parties that must attend"),
            "seats": _("Offices and people"),
        }


@dataclass(frozen=True, slots=True)
class PartyFields:
    """Whom a form can name of one party: its offices, the likely ones first, and its principals."""

    code: str
    offices: tuple[tuple[str, str, str], ...]
    more_offices: tuple[tuple[str, str, str], ...]
    names: tuple[NameRow, ...]
    known: tuple[str, ...]


def edited_from(found: OpenPlan) -> Edited:
    """Return the form that says what a plan says."""
    form = PlanForm(formdata=None)
    fill(form, found.content)
    return Edited(form, found.content)


def edited_as_typed(found: OpenPlan) -> Edited:
    """Return the form as it was typed."""
    form = PlanForm()
    try:
        return Edited(form, content_from(form, request.form, found.content.parties), is_typed=True)
    except Refusal as refusal:
        return Edited(form, None, is_typed=True).refused(refusal)


def form_values(view: View, edited: Edited, people: Iterable[KnownPerson]) -> dict[str, Any]:
    """Give the form its choices, and return what its template needs beside it."""
    language, form, found = reader_language(), edited.form, view.found
    form.format.choices = [(key, labels.label("format", key, language)) for key in FORMATS]
    form.zone.choices = {
        _("Where it is held"): [(OF_PLACE, _("that of the place"))],
        **zone_choices(language),
    }
    order = words.party_order(found.content.parties, language)
    form.required_parties.choices = [(code, words.party_name(code, language)) for code in order]
    seats = seats_from(request.form, found.content.parties) if edited.is_typed else found.content.seats
    needs = needs_of_offices(seats)
    known: dict[str, dict[str, None]] = {}
    for each in people:
        known.setdefault(each.party, {})[each.name] = None
    leads = _leads(found)
    return {
        "parties": [
            PartyFields(
                code=code,
                offices=_offices(view, code, needs, is_first=True, leads=leads),
                more_offices=_offices(view, code, needs, is_first=False, leads=leads),
                names=tuple(names_typed(request.form, code) if edited.is_typed else names_of(seats, code)),
                known=tuple(known.get(code, ())),
            )
            for code in order
        ],
        "needs": [("", _("not asked")), (SHOULD, _("should attend")), (MUST, _("must attend"))],
        "name_needs": [(MUST, _("must attend")), (SHOULD, _("should attend"))],
        "cities": sorted({city.name(language) for city in CITIES}, key=words.collation_key),
    }


def _leads(found: OpenPlan) -> frozenset[str]:
    """Return the offices that lead the mechanism for their parties."""
    if found.mechanism is None:
        return frozenset()
    facts = facts_of(found.mechanism)
    return frozenset(code for codes in facts.lead_offices.values() for code in codes)


def _offices(
    view: View, party: str, needs: dict[str, str], *, is_first: bool, leads: frozenset[str]
) -> tuple[tuple[str, str, str], ...]:
    """Return a party's offices as code, name and need: the mechanism's leads and those chosen, or all the others."""
    rows: Iterable[Office] = (row for row in view.offices if row.party_code == party)
    return tuple(
        (row.code, view.places.office(row.code), needs.get(row.code, ""))
        for row in rows
        if (row.code in leads or row.code in needs) is is_first
    )
