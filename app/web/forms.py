"""What forms of several domains share: refusals beside their fields, what was sent, titles, and lost races."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from flask import request
from wtforms import DateField, Form, TimeField

from app import words
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.meeting_content import Refused
from app.domain.walltime import Choice
from app.i18n import field_choices, reader_language
from app.messages import message_for

_Value = TypeVar("_Value")
_DATE: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
# As in 14:30, and as French writes it: 14 h 30, 14h30, 14 h.
_HOUR: Final = re.compile(r"([0-9]{1,2})(?::([0-9]{2})(?::00)?|\s?[hH](?:\s?([0-9]{2}))?)")


class Named(Protocol):
    """Something that is chosen by its code and shown by its name."""

    code: Any
    name: Any


class HasVersion(Protocol):
    """Something whose version rises with each change of it."""

    version: Any


# Refusals -----------------------------------------------------------------------------------------


def put_error(form: Form, refusal: Refusal) -> None:
    """Put the words for everything that was refused beside its field, or at the top of the form where it has none.

    Raises a `NotFound` again: what is not there is no mistake in a form.
    """
    if isinstance(refusal, NotFound):
        raise refusal
    for each in refusal.refusals if isinstance(refusal, Refused) else (refusal,):
        field = form._fields.get(_field_of(form, each))
        if field is None:
            form.form_errors.append(message_for(each))
        else:
            field.errors = [*field.errors, message_for(each)]


def _field_of(form: Form, refusal: Refusal) -> str:
    """Return the field that a refusal stands at: a title that is lacking in every language, at the reader's own."""
    own = f"title_{reader_language()}"
    return own if refusal.key == "needs_title" and own in form._fields else refusal.field or ""


def compared(
    form: Form,
    yours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    also: Mapping[str, Callable[[str], str]] | None = None,
) -> list[tuple[str, str, str]]:
    """Return the name of each field that the form has, what was typed and what stands now, as the reader reads them.

    What can be chosen is in the words of its choice; `also` says, by field, what to call a value that can no
    longer be chosen.
    """
    mine, others = _by_field(yours), _by_field(theirs)
    rows = []
    for name in (each for each in mine if each in form):
        choices = _choices_of(form[name])
        fallback = (also or {}).get(name)
        said = [_in_words(side.get(name), choices, fallback) for side in (mine, others)]
        rows.append((str(form[name].label.text), said[0], said[1]))
    return rows


def _choices_of(field: Any) -> dict[str, str]:
    """Return the words of what can be chosen in a field, of all groups together."""
    if not getattr(field, "choices", None):
        return {}
    found = field_choices(field)
    groups = found.values() if isinstance(found, dict) else [found]
    return {str(value): str(said) for pairs in groups for value, said in pairs}


def _in_words(value: Any, choices: Mapping[str, str], fallback: Callable[[str], str] | None) -> str:
    """Return a value of a form as a person reads it; nothing for none, where that is no choice."""
    language = reader_language()
    match value:
        case dt.datetime():
            raise TypeError("an instant is compared as the day and the time of its place")
        case dt.date():
            return words.date_short(value, language)
        case dt.time():
            return words.time_of_day(value, language)
    written = "" if value is None else str(value)
    if written in choices:
        return choices[written]
    return fallback(written) if written and fallback else written


# Saving -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What the page of a form that is not saved shows: both texts of a lost race, and the version to send next."""

    status: int
    version: int
    rows: list[tuple[str, str, str]] | None = None


def unsaved(
    form: Form,
    row: HasVersion,
    save: Callable[[int], object],
    also: Mapping[str, Callable[[str], str]] | None = None,
) -> Unsaved | None:
    """Save what was sent, with the version that was sent; None once it is saved, else what its page shows.

    Nothing is sent where the page is only read. Who lost a race reads both texts, on a form made from the row as it
    stands; `also` is as in `compared`.
    """
    if request.method != "POST":
        return Unsaved(200, row.version)
    version = sent_version()
    if form.validate():
        try:
            save(version)
        except StaleVersion as stale:
            return Unsaved(409, row.version, compared(form, stale.yours, stale.theirs, also))
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            return None
    return Unsaved(422, version)


