"""What an action is to others: shown on its page to those who see both, made and taken back there."""

from __future__ import annotations

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.errors import Refusal
from app.domain.visibility import Action as Permission
from app.i18n import reader_language
from app.services import action_links as service
from app.services import actions
from app.web.actions.blueprint import blueprint
from app.web.actions.page import action_page
from app.web.actions.page_parts import link_form, links_part
from app.web.actions.update_forms import update_form
from app.web.forms import put_error
from app.web.routing import route, session, signed_in

_POLICY = signed_in(Permission.EDIT_ACTION)


@route(blueprint, "/actions/<ref>/links", policy=_POLICY, methods=("POST",))
def add_link(ref: str) -> ResponseReturnValue:
    """Say what an action is to another one."""
    found = actions.find_action(session(), ref)
    form = link_form()
    try:
        service.add_link(session(), ref, form.said.data or "", form.other.data or "")
    except Refusal as refusal:
        put_error(form, refusal)
        view = actions.action_view(session(), ref)
        return action_page(view, update_form(reader_language()), links=links_part(view, form)), 422
    flash(_("The two are linked. Those who see both see it."))
    return redirect(url_for("actions.action", ref=found.reference, _anchor="links"), 303)


@route(blueprint, "/actions/<ref>/links/<uuid:link_id>/end", policy=_POLICY, methods=("POST",))
def end_link(ref: str, link_id: uuid.UUID) -> ResponseReturnValue:
    """Take a link back."""
    found = actions.find_action(session(), ref)
    service.end_link(session(), ref, link_id)
    flash(_("The link is taken back."))
    return redirect(url_for("actions.action", ref=found.reference, _anchor="links"), 303)
