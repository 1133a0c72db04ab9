"""The forms of when an action is due: their shape; what they mean is the service's to say."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField

from app import words
from app.domain.clocks import MAX_DAYS, Clock, first_days
from app.domain.errors import Refusal
from app.i18n import reader_language
from app.services.clocks import DueView, NewDue
from app.web.forms import day


class DueForm(FlaskForm):
    """How the day of an action is found: a date, the next meeting, or a clock with all that hangs on it."""

    basis = RadioField(_l("The action is due"), validate_choice=False)
    on = StringField(_l("Day"))
    days = StringField(_l("Days"))
    kind = SelectField(_l("Which days count"), validate_choice=False)
    event = StringField(_l("Counted from"))
    starts_on = StringField(_l("Day on which it happened"))
    second_days = StringField(_l("Days of a second clock"))
    condition = TextAreaField(_l("Trigger"))
    determines = SelectField(_l("Who determines"), validate_choice=False)
    consulted = SelectMultipleField(_l("To be consulted first"), validate_choice=False)
    consequence = TextAreaField(_l("Consequence"))
    due_reason = TextAreaField(_l("Why the day moves"))


class EventForm(FlaskForm):
    """The day on which the event of a clock happened."""

    happened_on = StringField(_l("Day on which it happened"))
    due_reason = TextAreaField(_l("How it is known, or why the day moves"))


def due_form(told: DueView) -> DueForm:
    """Return the form of how an action is due, as it stands or as it was typed."""
    form = DueForm(data=_standing(told))
    language = reader_language()
    parties = [(code, words.party_name(code, language)) for code in words.party_order(told.line.parties, language)]
    form.basis.choices = [
        ("date", _("on a date")),
        *([("next_meeting", _("by the next meeting that all its parties are at"))] if told.action.mechanism_id else []),
        ("clock", _("by a clock, so many days from an event")),
        ("none", _("by no common day: each leg says its own")),
    ]
    form.kind.choices = [
        ("calendar", _("calendar days")),
        ("working", _("working days, by each party’s own calendar")),
    ]
    form.determines.choices = [("", _("nobody is named")), *parties]
    form.consulted.choices = parties
    return form


def event_form(told: DueView) -> EventForm:
    """Return the form of the event's day; without one, empty."""
    clock = told.clock.clock if told.clock else None
    return EventForm(data={"happened_on": clock.starts_on.isoformat() if clock and clock.starts_on else ""})


def _standing(told: DueView) -> dict[str, object]:
    days = {each.leg.due_on for each in told.legs}
    shown = told.basis if told.basis != "none" else "date"
    found: dict[str, object] = {"basis": shown, "kind": "calendar"}
    if told.basis == "date" and len(days) == 1:
        found["on"] = next(str(each) if each else "" for each in days)
    if told.clock:
        clock = told.clock.clock
        found |= {
            "days": clock.days, "kind": clock.kind, "event": clock.event, "second_days": clock.second_days or "",
            "starts_on": str(clock.starts_on or ""), "condition": clock.condition, "consequence": clock.consequence,
            "determines": clock.determines or "", "consulted": list(clock.consulted),
        }  # fmt: skip
    return found


def typed_due(form: DueForm) -> NewDue:
    """Return what was typed; raises `Refusal` `not_a_date`, `clock_days`, `clock_needs_first`."""
    basis = form.basis.data or ""
    clock = typed_clock(form) if basis == "clock" else None
    on = day(form.on.data, "on") if basis == "date" else None
    return NewDue(basis, on, clock, form.due_reason.data)


def typed_event(form: EventForm) -> dt.date:
    """Return the day on which the event happened, as it was typed; raises `Refusal` `not_a_date`, `required`."""
    happened_on = day(form.happened_on.data, "happened_on")
    if happened_on is None:
        raise Refusal("required", field="happened_on")
    return happened_on


def typed_clock(form: DueForm) -> Clock:
    """Return the clock that was typed, not yet checked; raises as `typed_due` does."""
    second = _count(form.second_days.data, "second_days")
    return Clock(
        days=first_days(_count(form.days.data, "days"), second),
        kind=form.kind.data,
        event=form.event.data or "",
        starts_on=day(form.starts_on.data, "starts_on"),
        second_days=second,
        determines=form.determines.data or None,
        consulted=tuple(form.consulted.data or ()),
        condition=form.condition.data or "",
        consequence=form.consequence.data or "",
        language=reader_language(),
    )


def _count(typed: str | int | None, field: str) -> int | None:
    """Return a number of days, None for none; raises `Refusal("clock_days")` for what is no number."""
    written = str(typed or "").strip()  # a field that was not sent says what stands, a number
    if not written:
        return None
    if not written.isascii() or not written.isdigit() or len(written) > 9:
        raise Refusal("clock_days", field=field, limit=MAX_DAYS)
    return int(written)