# What was sent ------------------------------------------------------------------------------------


def sent_number(name: str) -> int | None:
    """Return a whole number that a form carries unseen, None for anything else."""
    written = request.form.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None


def sent_version() -> int:
    """Return the version that the form was made from, as it was sent; -1, which no row has, for anything else."""
    found = sent_number("version")
    return -1 if found is None else found


def iso_day(written: str) -> dt.date:
    """Return a day that was typed as `2026-12-10`; raises `ValueError`.

    The other forms of ISO 8601 are no dates that people type.
    """
    if _DATE.fullmatch(written) is None:
        raise ValueError(written)
    return dt.date.fromisoformat(written)


def hour_of_day(written: str) -> dt.time:
    """Return a time that was typed on 24 hours, as `14:30` or `14 h 30`; raises `ValueError`."""
    match = _HOUR.fullmatch(written)
    if match is None:
        raise ValueError(written)
    return dt.time(int(match[1]), int(match[2] or match[3] or 0))


def choice_of_two(written: str | None) -> Choice | None:
    """Return which is meant of a time that the clocks show twice, None for anything but the two words for it."""
    return "earlier" if written == "earlier" else "later" if written == "later" else None


class DayField(DateField):
    """A day, refused in our own words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; raises `ValueError` with what to type instead."""
        self.data = _typed(valuelist, iso_day, "not_a_date")


class HourField(TimeField):
    """A time of day, refused in our own words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; raises `ValueError` with what to type instead."""
        self.data = _typed(valuelist, hour_of_day, "not_a_time")


def _typed(values: list[str], read: Callable[[str], _Value], key: str) -> _Value | None:
    written = " ".join(values).strip()
    if not written:
        return None
    try:
        return read(written)
    except ValueError:
        raise ValueError(message_for(Refusal(key))) from None


def day(written: str | None, field: str) -> dt.date | None:
    """Return a day as it was typed, or none; raises `Refusal("not_a_date")`."""
    text = (written or "").strip()
    try:
        return iso_day(text) if text else None
    except ValueError:
        raise Refusal("not_a_date", field=field) from None


def read_field(
    form: Form, name: str, read: Callable[[str], _Value], key: str, refusals: list[Refusal]
) -> _Value | None:
    """Return what a field says, None where it is empty; what cannot be read is added to the refusals under that key."""
    text = (form[name].data or "").strip()
    if not text:
        return None
    try:
        return read(text)
    except ValueError:
        refusals.append(Refusal(key, field=name))
        return None


# Values and fields --------------------------------------------------------------------------------


def titles_of(title: Mapping[str, str]) -> dict[str, str]:
    """Return a title as the fields of a form have it."""
    return {f"title_{code}": title.get(code, "") for code in words.LANGUAGES}


def typed_titles(form: Form) -> dict[str, str]:
    """Return the titles that were typed, by language."""
    return {code: form[f"title_{code}"].data or "" for code in words.LANGUAGES}


def in_fields(values: Mapping[str, Any]) -> dict[str, str]:
    """Return values as a form writes them, by the names of its fields, titles by language."""
    return {name: "" if value is None else str(value) for name, value in _by_field(values).items()}


def _by_field(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by the names of the form's fields, those of a title in each language apart."""
    title = values.get("title")
    if not isinstance(title, Mapping):
        return dict(values)
    return {**titles_of(title), **{name: value for name, value in values.items() if name != "title"}}


def named_choices(rows: Iterable[Named], language: str) -> list[tuple[str, str]]:
    """Return what can be chosen as pairs of code and name, in the order of the reader's alphabet."""
    pairs = [(row.code, words.pick(row.name, language)[0]) for row in rows]
    return sorted(pairs, key=lambda pair: (words.collation_key(pair[1]), pair[0]))
