"""Which actions serve a commitment: said, and taken back, on the page of either."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action as Permission
from app.domain.visibility import can
from app.i18n import reader_language
from app.services.action_lines import ActionLine
from app.services.actions import action_line
from app.services.commitment_links import link_action, served_by, unlink_action
from app.services.commitments import find_commitment
from app.web.commitments.blueprint import blueprint
from app.web.commitments.forms import LinkForm
from app.web.commitments.showing import address_of
from app.web.forms import put_error
from app.web.routing import route, session, signed_in, viewer


def link_form() -> LinkForm:
    """Return the form by which an action is said to serve a commitment."""
    return LinkForm()


def may_link_any() -> bool:
    """Say whether the viewer mends actions at all, and so can say what one serves."""
    return can(viewer(), Permission.CREATE_ACTION)


def served_of(line: ActionLine) -> dict[str, Any]:
    """Return what the page of an action shows of the commitments that it serves, and could serve."""
    found, language = served_by(session(), line), reader_language()
    choices = [(each.ref, f"{each.ref} {words.pick(each.title, language)[0]}") for each in found.others]
    return {"serves": found.serves, "choices": choices if found.may_link else []}


@route(blueprint, "/commitments/<ref>/actions", policy=signed_in(Permission.EDIT_ACTION), methods=("POST",))
def add_action(ref: str) -> ResponseReturnValue:
    """Say on a commitment's page that an action serves it."""
    commitment = find_commitment(session(), ref)
    form = link_form()
    try:
        link_action(session(), ref, form.action.data or "")
    except Refusal as refusal:
        put_error(form, refusal)
        page = render_template("commitments/link.html", commitment=commitment, form=form, back=address_of(commitment))
        return page, 422
    flash(_("Saved. Those who see both read it on both pages."))
    return redirect(address_of(commitment, "serving"), 303)


@route(blueprint, "/commitments/<ref>/actions/end", policy=signed_in(Permission.EDIT_ACTION), methods=("POST",))
def end_action(ref: str) -> ResponseReturnValue:
    """Take back that an action serves a commitment."""
    commitment = find_commitment(session(), ref)
    reference = request.form.get("action", "")
    unlink_action(session(), ref, reference)
    flash(_("Taken back. It stays in the record."))
    if request.form.get("from") == "action":
        return redirect(url_for("actions.action", ref=reference, _anchor="commitments"), 303)
    return redirect(address_of(commitment, "serving"), 303)


@route(blueprint, "/actions/<ref>/commitments", policy=signed_in(Permission.EDIT_ACTION), methods=("POST",))
def add_commitment(ref: str) -> ResponseReturnValue:
    """Say on an action's page which commitment it serves."""
    line = action_line(session(), ref)
    try:
        link_action(session(), request.form.get("commitment", ""), line.action.reference)
    except NotFound:
        raise Refusal("unknown_choice") from None
    flash(_("Saved. Those who see both read it on both pages."))
    return redirect(url_for("actions.action", ref=line.action.reference, _anchor="commitments"), 303)
