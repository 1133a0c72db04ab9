"""Busy time of one's own and of one's office: given, looked at as others see it, changed, removed."""

from __future__ import annotations

import uuid
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action
from app.i18n import reader_language
from app.services import busy_acts as acts
from app.services import busy_times as service
from app.services.busy_times import BusyLine
from app.web.busy.forms import BlackoutForm, CalendarForm, ReplaceForm, SharingForm
from app.web.busy.page import (
    OWN,
    Brought,
    brought_file,
    fields_typed,
    look_of,
    seen_by_choices,
    tell_reading,
    typed_blackout,
    whose_choices,
)
from app.web.forms import put_error, sent_version, unsaved
from app.web.routing import in_one_transaction, route, session, signed_in, viewer
from app.web.zones import zone_choices

blueprint = Blueprint("busy", __name__)
_OWN: Final = signed_in(Action.KEEP_BUSY_TIME)
# A file may take seconds to read: no transaction is held open meanwhile, which would hold up everybody who writes.
_OWN_FILE: Final = signed_in(Action.KEEP_BUSY_TIME, opens_session=False)


@route(blueprint, "/busy", policy=_OWN)
def busy() -> ResponseReturnValue:
    """Show the viewer's busy time and their offices', and a week of it as others see it."""
    if not service.may_keep_any(viewer()):
        return render_template("busy/hat.html")
    offices = service.own_offices(session())
    sharing = service.sharing(session())
    lines, lately = service.kept_lines(session(), offices)
    return render_template(
        "busy/busy.html", lines=lines, lately=lately, look=look_of(offices, sharing),
        seen_words=dict(seen_by_choices(sharing)), whose=dict(whose_choices(offices)),
    )  # fmt: skip


@route(blueprint, "/busy/calendar", policy=_OWN_FILE, methods=("GET", "POST"))
def add_calendar() -> ResponseReturnValue:
    """Take a calendar file."""
    brought = brought_file() if request.method == "POST" else None
    return in_one_transaction(_add_calendar, {"brought": brought})


def _add_calendar(brought: Brought | None) -> ResponseReturnValue:
    form = _prepared(CalendarForm())
    if brought is not None and form.validate():
        try:
            reading = brought.checked()
            acts.add_calendar(session(), fields_typed(form), reading, brought.digest)
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            tell_reading(reading)
            return redirect(url_for("busy.busy", of=form.whose.data or OWN), 303)
    return render_template("busy/calendar.html", form=form), 200 if brought is None else 422


@route(blueprint, "/busy/blackout", policy=_OWN, methods=("GET", "POST"))
def add_blackout() -> ResponseReturnValue:
    """Block days, or hours of each."""
    form = _prepared(BlackoutForm())
    if request.method == "POST" and form.validate():
        try:
            acts.add_blackout(session(), fields_typed(form), typed_blackout(form))
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            flash(_("These days are blocked."))
            week = form.first_day.data.isoformat()
            return redirect(url_for("busy.busy", of=form.whose.data or OWN, week=week), 303)
    return render_template("busy/blackout.html", form=form), 422 if request.method == "POST" else 200


@route(blueprint, "/busy/<uuid:calendar_id>", policy=_OWN, methods=("GET", "POST"))
def edit_busy(calendar_id: uuid.UUID) -> ResponseReturnValue:
    """Change who else sees busy time, and why it is."""
    line = service.find_busy(session(), calendar_id)
    form = SharingForm(data=acts.as_values(line.calendar))
    form.seen_by.choices = seen_by_choices(service.sharing(session()), line.calendar.seen_by)
    left = unsaved(
        form, line.calendar,
        lambda version: acts.save_sharing(
            session(), calendar_id, form.label.data or "", form.seen_by.data or (), version
        ),
    )  # fmt: skip
    if left is not None:
        page = render_template("busy/edit.html", form=form, line=line, version=left.version, compared=left.rows)
        return page, left.status
    flash(_("It is saved. Who may see it sees it from now on, and nobody else."))
    return _back(line)


@route(blueprint, "/busy/<uuid:calendar_id>/replace", policy=_OWN_FILE, methods=("GET", "POST"))
def replace_calendar(calendar_id: uuid.UUID) -> ResponseReturnValue:
    """Take a newer file of a calendar."""
    brought = brought_file() if request.method == "POST" else None
    return in_one_transaction(_replace_calendar, {"calendar_id": calendar_id, "brought": brought})


def _replace_calendar(calendar_id: uuid.UUID, brought: Brought | None) -> ResponseReturnValue:
    line = service.find_busy(session(), calendar_id)
    if line.calendar.kind != "upload":
        raise NotFound
    form = ReplaceForm(data={"time_zone": line.calendar.time_zone})
    form.time_zone.choices = zone_choices(reader_language())
    if brought is not None and form.validate():
        try:
            reading = brought.checked()
            acts.replace_calendar(
                session(), calendar_id, form.time_zone.data, reading, brought.digest, sent_version()
            )  # fmt: skip
        except StaleVersion:
            raise
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            tell_reading(reading)
            return _back(line)
    return render_template("busy/replace.html", form=form, line=line), 200 if brought is None else 422


@route(blueprint, "/busy/<uuid:calendar_id>/remove", policy=_OWN, methods=("GET", "POST"))
def remove_busy(calendar_id: uuid.UUID) -> ResponseReturnValue:
    """Ask before busy time is removed, and remove it."""
    line = service.find_busy(session(), calendar_id)
    if request.method != "POST":
        return render_template("busy/remove.html", line=line)
    acts.remove_busy(session(), calendar_id, sent_version())
    flash(_("It is removed. It can be brought back below for a month."))
    return _back(line)


@route(blueprint, "/busy/<uuid:calendar_id>/restore", policy=_OWN, methods=("POST",))
def restore_busy(calendar_id: uuid.UUID) -> ResponseReturnValue:
    """Bring back what was removed or replaced."""
    line = service.find_kept(session(), calendar_id)
    acts.restore_busy(session(), calendar_id, sent_version())
    flash(_("It is back, for those who saw it before."))
    return _back(line)


def _back(line: BusyLine) -> ResponseReturnValue:
    return redirect(url_for("busy.busy", of=line.calendar.office_code or OWN), 303)


def _prepared(form: Any) -> Any:
    """Give a form its choices; the zone is the viewer's own unless another is chosen."""
    if not service.may_keep_any(viewer()):
        raise Refusal("forbidden")
    form.whose.choices = whose_choices(service.own_offices(session()))
    form.seen_by.choices = seen_by_choices(service.sharing(session()))
    form.time_zone.choices = zone_choices(reader_language())
    form.time_zone.data = form.time_zone.data or viewer().time_zone
    return form
