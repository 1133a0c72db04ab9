"""A form of a meeting between what was typed and the page that shows it again."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from app import words
from app.domain.errors import NotFound, Refusal
from app.domain.meeting_content import FORMATS, MeetingContent, Refused, check, timing_of
from app.i18n import reader_language
from app.models import Party
from app.services.around import days_of_parent
from app.services.drafts import OpenDraft, choosable_mechanisms, known_parties
from app.services.mechanism_facts import find_mechanism
from app.web.drafts import showing
from app.web.drafts.forms import (
    MeetingForm,
    content_from,
    fill,
    hosting_fields,
    mechanism_code,
    meeting_form,
    show_controls,
    take_nearest,
)
from app.web.forms import put_error
from app.web.routing import session, viewer


@dataclass(frozen=True, slots=True)
class Edited:
    """A form, what it means where it has the shape of something, and what was refused about it."""

    form: MeetingForm
    parties: Mapping[str, Party]
    content: MeetingContent | None
    refusal: Refusal | None = None

    @property
    def status(self) -> int:
        """Return the HTTP status of the page that shows it."""
        return 422 if self.refusal else 200

    def refused(self, refusal: Refusal) -> Edited:
        """Return the same with the refusal beside its fields."""
        put_error(self.form, refusal)
        return dataclasses.replace(self, refusal=refusal)


def edited_from(content: MeetingContent) -> Edited:
    """Return the form that says this content."""
    parties = _parties(content.mechanism)
    form = meeting_form(parties, None)
    fill(form, content)
    return Edited(form, parties, content)


def edited_as_typed(found: OpenDraft | None = None) -> Edited:
    """Return the form as it was typed; of a meeting's staged changes, mechanism and agenda stay the draft's."""
    is_changes = found is not None and found.draft.kind == "changes"
    code = found.content.mechanism if found and is_changes else mechanism_code(request.form.get("mechanism"))
    parties = _parties(code)
    form = meeting_form(parties, request.form)
    take_nearest(form)
    try:
        content = content_from(form)
    except Refusal as refusal:
        return Edited(form, parties, None).refused(refusal)
    if found and is_changes:
        content = dataclasses.replace(content, mechanism=code, agenda=found.content.agenda)
    return Edited(form, parties, content)


def with_times_checked(edited: Edited, formats: tuple[str, ...] = FORMATS) -> Edited:
    """Return the form with everything refused that cannot be, for showing its times before it is saved."""
    if edited.content is None or edited.refusal is not None:
        return edited
    checked = check(edited.content, edited.parties.keys(), formats)
    if checked.refusals:
        return edited.refused(Refused(checked.refusals))
    return dataclasses.replace(edited, content=checked.content)


def asks_for_times() -> bool:
    """Say whether a button was pressed that shows the times and saves nothing."""
    return request.form.get("act") in {"times", "days"}


def with_days_taken(edited: Edited) -> Edited:
    """Return the form with the days of what its meeting is around, where the button was pressed that takes them."""
    if edited.content is None or request.form.get("act") != "days":
        return edited
    try:
        return edited_from(days_of_parent(session(), edited.content))
    except Refusal as refusal:
        return edited.refused(refusal)


def page_of(edited: Edited, formats: tuple[str, ...] = FORMATS) -> dict[str, Any]:
    """Return what the template of the form needs: the form with its choices, its questions, and its clocks."""
    form = edited.form
    if edited.refusal is not None:
        show_controls(form)
    mechanisms = choosable_mechanisms(session())
    showing.set_choices(form, edited.parties, mechanisms, edited.content, formats)
    showing.ask_about_times(form, edited.refusal, edited.content)
    return {
        "form": form,
        "hosting": _hosting_in_order(form),
        "clocks": _clocks(edited),
        "has_days_only": _has_days_only(edited),
        "has_more_days": bool(edited.content and edited.content.last_day not in {None, edited.content.first_day}),
        "zone": edited.content.zone if edited.content else "",
    }


def _hosting_in_order(form: MeetingForm) -> list[Any]:
    """Return the hosting fields in the order of the parties' names in the reader's language."""
    fields = {field.name.removeprefix("hosting_"): field for field in hosting_fields(form)}
    return [fields[code] for code in words.party_order(fields, reader_language())]


def _clocks(edited: Edited) -> list[Any]:
    if edited.content is None or edited.refusal is not None:
        return []
    try:
        timing = timing_of(edited.content)
    except Refusal:
        return []
    return showing.clocks_for(timing, viewer(), edited.parties, edited.content.parties)


def _has_days_only(edited: Edited) -> bool:
    content = edited.content
    return bool(content and content.first_day and content.zone and not content.has_hours and edited.refusal is None)


def _parties(code: str | None) -> Mapping[str, Party]:
    """Return the parties that can be chosen; those of an ad hoc meeting where the mechanism is none."""
    try:
        # Whatever became of it: a meeting that stands under what was merged keeps its parties.
        mechanism = find_mechanism(session(), code) if code else None
    except NotFound:
        mechanism = None
    return known_parties(session(), mechanism)
