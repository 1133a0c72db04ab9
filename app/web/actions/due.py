"""When an action is due: on a date, by the next meeting, or by a clock; and legs that follow."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action as Permission
from app.i18n import reader_language
from app.services import clocks as service
from app.services.action_lines import ActionLine
from app.services.clocks import DueView
from app.web.actions.blueprint import blueprint
from app.web.actions.due_forms import DueForm, EventForm, due_form, event_form, typed_due, typed_event
from app.web.actions.history import who
from app.web.forms import compared, put_error
from app.web.routing import route, session, signed_in, viewer

_POLICY = signed_in(Permission.EDIT_ACTION)


@route(blueprint, "/actions/<ref>/due", policy=_POLICY, methods=("GET", "POST"))
def due(ref: str) -> ResponseReturnValue:
    """Show how the day of an action is found, and save how it is to be found."""
    told = service.due_view(session(), service.line_to_date(session(), ref))
    form = due_form(told)
    if request.method != "POST":
        return _page(told, form, event_form(told))
    try:
        line = service.set_due(session(), ref, typed_due(form), version=request.form.get("version", ""))
    except StaleVersion as stale:
        told = service.due_view(session(), service.line_to_date(session(), ref))
        return _page(told, form, event_form(told), compared(form, stale.yours, stale.theirs)), 409
    except Refusal as refusal:
        return _refused(ref, form, refusal)
    flash(_("Saved. Everybody who sees this action sees how its day is found."))
    return _to(line)


@route(blueprint, "/actions/<ref>/due/event", policy=_POLICY, methods=("POST",))
def start_clock(ref: str) -> ResponseReturnValue:
    """Save on which day the event of a clock happened."""
    told = service.due_view(session(), service.line_to_date(session(), ref))
    form = event_form(told)
    try:
        happened_on, version = typed_event(form), request.form.get("version", "")
        line = service.start_clock(session(), ref, happened_on, form.due_reason.data, version=version)
    except StaleVersion:
        return _refused(ref, form, Refusal("stale_version"), 409)
    except Refusal as refusal:
        return _refused(ref, form, refusal)
    flash(_("The clock runs from the day after."))
    return _to(line)


@route(blueprint, "/actions/<ref>/due/follow", policy=signed_in(Permission.READ_ACTIONS), methods=("POST",))
def follow_due(ref: str) -> ResponseReturnValue:
    """Let the legs that the viewer may set follow what their action is due by."""
    try:
        line = service.follow_due(session(), ref, request.form.get("due_reason", ""))
    except Refusal as refusal:
        if refusal.field is None:
            raise
        return _refused(ref, None, refusal)
    flash(_("The days follow. Those before stay visible, with the reason."))
    return _to(line)


def reason_of(told: DueView) -> str:
    """Return why legs would follow, in the reader's words: what the next meeting or the clock says now."""
    language = reader_language()
    if told.meeting is not None:
        values = {"reference": told.meeting.reference, "day": words.date_plain(told.meeting.starts_on, language)}
        if told.is_settled:
            return str(_("The meeting %(reference)s is now on %(day)s.", **values))
        return str(_("The next meeting is %(reference)s, on %(day)s.", **values))
    if told.basis == "next_meeting":
        return str(_("The next meeting has no date yet."))
    clock = told.clock.clock if told.clock else None
    if clock is not None and clock.starts_on is not None:
        on = words.date_plain(clock.starts_on, language)
        return str(_("The clock counts from %(event)s, on %(day)s.", event=clock.event, day=on))
    return str(_("The clock waits for its event.")) if clock is not None else ""


def due_parts(line: ActionLine) -> dict[str, Any]:
    """Return what the page of an action shows of when it is due."""
    told = service.due_view(session(), line)
    return {"due_told": told, "due_reason": reason_of(told)}


def _refused(ref: str, form: DueForm | EventForm | None, refusal: Refusal, status: int = 422) -> ResponseReturnValue:
    """Show the page with what was typed and what was refused, beside what stands now."""
    told = service.due_view(session(), service.line_to_date(session(), ref))
    main = form if isinstance(form, DueForm) else due_form(told)
    event = form if isinstance(form, EventForm) else event_form(told)
    if isinstance(form, EventForm):
        field = {"starts_on": "happened_on"}.get(refusal.field or "", refusal.field)
        put_error(event, Refusal(refusal.key, field=field, **refusal.values))
    else:
        put_error(main, refusal)
    return _page(told, main, event), status


def _page(told: DueView, form: DueForm, event: EventForm, rows: Any = None) -> str:
    language = reader_language()
    return render_template(
        "actions/due.html",
        told=told,
        action=told.action,
        form=form,
        event_form=event,
        version=service.due_version(told.action),
        compared=rows,
        reason=reason_of(told),
        author=lambda row, name: who(name, row.party_code, language),
        own_city=words.city_of(viewer().time_zone, language, viewer().party),
    )


def _to(line: ActionLine) -> ResponseReturnValue:
    return redirect(url_for("actions.action", ref=line.action.reference), 303)
