"""The events of others: the list, one that is added, changed or cancelled, and those that the catalogue offers."""

from __future__ import annotations

import uuid
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import Refusal
from app.domain.visibility import Action, can
from app.i18n import reader_language
from app.models import Event
from app.services import events as service
from app.services.events import EventFields
from app.web.events.forms import EventForm
from app.web.forms import put_error, sent_version, titles_of, typed_titles, unsaved
from app.web.routing import route, session, signed_in, viewer
from app.web.zones import zone_choices

blueprint = Blueprint("events", __name__)

_KEEP: Final = signed_in(Action.KEEP_EVENTS)


@route(blueprint, "/events", policy=signed_in(Action.READ_REGISTER))
def events() -> ResponseReturnValue:
    """List the events kept here, and what can be copied from the catalogue."""
    kept = service.events(session())
    today = session().now.date()
    return render_template(
        "events/events.html",
        coming=[row for row in kept if row.ends_on >= today],
        past=[row for row in reversed(kept) if row.ends_on < today],
        offers=[each for each in service.offers(session()) if each.ends_on >= today],
        may_keep=can(viewer(), Action.KEEP_EVENTS),
    )


@route(blueprint, "/events/new", policy=_KEEP, methods=("GET", "POST"))
def new_event() -> ResponseReturnValue:
    """Add an event of others."""
    form = _form()
    if request.method != "POST":
        return _page(form)
    if form.validate():
        try:
            service.add_event(session(), _typed(form))
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            flash(_("The event is added. Everybody who reads the register sees it."))
            return redirect(url_for("events.events"), 303)
    return _page(form), 422


@route(blueprint, "/events/copy", policy=_KEEP, methods=("POST",))
def copy_event() -> ResponseReturnValue:
    """Copy an event that the catalogue offers."""
    service.copy_event(session(), request.form.get("key", ""))
    flash(_("The event is added. Everybody who reads the register sees it."))
    return redirect(url_for("events.events"), 303)


@route(blueprint, "/events/<uuid:event_id>", policy=_KEEP, methods=("GET", "POST"))
def edit_event(event_id: uuid.UUID) -> ResponseReturnValue:
    """Change an event of others."""
    found = service.find_event(session(), event_id)
    form = _form(service.fields_of(found))
    left = unsaved(form, found, lambda version: service.save_event(session(), event_id, _typed(form), version=version))
    if left is not None:
        return _page(form, found, left.version, left.rows), left.status
    flash(_("The event is changed. No meeting has moved: those who may change them are asked."))
    return redirect(url_for("events.events"), 303)


@route(blueprint, "/events/<uuid:event_id>/cancel", policy=_KEEP, methods=("POST",))
def cancel_event(event_id: uuid.UUID) -> ResponseReturnValue:
    """Record that an event of others does not take place."""
    gone = service.cancel_event(session(), event_id, version=sent_version())
    flash(_("%(name)s is recorded as cancelled.", name=words.pick(gone.name, reader_language())[0]))
    return redirect(url_for("events.events"), 303)


def _page(form: EventForm, event: Event | None = None, version: int | None = None, rows: object = None) -> str:
    return render_template("events/form.html", form=form, event=event, version=version, compared=rows)


def _form(now: EventFields | None = None) -> EventForm:
    values = service.as_values(now) if now else {}
    form = EventForm(data={**titles_of(values.pop("title", {})), **values})
    form.zone.choices = {_("Not told"): [("", _("not told"))], **zone_choices(reader_language())}
    return form


def _typed(form: EventForm) -> EventFields:
    return EventFields(
        name=typed_titles(form), first_day=form.first_day.data, last_day=form.last_day.data,
        place=form.place.data or "", zone=form.zone.data or "", source=form.source.data or "",
        is_attested=bool(form.is_attested.data),
    )  # fmt: skip
