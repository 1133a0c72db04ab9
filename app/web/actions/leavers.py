"""What somebody who left still owes: handed to another in one go, after a look at what would come of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app import words
from app.domain.errors import Refusal
from app.domain.visibility import Action as Permission
from app.i18n import reader_language
from app.models import Person
from app.services import leaver_items as service
from app.services.leaver_items import LeaverItem, NewOwner
from app.web.actions.blueprint import blueprint
from app.web.actions.leaver_forms import HandOverForm, hand_over_form, typed_owner, typed_versions, value_of
from app.web.forms import put_error
from app.web.routing import route, session, signed_in, viewer

_POLICY: Final = signed_in(Permission.HAND_OVER_ITEMS)


@route(blueprint, "/actions/leavers", policy=_POLICY)
def leavers() -> ResponseReturnValue:
    """List who left one's own delegation and still has something with them."""
    return render_template("actions/leavers.html", leavers=service.leavers(session()))


@route(blueprint, "/actions/leavers/<uuid:person_id>", policy=_POLICY, methods=("GET", "POST"))
def leaver(person_id: uuid.UUID) -> ResponseReturnValue:
    """Show what is with somebody, then what would come of handing it on, and do it."""
    person, items = service.items_of(session(), person_id)
    form = hand_over_form(person, items)
    if request.method != "POST":
        return _page(person, items, form)
    try:
        chosen, versions = service.new_owner(session(), typed_owner(form)), typed_versions(form)
        if not request.form.get("confirmed"):
            kept = [item for item in items if item.leg.id in versions]
            service.check_some(kept)
            return _preview(person, kept, chosen, form)
        batch = service.hand_over_items(session(), person_id, versions, chosen)
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(person, items, form), 409 if refusal.key == "stale_version" else 422
    flash(ngettext("One action is handed on.", "%(num)d actions are handed on.", batch.row_count))
    return redirect(url_for("actions.leaver", person_id=person_id), 303)


@route(blueprint, "/actions/leavers/<uuid:person_id>/undo/<uuid:batch_id>", policy=_POLICY, methods=("POST",))
def undo_hand_over(person_id: uuid.UUID, batch_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what was handed on in one go."""
    given_back, stays = service.undo_hand_over(session(), person_id, batch_id)
    flash(ngettext("One action is given back.", "%(num)d actions are given back.", given_back))
    if stays:
        flash(ngettext("One was changed since and stays.", "%(num)d were changed since and stay.", stays))
    return redirect(url_for("actions.leaver", person_id=person_id), 303)


def _preview(person: Person, items: Sequence[LeaverItem], chosen: NewOwner, form: HandOverForm) -> str:
    """Return the page of what would come of it; an office by its name, as the form has it."""
    office = dict(form.office_code.choices)[chosen.office_code] if chosen.office_code else None
    return render_template(
        "actions/leaver_preview.html", leaver=person, items=items, chosen=chosen, office=office, form=form
    )


def _page(person: Person, items: tuple[LeaverItem, ...], form: HandOverForm) -> str:
    done = service.hand_overs_of(session(), person.id)
    own_city = words.city_of(viewer().time_zone, reader_language(), viewer().party)
    return render_template(
        "actions/leaver.html", leaver=person, items=items, value_of=value_of, form=form, done=done, own_city=own_city
    )
