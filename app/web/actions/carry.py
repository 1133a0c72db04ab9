"""One screen at a meeting for all that is still open: leave, close, carry, merge or split; and undoing each."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from app import words
from app.domain.errors import Refusal
from app.domain.visibility import Action as Permission
from app.i18n import reader_language
from app.services import carry_lines as lines
from app.services import carry_over as service
from app.services.action_lines import ActionLine
from app.services.carry_lines import CarryScreen
from app.web.actions.blueprint import blueprint
from app.web.actions.carry_forms import carry_form, chosen_too_late, typed_choices, typed_versions
from app.web.actions.history import who
from app.web.forms import put_error
from app.web.routing import route, session, signed_in, viewer

_POLICY = signed_in(Permission.CARRY_ACTIONS)


@route(blueprint, "/meetings/<ref>/carry-over", policy=_POLICY, methods=("GET", "POST"))
def carry_over(ref: str) -> ResponseReturnValue:
    """Show all that is still open before a meeting, and do what was chosen for each."""
    screen = lines.carry_screen(session(), ref)
    form = carry_form(screen)
    return _decide(screen, form)


def _decide(screen: CarryScreen, form: FlaskForm) -> ResponseReturnValue:
    if not form.is_submitted():
        return _page(screen, form)
    chosen = [*typed_choices(form, screen), *chosen_too_late(screen)]
    versions = typed_versions(form, screen)
    try:
        done = service.carry_over(session(), screen.meeting.reference, chosen, versions, reader_language())
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(screen, form), 422
    count = sum(done.values())
    flash(
        ngettext("%(num)d item is decided on. Each can be undone until the meeting is closed.",
                 "%(num)d items are decided on. Each can be undone until the meeting is closed.", count)
        if count else _("Nothing was chosen, and nothing has changed.")
    )  # fmt: skip
    return redirect(url_for("actions.carry_over", ref=screen.meeting.reference), 303)


@route(blueprint, "/meetings/<ref>/carry-over/<uuid:carry_over_id>/undo", policy=_POLICY, methods=("POST",))
def undo_carry_over(ref: str, carry_over_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what a meeting did with an item."""
    try:
        action = service.undo_carry_over(session(), ref, carry_over_id)
    except Refusal as refusal:
        if refusal.key != "carry_work_done":
            raise
        screen = lines.carry_screen(session(), ref)
        form = carry_form(screen)
        put_error(form, refusal)
        return _page(screen, form), 422
    flash(_("Undone. %(reference)s stands as it did before.", reference=action.reference))
    return redirect(url_for("actions.carry_over", ref=ref.upper()), 303)


def carry_parts(line: ActionLine) -> dict[str, Any]:
    """Return what the page of an action shows of what meetings did with it."""
    return {"carry_told": lines.carried_of(session(), line.action)}


def _page(screen: CarryScreen, form: FlaskForm) -> str:
    language = reader_language()
    return render_template(
        "actions/carry_over.html",
        screen=screen,
        meeting=screen.meeting,
        form=form,
        author=lambda row, name: who(name, row.party_code, language),
        own_city=words.city_of(viewer().time_zone, language, viewer().party),
    )
