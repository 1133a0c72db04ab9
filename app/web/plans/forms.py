"""The form of a plan: what was typed, as it was typed, and the content that it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField

from app.domain.cities import city_named
from app.domain.date_plans import PlanContent, PlannedSeat
from app.domain.errors import Refusal
from app.domain.meeting_content import Refused
from app.web.forms import hour_of_day, iso_day, read_field

MUST: Final = "must"
SHOULD: Final = "should"
SPARE_NAMES: Final = 2
NAMES_LIMIT: Final = 20
OF_PLACE: Final = "place"
_LENGTH: Final = re.compile(r"(\d{1,2})(?:\s*[:hH]\s*(\d{1,2})?)?|(\d{1,4})\s*min\.?", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,6}", re.ASCII)


class PlanForm(FlaskForm):
    """What a plan says of days, hours and place, each field as text; whom it wants has fields by party beside it."""

    first_day = StringField(_l("From"))
    last_day = StringField(_l("Until"))
    days_count = StringField(_l("Days in a row"))
    minutes = StringField(_l("Hours a day"))
    starts = StringField(_l("Not before"))
    ends = StringField(_l("Not after"))
    with_weekends = BooleanField(_l("Look at weekends too"))
    format = RadioField(_l("Form"), validate_choice=False)
    place = StringField(_l("Place"))
    zone = SelectField(_l("Time zone"), validate_choice=False)
    required_parties = SelectMultipleField(_l("Parties that must attend"), validate_choice=False)
    agenda_days = StringField(_l("Agenda out, days before"))
    papers_days = StringField(_l("Papers out, days before"))


@dataclass(frozen=True, slots=True)
class NameRow:
    """A principal as a form has them: the fields' names, what was typed, and whether they must attend."""

    name_field: str
    need_field: str
    name: str
    need: str


def fill(form: PlanForm, content: PlanContent) -> None:
    """Put a content into the form, as a person would type it."""
    for name in ("first_day", "last_day"):
        day = getattr(content, name)
        form[name].data = day.isoformat() if day else ""
    for name in ("starts", "ends"):
        hour = getattr(content, name)
        form[name].data = hour.isoformat("minutes") if hour else ""
    for name in ("days_count", "agenda_days", "papers_days"):
        number = getattr(content, name)
        form[name].data = "" if number is None else str(number)
    form.minutes.data = length_as_typed(content.minutes)
    form.with_weekends.data = content.with_weekends
    form.format.data, form.place.data = content.format, content.place
    city = city_named(content.place)
    form.zone.data = OF_PLACE if city is not None and city.zone == content.zone else content.zone
    form.required_parties.data = list(content.required_parties)


def length_as_typed(minutes: int | None) -> str:
    """Return a length as a person types it: `3`, `2:30`; nothing for whole days."""
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02d}" if rest else str(hours)


def content_from(form: PlanForm, typed: MultiDict[str, str], parties: tuple[str, ...]) -> PlanContent:
    """Return what was typed as a content; raises `Refused` with each field whose text has not its shape."""
    refusals: list[Refusal] = []
    content = PlanContent(
        first_day=read_field(form, "first_day", iso_day, "not_a_date", refusals),
        last_day=read_field(form, "last_day", iso_day, "not_a_date", refusals),
        days_count=read_field(form, "days_count", _number, "not_a_number", refusals),
        minutes=read_field(form, "minutes", _length, "not_a_length", refusals),
        starts=read_field(form, "starts", hour_of_day, "not_a_time", refusals),
        ends=read_field(form, "ends", hour_of_day, "not_a_time", refusals),
        with_weekends=bool(form.with_weekends.data),
        format=form.format.data or "",
        place=form.place.data or "",
        zone=_zone(form, refusals),
        parties=parties,
        required_parties=tuple(sorted(set(form.required_parties.data or ()))),
        seats=seats_from(typed, parties),
        agenda_days=read_field(form, "agenda_days", _number, "not_a_number", refusals) or 0,
        papers_days=read_field(form, "papers_days", _number, "not_a_number", refusals) or 0,
    )
    if refusals:
        raise Refused(refusals)
    return content


def _zone(form: PlanForm, refusals: list[Refusal]) -> str:
    """Return the zone that was chosen: one by its name, or that of the place where it is a city known here."""
    chosen: str = form.zone.data or ""
    if chosen != OF_PLACE:
        return chosen
    city = city_named(form.place.data or "")
    if city is None:
        refusals.append(Refusal("zone_of_unknown_place", field="zone"))
        return ""
    return city.zone


# Who ----------------------------------------------------------------------------------------------


def seats_from(typed: Mapping[str, str], parties: Iterable[str]) -> tuple[PlannedSeat, ...]:
    """Return the offices and principals that were typed; a name without its need must attend."""
    codes = {name.removeprefix("office_"): need for name, need in typed.items() if name.startswith("office_")}
    found = [
        PlannedSeat(_party_of(code, parties), "office", office_code=code, is_required=need == MUST)
        for code, need in codes.items()
        if need in {MUST, SHOULD}
    ]
    named = [
        PlannedSeat(code, "person", name=row.name, is_required=row.need != SHOULD)
        for code in parties
        for row in names_typed(typed, code)
        if row.name.strip()
    ]
    return (*found, *named)


def _party_of(office_code: str, parties: Iterable[str]) -> str:
    """Return the party whose letters an office's code begins with."""
    return next((each for each in parties if office_code.startswith(f"{each}-")), "")


def needs_of_offices(seats: Iterable[PlannedSeat]) -> dict[str, str]:
    """Return what is wanted of each office that a plan names."""
    return {seat.office_code: MUST if seat.is_required else SHOULD for seat in seats if seat.office_code}


def names_of(seats: Iterable[PlannedSeat], party: str) -> list[NameRow]:
    """Return a party's principals as a form has them, with some rows to spare."""
    named = [seat for seat in seats if seat.party == party and seat.kind == "person"]
    rows = [_row(party, number, seat.name or "", seat.is_required) for number, seat in enumerate(named)]
    return [*rows, *(_row(party, len(rows) + number, "", is_required=True) for number in range(SPARE_NAMES))]


def names_typed(typed: Mapping[str, str], party: str) -> list[NameRow]:
    """Return a party's rows of names as they were typed."""
    rows = []
    for number in range(NAMES_LIMIT):
        name = typed.get(f"name_{party}_{number}")
        if name is not None:
            rows.append(_row(party, number, name, typed.get(f"need_{party}_{number}") != SHOULD))
    return rows


def _row(party: str, number: int, name: str, is_required: bool) -> NameRow:  # noqa: FBT001
    return NameRow(f"name_{party}_{number}", f"need_{party}_{number}", name, MUST if is_required else SHOULD)


# Shapes -------------------------------------------------------------------------------------------


def _number(text: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(text)
    return int(text)


def _length(text: str) -> int:
    """Return minutes from `3`, `2:30`, `2 h 30` or `45 min`; raises `ValueError`."""
    match = _LENGTH.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return int(match[3]) if match[3] else int(match[1]) * 60 + int(match[2] or 0)
