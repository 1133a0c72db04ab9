"""Action items: what one's delegation owes, the register, one action, and what is said of it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action as Permission
from app.domain.visibility import Facts, can
from app.i18n import reader_language
from app.models import Action, Leg
from app.services import action_acts as acts
from app.services import actions as service
from app.services.leg_people import own_people
from app.web.actions import bulk as _bulk  # noqa: F401
from app.web.actions import carry as _carry  # noqa: F401
from app.web.actions import due as _due  # noqa: F401
from app.web.actions import editing as _editing  # noqa: F401 - its routes are on the same blueprint, as those below
from app.web.actions import imports as _imports  # noqa: F401
from app.web.actions import leavers as _leavers  # noqa: F401
from app.web.actions import linking as _linking  # noqa: F401
from app.web.actions import owners as _owners  # noqa: F401
from app.web.actions import register as _register  # noqa: F401
from app.web.actions import steps as _steps  # noqa: F401
from app.web.actions import updates as _updates  # noqa: F401
from app.web.actions import views as _views  # noqa: F401
from app.web.actions.blueprint import blueprint
from app.web.actions.forms import LegForm, leg_form, typed_leg
from app.web.actions.page import action_page
from app.web.actions.update_forms import update_form
from app.web.forms import compared, put_error, sent_version
from app.web.routing import route, session, signed_in, viewer

__all__ = ["blueprint"]


# One action -----------------------------------------------------------------------------------------


@route(blueprint, "/actions/<ref>", policy=signed_in(Permission.READ_ACTIONS))
def action(ref: str) -> ResponseReturnValue:
    """Show one action."""
    return action_page(service.action_view(session(), ref), update_form(reader_language()))


@route(blueprint, "/actions/<ref>/legs/<party>", policy=signed_in(Permission.UPDATE_LEG), methods=("GET", "POST"))
def leg(ref: str, party: str) -> ResponseReturnValue:
    """Show a leg to its own party, and save what it says of it."""
    found, own = acts.own_leg(session(), ref, party)
    offices = service.offices_of(session(), [party])[party]
    speaks = can(viewer(), Permission.VERIFY_LEG, Facts(owner=party))
    form = leg_form(own, offices, own_people(session()), reader_language(), speaks=speaks)
    if request.method != "POST":
        return _leg_page(found, own, form, own.version)
    try:
        acts.update_leg(session(), ref, party, typed_leg(form), version=sent_version())
    except StaleVersion as stale:
        # A state that the leg can no longer go to is no choice of the form.
        states = labels.labels("leg_state", reader_language())
        rows = compared(form, stale.yours, stale.theirs, {"state": lambda key: states.get(key, key)})
        return _leg_page(found, own, form, own.version, rows), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _leg_page(found, own, form, sent_version()), 422
    flash(_("Saved. Everybody who sees this action sees it."))
    return redirect(url_for("actions.action", ref=found.reference), 303)


@route(blueprint, "/actions/<ref>/legs/<party>/accept", policy=signed_in(Permission.UPDATE_LEG), methods=("POST",))
def accept_leg(ref: str, party: str) -> ResponseReturnValue:
    """Take on what others recorded for one's party, in one press."""
    found, _own = acts.own_leg(session(), ref, party)
    try:
        acts.accept_leg(session(), ref, party, version=sent_version())
    except StaleVersion as stale:
        form = update_form(reader_language())
        put_error(form, stale)
        return action_page(service.action_view(session(), ref), form), 409
    flash(_("Accepted. Everybody who sees this action sees it."))
    return redirect(url_for("actions.action", ref=found.reference), 303)


def _leg_page(found: Action, own: Leg, form: LegForm, version: int, rows: Any = None) -> str:
    return render_template("actions/leg.html", action=found, leg=own, form=form, version=version, compared=rows)
