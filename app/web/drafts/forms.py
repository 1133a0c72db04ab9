"""The forms of drafts: what was typed, as it was typed, and the content that it means."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField, URLField

from app import words
from app.domain.errors import Refusal
from app.domain.meeting_content import LANGUAGES, MeetingContent, Refused
from app.i18n import reader_language
from app.web.forms import choice_of_two, hour_of_day, iso_day, read_field

AD_HOC: Final = "-"  # no mechanism has such a code
_CHOSEN: Final = re.compile("[0-9]{2}:[0-9]{2}")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")


class MeetingForm(FlaskForm):
    """Everything that a draft says, each field as text; which hosting fields there are depends on the parties."""

    mechanism = SelectField(_l("Mechanism"), validate_choice=False)
    kind = RadioField(_l("Kind"), validate_choice=False)
    around = SelectField(_l("Around"), validate_choice=False)
    title_en = StringField(_l("Title in English"))
    title_es = StringField(_l("Title in Spanish"))
    title_fr = StringField(_l("Title in French"))
    original = RadioField(_l("The title was written in"), validate_choice=False)
    ordinal = StringField(_l("Number in its series"))
    parties = SelectMultipleField(_l("Parties"), validate_choice=False)
    format = RadioField(_l("Form"), validate_choice=False)
    place = StringField(_l("Place"))
    conference_url = URLField(_l("Address of the video conference"))
    first_day = StringField(_l("First day"))
    last_day = StringField(_l("Last day"))
    starts = StringField(_l("Start"))
    ends = StringField(_l("End"))
    zone = SelectField(_l("Time zone"), validate_choice=False)
    choice = RadioField(_l("This time comes twice that day. Which is meant?"), validate_choice=False)
    instead_starts = RadioField(_l("The nearest times to this start"), validate_choice=False)
    instead_ends = RadioField(_l("The nearest times to this end"), validate_choice=False)
    agenda = SelectField(_l("The agenda begins with"), validate_choice=False)
    source = TextAreaField(_l("Source"))


def meeting_form(codes: Collection[str], typed: MultiDict[str, str] | None = None) -> MeetingForm:
    """Return the form with a hosting field for each party, filled with what was typed, if anything was."""
    language = reader_language()
    hosting = {
        f"hosting_{code}": SelectField(words.party_name(code, language), validate_choice=False)
        for code in sorted(codes)
    }
    made: type[MeetingForm] = type("MeetingFormOfParties", (MeetingForm,), hosting)
    return made(typed)


def fill(form: MeetingForm, content: MeetingContent) -> None:
    """Put a content into the form, as a person would type it."""
    form.mechanism.data = content.mechanism or AD_HOC
    for name in ("original", "format", "place", "conference_url", "zone", "agenda", "source", "kind", "around"):
        form[name].data = getattr(content, name) or ""
    for language in LANGUAGES:
        form[f"title_{language}"].data = content.title.get(language, "")
    form.ordinal.data = str(content.ordinal or "")
    form.parties.data = list(content.parties)
    for name in ("first_day", "last_day"):
        day = getattr(content, name)
        form[name].data = day.isoformat() if day else ""
    # Of one day, the last is left empty, as the form asks: moving the first then moves the meeting.
    if content.last_day == content.first_day:
        form.last_day.data = ""
    for name in ("starts", "ends"):
        hour = getattr(content, name)
        form[name].data = hour.isoformat("minutes") if hour else ""
    form.choice.data = content.choice or ""
    for field in hosting_fields(form):
        field.data = content.hosting.get(field.name.removeprefix("hosting_"), "none")


def mechanism_code(typed: str | None) -> str | None:
    """Return the code of the mechanism that was chosen, None for an ad hoc meeting."""
    return None if typed in {None, "", AD_HOC} else typed


def hosting_fields(form: MeetingForm) -> list[Any]:
    """Return the fields that say which party hosts, by the parties' codes."""
    return sorted((field for field in form if field.name.startswith("hosting_")), key=lambda field: field.name)


def content_from(form: MeetingForm) -> MeetingContent:
    """Return what was typed as a content; raises `Refused` with each field whose text has not its shape."""
    refusals: list[Refusal] = []
    typed: dict[str, str] = {name: (form[name].data or "").strip() for name in _PLAIN}
    content = MeetingContent(
        mechanism=mechanism_code(typed["mechanism"]),
        title={language: form[f"title_{language}"].data or "" for language in LANGUAGES},
        original=typed["original"] or None,
        ordinal=read_field(form, "ordinal", _number, "not_a_number", refusals),
        parties=tuple(sorted(set(form.parties.data or ()))),
        hosting={field.name.removeprefix("hosting_"): field.data or "none" for field in hosting_fields(form)},
        format=typed["format"] or "in_person",
        place=form.place.data or "",
        conference_url=form.conference_url.data or "",
        zone=typed["zone"],
        first_day=read_field(form, "first_day", iso_day, "not_a_date", refusals),
        last_day=read_field(form, "last_day", iso_day, "not_a_date", refusals),
        starts=read_field(form, "starts", hour_of_day, "not_a_time", refusals),
        ends=read_field(form, "ends", hour_of_day, "not_a_time", refusals),
        choice=choice_of_two(typed["choice"]),
        agenda=typed["agenda"] or "template",
        source=form.source.data or "",
        kind=typed["kind"] or "session",
        around=typed["around"],
    )
    if refusals:
        raise Refused(refusals)
    return content


def take_nearest(form: MeetingForm) -> None:
    """Put a time that was chosen in place of one that the clocks skip into its field."""
    for name in ("starts", "ends"):
        chosen = form[f"instead_{name}"].data or ""
        if _CHOSEN.fullmatch(chosen):
            form[name].data = chosen
        form[f"instead_{name}"].data = ""


def show_controls(form: MeetingForm) -> None:
    """Make control characters that were typed visible, since a page cannot hold them."""
    for field in form:
        if isinstance(field.data, str):
            field.data = _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", field.data)


def host_choices() -> list[tuple[str, str]]:
    """Return the parts that a party can have in hosting."""
    return [("none", _("does not host")), ("host", _("host")), ("co_host", _("co-host"))]


_PLAIN: Final = ("mechanism", "original", "format", "zone", "choice", "agenda", "kind", "around")


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text)
